"""A sheet of Annex A (or a CSV) as columns: which list it is, where its headers are, and its cells.

A sheet is a list if one of its first rows has that list's headers, whatever the sheet is called. Cells are turned into
text once for each distinct value of a column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from rapidfuzz import fuzz, process

from flowmap.eventlog import SourceError
from flowmap.sources.annex_a.codes import plain
from flowmap.sources.annex_a.lists import LISTS, Column, List, headers

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

    `rows` are the file's own row numbers; blank rows are not among them; `ragged` ones run over the header. `local` are
    headers that no edition of Annex A has, `twice` those that are there again, `guessed` pairs of (as written, taken
    for), `known` the headers read.
    """

    place: str
    kind: List
    header_row: int
    columns: dict[str, pa.Array] = field(default_factory=dict)
    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    ragged: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    local: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    guessed: list[tuple[str, str]] = field(default_factory=list)
    known: frozenset[str] = frozenset()


def sheet_of(place: str, rows: Iterable[Sequence[Any]], *, text: bool = False) -> Sheet | None:
    """The list that a sheet holds; None where it is none. Of delimited text (`text`) rows may run over or together."""
    rows = iter(rows)
    first = list(islice(rows, HEADER_ROWS))
    found = header_of(first)
    if found is None:
        return None
    at, kind, taken = found
    sheet = Sheet(place, kind, at + 1)
    named = _columns(sheet, [_text(cell) or "" for cell in first[at]], taken)
    sheet.known = frozenset(named.values())
    parts: dict[str, list[pa.Array]] = {header: [] for header in named.values()}
    numbers, ragged = [], []
    number = at + 2
    rows = chain(first[at + 1 :], rows)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        full, over = np.zeros(len(chunk), dtype=bool), np.zeros(len(chunk), dtype=bool)
        for i, cells in enumerate(zip_longest(*chunk, fillvalue="")):
            if text:
                _check_closed(cells, number, i in named)
            codes, texts = _coded(cells)
            full |= codes >= 0
            if text and i >= len(first[at]):
                over |= codes >= 0
            if i in named:
                parts[named[i]].append(pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts))
        kept = np.flatnonzero(full)
        numbers.append(number + kept)
        ragged.append(over[kept])
        for header in named.values():
            if len(parts[header]) < len(numbers):  # a column that no row of the chunk reaches
                parts[header].append(_nothing(len(chunk)))
            parts[header][-1] = parts[header][-1].take(pa.array(kept))
        number += len(chunk)
    if numbers:
        sheet.rows, sheet.ragged = np.concatenate(numbers).astype(np.int64), np.concatenate(ragged)
    sheet.columns = {header: _joined(arrays) for header, arrays in parts.items()}
    return sheet


def _check_closed(cells: Sequence[str], first_row: int, ours: bool) -> None:
    """Refuse a quotation mark that is opened and not closed: it swallows the rows after it.

    Then a cell has line breaks and delimiters, which no cell of a column of Annex A's has, or more lines than any note.
    """
    for value in set(cells):
        if (lines := value.count("\n")) and (lines > MAX_LINES or (ours and max(map(value.count, DELIMITERS)) >= 3)):
            raise SourceError(
                "A quotation mark is opened and not closed.",
                row=first_row + cells.index(value),
                remedy='Look for an odd number of " in that row.',
            )


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


def header_of(rows: Iterable[Sequence[Any]]) -> tuple[int, List, dict[str, str]] | None:
    """(place of the header row, list, plain header -> as written): the row with most of a list's headers."""
    best: tuple[int, List, dict[str, str]] | None = None
    for at, row in enumerate(islice(rows, HEADER_ROWS)):
        written = {plain(text): text for cell in row if (text := _text(cell))}
        for kind in LISTS if len(written) >= MIN_HEADERS else ():
            taken = {name: text for name, text in written.items() if name in headers(kind.number)}
            if marked(kind, written) and (best is None or len(taken) > len(best[2])):
                best = at, kind, taken
    return best


def marked(kind: List, written: dict[str, str]) -> bool:
    """Whether headers are a list's: the child's (or adopter's), one that marks the list, and enough in all."""
    known = [headers(kind.number)[name] for name in written if name in headers(kind.number)]
    return (
        any(column.type in ("child", "adopter") for column in known)
        and any(column.header in kind.marks for column in known)
        and len({column.header for column in known}) >= MIN_HEADERS
    )


def _columns(sheet: Sheet, written: list[str], taken: dict[str, str]) -> dict[int, str]:
    """Place of a column -> the template's header, which wins over other words for it. Slips of the pen are mended."""
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
        elif column.header in done or (name != plain(column.header) and plain(column.header) in taken):
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
