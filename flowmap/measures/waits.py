"""Quantiles of completed waits for any cohort, without sorting: the moves are put in order once for a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.measures.beside import Beside
from flowmap.ordering import order

By = Literal["route", "station"]
BY: tuple[By, ...] = get_args(By)


@dataclass(frozen=True)
class Waits:
    """Moves (m,) by group (their route, or the station they leave), then by wait: `row` in the table, `wait` (seconds).

    Those of group g lie from `ends[g]` to `ends[g + 1]`.
    """

    row: npt.NDArray[np.uint32]
    wait: npt.NDArray[np.integer]
    ends: tuple[int, ...]

    def quantiles(self, kept: Mask, shares: tuple[float, ...]) -> list[tuple[float, ...]]:
        """For each group the quantiles of the waits of the moves (m,) `kept`, as `of`."""
        return [self.of(group, kept, shares) for group in range(len(self.ends) - 1)]

    def of(self, group: int, kept: Mask, shares: tuple[float, ...]) -> tuple[float, ...]:
        """The quantiles of one group (seconds), NaN where no move of it is kept.

        Between two ranks they are interpolated straight (type 7 of Hyndman and Fan), as `quantiles_by_group` does.
        """
        begin, end = self.ends[group], self.ends[group + 1]
        chosen = np.flatnonzero(kept[self.row[begin:end]])
        if not len(chosen):
            return (float("nan"),) * len(shares)
        wait, most = self.wait[begin:end], len(chosen) - 1
        found = []
        for share in shares:
            below = int(share * most)
            lower, upper = (int(wait[chosen[rank]]) for rank in (below, min(below + 1, most)))
            found.append(lower + (upper - lower) * (share * most - below))
        return tuple(found)


def _in_order(data: Dataset, by: By) -> Waits:
    moves = data.transitions
    group = moves.route if by == "route" else data.route_from.astype(np.uint16)[moves.route]
    groups = len(data.route_from) if by == "route" else len(data.stations)
    wait = moves.arrive - moves.depart
    row = order(group, wait).astype(np.uint32)
    count = np.bincount(group, minlength=groups)
    wait = wait.astype(np.min_scalar_type(int(wait.max(initial=0))))
    return Waits(row, wait[row], (0, *np.cumsum(count).tolist()))


waits: Beside[Waits] = Beside(_in_order)
"""The waits of a dataset by "route" or "station"."""
