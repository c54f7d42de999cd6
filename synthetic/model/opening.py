"""The log that an extract of some years would hold, cut out of lives that were walked from long before it begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthetic.model.days import Calendar

if TYPE_CHECKING:
    from synthetic.model.sample import Walked

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

QUARTER = 90  # days before the opening in which the cases open at it are entered
DAY = 1440  # minutes
NINE = 540  # minutes; the office shuts eight hours later


def cut(walked: Walked, exits: Flags, opening: int, calendar: Calendar, rng: np.random.Generator) -> Walked:
    """Keep journeys that were open on the day of the opening, or began after it; `exits` is of stations.

    Journeys begun more than a quarter before would stretch the log back by years. They are entered in the quarter
    before instead, as open cases are when a new case system starts: only the way by which the child came to where it is
    (without the rounds in between), in order, squeezed into 1 to QUARTER days before the opening.
    """
    order = np.argsort(walked.child, kind="stable")
    child, visit, station, time = (a[order] for a in (walked.child, walked.visit, walked.station, walked.minute))
    begins = np.concatenate([[True], (child[1:] != child[:-1]) | (visit[1:] != visit[:-1])])
    journey = np.cumsum(begins) - 1
    first = time[begins]
    ends = np.append(np.flatnonzero(begins)[1:], len(child)) - 1
    start = opening * DAY
    keep = (time[ends] >= start) | ~exits[station[ends]]
    early = np.flatnonzero((keep & (first < start - QUARTER * DAY))[journey] & (time < start))
    shown = keep[journey]
    shown[early[~direct(journey[early], station[early])]] = False
    room = np.ceil(rng.uniform(0, QUARTER, len(first))) * DAY
    squeeze = (room / np.maximum(start - first, 1))[journey[early]]
    entered = (start - (start - time[early]) * squeeze).astype(np.int64)
    time[early] = _in_office(entered, calendar, opening)
    rows = np.flatnonzero(shown)
    features = walked.features
    return replace(
        walked,
        child=child[rows],
        visit=visit[rows],
        station=station[rows],
        minute=time[rows],
        features=None if features is None else features[:, order[rows]],
    )


def numbered(child: Ints, visit: Ints) -> Ints:
    """Each event's journey as its child's first, second, … (0, 1, …) of those that are left: they stand together."""
    least = np.full(int(child.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, child, visit)
    return visit - least[child]


def direct(journey: Ints, station: Ints) -> Flags:
    """Which events make the direct way of each journey: from every station on, what followed its last visit there.

    Events come journey by journey in order; every two that are kept next to each other had followed each other.
    """
    key = journey * (int(station.max(initial=0)) + 1) + station
    _, from_end, which = np.unique(key[::-1], return_index=True, return_inverse=True)
    last_visit = (len(key) - 1 - from_end)[which[::-1]]
    kept = np.zeros(len(key), dtype=bool)
    at = np.flatnonzero(np.concatenate([[True], journey[1:] != journey[:-1]])[: len(key)])
    while len(at):
        visit = last_visit[at]
        kept[visit] = True
        onward = visit + 1 < len(key)
        visit = visit[onward]
        at = visit[journey[visit + 1] == journey[visit]] + 1
    return kept


def _in_office(time: Ints, calendar: Calendar, opening: int) -> Ints:
    """The same times in the same order, on working days before the opening, nine to five."""
    day, minute = time // DAY, time % DAY
    ahead = calendar.next_working(day)
    behind = calendar.working[np.searchsorted(calendar.working, day) - 1]
    whole = np.where(ahead < opening, ahead, behind)
    shut = np.where(ahead < opening, 0, DAY)  # found closed: as the office opens again, or as it last closed
    moved: Ints = whole * DAY + NINE + np.where(whole == day, minute, shut) // 3
    return moved
