"""Days as whole numbers since 1970-01-01, their weekdays and bank holidays, and clocks that run as work comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import holidays
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SECONDS = 86_400
HOLIDAY = 7  # the kind of day of a bank holiday that falls on Monday to Friday; 0 = Monday … 6 = Sunday


def day_of(text: str) -> int:
    """The number of an ISO date."""
    return int(np.datetime64(text, "D").astype(np.int64))


def text_of(day: int) -> str:
    """The ISO date of a number."""
    return str(np.datetime64(int(day), "D"))


def weekday(day: Ints) -> Ints:
    """0 = Monday … 6 = Sunday."""
    return (day + 3) % 7


def month(day: Ints) -> Ints:
    """0 = January … 11 = December."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12


@dataclass(frozen=True)
class Calendar:
    """Kinds of days from `first` on; days outside count as the nearest."""

    first: int
    kind: Ints  # 0 … 6 the weekday, 7 a bank holiday of England and Wales on a weekday

    @classmethod
    def between(cls, first: int, last: int) -> Calendar:
        """Both days included."""
        days = np.arange(first, last + 1)
        years = range(date.fromisoformat(text_of(first)).year, date.fromisoformat(text_of(last)).year + 1)
        closed = np.array(
            sorted(holidays.country_holidays("GB", subdiv="ENG", years=years)), dtype="datetime64[D]"
        ).astype(np.int64)
        kind = weekday(days)
        kind[np.isin(days, closed) & (kind < 5)] = HOLIDAY
        return cls(first, kind)

    def of(self, day: Ints) -> Ints:
        """The kind of each day."""
        return self.kind[np.clip(day - self.first, 0, len(self.kind) - 1)]

    def rests(self, day: Ints) -> Flags:
        """Saturdays, Sundays and bank holidays."""
        return self.of(day) >= 5

    def next_working(self, day: Ints) -> Ints:
        """The day itself, or the first working day after it."""
        n = len(self.kind)
        at = np.where(self.kind < 5, np.arange(n), n - 1)
        ahead = np.minimum.accumulate(at[::-1])[::-1]
        place = day - self.first
        inside = (place >= 0) & (place < n)
        return np.where(inside, ahead[np.clip(place, 0, n - 1)] + self.first, day)

    @cached_property
    def working(self) -> Ints:
        """The working days, in order."""
        return self.first + np.flatnonzero(self.kind < 5)

    def working_days(self, day: Ints, later: Ints) -> Ints:
        """How many working days lie after `day` up to `later`; one that ends on a rest day counts up to the next."""
        counted = np.searchsorted(self.working, np.stack([day, self.next_working(later)]), side="right")
        return np.where(later > day, np.maximum(counted[1] - counted[0], 1), 0)

    def add_working_days(self, day: Ints, count: Ints) -> Ints:
        """The working day so many working days after each day (0: the day itself); past the table: its end."""
        at = np.searchsorted(self.working, day, side="right") - 1 + count
        return np.where(count > 0, self.working[np.clip(at, 0, len(self.working) - 1)], day)


@dataclass(frozen=True)
class Clock:
    """Days weighted by how much work comes in on them: `running[d]` is what came before day `first` + d."""

    first: int
    running: Floats

    @classmethod
    def of(cls, calendar: Calendar, kinds: Floats, months: Floats) -> Clock:
        """`kinds` (8,) and `months` (12,): what a day of that kind, in that month, counts for; on average 1."""
        days = calendar.first + np.arange(len(calendar.kind))
        weight = kinds[calendar.kind] * months[month(days)]
        return cls(calendar.first, np.concatenate([[0.0], np.cumsum(weight)]))

    def _place(self, day: Ints) -> Ints:
        return np.clip(day - self.first, 0, len(self.running) - 2)

    def at(self, day: Ints, part: Floats) -> Floats:
        """Weighted days from `first` to that part (0 to 1) of each day."""
        here = self._place(day)
        found: Floats = self.running[here] + part * (self.running[here + 1] - self.running[here])
        return found

    def day(self, at: Floats) -> Ints:
        """The day that holds each number of weighted days, as from `at`."""
        return self.first + np.clip(np.searchsorted(self.running, at, side="right") - 1, 0, len(self.running) - 2)

    def between(self, day: Ints, later: Ints) -> Floats:
        """Weighted days from the end of `day` to the middle of `later`, at least 0."""
        at = self._place(later)
        middle = (self.running[at] + self.running[at + 1]) / 2
        found: Floats = np.maximum(middle - self.running[self._place(day) + 1], 0.0)
        return found

    def after(self, day: Ints, wait: Floats) -> Ints:
        """The day that lies `wait` weighted days after the end of `day`; past the table: far away."""
        target = self.running[self._place(day) + 1] + np.maximum(wait, 0)
        at = np.searchsorted(self.running, target, side="right") - 1
        return np.where(at >= len(self.running) - 1, self.first + 10**7, self.first + at).astype(np.int64)
