"""The interval of a quantile of durations of which some are not over yet, with children as what is independent.

Who moves the curve how much is its influence function; from that comes the variance of the curve at the quantile, a
Wilson interval of the share there, and, read back along the curve, one of the quantile (Woodruff, JASA 47, 1952; with
censoring Brookmeyer and Crowley, Biometrics 38, 1982).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from flowmap.measures.differences import Estimate, dot, sum_by_child
from flowmap.measures.intervals import wilson
from flowmap.measures.survival import OTHER, REACHED, Curve, curve

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Outcome = npt.NDArray[np.integer]

LEAST = 20  # who got there: of fewer the interval is not told


def quantiles(child: Ints, days: Ints, outcome: Outcome, shares: tuple[float, ...], children: int) -> list[Estimate]:
    """For each of `shares`, the day by which that part of those who get there have done so (`Curve.quantile`).

    Durations (s,) in days, each of a child, that ended as `outcome` says (WAITING, REACHED, OTHER).
    """
    found = curve(days, outcome)
    moved = Moved(days, outcome)
    reached = int(np.count_nonzero(outcome == REACHED))
    return [_quantile(found, moved, child, reached, share, children) for share in shares]


def _quantile(found: Curve, moved: Moved, child: Ints, reached: int, share: float, children: int) -> Estimate:
    day = found.quantile(share)
    if day is None or reached < LEAST:
        return Estimate(day, reached, found.n)
    by_child = sum_by_child(child, moved.of_those_who_get_there(int(day)), children)
    row = found.step(day)
    ever = found.reached[-1] / (found.reached[-1] + found.other[-1])
    there = float(found.reached[row] / ever)
    squares = dot(by_child, by_child)
    variance = squares / found.n**2
    independent = found.n if variance <= 0 else min(found.n, there * (1 - there) / variance)
    independent = independent if independent > 0 else found.n

    def limits(z: float) -> tuple[float, float]:
        low, high = wilson(share * independent, independent, z)
        first, last = (found.quantile(part) for part in (low or 0.0, 1.0 if high is None else high))
        return day if first is None else first, math.inf if last is None else last

    return Estimate(day, reached, found.n, limits, by_child, squares)


class Moved:
    """How far each duration moves the Aalen–Johansen curves: their influence functions, by day and outcome."""

    def __init__(self, days: Ints, outcome: Outcome) -> None:
        size = int(days.max()) + 1 if len(days) else 0
        self.cell = outcome * np.int64(size) + days
        ended = np.bincount(self.cell, minlength=3 * size).reshape(3, size)  # by outcome and day
        everyone = ended.sum(axis=0)
        at_risk = (len(days) - np.cumsum(everyone) + everyone).astype(np.float64)
        self.risk = {cause: ended[cause] / at_risk for cause in (REACHED, OTHER)}
        self.any = self.risk[REACHED] + self.risk[OTHER]
        left = np.cumprod(1 - self.any)
        self.before = np.concatenate([[1.0], left[:-1]]) if size else left
        self.part = at_risk / max(len(days), 1)  # at risk, of all
        self.curve = {cause: np.cumsum(self.before * self.risk[cause]) for cause in (REACHED, OTHER)}

    def table(self, cause: int, day: int) -> Floats:
        """(3, days): of a duration that ended so on that day, its influence on the curve of `cause` at `day`.

        Whoever is at risk of an event is expected to have it by so much; who has it raises the curve, and takes what
        the event rules out later from it.
        """
        size = len(self.part)
        upto = np.arange(size) <= day
        later = np.where(upto, self.curve[cause][day] - self.curve[cause], 0.0)
        lost = np.divide(later, (1 - self.any) * self.part, out=np.zeros(size), where=self.any < 1)
        gained = np.where(upto, self.before / self.part, 0.0)
        expected = np.cumsum(gained * self.risk[cause] - lost * self.any)
        found = np.tile(-expected, (3, 1))
        for event in (REACHED, OTHER):
            found[event] += gained * (event == cause) - lost
        return found

    def of_those_who_get_there(self, day: int) -> Floats:
        """(s,) influence of each duration on the share, of those who ever get there, who have by `day`."""
        last = len(self.part) - 1
        reached, other = self.curve[REACHED][last], self.curve[OTHER][last]
        here = self.curve[REACHED][day]
        table = self.table(REACHED, day) * (reached + other) / reached
        if other > 0:
            table += here / reached * (self.table(OTHER, last) - self.table(REACHED, last) * other / reached)
        return table.ravel()[self.cell]
