"""How long a stage takes: each wait is a curve of days over one normal score.

A score of 0 gives the median. Because every curve is read at a score, a family whose score is high
is slow at every stage (frailty), and a curve can be taken from published percentages as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SCORES = np.linspace(-4, 4, 161)
CUMULATIVE = np.array([NormalDist().cdf(score) for score in SCORES])


@dataclass(frozen=True)
class Wait:
    """`curve`: days at each of SCORES. Days are calendar days, or working days where `working`.

    `since_referral`: counted from the day of the referral, not from arriving at the station.
    `until`: a date fixed elsewhere: "order" (the final hearing, `curve` days off) or "eighteen" (the birthday).
    """

    curve: Floats
    working: bool = False
    since_referral: bool = False
    until: str = ""


def skewed(median: float, spread: float) -> Wait:
    """Right-skewed (log-normal): the 84th centile is exp(spread) times the median."""
    return Wait(np.array([median * exp(spread * score) for score in SCORES]))


def same_day(share: float, spread: float = 1.0) -> Wait:
    """This share moves on the same day, most of the rest within days (log-normal, under one day = the same)."""
    return skewed(exp(-spread * NormalDist().inv_cdf(share)), spread)


def published(percent_by_days: dict[float, float], working: bool = False) -> Wait:
    """From a published table {days: percent ending before this many days}."""
    days, percent = list(percent_by_days), list(percent_by_days.values())
    return Wait(np.interp(CUMULATIVE, np.array(percent) / 100, days), working=working)


def until(what: str, far: Wait | None = None) -> Wait:
    """A wait that ends on a date fixed elsewhere, `far` off where that is known."""
    return Wait(np.zeros(len(SCORES)) if far is None else far.curve, until=what)


def shifted(wait: Wait, by: float, squeeze: float = 1.0) -> Wait:
    """The same curve read at score * squeeze + by: slower where by > 0."""
    return Wait(np.interp(SCORES * squeeze + by, SCORES, wait.curve), wait.working, wait.since_referral, wait.until)
