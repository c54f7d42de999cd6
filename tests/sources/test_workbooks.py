"""How far the sheets of a workbook reach, and the words in them, without opening it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from flowmap.eventlog import SourceError
from flowmap.sources import read
from flowmap.sources.workbooks import check_area, words


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
