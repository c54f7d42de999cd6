"""How many journeys are where at an instant.

A journey's latest event at or before the instant is where it is. It is active from its first event; to its exit, or to
the end of the data if it has none, where the map has exits; to its last event where it has none. Both ends count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask, Seconds, iso
from flowmap.measures.behind import Behind, Row
from flowmap.measures.events import events

Counts = npt.NDArray[np.int64]

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Occupancy:
    """`count` journeys active at `at`, of which `stations` (stations,) at each."""

    at: int
    count: int
    stations: Counts

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """Stations at which nobody is are left out."""
        at_station = {place.id: int(n) for place, n in zip(data.stations, self.stations, strict=True) if n}
        return {"at": iso(self.at), "count": self.count, "at_station": at_station}


def occupancy(data: Dataset, mask: Mask, instants: Iterable[int]) -> list[Occupancy]:
    """Where the journeys of `mask` are at each instant, in the order given."""
    moving = moves_of(data, mask)
    return [_at(data, mask, moving, int(at)) for at in instants]


def _at(data: Dataset, mask: Mask, moving: Mask, at: int) -> Occupancy:
    """Those who have started, moved by every move made by then, less those who are done."""
    places = len(data.stations)
    table = data.journeys
    started = int(np.searchsorted(table.start, at, side="right"))  # journeys stand in order of start
    departed = int(np.searchsorted(data.transitions.depart, at, side="right"))  # whoever arrived has departed
    first = table.first[:started][mask[:started]]
    done = mask[:started] & (data.until[:started] < at)
    made = moving[:departed] & (data.transitions.arrive[:departed] <= at)
    moves = np.bincount(data.transitions.route[:departed][made], minlength=len(data.route_from))
    found = np.bincount(first, minlength=places)
    np.add.at(found, data.route_to, moves)
    np.subtract.at(found, data.route_from, moves)
    found -= np.bincount(table.last[:started][done], minlength=places)
    return Occupancy(at, int(found.sum()), found)


@dataclass(frozen=True)
class Whereabouts:
    """Each journey active at `at`: `journey` (w,) its row, the `station` it is at, and when it `arrived` (seconds).

    It has `made` so many moves by then.
    """

    at: int
    journey: npt.NDArray[np.int64]
    station: npt.NDArray[np.int64]
    arrived: Seconds
    made: npt.NDArray[np.int64]


def moves_of(data: Dataset, mask: Mask) -> Mask:
    """(m,) which moves are of journeys of `mask`."""
    return np.ones(len(data.transitions), dtype=bool) if mask.all() else mask[data.transitions.journey]


def whereabouts(data: Dataset, mask: Mask, at: int) -> Whereabouts:
    """Where each active journey of `mask` is at an instant, and since when."""
    table, moves = data.journeys, data.transitions
    active = np.flatnonzero(mask & (table.start <= at) & (data.until >= at))
    departed = int(np.searchsorted(moves.depart, at, side="right"))
    arrived = moves.arrive[:departed] <= at
    made = np.bincount(moves.journey[:departed][arrived], minlength=len(table))[active]
    station = table.first[active].astype(np.int64)
    since = table.start[active].copy()
    moved = np.flatnonzero(made)
    latest_move = data.by_journey[data.begin[active[moved]] + made[moved] - 1]
    station[moved] = data.route_to[moves.route[latest_move]]
    since[moved] = moves.arrive[latest_move]
    return Whereabouts(at, active, station, since, made)


def latest(data: Dataset, found: Whereabouts, station: int) -> Seconds:
    """(w,) when each journey last reached `station` by then (seconds); NEVER where it did not."""
    every = events(data)
    reached = every.last_of(every.begin[found.journey] + found.made, every.at(station))
    return np.where(reached >= 0, every.time[reached], NEVER)


def behind(data: Dataset, mask: Mask, row: Row, count: str, at: int) -> Behind:
    """The journeys active at an instant (`count`) or at a station then, each since when it is there."""
    found = whereabouts(data, mask, at)
    if count == "count":
        return Behind("journeys", f"Journeys active at {row['at']}", found.journey, found.arrived)
    kept = found.station == data.index[count]
    said = f"Journeys at {data.stations[data.index[count]].label} at {row['at']}"
    return Behind("journeys", said, found.journey[kept], found.arrived[kept])
