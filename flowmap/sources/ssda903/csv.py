"""A CSV of an SSDA903 set: recognised by its header row alone, read with only the columns that are kept."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.quality import QualityReport, SourceError
from flowmap.sources import delimited, dialect
from flowmap.sources.columns import Roles
from flowmap.sources.head import Head
from flowmap.sources.options import Progress
from flowmap.sources.rows import Rows
from flowmap.sources.ssda903 import lists as ssda903_lists
from flowmap.sources.ssda903.cells import Cells, Times, clean
from flowmap.sources.ssda903.lists import CHILD, List


def header(head: Head) -> tuple[list[str], bool]:
    """(names of the columns, whether rows follow) of a delimited text; no names where it is none."""
    try:
        text = head.start.decode(dialect.encoding_of(head), "replace")
    except SourceError:
        return [], False
    lines = [line for line in text.lstrip("\ufeff").splitlines()[:50] if line.strip(' \t"')]
    if lines and lines[0].lower().startswith("sep="):
        lines = lines[1:]
    if not lines:
        return [], False
    best: list[str] = []
    for delimiter in dialect.DELIMITERS:
        try:
            names = [name.strip().strip('"').strip() for name in next(csv.reader(lines[:1], delimiter=delimiter))]
        except (csv.Error, StopIteration):
            continue
        best = names if len(names) > len(best) else best
    return best, len(lines) > 1 or not head.whole


def list_of(head: Head) -> List | None:
    """The list of the return that the file's header row belongs to."""
    return ssda903_lists.recognise(header(head)[0])


def cells(head: Head, report: QualityReport, dayfirst: bool | None, progress: Progress) -> tuple[Cells, str]:
    """The file's rows and how the file is written. Raises SourceError without any value of the file in it."""
    names, filled = header(head)
    if not filled:
        found = _known(names, head.name)
        written = {name: pa.chunked_array([pa.array([], pa.string())]) for name in ssda903_lists.columns(names)}
        return clean(found, written, np.zeros(0, np.int64), report, file=head.name, place=found.name), "no rows"
    try:
        return _rows(head, report, dayfirst, progress)
    except SourceError as error:  # a whole row of a child's particulars may stand in its value or after a colon
        said = error.message.partition(": ")[0].rstrip(".")
        raise SourceError(f"{said}.", file=error.file, row=error.row, remedy=error.remedy) from None


def _known(names: list[str], file: str) -> List:
    found = ssda903_lists.recognise(names)
    if found is None:
        raise SourceError(
            "The header is of no list of the SSDA903 return.", file=file, row=1, remedy="Is the header row there?"
        )
    return found


def _rows(head: Head, report: QualityReport, dayfirst: bool | None, progress: Progress) -> tuple[Cells, str]:
    written = dialect.recognise(head)
    found = _known(written.header, head.name)
    names = ssda903_lists.columns(written.header)
    wanted = {name: names[name] for name in (CHILD, *found.texts, *found.days) if name in names}
    dialect.check_duplicates(written.header, list(wanted.values()), head.name)
    date = wanted.get(found.when or "", wanted[CHILD])
    roles = Roles({"child": wanted[CHILD], "event": wanted[CHILD], "time": date})

    def parsed(how: dialect.Dialect) -> Rows:
        file = delimited._File(
            head, how, roles, list(dict.fromkeys(wanted.values())), delimited.sample_columns(how), progress
        )
        return file.rows(report)

    try:
        rows = parsed(written)
    except delimited._NotUtf8Error:
        written = dialect.recognise(head, "cp1252")
        rows = parsed(written)
    for problem in report.problems:  # what a row says is not shown: names and dates of birth may be in it
        problem.examples = [replace(example, value=None) for example in problem.examples]
    size = len(rows.columns[wanted[CHILD]])
    numbers = rows.first_row + (np.arange(size, dtype=np.int64) if rows.chosen is None else rows.chosen)
    columns = {name: rows.columns[as_written] for name, as_written in wanted.items()}
    _check_closed(columns, numbers, head.name)
    _left_out(found, names, written.header, report, head.name)
    made = clean(found, columns, numbers, report, file=head.name, place=found.name, dayfirst=dayfirst)
    return made, str(written)


def _check_closed(columns: Mapping[str, pa.ChunkedArray], numbers: Times, file: str) -> None:
    """No number, date or code has a line end in it: one that has begins with a quotation mark that is not closed."""
    for column in columns.values():
        at = pc.index(pc.match_substring(column.cast(pa.string()), "\n"), True).as_py()
        if at >= 0:
            raise SourceError(
                "A quotation mark is opened and not closed, so that rows run together.",
                file=file,
                row=int(numbers[at]),
                remedy='Look for an odd number of " in that row.',
            )


def _left_out(found: List, names: dict[str, str], header_: list[str], report: QualityReport, file: str) -> None:
    """Name the columns that are not read."""
    read = {names.get(name) for name in (CHILD, *found.texts, *found.days)}
    others = [name for name in header_ if name and name not in read]
    if others:
        report.add("column-left-out", f"Columns of {file} that are not read: {', '.join(others)}.", count=len(others))
