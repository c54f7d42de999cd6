"""Decisions that are no further action, by earlier referrals, station and facet."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.dataset import Dataset
from flowmap.eventlog import OptionError
from flowmap.measures.nfa import Nfa, nfa, rows
from tests.logs import built, log
from tests.measures.social import between, everyone, social


def assessed(child: str, month: str, end: str) -> list[tuple[str, str, str]]:
    return [
        (child, "referral", f"{month}-01"),
        (child, "assessment", f"{month}-02"),
        (child, end, f"{month}-20"),
    ]


DECIDED = [
    *assessed("a", "2020-01", "nfa"),  # too little look-back
    *assessed("a", "2021-02", "nfa"),  # one earlier in 36 months
    *assessed("a", "2023-03", "nfa"),  # 2021-02 only: January 2020 is more than 36 months before
    *assessed("b", "2023-01", "closed"),  # none
    *assessed("c", "2022-12", "closed"),  # too little look-back by a month
    *assessed("c", "2023-02", "closed"),  # one
    *assessed("c", "2023-04", "nfa"),  # two
    *assessed("c", "2023-06", "nfa"),  # three
    *assessed("c", "2023-08", "nfa"),  # four
    ("d", "assessment", "2023-05-01"),  # never referred, one decided
    ("d", "nfa", "2023-05-05"),
    ("e", "referral", "2023-07-01"),
    ("e", "assessment", "2023-07-02"),  # undecided
    ("z", "contact", "2023-12-31"),
]


def ask(data: Dataset, **more: object) -> Nfa:
    return nfa(data, everyone(data), **more)  # type: ignore[arg-type]


def test_assessments_that_end_in_nfa_by_earlier_referrals(tmp_path: Path) -> None:
    data = social(DECIDED, tmp_path)
    found = ask(data)
    assert (found.overall.count, found.overall.of, found.undecided) == (7, 10, 1)
    assert [(s.count, s.of) for s in found.earlier] == [(1, 2), (1, 2), (1, 1), (2, 2)]
    assert found.left_out == 3  # a's first two and c's first
    assert found.trend is not None
    assert found.trend.z > 0
    assert [e["earlier"] for e in found.to_json(data)["earlier"]] == ["0", "1", "2", "3+"]
    assert found.to_json(data)["sentence"] == (
        "Child and family assessment: 50.0% (1 of 2) ended in no further action where the child had not been referred"
        " in the 36 months before, 100.0% (2 of 2) where it had been 3 or more times."
    )
    assert {row["figure"] for row in rows(found.to_json(data))} == {"overall", "earlier", "point"}


def test_a_shorter_look_back_leaves_fewer_out_and_counts_fewer_referrals(tmp_path: Path) -> None:
    found = ask(social(DECIDED, tmp_path), lookback=3)
    assert [(s.count, s.of) for s in found.earlier] == [(3, 5), (3, 4), (0, 0), (0, 0)]
    assert found.left_out == 1


def test_a_decision_counts_in_the_period_in_which_it_was_made(tmp_path: Path) -> None:
    data = social(DECIDED, tmp_path)
    found = ask(data, within=between(data, "2023-02-20", "2023-03-20"))
    assert (found.overall.count, found.overall.of) == (0, 1)  # c's on 20 February; a's of 20 March is too late


def test_each_decision_point_has_its_share(tmp_path: Path) -> None:
    rows_ = [
        ("a", "contact", "2023-01-01"),
        ("a", "nfa", "2023-01-02"),
        ("b", "contact", "2023-01-01"),
        ("b", "referral", "2023-01-01"),
        ("b", "strategy", "2023-01-01"),
        ("b", "s47", "2023-01-02"),
        ("b", "nfa", "2023-01-09"),
        ("z", "contact", "2023-02-01"),
    ]
    data = social(rows_, tmp_path, attributes={"source": ["police"] * 2 + ["school"] * 5 + [None]})
    points = {data.stations[row].id: (s.count, s.of) for row, s in ask(data).points}
    assert points == {
        "contact": (1, 2), "referral": (0, 1), "assessment": (0, 0), "strategy": (0, 1), "s47": (1, 1), "icpc": (0, 0),
    }  # fmt: skip
    found = ask(data, at="contact", by="source").to_json(data)
    assert {g["value"]: (g["count"], g["of"]) for g in found["groups"]} == {"school": (0, 1), "police": (1, 1)}


def test_a_station_by_another_name_plays_its_part_when_said(tmp_path: Path) -> None:
    data = built(log([("a", "contact", "2023-01-01"), ("a", "closed", "2023-01-05")]), tmp_path)
    assert ask(data, at="contact").overall.count == 0
    assert ask(data, at="contact", roles={"nfa": "closed"}).overall.count == 1
    with pytest.raises(OptionError, match="s47"):
        ask(data, at="s47")
    with pytest.raises(OptionError, match="exit"):
        ask(data, at="closed")
    with pytest.raises(OptionError, match="months"):
        ask(data, lookback=0)
    with pytest.raises(OptionError, match="no day"):
        ask(data, within=between(data, "2023-02-01", "2023-02-01"))


def test_of_nobody_nothing_is_said(tmp_path: Path) -> None:
    data = social(DECIDED, tmp_path)
    found = nfa(data, ~everyone(data)).to_json(data)
    assert found["overall"]["share"] is None
    assert found["trend"] is None
    assert found["sentence"] == ""
