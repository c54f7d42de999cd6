"""A log as children's lives: events in order, journeys, and where each went next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, EventLog, SourceError
from synthetic.fidelity.walks import RARE
from synthetic.model.days import SECONDS
from synthetic.model.intervals import held
from synthetic.model.options import FitOptions

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEARLY_ALL = 0.9  # of children
ALL_BUT_SLIPS = 0.99  # of children whose cases were all over, each with one journey
OVER = 10**7  # days: longer than any wait
CUT = 0.02  # of events at most are cut off at the edges of the window


@dataclass(frozen=True)
class History:
    """n events, child by child, journey by journey, in order. Of events: all arrays but `birth`."""

    row: Ints  # of the log
    child: Ints
    station: Ints  # row of `names`
    time: Ints  # seconds
    day: Ints
    begins: Flags  # first event of its journey
    journey: Ints  # numbered through
    visit: Ints  # the child's how-manieth journey, 0 first
    names: list[str]
    exits: Flags  # of `names`
    birth: Ints  # (children,) day; NO_TIME = not known
    first: int  # day
    last: int
    closing: int | None = None  # days before `last` in which all cases ended, where they are in the log for that

    @property
    def ends(self) -> Flags:
        """The child's last event."""
        return np.append(self.child[1:] != self.child[:-1], True)[: len(self.child)]

    @property
    def starts(self) -> Flags:
        """The child's first event."""
        return np.concatenate([[True], self.child[1:] != self.child[:-1]])[: len(self.child)]


def history(log: EventLog, options: FitOptions) -> History:
    """Read the log; raises SourceError where it holds fewer than k children."""
    k = options.k
    if len(log) == 0:
        raise SourceError("The log holds no events: there is nothing to model.")
    if len(np.unique(log.child)) < k:
        raise SourceError(
            f"The log holds {len(np.unique(log.child))} children, fewer than k = {k}.",
            remedy="A model of so few would be about them: use a longer log.",
        )
    time = log.time // 1000
    first, last = _window(time // SECONDS, log.child.astype(np.int64), k)
    rows = np.flatnonzero((time >= first * SECONDS) & (time < (last + 1) * SECONDS))
    station, names = _stations(log, rows, k)
    rows, station = rows[station >= 0], station[station >= 0]
    child, when = log.child[rows].astype(np.int64), time[rows]
    case = None if log.case is None else log.case[rows].astype(np.int64)
    order = _order(child, when, case)
    rows, child, station, when = rows[order], child[order], station[order], when[order]
    exits = _exits(options, names, child, station, None if case is None else case[order], k)
    begins = np.concatenate([[True], child[1:] != child[:-1]])
    if case is None:
        begins[1:] |= exits[station[:-1]]
    else:
        begins[1:] |= case[order][1:] != case[order][:-1]
    journey = np.cumsum(begins) - 1
    starts = np.concatenate([[True], child[1:] != child[:-1]])
    visit = journey - np.maximum.accumulate(np.where(starts, journey, 0))
    birth = np.full(len(log.child_ids), NO_TIME) if log.birth is None else log.birth
    born = np.where(birth == NO_TIME, NO_TIME, birth // 1000 // SECONDS)
    found = History(
        rows, child, station, when, when // SECONDS, begins, journey, visit, names, exits, born, first, last
    )
    return replace(found, closing=_closing(found, k))


def _window(day: Ints, child: Ints, k: int) -> tuple[int, int]:
    """First and last day: those that k children reach, or whole weeks where that would cut off too much."""
    order = np.argsort(day, kind="stable")
    front = np.sort(np.unique(child[order], return_index=True)[1])[k - 1]
    back = np.sort(np.unique(child[order[::-1]], return_index=True)[1])[k - 1]
    first, last = int(day[order[front]]), int(day[order[::-1][back]])
    if (day < first).mean() > CUT / 2:
        first = int(day.min()) - (int(day.min()) + 3) % 7
    if (day > last).mean() > CUT / 2 or last < first:
        last = int(day.max()) - (int(day.max()) + 3) % 7 + 6
    return first, last


def _stations(log: EventLog, rows: Ints, k: int) -> tuple[Ints, list[str]]:
    """The station of each row (-1: left out), those with fewer than k children as one."""
    station = log.station[rows].astype(np.int64)
    who = log.child[rows].astype(np.int64)
    together = np.argsort(who, kind="stable")
    children = held(station[together], who[together], len(log.stations))
    kept = np.flatnonzero(children >= k)
    names = [log.stations[at] for at in kept]
    table = np.full(len(log.stations), -1, dtype=np.int64)
    table[kept] = np.arange(len(kept))
    rare = (children > 0) & (children < k)
    if len(np.unique(log.child[rows][rare[station]])) >= k:
        table[rare] = len(names)
        names.append(RARE)
    if not names:
        raise SourceError(f"No station was reached by as many as k = {k} children.", remedy="Use a longer log.")
    return table[station], names


def _order(child: Ints, when: Ints, case: Ints | None) -> Ints:
    """By child, journey (by its first event) and time; events at one time stay as they stand."""
    if case is None:
        return np.lexsort((when, child))
    key = child * (int(case.max()) - int(case.min()) + 1) + case - int(case.min())
    order = np.lexsort((when, child))
    in_order, sorted_keys = key[order], np.sort(key)
    runs = np.count_nonzero(in_order[1:] != in_order[:-1])
    if runs == np.count_nonzero(sorted_keys[1:] != sorted_keys[:-1]):
        return order  # no journey begins before the one before it is over
    which = np.unique(key, return_inverse=True)[1]
    began = np.full(int(which.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(began, which, when)
    return np.lexsort((when, which, began[which], child))


def _exits(options: FitOptions, names: list[str], child: Ints, station: Ints, case: Ints | None, k: int) -> Flags:
    """The stations at which journeys end: as given, else learned (docs/synthetic.md)."""
    if options.exits is not None:
        return np.array([name in options.exits for name in names], dtype=bool)
    n = len(names)
    total = np.bincount(station, minlength=n).astype(float)
    stops = np.append(child[1:] != child[:-1], True)
    if case is not None:
        last = stops | np.append(case[1:] != case[:-1], True)
        return np.bincount(station[last], minlength=n) / total > 0.95
    starts = np.concatenate([[True], stops[:-1]])
    entry = np.bincount(station[starts], minlength=n) > 0.02 * starts.sum()
    then = np.append(station[1:], -1)
    follows = ~stops
    back = np.bincount(station[follows], entry[then[follows]].astype(float), minlength=n)
    seen = np.bincount(station[follows], minlength=n)
    final = np.bincount(station[stops], minlength=n)
    return (final > 0.2 * total) & (back >= 0.95 * seen) & ~entry & (final >= k)


@dataclass(frozen=True)
class Moves:
    """Of each event, what came next: `to` as a code (see `code_of`), -1 nothing yet; days until then, or until the end
    of the window."""

    to: Ints
    wait: Ints
    same_day: Flags


def code_of(to: Ints, new: Flags, early: Flags, stations: int) -> Ints:
    """What comes next as a number: the station, whether it begins another journey, and whether it still is in the
    first days, into which the past of open cases was squeezed. `code % 2` is `new`."""
    return 2 * (to + stations * early) + new


def moves(events: History, startup: int) -> Moves:
    """The next event of each event; `startup` is the number of first days in which open cases were entered."""
    ends = events.ends
    to = np.full(len(events.child), -1, dtype=np.int64)
    inner = np.flatnonzero(~ends)
    early = events.day[inner + 1] < events.first + startup
    to[inner] = code_of(events.station[inner + 1], events.begins[inner + 1], early, len(events.names))
    wait = events.last + 1 - events.day
    if not events.exits.any():
        wait[_over(events)] += OVER
    wait[inner] = np.maximum(events.day[inner + 1] - events.day[inner], 0)
    return Moves(to, wait, (to >= 0) & (wait == 0))


def _closing(events: History, k: int) -> int | None:
    """See History: cases began all the time, but only in the last part of the window did any end, and none is open."""
    ends = events.ends
    if events.exits.any():
        over = events.exits[events.station[ends]].mean()
        if over < ALL_BUT_SLIPS or (events.visit[events.begins] > 0).mean() > 1 - ALL_BUT_SLIPS:
            return None
    elif not len(_over(events)):
        return None
    before = int(np.sort(events.last - events.day[ends])[-k])
    early = np.count_nonzero(events.last - events.day[events.starts] > before)
    return before if early >= k and before <= (events.last - events.first) / 2 else None


def _over(events: History) -> Ints:
    """The last events of children whose lives are over: where nearly all end at one station, all there have ended.

    Such a log holds cases that were finished when it was drawn; to wait for what comes next would be to make it up.
    """
    last = np.flatnonzero(events.ends)
    count = np.bincount(events.station[last], minlength=len(events.names))
    return last[(count >= NEARLY_ALL * len(last))[events.station[last]]]


def jumps(weight: Ints, wait: Ints, seen: Flags, k: int) -> npt.NDArray[np.float64]:
    """Kaplan–Meier: the share of its group (`weight`, a number) that each row seen to move stands for, by wait.

    Rows still waiting at the end of the window lend their share to those seen to wait longer; what is left over
    never moves. Where fewer than k are still at risk, all of them count alike (too few to tell a hazard from).
    """
    order = np.lexsort((~seen, wait, weight))
    group, moved = weight[order], seen[order]
    start = np.concatenate([[True], group[1:] != group[:-1]])[: len(group)]
    begin = np.maximum.accumulate(np.where(start, np.arange(len(group)), 0))
    size = np.bincount(np.cumsum(start) - 1)[np.cumsum(start) - 1] if len(group) else group
    risk = size - (np.arange(len(group)) - begin)
    few = risk < min(k, 10**9)
    log = np.where(moved & ~few, np.log1p(-1 / np.maximum(risk, 2)), 0.0)
    total = np.cumsum(log)
    before = total - log - (total - log)[begin]
    survive = np.exp(before)
    last_known = np.maximum.accumulate(
        np.where(few & ~np.concatenate([[False], few[:-1]]), np.arange(len(group)), begin)
    )
    tail = np.minimum(k - 1, size)
    share = np.where(few, survive[last_known] / np.maximum(tail, 1), survive / np.maximum(risk, 1))
    found = np.zeros(len(group))
    found[order] = np.where(moved, share, 0.0)
    return found
