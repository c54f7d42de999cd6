"""Logs that leak on purpose: every attack must find what is in them, else its silence means nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from flowmap.eventlog import NO_TIME, EventLog
from synthetic.fidelity.walks import DAY


def noisy_copy(log: EventLog, seed: int = 0, days: float = 1.0) -> EventLog:
    """The real children under other names, each with all dates shifted by about a day (normal, whole minutes)."""
    rng = np.random.default_rng(seed)
    shift = (rng.normal(0, days * DAY / 60_000, len(log.child_ids)).round() * 60_000).astype(np.int64)
    birth = None if log.birth is None else np.where(log.birth == NO_TIME, NO_TIME, log.birth + shift)
    return replace(renamed(log), time=log.time + shift[log.child], birth=birth)


def renamed(log: EventLog) -> EventLog:
    """The same log, its children called copy-1, copy-2, ..."""
    return replace(log, child_ids=pa.array([f"copy-{i + 1}" for i in range(len(log.child_ids))]))
