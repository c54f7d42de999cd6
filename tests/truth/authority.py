"""The authority over the years: families come to notice, their children go through, some come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from synthetic.reference import calibration as figures
from synthetic.reference.inspection import Effect
from synthetic.reference.pathways import GONE, NFA_BY_EARLIER_REFERRALS, PLACE, STATIONS
from tests.truth import fitted
from tests.truth.network import network
from tests.truth.population import Population, pick
from tests.truth.walk import Steps, Trips, walk
from tests.truth.working_calendar import DAY, WorkingCalendar

Ints = npt.NDArray[np.int64]

MOST_VISITS = 60  # rounds: no family comes that often before its children are grown
UNBORN_DAYS = 130  # contacts about an unborn child: from about the 20th week
OLDEST_DAYS = 6538  # 17.9 years: nobody starts a journey so close to eighteen
LOOK_BACK = 1096  # days in which earlier referrals count: 36 months
MOST_COUNTED = len(NFA_BY_EARLIER_REFERRALS) - 1
LONG_AGO, NEVER_AGAIN = -(10**6), 10**7  # days
DISABILITY_NEED = list(figures.NEEDS).index("child's disability or illness")


@dataclass(frozen=True)
class History:
    """All journeys and events: journey by journey (round by round of visits), events in order of happening."""

    child: Ints  # of each journey: row of the population
    source: Ints  # of each journey: row of SOURCES
    need: Ints  # of each journey: row of NEEDS
    journey: Ints  # of each event: row of the three above
    station: Ints  # of each event: row of PLACES
    time: Ints  # of each event: minutes from the simulation's first midnight


@dataclass(frozen=True)
class _Round:
    """One visit each of some families: `family` and the day, and for each journey the row of its family here."""

    family: Ints
    day: Ints
    group: Ints
    history: History


class Authority:
    """Families, and what is known of their children so far."""

    def __init__(self, rng: np.random.Generator, people: Population, calendar: WorkingCalendar, effect: Effect) -> None:
        self.rng, self.people, self.calendar, self.effect = rng, people, calendar, effect
        self.network = network()
        n = len(people.family)
        self.free = np.full(n, LONG_AGO, dtype=np.int64)  # day of the last exit
        self.referred = np.full((n, MOST_COUNTED), LONG_AGO, dtype=np.int64)  # days of referrals, newest first

    def live(self, progress: Callable[[float], None] | None = None) -> History:
        """Everything that happens until the end of the calendar, one round of visits after the other."""
        rounds: list[History] = []
        family, day = np.arange(len(self.people.size)), self.people.arrives
        for visit in range(MOST_VISITS):
            if not len(family):
                break
            met = self._visit(family, day, first=visit == 0)
            rounds.append(met.history)
            family, day = self._return(met, self._leave(met.history))
            if progress:
                progress(1 - len(family) / len(self.people.size))
        return _joined(rounds)

    def _visit(self, family: Ints, day: Ints, first: bool) -> _Round:
        """The children who take part, and their journeys; families of whom nobody can come are left out."""
        people, rng = self.people, self.rng
        group, child = self._present(family, day, first)
        present, group = np.unique(group, return_inverse=True)
        family, day = family[present], day[present]
        m = len(family)
        entry = np.array([PLACE[name] for name in figures.ENTRIES])[pick(rng, figures.ENTRIES, m)]
        by_contact = entry == PLACE["contact"]
        source = np.where(by_contact, pick(rng, figures.sources_of_contacts(), m), pick(rng, figures.SOURCES, m))
        need = np.where(rng.random(m) < 0.5, pick(rng, figures.needs_of_others(), m), people.need[family])[group]
        need[people.disabled[child] & (rng.random(len(child)) < figures.DISABILITY_IS_THE_NEED)] = DISABILITY_NEED
        trips = Trips(
            group=group,
            station=entry[group],
            time=(day * DAY + _entry_minute(rng, self.calendar.working[day]))[group],
            slowness=people.slowness[family][group],
            source=source[group],
            need=need,
            earlier_referrals=(self.referred[child] >= (day[group] - LOOK_BACK)[:, None]).sum(axis=1),
            born=people.born[child],
        )
        steps: Steps = walk(rng, trips, self.network, self.calendar, self.effect)
        return _Round(family, day, group, History(child, source[group], need, steps.trip, steps.station, steps.time))

    def _present(self, family: Ints, day: Ints, first: bool) -> tuple[Ints, Ints]:
        """(row of `family`, child) of each child who takes part: of the age, not in the system, not gone."""
        people = self.people
        size = people.size[family]
        group = np.repeat(np.arange(len(family)), size)
        within = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
        child = people.first_child[family][group] + within
        age = day[group] - people.born[child]
        comes = (age > -UNBORN_DAYS) & (age < OLDEST_DAYS) & (self.free[child] < day[group])
        comes &= (self.rng.random(len(child)) < figures.SIBLING_COMES_TOO) | (first & (within == 0))
        return group[comes], child[comes]

    def _leave(self, part: History) -> Ints:
        """Note when each child is free again and was referred; give the exit day of each journey (-1 = open)."""
        last = np.flatnonzero(np.concatenate([part.journey[1:] != part.journey[:-1], [True]])[: len(part.journey)])
        where = part.station[last]
        over = where >= len(STATIONS)
        exits = np.where(over, part.time[last] // DAY, -1)
        self.free[part.child] = np.where(np.isin(where, [PLACE[name] for name in GONE]) | ~over, NEVER_AGAIN, exits)
        new = np.flatnonzero(part.station == PLACE["referral"])  # at most one in a journey
        child = part.child[part.journey[new]]
        self.referred[child] = np.column_stack([part.time[new] // DAY, self.referred[child, :-1]])
        return exits

    def _return(self, met: _Round, exits: Ints) -> tuple[Ints, Ints]:
        """Families who come back, and the day: counted from the exit of the first child who has left again."""
        done = np.flatnonzero(exits >= 0)
        lead, at = np.unique(met.group[done], return_index=True)
        family, left = met.family[lead], exits[done[at]]
        share = np.where(self.people.often[family], fitted.RETURN_SHARE_OFTEN, fitted.RETURN_SHARE_SELDOM)
        back = self.rng.random(len(lead)) < share
        years = fitted.RETURN_YEARS * self.rng.weibull(fitted.RETURN_SHAPE, len(lead))
        day = np.maximum(self.calendar.after(left, years), left + 1)
        back &= day < self.calendar.span
        return family[back], day[back]


def _joined(rounds: list[History]) -> History:
    """All rounds as one history, its journeys numbered through."""
    before = np.cumsum([0, *(len(part.child) for part in rounds)])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in rounds])
        for field in fields(History)
        if field.name != "journey"
    }
    journey = np.concatenate([part.journey + count for part, count in zip(rounds, before, strict=False)])
    return History(journey=journey, **columns)


def _entry_minute(rng: np.random.Generator, working: npt.NDArray[np.bool_]) -> Ints:
    """Office hours with a late-morning hump; at almost any hour for the emergency duty team on a rest day."""
    office = 490 + (rng.random(len(working)) + rng.random(len(working))) * 280
    return np.where(working, office, rng.uniform(420, 1200, len(working))).astype(np.int64)
