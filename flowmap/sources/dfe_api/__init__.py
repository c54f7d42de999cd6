"""The DfE daily feed: JSON with a record a child, as sent to the Department's children's social care API.

Read are an array of records (the API's own form), one record, or a record a line; also gzip. A row, in counts and
messages, is an element: a child's record and each item in its lists that is read; its number is that of the record.

What the flag `purge` marks is left out and counted, with what an earlier record of the same file said of it. Where a
file has a record or an item twice (the same child and id), the last one stands. Of several files a later one purges
what earlier ones say (`align`, called by the core once all are read).
"""

from __future__ import annotations

from functools import cache, partial
from importlib import resources
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import Casework
from flowmap.eventlog import Example, QualityReport, SourceError
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources.dfe_api.items import EPISODE, LISTS, Flat
from flowmap.sources.dfe_api.purges import align, purges
from flowmap.sources.dfe_api.stream import records as records_of_json
from flowmap.sources.fingerprint import digest
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.ssd import latest
from flowmap.sources.ssd import tables as ssd_tables
from flowmap.sources.ssd.map import SsdMap, parse
from flowmap.sources.ssd.tables import SsdRows

NAME = "dfe-api"
LABEL = "DfE daily feed"
BATCH = 2000  # records held as Python objects
KEYS = {
    "records": (),
    "child_details": (),
    "social_care_episodes": (EPISODE,),
    "adoption": (EPISODE,),
    **{name: (EPISODE, key) for name, (key, _) in LISTS.items()},
}
# Second readings of a list: of what, and the column that a row must have.
SECOND = {
    "conferences": ("section_47_assessments", "icpc_date"),
    "placements": ("child_looked_after_placements", "placement_type"),
}
PURGED = ("purged", "It is marked to be purged, here or in a later record.")
SAID_AGAIN = ("said-again", "The file has it again in a later place, which stands.")
UNKNOWN = [
    "The daily feed has no contacts, early help, strategy discussions, pre-proceedings and court dates.",
    "The daily feed does not say the legal status of a looked-after child, the primary need of a referral, the outcome "
    "of an assessment or conference, the category of a plan, and the team.",
]


def sniff(head: Head) -> str | None:
    """Why the file is a daily feed, in words; None where it is none."""
    start = head.start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith((b"[", b"{")) and b'"la_child_id"' in start:
        return "it is JSON whose records have a la_child_id"
    return None


@cache
def _map() -> SsdMap:
    return parse((resources.files("flowmap.sources.dfe_api") / "map.yaml").read_text("utf-8"), "dfe_api/map.yaml")


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The case records in a daily feed. Raises SourceError for what is no JSON."""
    progress(f"reading {head.name}", 0.0)
    flat = Flat()
    batch: list[Any] = []
    for value in records_of_json(head, progress):
        batch.append(value)
        if len(batch) == BATCH:
            flat.add(batch)
            batch = []
    if batch:
        flat.add(batch)
    if not flat.records or len(flat.no_record) == flat.records:
        raise SourceError("The file holds no record of a child.", file=head.name, remedy="Export it again.")
    report = QualityReport()
    _say_types(flat, head.name, report)
    frames = {name: table.to_pandas() for name in KEYS if (table := flat.table(name)) is not None}
    standing = _standing(flat, frames, head.name, report)
    tables = _tables(standing, head.name, options, report)
    progress(f"reading {head.name}", 1.0)
    return Casework(
        file=head.name,
        format=NAME,
        tables=tables,
        report=report,
        as_of=latest(tables),
        bytes=head.size,
        sha256=digest(head.path),
        said=[f"{head.name}: a daily feed with {flat.records:,} records; each record and each item in it is a row."],
        unknown=list(UNKNOWN),
        aside=purges(frames),
    )


def _standing(flat: Flat, frames: dict[str, pd.DataFrame], file: str, report: QualityReport) -> dict[str, pa.Table]:
    """The flat tables without what was purged or said again later in the file; every row is counted."""
    _count_records(flat, file, report)
    children = _last_purge(frames.get("records"), ["child"])
    episodes = _last_purge(frames.get("social_care_episodes"), ["child", EPISODE])
    standing = {}
    for name, frame in frames.items():
        if name == "records":
            continue
        report.rows_read += len(frame)
        key = ["child", *KEYS[name]]
        known = frame[key].notna().all(axis=1)
        purged = frame["purge"] | _purged(frame, children, ["child"])
        if EPISODE in frame and name != "social_care_episodes":
            purged |= _purged(frame, episodes, ["child", EPISODE])
        again = known & frame.duplicated(key, keep="last")
        # What a later record purges was there under the same key before: it goes for that reason.
        purged |= again & known & frame.groupby(key, dropna=False)["purge"].transform("last").astype(bool)
        _say_left_out(name, frame, purged, PURGED, file, report)
        _say_left_out(name, frame, again & ~purged, SAID_AGAIN, file, report)
        table = flat.table(name)
        assert table is not None  # noqa: S101 - there is a frame of it
        standing[name] = table.filter(pa.array((~purged & ~again).to_numpy(dtype=bool)))
    return standing


def _count_records(flat: Flat, file: str, report: QualityReport) -> None:
    """The records themselves: those that are none, purged ones, and those of no child."""
    table = flat.table("records")
    assert table is not None  # noqa: S101 - the caller looked
    report.rows_read += flat.records
    blank = pc.equal(pc.utf8_trim_whitespace(table.column("child")), "").fill_null(True)
    purged = table.column("purge")
    for where, rule, message in (
        (
            pc.and_not(blank, purged),
            "missing-child",
            "The record has no la_child_id.",
        ),
        (purged, "purged", "The record is marked to be purged: the child is left out."),
    ):
        numbers = table.column("record").filter(where).to_pylist()
        if numbers:
            examples = [Example(file, "record", n) for n in numbers[:MAX_EXAMPLES]]
            report.add(rule, message, count=len(numbers), action="dropped", examples=examples)
    if flat.no_record:
        examples = [Example(file, "record", n) for n in flat.no_record[:MAX_EXAMPLES]]
        report.add(
            "no-record",
            "The value is no record of a child.",
            count=len(flat.no_record),
            action="dropped",
            examples=examples,
        )


def _last_purge(frame: pd.DataFrame | None, key: list[str]) -> pd.Series | None:
    """For each key the number of the last record that purges it."""
    if frame is None or not frame["purge"].any():
        return None
    return frame[frame["purge"]].groupby(key)["record"].max()


def _purged(frame: pd.DataFrame, last: pd.Series | None, key: list[str]) -> pd.Series:
    """Rows that stand before the record that purges what they belong to."""
    if last is None:
        return pd.Series(False, index=frame.index)
    index = pd.MultiIndex.from_frame(frame[key]) if len(key) > 1 else pd.Index(frame[key[0]])
    return pd.Series(frame["record"].to_numpy() < last.reindex(index).fillna(-1).to_numpy(), index=frame.index)


def _say_left_out(
    name: str, frame: pd.DataFrame, where: pd.Series, rule: tuple[str, str], file: str, report: QualityReport
) -> None:
    if where.any():
        examples = [Example(file, name, int(n)) for n in frame["record"][where][:MAX_EXAMPLES]]
        report.add(*rule, count=int(where.sum()), action="dropped", examples=examples)


def _tables(flat: dict[str, pa.Table], file: str, options: ReadOptions, report: QualityReport) -> dict[str, pa.Table]:
    """Case records of each list, and the second readings of two of them."""
    known = _map()
    made: dict[str, pa.Table] = {}
    for name, spec in known.tables.items():
        of, needed = SECOND.get(name, (name, None))
        table = flat.get(of)
        if table is None:
            continue
        rows = _rows(table, of, file)
        rows.columns = ssd_tables.clean(rows.columns, spec, known)
        own = QualityReport()
        if needed:
            there = pc.is_valid(rows.columns[needed]).to_numpy(zero_copy_only=False)
            rows = _rows(table.filter(pa.array(there)), of, file)
            rows.columns = ssd_tables.clean(rows.columns, spec, known)
        made[spec.kind] = ssd_tables.records(rows, spec, own, options.dayfirst)
        for p in own.problems:
            # A second reading makes no row of its own, and what it cannot use is still in the first.
            action = "note" if needed and p.action == "dropped" else p.action
            if p.rule != "missing-column":
                report.add(p.rule, p.message, count=p.count, action=action, remedy=p.remedy, examples=p.examples)
    return made


def _rows(table: pa.Table, name: str, file: str) -> SsdRows:
    """A flat table as the SSD's tables are; it says for each row its path in the record."""
    columns = {c: table.column(c) for c in table.column_names if c not in ("child", "record", "purge", "path", "at")}
    columns["la_child_id"] = table.column("child")
    return SsdRows(file, name, columns, table.column("record").to_numpy(), partial(_path, table, name))


def _path(table: pa.Table, name: str, index: int) -> str:
    if "path" not in table.column_names:
        return name
    episode = f"social_care_episodes[{table.column('path')[index].as_py()}]"
    if name == "social_care_episodes":
        return episode
    if "at" not in table.column_names:
        return f"{episode}.{name}"
    return f"{episode}.{name}[{table.column('at')[index].as_py()}]"


def _say_types(flat: Flat, file: str, report: QualityReport) -> None:
    """Values of another type than the standard's, and what the standard does not have."""
    found = flat.amended
    if found.mended or found.lost:
        examples = [Example(file, path, n) for path, n in found.examples]  # what stands there may be a name
        report.add(
            "wrong-type",
            f"Values are not of the standard's type: {found.mended:,} are understood, {found.lost:,} left out.",
            count=found.mended + found.lost,
            action="repaired",
            remedy="Send texts as texts, flags as true or false, lists as lists.",
            examples=examples,
        )
    if flat.extra:
        named = ", ".join(sorted(flat.extra))[:300]
        report.add("column-left-out", f"Not in the standard and not read: {named}.", examples=[Example(file)])


__all__ = ["LABEL", "NAME", "align", "records", "sniff"]
