"""What geometry gives: plain shapes in map units (40 to a grid cell, y down), and their JSON as docs/contracts.md."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .path import Point


@dataclass(frozen=True)
class LabelShape:
    """Text: `x`, `y` anchor its first line's baseline; further lines follow at 1.2 times the size."""

    x: float
    y: float
    anchor: str
    lines: list[str]


@dataclass(frozen=True)
class QueueShape:
    """Where waiting dots stand: the corner at (x, y), columns growing along dx, rows along dy (each 1 or -1)."""

    x: float
    y: float
    dx: int
    dy: int


@dataclass(frozen=True)
class StationShape:
    """A place; an exit without `at` has no position of its own (its stubs have)."""

    index: int
    id: str
    label: str
    kind: str
    x: float | None
    y: float | None
    r: float
    zone: str | None
    entry: bool
    label_at: LabelShape | None
    queue: QueueShape | None


@dataclass(frozen=True)
class StubShape:
    """An exit at one station: path `d` from the station's centre to (x, y), where the bar crosses it."""

    exit: int
    at: int
    x: float
    y: float
    d: str
    bar: tuple[Point, Point]
    label: str
    label_at: LabelShape


@dataclass(frozen=True)
class LineShape:
    """A line's drawn pieces, station to station, already side by side with others."""

    id: str
    label: str
    colour: str
    d: list[str]


@dataclass(frozen=True)
class LinkShape:
    """A faint link, or the loop of a move to the same station."""

    from_: int
    to: int
    d: str


@dataclass(frozen=True)
class ZoneShape:
    """A column band of the drawing."""

    id: str
    label: str
    x0: float
    x1: float


@dataclass(frozen=True)
class LoopShape:
    """The way back."""

    label: str
    d: str
    label_at: LabelShape


@dataclass(frozen=True)
class RouteShape:
    """What dots follow from one place to another; `how` is line, network, link or stub."""

    from_: int
    to: int
    how: str
    points: list[Point]


@dataclass(frozen=True)
class ReturnShape:
    """From beneath an exit (at station `at` where it is a stub) along the loop to an entry."""

    from_: int
    to: int
    at: int | None
    points: list[Point]


@dataclass(frozen=True)
class Note:
    """Something the quality report should say about the drawing."""

    rule: str
    message: str


@dataclass(frozen=True)
class Geometry:
    """A map ready to draw: computed once, and what is drawn, what dots follow and what is tested."""

    name: str
    title: str
    bounds: tuple[float, float, float, float]
    stations: list[StationShape]
    stubs: list[StubShape]
    lines: list[LineShape]
    links: list[LinkShape]
    zones: list[ZoneShape]
    loop: LoopShape | None
    routes: list[RouteShape]
    returns: list[ReturnShape]
    notes: list[Note]

    def to_json(self) -> dict[str, Any]:
        """The Geometry JSON of docs/contracts.md, coordinates to a hundredth of a unit."""
        found: dict[str, Any] = _json(self)
        return found


def _json(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name.rstrip("_"): _json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, float):
        return round(value, 2) + 0.0
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value
