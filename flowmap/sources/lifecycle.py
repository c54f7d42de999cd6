"""Start and complete of one visit, told as two events, become one.

Only the standard transitions `start` and `complete` (IEEE 1849, lifecycle extension) pair. Within one
child, journey, station and, where there is one, instance, the first start belongs to the first complete
after it, the second to the second, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

STANDARD = {
    "schedule",
    "assign",
    "withdraw",
    "reassign",
    "start",
    "suspend",
    "resume",
    "pi_abort",
    "ate_abort",
    "complete",
    "autoskip",
    "manualskip",
    "unknown",
}
START, COMPLETE, OTHER = 0, 1, 2
Rows = npt.NDArray[np.int64]


def steps(codes: npt.NDArray[np.int32], values: Sequence[str]) -> npt.NDArray[np.int8] | None:
    """START, COMPLETE or OTHER for each event; None for a log with only one of the two, or with words of its own."""
    words = [v.strip().lower() for v in values]
    if not {"start", "complete"} <= set(words) or not set(words) <= STANDARD:
        return None
    table = np.array([{"start": START, "complete": COMPLETE}.get(w, OTHER) for w in words] + [OTHER], dtype=np.int8)
    return table[codes]


def pair(
    keys: Sequence[npt.NDArray[Any]], time: npt.NDArray[np.int64], step: npt.NDArray[np.int8]
) -> tuple[Rows, Rows]:
    """(rows of starts, rows of their completes). `keys` are integer columns that a start and its complete share."""
    rows = np.flatnonzero(step != OTHER)
    group = _group([key[rows] for key in keys])
    order = np.lexsort((rows, step[rows], time[rows], group))
    rows, group = rows[order], group[order]
    rows, group = _without_unstarted(rows, group, step[rows] == START)
    start = step[rows] == START
    starts, completes = rows[start], rows[~start]
    number = int(group.max()) + 1 if len(group) else 0
    finished = np.bincount(group[~start], minlength=number)
    rank = pd.Series(group[start]).groupby(group[start]).cumcount().to_numpy()
    return starts[rank < finished[group[start]]], completes


def _group(keys: Sequence[npt.NDArray[Any]]) -> Rows:
    """One number for each combination of the keys."""
    group = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        wide = group * (int(key.max(initial=0)) + 2) + key + 1
        group = pd.factorize(wide)[0].astype(np.int64)
    return group


def _without_unstarted(rows: Rows, group: Rows, start: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Take out each complete that has no start before it: where the balance of its group reaches a new low."""
    if not len(rows):
        return rows, group
    first = np.r_[True, group[1:] != group[:-1]]
    step = np.where(start, 1, -1)
    total = np.cumsum(step)
    balance = total - (total - step)[first][np.cumsum(first) - 1]
    low = np.minimum(pd.Series(balance).groupby(group).cummin().to_numpy(), 0)
    before = np.where(first, 0, np.r_[0, low[:-1]])
    keep = start | (balance >= before)
    return rows[keep], group[keep]
