"""How full a station is, and what that does to the waits of those who come: a team can do so much, then a queue grows.

The load of a day is the logarithm of the children at the station at its start over their usual number (the mean of the
year around it, so that growth is no load). It is known before a wait begins, so a wait cannot be the cause of the load
it is compared with. But slow weeks fill stations: without any queue, who comes at the end of such weeks finds many
children and waits long. So what is asked is whether waits go with the *forecast*, the number that would be there if
everybody had waited as long as usual: it depends on who came, and on nobody's wait (`effect`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import distinct
from synthetic.model.features import PLACE
from synthetic.model.history import History, Moves
from synthetic.model.model import Load

if TYPE_CHECKING:
    from synthetic.model.fit import Fitting

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

YEAR = 365  # days
STRIKING = 4.0  # standard errors
MONTH = 28  # days: slow weeks last, so errors are taken to be alike within so many, or as long as most waits are
TURNS = 8  # of rising and falling, in half a log: with fewer, chance is not to be told from more
IN_HALF = 2.0  # standard errors in each half of the log: two things that both last may go together once
FOLLOWS = 0.3  # correlation of load and forecast, below which arrivals tell too little of how full a station is
MOST = 0.95  # correlation of scores with the load, at most
LEAST = 10  # times k children have waited at a station, or its load is not looked at
ALL_BUT = 0.9  # of waits are over once the load counts: until then a log fills up from its first day


@dataclass(frozen=True)
class Stays:
    """Who is at a station when: days since the first of the log; `leave` is `days` where nobody is seen to leave."""

    arrive: Ints
    leave: Ints
    days: int

    @property
    def over(self) -> Flags:
        """Those that ended."""
        return self.leave < self.days

    def count(self) -> Floats:
        """(days,) children there at the start of each day: come before it, not gone before it."""
        change = np.bincount(self.arrive + 1, minlength=self.days + 2)
        change -= np.bincount(self.leave + 1, minlength=self.days + 2)
        return np.cumsum(change)[: self.days].astype(float)

    def forecast(self) -> Floats:
        """(days,) the same if everybody had waited as long as usual, whatever the time."""
        wait = np.bincount((self.leave - self.arrive)[self.over], minlength=1)
        still = 1 - np.cumsum(wait) / max(int(wait.sum()), 1)  # after 0, 1, … days
        come = np.bincount(self.arrive, minlength=self.days).astype(float)
        return np.concatenate([[0.0], np.convolve(come, still)[: self.days - 1]])


def usual(count: Floats, settled: int) -> Floats:
    """(days,) the mean of the year around each day, from day `settled` on; before, that of `settled`."""
    settled = min(settled, len(count) - 1)
    known = np.concatenate([[0.0], np.cumsum(count[settled:])])
    at = np.maximum(np.arange(len(count)) - settled, 0)
    low, high = np.maximum(at - YEAR // 2, 0), np.minimum(at + YEAR // 2 + 1, len(known) - 1)
    return (known[high] - known[low]) / (high - low)


def load(count: Floats, settled: int) -> Floats:
    """(days,) how full: 0 as usual, log 2 twice as full."""
    return np.log((count + 1) / (usual(count, settled) + 1))


def effect(score: Floats, load: Floats, forecast: Floats, turn: Ints, about: Floats) -> tuple[float, float]:
    """(by how much scores go up with the load, how many standard errors that is); of each wait the four values, and
    `about` (waits, columns): what else is taken out, such as the season.

    Two-stage least squares with the forecast as the instrument; errors may be alike within each `turn`, a stretch of
    time that is numbered (Cameron and Miller 2015). 0 where the load hardly follows the forecast, or turns are few.
    """
    about = np.column_stack([np.ones(len(score)), about])
    turns, columns = len(np.unique(turn)), about.shape[1]
    if turns < max(TURNS, columns + 2):
        return 0.0, 0.0
    y, x, z = (v - about @ np.linalg.lstsq(about, v, rcond=None)[0] for v in (score, load, forecast))
    together = float(z @ x)
    if together <= FOLLOWS * float(np.sqrt((z @ z) * (x @ x))):
        return 0.0, 0.0
    by = float(z @ y) / together
    off = np.bincount(turn, z * (y - by * x))
    error = np.sqrt((off @ off) * turns / (turns - columns - 1))
    return by, by * together / max(float(error), 1e-12)


def _proven(score: Floats, load: Floats, forecast: Floats, turn: Ints, about: Floats) -> float:
    """By how much scores go up with the load; 0 where that is not beyond chance in all, and to be seen in each half of
    the log."""
    late = turn >= np.median(np.unique(turn))
    parts = (slice(None), ~late, late)
    (by, errors), *halves = (effect(score[p], load[p], forecast[p], turn[p], about[p]) for p in parts)
    good = abs(errors) >= STRIKING and all(each * np.sign(by) >= IN_HALF for _, each in halves)
    return by if good else 0.0


def in_year(day: Ints) -> Floats:
    """(days, 2) where in the year days (since 1970) lie."""
    angle = 2 * np.pi * day / 365.25
    return np.column_stack([np.cos(angle), np.sin(angle)])


def stays_of(events: History, moves: Moves, at: int) -> Stays:
    """The stays at a station of a log; who comes back for another journey is not waiting there."""
    here = np.flatnonzero((events.station == at) & ((moves.to < 0) | (moves.to % 2 == 0)))
    arrive, days = events.day[here] - events.first, events.last + 1 - events.first
    return Stays(arrive, np.where(moves.to[here] >= 0, arrive + moves.wait[here], days), days)


def learn_load(
    fitting: Fitting, at: int, rows: Ints, scored: tuple[Floats, Flags], apart: Callable[[Floats], list[Flags]]
) -> tuple[Load, Floats] | None:
    """What a full station does to waits there, and the load that each of `rows` (events that went on from it) met, NaN
    before it counts. None where that is not beyond chance.

    `scored`: the scores, and which rows are told by them. `apart` gives the stretches of weeks that are slow or quick
    by what is left of the scores. Looked at twice: first with all weeks alike, since a queue makes slow weeks; then
    with those weeks set apart that are still slow once the load is taken out.
    """
    events, (score, use) = fitting.events, scored
    if events.closing is not None or events.exits[at]:
        return None
    stays, day = stays_of(events, fitting.moves, at), events.day[rows] - events.first
    long = int(np.quantile(fitting.moves.wait[rows], ALL_BUT))
    settled = _settled(fitting, long)
    count = stays.count()
    told = use & (day >= settled)
    if distinct(events.child[rows[told]]) < LEAST * fitting.k or usual(count, settled).min() < fitting.k:
        return None
    full, expected = (load(each, settled)[day] for each in (count, stays.forecast()))
    season, turn = in_year(events.day[rows]), (day - settled) // max(MONTH, long)
    by = 0.0
    for _ in range(2):
        inside = apart(score - by * full) if by else []
        columns = np.column_stack([season, *inside]).astype(float)
        by = _proven(score[told], full[told], expected[told], turn[told], columns[told])
        if not by:
            return None
    return Load(at, round(by, 3), settled), np.where(day >= settled, full, np.nan)


def _settled(fitting: Fitting, long: int) -> int:
    """The first day, in whole weeks, on which waits of the start are over (`long` days) and the log's first days."""
    events = fitting.events
    early = events.day[fitting.features[PLACE["startup"]] == 1]
    startup = int(early.max()) + 1 - events.first if len(early) else 0
    return -(-max(long, startup) // 7) * 7


def pressed(by: float, full: Floats, met: Floats) -> tuple[Floats, Floats]:
    """At each load: how much the normal score of a wait goes up, and what is left of the spread it has of its own.

    `met`: the loads that waits began with; all these together are as long as without a load. 0 and 1 where `full` is
    NaN. In a small sample chance fills stations more than it should: the correlation of scores and load is MOST at
    most.
    """
    if not len(met):
        return np.zeros(len(full)), np.ones(len(full))
    together = abs(by) * float(met.std())
    kept = min(1.0, MOST / max(together, 1e-12))
    rest, known = (1 - (together * kept) ** 2) ** 0.5, ~np.isnan(full)
    return np.where(known, by * kept * (full - met.mean()), 0.0), np.where(known, rest, 1.0)
