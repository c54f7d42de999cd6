"""The ledger: the only door through which anything about children comes, and what each passage cost.

The unit is one child with all its events: two logs are neighbours if one has one child more. A count in which a child
has `most` rows at most changes by `most` in sum; noise of scale most / ε then makes its release ε-differentially
private, and what several releases cost together is at most the sum (Dwork and Roth 2014, theorems 3.6 and 3.16).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

UNIT = "child"


class Noise(Protocol):
    """Where noise comes from; see noise.Laplace."""

    def counts(self, true: Ints, most: int, epsilon: float) -> Ints:
        """Counts with noise."""

    def names(self, true: Mapping[str, int], most: int, epsilon: float, delta: float) -> dict[str, int]:
        """Names that many children have, with noisy numbers of children."""


@dataclass(frozen=True)
class Release:
    """One table that was let out: `most` rows of a child at most are in it, each cell has noise of scale `scale`."""

    what: str
    epsilon: float
    delta: float
    most: int
    scale: float
    cells: int  # of names: 0, for their number is not known beforehand


class Ledger:
    """An ε and a δ, dealt out by a plan that is drawn up before anything is looked at."""

    def __init__(
        self, epsilon: float, delta: float, counts: Mapping[str, float], names: Mapping[str, float], noise: Noise
    ) -> None:
        """`counts` and `names`: what will be released, and its weight; δ is for names alone, in equal parts."""
        total = sum(counts.values()) + sum(names.values())
        self.epsilon, self.delta, self.noise = epsilon, delta if names else 0.0, noise
        self.open = {what: epsilon * weight / total for what, weight in (*counts.items(), *names.items())}
        self.each = delta / max(len(names), 1)
        self.releases: list[Release] = []

    def count(self, what: str, cell: Ints, child: Ints, size: int, most: int) -> Ints:
        """(size,) noisy numbers of rows in each cell; rows child by child, of which the first `most` are counted."""
        epsilon = self._spend(what)
        kept = rank(child) < most
        true = np.bincount(cell[kept], minlength=size).astype(np.int64)
        if len(true) != size:
            raise ValueError(f"{what}: a cell outside 0..{size - 1}")
        self.releases.append(Release(what, epsilon, 0.0, most, most / epsilon, size))
        return self.noise.counts(true, most, epsilon)

    def scale(self, what: str) -> float:
        """Of the noise on a table that was released."""
        return next(r.scale for r in self.releases if r.what == what)

    def names(self, what: str, code: Ints, child: Ints, names: Sequence[str], most: int) -> list[str]:
        """The names (sorted) that enough children have; a child counts for the first `most` different ones of its."""
        epsilon = self._spend(what)
        _, at = np.unique(child * (len(names) + 1) + code, return_index=True)
        at = np.sort(at)  # the first row of each name of each child
        at = at[rank(child[at]) < most]
        held = np.bincount(code[at], minlength=len(names))
        self.releases.append(Release(what, epsilon, self.each, most, most / epsilon, 0))
        true = {name: int(n) for name, n in zip(names, held.tolist(), strict=True) if n}
        return sorted(self.noise.names(true, most, epsilon, self.each))

    def _spend(self, what: str) -> float:
        if what not in self.open:
            raise ValueError(f"{what} is not planned, or was released already")
        return self.open.pop(what)

    def close(self) -> dict[str, Any]:
        """What was spent, for the model file. Raises ValueError where it is not what was asked for."""
        if self.open:
            raise ValueError(f"planned but not released: {', '.join(self.open)}")
        spent = math.fsum(r.epsilon for r in self.releases), math.fsum(r.delta for r in self.releases)
        if not (math.isclose(spent[0], self.epsilon) and math.isclose(spent[1], self.delta, abs_tol=1e-300)):
            raise ValueError(f"spent {spent}, asked for {(self.epsilon, self.delta)}")
        return {
            "epsilon": self.epsilon,
            "delta": self.delta,
            "unit": UNIT,
            "releases": [asdict(r) for r in self.releases],
        }


def rank(child: Ints) -> Ints:
    """The how-manieth row of its child each row is, 0 first; rows child by child."""
    at = np.arange(len(child))
    new = np.concatenate([[True], child[1:] != child[:-1]])[: len(child)]
    return at - np.maximum.accumulate(np.where(new, at, 0))
