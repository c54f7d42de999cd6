"""How far timescales are kept, and who is near or past one: hand-worked journeys, and durations as a second answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flowmap import tubemap
from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.drift import drift, rows
from flowmap.measures.durations import durations
from flowmap.measures.spells import Way
from flowmap.measures.timescales import timescales
from tests.measures.social import authority, between, everyone, social

JOURNEYS = [
    ("a", "referral", "2024-01-02"),
    ("a", "assessment", "2024-01-03"),  # a decision the day after: in time
    ("a", "nfa", "2024-03-05"),  # 45 working days after the referral: the last day in time
    ("b", "referral", "2024-01-02"),
    ("b", "assessment", "2024-01-04"),  # a day late
    ("b", "cin", "2024-03-06"),  # a day late
    ("c", "referral", "2024-01-02"),
    ("c", "assessment", "2024-01-03"),  # still there: due on 5 March, 18 working days before 2 April (Easter between)
    ("d", "referral", "2024-02-01"),
    ("d", "assessment", "2024-02-02"),  # still there: due on 8 April, near it from 26 March
    ("e", "referral", "2024-03-27"),
    ("e", "assessment", "2024-03-28"),  # still there, far from due
    ("f", "referral", "2024-04-02"),  # here for no time yet
    ("g", "strategy", "2024-02-01"),
    ("g", "s47", "2024-02-02"),
    ("g", "strategy", "2024-03-01"),  # anew: due on 22 March
    ("g", "s47", "2024-03-04"),
    ("g", "icpc", "2024-03-22"),
    ("h", "referral", "2024-01-08"),
    ("h", "nfa", "2024-01-09"),  # its assessment's clock never ran
]


def asked(data: Dataset, first_day: int = 0, **more: Any) -> dict[str, Any]:
    dues = timescales(data, tubemap.load("childrens-social-care"), first_day)
    return drift(data, everyone(data), dues, first_day=first_day, **more).to_json(data)


def scale(found: dict[str, Any], name: str) -> dict[str, Any]:
    (one,) = (one for one in found["timescales"] if one["id"] == name)
    return dict(one)


def counts(one: dict[str, Any]) -> tuple[int, ...]:
    return tuple(one[name] for name in ("count", "of", "overdue", "not_due"))


def test_shares_are_of_clocks_that_stopped_with_the_others_apart(tmp_path: Path) -> None:
    found = asked(social(JOURNEYS, tmp_path))
    assert counts(scale(found, "assessment")) == (1, 2, 1, 2)  # a of a and b; c is past, d and e are not
    assert counts(scale(found, "referral_decision")) == (5, 6, 0, 1)  # all but b; f has until tomorrow
    assert counts(scale(found, "conference")) == (1, 1, 0, 0)  # g's first discussion gave way to its second
    led = {to["id"]: (to["count"], to["of"]) for to in scale(found, "assessment")["led_to"]}
    assert led == {"nfa": (1, 1), "cin": (0, 1)}
    assert scale(found, "assessment")["with_overdue"]["of"] == 3
    assert counts(scale(found, "proceedings")) == (0, 0, 0, 0)
    assert scale(found, "proceedings")["share"] is None


def test_who_is_near_or_past_is_listed_oldest_first(tmp_path: Path) -> None:
    data = social(JOURNEYS, tmp_path)
    found = asked(data)
    assert [(one["state"], one["since"][:10], one["due"], one["working_days_over"]) for one in found["drift"]] == [
        ("past", "2024-01-02", "2024-03-05T23:59:59Z", 18),
        ("near", "2024-02-01", "2024-04-08T23:59:59Z", 0),
    ]
    past = found["drift"][0]
    assert (past["timescale"], past["station"]) == ("assessment", "assessment")
    assert data.journeys.child[past["journey"]] == past["child"]
    one = scale(found, "assessment")
    assert (one["running"], one["near"], one["past"], found["late"]) == (3, 1, 1, 2)
    assert [one["state"] for one in asked(data, most=1)["drift"]] == ["past"]
    assert asked(data, most=0)["late"] == 2


def test_the_list_is_of_the_instant_asked_for(tmp_path: Path) -> None:
    data = social(JOURNEYS, tmp_path)
    then = asked(data, at=seconds("2024-03-06T12:00:00Z"))
    late = [(one["timescale"], one["state"], one["since"][:10]) for one in then["drift"]]
    assert late == [("assessment", "past", "2024-01-02")]  # c; b left that midnight, g's enquiry has 12 days yet
    assert then["at"] == "2024-03-06T12:00:00Z"
    before = asked(data, at=seconds("2024-01-03T20:00:00Z"))
    assert [(one["timescale"], one["station"]) for one in before["drift"]] == [("referral_decision", "referral")]  # b


def test_only_clocks_begun_in_the_period_count_and_the_first_day_may_be_day_one(tmp_path: Path) -> None:
    data = social(JOURNEYS, tmp_path)
    assert counts(scale(asked(data, within=between(data, "2024-01-02", "2024-01-03")), "assessment")) == (1, 2, 1, 0)
    assert counts(scale(asked(data, first_day=1), "assessment")) == (0, 2, 1, 2)  # a is a day late now


def test_the_shares_are_those_of_durations_where_both_can_say(tmp_path: Path) -> None:
    _, data = authority(tmp_path)
    found, index = asked(data), data.index
    dues = timescales(data, tubemap.load("childrens-social-care"))
    ways = {
        "referral_decision": Way(index["referral"]),
        "assessment": Way(index["referral"], (index["assessment"],), "left"),
        "care_review": Way(index["looked_after"]),
    }
    for name, way in ways.items():
        (one,) = durations(data, everyone(data), ways=[way], dues=dues).found[0].timescales
        assert one.due.id == name
        assert one.within.of > 100
        assert counts(scale(found, name)) == (one.within.count, one.within.of, one.overdue, one.not_due)


def test_the_table_has_every_row_and_no_station_among_instants(tmp_path: Path) -> None:
    table = rows(asked(social(JOURNEYS, tmp_path)))
    assert [row["what"] for row in table].count("timescale") == 6
    assert {row.get("since") for row in table if row["what"] != "drift"} == {None}
    assert [row["working_days_over"] for row in table if row["what"] == "drift"] == [18, 0]


def test_a_map_without_timescales_and_too_long_a_list_are_refused(tmp_path: Path) -> None:
    data = social(JOURNEYS, tmp_path)
    with pytest.raises(OptionError, match="no timescale"):
        drift(data, everyone(data), [])
    with pytest.raises(OptionError, match="cannot be listed"):
        asked(data, most=-1)
