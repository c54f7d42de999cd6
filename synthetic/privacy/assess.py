"""All attacks on a synthetic log, each beside what it finds among strangers and in a copy."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from flowmap.eventlog import EventLog
from flowmap.quality import OptionError
from synthetic.fidelity.compare import halves
from synthetic.fidelity.walks import together
from synthetic.privacy.control import noisy_copy, renamed
from synthetic.privacy.finding import NEEDS_HOLDOUT, Finding
from synthetic.privacy.lookups import drawn, rare_journeys, repeated_journeys, unique_records
from synthetic.privacy.membership import closeness, everybody

K = 10  # children below which a journey counts as rare

NOT_GUARANTEED = (
    "That no attack exists which was not tried here. These tests measure known attacks on this one synthetic log; "
    "they are no proof, as differential privacy would be.",
    "That nothing is learned about the system. The synthetic log shows how often children of a kind take a path and "
    "how long it takes: that is its purpose, and what holds for all children of a kind holds for each of them.",
    "That an attacker who already knows nearly all of the real records learns nothing about the last of them.",
    "That many synthetic logs of one model, or of models fitted again and again on a growing log, are as safe as one.",
    "Anything about a figure that is read from the synthetic log: decisions about children are made on real records.",
)


def assess(
    real: EventLog,
    synthetic: EventLog,
    holdout: EventLog | None = None,
    k: int = K,
    exits: Collection[str] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> list[Finding]:
    """Every attack on `synthetic`, made by a model that was fitted on `real`.

    `holdout` holds other children of the same system, whom the model never saw: without it, the strangers are the other
    half of the real log's children, and membership cannot be measured. `progress` is told the share done (0 to 1).
    """
    found: list[Finding] = []
    one, two = halves(real, seed)
    if not len(one) or not len(two):
        raise OptionError("The real log has one child only: nothing can be hidden among others.")
    told = progress or _nobody
    found += _lookups(one if holdout is None else real, synthetic, two if holdout is None else holdout, exits, seed)
    told(0.25)
    logs = together(real, synthetic, renamed(real), *([holdout] if holdout is not None else []), exits=exits)
    rare = (logs[0], logs[1], logs[3] if holdout is not None else None, logs[2], k)
    found += [*rare_journeys(*rare), repeated_journeys(*rare)]
    told(0.5)
    size = len(np.unique(two.child))
    near = (one, drawn(synthetic, size, seed), two, noisy_copy(one, seed))
    here, made, away, copy, *strangers = together(*near, *([holdout] if holdout is not None else []), exits=exits)
    found.append(closeness(here, made, away, copy, seed, *strangers))
    told(0.75)
    found.append(_membership(real, synthetic, holdout, exits, seed))
    told(1.0)
    return found


def _nobody(_share: float) -> None:
    """Where progress goes that nobody asked for."""


def _lookups(
    real: EventLog, synthetic: EventLog, strangers: EventLog, exits: Collection[str] | None, seed: int
) -> list[Finding]:
    """Look-ups in equally many synthetic children and strangers."""
    size = min(len(np.unique(log.child)) for log in (synthetic, strangers))
    logs = (real, drawn(synthetic, size, seed), drawn(strangers, size, seed), renamed(real))
    return unique_records(*together(*logs, exits=exits))


def _membership(
    real: EventLog, synthetic: EventLog, holdout: EventLog | None, exits: Collection[str] | None, seed: int
) -> Finding:
    if holdout is None:
        return Finding(
            "membership", "Membership of everybody", np.nan, "AUC",
            "Whether somebody who knows a child's whole record can tell that the child was in the data.",
            why=NEEDS_HOLDOUT,
        )  # fmt: skip
    here, made, away, copy = together(real, synthetic, holdout, noisy_copy(real, seed), exits=exits)
    return everybody(here, made, away, copy, seed)
