"""How long things take and when they happen."""

from __future__ import annotations

import numpy as np

from synthetic.fidelity.paths import expected_gap, shares
from synthetic.fidelity.walks import DAY, Flags, Floats, Ints, Walks
from synthetic.fidelity.yardstick import Measured

HOUR = 3_600_000  # ms
LEAST = 20  # moves of a kind, below which its durations are not compared
FARTHEST_HOUR = 23.0


def in_days(*logs: Walks) -> bool:
    """Whether the logs must be compared by whole days: one of them knows no clock times."""
    return any(w.log.date_only.mean() > 0.5 for w in logs)


def waits(walks: Walks, days: bool) -> Ints:
    """(moves,) duration of each move, in ms, or in whole days."""
    if not days:
        return walks.wait
    day = walks.time // DAY
    return day[walks.moves + 1] - day[walks.moves]


def durations(real: Walks, other: Walks) -> Measured:
    """Kolmogorov-Smirnov statistic of the durations of each kind of move, weighted by how often the real log has it.

    Kinds of move that the real log has fewer than 20 times are left out; one that the other log lacks counts as 1.
    """
    edge, weight, statistic = durations_by_edge(real, other)
    if not len(edge):
        return Measured(np.nan, why="no kind of move happens 20 times")
    return Measured(float(np.average(statistic, weights=weight)))


def durations_by_edge(real: Walks, other: Walks) -> tuple[Ints, Ints, Floats]:
    """Kinds of move (from x stations + to) met 20 times in the real log, how often, and each one's KS statistic."""
    edge, count = np.unique(real.edge, return_counts=True)
    kept, count = edge[count >= LEAST], count[count >= LEAST]
    days = in_days(real, other)
    codes, values = [], []
    for walks in (real, other):
        known = np.isin(walks.edge, kept)
        codes.append(np.searchsorted(kept, walks.edge[known]))
        values.append(waits(walks, days)[known])
    return kept, count, grouped_ks(codes[0], values[0], codes[1], values[1], len(kept))


def grouped_ks(group: Ints, value: Ints, group_other: Ints, value_other: Ints, groups: int) -> Floats:
    """(groups,) two-sample Kolmogorov-Smirnov statistics, of all groups at once; 1 where a side has no value."""
    which, values = np.concatenate([group, group_other]), np.concatenate([value, value_other])
    mine = np.arange(len(which)) < len(group)
    size, size_other = (np.bincount(g, minlength=groups) for g in (group, group_other))
    order = np.lexsort((values, which))
    which, values, mine = which[order], values[order], mine[order]
    step = np.where(mine, 1 / np.maximum(size[which], 1), -1 / np.maximum(size_other[which], 1))
    running = np.cumsum(step)  # each group adds 1 - 1 = 0, where both sides have values
    last_of_ties = np.append((which[1:] != which[:-1]) | (values[1:] != values[:-1]), True)
    firsts = np.flatnonzero(np.append(True, which[1:] != which[:-1])) if len(which) else np.empty(0, dtype=np.int64)
    before = np.append(0.0, running)[firsts]
    gap = np.abs(running - np.repeat(before, np.diff(firsts, append=len(which)))) * last_of_ties
    found = np.ones(groups)
    found[which[firsts]] = np.maximum.reduceat(gap, firsts) if len(firsts) else 0.0
    found[(size == 0) | (size_other == 0)] = 1.0
    return found


def weekends(real: Walks, other: Walks) -> Measured:
    """Difference of the shares of events on Saturdays and Sundays (UTC), in points."""
    a, b = _is_weekend(real.time), _is_weekend(other.time)
    return shares(real, other, real.journey, other.journey, a, b)


def _is_weekend(time: Ints) -> Flags:
    return (time // DAY + 3) % 7 >= 5  # 1 January 1970 was a Thursday


def slow_together(real: Walks, other: Walks) -> Measured:
    """Difference of the correlation between the durations of a journey's successive moves.

    Durations are first replaced by normal scores within their kind of move (van der Waerden), so that only being slow
    for that move counts. Kinds of move met fewer than 20 times are left out.
    """
    days = in_days(real, other)
    pairs = [_successive_scores(w, days) for w in (real, other)]
    if min(p.shape[1] for p in pairs) < LEAST:
        return Measured(np.nan, why="too few journeys have two moves of common kinds")
    if any((p.std(axis=1) == 0).any() for p in pairs):
        return Measured(np.nan, why="the durations do not vary")
    a, b = (float(np.asarray(np.corrcoef(p))[0, 1]) for p in pairs)
    error = np.hypot(*((1 - r * r) / np.sqrt(p.shape[1]) for r, p in zip((a, b), pairs, strict=True)))
    return Measured(abs(a - b), a, b, chance=expected_gap(float(error)))


def _successive_scores(walks: Walks, days: bool) -> Floats:
    """(2, pairs) normal scores of the durations of two successive moves of one journey."""
    score = normal_scores(walks.edge, waits(walks, days))
    follows = np.flatnonzero(walks.moves[1:] == walks.moves[:-1] + 1)
    follows = follows[walks.journey[walks.moves[follows]] == walks.journey[walks.moves[follows + 1]]]
    pair = np.stack([score[follows], score[follows + 1]])
    return pair[:, ~np.isnan(pair).any(axis=0)]


def normal_scores(group: Ints, value: Ints) -> Floats:
    """Normal scores of the mid-ranks within each group; NaN in groups of fewer than 20."""
    from scipy.special import ndtri
    from scipy.stats import rankdata  # takes a moment to load, and to show a report nothing is measured

    score = np.full(len(group), np.nan)
    order = np.argsort(group, kind="stable")
    firsts = np.flatnonzero(np.append(True, group[order][1:] != group[order][:-1])) if len(group) else np.empty(0, int)
    for rows in np.split(order, firsts[1:]):  # one round a kind of move, not a row
        if len(rows) >= LEAST:
            score[rows] = ndtri((rankdata(value[rows]) - 0.5) / len(rows))
    return score


def clock(real: Walks, other: Walks) -> Measured:
    """Circadian distance, in hours: earth mover's distance of the hours of the day, mean over the seven weekdays.

    As `circadian_event_distribution_distance` of log-distance-measures; a weekday that only one log has counts as 23.
    """
    if in_days(real, other):
        return Measured(np.nan, why="the log holds dates without clock times")
    found: list[float] = []
    for weekday in range(7):
        hours = [(w.time // HOUR)[(w.time // DAY + 3) % 7 == weekday] % 24 for w in (real, other)]
        if all(len(h) for h in hours):
            found.append(_earth_mover(hours).value)
        else:
            found.append(FARTHEST_HOUR if any(len(h) for h in hours) else 0.0)
    return Measured(float(np.mean(found)))


def since_start(real: Walks, other: Walks) -> Measured:
    """Earth mover's distance, in hours, of the times of events since their journey's start (relative events)."""
    return _earth_mover([(w.time - np.repeat(w.start, w.events)) // HOUR for w in (real, other)])


def cycle_time(real: Walks, other: Walks) -> Measured:
    """Earth mover's distance, in hours, of how long journeys last from first to last event, in bins of a day.

    As `cycle_time_distribution_distance` of log-distance-measures with a bin of one day, times 24.
    """
    length = [w.time[w.last] - w.start for w in (real, other)]
    least = min(int(x.min()) for x in length)
    found = _earth_mover([(x - least) // DAY for x in length])
    return Measured(found.value * 24)


def arrivals_in_time(real: Walks, other: Walks) -> Measured:
    """Earth mover's distance, in hours, of the times at which journeys start (case arrivals)."""
    first = min(int(w.start.min()) for w in (real, other)) // HOUR * HOUR
    return _earth_mover([(w.start - first) // HOUR for w in (real, other)])


def _earth_mover(values: list[Ints]) -> Measured:
    from scipy.stats import wasserstein_distance  # takes a moment to load, and to show a report nothing is measured

    return Measured(float(wasserstein_distance(values[0], values[1])))
