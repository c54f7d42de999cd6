"""Spells from one station to another: when each began, whether and when it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.measures.events import Events, Position, events
from flowmap.measures.options import Period, labels
from flowmap.measures.survival import OTHER, REACHED, WAITING

Ints = npt.NDArray[np.int64]
Ends = Literal["reached", "left"]

NONE = -1


@dataclass(frozen=True)
class Way:
    """From a station (`start`) to others: until `stop` is reached, or left again; `stop` empty: until `start` is left.

    `direct`: only where `stop` is the very next station.
    """

    start: int
    stop: tuple[int, ...] = ()
    ends: Ends = "reached"
    direct: bool = False

    @property
    def is_stay(self) -> bool:
        """Whether it is the time at one station."""
        return not self.stop

    def say(self, data: Dataset) -> str:
        """For people: “Referral to Child and family assessment left”."""
        if self.is_stay:
            return f"{labels(data, (self.start,))}, until left"
        arrow = "straight to" if self.direct else "to"
        return f"{labels(data, (self.start,))} {arrow} {labels(data, self.stop)}{', left' * (self.ends == 'left')}"


@dataclass(frozen=True)
class Spells:
    """Spells (s,): `journey`, `begin` and `end` (seconds; the end of the data where WAITING) and the `outcome`.

    OTHER: the journey ended, or with `direct` went elsewhere. `anew`: the starts (positions of events) of more that
    reached `start` again before `stop`: the clock then starts anew, and the earlier start is not a spell.
    """

    journey: Ints
    begin: Seconds
    end: Seconds
    outcome: npt.NDArray[np.int8]
    anew: Position

    @property
    def restarted(self) -> int:
        """How many starts are not spells."""
        return len(self.anew)

    def some(self, kept: Mask) -> Spells:
        """Those of them that are kept; which were restarted is not told apart."""
        return Spells(self.journey[kept], self.begin[kept], self.end[kept], self.outcome[kept], self.anew[:0])

    def days(self) -> Ints:
        """Calendar days: the day it began on is day 0."""
        return self.end // DAY - self.begin // DAY


def spells(data: Dataset, mask: Mask, within: Period, way: Way) -> Spells:
    """The spells of journeys of `mask` that began in a period. Raises OptionError."""
    if way.start in way.stop:
        remedy = "Name two stations, or only the first for the time spent there."
        raise OptionError("A way from a station to itself has no length.", remedy=remedy)
    if way.ends == "left" and data.exits[list(way.stop)].any():
        raise OptionError("An exit is never left.", remedy="Ask until it is reached.")
    every = events(data)
    starts = every.at(way.start)
    begun = starts[mask[every.journey[starts]] & within.holds(every.time[starts])]
    position, restarted = _stop_of(every, way, begun, starts)
    stopped, kept = position >= 0, ~restarted
    journey = every.journey[begun].astype(np.int64)
    final = every.end[journey] - 1
    if way.ends == "left" and not way.is_stay:  # reached: now until the next event after it
        left = np.where(stopped, every.following(np.maximum(position, 0)), NONE)
        position, stopped = left, left >= 0
    end = every.time[np.where(stopped, position, final)]
    outcome = np.full(len(begun), REACHED, dtype=np.int8)
    waiting = ~stopped & data.journeys.open[journey]
    outcome[~stopped] = OTHER
    outcome[waiting] = WAITING
    end = np.where(waiting, data.last, end)
    if way.direct and not way.is_stay:
        outcome, end = _gone_elsewhere(every, way, begun, outcome, end)
    return Spells(journey[kept], every.time[begun][kept], end[kept], outcome[kept], begun[restarted])


def _stop_of(every: Events, way: Way, begun: Position, starts: Position) -> tuple[Position, Mask]:
    """Where each start stops (-1: nowhere), and which were started anew before that."""
    none = np.zeros(len(begun), dtype=bool)
    following = every.following(begun)
    if way.is_stay:
        return following, none
    if way.direct:
        there = (following >= 0) & np.isin(every.station[following], way.stop)
        return np.where(there, following, NONE), none
    stop = every.next_of(begun, every.at(*way.stop))
    again = every.next_of(begun, starts)
    return stop, (again >= 0) & ((stop < 0) | (again < stop))


def _gone_elsewhere(
    every: Events, way: Way, begun: Position, outcome: npt.NDArray[np.int8], end: Seconds
) -> tuple[npt.NDArray[np.int8], Seconds]:
    """Of direct ways: who left for another station has left, whatever became of the journey."""
    following = every.following(begun)
    elsewhere = (following >= 0) & ~np.isin(every.station[following], way.stop)
    outcome = np.where(elsewhere, OTHER, outcome).astype(np.int8)
    return outcome, np.where(elsewhere, every.time[following], end)
