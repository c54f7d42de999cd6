"""Corners of a way between two grid points that uses only horizontals, verticals and diagonals.

Works in half cells (20 units), where every corner of a symmetric horizontal–diagonal–horizontal way is whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Half = tuple[int, int]  # a grid point, in half cells


def _sign(n: int) -> int:
    return (n > 0) - (n < 0)


def ways(a: Half, b: Half) -> list[list[Half]]:
    """Ways from a to b, the best-looking first: straight; else straight–diagonal–straight, then with one bend."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    if dx == 0 or dy == 0 or abs(dx) == abs(dy):
        return [[a, b]]
    sx, sy = _sign(dx), _sign(dy)
    diagonal = min(abs(dx), abs(dy))
    rest = abs(abs(dx) - abs(dy))
    along = (sx, 0) if abs(dx) > abs(dy) else (0, sy)
    found = []
    for first in (rest // 2, rest, 0):
        p = (a[0] + along[0] * first, a[1] + along[1] * first)
        q = (p[0] + sx * diagonal, p[1] + sy * diagonal)
        found.append(corners([a, p, q, b]))
    return found


def corners(points: Sequence[Half]) -> list[Half]:
    """The points without repeats and without those where the way goes straight on."""
    kept: list[Half] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and heading(kept[-2], kept[-1]) == heading(kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def heading(a: Half, b: Half) -> Half:
    """The compass direction from a to b as signs."""
    return _sign(b[0] - a[0]), _sign(b[1] - a[1])


def steps(points: Sequence[Half]) -> Iterator[tuple[Half, Half]]:
    """Every half-cell step along a way."""
    for a, b in zip(points, points[1:], strict=False):
        sx, sy = heading(a, b)
        for i in range(max(abs(b[0] - a[0]), abs(b[1] - a[1]))):
            yield (a[0] + sx * i, a[1] + sy * i), (a[0] + sx * (i + 1), a[1] + sy * (i + 1))


def turn(a: Half, b: Half) -> int:
    """How sharply two headings differ, in eighths of a circle: 0 straight on, 4 back."""
    if (0, 0) in (a, b):
        return 0
    ring = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
    apart = abs(ring.index(a) - ring.index(b))
    return min(apart, 8 - apart)


def through(points: Sequence[Half]) -> list[Half]:
    """One way through all the points in order, turning as little as it can at each."""
    way = [points[0]]
    for target in points[1:]:
        incoming = heading(way[-2], way[-1]) if len(way) > 1 else (0, 0)
        options = ways(way[-1], target)
        if len(points) == 2:
            return options[0]
        options = options[-2:]  # one bend at most: the waypoint shows where else to turn
        best = min(options, key=lambda o: sum(turn(*pair) ** 2 for pair in _turns(incoming, o)))
        way += best[1:]
    return corners(way)


def _turns(incoming: Half, way: Sequence[Half]) -> list[tuple[Half, Half]]:
    headings = [incoming, *(heading(a, b) for a, b in zip(way, way[1:], strict=False))]
    return list(zip(headings, headings[1:], strict=False))
