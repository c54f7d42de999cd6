"""Days, working days and the rhythm of the year, as lookup tables over one stretch of days.

Days are whole numbers from `first` (0 = first day); times are whole minutes from its midnight.
Working days leave out weekends and the bank holidays of England and Wales (DOMAIN.md, timescales).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np
import numpy.typing as npt

from synthetic.reference.calibration import REFERRALS_BY_MONTH, REST_DAY_WEIGHT

Days = npt.NDArray[np.int64]

DAY = 1440  # minutes


@dataclass(frozen=True)
class WorkingCalendar:
    """Lookup tables, one entry a day (`span` days and a margin for waits that run past the end)."""

    first: date
    span: int
    working: npt.NDArray[np.bool_]
    nth: Days  # working days before this day
    at: Days  # the day of the n-th working day
    demand: npt.NDArray[np.float64]  # running total of demand before each day; 1 = an average day

    @classmethod
    def between(cls, first: date, end: date, margin: int = 7000) -> WorkingCalendar:
        """Tables for first ≤ day < end and `margin` days more."""
        span = (end - first).days
        days = np.datetime64(first) + np.arange(span + margin)
        closed = _bank_holidays(first.year, (first + timedelta(days=span + margin)).year)
        working = np.is_busday(days, holidays=closed)
        nth = np.concatenate([[0], np.cumsum(working)[:-1]]).astype(np.int64)
        return cls(first, span, working, nth, np.flatnonzero(working), _demand(days, working))

    def add_working_days(self, day: Days, count: Days) -> Days:
        """The day `count` working days after `day`; day itself is day 0 (or the next working day, if it is none)."""
        found: Days = self.at[np.minimum(self.nth[day] + count, len(self.at) - 1)]
        return found

    def next_working_day(self, day: Days) -> Days:
        """The day itself where it is a working day, else the first one after it."""
        return self.at[np.minimum(self.nth[np.minimum(day, len(self.nth) - 1)], len(self.at) - 1)]

    def after(self, day: Days, years: npt.NDArray[np.float64]) -> Days:
        """`years` later as demand runs: busy weeks count for more than August, Sundays hardly at all."""
        target = self.demand[day] + years * 365.25
        return np.searchsorted(self.demand, target, side="right").astype(np.int64) - 1

    def draw(self, rng: np.random.Generator, count: int, first: int, end: int) -> Days:
        """`count` days in first ≤ day < end, as often as demand has it."""
        target = rng.uniform(self.demand[first], self.demand[end], count)
        return np.searchsorted(self.demand, target, side="right").astype(np.int64) - 1


def _bank_holidays(first_year: int, last_year: int) -> npt.NDArray[np.datetime64]:
    found = holidays.country_holidays("GB", subdiv="ENG", years=range(first_year, last_year + 1))
    return np.array(sorted(found), dtype="datetime64[D]")


def _demand(days: npt.NDArray[np.datetime64], working: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Running total of demand: each month gets its share of the year, spread over its days by weight."""
    months = days.astype("datetime64[M]").astype(np.int64)
    months -= months[0]
    weight = np.where(working, 1.0, REST_DAY_WEIGHT)
    in_month = np.bincount(months, weight)[months]
    length = np.bincount(months)[months]
    in_year = days.astype("datetime64[M]").astype(np.int64) % 12
    share = np.array(REFERRALS_BY_MONTH) / sum(REFERRALS_BY_MONTH)
    usual_length = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    # A month cut by the edges of the table keeps its usual daily rate.
    per_day = share[in_year] * 365.25 * weight / in_month * (length / usual_length[in_year])
    return np.concatenate([[0.0], np.cumsum(per_day)])
