"""How much work there is: arrivals, and children at each station over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.fidelity.walks import DAY, Floats, Ints, Walks
from synthetic.fidelity.yardstick import Measured

WEEK = 7 * DAY


def wape(real: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """Weighted absolute percentage error: the sum of differences over the sum of the real figures."""
    return float(np.abs(real - other).sum() / real.sum()) if real.sum() else float(other.sum() > 0)


def monthly_arrivals(walks: Walks, first: np.datetime64, months: int) -> Ints:
    """Journeys that start in each of `months` months from `first`."""
    month = walks.start.astype("datetime64[ms]").astype("datetime64[M]")
    place = (month - first).astype(np.int64)
    return np.bincount(place[(place >= 0) & (place < months)], minlength=months)


def months_of(walks: Walks) -> tuple[np.datetime64, int]:
    """First month of a log and how many it spans."""
    first, last = (np.datetime64(t, "ms").astype("datetime64[M]") for t in walks.window)
    return first, int((last - first).astype(np.int64)) + 1


def scale(real: Walks, other: Walks) -> float:
    """What the other log's counts are multiplied with, so that logs of different size can be compared by child."""
    return real.children / max(other.children, 1)


def arrivals(real: Walks, other: Walks) -> Measured:
    """WAPE of journeys started a month, per child in the log."""
    first, months = months_of(real)
    return Measured(
        wape(monthly_arrivals(real, first, months), scale(real, other) * monthly_arrivals(other, first, months))
    )


def stock_by_week(walks: Walks, first: int, last: int) -> Ints:
    """(weeks, stations) journeys whose latest event is at each station, at weekly instants from `first` to `last`.

    A journey without an exit stays where it is to the end of the data; at an exit nobody is counted. Where the log
    has no exits at all, a journey is over at its last event.
    """
    grid = np.arange(first, last + 1, WEEK)
    gone = np.full(len(walks.time), last + 1 if walks.exits.any() else 0)
    gone[walks.moves] = walks.time[walks.moves + 1]
    gone = np.where(walks.exits[walks.station], walks.time, np.maximum(gone, walks.time))
    size = len(walks.names)
    change = np.zeros((len(grid) + 1) * size, dtype=np.int64)
    for times, sign in ((walks.time, 1), (gone, -1)):
        change += sign * np.bincount(np.searchsorted(grid, times) * size + walks.station, minlength=len(change))
    return np.cumsum(change.reshape(len(grid) + 1, size), axis=0)[:-1]


def stock(real: Walks, other: Walks) -> Measured:
    """WAPE of how many journeys are at each station, week by week, per child in the log."""
    here: Floats = stock_by_week(real, *real.window).astype(np.float64)
    there = scale(real, other) * stock_by_week(other, *real.window)
    return Measured(wape(here, there))
