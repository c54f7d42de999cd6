"""The tables of a CSV or a workbook as columns of text, whatever stands above their headers."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine

from flowmap.eventlog import SourceError
from flowmap.sources import dialect, excel
from flowmap.sources.head import Head

SNIFFED_ROWS = 300
HEADER_ROWS = 20  # a title, a date and some blank rows may come before the header
LARGEST = 200 << 20  # bytes of text; 100,000 rows are some 20 MB
LARGEST_SNIFFED = 64 << 20  # bytes of a workbook that is opened only to see what it is
MANY_LINES = 50  # line breaks in one cell: a quotation mark that was not closed
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "NULL", "null"})

Wanted = Callable[[Sequence[str]], bool]


@dataclass
class Sheet:
    """A table: `columns` of text ("" = blank) by header, and `first_row`, the file's number of the first row of data.

    `name` is a workbook's sheet; `twice` are headers that are there more than once; the first of them is in `columns`.
    """

    columns: dict[str, list[str]] = field(repr=False)
    first_row: int
    rows: int
    name: str | None = None
    twice: tuple[str, ...] = ()


def is_workbook(head: Head) -> bool:
    """Whether the first bytes are a workbook's (or another zip's, which `tables` then says)."""
    return excel.sniff(head)


def beginning(head: Head, wanted: Wanted) -> list[Sheet]:
    """The tables whose header is `wanted`, from the file's first lines; none where it cannot be read as a table."""
    try:
        if is_workbook(head):
            grids = [] if head.size > LARGEST_SNIFFED else [rows for _, rows in _workbook(head, SNIFFED_ROWS)]
        else:
            text = head.start.decode(dialect.encoding_of(head), "replace").lstrip("\ufeff")
            grids = list(_readings(_first_lines(text)))
        found = [(rows, _header_at(rows, wanted)) for rows in grids]
    except (SourceError, csv.Error):
        return []
    return [_sheet(rows, at, None) for rows, at in found if at is not None]


def tables(head: Head, wanted: Wanted) -> list[Sheet]:
    """Every table of the file whose header is `wanted`. Raises SourceError where the file cannot be read."""
    if is_workbook(head):
        sheets = [(name, rows) for name, rows in _workbook(head)]
        found = [(name, rows, _header_at(rows, wanted)) for name, rows in sheets]
        return [_sheet(rows, at, name) for name, rows, at in found if at is not None]
    text = _text_of(head)
    for delimiter, rows in zip(dialect.DELIMITERS, _readings(_first_lines(text)), strict=True):
        if _header_at(rows, wanted) is not None:
            return [_delimited(head, text, delimiter, wanted)]
    return []


def clean_header(row: Sequence[Any]) -> list[str]:
    """Headers on one line, without hard spaces and byte order marks."""
    return [" ".join(str(cell).replace("\xa0", " ").replace("\ufeff", "").split()) for cell in row]


def _header_at(rows: Sequence[Sequence[Any]], wanted: Wanted) -> int | None:
    return next((i for i, row in enumerate(rows[:HEADER_ROWS]) if wanted(clean_header(row))), None)


def _workbook(head: Head, rows: int | None = None) -> Iterator[tuple[str, list[list[Any]]]]:
    """The sheets of a workbook, or the first rows of each."""
    remedy = "Save it again in Excel as .xlsx or CSV, without a password."
    excel.check_container(head)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(head.path)) as book:
            for name in excel._tables(book):
                yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=rows)
    except (python_calamine.CalamineError, python_calamine.PasswordError, OSError, zipfile.BadZipFile):
        raise SourceError("The workbook cannot be opened.", file=head.name, remedy=remedy) from None


def _text_of(head: Head) -> str:
    remedy = "Export it again as CSV."
    encoding = dialect.encoding_of(head)
    try:
        with gzip.open(head.path, "rb") if head.gzip else head.path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError):
        raise SourceError("The file cannot be read to its end.", file=head.name, remedy=remedy) from None
    if len(content) > LARGEST:
        raise SourceError("The file is larger than 200 MB.", file=head.name, remedy="Split it.")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\0", "").lstrip("\ufeff")


def _first_lines(text: str) -> str:
    return "\n".join(text[: 1 << 20].replace("\0", "").splitlines()[:SNIFFED_ROWS])


def _readings(beginning: str) -> Iterator[list[list[str]]]:
    """The beginning of a text cut by each delimiter."""
    csv.field_size_limit(1 << 24)
    for delimiter in dialect.DELIMITERS:
        yield list(csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter))


def _delimited(head: Head, text: str, delimiter: str, wanted: Wanted) -> Sheet:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        rows = []
    at = _header_at(rows, wanted)
    odd = text.count('"') % 2 == 1
    broken = '"' in text and any(cell.count("\n") > (0 if odd else MANY_LINES) for row in rows for cell in row)
    if at is None or broken:
        raise SourceError(
            "A quotation mark is opened and not closed.", file=head.name, remedy='Look for an odd number of " in a row.'
        )
    return _sheet(rows, at, None)


def _sheet(rows: list[list[Any]], at: int, name: str | None) -> Sheet:
    header = clean_header(rows[at])
    data = rows[at + 1 :]
    while data and not any(cell not in (None, "") and str(cell).strip() for cell in data[-1]):
        data.pop()  # Excel keeps blank rows at the end for their formatting: they were never rows
    across = list(itertools.islice(itertools.zip_longest(*data, fillvalue=""), len(header)))
    across += [("",) * len(data)] * (len(header) - len(across))
    columns: dict[str, list[str]] = {}
    for title, cells in zip(header, across, strict=True):
        if title and title not in columns:
            columns[title] = [_text(cell) for cell in cells]
    twice = tuple(sorted({title for title in header if title and header.count(title) > 1}))
    return Sheet(columns, at + 2, len(data), name, twice)


def _text(cell: Any) -> str:
    """A cell as a CSV would write it."""
    if isinstance(cell, str):
        text = cell.replace("\xa0", " ").strip()
        return "" if text in ERRORS else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
