"""Siblings: how many come to notice, whether together, how alike they are, and how often they go on together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME
from synthetic.fidelity.walks import families
from synthetic.model.features import PLACE
from synthetic.model.intervals import Curves, Intervals, intervals
from synthetic.model.model import Families, Model

if TYPE_CHECKING:
    from synthetic.model.contexts import Outcomes
    from synthetic.model.days import Calendar, Clock
    from synthetic.model.fit import Fitting
    from synthetic.model.people import People

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DRAWN_AGAIN = 8  # times
TRIED = 5000  # children of a sample, to see how many come together
TREE = "siblings"  # among `trees`: how many further children of a family come, given its first


@dataclass(frozen=True)
class Kin:
    """Of children in order of family and first event: their first events (rows of the history), and of each the place
    here of its family's first child."""

    row: Ints
    lead: Ints

    @property
    def leads(self) -> Flags:
        """The first of each family."""
        return self.lead == np.arange(len(self.lead))


def kin(fitting: Fitting, family: Ints | None) -> Kin | None:
    """Who is whose sibling (`family`, one number a child; -1 not known); None where fewer than k are."""
    if family is None:
        return None
    events = fitting.events
    row = np.flatnonzero(events.starts)
    of = families(family)[events.child[row]]
    order = np.lexsort((row, events.time[row], of))
    row, of = row[order], of[order]
    new = np.concatenate([[True], of[1:] != of[:-1]])
    found = Kin(row, np.maximum.accumulate(np.where(new, np.arange(len(row)), 0)))
    return found if int((~new).sum()) >= fitting.k and int(new.sum()) >= fitting.k else None


def learn_families(fitting: Fitting, found: Kin, family: Ints) -> Families:
    """What the model keeps of siblings, and the tree TREE."""
    events, k = fitting.events, fitting.k
    further = np.flatnonzero(~found.leads)
    row, lead = found.row[further], found.row[found.lead[further]]
    first = np.flatnonzero(found.leads)
    count = np.bincount(found.lead, minlength=len(found.row))[first] - 1
    by_child = np.argsort(found.row[first])
    about = fitting.allowed("station", "startup", "year", "age", "age group", "child:")
    fitting.tree(TREE, found.row[first][by_child], count[by_child], about)
    together = (events.day[row] == events.day[lead]) & (events.station[row] == events.station[lead])
    order = np.argsort(row)  # child by child
    late = np.round(fitting.clock.between(events.day[lead], events.day[row])).astype(np.int64)
    early = fitting.features[PLACE["startup"], lead] == 1
    times = [order[(~together & part)[order]] for part in (~early, early)]
    child = events.child[row][order]
    born, born_lead = events.birth[events.child[row]], events.birth[events.child[lead]]
    known = ((born != NO_TIME) & (born_lead != NO_TIME))[order]
    between = np.where(known, (born - born_lead)[order], 0)
    return Families(
        mean=round(len(found.row) / len(first), 3),
        together=[round(float(together[part].mean()), 3) if part.any() else 0.0 for part in (~early, early)],
        gap=[intervals(late[part], events.child[row[part]], k) for part in times],
        between=intervals(between[known], child[known], k),
        alike={
            v.key: _alike(fitting.encoded.codes[f"child:{v.key}"], events.child[row], events.child[lead])
            for v in fitting.encoded.variables
            if v.of == "child"
        },
        steps=_steps(fitting, family),
        back=_back(fitting, family),
    )


def _alike(codes: Ints, one: Ints, other: Ints) -> float:
    """How much more often than by chance siblings have the same value: 1 always, 0 as strangers do."""
    share = np.bincount(codes[one]) / max(len(one), 1)
    chance = float((share**2).sum())
    same = float((codes[one] == codes[other]).mean())
    return round(float(np.clip((same - chance) / max(1 - chance, 1e-9), 0, 1)), 3)


def met_first(family: Ints, station: Ints, day: Ints, turn: Floats | None = None) -> tuple[Ints, Ints]:
    """(order, first): the rows with those of one family, station and day together, and of each the first of these (by
    `turn`, else by row)."""
    order = np.lexsort((day, station, family) if turn is None else (turn, day, station, family))
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for column in (family[order], station[order], day[order]):
        new[1:] |= column[1:] != column[:-1]
    return order, order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]


def _steps(fitting: Fitting, family: Ints) -> float:
    """How often siblings who came to a station on one day go on to one place on one day, beyond chance."""
    events, moves = fitting.events, fitting.moves
    of = family[events.child].astype(np.int64)
    rows = np.flatnonzero((of >= 0) & (moves.to >= 0))
    order, first = met_first(of[rows], events.station[rows], events.day[rows])
    here, there = rows[first], rows[order]
    met = events.child[here] != events.child[there]
    here, there = here[met], there[met]
    if len(here) < fitting.k:
        return 0.0
    same = (moves.to[here] == moves.to[there]) & (moves.wait[here] == moves.wait[there])
    # By chance: that two children who go on from like circumstances do so to one place after as many days.
    alike = fitting.allowed("station", "one before", "earlier journeys here", "age group", "journey:")
    group = numbered(*fitting.features[alike][:, rows].astype(np.int64))
    way = numbered(group, moves.to[rows], moves.wait[rows])
    size, count = np.bincount(group), np.bincount(way)
    pairs = np.bincount(group[np.unique(way, return_index=True)[1]], count * (count - 1.0))
    chance = (pairs / np.maximum(size * (size - 1.0), 1))[group[first[met]]]
    return round(float(np.clip((same - chance).sum() / max((1 - chance).sum(), 1e-9), 0, 1)), 3)


def numbered(*columns: Ints) -> Ints:
    """The group of rows alike in all columns, 0, 1, …"""
    found, kinds = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        size = int(column.max(initial=0)) + 1
        if kinds * size > 2**62:
            found = np.unique(found, return_inverse=True)[1]
            kinds = len(found)
        found, kinds = found * size + column, kinds * size
    return np.unique(found, return_inverse=True)[1]


def _back(fitting: Fitting, family: Ints) -> float:
    """How often siblings who are out go together when they come back.

    Beside a child that comes back are its siblings whose last journey before that day has ended: they come that day, or
    they miss each other. Those who come neither later, nor have come since the child's own last journey, have left. Two
    who come back each alone miss each other twice, once when either comes.
    """
    events = fitting.events
    of = family[events.child].astype(np.int64)
    again = np.flatnonzero(events.begins & ~events.starts & (of >= 0))
    # One row a family and day on which somebody comes back; and each other child of the family beside it.
    pair, who = np.unique(np.column_stack([of[again], events.day[again]]), axis=0, return_index=True)
    child = np.unique(events.child[of >= 0])
    child = child[np.argsort(family[child], kind="stable")]
    begin = np.searchsorted(family[child], pair[:, 0])
    size = np.searchsorted(family[child], pair[:, 0], side="right") - begin
    at = np.repeat(np.arange(len(pair)), size)
    other = child[begin[at] + np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)]
    at, other = (a[other != events.child[again[who]][at]] for a in (at, other))
    # Events stand child by child, in order: the last one of each sibling before that day.
    day, left = pair[at, 1], events.day[again[who][at] - 1]
    span = events.last - events.first + 2
    key = events.child * span + events.day - events.first
    last = np.maximum(np.searchsorted(key, other * span + day - events.first) - 1, 0)
    then = np.minimum(last + 1, len(events.child) - 1)
    start = np.maximum.accumulate(np.where(events.begins, np.arange(len(events.child)), 0))
    again_too = (events.child[then] == other) & events.begins[then]
    told = (events.child[last] == other) & events.exits[events.station[last]]
    told &= again_too | (events.day[start[last]] >= left)
    if len(np.unique(other[told])) < fitting.k:
        return 0.0
    met = int((again_too & (events.day[then] == day))[told].sum())
    return round(2 * met / (met + int(told.sum())), 3)


@dataclass(frozen=True)
class Meetings:
    """How often siblings meet: of first journeys and of later ones of children with siblings, the share that begin on
    one day with a sibling's; of ended journeys begun so at one station, the share that end so too."""

    first: float
    later: float
    ended: float

    @classmethod
    def of(cls, family: Ints, child: Ints, visit: Ints, station: Ints, day: Ints, exits: Flags) -> Meetings:
        """From events in order, child by child, journey by journey: all arrays but `family`, a number a child (-1 not
        known), and `exits`, of stations."""
        begins = np.concatenate([[True], (child[1:] != child[:-1]) | (visit[1:] != visit[:-1])])
        begin = np.flatnonzero(begins & (family[child] >= 0))
        end = np.append(np.flatnonzero(begins)[1:], len(child))[np.cumsum(begins)[begin] - 1] - 1
        if not len(begin):
            return cls(0.0, 0.0, 0.0)
        kin, members = family[child[begin]], np.unique(child[begin])
        several = np.bincount(family[members])[kin] > 1
        began, at, ended = day[begin] - day.min(), station[begin], day[end] - day.min()

        def met(chosen: Flags, *columns: Ints) -> tuple[Ints, Flags]:
            rows = np.flatnonzero(chosen)
            group = numbered(kin[rows], *(column[rows] for column in columns))
            return rows, np.bincount(group)[group] > 1 if len(rows) else np.zeros(0, dtype=bool)

        first = met(several & (visit[begin] == 0), began)[1]
        later = met(several & (visit[begin] > 0), began)[1]
        _, together = met(exits[station[end]], began, at)
        both = met(exits[station[end]], began, at, ended, station[end])[1]
        return cls(*(float(np.mean(share)) if len(share) else 0.0 for share in (first, later, both[together])))


def settled(model: Model, families: Families, seen: Meetings) -> Families:
    """The same with `together`, `back` and `steps` as they must be for siblings to meet as often as was `seen`.

    Not all who go together can come together, for one may still be on its way; and others meet by chance, the more
    often the more alike siblings are. How many do is found in a sample.
    """
    from synthetic.model.sample import walks

    people, walked, _ = walks(replace(model, families=families), min(model.children, TRIED))
    order = np.lexsort((walked.visit, walked.child))
    child, visit, station, minute = (a[order] for a in (walked.child, walked.visit, walked.station, walked.minute))
    exits = np.array([s.exit for s in model.stations], dtype=bool)
    there = Meetings.of(people.family, child, visit, station, minute // 1440, exits)

    def nearer(share: float, wanted: float, found: float) -> float:
        return round(min(1.0, share * wanted / found), 3) if wanted and found else share

    return replace(
        families,
        together=[nearer(families.together[0], seen.first, there.first), families.together[1]],
        back=nearer(families.back, seen.later, there.later),
        steps=nearer(families.steps, seen.ended, there.ended),
    )


def settle(
    model: Model, outcomes: Outcomes, rng: np.random.Generator, children: int, calendar: Calendar, span: int
) -> People:
    """So many children at their first events, family by family where the model knows families."""
    from synthetic.model.arrivals import clock, draw
    from synthetic.model.days import day_of
    from synthetic.model.people import People

    first = day_of(model.first)

    def arrived(count: int) -> People:
        people = People(model, outcomes, rng, count, calendar, span)
        people.arrive(draw(rng, count, model.arrivals, calendar, model.kinds, first, span))
        return people

    if model.families is None:
        people = arrived(children)
        people.begin(np.arange(children))
        return people
    leads = arrived(int(1.2 * children / model.families.mean) + 20)
    size = 1 + np.maximum(leads.choose(TREE, np.arange(leads.size)), 0)
    chosen = rng.permutation(leads.size)
    before = np.cumsum(size[chosen]) - size[chosen]
    chosen = chosen[before < children]
    size[chosen[-1]] = children - before[len(chosen) - 1]  # of the last family only some children come
    chosen = np.sort(chosen)
    size = size[chosen]
    people = People(model, outcomes, rng, int(size.sum()), calendar, span)
    people.family = np.repeat(np.arange(len(chosen)), size)
    lead = np.repeat(np.cumsum(size) - size, size)
    people.take(leads, np.repeat(chosen, size))
    _siblings(model.families, people, lead, clock(calendar, model.kinds, model.months), first + span)
    return people


def _siblings(families: Families, people: People, lead: Ints, clock: Clock, end: int) -> None:
    """Those who are not the first of their family: when and where they begin, their birth, what they share."""
    rng, rows = people.rng, np.flatnonzero(lead != np.arange(len(lead)))
    of = lead[rows]
    shared = families.steps**0.5
    people.frail[rows] = shared * people.frail[of] + (1 - shared**2) ** 0.5 * rng.standard_normal(len(rows))
    day = people.minute[rows] // 1440
    early = (day < people.first + people.model.startup).astype(np.int64)
    apart = rng.random(len(rows)) >= np.array(families.together)[early]
    day = _later(families, rng, clock, day, early, end)
    apart &= day < end
    people.source = lead.copy()
    _come_later(families, people, rows[apart], lead, day[apart])
    _born(families, people, rows, of)
    for variable in people.child_variables:
        codes, share = people.child_codes[variable.key], families.alike.get(variable.key, 0.0)
        own = rows[rng.random(len(rows)) >= share]
        codes[own] = np.maximum(people.choose(f"child:{variable.key}", own), 0)
    people.begin(np.arange(people.size))


def _come_later(families: Families, people: People, rows: Ints, lead: Ints, day: Ints) -> None:
    """Put siblings who do not come with the first where they begin; of several in a family, most come together."""
    joins = np.zeros(len(rows), dtype=bool)
    joins[1:] = lead[rows[1:]] == lead[rows[:-1]]
    joins &= people.rng.random(len(rows)) < families.together[0]
    with_ = rows[np.maximum.accumulate(np.where(joins, 0, np.arange(len(rows))))] if len(rows) else rows
    people.put(rows[~joins], day[~joins])
    for column in (people.minute, people.station):
        column[rows] = column[with_]
    people.source[rows] = with_


def _later(families: Families, rng: np.random.Generator, clock: Clock, day: Ints, early: Ints, end: int) -> Ints:
    """When siblings come who do not come with the first; drawn again while that is past the window (`end`)."""
    found = np.full(len(day), end)
    curves = Curves.of([gap or Intervals.none() for gap in families.gap])
    for _ in range(DRAWN_AGAIN):
        rows = np.flatnonzero(found >= end)
        gap = curves.draw(early[rows], rng.random(len(rows)))
        found[rows] = clock.after(day[rows], gap + rng.random(len(rows)) - 0.5)
    return found


def _born(families: Families, people: People, rows: Ints, of: Ints) -> None:
    """As many days from the first child's birth as is usual; where that is no possible age, an age like any other's."""
    ages = people.model.ages
    if families.between is None or ages is None:
        people.ages(rows)
        return
    between = Curves.of([families.between])
    born = people.born[of] + between.draw(np.zeros(len(rows), dtype=np.int64), people.rng.random(len(rows)))
    people.ages(rows)
    age = people.minute[rows] // 1440 - born
    good = people.known[of] & people.known[rows] & (age >= max(int(ages.low[0]), 0)) & (age <= int(ages.high[-1]))
    people.born[rows[good]] = born[good]
