"""What is written as the daily feed is valid against the Department's schema and comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pytest
from hypothesis import given, settings

from flowmap.casework.kinds import Casework, empty
from flowmap.eventlog import SourceError
from flowmap.export import dfe_api as written
from flowmap.sources import ReadOptions, dfe_api
from flowmap.sources.head import look
from flowmap.sources.options import silent
from tests import caserecords
from tests.caserecords import assert_carried, day, made, records

# What docs/formats/dfe-daily-feed.md says is lost; ids are made anew for all but cases.
LINKS = ("ref", "referral", "team")
LOST = {
    "referral": ("need", "nfa_date", "team"),
    "assessment": (*LINKS, "support"),
    "s47": LINKS,
    "icpc": (*LINKS, "plan"),
    "cin_plan": LINKS,
    "cp_plan": (*LINKS, "category", "latest_category", "previous"),
    "care": (*LINKS, "need"),
    "adoption": ("ref", "placement_order", "order", "reversed"),
}
PERSON = ["family", "died", "care_leaver"]
CARRIED = ["person", *LOST]


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> dict[str, Any]:
    described = json.loads((shared_data / "dfe_api" / "openapi.json").read_text("utf-8"))
    found: dict[str, Any] = described["components"]["schemas"]["CSC"]
    return found


def read(path: Path) -> Casework:
    head = look(path)
    assert dfe_api.sniff(head)
    found = dfe_api.records(head, ReadOptions(), silent)
    assert found.report.rows_kept + found.report.rows_dropped == found.report.rows_read
    return found


@settings(max_examples=8, deadline=None)
@given(tables=caserecords.tables(CARRIED))
def test_round_trip(
    schema: dict[str, Any], tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    [path] = written.write(tables, folder, 0)
    content = json.loads(path.read_text("utf-8"))
    jsonschema.validate(content, schema)
    if content:
        back = read(path)
        assert_carried(tables, back.tables, LOST)
        known = [row for row in records(tables["person"], PERSON) if set(row[1:]) != {None}]
        person = back.tables.get("person", empty("person"))
        assert records(person, PERSON) == known


def test_placements_are_the_episodes_of_a_period(schema: dict[str, Any], tmp_path: Path) -> None:
    tables = {
        "care": made("care", child=["A"], start=day("2023-04-01"), end=day("2023-08-01"), reason="E4A"),
        "placement": made(
            "placement",
            child=["A", "A"],
            start=[day("2023-04-01"), day("2023-06-01")],
            end=[day("2023-06-01"), day("2023-08-01")],
            type=["U1", "K2"],
        ),
    }
    [path] = written.write(tables, tmp_path, 0)
    content = json.loads(path.read_text("utf-8"))
    jsonschema.validate(content, schema)
    places = content[0]["social_care_episodes"][0]["child_looked_after_placements"]
    assert [(p["start_reason"], p["end_reason"], p["placement_type"]) for p in places] == [
        ("S", "X1", "U1"),
        ("P", "E4A", "K2"),
    ]
    back = read(path).tables
    assert records(back["care"], ["ref", "referral"]) == records(tables["care"], ["ref", "referral"])
    assert records(back["placement"], ["ref"]) == records(tables["placement"], ["ref"])


def test_many_children_are_a_record_a_line(schema: dict[str, Any], tmp_path: Path) -> None:
    children = [f"C{i}" for i in range(150)]
    tables = {"referral": made("referral", child=children, date=day("2024-01-02"), ref=[f"r{i}" for i in range(150)])}
    [path] = written.write(tables, tmp_path, 0)
    lines = path.read_text("utf-8").splitlines()
    assert (path.suffix, len(lines)) == (".jsonl", 150)
    jsonschema.validate([json.loads(line) for line in lines[:100]], schema)
    assert sorted(read(path).tables["referral"].column("child").to_pylist()) == sorted(children)


def test_identifiers_are_made_to_fit_or_refused(schema: dict[str, Any], tmp_path: Path) -> None:
    fits = {"referral": made("referral", child=["C-1", "C-2"], date=day("2024-01-02"))}
    [path] = written.write(fits, tmp_path, 0)
    content = json.loads(path.read_text("utf-8"))
    jsonschema.validate(content, schema)
    assert [each["la_child_id"] for each in content] == ["C1", "C2"]
    with pytest.raises(SourceError, match="do not fit"):
        written.write({"referral": made("referral", child=["C-1", "C1"], date=day("2024-01-02"))}, tmp_path, 0)
