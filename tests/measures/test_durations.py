"""How long from a station to another: hand-worked journeys, open ones censored, the map's timescales."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap import tubemap
from flowmap.dataset import DAY, Dataset
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.durations import Duration, durations, rows
from flowmap.measures.options import period
from flowmap.measures.spells import Way, spells
from flowmap.measures.timescales import timescales
from tests import plain
from tests.logs import EXITS, PLACES, dataset_of, measured
from tests.measures.social import between, everyone, social

FIVE = [
    ("a", "referral", "2024-01-02"),
    ("a", "assessment", "2024-01-03"),
    ("a", "nfa", "2024-01-12"),  # 10 days and 8 working days after the referral
    ("b", "referral", "2024-01-02"),
    ("b", "assessment", "2024-01-04"),
    ("b", "cin", "2024-03-05"),  # 45 working days after: the last day in time
    ("c", "referral", "2024-01-02"),
    ("c", "assessment", "2024-01-05"),
    ("c", "cin", "2024-03-06"),  # a day too late
    ("d", "referral", "2024-01-02"),
    ("d", "assessment", "2024-01-08"),  # still under way, and late
    ("e", "referral", "2024-03-01"),
    ("e", "assessment", "2024-03-02"),  # still under way, not due
    ("f", "referral", "2024-01-02"),
    ("f", "nfa", "2024-01-20"),  # never assessed
    ("z", "contact", "2024-04-01"),
]


def one(data: Dataset, start: str, *stop: str, first_day: int = 0, **more: str | bool) -> Duration:
    index = data.index
    way = Way(index[start], tuple(index[name] for name in stop), **more)  # type: ignore[arg-type]
    dues = timescales(data, tubemap.load("childrens-social-care"), first_day)
    (found,) = durations(data, everyone(data), ways=[way], dues=dues, first_day=first_day).found
    return found


def test_assessments_are_timed_from_the_referral_to_their_end(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    found = one(data, "referral", "assessment", ends="left")
    assert (found.spells, found.completed, found.open, found.elsewhere) == (6, 3, 2, 1)
    (scale,) = found.timescales
    assert scale.to_json()["limit"] == "45 working days"
    assert (scale.within.count, scale.within.of, scale.overdue, scale.not_due) == (2, 3, 1, 1)
    assert scale.to_json()["with_overdue"]["of"] == 4
    said = found.to_json(data)
    assert said["label"] == "Referral to Child and family assessment, left"
    # Days 10, 63, 64 done; 18 elsewhere; 31 (e) and 90 (d) open. At risk 6, 5, 4 (e leaves), 3, 2: shares reached
    # 1/6, + 2/3 * 1/3, + 4/9 * 1/2 = 11/18; elsewhere 1/6: so 11/14 get there at all, half of them past 7/18.
    assert found.days.reached.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6 + 2 / 9, 1 / 6 + 4 / 9])
    assert said["days"] == {"p25": 63, "median": 64, "p75": 64, "p90": None}
    assert said["working_days"]["median"] == 46
    assert said["at_risk"][:4] == [
        {"day": 0, "at_risk": 6},
        {"day": 7, "at_risk": 6},
        {"day": 14, "at_risk": 5},
        {"day": 28, "at_risk": 4},
    ]


def test_the_first_day_may_count_as_day_one(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    found = one(data, "referral", "assessment", ends="left", first_day=1)
    assert found.to_json(data)["working_days"]["median"] == 47
    assert (found.timescales[0].within.count, found.timescales[0].overdue) == (1, 1)  # 5 March is a day late now


def test_a_stay_lasts_until_it_is_left_and_has_the_timescale_of_its_station(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    found = one(data, "referral")
    assert (found.spells, found.completed, found.open) == (6, 6, 0)
    (scale,) = found.timescales
    assert (scale.due.id, scale.within.count, scale.within.of) == ("referral_decision", 2, 6)  # a, and e on Monday
    assert found.to_json(data)["days"] == {"p25": 1, "median": 2, "p75": 6, "p90": 18}


def test_straight_to_a_station_leaves_out_those_who_went_elsewhere(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    found = one(data, "assessment", "nfa", direct=True)
    assert (found.completed, found.open, found.elsewhere) == (1, 2, 2)
    assert found.to_json(data)["days"]["median"] == 9
    any_way = one(data, "referral", "cin")
    assert (any_way.completed, any_way.open, any_way.elsewhere) == (2, 2, 2)
    assert one(data, "referral", "cin", direct=True).completed == 0


def test_a_station_reached_again_starts_the_clock_anew(tmp_path: Path) -> None:
    rows_ = [
        ("a", "strategy", "2024-01-01"),
        ("a", "s47", "2024-01-02"),
        ("a", "strategy", "2024-02-01"),
        ("a", "s47", "2024-02-02"),
        ("a", "icpc", "2024-02-09"),
    ]
    data = social(rows_, tmp_path)
    found = one(data, "strategy", "icpc")
    assert (found.spells, found.restarted, found.to_json(data)["days"]["median"]) == (1, 1, 8)
    assert [scale.due.id for scale in found.timescales] == ["conference"]
    assert one(data, "strategy", "s47").spells == 2
    assert one(data, "strategy", "s47").timescales == []  # the clock runs on during the enquiry


def test_only_what_began_in_the_period_counts_and_nothing_may_be_there(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    way = Way(data.index["referral"])
    march = durations(data, everyone(data), between(data, "2024-03-01", "2024-04-01"), ways=[way]).found[0]
    assert (march.spells, march.completed) == (1, 1)
    none = durations(data, everyone(data), between(data, "2023-01-01", "2023-04-01"), ways=[way]).found[0]
    assert none.to_json(data)["days"] == {"p25": None, "median": None, "p75": None, "p90": None}
    nobody = durations(data, ~everyone(data))
    assert [one.spells for one in nobody.found] == [0] * 16  # every station of the map that is no exit
    assert len(rows(nobody.to_json(data))) == 16


def test_a_single_way_is_shown_by_a_facet(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path, attributes={"team": ["North"] * 6 + ["South"] * 9 + [None]})
    way = Way(data.index["referral"], (data.index["assessment"],), "left")
    dues = timescales(data, tubemap.load("childrens-social-care"))
    found = durations(data, everyone(data), ways=[way], dues=dues, by="team").to_json(data)
    assert found["by"] == "team"
    assert {g["label"]: (g["completed"], g["open"], g["elsewhere"]) for g in found["groups"]} == {
        "North": (2, 0, 0),  # a and b
        "South": (1, 2, 1),
    }
    assert [g["timescales"][0]["overdue"] for g in found["groups"] if g["label"] == "South"] == [1]
    assert {row["value"] for row in rows(found)} == {None, "North", "South"}
    with pytest.raises(OptionError, match="one way"):
        durations(data, everyone(data), by="team")


def test_a_way_to_itself_and_out_of_an_exit_are_refused(tmp_path: Path) -> None:
    data = social(FIVE, tmp_path)
    with pytest.raises(OptionError, match="itself"):
        one(data, "referral", "referral")
    with pytest.raises(OptionError, match="exit"):
        one(data, "referral", "nfa", ends="left")


def test_of_a_map_without_exits_nothing_is_open(tmp_path: Path) -> None:
    from tests.logs import built, log

    data = built(log([("a", "contact", "2024-01-01"), ("z", "referral", "2024-02-01")]), tmp_path, exits=False)
    found = one(data, "contact", "referral")
    assert (found.completed, found.open, found.elsewhere) == (0, 0, 1)


@settings(max_examples=15, deadline=None)
@given(measured())
def test_spells_are_those_found_by_walking_along_each_journey(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    rng = np.random.default_rng(seed)
    start, stop = (PLACES[k] for k in rng.choice(4, 2, replace=False))
    expected = []
    for journey in plain.journeys(events, EXITS if exits else ()):
        last = None
        for name, time in journey.events:
            if name == stop and last is not None:
                expected.append(time // DAY - last // DAY)
                last = None
            if name == start:
                last = time
    with dataset_of(events, exits) as data:
        way = Way(data.index[start], (data.index[stop],))
        found = spells(data, everyone(data), period(data), way)
        assert sorted(found.days()[found.outcome == 1].tolist()) == sorted(expected)
        visits = sum(j.path.count(start) for j in plain.journeys(events, EXITS if exits else ()))
        assert len(found.journey) + found.restarted == visits
