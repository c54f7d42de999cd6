"""What every peer's script does alike: read what was handed over, time the two stages, write what was made.

Runs in the peer's own Python: nothing of this project, and pandas of any version.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DAY = 86_400_000  # ms


class Given:
    """The folder's tables: `children`, `events` (both in order) and `facts` (exchange.py says what is in them)."""

    def __init__(self, folder: Path) -> None:
        self.children = pd.read_parquet(folder / "children.parquet")
        self.events = pd.read_parquet(folder / "events.parquet")
        # PAR takes times of any unit, and gives them back as if they had been nanoseconds.
        self.children["begins"] = self.children["begins"].astype("datetime64[ns]")
        self.events["time"] = self.events["time"].astype("datetime64[ns]")
        self.facts: dict[str, Any] = json.loads((folder / "facts.json").read_text())

    @property
    def sample(self) -> int:
        """Children to make."""
        return int(self.facts["sample"])

    @property
    def seed(self) -> int:
        """For every random number."""
        return int(self.facts["seed"])

    @property
    def of_child(self) -> list[str]:
        """Columns of a child that are modelled, but for when it begins."""
        return [*(["age"] if self.facts["birth"] else []), *self.facts["of_child"]]

    @property
    def of_event(self) -> list[str]:
        """Attributes of events."""
        return list(self.facts["of_event"])

    def of_journey(self) -> pd.DataFrame:
        """One row a journey: child, journey, start, end, events, and of each attribute the first value known."""
        known = self.events.copy()
        known[self.of_event] = known[self.of_event].where(known[self.of_event] != self.facts["not_recorded"])
        grouped = known.groupby(["child", "journey"], sort=True)
        found = grouped[self.of_event].first().fillna(self.facts["not_recorded"])
        found.insert(0, "events", grouped.size())
        found.insert(0, "end", grouped["time"].last())
        found.insert(0, "start", grouped["time"].first())
        return found.reset_index()

    def days(self, times: Any) -> Any:
        """Times as days since the log's first moment, with fractions."""
        return (pd.Series(times).astype("datetime64[ms]").astype("int64") - self.facts["window"][0]) / DAY

    def moments(self, days: Any) -> Any:
        """The other way round."""
        ms = np.round(np.asarray(days, dtype=np.float64) * DAY).astype(np.int64) + self.facts["window"][0]
        return ms.astype("datetime64[ms]")


def run(
    fit: Callable[[Given], Any], sample: Callable[[Any, Given], tuple[pd.DataFrame, pd.DataFrame]], packages: list[str]
) -> None:
    """Fit and sample with the folder named first on the command line, and say how long each took.

    `sample` gives children (child, age, attributes) and events (child, station, time, attributes), in order.
    """
    folder = Path(sys.argv[1])
    given = Given(folder)
    marks = [_now()]
    model = fit(given)
    marks.append(_now())
    children, events = sample(model, given)
    marks.append(_now())
    children.to_parquet(folder / "made_children.parquet")
    events.to_parquet(folder / "made_events.parquet")
    said: dict[str, Any] = {"versions": {name: version(name) for name in packages}}
    for stage, before, after in zip(("fit", "sample"), marks, marks[1:], strict=False):
        said[stage] = {"seconds": after[0] - before[0], "processor": after[1] - before[1]}
    said |= {"children": len(given.children), "events": len(given.events), "peak_mb": _peak()}
    (folder / "said.json").write_text(json.dumps(said))


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
