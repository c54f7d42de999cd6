"""The features of every event of a history, as one table (F, n) of small numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, EventLog
from synthetic.model import attributes
from synthetic.model.days import weekday
from synthetic.model.features import (
    BEFORE,
    FEW_AGES,
    HERE,
    LOOK_BACK,
    PLACE,
    VISITS,
    age_class,
    gap_class,
    layout,
    left_class,
    startup_part,
    wait_class,
    year_class,
)
from synthetic.model.history import History
from synthetic.model.model import Variable

Ints = npt.NDArray[np.int64]
Table = npt.NDArray[np.int16]

PERIODS = 24  # values of "period" of one station at most


@dataclass(frozen=True)
class Encoded:
    """Variables, and their codes: of children (one a child), of journeys (one a journey) or of events."""

    variables: list[Variable]
    codes: dict[str, Ints]
    revealed: dict[str, npt.NDArray[np.bool_]]  # of journey attributes: events from which on it is known


def encode(log: EventLog, events: History, k: int) -> Encoded:
    """All attributes of a log as codes."""
    variables, codes, revealed = [], {}, {}
    everyone = np.arange(len(log.child_ids))
    present = np.unique(events.child)
    for key, attribute in log.children.items():
        variable, some = attributes.encode(key, attribute.take(present), "child", present, k)
        whole = np.zeros(len(everyone), dtype=np.int64)
        whole[present] = some
        variables.append(variable)
        codes[f"child:{key}"] = whole
    journeys = int(events.journey[-1]) + 1
    fresh = times(events)[1] == 0
    for key, attribute in log.attributes.items():
        variable, per_event = attributes.encode(key, attribute.take(events.row), "journey", events.child, k)
        attributes.place(variable, per_event, events.journey, events.station, fresh, events.names)
        variables.append(variable)
        if variable.given == "event":
            codes[f"journey:{key}"] = per_event
            continue
        codes[f"journey:{key}"] = attributes.by_journey(per_event, events.journey, journeys)
        revealed[key] = np.ones(len(events.child), dtype=bool)
        if variable.given == "gate":
            revealed[key] = _since(events, events.names.index(variable.gate))
    return Encoded(variables, codes, revealed)


def _since(events: History, gate: int) -> npt.NDArray[np.bool_]:
    """Events at or after the first time at `gate` in their journey."""
    at = events.station == gate
    total = np.cumsum(at)
    begin = np.maximum.accumulate(np.where(events.begins, np.arange(len(at)), 0))
    return total - (total - at)[begin] > 0


def age_days(events: History) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Age at each event in days, and whether it is known."""
    born = events.birth[events.child]
    known = born != NO_TIME
    return np.where(known, events.day - np.where(known, born, 0), 0), known


def build(events: History, encoded: Encoded, startup: int) -> tuple[list[str], list[int], Table]:
    """(names, numbers of values, (F, n) table); "period" is left 0."""
    names, cards = layout(len(events.names), PERIODS, encoded.variables)
    n = len(events.child)
    table = np.zeros((len(names), n), dtype=np.int16)
    table[PLACE["station"]] = events.station + 1
    begin = np.maximum.accumulate(np.where(events.begins, np.arange(n), 0))
    for back, name in enumerate(("one before", "two before", "three before"), 1):
        there = np.arange(n) - back >= begin
        table[PLACE[name]] = np.where(there, np.roll(events.station, back) + 1, 0)
    table[PLACE["visit"]] = np.minimum(events.visit, VISITS - 1)
    before, here = times(events)
    table[PLACE["earlier journeys here"]], table[PLACE["times here"]] = before, here
    start = events.starts
    gap = np.concatenate([[0], events.day[1:] - events.day[:-1]])[begin]
    table[PLACE["gap"]] = gap_class(gap, start[begin])
    age, known = age_days(events)
    table[PLACE["age"]], table[PLACE["age group"]] = age_class(age, known), age_class(age, known, FEW_AGES)
    table[PLACE["weekday"]] = weekday(events.day)
    table[PLACE["startup"]] = events.day < events.first + startup
    table[PLACE["year"]] = year_class(events.day, events.first)
    table[PLACE["startup part"]] = startup_part(events.day, events.first, startup)
    came = np.diff(events.day, prepend=events.day[:1])
    table[PLACE["wait before"]] = wait_class(came, events.begins)
    if events.closing is not None:
        table[PLACE["left"]] = left_class(events.day, events.last)
    _attributes(events, encoded, names, table)
    return names, cards, table


def times(events: History) -> tuple[Ints, Ints]:
    """Of each event: the child's earlier journeys that came here within LOOK_BACK days, and earlier times here in this
    journey."""
    n = len(events.child)
    order = np.lexsort((np.arange(n), events.station, events.child))
    child, station, journey, day = (a[order] for a in (events.child, events.station, events.journey, events.day))
    group = np.concatenate([[True], (child[1:] != child[:-1]) | (station[1:] != station[:-1])])
    fresh = group | np.concatenate([[True], journey[1:] != journey[:-1]])
    at = np.arange(n)
    number = np.cumsum(fresh) - 1  # of the journey's first event here, among all such
    oldest = number[np.maximum.accumulate(np.where(group, at, 0))]
    came = day[fresh]
    count = np.zeros(n, dtype=np.int64)
    for back in range(1, BEFORE):
        there = number - back >= oldest
        count += there & (came[np.where(there, number - back, 0)] >= day - LOOK_BACK)
    before, here = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    before[order] = count
    here[order] = at - np.maximum.accumulate(np.where(fresh, at, 0))
    return before, np.minimum(here, HERE - 1)


def _attributes(events: History, encoded: Encoded, names: list[str], table: Table) -> None:
    starts = np.flatnonzero(events.begins)
    first_of_child = events.starts[starts]
    for variable in encoded.variables:
        key = f"{variable.of}:{variable.key}"
        if key not in names:
            continue
        if variable.of == "child":
            table[names.index(key)] = encoded.codes[key][events.child]
            continue
        codes = encoded.codes[key]
        table[names.index(key)] = np.where(encoded.revealed[variable.key], codes[events.journey], 0)
        last = np.where(first_of_child, 0, np.concatenate([[0], codes[:-1]]))
        table[names.index(f"last:{variable.key}")] = last[events.journey]
