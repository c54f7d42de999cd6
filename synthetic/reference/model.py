"""The reference authority as a model: written from published statistics, where others are fitted to a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Forest
from synthetic.model.days import HOLIDAY, Calendar, day_of
from synthetic.model.features import VISITS, layout
from synthetic.model.intervals import Intervals
from synthetic.model.model import Model, Move, Station, Stretch
from synthetic.reference import calibration as figures
from synthetic.reference import people
from synthetic.reference.inspection import Inspection
from synthetic.reference.pathways import AT_EIGHTEEN, BORN, EXITS, PATHS, PLACE, PLACES, STATIONS
from synthetic.reference.ways import SHARES, Inspected, curves, situations, tree
from synthetic.reference.writing import Tree, curve, plant, split

Floats = npt.NDArray[np.float64]

EIGHTEEN = 6575  # days
MOST_EVENTS = 400  # of one child, over the years before the log and in it
BURN_IN_YEARS = 13
# Families are new to us when the burn-in begins, so more of them are met in its first years (our choice; it makes the
# number of referrals level when the window opens).
FIRST_MEETINGS = (3.5, 2.2, 1.4, 1.2)

MONTH_DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

WRITTEN = "published statistics (docs/reference-authority.md)"


def write(opening: date, years: int, inspection: bool) -> Model:
    """The model whose samples are logs of `years` years from `opening`."""
    first, last = years_later(opening, -BURN_IN_YEARS), years_later(opening, years)
    calendar = Calendar.between(day_of(str(first)), day_of(str(last)) + EIGHTEEN)
    changed = Inspected(Inspection.of(opening), calendar) if inspection else None
    variables = people.variables()
    names, cards = layout(len(PLACES), len(changed.weeks) if changed else 0, variables)
    place = {name: at for at, name in enumerate(names)}
    choices, trees = Forest(cards), {}
    for name, grown in people.trees().items():
        trees[name] = plant(choices, place, grown)
    for station in STATIONS:
        trees[f"next:{station}"] = plant(choices, place, tree(station, changed), ways=True)
    for station in people.BACK_FROM:
        trees[f"next:{station}"] = plant(choices, place, _back(), ways=True)
    waits = _Waits(Forest(cards), place, changed)
    return Model(
        k=0,
        children=0,
        events=0,
        first=str(first),
        last=str(date.fromordinal(last.toordinal() - 1)),
        opening=str(opening),
        resolution=60,
        has_case=True,
        has_birth=True,
        most_events=MOST_EVENTS,
        oldest=EIGHTEEN,
        startup=0,
        ends=None,
        features=names,
        cards=cards,
        stations=[Station(name, name in EXITS, _clock(490, 1070), unborn=name not in BORN) for name in PLACES],
        variables=variables,
        ages=people.ages(),
        kinds=_kinds(),
        months=[float(m) for m in _months()],
        arrivals=_arrivals(first, last),
        trees=trees,
        choices=choices,
        moves=waits.written(),
        waits=waits.forest,
        curves=waits.curves,
        stretches=waits.stretches,
        pace=[],
        periods={PLACE[s]: [list(week) for week in changed.weeks] for s in Inspected.STATIONS} if changed else {},
        rest_clock=[curve(420 + 780 * SHARES)] * 2,
        families=people.families(),
        written=WRITTEN,
    )


def years_later(day: date, years: int) -> date:
    """The same day another year (29 February: the 28th)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _back() -> Tree:
    """Who comes back after an exit, and where the next journey starts."""

    def after(visits: int) -> Tree:
        back = people.comes_back(visits)
        return Tree({0: 1 - back} | {2 + 2 * PLACE[to]: back * share for to, share in figures.ENTRIES.items()})

    return split("visit", {visits: after(visits) for visits in range(1, VISITS)}, after(0))


@dataclass
class _Waits:
    """The moves and how long they take, as they are written down one after the other."""

    forest: Forest
    place: dict[str, int]
    changed: Inspected | None
    curves: dict[int, Intervals] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def written(self) -> list[Move]:
        """All moves."""
        for station in STATIONS:
            keys = [key for key in PATHS if key.split("/")[0] == station]
            edges = {e.to: e for key in keys for e in PATHS[key] if e.wait.until != "eighteen"}
            for to, edge in edges.items():
                self._add(station, to, *curves(station, to), working=edge.wait.working)
            if station in AT_EIGHTEEN:
                self._at_eighteen(station, AT_EIGHTEEN[station])
        back = self._tree(curve(people.returns()), "", {})
        for start in people.BACK_FROM:
            self.moves += [_move(start, to, back, new=True) for to in figures.ENTRIES]
        return self.moves

    def _add(self, station: str, to: str, usual: Intervals, apart: dict[int, Intervals], working: bool) -> None:
        self.moves.append(_move(station, to, self._tree(usual, situations(station).by, apart), working=working))
        if self.changed is None or station not in Inspected.STATIONS:
            return
        for week, days in self.changed.curves(station, to):
            self.stretches.append(Stretch(len(self.moves) - 1, *week, days))

    def _at_eighteen(self, station: str, to: str) -> None:
        """The move that happens at that age, which may also be one like others."""
        for move in self.moves:
            if (move.start, move.to) == (PLACE[station], PLACE[to]):
                move.at_age = EIGHTEEN
                return
        self.moves.append(_move(station, to, self._tree(Intervals.none(), "", {})))
        self.moves[-1].at_age = EIGHTEEN

    def _tree(self, usual: Intervals, by: str, apart: dict[int, Intervals]) -> int:
        root = plant(self.forest, self.place, split(by, {v: Tree({}) for v in apart}, Tree({})) if apart else Tree({}))
        self.curves[root] = usual
        for at in range(root + 1, len(self.forest.nodes)):
            self.curves[at] = apart[self.forest.nodes[at].value]
        return root


def _move(start: str, to: str, root: int, new: bool = False, working: bool = False) -> Move:
    """A move of working days, or one that ends on working days all the same; on the same day it is soon."""
    return Move(
        start=PLACE[start],
        to=PLACE[to],
        new=new,
        early=False,
        tree=root,
        minutes=curve(5 - 55 * np.log(1 - SHARES)),
        weekdays=[0.2] * 5 + [0.0] * 2,
        own=0.0 if new else figures.FRAILTY**0.5,
        working=working,
    )


def _clock(first: int, last: int) -> Intervals:
    """Minutes of a day between two, most in the middle (triangular)."""
    near = np.where(SHARES < 0.5, np.sqrt(SHARES / 2), 1 - np.sqrt((1 - SHARES) / 2))
    return curve(first + (last - first) * near)


def _kinds() -> list[float]:
    """What Monday … Sunday and a bank holiday count for; an average day of the week 1."""
    weight = np.ones(HOLIDAY + 1)
    weight[5:] = figures.REST_DAY_WEIGHT
    return [float(w) for w in weight / weight[:7].mean()]


def _months() -> Floats:
    """What a day of each month counts for; on average 1."""
    return np.array(figures.REFERRALS_BY_MONTH) / sum(figures.REFERRALS_BY_MONTH) * 365.25 / np.array(MONTH_DAYS)


def _arrivals(first: date, last: date) -> list[list[float]]:
    """By month: [first day, last day (after `first`), how many come for the first time, 1 as usual]."""
    starts = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1).astype("datetime64[D]")
    edges = np.unique(np.clip([(day.astype(date) - first).days for day in starts], 0, (last - first).days))
    edges = np.append(edges, (last - first).days) if edges[-1] < (last - first).days else edges
    rows = []
    for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        month = date.fromordinal(first.toordinal() + a).month
        year = int(a // 365.25)
        more = FIRST_MEETINGS[year] if year < len(FIRST_MEETINGS) else 1.0
        rows.append([a, b - 1, round(float(_months()[month - 1]) * more, 4)])
    return rows


def meetings(years: int) -> float:
    """How many years of usual first meetings there are in burn-in and window together."""
    return BURN_IN_YEARS + years + sum(FIRST_MEETINGS) - len(FIRST_MEETINGS)
