"""A log whose visits are told as start and complete becomes one with an event a visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, Attribute, EventLog
from flowmap.sources import ids, lifecycle
from flowmap.sources.columns import Roles
from flowmap.sources.options import ReadOptions
from flowmap.sources.rows import Rows


def join_visits(log: EventLog, rows: Rows, roles: Roles, options: ReadOptions) -> tuple[EventLog, list[str]]:
    """The log with paired starts and completes joined, and a sentence that says so; else the log as it is."""
    name = roles.get("lifecycle")
    if name is None:
        return log, []
    codes, values = ids.encode_text(rows.columns[name])
    step = lifecycle.steps(codes, values.to_pylist())
    if step is None:
        shown = name in log.attributes or name in log.children
        return log, [f"{rows.file}: {name!r} is not start and complete, so every row is an event."] if shown else []
    keys: list[Any] = [log.child, log.station]
    if log.case is not None:
        keys.append(log.case)
    if instance := roles.get("instance"):
        keys.append(ids.encode_text(rows.columns[instance])[0])
    starts, completes = lifecycle.pair(keys, log.time, step)
    alone: npt.NDArray[np.bool_] = np.not_equal(step, lifecycle.OTHER)
    alone[np.concatenate([starts, completes])] = False
    if alone.any():
        rows.report.add(
            "visit-unpaired",
            "A start without its complete, or a complete without its start: an event by itself.",
            count=int(alone.sum()),
            action="kept",
            examples=rows.examples(alone, roles.columns["event"]),
        )
    which = "start" if options.times == "start" else "completion"
    pairs = f"{len(starts):,} pairs of start and complete in {name!r}"
    said = f"{rows.file}: {pairs} are a visit each; its time is the {which}."
    kept, gone = (starts, completes) if options.times == "start" else (completes, starts)
    return _joined(log, kept, gone, name, with_end=options.times == "start"), [said]


def _joined(log: EventLog, kept: Any, gone: Any, lifecycle_name: str, *, with_end: bool) -> EventLog:
    """The log without the rows `gone`, whose facts fill in what the rows `kept` do not say."""
    stay = np.ones(len(log), dtype=bool)
    stay[gone] = False
    end = np.full(len(log), NO_TIME)
    end[kept] = log.time[gone]
    return replace(
        log,
        child=log.child[stay],
        station=log.station[stay],
        time=log.time[stay],
        date_only=log.date_only[stay],
        case=None if log.case is None else log.case[stay],
        end=end[stay] if with_end else None,
        attributes={n: _filled(a, kept, gone).take(stay) for n, a in log.attributes.items() if n != lifecycle_name},
        children={n: a for n, a in log.children.items() if n != lifecycle_name},
    )


def _filled(fact: Attribute, kept: Any, gone: Any) -> Attribute:
    column = fact.column.copy()
    column[kept] = np.where(column[kept] == fact.missing, column[gone], column[kept])
    return fact.with_column(column)
