"""Weeks in which a station was slower or faster than usual, such as an inspection; and whose waits go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from synthetic.model import effects
from synthetic.model.contexts import distinct
from synthetic.model.days import day_of
from synthetic.model.features import PLACE
from synthetic.model.intervals import extended, intervals
from synthetic.model.load import learn_load, pressed
from synthetic.model.model import Pace, Stretch

if TYPE_CHECKING:
    from synthetic.model.fit import Fitting
    from synthetic.model.stages import Stages

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST = 10  # times k waits at a station, below which its weeks are not looked at
HALF = 0.5  # of waits alike
ENOUGH = 4  # times k waits in a piece of a stretch
POINTS = 8  # at most, of a map of scores


def learn_pace(fitting: Fitting, stages: Stages) -> None:
    """Find the stretches of every station, and how much of the score of each move is the child's own (`Move.own`)."""
    events, moves = fitting.events, fitting.moves
    size = len(events.names)
    width = 4 * size
    place = np.full(size * width, -1, dtype=np.int64)
    for at, m in enumerate(stages.moves):
        place[m.start * width + m.code(size)] = at
    which = np.where(moves.to >= 0, place[events.station * width + np.maximum(moves.to, 0)], -1)
    rows = np.flatnonzero((which >= 0) & (moves.to % 2 == 0))
    if not len(rows):
        return
    which, tree = which[rows], np.array([m.tree for m in stages.moves])
    leaf = stages.waits.tables().leaf(tree[which], fitting.features[:, rows])
    minutes = (events.time[rows + 1] - events.time[rows]) // 60
    early = moves.to[rows] >= 2 * size
    score, tied = effects.scores(np.where(early, minutes, stages.days[rows]), leaf)
    for at in range(size):
        here = np.flatnonzero(events.station[rows] == at)
        told = tied[here] < HALF  # where most waits are alike, scores tell little
        if told.sum() >= LEAST * fitting.k:
            shift, rest = _Station(fitting, stages, at, rows[here], which[here]).learn(score[here], told)
            score[here] = (score[here] - shift) / rest
    found = effects.loadings(score, which, events.child[rows], len(stages.moves))
    for move, own in zip(stages.moves, found.tolist(), strict=True):
        move.own = 0.0 if move.new else round(own, 3)


class _Station:
    """The waits of one station: `rows` of events, and the `move` (row of `Stages.moves`) that ended each."""

    def __init__(self, fitting: Fitting, stages: Stages, at: int, rows: Ints, move: Ints) -> None:
        self.fitting, self.stages, self.at, self.rows, self.move = fitting, stages, at, rows, move
        events = fitting.events
        self.first, self.child = events.first, events.child[rows]
        self.wait = stages.days[rows]
        self.week = (events.day[rows] - events.first) // 7
        self.weeks = (events.last + 1 - events.first) // 7 + 1

    def learn(self, score: Floats, told: Flags) -> tuple[Floats, Floats]:
        """Write down load and stretches, by the rows that are `told` by their scores; gives each row's shift, and what
        is left of its spread."""
        from synthetic.model.stages import settled

        fitting, shift = self.fitting, np.zeros(len(self.rows))
        use = told & settled(fitting, fitting.events.day[self.rows], fitting.moves.wait[self.rows], told)
        use &= fitting.features[PLACE["startup"], self.rows] == 0
        if not use.any():
            return shift, np.ones(len(shift))
        gain, full = self._crowded(score, use)
        score = score - pressed(gain, full, full[~np.isnan(full)])[0]
        found, ranges = self._stretches(score, use)
        inside = np.zeros(self.weeks + 1, dtype=bool)
        for a, b in ranges:
            inside[a:b] = True
        usual = score[use & ~inside[self.week]]
        for a, b in ranges if len(usual) else []:
            own = self._own_curves(inside, a, b)
            for c, d in effects.pieces(a, min(b, self.weeks), found.count, ENOUGH * fitting.k):
                there = self._between(c, d)
                if distinct(self.child[there]) >= fitting.k and (there & use).any():
                    shift[there & told] = by = round(float(score[there & use].mean() - usual.mean()), 3)
                    self.stages.pace.append(Pace(self.at, *self._days(c, d), by, self._points(own[there])))
            full[~np.isnan(own)] = np.nan  # that curve is of waits as they were then, however full it was
        added, rest = pressed(gain, full, full[~np.isnan(full)])
        return shift + added, rest

    def _crowded(self, score: Floats, use: Flags) -> tuple[float, Floats]:
        """Write down what a full station does to waits, if anything; gives that, and the load each row met (NaN: it
        does not count)."""

        def apart(left: Floats) -> list[Flags]:
            return [self._between(a, b) for a, b in self._stretches(left, use)[1]]

        found = learn_load(self.fitting, self.at, self.rows, (score, use), apart)
        if found is None:
            return 0.0, np.full(len(self.rows), np.nan)
        self.stages.loads.append(found[0])
        return found[0].by, found[1]

    def _stretches(self, score: Floats, use: Flags) -> tuple[effects.Weeks, list[tuple[int, int]]]:
        """The weeks by the scores of rows that `use` says, and the stretches of them, [first, last), that are found or
        named."""
        fitting = self.fitting
        weeks = effects.Weeks.of(score[use], fitting.events.day[self.rows][use], self.first, self.weeks)
        found = effects.stretches(weeks) if fitting.options.find_periods else []
        return weeks, effects.joined(found + given(fitting, self.first))

    def _between(self, a: int, b: int) -> Flags:
        return (self.week >= a) & (self.week < b)

    def _days(self, a: int, b: int) -> tuple[int, int]:
        """First and last day of the weeks [a, b)."""
        return self.first + 7 * a, self.first + 7 * b - 1

    def _own_curves(self, inside: Flags, a: int, b: int) -> Floats:
        """Curves of their own for moves that many made in a stretch: a limit that moves is no shift of scores.

        `inside` (weeks,) says which weeks are in any stretch: the usual curves are then learned from the others. Gives
        each row's score among those of its move in the stretch; NaN where the move has no curve there.
        """
        from synthetic.model.stages import EXACT, SUPPORT, fill

        fitting, score = self.fitting, np.full(len(self.rows), np.nan)
        there, outside = self._between(a, b), ~inside[self.week]
        for row in np.unique(self.move[there]).tolist():
            move = self.stages.moves[row]
            made, usual = (np.flatnonzero((self.move == row) & part) for part in (there, outside))
            if move.early or min(distinct(self.child[part]) for part in (made, usual)) < SUPPORT * fitting.k:
                continue
            curve = intervals(self.wait[made], self.child[made], fitting.k, exact=EXACT)
            if curve is not None:
                curve = extended(curve, self.wait[made], self.child[made], fitting.k)
                self.stages.stretches.append(Stretch(row, *self._days(a, b), curve))
                score[made] = effects.scores(self.wait[made], np.zeros(len(made), dtype=np.int64))[0]
                fill(fitting, self.stages, move.tree, self.rows[usual], self.wait[usual])
        return score

    def _points(self, score: Floats) -> list[list[float]]:
        """[score usual in the stretch, score in this piece of it] at a few quantiles, each of k waits or more."""
        score = score[~np.isnan(score)]
        count = min(len(score) // self.fitting.k, POINTS)
        share = (np.arange(count) + 0.5) / max(count, 1)
        there: Floats = np.quantile(score, share) if count else share
        return [[round(float(z), 3), round(float(q), 3)] for z, q in zip(ndtri(share), there, strict=True)]


def given(fitting: Fitting, first: int) -> list[tuple[int, int]]:
    """The weeks [a, b) of the periods that were named."""
    days = [(day_of(p.first) - first, day_of(p.last) + 1 - first) for p in fitting.options.periods]
    return [(max(a, 0) // 7, max(b, 1) // 7 + 1) for a, b in days]
