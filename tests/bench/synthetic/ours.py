"""Our model, timed."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, fit, sample

K = 10


@dataclass(frozen=True)
class Made:
    """A log and how it came about: seconds on the clock and of the processor, to fit and to sample."""

    log: EventLog
    fit: tuple[float, float]
    sample: tuple[float, float]


def made(real: EventLog, seeds: list[int]) -> list[Made]:
    """One fit, and as many children as the real log has for each seed."""
    marks = [_now()]
    model = fit(real, FitOptions(k=K))
    marks.append(_now())
    found = []
    for seed in seeds:
        began = _now()
        log = sample(model, len(real.child_ids), seed=seed)
        found.append(Made(log, _since(marks[0], marks[1]), _since(began, _now())))
    return found


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    return after[0] - before[0], after[1] - before[1]
