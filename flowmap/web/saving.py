"""Writing one small file of a dataset whole or not at all, one writer at a time."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowmap.web.errors import Refusal

_locks: dict[Path, threading.Lock] = {}
_guard = threading.Lock()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the only pen for a dataset's folder: read, change and save inside."""
    with _guard:
        lock = _locks.setdefault(folder.resolve(), threading.Lock())
    with lock:
        yield


def save(path: Path, text: str) -> None:
    """Put `text` (UTF-8) at `path` by writing beside it and renaming: a reader sees the old file or the new one.

    Raises: Refusal 503 where the folder cannot be written.
    """
    try:
        _replace(path, text)
    except OSError as error:
        why = f"The dataset's folder cannot be written: {error.strerror or error}."
        raise Refusal(503, why, None, "Check the rights and the space left on the folder.") from error


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o600)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
