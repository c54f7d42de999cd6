"""The figures that two sides are compared by: which both can give, and what each side says of them.

Each is the figure of a measure that stands for itself (docs/measures.md), asked of one side; here it is counted child
by child, so that the two can be set against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from flowmap.cohort import Cohort
from flowmap.dataset import DAY, Dataset, Mask
from flowmap.measures.conversion import CHAINS, WINDOW, converted
from flowmap.measures.differences import Estimate, Ints, amount, share
from flowmap.measures.durations import applies, ended_in_time
from flowmap.measures.nfa import POINTS, decisions
from flowmap.measures.occupancy import whereabouts
from flowmap.measures.options import Period, Roles, labels, maybe
from flowmap.measures.quantiles import quantiles
from flowmap.measures.rereferral import DFE, MONTH, rereferred
from flowmap.measures.spells import Ends, Way, spells
from flowmap.measures.standouts import TIMED
from flowmap.measures.survival import REACHED, WAITING
from flowmap.measures.timescales import Due

Pairs = tuple[tuple[str, str], ...]
Of = Callable[["Side"], "list[Estimate]"]

# The stages that take time: from, to (None: until left), and when they end.
STAGES: tuple[tuple[str, str | None, Ends], ...] = (
    ("contact", None, "reached"), *TIMED, ("s47", None, "reached"), ("cin", None, "reached"), ("cp", None, "reached"),
    ("looked_after", None, "reached"),
)  # fmt: skip
MOST_STAGES = 12  # on a map that has not two of those: the stations with most events
QUANTILES = (("median", "Median days", 0.5), ("p90", "90th centile of days", 0.9))


@dataclass(frozen=True)
class Side:
    """Journeys of a cohort, what happened to them in a period, and where they were at the instant `at` (None: unknown).

    `mask`: which they are. `known`: from when the data hold every referral. `day_zero`: the midnight that is day 0.
    """

    data: Dataset
    cohort: Cohort
    mask: Mask
    within: Period
    known: int
    day_zero: int
    at: int | None
    dues: Sequence[Due] = ()
    roles: Roles = field(default_factory=dict)

    @property
    def children(self) -> int:
        """Children of the dataset."""
        return len(self.data.pseudonyms)

    @property
    def months(self) -> float:
        """Length of the period."""
        return (self.within.end - self.within.begin) / DAY / MONTH

    def child(self, journey: Ints) -> Ints:
        """The child of each of those journeys."""
        found: Ints = self.data.journeys.child[journey].astype(np.int64)
        return found

    def row(self, role: str) -> int | None:
        """The station that plays a part, or has that id. Raises OptionError for one named that there is not."""
        return maybe(self.data, role, self.roles)

    @property
    def started(self) -> Ints:
        """Journeys that started in the period."""
        return np.flatnonzero(self.mask & self.within.holds(self.data.journeys.start))


@dataclass(frozen=True)
class Figure:
    """A figure: `unit` is share, days, per month, journeys or children; `measure` and `asked` give it by itself.

    `volume`: it grows with the number of children, so that sides of different size differ in it.
    """

    section: str
    key: str
    label: str
    unit: str
    measure: str | None = None
    asked: Pairs = ()
    volume: bool = False


@dataclass(frozen=True)
class Asked:
    """Figures that are worked out together, and their estimates of a side, in the same order."""

    figures: tuple[Figure, ...]
    of: Callable[[Side], Sequence[Estimate]]


def figures(left: Side, right: Side) -> list[Asked]:
    """What both sides can be asked; labels are the left's. Raises OptionError for a part named that there is not."""
    both = _Both(left, right)
    return [*_volume(left, right), *_nfa(both), *_again(both), *_conversion(both), *_time(both), *_stock(both)]


@dataclass(frozen=True)
class _Both:
    left: Side
    right: Side

    @cached_property
    def pooled(self) -> Side | None:
        """Both sides' journeys as one, where these are of one dataset and asked alike: what is counted of them is then
        counted once, for a pass over the data takes as long for a few journeys as for all. None where they are not."""
        one, other = self.left, self.right
        if one.data is not other.data or (one.within, one.known, one.roles) != (other.within, other.known, other.roles):
            return None
        return replace(one, mask=one.mask | other.mask)

    def each(self, find: Callable[[Side], Sequence[Any]], say: Callable[[Side, Sequence[Any]], list[Estimate]]) -> Of:
        """The estimates that `say` makes of what `find` gives of a side: arrays of one length, the journeys first."""
        kept: list[Sequence[Any]] = []

        def of(side: Side) -> list[Estimate]:
            if self.pooled is None:
                return say(side, find(side))
            if not kept:
                kept.append(find(self.pooled))
            found = kept[0]
            inside = side.mask[found[0]]
            if inside.all():  # it is the larger side, of which the other is a part
                return say(side, found)
            rows = np.flatnonzero(inside)
            return say(side, [part[rows] for part in found])

        return of

    def has(self, role: str) -> bool:
        """Whether a station plays a part on both sides, as an exit on both or on neither."""
        one, other = self.left.row(role), self.right.row(role)
        found = one is not None and other is not None
        return found and bool(self.left.data.exits[one] == self.right.data.exits[other])

    def label(self, *roles: str) -> str:
        """Stations for people."""
        return labels(self.left.data, _rows(self.left, roles))

    def ids(self, *roles: str) -> str:
        """Stations for an address, on the left."""
        return ",".join(self.left.data.stations[row].id for row in _rows(self.left, roles))

    @property
    def stations(self) -> list[str]:
        """Ids of the stations that both have, without exits."""
        return [place.id for place in self.left.data.stations if place.kind != "exit" and self.has(place.id)]


def _share(side: Side, found: Sequence[Any]) -> list[Estimate]:
    """A share of what was found: the journey of each, and whether it is a hit."""
    journey, hit = found
    return [share(side.child(journey), hit, side.children)]


def _rows(side: Side, roles: Sequence[str]) -> tuple[int, ...]:
    return tuple(row for row in (side.row(role) for role in roles) if row is not None)


def _volume(left: Side, right: Side) -> list[Asked]:
    def started(side: Side) -> list[Estimate]:
        child = side.child(side.started)
        some = [amount(child, side.children, side.months)]
        every = np.flatnonzero(np.bincount(child))
        return [*some, amount(every, side.children)] if same_length(left, right) else some

    found = [Figure("volume", "started", "Journeys started a month", "per month", volume=True)]
    if same_length(left, right):
        label = "Children whose journeys started in the period"
        found.append(Figure("volume", "children", label, "children", volume=True))
    return [Asked(tuple(found), started)]


def same_length(left: Side, right: Side) -> bool:
    """Whether both periods are as long, to one part in a hundred."""
    one, other = (each.within.end - each.within.begin for each in (left, right))
    return 100 * abs(one - other) <= max(one, other)


def _nfa(both: _Both) -> list[Asked]:
    if not both.has("nfa"):
        return []

    def estimate(point: str) -> Of:
        def find(side: Side) -> Sequence[Any]:
            station, exit_ = _rows(side, (point, "nfa"))
            found = decisions(side.data, side.mask, side.within, station, exit_)
            return found.journey, found.nfa

        return both.each(find, _share)

    return [
        Asked(
            (Figure("nfa", f"nfa/{point}", f"No further action after {both.label(point)}", "share", "nfa",
                    (("station", both.ids(point)),)),),
            estimate(point),
        )
        for point in POINTS if both.has(point)
    ]  # fmt: skip


def _again(both: _Both) -> list[Asked]:
    if not both.has("referral"):
        return []

    def find(side: Side) -> Sequence[Any]:
        found = rereferred(side.data, side.mask, side.within, DFE, side.roles, side.known)
        return found.journey, found.hit

    label = f"Referrals within {DFE} months of an earlier one"
    return [Asked((Figure("rereferral", f"rereferral/{DFE}", label, "share", "rereferral"),), both.each(find, _share))]


def _conversion(both: _Both) -> list[Asked]:
    def estimate(step: Sequence[str], following: Sequence[str]) -> Of:
        def find(side: Side) -> Sequence[Any]:
            ways = _rows(side, step), _rows(side, following)
            found = converted(side.data, side.mask, side.within, *ways, WINDOW)
            return found.journey, found.hit

        return both.each(find, _share)

    found = []
    for chain in CHAINS:
        steps = [several for step in chain if (several := tuple(role for role in step if both.has(role)))]
        for step, following in zip(steps, steps[1:], strict=False):
            label = f"{both.label(*step)} to {both.label(*following)} within {WINDOW} days"
            key = f"conversion/{'+'.join(step)}/{'+'.join(following)}"
            asked = (("start", both.ids(*step)), ("stop", both.ids(*following)))
            figure = Figure("conversion", key, label, "share", "conversion", asked)
            found.append(Asked((figure,), estimate(step, following)))
    return found


def _time(both: _Both) -> list[Asked]:
    stages = [stage for stage in STAGES if both.has(stage[0]) and (stage[1] is None or both.has(stage[1]))]
    if len(stages) < 2:
        events = {place.id: place.events for place in both.left.data.stations}
        most = sorted(both.stations, key=lambda name: -events[name])[:MOST_STAGES]
        stages = [(name, None, "reached") for name in both.stations if name in most]
    found = [_stage(both, *stage) for stage in stages]
    return [*found, _in_the_system()] if both.left.data.has_exits and both.right.data.has_exits else found


def _stage(both: _Both, start: str, stop: str | None, ends: Ends) -> Asked:
    def way_of(side: Side) -> Way:
        (first, *rest) = _rows(side, (start, stop) if stop else (start,))
        return Way(first, tuple(rest), ends)

    way, other = way_of(both.left), way_of(both.right)
    scales = _scales(both, way, other)
    key = "/".join((start, stop) if stop else (start,))
    asked: Pairs = (("start", both.ids(start)),)
    asked += (("stop", both.ids(stop)), ("ends", ends)) if stop else ()
    said = way.say(both.left.data)
    some = [Figure("time", f"{name}/{key}", f"{words}, {said}", "days", "durations", asked)
            for name, words, _ in QUANTILES]  # fmt: skip
    some += [
        Figure("in_time", f"in_time/{due.id}/{key}", f"{due.label} within {due.limit}", "share", "durations", asked)
        for due in scales
    ]

    def find(side: Side) -> Sequence[Any]:
        found = spells(side.data, side.mask, side.within, way_of(side))
        dues = (due for scale in scales for due in side.dues if due.id == scale.id)
        return found.journey, found.days(), found.outcome, *(ended_in_time(side.data, found, due) for due in dues)

    def say(side: Side, found: Sequence[Any]) -> list[Estimate]:
        journey, days, outcome, *in_time = found
        child, done = side.child(journey), outcome == REACHED
        estimates = quantiles(child, days, outcome, tuple(part for _, _, part in QUANTILES), side.children)
        return [*estimates, *(share(child[done], kept[done], side.children) for kept in in_time)]

    return Asked(tuple(some), both.each(find, say))


def _scales(both: _Both, way: Way, other: Way) -> list[Due]:
    """The left's timescales of a way that the right has just so."""
    theirs = {due.id: due.limit for due in both.right.dues if applies(both.right.data, other, due)}
    mine = [due for due in both.left.dues if applies(both.left.data, way, due)]
    return [due for due in mine if theirs.get(due.id) == due.limit]


def _in_the_system() -> Asked:
    def of(side: Side) -> list[Estimate]:
        journey, table = side.started, side.data.journeys
        days = side.data.until[journey] // DAY - table.start[journey] // DAY
        outcome = np.where(table.open[journey], WAITING, REACHED)
        return quantiles(side.child(journey), days, outcome, tuple(p for _, _, p in QUANTILES), side.children)

    label = "from the start of a journey to its end"
    found = [Figure("time", f"{name}/journey", f"{words} {label}", "days") for name, words, _ in QUANTILES]
    return Asked(tuple(found), of)


def _stock(both: _Both) -> list[Asked]:
    if both.left.at is None or both.right.at is None:
        return []
    names = both.stations

    def of(side: Side) -> list[Estimate]:
        found = whereabouts(side.data, side.mask, side.at or 0)
        child = side.child(found.journey)
        rows = _rows(side, names)
        there = [np.flatnonzero(found.station == row) for row in rows]
        away = ~side.data.exits[found.station]
        return [amount(child[away], side.children), *(amount(child[here], side.children) for here in there)]

    some = [Figure("stock", "stock", "Open journeys", "journeys", volume=True)]
    for name in names:
        some.append(Figure("stock", f"stock/{name}", f"At {both.label(name)}", "journeys", "occupancy", volume=True))
    return [Asked(tuple(some), of)]
