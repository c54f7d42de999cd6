"""Stock, arrivals and exits, day by day, week by week or month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from flowmap.dataset import Dataset, Mask, Seconds, iso, seconds
from flowmap.measures.behind import Behind, Row
from flowmap.measures.options import say_day

Bin = Literal["day", "week", "month"]
MONDAY = np.datetime64("1970-01-05", "D")  # the first Monday of the epoch
MOST_BINS = 200_000


@dataclass(frozen=True)
class FlowBin:
    """One bin: `stock` journeys active at its start; `arrivals` that start in it, `exits` that reach an exit in it."""

    start: int
    stock: int
    arrivals: int
    exits: int

    def to_json(self) -> dict[str, Any]:
        """With its start as ISO 8601."""
        return {"start": iso(self.start), "stock": self.stock, "arrivals": self.arrivals, "exits": self.exits}


def edges(first: int, last: int, by: Bin) -> Seconds:
    """(bins + 1,) starts of the bins from the one with `first` to the one with `last`, and the end of that.

    Days and months are of UTC; weeks start on Monday.
    """
    begin = np.datetime64(first, "s").astype("datetime64[D]")
    end = np.datetime64(last, "s").astype("datetime64[D]")
    if by == "month":
        months = np.arange(begin.astype("datetime64[M]"), end.astype("datetime64[M]") + 2)
        found = months.astype("datetime64[s]")
    else:
        step = 7 if by == "week" else 1
        if by == "week":
            begin -= (begin - MONDAY).astype(np.int64) % 7
        days = (end - begin).astype(np.int64) // step + 2
        found = (begin + np.arange(days) * step).astype("datetime64[s]")
    return found.astype(np.int64)


def flow(data: Dataset, mask: Mask, by: Bin = "week") -> list[FlowBin]:
    """The bins that cover the data, for the journeys of `mask`."""
    return flow_between(data, mask, edges(data.first, data.last, by))


def flow_between(data: Dataset, mask: Mask, found: Seconds) -> list[FlowBin]:
    """The bins between edges (bins + 1,), for the journeys of `mask`."""
    start = data.journeys.start[mask]
    until = np.sort(data.until[mask])
    left = np.sort(data.journeys.end[_reach_an_exit(data, mask)])
    begin = found[:-1]
    stock = np.searchsorted(start, begin, side="right") - np.searchsorted(until, begin, side="left")
    arrivals = np.diff(np.searchsorted(start, found, side="left"))
    exits = np.diff(np.searchsorted(left, found, side="left"))
    rows = zip(begin.tolist(), stock.tolist(), arrivals.tolist(), exits.tolist(), strict=True)
    return [FlowBin(*row) for row in rows]


def _reach_an_exit(data: Dataset, mask: Mask) -> Mask:
    left: Mask = mask & data.exits[data.journeys.last]
    return left


def behind(data: Dataset, mask: Mask, row: Row, count: str, by: Bin = "week") -> Behind:
    """The journeys that `count` of a row of the table counts."""
    begin, table = seconds(row["start"]), data.journeys
    if count == "stock":
        kept = mask & (table.start <= begin) & (data.until >= begin)
        return Behind.of_journeys(f"Journeys active at the start of {say_day(begin)}", kept)
    end = int(edges(begin, begin, by)[1])
    moment, chosen = (table.start, mask) if count == "arrivals" else (table.end, _reach_an_exit(data, mask))
    made = np.flatnonzero(chosen & (moment >= begin) & (moment < end))
    did = "began" if count == "arrivals" else "reached an exit"
    said = f"Journeys that {did} in the {by} from {say_day(begin)}"
    return Behind("journeys", said, made, moment[made])
