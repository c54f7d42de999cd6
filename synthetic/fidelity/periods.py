"""What a period (an inspection) did: to how long work took, and to how it ended."""

from __future__ import annotations

import numpy as np

from synthetic.fidelity.paths import expected_gap
from synthetic.fidelity.returns import nfa_exits
from synthetic.fidelity.times import in_days, waits
from synthetic.fidelity.walks import DAY, Floats, Walks
from synthetic.fidelity.yardstick import Measured

YEAR = 364 * DAY  # 52 weeks, so that a period and its year before have the same weekdays
LEAST = 10  # moves of a kind during the period, and before, that a ratio can be taken of


def busiest_station(walks: Walks) -> int:
    """The station where most of all waiting happens."""
    spent = np.bincount(walks.station[walks.moves], weights=walks.wait / DAY, minlength=len(walks.names))
    return int(spent.argmax())


def slowest_of(walks: Walks) -> int:
    """“assessment” by name, where most moves leave from of all that take a day; else the busiest station."""
    for i, name in enumerate(walks.names):
        if "assessment" in name.lower() and np.any(walks.station[walks.moves] == i):
            return i
    return busiest_station(walks)


def duration_ratio(walks: Walks, station: int, first: int, last: int, days: bool) -> tuple[float, float]:
    """Mean duration of stays at a station under way in the period, over that in the same weeks a year before.

    A stay counts where it touches the period (ms UTC, both ends included) at all. With it, the ratio's standard error
    (delta method). NaN where either time has fewer than 10.
    """
    here = walks.station[walks.moves] == station
    depart, arrive = walks.time[walks.moves][here], walks.time[walks.moves + 1][here]
    wait = waits(walks, days)[here].astype(np.float64)
    kept = [wait[(depart <= last - back) & (arrive >= first - back)] for back in (0, YEAR)]
    return _ratio(kept[0], kept[1])


def nfa_ratio(walks: Walks, first: int, last: int) -> tuple[float, float]:
    """Share of journeys ended in the period that ended in NFA, over that share in the same weeks a year before.

    With it, the ratio's standard error.
    """
    end, nfa = walks.time[walks.last], np.isin(walks.station[walks.last], nfa_exits(walks)).astype(np.float64)
    kept = [nfa[~walks.open & (end >= first - back) & (end <= last - back)] for back in (0, YEAR)]
    return _ratio(kept[0], kept[1])


def _ratio(during: Floats, before: Floats) -> tuple[float, float]:
    if min(len(during), len(before)) < LEAST or not before.mean():
        return np.nan, np.nan
    ratio = float(during.mean() / before.mean())
    relative = [x.std() / max(x.mean(), 1e-12) / np.sqrt(len(x)) for x in (during, before)]
    return ratio, ratio * float(np.hypot(*relative))


def duration_effect(real: Walks, other: Walks, first: int, last: int) -> Measured:
    """Difference of the two logs' ratios of durations, in the period against a year before."""
    station, days = slowest_of(real), in_days(real, other)
    return _gap(*(duration_ratio(w, station, first, last, days) for w in (real, other)))


def nfa_effect(real: Walks, other: Walks, first: int, last: int) -> Measured:
    """Difference of the two logs' ratios of NFA shares, in the period against a year before."""
    return _gap(*(nfa_ratio(w, first, last) for w in (real, other)))


def _gap(a: tuple[float, float], b: tuple[float, float]) -> Measured:
    if np.isnan(a[0]) or np.isnan(b[0]):
        return Measured(np.nan, why="too few in the period, or a year before it")
    return Measured(abs(a[0] - b[0]), a[0], b[0], chance=expected_gap(float(np.hypot(a[1], b[1]))))
