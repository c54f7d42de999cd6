"""A JSON file as a stream of records, in bounded memory whatever the file holds.

The bytes are looked at before the parser has them: nesting deeper and records larger than any that the standard allows
are refused, so that neither can fill the memory.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import ijson
import numpy as np

from flowmap.eventlog import SourceError
from flowmap.sources import dialect
from flowmap.sources.head import Head
from flowmap.sources.options import Progress
from flowmap.sources.stream import unpacked

CHUNK = 1 << 18
MAX_DEPTH = 32  # the standard's own is 7
MAX_RECORD = 16 << 20  # bytes of one child's record, some thousand times an ordinary one
AGAIN = "Export the file again."


def records(head: Head, progress: Progress) -> Iterator[Any]:
    """The values of an array, or of a file of values one after the other (one record; JSON lines), as Python has them.

    Raises SourceError for what is no JSON, with the number of the record and about the place in the file. The parser's
    own message is not shown: it quotes the file.
    """
    stream = _Guarded(head, progress)
    number = 0
    try:
        if stream.array:
            found = ijson.items(stream, "item", use_float=True, buf_size=CHUNK)
        else:
            found = ijson.items(stream, "", multiple_values=True, use_float=True, buf_size=CHUNK)
        for value in found:
            number += 1
            yield value
    except (ijson.JSONError, UnicodeDecodeError, OverflowError, ValueError) as error:
        cut = isinstance(error, ijson.IncompleteJSONError) and stream.ended and stream.inside
        what = "The JSON is cut short" if cut else "This is not valid JSON"
        raise SourceError(
            f"{what}, about byte {stream.given:,} of {stream.total}.", file=head.name, row=number + 1, remedy=AGAIN
        ) from None
    finally:
        stream.close()


class _Guarded:
    """What ijson reads from: UTF-8 bytes without a byte order mark, unpacked, and looked at."""

    def __init__(self, head: Head, progress: Progress) -> None:
        self.name, self.given, self.ended = head.name, 0, False
        self._file = head.path.open("rb")
        self._progress, self._size, self._gzip = progress, max(head.size, 1), head.gzip
        chunks = unpacked(self._file, head.name) if head.gzip else iter(lambda: self._file.read(CHUNK), b"")
        self._chunks = _decoded(chunks, dialect.encoding_of(head))
        found = (chunk.lstrip(b" \t\r\n") for chunk in self._chunks)
        self._rest = next((chunk for chunk in found if chunk), b"")
        self.array = self._rest.startswith(b"[")
        self._depth = 0
        self._open = 0  # bytes since the last place between two records
        self._string = False
        self._held = b""  # a backslash at the end of a chunk belongs to what comes next

    @property
    def total(self) -> str:
        """How long the file is, in words."""
        return f"{self._size:,} (packed)" if self._gzip else f"{self._size:,}"

    @property
    def inside(self) -> bool:
        """Whether a bracket or a text is open."""
        return self._depth > 0 or self._string

    def close(self) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        if size == 0:
            return b""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
                return b""
            self._rest = chunk
        given, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        self._look(given)
        self.given += len(given)
        self._progress(f"reading {self.name}", min(0.7 * self._file.tell() / self._size, 0.7))
        return given

    def _look(self, chunk: bytes) -> None:
        """Follow the depth of brackets outside texts, and how long a record has grown."""
        data = self._held + chunk
        tail = len(data) - len(data.rstrip(b"\\"))
        self._held = data[len(data) - 1 :] if tail % 2 else b""
        data = data[: len(data) - len(self._held)]
        # Escapes as letters of the same number, so that every quotation mark left opens or closes a text.
        plain = np.frombuffer(data.replace(b"\\\\", b"xx").replace(b'\\"', b"xx"), dtype=np.uint8)
        if not len(plain):
            return
        inside = (np.cumsum(plain == ord('"'), dtype=np.int32) + self._string) & 1
        folded = plain | 0x20  # "[" and "{" as one, "]" and "}" as one
        outside = inside == 0
        change = ((folded == ord("{")) & outside).astype(np.int32) - ((folded == ord("}")) & outside)
        depth = self._depth + np.cumsum(change, dtype=np.int32)
        between = np.flatnonzero((depth <= int(self.array)) & outside)
        self._open = len(plain) - int(between[-1]) if len(between) else self._open + len(plain)
        self._string = bool(inside[-1])
        self._depth = int(depth[-1])
        if int(depth.max()) > MAX_DEPTH:
            self._refuse(f"The JSON is nested more than {MAX_DEPTH} deep")
        if self._open > MAX_RECORD:
            self._refuse(f"A record is longer than {MAX_RECORD >> 20} MB")

    def _refuse(self, what: str) -> None:
        raise SourceError(f"{what}, about byte {self.given:,}.", file=self.name, remedy="This is not the daily feed.")


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """As UTF-8, without a byte order mark."""
    if encoding != "utf-8":
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        chunks = (decoder.decode(chunk).encode() for chunk in chunks)
    first = True
    for chunk in chunks:
        yield chunk.removeprefix(codecs.BOM_UTF8) if first else chunk
        first = False
