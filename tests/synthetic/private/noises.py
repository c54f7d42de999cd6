"""Noise for tests: none, NumPy's, or the same again for another log."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Recorded:
    """Multiplies by `times` instead of adding noise (so that even small counts stand out), and keeps what it saw."""

    def __init__(self, times: int = 1) -> None:
        self.times = times
        self.counted: list[tuple[Ints, int]] = []  # true counts, and what one child may change them by
        self.named: list[tuple[dict[str, int], int]] = []
        self.answers: list[Ints] = []
        self.names_given: list[dict[str, int]] = []

    def counts(self, true: Ints, most: int, epsilon: float) -> Ints:
        self.counted.append((true.copy(), most))
        self.answers.append(true * self.times)
        return self.answers[-1].copy()

    def names(self, true: Mapping[str, int], most: int, epsilon: float, delta: float) -> dict[str, int]:
        self.named.append((dict(true), most))
        self.names_given.append(dict(true))
        return dict(true)


class Replayed(Recorded):
    """Gives the answers of another run again, whatever the counts are now."""

    def __init__(self, before: Recorded) -> None:
        super().__init__()
        self.before = before

    def counts(self, true: Ints, most: int, epsilon: float) -> Ints:
        self.counted.append((true.copy(), most))
        return self.before.answers[len(self.counted) - 1].copy()

    def names(self, true: Mapping[str, int], most: int, epsilon: float, delta: float) -> dict[str, int]:
        self.named.append((dict(true), most))
        return self.before.names_given[len(self.named) - 1]


class Drawn:
    """The discrete Laplace distribution as the difference of two geometric ones, from a seed: for tests alone."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def counts(self, true: Ints, most: int, epsilon: float) -> Ints:
        p = 1 - np.exp(-epsilon / most)
        return true + self.rng.geometric(p, len(true)) - self.rng.geometric(p, len(true))

    def names(self, true: Mapping[str, int], most: int, epsilon: float, delta: float) -> dict[str, int]:
        noisy = self.counts(np.array(list(true.values())), most, epsilon)
        limit = 1 + most / epsilon * np.log(most / delta)
        return {name: int(n) for name, n in zip(true, noisy, strict=True) if n >= limit}
