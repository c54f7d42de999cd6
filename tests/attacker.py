"""Who tries to find hidden counts: what is shown as intervals, what adds up as equations, solved in whole numbers.

Written from docs/disclosure.md, without the package's own arithmetic: SciPy's `milp` (HiGHS) says what is possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

MOST = 10_000  # no count of a test is larger


def stands_for(shown: int | str, threshold: int = 5) -> tuple[int, int]:
    """Which counts a printed figure can be, by the page: 0; c; multiples of 5, the first one reaching down to c."""
    if shown == "c":
        return 1, threshold
    value = int(shown)
    if value == 0:
        return 0, 0
    first = next(n for n in range(5, 1000, 5) if n >= threshold + 3)
    return (threshold + 1 if value == first else value - 2), value + 2


class Attacker:
    """What is known of cells, by any key."""

    def __init__(self) -> None:
        self.place: dict[Hashable, int] = {}
        self.bounds: list[tuple[int, int]] = []
        self.sums: list[tuple[list[int], list[int]]] = []

    def knows(self, key: Hashable, low: int = 0, high: int = MOST) -> None:
        """A cell lies between, ends counted; what was known of it before holds too."""
        if key in self.place:
            at = self.place[key]
            low, high = max(low, self.bounds[at][0]), min(high, self.bounds[at][1])
            assert low <= high, f"{key} cannot be: one figure was shown in two ways"
            self.bounds[at] = (low, high)
        else:
            self.place[key] = len(self.bounds)
            self.bounds.append((low, high))

    def adds(self, total: Iterable[Hashable], parts: Iterable[Hashable]) -> None:
        """Some cells come to as much as others."""
        sides = [list(total), list(parts)]
        for key in sides[0] + sides[1]:
            self.knows(key)
        self.sums.append(([self.place[key] for key in sides[0]], [self.place[key] for key in sides[1]]))

    def pinned(self, secret: Iterable[Hashable], truth: dict[Hashable, int]) -> list[Hashable]:
        """Those of the secret cells that can have no other value than their true one.

        Each answer of the solver that differs from the truth frees every cell in which it does.
        """
        exact = np.array([truth[key] for key in self.place], dtype=float)
        low, high = np.array(self.bounds, dtype=float).T
        assert ((low <= exact) & (exact <= high)).all(), "what is known is not true"
        rows = [
            (n, at, sign) for n, s in enumerate(self.sums) for side, sign in zip(s, (1, -1), strict=True) for at in side
        ]
        row, column, sign = np.array(rows, dtype=float).reshape(-1, 3).T
        shape = (len(self.sums), len(exact))
        sums = LinearConstraint(csr_array((sign, (row.astype(int), column.astype(int))), shape=shape), 0, 0)
        assert not shape[0] or abs(sums.A @ exact).max() == 0, "what is taken to add up does not"
        left = {self.place[key]: key for key in secret}
        asked = iter([1, -1])
        while left:
            way = next(asked, None)
            first = next(iter(left))
            for sign_ in [way] if way else [1, -1]:
                goal = np.zeros(len(exact))
                goal[list(left) if way else [first]] = sign_
                constraints = [sums] if shape[0] else []
                found = milp(goal, constraints=constraints, bounds=Bounds(low, high), integrality=np.ones(len(exact)))
                assert found.success, found.message
                other = np.flatnonzero(np.abs(found.x - exact) > 0.5).tolist()
                left = {at: key for at, key in left.items() if at not in set(other)}
                if not way and first not in left:
                    break
            if not way and first in left:
                stuck = [left.pop(first)]
                return stuck + self.pinned(left.values(), truth)
        return []
