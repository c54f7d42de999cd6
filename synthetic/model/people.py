"""The made-up children: who they are, where they are, and what their next steps depend on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Outcomes
from synthetic.model.days import Calendar, day_of, weekday
from synthetic.model.features import (
    BASE,
    BEFORE,
    FEW_AGES,
    HERE,
    PLACE,
    VISITS,
    YEARS,
    age_class,
    gap_class,
    startup_part,
    wait_class,
    year_class,
)
from synthetic.model.intervals import Curves
from synthetic.model.model import Model

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int16]


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
        self.years = YEARS if span <= known else max(known * 4 // 1461 - 1, 0)
        n, s = size, len(model.stations)
        self.station = np.zeros(n, dtype=np.int64)
        self.minute = np.zeros(n, dtype=np.int64)
        self.before = np.zeros((3, n), dtype=np.int16)  # stations of this journey + 1, latest first
        self.visit = np.zeros(n, dtype=np.int64)
        self.gap = np.zeros(n, dtype=np.int16)
        self.came = np.zeros(n, dtype=np.int16)  # class of the wait before this event
        self.times = np.zeros((n, s), dtype=np.uint8)  # times at each station in this journey
        self.earlier = np.zeros((n, s), dtype=np.uint8)  # earlier journeys that came there
        self.born = np.zeros(n, dtype=np.int64)
        self.known = np.zeros(n, dtype=bool)  # whether the birth is
        self.frail = rng.standard_normal(n)
        self.kept = [v for v in model.variables if v.given != "event"]
        self.child_variables = [v for v in self.kept if v.of == "child"]
        self.journey_variables = [v for v in self.kept if v.of == "journey"]
        self.child_codes = {v.key: np.zeros(n, dtype=np.int16) for v in self.child_variables}
        self.now = {v.key: np.zeros(n, dtype=np.int16) for v in self.journey_variables}
        self.last = {v.key: np.zeros(n, dtype=np.int16) for v in self.journey_variables}
        self.place = {name: at for at, name in enumerate(model.features)}
        self.stations = {station.name: at for at, station in enumerate(model.stations)}
        clocks = [station.clock for station in model.stations]
        self.rest = len(clocks)
        self.clocks = Curves.of([*clocks, model.rest_clock or clocks[0], model.startup_clock or clocks[0]])
        self.done: dict[str, list[tuple[Ints, Ints, Codes]]] = {v.key: [] for v in self.journey_variables}

    @property
    def day(self) -> Ints:
        """Where each child's clock stands."""
        return self.minute // 1440

    def arrive(self, days: Ints) -> None:
        """The first event of every child, and who the child is."""
        rows = np.arange(self.size)
        self.minute = days * 1440
        self.station = np.maximum(self._choose("first", rows), 0)
        self.minute = days * 1440 + self.time_of_day(self.station, days)
        self._ages(rows)
        for variable in self.child_variables:
            drawn = self._choose(f"child:{variable.key}", rows)
            self.child_codes[variable.key] = np.maximum(drawn, 0).astype(np.int16)
        self.times[rows, self.station] = 1
        self._begin(rows)

    def time_of_day(self, station: Ints, day: Ints) -> Ints:
        """A minute of the day at which each station is reached; rest days and the first days have their own."""
        which = station
        if self.model.rest_clock:
            which = np.where(self.calendar.rests(day), self.rest, which)
        if self.model.startup_clock:
            which = np.where(day < self.first + self.model.startup, self.rest + 1, which)
        return self.clocks.draw(which, self.rng.random(len(station)))

    def _ages(self, rows: Ints) -> None:
        if "age" not in self.model.trees or self.model.ages is None:
            return
        code = self._choose("age", rows)
        self.known = code > 0
        at = np.maximum(code - 1, 0)
        ages = self.model.ages
        self.born = self.day - self.rng.integers(ages.low[at], ages.high[at] + 1)
        unborn = np.array([s.unborn for s in self.model.stations])[self.station]
        self.born = np.where(self.known & ~unborn, np.minimum(self.born, self.day), self.born)

    def _choose(self, tree: str, rows: Ints) -> Ints:
        """An outcome of a tree of `choices` for each row; -1 where there is no such tree."""
        root = self.model.trees.get(tree, -1)
        if root < 0:
            return np.full(len(rows), -1, dtype=np.int64)
        leaf = self.walk.leaf(np.full(len(rows), root), self.at(rows))
        return self.outcomes.draw(leaf, self.rng.random(len(rows)))

    def at(self, rows: Ints) -> Codes:
        """(F, len(rows)) features of these children, where they are now."""
        table = np.zeros((len(self.model.features), len(rows)), dtype=np.int16)
        station, day = self.station[rows], self.minute[rows] // 1440
        table[PLACE["station"]] = station + 1
        table[1:4] = self.before[:, rows]
        table[PLACE["visit"]] = np.minimum(self.visit[rows], VISITS - 1)
        table[PLACE["earlier journeys here"]] = np.minimum(self.earlier[rows, station], BEFORE - 1)
        table[PLACE["times here"]] = np.minimum(np.maximum(self.times[rows, station], 1) - 1, HERE - 1)
        table[PLACE["gap"]] = self.gap[rows]
        age, known = day - self.born[rows], self.known[rows]
        table[PLACE["age"]], table[PLACE["age group"]] = age_class(age, known), age_class(age, known, FEW_AGES)
        table[PLACE["weekday"]] = weekday(day)
        table[PLACE["startup"]] = day < self.first + self.model.startup
        table[PLACE["startup part"]] = startup_part(day, self.first, self.model.startup)
        table[PLACE["wait before"]] = self.came[rows]
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

    def move(self, rows: Ints, to: Ints, new: npt.NDArray[np.bool_], minute: Ints) -> None:
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
        self._begin(rows[new])
        self._gates(on)

    def _end(self, rows: Ints) -> None:
        """Journeys are over: attributes that were never opened are drawn, all are put down."""
        self._close(rows)
        self.earlier[rows] = np.minimum(self.earlier[rows], 250) + (self.times[rows] > 0)
        self.times[rows] = 0
        self.before[:, rows] = 0
        self.visit[rows] += 1

    def _close(self, rows: Ints) -> None:
        for variable in self.journey_variables:
            now, key = self.now[variable.key], variable.key
            if variable.given == "gate":
                shut = rows[self.times[rows, self.stations[variable.gate]] == 0]
                now[shut] = np.maximum(self._choose(f"rest:{key}", shut), 0)
            self.done[key].append((rows, self.visit[rows].copy(), now[rows].copy()))
            self.last[key][rows] = now[rows]
            now[rows] = 0

    def _begin(self, rows: Ints) -> None:
        """The first event of journeys: attributes known from the start."""
        for variable in self.journey_variables:
            if variable.given == "start":
                drawn = self._choose(f"journey:{variable.key}", rows)
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
                drawn = self._choose(f"journey:{variable.key}", opened)
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
