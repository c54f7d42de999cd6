"""Kent's four findings, and the inspection exactly as planted, can be seen in the reference authority."""

from __future__ import annotations

import pandas as pd
import pytest

from synthetic.reference import make
from synthetic.reference.inspection import SHIFTS, SLOWDOWN, Inspection
from synthetic.reference.pathways import NFA_BY_EARLIER_REFERRALS
from tests.synthetic.reference_measures import table

OPENING = pd.Timestamp("2014-04-01")
DATES = Inspection.of(OPENING.date())
FIRST, LAST = pd.Timestamp(DATES.first), pd.Timestamp(DATES.last) + pd.Timedelta(days=1)


def share(events: pd.DataFrame, station: str, to: str) -> float:
    """Of decisions at a station (its next events), the share that was `to`."""
    left = events[(events["station"] == station) & events["next"].notna()]
    return float((left["next"] == to).mean())


def decided(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    return events[(events["next_time"] >= first) & (events["next_time"] < last)]


def quiet(events: pd.DataFrame) -> pd.DataFrame:
    """Decisions of the two years before the inspection."""
    return decided(events, OPENING, FIRST)


def test_nearly_all_work_before_a_plan_is_assessment_not_section_47(events: pd.DataFrame) -> None:
    work = events[
        events["station"].isin(["referral", "assessment", "strategy", "s47", "icpc"]) & events["next"].notna()
    ]
    days = work.groupby("station")["days"].sum()
    assert days["assessment"] / days.sum() > 0.80
    visits = events["station"].value_counts()
    assert visits["assessment"] > 2 * visits["s47"]
    plans = events[(events["next"] == "cin") & events["station"].isin(["assessment", "s47"])]
    assert (plans["station"] == "assessment").mean() > 0.75


def test_a_quarter_come_back_within_a_year_but_three_in_five_had_come_within_three(
    measured: dict[str, float],
) -> None:
    assert measured["rereferral_12"] < 25
    assert measured["rereferral_36"] > 58


def test_the_more_earlier_referrals_the_more_assessments_end_in_nfa_as_planted(events: pd.DataFrame) -> None:
    referrals = events.loc[events["station"] == "referral", ["journey", "child", "time"]].sort_values(["child", "time"])
    times = referrals.groupby("child")["time"]
    # Only the fourth year looks 36 months back.
    referrals["earlier"] = sum(
        (times.shift(k) >= referrals["time"] - pd.DateOffset(months=36)).astype(int) for k in (1, 2, 3)
    )
    done = events[(events["station"] == "assessment") & events["next"].notna()].merge(
        referrals[["journey", "earlier"]], on="journey"
    )
    done = done[done["time"] >= OPENING + pd.DateOffset(years=3)]
    shown = (done["next"] == "nfa").groupby(done["earlier"]).mean()
    assert shown.is_monotonic_increasing
    assert shown.tolist() == [pytest.approx(planted, abs=0.04) for planted in NFA_BY_EARLIER_REFERRALS]


def test_nearly_every_strategy_discussion_leads_to_section_47_and_most_of_those_close_with_nfa(
    events: pd.DataFrame,
) -> None:
    assert share(events, "strategy", "s47") > 0.87
    assert share(events, "s47", "nfa") > 0.50


def test_the_inspection_is_six_weeks_in_the_third_year() -> None:
    assert OPENING + pd.DateOffset(years=2) <= FIRST < LAST <= OPENING + pd.DateOffset(years=3)
    assert (DATES.last - DATES.first).days == 6 * 7 - 3
    assert DATES.first.weekday() == 0


def in_progress(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Days of finished assessments that were open at some time between two dates."""
    some = events[(events["station"] == "assessment") & (events["time"] < last) & (events["next_time"] >= first)]
    return some["days"]


def test_assessments_in_progress_during_the_inspection_take_longer_by_the_planted_ratio(events: pd.DataFrame) -> None:
    before = [in_progress(events, FIRST - pd.DateOffset(years=k), LAST - pd.DateOffset(years=k)) for k in (1, 2)]
    ratio = in_progress(events, FIRST, LAST).mean() / pd.concat(before).mean()
    assert ratio == pytest.approx(SLOWDOWN, abs=0.05)


@pytest.mark.parametrize(
    "shift", [shift for shift in SHIFTS if shift.away == "nfa"], ids=lambda s: f"{s.station}-{s.to}"
)
def test_fewer_decisions_are_nfa_during_the_inspection_by_the_planted_share(shift, events: pd.DataFrame) -> None:
    planted = sum(other.share for other in SHIFTS if (other.station, other.away) == (shift.station, "nfa"))
    kept = share(decided(events, FIRST, LAST), shift.station, "nfa") / share(quiet(events), shift.station, "nfa")
    assert kept == pytest.approx(1 - planted, abs=0.10)


def test_more_referrals_become_strategy_discussions_during_the_inspection(events: pd.DataFrame) -> None:
    planted = next(shift.share for shift in SHIFTS if shift.to == "strategy" and shift.station == "referral")
    usual, now = quiet(events), decided(events, FIRST, LAST)
    expected = share(usual, "referral", "strategy") + planted * share(usual, "referral", "assessment")
    assert share(now, "referral", "strategy") == pytest.approx(expected, abs=0.04)


def test_all_is_as_before_once_it_has_recovered(events: pd.DataFrame) -> None:
    after = pd.Timestamp(DATES.recovered)
    later = decided(events, after + pd.DateOffset(months=2), pd.Timestamp("2018-04-01"))
    for station, to in (("referral", "nfa"), ("referral", "strategy"), ("assessment", "nfa")):
        assert share(later, station, to) == pytest.approx(share(quiet(events), station, to), abs=0.02)


def test_without_an_inspection_nothing_happens_in_that_autumn() -> None:
    events = table(make(inspection=False))
    ratio = (
        in_progress(events, FIRST, LAST).mean()
        / in_progress(events, FIRST - pd.DateOffset(years=1), LAST - pd.DateOffset(years=1)).mean()
    )
    assert ratio == pytest.approx(1, abs=0.05)
    for station, to in (("referral", "strategy"), ("assessment", "nfa")):
        now = share(decided(events, FIRST, LAST), station, to)
        assert now == pytest.approx(share(quiet(events), station, to), abs=0.04)
