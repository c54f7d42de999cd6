"""One path, three uses: what is drawn (SVG), what dots follow (points), and what is tested.

A path is corner points with a rounding radius at each. All angles are multiples of 45°. y points down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]

CELL = 40.0  # map units a grid cell
BEND = 44.0  # radius of a bend, at the middle of a line
STEP = 2.0  # longest step, in map units, where a bend is flattened


@dataclass(frozen=True)
class Arc:
    """A piece of a circle from `a` to `b`; `sweep` as in SVG: True turns clockwise on screen."""

    a: Point
    b: Point
    centre: Point
    radius: float
    angle: float
    sweep: bool

    def points(self) -> list[Point]:
        """Points after `a` up to and including `b`, at most STEP apart."""
        steps = max(1, math.ceil(self.radius * self.angle / STEP))
        start = math.atan2(self.a[1] - self.centre[1], self.a[0] - self.centre[0])
        turn = self.angle if self.sweep else -self.angle
        inner = [start + turn * i / steps for i in range(1, steps)]
        cx, cy, r = *self.centre, self.radius
        return [*((cx + r * math.cos(t), cy + r * math.sin(t)) for t in inner), self.b]


class Path:
    """Straight pieces and arcs from the first corner to the last."""

    def __init__(self, corners: Sequence[Point], radius: float | Sequence[float] = BEND) -> None:
        self.corners, radii = _distinct(corners, radius)
        self.start, self.pieces = _pieces(self.corners, radii)
        self.end = self.pieces[-1].b if self.pieces and isinstance(self.pieces[-1], Arc) else self.start
        if self.pieces and not isinstance(self.pieces[-1], Arc):
            self.end = self.pieces[-1]

    def d(self) -> str:
        """The SVG path."""
        parts = [f"M{_n(self.start[0])} {_n(self.start[1])}"]
        for piece in self.pieces:
            if isinstance(piece, Arc):
                r = _n(piece.radius)
                parts.append(f"A{r} {r} 0 0 {int(piece.sweep)} {_n(piece.b[0])} {_n(piece.b[1])}")
            else:
                parts.append(f"L{_n(piece[0])} {_n(piece[1])}")
        return "".join(parts)

    def points(self) -> list[Point]:
        """The polyline that dots follow."""
        found = [self.start]
        for piece in self.pieces:
            found += piece.points() if isinstance(piece, Arc) else [piece]
        return found


def _n(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _distinct(corners: Sequence[Point], radius: float | Sequence[float]) -> tuple[list[Point], list[float]]:
    """Corners without repeats, each with its radius."""
    radii = [radius] * len(corners) if isinstance(radius, int | float) else list(radius)
    points, kept = [corners[0]], [radii[0]]
    for corner, r in zip(corners[1:], radii[1:], strict=True):
        if math.dist(corner, points[-1]) > 1e-6:
            points.append(corner)
            kept.append(r)
    return points, kept


def _pieces(corners: list[Point], radii: list[float]) -> tuple[Point, list[Point | Arc]]:
    pieces: list[Point | Arc] = []
    last = len(corners) - 1
    lengths = [math.dist(a, b) for a, b in zip(corners, corners[1:], strict=False)]
    for i in range(1, last):
        before = lengths[i - 1] * (1.0 if i == 1 else 0.5)
        after = lengths[i] * (1.0 if i == last - 1 else 0.5)
        arc = _arc(corners[i - 1], corners[i], corners[i + 1], radii[i], min(before, after))
        if arc is None:
            continue
        here = pieces[-1] if pieces else corners[0]
        here = here.b if isinstance(here, Arc) else here
        if math.dist(here, arc.a) > 1e-6:
            pieces.append(arc.a)
        pieces.append(arc)
    here = pieces[-1] if pieces else corners[0]
    here = here.b if isinstance(here, Arc) else here
    if math.dist(here, corners[-1]) > 1e-6:
        pieces.append(corners[-1])
    return corners[0], pieces


def _arc(before: Point, corner: Point, after: Point, radius: float, room: float) -> Arc | None:
    """The arc that rounds a corner, its radius cut to the room there is; None where the path goes straight on."""
    (ux, uy), (vx, vy) = unit(before, corner), unit(corner, after)
    cross, dot = ux * vy - uy * vx, ux * vx + uy * vy
    angle = math.atan2(abs(cross), dot)
    if angle < 1e-6 or angle > math.pi - 1e-6 or radius <= 0:
        return None if angle < 1e-6 else _point_arc(corner)
    tangent = min(radius * math.tan(angle / 2), room)
    radius = tangent / math.tan(angle / 2)
    side = 1.0 if cross > 0 else -1.0
    a = (corner[0] - ux * tangent, corner[1] - uy * tangent)
    b = (corner[0] + vx * tangent, corner[1] + vy * tangent)
    centre = (a[0] - side * uy * radius, a[1] + side * ux * radius)
    return Arc(a, b, centre, radius, angle, cross > 0)


def _point_arc(corner: Point) -> Arc:
    return Arc(corner, corner, corner, 0.0, 0.0, True)


def unit(a: Point, b: Point) -> Point:
    """The direction from a to b, of length 1; (0, 0) where they are one point."""
    length = math.dist(a, b)
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length) if length else (0.0, 0.0)


def beside(corners: Sequence[Point], offset: float, radius: float = BEND) -> tuple[list[Point], list[float]]:
    """Corners and radii of the path that runs `offset` units to the right (looking along it), bends concentric."""
    moved, radii = [], []
    units = [unit(a, b) for a, b in zip(corners, corners[1:], strict=False)]
    for i, (x, y) in enumerate(corners):
        u, v = units[max(i - 1, 0)], units[min(i, len(units) - 1)]
        nx, ny = -u[1] - v[1], u[0] + v[0]
        if nx * nx + ny * ny < 0.1:  # straight back: round the end on both sides
            moved += [(x - u[1] * offset, y + u[0] * offset), (x - v[1] * offset, y + v[0] * offset)]
            radii += [4.0, 4.0]
            continue
        scale = offset * 2 / (nx * nx + ny * ny)
        moved.append((x + nx * scale, y + ny * scale))
        cross = u[0] * v[1] - u[1] * v[0]
        radii.append(max(radius - math.copysign(offset, offset * cross), 4.0) if cross and offset else radius)
    return moved, radii
