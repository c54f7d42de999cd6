"""Which rows make an event, and under which rule each of the others is dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.eventlog import Example, SourceError
from flowmap.sources import dates
from flowmap.sources.columns import Roles
from flowmap.sources.rows import Rows
from flowmap.sources.times import BLANK, RowTimes

Mask = npt.NDArray[np.bool_]

# What a dropped row broke: rule, message, remedy.
DROPPED = {
    BLANK: ("missing-time", "The row has no time.", "Complete it in the source."),
    dates.UNREADABLE: ("unreadable-time", "The time cannot be read.", "Write it as 2024-01-31 or 2024-01-31T09:30."),
    dates.PLACEHOLDER: (
        "placeholder-date",
        "The date is in 1899 or 1900, which is what Excel makes of a blank or zero.",
        "Complete it in the source.",
    ),
    dates.IMPLAUSIBLE: ("implausible-date", "The date is before 1950 or after 2099.", "Correct it in the source."),
}


def kept(rows: Rows, roles: Roles, child: Any, station: Any, event: RowTimes) -> Mask | None:
    """Which rows make an event; None where all do. Each dropped row is reported under one rule."""
    if child.min(initial=0) >= 0 and station.min(initial=0) >= 0 and event.kind is None:
        return None
    keep = np.ones(len(child), dtype=bool)

    def drop(where: Mask, rule: str, message: str, remedy: str, column: str | None) -> None:
        where = where & keep
        if where.any():
            keep[where] = False
            rows.report.add(
                rule,
                message,
                count=int(where.sum()),
                action="dropped",
                remedy=remedy,
                examples=rows.examples(where, column),
            )

    no_time = event.is_kind(BLANK)
    drop((child < 0) & (station < 0) & no_time, "blank-row", "The row is blank.", "None is needed.", None)
    drop(
        child < 0,
        "missing-child",
        "The row has no identifier of a child.",
        "Complete it in the source.",
        roles.columns["event"],
    )
    drop(
        station < 0,
        "missing-event",
        "The row does not say which event it is.",
        "Complete it in the source.",
        roles.columns["child"],
    )
    for kind, (rule, message, remedy) in DROPPED.items():
        drop(event.is_kind(kind), rule, message, remedy, roles.columns["time"])
    return keep


def nothing_left(rows: Rows) -> SourceError:
    worst = max((p for p in rows.report.problems if p.action == "dropped"), key=lambda p: p.count)
    first = worst.examples[0] if worst.examples else Example()
    return SourceError(
        f"No row is left: {worst.message[0].lower()}{worst.message[1:]} ({worst.count:,} rows)",
        file=rows.file,
        row=first.row,
        value=first.value,
        remedy=f"{worst.remedy} Or name other columns with --case, --event and --time.",
    )


def present(codes: npt.NDArray[np.int32], values: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Codes and values without the values that only dropped rows had."""
    used = np.zeros(len(values), dtype=bool)
    used[codes] = True
    if used.all():
        return codes, values
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return place[codes], values.filter(pa.array(used))
