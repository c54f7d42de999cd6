"""Whether waits go with how full a station is, as they do where a team can hold so many cases."""

from __future__ import annotations

import numpy as np

from synthetic.fidelity.paths import expected_gap
from synthetic.fidelity.times import in_days, normal_scores, waits
from synthetic.fidelity.volume import WEEK, stock_by_week
from synthetic.fidelity.walks import Floats, Ints, Walks
from synthetic.fidelity.yardstick import Measured

YEAR = 53  # weeks
LEAST = 200  # waits at a station, below which it is not looked at
PRESENT = 10  # children at a station in each week, likewise
MONTH = 4  # weeks that may be alike
MOST = 0.9  # of the waits that began lie within what is looked at, at either end of the window


def fullest(real: Walks) -> int | None:
    """The station whose waits go most surely with how full it is; None where none has enough of them."""
    found = [_together(real, at, real, in_days(real)) for at in range(len(real.names))]
    sure = [abs(r) / max(error, 1e-9) if np.isfinite(r) else -1.0 for r, error in found]
    return int(np.argmax(sure)) if max(sure, default=-1.0) >= 0 else None


def full(real: Walks, other: Walks, station: int | None) -> Measured:
    """Difference of the correlations between waits at a station and how full it was in the week they began.

    Waits as normal scores within their kind of move, whichever move it is; the number of children at the week's start
    over the mean of the year around it, as a logarithm. Chance: four weeks at a time may be alike.
    """
    if station is None:
        return Measured(np.nan, why="no station with ten children or more has 200 waits")
    days = in_days(real, other)
    (a, error), (b, error_other) = (_together(walks, station, real, days) for walks in (real, other))
    if not np.isfinite(a + b):
        return Measured(np.nan, why=f"one of the logs has too few waits at “{real.names[station]}”")
    return Measured(abs(a - b), a, b, chance=expected_gap(float(np.hypot(error, error_other))))


def _together(walks: Walks, station: int, real: Walks, days: bool) -> tuple[float, float]:
    """The correlation and its standard error; NaN where there is too little to tell it from.

    Left out are the weeks at the beginning, in which a log fills up, and those at the end, of which long waits are not
    over: as long as nine in ten waits of the real log.
    """
    nothing = (np.nan, np.nan)
    mine = real.station[real.moves] == station
    if mine.sum() < LEAST:
        return nothing
    margin = int(np.quantile(real.wait[mine], MOST)) // WEEK + 1
    first, last = real.window
    at = np.flatnonzero(walks.station[walks.moves] == station)
    week = (walks.time[walks.moves[at]] - first) // WEEK
    kept = (week >= margin) & (week < (last - first) // WEEK - margin)
    at, week = at[kept], week[kept]
    count = stock_by_week(walks, first, last)[:, station]
    inner = count[margin : len(count) - margin]
    if len(at) < LEAST / 2 or len(inner) < MONTH or inner.min() < 1 or inner.mean() < PRESENT:
        return nothing
    score = normal_scores(walks.edge[at], waits(walks, days)[at])
    told = ~np.isnan(score)
    return _correlation(score[told], _load(count, margin)[week[told]], week[told] // MONTH)


def _load(count: Ints, margin: int) -> Floats:
    """(weeks,) logarithm of each week's number over the mean of the year around it, the first `margin` weeks apart."""
    running = np.concatenate([[0.0], np.cumsum(count[margin:])])
    at = np.maximum(np.arange(len(count)) - margin, 0)
    low, high = np.maximum(at - YEAR // 2, 0), np.minimum(at + YEAR // 2 + 1, len(running) - 1)
    mean = (running[high] - running[low]) / (high - low)
    found: Floats = np.log(np.maximum(count, 1) / np.maximum(mean, 1))
    return found


def _correlation(one: Floats, two: Floats, cluster: Ints) -> tuple[float, float]:
    """Pearson's correlation, and its standard error where values of one cluster go together (linearised)."""
    if len(one) < LEAST / 2 or not one.std() or not two.std():
        return np.nan, np.nan
    a, b = ((x - x.mean()) / x.std() for x in (one, two))
    r = float((a * b).mean())
    influence = np.bincount(cluster, a * b - r * (a * a + b * b) / 2)
    return r, float(np.sqrt((influence**2).sum()) / len(a))
