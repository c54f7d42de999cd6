"""Files people have become one event log: `read(paths, ReadOptions(), progress)`.

One module a format, with NAME and sniff(head). A plain format (an event log) has read(head, options, progress); a
council format has LABEL and records(head, options, progress), which gives case records (`flowmap.casework`). To add a
format, write the module and put it into FORMATS; what several files say of the same children is joined by identifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from flowmap.casework.kinds import Casework
from flowmap.eventlog import EventLog, OptionError, QualityReport, SourceError
from flowmap.sources import (
    annex_a,
    cin,
    council,
    delimited,
    dfe_api,
    excel,
    folders,
    parquet,
    proceedings,
    prototype,
    roster,
    ssd,
    ssda903,
    xes,
)
from flowmap.sources.council import Found
from flowmap.sources.head import Head, look
from flowmap.sources.join import join, without_constants
from flowmap.sources.options import Progress, ReadOptions, silent

__all__ = ["FORMATS", "ReadOptions", "Reading", "Recognised", "open_files", "read", "recognise", "recognised"]


class Format(Protocol):
    """What a module of a format offers; a plain one has `read`, a council's has LABEL and `records`."""

    NAME: str

    def sniff(self, head: Head) -> bool | str | None:
        """Whether (or why, in words) the file is of this format, from its first megabyte."""


# In the order in which they are asked: those that know their content first, plain tables last.
FORMATS: tuple[Any, ...] = (
    cin,
    dfe_api,
    ssda903,
    ssd,
    annex_a,
    proceedings,
    roster,
    parquet,
    excel,
    xes,
    prototype,
    delimited,
)
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # two letters or more: C:/ is a drive
LABELS = {
    "csv": "Event log (text)",
    "excel": "Event log (workbook)",
    "parquet": "Event log (Parquet)",
    "xes": "Event log (XES)",
    "prototype": "Event log of the 2018 prototype",
}


@dataclass(frozen=True)
class Recognised:
    """A file's format (its module), the format's name for people, and why it was taken for it."""

    format: Any
    label: str
    why: str

    @property
    def council(self) -> bool:
        """Whether the file holds case records (else it is an event log)."""
        return hasattr(self.format, "records")


def recognise(head: Head, named: str | None = None) -> Any:
    """The format of a file, or the one named. Raises OptionError and SourceError."""
    return recognised(head, named).format


def recognised(head: Head, named: str | None = None) -> Recognised:
    """The format of a file, or the one named, and why. Raises OptionError and SourceError."""
    if named is not None:
        for known in FORMATS:
            if named == known.NAME:
                return Recognised(known, _label(known), "it was named")
        names = ", ".join(known.NAME for known in FORMATS)
        raise OptionError(f"There is no format {named!r}.", remedy=f"Known are {names}.")
    for known in FORMATS:
        why = known.sniff(head)
        if why:
            return Recognised(known, _label(known), why if isinstance(why, str) else "its content is that of one")
    raise SourceError(
        "The format is not recognised.",
        file=head.name,
        remedy="Give a file of a known format (docs/sources.md), or name the format with --format.",
    )


def _label(form: Any) -> str:
    return getattr(form, "LABEL", None) or LABELS.get(form.NAME, form.NAME)


@dataclass
class Reading:
    """Files as they were read, before they become one log: event logs, case records, and notes on files left out."""

    logs: list[EventLog] = field(default_factory=list)
    caseworks: list[Casework] = field(default_factory=list)
    notes: QualityReport = field(default_factory=QualityReport)

    def found(self, options: ReadOptions, progress: Progress = silent, *, every: bool = False) -> Found | None:
        """The case records of all council files together; None where there is no council file."""
        return council.together(self.caseworks, options, progress, every=every) if self.caseworks else None

    def log(self, found: Found | None) -> EventLog:
        """One event log of everything."""
        logs = list(self.logs)
        if found is not None:
            logs.append(_apart(council.log_of(found), logs))
        log = without_constants(join(logs))
        for problem in self.notes.problems:
            log.quality.problems.append(problem)
        return log


def read(
    paths: Sequence[str | Path] | str | Path, options: ReadOptions | None = None, progress: Progress | None = None
) -> EventLog:
    """The event log of one file or several (the same children in several files are one child).

    A folder stands for its files; a URL (or env:NAME) for a database. Raises SourceError (with file, row, value and
    remedy) for bad data and OptionError for wrong usage.
    """
    options = options or ReadOptions()
    progress = progress or silent
    reading = open_files(paths, options, council.part(progress, 0.0, 0.8))
    log = reading.log(reading.found(options, council.part(progress, 0.8, 0.2)))
    progress("reading", 1.0)
    return log


def open_files(
    paths: Sequence[str | Path] | str | Path, options: ReadOptions | None = None, progress: Progress | None = None
) -> Reading:
    """Read files one by one; `Reading.log` joins them. Raises SourceError and OptionError.

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
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not given:
        raise OptionError("No file is named.", remedy="Name at least one.")
    urls = [each for each in given if isinstance(each, str) and ssd.is_url(each)]
    reading = Reading()
    named = [each for each in given if each not in urls]
    for each in map(str, named):
        if ADDRESS.match(each):  # not repeated in the message: it may hold a password
            raise OptionError(
                f"Nothing is read from {each.split(':', 1)[0]}: addresses.",
                remedy="Databases are sqlite, postgresql, mssql and oracle (docs/formats/ssd.md); download files.",
            )
    heads = _looked_at(folders.files(named), options, reading.notes)
    _note_others(folders.passed_over(named), reading.notes)
    _read_all(heads, urls, options, progress, reading)
    return reading


@dataclass(frozen=True)
class _File:
    head: Head
    form: Any
    in_folder: bool

    @property
    def council(self) -> bool:
        return hasattr(self.form, "records")


def _looked_at(named: Sequence[folders.Named], options: ReadOptions, notes: QualityReport) -> list[_File]:
    """Each file and its format. In a folder, what is no file of ours is left out and noted."""
    found = []
    for each in named:
        try:
            head = look(each.path, each.name)
            found.append(_File(head, recognise(head, options.format), each.in_folder))
        except SourceError as error:
            if not each.in_folder:
                raise
            _leave_out(each.name, error, notes)
    if named and not found:
        raise SourceError(
            "No file in the folder can be read.", file=named[0].path.parent.name, remedy="See docs/sources.md."
        )
    return found


def _leave_out(name: str, error: SourceError | OptionError, notes: QualityReport) -> None:
    notes.add("file-left-out", f"{name} is left out: {error.message}", remedy=error.remedy)


def _note_others(endings: dict[str, int], notes: QualityReport) -> None:
    """Files of folders that are of other kinds: an archive may hold what somebody misses."""
    if endings:
        kinds = ", ".join(f"{ending or 'no ending'} ({count:,})" for ending, count in endings.items())
        notes.add(
            "file-left-out",
            f"Files of other kinds in folders are left out: {kinds}.",
            count=sum(endings.values()),
            remedy="Unpack archives; name a file by itself to have it read whatever it is called.",
        )


def _read_all(
    files: Sequence[_File], urls: Sequence[str], options: ReadOptions, progress: Progress, into: Reading
) -> None:
    """Plain files one by one; council files format by format, put back into the order given.

    A text beside council files in a folder that is no event log (a readme) is left out and noted.
    """
    size = 1 / max(len(files) + len(urls), 1)
    done = 0
    beside = any(file.council and file.in_folder for file in files)
    by_format: dict[str, list[int]] = {}
    for i, file in enumerate(files):
        if file.council:
            by_format.setdefault(file.form.NAME, []).append(i)
            continue
        try:
            log = file.form.read(file.head, options, council.part(progress, done * size, size))
        except (SourceError, OptionError) as error:
            if not (beside and file.in_folder):
                raise
            _leave_out(file.head.name, error, into.notes)
            continue
        log.quality.close(file.head.name, file.form.NAME)
        into.logs.append(log)
        done += 1
    council_files: dict[int, Casework] = {}
    for places in by_format.values():
        share = council.part(progress, done * size, size * len(places))
        made = council.records(files[places[0]].form, [files[i].head for i in places], options, share)
        council_files.update(zip(places, made, strict=True))
        done += len(places)
    into.caseworks += [council_files[i] for i in sorted(council_files)]
    for url in urls:
        into.caseworks.append(ssd.records_of_url(url, options, council.part(progress, done * size, size)))
        done += 1


def _apart(log: EventLog, others: Sequence[EventLog]) -> EventLog:
    """The log with its journeys numbered after those of the other files, so that none is taken for another's."""
    taken = [int(other.case.max(initial=-1)) for other in others if other.case is not None]
    if log.case is None or not taken:
        return log
    return replace(log, case=log.case + np.int32(max(taken) + 1))
