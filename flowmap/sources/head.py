"""A first look at a file: that it is one, and its first bytes, never more than a bounded number."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from flowmap.eventlog import SourceError

HEAD_BYTES = 1 << 20

# What people give by mistake, by first bytes. Formats that we read (xlsx, parquet, gzip) are not here.
NOT_TABLES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"BM": "a bitmap picture",
    b"%PDF": "a PDF document",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"{\\rtf": "an RTF document",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
}


@dataclass(frozen=True)
class Head:
    """A file's name (for messages), path, size and first bytes (unpacked where it is gzip)."""

    path: Path
    name: str
    size: int
    start: bytes
    gzip: bool

    @property
    def suffix(self) -> str:
        """The file's ending in lower case, `.gz` left out."""
        name = self.name.lower()
        return Path(name[:-3] if name.endswith(".gz") else name).suffix

    @property
    def whole(self) -> bool:
        """Whether `start` is the whole file."""
        return len(self.start) < HEAD_BYTES


def look(path: str | Path, name: str | None = None) -> Head:
    """The file's first megabyte; `name` is shown instead of the file's own.

    Raises SourceError for what is no file, is empty, or cannot be opened.
    """
    path = Path(path)
    name = name or path.name or str(path)
    if path.is_dir():
        raise SourceError("This is a folder, not a file.", file=name, remedy="Name the files in it.")
    if not path.exists():
        raise SourceError("There is no such file.", file=name, remedy="Check the name and the folder.")
    if not path.is_file():
        raise SourceError("This is not an ordinary file.", file=name, remedy="Copy it to a file first.")
    try:
        with path.open("rb") as file:
            start = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceError(
            f"The file cannot be opened: {error.strerror}.",
            file=name,
            remedy="Is it open in another program, or not yours to read?",
        ) from None
    zipped = start[:2] == b"\x1f\x8b"
    head = Head(path, name, path.stat().st_size, _unzipped(start, name) if zipped else start, zipped)
    if not head.start.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SourceError("The file is empty.", file=name, remedy="Export it again.")
    for magic, what in NOT_TABLES.items():
        # Two letters are not enough to tell a program or a bitmap from a text such as "BMI,...".
        if head.start.startswith(magic) and (len(magic) > 2 or b"\0" in head.start[:64]):
            raise SourceError(
                f"This is {what}, not an event log.", file=name, remedy="Give a CSV, Excel, Parquet or XES file."
            )
    return head


def _unzipped(start: bytes, name: str) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(start, HEAD_BYTES)
    except zlib.error:
        raise SourceError("The gzip file is damaged.", file=name, remedy="Download or export it again.") from None
