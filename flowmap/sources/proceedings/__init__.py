"""Care proceedings: a legal department's file (the three variables of Masson and colleagues), and whose they are.

`records` reads a file; `link`, once all files of a build are read, gives its rows their children. Names and dates of
birth are in `Casework.aside` between the two, and nowhere after.
"""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import Casework, table
from flowmap.eventlog import Example, QualityReport
from flowmap.linkage.people import NO_DAY, People
from flowmap.sources import dates, excel
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.proceedings import cells as proceedings_cells
from flowmap.sources.proceedings import columns as proceedings_columns
from flowmap.sources.proceedings import orders as proceedings_orders
from flowmap.sources.proceedings import people as proceedings_people
from flowmap.sources.proceedings.people import Named

NAME = "proceedings"
LABEL = "Care proceedings"
Mask = npt.NDArray[np.bool_]
UNKNOWN = "Care proceedings do not say what came before the application, nor which orders were made on the way."


class Legal(People):
    """The identities of a legal file, with its dates and orders: what a row of it becomes, when its child is known."""


def _wanted(header: Sequence[str]) -> bool:
    roles = proceedings_columns.by_header(header)
    return "application" in roles and bool({"final", "order"} & set(roles))


def sniff(head: Head) -> str | None:
    """Why this is a file of care proceedings: a date of application, and of a final order or the order made."""
    found = proceedings_cells.beginning(head, _wanted)
    if any(proceedings_columns.is_proceedings(sheet.columns) for sheet in found):
        return "it has columns for the date of application and the final order"
    return None


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The file's rows as `Legal` in `aside`, and those that have a child's id as records. Raises SourceError."""
    progress(f"reading {head.name}", 0.0)
    mark = Fingerprint(head)
    sheets = proceedings_cells.tables(head, _wanted)
    sheets = [sheet for sheet in sheets if proceedings_columns.is_proceedings(sheet.columns)]
    progress(f"reading {head.name}", 0.5)
    report = QualityReport()
    if proceedings_cells.is_workbook(head):
        excel.note_unsaved_formulas(head, report)
    frames = [_usable(sheet, head, options, report) for sheet in sheets]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if not len(frame):
        needs = "a date of application, and a child's id, surname or date of birth"
        raise proceedings_people.nothing(head.name, "care proceedings of a child", needs)
    _orders(frame, report, head.name)
    legal = Legal(head.name, frame)
    by_id = frame[frame["child"] != ""]
    origin = mark.origin(NAME, report.rows_read)
    said = [f"{head.name}: care proceedings, {len(frame):,} rows; {len(by_id):,} have a child's id."]
    progress(f"reading {head.name}", 1.0)
    return Casework(
        head.name,
        NAME,
        {"proceedings": as_records(by_id)},
        report,
        as_of=_as_of(frame),
        bytes=head.size,
        sha256=origin.sha256,
        said=said,
        unknown=[UNKNOWN],
        aside=legal,
    )


def _as_of(frame: pd.DataFrame) -> int:
    """The last day that the file speaks of (ms); a date to come is a hearing to come, or a slip."""
    today = int(clock.time() * 1000) // dates.DAY
    days = frame[["application", "final"]].to_numpy(np.int64)
    return int(days[days <= today].max(initial=0)) * dates.DAY


def _usable(sheet: proceedings_cells.Sheet, head: Head, options: ReadOptions, report: QualityReport) -> pd.DataFrame:
    """The rows of a sheet that can become a record; the others are dropped, each under one rule."""
    found = proceedings_people.named(sheet, proceedings_columns.settled(sheet.columns), head.name, options)
    report.rows_read += sheet.rows
    proceedings_people.report_columns(report, found)
    frame = found.frame
    keep = np.ones(sheet.rows, bool)
    nobody = ((frame["child"] == "") & (frame["surname"] == "") & (frame["birth"] == NO_DAY)).to_numpy()
    undated = (frame["application"] == NO_DAY).to_numpy()
    unreadable = found.unreadable["application"]
    nothing = (frame[["order", "case", "initials"]] == "").all(axis=1).to_numpy()
    blank = nobody & undated & ~unreadable & nothing & (frame["final"] == NO_DAY).to_numpy()
    complete = "Complete it in the legal department's file."
    for where, rule, said, remedy in (
        (blank, "blank-row", "The row is blank.", "None is needed."),
        (unreadable, "unreadable-time", "The date of application cannot be read.", "Write it as 31/01/2024."),
        (undated, "missing-time", "The row has no date of application.", complete),
        (nobody, "missing-child", "The row has no child's id, surname or date of birth.", complete),
    ):
        if (where := where & keep).any():
            keep[where] = False
            examples = found.examples(where)
            report.add(rule, said, count=int(where.sum()), action="dropped", remedy=remedy, examples=examples)
    _odd(found, keep, report)
    return frame.assign(mended=found.turned)[keep]


def _odd(found: Named, keep: Mask, report: QualityReport) -> None:
    """Report what is kept although it is odd (what any record may break, the rules over case records say)."""
    none = np.zeros(len(found.frame), bool)
    application, born = (found.frame[column].to_numpy() for column in ("application", "birth"))
    checks = (
        ("unreadable-final", "The date of the final order cannot be read; it is left open.", "final",
         found.unreadable.get("final", none)),
        ("unreadable-birth", "The date of birth is no date; the child is looked for without it.", "birth",
         found.unreadable.get("birth", none)),
        ("before-birth", "The application is before the child's birth.", "application",
         (born != NO_DAY) & (application < born)),
    )  # fmt: skip
    for rule, said, role, where in checks:
        if (where := where & keep).any():
            remedy = "Correct it in the legal department's file."
            examples = found.examples(where, role)
            report.add(rule, said, count=int(where.sum()), action="kept", remedy=remedy, examples=examples)
    if (where := found.turned & keep).any():
        said = "A date that can only be the other way round than the file's (day and month) is read so."
        report.add("day-and-month", said, count=int(where.sum()), action="repaired", examples=found.examples(where))


def _orders(frame: pd.DataFrame, report: QualityReport, file: str) -> None:
    """Put the orders made into one spelling, and take out what may name a person."""
    names = {word for column in ("surname", "forename") for text in frame[column] for word in text.split()}
    frame["order"], hidden = proceedings_orders.normalise(frame["order"].tolist(), names)
    frame["mended"] |= np.array(hidden, bool)
    if any(hidden):
        rows = frame.loc[np.array(hidden), "row"].head(10)
        report.add(
            "order-unknown",
            "Part of the order made is not known and may name a person: it is not taken over.",
            count=sum(hidden),
            action="repaired",
            remedy="Write the order's name only, such as care order.",
            examples=[Example(file, "order made", int(row)) for row in rows],
        )


def as_records(frame: pd.DataFrame) -> pa.Table:
    """Records of rows that have a `child`: one a child and day of application, with all its orders.

    The final order is the last of them where rows differ.
    """
    if not len(frame):
        return table("proceedings", {"child": [], "application": [], "row": []})
    group = frame.groupby(["child", "application"], sort=False)
    made = group.agg(final=("final", "max"), case=("case", "first"), row=("row", "min"), place=("place", "first"))
    single = ~frame.duplicated(["child", "application"], keep=False)
    orders = frame.loc[single, ["child", "application", "order"]].set_index(["child", "application"])["order"]
    if not single.all():
        several = frame[~single].groupby(["child", "application"], sort=False)["order"]
        joined = several.agg(lambda texts: "; ".join(dict.fromkeys(o for t in texts for o in t.split("; ") if o)))
        orders = pd.concat([orders, joined])
    made["order"] = orders.reindex(made.index)
    made = made.reset_index().sort_values("row", kind="stable")
    return table(
        "proceedings",
        {
            "child": pa.array(made["child"], pa.string()),
            "application": instants(made["application"].to_numpy(np.int64)),
            "final": instants(made["final"].to_numpy(np.int64)),
            "order": pa.array(made["order"].replace("", None), pa.string(), from_pandas=True),
            "case": pa.array(made["case"].replace("", None), pa.string(), from_pandas=True),
            "row": pa.array(made["row"], pa.int64()),
            "place": pa.array(made["place"], pa.string(), from_pandas=True),
        },
    )


def instants(day: npt.NDArray[np.int64]) -> pa.Array:
    """Days since 1970 as times; null for NO_DAY."""
    return pa.array(np.where(day == NO_DAY, 0, day) * dates.DAY, mask=day == NO_DAY).cast(pa.timestamp("ms"))


def link(
    casework: Sequence[Casework], options: ReadOptions, progress: Progress, decisions: Path | None = None
) -> list[Casework]:
    """The files of a build, with the rows of legal files given their children and all identities gone.

    `decisions` is the file in which a person has decided (None: `options.links`, where there is such an option). Rows
    without a child are dropped under the rule "not-linked". The first legal file's `aside` is then the MatchReport.
    """
    from flowmap.sources.proceedings import linking  # only where there is something to link

    decisions = decisions or getattr(options, "links", None)
    if not any(isinstance(part.aside, People) for part in casework):
        return list(casework)
    if not any(isinstance(part.aside, Legal) for part in casework):
        return [replace(part, aside=None) if isinstance(part.aside, People) else part for part in casework]
    return linking.linked(casework, decisions, progress)
