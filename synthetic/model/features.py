"""What a decision may depend on: the same features, counted the same way, when fitting and when sampling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthetic.model.model import Variable

Ints = npt.NDArray[np.int64]

VISITS = 5  # 0 … 4: 4 and more
BEFORE = 4  # earlier journeys at this station: 3 and more
LOOK_BACK = 1096  # days in which these count: the 36 months of DfE's and Kent's figures of earlier referrals
HERE = 3  # times at this station in this journey: 2 and more
GAPS = np.array([45, 120, 250, 400])  # days since the journey before, when this one began
AGES = np.array([0, 365, 548, 730, 1826, 3652, 4748, 5113, 5479, 5844, 6209])  # 0, 1, 1½, 2, 5, 10, 13 … 17 years
FEW_AGES = np.array([548, 1826, 5479])
YEARS = 12
PARTS = 4  # of the first days
WAITS = np.array([1, 4, 8, 22, 46, 92])  # days of the move before: none, up to 3 days, a week, three weeks, …
LEFT = np.array([2, 4, 6, 8, 10, 12, 15, 18, 22, 29, 36, 50, 71, 141])  # days to the end of the window

BASE = (
    "station",
    "one before",  # stations of this journey, latest first; 0 = none
    "two before",
    "three before",
    "visit",  # the child's journeys before this one
    "earlier journeys here",  # of the last LOOK_BACK days
    "times here",
    "gap",  # class of days between the journey before and this one, 0 = first journey
    "age",
    "age group",
    "weekday",
    "startup",  # 1 = in the first days, when open cases were entered
    "year",  # of the window
    "period",  # of this station, 0 = none
    "startup part",  # which part of the first days, 0 = after them
    "wait before",  # class of days of the move that led here, 0 = first event of the journey
    "left",  # class of days to the end of the window, where all cases are over by then; else 0
)
PLACE = {name: at for at, name in enumerate(BASE)}


def layout(stations: int, periods: int, variables: Sequence[Variable]) -> tuple[list[str], list[int]]:
    """Names and numbers of values of all features: BASE, attributes, and those of the journey before."""
    cards = [stations + 1] * 4 + [VISITS, BEFORE, HERE, len(GAPS) + 2, len(AGES) + 2, len(FEW_AGES) + 2, 7, 2]
    cards += [YEARS, periods + 1, PARTS + 1, len(WAITS) + 2, len(LEFT) + 2]
    kept = [v for v in variables if v.given != "event"]
    of_journeys = [v for v in kept if v.of == "journey"]
    names = [*BASE, *(f"{v.of}:{v.key}" for v in kept), *(f"last:{v.key}" for v in of_journeys)]
    return names, cards + [v.card for v in kept] + [v.card for v in of_journeys]


def gap_class(days: Ints, first: npt.NDArray[np.bool_]) -> Ints:
    """0 for a first journey, then how long ago the one before ended."""
    return np.where(first, 0, 1 + np.searchsorted(GAPS, days, side="right"))


def age_class(days: Ints, known: npt.NDArray[np.bool_], bands: Ints = AGES) -> Ints:
    """0 = not known, then the band of an age in days."""
    return np.where(known, 1 + np.searchsorted(bands, days, side="right"), 0)


def year_class(day: Ints, first: int) -> Ints:
    """The year of the window."""
    return np.clip((day - first) * 4 // 1461, 0, YEARS - 1)


def startup_part(day: Ints, first: int, days: int) -> Ints:
    """0 after the first `days`, else which part of them: what was squeezed into them had to end with them."""
    at = day - first
    return np.where(at < days, 1 + np.clip(at * PARTS // max(days, 1), 0, PARTS - 1), 0)


def wait_class(days: Ints, first: npt.NDArray[np.bool_]) -> Ints:
    """0 for the first event of a journey, then how long the move to this one took."""
    return np.where(first, 0, 1 + np.searchsorted(WAITS, days, side="right"))


def left_class(day: Ints, last: int) -> Ints:
    """How long it is to the last day: cases that were picked because they had ended are the longer, the earlier they
    began, and near the end only short ones are there."""
    return 1 + np.searchsorted(LEFT, last - day, side="right")
