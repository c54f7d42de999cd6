"""The table of pathways as a model's ways and waits, in usual weeks and in those of the inspection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from synthetic.model.days import Calendar, day_of
from synthetic.model.intervals import Intervals
from synthetic.reference import calibration as figures
from synthetic.reference.inspection import SHIFTS, Effect, Inspection
from synthetic.reference.pathways import NFA_BY_EARLIER_ASSESSMENTS, PATHS, PLACE, Edge
from synthetic.reference.waits import SCORES, Wait
from synthetic.reference.writing import Tree, curve, split

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARES = (np.arange(4000) + 0.5) / 4000  # of children, from the quickest to the slowest
# Of scores. Published days of assessments count from the referral; from the assessment's own start on they differ a
# little less (fitted).
SINCE_REFERRAL = 0.97
BEFORE_WEEKS = 20  # assessments begun longer before are over, all but a few
ABUSE, DISABILITY = (
    1 + list(figures.NEEDS).index(name) for name in ("abuse or neglect", "child's disability or illness")
)
_, INFANT, YOUNG, _, TEENAGER = range(5)  # values of "age group": unknown, below 1½, 5, 15 years, and above


@dataclass(frozen=True)
class Situations:
    """Which row of PATHS holds where: by the values of a feature; for all others `usual`."""

    by: str
    keys: Mapping[int, str]
    usual: str


def situations(station: str) -> Situations:
    """What sets children apart at a station (PATHS says how)."""
    at = {name: 1 + row for name, row in PLACE.items()}
    stage = {at["assessment"]: "assessed", at["cin"]: "plan", at["cp"]: "plan"}
    need = "journey:need"
    found = {
        "contact": Situations("journey:source", dict(enumerate(figures.SOURCES, 1)), "other"),
        "referral": Situations(need, {ABUSE: "abuse", DISABILITY: "disability"}, "other"),
        "assessment": Situations(
            "earlier journeys here", {k: str(k) for k in range(1, len(NFA_BY_EARLIER_ASSESSMENTS))}, "0"
        ),
        "strategy": Situations("one before", stage, "new"),
        "s47": Situations("two before", stage, "new"),
        "cin": Situations(need, {DISABILITY: "disability"}, "other"),
        "final_order": Situations("age group", {INFANT: "young", YOUNG: "young"}, "old"),
        "cp": Situations("age group", {INFANT: "infant"}, "older"),
        "looked_after": Situations("age group", {INFANT: "infant", TEENAGER: "teenager"}, "young"),
    }.get(station)
    if found is None:
        return Situations("", {}, station)
    return Situations(
        found.by, {value: f"{station}/{key}" for value, key in found.keys.items()}, f"{station}/{found.usual}"
    )


@dataclass(frozen=True)
class Decided:
    """One way: the share that goes there, and how long each of SHARES of them waits (days), with the weight of each."""

    share: float
    days: Floats
    weight: Floats


def usual(edges: tuple[Edge, ...]) -> dict[str, Decided]:
    """A row of PATHS. Those who wait for their birthday are no choice, and left out."""
    even = np.ones(len(SHARES))
    return {e.to: Decided(e.share, days_of(e.wait), even) for e in edges if e.wait.until != "eighteen"}


def days_of(wait: Wait) -> Floats:
    """The whole days that each of SHARES waits, from when the child came to the station."""
    score = ndtri(SHARES) * (SINCE_REFERRAL if wait.since_referral else 1.0)
    days: Floats = np.floor(np.interp(score, SCORES, wait.curve))
    return days


class Inspected:
    """What the inspection makes of journeys that reach a station in a given week."""

    STATIONS = tuple(dict.fromkeys(shift.station for shift in SHIFTS))

    def __init__(self, dates: Inspection, calendar: Calendar) -> None:
        self.calendar = calendar
        first, last = day_of(str(dates.first)), day_of(str(dates.last))
        self.effect = Effect(first, last)
        recovered = day_of(str(dates.recovered))
        self.weeks = [(day, day + 6) for day in range(first - 7 * BEFORE_WEEKS, recovered, 7)]
        self.rows = {
            (key, week): self._changed(key.split("/")[0], edges, week)
            for key, edges in PATHS.items()
            if key.split("/")[0] in self.STATIONS
            for week in self.weeks
        }

    def _changed(self, station: str, edges: tuple[Edge, ...], week: tuple[int, int]) -> dict[str, Decided]:
        """The row of PATHS for those who come in the middle of that week: SLOWDOWN by when the assessment is under
        way, SHIFTS by the date of the decision."""
        began = np.full(len(SHARES), week[0] + 2)
        found = usual(edges)
        parts: dict[str, list[tuple[Floats, Floats]]] = {}
        for edge in edges:
            days = found[edge.to].days
            if station == "assessment":
                days = np.floor(self.effect.slow(began, self._later(began, days, edge.wait), days))
            mass = np.full(len(SHARES), edge.share / len(SHARES))
            strength = self.effect.strength(self._later(began, days, edge.wait))
            for shift in SHIFTS:
                if (shift.station, shift.away) == (station, edge.to):
                    gone = edge.share / len(SHARES) * shift.share * strength
                    mass = mass - gone
                    parts.setdefault(shift.to, []).append((days, gone))
            parts.setdefault(edge.to, []).append((days, mass))
        return {to: joined(each) for to, each in parts.items()}

    def curves(self, station: str, to: str) -> list[tuple[tuple[int, int], Intervals]]:
        """Each week, and how long that way takes in it: by the mean of the station's situations."""
        found = []
        for week in self.weeks:
            parts = [
                (way.days, way.weight)
                for (key, when), row in self.rows.items()
                if when == week and key.split("/")[0] == station
                for end, way in row.items()
                if end == to
            ]
            together = joined(parts)
            found.append((week, curve(together.days, together.weight)))
        return found

    def _later(self, day: Ints, days: Floats, wait: Wait) -> Ints:
        """The day so many days later, as that wait counts them."""
        whole = days.astype(np.int64)
        return self.calendar.add_working_days(day, whole) if wait.working else day + whole


def joined(parts: list[tuple[Floats, Floats]]) -> Decided:
    """Those who come by several ways, as one."""
    days, mass = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Decided(float(mass.sum()), days, mass)


def tree(station: str, inspected: Inspected | None) -> Tree:
    """Where children go from a station; outcomes as a model numbers them (0 stays)."""
    there = situations(station)

    def decided(week: tuple[int, int] | None) -> Tree:
        rows = {key: _row(key, week, inspected) for key in {*there.keys.values(), there.usual}}
        if not there.by:
            return rows[there.usual]
        return split(there.by, {value: rows[key] for value, key in there.keys.items()}, rows[there.usual])

    if inspected is None or station not in Inspected.STATIONS:
        return decided(None)
    return split("period", {p: decided(week) for p, week in enumerate(inspected.weeks, 1)}, decided(None))


def _row(key: str, week: tuple[int, int] | None, inspected: Inspected | None) -> Tree:
    found = usual(PATHS[key]) if week is None or inspected is None else inspected.rows[key, week]
    shares = {1 + 2 * PLACE[to]: way.share for to, way in found.items()}
    left = 1 - sum(shares.values())
    return Tree(shares | ({0: left} if left > 1e-9 else {}))


def curves(station: str, to: str) -> tuple[Intervals, dict[int, Intervals]]:
    """(usual, by the values of the station's feature where it differs) how long a way takes."""
    there = situations(station)
    waits = {
        key: e.wait
        for key in dict.fromkeys([there.usual, *there.keys.values()])
        for e in PATHS[key]
        if e.to == to and e.wait.until != "eighteen"
    }
    first = waits.get(there.usual) or next(iter(waits.values()))
    apart = {
        value: curve(days_of(waits[key]))
        for value, key in there.keys.items()
        if key in waits and not np.array_equal(waits[key].curve, first.curve)
    }
    return curve(days_of(first)), apart
