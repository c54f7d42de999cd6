"""A made-up authority followed family by family: a truth that is not of the sampler's own making.

It shares the tables of the reference authority (synthetic/reference) and shows the same published figures and planted
effects, but by other means: rounds of visits, decisions by earlier referrals, dates of hearings. The log covers `years`
years from `start` and, in the quarter before, the cases that were open at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import EventLog
from synthetic.reference import calibration as figures
from synthetic.reference.inspection import Effect, Inspection
from synthetic.reference.model import BURN_IN_YEARS, FIRST_MEETINGS, years_later
from tests.truth import fitted
from tests.truth.authority import Authority
from tests.truth.extract import extract
from tests.truth.population import settle
from tests.truth.record import event_log
from tests.truth.working_calendar import WorkingCalendar

Ints = npt.NDArray[np.int64]


def make(
    referrals_a_year: int = figures.REFERRALS_A_YEAR,
    years: int = 4,
    start: str = "2014-04-01",
    seed: int = 2018,
    inspection: bool = True,
    progress: Callable[[float], None] | None = None,
) -> EventLog:
    """The event log of a made-up authority, the same for the same arguments.

    Times are instants to the minute (UTC), in order; `progress` is told the share done (0 to 1).
    Raises ValueError where there would be nothing to make.
    """
    if referrals_a_year < 1 or years < 1:
        raise ValueError("referrals_a_year and years must be at least 1")
    opening = date.fromisoformat(start)
    rng = np.random.default_rng(seed)
    first = years_later(opening, -BURN_IN_YEARS)
    calendar = WorkingCalendar.between(first, years_later(opening, years))
    people = settle(rng, _arrivals(rng, calendar, referrals_a_year))
    effect = _effect(opening, first) if inspection else Effect(None)
    history = Authority(rng, people, calendar, effect).live(progress)
    return event_log(rng, people, extract(rng, history, calendar, (opening - first).days), first)


def _effect(opening: date, first: date) -> Effect:
    dates = Inspection.of(opening)
    return Effect((dates.first - first).days, (dates.last - first).days)


def _arrivals(rng: np.random.Generator, calendar: WorkingCalendar, referrals_a_year: int) -> Ints:
    """The days on which families first come to notice, over burn-in and window."""
    a_year = referrals_a_year * fitted.NEW_FAMILIES_PER_REFERRAL
    edges = [round(k * 365.25) for k in range(len(FIRST_MEETINGS) + 1)]
    bands = zip(FIRST_MEETINGS, edges, edges[1:], strict=False)
    parts = [calendar.draw(rng, round(a_year * more), first, end) for more, first, end in bands]
    rest = (calendar.span - edges[-1]) / 365.25
    return np.concatenate([*parts, calendar.draw(rng, round(a_year * rest), edges[-1], calendar.span)])
