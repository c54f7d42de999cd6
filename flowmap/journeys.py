"""Events become journeys: which events belong together, in which order, as the child's how-manieth.

A journey is the source's own case where it names one. Otherwise, where the map has exits, a child's next journey
starts at the first event after an exit; where it has none, all of a child's events are one journey.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import EventLog
from flowmap.ordering import coarsest, in_blocks, in_order, order, sort, spread, starts_of_runs, take

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

SECOND = 1000  # ms


@dataclass(frozen=True)
class Journeys:
    """Journeys in order of start, then child, then visit; and their events, journey by journey.

    Of journeys (j,): `child` (children numbered by their first journey), `visit` (0 for a child's first), `begin` (row
    of its first event), `events` (how many), `first` and `last` (places), `start` and `end` (seconds UTC), `open`.
    Of events (n,): `place`, `time` (seconds UTC) and `row` (of the log).
    `log_child` (c,) is each child's row in the log's `child_ids`. `resumed` counts events that end a case of the
    source's own, in the map's words, without being its last.
    """

    child: Ints
    visit: Ints
    begin: Ints
    events: Ints
    first: Codes
    last: Codes
    start: Ints
    end: Ints
    open: Flags
    place: Codes
    time: Ints
    log_child: Ints
    resumed: int
    sorted_row: Ints | None  # rows of the log by child and time (None: they stand so) ...
    laid: Ints | None  # ... and rows of those, journey by journey

    def __len__(self) -> int:
        return len(self.child)

    @cached_property
    def row(self) -> Ints:
        """(n,) the row of the log that each event comes from; worked out only where it is asked for."""
        rows = np.arange(len(self.place)) if self.sorted_row is None else self.sorted_row
        return rows if self.laid is None else rows[self.laid]


@dataclass(frozen=True)
class _Sorted:
    """Events by child, the source's case, and time: `moment` holds time and place in one number, moved at once."""

    child: Codes
    case: Codes | None
    moment: Ints
    row: Ints | None


def find(log: EventLog, place: Codes, exits: Flags) -> Journeys:
    """The journeys of a log.

    `place` (len(log.stations),) is the place of each event name; `exits` (places,) says which places are exits.
    With exits, a journey is open when its last event is not one; without, no journey is.
    """
    bits = int(place.max(initial=0)).bit_length()
    earliest = int(log.time.min()) // SECOND if len(log) else 0
    moment = _moments(log, place.astype(np.int64), earliest, bits)
    child, who = (log.child, None) if exits.any() or log.case is not None else _by_first_event(log)
    events = _sorted(log, child, moment)
    after_exit = _are_exits(events.moment, bits, exits) if exits.any() else None
    resumed = 0
    if events.case is not None:
        begin = starts_of_runs(events.child, events.case)
        if after_exit is not None and len(begin):
            resumed = int(
                np.count_nonzero(after_exit) - np.count_nonzero(after_exit[np.append(begin[1:], len(child)) - 1])
            )
    else:
        begin = _begin_by_exit(events.child, after_exit)
    del after_exit, moment
    return _number(events, begin, exits, who, len(log.child_ids), (earliest, bits), resumed)


def _moments(log: EventLog, place: Ints, earliest: int, bits: int) -> Ints:
    """(n,) seconds since `earliest`, above `bits` bits of the place."""
    moment = np.empty(len(log), dtype=np.int64)

    def work(block: slice) -> None:
        part = log.time[block] // SECOND
        part -= earliest
        part <<= bits
        part |= place[log.station[block]]
        moment[block] = part

    in_blocks(len(log), work)
    return moment


def _are_exits(moment: Ints, bits: int, exits: Flags) -> Flags:
    found = np.empty(len(moment), dtype=bool)

    def work(block: slice) -> None:
        found[block] = exits[moment[block] & ((1 << bits) - 1)]

    in_blocks(len(moment), work)
    return found


def _unpacked(moment: Ints, earliest: int, bits: int) -> tuple[Codes, Ints]:
    """Places, and times in seconds UTC, which take the memory of `moment`."""
    place = np.empty(len(moment), dtype=np.int32)

    def work(block: slice) -> None:
        place[block] = moment[block] & ((1 << bits) - 1)
        moment[block] >>= bits
        moment[block] += earliest

    in_blocks(len(moment), work)
    return place, moment


def _by_first_event(log: EventLog) -> tuple[Codes, Ints]:
    """Children numbered by their first event, and the log's child of each number.

    Where a child has one journey, sorting by this number puts the journeys in their final order.
    """
    if in_order(log.time):
        first = np.full(len(log.child_ids), len(log), dtype=np.uint32)
        first[log.child[::-1]] = np.arange(len(log), dtype=np.uint32)[::-1]  # the first event of each is written last
    else:
        first = np.full(len(log.child_ids), np.iinfo(np.int64).max)
        np.minimum.at(first, log.child, log.time)
    who = order(first)
    number = np.empty(len(who), dtype=np.int32)
    number[who] = np.arange(len(who), dtype=np.int32)
    return take(number, log.child), who


def _sorted(log: EventLog, child: Codes, moment: Ints) -> _Sorted:
    """Events by child, the source's case, time, and the file's order."""
    keys: list[npt.NDArray[Any]] = [child] if log.case is None else [child, log.case]
    if in_order(*keys, log.time):
        return _Sorted(child, log.case, moment, None)
    if not in_order(log.time):
        unit = coarsest(log.time)
        keys.append(log.time if unit == 1 else log.time // unit)
    row, child = sort(*keys)
    return _Sorted(child, None if log.case is None else log.case[row], take(moment, row), row)


def _begin_by_exit(child: Codes, after_exit: Flags | None) -> Ints:
    if not len(child):
        return np.empty(0, dtype=np.int64)
    new = np.empty(len(child), dtype=bool)
    new[0] = True
    np.not_equal(child[1:], child[:-1], out=new[1:])
    if after_exit is not None:
        new[1:] |= after_exit[:-1]
    return np.flatnonzero(new)


def _number(
    found: _Sorted, begin: Ints, exits: Flags, who: Ints | None, children: int, packing: tuple[int, int], resumed: int
) -> Journeys:
    """Number children and journeys by start, and lay the events out in that order."""
    earliest, bits = packing
    moment = found.moment
    events = np.diff(begin, append=len(moment))
    owner, start = found.child[begin], (moment[begin] >> bits) + earliest
    if found.case is not None and not in_order(owner, start):
        by_start = order(owner, start)
        begin, events, owner, start = begin[by_start], events[by_start], owner[by_start], start[by_start]
    firsts = starts_of_runs(owner)
    visit = np.arange(len(owner)) - np.repeat(firsts, np.diff(firsts, append=len(owner)))
    arrived = order(start[firsts]) if len(firsts) else firsts  # children in order of their first journey
    log_child = owner[firsts][arrived].astype(np.int64)
    number = np.empty(children, dtype=np.int64)
    number[log_child] = np.arange(len(log_child))
    child = number[owner]
    laid = None
    if not in_order(start, child, visit):
        by_start = order(start, child, visit)
        begin, events, start = begin[by_start], events[by_start], start[by_start]
        child, visit = child[by_start], visit[by_start]
    if not in_order(begin):
        laid = spread(begin, events)
        moment = take(moment, laid)
    place, time = _unpacked(moment, earliest, bits)
    ends = np.cumsum(events)
    last = place[ends - 1]
    return Journeys(
        child=child,
        visit=visit,
        begin=ends - events,
        events=events,
        first=place[ends - events],
        last=last,
        start=start,
        end=time[ends - 1],
        open=~exits[last] if exits.any() else np.zeros(len(events), dtype=bool),
        place=place,
        time=time,
        log_child=log_child if who is None else who[log_child],
        resumed=resumed,
        sorted_row=found.row,
        laid=laid,
    )
