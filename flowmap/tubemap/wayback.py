"""The re-referral loop: from the terminus beneath the map (or above it) and round to the entry."""

from __future__ import annotations

import math

from .model import Cell, Loop
from .path import CELL, Path, Point

RADIUS = 48.0


def loop_corners(loop: Loop, start: Cell | None, begin: float, end: Cell, leftmost: int) -> list[Point]:
    """From the terminus at cell `start` (or, without one, from x = `begin`) along the loop's row and into the entry.

    The entry is reached from its outer side, the left, where nothing else arrives.
    """
    cells = [(leftmost - 2, loop.row), (leftmost - 2, end[1]), end]
    first = start[0] * CELL if start else begin
    if first < end[0] * CELL:
        cells = [(end[0], loop.row), end]
    down = [(start[0] * CELL, start[1] * CELL)] if start else []
    return [*down, (first, loop.row * CELL), *((x * CELL, y * CELL) for x, y in cells)]


def row_of(corners: list[Point]) -> int:
    """The number of the corner at which the long row begins."""
    return 0 if corners[0][1] == corners[1][1] else 1


def onward(corners: list[Point], begin: Point) -> Path:
    """The loop from the point on its long row that is level with `begin` to its end."""
    k = row_of(corners)
    row = corners[k][1]
    low, high = sorted((corners[k][0], corners[k + 1][0]))
    inner = min(RADIUS, (high - low) / 2)
    x = min(max(begin[0], low + inner), high - inner)
    return Path([(x, row), *corners[k + 1 :]], RADIUS)


def joined(*parts: list[Point]) -> list[Point]:
    """Polylines end to end, without doubled points."""
    found: list[Point] = []
    for part in parts:
        found += [p for i, p in enumerate(part) if i or not found or math.dist(found[-1], p) > 1e-6]
    return found
