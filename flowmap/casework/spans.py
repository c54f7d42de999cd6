"""Spans of days of children: which of them touch or overlap, and so are one journey.

All arrays are int64; days count from 1970. A span that has not ended ends on day `OPEN`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

OPEN = np.int64(1 << 24)  # a day after every other (the year 47903)
NO_DAY = -OPEN
_CHILD = np.int64(1 << 26)  # days of one child lie within, those of the next beyond


@dataclass(frozen=True)
class Spans:
    """n spans in any order; `rank` orders those that begin on one day.

    `entry` spans (a contact, a referral, early help) begin a journey where all before has ended, even on that very
    day. `linked` is the day up to which an entry on the same day still belongs (a contact's referral). `reach` is the
    day up to which other spans still belong, where this one is not part of a referral's episode.
    """

    child: Ints
    start: Ints
    end: Ints
    rank: Ints
    entry: Flags
    linked: Ints
    reach: Ints

    def __len__(self) -> int:
        return len(self.child)


def journeys(spans: Spans) -> Ints:
    """(n,) a number a journey: 0, 1, 2, … in order of child and start."""
    order = np.lexsort((spans.rank, spans.start, spans.child))
    child, start = spans.child[order], spans.start[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = child[1:] != child[:-1]
    entry = spans.entry[order][1:]
    ended = before(child, spans.end[order])[1:]
    linked = before(child, spans.linked[order])[1:]
    reach = np.maximum(ended, before(child, spans.reach[order])[1:])
    apart = np.where(entry, (start[1:] >= ended) & (start[1:] > linked), start[1:] > reach)
    new[1:] |= apart
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.cumsum(new) - 1
    return found


def before(child: Ints, values: Ints) -> Ints:
    """The largest value at an earlier row of the same child (rows by child), NO_DAY where there is none."""
    if not len(child):
        return values.copy()
    lifted = np.maximum.accumulate(child * _CHILD + np.maximum(values, NO_DAY)) - child * _CHILD
    found = np.empty_like(lifted)
    found[0] = NO_DAY
    found[1:] = np.where(child[1:] == child[:-1], lifted[:-1], NO_DAY)
    return np.maximum(found, NO_DAY)


def key(child: Ints, day: Ints) -> Ints:
    """One number that orders by child, then day."""
    return child * _CHILD + day


def next_within(child: Ints, day: Ints, other: Ints, within: int | Ints) -> Ints:
    """The child's first day in `other` (sorted keys) from `day` on, at most `within` days later; else NO_DAY."""
    if not len(other):
        return np.full(len(child), NO_DAY)
    wanted = key(child, day)
    at = np.searchsorted(other, wanted, side="left")
    found = other[np.minimum(at, len(other) - 1)]
    good = (at < len(other)) & (found <= wanted + within)
    return np.where(good, found - child * _CHILD, NO_DAY)


def latest(child: Ints, day: Ints, other: Ints) -> Ints:
    """The row of `other` (sorted keys) with the child's last day up to and on `day`; -1 where there is none."""
    at = np.searchsorted(other, key(child, day), side="right") - 1
    owner = (other[np.maximum(at, 0)] + _CHILD // 2) // _CHILD if len(other) else np.zeros(len(child), np.int64)
    return np.where((at >= 0) & (owner == child), at, -1)


def covered(child: Ints, day: Ints, spans: tuple[Ints, Ints, Ints], beyond: bool = False) -> Flags:
    """Whether a span (child, start, end) of the same child holds `day`; `beyond`: and goes on after it."""
    whose, start, end = spans
    if not len(whose):
        return np.zeros(len(child), dtype=bool)
    order = np.lexsort((start, whose))
    keys = key(whose[order], start[order])
    until = np.maximum.accumulate(whose[order] * _CHILD + end[order]) - whose[order] * _CHILD
    at = latest(child, day, keys)
    last = np.where(at >= 0, until[at], NO_DAY)
    return np.asarray(last > day if beyond else last >= day)
