"""The two tables as a browser is sent them: in journey order, as differences, so that they are small.

What each column means: docs/contracts.md, "Wire tables".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.dataset import Dataset

DERIVABLE = ("visit", "year", "outcome", "entry")  # a browser works them out from the other columns


def journeys(data: Dataset) -> pa.Table:
    """`after`, `back`, `moves`, `first`, `open`, then every facet that cannot be worked out from them."""
    table = data.journeys
    after = np.diff(table.start, prepend=data.origin)
    columns = {
        "after": pa.array(after.astype(np.uint32)),
        "back": pa.array(_back(table.child)),
        "moves": pa.array(table.moves),
        "first": pa.array(table.first),
        "open": pa.array(table.open.astype(np.uint8)),
    }
    for key, facet in data.facets.items():
        if key in DERIVABLE:
            continue
        column = data.column(key)
        if facet.kind == "category":
            column = column.astype(np.uint8 if len(facet.values) <= 256 else np.uint16)
        columns[key] = pa.array(column)
    return pa.table(columns)


def _back(child: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """How many rows back the same child's journey before is; 0 for its first."""
    rows = np.argsort(child, kind="stable")
    same = np.flatnonzero(child[rows][1:] == child[rows][:-1]) + 1
    back = np.zeros(len(child), dtype=np.uint32)
    back[rows[same]] = rows[same] - rows[same - 1]
    return back


def transitions(data: Dataset) -> pa.Table:
    """`route` and `wait` (seconds from departure to arrival), journey by journey in order of move."""
    table = data.transitions
    rows = data.by_journey
    wait = (table.arrive - table.depart)[rows].astype(np.uint32)
    return pa.table({"route": pa.array(table.route[rows]), "wait": pa.array(wait)})
