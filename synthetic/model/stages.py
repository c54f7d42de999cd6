"""Ways and waits: where children go from each station, after how long, and what changes that for some weeks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthetic.model import effects
from synthetic.model.contexts import Forest, best_split, distinct, grow, learn_shares
from synthetic.model.days import weekday
from synthetic.model.features import PLACE
from synthetic.model.history import jumps
from synthetic.model.intervals import Intervals, beyond, extended, intervals, with_tail
from synthetic.model.model import Load, Move, Pace, Stretch
from synthetic.model.pace import given, learn_pace
from synthetic.model.table import PERIODS, age_days

if TYPE_CHECKING:
    from synthetic.model.fit import Fitting

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EXACT = 14  # waits below so many days are kept by the day
LONG = 14  # days: from here on only the weekday of the end is kept
IN_OFFICE = 0.05  # of ends on rest days at most, where waits are counted in working days
LEVELS = np.linspace(0, 1, 9)[1:-1]  # how finely trees look at waits
SUPPORT = 4  # a context of waits has at least so many times k children
MADE = 1.5  # times k children make a move, or it is not stored: shadow models told the rarest children by such moves
LONG_AGED = 60  # days that a quarter at least had waited, where a move is taken for one that happens at an age
LATER = 1  # outcome code of "had not gone on by then" while a tree is grown


@dataclass
class Stages:
    """The part of the model about moves; fields as in Model."""

    waits: Forest
    curves: dict[int, Intervals] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    pace: list[Pace] = field(default_factory=list)
    periods: dict[int, list[list[int]]] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    days: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # of each event that went on: its wait, as
    # counted for that move
    mass: Floats = field(default_factory=lambda: np.zeros(0))  # of each event that went on: what it stands for


def learn_stages(fitting: Fitting, say: Callable[[str, float], None]) -> Stages:
    """Trees "next:STATION" of `choices`, and all about waits."""
    events = fitting.events
    stages = Stages(Forest(fitting.cards), mass=np.ones(len(events.child)), days=fitting.moves.wait.copy())
    by_station = np.argsort(events.station, kind="stable")
    bounds = np.searchsorted(events.station[by_station], np.arange(len(events.names) + 1))
    for at in range(len(events.names)):
        rows = np.sort(by_station[bounds[at] : bounds[at + 1]])
        aged = _aged(fitting, rows)
        weight = _ways(fitting, stages, at, rows, list(aged))
        if weight is not None or aged:
            _waits(fitting, stages, rows, np.ones(len(rows)) if weight is None else weight, aged)
        say("Learning ways and waits", 0.35 + 0.55 * (at + 1) / len(events.names))
    learn_pace(fitting, stages)
    return stages


def _aged(fitting: Fitting, rows: Ints) -> dict[int, int]:
    """Moves (codes) from here that happen at (nearly) the same age for all, and that age in days."""
    age, known = age_days(fitting.events)
    to, wait, found = fitting.moves.to[rows], fitting.moves.wait[rows], {}
    for code in np.flatnonzero(np.bincount(to[to >= 0]) >= MADE * fitting.k).tolist():
        made = rows[to == code]
        then = made + 1
        if code % 2 or known[then].mean() < 0.9 or np.quantile(wait[to == code], 0.75) < LONG_AGED:
            continue
        low, high = np.quantile(age[then][known[then]], [0.1, 0.9])
        if high - low <= 10:
            found[code] = int(np.median(age[then][known[then]]))
    return found


def _ways(fitting: Fitting, stages: Stages, at: int, rows: Ints, aged: list[int]) -> Floats | None:
    """Where children go from here; gives the number of children each row stands for (None: nobody is seen to go).

    Those who go because they have reached an age (`aged`, codes) were waiting until then: that move is no choice.
    """
    to, wait, child = fitting.moves.to[rows], fitting.moves.wait[rows], fitting.events.child[rows]
    seen = (to >= 0) & ~np.isin(to, aged)
    if distinct(child[seen]) < fitting.k:
        return None
    horizon = int(np.quantile(wait[seen], 0.8))
    told = (wait > horizon) | seen
    outcome = np.where(seen & (wait <= horizon), to + 2, LATER)
    allowed = [a for a, name in enumerate(fitting.names) if name not in ("station", "wait before", "startup part")]
    # Years would hide what happens within one: leave them out until weeks have been looked at.
    steady = [a for a in allowed if a != PLACE["year"]]
    look = (fitting.options.find_periods or bool(fitting.options.periods)) and not fitting.events.exits[at]
    leaf = _grown(fitting, at, rows, (told, outcome), steady if look else allowed)
    if look:
        found = _periods(fitting, leaf, rows, np.where(seen, to, -1), wait)
        if found:
            stages.periods[at] = found
            for value, (a, b) in enumerate(found, 1):
                there = rows[(fitting.events.day[rows] >= a) & (fitting.events.day[rows] <= b)]
                fitting.features[PLACE["period"], there] = value
        year = best_split(
            fitting.features[:, rows], outcome, np.flatnonzero(told), fitting.k, [PLACE["year"]], fitting.cards
        )
        if found or year >= 0:
            leaf = _grown(fitting, at, rows, (told, outcome), allowed)
    path = fitting.choices.tables().path(
        np.full(len(rows), fitting.trees[_name(fitting, at)]), fitting.features[:, rows]
    )
    weights = [jumps(node, wait, seen, fitting.k) for node in path]
    mass = [w * np.bincount(node)[node] for w, node in zip(weights, path, strict=True)]
    stay = [_stay(node, m, seen) for node, m in zip(path, mass, strict=True)]
    full = [np.where(seen, m, s) for m, s in zip(mass, stay, strict=True)]
    group = np.where(seen, 1 + to % 2, 0)
    learn_shares(fitting.choices, path, np.where(seen, to + 1, 0), child, fitting.k, full, group)
    for rare in np.unique(to[seen]).tolist():
        if not _made(fitting, rows[to == rare]):
            for node in fitting.choices.nodes[fitting.trees[_name(fitting, at)] :]:
                node.shares.pop(rare + 1, None)
    return mass[-1]


def _made(fitting: Fitting, rows: Ints) -> bool:
    """Whether so many children made the move that ended these waits that it may be stored."""
    early = fitting.moves.to[rows[0]] >= 2 * len(fitting.events.names)
    return distinct(fitting.events.child[rows]) >= (1 if early else MADE) * fitting.k


def _name(fitting: Fitting, at: int) -> str:
    return f"next:{fitting.events.names[at]}"


def _stay(node: Ints, mass: Floats, seen: Flags) -> Floats:
    """What is left over in each node, shared out among those not seen to go."""
    left = np.bincount(node) - np.bincount(node, mass)
    waiting = np.bincount(node[~seen], minlength=len(left))
    return (np.maximum(left, 0) / np.maximum(waiting, 1))[node]


def _grown(fitting: Fitting, at: int, rows: Ints, told: tuple[Flags, Ints], allowed: list[int]) -> Ints:
    """Grow the tree of a station; gives the leaf of each row."""
    known, outcome = told
    root = fitting.choices.root()
    fitting.trees[_name(fitting, at)] = root
    some = rows[known]
    child = fitting.events.child
    grow(
        fitting.choices,
        root,
        fitting.features[:, some],
        outcome[known],
        child[some],
        fitting.k,
        allowed,
        last=PLACE["visit"],
    )
    return fitting.choices.tables().leaf(np.full(len(rows), root), fitting.features[:, rows])


def settled(fitting: Fitting, day: Ints, wait: Ints, seen: Flags) -> Flags:
    """Rows early enough that nearly all who began then have been seen to go on."""
    long = int(np.quantile(wait[seen], 0.95)) if seen.any() else 0
    return day <= fitting.events.last - long


def _periods(fitting: Fitting, leaf: Ints, rows: Ints, to: Ints, wait: Ints) -> list[list[int]]:
    """Stretches of days in which other ways are taken than usual, in pieces; those given come first."""
    events, k = fitting.events, fitting.k
    day, seen = events.day[rows], to >= 0
    use = seen & settled(fitting, day, wait, seen) & (fitting.features[PLACE["startup"], rows] == 0)
    weeks = (events.last + 1 - events.first) // 7 + 1
    ranges = given(fitting, events.first)
    common, counts = np.unique(to[use], return_counts=True)
    size = np.bincount(leaf[use], minlength=len(fitting.choices.nodes))
    if fitting.options.find_periods:
        for code in common[counts >= max(5 * k, 0.03 * use.sum())]:
            hit = (to == code)[use].astype(float)
            share = np.bincount(leaf[use], hit, minlength=len(size)) / np.maximum(size, 1)
            ranges += effects.stretches(effects.Weeks.of(hit - share[leaf[use]], day[use], events.first, weeks))
    count = np.bincount((day[use] - events.first) // 7, minlength=weeks).astype(float)
    pieces = [p for a, b in effects.joined(ranges) for p in effects.pieces(a, min(b, weeks), count, 6 * k)]
    return [[events.first + 7 * a, events.first + 7 * b - 1] for a, b in pieces if a < b][:PERIODS]


def _waits(fitting: Fitting, stages: Stages, rows: Ints, weight: Floats, aged: dict[int, int]) -> None:
    """One tree of waits a move from here that k children made; `aged` as from `_aged`."""
    to = fitting.moves.to[rows]
    order = np.argsort(to, kind="stable")
    codes, begin = np.unique(to[order], return_index=True)
    for code, part in zip(codes.tolist(), np.split(order, begin[1:]), strict=True):
        part = np.sort(part)
        if code < 0 or not _made(fitting, rows[part]):
            continue
        _wait(fitting, stages, rows[part], np.ones(len(part)) if code in aged else weight[part], aged.get(code))


def _wait(fitting: Fitting, stages: Stages, rows: Ints, weight: Floats, at_age: int | None) -> None:
    events, k = fitting.events, fitting.k
    code = int(fitting.moves.to[rows[0]])
    new, child = bool(code % 2), events.child[rows]
    working = not new and _in_office(fitting, rows)
    days = fitting.moves.wait[rows]
    if working:
        days = fitting.calendar.working_days(events.day[rows], events.day[rows + 1])
    elif new:
        days = np.round(fitting.clock.between(events.day[rows], events.day[rows + 1])).astype(np.int64)
    cuts = np.unique(np.quantile(days, LEVELS))
    root = stages.waits.root()
    # Late leavers are seen to come back only soon, so the year must be told apart where returns are.
    hidden = ("station", "period") if new else ("station", "period", "year")
    allowed = [a for a, name in enumerate(fitting.names) if name not in hidden]
    features = fitting.features[:, rows]
    level = np.searchsorted(cuts, days, side="left")
    grow(stages.waits, root, features, level, child, SUPPORT * k, allowed, 4, PLACE["year" if new else "startup"])
    stages.mass[rows], stages.days[rows] = weight, days
    fill(fitting, stages, root, rows, days)
    if root in stages.curves:
        stages.moves.append(replace(_move(fitting, rows, root, weight, at_age), working=working))


def _in_office(fitting: Fitting, rows: Ints) -> bool:
    """Whether a move is one of working days: it hardly ever ends on a rest day, unless on the day it began."""
    end = fitting.events.day[rows + 1][fitting.moves.wait[rows] > 0]
    return len(end) >= fitting.k and float(fitting.calendar.rests(end).mean()) < IN_OFFICE


def fill(fitting: Fitting, stages: Stages, root: int, rows: Ints, days: Ints) -> None:
    """The curves of a tree of waits, in every context that has enough of these rows; `days` is how long each took."""
    k, child, weight = fitting.k, fitting.events.child[rows], stages.mass[rows]
    new = bool(fitting.moves.to[rows[0]] % 2)
    path = stages.waits.tables().path(np.full(len(rows), root), fitting.features[:, rows])
    done = np.zeros(len(stages.waits.nodes), dtype=bool)
    for node in path:
        order = np.argsort(node, kind="stable")
        names, begin = np.unique(node[order], return_index=True)
        for name, part in zip(names.tolist(), np.split(order, begin[1:]), strict=True):
            if not done[name]:
                done[name] = True
                curve = intervals(days[part], child[part], k, weight[part], 0 if new else EXACT)
                if curve is not None:
                    above = stages.curves.get(stages.waits.nodes[name].parent)
                    if above:
                        curve = with_tail(curve, beyond(curve, days[part], weight[part]), above)
                    elif not new:
                        curve = extended(curve, days[part], child[part], k, weight[part])
                    stages.curves[name] = curve


def _move(fitting: Fitting, rows: Ints, root: int, weight: Floats, at_age: int | None) -> Move:
    events, k = fitting.events, fitting.k
    code = int(fitting.moves.to[rows[0]])
    then = rows + 1
    same = fitting.moves.same_day[rows]
    minutes = (events.time[then] - events.time[rows]) // 60
    early = fitting.features[PLACE["startup"], rows] == 1
    soon, soon_early = same & ~early, same & early
    long = ~same & (fitting.moves.wait[rows] >= LONG)
    held = distinct(events.child[rows[long]]) >= k
    per_day = np.bincount(weekday(events.day[then[long]]), weight[long], minlength=7) if held else np.zeros(7)
    ended = then[~same]
    rests = fitting.calendar.rests(events.day[ended]).mean() if len(ended) else 0.0
    return Move(
        start=int(events.station[rows[0]]),
        to=code // 2 % len(events.names),
        new=bool(code % 2),
        early=code >= 2 * len(events.names),
        tree=root,
        minutes=intervals(minutes[soon], events.child[rows[soon]], k)
        or intervals(minutes[same], events.child[rows[same]], k),
        minutes_startup=intervals(minutes[soon_early], events.child[rows[soon_early]], k),
        weekdays=[round(float(d), 4) for d in per_day / max(per_day.sum(), 1e-12)],
        rest=round(float(rests), 4),
        at_age=at_age,
    )
