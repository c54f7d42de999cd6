"""A distribution of whole numbers as intervals, each held by at least k children; extremes are cut off.

An interval [low, high] stands for all whole numbers in it, equally likely; single numbers that are common stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SMALL = 2**15  # numbers below are sorted by their digits, which is many times faster
PIECES = 32  # intervals beside the single numbers that are common; up to four times as many, each of FULL numbers
FULL = 300


@dataclass(frozen=True)
class Intervals:
    """`low` and `high` (both ends included) and the share of each; shares add up to 1."""

    low: Ints
    high: Ints
    share: Floats

    def to_json(self) -> list[list[float]]:
        """[[low, high, share], …]; shares to 5 digits."""
        return [[int(a), int(b), round(float(s), 5)] for a, b, s in zip(self.low, self.high, self.share, strict=True)]

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[float]]) -> Intervals:
        """The other way round."""
        table = np.array(rows, dtype=float).reshape(-1, 3)
        return cls(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])

    @classmethod
    def none(cls) -> Intervals:
        """A number that is always 0."""
        return cls(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), np.ones(1))

    def codes(self, values: Ints) -> Ints:
        """The interval of each value; values outside belong to the nearest."""
        return np.clip(np.searchsorted(self.low, values, side="right") - 1, 0, len(self.low) - 1).astype(np.int64)


def held(cell: Ints, child: Ints, size: int) -> Ints:
    """(size,) how many different children are in each cell; every child's rows stand together."""
    order = np.argsort(cell.astype(np.int16) if size < SMALL else cell, kind="stable")
    there, who = cell[order], child[order]
    new = np.concatenate([[True], (there[1:] != there[:-1]) | (who[1:] != who[:-1])])[: len(cell)]
    return np.bincount(there[new], minlength=size)


def intervals(values: Ints, child: Ints, k: int, weight: Floats | None = None, exact: int = 0) -> Intervals | None:
    """The distribution of `values` (with `weight`), or None where fewer than k children have one; child by child.

    Numbers below `exact` that k children have stand alone. The smallest and largest numbers are those that k children
    reach (Winsorised): a value beyond is counted there.
    """
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    value, who = values[order], child[order]
    weights = np.ones(len(values)) if weight is None else weight[order]
    low, high = _kth(value, who, k), _kth(value[::-1], who[::-1], k)
    if low is None or high is None:
        return None
    low, high = min(low, high), max(low, high)
    value = np.clip(value, low, high)
    new = np.concatenate([[True], value[1:] != value[:-1]])
    at = np.cumsum(new) - 1
    distinct, rows = value[new], np.bincount(at)
    size = min(len(value) // PIECES, max(FULL, len(value) // (4 * PIECES)))
    piece = _pieces(distinct, rows, max(k, size), k, exact)
    of_rows = piece[np.searchsorted(distinct, np.clip(values, low, high))]
    piece = _merged(held(of_rows, child, int(piece[-1]) + 1), k)[piece]
    starts = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]]))
    ends = np.append(starts[1:], len(piece)) - 1
    mass = np.bincount(at, weights)
    share = np.add.reduceat(mass, starts)
    return Intervals(distinct[starts], distinct[ends], share / max(share.sum(), 1e-12))


def _kth(value: Ints, who: Ints, k: int) -> int | None:
    """The value (from the front) that k different children have reached; None where there are fewer."""
    for many in (16 * k, len(who)):  # nearly always found among the first few
        first = np.sort(np.unique(who[:many], return_index=True)[1])
        if len(first) >= k:
            break
    return int(value[first[k - 1]]) if len(first) >= k else None


def _pieces(distinct: Ints, rows: Ints, size: int, k: int, exact: int) -> Ints:
    """The piece of each distinct value: common ones alone, others together until they have `size` rows."""
    alone = (rows >= size) | ((distinct < exact) & (rows >= k))
    before = np.cumsum(rows) - rows
    step = before // max(size, 1)
    new = np.concatenate([[True], alone[1:] | alone[:-1] | (step[1:] != step[:-1])])
    return np.cumsum(new) - 1


def _merged(children: Ints, k: int) -> Ints:
    """What each piece becomes: one with fewer than k children is joined to those after it, until there are k.

    Not to the one before, which may be a single number that is common: most waits are no day at all. The last few join
    the one before. Children of joined pieces may be the same ones: the largest of the counts is a safe number.
    """
    target, current, most = [], 0, 0
    for count in children.tolist():
        target.append(current)
        most = max(most, count)
        if most >= k:
            current, most = current + 1, 0
    return np.minimum(np.array(target), max(current - 1, 0))


def extended(curve: Intervals, values: Ints, child: Ints, k: int, weight: Floats | None = None) -> Intervals:
    """The curve with its last `top` share laid out beyond its end, as an exponential tail.

    How long the tail is, is told by how far apart the values are that 3k and k children reach (their expected distance
    is ln 3 times the scale), so nobody among the k longest has any part in it. Without a tail means came out too small.
    """
    order = np.argsort(-values, kind="stable")
    farther = _kth(values[order], child[order], 3 * k)
    end = int(curve.high[-1])
    scale = 0.0 if farther is None else (end - farther) / np.log(3)
    top = min(beyond(curve, values, weight), float(curve.share[-1]))
    if scale < 1 or top <= 0:
        return curve
    # Halves of an exponential: to its median, to its third quartile, and what is left, with its mean in the middle.
    edges = end + np.round(scale * np.array([0, np.log(2), np.log(4), np.log(4) + 2])).astype(np.int64)
    kept = curve.share.copy()
    kept[-1] -= top
    low, high = edges[:-1] + 1, np.maximum(edges[1:], edges[:-1] + 1)
    return Intervals(
        np.concatenate([curve.low, low]),
        np.concatenate([curve.high, high]),
        np.concatenate([kept, top * np.array([0.5, 0.25, 0.25])]),
    )


def beyond(curve: Intervals, values: Ints, weight: Floats | None = None) -> float:
    """The share of `values` past the end of a curve made from them."""
    weights = np.ones(len(values)) if weight is None else weight
    return float(weights[values > curve.high[-1]].sum() / max(weights.sum(), 1e-12))


def with_tail(curve: Intervals, top: float, above: Intervals) -> Intervals:
    """The curve with its last `top` share laid out as the tail of a wider curve, which reaches farther.

    In a small context the k longest waits are a large share; cut off, they would make every wait too short.
    """
    end = int(curve.high[-1])
    low = np.maximum(above.low, end + 1)
    share = above.share * np.maximum(above.high - low + 1, 0) / (above.high - above.low + 1)
    beyond = np.flatnonzero(share > 0)
    top = min(top, float(curve.share[-1]))
    if not len(beyond) or top <= 0:
        return curve
    kept = curve.share.copy()
    kept[-1] -= top
    return Intervals(
        np.concatenate([curve.low, low[beyond]]),
        np.concatenate([curve.high, above.high[beyond]]),
        np.concatenate([kept, top * share[beyond] / share[beyond].sum()]),
    )


@dataclass(frozen=True)
class Curves:
    """Many distributions, read at a probability each: `draw(which, u)`."""

    key: Floats  # number of the distribution + running share, ascending
    low: Ints
    high: Ints
    share: Floats

    @classmethod
    def of(cls, each: Sequence[Intervals]) -> Curves:
        """One after the other."""
        none = np.zeros(0)
        key = [
            none,
            *(row + np.append(np.minimum(np.cumsum(one.share)[:-1], 1.0), 1.0) for row, one in enumerate(each)),
        ]
        whole = np.zeros(0, dtype=np.int64)
        return cls(
            np.concatenate(key),
            np.concatenate([whole, *(one.low for one in each)]),
            np.concatenate([whole, *(one.high for one in each)]),
            np.concatenate([none, *(one.share for one in each)]),
        )

    def draw(self, which: Ints, u: Floats) -> Ints:
        """The value of distribution `which` at probability u (0 ≤ u < 1)."""
        return self.place(which, u)[0]

    def place(self, which: Ints, u: Floats) -> tuple[Ints, Floats]:
        """`draw`, and where in its interval each u lies (0 to 1)."""
        u = np.clip(u, 0.0, 1 - 1e-9)
        at = np.searchsorted(self.key, which + u, side="right")
        rest = (which + u - (self.key[at] - self.share[at])) / np.maximum(self.share[at], 1e-12)
        rest = np.clip(rest, 0, 1)
        span = self.high[at] - self.low[at] + 1
        return self.low[at] + np.minimum((rest * span).astype(np.int64), span - 1), rest
