"""The events of all journeys, journey by journey: what measures that follow a journey along work on.

An event's position is its row here. Kept with the dataset once worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Seconds
from flowmap.measures.beside import Beside

Ints = npt.NDArray[np.int64]
Position = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Of events (n,): `station`, `time`, `journey`. Of journeys (j,): where theirs `begin`, and `end` (one beyond)."""

    station: npt.NDArray[np.uint16]
    time: Seconds
    journey: npt.NDArray[np.uint32]
    begin: Position
    end: Position

    @cached_property
    def _by_station(self) -> tuple[npt.NDArray[np.uint32], Ints]:
        """Positions by station, then in order; and where each station's begin."""
        order = np.argsort(self.station, kind="stable").astype(np.uint32)
        return order, np.concatenate([[0], np.cumsum(np.bincount(self.station))])

    def at(self, *stations: int) -> Position:
        """Positions of the events at any of those stations, in order."""
        order, begin = self._by_station
        if len(stations) != 1:
            wanted = np.zeros(max((len(begin) - 1, *(s + 1 for s in stations))), dtype=bool)
            wanted[list(stations)] = True
            return np.flatnonzero(wanted[self.station])
        (s,) = stations
        return order[begin[s] : begin[s + 1]].astype(np.int64) if s + 1 < len(begin) else np.empty(0, dtype=np.int64)

    def day(self, position: Position) -> Ints:
        """Days since 1970 (UTC)."""
        return self.time[position] // DAY

    def next_of(self, position: Position, wanted: Position) -> Position:
        """For each of `position`, the first of `wanted` (in order) after it in its journey; -1 for none."""
        return self._near(position, wanted, np.searchsorted(wanted, position, side="right"))

    def last_of(self, position: Position, wanted: Position) -> Position:
        """For each of `position`, the last of `wanted` (in order) up to and with it in its journey; -1 for none."""
        return self._near(position, wanted, np.searchsorted(wanted, position, side="right") - 1)

    def _near(self, position: Position, wanted: Position, row: Ints) -> Position:
        if not len(wanted):
            return np.full(len(position), -1)
        found = wanted[np.clip(row, 0, len(wanted) - 1)]
        same = (row >= 0) & (row < len(wanted)) & (self.journey[found] == self.journey[position])
        return np.where(same, found, -1)

    def following(self, position: Position) -> Position:
        """The next event of the same journey, -1 where there is none."""
        after = position + 1
        return np.where(after < self.end[self.journey[position]], after, -1)


def _laid_out(data: Dataset) -> Events:
    table, moves = data.journeys, data.transitions
    counts = table.moves.astype(np.int64) + 1
    end = np.cumsum(counts)
    begin = end - counts
    station = np.empty(int(counts.sum()), dtype=np.uint16)
    time = np.empty(len(station), dtype=np.int64)
    station[begin], time[begin] = table.first, table.start
    position = begin[moves.journey] + moves.move + 1
    station[position], time[position] = data.route_to.astype(np.uint16)[moves.route], moves.arrive
    return Events(station, time, np.repeat(np.arange(len(table), dtype=np.uint32), counts), begin, end)


events: Beside[Events] = Beside(_laid_out)
"""The events of a dataset."""
