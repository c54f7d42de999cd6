"""All dates of a log moved by whole weeks, so that a model of it holds no true date.

Weekdays and all intervals stay, ages too. Bank holidays and months do not fall where they fell.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from flowmap.eventlog import NO_TIME, EventLog, OptionError
from synthetic.model.days import day_of
from synthetic.model.history import history
from synthetic.model.model import Model
from synthetic.model.options import FitOptions, Period

WEEK = 7 * 86_400_000  # ms
RANDOM = 26  # weeks at most, either way
FURTHEST = 520
NOTE = "All dates are moved by a number of whole weeks that is not kept here; months and bank holidays move with them."


def weeks_of(text: str) -> int:
    """The number of weeks that a text names; "random": drawn anew, from -26 to 26 and never 0, from the system's own
    randomness, so that no seed gives it away. Raises OptionError."""
    if text == "random":
        return secrets.choice([weeks for weeks in range(-RANDOM, RANDOM + 1) if weeks])
    try:
        weeks = int(text)
    except ValueError:
        weeks = 0
    if not 0 < abs(weeks) <= FURTHEST:
        raise OptionError(
            f"Dates cannot be moved by {text!r} weeks.",
            remedy=f"Write a whole number from -{FURTHEST} to {FURTHEST}, not 0, or: random.",
        )
    return weeks


def shifted(log: EventLog, weeks: int) -> EventLog:
    """The log with every event's time and end, and every birth, `weeks` later (earlier where negative)."""
    if not weeks:
        return log
    by = weeks * WEEK
    end = None if log.end is None else np.where(log.end == NO_TIME, NO_TIME, log.end + by)
    birth = None if log.birth is None else np.where(log.birth == NO_TIME, NO_TIME, log.birth + by)
    return replace(log, time=log.time + by, end=end, birth=birth)


def shifted_period(period: Period, weeks: int) -> Period:
    """The same for a period."""
    by = timedelta(weeks=weeks)
    first, last = (date.fromisoformat(day) + by for day in (period.first, period.last))
    return Period(period.label, first.isoformat(), last.isoformat())


def weeks_between(log: EventLog, model: Model) -> int:
    """By how many weeks the dates of `log` were moved before `model` was fitted on it; 0 where it is another log's."""
    window = history(log, FitOptions(k=model.k))
    first, last = day_of(model.first) - window.first, day_of(model.last) - window.last
    return first // 7 if first == last and first % 7 == 0 else 0
