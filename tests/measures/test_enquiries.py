"""Section 17 against section 47: how many, how many working days, what each led to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.eventlog import OptionError
from flowmap.measures.enquiries import enquiries, rows
from tests.logs import built, log
from tests.measures.social import between, everyone, social

WORK = [
    ("a", "referral", "2024-01-08"),
    ("a", "assessment", "2024-01-08"),  # a Monday
    ("a", "nfa", "2024-01-22"),  # ten working days
    ("b", "referral", "2024-01-08"),
    ("b", "assessment", "2024-01-08"),
    ("b", "strategy", "2024-01-10"),  # two
    ("b", "s47", "2024-01-10"),
    ("b", "icpc", "2024-01-17"),  # five
    ("b", "cp", "2024-01-17"),
    ("c", "referral", "2024-01-26"),
    ("c", "assessment", "2024-01-26"),  # still open on the last day: three so far
    ("z", "contact", "2024-01-31"),
]


def test_volumes_working_days_and_what_each_led_to(tmp_path: Path) -> None:
    data = social(WORK, tmp_path)
    found = enquiries(data, everyone(data)).to_json(data)
    first, second = found["section_17"], found["section_47"]
    assert (first["spells"], first["completed"], first["open"]) == (3, 2, 1)
    spent = first["working_days_spent"]
    assert {name: spent[name] for name in ("count", "of", "share")} == {"count": 15, "of": 20, "share": 0.75}
    # Of the three children 10 of 10, 2 of 7 and 3 of 3 days, so 2.5, -3.25 and 0.75 off three quarters: squares 17.375.
    assert spent["low"] == pytest.approx(0.75 - 1.959964 * (17.375 * 3 / 2) ** 0.5 / 20, abs=1e-6)
    assert spent["high"] == 1  # never beyond all of it
    assert [(one["id"], one["count"], one["of"]) for one in first["led_to"]] == [("strategy", 1, 2), ("nfa", 1, 2)]
    assert [(one["id"], one["count"]) for one in first["plans"]] == [("cin", 0), ("cp", 1)]
    assert (second["spells"], second["working_days"]["median"], second["working_days_spent"]["count"]) == (1, 5, 5)
    assert [(one["id"], one["count"]) for one in second["led_to"]] == [("icpc", 1)]
    assert found["sentence"] == (
        "3 section 17 assessments took 15 working days, 75% of both together; 1 section 47 enquiries took 5."
    )
    assert {row["figure"] for row in rows(found)} >= {"spells", "working_days_spent", "led_to", "plans"}


def test_a_period_without_work_has_none(tmp_path: Path) -> None:
    data = social(WORK, tmp_path)
    found = enquiries(data, everyone(data), between(data, "2023-01-01", "2023-02-01")).to_json(data)
    assert found["sentence"] == ""
    assert found["section_47"]["working_days_spent"] == {
        "count": 0, "of": 0, "share": None, "low": None, "high": None,
    }  # fmt: skip


def test_a_map_with_one_of_them_says_so_and_one_with_neither_refuses(tmp_path: Path) -> None:
    data = built(log([("a", "assessment", "2024-01-01"), ("a", "nfa", "2024-01-05")]), tmp_path)
    found = enquiries(data, everyone(data))
    assert found.sides["section_47"] is None
    assert found.to_json(data)["section_47"] is None
    assert enquiries(data, everyone(data), roles={"s47": "contact"}).sides["section_47"] is not None
    with pytest.raises(OptionError, match="no station"):
        enquiries(data, everyone(data), roles={"s47": "moon"})
