"""Datasets on the built-in map for tests of measures: a few rows by hand, or a small reference authority."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset, Mask, seconds
from flowmap.eventlog import EventLog
from flowmap.measures.options import Period, period
from synthetic.reference import make
from tests.logs import log

MAP = "childrens-social-care"
Row = tuple[str, str, str]


def social(rows: Sequence[Row], folder: Path, **more: Any) -> Dataset:
    """The dataset of (child, station, time) rows on the built-in map."""
    return build(log(rows, **more), folder / "set", BuildOptions(map=MAP))


def everyone(data: Dataset) -> Mask:
    """All journeys."""
    return np.ones(len(data.journeys), dtype=bool)


def between(data: Dataset, first: str, after: str) -> Period:
    """From one day to before another."""
    return period(data, seconds(first), seconds(after))


def authority(folder: Path) -> tuple[EventLog, Dataset]:
    """A small reference authority: its log, and its dataset."""
    made = make(3000)
    return made, build(made, folder / "set", BuildOptions(map=MAP))
