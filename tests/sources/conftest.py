"""Files for the readers, written where the test says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flowmap.eventlog import EventLog
from flowmap.sources import ReadOptions, read


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """write(content, name="log.csv"): a file with that text or those bytes."""

    def put(content: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., EventLog]:
    """load(content, name=..., option=...): the event log of a file with that content."""

    def get(content: str | bytes, name: str = "log.csv", **options: object) -> EventLog:
        return read(write(content, name), ReadOptions(**options))  # type: ignore[arg-type]

    return get
