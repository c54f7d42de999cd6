"""The first rows of a table, or the kinds of record in a file that is none: enough to see that it is the right one."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import python_calamine

from flowmap.eventlog import SourceError
from flowmap.sources import delimited, dialect, excel
from flowmap.sources.head import Head

ROWS, COLUMNS, WIDTH = 6, 24, 60
SAMPLE = 2000
HEADER_ROWS = 20
COUNTED = 48 << 20
"""Bytes of an XML file up to which its elements are counted; of a longer one only the beginning is looked at."""
KINDS = 12
QUICK = 1 << 20


@dataclass(frozen=True)
class Table:
    """A sample of a table: names of columns and rows of text ("" where blank). `whole`: there are no more rows."""

    names: list[str]
    rows: list[list[str]]
    whole: bool

    def samples(self) -> dict[str, list[str]]:
        """Values by column, as columns are recognised by; names that are blank or there twice are left out."""
        return {
            name: [row[i].strip() if i < len(row) else "" for row in self.rows]
            for i, name in enumerate(self.names)
            if name and self.names.count(name) == 1
        }

    def shown(self) -> dict[str, Any]:
        """For the page."""
        rows = [[_short(cell) for cell in row[:COLUMNS]] for row in self.rows[:ROWS]]
        return {
            "kind": "table",
            "columns": [_short(name) for name in self.names[:COLUMNS]],
            "rows": rows,
            "more_columns": max(0, len(self.names) - COLUMNS),
        }


def of(head: Head, rows: bool = True) -> tuple[dict[str, Any] | None, Table | None]:
    """What the page shows, and the sample where it is a table. Raises SourceError.

    Without `rows`, a large workbook's sheets are named and not opened, which would take a second or more.
    """
    start = head.start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"PAR1"):
        table = _parquet(head)
        return table.shown(), table
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(head, rows or head.size < QUICK)
    if start.startswith(b"<") or head.start.startswith((b"\xff\xfe<", b"\xfe\xff\0<")):
        return _kinds("element", _elements(head)), None
    if start.startswith((b"{", b"[")):
        return _kinds("field", Counter(re.findall(rb'"([A-Za-z_][\w ]{0,40})"\s*:', head.start))), None
    table = _text(head)
    return table.shown(), table


def _text(head: Head) -> Table:
    found = dialect.recognise(head)
    blanks = set(delimited.BLANKS)
    rows = [["" if cell in blanks else cell for cell in row] for row in found.sample if len(row) <= len(found.header)]
    return Table(found.header, rows or found.sample, head.whole and len(found.sample) < SAMPLE - 1)


def _parquet(head: Head) -> Table:
    with pq.ParquetFile(head.path) as file:
        batch = next(file.iter_batches(SAMPLE), None)
        names = list(file.schema_arrow.names)
        rows = [] if batch is None else [list(row.values()) for row in batch.to_pylist()]
        return Table(names, [[_cell(cell) for cell in row] for row in rows], file.metadata.num_rows <= SAMPLE)


def _workbook(head: Head, rows: bool) -> tuple[dict[str, Any] | None, Table | None]:
    """The sheets with their rows; where one of them holds a table, its first rows."""
    try:
        excel.check_container(head)  # before the library makes room for a sheet that reaches to its last corner
        with python_calamine.CalamineWorkbook.from_path(str(head.path)) as book:
            if not rows:
                return _kinds("sheet", dict.fromkeys(_worksheets(book))), None
            sheets = [
                (name, sheet.total_height, sheet.to_python(skip_empty_area=False, nrows=SAMPLE + HEADER_ROWS))
                for name in _worksheets(book)
                if (sheet := book.get_sheet_by_name(name)).total_height
            ]
    except (python_calamine.CalamineError, python_calamine.PasswordError, SourceError, OSError):
        return None, None  # reading it says what is wrong
    tables = [(height, table) for _, height, cells in sheets if (table := _sheet(cells, height))]
    table = max(tables, key=lambda each: each[0])[1] if tables else None
    listed = _kinds("sheet", {name: max(0, height - 1) for name, height, _ in sheets})
    if table is None:
        return listed, None
    return ({**table.shown(), "sheets": listed["items"]} if len(sheets) > 1 else table.shown()), table


def _worksheets(book: Any) -> list[str]:
    kind = python_calamine.SheetTypeEnum.WorkSheet
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == kind]


def _sheet(cells: list[list[Any]], height: int) -> Table | None:
    """The table of a sheet: its header is the first row of two texts or more and nothing else."""
    for i, row in enumerate(cells[:HEADER_ROWS]):
        known = [cell for cell in row if cell not in ("", None)]
        if len(known) >= 2 and all(isinstance(cell, str) for cell in known) and i + 1 < len(cells):
            names = [" ".join(str(cell).replace("\xa0", " ").split()) for cell in row]
            rows = [[_cell(cell) for cell in below] for below in cells[i + 1 :]]
            return Table(names, rows[:SAMPLE], height <= SAMPLE + i)
    return None


def _elements(head: Head) -> Counter[bytes]:
    """Elements that hold others, by name: the kinds of record. The whole file where it is not too long."""
    text = head.start if head.gzip or head.size > COUNTED else head.path.read_bytes()
    # A start tag that is followed by another one, whatever white space lies between.
    return Counter(re.findall(rb"<(?:\w+:)?([A-Za-z_][\w.-]{0,60})(?:\s[^<>]*)?>\s*(?=<[A-Za-z_])", text))


def _kinds(what: str, counts: Any) -> dict[str, Any]:
    named = [(key.decode("utf-8", "replace") if isinstance(key, bytes) else key, n) for key, n in counts.items()]
    if what != "sheet":
        named.sort(key=lambda each: -each[1])
    items = [{"name": _short(name), "count": n} for name, n in named[:KINDS]]
    return {"kind": "list", "what": what, "items": items, "more": max(0, len(named) - KINDS)}


def _cell(value: Any) -> str:
    """A cell as a CSV would write it."""
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
