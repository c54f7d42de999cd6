"""Files people have become one event log: `read(paths, ReadOptions(), progress)`.

One module a format, each with NAME, sniff(head) and read(head, options, progress). To add a format, write
the module and put it into FORMATS; what several files say of the same children is joined by identifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from flowmap.eventlog import EventLog, OptionError, SourceError
from flowmap.sources import delimited, excel, parquet, prototype, xes
from flowmap.sources.head import Head, look
from flowmap.sources.join import join, without_constants
from flowmap.sources.options import Progress, ReadOptions, silent

__all__ = ["FORMATS", "ReadOptions", "read", "recognise"]


class Format(Protocol):
    """What a module of a format offers."""

    NAME: str

    def sniff(self, head: Head) -> bool:
        """Whether the file is of this format, from its first megabyte."""

    def read(self, head: Head, options: ReadOptions, progress: Progress) -> EventLog:
        """The event log in the file. Raises SourceError and OptionError."""


# In the order in which they are asked; plain text comes last.
FORMATS: tuple[Format, ...] = (parquet, excel, xes, prototype, delimited)


def recognise(head: Head, named: str | None = None) -> Format:
    """The format of a file, or the one named. Raises OptionError and SourceError."""
    if named is not None:
        for known in FORMATS:
            if named == known.NAME:
                return known
        names = ", ".join(known.NAME for known in FORMATS)
        raise OptionError(f"There is no format {named!r}.", remedy=f"Known are {names}.")
    for known in FORMATS:
        if known.sniff(head):
            return known
    raise SourceError(
        "The format is not recognised.",
        file=head.name,
        remedy="Give a CSV, Excel, Parquet or XES file, or name it with --format.",
    )


def read(
    paths: Sequence[str | Path] | str | Path, options: ReadOptions | None = None, progress: Progress | None = None
) -> EventLog:
    """The event log of one file or several (the same children in several files are one child).

    Raises SourceError (with file, row, value and remedy) for bad data and OptionError for wrong usage.
    All files are looked at before the first is read, so that a bad name does not cost an hour.
    """
    options = options or ReadOptions()
    progress = progress or silent
    options.zone()
    if options.times not in ("start", "end"):
        raise OptionError(
            f"The times of visits are 'start' or 'end', not {options.times!r}.",
            remedy="Use --times start or --times end.",
        )
    files = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not files:
        raise OptionError("No file is named.", remedy="Name at least one.")
    heads = [look(path) for path in files]
    kinds = [recognise(head, options.format) for head in heads]
    logs = []
    for i, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
        share = _share(progress, i / len(heads), 1 / len(heads))
        logs.append(kind.read(head, options, share))
    progress("reading", 1.0)
    return without_constants(join(logs))


def _share(progress: Progress, start: float, size: float) -> Progress:
    """Progress of one file as part of the whole."""
    return lambda stage, done: progress(stage, start + size * done)
