"""Shares with their intervals, and the limits of a funnel plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Z95 = NormalDist().inv_cdf(0.975)
FUNNEL = (0.95, 0.998)  # as funnel plots of public bodies draw them (Spiegelhalter 2005): 2 and 3 standard deviations

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """`count` out of `of`."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None where there is nothing to share."""
        return self.count / self.of if self.of else None

    def to_json(self) -> dict[str, Any]:
        """With the share and its 95% interval (Wilson); null where it is a share of nothing."""
        low, high = wilson(self.count, self.of)
        return {"count": self.count, "of": self.of, "share": self.value, "low": low, "high": high}

    def say(self) -> str:
        """For people: 23.6% (4,553 of 19,301)."""
        return f"{100 * self.value:.1f}% ({self.count:,} of {self.of:,})" if self.value is not None else "none of none"


def wilson(count: float, of: float, z: float = Z95) -> tuple[float | None, float | None]:
    """Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927), 95% unless `z` says otherwise.

    The numbers need not be whole: they are fewer than were counted where those counted are not independent.
    """
    if not of:
        return None, None
    share = count / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)
    return (0.0 if count == 0 else low), (1.0 if count == of else high)


@dataclass(frozen=True)
class Trend:
    """A test for trend: `z` above 0 where the share rises, `p` two-sided."""

    z: float
    p: float

    def to_json(self) -> dict[str, float]:
        """As in the API."""
        return {"z": self.z, "p": self.p}


def trend(shares: Sequence[Share], scores: Sequence[float] | None = None) -> Trend | None:
    """Cochran and Armitage's test for a trend of shares over `scores` (0, 1, 2, … where not given).

    Armitage, Biometrics 11 (1955). None where it says nothing: one group, or all alike.
    """
    count = np.array([s.count for s in shares], dtype=float)
    of = np.array([s.of for s in shares], dtype=float)
    score = np.arange(len(shares), dtype=float) if scores is None else np.array(scores, dtype=float)
    total = of.sum()
    share = count.sum() / total if total else 0.0
    spread = (of * score**2).sum() - (of * score).sum() ** 2 / total if total else 0.0
    variance = share * (1 - share) * spread
    if variance <= 0:
        return None
    z = float((score * (count - of * share)).sum() / math.sqrt(variance))
    return Trend(z, math.erfc(abs(z) / math.sqrt(2)))


def funnel(of: npt.ArrayLike, share: float, level: float) -> tuple[Floats, Floats]:
    """Exact binomial limits of a share for each number in `of`, at a level such as 0.95.

    Between two counts they are interpolated, as Spiegelhalter, Statistics in Medicine 24 (2005), appendix A.1.1, so
    that they do not jump; never below 0 or above 1. Where even "all of them" is likelier than the tail, the upper
    limit is 1: interpolated it would be just below, and a group of two with two would lie outside.
    """
    size = np.asarray(of, dtype=np.int64)
    tail = (1 - level) / 2
    high = _limit(size, share, 1 - tail)
    return _limit(size, share, tail), np.where((share**size > tail) & (share > 0), 1.0, high)


def _limit(of: npt.NDArray[np.int64], share: float, quantile: float) -> Floats:
    from scipy.special import bdtr, bdtrik  # takes a moment to load, and only funnels need it

    if not 0 < share < 1:
        return np.full(of.shape, float(share))
    count = np.ceil(np.maximum(bdtrik(quantile, of, share), 0))
    below = np.maximum(count - 1, -1)
    count = np.where((below >= 0) & (bdtr(np.maximum(below, 0), of, share) >= quantile), below, count)
    upto = bdtr(count, of, share)
    before = np.where(count > 0, bdtr(np.maximum(count - 1, 0), of, share), 0.0)
    part = (upto - quantile) / (upto - before)
    found: Floats = np.clip((count - part) / of, 0, 1)
    return found
