"""Whether a classifier can tell real journeys from synthetic ones (classifier two-sample test).

Lopez-Paz and Oquab 2017, with the area under the ROC curve (0.5: it cannot) in place of accuracy.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from synthetic.fidelity.attributes import shared
from synthetic.fidelity.walks import DAY, Floats, Ints, Walks, households
from synthetic.fidelity.yardstick import Measured

MOST = 6_000  # journeys of each log
FOLDS = 5
NONE_THERE = -100.0  # in place of a figure that a journey does not have; below every one that it may have
FIRST_MOVES = 4  # whose stations and durations are features of their own
# By families that come back a program tells even samples of one truth apart: six pairs of samples of the reference
# authority (6,000 children each) gave 0.505 to 0.526. So the floor is never lower than 0.5 and this.
ALWAYS_TOLD = 0.01
MISSING_HERE = 'scikit-learn is not installed: pip install "flowmap[synthetic]"'


def two_sample_auc(real: Walks, other: Walks, seed: int = 0) -> Measured:
    """Cross-validated AUC of gradient-boosted trees that tell the journeys of two logs apart.

    Five folds; the journeys of a child, and of children who first came at one moment (siblings), are in one fold.
    At most 6,000 journeys of each log, drawn by `seed`.
    """
    if find_spec("sklearn") is None:
        return Measured(np.nan, why=MISSING_HERE)
    rng = np.random.default_rng(seed)
    size = min(len(real), len(other), MOST)
    if size < 10 * FOLDS:
        return Measured(np.nan, why="fewer than 50 journeys")
    rows = [np.sort(rng.choice(len(w), size, replace=False)) for w in (real, other)]
    tables = features(real, other)
    table = np.nan_to_num(np.concatenate([t[r] for t, r in zip(tables, rows, strict=True)]), nan=NONE_THERE)
    label = np.repeat([0, 1], size)
    household = np.concatenate(
        [households(w)[r] * 2 + side for side, (w, r) in enumerate(zip((real, other), rows, strict=True))]
    )
    if len(np.unique(household)) < 10 * FOLDS:
        return Measured(np.nan, why="nearly all journeys start at one moment")
    auc = _cross_validated(table, label, household, seed)
    # The standard error of AUC where there is nothing to find (Mann-Whitney; households count, as theirs are alike),
    # and the mean of |AUC - 0.5| that follows.
    alike = len(np.unique(household)) / 2
    chance = np.sqrt((2 * alike + 1) / (12 * alike**2)) * np.sqrt(2 / np.pi)
    return Measured(max(auc, 1 - auc), chance=max(float(chance), ALWAYS_TOLD))


def _cross_validated(table: Floats, label: Ints, household: Ints, seed: int) -> float:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold
    from threadpoolctl import threadpool_limits

    found: list[float] = []
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(table, label, household):
        model: Any = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, random_state=seed)
        with threadpool_limits(1):  # small tables: on a busy machine threads wait for each other longer than they work
            model.fit(table[train], label[train])
            found.append(float(roc_auc_score(label[test], model.predict_proba(table[test])[:, 1])))
    return float(np.mean(found))


def features(real: Walks, other: Walks) -> tuple[Floats, Floats]:
    """One row a journey of each log: when, which stations, how long, how many before, and the attributes."""
    columns = shared(real, other)
    births = real.log.birth is not None and other.log.birth is not None
    found = [
        np.column_stack([_shape(walks, births), *(pair[side] for pair in columns.values())]).astype(np.float64)
        for side, walks in enumerate((real, other))
    ]
    return found[0], found[1]


def _shape(walks: Walks, births: bool) -> Floats:
    size = len(walks.names)
    visited = np.bincount(walks.journey * size + walks.station, minlength=len(walks) * size).reshape(-1, size)
    start = walks.start
    month = start.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    parts = [
        month // 6,  # not the day or month: siblings start together, and a program would know their log by it
        month % 12,
        (start // DAY + 3) % 7,
        start % DAY // 3_600_000,
        walks.events,
        (walks.time[walks.last] - start) / DAY,
        walks.visit,
        _since_last(walks),
        walks.station[walks.last],
        visited,
        _first_moves(walks),
    ]
    if births and walks.log.birth is not None:
        born = walks.log.birth[walks.child].astype(np.float64)
        parts.append(np.where(born < -1e17, np.nan, (start - born) / (365.25 * DAY)))
    return np.column_stack(parts)


def _since_last(walks: Walks) -> Floats:
    """(j,) days since the start of the child's journey before; NaN for the first."""
    order = np.lexsort((walks.visit, walks.child))
    child, start = walks.child[order], walks.start[order]
    gap = np.full(len(walks), np.nan)
    same = child[1:] == child[:-1]
    gap[order[1:][same]] = (start[1:] - start[:-1])[same] / DAY
    return gap


def _first_moves(walks: Walks) -> Floats:
    """(j, 2 x moves) station and days of each of a journey's first moves; NaN where it has none."""
    found = np.full((len(walks), 2 * FIRST_MOVES), np.nan)
    for k in range(FIRST_MOVES):
        longer = np.flatnonzero(walks.events > k + 1)
        at = walks.begin[longer] + k
        found[longer, 2 * k] = walks.station[at + 1]
        found[longer, 2 * k + 1] = (walks.time[at + 1] - walks.time[at]) / DAY
    return found
