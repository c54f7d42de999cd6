"""Clocks: by when a stay at a station must have ended, day by day of the data.

A clock starts on a day (day 0) and runs for a number of days, working days, weeks, months or years after it; it must
have stopped by the end of that day. Working days leave out weekends and the bank holidays of England (and Wales).
Whether the first day is day 0 or day 1 is `first_day`: 0 unless said otherwise (as in the Department for Education's
guide to the children in need census, a decision on the day itself takes 0 working days).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.measures.occupancy import NEVER, Whereabouts, latest
from flowmap.measures.working_days import Days, bank_holidays, later_by_months, year
from flowmap.tubemap import Timescale, TubeMap

NEAR_SHARE = 0.8  # of the time allowed: from there on a stay is "near" its limit
LONGEST = 40_000  # days of data for which a table is made (over a century)


@dataclass(frozen=True)
class Due:
    """A timescale for this dataset. `due[d]` (seconds from origin): the last second in time for day d.

    `at` and `since` are station indices; `since` None: the clock starts on arriving there.
    """

    id: str
    label: str
    source: str
    at: tuple[int, ...]
    since: int | None
    limit: str
    near_share: float
    due: npt.NDArray[np.int32]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "id": self.id,
            "label": self.label,
            "source": self.source,
            "at": list(self.at),
            "since": self.since,
            "limit": self.limit,
            "near_share": self.near_share,
            "due": self.due.tolist(),
        }


def timescales(data: Dataset, chosen: TubeMap, first_day: int = 0) -> list[Due]:
    """The map's timescales, with their due times from the first day of the data to the last."""
    start = np.datetime64(data.origin, "s").astype("datetime64[D]")
    span = min((data.last - data.origin) // DAY, LONGEST)
    days = start + np.arange(span + 1)
    index = data.index
    found = []
    for scale in chosen.timescales:
        at = tuple(index[name] for name in scale.at if name in index)
        since = index.get(scale.since) if scale.since else None
        ends = (due_days(days, scale, first_day) - start).astype(np.int64)
        due = np.minimum((ends + 1) * DAY - 1, np.iinfo(np.int32).max).astype(np.int32)
        found.append(Due(scale.id, scale.label, scale.source, at, since, scale.limit, NEAR_SHARE, due))
    return found


def due_days(days: Days, scale: Timescale, first_day: int = 0) -> Days:
    """The last day in time for clocks started on `days` (datetime64[D]); `first_day`: what the start is, 0 or 1."""
    amount = scale.amount - first_day
    if scale.unit == "working day":
        roll: Literal["forward", "backward"] = (
            "forward" if first_day else "backward"
        )  # a clock started on a day off: the next working day is day 1
        years = range(year(days.min()), year(days.max()) + scale.amount // 200 + 2)
        off = np.array(bank_holidays(years[0], years[-1]), dtype="datetime64[D]")
        found: Days = np.busday_offset(days, amount, roll=roll, holidays=off)
        return found
    if scale.unit in ("month", "year"):
        return later_by_months(days, scale.amount * (12 if scale.unit == "year" else 1)) - first_day
    return days + (scale.amount * (7 if scale.unit == "week" else 1) - first_day)


def overdue(data: Dataset, dues: list[Due], found: Whereabouts) -> Mask:
    """(w,) which of those waiting are past any timescale of the station they wait at."""
    late = np.zeros(len(found.station), dtype=bool)
    for due in dues:
        here = np.isin(found.station, due.at)
        if not here.any():
            continue
        clock = found.arrived if due.since is None else latest(data, found, due.since)
        runs = clock != NEVER  # a journey that was never where the clock starts has no clock
        day = np.clip((np.where(runs, clock, data.origin) - data.origin) // DAY, 0, len(due.due) - 1)
        late |= here & runs & (found.at - data.origin > due.due[day])
    return late
