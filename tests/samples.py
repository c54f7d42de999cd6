"""Small files in every format that flowmap reads: from its own writers, and the reference files where they are."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet

from flowmap.eventlog import EventLog
from flowmap.export import casefiles
from synthetic.reference import make
from synthetic.write import write
from tests.conftest import SHARED

LARGEST = 600_000  # bytes: a reference file above this is no small one


def small_log() -> EventLog:
    """The reference authority as a hamlet: about a thousand events."""
    return make(60, 1, seed=5)


def _csv(log: EventLog, folder: Path) -> list[Path]:
    path = write(log, folder, "csv")
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return [path, packed]


def _xes(log: EventLog, folder: Path) -> list[Path]:
    return [write(log, folder, "xes")]


def _tables(log: EventLog, folder: Path) -> list[Path]:
    table = pd.read_csv(write(log, folder, "csv"))
    table.to_excel(folder / "log.xlsx", index=False)
    table.to_parquet(folder / "log.parquet")
    assert pyarrow.parquet.read_metadata(folder / "log.parquet").num_rows == len(table)
    return [folder / "log.xlsx", folder / "log.parquet"]


def _council(form: str) -> Callable[[EventLog, Path], list[Path]]:
    def written(log: EventLog, folder: Path) -> list[Path]:
        paths = casefiles.write(log, folder, form)
        # An extract for every year tells no more than two of them.
        return [path for path in sorted(paths) if path.stat().st_size <= LARGEST][:12]

    return written


WRITERS: dict[str, Callable[[EventLog, Path], list[Path]]] = {
    "csv": _csv,
    "xes": _xes,
    "tables": _tables,
    **{form: _council(form) for form in casefiles.WRITERS},
}


def written(form: str, folder: Path) -> list[Path]:
    """Sample files of a format, made in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[form](small_log(), folder)


def reference_files() -> list[Path]:
    """The small files among the reference files that a reader may be given; none where they are not on this machine."""
    endings = (".csv", ".xml", ".xlsx", ".xes", ".gz", ".json")
    found = [path for path in SHARED.rglob("*") if path.name.endswith(endings) and path.stat().st_size <= LARGEST]
    return sorted(path for path in found if "dfe_statistics" not in path.parts)
