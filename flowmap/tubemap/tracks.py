"""Lines → legs, each from one station to the next, side by side where they share their way.

Legs that share any half-cell of their way are one bundle and keep a lane each, from station to station, so nothing
shifts sideways on open track. Who lies left of whom is decided once for the whole stretch that two lines share, by
where they part: the one that turns left lies on the left, and they need not cross.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations

from .model import TubeMap
from .octilinear import Half, steps, through
from .path import CELL, Path, Point, beside, unit

LANE = 11.0  # middle to middle of parallel lines; lines are about 9 wide
HALF_WIDTH = 5.0
BRANCHING = 2  # half cells that two lines may share as they leave a station: its circle and the bend cover them


@dataclass
class Leg:
    """A line's way between two places next to each other on it; `offset` in map units to the right of a → b."""

    line: int
    a: str
    b: str
    way: list[Half]
    offset: float = 0.0

    def track(self) -> Path:
        """What is drawn: beside the grid way by `offset`, from abreast of one station to abreast of the next."""
        return Path(*beside(self._corners(), self.offset))

    def route(self) -> Path:
        """What dots follow: the track, joined to both stations' centres within their circles."""
        middle = self._corners()
        if not self.offset:
            return Path(middle)
        side, radii = beside(middle, self.offset)
        ends = [_merge(side[0], side[1], abs(self.offset)), _merge(side[-1], side[-2], abs(self.offset))]
        return Path([middle[0], ends[0], *side[1:-1], ends[1], middle[-1]], [6.0, 6.0, *radii[1:-1], 6.0, 6.0])

    def _corners(self) -> list[Point]:
        return [(x * CELL / 2, y * CELL / 2) for x, y in self.way]


def _merge(abreast: Point, onwards: Point, distance: float) -> Point:
    """The point on the lane that lies at 45° from the station's centre."""
    ux, uy = unit(abreast, onwards)
    return abreast[0] + ux * distance, abreast[1] + uy * distance


def legs(tube: TubeMap) -> list[Leg]:
    """All legs of all lines, with their lanes."""
    at = {p.id: p.at for p in tube.places() if p.at is not None}
    found: list[Leg] = []
    for number, line in enumerate(tube.lines):
        stop, points = "", []
        for step in line.through:
            cell = at[step] if isinstance(step, str) else step
            points.append((cell[0] * 2, cell[1] * 2))
            if isinstance(step, str):
                if stop:
                    found.append(Leg(number, stop, step, through(points)))
                stop, points = step, points[-1:]
    _set_lanes(found)
    return found


def _set_lanes(found: list[Leg]) -> None:
    users: dict[frozenset[Half], list[int]] = defaultdict(list)
    for i, leg in enumerate(found):
        for step in steps(leg.way):
            if i not in users[frozenset(step)]:
                users[frozenset(step)].append(i)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for ids in users.values():
        for i, j in permutations(ids, 2):
            shared[i, j] += 1
    neighbours: dict[int, set[int]] = defaultdict(set)
    for (i, j), length in shared.items():
        if length > BRANCHING:
            neighbours[i].add(j)
    left_of = _left_of(found)
    done: set[int] = set()
    for first in sorted(neighbours):
        if first not in done:
            bundle = _bundle(found, first, neighbours)
            done.update(bundle)
            _set_bundle(found, bundle, neighbours, left_of)


def _bundle(found: list[Leg], first: int, neighbours: dict[int, set[int]]) -> dict[int, int]:
    """All legs that hang together with `first`: leg → +1 where it runs the same way as `first`, else -1."""
    way = {first: 1}
    queue = [first]
    for i in queue:
        mine = set(steps(found[i].way))
        for j in sorted(neighbours[i]):
            if j not in way:
                way[j] = way[i] * (1 if mine & set(steps(found[j].way)) else -1)
                queue.append(j)
    return way


def _set_bundle(found: list[Leg], bundle: dict[int, int], neighbours: dict[int, set[int]],
                left_of: dict[tuple[int, int], int]) -> None:  # fmt: skip
    def wins(i: int) -> int:
        return sum(left_of.get((i, j), 0) * bundle[i] for j in bundle if j != i and j in neighbours[i])

    lane: dict[int, int] = {}
    for i in sorted(bundle, key=lambda i: (-wins(i), found[i].line, i)):
        lane[i] = max((lane[j] + 1 for j in neighbours[i] if j in lane), default=0)
    middle = max(lane.values()) / 2
    for i, k in lane.items():
        found[i].offset = (k - middle) * LANE * bundle[i]


def _left_of(found: list[Leg]) -> dict[tuple[int, int], int]:
    """(i, j) → +1 where leg i should lie left of leg j looking along i, -1 right, 0 no matter."""
    chains: dict[int, list[Half]] = defaultdict(list)
    spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for i, leg in enumerate(found):
        chain = chains[leg.line]
        points = [leg.way[0], *(b for _, b in steps(leg.way))]
        start = len(chain) - 1 if chain else 0
        chain += points if not chain else points[1:]
        spans[leg.line].append((start, len(chain) - 1, i))
    votes: dict[tuple[int, int], int] = {}
    numbers = sorted(chains)
    for a in numbers:
        for b in numbers:
            if a < b:
                _compare(a, b, chains, spans, votes)
    return votes


def _compare(a: int, b: int, chains: dict[int, list[Half]], spans: dict[int, list[tuple[int, int, int]]],
             votes: dict[tuple[int, int], int]) -> None:  # fmt: skip
    """Votes for every stretch that lines a and b share."""
    other = {frozenset(s): (k, s[0]) for k, s in enumerate(zip(chains[b], chains[b][1:], strict=False))}
    chain = chains[a]
    k = 0
    while k < len(chain) - 1:
        hit = other.get(frozenset((chain[k], chain[k + 1])))
        if hit is None:
            k += 1
            continue
        same = hit[1] == chain[k]
        step = 1 if same else -1
        first, n = k, 0
        while k < len(chain) - 1 and other.get(frozenset((chain[k], chain[k + 1])), (None,))[0] == hit[0] + n * step:
            k, n = k + 1, n + 1
        back = chains[b] if same else chains[b][::-1]
        start = hit[0] if same else len(chains[b]) - 2 - hit[0]
        vote = _vote(chain, first, k, back, start, start + n)
        for i in (i for lo, hi, i in spans[a] if lo < k and hi > first):
            lo_b, hi_b = sorted((hit[0], hit[0] + (n - 1) * step))
            for j in (j for lo, hi, j in spans[b] if lo <= hi_b and hi > lo_b):
                votes[i, j] = vote
                votes[j, i] = -vote * step


def _vote(a: list[Half], a0: int, a1: int, b: list[Half], b0: int, b1: int) -> int:
    """+1 where a should lie left of b, by how they part at the end of the stretch and meet at its start."""
    vote = 0
    if a1 + 1 < len(a) and b1 + 1 < len(b):
        vote += _leftness(a[a1 - 1], a[a1], a[a1 + 1], b[b1 + 1])
    if a0 and b0:
        vote -= _leftness(a[a0 + 1], a[a0], a[a0 - 1], b[b0 - 1])
    return (vote > 0) - (vote < 0) or 1


def _leftness(before: Half, here: Half, to_a: Half, to_b: Half) -> int:
    """+1 where going on to a means turning further left than going on to b (y down)."""

    def bearing(to: Half) -> int:
        u = (here[0] - before[0], here[1] - before[1])
        v = (to[0] - here[0], to[1] - here[1])
        cross, dot = u[0] * v[1] - u[1] * v[0], u[0] * v[0] + u[1] * v[1]
        return 0 if not cross else (1 if cross > 0 else -1) * (1 if dot > 0 else 2 if dot == 0 else 3)

    a, b = bearing(to_a), bearing(to_b)
    return (a < b) - (a > b)
