"""Logs as tables of one row a child, as other people's tools want them: codes and numbers, no name, no identifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import MISSING, NO_TIME
from synthetic.fidelity.attributes import attribute_of, in_the_words_of, journey_values
from synthetic.fidelity.walks import DAY, Ints, Walks
from synthetic.privacy.records import MOST_VALUES, attribute_keys, first_journeys

MOST_STATIONS = 12  # whose visits are columns: those that most children reach
WEEK = 7 * DAY
YEAR = 365.25 * DAY

Side = Literal["person", "history"]


@dataclass(frozen=True)
class Column:
    """What a column is called, whether it is a number, and who might know it: those who know the person, or the
    service that holds the history."""

    name: str
    number: bool
    side: Side


@dataclass(frozen=True)
class Tables:
    """Columns, and of each log (children, columns) whole numbers; a category's are codes, alike in all logs."""

    columns: list[Column]
    rows: list[npt.NDArray[np.int64]]

    @property
    def codes(self) -> list[str]:
        """The names under which columns are handed over."""
        return [f"c{i}" for i in range(len(self.columns))]


def tables(real: Walks, *others: Walks) -> Tables:
    """A row a child of each log (children in order of number), in the words of the real one."""
    logs = (real, *others)
    columns: list[Column] = []
    parts: list[list[Ints]] = [[] for _ in logs]

    def add(name: str, number: bool, side: Side, values: list[Ints]) -> None:
        columns.append(Column(name, number, side))
        for part, column in zip(parts, values, strict=True):
            part.append(column)

    for key in attribute_keys(real):
        values = _attribute(real, logs, key)
        attribute = attribute_of(real, key)
        if values is not None and attribute is not None:
            add(attribute.label, attribute.kind == "number", "person", values)
    starts = [_starts(w)[0] for w in logs]
    if all(w.log.birth is not None for w in logs):
        born = [_born(w) for w in logs]
        add("week of birth", True, "person", [_whole(b, real.window[0], WEEK) for b in born])
        add("age", True, "person", [_whole(s, b, YEAR) for s, b in zip(starts, born, strict=True)])
    add("first week", True, "person", [_whole(s, real.window[0], WEEK) for s in starts])
    for name, number, values in _histories(logs):
        add(name, number, "history", values)
    return Tables(columns, [np.column_stack(part).astype(np.int64) for part in parts])


def _attribute(real: Walks, logs: tuple[Walks, ...], key: str) -> list[Ints] | None:
    """Of each child, the attribute as at the first journey; None for text and keys."""
    attribute = attribute_of(real, key)
    if attribute is None:
        return None
    columns = [journey_values(real, key), *(in_the_words_of(attribute, w, key) for w in logs[1:])]
    found = [c[first_journeys(w)] for c, w in zip(columns, logs, strict=True)]
    if attribute.kind == "number":
        known = found[0][found[0] != MISSING]
        none = int(known.min(initial=0)) - 1
        return [np.where(c == MISSING, none, c) for c in found]
    return found if len(np.unique(found[0])) <= MOST_VALUES else None


def _born(walks: Walks) -> Ints:
    birth = walks.log.birth
    return np.full(walks.children, NO_TIME) if birth is None else birth[np.unique(walks.child)]


def _starts(walks: Walks) -> tuple[Ints, Ints]:
    """Of each child, the start of the first journey and of the second (NO_TIME: none)."""
    first = first_journeys(walks)
    second = np.full(len(walks.log.child_ids), NO_TIME)
    rows = np.flatnonzero(walks.visit == 1)
    second[walks.child[rows]] = walks.start[rows]
    return walks.start[first], second[walks.child[first]]


def _whole(time: Ints, since: Ints | int, unit: float) -> Ints:
    """Whole units between two times; one less than any other where a time is not known."""
    start = np.broadcast_to(np.asarray(since, dtype=np.int64), time.shape)
    known = (time != NO_TIME) & (start != NO_TIME)
    found = np.floor((np.where(known, time, 0) - np.where(known, start, 0)) / unit).astype(np.int64)
    return np.where(known, found, found[known].min(initial=0) - 1)


def _histories(logs: tuple[Walks, ...]) -> list[tuple[str, bool, list[Ints]]]:
    """Name, whether a number, and the column of each log: what the service's records say of a child's way."""
    real = logs[0]
    size = len(real.names)
    visits = [_visits(w) for w in logs]
    most = np.argsort(-(visits[0] > 0).sum(axis=0), kind="stable")[: min(MOST_STATIONS, size)]
    ends = [_ends(w) for w in logs]
    starts = [_starts(w) for w in logs]
    return [
        ("first station", False, [w.station[w.begin[first_journeys(w)]] for w in logs]),
        ("last station", False, [station for station, _ in ends]),
        ("journeys", True, [np.unique(w.child, return_counts=True)[1] for w in logs]),
        *((f"visits: {real.names[s]}", True, [v[:, s] for v in visits]) for s in most.tolist()),
        ("days in all", True, [_whole(end, start, DAY) for (_, end), (start, _) in zip(ends, starts, strict=True)]),
        ("weeks until back", True, [_whole(second, first, WEEK) for first, second in starts]),
    ]


def _visits(walks: Walks) -> Ints:
    """(children, stations) how often each was reached."""
    who, child = np.unique(walks.child, return_inverse=True)
    size = len(walks.names)
    return np.bincount(child[walks.journey] * size + walks.station, minlength=len(who) * size).reshape(-1, size)


def _ends(walks: Walks) -> tuple[Ints, Ints]:
    """Of each child, the station and time of the last event."""
    order = np.lexsort((walks.time[walks.last], walks.child))
    child = walks.child[order]
    final = walks.last[order[np.append(child[1:] != child[:-1], True)]]
    return walks.station[final], walks.time[final]
