"""How a delimited text is written: encoding, line ends, delimiter, header; found in its first megabyte."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field

from flowmap.eventlog import SourceError
from flowmap.sources.head import HEAD_BYTES, Head
from flowmap.sources.stream import TextStream

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE_ROWS = 2000
MANY_LINES = 100
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True)
class Dialect:
    """`header` names as written (stripped), `skip` bytes and `first_row` of the first row of data, a sample of rows."""

    encoding: str
    newline: bytes
    delimiter: str
    header: list[str]
    skip: int
    first_row: int
    sample: list[list[str]] = field(repr=False)
    quoted: bool = False

    def __str__(self) -> str:
        ends = ", ended by CR" if self.newline == b"\r" else ""
        return f"{DELIMITERS[self.delimiter]}-separated, {ENCODING_NAMES[self.encoding]}{ends}"


def encoding_of(head: Head) -> str:
    """The codec of a text file, from its byte order mark or its first megabyte; SourceError for a binary file."""
    start = head.start
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.count(b"\0") > len(start) // 4:  # every second byte of a Western text in UTF-16
        return _utf16_without_mark(head)
    control = sum(start.count(bytes([c])) for c in range(32) if c not in (0, 9, 10, 11, 12, 13, 26))
    if control > len(start) // 100 or start.count(b"\0") > len(start) // 10:
        raise not_text(head)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=head.whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _utf16_without_mark(head: Head) -> str:
    even, odd = head.start[0::2].count(0), head.start[1::2].count(0)
    if max(even, odd) < 0.7 * len(head.start) / 2 or min(even, odd) > 0.05 * len(head.start):
        raise not_text(head)
    return "utf-16-le" if odd > even else "utf-16-be"


def not_text(head: Head) -> SourceError:
    """The error for a file whose bytes are no text and no format that is read here."""
    return SourceError(
        "This is not a table: the file is binary.", file=head.name, remedy="Give a CSV, Excel, Parquet or XES file."
    )


def recognise(head: Head, encoding: str | None = None) -> Dialect:
    """The dialect of a delimited file. Raises SourceError where there is no table with a header."""
    encoding = encoding or encoding_of(head)
    first = re.sub(rb"\r\n", b"\n", head.start)
    newline = b"\r" if first.count(b"\r") > first.count(b"\n") else b"\n"
    stream = TextStream(head.path, gzip=head.gzip, encoding=encoding, newline=newline)
    raw = b""
    while len(raw) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(raw))):
        raw += more
    stream.close()
    whole = len(raw) < HEAD_BYTES
    text = raw.decode("utf-8", "replace")
    lines = io.StringIO(text, newline="")
    said, skipped = _said_delimiter(lines)
    delimiter = said or _delimiter(text[lines.tell() :])
    header, rows, used, blank = _rows(lines, delimiter)
    if not header:
        raise SourceError("The file holds no table.", file=head.name, remedy="Export it again, with a header row.")
    _check_header(header, rows, head.name)
    _check_closed(rows, skipped + blank + 2, head.name)
    return Dialect(
        encoding=encoding,
        newline=newline,
        delimiter=delimiter,
        header=[name.strip().lstrip("\ufeff").strip('"').strip() for name in header],
        skip=len(used.encode()),
        first_row=skipped + blank + 2,
        sample=rows[:SAMPLE_ROWS] if whole else rows[:SAMPLE_ROWS][:-1] or rows[:1],
        quoted='"' in text,
    )


def _said_delimiter(lines: io.StringIO) -> tuple[str | None, int]:
    """Excel's own first line, `sep=;`."""
    first = lines.readline()
    found = re.fullmatch(r"\ufeff?sep=(.)\s*", first)
    if found and found[1] in DELIMITERS:
        return found[1], 1
    lines.seek(0)
    return None, 0


def _delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of fields as the first, and into most fields."""
    lines = [line for line in text[:200_000].splitlines()[:100] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        fields = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if not fields or fields[0] < 2:
            continue
        same = Counter(fields)[fields[0]] / len(fields)
        score = same * 100 + min(fields[0], 99)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(lines: io.StringIO, delimiter: str) -> tuple[list[str], list[list[str]], str, int]:
    """(header, sample rows, the text up to the first row of data, blank rows before the header)."""
    csv.field_size_limit(1 << 24)
    reader = csv.reader(iter(lines.readline, ""), delimiter=delimiter)
    header: list[str] = []
    blank = 0
    for header in reader:
        if any(cell.strip("\ufeff \t") for cell in header):
            break
        blank += 1
    used = lines.getvalue()[: lines.tell()]
    rows = []
    for row in reader:
        if any(row):
            rows.append(row)
        if len(rows) > SAMPLE_ROWS:
            break
    return header if any(cell.strip("\ufeff \t") for cell in header) else [], rows, used, blank


DATA_LIKE = re.compile(r"[-+]?\d+([.,]\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


def _check_header(header: list[str], rows: list[list[str]], file: str) -> None:
    cells = [cell.strip('\ufeff \t"') for cell in header]
    if len(cells) < 2:
        raise SourceError(
            f"There is only one column ({cells[0][:60]!r}).",
            file=file,
            row=1,
            remedy="An event log has a column for the child, one for the event and one for the time, "
            "separated by commas, semicolons, tabs or pipes.",
        )
    data = [cell for cell in cells if DATA_LIKE.fullmatch(cell)]
    if data:
        raise SourceError(
            "There seems to be no header: the first row looks like data.",
            file=file,
            row=1,
            value=data[0],
            remedy="Put a row with the names of the columns first, such as child,event,time.",
        )
    if not rows:
        raise SourceError("There is a header, but no rows.", file=file, row=1, remedy="Export it again.")


def _check_closed(rows: list[list[str]], first_row: int, file: str) -> None:
    """A value of a hundred lines is a quotation mark that is opened and not closed."""
    for i, row in enumerate(rows):
        if any(cell.count("\n") > MANY_LINES for cell in row):
            raise SourceError(
                "A quotation mark is opened and not closed.",
                file=file,
                row=i + first_row,
                value=",".join(row),
                remedy='Look for an odd number of " in that row.',
            )


def check_duplicates(header: list[str], needed: list[str], file: str) -> None:
    """Refuse a header that has a needed name twice: which of the two is meant cannot be known."""
    twice = [name for name, count in Counter(header).items() if count > 1 and name in needed]
    if twice:
        raise SourceError(
            f"The column {twice[0]!r} is there {header.count(twice[0])} times.",
            file=file,
            row=1,
            value=twice[0],
            remedy="Give each column a name of its own.",
        )
