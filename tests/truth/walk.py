"""Children walk the pathways: all journeys of one round of visits at once, one move at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic.reference import calibration as figures
from synthetic.reference.inspection import SHIFTS, Effect
from synthetic.reference.pathways import (
    AT_EIGHTEEN,
    BORN,
    NFA_BY_EARLIER_REFERRALS,
    PLACE,
    PLACES,
    PROCEEDINGS,
    STATIONS,
)
from synthetic.reference.waits import SCORES
from tests.truth.network import NEED_GROUP, NEED_GROUPS, Network
from tests.truth.working_calendar import DAY, WorkingCalendar

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEVER = np.int64(2**40)
FIRST_EXIT = len(STATIONS)
MOST_MOVES = 60  # a journey that long has run past any window

ONLY_BORN = np.isin(PLACES, list(BORN))
# What a station becomes on the eighteenth birthday (-1: short work is finished all the same).
GROWN = np.array([PLACE[AT_EIGHTEEN[name]] if name in AT_EIGHTEEN else -1 for name in PLACES])


@dataclass
class Trips:
    """n journeys that start in one round; `group` numbers the families present in it."""

    group: Ints
    station: Ints  # where it starts: row of PLACES
    time: Ints  # minutes
    slowness: Floats
    source: Ints
    need: Ints
    earlier_referrals: Ints
    born: Ints  # day

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True)
class Steps:
    """Events in order of trip, then of happening: which trip, where (row of PLACES), when (minutes)."""

    trip: Ints
    station: Ints
    time: Ints


def walk(rng: np.random.Generator, trips: Trips, network: Network, calendar: WorkingCalendar, effect: Effect) -> Steps:
    """Every trip from its entry to its exit, or to where it stands at the end of the calendar's span."""
    walkers = _Walkers(rng, trips, network, calendar, effect)
    none = np.zeros(0, dtype=np.int64)
    seen: list[tuple[Ints, Ints, Ints]] = [(none, none, none)]
    rows = np.flatnonzero(trips.time < calendar.span * DAY)
    for _ in range(MOST_MOVES):
        if not len(rows):
            break
        seen.append((rows, walkers.station[rows], walkers.time[rows]))
        rows = rows[walkers.station[rows] < FIRST_EXIT]
        walkers.move(rows)
        rows = rows[walkers.time[rows] < calendar.span * DAY]
    trip, station, time = (np.concatenate(column) for column in zip(*seen, strict=True))
    order = np.argsort(trip, kind="stable")
    return Steps(trip[order], station[order], time[order])


class _Walkers:
    """The trips under way: where each is now, and what its next decisions depend on."""

    def __init__(
        self, rng: np.random.Generator, trips: Trips, network: Network, calendar: WorkingCalendar, effect: Effect
    ) -> None:
        self.rng, self.trips, self.network, self.calendar, self.effect = rng, trips, network, calendar, effect
        self.station, self.time = trips.station.copy(), trips.time.copy()
        self.eighteen = trips.born + 6575
        self.groups = int(trips.group.max()) + 1 if len(trips) else 0
        self.assessed = np.zeros(len(trips), dtype=bool)
        self.planned = np.zeros(len(trips), dtype=bool)
        self.referred = np.full(len(trips), -1, dtype=np.int64)  # day of the referral
        self.hearing = np.full(len(trips), NEVER)  # day of the final hearing

    def move(self, rows: Ints) -> None:
        """Each of `rows` goes on to its next place, at its time."""
        here, now = self.station[rows], self.time[rows] // DAY
        self._arrived(rows, here, now)
        alike = self.rng.random(len(rows)) < figures.SIBLINGS_ALIKE
        chance = self._together(rows, alike, self.rng.standard_normal)
        score = figures.FRAILTY**0.5 * self.trips.slowness[rows] + (1 - figures.FRAILTY) ** 0.5 * chance
        place = self._situation(rows, here, now)
        draw = self._together(rows, alike, self.rng.random)
        edge = self.network.first[place] + (draw[:, None] >= self.network.running[place]).sum(axis=1)
        day = self._day(rows, edge, here, now, score)
        to = self._inspected(rows, here, self.network.to[edge], day, alike)
        to, day = self._bounded(rows, here, to, np.maximum(day, now))
        self.time[rows] = self._minute(rows, now, day)
        self.station[rows] = to

    def _together(self, rows: Ints, alike: Flags, draw: Callable[[int], Floats]) -> Floats:
        """One random number each; siblings who are `alike` at this step have their family's."""
        own, shared = draw(len(rows)), draw(self.groups)
        both: Floats = np.where(alike, shared[self.trips.group[rows]], own)
        return both

    def _arrived(self, rows: Ints, here: Ints, now: Ints) -> None:
        """Remember what later decisions depend on."""
        new = rows[(here == PLACE["referral"]) & (self.referred[rows] < 0)]
        self.referred[new] = self.time[new] // DAY
        self.assessed[rows] |= here == PLACE["assessment"]
        self.planned[rows] |= np.isin(here, [PLACE["cin"], PLACE["cp"]])
        at_court = here == PLACE["proceedings"]
        if at_court.any():
            cases = rows[at_court]
            alike = self.rng.random(len(cases)) < figures.SIBLINGS_ALIKE
            score = self._together(cases, alike, self.rng.standard_normal)
            days = read(PROCEEDINGS.curve[None], np.zeros(len(score), dtype=np.int64), score)
            self.hearing[cases] = self.calendar.next_working_day(now[at_court] + days.astype(np.int64))

    def _situation(self, rows: Ints, here: Ints, now: Ints) -> Ints:
        """The row of the network that holds for each: the station, and what sets this child apart there."""
        row = self.network.row
        found = np.array([row.get(name, -1) for name in STATIONS])[here]
        trips = self.trips
        age = (now - trips.born[rows]) / 365.25

        def at(station: str, keys: list[str], which: Ints) -> None:
            there = here == PLACE[station]
            found[there] = np.array([row[f"{station}/{key}"] for key in keys])[which[there]]

        group = NEED_GROUP[trips.need[rows]]
        at("contact", list(figures.SOURCES), trips.source[rows])
        at("referral", list(NEED_GROUPS), group)
        at(
            "assessment",
            [str(k) for k in range(len(NFA_BY_EARLIER_REFERRALS))],
            np.minimum(trips.earlier_referrals[rows], len(NFA_BY_EARLIER_REFERRALS) - 1),
        )
        stage = self.assessed[rows].astype(np.int64)
        stage[self.planned[rows]] = 2
        at("strategy", ["new", "assessed", "plan"], stage)
        at("s47", ["new", "assessed", "plan"], stage)
        at("cin", ["other", "disability"], (group == NEED_GROUPS.index("disability")).astype(np.int64))
        at("final_order", ["young", "old"], (age >= 5).astype(np.int64))
        at("cp", ["infant", "older"], (age >= 1.5).astype(np.int64))
        at("looked_after", ["infant", "young", "teenager"], (age >= 1.5).astype(np.int64) + (age >= 15))
        return found

    def _day(self, rows: Ints, edge: Ints, here: Ints, now: Ints, score: Floats) -> Ints:
        """The day of the next event."""
        network, calendar = self.network, self.calendar
        wait = read(network.curves, edge, score)
        working = network.working[edge]
        whole = np.minimum(wait, 20_000).astype(np.int64)
        day = np.where(whole > 0, calendar.next_working_day(now + whole), now)
        if working.any():
            began = np.where(network.since_referral[edge] & ~self.planned[rows], self.referred[rows], now)
            began = np.where(began < 0, now, began)[working]
            planned_end = calendar.add_working_days(began, whole[working])
            assessing = here[working] == PLACE["assessment"]
            slowed = self.effect.slow(now[working], planned_end, wait[working]).astype(np.int64)
            counted = np.where(assessing, slowed, whole[working])
            day[working] = np.where(counted > 0, calendar.add_working_days(began, counted), now[working])
        day = np.where(network.until[edge] == 1, self.hearing[rows], day)
        return np.where(network.until[edge] == 2, self.eighteen[rows], day)

    def _inspected(self, rows: Ints, here: Ints, to: Ints, day: Ints, alike: Flags) -> Ints:
        """Decisions of that day as the inspection changes them (SHIFTS)."""
        if self.effect.first is None:
            return to
        strength = self.effect.strength(day)
        draw = self._together(rows, alike, self.rng.random)
        changed = to.copy()
        floor = np.zeros(len(rows))
        for shift in SHIFTS:
            ours = (here == PLACE[shift.station]) & (to == PLACE[shift.away])
            share = shift.share * strength
            changed[ours & (draw >= floor) & (draw < floor + share)] = PLACE[shift.to]
            floor = np.where(ours, floor + share, floor)
        return changed

    def _bounded(self, rows: Ints, here: Ints, to: Ints, day: Ints) -> tuple[Ints, Ints]:
        """Nobody is in care before birth; nobody stays in children's services past the eighteenth birthday."""
        born, eighteen = self.trips.born[rows], self.eighteen[rows]
        day = np.where(ONLY_BORN[to] & (day <= born), born + 1, day)
        ends = (GROWN[here] >= 0) & (day >= eighteen)
        now = self.time[rows] // DAY
        return np.where(ends, GROWN[here], to), np.where(ends, np.maximum(eighteen, now), day)

    def _minute(self, rows: Ints, now: Ints, day: Ints) -> Ints:
        """The minute of the next event: office hours, or on the same day soon after the last one."""
        hours = 510 + (self.rng.random(len(rows)) + self.rng.random(len(rows))) * 290
        soon = self.time[rows] - now * DAY + 5 + self.rng.exponential(55, len(rows))
        latest = np.maximum(self.time[rows] - now * DAY + 1, 21 * 60)
        minute = np.where(day == now, np.minimum(np.minimum(soon, latest), DAY - 1), hours)
        return day * DAY + minute.astype(np.int64)


def read(curves: Floats, which: npt.NDArray[np.int64], score: Floats) -> Floats:
    """Days on row `which` of `curves` at each score, straight between the points of the curve."""
    place = np.clip((score - SCORES[0]) / (SCORES[1] - SCORES[0]), 0, len(SCORES) - 1.001)
    low = place.astype(np.int64)
    rest = place - low
    days: Floats = curves[which, low] * (1 - rest) + curves[which, low + 1] * rest
    return days
