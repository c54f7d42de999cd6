"""What must hold of every event, journey and child of the reference authority."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from flowmap.eventlog import EventLog
from synthetic.reference import make, periods
from tests.synthetic.reference_measures import EXITS

OPENING, END = pd.Timestamp("2014-04-01"), pd.Timestamp("2018-04-01")

# What may follow what, written down from the pathway in the field, not from the program.
MAY_FOLLOW = {
    "contact": {"referral", "early_help", "nfa"},
    "early_help": {"referral", "closed"},
    "referral": {"assessment", "strategy", "nfa", "looked_after", "moved"},
    "assessment": {"nfa", "cin", "strategy", "step_down", "looked_after", "pre_proceedings"},
    "strategy": {"s47", "assessment", "cin", "nfa"},
    "s47": {"icpc", "nfa", "assessment", "cin", "looked_after"},
    "icpc": {"cp", "cin", "nfa"},
    "cin": {"closed", "step_down", "strategy", "looked_after", "pre_proceedings", "moved", "other"},
    "cp": {"cin", "closed", "pre_proceedings", "looked_after"},
    "pre_proceedings": {"proceedings", "cin", "looked_after", "closed"},
    "proceedings": {"interim_care_order", "final_order", "other"},
    "interim_care_order": {"final_order", "left_care_18"},
    "final_order": {"care_order", "placement_order", "special_guardianship", "returned_home", "cin", "other"},
    "looked_after": {"returned_home", "proceedings", "cin", "left_care_18"},
    "care_order": {"left_care_18", "returned_home", "special_guardianship"},
    "placement_order": {"adopted", "care_order", "left_care_18"},
}
IN_CARE_OR_COURT = [
    "proceedings",
    "interim_care_order",
    "final_order",
    "looked_after",
    "care_order",
    "placement_order",
    "adopted",
    "special_guardianship",
    "returned_home",
    "left_care_18",
]


def birth(log: EventLog, events: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.to_datetime(log.birth, unit="ms")).loc[events["child"]].set_axis(events.index)


def test_every_move_is_a_possible_one(events: pd.DataFrame) -> None:
    moves = events[events["next"].notna()].groupby(["station", "next"]).size()
    assert {(a, b) for a, b in moves.index} <= {(a, b) for a, ends in MAY_FOLLOW.items() for b in ends}


def test_every_journey_starts_at_an_entry_and_leaves_by_at_most_one_exit(events: pd.DataFrame) -> None:
    journeys = events.groupby("journey", sort=False)
    assert set(journeys["station"].first()) == {"contact", "early_help", "referral"}
    assert set(events.loc[events["next"].notna(), "station"]).isdisjoint(EXITS)


def test_journeys_under_way_at_the_end_are_open_and_not_cut_short(events: pd.DataFrame) -> None:
    last = events[events["next"].isna()]
    assert 9_000 < (~last["station"].isin(EXITS)).sum() < 13_000
    assert events["time"].max() < END


def test_events_are_in_order_of_time_and_those_of_a_journey_never_go_back(
    authority: EventLog, events: pd.DataFrame
) -> None:
    assert (np.diff(authority.time) >= 0).all()
    onward = events[events["next"].notna()]
    assert (onward["next_time"] >= onward["time"]).all()


def test_a_child_is_on_one_journey_at_a_time_and_they_are_numbered_in_order(
    authority: EventLog, events: pd.DataFrame
) -> None:
    rows = pd.DataFrame({"child": authority.child, "case": authority.case, "time": authority.time})
    spans = rows.groupby(["child", "case"])["time"].agg(["first", "last"]).reset_index()
    same = spans["child"] == spans["child"].shift()
    assert (spans.loc[~same, "case"] == 0).all()
    assert (spans["case"].diff()[same] == 1).all()
    assert (spans["first"] > spans["last"].shift())[same].all()
    last = events[events["next"].isna()].set_index("journey")["station"]
    earlier = spans.loc[same.shift(-1, fill_value=False)]
    assert last.loc[earlier["child"].astype(np.int64) * 1000 + earlier["case"]].isin(EXITS).all()


def test_the_log_begins_at_most_a_quarter_before_the_window_and_only_with_cases_still_open(
    events: pd.DataFrame,
) -> None:
    journeys = events.groupby("journey").agg(
        first=("time", "first"), last=("time", "last"), station=("station", "last")
    )
    before = journeys[journeys["first"] < OPENING]
    assert before["first"].min() >= OPENING - pd.Timedelta(days=90)
    assert ((before["last"] >= OPENING) | ~before["station"].isin(EXITS)).all()


def test_the_stock_is_level_from_the_first_day(events: pd.DataFrame) -> None:
    journeys = events.groupby("journey").agg(
        first=("time", "first"), last=("time", "last"), station=("station", "last")
    )
    gone = journeys["last"].where(journeys["station"].isin(EXITS), END)
    months = pd.date_range(OPENING, END - pd.Timedelta(days=1), freq="MS")
    stock = np.array([((journeys["first"] <= t) & (gone > t)).sum() for t in months])
    assert np.abs(stock / stock.mean() - 1).max() < 0.10


def test_referrals_are_level_from_year_to_year(events: pd.DataFrame) -> None:
    times = events.loc[(events["station"] == "referral") & (events["time"] >= OPENING), "time"]
    a_year = times.groupby((times - pd.DateOffset(months=3)).dt.year).size()
    assert len(a_year) == 4
    assert np.abs(a_year / a_year.mean() - 1).max() < 0.03


def test_nothing_but_early_work_happens_before_birth_and_nobody_starts_grown_up(
    authority: EventLog, events: pd.DataFrame
) -> None:
    born = birth(authority, events)
    unborn = events[events["time"] < born]
    assert len(unborn) > 500
    assert set(unborn["station"]).isdisjoint(IN_CARE_OR_COURT)
    entries = events.groupby("journey").head(1)
    age = (entries["time"] - born.loc[entries.index]).dt.days / 365.25
    in_window = entries["time"] >= OPENING
    assert age[in_window].min() > -0.4
    assert age[in_window].max() < 18


def test_nobody_leaves_care_at_eighteen_on_another_birthday(authority: EventLog, events: pd.DataFrame) -> None:
    left = events[(events["station"] == "left_care_18") & (events["time"] >= OPENING)]
    age = (left["time"] - birth(authority, events).loc[left.index]).dt.days / 365.25
    assert len(left) > 50
    assert age.between(17.99, 18.2).all()


def test_offices_are_shut_at_weekends_and_bank_holidays_but_for_the_emergency_team(events: pd.DataFrame) -> None:
    referrals = events.loc[(events["station"] == "referral") & (events["time"] >= OPENING), "time"]
    on_day = referrals.dt.day_of_week.value_counts(normalize=True)
    assert on_day.loc[[5, 6]].sum() < 0.04
    assert on_day.loc[[0, 1, 2, 3, 4]].min() > 0.17
    christmas = referrals[(referrals.dt.month == 12) & (referrals.dt.day == 25)]
    assert 0 < len(christmas) < 60


def test_many_moves_begin_and_end_on_one_day(events: pd.DataFrame) -> None:
    moves = events[events["next"].notna()]
    assert 0.40 < (moves["days"] == 0).mean() < 0.60


def test_siblings_of_one_family_often_move_on_the_same_day(events: pd.DataFrame) -> None:
    # Families cannot be seen in the log; entries in the same minute of the same day from one source show them.
    entries = events.groupby("journey").head(1)
    together = entries.groupby(["time", "source", "team"], observed=True)["child"].transform("nunique")
    assert 0.35 < (together > 1).mean() < 0.75


def test_slow_stages_go_together(events: pd.DataFrame) -> None:
    wait = {
        name: events[(events["station"] == name) & events["next"].notna()].drop_duplicates("journey")
        for name in ("assessment", "cin")
    }
    both = wait["assessment"].merge(wait["cin"], on="journey")
    assert both["days_x"].rank().corr(both["days_y"].rank()) > 0.2


def test_waits_are_skewed_to_the_right(events: pd.DataFrame) -> None:
    for station, to in (("contact", "nfa"), ("cin", "closed"), ("s47", "nfa"), ("looked_after", "returned_home")):
        days = events.loc[(events["station"] == station) & (events["next"] == to), "days"]
        assert days.mean() > 1.05 * days.median(), (station, to)


def test_the_same_seed_gives_the_same_log_and_another_seed_another() -> None:
    first, again = make(900, 1, seed=5), make(900, 1, seed=5)
    assert first.time.tolist() == again.time.tolist()
    assert first.station.tolist() == again.station.tolist()
    assert first.attributes["team"].codes.tolist() == again.attributes["team"].codes.tolist()
    assert make(900, 1, seed=6).time.tolist() != first.time.tolist()


@pytest.mark.parametrize(
    ("size", "years", "start"), [(1, 1, "2014-04-01"), (60, 1, "2020-02-29"), (900, 2, "2021-01-02")]
)
def test_any_size_and_start_makes_a_sound_log(size: int, years: int, start: str) -> None:
    log = make(size, years, start)
    end = pd.Timestamp(start) + pd.DateOffset(years=years)
    if len(log):
        assert pd.to_datetime(log.time.max(), unit="ms") < end
        assert pd.to_datetime(log.time.min(), unit="ms") >= pd.Timestamp(start) - pd.Timedelta(days=91)
    assert len(log.child_ids) == len(set(log.child_ids.to_pylist()))


def test_twice_the_referrals_asked_for_makes_twice_as_many() -> None:
    place = make(1, 1).stations.index("referral")
    small, large = (int((make(size, 1).station == place).sum()) for size in (2_000, 4_000))
    assert large / small == pytest.approx(2, rel=0.1)


def test_an_authority_without_referrals_or_years_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make(0)
    with pytest.raises(ValueError, match="at least 1"):
        make(100, years=0)


def test_progress_runs_from_nothing_to_all() -> None:
    told: list[float] = []
    make(300, 1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_full_size_is_made_in_less_than_ten_seconds() -> None:
    began = time.perf_counter()
    make()
    assert time.perf_counter() - began < 60  # about 2 s; a busy machine is no fault


def test_event_bands_are_in_the_window_and_name_the_inspection() -> None:
    bands = {band["id"]: band for band in periods(school_holidays=True)}
    assert set(next(iter(bands.values()))) == {"id", "label", "from", "to", "kind"}
    assert bands["cases-carried-over"]["to"] == "2014-03-31"
    assert bands["inspection"]["from"] >= "2016-04-01"
    assert bands["inspection-recovery"]["to"] <= "2017-03-31"
    assert sum(name.startswith("summer-") for name in bands) == 4
    assert all(band["from"] <= band["to"] < "2018-04-01" for band in bands.values())
    assert not any("inspection" in band["id"] for band in periods(inspection=False))
