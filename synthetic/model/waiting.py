"""When the next event happens: the day from a curve read at a normal score, then the minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from synthetic.model.crowd import Crowd
from synthetic.model.days import Calendar, Clock, weekday
from synthetic.model.features import PLACE
from synthetic.model.intervals import Curves
from synthetic.model.model import Model
from synthetic.model.stages import LONG

if TYPE_CHECKING:
    from synthetic.model.people import People

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

REST_DAYS = 0.31  # weekends and bank holidays among all days
NEVER = 10**9  # a day
INDIFFERENT = 0.25  # where so many moves end on rest days, they do not matter


class Waits:
    """The waits of a model, ready for whole columns of children."""

    def __init__(
        self, model: Model, calendar: Calendar, clock: Clock, rng: np.random.Generator, crowd: Crowd | None = None
    ) -> None:
        self.model, self.calendar, self.clock, self.rng, self.crowd = model, calendar, clock, rng, crowd
        self.walk = model.waits.tables()
        s = len(model.stations)
        self.usual = 2 * s  # codes from here on are of moves that end within the first days
        self.move = np.full((s, 4 * s), -1, dtype=np.int64)
        for at, move in enumerate(model.moves):
            self.move[move.start, move.code(s)] = at
        self.tree = np.array([m.tree for m in model.moves], dtype=np.int64)
        self.aged = np.full(s, -1, dtype=np.int64)  # of each station: the code of the move that happens at an age,
        self.age = np.zeros(s, dtype=np.int64)  # and that age in days
        for move in model.moves:
            if move.at_age is not None and self.aged[move.start] < 0:
                self.aged[move.start] = move.code(s)
                self.age[move.start] = move.at_age
        self.new = np.array([m.new for m in model.moves], dtype=bool)
        self.own = np.array([m.own for m in model.moves])
        self.working = np.array([m.working for m in model.moves], dtype=bool)
        self.rest = np.array([m.rest for m in model.moves])
        self.weekdays = np.cumsum([m.weekdays for m in model.moves], axis=1) if model.moves else np.zeros((0, 7))
        self._curves()
        both = [(m.minutes, m.minutes_startup or m.minutes) for m in model.moves]
        has = np.array([usual is not None for usual, _ in both], dtype=bool)
        self.minutes = Curves.of([curve for pair in both for curve in pair if curve is not None])
        self.minute_row = np.where(has, 2 * (np.cumsum(has) - 1), -1)
        self.exit = np.array([st.exit for st in model.stations], dtype=bool)
        self.unborn = np.array([st.unborn for st in model.stations])

    def _curves(self) -> None:
        """Each node's curve: its own, or that of the node above."""
        names = sorted(self.model.curves)
        place = {name: at for at, name in enumerate(names)}
        self.stretch = len(names)  # the first of the curves of stretches
        self.curves = Curves.of([*(self.model.curves[n] for n in names), *(s.days for s in self.model.stretches)])
        edges = [(s.first, s.last) for s in self.model.stretches] or [(0, 0)]
        self.unlike = min(first for first, _ in edges)  # the first day of any stretch
        days = max(last for _, last in edges) + 1 - self.unlike
        self.in_stretch = np.full((len(self.model.moves), days), -1, dtype=np.int64)
        for at, s in enumerate(self.model.stretches):
            self.in_stretch[s.move, s.first - self.unlike : s.last + 1 - self.unlike] = at
        self.curve = np.zeros(len(self.model.waits.nodes), dtype=np.int64)
        self.by_weekday = np.zeros(len(self.model.waits.nodes), dtype=bool)
        by = PLACE["weekday"]
        for at, node in enumerate(self.model.waits.nodes):
            self.curve[at] = place[at] if at in place else self.curve[node.parent] if node.parent >= 0 else -1
            if node.parent >= 0:
                self.by_weekday[at] = node.feature == by or self.by_weekday[node.parent]

    def next(
        self, people: People, rows: Ints, features: npt.NDArray[np.int16], chosen: Ints
    ) -> tuple[Ints, Ints, Ints, Flags]:
        """(code, day, minute of the day, whether it happens at all) of the next event of each child; `chosen` is the
        code that was drawn, -1 to stay."""
        code = np.maximum(chosen, 0)
        here, now = people.station[rows], people.minute[rows] // 1440
        left = people.first + self.model.startup - now  # of the first days
        code = np.where(left > 0, code, code % self.usual)
        move = self.move[here, code]
        happens = (move >= 0) & (chosen >= 0)
        move = np.maximum(move, 0)
        if not len(self.tree):
            return code, now, now * 0, happens
        wait, rest, day = self._day(people, rows, features, code, move)
        code, move, day, happens = self._grown(people, rows, code, move, day, happens)
        to = code % self.usual // 2
        day, fine = self._bounded(people, rows, to, code % 2 == 1, now, day)
        # What was squeezed into the first days was squeezed alike: there, who is quick is so to the minute.
        alike = np.where((code >= self.usual) & (wait == 0), rest, self.rng.random(len(rows)))
        minute = self._minute(people, rows, to, move, now, day, alike)
        return code, day, minute, happens & fine

    def _day(
        self, people: People, rows: Ints, features: npt.NDArray[np.int16], code: Ints, move: Ints
    ) -> tuple[Ints, Floats, Ints]:
        """(wait, where it lies in its interval, day) of each move."""
        now, new = people.minute[rows] // 1440, code % 2 == 1
        leaf = self.walk.leaf(self.tree[move], features)
        stretch = self._stretch(move, now)
        own = stretch >= 0
        curve = np.where(own, self.stretch + stretch, self.curve[leaf])
        wait, rest = self.curves.place(curve, ndtr(self._score(people, rows, move, own)))
        day = now + wait
        back = np.flatnonzero(new)
        spread = people.uniform(rows[back]) - 0.5
        day[back] = np.maximum(self.clock.after(now[back], wait[back] + spread), now[back])
        office = np.flatnonzero(self.working[move])
        day[office] = self._in_office(people, rows[office], move[office], now[office], wait[office])
        inner = np.flatnonzero(~new & ~self.working[move])
        day[inner] = self._landed(people, rows[inner], move[inner], leaf[inner], now[inner], day[inner])
        left = people.first + self.model.startup - now
        late = np.flatnonzero((code >= self.usual) & (day - now >= left))  # too late for the first days
        day[late] = now[late] + (people.uniform(rows[late]) * left[late]).astype(np.int64)
        return wait, rest, day

    def _stretch(self, move: Ints, now: Ints) -> Ints:
        """The stretch (row of the model's) that each move falls in; -1 none."""
        day = now - self.unlike
        inside = (day >= 0) & (day < self.in_stretch.shape[1])
        return np.where(inside, self.in_stretch[move, np.where(inside, day, 0)], -1)

    def _grown(
        self, people: People, rows: Ints, code: Ints, move: Ints, day: Ints, happens: Flags
    ) -> tuple[Ints, Ints, Ints, Flags]:
        """(code, move, day, whether it happens): who reaches the age of the station's `aged` move makes that one."""
        here, now = people.station[rows], people.minute[rows] // 1440
        due = np.where((self.aged[here] >= 0) & people.known[rows], people.born[rows] + self.age[here], NEVER)
        grown = (np.where(happens, day, NEVER) >= due) & (due >= now) & (due < NEVER)
        code = np.where(grown, self.aged[here], code)
        move = np.where(grown, self.move[here, np.maximum(code, 0)], move)
        return code, move, np.where(grown, due, day), happens | grown

    def _score(self, people: People, rows: Ints, move: Ints, own: Flags) -> Floats:
        """A child's scores go together; slow weeks move them. `own`: those that are read off the curve of a stretch."""
        here, now = people.station[rows], people.minute[rows] // 1440
        share = self.own[move]
        score: Floats = share * people.frail[people.source[rows]] + (1 - share**2) ** 0.5 * ndtri(people.uniform(rows))
        if self.crowd is not None:
            usual = ~own & ~self.new[move]
            score[usual] = self.crowd.press(score[usual], here[usual], now[usual])
        for pace in self.model.pace:
            there = (here == pace.station) & (now >= pace.first) & (now <= pace.last) & ~self.new[move]
            score[there & ~own] += pace.by
            score[there & own] = moved(score[there & own], pace.points)
        return score

    def _in_office(self, people: People, rows: Ints, move: Ints, now: Ints, wait: Ints) -> Ints:
        """So many working days later; now and then on the rest day before."""
        day = self.calendar.add_working_days(now, wait)
        at_rest = day - weekday(day) - 1  # the Sunday before
        off = (wait > 0) & (at_rest > now) & (people.uniform(rows) < self.rest[move])
        return np.where(off, at_rest, day)

    def _landed(self, people: People, rows: Ints, move: Ints, leaf: Ints, now: Ints, day: Ints) -> Ints:
        """Weekdays as they are: long waits end on weekdays as often as seen, short ones seldom on rest days."""
        wait = day - now
        long = np.flatnonzero((wait >= LONG) & (self.weekdays[move, 6] > 0.99))
        if len(long):
            u = people.uniform(rows[long])[:, None] * self.weekdays[move[long], 6][:, None]
            want = np.minimum((u >= self.weekdays[move[long]]).sum(axis=1), 6)
            # Within three days either way, so that waits are neither longer nor shorter on average.
            day[long] += (want - weekday(day[long]) + 3) % 7 - 3
        rests = self.calendar.rests(day) & (wait > 0)
        holiday = rests & (weekday(day) < 5)
        loose = rests & (~self.by_weekday[leaf] & (wait < LONG) | holiday)
        stays = people.uniform(rows) < np.where(self.rest[move] > INDIFFERENT, 1.0, self.rest[move] / REST_DAYS)
        moved = loose & ~stays
        return np.where(moved, self.calendar.next_working(day), day)

    def _bounded(self, people: People, rows: Ints, to: Ints, new: Flags, now: Ints, day: Ints) -> tuple[Ints, Flags]:
        """Nothing after the oldest age, nothing before birth where none is, and no station that one leaves at an age on
        the day of that age, or later."""
        born, known = people.born[rows], people.known[rows]
        too_old = np.where((self.aged[to] >= 0) & known, born + self.age[to], NEVER)
        late = day >= too_old
        day = np.where(late, np.maximum(too_old - 1, now), day)
        fine = np.ones(len(rows), dtype=bool)
        if self.model.oldest is not None:
            limit = born + self.model.oldest - ~self.exit[to]  # the last day is for leaving
            over = known & (day > limit)
            fine = ~(over & (new | (now > limit)))
            day = np.where(over & fine, np.maximum(limit, now), day)
        early = known & ~self.unborn[to] & (day < born)
        return np.where(early, born + 1, day), fine & ~(late & (now >= too_old))

    def _minute(self, people: People, rows: Ints, to: Ints, move: Ints, now: Ints, day: Ints, place: Floats) -> Ints:
        """Soon after the last event on the same day, else as the station's clock has it."""
        minute = people.time_of_day(to, day, self.new[move])
        same = np.flatnonzero(day == now)
        if len(same):
            before = people.minute[rows[same]] % 1440
            row = self.minute_row[move[same]] + (now[same] < people.first + self.model.startup)
            gap = self.minutes.draw(np.maximum(row, 0), place[same]) if len(self.minutes.low) else 0 * row
            minute[same] = np.minimum(before + np.where(self.minute_row[move[same]] >= 0, gap, 0), 1439)
        return minute


def moved(score: Floats, points: list[list[float]]) -> Floats:
    """Scores as `points` map them; beyond the ends as far off as at the ends."""
    if not points:
        return score
    usual, there = np.array(points).T
    found: Floats = score + np.interp(score, usual, there - usual)
    return found
