"""The sheets of an Annex A workbook, or the one list of a CSV, as columns: which list each is, and its cells.

A sheet is a list if one of its first rows has that list's headers, whatever the sheet is called. Cells are turned into
text once for each distinct value of a column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import python_calamine
from rapidfuzz import fuzz, process

from flowmap.eventlog import SourceError
from flowmap.sources import dialect, excel
from flowmap.sources.annex_a_codes import plain
from flowmap.sources.annex_a_lists import LISTS, Column, List, headers
from flowmap.sources.head import Head
from flowmap.sources.stream import TextStream
from flowmap.sources.workbooks import words

HEADER_ROWS = 20  # titles, dates of extraction and blank rows may come before the header
MIN_HEADERS = 4  # of a list, so that a plain table with a child and a date is not taken for one
CHUNK_ROWS = 50_000
SIMILAR = 92  # of 100: a header with a slip of the pen
MAX_LINES = 100  # a cell with more lines is a quotation mark that was never closed
DELIMITERS = ",;\t|"
# What Excel, databases and people write for nothing.
BLANK = {
    "",
    "#n/a",
    "#ref!",
    "#value!",
    "#name?",
    "#div/0!",
    "#null!",
    "#num!",
    "null",
    "nan",
    "nat",
    "none",
    "n/a",
    "-",
}


@dataclass
class Sheet:
    """A list as it stands in a file. `columns`: header of the template -> text of its cells (null: blank).

    `rows` are the file's own row numbers; blank rows are not among them. `local` are headers that no edition of Annex A
    has, `twice` those that are there again, `guessed` pairs of (as written, taken for), `known` the headers read.
    """

    place: str
    kind: List
    header_row: int
    columns: dict[str, pa.Array] = field(default_factory=dict)
    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    local: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    guessed: list[tuple[str, str]] = field(default_factory=list)
    known: frozenset[str] = frozenset()


@dataclass
class Found:
    """The lists in a file, and the sheets that are none (`others`) or hidden copies (`hidden`)."""

    sheets: list[Sheet]
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def lists_in(head: Head) -> list[List]:
    """The lists whose headers are in the file, from a first look; none where it is something else."""
    if head.start.startswith((b"PK\x03\x04", excel.OLE)):
        seen = {plain(word) for word in words(head.path)}
        if seen:
            return [each for each in LISTS if _marked(each, {plain(h): h for h in seen})]
        try:
            return [sheet.kind for sheet in workbook(head).sheets]
        except SourceError:
            return []
    try:
        rows, _ = _csv_rows(head, dialect.encoding_of(head), whole=False)
    except (SourceError, UnicodeDecodeError, csv.Error):
        return []
    found = _header(rows)
    return [found[1]] if found else []


def workbook(head: Head) -> Found:
    """The lists of a workbook. Raises SourceError where it cannot be opened."""
    excel._check_container(head)
    found = Found([])
    hidden: list[Sheet] = []
    try:
        with python_calamine.CalamineWorkbook.from_path(str(head.path)) as book:
            visible = {s.name: s.visible == python_calamine.SheetVisibleEnum.Visible for s in book.sheets_metadata}
            for name in excel._tables(book):
                sheet = _sheet(name, _cells(book.get_sheet_by_name(name)))
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
            sheet = _csv(head, dialect.encoding_of(head))
        except UnicodeDecodeError:  # past its first megabyte the file is not UTF-8 after all
            sheet = _csv(head, "cp1252")
    except csv.Error as error:
        raise SourceError(
            f"The table cannot be read: {error}.", file=head.name, remedy='Look for an odd number of " in a row.'
        ) from None
    return Found([] if sheet is None else [sheet])


def _csv(head: Head, encoding: str) -> Sheet | None:
    rows, delimiter = _csv_rows(head, encoding, whole=False)
    if _header(rows) is None:
        return None
    rows, _ = _csv_rows(head, encoding, whole=True, delimiter=delimiter)
    found = _header(rows)
    return _sheet(f"list {found[1].number}", rows) if found else None


def _csv_rows(head: Head, encoding: str, *, whole: bool, delimiter: str | None = None) -> tuple[Any, str]:
    """(rows, delimiter): the rows of a delimited text, all of them or the first few with the delimiter that fits."""
    newline = b"\r" if head.start.count(b"\r") > 2 * head.start.count(b"\n") else b"\n"
    csv.field_size_limit(1 << 24)
    stream = TextStream(head.path, gzip=head.gzip, encoding=encoding, newline=newline)
    with io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", newline="") as text:
        if whole:
            return _checked(list(csv.reader(text, delimiter=delimiter or ",")), head.name), delimiter or ","
        lines = list(islice(text, 3 * HEADER_ROWS))
    found = [(list(islice(csv.reader(lines, delimiter=each), HEADER_ROWS)), each) for each in DELIMITERS]
    return max(found, key=lambda f: (_header(f[0]) or (0, None, {}))[2].__len__())


def _checked(rows: list[list[str]], file: str) -> list[list[str]]:
    """Refuse a quotation mark that is opened and never closed: it swallows the rows after it."""
    for i, row in enumerate(rows):
        if any(len(cell) > 1000 and cell.count("\n") > MAX_LINES for cell in row):
            raise SourceError(
                "A quotation mark is opened and not closed.",
                file=file,
                row=i + 1,
                remedy='Look for an odd number of " in that row.',
            )
    return rows


def _cells(sheet: Any) -> Iterator[Sequence[Any]]:
    """Rows of a sheet from its first row and column on: the library leaves out the empty rows before the first cell."""
    start = sheet.start
    if start is None:
        return iter(())
    return chain(([] for _ in range(start[0])), sheet.iter_rows())


def _sheet(place: str, rows: Iterable[Sequence[Any]]) -> Sheet | None:
    """The list that a sheet holds; None where it is none."""
    rows = iter(rows)
    first = list(islice(rows, HEADER_ROWS))
    found = _header(first)
    if found is None:
        return None
    at, kind, taken = found
    sheet = Sheet(place, kind, at + 1)
    named = _columns(sheet, [_text(cell) or "" for cell in first[at]], taken)
    sheet.known = frozenset(named.values())
    parts: dict[str, list[pa.Array]] = {header: [] for header in named.values()}
    numbers = []
    number = at + 2
    rows = chain(first[at + 1 :], rows)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        full = np.zeros(len(chunk), dtype=bool)
        for i, cells in enumerate(zip_longest(*chunk, fillvalue="")):
            codes, texts = _coded(cells)
            full |= codes >= 0
            if i in named:
                parts[named[i]].append(pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts))
        kept = np.flatnonzero(full)
        numbers.append(number + kept)
        for header in named.values():
            if len(parts[header]) < len(numbers):  # a column that no row of the chunk reaches
                parts[header].append(_nothing(len(chunk)))
            parts[header][-1] = parts[header][-1].take(pa.array(kept))
        number += len(chunk)
    if numbers:
        sheet.rows = np.concatenate(numbers).astype(np.int64)
    sheet.columns = {header: _joined(arrays) for header, arrays in parts.items()}
    return sheet


def _nothing(size: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.nulls(size, pa.int32()), pa.array([], pa.string()))


def _joined(arrays: list[pa.Array]) -> pa.Array:
    """Coded chunks as one coded array with each text once."""
    if not arrays:
        return _nothing(0)
    coded = pa.chunked_array(arrays).cast(pa.string()).dictionary_encode()
    return coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded


def _coded(cells: Sequence[Any]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """(code of each cell, texts): every distinct value turned into text once; -1 where a cell is blank."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    codes, distinct = pd.factorize(values)
    texts = [_text(value) for value in distinct]
    place = np.array([-1 if text is None else i for i, text in enumerate(texts)] + [-1], dtype=np.int32)
    return place[codes], pa.array(["" if text is None else text for text in texts], pa.string())


def _text(cell: Any) -> str | None:
    """A cell as text without blanks at its ends; None where it says nothing. Whole numbers have no fraction."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(timespec="milliseconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = " ".join(str(cell).replace("\0", "").split())  # non-breaking spaces too
    return None if text.lower() in BLANK else text


def _header(rows: Iterable[Sequence[Any]]) -> tuple[int, List, dict[str, str]] | None:
    """(place of the header row, list, plain header -> as written): the row with most of a list's headers."""
    best: tuple[int, List, dict[str, str]] | None = None
    for at, row in enumerate(islice(rows, HEADER_ROWS)):
        written = {plain(text): text for cell in row if (text := _text(cell))}
        for kind in LISTS if len(written) >= MIN_HEADERS else ():
            taken = {name: text for name, text in written.items() if name in headers(kind.number)}
            if _marked(kind, written) and (best is None or len(taken) > len(best[2])):
                best = at, kind, taken
    return best


def _marked(kind: List, written: dict[str, str]) -> bool:
    """Whether headers are a list's: the child's (or adopter's), one that marks the list, and enough in all."""
    known = [headers(kind.number)[name] for name in written if name in headers(kind.number)]
    return (
        any(column.type in ("child", "adopter") for column in known)
        and any(column.header in kind.marks for column in known)
        and len({column.header for column in known}) >= MIN_HEADERS
    )


def _columns(sheet: Sheet, written: list[str], taken: dict[str, str]) -> dict[int, str]:
    """Place of a column -> the template's header. Headers that are nearly one of the list's are taken for it."""
    known = headers(sheet.kind.number)
    named: dict[int, str] = {}
    have = {known[name].header for name in taken}
    done: set[str] = set()
    for i, text in enumerate(written):
        name = plain(text)
        if not name:
            continue
        column = known.get(name)
        if column is None and (column := _similar(name, known, have)):
            sheet.guessed.append((text, column.header.strip()))
            have.add(column.header)
        if column is None:
            sheet.local.append(text)
        elif column.header in done:
            sheet.twice.append(text)
        else:
            named[i] = column.header
            done.add(column.header)
    return named


def _similar(name: str, known: dict[str, Column], have: set[str]) -> Column | None:
    """The column whose header differs by a letter or two and which is not there under its own name."""
    free = [each for each, column in known.items() if column.header not in have and len(each) > 8]
    best = process.extractOne(name, free, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    if best is None or [c for c in best[0] if c.isdigit()] != [c for c in name if c.isdigit()]:
        return None
    return known[best[0]]
