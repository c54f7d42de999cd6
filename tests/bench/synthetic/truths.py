"""What is known to be true: logs to model, each with a second, independent sample of the same truth as the floor.

The reference authority can be drawn again. Of a log that cannot, one half of the children is modelled, and the other
half is the floor. Each child is dealt alone: where siblings are not known, a floor of whole days would be too easy.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flowmap.eventlog import EventLog
from flowmap.sources import ReadOptions, read
from synthetic.fidelity import only
from synthetic.reference import periods
from tests.truth import make

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("FLOWMAP_SHARED", REPOSITORY.parent / "shared" / "data"))
FILES = {
    "prototype": "prototype_2018/cases-synthetic.csv",
    "incidents": "event_logs/bpi_challenge_2013_incidents.xes.gz",
}
SIZES = {"reference-2000": 620, "reference-10000": 3100, "reference-50000": 15500}  # children: referrals a year
YEARS = 4


@dataclass(frozen=True)
class Truth:
    """`real` is modelled, `beside` is the floor. `period` is a planted inspection, first and last ms UTC."""

    name: str
    real: EventLog
    beside: EventLog
    period: tuple[int, int] | None = None


def reference(referrals: int, seed: int, name: str = "reference") -> Truth:
    """The reference authority with so many referrals a year (a year's 310 are about 1,000 children in four)."""
    return Truth(
        name, make(referrals, YEARS, seed=2 * seed + 1), make(referrals, YEARS, seed=2 * seed + 2), inspection()
    )


def of_file(name: str, seed: int) -> Truth:
    """A log of another origin, its children dealt into two halves; raises FileNotFoundError where it is not there."""
    path = SHARED / FILES[name]
    if not path.exists():
        raise FileNotFoundError(f"{FILES[name]} is not in {SHARED}: set FLOWMAP_SHARED to the folder that has it.")
    log = read([path], ReadOptions())
    order = np.random.default_rng(seed).permutation(len(log.child_ids))
    half = np.zeros(len(order), dtype=bool)
    half[order[: len(order) // 2]] = True
    return Truth(name, only(log, half), only(log, ~half))


def named(name: str) -> Callable[[int], Truth]:
    """The truth of that name, for a seed."""
    if name in FILES:
        return lambda seed: of_file(name, seed)
    return lambda seed: reference(SIZES[name], seed, name)


NAMES = (*SIZES, *FILES)


def inspection() -> tuple[int, int]:
    """First and last time of the planted inspection, ms UTC."""
    band = next(p for p in periods() if p["id"] == "inspection")
    first, last = (int(np.datetime64(band[end], "ms").astype(np.int64)) for end in ("from", "to"))
    return first, last + 86_399_999
