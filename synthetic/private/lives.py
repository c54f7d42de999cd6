"""A log as children's lives, in a way that what becomes of one child depends on nobody else.

The reader of the other mode (model/history.py) looks at all children together: for the window, for rare stations, for
where journeys end. Here these are declared, or names that the ledger let out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, EventLog
from synthetic.model.days import SECONDS
from synthetic.model.history import History

Ints = npt.NDArray[np.int64]


def lives(log: EventLog, names: Sequence[str], exits: Collection[str], first: int, last: int) -> History:
    """Events at stations in `names` from day `first` to `last`, child by child, journey by journey, in order.

    A journey ends where the log's case changes, or after an exit where it has no cases.
    """
    place = {name: at for at, name in enumerate(names)}
    station = np.array([place.get(name, -1) for name in log.stations], dtype=np.int64)[log.station]
    time = log.time // 1000
    rows = np.flatnonzero((station >= 0) & (time >= first * SECONDS) & (time < (last + 1) * SECONDS))
    child, when = log.child[rows].astype(np.int64), time[rows]
    case = np.zeros(len(rows), dtype=np.int64) if log.case is None else log.case[rows].astype(np.int64)
    order = _order(child, when, case)
    rows, child, when, case = rows[order], child[order], when[order], case[order]
    station = station[rows]
    ends = np.array([name in exits for name in names], dtype=bool)
    starts = np.concatenate([[True], child[1:] != child[:-1]])[: len(child)]
    begins = starts.copy()
    if log.case is None:
        begins[1:] |= ends[station[:-1]]
    else:
        begins[1:] |= case[1:] != case[:-1]
    journey = np.cumsum(begins) - 1
    visit = journey - np.maximum.accumulate(np.where(starts, journey, 0))
    birth = np.full(len(log.child_ids), NO_TIME) if log.birth is None else log.birth
    born = np.where(birth == NO_TIME, NO_TIME, birth // 1000 // SECONDS)
    return History(
        rows, child, station, when, when // SECONDS, begins, journey, visit, list(names), ends, born, first, last
    )


def _order(child: Ints, when: Ints, case: Ints) -> Ints:
    """By child, then case in the order in which they began, then time; events at one time stay as they stand."""
    if not len(child):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((when, case, child))
    new = np.concatenate([[True], (child[order][1:] != child[order][:-1]) | (case[order][1:] != case[order][:-1])])
    at = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    began = np.empty(len(order), dtype=np.int64)
    began[order] = when[order][at]
    return np.lexsort((when, case, began, child))
