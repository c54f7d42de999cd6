"""Where journeys go: moves, whole paths, and whether they end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.fidelity.walks import DAY, Flags, Ints, Walks, mix
from synthetic.fidelity.yardstick import Measured

TOP_PATHS = 20
LUCK = 0.001
GRAM = 3  # the default of log-distance-measures


def total_variation(real: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """Half the sum of differences of two tables of counts, each taken as shares: 0 (alike) to 1 (nothing in common)."""
    if not real.sum() or not other.sum():
        return float(bool(real.sum()) != bool(other.sum()))
    return float(np.abs(real / real.sum() - other / other.sum()).sum() / 2)


def counts(real: npt.NDArray[Any], other: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """How often each value of either column is in the first, and in the second."""
    values, codes = np.unique(np.concatenate([real, other]), return_inverse=True)
    size = len(values)
    return np.bincount(codes[: len(real)], minlength=size), np.bincount(codes[len(real) :], minlength=size)


def edges(real: Walks, other: Walks) -> Measured:
    """Total variation of the shares of moves (from, to)."""
    return Measured(total_variation(*counts(real.edge, other.edge)))


def new_moves(real: Walks, other: Walks) -> Measured:
    """Share of the other log's moves that the real log never has; so are journeys that begin where none begins."""
    moves = ~np.isin(other.edge, real.edge)
    starts = ~np.isin(other.station[other.begin], real.station[real.begin])
    return Measured(float(np.concatenate([moves, starts]).mean()))


def common_paths(real: Walks, other: Walks) -> Measured:
    """Total variation over the real log's 20 commonest paths, and all others as one."""
    here, there = counts(real.path, other.path)
    top = np.argsort(-here, kind="stable")[:TOP_PATHS]
    rest = np.ones(len(here), dtype=bool)
    rest[top] = False
    table = [np.append(c[top], c[rest].sum()) for c in (here, there)]
    return Measured(total_variation(table[0], table[1]))


def unseen_paths(real: Walks, other: Walks) -> Measured:
    """Difference between the shares of journeys whose path is unlike any in the real log.

    For the real log that share is of journeys whose path no journey of another child has, which is what a new sample
    of the same truth would be expected to show.
    """
    unseen, alone = ~np.isin(other.path, real.path), is_alone(real)
    error = np.hypot(share_error(unseen, other.child), share_error(alone, real.child))
    gap = abs(float(unseen.mean() - alone.mean()))
    return Measured(gap, float(alone.mean()), float(unseen.mean()), chance=expected_gap(float(error)))


def is_alone(walks: Walks) -> Flags:
    """(j,) whether no other child's journey has this path; their share estimates the unseen (Good-Turing)."""
    pair = np.unique(np.stack([walks.path, walks.child.astype(np.uint64)], axis=1), axis=0)
    _, code, children = np.unique(pair[:, 0], return_inverse=True, return_counts=True)
    return np.isin(walks.path, pair[children[code] == 1][:, 0])


def grams(real: Walks, other: Walks) -> Measured:
    """Distance of the counts of three stations in a row, ends of journeys counted as stations (two on each side).

    As `n_gram_distribution_distance` of log-distance-measures (Chapela-Campa and others 2023), but each log's counts
    taken as shares, so that logs of different size can be compared; for logs of one size it is the same.
    """
    return Measured(total_variation(*counts(_grams(real), _grams(other))))


def _grams(walks: Walks) -> npt.NDArray[np.uint64]:
    """One hash for every run of three stations, journeys padded with two blanks at both ends."""
    pad = GRAM - 1
    begin = walks.begin + pad * np.arange(len(walks)) + pad  # each journey has `pad` blanks before it, shared with
    codes = np.zeros(len(walks.station) + pad * (len(walks) + 1), dtype=np.uint64)  # the one before
    place = np.arange(len(walks.station)) - np.repeat(walks.begin, walks.events) + np.repeat(begin, walks.events)
    codes[place] = walks.station.astype(np.uint64) + np.uint64(1)
    found = np.zeros(len(codes) - pad, dtype=np.uint64)
    for k in range(GRAM):
        found += mix(codes[k : len(codes) - pad + k] * np.uint64(GRAM) + np.uint64(k))
    return found


def open_share(real: Walks, other: Walks) -> Measured:
    """Difference of the shares of journeys without an exit, in points."""
    return shares(real, other, np.arange(len(real)), np.arange(len(other)), real.open, other.open)


def shares(
    real: Walks, other: Walks, which: Ints, which_other: Ints, hit: npt.NDArray[Any], hit_other: npt.NDArray[Any]
) -> Measured:
    """The difference, in points, between two shares of journeys; chance by children, who have several journeys each."""
    if not len(which) or not len(which_other):
        return Measured(np.nan, why="one of the logs has none")
    a, b = float(hit.mean()), float(hit_other.mean())
    spread = np.hypot(
        share_error(hit, real.child[which]),
        share_error(hit_other, other.child[which_other]),
    )
    return Measured(100 * abs(a - b), 100 * a, 100 * b, chance=100 * expected_gap(float(spread)))


def share_error(hit: npt.NDArray[Any], child: Ints) -> float:
    """Standard error of a share whose rows come in clusters, one a child (linearised; Cochran 1977, section 9A)."""
    share = hit.mean()
    _, cluster = np.unique(child, return_inverse=True)
    residual = np.bincount(cluster, weights=hit - share)
    return float(np.sqrt((residual**2).sum()) / len(hit))


def expected_gap(error: float) -> float:
    """The mean distance between two figures whose difference is normal around 0 with this standard error."""
    return error * float(np.sqrt(2 / np.pi))


def outside_window(real: Walks, other: Walks) -> Measured:
    """Share of events more than a week outside the days of the real log, or before birth where that cannot be.

    A week, as a log may end with a holiday. It cannot be at a station where the real log has no event before birth,
    unless that is chance: were the other log's events before birth dealt to both logs, all would fall to the other with
    a probability of at least 1 in 1,000.
    """
    first, last = (t // DAY for t in real.window)
    day = other.time // DAY
    wrong = (day < first - 7) | (day > last + 7)
    early = before_birth(other)
    size = len(real.names)
    seen, seen_other = (np.bincount(w.station, minlength=size) for w in (real, other))
    here = np.bincount(real.station[before_birth(real)], minlength=size)
    there = np.bincount(other.station[early], minlength=size)
    chance = (seen_other / np.maximum(seen + seen_other, 1)) ** there
    never = (here == 0) & (chance < LUCK)
    return Measured(float((wrong | (early & never[other.station])).mean()))


def before_birth(walks: Walks) -> Flags:
    """(n,) which events are on a day before the child's birth; none where births are not known."""
    if walks.log.birth is None:
        return np.zeros(len(walks.station), dtype=bool)
    born = walks.log.birth[walks.child][walks.journey]
    return (born != np.iinfo(np.int64).min) & (walks.time // DAY < born // DAY)
