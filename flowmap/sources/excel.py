"""Excel workbooks (and OpenDocument sheets): the sheet that looks like an event log is read."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine

from flowmap.eventlog import EventLog, OptionError, QualityReport, SourceError
from flowmap.quality import Example
from flowmap.sources import columns, dialect
from flowmap.sources.assemble import assemble
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.rows import Rows
from flowmap.sources.workbooks import check_area, unsaved_formulas

NAME = "excel"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and a workbook with a password
HEADER_ROWS = 20  # a title and some blank rows may come before the header
SAMPLE_ROWS = 2000
MAX_UNPACKED = 4 << 30  # bytes of XML in a workbook; a full sheet of a million rows has less
LOCKED = "The workbook is protected by a password."
INSIDE = {"xl/": "", "word/": "a Word document", "ppt/": "a PowerPoint presentation"}


def sniff(head: Head) -> bool:
    """A zip archive or an OLE file: what else it may be, `read` says."""
    return head.start.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE))


def read(head: Head, options: ReadOptions, progress: Progress) -> EventLog:
    """The event log in the workbook. Raises SourceError and OptionError."""
    check_container(head)
    progress(f"reading {head.name}", 0.0)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(head.path)) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in _tables(book)}
    except python_calamine.PasswordError:
        raise SourceError(LOCKED, file=head.name, remedy="Save it without one.") from None
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            f"The workbook cannot be opened ({error}).",
            file=head.name,
            remedy="Save it again in Excel as .xlsx or CSV.",
        ) from None
    progress(f"reading {head.name}", 0.5)
    unsaved = QualityReport()
    note_unsaved_formulas(head, unsaved)
    try:
        name, header_at, roles = _chosen(sheets, options, head.name)
    except (SourceError, OptionError) as error:
        for problem in unsaved.problems:  # the likely cause
            raise SourceError(problem.message, file=head.name, remedy=problem.remedy) from error
        raise
    rows = _rows(head.name, name, sheets.pop(name), header_at)
    rows.report.problems += unsaved.problems
    rows.said.append(_said(head.name, name, sheets))
    sheets.clear()
    dialect.check_duplicates(list(rows.columns), [], head.name)
    log = assemble(rows, roles, options, Fingerprint(head), NAME)
    progress(f"reading {head.name}", 1.0)
    return log


def note_unsaved_formulas(head: Head, report: QualityReport) -> None:
    """Report cells that are read as blank because the results of their formulas were never saved."""
    count, first = unsaved_formulas(head.path)
    if count:
        cells = (
            f"1 cell ({first}) has a formula" if count == 1 else f"{count:,} cells have formulas, {first} the first,"
        )
        report.add(
            "formula-without-result",
            f"{cells} without a saved result: read as blank.",
            examples=[Example(head.name, None, None, None)],
            count=count,
            action="kept",
            remedy="Open the workbook in Excel, save it, and bring it in again.",
        )


def check_container(head: Head) -> None:
    """Say what a zip archive or an OLE file is, if not a workbook that can be opened."""
    if head.start.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in head.path.read_bytes()[: 64 << 20]:
            raise SourceError(LOCKED, file=head.name, remedy="Save it without one.")
        return
    try:
        with zipfile.ZipFile(head.path) as archive:
            names = archive.namelist()
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise SourceError(
            "The workbook is damaged or cut short.", file=head.name, remedy="Download or save it again."
        ) from None
    for folder, what in INSIDE.items():
        if any(name.startswith(folder) for name in names):
            if what:
                raise SourceError(f"This is {what}, not a table.", file=head.name, remedy="Give a CSV or Excel file.")
            break
    else:
        if "content.xml" not in names:
            raise SourceError(
                "This is a zip archive, not a workbook.", file=head.name, remedy="Unpack it and give the files in it."
            )
    if size > MAX_UNPACKED:
        raise SourceError("The workbook unpacks to more than 4 GB.", file=head.name, remedy="Save the sheet as CSV.")
    check_area(head.path, head.name)


def _tables(book: Any) -> list[str]:
    """Names of the sheets with cells (no charts, no macros)."""
    kind = python_calamine.SheetTypeEnum.WorkSheet
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == kind]


def _chosen(sheets: dict[str, Any], options: ReadOptions, file: str) -> tuple[str, int, columns.Roles]:
    """(sheet, its header's place, roles): the sheet that is an event log, the longest where several are."""
    found: list[tuple[int, str, int, columns.Roles]] = []
    reasons: list[tuple[int, Exception]] = []
    for name, cells in sheets.items():
        at = _header_at(cells)
        if at is None:
            continue
        try:
            roles = columns.recognise(_samples(cells, at), options, f"{file} (sheet {name!r})")
            found.append((len(cells), name, at, roles))
        except OptionError as error:
            reasons.append((len(cells), error))
    if found:
        _, name, at, roles = max(found, key=lambda f: f[0])
        return name, at, roles
    if reasons:
        raise max(reasons, key=lambda r: r[0])[1]
    raise SourceError(
        "No sheet holds a table.",
        file=file,
        remedy="An event log has a header row and columns for the child, the event and the time.",
    )


def _header_at(cells: Sequence[Sequence[Any]]) -> int | None:
    """The first row with two texts or more and no number or date, if a row follows."""
    for i, row in enumerate(cells[:HEADER_ROWS]):
        known = [cell for cell in row if cell != "" and cell is not None]
        if len(known) >= 2 and all(isinstance(cell, str) for cell in known) and i + 1 < len(cells):
            return i
    return None


def _names(row: Sequence[Any]) -> list[str]:
    return [" ".join(str(cell).replace("\xa0", " ").split()) for cell in row]


def _samples(cells: Sequence[Sequence[Any]], at: int) -> dict[str, list[str]]:
    names = _names(cells[at])
    rows = cells[at + 1 : at + 1 + SAMPLE_ROWS]
    return {
        name: [_text(row[i]) or "" for row in rows] for i, name in enumerate(names) if name and names.count(name) == 1
    }


def _rows(file: str, sheet: str, cells: Sequence[Sequence[Any]], at: int) -> Rows:
    names = _names(cells[at])
    found: dict[str, pa.ChunkedArray] = {}
    report = QualityReport(rows_read=len(cells) - at - 1)
    rows = Rows(file, found, report, first_row=at + 2, place=f"sheet {sheet}")
    for i, name in enumerate(names):
        if name and names.count(name) == 1:
            found[name] = pa.chunked_array([pa.array([_text(row[i]) for row in cells[at + 1 :]], pa.string())])
        elif name and name not in names[:i]:
            rows.left_out(name, "the name is there more than once")
    return _without_tail(rows)


def _without_tail(rows: Rows) -> Rows:
    """Without the blank rows at the end, which Excel keeps for their formatting: they were never rows."""
    full = np.zeros(rows.report.rows_read, dtype=bool)
    for column in rows.columns.values():
        full |= column.is_valid().to_numpy()
    last = int(np.flatnonzero(full).max(initial=-1)) + 1
    rows.report.rows_read = last
    rows.columns = {name: column.slice(0, last) for name, column in rows.columns.items()}
    return rows


def _text(cell: Any) -> str | None:
    """A cell as a CSV would write it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell).replace("\xa0", " ").strip() or None


def _said(file: str, sheet: str, others: Any) -> str:
    if not others:
        return f"{file}: a workbook, sheet {sheet!r}."
    choice = "--case, --event and --time choose another"
    return f"{file}: a workbook; of its {len(others) + 1} sheets {sheet!r} is read ({choice})."
