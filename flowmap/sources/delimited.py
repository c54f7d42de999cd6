"""CSV and its relations: recognised by the first megabyte, parsed by Arrow, a bad row at a time put right or dropped.

A clean file is parsed once, by all cores, with only the columns that are needed. Only where that shows bad
rows is the file parsed again, in order, for their numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from flowmap.eventlog import EventLog, Example, QualityReport, SourceError
from flowmap.quality import shorten
from flowmap.sources import columns, dialect, identity
from flowmap.sources.assemble import assemble
from flowmap.sources.dialect import Dialect
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.rows import Rows
from flowmap.sources.stream import TextStream, unpacked

NAME = "csv"
BLANKS = ["", "NULL", "null", "NaN", "nan", "NaT", "#N/A", "\\N"]
BLOCK = 4 << 20  # a row must fit into a block, and a line has at most a quarter of it
MAX_RAGGED = 100_000  # bad rows looked at one by one
DATE_LENGTH = 10  # longer: with a time of day
CODED = pa.dictionary(pa.int32(), pa.string())


def sniff(head: Head) -> bool:
    """Any text that is not something else: the last format to be asked."""
    return not head.start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"["))


def read(head: Head, options: ReadOptions, progress: Progress) -> EventLog:
    """The event log in a delimited text. Raises SourceError and OptionError."""
    found = dialect.recognise(head)
    try:
        return _read(head, found, options, progress)
    except _NotUtf8Error:
        return _read(head, dialect.recognise(head, "cp1252"), options, progress)


class _NotUtf8Error(Exception):
    """Past its first megabyte the file is not UTF-8 after all."""


def _read(head: Head, found: Dialect, options: ReadOptions, progress: Progress) -> EventLog:
    report = QualityReport()
    samples = sample_columns(found)
    roles = columns.recognise(samples, options, head.name)
    if found.header.count(roles.get("family") or "") > 1:  # not needed, so no reason to refuse the file
        roles.forget("family")
    dialect.check_duplicates(found.header, roles.used(), head.name)
    wanted = roles.used() + _facets(found, samples, roles.used(), report, head.name)
    rows = _File(head, found, roles, wanted, samples, progress).rows(report)
    rows.said.append(f"{head.name}: a table, {found}.")
    return assemble(rows, roles, options, Fingerprint(head), NAME)


def sample_columns(found: Dialect) -> dict[str, list[str]]:
    """The sample by column; "" where a row is short or the value means blank."""
    blanks = set(BLANKS)
    rows = [row for row in found.sample if len(row) <= len(found.header)] or found.sample
    return {
        name: ["" if i >= len(row) or row[i] in blanks else row[i].strip() for row in rows]
        for i, name in enumerate(found.header)
        if name
    }


def _facets(
    found: Dialect, samples: dict[str, list[str]], used: Sequence[str], report: QualityReport, file: str
) -> list[str]:
    """The columns worth reading besides those in use; the others are named in the report, with the reason."""
    wanted = []
    for name in samples:
        if name in used:
            continue
        reason = identity.left_out(name, pa.array(sorted(set(samples[name])), pa.string()))
        kinds = set(samples[name])
        if reason == "it is empty":  # perhaps only in the sample
            reason = None
        if not reason and found.header.count(name) > 1:
            reason = "the name is there more than once"
        if not reason and len(kinds) > identity.MAX_KINDS and not all(v.strip("-").isdigit() for v in kinds if v):
            reason = f"it has more than {identity.MAX_KINDS} different values"
        if reason:
            report.add("column-left-out", f"The column {name!r} of {file} is left out: {reason}.")
        else:
            wanted.append(name)
    return wanted


@dataclass
class _File:
    """A file about to be parsed: which columns, and of what type each."""

    head: Head
    dialect: Dialect
    roles: columns.Roles
    wanted: list[str]
    samples: dict[str, list[str]]
    progress: Progress
    bad: list[tuple[int, str]] = field(default_factory=list)  # (row of the file, 0 = first of data; text)
    bad_count: int = 0

    def rows(self, report: QualityReport) -> Rows:
        """All rows that can be had; the rest is in the report."""
        needed = [self.dialect.header.index(self.roles.columns[role]) for role in columns.REQUIRED]
        table, stream = self._quick()
        file = self.head.name
        rows = Rows(file, {}, report, self.dialect.first_row)
        if stream.quoted:
            self._check_closed(table, needed)
        if self.bad_count:
            table, rows.chosen = self._careful(table, report, needed, stream.quoted)
        report.rows_read += table.num_rows
        if stream.nul:
            self._report_nul(stream, report)
        if stream.foreign:
            report.add(
                "unknown-bytes",
                f"Bytes that are no {self.dialect} are shown as \ufffd.",
                count=stream.foreign,
                action="repaired",
                remedy="Export the file as UTF-8.",
                examples=[Example(file)],
            )
        rows.columns = dict(zip(self.wanted, table.columns, strict=True))
        return rows

    def _quick(self) -> tuple[pa.Table, TextStream]:
        """Parse with all cores; bad rows are only counted."""
        multiline = self.dialect.quoted
        while True:
            self.bad_count = 0
            table, stream = self._parse(self._count, multiline=multiline)
            if stream.quoted and not multiline:
                multiline = True  # quotation marks only further on: rows may have several lines after all
                continue
            if self.bad_count > max(table.num_rows, 10):
                raise SourceError(
                    f"Most rows have not as many columns as the header ({len(self.dialect.header)}).",
                    file=self.head.name,
                    remedy="Is the delimiter in the header the same, and is text with a delimiter in quotation marks?",
                )
            return table, stream

    def _count(self, _: Any) -> str:
        self.bad_count += 1
        return "skip"

    def _note(self, row: Any) -> str:
        if len(self.bad) < MAX_RAGGED:
            self.bad.append((row.number - 1, row.text))
        return "skip"

    def _parse(
        self, handler: Callable[[Any], str], *, multiline: bool, threads: bool = True, only: int | None = None
    ) -> tuple[pa.Table, TextStream]:
        d = self.dialect
        names = [str(i) for i in range(len(d.header))]
        include = [names[d.header.index(c)] for c in self.wanted] if only is None else [names[only]]
        types = {names[d.header.index(c)]: self._type(c) for c in self.wanted}
        said = 0.0

        def tell(done: float) -> None:
            nonlocal said
            if done >= said + 0.01 and threads:
                said = done
                self.progress(f"reading {self.head.name}", done * 0.7)

        stream = TextStream(
            self.head.path, gzip=self.head.gzip, encoding=d.encoding, newline=d.newline, skip=d.skip, progress=tell
        )
        try:
            table = pyarrow.csv.read_csv(
                pa.PythonFile(stream, mode="r"),
                pyarrow.csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=threads),
                pyarrow.csv.ParseOptions(
                    delimiter=d.delimiter,
                    newlines_in_values=multiline,
                    ignore_empty_lines=False,
                    invalid_row_handler=handler,
                ),
                pyarrow.csv.ConvertOptions(
                    include_columns=include, column_types=types, strings_can_be_null=True, null_values=BLANKS
                ),
            )
        except pa.ArrowInvalid as error:
            raise self._explained(error, stream) from None
        except UnicodeDecodeError:  # in a bad row
            raise _NotUtf8Error() from None
        finally:
            stream.close()
        return table, stream

    def _type(self, name: str) -> pa.DataType:
        """Few different values (events, dates, facets): coded while parsing. Many (identifiers, clock times): text."""
        role = next((role for role, column in self.roles.columns.items() if column == name), None)
        if role in ("child", "journey", "instance", "family"):
            return pa.string()
        if role in ("time", "end", "birth") and max(map(len, self.samples[name])) > DATE_LENGTH:
            return pa.string()
        return CODED

    def _explained(self, error: pa.ArrowInvalid, stream: TextStream) -> Exception:
        if stream.error:
            return stream.error
        text = str(error)
        if "UTF8" in text and self.dialect.encoding == "utf-8":
            return _NotUtf8Error()
        if "straddling" in text or "out of sync" in text:
            return SourceError(
                "A quotation mark is opened and not closed.",
                file=self.head.name,
                remedy='Look for an odd number of " in a row.',
            )
        if "Empty CSV" in text:
            return SourceError("There is a header, but no rows.", file=self.head.name, row=1, remedy="Export it again.")
        return SourceError(
            f"The table cannot be read: {shorten(text)}", file=self.head.name, remedy="Export it again as CSV."
        )

    def _careful(
        self, table: pa.Table, report: QualityReport, needed: list[int], multiline: bool
    ) -> tuple[pa.Table, Any]:
        """The table with the rows that could be put right, in order; and each row's place in the file."""
        self.bad.clear()
        self._parse(self._note, multiline=multiline, threads=False, only=needed[0])
        absent = np.array([number for number, _ in self.bad], dtype=np.int64)
        fixed, dropped = [], []
        for number, text in self.bad:
            row = self._fixed(text, needed)
            if row is None:
                dropped.append((number, text))
            else:
                fixed.append((number, text, row))
        self._report_ragged(report, dropped, fixed)
        place = np.arange(table.num_rows, dtype=np.int64)
        place += np.searchsorted(absent - np.arange(len(absent)), place, side="right")
        if not fixed:
            return table, place
        more = {
            str(self.dialect.header.index(c)): [row[self.dialect.header.index(c)] for _, _, row in fixed]
            for c in self.wanted
        }
        added = pa.table({k: pa.array(v, pa.string()) for k, v in more.items()})
        plain = [c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for c in table.columns]
        both = pa.concat_tables([pa.table(plain, names=table.column_names), added])
        place = np.concatenate([place, np.array([number for number, _, _ in fixed], dtype=np.int64)])
        order = np.argsort(place, kind="stable")
        return both.take(pa.array(order)), place[order]

    def _fixed(self, text: str, needed: list[int]) -> list[str | None] | None:
        """A row with too many blank fields at its end, or too few fields but the needed ones; else None."""
        width = len(self.dialect.header)
        try:
            row = next(csv.reader([text], delimiter=self.dialect.delimiter), [])
        except csv.Error:
            return None
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            return None
        if len(row) <= max(needed):
            return None
        return [None if cell in BLANKS else cell for cell in row[:width]] + [None] * (width - len(row))

    def _report_ragged(self, report: QualityReport, dropped: list[Any], fixed: list[Any]) -> None:
        report.rows_read += len(dropped)
        for found, action, end in ((dropped, "dropped", ""), (fixed, "repaired", "; the ones needed are there")):
            if found:
                examples = [
                    Example(self.head.name, None, n + self.dialect.first_row, shorten(t)) for n, t, *_ in found[:10]
                ]
                report.add(
                    "ragged-row",
                    f"The row has not as many columns as the header ({len(self.dialect.header)}){end}.",
                    count=len(found),
                    action=action,  # type: ignore[arg-type]
                    remedy="Put text that holds the delimiter in quotation marks.",
                    examples=examples,
                )

    def _check_closed(self, table: pa.Table, needed: list[int]) -> None:
        """A quotation mark that is not closed swallows rows: seen by a line end in an identifier, event or time."""
        for column in needed:
            values = table.column(str(column))
            if pa.types.is_dictionary(values.type):
                values = values.cast(pa.string())
            row = pc.index(pc.match_substring(values, "\n"), True).as_py()
            if row >= 0:
                raise SourceError(
                    "A quotation mark is opened and not closed, so that rows run together.",
                    file=self.head.name,
                    row=row + self.dialect.first_row,
                    value=values[row].as_py(),
                    remedy='Look for an odd number of " in that row.',
                )

    def _report_nul(self, stream: TextStream, report: QualityReport) -> None:
        report.add(
            "nul-bytes",
            "NUL bytes are taken out.",
            count=stream.nul,
            action="repaired",
            remedy="Export the file again; it may be damaged.",
            examples=[Example(self.head.name, None, self._first_nul())],
        )

    def _first_nul(self) -> int:
        """The line of the first NUL byte: looked for only where there is one."""
        lines = 1
        with self.head.path.open("rb") as file:
            for chunk in unpacked(file, self.head.name) if self.head.gzip else iter(lambda: file.read(BLOCK), b""):
                place = chunk.find(b"\0")
                lines += chunk.count(self.dialect.newline, 0, place if place >= 0 else len(chunk))
                if place >= 0:
                    break
        return lines
