"""Where children go and after how long, from tables in which a child stands with its first events.

Rows are events; the outcome of one is 0 (nothing more within the window), 1 + 2·station (goes on there) or
2 + 2·station (comes back there, as the first of the next journey), as in contexts.group_of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Forest, group_of
from synthetic.model.days import SECONDS, Calendar, weekday
from synthetic.model.history import History, Moves
from synthetic.model.intervals import Intervals
from synthetic.model.model import COUNTED_IN, Move
from synthetic.model.stages import LONG
from synthetic.private.grids import (
    DAYS,
    DAYS_END,
    EVENTS,
    MINUTES,
    MINUTES_END,
    VISITS,
    WAITS,
    projected,
    threshold,
    trust,
)
from synthetic.private.ledger import Ledger
from synthetic.private.trees import Trees

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HOURS = 24
SAME = len(MINUTES)  # columns of a table of waits that are of the same day
CHILDREN_AT_RISK = 2.0  # times the noise's scale: with fewer still waiting, a hazard is not told from noise
NO_TIES = 0.25  # of a move's waits at most in one interval, where slow and fast are told apart


@dataclass
class Stages:
    """The part of the model about moves; fields as in Model."""

    waits: Forest
    curves: dict[int, Intervals]
    moves: list[Move]
    events: int  # noisy


@dataclass(frozen=True)
class Tables:
    """Noisy tables: ways (stations, visits, outcomes), waits (moves, WAITS), waiting (stations, WAITS) of those who
    were still there when the window ended; `move` (moves, 2): the station and outcome of each row of `waits`."""

    ways: Floats
    move: Ints
    waits: Floats
    waiting: Floats


Declared = frozenset[tuple[str, str]] | None


def learn(
    ledger: Ledger, events: History, following: Moves, calendar: Calendar, trees: Trees, declared: Declared
) -> Stages:
    """All of it; adds trees "next:STATION". `declared`: the moves that may happen (None: found)."""
    tables = _tables(ledger, events, following, declared)
    stages = Stages(Forest(trees.forest.cards), {}, [], int(max(tables.ways.sum(), 0)))
    weekdays, rest = _weekdays(ledger, events, following, calendar)
    pooled = _pooled(tables)
    for station in range(len(events.names)):
        rows = np.flatnonzero(tables.move[:, 0] == station)
        if not len(rows):
            continue
        share, stay = censored(tables.waits[rows], tables.waiting[station], CHILDREN_AT_RISK * ledger.scale("waits"))
        _ways(events.names[station], tables, station, rows, (share.sum(axis=1), stay), trees, ledger.scale("ways"))
        for at, row in enumerate(rows.tolist()):
            outcome = int(tables.move[row, 1])
            back = int(outcome % 2 == 0)
            total = share[at].sum()
            own = share[at] / total if total > 0 else pooled[back]
            w = float(trust(tables.waits[row].sum(keepdims=True), ledger.scale("waits"))[0])
            shape = w * own + (1 - w) * pooled[back]
            root = stages.waits.root()
            count = int(tables.waits[row].sum())
            stages.waits.nodes[root].children = count // COUNTED_IN * COUNTED_IN if count >= trees.k else 0
            stages.curves[root] = _curve(shape)
            to = (outcome - 1) // 2
            stages.moves.append(Move(station, to, bool(back), False, root, _minutes(shape), weekdays, rest))
    own = round(_frailty(ledger, events, following, stages) ** 0.5, 4)
    for move in stages.moves:
        move.own = 0.0 if move.new else own
    return stages


def _tables(ledger: Ledger, events: History, following: Moves, declared: Declared) -> Tables:
    size = len(events.names)
    outcomes = 2 * size + 1
    outcome = np.where(following.to >= 0, following.to + 1, 0)
    visit = np.minimum(events.visit, VISITS - 1)
    cell = (events.station * VISITS + visit) * outcomes + outcome
    ways = ledger.count("ways", cell, events.child, size * VISITS * outcomes, EVENTS).reshape(size, VISITS, outcomes)
    together = ways.sum(axis=1)
    seen = together >= threshold(ledger.scale("ways"), size * outcomes, VISITS)
    seen[:, 0] = False
    move = np.argwhere(seen if declared is None else _declared(events, declared))
    # Waits only of moves that are known by now: what else happened is not looked at.
    of_move = np.full((size, outcomes), -1, dtype=np.int64)
    of_move[move[:, 0], move[:, 1]] = np.arange(len(move))
    of_move[:, 0] = len(move) + np.arange(size)
    row = of_move[events.station, outcome]
    kept = np.flatnonzero(row >= 0)
    cell = row[kept] * WAITS + _column(events, following)[kept]
    noisy = ledger.count("waits", cell, events.child[kept], (len(move) + size) * WAITS, EVENTS)
    table = noisy.reshape(-1, WAITS)
    totals = np.concatenate([together[move[:, 0], move[:, 1]], together[:, 0]]).astype(float)
    settled = projected(table, totals)
    return Tables(ways.astype(float), move, settled[: len(move)], settled[len(move) :])


def _declared(events: History, declared: frozenset[tuple[str, str]]) -> Flags:
    """(stations, outcomes) of the moves declared: from an exit to the next journey, from elsewhere within one."""
    place = {name: at for at, name in enumerate(events.names)}
    found = np.zeros((len(place), 2 * len(place) + 1), dtype=bool)
    for start, to in declared:
        if start in place and to in place:
            found[place[start], 1 + 2 * place[to] + events.exits[place[start]]] = True
            if not events.exits.any():
                found[place[start], 2 + 2 * place[to]] = True
    return found


def _column(events: History, following: Moves) -> Ints:
    """The interval of each event's wait: minutes on the same day, else days."""
    then = np.minimum(np.arange(len(events.child)) + 1, len(events.child) - 1)
    minutes = np.clip((events.time[then] - events.time) // 60, 0, 1439)
    soon = np.searchsorted(MINUTES, minutes, side="right") - 1
    days = np.clip(np.searchsorted(DAYS, following.wait, side="right") - 1, 0, len(DAYS) - 1)
    return np.where(following.same_day, soon, SAME + days)


def censored(waits: Floats, waiting: Floats, enough: float) -> tuple[Floats, Floats]:
    """Shares (moves, WAITS) of those at a station who make each move after each wait, and the share that stays.

    Aalen and Johansen's estimate from a table: those still `waiting` (WAITS,) when the window ended lend their weight
    to those seen to wait longer, as long as more than `enough` are still at risk.
    """
    went = waits.sum(axis=0)
    leave = went + waiting
    risk = np.cumsum(leave[::-1])[::-1]
    known = np.logical_and.accumulate(risk > enough)
    hazard = np.where(known, went / np.maximum(risk, 1e-9), 0.0)
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)])
    end = int(known.sum())  # from here on all count alike
    weight = np.where(known, before[:-1], before[end]) / np.maximum(np.where(known, risk, risk[min(end, WAITS - 1)]), 1)
    share = waits * weight
    return share, np.maximum(1 - share.sum(keepdims=True).sum(axis=1), 0.0)


def _ways(
    name: str,
    tables: Tables,
    station: int,
    rows: Ints,
    known: tuple[Floats, Floats],
    trees: Trees,
    scale: float,
) -> None:
    """The tree of a station: shares as reckoned with censoring, in contexts by visit in proportion to the counts."""
    ways = tables.ways[station]
    kept = np.concatenate([[0], tables.move[rows, 1]])
    goal = np.concatenate([known[1], known[0]])
    total = np.maximum(ways[:, kept].sum(axis=1), 0.0)
    raw = projected(ways[:, kept], total)
    together = raw.sum(axis=0)
    if goal.sum() <= 0 or together.sum() < trees.k:
        return
    factor = goal / goal.sum() / np.maximum(together / together.sum(), 1e-9)
    own = raw * factor
    own /= np.maximum(own.sum(axis=1, keepdims=True), 1e-9)
    w = trust(total, scale)[:, None]
    every, shares = np.zeros(ways.shape[1]), np.zeros(ways.shape)
    every[kept] = goal / goal.sum()
    shares[:, kept] = w * own + (1 - w) * every[kept]
    group = np.array([group_of(o) for o in range(ways.shape[1])])
    groups: Floats = np.stack([np.bincount(group, part, minlength=3) for part in (every, *shares)])
    branches = [[v] for v in range(VISITS - 1)] + [[VISITS - 1, VISITS]]
    trees.branch(f"next:{name}", "visit", branches, every, shares, float(total.sum()), total, groups)


def _pooled(tables: Tables) -> list[Floats]:
    """The waits of all moves within a journey, and of all to the next one: where a move's own are lost in the noise."""
    back = tables.move[:, 1] % 2 == 0
    flat = np.full(WAITS, 1 / WAITS)
    sums = [tables.waits[side].sum(axis=0) for side in (~back, back)]
    return [s / s.sum() if s.sum() > 0 else flat for s in sums]


def _curve(shape: Floats) -> Intervals:
    """Of days; the minutes of the same day together."""
    low, high = np.concatenate([[0], DAYS]), np.concatenate([[0], DAYS_END])
    share = np.concatenate([[shape[:SAME].sum()], shape[SAME:]])
    kept = share > 0
    return Intervals(low[kept], high[kept], share[kept] / share.sum())


def _minutes(shape: Floats) -> Intervals | None:
    """Between two events on the same day."""
    share = shape[:SAME]
    kept = share > 0
    return Intervals(MINUTES[kept], MINUTES_END[kept], share[kept] / share.sum()) if kept.any() else None


def _weekdays(ledger: Ledger, events: History, following: Moves, calendar: Calendar) -> tuple[list[float], float]:
    """Shares of Monday to Sunday of long waits' ends, and of shorter ones the share that ends on a rest day."""
    rows = np.flatnonzero((following.to >= 0) & ~following.same_day)
    then = events.day[rows + 1]
    long = following.wait[rows] >= LONG
    cell = np.where(long, weekday(then), 7 + calendar.rests(then))
    noisy = ledger.count("weekdays", cell, events.child[rows], 9, EVENTS)
    count = projected(noisy[None], noisy.sum(keepdims=True).astype(float))[0]
    ends, rest = count[:7], count[8] / max(count[7:].sum(), 1)
    return [round(float(e), 4) for e in ends / max(ends.sum(), 1)], round(float(rest), 4)


def _frailty(ledger: Ledger, events: History, following: Moves, stages: Stages) -> float:
    """How a child's waits go together: of pairs of successive waits the share on one side of their medians.

    Of two normal scores with correlation r a share of ½ + arcsin(r)/π is (Sheppard 1899).
    """
    size = len(events.names)
    median = np.full((size, 2 * size), -1, dtype=np.int64)
    for move in stages.moves:
        curve = stages.curves[move.tree]
        if not move.new and curve.share.max() <= NO_TIES:
            median[move.start, 2 * move.to] = curve.high[int(np.searchsorted(np.cumsum(curve.share), 0.5))]
    limit = np.where(following.to >= 0, median[events.station, np.maximum(following.to, 0)], -1)
    rows = np.flatnonzero(limit >= 0)
    slow = following.wait[rows] > limit[rows]
    pair = np.flatnonzero(events.child[rows][1:] == events.child[rows][:-1])
    same = (slow[1:] == slow[:-1])[pair].astype(np.int64)
    count = np.maximum(ledger.count("slow stages together", same, events.child[rows[pair]], 2, EVENTS), 0)
    if count.sum() < 2 * threshold(ledger.scale("slow stages together"), 2):
        return 0.0
    return round(float(np.clip(np.sin(np.pi * (count[1] / count.sum() - 0.5)), 0.0, 0.9)), 3)


def clocks(
    ledger: Ledger, events: History, following: Moves, date_only: Flags, calendar: Calendar
) -> tuple[Floats, float]:
    """(stations + 1, 24) shares of the hours at which each station is reached on a working day that is not that of the
    event before, in the last row any station on a rest day; and the share of dates without a time."""
    fresh = ~np.concatenate([[False], following.same_day[:-1]])[: len(following.same_day)]
    rows = np.flatnonzero(fresh)
    size = len(events.names)
    hour = np.where(date_only, HOURS, events.time % SECONDS // 3600)[rows]
    station = np.where(calendar.rests(events.day), size, events.station)[rows]
    cells = (size + 1) * (HOURS + 1)
    count = ledger.count("time of day", station * (HOURS + 1) + hour, events.child[rows], cells, EVENTS)
    table = count.reshape(size + 1, HOURS + 1)
    total = np.maximum(table.sum(axis=1).astype(float), 0.0)
    settled = projected(table, total)
    every = settled.sum(axis=0) / max(settled.sum(), 1.0)
    w = trust(total, ledger.scale("time of day"))[:, None]
    shares = w * settled / np.maximum(total, 1)[:, None] + (1 - w) * every
    return shares[:, :HOURS], float(every[HOURS])
