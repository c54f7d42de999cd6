"""What a child had before and has after: arrivals at a station by child, across journeys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Seconds
from flowmap.measures.beside import Beside
from flowmap.measures.events import Position, events
from flowmap.measures.working_days import by_day, later_by_months, months_back

Ints = npt.NDArray[np.int64]

NEVER = 1 << 20  # months: longer than any data


@dataclass(frozen=True)
class History:
    """Arrivals (r,) at one station (or several), by child, then time, then place in the tables.

    `back` is the least number of months that reach back to the same child's arrival before, NEVER where there is none.
    """

    position: Position
    time: Seconds
    key: Ints
    back: Ints
    in_place: Ints  # rows in order of position
    shift: int
    origin: int

    def key_of(self, child: npt.NDArray[np.integer], time: Seconds) -> Ints:
        """What sorts as child, then time."""
        return (child.astype(np.int64) << self.shift) | np.clip(time - self.origin, 0, (1 << self.shift) - 1)

    def rank(self, position: Position, child: npt.NDArray[np.integer], time: Seconds) -> Ints:
        """How many arrivals of any child come before each event: those of its own up to it are the last of them.

        Arrivals at the very same time come before it where the tables have them before it.
        """
        before = np.searchsorted(self.key, self.key_of(child, time), side="left")
        among = np.full(len(position), -1)
        if len(self.position):
            placed = np.searchsorted(self.position[self.in_place], position)
            row = self.in_place[np.minimum(placed, len(self.in_place) - 1)]
            among = np.where(self.position[row] == position, row, -1)
        return np.where(among >= 0, among, before)

    def earlier(self, position: Position, child: npt.NDArray[np.integer], time: Seconds, months: int) -> Ints:
        """How many arrivals of the same child each event has in the `months` before it (from that day on)."""
        since = by_day(time // DAY, lambda days: later_by_months(days, -months).astype(np.int64)) * DAY
        first = np.searchsorted(self.key, self.key_of(child, since), side="left")
        return np.maximum(self.rank(position, child, time) - first, 0)

    def next_at(self, position: Position, child: npt.NDArray[np.integer], time: Seconds) -> Ints:
        """For each event, the row of its child's next arrival; -1 for none.

        At the very same time an arrival is later where the tables have it later.
        """
        if not len(self.key):
            return np.full(len(position), -1)
        wanted, most = self.key_of(child, time), len(self.key) - 1
        row = np.searchsorted(self.key, wanted, side="left")
        while True:  # as often as one child arrives at one instant
            found = np.minimum(row, most)
            sooner = (row <= most) & (self.key[found] == wanted) & (self.position[found] <= position)
            if not sooner.any():
                break
            row = row + sooner
        return np.where((row <= most) & (self.key[found] >> self.shift == wanted >> self.shift), found, -1)


def _history(data: Dataset, *stations: int) -> History:
    every = events(data)
    position = every.at(*stations)
    shift = max(int(data.last - data.origin), 1).bit_length()
    child = data.journeys.child[every.journey[position]].astype(np.int64)
    key = (child << shift) | (every.time[position] - data.origin)
    order = np.argsort(key, kind="stable")  # positions stand in order, so ties keep theirs
    position, key = position[order], key[order]
    time = every.time[position]
    back = np.full(len(position), NEVER)
    again = np.flatnonzero(key[1:] >> shift == key[:-1] >> shift) + 1
    day = (time // DAY).astype("datetime64[D]")
    back[again] = months_back(day[again - 1], day[again])
    return History(position, time, key, back, np.argsort(position), shift, data.origin)


history: Beside[History] = Beside(_history)
"""Every arrival at those stations of a dataset (`history(data, *stations)`), of all children."""
