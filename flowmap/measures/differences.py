"""The difference between a figure here and the same figure there, with its interval and how likely chance gives it.

Each side's own interval is put together with the other's ("method of variance estimates recovery": Zou and Donner,
Statistics in Medicine 27, 2008). For two shares that is Newcombe's hybrid score interval (Statistics in Medicine 17,
1998, method 10). Children are what is independent: where one counts several times a side has fewer independent numbers
than it counted, and where one counts on both sides the two estimates go together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.measures.intervals import Z95, wilson

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Limits = Callable[[float], tuple[float, float]]

MOST_Z = 8.0  # standard errors: what is farther off is told as this
HALVINGS = 14  # of that, in search of the chance
LEVEL = 0.05


@dataclass(frozen=True)
class Estimate:
    """A figure of one side: `count` out of `of` (None: it is a count), its interval by standard errors.

    `by_child` (children of the dataset,) is how far each child moves it, None where nothing is estimated; `squares`
    is the sum of the squares of that.
    """

    value: float | None
    count: int
    of: int | None
    limits: Limits | None = None
    by_child: Floats | None = None
    squares: float = 0.0


@dataclass(frozen=True)
class Difference:
    """Left less right, with its 95% interval (infinite where the data do not reach so far) and two-sided `p`."""

    value: float
    low: float
    high: float
    p: float

    @property
    def within_chance(self) -> bool:
        """Whether the interval holds no difference."""
        return self.low <= 0 <= self.high


def share(child: Ints, hit: npt.NDArray[np.bool_], children: int) -> Estimate:
    """A share of units (u,), each of a child; Wilson's interval with as many units as are independent.

    The variance is that between children (a ratio estimate: Cochran, Sampling Techniques, 1977, 2.11), never less than
    of independent units. A share of 0 or 1 shows none: there all units of a child are taken for one.
    """
    of, count = len(child), int(np.count_nonzero(hit))
    if not of:
        return Estimate(None, 0, 0)
    value = count / of
    moved = sum_by_child(child, hit - value, children)
    squares = dot(moved, moved)
    if 0 < count < of:
        each = max(1.0, squares / (of * value * (1 - value)))
    else:
        units = np.bincount(child).astype(np.float64)
        each = dot(units, units) / of
    return Estimate(value, count, of, lambda z: _wilson(count / each, of / each, z), moved, squares)


def sum_by_child(child: Ints, values: npt.NDArray[np.floating], children: int) -> Floats:
    """(children,) the sum of the values of each child's units."""
    return np.bincount(child, weights=values, minlength=children).astype(np.float64, copy=False)


def dot(one: Floats, other: Floats) -> float:
    """The sum of products (children,): without the threads of a linear algebra library, which take longer to wake."""
    return float(np.einsum("i,i->", one, other))


def _wilson(count: float, of: float, z: float) -> tuple[float, float]:
    low, high = wilson(count, of, z)
    return low or 0.0, 1.0 if high is None else high


def amount(child: Ints, children: int, per: float = 1.0) -> Estimate:
    """How many units (u,), each of a child, over `per` (months): children come by chance, each with all of its units.

    The score interval of a Poisson number (x + z²/2 ± z √(x + z²/4)), of as many units as are independent.
    """
    count = len(child)
    units = np.bincount(child, minlength=children).astype(np.float64)
    squares = dot(units, units)
    each = squares / count if count else 1.0

    def limits(z: float) -> tuple[float, float]:
        middle, half = count / each + z * z / 2, z * math.sqrt(count / each + z * z / 4)
        return max(0.0, middle - half) * each / per, (middle + half) * each / per

    return Estimate(count / per, count, None, limits, units, squares)


def difference(left: Estimate, right: Estimate, together: bool) -> Difference | None:
    """Left less right; `together` where both are of one dataset and some child may count on both sides.

    None where a side has no figure, or none whose interval could be told.
    """
    if left.value is None or right.value is None or left.limits is None or right.limits is None:
        return None
    shared = _correlation(left, right) if together else 0.0
    value = left.value - right.value

    def interval(z: float) -> tuple[float, float]:
        assert left.limits and right.limits and left.value is not None and right.value is not None  # noqa: PT018, S101
        (a, b), (c, d) = left.limits(z), right.limits(z)
        below = _apart(left.value - a, d - right.value, shared)
        return value - below, value + _apart(b - left.value, right.value - c, shared)

    return Difference(value, *interval(Z95), p=_chance(value, interval))


def _correlation(one: Estimate, other: Estimate) -> float:
    size = math.sqrt(one.squares * other.squares)
    if one.by_child is None or other.by_child is None or not size:
        return 0.0
    return dot(one.by_child, other.by_child) / size


def _apart(one: float, other: float, shared: float) -> float:
    """Two margins together; infinite where one is."""
    if math.isinf(one) or math.isinf(other):
        return math.inf
    return math.sqrt(max(0.0, one * one + other * other - 2 * shared * one * other))


def _chance(value: float, interval: Callable[[float], tuple[float, float]]) -> float:
    """Two-sided: of the interval that just holds no difference (the interval turned round)."""
    if value == 0:
        return 1.0
    low, high = 0.0, MOST_Z
    for _ in range(HALVINGS):
        z = (low + high) / 2
        below, above = interval(z)
        if below <= 0 <= above:
            high = z
        else:
            low = z
    return math.erfc(low / math.sqrt(2))


def beyond(chances: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which of several comparisons stand so that, were nothing so, any at all would in `level` of cases (Holm 1979).

    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    order = np.argsort(np.array(chances), kind="stable")
    found = [False] * len(chances)
    for rank, row in enumerate(order.tolist()):
        if chances[row] > level / (len(chances) - rank):
            break
        found[row] = True
    return found
