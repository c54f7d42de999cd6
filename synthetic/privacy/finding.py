"""What an attack found, beside what it finds where there is nothing to find, and whether it bites at all."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

Unit = Literal["share", "AUC", "count"]
Verdict = Literal["passed", "failed", "not measured", "blind"]

NEEDS_HOLDOUT = "It needs a hold-out: fit the model on a part of the children and give the others."
BITES = 0.99  # AUC that an attack must reach on copies with small noise


@dataclass(frozen=True)
class Finding:
    """One attack on a synthetic log.

    `value` is how often (or how well) it succeeds; `beside` is the same against a log that cannot hold the children
    attacked; up to `limit` the difference is chance. `control` is what it finds in copies of the real children with
    small noise, and `control_needed` what it must find there at least. `risk` is Anonymeter's, with its interval: what
    the attack gains by the children's being in the data.
    """

    key: str
    label: str
    value: float
    unit: Unit
    meaning: str
    beside: float | None = None
    limit: float | None = None
    control: float | None = None
    control_needed: float | None = None
    why: str = ""
    risk: tuple[float, float, float] | None = None

    @property
    def verdict(self) -> Verdict:
        """Passed or failed; "blind" where the attack finds nothing in the control either, so that it says nothing."""
        if math.isnan(self.value) or self.limit is None:
            return "not measured"
        if self.value > self.limit:
            return "failed"
        if self.control is not None and self.control_needed is not None and not self.control >= self.control_needed:
            return "blind"
        return "passed"

    def to_json(self) -> dict[str, Any]:
        """As data; what is not a number becomes None."""
        found = asdict(self) | {"verdict": self.verdict}
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in found.items()}
