"""Exits as short branches that end in a bar. Several at one station leave on one trunk, like rungs of a ladder."""

from __future__ import annotations

from dataclasses import dataclass

from .ground import Ground, Rect, overlaps
from .labels import Label, boxed
from .model import DIRECTIONS
from .path import Path, Point, unit
from .text import LEADING, STUB_SIZE, width, wraps

HALF_WIDTH = 3.0
REACH = 30.0  # a lone stub, from the station's rim to its bar
RUNG = 15.0  # trunk to bar
PITCH = 19.0  # rung to rung
BAR = 8.0  # half a bar
TURN = 8.0  # radius where a rung leaves its trunk
UNASKED = 60.0  # how badly it must collide in the direction the map asks for before another is taken
ORDER = ("down", "up", "right", "left", "down-right", "down-left", "up-right", "up-left")
WIDEST = 112.0  # a longer name takes two lines


@dataclass(frozen=True)
class Stub:
    """One exit at one station."""

    exit: str
    at: str
    path: Path
    bar: tuple[Point, Point]
    label: Label

    def end(self) -> Point:
        """Where a child who leaves here vanishes."""
        return self.path.end


@dataclass(frozen=True)
class Ladder:
    """The stubs of one station in one direction."""

    stubs: list[Stub]
    r: float  # of the station's circle

    def rects(self) -> list[Rect]:
        """Boxes of all the ladder's drawn parts outside the circle, and of its names."""
        found = [s.label.rect() for s in self.stubs]
        for stub in self.stubs:
            corners = [stub.path.start, *stub.path.corners[1:]]
            u = unit(*corners[:2])
            corners[0] = (corners[0][0] + u[0] * self.r, corners[0][1] + u[1] * self.r)
            for a, b in zip(corners, corners[1:], strict=False):
                found += _boxes(a, b, HALF_WIDTH)
            found += _boxes(*stub.bar, HALF_WIDTH)
        return found

    def stand_on(self, ground: Ground) -> None:
        """Mark the place as taken."""
        for stub in self.stubs:
            ground.add_line(stub.path.points(), HALF_WIDTH)
            ground.add_line(stub.bar, HALF_WIDTH)
            ground.rects.append(stub.label.rect())


def _boxes(a: Point, b: Point, half: float) -> list[Rect]:
    """Boxes that cover a stroke: one, or a row of small ones where it is diagonal."""
    pieces = 1 if min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 1 else 5
    cuts = [(a[0] + (b[0] - a[0]) * k / pieces, a[1] + (b[1] - a[1]) * k / pieces) for k in range(pieces + 1)]
    return [
        (min(p[0], q[0]) - half, min(p[1], q[1]) - half, max(p[0], q[0]) + half, max(p[1], q[1]) + half)
        for p, q in zip(cuts, cuts[1:], strict=False)
    ]


def ladder(names: list[tuple[str, str]], at: str, centre: Point, r: float, direction: str, side: int) -> Ladder:
    """Stubs for exits (id, label) leaving a station; `side` is +1 where rungs of a vertical trunk go right, else -1."""
    dx, dy = DIRECTIONS[direction]
    if len(names) == 1 and side == 0:
        return Ladder([_lone(*names[0], at, centre, r, (dx, dy))], r)
    lines = [wraps(label, 2)[-1] if width(label, STUB_SIZE) > WIDEST else [label] for _, label in names]
    heights = [PITCH + (len(one) - 1) * STUB_SIZE * LEADING for one in lines]
    tops = [sum(heights[:k]) for k in range(len(names))]
    side = dx or side or 1
    x, y = centre
    if dy == 0:
        elbow = (x + dx * (r + 16), y)
        first = y - sum(heights) / 2
    elif dx == 0:
        elbow = (x, y + dy * (r + 2))
        first = elbow[1] + 8 if dy > 0 else elbow[1] - 8 - sum(heights)
    else:
        reach = 0.71 * r + 12
        elbow = (x + dx * reach, y + dy * reach)
        first = elbow[1] + 4 if dy > 0 else elbow[1] - 4 - sum(heights)
    stubs = []
    for (exit_id, _), text, high, top in zip(names, lines, heights, tops, strict=True):
        rung = first + top + high / 2
        end = (elbow[0] + side * RUNG, rung)
        path = Path([centre, elbow, (elbow[0], rung), end], TURN)
        half = min(BAR - 1.5, high / 2 - 3)
        label = boxed(text, "start" if side > 0 else "end", end[0] + side * 7, rung, rung, STUB_SIZE)
        stubs.append(Stub(exit_id, at, path, ((end[0], rung - half), (end[0], rung + half)), label))
    return Ladder(stubs, r)


def _lone(exit_id: str, name: str, at: str, centre: Point, r: float, direction: tuple[int, int]) -> Stub:
    dx, dy = direction
    scale = (r + REACH) / (dx * dx + dy * dy) ** 0.5
    end = (centre[0] + dx * scale, centre[1] + dy * scale)
    nx, ny = -dy / (dx * dx + dy * dy) ** 0.5 * BAR, dx / (dx * dx + dy * dy) ** 0.5 * BAR
    text = wraps(name, 2)[-1] if width(name, STUB_SIZE) > WIDEST else [name]
    if dx == 0:
        edge = {"top": end[1] + 7} if dy > 0 else {"bottom": end[1] - 7}
        label = boxed(text, "middle", end[0], size=STUB_SIZE, **edge)
    else:
        shift = 0.0 if dy == 0 else dy * 6.0
        beside = end[0] + dx * (8 if dy == 0 else 9)
        label = boxed(text, "start" if dx > 0 else "end", beside, end[1] + shift, end[1] + shift, STUB_SIZE)
    return Stub(exit_id, at, Path([centre, end]), ((end[0] + nx, end[1] + ny), (end[0] - nx, end[1] - ny)), label)


def choose(names: list[tuple[str, str]], at: str, centre: Point, r: float, direction: str | None,
           ground: Ground, others: list[Ladder]) -> Ladder:  # fmt: skip
    """The ladder that stands freest, in the given direction if it can, beside the others."""
    taken = [rect for other in others for rect in other.rects()]
    best, least = None, float("inf")
    for liked, way in sorted(enumerate(ORDER), key=lambda o: o[1] != direction):
        dislike = liked * 0.8 + (UNASKED if direction and way != direction else 0.0)
        if dislike >= least:
            continue
        upright, lone = DIRECTIONS[way][0] == 0, len(names) == 1
        sides = ([0] if lone or not upright else []) + ([1, -1] if upright else [])
        for further, side in enumerate(sides):
            option = ladder(names, at, centre, r, way, side)
            cost = dislike + further * 0.4 + _clash(option, centre, ground, taken)
            if cost < least:
                best, least = option, cost
    assert best is not None  # noqa: S101 - there are always ways to try
    return best


def _clash(option: Ladder, centre: Point, ground: Ground, taken: list[Rect]) -> float:
    """How badly a ladder collides with what is drawn and with the boxes of other ladders."""
    rects = option.rects()
    drawn = 3 * ground.on_lines(rects, 3.0) + 40 * ground.on_circles(rects, 2.0, centre)
    return float(drawn.sum() + 15 * overlaps(rects, taken, 4.0).sum())
