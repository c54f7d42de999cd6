"""When each event was: the file's time columns together, and which of start and end counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import NO_TIME
from flowmap.sources import dates
from flowmap.sources.columns import Roles
from flowmap.sources.options import ReadOptions
from flowmap.sources.rows import Rows
from flowmap.sources.times import RowTimes, TimeColumn

EARLIEST_BIRTH = -2_177_452_800_000  # 1901-01-01, ms: 1900 is what Excel makes of nothing


def times_of(rows: Rows, roles: Roles, options: ReadOptions) -> tuple[dict[str, RowTimes], list[str]]:
    """The time columns, read by one decision on day-first; and how they were read, in words."""
    if "clock" in roles.columns:
        rows.columns[roles.columns["time"]] = _with_clock(rows, roles)
    taken: dict[str, TimeColumn] = {
        r: TimeColumn(roles.columns[r], rows.columns[roles.columns[r]])
        for r in ("time", "end", "birth")
        if r in roles.columns
    }
    dayfirst = dates.decide([(c.name, c.text) for c in taken.values() if c.text is not None], options.dayfirst)
    zone = options.zone()
    found = {
        role: column.read(dayfirst, None, EARLIEST_BIRTH) if role == "birth" else column.read(dayfirst, zone)
        for role, column in taken.items()
    }
    said = []
    for role, times in found.items():
        if role == "birth":
            continue
        how = " (all at 00:00, so taken as dates)" if times.midnight else ""
        zoned = f", times without an offset are in {options.timezone}" if zone is not None else ""
        said.append(f"{rows.file}: times in {roles.columns[role]!r} are read as {times.form}{how}{zoned}.")
    return found, said


def _with_clock(rows: Rows, roles: Roles) -> pa.ChunkedArray:
    """Dates and times of day that stand in two columns, in one; a date alone where there is no time of day."""
    day, clock = (rows.columns[roles.columns[role]] for role in ("time", "clock"))
    if pa.types.is_timestamp(day.type):
        day = day.cast(pa.date32())
    return pc.binary_join_element_wise(
        day.cast(pa.string()), clock.cast(pa.string()).combine_chunks().fill_null(""), " "
    )


def start_or_end(
    rows: Rows, roles: Roles, times: Mapping[str, RowTimes], options: ReadOptions
) -> tuple[RowTimes, npt.NDArray[np.int64] | None]:
    """The time of each event, and its end where there are two columns and the event is the start."""
    event, end = times["time"], times.get("end")
    if end is None:
        return event, None
    first, other = (event, end) if options.times == "start" else (end, event)
    fallback = (first.time == NO_TIME) & (other.time != NO_TIME)
    if fallback.any():
        what = ("start", "end") if options.times == "start" else ("end", "start")
        rows.report.add(
            f"no-{what[0]}",
            f"The visit has no {what[0]}, so its {what[1]} is used.",
            count=int(fallback.sum()),
            action="repaired",
            remedy=f"Complete the {what[0]}s in the source.",
            examples=rows.examples(fallback, roles.columns["time" if what[0] == "start" else "end"]),
        )
    early = (event.time != NO_TIME) & (end.time != NO_TIME) & (end.time < event.time)
    early &= ~(event.date_only ^ end.date_only)  # a date and a time of that date are no contradiction
    if early.any():
        rows.report.add(
            "end-before-start",
            "The visit ends before it starts.",
            count=int(early.sum()),
            action="kept",
            remedy="Correct the source.",
            examples=rows.examples(early, roles.columns["end"]),
        )
    kind = None
    if first.kind is not None:
        kind = np.where(fallback, np.int8(dates.FINE), first.kind)
    chosen = RowTimes(
        np.where(fallback, other.time, first.time),
        kind if kind is not None and kind.any() else None,
        np.where(fallback, other.date_only, first.date_only),
        first.form,
        first.midnight,
        first.twice,
        first.never,
    )
    return chosen, end.time if options.times == "start" else None
