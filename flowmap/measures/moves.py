"""Moves from station to station: how many, how many within a day, how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.measures.behind import Behind, Row
from flowmap.measures.options import say_day
from flowmap.transitions import quantiles_by_group

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
    route, depart, arrive = table.route[kept], table.depart[kept], table.arrive[kept]
    count = np.bincount(route, minlength=len(data.route_from))
    same_day = np.bincount(route[_on_one_day(depart, arrive)], minlength=len(count))
    median, p90 = quantiles_by_group(route, arrive - depart, len(count), (0.5, 0.9))
    found = np.flatnonzero(count)
    found = found[np.lexsort((data.route_to[found], data.route_from[found], -count[found]))]
    return [
        Move(
            int(data.route_from[r]),
            int(data.route_to[r]),
            int(count[r]),
            int(same_day[r]),
            float(median[r]) / HOUR,
            float(p90[r]) / HOUR,
        )
        for r in found
    ]


def _made(data: Dataset, mask: Mask, at: int | None) -> Mask | slice:
    table = data.transitions
    by_then = None if at is None or at >= data.last else table.arrive <= at
    if mask.all():
        return slice(None) if by_then is None else by_then
    kept: Mask = mask[table.journey]
    return kept if by_then is None else kept & by_then


def _on_one_day(depart: Seconds, arrive: Seconds) -> Mask:
    same: Mask = depart // DAY == arrive // DAY
    return same


def behind(data: Dataset, mask: Mask, row: Row, count: str, at: int | None = None) -> Behind:
    """The moves that `count` of a row of the table counts, each when it arrived."""
    table = data.transitions
    route = np.flatnonzero((data.route_from == data.index[row["from"]]) & (data.route_to == data.index[row["to"]]))
    kept = np.zeros(len(table), dtype=bool)
    kept[_made(data, mask, at)] = True
    kept &= np.isin(table.route, route)
    said = f"Moves from {row['from_label']} to {row['to_label']}"
    if at is not None and at < data.last:
        said += f" by {say_day(at)}"
    if count == "same_day":
        kept &= _on_one_day(table.depart, table.arrive)
        said += " within a day"
    made = np.flatnonzero(kept)
    return Behind("moves", said, table.journey[made].astype(np.int64), table.arrive[made])
