"""The files that Annex A comes in: a workbook with a sheet a list, or a CSV with one list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import python_calamine

from flowmap.eventlog import SourceError
from flowmap.sources import dialect, excel
from flowmap.sources.annex_a.codes import plain
from flowmap.sources.annex_a.lists import LISTS, List
from flowmap.sources.annex_a.sheets import DELIMITERS, HEADER_ROWS, Sheet, header_of, marked, sheet_of
from flowmap.sources.head import Head
from flowmap.sources.stream import TextStream
from flowmap.sources.workbooks import words


@dataclass
class Found:
    """The lists in a file, and the sheets that are none (`others`) or hidden copies (`hidden`).

    Of a text: how many bytes were no text and taken out (`nul`) or replaced (`foreign`).
    """

    sheets: list[Sheet]
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    nul: int = 0
    foreign: int = 0


def lists_in(head: Head) -> list[List]:
    """The lists whose headers are in the file, from a first look; none where it is something else."""
    if head.start.startswith((b"PK\x03\x04", excel.OLE)):
        seen = {plain(word) for word in words(head.path)}
        if seen:
            return [each for each in LISTS if marked(each, {plain(h): h for h in seen})]
        try:
            return [sheet.kind for sheet in workbook(head).sheets]
        except SourceError:
            return []
    try:
        lines = _lines(head, dialect.encoding_of(head))
        tried = [header_of(islice(csv.reader(lines, delimiter=each), HEADER_ROWS)) for each in DELIMITERS]
    except (SourceError, UnicodeDecodeError, csv.Error):
        return []
    return [max((found for found in tried if found), key=lambda f: len(f[2]))[1]] if any(tried) else []


def workbook(head: Head) -> Found:
    """The lists of a workbook. Raises SourceError where it cannot be opened."""
    excel.check_container(head)
    found = Found([])
    hidden: list[Sheet] = []
    try:
        with python_calamine.CalamineWorkbook.from_path(str(head.path)) as book:
            visible = {s.name: s.visible == python_calamine.SheetVisibleEnum.Visible for s in book.sheets_metadata}
            for name in excel._tables(book):
                sheet = sheet_of(name, _cells(book.get_sheet_by_name(name)))
                if sheet is None:
                    found.others.append(name)
                else:
                    (found.sheets if visible[name] else hidden).append(sheet)
    except python_calamine.PasswordError:
        raise SourceError(excel.LOCKED, file=head.name, remedy="Save it without one.") from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise SourceError(
            f"The workbook cannot be opened ({error}).", file=head.name, remedy="Save it again in Excel as .xlsx."
        ) from None
    seen = {sheet.kind.number for sheet in found.sheets}
    found.hidden = [sheet.place for sheet in hidden if sheet.kind.number in seen]
    found.sheets += [sheet for sheet in hidden if sheet.kind.number not in seen]
    return found


def table(head: Head) -> Found:
    """The one list of a CSV. Raises SourceError where it cannot be read."""
    try:
        try:
            return _csv(head, dialect.encoding_of(head))
        except UnicodeDecodeError:  # past its first megabyte the file is not UTF-8 after all
            return _csv(head, "cp1252")
    except csv.Error as error:
        raise SourceError(
            f"The table cannot be read: {error}.", file=head.name, remedy='Look for an odd number of " in a row.'
        ) from None


def _csv(head: Head, encoding: str) -> Found:
    first = _lines(head, encoding)
    tried = {each: header_of(islice(csv.reader(first, delimiter=each), HEADER_ROWS)) for each in DELIMITERS}
    found = {each: header for each, header in tried.items() if header}
    if not found:
        return Found([])
    delimiter = max(found, key=lambda each: len(found[each][2]))
    with _text(head, encoding) as (text, stream):
        rows = csv.reader(text, delimiter=delimiter)
        try:
            sheet = sheet_of(f"list {found[delimiter][1].number}", rows, text=True)
        except SourceError as error:
            raise SourceError(error.message, file=head.name, row=error.row, remedy=error.remedy) from None
        return Found([sheet] if sheet else [], nul=stream.nul, foreign=stream.foreign)


def _lines(head: Head, encoding: str) -> list[str]:
    """The first lines, among which the header is."""
    with _text(head, encoding) as (text, _):
        return list(islice(text, 3 * HEADER_ROWS))


@contextmanager
def _text(head: Head, encoding: str) -> Iterator[tuple[io.TextIOWrapper, TextStream]]:
    """The text of a file, line by line as the csv module wants it, and the stream that counts what was mended."""
    newline = b"\r" if head.start.count(b"\r") > 2 * head.start.count(b"\n") else b"\n"
    csv.field_size_limit(1 << 24)
    stream = TextStream(head.path, gzip=head.gzip, encoding=encoding, newline=newline)
    with io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", newline="") as text:
        yield text, stream


def _cells(sheet: Any) -> Iterator[Sequence[Any]]:
    """Rows of a sheet from its first row and column on, empty ones before the first cell too: they are numbered."""
    rows: Iterator[Sequence[Any]] = iter(()) if sheet.start is None else sheet.iter_rows()
    return rows
