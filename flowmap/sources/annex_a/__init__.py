"""Ofsted Annex A: the lists of children that an authority gives to inspectors, as a workbook or a set of CSVs.

All eleven lists are read (`lists` says what becomes of each column). A file covers about six months and knows
no history; what it cannot know is said, not guessed.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, Casework, table
from flowmap.eventlog import QualityReport, SourceError
from flowmap.sources import dates, excel
from flowmap.sources.annex_a.episodes import join_referrals, persons
from flowmap.sources.annex_a.files import Found, lists_in, workbook
from flowmap.sources.annex_a.files import table as csv_list
from flowmap.sources.annex_a.lists import LISTS, OTHER_EDITIONS, Column
from flowmap.sources.annex_a.sheets import Sheet
from flowmap.sources.annex_a.values import Cells
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions

NAME = "annex-a"
LABEL = "Ofsted Annex A"

NEIGHBOUR = 92 * dates.DAY  # a last day without another date in the quarter before is a slip of the pen
SHORT_BREAKS = ("V3", "V4")
UNKNOWN = [
    "Annex A does not say what became of a contact, nor which records belong to one referral: they are joined by child "
    "and date.",
    "Annex A holds about six months: earlier contacts, referrals, assessments and enquiries are not in it.",
    "Annex A holds one episode of need, one child protection plan and one period of care for each child, the latest: "
    "where a child came back within six months, the end of the one before is not known. Of legal statuses and "
    "placements it holds only the current one.",
    "Annex A does not say when a section 47 enquiry ended, when a child in need plan began or ended, and knows no "
    "pre-proceedings and no care proceedings.",
]


def sniff(head: Head) -> str | None:
    """Why this is Annex A, in words; None where it is not."""
    found = sorted({each.number for each in lists_in(head)})
    if not found:
        return None
    if len(found) == 1:
        return f"its headers are those of Annex A, {LISTS[found[0] - 1].label}"
    return f"its sheets have the headers of Annex A, lists {', '.join(map(str, found))}"


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The case records of a workbook, or of the one list of a CSV. Raises SourceError.

    Dates are day-first unless that is impossible. `options` has nothing that Annex A leaves open.
    """
    del options
    fingerprint = Fingerprint(head)
    progress(f"reading {head.name}", 0.0)
    found = workbook(head) if head.start.startswith((b"PK\x03\x04", excel.OLE)) else csv_list(head)
    if not found.sheets:
        raise SourceError(
            "None of Annex A's lists is in the file.",
            file=head.name,
            remedy="A list has a row of headers such as Child Unique ID, Date of referral, Referral Source.",
        )
    report = QualityReport()
    excel.note_unsaved_formulas(head, report)
    parts: dict[str, list[pa.Table]] = {}
    days: list[npt.NDArray[np.int64]] = []
    for i, sheet in enumerate(found.sheets):
        progress(f"reading {head.name}", 0.5 + 0.5 * i / len(found.sheets))
        cells = Cells(sheet, head.name, report)
        for kind, records_of in _of_list(cells).items():
            parts.setdefault(kind, []).append(records_of)
        days += _days(cells)
        sheet.columns.clear()
    tables = _tables(parts, head.name, report)
    as_of = _as_of(days)
    origin = fingerprint.origin(NAME, report.rows_read)
    progress(f"reading {head.name}", 1.0)
    said = _said(head.name, found, as_of)
    _left_out(found, head.name, report)
    return Casework(head.name, NAME, tables, report, as_of, head.size, origin.sha256, said, list(UNKNOWN))


def _of_list(cells: Cells) -> dict[str, pa.Table]:
    """The records of each kind in one list; its rows without child or date are dropped, with their rules."""
    kind = cells.sheet.kind
    if kind.number == 11:
        cells.drop(
            np.ones(len(cells), dtype=bool),
            "adopters",
            "The row is about an adopter, not a child: it makes no event.",
            "None is needed.",
            kind.marks[0],
        )
        return {}
    columns = [c for c in (*kind.columns, *OTHER_EDITIONS.get(kind.number, ())) if c.header in cells.sheet.columns]
    child = cells.child(next(c.header for c in columns if c.type == "child"))
    if kind.dates:
        cells.dated([c for c in columns if c.header in kind.dates])
    if kind.number == 8:
        _drop_short_breaks(cells, columns)
    fields: dict[str, dict[str, Any]] = {}
    for column in columns:
        if column.to:
            values = cells.value(column)
            for to in column.to:
                name, field = to.split(".")
                fields.setdefault(name, {})[field] = values
    if kind.number == 6:
        _check_status(cells, columns)
    return {
        ("cin" if kind.number == 6 and name == "referral" else name): _records(cells, child, name, given)
        for name, given in fields.items()
    }


def _records(cells: Cells, child: pa.Array, name: str, given: dict[str, Any]) -> pa.Table:
    """The records of one kind: of the rows that are kept and have its date."""
    mask = pa.array(cells.kept)
    when = KINDS[name].when
    if when is not None:
        # A column that is not there dates nothing.
        given.setdefault(when, pa.nulls(len(cells), pa.timestamp("ms")))
        mask = pc.and_(mask, pc.is_valid(given[when]))
    place = pa.repeat(cells.sheet.place, len(cells))
    columns = {**given, "child": child, "row": pa.array(cells.sheet.rows), "place": place}
    return table(name, {key: values.filter(mask) for key, values in columns.items()})


def _drop_short_breaks(cells: Cells, columns: list[Column]) -> None:
    """Respite (V3, V4) is not a period of care: Ofsted's own codes call it an error in this list."""
    for column in columns:
        if column.to == ("legal_status.status",):
            where = pc.is_in(cells.code(column), pa.array(SHORT_BREAKS)).to_numpy(zero_copy_only=False)
            why = "A short break (V3, V4) is not a period of care."
            cells.drop(where, "short-break", why, "None is needed.", column.header)


def _check_status(cells: Cells, columns: list[Column]) -> None:
    """The case status has no date, so it makes no record; but it may contradict the closure date."""
    status = next((c for c in columns if c.type == "status"), None)
    closure = next((c for c in columns if c.to == ("referral.closed",)), None)
    if status is None or closure is None:
        return
    said = cells.code(status)
    shut = pc.equal(said, "closed").fill_null(False).to_numpy(zero_copy_only=False)
    dated = cells.times(closure)[1] == dates.FINE
    for where, message in (
        (shut & ~dated, "The case status says closed, but there is no closure date: the episode counts as open."),
        (
            ~shut & dated & pc.is_valid(said).to_numpy(zero_copy_only=False),
            "There is a closure date, but the case status does not say closed: the episode counts as closed.",
        ),
    ):
        where = where & cells.kept
        if where.any():
            cells.report.add(
                "status-against-closure",
                message,
                count=int(where.sum()),
                action="kept",
                remedy="Correct the one or the other in the source.",
                examples=cells.examples(where, closure.header),
            )


def _tables(parts: dict[str, list[pa.Table]], file: str, report: QualityReport) -> dict[str, pa.Table]:
    """The parts of several lists as one table a kind: list 6 is joined to list 3, and a child is there once."""
    joined = {name: pa.concat_tables(several) for name, several in parts.items()}
    cin = joined.pop("cin", None)
    if cin is not None:
        joined["referral"] = join_referrals(joined.get("referral"), cin, file, report)
    if "person" in joined:
        joined["person"] = persons(joined["person"], file, report)
    return {name: joined[name] for name in KINDS if name in joined and len(joined[name])}


def _days(cells: Cells) -> list[npt.NDArray[np.int64]]:
    """The days on which anything happened, by the rows kept; births are not among them."""
    found = []
    for column in cells.sheet.kind.columns:
        happened = column.type == "seen" or (column.type == "date" and column.to != ("person.birth",))
        if happened and column.header in cells.sheet.columns:
            time_of, kind = cells.times(column)
            found.append(np.unique(time_of[cells.kept & (kind == dates.FINE)] // dates.DAY) * dates.DAY)
    return found


def _as_of(days: list[npt.NDArray[np.int64]]) -> int:
    """The day up to which a file speaks: its latest date that is not after today; 0 where it has none.

    Annex A does not say when it was made. A date without another in the three months before it is not believed: one
    slip of the pen (2024 for 2023) would make an old file the newest.
    """
    known = np.unique(np.concatenate(days)) if days else np.zeros(0, np.int64)
    today = known[known <= int(time.time() * 1000)]
    if not len(today):
        return int(known.max(initial=0))
    near = np.flatnonzero(np.diff(today) <= NEIGHBOUR)
    return int(today[near[-1] + 1]) if len(near) else int(today[-1])


def _said(file: str, found: Found, as_of: int) -> list[str]:
    """How the file was understood."""
    until = f" up to {np.datetime64(as_of, 'ms').astype('datetime64[D]')}, its latest date" if as_of else ""
    said = [f"{file}: Annex A{until}: {_sheets_said(found.sheets)}."]
    for sheet in found.sheets:
        for text, header in sheet.guessed:
            said.append(f"{file}: in {sheet.kind.label} the column {text!r} is taken for {header!r}.")
    if found.hidden:
        said.append(f"{file}: hidden sheets are not read, as the same lists are on others: {', '.join(found.hidden)}.")
    if found.others:
        said.append(f"{file}: no lists are on {', '.join(map(repr, found.others))}.")
    return said


def _sheets_said(sheets: list[Sheet]) -> str:
    """Such as `list 1 ('Contacts', 12 rows), list 2 ('Early Help', 3 rows); headers in row 1`."""
    several = []
    for sheet in sheets:
        where = "" if sheet.place == f"list {sheet.kind.number}" else f"{sheet.place!r}, "
        several.append(f"list {sheet.kind.number} ({where}{len(sheet.rows):,} rows)")
    rows = " or ".join(str(row) for row in sorted({sheet.header_row for sheet in sheets}))
    return f"{', '.join(several)}; headers in row {rows}"


def _left_out(found: Found, file: str, report: QualityReport) -> None:
    """Name the columns that are not Annex A's, those of Annex A that are not there, and what was mended in the text."""
    for count, rule, message in (
        (found.nul, "nul-bytes", "NUL bytes are taken out."),
        (found.foreign, "unknown-bytes", "Bytes that are no text in the file's encoding are shown as \ufffd."),
    ):
        if count:
            report.add(rule, message, count=count, action="repaired", remedy="Export the file again, as UTF-8.")
    for sheet in found.sheets:
        for header in sheet.local:
            report.add(
                "column-left-out", f"The column {header!r} of {file} is left out: Annex A has none of that name."
            )
        for header in sheet.twice:
            report.add("column-left-out", f"The column {header!r} of {file} is left out: it is there more than once.")
        for header in _missing(sheet):
            report.add("column-missing", f"The column {header!r} of {sheet.kind.label} is not in {file}.")


def _missing(sheet: Sheet) -> list[str]:
    return [c.header.strip() for c in sheet.kind.columns if c.to and c.header not in sheet.known]
