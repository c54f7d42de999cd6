"""What is behind a figure: the things that it counts, one by one, each of a journey and most at an instant.

Beside each measure a function `behind` picks them with the very masks that the measure counts with, so that there are
as many as the figure says. docs/audit.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask, Seconds
from flowmap.measures.events import Position, events

Ints = npt.NDArray[np.int64]
Row = dict[str, Any]
Unit = Literal[
    "journeys", "arrivals", "departures", "moves", "decisions", "referrals", "spells", "clocks",
    "periods of care", "applications", "children",
]  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """What a figure counts (n,): the `journey` of each, and `at` (seconds UTC) when it counts, where there is a moment.

    `said`: what they are, in words, without the cohort. Of "children" each has one line, with the first journey that
    counts.
    """

    unit: Unit
    said: str
    journey: Ints
    at: Seconds | None = None

    def __len__(self) -> int:
        return len(self.journey)

    def journeys(self, of: int) -> Ints:
        """Its journeys, each once and in order; `of` is how many the dataset has."""
        kept = np.zeros(of, dtype=bool)
        kept[self.journey] = True
        return np.flatnonzero(kept)

    @classmethod
    def of_events(cls, data: Dataset, unit: Unit, said: str, position: Position) -> Behind:
        """What happened with the events at `position`."""
        every = events(data)
        return cls(unit, said, every.journey[position].astype(np.int64), every.time[position])

    @classmethod
    def of_journeys(cls, said: str, kept: Mask) -> Behind:
        """The journeys of a mask."""
        return cls("journeys", said, np.flatnonzero(kept))


@dataclass(frozen=True)
class Counted:
    """What a share counts (n,): the `journey` of each, `at` when it counts, and which are a `hit`."""

    journey: Ints
    at: Seconds
    hit: Mask

    def behind(self, unit: Unit, said: str, kept: Mask) -> Behind:
        """Some of them."""
        return Behind(unit, said, self.journey[kept], self.at[kept])


def row_text(values: Iterable[Any]) -> str:
    """The labels of a row of a measure's table in one text: joined by "|", which is doubled within a label.

    Nothing (None) is an empty label, true and false are written as in JSON.
    """
    return "|".join(_text(value).replace("|", "||") for value in values)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
