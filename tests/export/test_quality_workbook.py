"""The workbook opened again: every row of every problem, figures that add up, and no formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from flowmap.casework import rules
from flowmap.casework.kinds import table
from flowmap.export import quality_workbook
from flowmap.quality import Example, OptionError, QualityReport

DAY = 86_400_000
AS_OF = 20_000 * DAY


@pytest.fixture
def report() -> QualityReport:
    """Two files: 25 plans end before their start, 18 overlap, one code is not known, and a reader dropped 4 rows."""
    plans = table(
        "cp_plan",
        {
            "child": [f"c{i}" for i in range(25)] + ["x"] * 19,
            "start": [100 * DAY] * 25 + [(200 + i) * DAY for i in range(19)],
            "end": [99 * DAY] * 25 + [None] * 19,
            "row": list(range(3, 47)),
            "place": ["List 7"] * 44,
        },
    )
    people = table("person", {"child": ["x"], "sex": ["=1+1"], "row": [9], "place": ["List 1"]})
    found = QualityReport()
    found.rows_read = 100
    found.add("no-time", "There is no time.", count=4, action="dropped", examples=[Example("b.csv", "date", 7, "=x")])
    found.close("a.xlsx", "annex-a", repaired=6)
    found.rows_read += 10
    found.close("b.csv", "csv")
    tables = {"cp_plan": _in("a.xlsx", plans), "person": _in("a.xlsx", people)}
    found.problems += rules.check(tables, AS_OF, every=True)
    return found


def _in(file: str, records: pa.Table) -> pa.Table:
    return records.append_column("file", pa.array([file] * len(records)).dictionary_encode())


def test_it_holds_every_row_of_every_problem(report: QualityReport, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(quality_workbook.write(report, tmp_path / "q.xlsx"))
    assert book.sheetnames == ["Summary", "Child protection plan", "Child", "Other problems"]
    plans = list(book["Child protection plan"].iter_rows(min_row=2, values_only=True))
    assert len(plans) == 43
    backwards = [row for row in plans if row[1] == "Child protection plan: the end is before the start."]
    assert [row[4] for row in backwards] == list(range(3, 28))
    # 11 April 1970 is a hundred days after 1 January
    assert backwards[0][:7] == (
        "Error", "Child protection plan: the end is before the start.", "a.xlsx", "List 7", 3,
        "11/04/1970 to 10/04/1970", "kept as it is",
    )  # fmt: skip
    assert sorted(row[4] for row in plans if row not in backwards) == list(range(29, 47))
    assert all(row[7] == rules.RULES["end-before-start"].mend for row in backwards)
    assert book["Child protection plan"].auto_filter.ref == "A1:I44"


def test_the_summary_adds_up_and_leads_to_each_sheet(report: QualityReport, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(quality_workbook.write(report, tmp_path / "q.xlsx"))["Summary"]
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[4][:6] == ("a.xlsx", "Ofsted Annex A", 100, 90, 6, 4)
    assert cells[5][:6] == ("b.csv", "Event log (text)", 10, 10, 0, 0)
    assert cells[6][:6] == ("All files", "read = kept as is + repaired + dropped", 110, 100, 6, 4)
    problems = [row for row in cells[9:] if row[0]]
    assert [row[:6] for row in problems] == [
        ("Error", "Child protection plan: the end is before the start.", 25, "kept as it is", 25,
         "Child protection plan"),
        ("Error", "Child protection plan, the earlier one without an end: it begins before the earlier one of the same"
         " child has ended.", 18, "kept as it is", 18, "Child protection plan"),
        ("Error", "There is no time.", 4, "dropped", 1, "Other problems"),
        ("Warning", "Child, sex: the published list does not have this code. It is shown as it is.", 1,
         "kept as it is", 1, "Child"),
    ]  # fmt: skip
    assert sheet["F10"].hyperlink.location == "'Child protection plan'!A1"


def test_what_the_files_cannot_know_is_a_sheet_of_its_own_and_no_problem(report: QualityReport, tmp_path: Path) -> None:
    report.add("not-in-this-format", "The census has no contacts.")
    report.add("recognised", "a.xlsx is Annex A.")
    book = openpyxl.load_workbook(quality_workbook.write(report, tmp_path / "q.xlsx"))
    assert book.sheetnames[-1] == "How it was read"
    assert [row[0] for row in book["How it was read"].iter_rows(values_only=True) if row[0]] == [
        "What the files cannot know",
        "The census has no contacts.",
        "How the files were understood",
        "a.xlsx is Annex A.",
    ]
    assert "a.xlsx is Annex A." not in [row[1] for row in book["Summary"].iter_rows(values_only=True)]


def test_text_of_a_file_stays_text(report: QualityReport, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(quality_workbook.write(report, tmp_path / "q.xlsx"))
    for sheet, value in (("Child", "=1+1"), ("Other problems", "=x")):
        cell = book[sheet]["F2"]
        assert (cell.value, cell.data_type) == (value, "s")


def test_a_report_without_problems_says_so(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(quality_workbook.write(QualityReport(), tmp_path / "q.xlsx"))
    assert book.sheetnames == ["Summary"]
    assert "Nothing was found." in [row[0] for row in book["Summary"].iter_rows(values_only=True)]


def test_a_list_that_is_too_long_has_several_sheets(
    report: QualityReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality_workbook, "ROWS_A_SHEET", 30)
    book = openpyxl.load_workbook(quality_workbook.write(report, tmp_path / "q.xlsx"))
    lengths = {name: book[name].max_row - 1 for name in book.sheetnames[1:3]}
    assert lengths == {"Child protection plan": 25, "Child protection plan (2)": 18}


def test_a_workbook_that_somebody_works_in_is_not_written_over(report: QualityReport, tmp_path: Path) -> None:
    path = quality_workbook.write(report, tmp_path / "q.xlsx")
    before = path.read_bytes()
    with pytest.raises(OptionError, match=r"q\.xlsx is there already"):
        quality_workbook.write(report, path)
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_is_said(report: QualityReport, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"q\.xlsx cannot be written"):
        quality_workbook.write(report, tmp_path / "nowhere" / "q.xlsx")
