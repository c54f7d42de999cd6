"""Moves from station to station: how many, how many within a day, how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.measures.behind import Behind, Row
from flowmap.measures.beside import Beside
from flowmap.measures.occupancy import moves_of
from flowmap.measures.options import say_day
from flowmap.measures.waits import waits

HOUR = 3600  # seconds


@dataclass(frozen=True)
class Move:
    """Moves `start` → `stop` (station indices). `same_day` of them begin and end on one UTC day.

    `median_hours` and `p90_hours` are of completed moves: those still under way are not in them.
    """

    start: int
    stop: int
    count: int
    same_day: int
    median_hours: float
    p90_hours: float

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """With ids and labels of stations."""
        start, stop = data.stations[self.start], data.stations[self.stop]
        return {
            "from": start.id,
            "to": stop.id,
            "from_label": start.label,
            "to_label": stop.label,
            "count": self.count,
            "same_day": self.same_day,
            "median_hours": self.median_hours,
            "p90_hours": self.p90_hours,
        }


def moves(data: Dataset, mask: Mask, at: int | None = None) -> list[Move]:
    """The moves that journeys of `mask` made by an instant (None: all), commonest first, then by station."""
    table = data.transitions
    kept = _made(data, mask, at)
    count = np.bincount(table.route[kept], minlength=len(data.route_from))
    same_day = np.bincount(table.route[kept & _same_day(data)], minlength=len(count))
    waited = waits(data, "route").quantiles(kept, (0.5, 0.9))
    found = np.flatnonzero(count)
    found = found[np.lexsort((data.route_to[found], data.route_from[found], -count[found]))]
    return [
        Move(
            int(data.route_from[r]),
            int(data.route_to[r]),
            int(count[r]),
            int(same_day[r]),
            waited[r][0] / HOUR,
            waited[r][1] / HOUR,
        )
        for r in found
    ]


def _made(data: Dataset, mask: Mask, at: int | None) -> Mask:
    """(m,) the moves that journeys of `mask` made by an instant."""
    made = moves_of(data, mask)
    return made if at is None or at >= data.last else made & (data.transitions.arrive <= at)


def _on_one_day(data: Dataset) -> Mask:
    return data.transitions.depart // DAY == data.transitions.arrive // DAY


_same_day = Beside(_on_one_day)


def behind(data: Dataset, mask: Mask, row: Row, count: str, at: int | None = None) -> Behind:
    """The moves that `count` of a row of the table counts, each when it arrived."""
    table = data.transitions
    route = np.flatnonzero((data.route_from == data.index[row["from"]]) & (data.route_to == data.index[row["to"]]))
    kept = _made(data, mask, at) & np.isin(table.route, route)
    said = f"Moves from {row['from_label']} to {row['to_label']}"
    if at is not None and at < data.last:
        said += f" by {say_day(at)}"
    if count == "same_day":
        kept &= _same_day(data)
        said += " within a day"
    made = np.flatnonzero(kept)
    return Behind("moves", said, table.journey[made].astype(np.int64), table.arrive[made])
