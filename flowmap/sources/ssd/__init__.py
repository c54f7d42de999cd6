"""The Standard Safeguarding Dataset: CSV exports of its tables, or a read-only database (`ssd_database.py`).

Which table and column is which field of which record is data: `map.yaml`.

For the core:
- one CSV is `records(head, options, progress)`: every table that is read names the child itself, so that no table
  needs another one to be understood;
- `records_of_set(heads, options, progress)` reads the CSVs of one build together and is to be preferred where several
  are recognised as `ssd`: tables of one extract speak up to the same day, which a table such as ssd_disability, without
  any date, cannot know by itself, and ssd_legal_status says which periods of ssd_cla_episodes are short breaks;
- a source for which `is_url(text)` is true is `records_of_url(text, options, progress)`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, TYPES, Casework
from flowmap.eventlog import Example, QualityReport
from flowmap.sources.fingerprint import digest
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.ssd import csv as ssd_csv
from flowmap.sources.ssd.breaks import short_breaks, without_breaks
from flowmap.sources.ssd.database import Database, is_url
from flowmap.sources.ssd.map import SsdMap, built_in
from flowmap.sources.ssd.tables import SsdRows, clean, one_per_child
from flowmap.sources.ssd.tables import records as records_of_table

__all__ = ["LABEL", "NAME", "is_url", "records", "records_of_set", "records_of_url", "sniff"]

NAME = "ssd"
LABEL = "Standard Safeguarding Dataset"
DAY = 86_400_000
UNKNOWN = [
    "The SSD has no strategy discussions: a section 47 enquiry starts on the day of its discussion.",
    "The SSD has no dates of court applications and final orders.",
    "The SSD does not date the decision to take no further action on a contact or a referral.",
]


def sniff(head: Head) -> str | None:
    """Why the file is an SSD table, in words; None where it is none. Its columns decide, not its name."""
    if b"_" not in head.start[: ssd_csv.FIRST_LINE] or head.start.startswith((b"PK", b"<", b"{", b"[")):
        return None
    table = built_in().recognise(ssd_csv.header_of(head))
    return f"its columns are those of the table {table}" if table else None


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The case records in the CSV of one table. Raises SourceError where it is no table.

    A known table that has no station on the map gives no records, which the report says.
    """
    known = built_in()
    name = known.recognise(ssd_csv.header_of(head)) or ""
    made = _Made(known, head.name)
    progress(f"reading {head.name}", 0.0)
    spec = known.tables.get(name)
    if spec is None:
        made.unread(name)
    else:
        text = ssd_csv.read(head, spec.needed(), made.report, progress)
        made.table(SsdRows(head.name, name, clean(text.columns, spec, known), text.row), options)
        made.say_extra(name, text.names)
    progress(f"reading {head.name}", 1.0)
    found = made.casework(f"{head.name}: the table {name} of the SSD.", head.size, digest(head.path))
    found.aside = pd.concat(made.breaks) if made.breaks else None
    return found


def records_of_set(heads: Sequence[Head], options: ReadOptions, progress: Progress) -> list[Casework]:
    """The case records of the CSVs of one extract, in the order given: all speak up to the same day."""
    found = []
    for i, head in enumerate(heads):
        found.append(records(head, options, lambda stage, done, i=i: progress(stage, (i + done) / len(heads))))  # type: ignore[misc]
    as_of = max((f.as_of for f in found), default=0)
    breaks = [f.aside for f in found if f.aside is not None]
    statuses = [f.tables["legal_status"] for f in found if "legal_status" in f.tables]
    for each in found:
        each.as_of, each.aside = as_of, None
        if "care" in each.tables:
            each.tables["care"] = without_breaks(each.tables["care"], breaks, statuses, each.file, each.report)
    return found


def records_of_url(url: str, options: ReadOptions, progress: Progress, known: SsdMap | None = None) -> Casework:
    """The case records in a database, which is read and never written.

    `url` is SQLAlchemy's, without a password (FLOWMAP_DB_PASSWORD holds it), or env:NAME for a URL in the variable
    NAME. `?schema=NAME` says where the tables are. Raises OptionError for a URL that cannot be used, SourceError for a
    database that cannot be reached or holds no table of the SSD; no message holds a password.
    """
    known = known or built_in()
    with Database.open(url) as database:
        made = _Made(known, database.label)
        tables = database.tables(known)
        for i, (name, where) in enumerate(tables.items()):
            progress(f"reading {name}", i / len(tables))
            if name not in known.tables:
                made.unread(name)
                continue
            spec = known.tables[name]
            columns = clean(database.columns(where, spec), spec, known)
            size = len(next(iter(columns.values()))) if columns else 0
            made.table(SsdRows(database.label, name, columns, np.arange(1, size + 1)), options)
    progress(f"reading {made.file}", 1.0)
    read = ", ".join(name for name in tables if name in known.tables)
    return made.casework(f"{made.file}: a database with the tables {read} of the SSD.", 0, "")


@dataclass
class _Made:
    """The records of a file or a database as they come together."""

    known: SsdMap
    file: str
    report: QualityReport = field(default_factory=QualityReport)
    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    breaks: list[pd.DataFrame] = field(default_factory=list)

    def table(self, rows: SsdRows, options: ReadOptions) -> None:
        spec = self.known.tables[rows.table]
        self.tables.setdefault(spec.kind, []).append(records_of_table(rows, spec, self.report, options.dayfirst))
        found = short_breaks(rows, spec, options.dayfirst)
        if found is not None and len(found):
            self.breaks.append(found)

    def unread(self, name: str) -> None:
        self.report.add(
            "table-not-read",
            f"The table {name} is not read: it holds {self.known.unread[name]}, which are no stations of the map.",
            examples=[Example(self.file, name)],
        )

    def say_extra(self, name: str, columns: Sequence[str]) -> None:
        """Columns that the standard does not have: they are not read."""
        extra = [c for c in columns if c and c not in self.known.tables[name].standard]
        if extra:
            self.report.add(
                "column-left-out", f"Columns of {name} that the standard does not have: {', '.join(extra)[:300]}."
            )

    def casework(self, said: str, size: int, sha256: str) -> Casework:
        joined = {kind: pa.concat_tables(parts) for kind, parts in self.tables.items()}
        if len(self.tables.get("person", ())) > 1:
            joined["person"] = one_per_child(joined["person"])
        if "care" in joined:
            statuses = [joined["legal_status"]] if "legal_status" in joined else []
            joined["care"] = without_breaks(joined["care"], self.breaks, statuses, self.file, self.report)
        return Casework(
            file=self.file,
            format=NAME,
            tables=joined,
            report=self.report,
            as_of=latest(joined),
            bytes=size,
            sha256=sha256,
            said=[said],
            unknown=list(UNKNOWN),
        )


def latest(tables: Mapping[str, pa.Table]) -> int:
    """The day (ms) of the last thing that happened in the tables, not later than today: up to when they speak."""
    now = int(time.time() * 1000)
    found = 0
    for kind, table in tables.items():
        for each in KINDS[kind].fields:
            if TYPES[each.type] == TYPES["time"] and kind != "person":
                column = table.column(each.name).cast(pa.int64())
                past = column.filter(pc.less_equal(column, now))
                found = max(found, pc.max(past).as_py() or 0)
    return found // DAY * DAY
