"""Everything that the tools in another Python say of a synthetic log."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flowmap.eventlog import EventLog
from synthetic.fidelity import Yardstick
from synthetic.fidelity.compare import halves, noise
from synthetic.fidelity.walks import together
from synthetic.outside.attacks import LOGS, attack
from synthetic.outside.python import Tools
from synthetic.outside.scores import Score, score
from synthetic.outside.tables import tables
from synthetic.privacy.control import noisy_copy
from synthetic.privacy.finding import Finding
from synthetic.privacy.lookups import drawn


@dataclass(frozen=True)
class Outside:
    """Attacks that decide, yardsticks, scores that are shown only, and what could not be had."""

    findings: tuple[Finding, ...] = ()
    yardsticks: tuple[Yardstick, ...] = ()
    scores: tuple[Score, ...] = ()
    notes: tuple[str, ...] = ()


NONE = Outside()


def ask(
    tools: Tools,
    real: EventLog,
    synthetic: EventLog,
    holdout: EventLog | None = None,
    exits: Collection[str] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Outside:
    """Attack with Anonymeter (needs the hold-out) and score with SDMetrics, as far as `tools` has them.

    `holdout`: children of the same system whom the model never saw, at most as many as the real ones are used.
    """
    copy = noisy_copy(real, seed)
    told = progress or _nobody
    told(0.0)
    if holdout is None:
        found = None
    else:
        strangers = drawn(holdout, len(set(real.child.tolist())), seed)
        found = tables(*together(real, synthetic, strangers, copy, exits=exits))
    findings = attack(tools, found, seed)
    told(0.5)
    if "sdmetrics" not in tools.versions:
        return Outside(tuple(findings), notes=("The Python that was given has no SDMetrics.",))
    if found is not None:
        logs, floor = LOGS, ("real", "holdout")
    else:
        logs, floor = ["real", "synthetic", "copy", "half", "other half"], ("half", "other half")
        found = tables(*together(real, synthetic, copy, *halves(real, seed), exits=exits))
    size = {log: len(rows) for log, rows in zip(logs, found.rows, strict=True)}
    scale = noise(size["real"], size["synthetic"]) / noise(size[floor[0]], size[floor[1]])
    yardsticks, scores, why = score(tools, found, logs, floor, scale)
    told(1.0)
    return Outside(tuple(findings), tuple(yardsticks), tuple(scores), (why,) if why else ())


def _nobody(_share: float) -> None:
    """Where progress goes that nobody asked for."""
