"""The quality report over HTTP: all of it, one rule of it, as a table, and as a page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flowmap.build import build
from flowmap.casework import rules
from flowmap.casework.kinds import table as table_of
from flowmap.eventlog import EventLog
from flowmap.quality import Example, QualityReport
from flowmap.web import create_app, qualitypage

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def report() -> QualityReport:
    """Two files, 30 rows: 4 dropped, 3 repaired; five problems, the worst of them neither first nor the commonest."""
    found = QualityReport(rows_read=20)
    found.add("ignored-columns", "Columns that are not read: Worker.", count=9)
    found.add("text-date", "A date was text.", count=3, action="repaired", remedy="Format the column as a date.")
    found.add("no-time", "There is no time.", count=4, action="dropped", examples=[Example("a.xlsx", "List 3", 7, "x")])
    found.close("a.xlsx", "Ofsted Annex A", repaired=3)
    found.rows_read += 10
    found.close("b.xml", "CIN census", repaired=0)
    places = [Example("a.xlsx", "List 7", 12, "02/05/2023 to 01/05/2023"), Example("a.xlsx", "List 7", 1300, "Ann")]
    message = "Child protection plan: the end is before the start."
    found.add("end-before-start", message, count=1234, action="kept", severity="error", examples=places)
    found.add("unknown-code", "Referral, source.", action="kept", examples=[Example("b.xml", None, 3, "<b>99</b>")])
    return found


@pytest.fixture
def asked(tmp_path: Path) -> FlaskClient:
    """A client of a dataset that was built with that report."""
    log = EventLog.from_columns(["Ann", "Ann"], ["contact", "referral"], ["2015-01-05", "2015-01-06"], quality=report())
    build(log, tmp_path / "council")
    return create_app({"council": tmp_path / "council"}).test_client()


def table(client: FlaskClient, query: str) -> list[dict[str, str]]:
    text = client.get(f"/api/datasets/council/quality?{query}").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text)))


def test_the_report_says_how_bad_each_problem_is_and_what_became_of_each_file(asked: FlaskClient) -> None:
    found = asked.get("/api/datasets/council/quality").get_json()
    assert {p["rule"]: p["severity"] for p in found["problems"] if p["rule"] in SEVERITY} == SEVERITY
    assert found["files"] == [
        {"file": "a.xlsx", "format": "Ofsted Annex A", "read": 20, "kept": 13, "repaired": 3, "dropped": 4},
        {"file": "b.xml", "format": "CIN census", "read": 10, "kept": 10, "repaired": 0, "dropped": 0},
    ]


SEVERITY = {
    "end-before-start": "error",
    "no-time": "error",
    "text-date": "warning",
    "unknown-code": "warning",
    "ignored-columns": "note",
}


def test_a_dataset_keeps_dates_of_events_and_no_text(asked: FlaskClient) -> None:
    found = asked.get("/api/datasets/council/quality?rule=end-before-start").get_json()["problems"]
    assert [one["value"] for one in found[0]["examples"]] == ["02/05/2023 to 01/05/2023", None]
    other = asked.get("/api/datasets/council/quality?rule=no-time").get_json()["problems"]
    assert [one["value"] for one in other[0]["examples"]] == [None]


def test_one_rule_alone_as_a_table(asked: FlaskClient) -> None:
    rows = table(asked, "format=csv&rule=end-before-start")
    assert [(row["rule"], row["severity"], row["count"], row["row"]) for row in rows] == [
        ("end-before-start", "error", "1234", ""),
        ("end-before-start", "", "", "12"),
        ("end-before-start", "", "", "1300"),
    ]


def test_the_whole_table_has_the_totals_of_each_file(asked: FlaskClient) -> None:
    totals = {(row["rule"], row["file"]): row["count"] for row in table(asked, "format=csv")}
    assert totals["rows_read", ""] == "30"
    assert totals["file_kept", "a.xlsx"] == "13"
    assert totals["file_repaired", "a.xlsx"] == "3"
    assert totals["file_dropped", "a.xlsx"] == "4"


def test_a_rule_that_nothing_broke_is_empty_and_one_that_is_none_is_refused(asked: FlaskClient) -> None:
    assert asked.get("/api/datasets/council/quality?rule=too-old").get_json()["problems"] == []
    refused = asked.get("/api/datasets/council/quality?rule=no-such-rule")
    assert refused.status_code == 404
    assert "end-before-start" in refused.get_json()["error"]["known"]
    assert asked.get("/api/datasets/council/quality?rule=%3Cb%3E").status_code == 400


def test_the_page_puts_the_worst_first_and_its_figures_add_up(asked: FlaskClient) -> None:
    answer = asked.get("/d/council/quality", headers=PAGE)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    page = answer.get_data(as_text=True)
    assert "30 rows read from 2 files: 23 kept as they are, 3 repaired, 4 dropped." in page
    said = ["the end is before the start", "There is no time", "A date was text", "Referral, source", "are not read"]
    order = [page.index(text) for text in said]
    assert order == sorted(order)
    assert "2 of 1,234" in page
    assert "The wait and the length of the period are wrong" in page
    assert "&lt;b&gt;" not in page  # no code: not kept, so not shown


def test_described_works_out_totals_for_old_reports_and_leaves_out_empty_columns() -> None:
    old = {
        "rows_read": 5,
        "rows_kept": 4,
        "rows_dropped": 1,
        "problems": [
            {"rule": "no-time", "message": "There is no time.", "count": 1, "action": "dropped", "remedy": None,
             "examples": [{"file": "log.csv", "place": None, "row": 3, "value": None}]},
        ],
    }  # fmt: skip
    found = qualitypage.described(old)
    assert found["total"] == {"read": 5, "kept": 4, "repaired": 0, "dropped": 1}
    assert found["files"] == []
    assert found["tally"] == ["1 error"]
    problem = found["problems"][0]
    assert [label for _, label in problem["columns"]] == ["File", "Row"]
    assert problem["examples"] == [["log.csv", 3]]
    assert found["places_lack_values"]


def test_what_files_cannot_know_and_how_they_were_understood_are_no_problems() -> None:
    notes = [
        ("recognised", "a.csv is a census."),
        ("not-in-this-format", "It has no contacts."),
        ("late", "It is late."),
    ]
    made = QualityReport(rows_read=3)
    for rule, message in notes:
        made.add(rule, message)
    made.close("a.csv", "cin")
    made.close("b.csv", "made-up")
    found = qualitypage.described(made.to_json())
    assert found["understood"] == ["a.csv is a census."]
    assert found["cannot_know"] == ["It has no contacts."]
    assert [problem["message"] for problem in found["problems"]] == ["It is late."]
    assert found["tally"] == ["1 note"]
    assert [(file["file"], file["format"]) for file in found["files"]] == [("a.csv", "Children in need census")]
    assert found["empty"] == ["b.csv"]


def test_rows_that_another_row_repeats_are_said_to_be_no_loss(asked: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "council" / "quality.json"
    made = QualityReport(rows_read=3)
    made.add("same-record-again", "The row's records are in another file too.", action="dropped", severity="note")
    file.write_text(json.dumps(made.to_json()), encoding="utf-8")
    page = asked.get("/d/council/quality", headers=PAGE).get_data(as_text=True)
    assert "1 dropped (all because another row has the same record)" in page


def test_where_nothing_was_wrong_the_page_says_so(folder: Path, own: FlaskClient) -> None:
    clean = {"rows_read": 13, "rows_kept": 13, "rows_dropped": 0, "files": [], "problems": []}
    (folder / "quality.json").write_text(json.dumps(clean), encoding="utf-8")
    page = own.get("/d/small/quality", headers=PAGE).get_data(as_text=True)
    assert "Every row was kept, and no rule of the report was broken." in page
    assert "flowmap check" not in page


def test_the_page_leads_back_to_the_map(client: FlaskClient) -> None:
    assert 'href="/d/small"' in client.get("/d/small/quality", headers=PAGE).get_data(as_text=True)
    assert client.get("/d/none/quality", headers=PAGE).status_code == 404


def test_no_date_of_birth_reaches_a_dataset_by_way_of_the_report(tmp_path: Path) -> None:
    day, births = 86_400_000, [15_540, 30_000]  # 19 July 2012; far in the future
    people = table_of("person", {"child": ["1", "01"], "birth": [b * day for b in births], "row": [2, 3]})
    care = {"child": ["1", "01"], "start": [15_000 * day, 15_530 * day], "end": [14_000 * day, None], "row": [2, 3]}
    found = QualityReport(rows_read=4)
    found.problems += rules.check({"person": people, "care": table_of("care", care)}, 16_000 * day, every=True)
    assert {p.rule for p in found.problems} >= {"care-before-birth", "future-person", "id-lookalike"}
    log = EventLog.from_columns(["a", "a"], ["contact", "referral"], ["2015-01-05", "2015-01-06"], quality=found)
    build(log, tmp_path / "council")
    text = (tmp_path / "council" / "quality.json").read_text(encoding="utf-8")
    assert "care-before-birth" in text
    assert "26/01/2011 to 01/05/2008" in text  # an event's own dates, of the period that ends before it starts
    for said in ("2012", "2052", "09/07/2012", '"1"', '"01"'):
        assert said not in text, said
