"""How far the sheets of a workbook reach, and the words in them, without opening it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from flowmap.eventlog import SourceError
from flowmap.sources import read
from flowmap.sources.workbooks import check_area, unsaved_formulas, words


def workbook(path: Path, **cells: str) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in (["child", "event", "time"], ["c1", "referral", "2023-01-02"], ["c1", "closed", "2023-02-02"]):
        sheet.append(row)
    for name, text in cells.items():
        sheet[name] = text
    made.save(path)
    return path


def test_a_stray_cell_in_the_last_corner_is_refused_before_room_is_made_for_all_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "corner.xlsx", XFD1048576="x")
    with pytest.raises(SourceError, match=r"row 1,048,576 and column 16,384") as refused:
        check_area(path, path.name)
    assert "Delete the rows" in str(refused.value)
    with pytest.raises(SourceError, match="stray cell"):
        read(path)


def test_a_stray_cell_below_the_table_is_no_obstacle(tmp_path: Path) -> None:
    path = workbook(tmp_path / "below.xlsx", C60000="x")
    check_area(path, path.name)
    assert len(read(path)) == 2


def test_words_are_found_and_what_is_no_workbook_has_none(tmp_path: Path) -> None:
    assert {"child", "referral", "closed"} <= words(workbook(tmp_path / "words.xlsx"))
    (tmp_path / "text.xlsx").write_text("child,event,time\n")
    assert words(tmp_path / "text.xlsx") == set()
    check_area(tmp_path / "text.xlsx", "text.xlsx")


def test_formulas_whose_results_were_never_saved_are_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "formula.xlsx", A4="c2", B4="referral", C4="=DATE(2023,3,4)", C5="=C4")
    assert unsaved_formulas(path) == (2, "C4")
    (problem,) = [each for each in read(path).quality.problems if each.rule == "formula-without-result"]
    assert problem.count == 2
    assert "C4" in problem.message


def test_formulas_with_results_and_empty_texts_are_as_excel_saves_them(tmp_path: Path) -> None:
    path = tmp_path / "saved.xlsx"
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>IF(A1,"","")</f><v></v></c>'
        '<c r="C1"><f t="shared" si="0"/><v>3</v></c><c r="D1" s="2"><v/></c>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    assert unsaved_formulas(path) == (0, "")


def test_a_table_of_formulas_without_results_says_what_to_do(tmp_path: Path) -> None:
    path = workbook(tmp_path / "all.xlsx", C2="=DATE(2023,3,4)", C3="=C2")
    with pytest.raises(SourceError, match=r"2 cells have formulas, C2 the first") as refused:
        read(path)
    assert "save it" in str(refused.value)
