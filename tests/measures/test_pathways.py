"""Ways through, patterns, repeat without escalation and the Sankey: worked by hand, and beside a plain search."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.child import child
from flowmap.measures.pathways import pathways, returning, search
from flowmap.measures.sankey import sankey
from tests.logs import PLACES, built, dataset_of, log, logs

ROWS = [
    # a: contact NFA; contact NFA; contact, referral, assessment NFA: the sector's C -> C -> R -> AS
    ("a", "contact", "2024-01-01T09"),
    ("a", "nfa", "2024-01-02T09"),
    ("a", "contact", "2024-02-01T09"),
    ("a", "referral", "2024-02-01T10"),
    ("a", "assessment", "2024-02-02T09"),
    ("a", "nfa", "2024-03-01T09"),
    # b: two assessments, one directly after the other, closed
    ("b", "contact", "2024-01-03T09"),
    ("b", "assessment", "2024-01-04T09"),
    ("b", "assessment", "2024-01-14T09"),
    ("b", "closed", "2024-01-23T09"),
    # c: assessment once, closed
    ("c", "contact", "2024-01-05T09"),
    ("c", "assessment", "2024-01-06T09"),
    ("c", "closed", "2024-01-15T09"),
    # d: open, after a contact
    ("d", "contact", "2024-03-02T09"),
]


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    return built(log(ROWS), tmp_path)


def everyone(data: Dataset) -> np.ndarray:
    return np.ones(len(data.journeys), dtype=bool)


def paths(data: Dataset, **options: object) -> dict[str, int]:
    return {r["path"]: r["count"] for r in pathways(data, everyone(data), **options).rows(data)}  # type: ignore[arg-type]


def test_repeats_are_merged_unless_asked_otherwise(small: Dataset) -> None:
    assert paths(small) == {
        "contact > assessment > closed": 2,
        "contact > nfa": 1,
        "contact > referral > assessment > nfa": 1,
        "contact": 1,
    }
    assert paths(small, merge="none")["contact > assessment > assessment > closed"] == 1
    assert paths(small, groups={"referral": ["referral", "assessment"]})["contact > referral > nfa"] == 1
    assert paths(small, since=seconds("2024-02-01"), until=seconds("2024-03-01")) == {
        "contact > referral > assessment > nfa": 1
    }
    found = pathways(small, everyone(small), most=1)
    assert (found.journeys, found.distinct, found.rest, found.ways[0].children) == (5, 4, 3, 2)
    assert found.ways[0].median_days == 15  # 20 and 10 days
    assert pathways(small, ~everyone(small)).to_json(small)["ways"] == []


def test_first_visits_keep_each_station_once(tmp_path: Path) -> None:
    rows = [("a", s, f"2024-01-0{n + 1}") for n, s in enumerate(("contact", "referral", "contact", "assessment"))]
    data = built(log(rows), tmp_path)
    assert paths(data, merge="first visits") == {"contact > referral > assessment": 1}


@pytest.mark.parametrize(
    ("text", "scope", "count", "of"),
    [
        ("C -> C -> R -> AS", "child", 0, 4),  # a has contact, contact, referral, …: see the next
        ("contact > contact > referral > assessment", "child", 1, 4),
        ("contact > nfa > contact", "child", 1, 4),  # an exit that is named is not passed over
        ("contact > * > nfa", "journey", 2, 5),
        ("contact > assessment", "journey", 2, 5),
        ("assessment > assessment", "journey", 1, 5),
        ("^assessment", "journey", 0, 5),
        ("^contact$", "journey", 1, 5),
        ("^contact > * > closed$", "journey", 2, 5),
        ("contact > ? > closed", "journey", 1, 5),
        ("referral|assessment > nfa|closed", "journey", 3, 5),
        ("No further action", "journey", 2, 5),
    ],
)
def test_a_pattern_finds_who_holds_it(small: Dataset, text: str, scope: str, count: int, of: int) -> None:
    if text.startswith("C ->"):
        count = 1  # abbreviations mean the same stations
    found = search(small, everyone(small), text, scope)  # type: ignore[arg-type]
    assert (found.share.count, found.share.of) == (count, of)


def test_a_search_says_how_long_and_in_which_journeys(small: Dataset) -> None:
    found = search(small, everyone(small), "C > C > R > AS", "child")
    assert found.median_days == 32  # 1 January to 2 February
    assert found.journeys.tolist() == [0, 3]  # both of a's, in order of start among all
    assert found.children == 1
    assert search(small, everyone(small), "closed > contact").median_days is None


@pytest.mark.parametrize("text", ["", "> >", "*", "moon", "contact > " * 100])
def test_a_pattern_that_cannot_be_read_says_what_to_write(small: Dataset, text: str) -> None:
    with pytest.raises(OptionError) as error:
        search(small, everyone(small), text)
    assert error.value.remedy


PIECES = st.sampled_from(["contact", "referral", "assessment", "nfa", "closed", "*", "?", "contact|referral"])


def plainly(text: list[str], start: bool, end: bool, path: list[str]) -> bool:
    """The same by regular expressions, a letter a station."""
    letters = dict(zip(PLACES, "abcde", strict=True))
    said = "".join({"*": ".*", "?": "."}.get(t) or "[" + "".join(letters[s] for s in t.split("|")) + "]" for t in text)
    wanted = ("^" if start else "") + said + ("$" if end else "")
    return re.search(wanted, "".join(letters[s] for s in path)) is not None


@settings(max_examples=25, deadline=None)
@given(logs(), st.lists(PIECES, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_a_pattern_finds_what_a_regular_expression_finds(
    events: EventLog, text: list[str], start: bool, end: bool
) -> None:
    if all(t in "*?" for t in text):
        return
    with dataset_of(events) as data:
        everybody = [j for c in range(len(data.pseudonyms)) for j in child(data, c).journeys]
        expected = {
            j.journey for j in everybody if plainly(text, start, end, [data.stations[s].id for s, _ in j.events])
        }
        said = ("^" if start else "") + " > ".join(text) + ("$" if end else "")
        found = search(data, everyone(data), said)
        assert found.share.count == len(expected)
        assert set(found.journeys.tolist()) == expected


def test_repeat_without_escalation_counts_children_over_all_their_journeys(tmp_path: Path) -> None:
    rows = []
    for name, times in (("a", 3), ("b", 3), ("c", 2), ("d", 4)):
        for n in range(times):
            rows += [(name, "referral", f"2024-0{n + 1}-01"), (name, "nfa", f"2024-0{n + 1}-05")]
    rows[10:10] = [("b", "assessment", "2024-03-02")]
    data = built(log(rows), tmp_path)
    found = returning(data, everyone(data), further=("assessment",))
    assert [(r["referrals"], r["count"], r["of"]) for r in found.rows()] == [
        ("1", 0, 0),
        ("2", 1, 1),
        ("3 or more", 2, 3),  # a and d; b was assessed
    ]
    assert len(found.children) == 2
    assert returning(data, everyone(data), least=2, further=("assessment",)).asked.of == 4
    with pytest.raises(OptionError, match="none of the stations"):
        returning(data, everyone(data), further=("moon",))


def test_a_sankey_by_hand(small: Dataset) -> None:
    found = sankey(small, everyone(small), steps=3, rarest=0)
    assert [(r["step"], r["from"], r["to"], r["count"]) for r in found.rows()] == [
        (0, "contact", "assessment", 2),
        (0, "contact", "referral", 1),
        (0, "contact", "nfa", 1),
        (0, "contact", "still open", 1),
        (1, "assessment", "closed", 2),
        (1, "referral", "assessment", 1),
    ]
    assert found.beyond == 1  # a's second journey has a fourth event
    assert found.note == "No way is merged."


def test_rare_places_are_merged_and_said_so(small: Dataset) -> None:
    found = sankey(small, everyone(small), steps=3, rarest=0.3)
    assert ("other", 2) in [(n.id, n.count) for n in found.nodes if n.step == 1]
    assert found.merged[:2] == ((1, "referral", 1), (1, "nfa", 1))
    assert "told as “other”" in found.note


def test_a_sankey_between_stages_leaves_out_who_touches_none(small: Dataset) -> None:
    found = sankey(small, everyone(small), stages=["assessment"], steps=2)
    assert {(r["from"], r["to"]): r["count"] for r in found.rows()} == {
        ("assessment", "closed"): 2,
        ("assessment", "nfa"): 1,
    }
    assert found.journeys == 3
    with pytest.raises(OptionError):
        sankey(small, everyone(small), steps=1)


@settings(max_examples=15, deadline=None)
@given(logs())
def test_what_flows_into_a_node_flows_out_or_ends_there(events: EventLog) -> None:
    with dataset_of(events) as data:
        found = sankey(data, everyone(data), steps=4, rarest=0.1)
        ends = {p.id for p in data.stations if p.kind == "exit"} | {"still open", "no further", "other"}
        for row, node in enumerate(found.nodes):
            into = sum(link.count for link in found.links if link.target == row)
            out = sum(link.count for link in found.links if link.source == row)
            assert node.step == 0 or into == node.count
            assert out == node.count or (out < node.count and (node.step == 3 or node.id in ends))
        assert sum(n.count for n in found.nodes if n.step == 0) == found.journeys == len(data.journeys)
