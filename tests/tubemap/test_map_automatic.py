"""The automatic map: any log, at most thirty stations, its main path straight."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.tubemap import automatic, match
from flowmap.tubemap.check import check
from tests.tubemap import maplogs


@pytest.mark.parametrize("name", maplogs.MADE)
def test_an_automatic_map_is_valid_and_knows_every_name(name):
    names, edges, starts = maplogs.MADE[name]
    tube = automatic(names, edges, starts)
    assert check(tube) == []
    assert match(tube, names)[1] == []
    assert len(tube.stations) == min(30, len(names))
    assert tube.exits == ()


def test_the_main_path_is_the_first_line_and_straight():
    names, edges, starts = maplogs.counted(
        (f"{i}", s) for i in range(10) for s in (["a", "b", "c", "d"] if i else ["a", "x", "d"])
    )
    tube = automatic(names, edges, starts)
    assert tube.lines[0].through == ("a", "b", "c", "d")
    rows = {s.id: s.at[1] for s in tube.stations}
    assert len({rows[s] for s in "abcd"}) == 1
    assert rows["x"] != rows["a"]


def test_most_moves_go_from_left_to_right():
    names, edges, starts = maplogs.walk(9, 400, seed=11, back=0.1)
    tube = automatic(names, edges, starts)
    known = match(tube, names)[0]
    column = {s.id: s.at[0] for s in tube.stations}
    forward = sum(n for (a, b), n in edges.items() if column[known[a]] < column[known[b]])
    assert forward > 0.85 * sum(edges.values())


def test_journeys_begin_at_entries():
    tube = automatic(["a", "b", "c"], {("a", "b"): 99, ("b", "c"): 50}, {"a": 99, "c": 1})
    assert [s.id for s in tube.stations if s.entry] == ["a"]


def test_beyond_thirty_names_the_rarest_stand_together_and_are_named():
    names = [f"n{i}" for i in range(40)]
    edges = {(a, b): 100 - i for i, (a, b) in enumerate(zip(names, names[1:], strict=False))}
    tube = automatic(names, edges, {"n0": 200})
    assert len(tube.stations) == 30
    assert tube.merged == tuple(f"n{i}" for i in range(29, 40))
    known, unknown = match(tube, names)
    assert unknown == []
    assert {known[n] for n in tube.merged} == {"other"}
    assert known["n28"] == "n28"
    assert next(s.label for s in tube.stations if s.id == "other") == "Other (11 kinds)"


def test_a_station_that_is_called_other_takes_the_rarest_in():
    names = ["Other", *(f"n{i}" for i in range(35))]
    tube = automatic(names, {("Other", n): 100 - i for i, n in enumerate(names[1:])}, {"Other": 100})
    known, _ = match(tube, names)
    assert len(tube.stations) == 30
    assert known["Other"] == known["n34"] == "other"
    assert "Other" not in tube.merged


def test_thirty_names_are_not_merged():
    assert automatic([f"n{i}" for i in range(30)], {}, {}).merged == ()


def test_spellings_of_one_name_are_one_station():
    tube = automatic(
        ["Blood test", "blood_test", "X-Ray"], {("Blood test", "X-Ray"): 1, ("X-Ray", "blood_test"): 1}, {}
    )
    assert [s.label for s in tube.stations] == ["Blood test", "X-Ray"]
    assert match(tube, ["blood_test"])[0] == {"blood_test": "blood_test"}


def test_a_log_without_events_has_an_empty_map():
    assert automatic([], {}, {}).stations == ()


def test_the_same_log_always_gives_the_same_map():
    names, edges, starts = maplogs.MADE["walk of 30"]
    shuffled = dict(sorted(edges.items(), key=lambda e: e[1]))
    assert automatic(names, edges, starts) == automatic(names, edges, starts)
    assert {s.id for s in automatic(names, shuffled, starts).stations} == {
        s.id for s in automatic(names, edges, starts).stations
    }


names_of_any_kind = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=40, unique=True)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_names_and_moves_give_a_valid_map_that_knows_them_all(data):
    names = data.draw(names_of_any_kind)
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    edges = data.draw(st.dictionaries(pairs, st.integers(0, 1000), max_size=60))
    starts = data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 1000)))
    tube = automatic(names, edges, starts)
    assert check(tube) == []
    known, unknown = match(tube, names)
    assert unknown == []
    assert set(known.values()) <= {s.id for s in tube.stations}
    assert len(tube.stations) <= 30
    assert len({s.label for s in tube.stations}) == len(tube.stations)
