"""What a council's extract of a few years holds, cut out of a longer history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic.model.opening import direct
from synthetic.reference.pathways import STATIONS
from tests.truth.authority import History
from tests.truth.working_calendar import DAY, WorkingCalendar

Ints = npt.NDArray[np.int64]

QUARTER = 90  # days before the window in which the cases open at its start are entered


@dataclass(frozen=True)
class Extract:
    """The journeys that a four-year extract holds, and their events in order of time."""

    history: History
    number: Ints  # of each journey: which of its child's in the extract, 0 first
    journey: Ints  # of each event
    station: Ints
    time: Ints


def extract(rng: np.random.Generator, history: History, calendar: WorkingCalendar, opening: int) -> Extract:
    """Keep what an extract of the window holds: journeys that were open at its start, or began in it.

    Journeys begun more than a quarter before the window would stretch the log back by years. They are entered
    in the quarter before instead, as open cases are when a new case system starts: only the way by which the child
    came to where it is (without the rounds in between), in order, squeezed into 1 to QUARTER days before the opening.
    """
    ends = np.flatnonzero(np.concatenate([history.journey[1:] != history.journey[:-1], [True]]))
    begins = np.concatenate([[0], ends[:-1] + 1])
    first, last = history.time[begins], history.time[ends]
    start = opening * DAY
    keep = (last >= start) | (history.station[ends] < len(STATIONS))
    old = keep & (first < start - QUARTER * DAY)
    early = np.flatnonzero(old[history.journey] & (history.time < start))
    shown = keep[history.journey]
    shown[early[~direct(history.journey[early], history.station[early])]] = False
    time = history.time.copy()
    room = np.ceil(rng.uniform(0, QUARTER, len(first))) * DAY
    squeeze = (room / np.maximum(start - first, 1))[history.journey[early]]
    time[early] = _in_office((start - (start - time[early]) * squeeze).astype(np.int64), calendar, opening)
    events = np.flatnonzero(shown)
    events = events[np.argsort(time[events], kind="stable")]
    return Extract(
        history,
        _numbers(history.child, np.flatnonzero(keep), first),
        history.journey[events],
        history.station[events],
        time[events],
    )


def _in_office(time: Ints, calendar: WorkingCalendar, opening: int) -> Ints:
    """The same times in the same order, on working days before the opening, nine to five."""
    day, minute = time // DAY, time % DAY
    ahead = calendar.next_working_day(day)
    behind = calendar.at[calendar.nth[day] - 1]
    whole = np.where(ahead < opening, ahead, behind)
    shut = np.where(ahead < opening, 0, DAY)  # found closed: as the office opens again, or as it last closed
    moved: Ints = whole * DAY + 540 + np.where(whole == day, minute, shut) // 3
    return moved


def _numbers(child: Ints, journeys: Ints, first: Ints) -> Ints:
    """0, 1, 2, … for each child's journeys in order of their beginning (-1 for journeys left out)."""
    order = journeys[np.lexsort((first[journeys], child[journeys]))]
    whose = child[order]
    new = np.concatenate([[True], whose[1:] != whose[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    position = np.arange(len(order))
    numbers = np.full(len(child), -1, dtype=np.int64)
    numbers[order] = position - np.maximum.accumulate(np.where(new, position, 0))
    return numbers
