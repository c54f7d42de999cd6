"""What a tube map is made of: stations, exits, lines, zones, timescales and the way back.

A map stands on a grid: a place's `at` is (column, row) in whole cells, columns to the right, rows downwards.
Nothing here draws; `geometry` turns a map into shapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Cell = tuple[int, int]

COLOURS = ("navy", "blue", "teal", "green", "red", "orange", "purple", "pink", "slate", "grey", "brown", "yellow")

DIRECTIONS: dict[str, Cell] = {
    "up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0),
    "up-left": (-1, -1), "up-right": (1, -1), "down-left": (-1, 1), "down-right": (1, 1),
}  # fmt: skip

SIDES = ("above", "below", "left", "right", "above-left", "above-right", "below-left", "below-right")

LIMIT = re.compile(r"^(\d{1,4})\s+(working day|day|week|month|year)s?$")


@dataclass(frozen=True)
class Station:
    """A named place that children reach and leave. `events` are other names that mean it."""

    id: str
    label: str
    at: Cell
    zone: str | None = None
    entry: bool = False
    events: tuple[str, ...] = ()
    label_side: str | None = None
    queue_side: str | None = None

    kind = "station"


@dataclass(frozen=True)
class Exit:
    """A way out: with `at` a terminus that lines run to; and a stub at every station in `stubs`.

    Without `at`, every other station that children leave by it gets a stub too. `stubs` gives the direction in which
    each stub leaves its station, None where that is chosen when drawn.
    """

    id: str
    label: str
    at: Cell | None = None
    stubs: dict[str, str | None] = field(default_factory=dict)
    zone: str | None = None
    events: tuple[str, ...] = ()
    label_side: str | None = None

    kind = "exit"
    entry = False
    queue_side: str | None = None


Place = Station | Exit


@dataclass(frozen=True)
class Line:
    """A coloured line through stations, and through bare grid points where it should bend."""

    id: str
    label: str
    colour: str
    through: tuple[str | Cell, ...]


@dataclass(frozen=True)
class Zone:
    """A band of grid columns, first and last both within it."""

    id: str
    label: str
    columns: tuple[int, int]


@dataclass(frozen=True)
class Timescale:
    """A clock: how long a stay at stations `at` may last, since `since` was reached (None: since arriving there)."""

    id: str
    label: str
    at: tuple[str, ...]
    limit: str
    source: str
    since: str | None = None

    @property
    def amount(self) -> int:
        """The number in `limit`: 45 of "45 working days"."""
        return int(_limit(self.limit)[1])

    @property
    def unit(self) -> str:
        """The unit in `limit`: "working day", "day", "week", "month" or "year"."""
        return str(_limit(self.limit)[2])


def _limit(text: str) -> re.Match[str]:
    found = LIMIT.match(text)
    if not found:
        raise ValueError(f'"{text}" is not a time limit such as "45 working days"')
    return found


@dataclass(frozen=True)
class Loop:
    """The way back: from exits along grid row `row` to the entry `end`.

    It sets out from the one of the exits `start` that is a terminus; if none is, from beneath the last of their stubs.
    """

    label: str
    row: int
    start: tuple[str, ...]
    end: str


@dataclass(frozen=True)
class TubeMap:
    """A whole map. `merged` names the rarest events that an automatic map puts together as "other"."""

    name: str
    title: str
    stations: tuple[Station, ...]
    exits: tuple[Exit, ...] = ()
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    timescales: tuple[Timescale, ...] = ()
    loop: Loop | None = None
    merged: tuple[str, ...] = ()

    def places(self) -> tuple[Place, ...]:
        """Stations, then exits: a place's position here is its index in every table."""
        return (*self.stations, *self.exits)

    def zone_of(self, place: Place) -> str | None:
        """The id of the zone a place is in: as written, else by its column."""
        if place.zone is not None or place.at is None:
            return place.zone
        column = place.at[0]
        return next((z.id for z in self.zones if z.columns[0] <= column <= z.columns[1]), None)


@dataclass(frozen=True)
class MapProblem:
    """One thing wrong with a map: the line of the file (from 1; None where there is no file), what, and what to do."""

    line: int | None
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.message} {self.remedy}".strip()


class MapError(ValueError):
    """A map that cannot be used, with every problem found, in order of line."""

    def __init__(self, problems: list[MapProblem], file: str = "") -> None:
        self.problems = sorted(problems, key=lambda p: p.line or 0)
        self.file = file
        shown = "\n".join(f"  {p}" for p in self.problems[:20])
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        name = f'The map "{file}"' if file else "The map"
        super().__init__(f"{name} cannot be used:\n{shown}{more}")
