"""A built dataset on disk: a folder of Arrow tables, mapped into memory and seen as NumPy arrays.

Times are int64 seconds since 1970-01-01T00:00Z. What each file holds: docs/dataset.md.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.dataset_write import recover
from flowmap.facets import Facet
from flowmap.quality import FlowmapError

SCHEMA = 1
DAY = 86_400  # seconds

Column = npt.NDArray[Any]
Seconds = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class DatasetError(FlowmapError):
    """A folder that is not a dataset, or not one that this version reads."""


@dataclass(frozen=True)
class JourneyTable:
    """`journeys.arrow` (j,): in order of start, then child, then visit."""

    child: npt.NDArray[np.uint32]
    visit: npt.NDArray[np.uint16]
    start: Seconds
    end: Seconds
    open: Mask
    first: npt.NDArray[np.uint16]
    last: npt.NDArray[np.uint16]
    moves: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.child)


@dataclass(frozen=True)
class TransitionTable:
    """`transitions.arrow` (m,): in order of departure, then journey, then move."""

    route: npt.NDArray[np.uint16]
    journey: npt.NDArray[np.uint32]
    move: npt.NDArray[np.uint16]
    depart: Seconds
    arrive: Seconds

    def __len__(self) -> int:
        return len(self.route)


@dataclass(frozen=True)
class PlaceOfMap:
    """A station or exit: its row is its index in every table."""

    id: str
    label: str
    kind: str
    events: int


class Dataset:
    """An open dataset. Tables are mapped when first asked for; `open` is the way to get one."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self.stations = tuple(PlaceOfMap(s["id"], s["label"], s["kind"], s["events"]) for s in meta["stations"])
        self.facets = {f["key"]: Facet.from_json(f) for f in meta["facets"]}
        self.first = seconds(meta["first"])
        self.last = seconds(meta["last"])
        self.origin = seconds(meta["origin"])
        self.has_exits = bool(meta["map"]["exits"])
        self._columns: dict[str, Column] = {}

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, {len(self.journeys):,} journeys)"

    @property
    def name(self) -> str:
        """The folder's name when it was built."""
        return str(self.meta["name"])

    @cached_property
    def index(self) -> dict[str, int]:
        """Station id → its index in every table."""
        return {place.id: row for row, place in enumerate(self.stations)}

    @cached_property
    def exits(self) -> Mask:
        """(stations,) which places are exits."""
        return np.array([place.kind == "exit" for place in self.stations], dtype=bool)

    @cached_property
    def route_from(self) -> npt.NDArray[np.int64]:
        """(routes,) the station each route leaves."""
        return np.array([route["from"] for route in self.meta["routes"]], dtype=np.int64)

    @cached_property
    def route_to(self) -> npt.NDArray[np.int64]:
        """(routes,) the station each route reaches."""
        return np.array([route["to"] for route in self.meta["routes"]], dtype=np.int64)

    @cached_property
    def _journeys(self) -> pa.RecordBatch:
        return _read(self.path / "journeys.arrow")

    @cached_property
    def _children(self) -> pa.RecordBatch:
        return _read(self.path / "children.arrow")

    @cached_property
    def journeys(self) -> JourneyTable:
        """The journeys."""
        return JourneyTable(**{name: _view(self._journeys.column(name)) for name in JourneyTable.__dataclass_fields__})

    @cached_property
    def transitions(self) -> TransitionTable:
        """The moves."""
        table = _read(self.path / "transitions.arrow")
        return TransitionTable(**{name: _view(table.column(name)) for name in TransitionTable.__dataclass_fields__})

    @property
    def pseudonyms(self) -> pa.Array:
        """(children,) what each child is called."""
        return self._children.column("pseudonym")

    @cached_property
    def until(self) -> Seconds:
        """(j,) the last instant at which each journey is active: its end, or the end of the data where it is open."""
        return np.where(self.journeys.open, self.last, self.journeys.end)

    @cached_property
    def begin(self) -> npt.NDArray[np.int64]:
        """(j,) where each journey's moves begin when moves are laid out journey by journey."""
        moves = self.journeys.moves.astype(np.int64)
        return np.cumsum(moves) - moves

    @cached_property
    def by_journey(self) -> npt.NDArray[np.int64]:
        """(m,) rows of `transitions`, journey by journey in order of move."""
        table = self.transitions
        rows = np.empty(len(table), dtype=np.int64)
        rows[self.begin[table.journey] + table.move] = np.arange(len(table))
        return rows

    def children_of(self, journeys: npt.NDArray[Any]) -> int:
        """How many children those journeys (rows, or a mask) are of."""
        return self.children_among(self.journeys.child[journeys])

    def children_among(self, children: npt.NDArray[np.integer]) -> int:
        """How many different children those are; marking them takes a fraction of the time of telling them apart."""
        seen = np.zeros(len(self.pseudonyms), dtype=bool)
        seen[children] = True
        return int(np.count_nonzero(seen))

    def column(self, key: str) -> Column:
        """(j,) a facet's code (category) or number of each journey, of its child where the facet is the child's."""
        if key not in self._columns:
            facet = self.facets[key]
            if facet.of == "child":
                column = _view(self._children.column(key))[self.journeys.child]
            else:
                column = _view(self._journeys.column(key))
            self._columns[key] = column
        return self._columns[key]


def open(path: str | Path) -> Dataset:  # noqa: A001 - read as `dataset.open(path)`
    """Open the dataset in a folder. Raises DatasetError."""
    folder = Path(path)
    recover(folder)
    file = folder / "dataset.json"
    again = "Build it again with `flowmap build`."
    try:
        meta = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        remedy = "Give a folder that `flowmap build` made."
        raise DatasetError(f"{folder} is not a dataset: it holds no dataset.json.", remedy=remedy) from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file} cannot be read: {error}.", remedy=again) from error
    found = meta.get("schema") if isinstance(meta, dict) else None
    if found != SCHEMA:
        raise DatasetError(f"{folder} has schema {found!r}; this version of flowmap reads {SCHEMA}.", remedy=again)
    try:
        return Dataset(folder, meta)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{file} is damaged: {error!r}.", remedy=again) from error


def seconds(text: str) -> int:
    """Seconds since 1970 of an ISO 8601 date or instant, UTC where it names no zone. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return math.floor((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def iso(at: int) -> str:
    """An instant (seconds since 1970) as ISO 8601 in UTC: 2015-01-01T00:00:00Z."""
    return f"{np.datetime64(int(at), 's')}Z"


def _read(path: Path) -> pa.RecordBatch:
    again = "Build it again with `flowmap build`."
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).get_batch(0)
    except (OSError, pa.ArrowInvalid) as error:
        raise DatasetError(f"{path} cannot be read: {error}.", remedy=again) from error


def _view(column: pa.Array) -> Column:
    """A column as a NumPy array over the same memory: codes of a dictionary, seconds of a timestamp."""
    if pa.types.is_dictionary(column.type):
        column = column.indices
    if pa.types.is_timestamp(column.type):
        column = column.view(pa.int64())
    return column.to_numpy(zero_copy_only=not pa.types.is_boolean(column.type))
