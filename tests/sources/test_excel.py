"""Excel workbooks: the sheet that is an event log, dates of Excel's own kind, and what is no workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import openpyxl
import pytest

from flowmap.eventlog import OptionError, SourceError
from tests.sources.readable import events, example_rows, problems

HEADER = ["Child ID", "Event", "Date", "Sex"]
ROWS = [
    [1001, "Contact", dt.date(2024, 1, 31), "F"],
    [1002, "Contact", dt.date(2024, 2, 1), "M"],
    [1001, "Referral", dt.date(2024, 2, 1), "F"],
]
EXPECTED = [(1001, "Contact", "2024-01-31"), (1002, "Contact", "2024-02-01"), (1001, "Referral", "2024-02-01")]


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_read_with_its_dates(load):
    log = load(workbook(Events=[HEADER, *ROWS]), "log.xlsx")
    assert events(log) == EXPECTED
    assert log.date_only.all()
    assert log.children["Sex"].values == ("F", "M")
    assert log.origin[0].format == "excel"


def test_the_sheet_that_looks_like_an_event_log_is_read_and_named(load):
    other = [["Team", "Manager"], ["North", "A"], ["South", "B"]]
    log = load(workbook(About=[["About", "this file"]], Teams=other, Events=[HEADER, *ROWS]), "log.xlsx")
    assert events(log) == EXPECTED
    assert any("'Events'" in said and "3 sheets" in said for said in log.recognised)


def test_of_two_such_sheets_the_longer_is_read(load):
    log = load(workbook(Old=[HEADER, ROWS[0]], New=[HEADER, *ROWS]), "log.xlsx")
    assert len(log) == 3


def test_a_title_and_blank_rows_before_the_header_do_not_shift_row_numbers(load):
    bad = [1003, "Contact", "soon", "F"]
    log = load(workbook(Events=[["Our report"], [], HEADER, *ROWS, bad]), "log.xlsx")
    assert events(log) == EXPECTED
    assert example_rows(log, "unreadable-time") == [7]
    (problem,) = [p for p in log.quality.problems if p.rule == "unreadable-time"]
    assert "Events" in problem.examples[0].place


def test_dates_times_texts_and_numbers_may_share_a_column(load):
    cells = [dt.datetime(2024, 1, 31, 9, 30), dt.date(2024, 1, 31), "31/01/2024", "2024-01-31T09:30", 45322, 45322.5]
    log = load(
        workbook(Events=[HEADER[:3], *([1001 + i, "Contact", cell] for i, cell in enumerate(cells))]), "log.xlsx"
    )
    assert [t for _, _, t in events(log)] == [
        "2024-01-31T09:30:00",
        "2024-01-31",
        "2024-01-31",
        "2024-01-31T09:30:00",
        "2024-01-31",
        "2024-01-31T12:00:00",
    ]


def test_blank_rows_within_are_counted_and_those_at_the_end_are_not(load):
    log = load(workbook(Events=[HEADER, ROWS[0], [None] * 4, *ROWS[1:], [None] * 4, [""] * 4]), "log.xlsx")
    assert problems(log) == {"blank-row": (1, "dropped")}
    assert log.quality.rows_read == 4


def test_identifiers_keep_their_kind(load):
    rows = [["007", "Contact", "2024-01-31"], ["7", "Contact", "2024-01-31"]]
    assert load(workbook(Events=[HEADER[:3], *rows]), "log.xlsx").child_ids.to_pylist() == ["007", "7"]


def test_names_with_line_breaks_and_hard_spaces_are_known(load):
    header = ["Child\nID ", "Event", "Event\xa0Date", "Sex"]
    assert events(load(workbook(Events=[header, *ROWS]), "log.xlsx")) == EXPECTED


def test_a_workbook_without_a_table_is_refused(load):
    for sheets in ({"A": []}, {"A": [["Only a title"]]}, {"A": [[1, 2], [3, 4]]}):
        with pytest.raises(SourceError, match="No sheet holds a table"):
            load(workbook(**sheets), "log.xlsx")


def test_a_table_that_is_no_event_log_says_what_is_missing(load):
    with pytest.raises(OptionError) as caught:
        load(workbook(Teams=[["Team", "Size"], ["North", 3], ["South", 4]]), "log.xlsx")
    assert "'Teams'" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000,
            "password",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000, "cannot be opened"),
        (workbook(Events=[HEADER, *ROWS])[:2000], "damaged or cut short"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged or cut short"),
    ],
)
def test_what_is_no_readable_workbook_is_refused(load, content, said):
    with pytest.raises(SourceError) as caught:
        load(content, "log.xlsx")
    assert said in caught.value.message
    assert caught.value.file == "log.xlsx"
    assert caught.value.remedy
