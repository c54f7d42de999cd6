"""Days of a calendar: working days between two days, and months later.

Working days leave out Saturdays, Sundays and the bank holidays of England (Wales has the same), from the `holidays`
library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import holidays
import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]  # datetime64[D]
Ints = npt.NDArray[np.int64]


@lru_cache(maxsize=8)
def bank_holidays(first: int, last: int) -> tuple[np.datetime64, ...]:
    """Bank holidays of England from year `first` to year `last`."""
    found = holidays.country_holidays("GB", subdiv="ENG", years=range(first, last + 1))
    return tuple(np.datetime64(day, "D") for day in sorted(found))


def year(day: np.datetime64) -> int:
    """The year of a day."""
    return int(day.astype("datetime64[Y]").astype(np.int64)) + 1970


def working_days(first: Ints, last: Ints) -> Ints:
    """Working days after the day `first`, up to and with the day `last` (days since 1970; `last` not before `first`).

    So the first day is day 0: from a Friday to the Monday after it is one working day, and so it is from the Saturday.
    """
    if not len(first):
        return np.empty(0, dtype=np.int64)
    low, high = int(first.min()), int(last.max())
    upto = _working_days_upto(low, high)
    return upto[last - low] - upto[first - low]


@lru_cache(maxsize=16)
def _working_days_upto(low: int, high: int) -> Ints:
    """For each day from `low` to `high`, how many working days there are from `low` up to and with it."""
    days = np.arange(low, high + 1).astype("datetime64[D]")
    off = np.array(bank_holidays(year(days[0]), year(days[-1])), dtype="datetime64[D]")
    return np.cumsum(np.is_busday(days, holidays=off))


def later_by_months(days: Days, months: int | Ints) -> Days:
    """The same day so many months later (earlier where negative); the last of that month where it is shorter."""
    month = days.astype("datetime64[M]")
    later: npt.NDArray[np.datetime64] = month + np.asarray(months).astype("timedelta64[M]")
    day = (days - month.astype("datetime64[D]")).astype(np.int64)
    return later.astype("datetime64[D]") + np.minimum(day, _length(later) - 1)


def _length(month: npt.NDArray[np.datetime64]) -> Ints:
    return ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)


def months_back(earlier: Days, later: Days) -> Ints:
    """The least number of months that reach from `later` back to `earlier` (0: the same day).

    That many months before `later` (see `later_by_months`) is `earlier` or a day before it; one month fewer is not.
    """
    gap = (later.astype("datetime64[M]") - earlier.astype("datetime64[M]")).astype(np.int64)
    return gap + (later_by_months(later, -gap) > earlier)


def months_passed(earlier: Days, later: Days) -> Ints:
    """The greatest number of months such that so many months after `earlier` is `later` or before it."""
    gap = (later.astype("datetime64[M]") - earlier.astype("datetime64[M]")).astype(np.int64)
    return gap - (later_by_months(earlier, gap) > later)


def by_day(days: Ints, answer: Callable[[Days], Ints]) -> Ints:
    """What `answer` gives for each of `days` (since 1970), worked out once for each day of their span."""
    if not len(days):
        return np.empty(0, dtype=np.int64)
    low = int(days.min())
    return answer(np.arange(low, int(days.max()) + 1).astype("datetime64[D]"))[days - low]


def months_known(known: int, days: Ints) -> Ints:
    """For how many whole months before each of `days` (since 1970) there are data, of those known from the day `known`.

    Negative before that day.
    """
    first = np.datetime64(known, "D")
    return by_day(days, lambda span: months_passed(np.full(len(span), first), span))
