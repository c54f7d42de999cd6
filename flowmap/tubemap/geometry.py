"""Map + transitions → shapes. Computed once, here: drawn by the page, followed by dots, tested."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from .ground import Ground, Rect
from .labels import Label, Named, boxed, place_labels
from .links import HALF_WIDTH as LINK
from .links import link, self_loop
from .model import Exit, Place, TubeMap
from .network import Network
from .path import CELL, Path, Point
from .shapes import (
    Geometry,
    LabelShape,
    LineShape,
    LinkShape,
    LoopShape,
    Note,
    QueueShape,
    ReturnShape,
    RouteShape,
    StationShape,
    StubShape,
    ZoneShape,
)
from .stubs import Ladder, Stub, choose
from .text import STUB_SIZE, width
from .tracks import HALF_WIDTH as TRACK
from .tracks import legs
from .wayback import RADIUS, joined, loop_corners, onward, row_of

RIM = 2.0  # the part of a circle's stroke outside its radius
MARGIN = 10.0
HEAD = 30.0  # above the map, for the names of zones
QUEUE = (46.0, 28.0)
NO_LINE = "has no line; it is drawn as a faint direct link."

Key = str | int


def geometry(tube: TubeMap, edges: Mapping[tuple[Key, Key], int], sizes: Mapping[Key, int] | None = None) -> Geometry:
    """Draw a map for the transitions that occur on it.

    `edges` counts moves by (from, to), each a place id or its index in `tube.places()`; one route is given for each,
    in the same order. `sizes` is the largest count each station will show, and sets how wide circles are. Never
    raises for a valid map; an id or index that is not on the map is a KeyError.
    """
    return _Drawing(tube, edges, sizes or {}).draw()


class _Drawing:
    """One map being drawn, step by step: tracks, stubs, routes, names, queues."""

    def __init__(self, tube: TubeMap, edges: Mapping[tuple[Key, Key], int], sizes: Mapping[Key, int]) -> None:
        self.tube = tube
        self.places = tube.places()
        self.index = {p.id: i for i, p in enumerate(self.places)}
        self.edges = [((self._id(a), self._id(b)), n) for (a, b), n in edges.items()]
        self.r = _radius(max(sizes.values(), default=0))
        self.at: dict[str, Point] = {p.id: (p.at[0] * CELL, p.at[1] * CELL) for p in self.places if p.at}
        self.ground = Ground()
        self.legs = legs(tube)
        self.network = Network(tube, self.legs)
        self.stubs: dict[tuple[str, str], Stub] = {}  # (exit, station)
        self.ladders: dict[tuple[str, str | None], Ladder] = {}
        self.links: dict[tuple[str, str], LinkShape] = {}
        self.ways: dict[tuple[str, str], Path] = {}  # of links between two places
        self.notes: list[Note] = []
        self.loop: list[Point] = []

    def _id(self, key: Key) -> str:
        return self.places[key].id if isinstance(key, int) else self.places[self.index[key]].id

    def draw(self) -> Geometry:
        for leg in self.legs:
            self.ground.add_line(leg.track().points(), TRACK)
        self.ground.add_circles((x, y, self.r + RIM) for x, y in self.at.values())
        self._draw_loop()
        self._draw_stubs()
        routes = [self._route(a, b) for (a, b), _ in self.edges]
        labels = self._names()
        loop = self._loop_shape()
        stations = [self._station(i, p, labels.get(p.id)) for i, p in enumerate(self.places)]
        bounds = self._bounds(labels, loop, routes)
        return Geometry(
            name=self.tube.name,
            title=self.tube.title,
            bounds=bounds,
            stations=stations,
            stubs=[self._stub_shape(s) for ladder in self.ladders.values() for s in ladder.stubs],
            lines=self._lines(),
            links=list(self.links.values()),
            zones=self._zones(bounds),
            loop=loop,
            routes=routes,
            returns=self._returns(),
            notes=self.notes,
        )

    # Tracks and the loop

    def _lines(self) -> list[LineShape]:
        drawn: dict[int, list[str]] = defaultdict(list)
        for leg in self.legs:
            drawn[leg.line].append(leg.track().d())
        return [LineShape(line.id, line.label, line.colour, drawn[i]) for i, line in enumerate(self.tube.lines)]

    def _draw_loop(self) -> None:
        loop = self.tube.loop
        if loop is None:
            return
        cells = {p.id: p.at for p in self.places if p.at is not None}
        start = next((cells[e] for e in loop.start if e in cells), None)
        left = {s for e in self.tube.exits if e.id in loop.start for s in e.stubs}
        left |= {a for (a, b), _ in self.edges if b in loop.start and a in cells}
        begin = max(self.at[s][0] for s in left or self.at)
        leftmost = min(x for x, _ in cells.values())
        self.loop = loop_corners(loop, start, begin, cells[loop.end], leftmost)
        self.ground.add_line(Path(self.loop, RADIUS).points(), 4.0)

    def _loop_shape(self) -> LoopShape | None:
        loop = self.tube.loop
        if loop is None:
            return None
        k = row_of(self.loop)
        row, x0, x1 = self.loop[k][1], self.loop[k][0], self.loop[k + 1][0]
        edge = {"bottom": row - 8} if row < self.at[loop.end][1] else {"top": row + 8}
        rules = self._rules()
        for share in (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65):
            label = boxed([loop.label], "middle", x0 + (x1 - x0) * share, size=STUB_SIZE, **edge)
            rect = label.rect()
            if not any(rect[0] - 4 < x < rect[2] + 4 for x in rules) and not self.ground.on_rects([rect])[0]:
                break
        self.ground.rects.append(rect)
        return LoopShape(loop.label, Path(self.loop, RADIUS).d(), _label(label))

    def _rules(self) -> list[float]:
        """Where the edges between zones run."""
        ordered = sorted(self.tube.zones, key=lambda z: z.columns)
        return [(a.columns[1] + b.columns[0]) / 2 * CELL for a, b in zip(ordered, ordered[1:], strict=False)]

    # Stubs

    def _draw_stubs(self) -> None:
        groups: dict[tuple[str, str | None], list[Exit]] = defaultdict(list)
        for place in self.tube.exits:
            stations = dict(place.stubs)
            for (a, b), _ in self.edges:
                if place.at is None and b == place.id and a in self.at:
                    stations.setdefault(a, None)
            for station, direction in stations.items():
                groups[station, direction].append(place)
        for station, direction in list(groups):
            given = next((d for s, d in groups if s == station and d is not None), None)
            if direction is None and given is not None:
                groups[station, given] += groups.pop((station, None))
        wanted = sorted(groups.items(), key=lambda g: (g[0][1] is None, self.index[g[0][0]]))
        for (station, direction), exits in wanted * 2:
            names = [(e.id, e.label) for e in sorted(exits, key=lambda e: self.index[e.id])]
            self.ladders.pop((station, direction), None)
            self.ladders[station, direction] = choose(
                names, station, self.at[station], self.r, direction, self.ground, list(self.ladders.values())
            )
        for ladder in self.ladders.values():
            ladder.stand_on(self.ground)
            self.stubs.update({(s.exit, s.at): s for s in ladder.stubs})

    def _stub_shape(self, stub: Stub) -> StubShape:
        x, y = stub.end()
        name = self.places[self.index[stub.exit]].label
        return StubShape(
            self.index[stub.exit], self.index[stub.at], x, y, stub.path.d(), stub.bar, name, _label(stub.label)
        )

    # Routes

    def _route(self, a: str, b: str) -> RouteShape:
        how, points = self._way(a, b)
        return RouteShape(self.index[a], self.index[b], how, points)

    def _way(self, a: str, b: str) -> tuple[str, list[Point]]:
        if (b, a) in self.stubs:
            return "stub", self.stubs[b, a].path.points()
        if (a, b) in self.stubs:
            return "stub", self.stubs[a, b].path.points()[::-1]
        if a not in self.at or b not in self.at:
            return "link", self._odd(a, b)
        if a == b:
            points = self_loop(self.at[a], self.r, self.ground)
            self._link(a, b, points, _polyline(points))
            return "link", points
        way = self.network.way(a, b)
        if way is None:
            return "link", self._drawn_link(a, b)
        points = joined(*(self._leg(p, q) for p, q in zip(way, way[1:], strict=False)))
        if len(way) > 2:
            by = ", ".join(self._name(p) for p in way[1:-1])
            self._note("network", a, b, f"has no line of its own; it is drawn along the lines by way of {by}.")
        return ("line" if len(way) == 2 else "network"), points

    def _leg(self, a: str, b: str) -> list[Point]:
        leg = self.network.legs[a, b]
        points = leg.route().points()
        return points if leg.a == a else points[::-1]

    def _drawn_link(self, a: str, b: str) -> list[Point]:
        if (b, a) in self.ways:
            self._note("link", a, b, NO_LINE)
            return self.ways[b, a].points()[::-1]
        path = self.ways[a, b] = link(self.at[a], self.at[b], self.ground)
        self._link(a, b, path.points(), path.d())
        return path.points()

    def _link(self, a: str, b: str, points: list[Point], d: str) -> None:
        self.links[a, b] = LinkShape(self.index[a], self.index[b], d)
        self.ground.add_line(points, LINK, 0.15)
        if a == b:
            self._note("link", a, b, "stays where it is; it is drawn as a small loop.")
        else:
            self._note("link", a, b, NO_LINE)

    def _odd(self, a: str, b: str) -> list[Point]:
        """Moves out of a stub exit, or into one from another: straight from where it is drawn."""
        begin, end = self._spot(a), self._spot(b)
        path = link(begin, end, self.ground) if math.dist(begin, end) > CELL / 2 else Path([begin, end])
        points = [begin, *path.points()[1:-1], end] if len(path.points()) > 2 else [begin, end]
        self._link(a, b, points, _polyline(points))
        return points

    def _spot(self, key: str) -> Point:
        if key in self.at:
            return self.at[key]
        return next((s.end() for (e, _), s in self.stubs.items() if e == key), next(iter(self.at.values()), (0.0, 0.0)))

    def _name(self, key: str) -> str:
        return self.places[self.index[key]].label

    def _note(self, rule: str, a: str, b: str, what: str) -> None:
        self.notes.append(Note(rule, f"{self._name(a)} → {self._name(b)} {what}"))

    # The way back

    def _returns(self) -> list[ReturnShape]:
        """One for every exit terminus or stub and every entry; the busiest stub comes last, but for a terminus."""
        loop = self.tube.loop
        if loop is None:
            return []
        busy = dict(self.edges)
        found = []
        for place in self.tube.exits:
            own = [s for (e, _), s in self.stubs.items() if e == place.id]
            stubs = sorted(own, key=lambda s: busy.get((s.at, s.exit), 0))
            for entry in self.tube.stations:
                if not entry.entry:
                    continue
                tail = self._from_loop(loop.end, entry.id)
                for stub in stubs:
                    head = onward(self.loop, stub.end()).points()
                    found.append(self._return(place, entry, self.index[stub.at], head, tail))
                if place.at is not None:
                    found.append(self._return(place, entry, None, self._back(place), tail))
        return found

    def _return(self, a: Place, b: Place, at: int | None, head: list[Point], tail: list[Point]) -> ReturnShape:
        return ReturnShape(self.index[a.id], self.index[b.id], at, joined(head, tail))

    def _back(self, place: Place) -> list[Point]:
        at = self.at[place.id]
        whole = self.loop[0] == at
        return Path(self.loop, RADIUS).points() if whole else onward(self.loop, at).points()

    def _from_loop(self, end: str, entry: str) -> list[Point]:
        """From the loop's end onwards to another entry, along the lines where they lead there."""
        if end == entry:
            return []
        way = self.network.way(end, entry)
        if way is None:
            return link(self.at[end], self.at[entry], self.ground).points()
        return joined(*(self._leg(p, q) for p, q in zip(way, way[1:], strict=False)))

    # Names and queues

    def _names(self) -> dict[str, Label]:
        drawn = [p for p in self.places if p.id in self.at]
        wanted = [Named(p.label, *self.at[p.id], self.r, p.label_side) for p in drawn]
        found = dict(zip((p.id for p in drawn), place_labels(wanted, self.ground, self._rules()), strict=True))
        self.ground.rects += [label.rect() for label in found.values()]
        return found

    def _station(self, i: int, place: Place, label: Label | None) -> StationShape:
        x, y = self.at.get(place.id, (None, None))
        return StationShape(
            index=i, id=place.id, label=place.label, kind=place.kind, x=x, y=y, r=self.r,
            zone=self.tube.zone_of(place), entry=place.entry,
            label_at=_label(label) if label else None,
            queue=self._queue(place, x, y) if x is not None and y is not None else None,
        )  # fmt: skip

    def _queue(self, place: Place, x: float, y: float) -> QueueShape:
        """The freest of the four corners, or the one the map asks for."""
        away = 0.71 * (self.r + RIM) + 4
        corners = ((-1, 1), (1, 1), (1, -1), (-1, -1))
        rects = []
        for dx, dy in corners:
            x0, x1 = sorted((x + dx * away, x + dx * (away + QUEUE[0])))
            y0, y1 = sorted((y + dy * away, y + dy * (away + QUEUE[1])))
            rects.append((x0, y0, x1, y1))
        ground = self.ground
        clash = ground.on_lines(rects) + 20 * ground.on_rects(rects) + 20 * ground.on_circles(rects, -2)
        against = [500 * _against(place.queue_side, *corner) for corner in corners]
        dx, dy = corners[int(np.argmin(clash + against))]
        return QueueShape(x + dx * away, y + dy * away, dx, dy)

    # The frame

    def _zones(self, bounds: Rect) -> list[ZoneShape]:
        ordered = sorted(self.tube.zones, key=lambda z: z.columns)
        edges = [bounds[0] + MARGIN, *self._rules(), bounds[2]]
        return [ZoneShape(z.id, z.label, edges[i], edges[i + 1]) for i, z in enumerate(ordered)]

    def _bounds(self, labels: dict[str, Label], loop: LoopShape | None, routes: list[RouteShape]) -> Rect:
        r = self.r + 8
        boxes: list[Rect] = [(x - r, y - r, x + r, y + r) for x, y in self.at.values()]
        boxes += [label.rect() for label in labels.values()]
        boxes += [rect for ladder in self.ladders.values() for rect in ladder.rects()]
        for points in [*(leg.track().points() for leg in self.legs), *(route.points for route in routes), self.loop]:
            boxes += [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
        if loop:
            half = width(loop.label, STUB_SIZE) / 2
            at = loop.label_at
            boxes.append((at.x - half, at.y - 12, at.x + half, at.y + 5))
        if not boxes:
            return 0.0, 0.0, CELL, CELL
        head = HEAD if self.tube.zones else 0.0
        x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
        x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
        return x0 - MARGIN, y0 - MARGIN - head, x1 + MARGIN, y1 + MARGIN


def _radius(most: int) -> float:
    """Wide enough for the count: 16 for two figures, up to 22 for six."""
    return 18.0 if not most else {1: 16.0, 2: 16.0, 3: 17.0, 4: 19.0, 5: 20.0}.get(len(str(most)), 22.0)


def _label(label: Label) -> LabelShape:
    return LabelShape(label.x, label.y, label.anchor, label.lines)


def _polyline(points: list[Point]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _against(side: str | None, dx: int, dy: int) -> int:
    """How far a corner is from the side asked for."""
    if side is None:
        return 0
    wrong_x = ("left" in side and dx > 0) or ("right" in side and dx < 0)
    wrong_y = ("above" in side and dy > 0) or ("below" in side and dy < 0)
    return int(wrong_x) + int(wrong_y)
