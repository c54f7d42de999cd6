"""Annex A written from case records: read back it says the same, and its derived columns are what Ofsted asks for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flowmap.casework.kinds import KINDS, Casework, table
from flowmap.casework.stack import stack
from flowmap.export.annex_a import write
from flowmap.sources import ReadOptions, annex_a
from flowmap.sources.head import look
from flowmap.sources.options import silent

# What the format does not carry (docs/formats/annex-a.md).
LOST = {
    "contact": {"outcome", "team", "ref"},
    "early_help": {"reason", "ref"},
    "referral": {"nfa_date", "ref"},
    "assessment": {"ref", "referral"},
    "strategy": {"ref", "referral"},
    "s47": {"end", "ref", "referral"},
    "icpc": {"ref", "referral"},
    "cp_plan": {"ref", "referral"},
    "care": {"ref", "referral"},
    "legal_status": {"end", "ref"},
    "placement": {"end", "ref"},
    "adoption": {"ref"},
    "person": {"died"},
}
AS_OF = dt.datetime(2024, 3, 31)


def ms(day: dt.datetime) -> int:
    return int(day.replace(tzinfo=dt.UTC).timestamp() * 1000)


def day(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%d/%m/%Y")


def made(**records: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """Tables from records; dates as 31/12/2023."""
    tables = {}
    for kind, rows in records.items():
        times = {f.name for f in KINDS[kind].fields if f.type == "time"}
        columns: dict[str, list[Any]] = {"row": list(range(1, len(rows) + 1))}
        for name in {key for row in rows for key in row}:
            values = [row.get(name) for row in rows]
            columns[name] = [day(v) if isinstance(v, str) and name in times else v for v in values]
        tables[kind] = table(kind, columns)
    return tables


def said(tables: dict[str, pa.Table]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """(kind, child, day) -> the facts that the format carries and that are known."""
    found = {}
    for kind, rows in tables.items():
        when = KINDS[kind].when
        for row in rows.to_pylist():
            facts = {f.name: row[f.name] for f in KINDS[kind].fields if f.name not in LOST[kind]}
            key = (kind, row["child"], None if when is None else row[when])
            assert key not in found
            found[key] = {name: value for name, value in facts.items() if value is not None}
    return found


def read(paths: list[Path]) -> list[Casework]:
    return [annex_a.records(look(path), ReadOptions(), silent) for path in paths]


def cells(path: Path, number: int) -> list[dict[str, Any]]:
    """The rows of a list by header, read with another library than the reader's."""
    rows = list(openpyxl.load_workbook(path)[f"List_{number}"].iter_rows(values_only=True))
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


@pytest.fixture
def tables() -> dict[str, pa.Table]:
    """Three children and an unborn one, over a year and a half, with a record of every kind."""
    return made(
        person=[
            {"child": "A", "birth": "15/06/2010", "sex": "F", "ethnicity": "WBRI", "disability": True},
            {
                "child": "B",
                "birth": "01/04/2006",
                "sex": "M",
                "ethnicity": "BAFR",
                "care_leaver": "relevant child",
                "uasc": True,
            },
            {"child": "C", "sex": "U", "ethnicity": "NOBT", "disability": False},
            {"child": "D", "birth": "20/05/2024", "sex": "U", "family": "9"},
        ],
        contact=[
            {"child": "A", "date": "03/10/2022", "source": "6"},
            {"child": "A", "date": "01/02/2024", "source": "2A"},
            {"child": "C", "date": "31/03/2024", "source": "10"},
        ],
        early_help=[
            {"child": "C", "start": "01/11/2022", "end": "15/05/2023", "team": "Oak School"},
            {"child": "D", "start": "02/01/2024"},
        ],
        referral=[
            {"child": "A", "date": "03/10/2022", "source": "6", "nfa": True, "team": "Front door"},
            {"child": "A", "date": "04/04/2023", "source": "2A", "nfa": True, "team": "Front door"},
            {
                **{
                    "child": "A",
                    "date": "02/10/2023",
                    "source": "3B",
                    "nfa": False,
                    "team": "Front door",
                    "need": "N1",
                },
                **{"closed": "20/03/2024", "reason": "RC7"},
            },
            {"child": "B", "date": "10/10/2022", "source": "1A", "nfa": False, "need": "N5", "team": "East"},
            {"child": "C", "date": "30/03/2024", "source": "8", "nfa": False, "need": "N4", "team": "West"},
        ],
        assessment=[
            {"child": "A", "start": "03/10/2023", "authorised": "01/12/2023", "support": True, "team": "East"},
            {"child": "C", "start": "30/03/2024", "team": "West"},
        ],
        strategy=[{"child": "A", "date": "05/09/2023", "team": "East"}, {"child": "B", "date": "11/10/2022"}],
        s47=[
            {"child": "A", "start": "05/09/2023", "conference": True, "team": "East"},
            {"child": "B", "start": "11/10/2022", "conference": False},
        ],
        icpc=[
            {"child": "A", "date": "06/10/2023", "plan": True, "team": "East"},
            {"child": "C", "date": "07/11/2023", "plan": False},
        ],
        cp_plan=[
            {
                **{"child": "A", "start": "06/10/2023", "end": "01/03/2024", "category": "NEG", "previous": 1},
                **{"latest_category": "EMO", "team": "East"},
            },
            {"child": "C", "start": "05/05/2022", "category": "MUL", "previous": 0},
        ],
        care=[
            {"child": "B", "start": "01/12/2022", "end": "01/02/2024", "reason": "E5", "need": "N1", "team": "LAC 1"}
        ],
        legal_status=[
            {"child": "B", "start": "01/12/2022", "end": "01/06/2023", "status": "C1"},
            {"child": "B", "start": "01/06/2023", "end": "01/02/2024", "status": "C2"},
        ],
        placement=[{"child": "B", "start": "01/12/2022", "end": "01/02/2024", "type": "U4", "provider": "PR1"}],
        adoption=[
            {"child": "D", "decision": "01/02/2024"},
            {
                **{"child": "C", "decision": "01/02/2022", "placement_order": "01/05/2022", "placed": "01/06/2022"},
                "order": "01/04/2023",
            },
        ],
    )


def test_what_is_written_and_read_and_stacked_is_what_was_there(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    paths = write(tables, tmp_path, ms(AS_OF))
    assert [p.name for p in paths] == [
        f"annex_a_{d}.xlsx" for d in ("2022-03-31", "2022-09-30", "2023-03-31", "2023-09-30", "2024-03-31")
    ]
    stacked, report = stack(read(paths))
    assert said(stacked) == said(tables)
    assert {p.rule for p in report.problems if p.action == "dropped"} <= {"same-record-again"}


def test_a_csv_set_says_the_same_as_the_workbook(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    paths = write(tables, tmp_path, ms(AS_OF), form="csv")
    assert len(paths) == 5 * 11
    stacked, _ = stack(read(paths))
    assert said(stacked) == said(tables)


def test_layout_is_ofsteds(tables: dict[str, pa.Table], tmp_path: Path, shared_data: Path) -> None:
    template = openpyxl.load_workbook(shared_data / "annex_a" / "ofsted_template_2019.xlsx")
    path = write({"contact": tables["contact"].slice(2)}, tmp_path, ms(AS_OF))[-1]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [f"List_{n}" for n in range(1, 12)]
    for sheet in book:
        theirs = list(template[sheet.title].iter_rows(max_row=2, values_only=True))
        assert list(sheet.iter_rows(max_row=2, values_only=True)) == theirs


def test_codes_and_derived_columns(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    *_, before, last = write(tables, tmp_path, ms(AS_OF))
    ages = {row["Child Unique ID"]: row["Age of Child (Years)"] for n in (2, 3, 8, 10) for row in cells(last, n)}
    assert ages == {"A": 13, "B": 17, "C": None, "D": -1}  # B is 18 tomorrow, D is not born
    contacts = cells(last, 1)
    assert [row["Contact Source"] for row in contacts] == ["e) 2A: Schools", "u) 10: Unknown"]
    assert contacts[0]["Gender"] == "b) Female"
    assert contacts[0]["Date of Contact"] == dt.datetime(2024, 2, 1)
    # A: referred on 3 October 2022, 4 April and 2 October 2023: two in the twelve months before the last.
    assert [(r["Child Unique ID"], r["Number of Referrals in Last 12 Months"]) for r in cells(last, 3)] == [
        ("A", 2),
        ("C", 0),
    ]
    assert [row["Case status"] for row in cells(last, 6)] == [
        "e) Closed episode",
        "c) Child in need plan",
        "b) Child Protection plan",
    ]
    enquiry = cells(last, 5)[0]
    assert enquiry["Was an Initial Child Protection Conference deemed unnecessary?"] == "b) No"
    assert enquiry["Number of ICPCs in the last 12 months"] == 0
    care = cells(last, 8)[0]
    assert care["Child's Legal Status"] == "C2: FCO"
    assert care["Placement Type"] == "d) U4: Foster placement - long term"
    assert care["Allocated Worker"].startswith("Worker ")
    assert cells(before, 8)[0]["Date Ceased to be Looked After "] is None  # not known in September
    assert cells(before, 8)[0]["Reason Ceased to be Looked After"] is None


def test_referrals_in_the_last_twelve_months_count_from_the_latest_one(tmp_path: Path) -> None:
    days = ["02/10/2022", "03/10/2022", "04/04/2023", "03/10/2023"]
    referrals = [{"child": "A", "date": d, "nfa": True} for d in days]
    last = write(made(referral=referrals), tmp_path, ms(AS_OF))[-1]
    assert [row["Number of Referrals in Last 12 Months"] for row in cells(last, 3)] == [2]  # 3 October 2022 and 4 April


def test_a_list_of_one_row_a_child_has_the_latest(tmp_path: Path) -> None:
    plans = [
        {"child": "A", "start": "01/11/2023", "end": "01/12/2023"},
        {"child": "A", "start": "01/01/2024"},
    ]
    last = write(made(cp_plan=plans), tmp_path, ms(AS_OF))[-1]
    rows = cells(last, 7)
    assert [row["Child Protection Plan Start Date"] for row in rows] == [dt.datetime(2024, 1, 1)]
    assert rows[0]["Number of Previous Child Protection Plans"] == 1  # counted where nobody says


def test_no_records_are_one_empty_workbook(tmp_path: Path) -> None:
    paths = write({}, tmp_path, ms(AS_OF))
    assert [p.name for p in paths] == ["annex_a_2024-03-31.xlsx"]
    assert read(paths)[0].tables == {}


DAYS = st.integers(0, 900).map(lambda n: (dt.datetime(2021, 10, 10) + dt.timedelta(days=n)).strftime("%d/%m/%Y"))


@st.composite
def anything(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Small tables of what the format carries: one plan, one period of care and one episode of need a child."""
    children = draw(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True))
    records: dict[str, list[dict[str, Any]]] = {"person": [{"child": c} for c in children]}
    for kind, date, codes in (
        ("contact", "date", {"source": ["1A", "6", "10", "5D", "local word"]}),
        ("referral", "date", {"source": ["2B", "3F"], "nfa": [True], "team": ["T 1"]}),
        ("assessment", "start", {"team": ["T 2", "7"]}),
        ("early_help", "start", {"team": ["School"]}),
    ):
        for child in children:
            for on in draw(st.lists(DAYS, max_size=4, unique=True)):
                more = {name: draw(st.sampled_from([None, *each])) for name, each in codes.items()}
                records.setdefault(kind, []).append({"child": child, date: on, **more})
    for kind, codes in (
        ("cp_plan", {"category": ["NEG", "PHY"], "previous": [0, 3]}),
        ("care", {"reason": ["E4A", "E11"], "need": ["N1", "N8"]}),
    ):
        for child in draw(st.lists(st.sampled_from(children), unique=True)):
            start, end = sorted((draw(DAYS), draw(DAYS)), key=day)
            row = {"child": child, "start": start, **{n: draw(st.sampled_from(each)) for n, each in codes.items()}}
            if draw(st.booleans()):
                row["end"] = end
            else:
                row.pop("reason", None)
            records.setdefault(kind, []).append(row)
    if "cp_plan" in records:
        records["cp_plan"] = [{"previous": 0, **row} for row in records["cp_plan"]]
    return made(**records)


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],  # a smaller example would cost minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(anything())
def test_anything_that_the_format_carries_comes_back(tmp_path: Path, tables: dict[str, pa.Table]) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    stacked, report = stack(read(write(tables, tmp_path, ms(AS_OF), form="csv")))
    expected = said(tables)
    mentioned = {key[1] for key in expected if key[0] != "person"}
    assert said(stacked) == {k: v for k, v in expected.items() if k[0] != "person" or k[1] in mentioned}
    assert {p.rule for p in report.problems if p.action == "dropped"} <= {"same-record-again"}
