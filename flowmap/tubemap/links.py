"""Faint direct links for transitions that no line serves, and small loops for moves from a station to itself."""

from __future__ import annotations

import math

import numpy as np

from .ground import Ground, sampled
from .octilinear import Half, through, ways
from .path import CELL, Path, Point

HALF_WIDTH = 1.5
ASIDE = (-2, 2, -4, 4, -6, 6)  # half cells by which a link may bow aside
LOOP = 15.0  # radius of the loop of a move to the same station


def link(a: Point, b: Point, ground: Ground) -> Path:
    """A way from a to b that passes through no station and runs along no line, if there is one."""
    start, end = _half(a), _half(b)
    straight = ways(start, end)
    best, least = _cheapest(straight, ground)
    if least > 1.25 * math.dist(a, b) + 60:
        bowed = [through([start, *middle, end]) for middle in middles(start, end)]
        other, cost = _cheapest(bowed, ground)
        if cost < least:
            best = other
    return Path([(x * CELL / 2, y * CELL / 2) for x, y in best])


def middles(a: Half, b: Half) -> list[list[Half]]:
    """Places to go by: runs beside the straight way, level or upright."""
    found: list[list[Half]] = []
    for k in ASIDE:
        n = abs(k)
        if abs(b[0] - a[0]) >= 2 * n:
            s = 1 if b[0] > a[0] else -1
            for row in sorted({a[1] + k, b[1] + k}):
                i, j = abs(row - a[1]), abs(row - b[1])
                if i + j <= abs(b[0] - a[0]):
                    found.append([(a[0] + s * i, row), (b[0] - s * j, row)])
        if abs(b[1] - a[1]) >= 2 * n:
            s = 1 if b[1] > a[1] else -1
            for column in sorted({a[0] + k, b[0] + k}):
                i, j = abs(column - a[0]), abs(column - b[0])
                if i + j <= abs(b[1] - a[1]):
                    found.append([(column, a[1] + s * i), (column, b[1] - s * j)])
    if not found:
        mx, my = (a[0] + b[0]) // 2, (a[1] + b[1]) // 2
        found = [[(mx + i, my + j)] for i, j in ((0, -6), (0, 6), (-6, 0), (6, 0))]
    return found


def _cheapest(options: list[list[Half]], ground: Ground) -> tuple[list[Half], float]:
    best, least = options[0], float("inf")
    for way in options:
        cost = way_cost([(x * CELL / 2, y * CELL / 2) for x, y in way], ground)
        if cost < least:
            best, least = way, cost
    return best, least


def way_cost(corners: list[Point], ground: Ground) -> float:
    """Length and bends in map units; a station in the way costs 300, and running along a line 14 for each 8 units.

    The first 72 units along lines are free: any way leaves its stations beside others.
    """
    xy = sampled(corners)[::2]
    cost = sum(math.dist(p, q) for p, q in zip(corners, corners[1:], strict=False)) + 12 * len(corners)
    circles = ground.circles
    if len(circles):
        others = circles[[tuple(c[:2]) not in (corners[0], corners[-1]) for c in circles]]
        apart = np.hypot(xy[:, None, 0] - others[:, 0], xy[:, None, 1] - others[:, 1]) - others[:, 2]
        cost += 300 * float((apart.min(axis=0, initial=99) < 6).sum())
    cost += 14 * max(0, ground.alongside(xy) - 9)
    return cost


def _half(p: Point) -> Half:
    return round(p[0] * 2 / CELL), round(p[1] * 2 / CELL)


def self_loop(centre: Point, r: float, ground: Ground) -> list[Point]:
    """A small circle through the station's centre, on its freest side: a → a."""
    best, least = (0.0, 0.0), float("inf")
    for dx, dy in ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0)):
        scale = (r * 0.5 + LOOP * 0.6) / math.hypot(dx, dy)
        x, y = centre[0] + dx * scale, centre[1] + dy * scale
        out = (centre[0] + dx * scale * 1.7, centre[1] + dy * scale * 1.7)
        cost = float(ground.on_lines([(out[0] - 9, out[1] - 9, out[0] + 9, out[1] + 9)], 3)[0])
        if cost < least:
            best, least = (x, y), cost
    radius = math.dist(best, centre)
    start = math.atan2(centre[1] - best[1], centre[0] - best[0])
    n = max(24, math.ceil(2 * math.pi * radius / 2))
    angles = [start + 2 * math.pi * i / n for i in range(1, n)]
    return [centre, *((best[0] + radius * math.cos(t), best[1] + radius * math.sin(t)) for t in angles), centre]
