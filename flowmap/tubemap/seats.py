"""A grid place for every station of an automatic map: layers as columns, the main path on one straight row."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from .model import Cell

ROWS = 5  # stations in one column at most, and rows tried
LONG = 9  # columns, beyond which the map turns back beneath itself: more would be too small to read on a page
SHAPE = 2.3  # width to height of the room a map is shown in
WIDE, HIGH, LOW = 4, 4, 3  # cells from column to column; from row to row, with few and with many rows

Seat = tuple[int, int]  # column, row (main path: 0)


def seats(level: Mapping[str, int], main: list[str], edges: Mapping[tuple[str, str], int]) -> dict[str, Cell]:
    """Grid cells, no two the same."""
    lonely = {s for s in level if not any(s in pair and pair[0] != pair[1] for pair in edges)} - set(main)
    joined = {s: n for s, n in level.items() if s not in lonely}
    columns = min((_columns(joined, main, edges, most) for most in range(3, ROWS + 1)), key=_misshapen)
    found = _rows(columns, main, edges)
    return _on_grid(found, sorted(lonely, key=list(level).index))


def _misshapen(columns: list[list[str]]) -> float:
    """How far a map of these columns would be from SHAPE."""
    bands = -(-len(columns) // LONG) or 1
    wide = -(-len(columns) // bands) * WIDE
    high = max((len(column) for column in columns), default=1) * bands * LOW
    return abs(math.log(max(wide, 1) / high / SHAPE))


def _columns(level: Mapping[str, int], main: list[str], edges: Mapping[tuple[str, str], int],
             most: int) -> list[list[str]]:  # fmt: skip
    """Layers without gaps; one with more stations than `most` becomes several columns, its main station first."""
    weight: dict[str, int] = defaultdict(int)
    for (a, b), n in edges.items():
        weight[a] += n
        weight[b] += n
    found = []
    for number in sorted(set(level.values())):
        layer = sorted((s for s in level if level[s] == number), key=lambda s: (s not in main, -weight[s]))
        parts = -(-len(layer) // most)
        size = -(-len(layer) // parts)
        found += [layer[i : i + size] for i in range(0, len(layer), size)]
    return found


def _rows(columns: list[list[str]], main: list[str], edges: Mapping[tuple[str, str], int]) -> dict[str, Seat]:
    """Rows by barycentre from left to right, then improved by moving and swapping while that helps."""
    at: dict[str, Seat] = {}
    high = max((len(column) for column in columns), default=1)
    rows = range(-max(1, (high - 1) // 2), max(1, high // 2) + 1)
    for c, column in enumerate(columns):
        free = sorted(rows, key=lambda r: (abs(r), r))
        for s in column:
            wish = 0.0 if s in main else _barycentre(s, at, edges)
            row = 0 if s in main and 0 in free else min(free, key=lambda r: abs(r - wish) + (2 if r == 0 else 0))
            free.remove(row)
            at[s] = (c, row)
    weights = {pair: max(n, 1) ** 0.5 for pair, n in edges.items() if pair[0] != pair[1]}
    least = _cost(at, weights, main)
    for _ in range(4):
        before = least
        for s in [s for column in columns for s in column if s not in main]:
            least = _improve(s, at, rows, weights, main, least)
        if least >= before - 1e-9:
            break
    return at


def _barycentre(s: str, at: Mapping[str, Seat], edges: Mapping[tuple[str, str], int]) -> float:
    near = [(at[b if a == s else a][1], n) for (a, b), n in edges.items() if s in (a, b) and (b if a == s else a) in at]
    total = sum(n for _, n in near)
    return sum(r * n for r, n in near) / total if total else 0.0


def _improve(s: str, at: dict[str, Seat], rows: range, weights: Mapping[tuple[str, str], float], main: list[str],
             least: float) -> float:  # fmt: skip
    """Move s within its column, changing places with whoever is there, if that costs less."""
    c, home = at[s]
    there = {seat: other for other, seat in at.items()}
    best = home
    for row in rows:
        other = there.get((c, row))
        if row == home or other in main:
            continue
        at[s] = (c, row)
        if other:
            at[other] = (c, home)
        cost = _cost(at, weights, main)
        if cost < least - 1e-9:
            least, best = cost, row
        at[s] = (c, home)
        if other:
            at[other] = (c, row)
    other = there.get((c, best))
    if other and other != s:
        at[other] = (c, home)
    at[s] = (c, best)
    return least


def _cost(at: Mapping[str, Seat], weights: Mapping[tuple[str, str], float], main: list[str]) -> float:
    """Long rises, stations in the way, and rows far out, in one figure."""
    taken = set(at.values())
    first, last = (at[main[0]][0], at[main[-1]][0]) if main else (0, -1)
    cost = 0.0
    for s, (c, r) in at.items():
        cost += abs(r) * 0.8 + (3.0 if r == 0 and first < c < last and s not in main else 0.0)
    for (a, b), w in weights.items():
        (ca, ra), (cb, rb) = at[a], at[b]
        cost += w * (abs(ra - rb) * 0.3 + (0.6 if ra * rb < 0 else 0.0))
        cost += w * _in_the_way(ca, ra, cb, rb, taken)
    return cost


def _in_the_way(ca: int, ra: int, cb: int, rb: int, taken: set[Seat]) -> float:
    if ra == rb:
        lo, hi = sorted((ca, cb))
        return 0.8 * sum((c, ra) in taken for c in range(lo + 1, hi))
    if ca == cb:
        lo, hi = sorted((ra, rb))
        return 0.8 * sum((ca, r) in taken for r in range(lo + 1, hi))
    return 0.1 * (abs(ca - cb) - 1)


def _on_grid(at: Mapping[str, Seat], lonely: list[str]) -> dict[str, Cell]:
    """Columns and rows → cells. A long map turns back beneath itself, band by band; the unconnected stand last."""
    count = max((c for c, _ in at.values()), default=-1) + 1
    bands = -(-count // LONG) or 1
    length = max(-(-count // bands), 1)
    row_gap = HIGH if len({r for _, r in at.values()}) * bands <= 3 else LOW
    found: dict[str, Cell] = {}
    top = 2
    for band in range(bands):
        members = {s: (c - band * length, r) for s, (c, r) in at.items() if c // length == band}
        if not members:
            continue
        high = min(r for _, r in members.values())
        for s, (c, r) in members.items():
            column = c if band % 2 == 0 else length - 1 - c
            found[s] = (2 + column * WIDE, top + (r - high) * row_gap)
        top += (max(r for _, r in members.values()) - high + 1) * row_gap
    length = max(length, min(len(lonely), LONG - 1))
    for i, s in enumerate(lonely):
        found[s] = (2 + i % length * WIDE, top + i // length * row_gap)
    return found
