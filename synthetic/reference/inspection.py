"""The planted inspection, exactly: what it changes, by how much, from when to when.

Later work recovers these numbers from the log, so they are constants, and nothing else is planted around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

WEEKS_IN_FORCE = 6
NOTICE_DAYS = 7  # announced on the Monday before
RECOVERY_DAYS = 70  # afterwards every effect below falls in a straight line to nothing
STARTS_AFTER_DAYS = 2 * 365 + 190  # into the third year: an October where the data begin in April

# An assessment in progress on any day of the inspection takes this many times its working days;
# one begun d days after the end takes 1 + (SLOWDOWN - 1) * (1 - d / RECOVERY_DAYS) times.
SLOWDOWN = 1.32


@dataclass(frozen=True)
class Shift:
    """Of decisions at `station` that would have been `away`, this share becomes `to`, at full strength."""

    station: str
    away: str
    to: str
    share: float


# Strength by the date of the decision: 1 during the inspection, then down to 0 over RECOVERY_DAYS.
SHIFTS = (
    Shift("referral", "nfa", "assessment", 0.40),
    Shift("referral", "assessment", "strategy", 0.12),
    Shift("assessment", "nfa", "cin", 0.15),
    Shift("assessment", "nfa", "strategy", 0.15),
)


@dataclass(frozen=True)
class Inspection:
    """Its dates: announced, first and last day in force, and the day by which all is as before."""

    announced: date
    first: date
    last: date
    recovered: date

    @classmethod
    def of(cls, start: date) -> Inspection:
        """The inspection of a window that begins at `start`: Mondays to Fridays, in the third year."""
        day = start + timedelta(days=STARTS_AFTER_DAYS)
        first = day + timedelta(days=-day.weekday() % 7)
        last = first + timedelta(days=7 * WEEKS_IN_FORCE - 3)
        return cls(first - timedelta(days=NOTICE_DAYS), first, last, last + timedelta(days=RECOVERY_DAYS))


@dataclass(frozen=True)
class Effect:
    """The inspection on the day numbers of a simulation; `first` None where none is planted."""

    first: int | None
    last: int = 0

    def strength(self, day: Days) -> Floats:
        """1 in force, falling to 0 over RECOVERY_DAYS after it, 0 otherwise."""
        if self.first is None:
            return np.zeros(len(day))
        falling = np.clip(1 - (day - self.last) / RECOVERY_DAYS, 0, 1)
        return np.where(day < self.first, 0.0, falling)

    def slow(self, began: Days, until: Days, working_days: Floats) -> Floats:
        """Working days of assessments begun and (untouched) ending on these days, with the slowdown."""
        strength = np.where(until < (self.first or 0), 0.0, self.strength(np.maximum(began, self.first or 0)))
        return working_days * (1 + (SLOWDOWN - 1) * strength)
