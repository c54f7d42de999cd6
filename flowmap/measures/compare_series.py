"""Both sides of a comparison on one clock: who was there, came and went, by days from each side's day 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from flowmap.dataset import DAY, iso
from flowmap.eventlog import OptionError
from flowmap.measures.compare_figures import Side
from flowmap.measures.flow import FlowBin, flow_between

Step = Literal["day", "week"]
DAYS = {"day": 1, "week": 7}
MOST_BINS = 20_000


@dataclass(frozen=True)
class Aligned:
    """Bins by their first day, counted from day 0; a side is None where its period has not the whole bin."""

    left: Side
    right: Side
    step: Step
    bins: list[tuple[int, FlowBin | None, FlowBin | None]]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "bin": self.step,
            "align": {"left": iso(self.left.day_zero)[:10], "right": iso(self.right.day_zero)[:10]},
            "bins": [
                {"day": day, "left": left and _plain(left), "right": right and _plain(right)}
                for day, left, right in self.bins
            ],
        }


def _plain(one: FlowBin) -> dict[str, Any]:
    return {"from": iso(one.start)[:10], "stock": one.stock, "arrivals": one.arrivals, "exits": one.exits}


def aligned(left: Side, right: Side, step: Step = "week") -> Aligned:
    """Every bin that either side's period has whole, from the earliest to the latest.

    A bin begins a whole number of days or weeks from day 0. Raises OptionError where the two lie too far apart.
    """
    one, other = _bins(left, step), _bins(right, step)
    days = np.array([*one, *other], dtype=np.int64)
    if not len(days):
        return Aligned(left, right, step, [])
    low, high = int(days.min()), int(days.max())
    if (high - low) // DAYS[step] >= MOST_BINS:
        raise OptionError("Day 0 of the two sides lies too far from their periods.", remedy="Choose a nearer day.")
    return Aligned(left, right, step, [(n, one.get(n), other.get(n)) for n in range(low, high + 1, DAYS[step])])


def _bins(side: Side, step: Step) -> dict[int, FlowBin]:
    """A side's bins by their first day."""
    length = DAYS[step] * DAY
    first = -((side.day_zero - side.within.begin) // length)
    last = (side.within.end - side.day_zero) // length
    edges = side.day_zero + np.arange(first, last + 1) * length
    if len(edges) < 2:
        return {}
    found = flow_between(side.data, side.mask, edges)
    return {(one.start - side.day_zero) // DAY: one for one in found}


COLUMNS = ("day", *(f"{side}_{name}" for side in ("left", "right") for name in ("from", "stock", "arrivals", "exits")))


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a bin a row."""
    return [
        {"day": one["day"], **{f"{side}_{k}": v for side in ("left", "right") for k, v in (one[side] or {}).items()}}
        for one in found["bins"]
    ]
