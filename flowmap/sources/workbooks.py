"""A look into an Excel workbook (.xlsx) without opening it: how far its sheets reach, and what words they hold.

The library that reads sheets makes room for every cell from the first to the last: one stray cell in the last corner of
a sheet (XFD1048576) would take half a terabyte. So how far a sheet reaches is looked at first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from flowmap.eventlog import SourceError

MAX_AREA = 60_000_000  # cells; a full sheet of a million rows and fifty columns is less
CHUNK = 4 << 20
TAIL = 64  # a cell's reference may be cut by the end of a chunk
CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,40}?r="([A-Z]{1,3})([0-9]{1,7})"')
TEXT = re.compile(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]{1,300})</(?:\w+:)?t>")
# A cell with a formula and no result. Excel writes an empty result only for text (t="str").
UNSAVED = re.compile(
    rb"<(?:\w+:)?c ([^>]{1,120})>\s*<(?:\w+:)?f(?:[^>]{0,400}/>|(?: [^>]{0,400})?>[^<]{0,8192}</(?:\w+:)?f>)"
    rb"\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></)"
)
PLACE = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"')
LONGEST = 16 << 10  # bytes of a cell with a formula
WORD_BYTES = 16 << 20  # of the shared texts that are looked through for words
FIRST_BYTES = 256 << 10  # of a sheet: its headers are at its beginning


def check_area(path: Path, file: str) -> None:
    """Refuse a workbook with a sheet of far more room than cells. Raises SourceError.

    Other formats than .xlsx, and archives that cannot be read, are passed: their readers say what they are.
    """
    for name, chunks in _parts(path, "xl/worksheets/"):
        right, bottom, last = 0, 0, b""
        for chunk in chunks:
            found = CELL.findall(last + chunk)
            last = chunk[-TAIL:]
            if found:
                right = max(right, *map(_column, {column for column, _ in found}))
                bottom = max(bottom, *(int(row) for row in {row for _, row in found}))
        if right * bottom > MAX_AREA:
            raise SourceError(
                f"A sheet ({Path(name).stem}) reaches to row {bottom:,} and column {right:,}: "
                "a stray cell far from the table.",
                file=file,
                row=bottom,
                remedy="Delete the rows below and the columns beside the table, and save the workbook.",
            )


def unsaved_formulas(path: Path) -> tuple[int, str]:
    """(how many cells of an .xlsx have a formula without a result, the first of them such as C2).

    A workbook that a program wrote and nobody opened has such; readers find the cells blank. (0, "") for other files.
    """
    count, first = 0, ""
    for _, chunks in _parts(path, "xl/worksheets/"):
        rest = b""
        for chunk in chunks:
            text, done = rest + chunk, 0
            for found in UNSAVED.finditer(text):
                done = found.end()
                if b't="str"' in found[1]:
                    continue
                count += 1
                place = PLACE.search(found[1])
                first = first or (place[1].decode() if place else "")
            rest = text[max(done, len(text) - LONGEST) :]
    return count, first


def words(path: Path) -> set[str]:
    """Short texts in the cells of an .xlsx, from the beginning of its parts; an empty set for other files."""
    found: set[bytes] = set()
    for folder, limit in (("xl/sharedStrings.xml", WORD_BYTES), ("xl/worksheets/", FIRST_BYTES)):
        for _, chunks in _parts(path, folder, min(CHUNK, limit)):
            size = 0
            for chunk in chunks:
                found.update(TEXT.findall(chunk))
                size += len(chunk)
                if size >= limit:
                    break
    return {word.decode("utf-8", "replace") for word in found}


def _parts(path: Path, folder: str, size: int = CHUNK) -> Iterator[tuple[str, Iterator[bytes]]]:
    """(name, content in chunks of `size` bytes) of the parts of the archive in a folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith(folder) and name.endswith(".xml"):
                    yield name, _chunks(archive, name, size)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return


def _chunks(archive: zipfile.ZipFile, name: str, size: int) -> Iterator[bytes]:
    try:
        with archive.open(name) as part:
            while chunk := part.read(size):
                yield chunk
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error):
        return


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
