"""What is kept although it is odd: the future, the two hours of the clock change, events before birth."""

from __future__ import annotations

import time as clock
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME
from flowmap.quality import Action
from flowmap.sources import dates
from flowmap.sources.rows import Rows
from flowmap.sources.times import RowTimes

NINE_MONTHS = 280 * dates.DAY  # before birth: an unborn child may be known so long


def report_odd_times(rows: Rows, column: str, event: RowTimes) -> None:
    """Report times in the future, and those that the clock shows twice or never."""

    def add(where: npt.NDArray[Any], rule: str, message: str, action: Action, remedy: str) -> None:
        if len(where):
            examples = rows.examples(where, column)
            rows.report.add(rule, message, count=len(where), action=action, remedy=remedy, examples=examples)

    now = int(clock.time() * 1000)
    if event.time.max(initial=now) > now:
        future = np.flatnonzero(event.time > now)
        add(future, "future", "The time is in the future.", "kept", "Is it a plan, or an error of typing?")
    twice = "The clock shows this time twice (it was put back); the first is taken."
    never = "The clock never shows this time (it was put forward); the next is taken."
    add(event.twice, "clock-back", twice, "kept", "Export times with offsets or in UTC.")
    add(event.never, "clock-forward", never, "repaired", "Export times with offsets or in UTC.")


def births(
    rows: Rows,
    column: str,
    written: RowTimes,
    child: npt.NDArray[np.int32],
    children: int,
    event: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64] | None:
    """Each child's birth (ms, NO_TIME = not known): the first one known. Events long before it are reported."""
    found, now = written.time, int(clock.time() * 1000)
    known = (found != NO_TIME) & (found < now + NINE_MONTHS)
    wrong = ~known & ~written.blank()
    if wrong.any():
        rows.report.add(
            "unreadable-birth",
            "The date of birth is no date, or no possible one.",
            count=int(wrong.sum()),
            action="kept",
            remedy="Correct it in the source; until then the age is not known.",
            examples=rows.examples(wrong, None),
        )
    if not known.any():
        return None
    birth = np.full(children, NO_TIME)
    birth[child[known][::-1]] = found[known][::-1]
    of_child = birth[child]
    differs = known & (found != of_child)
    if differs.any():
        rows.report.add(
            "birth-differs",
            "The child has another date of birth elsewhere; the first is used.",
            count=int(differs.sum()),
            action="kept",
            remedy="Correct it in the source.",
            examples=rows.examples(differs, None),
        )
    early = (of_child != NO_TIME) & (event < of_child - NINE_MONTHS)
    if early.any():
        rows.report.add(
            "before-birth",
            "The event is more than nine months before the child's birth.",
            count=int(early.sum()),
            action="kept",
            remedy="Correct the date of birth, or that of the event.",
            examples=rows.examples(early, column),
        )
    return birth
