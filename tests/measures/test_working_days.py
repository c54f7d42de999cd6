"""Working days between days, and months between days, against a calendar worked by hand and pandas."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.measures.working_days import later_by_months, months_back, months_known, months_passed, working_days

# gov.uk/bank-holidays, England and Wales, 2023
HOLIDAYS = {
    date(2023, m, d) for m, d in [(1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]
}
DAYS = st.dates(date(1999, 1, 1), date(2031, 12, 31))


def day(text: str | date) -> np.ndarray:
    return np.array([str(text)], dtype="datetime64[D]")


def number(text: str | date) -> np.ndarray:
    return day(text).astype(np.int64)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-03-27", "2024-03-27", 0),  # the same day
        ("2024-03-27", "2024-03-28", 1),  # Wednesday to Thursday
        ("2024-03-28", "2024-04-02", 1),  # Good Friday, the weekend and Easter Monday between
        ("2024-03-29", "2024-04-02", 1),  # from Good Friday itself
        ("2024-03-22", "2024-03-25", 1),  # Friday to Monday
        ("2024-03-22", "2024-03-24", 0),  # Friday to Sunday
        ("2024-01-02", "2024-03-05", 45),  # nine weeks without a bank holiday
        ("2023-12-20", "2023-12-29", 5),  # Christmas and Boxing Day
    ],
)
def test_working_days_as_counted_by_hand(first: str, last: str, expected: int) -> None:
    assert working_days(number(first), number(last)).tolist() == [expected]


@given(st.dates(date(2023, 1, 1), date(2023, 12, 20)), st.integers(0, 60))
def test_working_days_are_those_counted_one_by_one(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2023, 12, 31))
    after = [first + timedelta(days=k) for k in range(1, (last - first).days + 1)]
    expected = sum(d.weekday() < 5 and d not in HOLIDAYS for d in after)
    assert working_days(number(first), number(last)).tolist() == [expected]


@given(DAYS, st.integers(-80, 80))
def test_months_later_are_those_of_pandas(start: date, months: int) -> None:
    expected = (pd.Timestamp(start) + pd.DateOffset(months=months)).date()
    assert later_by_months(day(start), months).astype(object).tolist() == [expected]


@given(DAYS, st.integers(0, 2500))
def test_months_back_is_the_least_number_that_reaches(later: date, length: int) -> None:
    earlier = later - timedelta(days=length)
    expected = next(
        m for m in range(100) if (pd.Timestamp(later) - pd.DateOffset(months=m)).date() <= earlier
    )  # one by one
    assert months_back(day(earlier), day(later)).tolist() == [expected]


@given(DAYS, st.integers(-400, 2500))
def test_months_passed_is_the_greatest_number_that_fits(earlier: date, length: int) -> None:
    later = earlier + timedelta(days=length)
    expected = max(m for m in range(-20, 100) if (pd.Timestamp(earlier) + pd.DateOffset(months=m)).date() <= later)
    assert months_passed(day(earlier), day(later)).tolist() == [expected]


def test_of_no_days_there_are_none() -> None:
    none = np.empty(0, dtype=np.int64)
    assert working_days(none, none).tolist() == []


def test_months_known_before_a_day_are_whole_ones_and_negative_before_the_first_day() -> None:
    def number(day: str) -> int:
        return int(np.datetime64(day, "D").astype(np.int64))

    days = ["2020-02-28", "2020-02-29", "2020-03-30", "2020-03-31", "2020-01-31", "2020-01-30", "2021-01-31"]
    found = months_known(number("2020-01-31"), np.array([number(day) for day in days]))
    assert found.tolist() == [0, 1, 1, 2, 0, -1, 12]
    assert months_known(0, np.array([], dtype=np.int64)).tolist() == []
