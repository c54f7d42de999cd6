"""An event log written as a council's files, in any of the council formats."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flowmap.casework.records import of_log
from flowmap.eventlog import EventLog, OptionError

# The module that writes each format: write(tables, folder, as_of=ms) -> paths.
WRITERS = {
    "annex-a": "annex_a",
    "cin": "cin",
    "ssda903": "ssda903",
    "ssd": "ssd",
    "dfe-api": "dfe_api",
    "proceedings": "proceedings",
}
DAY = 86_400_000  # ms


def write(log: EventLog, folder: Path, form: str) -> list[Path]:
    """The files of a format in `folder`, made where it is missing, up to the log's last day. Raises OptionError."""
    if form not in WRITERS:
        raise OptionError(f"There is no format {form!r} to write.", remedy=f"Known are {', '.join(WRITERS)}.")
    as_of = int(log.time.max()) // DAY * DAY if len(log) else 0
    folder.mkdir(parents=True, exist_ok=True)
    writer = import_module(f"flowmap.export.{WRITERS[form]}")
    written: list[Path] = writer.write(of_log(log), folder, as_of=as_of)
    return written
