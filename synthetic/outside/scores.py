"""SDMetrics' scores: those of quality as yardsticks beside their floor, those of privacy shown and deciding nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from synthetic.fidelity import Yardstick
from synthetic.outside.python import Tools, ToolStopped
from synthetic.outside.tables import Tables

ROWS = 250  # synthetic children whose privacy is scored: SDMetrics compares each with all
KNOWN = 4  # facts of the person from which another is guessed

QUALITY = (
    ("sdmetrics_shapes", "Each fact of a child (SDMetrics)", "Column Shapes",
     "How differently each fact of a child is spread: 1 less SDMetrics' column shapes."),
    ("sdmetrics_pairs", "Facts of a child, two by two (SDMetrics)", "Column Pair Trends",
     "How differently two facts of a child go together: 1 less SDMetrics' column pair trends."),
)  # fmt: skip
PRIVACY = {
    "NewRowSynthesis": "Share of synthetic children who are no real child, numbers within a hundredth.",
    "DCRBaselineProtection": "How far synthetic children are from real ones, beside rows of random values.",
    "DCROverfittingProtection": "Whether synthetic children are nearer to real ones than to those held out.",
    "DisclosureProtection": "How hard a child's last station is to guess from other facts.",
}


@dataclass(frozen=True)
class Score:
    """A score of SDMetrics on privacy, 1 at best, for the synthetic log and for a copy (None: cannot be had)."""

    name: str
    meaning: str
    synthetic: float | None
    copy: float | None

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return asdict(self)


def score(
    tools: Tools, found: Tables, logs: list[str], floor: tuple[str, str], scale: float
) -> tuple[list[Yardstick], list[Score], str]:
    """Yardsticks, scores, and why there are none.

    `logs` names the tables: "real", "synthetic", "copy", those of `floor`, and "holdout" where there is one. The
    distance of the two of `floor` times `scale` is what no model can be expected to come nearer than.
    """
    pairs = [("real", "synthetic"), floor]
    try:
        answer = tools.ask("sdmetrics_scores.py", found, logs, {"pairs": pairs, "rows": ROWS, **_guessed(found)})
    except ToolStopped as stopped:
        return [], [], f"SDMetrics was not measured. {stopped}"
    one, two = (answer["quality"][" ".join(pair)] for pair in pairs)
    yardsticks = [
        Yardstick(key, label, 1 - _number(one.get(name)), meaning, "share", floor=scale * (1 - _number(two.get(name))))
        for key, label, name, meaning in QUALITY
    ]
    made, copies = (answer["privacy"][log] for log in ("synthetic", "copy"))
    scores = [Score(n, meaning, made.get(n), copies.get(n)) for n, meaning in PRIVACY.items() if n in made]
    return yardsticks, scores, ""


def _guessed(found: Tables) -> Mapping[str, list[str]]:
    """What is known of a child, and what is guessed: the last station."""
    categories = [(code, c) for code, c in zip(found.codes, found.columns, strict=True) if not c.number]
    known = [code for code, c in categories if c.side == "person"][:KNOWN] or [categories[0][0]]
    return {"known": known, "secrets": [next(code for code, c in categories if c.name == "last station")]}


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
