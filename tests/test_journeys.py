"""Events become journeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap import ordering
from flowmap.eventlog import EventLog
from flowmap.journeys import Journeys, find
from tests import plain
from tests.logs import EXITS, PLACES, log, logs

NO_EXITS: tuple[str, ...] = ()


def found(events: EventLog, exits: tuple[str, ...] = EXITS) -> Journeys:
    place = np.array([PLACES.index(s) for s in events.stations], dtype=np.int32)
    return find(events, place, np.array([p in exits for p in PLACES]))


def paths(journeys: Journeys) -> list[list[str]]:
    ends = journeys.begin + journeys.events
    return [[PLACES[p] for p in journeys.place[a:b]] for a, b in zip(journeys.begin, ends, strict=True)]


def test_the_first_event_after_an_exit_begins_the_next_journey() -> None:
    journeys = found(
        log(
            [
                ("a", "contact", "2020-01-01"),
                ("a", "nfa", "2020-01-03"),
                ("a", "contact", "2020-02-01"),
                ("a", "referral", "2020-02-02"),
            ]
        )
    )
    assert paths(journeys) == [["contact", "nfa"], ["contact", "referral"]]
    assert journeys.visit.tolist() == [0, 1]
    assert journeys.open.tolist() == [False, True]


def test_without_exits_a_child_has_one_journey_and_it_is_not_open() -> None:
    journeys = found(log([("a", "nfa", "2020-01-03"), ("a", "contact", "2020-01-05")]), NO_EXITS)
    assert paths(journeys) == [["nfa", "contact"]]
    assert journeys.open.tolist() == [False]


def test_the_sources_own_case_rules_over_exits() -> None:
    rows = [
        ("a", "contact", "2020-01-01"),
        ("a", "nfa", "2020-01-02"),
        ("a", "contact", "2020-01-03"),
        ("a", "nfa", "2020-01-04"),
    ]
    journeys = found(log(rows, case=[7, 7, 7, 5]))
    assert paths(journeys) == [["contact", "nfa", "contact"], ["nfa"]]
    assert journeys.open.tolist() == [True, False]
    assert journeys.resumed == 1


def test_visits_are_ranked_by_start_and_not_by_the_number_of_the_case() -> None:
    journeys = found(log([("a", "contact", "2020-05-01"), ("a", "contact", "2020-01-01")], case=[1, 2]))
    assert journeys.start.tolist() == [
        np.datetime64("2020-01-01", "s").astype(int),
        np.datetime64("2020-05-01", "s").astype(int),
    ]
    assert journeys.visit.tolist() == [0, 1]


def test_events_of_one_instant_keep_the_order_of_the_file() -> None:
    rows = [("a", "referral", "2020-01-01"), ("b", "contact", "2020-01-01"), ("a", "contact", "2020-01-01")]
    assert paths(found(log(rows))) == [["referral", "contact"], ["contact"]]


def test_journeys_stand_in_order_of_start_and_children_are_numbered_so() -> None:
    rows = [("late", "contact", "2020-03-01"), ("early", "contact", "2020-01-01"), ("late", "nfa", "2020-03-02")]
    journeys = found(log(rows))
    assert [["late", "early"][c] for c in journeys.log_child] == ["early", "late"]
    assert journeys.child.tolist() == [0, 1]


def test_children_without_events_are_not_numbered() -> None:
    events = EventLog.from_columns([2, 2], ["contact", "nfa"], np.array([0, 1000]), child_ids=["x", "y", "z"])
    assert found(events).log_child.tolist() == [2]


def test_times_are_whole_seconds_rounded_down_also_before_1970() -> None:
    assert found(log([("a", "contact", -1), ("a", "nfa", 1999)])).time.tolist() == [-1, 1]


@pytest.mark.parametrize("block", [1 << 18, 16], ids=["one block", "many blocks"])
@pytest.mark.parametrize("cases", [False, True], ids=["exits divide", "cases divide"])
@pytest.mark.parametrize("exits", [EXITS, NO_EXITS], ids=["with exits", "without exits"])
def test_journeys_are_those_of_the_plain_rules(
    cases: bool, exits: tuple[str, ...], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "BLOCK", block)

    @settings(deadline=None, max_examples=60)
    @given(logs(cases=cases))
    def holds(events: EventLog) -> None:
        journeys, expected = found(events, exits), plain.journeys(events, exits)
        ids = events.child_ids.to_pylist()
        names = [ids[journeys.log_child[c]] for c in journeys.child]
        ends = journeys.begin + journeys.events
        fast = sorted(
            (name, int(visit), path, journeys.time[a:b].tolist())
            for name, visit, path, a, b in zip(
                names, journeys.visit, paths(journeys), journeys.begin, ends, strict=True
            )
        )
        assert fast == sorted((j.child, j.visit, j.path, [t for _, t in j.events]) for j in expected)
        row = journeys.row
        assert sorted(row.tolist()) == list(range(len(events)))
        assert events.time[row].tolist() == sorted_by_journey(events, journeys)
        assert sum(j.visit == 0 for j in expected) == len(journeys.log_child)
        order = list(zip(journeys.start.tolist(), journeys.child.tolist(), journeys.visit.tolist(), strict=True))
        assert order == sorted(order)

    def sorted_by_journey(events: EventLog, journeys: Journeys) -> list[int]:
        runs = np.split(events.time[journeys.row], journeys.begin[1:])
        return [int(t) for run in runs for t in np.sort(run)]

    holds()
