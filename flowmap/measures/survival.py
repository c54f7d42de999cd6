"""Time to an event where some have not had it yet: Kaplan–Meier and Aalen–Johansen, over whole days.

A duration of 0 days counts. On one day events come before censoring: who is censored on a day was at risk on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.measures.intervals import Z95

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WAITING, REACHED, OTHER = 0, 1, 2  # what became of each: censored, the event, another event that rules it out
MOST_POINTS = 400  # of a curve that goes to a page
EXACT = 1e-9  # shares nearer than this are equal


@dataclass(frozen=True)
class Curve:
    """Steps at each `day` on which something happened, from the first: after that day's events.

    `at_risk` were neither censored nor done before the day; `left` had neither event (Kaplan–Meier of both together);
    `reached` and `other` had the one or the other (Aalen–Johansen), so left + reached + other = 1. `alone` is the share
    that would have reached it were `other` only censoring (one minus Kaplan–Meier), between `low` and `high` (95%).
    """

    n: int
    day: Ints
    at_risk: Ints
    left: Floats
    reached: Floats
    other: Floats
    alone: Floats
    low: Floats
    high: Floats
    durations: Ints  # sorted

    def step(self, day: float) -> int:
        """The row in force on a day, -1 before the first."""
        return int(np.searchsorted(self.day, day, side="right")) - 1

    def risk_on(self, day: int) -> int:
        """How many were still at risk at the start of a day."""
        return self.n - int(np.searchsorted(self.durations, day, side="left"))

    def followed(self, day: int) -> bool:
        """Whether anybody was watched as long as that, or nothing is left to happen."""
        return self.risk_on(day) > 0 or (len(self.left) > 0 and self.left[-1] <= EXACT)

    def quantile(self, share: float) -> float | None:
        """The first day by which that share of those who reach it at all had done so; None where it is not seen.

        Those who reach it at all: where nothing else can happen, all (then this is Kaplan–Meier's quantile); otherwise
        the share that had reached it by the end of the curve, and of those then still waiting the same part of them as
        of those decided.
        """
        if not len(self.day):
            return None
        decided = self.reached[-1] + self.other[-1]
        if self.reached[-1] <= 0:
            return None
        ever = self.reached[-1] / decided
        row = int(np.searchsorted(self.reached, share * ever - EXACT, side="left"))
        return float(self.day[row]) if row < len(self.day) else None

    def points(self, most: int = MOST_POINTS) -> Ints:
        """Rows to draw: all, or at most that many, the first and the last among them."""
        rows = np.arange(len(self.day))
        return rows if len(rows) <= most else np.unique(np.linspace(0, len(rows) - 1, most).round().astype(np.int64))

    def to_json(self) -> dict[str, Any]:
        """The points to draw, as columns."""
        rows = self.points()
        columns = ("day", "at_risk", "reached", "other", "alone", "low", "high")
        return {name: _said(getattr(self, name)[rows]) for name in columns}


def _said(column: npt.NDArray[Any]) -> list[Any]:
    """A column with None where nothing is known."""
    return [None if value != value else value for value in column.tolist()]


def curve(days: Ints, outcome: npt.NDArray[np.integer]) -> Curve:
    """The curve of durations in days (n,) that ended as `outcome` (n,) says: WAITING, REACHED or OTHER."""
    if not len(days):
        nothing, none = np.empty(0, dtype=np.int64), np.empty(0)
        return Curve(0, nothing, nothing, none, none, none, none, none, none, nothing)
    size = int(days.max()) + 1
    ended = np.bincount(outcome * np.int64(size) + days, minlength=3 * size).reshape(3, size)  # by outcome and day
    all_of, reached, other = ended.sum(axis=0), ended[REACHED], ended[OTHER]
    day = np.flatnonzero(reached + other)
    at_risk = (len(days) - np.cumsum(all_of) + all_of)[day]
    reached, other = reached[day], other[day]
    left = np.cumprod(1 - (reached + other) / at_risk)
    before = np.concatenate([[1.0], left[:-1]])
    alone, low, high = _kaplan_meier(reached, at_risk)
    return Curve(
        n=len(days),
        day=day,
        at_risk=at_risk,
        left=left,
        reached=np.cumsum(before * reached / at_risk),
        other=np.cumsum(before * other / at_risk),
        alone=alone,
        low=low,
        high=high,
        durations=np.repeat(np.arange(size), all_of),
    )


def _kaplan_meier(events: Ints, at_risk: Ints) -> tuple[Floats, Floats, Floats]:
    """One minus Kaplan–Meier, with Greenwood's variance on the scale of log(-log) (Kalbfleisch and Prentice 1980)."""
    left: Floats = 1 - np.divide(events, at_risk, dtype=np.float64)
    survival = np.cumprod(left)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events).astype(float)))
        log = np.log(survival)
        half = Z95 * np.sqrt(variance) / np.abs(log)
        low, high = 1 - survival ** np.exp(-half), 1 - survival ** np.exp(half)
    sure = survival <= EXACT  # nobody is left: nothing says how sure that is
    none = survival >= 1 - EXACT
    low = np.where(none, 0.0, np.where(sure, np.nan, low))
    high = np.where(none, 0.0, np.where(sure, np.nan, high))
    alone: Floats = np.subtract(1.0, survival)
    return alone, low, high
