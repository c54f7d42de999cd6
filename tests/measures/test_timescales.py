"""Clocks in working days, weeks and months, and who is past them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap import tubemap
from flowmap.dataset import seconds
from flowmap.measures.stations import stations
from flowmap.measures.timescales import due_days, timescales
from flowmap.tubemap import Timescale
from tests.logs import MAP, built, log


def due(start: str, limit: str, first_day: int = 0) -> str:
    scale = Timescale("x", "X", ("a",), limit, "a test")
    return str(due_days(np.array([start], dtype="datetime64[D]"), scale, first_day)[0])


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2024-03-27", "1 working day", "2024-03-28"),  # a Wednesday
        ("2024-03-28", "1 working day", "2024-04-02"),  # Maundy Thursday: Good Friday, the weekend, Easter Monday
        ("2024-03-30", "1 working day", "2024-04-02"),  # a Saturday: the next working day is day 1
        ("2023-05-05", "1 working day", "2023-05-09"),  # the coronation's bank holiday, Monday 8 May 2023
        ("2024-01-02", "45 working days", "2024-03-05"),  # nine weeks, no bank holiday between
        ("2023-12-20", "5 working days", "2023-12-29"),  # Christmas and Boxing Day
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2023-01-31", "3 months", "2023-04-30"),
        ("2024-01-01", "26 weeks", "2024-07-01"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-01-01", "10 days", "2024-01-11"),
    ],
)
def test_the_last_day_in_time_as_worked_by_hand_on_a_calendar(start: str, limit: str, expected: str) -> None:
    assert due(start, limit) == expected


def test_counting_the_start_as_day_one_ends_a_day_sooner() -> None:
    assert due("2024-03-27", "2 working days", first_day=1) == "2024-03-28"
    assert due("2024-03-30", "1 working day", first_day=1) == "2024-04-02"  # a Saturday: day 1 is the next working day
    assert due("2024-01-01", "26 weeks", first_day=1) == "2024-06-30"


# gov.uk/bank-holidays, England and Wales, 2023
HOLIDAYS = {
    date(2023, m, d) for m, d in [(1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]
}


@given(st.dates(date(2023, 1, 1), date(2023, 10, 1)), st.integers(1, 45))
def test_working_days_are_those_counted_one_by_one(start: date, limit: int) -> None:
    day, left = start, limit
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in HOLIDAYS
    assert due(start.isoformat(), f"{limit} working days") == day.isoformat()


def test_a_stay_is_overdue_from_the_midnight_after_its_last_day(tmp_path: Path) -> None:
    rows = [
        ("a", "contact", "2024-03-25T09:00"),
        ("a", "referral", "2024-03-28T09:00"),  # due by the end of Tuesday 2 April
        ("b", "referral", "2024-04-02T00:00"),
        ("z", "contact", "2024-05-01"),
    ]
    data = built(log(rows), tmp_path)
    dues = timescales(data, tubemap.parse(MAP, "small.yaml"))
    assert [(d.id, d.at, d.since) for d in dues] == [("decide", (1,), None), ("assess", (2,), 1)]

    def overdue(at: str) -> tuple[int, int | None]:
        row = stations(data, np.ones(3, dtype=bool), seconds(at), dues)[1]
        return row.waiting, row.overdue

    assert overdue("2024-04-02T23:59:59") == (2, 0)
    assert overdue("2024-04-03") == (2, 1)
    assert overdue("2024-04-04") == (2, 2)


def test_an_assessment_is_timed_from_the_referral_before_it(tmp_path: Path) -> None:
    rows = [
        ("a", "referral", "2024-01-02"),  # 45 working days end on 5 March
        ("a", "assessment", "2024-02-20"),
        ("b", "assessment", "2024-01-02"),  # never referred: no clock runs
        ("z", "contact", "2024-06-01"),
    ]
    data = built(log(rows), tmp_path)
    dues = timescales(data, tubemap.parse(MAP, "small.yaml"))
    everyone = np.ones(3, dtype=bool)
    assert stations(data, everyone, seconds("2024-03-05"), dues)[2].overdue == 0
    late = stations(data, everyone, seconds("2024-03-06"), dues)[2]
    assert (late.waiting, late.overdue, late.to_json(data)["overdue_share"]) == (2, 1, 0.5)
    assert stations(data, everyone, seconds("2024-03-06"), dues)[0].overdue is None


def test_there_is_a_due_time_for_every_day_of_the_data(tmp_path: Path) -> None:
    data = built(log([("a", "contact", "2024-01-01T12:00"), ("a", "nfa", "2024-01-10T11:00")]), tmp_path)
    (decide, _) = timescales(data, tubemap.parse(MAP, "small.yaml"))
    assert len(decide.due) == 10
    assert decide.due[0] == 2 * 86_400 - 1  # 1 January 2024 is a bank holiday: 2 January is day 1
    assert decide.to_json()["limit"] == "1 working day"
