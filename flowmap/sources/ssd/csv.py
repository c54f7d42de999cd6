"""A CSV export of one SSD table: the columns that are needed, as text, with the file's own row numbers."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from flowmap.eventlog import Example, QualityReport, SourceError
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources import dialect
from flowmap.sources.dialect import DELIMITERS, Dialect
from flowmap.sources.head import Head
from flowmap.sources.options import Progress
from flowmap.sources.ssd.map import plain
from flowmap.sources.stream import TextStream

BLOCK = 4 << 20
AGAIN = "Export the table again as CSV."
FIRST_LINE = 1 << 16
UNCLOSED = "A quotation mark is opened and not closed."


def header_of(head: Head) -> list[str]:
    """The names in the file's first line that is not blank, as the standard writes them; [] where it is no table."""
    start = head.start[:FIRST_LINE]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start.decode("utf-16", "ignore")
    else:
        text = start.replace(b"\0", b"").decode("utf-8", "ignore")
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.startswith("sep=")]
    if not lines:
        return []
    rows = [next(csv.reader([lines[0]], delimiter=d), []) for d in DELIMITERS]
    return [plain(name) for name in max(rows, key=len)]


@dataclass
class Text:
    """Columns by the standard's names, each row's number in the file (the header is row 1), and all names there."""

    columns: dict[str, Any]
    row: Any
    names: list[str]


@dataclass
class _Bad:
    rows: list[int] = field(default_factory=list)  # of the data, from 0
    unclosed: int | None = None  # the first of them with a quotation mark that is opened and not closed

    def note(self, row: Any) -> str:
        self.rows.append(row.number - 1)
        if self.unclosed is None and row.text.count('"') % 2:
            self.unclosed = row.number - 1
        return "skip"


def read(head: Head, wanted: list[str], report: QualityReport, progress: Progress) -> Text:
    """The wanted columns that the file has. Rows of another length than the header are dropped and counted.

    Raises SourceError for a file that is no table.
    """
    names = header_of(head)
    after = re.split(rb"[\r\n]", head.start.lstrip(), maxsplit=1)[1:]
    if head.whole and not b"".join(after).strip(b"\0 \t\r\n"):  # an empty table is nothing unusual here
        return Text({name: pa.array([], pa.string()) for name in wanted if name in names}, np.zeros(0, np.int64), names)
    found = dialect.recognise(head)
    names = [plain(name) for name in found.header]
    for name in wanted:
        if names.count(name) > 1:
            raise SourceError(f"The column {name!r} is there twice.", file=head.name, row=1, remedy=AGAIN)
    try:
        return _parse(head, found, names, wanted, report, progress)
    except UnicodeDecodeError:
        found = dialect.recognise(head, "cp1252")
        return _parse(head, found, names, wanted, report, progress)


def _parse(
    head: Head, found: Dialect, names: list[str], wanted: list[str], report: QualityReport, progress: Progress
) -> Text:
    places = {name: str(names.index(name)) for name in wanted if name in names}
    if not places:
        raise SourceError("The table has none of the columns that are read.", file=head.name, row=1, remedy=AGAIN)
    bad = _Bad()
    stream = TextStream(
        head.path,
        gzip=head.gzip,
        encoding=found.encoding,
        newline=found.newline,
        skip=found.skip,
        progress=lambda done: progress(f"reading {head.name}", done * 0.7),
    )
    try:
        table = pyarrow.csv.read_csv(
            pa.PythonFile(stream, mode="r"),
            # In order, so that bad rows know their numbers.
            pyarrow.csv.ReadOptions(
                column_names=[str(i) for i in range(len(names))], block_size=BLOCK, use_threads=False
            ),
            pyarrow.csv.ParseOptions(
                delimiter=found.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=bad.note,
            ),
            pyarrow.csv.ConvertOptions(
                include_columns=list(places.values()),
                column_types=dict.fromkeys(places.values(), pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _explained(error, stream, head) from None
    finally:
        stream.close()
    row = _numbered(table.num_rows, bad.rows, found.first_row)
    _check_closed(table, row, bad, found, head)
    _say_bad(bad.rows, found, head, report)
    return Text({name: table.column(place) for name, place in places.items()}, row, names)


def _check_closed(table: pa.Table, row: Any, bad: _Bad, found: Dialect, head: Head) -> None:
    """A quotation mark that is not closed swallows rows: seen by a line end where none can be."""
    at = None if bad.unclosed is None else bad.unclosed + found.first_row
    for place, name in ((c, plain(found.header[int(c)])) for c in table.column_names):
        if at is None and not name.endswith("_json"):
            broken = pc.index(pc.match_substring(table.column(place), "\n"), True).as_py()
            at = int(row[broken]) if broken >= 0 else None
    if at is not None:
        raise SourceError(UNCLOSED, file=head.name, row=at, remedy='Look for an odd number of " in that row.')


def _numbered(size: int, absent: list[int], first_row: int) -> Any:
    """The file's row of each row kept."""
    place = np.arange(size, dtype=np.int64)
    gone = np.array(absent, dtype=np.int64)
    return place + np.searchsorted(gone - np.arange(len(gone)), place, side="right") + first_row


def _say_bad(rows: list[int], found: Dialect, head: Head, report: QualityReport) -> None:
    if rows:
        report.rows_read += len(rows)
        report.add(
            "ragged-row",
            f"The row has not as many columns as the header ({len(found.header)}).",
            count=len(rows),
            action="dropped",
            remedy="Put text that holds the delimiter in quotation marks.",
            examples=[Example(head.name, None, n + found.first_row) for n in rows[:MAX_EXAMPLES]],
        )


def _explained(error: pa.ArrowInvalid, stream: TextStream, head: Head) -> Exception:
    if stream.error:
        return stream.error
    said = str(error)
    if "UTF8" in said and stream._plain:
        return UnicodeDecodeError("utf-8", b"", 0, 1, "in a row")
    if "straddling" in said or "out of sync" in said:
        return SourceError(UNCLOSED, file=head.name, remedy='Look for an odd number of " in a row.')
    # Arrow's own message quotes the rows, which may hold what nobody may see.
    return SourceError("The table cannot be read.", file=head.name, remedy=AGAIN)
