"""Small logs whose ways and waits are known, for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from flowmap.eventlog import EventLog

DAY = 86_400_000
START = 16_071  # Wednesday, 1 January 2014
Way = Callable[[np.random.Generator], list[tuple[str, int]]]


def log_of(count: int, way: Way, days: int = 700, seed: int = 1, **more: Any) -> EventLog:
    """Each child's way is (station, days after the one before), begun on a day of `days`; times at midnight."""
    rng = np.random.default_rng(seed)
    child, station, day = [], [], []
    for one in range(count):
        at = START + int(rng.integers(0, days))
        for name, wait in way(rng):
            at += wait
            child.append(one)
            station.append(name)
            day.append(at)
    return EventLog.from_columns(
        child=child, child_ids=[f"ID-{n}" for n in range(count)], station=station, time=np.array(day) * DAY, **more
    )


def table(log: EventLog) -> pd.DataFrame:
    """child, visit, station, day, then the next of the same child: `to` (None: none) and `wait` in days."""
    frame = pd.DataFrame(
        {
            "child": log.child,
            "station": np.array(log.stations, dtype=object)[log.station],
            "time": log.time,
            "day": log.time // DAY,
        }
    ).sort_values(["child", "time"], kind="stable")
    frame["to"] = frame.groupby("child")["station"].shift(-1)
    frame["wait"] = frame.groupby("child")["day"].shift(-1) - frame["day"]
    return frame
