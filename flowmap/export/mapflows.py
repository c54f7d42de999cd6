"""A still picture of flows on a map: SVG from the map's geometry, with a width for every move and a share a station.

The picture has no style of its own beyond widths and places, so that a page's style sheet says what it looks like in
light, in dark and on paper, under a policy that forbids styles written inline.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape

from flowmap.tubemap.shapes import Geometry, LabelShape, StationShape

Point = tuple[float, float]
Piece = tuple[Point, ...]

WIDTH = 0.22  # map units for a move that one journey in a hundred makes
THINNEST = 1.4
RING = 5.0  # the width of the ring that shows a share
FIGURES = ("share", "wait")  # what the lines in a circle are
LINE = 1.2  # from a line of text to the next, in sizes: as the labels of the geometry


@dataclass(frozen=True)
class Stop:
    """What is written in a station's circle. `share` (0 to 1) is drawn as a ring; `lines` are at most two short texts.

    `kind` is "" or "few" (a figure that is not shown) or "none" (nobody comes here).
    """

    share: float | None
    lines: tuple[str, ...]
    kind: str = ""


def draw(
    geometry: Geometry,
    moves: Mapping[tuple[int, int], float],
    stops: Mapping[int, Stop],
    back: float | None,
    name: str,
    title: str,
    description: str,
) -> str:
    """The picture. `moves` are per hundred journeys, by (from, to) of the geometry's routes; `stops` by station index.

    `back` is the width of the way back, per hundred journeys. `name` begins the ids of this picture, which must be its
    own on a page; `title` and `description` are for those who do not see it.
    """
    x0, y0, x1, y1 = geometry.bounds
    parts = [
        f'<svg class="flows" viewBox="{x0:.0f} {y0:.0f} {x1 - x0:.0f} {y1 - y0:.0f}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>',
        *_ground(geometry, back),
        *(_flow(_polyline(piece), amount) for piece, amount in _pieces(geometry, moves)),
        *(_text(stub.label_at, "stub-name") for stub in geometry.stubs),
        *(_station(place, stops.get(place.index, Stop(None, (), "none"))) for place in geometry.stations),
        "</svg>",
    ]
    return "".join(parts)


def _ground(geometry: Geometry, back: float | None) -> Iterable[str]:
    """What is there whatever flows: zones, the way back, lines and stubs, all faint."""
    _, y0, _, y1 = geometry.bounds
    for number, zone in enumerate(geometry.zones):
        if number:
            yield f'<path class="zone" d="M{zone.x0:.1f} {y0:.1f}V{y1:.1f}"/>'
        at = f'x="{zone.x0 + 12 * bool(number):.1f}" y="{y0 + 12:.1f}"'
        yield f'<text class="zone-name" {at}>{escape(zone.label)}</text>'
    for line in geometry.lines:
        yield from (f'<path class="track" d="{d}"/>' for d in line.d)
    yield from (f'<path class="track" d="{link.d}"/>' for link in geometry.links)
    for stub in geometry.stubs:
        (ax, ay), (bx, by) = stub.bar
        yield f'<path class="track" d="{stub.d}"/><path class="stop" d="M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}"/>'
    if geometry.loop:
        yield _flow(geometry.loop.d, back, "flow back") if back else f'<path class="track" d="{geometry.loop.d}"/>'
        label = geometry.loop.label_at  # stands clear of a line 8 wide, on the side away from the stations
        aside = max(0.0, _width(back or 0.0) / 2 - 4)
        below = label.y > max((place.y or y0 for place in geometry.stations), default=y0)
        yield _text(replace(label, y=label.y + (aside if below else -aside)), "stub-name")


def _pieces(geometry: Geometry, moves: Mapping[tuple[int, int], float]) -> list[tuple[Piece, float]]:
    """Every stretch between two stations once, with all that moves along it either way, the widest first.

    A move without a line of its own runs along others, so a stretch may carry several.
    """
    centres = {(place.x, place.y) for place in geometry.stations if place.x is not None}
    found: dict[Piece, float] = {}
    for route in geometry.routes:
        amount = moves.get((route.from_, route.to))
        if not amount:
            continue
        cuts = [0, *(i for i, p in enumerate(route.points[1:-1], 1) if tuple(p) in centres), len(route.points) - 1]
        for a, b in zip(cuts, cuts[1:], strict=False):
            points = tuple((round(x, 1), round(y, 1)) for x, y in route.points[a : b + 1])
            piece = min(points, points[::-1])
            found[piece] = found.get(piece, 0.0) + amount
    return sorted(found.items(), key=lambda item: -item[1])


def _flow(d: str, amount: float, kind: str = "flow") -> str:
    """A line as wide as what flows; how much that is shows where the mouse rests on it."""
    said = f"<title>{amount:.1f} in a hundred journeys</title>"
    return f'<path class="{kind}" stroke-width="{_width(amount):.1f}" d="{d}">{said}</path>'


def _polyline(piece: Piece) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in piece)


def _width(amount: float) -> float:
    return max(THINNEST, WIDTH * amount)


def _station(place: StationShape, stop: Stop) -> str:
    if place.x is None or place.y is None:
        return ""
    x, y, r = place.x, place.y, place.r
    kind = f"disc {stop.kind}".strip()
    parts = [f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{r:g}"/>']
    if stop.share:
        parts.append(_ring(x, y, r - RING / 2, stop.share))
    for line, text in enumerate(stop.lines):
        middle = y + 4.5 if len(stop.lines) == 1 else y - 0.5 + 12 * line
        parts.append(f'<text class="{FIGURES[line]}" x="{x:g}" y="{middle:g}">{escape(text)}</text>')
    if place.label_at:
        parts.append(_text(place.label_at, "name"))
    return "".join(parts)


def _ring(x: float, y: float, r: float, share: float) -> str:
    """A share of a circle, clockwise from the top."""
    if share > 0.999:
        return f'<circle class="ring" cx="{x:g}" cy="{y:g}" r="{r:g}" stroke-width="{RING:g}"/>'
    turn = 2 * math.pi * share
    end = (x + r * math.sin(turn), y - r * math.cos(turn))
    arc = f"M{x:g} {y - r:g}A{r:g} {r:g} 0 {int(share > 0.5)} 1 {end[0]:.1f} {end[1]:.1f}"
    return f'<path class="ring" stroke-width="{RING:g}" d="{arc}"/>'


def _text(label: LabelShape, kind: str) -> str:
    spans = [
        f'<tspan x="{label.x:.1f}" dy="{LINE if number else 0}em">{escape(line)}</tspan>'
        for number, line in enumerate(label.lines)
    ]
    at = f'x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}"'
    return f'<text class="{kind}" {at}>{"".join(spans)}</text>'
