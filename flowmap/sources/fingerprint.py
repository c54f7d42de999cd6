"""A file's SHA-256, worked out beside the other work."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

from flowmap.eventlog import SourceFile
from flowmap.sources.head import Head


class Fingerprint(threading.Thread):
    """Starts at once (hashing leaves the interpreter free); `origin()` waits for it."""

    def __init__(self, head: Head) -> None:
        super().__init__(daemon=True)
        self._head = head
        self._sha256 = ""
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):  # it was there a moment ago: the reader will say so
            self._sha256 = digest(self._head.path)

    def origin(self, kind: str, rows: int) -> SourceFile:
        """Where rows came from; the name, never the path."""
        self.join()
        return SourceFile(self._head.name, kind, rows, self._head.size, self._sha256)


def digest(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
