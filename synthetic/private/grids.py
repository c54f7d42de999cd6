"""What is fixed before any log is seen: grids, bounds on what one child adds, and how ε is dealt out.

All of it is the same for every log, so that nothing in it can tell of a child.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

EVENTS = 12  # of a child are counted, the first ones; later ones are not looked at
JOURNEYS = 2  # of a child, where attributes of journeys are counted
BEGINNINGS = 4  # of journeys of a child, where months are told apart
NAMES = 1  # values of an attribute that a child counts for, when these are let out
STATION_NAMES = 8  # the same for stations
STARTUP = 91  # days after the first of the window: cases open then have first stations of their own
VISITS = 4  # 0, 1, 2, 3 and more earlier journeys
STEPS = 60  # events of a made-up child at most
BIN = 28  # days of a stretch with a rate of arrivals

# Waits: of the same day by minutes, then by days. Both ends of each interval are included.
MINUTES = np.array([0, 1, 6, 16, 31, 61, 121, 241, 481])
MINUTES_END = np.append(MINUTES[1:] - 1, 1439)
DAYS = np.array(
    [*range(1, 15), *range(15, 99, 7), 99, 113, 127, 155, 183, 229, 274, 320, 366, 457, 548, 731, 914, 1096, 1462, 1827]
)
DAYS_END = np.append(DAYS[1:] - 1, 3652)
WAITS = len(MINUTES) + len(DAYS)  # columns of the table of waits

YEAR = 365.25
AGES = np.array([-280, -140, 0, 91, 183, *(round(YEAR * y) for y in range(1, 26))])  # days at the first event
AGES_END = np.append(AGES[1:] - 1, round(YEAR * 26) - 1)
OLDEST = 30  # years of age that are told apart

NUMBERS = np.array([-32767, -100, -10, *range(-1, 21), 21, 26, 31, 41, 51, 76, 101, 151, 201, 301, 501, 1001, 5001])
NUMBERS_END = np.append(NUMBERS[1:] - 1, 32767)

# How ε is dealt out; what is not needed (attributes that a log has not) goes to the others in proportion.
WEIGHTS = {
    "first stations": 0.05,
    "arrivals": 0.06,
    "kinds of days": 0.02,
    "months": 0.02,
    "ways": 0.31,
    "waits": 0.34,
    "weekdays": 0.02,
    "time of day": 0.02,
    "slow stages together": 0.02,
}
OF_BIRTHS = {"ages": 0.03, "before birth": 0.02, "oldest": 0.01}
ATTRIBUTES = 0.10  # all of them together
NAMES_OF_STATIONS = 0.03
NAMES_OF_VALUES = 0.06  # of all attributes together

NEVER = 0.01  # the chance that in a table any cell that is empty comes to be taken for one that is not


def threshold(scale: float, cells: int, terms: int = 1) -> float:
    """What the sum of `terms` noises of this scale passes in any of so many cells with probability NEVER at most.

    Chernoff's bound: P(sum > t) ≤ exp(−st/scale) / (1 − s²)^terms for every 0 < s < 1.
    """
    s = np.linspace(0.02, 0.98, 97)
    return float(scale * np.min((np.log(max(cells, 1) / NEVER) - terms * np.log1p(-(s**2))) / s))


def projected(noisy: Ints | Floats, total: Floats) -> Floats:
    """The nearest counts of each row (rows, cells) that are not negative and add up to `total` (rows,).

    Cutting negative counts off alone would add to every empty cell. Euclidean projection on the simplex (Duchi and
    others 2008, figure 1).
    """
    total = np.maximum(total, 0.0)
    ordered = -np.sort(-noisy.astype(float), axis=1)
    over = np.cumsum(ordered, axis=1) - total[:, None]
    number = np.arange(1, noisy.shape[1] + 1)
    last = np.maximum((ordered - over / number > 0).sum(axis=1), 1) - 1
    shift = over[np.arange(len(over)), last] / (last + 1)
    found: Floats = np.maximum(noisy - shift[:, None], 0.0)
    return np.where(total[:, None] > 0, found, 0.0)


def trust(count: Floats, scale: float) -> Floats:
    """How far a distribution of so many rows, with noise of this scale on each cell, is to be believed: 0 to 1."""
    signal = np.maximum(count, 0.0) ** 2
    found: Floats = signal / (signal + (DOUBT * scale) ** 2)
    return found


DOUBT = 8.0  # times the noise's scale: a distribution of so many rows counts as much as the wider one
