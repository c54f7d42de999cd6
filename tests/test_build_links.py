"""A build that links care proceedings to children by name: what it writes, and what a person decides."""

from __future__ import annotations

import csv
import json
import stat
import sys
from pathlib import Path

import pytest

from flowmap.build import build
from flowmap.linkage.decisions import beside

ROSTER = """Child ID,Surname,Forename,Date of birth
101,Abernathy,Nora,03/05/2015
102,Quillfeather,Una,04/06/2016
103,Quillfeather,Uma,04/06/2016
"""
LEGAL = """Surname,Initials,Date of birth,Date of application,Date of final order,Order made
Abernathy,N,03/05/2015,10/01/2020,20/08/2020,Care order
Quillfeather,U,04/06/2016,12/02/2020,21/09/2020,Supervision order
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A legal department's file with two children, and a roster on which two children fit the second."""
    roster, legal = tmp_path / "children.csv", tmp_path / "legal.csv"
    roster.write_text(ROSTER)
    legal.write_text(LEGAL)
    return [roster, legal]


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_match_report_is_in_the_dataset_and_open_rows_beside_it_for_their_owner_only(files, tmp_path):
    said: list[str] = []
    data = build(files, tmp_path / "d", say=said.append)
    match = json.loads((data.path / "match.json").read_text(encoding="utf-8"))
    assert (match["rows"], match["linked"], match["rate"]) == (2, 1, 0.5)
    assert any("1 row of proceedings is for you to decide: see d.links.csv" in line for line in said)
    path = beside(data.path)
    (row,) = lines(path)
    assert {"102", "103"} <= set(row["candidates"].replace(",", " ").replace(";", " ").split())
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_decision_is_used_by_the_next_build(files, tmp_path):
    path = beside(build(files, tmp_path / "d").path)
    (row,) = lines(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row | {"decision": "103"})
    again = build(files, tmp_path / "d")
    match = json.loads((again.path / "match.json").read_text(encoding="utf-8"))
    assert (match["rows"], match["linked"]) == (2, 2)
    assert again.meta["counts"]["children"] == 2
    assert lines(path)[0]["decision"] == "103"


def test_no_name_or_date_of_birth_of_the_legal_file_reaches_the_dataset(files, tmp_path):
    data = build(files, tmp_path / "d")
    held = b"".join(path.read_bytes() for path in data.path.iterdir())
    assert not [word for word in ("Abernathy", "Quillfeather", "Nora", "2015-05-03") if word.encode() in held]
