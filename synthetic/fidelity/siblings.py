"""Whether siblings come together, and go on together, as often as in the real log."""

from __future__ import annotations

import numpy as np

from synthetic.fidelity.paths import expected_gap, share_error
from synthetic.fidelity.walks import DAY, Flags, Ints, Walks
from synthetic.fidelity.yardstick import Measured

UNKNOWN = "one of the logs does not know who is whose sibling"
LEAST = 20  # siblings, or pairs of them


def come_together(real: Walks, other: Walks) -> Measured:
    """Difference, in points, of the shares of children with siblings who first come on one day with one of them."""
    return _begin_together(real, other, later=False)


def come_back_together(real: Walks, other: Walks) -> Measured:
    """The same of their later journeys: of those, the share that begin on one day with a sibling's."""
    return _begin_together(real, other, later=True)


def _begin_together(real: Walks, other: Walks, later: bool) -> Measured:
    if real.log.family is None or other.log.family is None:
        return Measured(np.nan, why=UNKNOWN)
    sides = [_journeys(walks, later) for walks in (real, other)]
    if min(len(journey) for journey, _ in sides) < LEAST:
        who = "journeys after the first are of children with" if later else "children have"
        return Measured(np.nan, why=f"fewer than {LEAST} {who} siblings")
    return _compared(real, other, sides)


def _compared(real: Walks, other: Walks, sides: list[tuple[Ints, Flags]]) -> Measured:
    """Chance by families: what siblings do together is one thing."""
    (a, hit), (b, hit_other) = sides
    spread = np.hypot(share_error(hit, _family(real)[a]), share_error(hit_other, _family(other)[b]))
    one, two = 100 * float(hit.mean()), 100 * float(hit_other.mean())
    return Measured(abs(one - two), one, two, chance=100 * expected_gap(float(spread)))


def _journeys(walks: Walks, later: bool) -> tuple[Ints, Flags]:
    """The first (or `later`) journeys of children with siblings, and whether a sibling's began on the same day."""
    chosen = np.flatnonzero((walks.visit > 0) == later)
    family, day = _family(walks)[chosen], walks.start[chosen] // DAY
    members = _family(walks)[walks.visit == 0]
    size = np.bincount(members[members >= 0], minlength=int(family.max(initial=0)) + 1)
    _, alike = _groups(family, day)
    several = (family >= 0) & (size[np.maximum(family, 0)] > 1)
    return chosen[several], alike[several] > 1


def end_together(real: Walks, other: Walks) -> Measured:
    """Difference, in points, of the shares of journeys begun with a sibling's that also end with it: on one day, at one
    station, both times. Only journeys that have ended count.
    """
    if real.log.family is None or other.log.family is None:
        return Measured(np.nan, why=UNKNOWN)
    sides = [_begun_together(walks) for walks in (real, other)]
    if min(len(journey) for journey, _ in sides) < LEAST:
        return Measured(np.nan, why="fewer than 20 journeys begin with a sibling's")
    return _compared(real, other, sides)


def _begun_together(walks: Walks) -> tuple[Ints, Flags]:
    """Ended journeys begun on one day at one station with a sibling's, and whether one of those ended with it too."""
    over = np.flatnonzero(~walks.open & (_family(walks) >= 0))
    begin = (_family(walks)[over], walks.start[over] // DAY, walks.station[walks.begin[over]])
    end = (walks.time[walks.last[over]] // DAY, walks.station[walks.last[over]])
    begun, ended = _groups(*begin)[1] > 1, _groups(*begin, *end)[1] > 1
    return over[begun], ended[begun]


def _family(walks: Walks) -> Ints:
    """(j,) the family of each journey's child; -1 not known."""
    family = walks.log.family
    return np.full(len(walks), -1) if family is None else family[walks.child].astype(np.int64)


def _groups(*columns: Ints) -> tuple[Ints, Ints]:
    """The group of rows alike in all columns, and how many are in it."""
    _, group, size = np.unique(np.column_stack(columns), axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    return group, size[group]
