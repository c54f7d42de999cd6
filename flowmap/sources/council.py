"""Council files of several formats, read together: records of one child in several files are one."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa

from flowmap.casework import rules
from flowmap.casework.events import to_log
from flowmap.casework.kinds import Casework
from flowmap.casework.redate import redated
from flowmap.casework.stack import stack
from flowmap.eventlog import EventLog, QualityReport, SourceFile
from flowmap.linkage.report import MatchReport
from flowmap.sources import proceedings
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions


@dataclass(frozen=True)
class Found:
    """What council files hold together: stacked `tables` by kind, the report on the files, and who said what.

    `as_of` (ms) is the last day that any file speaks of; `caseworks` are the files in the order read, linked.
    """

    tables: dict[str, pa.Table]
    report: QualityReport
    as_of: int
    caseworks: list[Casework]

    @property
    def match(self) -> MatchReport | None:
        """How care proceedings were linked to children; None where there are none."""
        return next((each.aside for each in self.caseworks if isinstance(each.aside, MatchReport)), None)


def records(form: ModuleType, heads: Sequence[Head], options: ReadOptions, progress: Progress) -> list[Casework]:
    """The case records of files of one format, in their order."""
    if hasattr(form, "records_of_set"):
        return list(form.records_of_set(heads, options, progress))
    found = []
    for i, head in enumerate(heads):
        found.append(form.records(head, options, part(progress, i / len(heads), 1 / len(heads))))
    if hasattr(form, "align"):
        form.align(found)
    return found


def together(caseworks: Sequence[Casework], options: ReadOptions, progress: Progress, *, every: bool = False) -> Found:
    """All records of the files, linked, stacked and checked. With `every`, problems list all their places."""
    linked = proceedings.link(caseworks, options, progress)
    progress("joining the files", 0.0)
    linked = redated(linked)
    tables, report = stack(linked)
    as_of = min(max((each.as_of for each in linked), default=0), int(clock.time() * 1000))
    for problem in rules.check(tables, as_of, every=every):
        report.problems.append(problem)
    progress("joining the files", 0.5)
    return Found(tables, report, as_of, linked)


def log_of(found: Found) -> EventLog:
    """The event log of council files, with what was said of each and what their formats cannot know."""
    said = [sentence for each in found.caseworks for sentence in each.said]
    unknown = list(dict.fromkeys(sentence for each in found.caseworks for sentence in each.unknown))
    for sentence in said:
        found.report.add("recognised", sentence)
    for sentence in unknown:
        found.report.add("not-in-this-format", sentence)
    origin = [
        SourceFile(each.file, each.format, each.report.rows_read, each.bytes, each.sha256) for each in found.caseworks
    ]
    return to_log(found.tables, found.report, origin=origin, said=[*said, *unknown], as_of=found.as_of)


def part(progress: Progress, start: float, size: float) -> Progress:
    """Progress of one file as part of the whole."""
    return lambda stage, done: progress(stage, start + size * done)
