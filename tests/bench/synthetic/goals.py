"""What a comparison has to come to (issue “Synthetic children”, set for 10,000 children and the mean of five seeds)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthetic.fidelity import Yardstick

FIT_SECONDS, FIT_CHILDREN = 5.0, 50_000
EVENTS_A_SECOND = 100_000


@dataclass(frozen=True)
class Goal:
    """`most`: the greatest value; or `floors`: the greatest value in floors."""

    most: float | None = None
    floors: float | None = None

    def __str__(self) -> str:
        return f"≤ {self.floors:g} × floor" if self.floors is not None else f"≤ {self.most:g}"


GOALS = {
    "edges": Goal(floors=1.3),
    "new_moves": Goal(most=0),
    "outside": Goal(most=0),
    "durations": Goal(floors=1.3),
    "weekends": Goal(most=0.5),
    "again_12": Goal(most=1.0),
    "nfa": Goal(floors=1.5),
    "stock": Goal(floors=1.2),
    "period_durations": Goal(most=0.05),
    "classifier": Goal(most=0.53),
}
REAL_LOG_GOALS = GOALS | {"cycle_time": Goal(floors=2.0)}


@dataclass(frozen=True)
class Row:
    """A yardstick's mean over several runs; `real` and `synthetic` are the two figures' means, where there are such."""

    key: str
    label: str
    value: float
    floor: float
    baseline: float
    real: float | None
    synthetic: float | None

    @property
    def floors(self) -> float:
        """The value in floors (what lies beyond the best value, in what the floor lies beyond it)."""
        near = self.floor - self.baseline
        return max(self.value - self.baseline, 0.0) / near if near > 0 else np.nan

    def met(self, goal: Goal) -> bool:
        """Whether the goal is met; the effect of a period by the mean of its ratios, as its name says."""
        if goal.floors is not None:
            return self.floors <= goal.floors
        value = self.value
        if self.key == "period_durations" and self.real is not None and self.synthetic is not None:
            value = abs(self.real - self.synthetic)
        return value <= (goal.most or 0.0) + 1e-12

    def reachable(self, goal: Goal) -> bool:
        """Whether a second sample of the truth would meet it (that of a period's ratios is not known)."""
        return goal.most is None or self.key == "period_durations" or self.floor <= goal.most + 1e-12


def rows(runs: Sequence[Sequence[Yardstick]]) -> list[Row]:
    """The mean of each yardstick over the runs in which it could be measured."""
    found = []
    for several in zip(*runs, strict=True):
        known = [y for y in several if y.measured]
        first = several[0]

        def mean(values: list[float | None]) -> float | None:
            numbers = [v for v in values if v is not None]
            return float(np.mean(numbers)) if numbers else None

        value, floor = mean([y.value for y in known]), mean([y.floor for y in known])
        found.append(
            Row(
                first.key,
                first.label,
                np.nan if value is None else value,
                np.nan if floor is None else floor,
                first.baseline,
                mean([y.real for y in known]),
                mean([y.synthetic for y in known]),
            )
        )
    return found
