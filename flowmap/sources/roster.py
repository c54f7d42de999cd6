"""A list of children from the social-care system, to match names on: read in memory, never in a dataset, no events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from flowmap.casework.kinds import Casework
from flowmap.eventlog import QualityReport
from flowmap.linkage.people import People
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.proceedings import cells as proceedings_cells
from flowmap.sources.proceedings import columns as proceedings_columns
from flowmap.sources.proceedings import people as proceedings_people
from flowmap.sources.proceedings.columns import by_header

NAME = "roster"
LABEL = "List of children for matching"
COLUMNS = {"child", "birth"}


class Roster(People):
    """The identities of a list of children."""


def _wanted(header: Sequence[str]) -> bool:
    roles = by_header(header)
    return (
        set(roles) >= COLUMNS and bool({"surname", "name"} & set(roles)) and not {"application", "final"} & set(roles)
    )


def sniff(head: Head) -> str | None:
    """Why this is a list of children to match on (id, name and date of birth, no other date); None where it is not."""
    found = proceedings_cells.beginning(head, _wanted)
    if not any(proceedings_columns.is_roster(sheet.columns) for sheet in found):
        return None
    return "it has columns for a child's id, name and date of birth, and no dates of events"


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The list, as identities in `aside`; it has no tables. Raises SourceError."""
    progress(f"reading {head.name}", 0.0)
    mark = Fingerprint(head)
    sheets = [s for s in proceedings_cells.tables(head, _wanted) if proceedings_columns.is_roster(s.columns)]
    report = QualityReport()
    frames = []
    for sheet in sheets:
        found = proceedings_people.named(sheet, by_header(list(sheet.columns)), head.name, options)
        report.rows_read += sheet.rows
        proceedings_people.report_columns(report, found)
        frame = found.frame
        blank = ((frame["child"] == "") & (frame["surname"] == "")).to_numpy()
        unusable = ((frame["child"] == "") | (frame["surname"] == "")).to_numpy() & ~blank
        for where, rule, said in (
            (blank, "blank-row", "The row is blank."),
            (unusable, "missing-child", "The row has no id or no name, so that nothing can be matched on it."),
        ):
            if where.any():
                remedy = "Complete it in the source."
                examples = found.examples(where)
                report.add(rule, said, count=int(where.sum()), action="dropped", remedy=remedy, examples=examples)
        if (wrong := found.unreadable["birth"] & ~blank & ~unusable).any():
            said = "The date of birth is no date; the name is matched without it."
            report.add("unreadable-birth", said, count=int(wrong.sum()), action="kept", examples=found.examples(wrong))
        frames.append(frame[~(blank | unusable)])
    if not frames or not sum(map(len, frames)):
        raise proceedings_people.nothing(head.name, "a child", "an id, a name and a date of birth")
    people = Roster(head.name, pd.concat(frames, ignore_index=True))
    report.add("matching-only", f"{head.name} is used to find children by name; nothing of it enters the dataset.")
    progress(f"reading {head.name}", 1.0)
    origin = mark.origin(NAME, report.rows_read)
    understood = [f"{head.name}: a list of {len(np.unique(people.frame['child'])):,} children, used for matching only."]
    return Casework(
        head.name, NAME, {}, report, as_of=0, bytes=head.size, sha256=origin.sha256, said=understood, aside=people
    )
