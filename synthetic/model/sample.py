"""From a model to a log of children who do not exist: all of them one step at a time, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.eventlog import NO_TIME, Attribute, EventLog, OptionError, SourceError, SourceFile
from synthetic.model import attributes
from synthetic.model.arrivals import clock
from synthetic.model.contexts import Outcomes
from synthetic.model.crowd import crowd_of
from synthetic.model.days import SECONDS, Calendar, day_of
from synthetic.model.families import settle
from synthetic.model.intervals import Curves, Intervals
from synthetic.model.model import Model
from synthetic.model.opening import cut, numbered
from synthetic.model.people import People
from synthetic.model.waiting import Waits

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[str, float], None]

MARGIN = 4000
AGAIN = 3  # times that children walk once more, where it matters how full stations are
STEPS = 5000  # moves of one child at most, whatever the model says
MOST_WALKED = 50  # children for one in such a log
PILOT = 1000  # children who are walked at first, to see how many of them are in a log that opens later


def _silent(_stage: str, _share: float) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Walked:
    """Events in order of happening, step by step: child, journey (of that child), station, minute since 1970, and the
    features they were drawn from for attributes of events."""

    child: Ints
    visit: Ints
    station: Ints
    minute: Ints
    features: npt.NDArray[np.int16] | None

    def where(self, kept: Flags) -> Walked:
        """The events that are kept, in the same order."""
        features = None if self.features is None else self.features[:, kept]
        return Walked(self.child[kept], self.visit[kept], self.station[kept], self.minute[kept], features)


def sample(
    model: Model, children: int, years: float | None = None, seed: int = 0, progress: Progress | None = None
) -> EventLog:
    """A log of so many children over so many years (None: the window that the model was fitted on).

    The same arguments give the same log. Raises OptionError where the numbers make no sense, SourceError where the
    model has no way to begin.
    """
    if children < 1:
        raise OptionError(f"There must be at least one child, not {children}.")
    if years is not None and not 0 < years <= 50:
        raise OptionError(f"The number of years must be more than 0 and at most 50, not {years:g}.")
    if "first" not in model.trees:
        raise SourceError("The model knows no station where journeys begin.")
    say = progress or _silent
    found = walks if model.opening is None else _shown
    return _log(model, *found(model, children, years, seed, say))


def lives(
    model: Model, children: int, years: float | None = None, seed: int = 0, progress: Progress | None = None
) -> EventLog:
    """Like `sample`, but of so many children whose lives are walked: those who had left before the log opens are not
    in it."""
    return _log(model, *walks(model, children, years, seed, progress or _silent))


def _shown(
    model: Model, children: int, years: float | None, seed: int, say: Progress
) -> tuple[People, Walked, np.random.Generator]:
    """As `walks`, with so many children in the log: of those who are walked, some have left before it opens."""
    walk = min(children, PILOT)
    while True:
        people, walked, rng = walks(model, walk, years, seed, say if walk >= children else _silent)
        shown = np.unique(walked.child)
        if len(shown) >= children:
            break
        if walk > MOST_WALKED * children + PILOT:
            raise SourceError("Hardly any child of this model is still there when its log opens, or comes later.")
        walk = min(int(1.05 * walk * children / max(len(shown), 1)), 2 * MOST_WALKED * children) + 20
    place = rng.permutation(people.size)[people.family[shown]]  # whole families; of the last one some
    kept = np.zeros(people.size, dtype=bool)
    kept[shown[np.argsort(place, kind="stable")[:children]]] = True
    return people, walked.where(kept[walked.child]), rng


def walks(
    model: Model, children: int, years: float | None = None, seed: int = 0, say: Progress = _silent
) -> tuple[People, Walked, np.random.Generator]:
    """So many children from their first events to the end of the window; what an extract would hold of it.

    They walk once, or, where it matters how full stations are, until that is known well enough; each time with the same
    numbers at random, so that the same children come on the same days.
    """
    first = day_of(model.first)
    opening = first if model.opening is None else day_of(model.opening)
    end = day_of(model.last) + 1 if years is None else opening + max(1, round(years * 365.25))
    calendar = Calendar.between(first - 7, end + MARGIN)
    outcomes = Outcomes.of(model.choices, frozenset(at for name, at in model.trees.items() if name.startswith("next:")))
    times = clock(calendar, model.kinds, model.months)
    turns, crowd = 1 + (AGAIN if model.loads else 0), None
    for turn in range(turns):
        rng = np.random.default_rng(seed)
        people = settle(model, outcomes, rng, children, calendar, end - first)
        waits = Waits(model, calendar, times, rng, crowd)
        walked = _walk(model, people, waits, end, _within(say, turn, turns))
        if turn + 1 < turns:
            crowd = crowd_of(model, walked, first, end - first)
    if model.ends is not None:
        walked = _drawn_out(walked, Curves.of([model.ends]), end - 1, rng)
    if model.opening is not None:
        walked = cut(walked, waits.exit, opening, calendar, rng)
    say("Writing the log", 0.9)
    return people, walked, rng


def _within(say: Progress, turn: int, turns: int) -> Callable[[float], None]:
    """Tells of walking as a part of all."""
    return lambda share: say("Walking", 0.1 + 0.8 * (turn + share) / turns)


def _walk(model: Model, people: People, waits: Waits, end: int, say: Callable[[float], None]) -> Walked:
    """Every child until the end of the window."""
    keep = any(v.given == "event" for v in model.variables)
    parts: list[tuple[Ints, ...]] = []
    tables: list[npt.NDArray[np.int16]] = []
    rows = np.arange(people.size)
    walk = model.choices.tables()
    ends = Curves.of([model.ends or Intervals.none()])
    outcomes = people.outcomes
    roots = np.array([model.trees.get(f"next:{s.name}", -1) for s in model.stations])
    most = min(STEPS, max(model.most_events + model.most_events // 2, 5))
    if model.families is not None:
        most *= int(np.bincount(people.family).max())  # children wait for their siblings
    for step in range(most):
        if not len(rows):
            break
        waiting = people.held(rows)
        held, rows = rows[waiting], rows[~waiting]
        features = people.at(rows)
        parts.append((rows, people.visit[rows], people.station[rows], people.minute[rows]))
        if keep:
            tables.append(features)
        if model.families is not None:
            people.pair(rows, model.families)
            features = people.shared(rows, features)
        root = roots[people.station[rows]]
        code = outcomes.draw(walk.leaf(np.maximum(root, 0), features), people.uniform(rows)) - 1
        code[root < 0] = -1
        goes = (code >= 0) | (waits.aged[people.station[rows]] >= 0)
        rows, features, code = rows[goes], features[:, goes], code[goes]
        code, day, minute, fine = waits.next(people, rows, features, code)
        if model.ends is not None:  # no case of such a log was still under way
            late = np.flatnonzero(day >= end)
            before = end - 1 - ends.draw(np.zeros(len(late), dtype=np.int64), people.rng.random(len(late)))
            day[late] = np.maximum(before, people.minute[rows[late]] // 1440 + 1)
        when = day * 1440 + minute
        if model.families is not None:
            lead, when = people.along(rows, (code % 2 == 1) & fine, when, waits.clock)
            alike = waits.move[people.station[rows], np.maximum(code[lead], 0)] >= 0  # it is a way from there, too
            code = np.where(alike, code[lead], code)
        fine &= when < end * 1440
        rows = rows[fine]
        people.move(rows, code[fine] // 2 % len(model.stations), code[fine] % 2 == 1, when[fine])
        rows = np.union1d(rows, held)
        say(1 - len(rows) / people.size if step else 0.0)
    people.finish()
    child, visit, station, minute = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Walked(child, visit, station, minute, np.concatenate(tables, axis=1) if keep else None)


def _drawn_out(walked: Walked, ends: Curves, final: int, rng: np.random.Generator) -> Walked:
    """Cases that began before those of this log had ended last until then: their waits are stretched alike.

    Such a log holds the cases that ended in its last weeks. Those that began long before are too few for waits of their
    own, and would otherwise end as soon as others do, at a time of which the log has no end.
    """
    order = np.argsort(walked.child, kind="stable")
    child, minute = walked.child[order], walked.minute[order]
    new = np.concatenate([[True], child[1:] != child[:-1]])
    starts = np.flatnonzero(new)
    stops = np.append(starts[1:], len(child)) - 1
    earliest = final - int(ends.high.max())
    early = (minute[stops] // 1440 < earliest) & (minute[stops] > minute[starts])
    day = final - ends.draw(np.zeros(len(starts), dtype=np.int64), rng.random(len(starts)))
    until = np.where(early, day * 1440 + minute[stops] % 1440, minute[stops])
    scale = (until - minute[starts]) / np.maximum(minute[stops] - minute[starts], 1)
    case = np.cumsum(new) - 1
    begin = minute[starts][case]
    drawn = np.where(early[case], begin + np.round((minute - begin) * scale[case]).astype(np.int64), minute)
    stretched = np.empty(len(order), dtype=np.int64)
    stretched[order] = drawn
    return replace(walked, minute=stretched)


def _log(model: Model, people: People, walked: Walked, rng: np.random.Generator) -> EventLog:
    """The events in order of time."""
    station = walked.station
    seconds, date_only = _times(model, walked, rng)
    order = np.argsort(seconds, kind="stable")
    child, visit = walked.child[order], walked.visit[order]
    present, appeared = np.unique(child, return_index=True)
    by_rank = present[np.argsort(appeared)]  # children in the order in which they appear
    rank = np.zeros(people.size, dtype=np.int64)
    rank[by_rank] = np.arange(len(by_rank))
    of_events = _of_events(model, people, walked, rng)
    birth = None
    if model.has_birth:
        born = people.born[by_rank]
        birth = np.where(people.known[by_rank], born * SECONDS * 1000, NO_TIME)
    of_children = {
        v.key: attributes.decode(rng, v, people.child_codes[v.key][by_rank].astype(np.int64))
        for v in model.variables
        if v.of == "child"
    }
    return EventLog.from_columns(
        child=rank[child].astype(np.int32),
        child_ids=pa.array([f"S{n}" for n in range(1, len(by_rank) + 1)]),
        station=station[order].astype(np.int32),
        stations=[s.name for s in model.stations],
        time=seconds[order] * 1000,
        date_only=date_only[order],
        case=numbered(child, visit).astype(np.int32) if model.has_case else None,
        attributes={key: attribute.take(order) for key, attribute in of_events.items()},
        children=of_children,
        birth=birth,
        family=None if model.families is None else people.family[by_rank],
        origin=[SourceFile("synthetic model", "synthetic", rows=len(order))],
    )


def _times(model: Model, walked: Walked, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Seconds of each event as fine as the model's log had them, and which are dates only; a child's order is kept."""
    seconds = walked.minute * 60
    by_child = np.argsort(walked.child, kind="stable")
    child = walked.child[by_child]
    follows = np.concatenate([[False], child[1:] == child[:-1]])[: len(child)]
    if model.resolution < 60:
        fine = seconds[by_child] + rng.integers(0, 60, len(seconds))
        offset = child * (int(fine.max(initial=0)) + 1)  # so that the running maximum starts anew with each child
        seconds = np.empty(len(fine), dtype=np.int64)
        seconds[by_child] = np.maximum.accumulate(fine + offset) - offset
    seconds -= seconds % model.resolution
    share = np.array([s.date_only for s in model.stations])[walked.station]
    date_only = share >= 0.5 if model.resolution >= SECONDS else rng.random(len(share)) < share
    while True:  # a date is midnight: not after a time of the same child on the same day
        shown = np.where(date_only, seconds - seconds % SECONDS, seconds)
        in_order = shown[by_child]
        early = by_child[follows & np.concatenate([[False], in_order[1:] < in_order[:-1]])[: len(child)]]
        if not date_only[early].any():
            return shown, date_only
        date_only[early] = False


def _of_events(model: Model, people: People, walked: Walked, rng: np.random.Generator) -> dict[str, Attribute]:
    """Attributes of each event: those of its journey (one value a journey), and those recorded at single events."""
    found = {}
    journey = people.journey_of(walked.child, walked.visit)
    for variable in model.variables:
        if variable.of != "journey":
            continue
        if variable.given != "event":
            per_journey = people.journey_codes(variable.key)
            values = attributes.decode(rng, variable, per_journey)
            found[variable.key] = values.take(journey)
            continue
        codes = np.zeros(len(journey), dtype=np.int64)
        root = model.trees.get(f"event:{variable.key}", -1)
        if root >= 0 and walked.features is not None:
            node = model.choices.tables().leaf(np.full(len(journey), root), walked.features)
            codes = np.maximum(people.outcomes.draw(node, dealt(rng, node)), 0)
        found[variable.key] = attributes.decode(rng, variable, codes)
    return found


def dealt(rng: np.random.Generator, group: Ints) -> npt.NDArray[np.float64]:
    """A number from 0 to 1 for each row, spread evenly over those of one group: few rows too keep the shares."""
    order = np.lexsort((rng.random(len(group)), group))
    size = np.bincount(group)[group[order]] if len(group) else group
    new = np.concatenate([[True], group[order][1:] != group[order][:-1]])[: len(group)]
    place = np.arange(len(group))
    rank = place - np.maximum.accumulate(np.where(new, place, 0))
    found = np.empty(len(group))
    found[order] = (rank + rng.random(len(group))) / np.maximum(size, 1)
    return found
