"""A log moved by weeks: nothing but its dates is another, and a model of it holds none of the true ones."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from flowmap.eventlog import NO_TIME, EventLog, OptionError
from synthetic.model import fit
from synthetic.model.options import Period
from synthetic.model.shift import shifted, shifted_period, weeks_between, weeks_of
from tests.synthetic.model.logs import log_of

DAY = 86_400_000


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days * DAY


def test_times_ends_and_births_move_together_and_what_is_not_known_stays_so() -> None:
    log = EventLog.from_columns(
        ["a", "a", "b"],
        ["referral", "nfa", "referral"],
        np.array([day("2016-02-26") + 3_600_000, day("2016-03-01"), day("2016-03-04")]),
        end=np.array([day("2016-02-29"), NO_TIME, NO_TIME]),
        birth=np.array([day("2010-01-01"), NO_TIME]),
        family=[4, -1],
    )
    moved = shifted(log, -2)
    assert moved.family.tolist() == [4, -1]
    assert moved.time.tolist() == [day("2016-02-12") + 3_600_000, day("2016-02-16"), day("2016-02-19")]
    assert moved.end.tolist() == [day("2016-02-15"), NO_TIME, NO_TIME]
    assert moved.birth.tolist() == [day("2009-12-18"), NO_TIME]
    assert (moved.station.tolist(), moved.child_ids.to_pylist()) == (log.station.tolist(), ["a", "b"])
    assert log.time[1] == day("2016-03-01")


def test_weekdays_intervals_and_ages_stay(small_authority: EventLog) -> None:
    moved = shifted(small_authority, 17)
    assert np.array_equal(moved.time // DAY % 7, small_authority.time // DAY % 7)
    assert np.array_equal(np.diff(moved.time), np.diff(small_authority.time))
    age = small_authority.time - small_authority.birth[small_authority.child]
    assert np.array_equal(moved.time - moved.birth[moved.child], age)


def test_a_period_moves_with_the_log() -> None:
    period = Period("visit", "2016-10-10", "2016-11-18")
    assert shifted_period(period, 20) == Period("visit", "2017-02-27", "2017-04-07")


def test_weeks_drawn_at_random_are_of_half_a_year_either_way_and_never_none() -> None:
    drawn = [weeks_of("random") for _ in range(3000)]
    assert set(drawn) == set(range(-26, 0)) | set(range(1, 27))


@pytest.mark.parametrize("text", ["0", "1.5", "a month", "", "521", "-521"])
def test_other_numbers_of_weeks_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="not 0, or: random"):
        weeks_of(text)
    assert weeks_of("-52") == -52


@pytest.mark.parametrize("weeks", [-9, 0, 26])
def test_who_holds_the_log_can_tell_how_far_its_model_was_moved(weeks: int) -> None:
    log = log_of(300, lambda rng: [("in", 0), ("out", int(rng.integers(1, 30)))])
    assert weeks_between(log, fit(shifted(log, weeks))) == weeks
    other = log_of(300, lambda rng: [("in", 0), ("out", int(rng.integers(1, 30)))], days=333)
    assert weeks_between(other, fit(shifted(log, weeks))) == 0
