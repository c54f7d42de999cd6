"""What a comparison comes to: one figure, its floor, which way is better, and what it means in plain English."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

Unit = Literal["share", "points", "distance", "ratio", "hours", "AUC"]

TOO_FAR = 3.0  # times the floor: from here the report says so in red


@dataclass(frozen=True)
class Measured:
    """How far one log is from another.

    `value` is the distance (NaN: cannot be measured, and `why` says why not). `real` and `synthetic` are the two
    figures, where the distance is between figures. `chance` is how far two samples of one truth are expected to be
    apart for such a figure by chance alone, where that is known.
    """

    value: float
    real: float | None = None
    synthetic: float | None = None
    chance: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Yardstick:
    """One comparison of a synthetic log with the real one.

    `value` is how far apart they are, 0 at best, and `floor` the same between the real log and a second, independent
    sample of the same truth: no model can be expected to come nearer. For a figure that might agree by luck, the floor
    is not less than what chance alone would give. `baseline` is the best value where that is not 0 (AUC: 0.5).
    """

    key: str
    label: str
    value: float
    meaning: str
    unit: Unit
    floor: float | None = None
    real: float | None = None
    synthetic: float | None = None
    baseline: float = 0.0
    direction: Literal["lower is nearer"] = "lower is nearer"
    why: str = ""

    @property
    def measured(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)

    @property
    def times_floor(self) -> float | None:
        """The distance in floors; None where there is no floor, infinity where the floor is 0 and the value is not."""
        if self.floor is None or not self.measured or math.isnan(self.floor):
            return None
        far, near = self.value - self.baseline, self.floor - self.baseline
        if near <= 0:
            return 0.0 if far <= 0 else math.inf
        return max(far, 0.0) / near

    @property
    def too_far(self) -> bool:
        """More than three times the floor."""
        times = self.times_floor
        return times is not None and times > TOO_FAR

    def to_json(self) -> dict[str, Any]:
        """As data; what is not a number becomes None."""
        times = self.times_floor
        found = asdict(self) | {"times_floor": times, "too_far": self.too_far}
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in found.items()}
