"""Noise from OpenDP: the discrete Laplace mechanism, and the same with a threshold for names.

OpenDP draws from the system's own randomness, so that nobody can draw the same noise again: a private model cannot be
made twice. Nothing else of the project uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import OptionError

Ints = npt.NDArray[np.int64]

ROUNDING = 1e-9  # of an ε that the library works out from a scale


class Laplace:
    """What the ledger draws noise from."""

    def __init__(self) -> None:
        self.dp = _opendp()

    def counts(self, true: Ints, most: int, epsilon: float) -> Ints:
        """`true` with noise of scale most / ε on each, for one child changes the counts by `most` together.

        Raises RuntimeError where the library reckons that this costs more than ε.
        """
        if not len(true):
            return true.copy()
        dp = self.dp
        measure = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64"), most / epsilon)
        _check(measure.map(most), epsilon)
        return np.array(measure(true.astype(np.int64)), dtype=np.int64)

    def names(self, true: Mapping[str, int], most: int, epsilon: float, delta: float) -> dict[str, int]:
        """Of the names with their numbers of children those whose noisy number reaches a threshold that a name of one
        child passes with probability δ at most (over all `most` names of a child)."""
        dp = self.dp
        scale = most / epsilon
        space = (
            dp.map_domain(dp.atom_domain(T="String"), dp.atom_domain(T="i64")),
            dp.l01inf_distance(dp.absolute_distance(T="i64")),
        )

        def measure(threshold: int) -> Any:
            return dp.m.make_laplace_threshold(*space, scale, threshold)

        one = (most, most, 1)  # names of a child, their sum, the most that it adds to one
        low, high = 1, int(scale * 60) + 60
        while low < high:  # the smallest threshold that keeps to δ
            middle = (low + high) // 2
            low, high = (low, middle) if measure(middle).map(one)[1] <= delta else (middle + 1, high)
        cost, lost = measure(low).map(one)
        _check(cost, epsilon)
        _check(lost, delta)
        # One more than the library asks for: 0.16 keeps noisy numbers that are equal to the threshold, but reckons δ as
        # if these were left out (github.com/opendp/opendp/issues/2922).
        found: dict[str, int] = measure(low + 1)(dict(true))
        return found


def _check(cost: float, allowed: float) -> None:
    if cost > allowed * (1 + ROUNDING):
        raise RuntimeError(f"a release would cost {cost}, more than {allowed}")


def _opendp() -> Any:
    """The library; raises OptionError where it is not installed."""
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise OptionError(
            "Differential privacy (--epsilon) needs the library OpenDP, which is not installed.",
            remedy='Get it with: pip install "flowmap[dp]"',
        ) from error
    dp.enable_features("contrib")
    return dp
