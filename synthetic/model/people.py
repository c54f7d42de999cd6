"""The made-up children: who they are, where they are, and what their next steps depend on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Outcomes
from synthetic.model.days import Calendar, Clock, day_of, weekday
from synthetic.model.families import met_first
from synthetic.model.features import (
    BASE,
    BEFORE,
    FEW_AGES,
    HERE,
    LOOK_BACK,
    PLACE,
    VISITS,
    YEARS,
    age_class,
    gap_class,
    left_class,
    startup_part,
    wait_class,
    year_class,
)
from synthetic.model.intervals import Curves, Intervals
from synthetic.model.model import Families, Model

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int16]

LONG_AGO = -(2**15)  # a day
OWN = np.array([PLACE[name] for name in ("age", "age group", "weekday", "startup", "year", "period", "startup part")])
FIRST = 0.25  # see `along`


class People:
    """n children; arrays hold where each is now. Minutes and days count from 1970-01-01."""

    def __init__(
        self, model: Model, outcomes: Outcomes, rng: np.random.Generator, size: int, calendar: Calendar, span: int
    ) -> None:
        self.model, self.outcomes, self.rng, self.size, self.calendar = model, outcomes, rng, size, calendar
        self.first = first = day_of(model.first)
        self.walk = model.choices.tables()
        # Past the model's own window, and in its last year (whose leavers were hardly followed), years tell nothing:
        # a year that no context knows leads to what holds in all of them.
        known = day_of(model.last) + 1 - first
        self.final = first + span - 1  # day
        self.years = YEARS if span <= known else max(known * 4 // 1461 - 1, 0)
        n, s = size, len(model.stations)
        self.station = np.zeros(n, dtype=np.int64)
        self.minute = np.zeros(n, dtype=np.int64)
        self.before = np.zeros((3, n), dtype=np.int16)  # stations of this journey + 1, latest first
        self.visit = np.zeros(n, dtype=np.int64)
        self.gap = np.zeros(n, dtype=np.int16)
        self.came = np.zeros(n, dtype=np.int16)  # class of the wait before this event
        self.times = np.zeros((n, s), dtype=np.uint8)  # times at each station in this journey
        # Days (after `first`) on which this journey first came to each station, and the last few before it did.
        self.reached = np.zeros((n, s), dtype=np.int16)
        self.lately = np.full((BEFORE - 1, n, s), LONG_AGO, dtype=np.int16)
        self.born = np.zeros(n, dtype=np.int64)
        self.known = np.zeros(n, dtype=bool)  # whether the birth is
        self.frail = rng.standard_normal(n)
        self.family = np.arange(n)
        self.source = np.arange(n)  # the child whose chances each one shares at this step: itself, or a sibling
        self.kept = [v for v in model.variables if v.given != "event"]
        self.child_variables = [v for v in self.kept if v.of == "child"]
        self.journey_variables = [v for v in self.kept if v.of == "journey"]
        self.child_codes = {v.key: np.zeros(n, dtype=np.int16) for v in self.child_variables}
        self.now = {v.key: np.zeros(n, dtype=np.int16) for v in self.journey_variables}
        self.last = {v.key: np.zeros(n, dtype=np.int16) for v in self.journey_variables}
        self.place = {name: at for at, name in enumerate(model.features)}
        # Stations at which a child is out, and may come back.
        self.out = np.array([st.exit and f"next:{st.name}" in model.trees for st in model.stations], dtype=bool)
        self.stations = {station.name: at for at, station in enumerate(model.stations)}
        clocks = [station.clock for station in model.stations]
        self.rest = len(clocks)
        special = [*model.rest_clock, *model.startup_clock]
        self.clocks = Curves.of([*clocks, *(clock or Intervals.none() for clock in special)])
        self.has_clock = np.array([clock is not None for clock in special], dtype=bool)
        self.done: dict[str, list[tuple[Ints, Ints, Codes]]] = {v.key: [] for v in self.journey_variables}

    def uniform(self, rows: Ints) -> Floats:
        """A number from 0 to 1 each (`rows` ascending); siblings who go on together have one."""
        found: Floats = self.rng.random(len(rows))[self.sharing(rows)] if len(rows) else np.zeros(0)
        return found

    def sharing(self, rows: Ints) -> Ints:
        """Of each of `rows` (ascending), the place in them of the sibling it goes on with; its own where alone."""
        return places(rows, self.source[rows])

    def held(self, rows: Ints) -> Flags:
        """Who is out and waits for a sibling that is still on its way: they may come back together."""
        if self.model.families is None or not self.model.families.back:
            return np.zeros(len(rows), dtype=bool)
        out = self.out[self.station[rows]]
        busy = np.zeros(self.size, dtype=bool)
        busy[self.family[rows[~out]]] = True
        held: Flags = out & busy[self.family[rows]]
        return held

    def pair(self, rows: Ints, families: Families) -> None:
        """Which siblings go on together: as often as usual of those who came to one station on one day, and of those
        who are out."""
        self.source[rows] = rows
        out = self.out[self.station[rows]] & (families.back > 0)
        station = np.where(out, len(self.out), self.station[rows])
        day = np.where(out, 0, self.minute[rows] // 1440)
        turn = self.rng.random(len(rows))
        order, first = met_first(self.family[rows], station, day, turn)
        share = np.where(out[order], families.back, families.steps)
        together = (order != first) & (self.rng.random(len(rows)) < share)
        self.source[rows[order[together]]] = rows[first[together]]

    def shared(self, rows: Ints, features: Codes) -> Codes:
        """The features by which each of `rows` goes on: those of the sibling it goes on with; who is out has an age of
        its own, and left at another time."""
        found = features[:, self.sharing(rows)]
        out = np.flatnonzero(self.out[self.station[rows]])
        found[np.ix_(OWN, out)] = features[np.ix_(OWN, out)]
        return found

    def along(self, rows: Ints, back: Flags, when: Ints, clock: Clock) -> tuple[Ints, Ints]:
        """(of each of `rows` the place in them of the sibling that it comes back with, else its own; the minute).
        `back`: who comes back, and `when` (minute) if alone.

        Siblings who go together come between the first and the mean of the days on which they would have come alone, as
        `clock` counts days. FIRST was chosen so that as many come back within a year as should: on the mean they are
        fewer, on the first day more. But who is not out by then, or too old, comes when it would have.
        """
        own, lead, size = np.arange(len(rows)), self.sharing(rows), len(rows)
        limit = np.iinfo(np.int64).max if self.model.oldest is None else self.born[rows] + self.model.oldest
        grown = np.where(self.known[rows], limit, np.iinfo(np.int64).max)
        met, alone = when, clock.at(when // 1440, self.rng.random(size))
        together = back & back[lead] & self.out[self.station[rows]]
        for _ in range(2):  # those who are not out by the day of all have no part in the day of the others
            group = np.where(together, lead, own)
            count = np.bincount(group, minlength=size)
            first = alone.copy()
            np.minimum.at(first, group, alone)
            mean = np.bincount(group, alone, minlength=size) / np.maximum(count, 1)
            day = clock.day(FIRST * first + (1 - FIRST) * mean)
            met = np.where(count > 1, day * 1440 + when % 1440, when)[group]
            together &= (met > self.minute[rows]) & (met // 1440 < grown)
        return np.where(together, lead, own), np.where(together, met, when)

    def arrive(self, days: Ints) -> None:
        """The first event of every child, and who the child is."""
        rows = np.arange(self.size)
        self.put(rows, days)
        self.ages(rows)
        for variable in self.child_variables:
            drawn = self.choose(f"child:{variable.key}", rows)
            self.child_codes[variable.key] = np.maximum(drawn, 0).astype(np.int16)

    def put(self, rows: Ints, days: Ints) -> None:
        """The station and minute of first events on these days."""
        self.minute[rows] = days * 1440
        self.station[rows] = np.maximum(self.choose("first", rows), 0)
        self.minute[rows] += self.time_of_day(self.station[rows], days, np.ones(len(rows), dtype=bool))

    def take(self, others: People, which: Ints) -> None:
        """Be what `which` of the others are at their first event."""
        for name in ("station", "minute", "born", "known", "frail"):
            getattr(self, name)[:] = getattr(others, name)[which]
        for key, codes in others.child_codes.items():
            self.child_codes[key] = codes[which]

    def begin(self, rows: Ints) -> None:
        """The first journeys, from where the children are."""
        self.times[rows, self.station[rows]] = 1
        self.reached[rows, self.station[rows]] = self.minute[rows] // 1440 - self.first
        self._begin(rows)

    def time_of_day(self, station: Ints, day: Ints, begins: Flags) -> Ints:
        """A minute of the day at which each station is reached; rest days and the first days have their own, for events
        that begin a journey and for others."""
        special = np.where(day < self.first + self.model.startup, 2, np.where(self.calendar.rests(day), 0, -1))
        special = np.where(special >= 0, special + begins, -1)
        which = np.where((special >= 0) & self.has_clock[special], self.rest + special, station)
        return self.clocks.draw(which, self.rng.random(len(station)))

    def ages(self, rows: Ints) -> None:
        """The births of these children, from the age at their first event."""
        if "age" not in self.model.trees or self.model.ages is None:
            return
        code = self.choose("age", rows)
        self.known[rows] = code > 0
        at = np.maximum(code - 1, 0)
        ages, day = self.model.ages, self.minute[rows] // 1440
        born = day - self.rng.integers(ages.low[at], ages.high[at] + 1)
        unborn = np.array([s.unborn for s in self.model.stations])[self.station[rows]]
        self.born[rows] = np.where((code > 0) & ~unborn, np.minimum(born, day), born)

    def choose(self, tree: str, rows: Ints) -> Ints:
        """An outcome of a tree of `choices` for each row; -1 where there is no such tree."""
        root = self.model.trees.get(tree, -1)
        if root < 0:
            return np.full(len(rows), -1, dtype=np.int64)
        leaf = self.walk.leaf(np.full(len(rows), root), self.at(rows))
        return self.outcomes.draw(leaf, self.uniform(rows))

    def at(self, rows: Ints) -> Codes:
        """(F, len(rows)) features of these children, where they are now."""
        table = np.zeros((len(self.model.features), len(rows)), dtype=np.int16)
        station, day = self.station[rows], self.minute[rows] // 1440
        table[PLACE["station"]] = station + 1
        table[1:4] = self.before[:, rows]
        table[PLACE["visit"]] = np.minimum(self.visit[rows], VISITS - 1)
        recent = self.lately[:, rows, station] >= day - self.first - LOOK_BACK
        table[PLACE["earlier journeys here"]] = recent.sum(axis=0)
        table[PLACE["times here"]] = np.minimum(np.maximum(self.times[rows, station], 1) - 1, HERE - 1)
        table[PLACE["gap"]] = self.gap[rows]
        age, known = day - self.born[rows], self.known[rows]
        table[PLACE["age"]], table[PLACE["age group"]] = age_class(age, known), age_class(age, known, FEW_AGES)
        table[PLACE["weekday"]] = weekday(day)
        table[PLACE["startup"]] = day < self.first + self.model.startup
        table[PLACE["startup part"]] = startup_part(day, self.first, self.model.startup)
        table[PLACE["wait before"]] = self.came[rows]
        if self.model.ends is not None:
            table[PLACE["left"]] = left_class(day, self.final)
        year = year_class(day, self.first)
        table[PLACE["year"]] = np.where(year < self.years, year, YEARS - 1)
        for at, ranges in self.model.periods.items():
            here = np.flatnonzero(station == at)
            for value, (a, b) in enumerate(ranges, 1):
                table[PLACE["period"], here[(day[here] >= a) & (day[here] <= b)]] = value
        row = len(BASE)
        for variable in self.kept:
            codes = self.child_codes if variable.of == "child" else self.now
            table[row] = codes[variable.key][rows]
            row += 1
        for variable in self.journey_variables:
            table[row] = self.last[variable.key][rows]
            row += 1
        return table

    def move(self, rows: Ints, to: Ints, new: Flags, minute: Ints) -> None:
        """These children reach the next station; `new`: as the first of another journey."""
        self._end(rows[new])
        days = minute // 1440 - self.minute[rows] // 1440
        self.gap[rows[new]] = gap_class(days[new], np.zeros(int(new.sum()), dtype=bool))
        self.came[rows] = wait_class(days, new)
        on = rows[~new]
        self.before[1:, on] = self.before[:-1, on]
        self.before[0, on] = self.station[on] + 1
        self.station[rows], self.minute[rows] = to, minute
        self.times[rows, to] = np.minimum(self.times[rows, to], 250) + 1
        fresh = self.times[rows, to] == 1
        self.reached[rows[fresh], to[fresh]] = minute[fresh] // 1440 - self.first
        self._begin(rows[new])
        self._gates(on)

    def _end(self, rows: Ints) -> None:
        """Journeys are over: attributes that were never opened are drawn, all are put down."""
        self._close(rows)
        which, station = np.nonzero(self.times[rows])
        child = rows[which]
        self.lately[1:, child, station] = self.lately[:-1, child, station]
        self.lately[0, child, station] = self.reached[child, station]
        self.times[rows] = 0
        self.before[:, rows] = 0
        self.visit[rows] += 1

    def _close(self, rows: Ints) -> None:
        for variable in self.journey_variables:
            now, key = self.now[variable.key], variable.key
            if variable.given == "gate":
                shut = rows[self.times[rows, self.stations[variable.gate]] == 0]
                now[shut] = np.maximum(self.choose(f"rest:{key}", shut), 0)
            self.done[key].append((rows, self.visit[rows].copy(), now[rows].copy()))
            self.last[key][rows] = now[rows]
            now[rows] = 0

    def _begin(self, rows: Ints) -> None:
        """The first event of journeys: attributes known from the start."""
        for variable in self.journey_variables:
            if variable.given == "start":
                drawn = self.choose(f"journey:{variable.key}", rows)
                self.now[variable.key][rows] = np.maximum(drawn, 0)
        self._gates(rows)

    def _gates(self, rows: Ints) -> None:
        """Attributes that are known once their station is reached."""
        for variable in self.journey_variables:
            if variable.given != "gate":
                continue
            gate = self.stations[variable.gate]
            opened = rows[(self.station[rows] == gate) & (self.times[rows, gate] == 1)]
            if len(opened):
                drawn = self.choose(f"journey:{variable.key}", opened)
                self.now[variable.key][opened] = np.maximum(drawn, 0)

    def finish(self) -> None:
        """Put down the journeys that are still under way."""
        self._close(np.arange(self.size))

    def journey_of(self, child: Ints, visit: Ints) -> Ints:
        """The number of each event's journey, child by child."""
        start = np.cumsum(self.visit + 1) - (self.visit + 1)
        return start[child] + visit

    def journey_codes(self, key: str) -> Ints:
        """The code of every journey, numbered as in `journey_of`."""
        found = np.zeros(int((self.visit + 1).sum()), dtype=np.int64)
        for rows, visit, codes in self.done[key]:
            found[self.journey_of(rows, visit)] = codes
        return found


def places(rows: Ints, wanted: Ints) -> Ints:
    """Where each of `wanted` is in `rows` (ascending); where it is not, the place of the row itself."""
    at = np.minimum(np.searchsorted(rows, wanted), max(len(rows) - 1, 0))
    return np.where(rows[at] == wanted, at, np.arange(len(rows)))
