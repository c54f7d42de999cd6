"""What is drawn on the map, worked by hand, and what is too few to be drawn."""

from __future__ import annotations

import pytest

from flowmap.eventlog import EventLog
from synthetic.fidelity import together
from synthetic.report import OnMap, on_map
from synthetic.report.figures import durations


def log(*ways: tuple[int, str]) -> EventLog:
    """So many children of each way, two days from each station to the next: (3, "abc") are three children a → b → c."""
    child, station, time = [], [], []
    for number, (children, way) in enumerate(ways):
        for one in range(children):
            child += [f"{number}-{one}"] * len(way)
            station += list(way)
            time += [f"2020-01-{1 + 2 * step:02}T12:00" for step in range(len(way))]
    return EventLog.from_columns(child, station, time)


def drawn(real: EventLog, made: EventLog, k: int = 10, places: dict[str, str] | None = None) -> OnMap:
    one, two = together(real, made, exits=["x"])
    return on_map(one, two, k, "A map", "", places or {})


def moves(found: OnMap) -> dict[str, tuple[float | None, float | None]]:
    return {row.start + row.end: row.per_hundred for row in found.moves}


def test_moves_are_counted_in_a_hundred_journeys_of_either_log():
    found = drawn(log((30, "ax"), (10, "abx")), log((20, "ax"), (60, "abx")))
    assert moves(found) == {"ax": (75.0, 25.0), "ab": (25.0, 75.0), "bx": (25.0, 75.0)}


def test_a_move_that_fewer_than_k_children_made_is_hidden_on_its_side_alone():
    found = drawn(log((31, "ax"), (9, "abx")), log((30, "ax"), (10, "abx")))
    assert moves(found) == {"ax": (75.0, 75.0), "ab": (None, 25.0), "bx": (None, 25.0)}


def test_one_child_who_moves_often_is_still_one_child():
    found = drawn(log((20, "ax"), (2, "ababababababx")), log((20, "ax"), (20, "abx")))
    assert moves(found)["ab"] == (None, 50.0)


def test_a_curve_of_durations_of_few_children_is_not_drawn():
    """Nine children make the move 54 times, ten children 60 times."""
    many = log((10, "ababababababx"))
    for real, titles in ((log((9, "ababababababx")), []), (many, ["a → b", "b → a"])):
        one, two = together(real, many, exits=["x"])
        assert [plot.title for plot in durations(one, two, 10)] == titles


def test_moves_are_rounded_to_five_so_that_a_hidden_one_is_not_the_rest():
    """Of 52 from a, 43 go to x (45 to the nearest five, of 52 journeys) and 9, who are hidden, to b."""
    assert moves(drawn(log((43, "ax"), (9, "abx")), log((52, "ax"))))["ax"][0] == pytest.approx(86.5)


def test_a_wait_of_few_is_hidden_where_many_arrive_and_few_go_on():
    found = drawn(log((30, "a"), (9, "ax")), log((20, "a"), (19, "ax")))
    a = next(row for row in found.places if row.place == "a")
    assert a.reach == (1.0, 1.0)
    assert a.wait == (None, 2.0)


def test_events_that_mean_one_place_are_one_place_and_journeys_stay_as_they_are():
    found = drawn(log((20, "abx")), log((20, "abx")), places={"a": "desk", "b": "desk", "x": "out"})
    assert moves(found) == {"deskdesk": (100.0, 100.0), "deskout": (100.0, 100.0)}
    assert {row.place: row.reach for row in found.places} == {"desk": (1.0, 1.0), "out": (1.0, 1.0)}


def test_the_way_back_is_the_share_of_journeys_that_are_not_the_first():
    """Twenty children with one journey and twenty with two are sixty journeys, of which twenty are second ones."""
    found = drawn(log((20, "ax"), (20, "axax")), log((55, "ax"), (5, "axax")))
    assert found.back == (33.3, None)
