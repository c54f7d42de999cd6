"""A text file as a stream of clean UTF-8 bytes: unpacked, decoded, without NUL bytes and endless lines.

Memory stays bounded whatever the file holds: nothing is read whole, a line may have a megabyte, and a
gzip file may not unpack to hundreds of times its size.
"""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from flowmap.eventlog import SourceError

CHUNK = 4 << 20
MAX_LINE = 1 << 20
# Logs pack to a tenth or a thirtieth of their size; deflate can reach 1:1032 only with one letter repeated.
MAX_RATIO = 250
FREE_BYTES = 256 << 20  # small bombs are harmless


class TextStream(io.RawIOBase):
    """Reads `path` from `skip` bytes of clean text on; attributes say what was met on the way.

    `nul`: NUL bytes taken out. `quoted`: a quotation mark was met. `foreign`: bytes that the encoding
    does not know, replaced. Raises SourceError for a cut or damaged gzip, a bomb and an endless line.
    """

    def __init__(
        self,
        path: Path,
        *,
        gzip: bool = False,
        encoding: str = "utf-8",
        newline: bytes = b"\n",
        skip: int = 0,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        self.name = path.name
        self.nul = 0
        self.foreign = 0
        self.quoted = False
        self.error: SourceError | None = None
        self._file = path.open("rb", buffering=0)
        self._size = max(path.stat().st_size, 1)
        self._plain = encoding == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._newline = newline
        self._line = 0  # bytes since the last line end
        self._progress = progress
        self._chunks = unpacked(self._file, self.name) if gzip else _plain(self._file)
        self._rest = b""
        self._skip = skip

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (all, if negative); b"" at the end."""
        if size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        while not self._rest:
            try:
                chunk = self._next()
            except SourceError as error:  # Arrow would wrap it: kept for whoever reads
                self.error = error
                raise
            if chunk is None:
                return b""
            self._rest = chunk
        if len(self._rest) <= size:
            given, self._rest = self._rest, b""
        else:
            given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def readinto(self, buffer: Any) -> int:
        """As `read`, into a buffer: what Python's own readers of text call."""
        given = self.read(len(buffer))
        buffer[: len(given)] = given
        return len(given)

    def _next(self) -> bytes | None:
        raw = next(self._chunks, None)
        if raw is None:
            return None
        if self._progress:
            self._progress(min(self._file.tell() / self._size, 1.0))
        text = raw if self._plain else self._decoded(raw)
        if b"\0" in text:
            self.nul += text.count(b"\0")
            text = text.replace(b"\0", b"")
        if self._newline == b"\r":
            text = text.replace(b"\r", b"\n")
        self._measure(text)
        self.quoted = self.quoted or b'"' in text
        if self._skip:
            dropped = min(self._skip, len(text))
            self._skip -= dropped
            text = text[dropped:]
        return text

    def _decoded(self, raw: bytes) -> bytes:
        text = self._decoder.decode(raw)
        self.foreign += text.count("\ufffd")
        return text.encode()

    def _measure(self, text: bytes) -> None:
        """Refuse a line of more than MAX_LINE bytes, looking only at a few places of the text."""
        start = 0
        while True:
            window = start + MAX_LINE - self._line
            if window >= len(text):
                last = text.rfind(b"\n", start)
                self._line = len(text) - last - 1 if last >= 0 else self._line + len(text) - start
                return
            end = text.rfind(b"\n", start, window)
            if end < 0:
                raise SourceError(
                    "A line is longer than a megabyte.",
                    file=self.name,
                    value=text[start : start + 60].decode("utf-8", "replace"),
                    remedy="Is this a table with one event a row? Export it again as CSV.",
                )
            start, self._line = end + 1, 0


def _plain(file: BinaryIO | io.FileIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def unpacked(file: BinaryIO | io.FileIO, name: str) -> Iterator[bytes]:
    """The content of a gzip file (of one member or several) in chunks. Raises SourceError as above."""
    packed, given, ended = 0, 0, True
    unzip = zlib.decompressobj(wbits=31)
    while raw := file.read(CHUNK // 4):
        packed += len(raw)
        while raw:
            if ended:
                raw = raw.lstrip(b"\0")  # padding between members is allowed
                unzip, ended = zlib.decompressobj(wbits=31), not raw
                continue
            try:
                chunk = unzip.decompress(raw, CHUNK)
            except zlib.error:
                raise SourceError(
                    "The gzip file is damaged.", file=name, remedy="Download or export it again."
                ) from None
            given += len(chunk)
            if given > FREE_BYTES and given > packed * MAX_RATIO:
                raise SourceError(
                    f"The gzip file unpacks to more than {MAX_RATIO} times its size.",
                    file=name,
                    remedy="This is not a log. If it is, unpack it first.",
                )
            if chunk:
                yield chunk
            ended = unzip.eof
            raw = unzip.unused_data if ended else unzip.unconsumed_tail
    if not ended and (chunk := unzip.decompress(b"", CHUNK)):  # what the limit on output held back
        yield chunk
    if not ended and not unzip.eof:
        raise SourceError("The gzip file is cut short.", file=name, remedy="Download or export it again.")
