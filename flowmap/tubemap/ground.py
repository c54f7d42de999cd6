"""What already stands on the map, so that the next thing finds a free place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .path import Point

Rect = tuple[float, float, float, float]  # x0, y0, x1, y1
TOUCH = 7.0
SPACING = 4.0  # between the sample points that stand for a drawn line


def overlap(a: Rect, b: Rect, gap: float = 0.0) -> bool:
    """Do two rectangles come closer than `gap`?"""
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def overlaps(rects: Sequence[Rect], others: Sequence[Rect], gap: float) -> np.ndarray:
    """For each of the rectangles, how many of the others come closer than `gap`."""
    a, b = np.asarray(rects, dtype=float).reshape(-1, 4), np.asarray(others, dtype=float).reshape(-1, 4)
    near = (a[:, [0]] < b[:, 2] + gap) & (b[:, 0] < a[:, [2]] + gap)
    near &= (a[:, [1]] < b[:, 3] + gap) & (b[:, 1] < a[:, [3]] + gap)
    found: np.ndarray = near.sum(axis=1)
    return found


def sampled(points: Sequence[Point]) -> np.ndarray:
    """A polyline as points at most SPACING apart."""
    line = np.asarray(points, dtype=float).reshape(-1, 2)
    if len(line) < 2:
        return line
    lengths = np.hypot(*np.diff(line, axis=0).T)
    counts = np.maximum(1, np.ceil(lengths / SPACING).astype(int))
    parts = [a + (b - a) * np.arange(n)[:, None] / n for a, b, n in zip(line, line[1:], counts, strict=False)]
    return np.vstack([*parts, line[-1:]])


class Ground:
    """Drawn lines as sample points with half-widths; circles; rectangles of text."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._near: set[tuple[int, int]] = set()  # squares of TOUCH units on or next to a drawn line
        self._points = np.empty((0, 4))
        self.circles = np.empty((0, 3))
        self.rects: list[Rect] = []

    def add_line(self, points: Sequence[Point], half_width: float, weight: float = 1.0) -> None:
        """A drawn line. `weight` below 1 is for what a label may cross at need."""
        xy = sampled(points)
        self._parts.append(np.column_stack([xy, np.full(len(xy), half_width), np.full(len(xy), weight)]))
        self._points = np.empty((0, 4))
        for x, y in {(int(x), int(y)) for x, y in np.floor(xy / TOUCH)}:
            self._near.update((x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1))

    def add_circles(self, circles: Iterable[tuple[float, float, float]]) -> None:
        """Stations: x, y, radius with its rim."""
        self.circles = np.array([*self.circles.tolist(), *circles], dtype=float).reshape(-1, 3)

    def points(self) -> np.ndarray:
        """All sample points as rows x, y, half-width, weight."""
        if not len(self._points) and self._parts:
            self._points = np.vstack(self._parts)
        return self._points

    def on_lines(self, rects: Sequence[Rect], gap: float = 2.0) -> np.ndarray:
        """For each rectangle, how many (weighted) sample points of drawn lines it covers or comes within `gap` of."""
        boxes, points = np.asarray(rects), self.points()
        reach = points[:, 2].max(initial=0.0) + gap
        (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0) - reach, boxes[:, 2:].max(axis=0) + reach
        p = points[(points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)]
        near = p[:, 2] + gap
        inside = (p[:, 0] > boxes[:, [0]] - near) & (p[:, 0] < boxes[:, [2]] + near)
        inside &= (p[:, 1] > boxes[:, [1]] - near) & (p[:, 1] < boxes[:, [3]] + near)
        found: np.ndarray = inside @ p[:, 3]
        return found

    def alongside(self, xy: np.ndarray) -> int:
        """How many of these points lie on or beside a drawn line, within about TOUCH units."""
        return sum((int(x), int(y)) in self._near for x, y in np.floor(xy / TOUCH).tolist())

    def on_circles(self, rects: Sequence[Rect], gap: float = 2.0, but: Point | None = None) -> np.ndarray:
        """For each rectangle, how many circles (not the one centred at `but`) it touches or comes within `gap` of."""
        b, c = np.asarray(rects), self.circles
        if but is not None:
            c = c[(c[:, 0] != but[0]) | (c[:, 1] != but[1])]
        dx = np.maximum(np.maximum(b[:, [0]] - c[:, 0], c[:, 0] - b[:, [2]]), 0)
        dy = np.maximum(np.maximum(b[:, [1]] - c[:, 1], c[:, 1] - b[:, [3]]), 0)
        found: np.ndarray = (np.hypot(dx, dy) < c[:, 2] + gap).sum(axis=1)
        return found

    def on_rects(self, rects: Sequence[Rect], gap: float = 3.0) -> np.ndarray:
        """For each rectangle, how many rectangles of text it comes within `gap` of."""
        return overlaps(rects, self.rects, gap)
