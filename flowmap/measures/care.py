"""Care: how long children stay in it, from entry or from the final order, with and without proceedings.

A period of care begins when a journey reaches a station of care and ends when it reaches a place that is neither of
care nor of the court: at the court's stations a child is where it was. Definitions: docs/measures-pathways.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.effect import span
from flowmap.measures.events import Events, events
from flowmap.measures.options import groups, maybe, station
from flowmap.measures.survival import REACHED, WAITING, Curve, curve

Ints = npt.NDArray[np.int64]
Start = Literal["entry", "final order"]

CARE = ("looked_after", "interim_care_order", "care_order", "placement_order")
COURT = ("pre_proceedings", "proceedings", "final_order")
WEEKS = (0, 4, 8, 13, 26, 39, 52, 78, 104, 156, 208, 260)
WITH, WITHOUT = "with proceedings", "without proceedings"


@dataclass(frozen=True)
class Places:
    """Which stations (ids) are of care, which of the court, and where an application and a final order are."""

    care: Sequence[str] = CARE
    court: Sequence[str] = COURT
    application: str = "proceedings"
    order: str = "final_order"

    def state(self, data: Dataset) -> npt.NDArray[np.int8]:
        """(stations,) 1 care, 0 the court (as before), -1 neither. Raises OptionError where there is no care."""
        found = np.full(len(data.stations), -1, dtype=np.int8)
        for names, value in ((self.court, 0), (self.care, 1)):
            found[[row for row in (maybe(data, name) for name in names) if row is not None]] = value
        if not np.any(found == 1):
            raise OptionError("This map has no station of care.", remedy=f"Name some: {', '.join(data.index)}.")
        return found


@dataclass(frozen=True)
class Spells:
    """Periods of care (p,): the journey, the events at which each began and ended (-1: it goes on), and when.

    `stop` is the end of what is known where it goes on.
    """

    journey: Ints
    first: Ints
    after: Ints
    start: Seconds
    stop: Seconds

    def __len__(self) -> int:
        return len(self.first)


def in_care(data: Dataset, found: Events, places: Places) -> Mask:
    """(e,) whether a journey is in care from each event on, until its next."""
    state = places.state(data)[found.station]
    row = np.arange(len(state))
    said = state != 0
    said[found.begin] = True  # a journey that begins in court is not in care, whatever the journey before it was
    return state[np.maximum.accumulate(np.where(said, row, 0))] == 1


def spells(data: Dataset, mask: Mask, places: Places) -> Spells:
    """Periods of care of the journeys of `mask`, in order of journey."""
    found = events(data)
    inside = in_care(data, found, places)
    before = np.zeros(len(inside), dtype=bool)
    before[1:] = inside[:-1]
    before[found.begin] = False
    kept = mask[found.journey]
    first = np.flatnonzero(inside & ~before & kept)
    left = np.flatnonzero(~inside & before)
    after = found.next_of(first, left)
    journey = found.journey[first].astype(np.int64)
    until = np.where(data.journeys.open[journey], data.last, data.until[journey])
    return Spells(journey, first, after, found.time[first], np.where(after >= 0, found.time[after], until))


@dataclass(frozen=True)
class Point:
    """So many weeks on: how many were still watched, and the share still in care with its 95% interval."""

    weeks: int
    at_risk: int
    left: float
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"weeks": self.weeks, "at_risk": self.at_risk, "left": self.left, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Leaving:
    """The leaving-care curve of one group."""

    group: str
    curve: Curve
    ended: int

    @property
    def points(self) -> list[Point]:
        """At each of WEEKS that somebody was watched for."""
        found = []
        for weeks in WEEKS:
            row = self.curve.step(7 * weeks)
            if self.curve.followed(7 * weeks):
                c, none = self.curve, row < 0
                low, high = (0.0, 0.0) if none else (float(c.low[row]), float(c.high[row]))
                sure = not np.isnan(low)
                found.append(
                    Point(
                        weeks,
                        c.risk_on(7 * weeks),
                        1.0 if none else float(c.left[row]),
                        1 - high if sure else None,
                        1 - low if sure else None,
                    )
                )
        return found

    def to_json(self) -> dict[str, Any]:
        """As in the API; `median_weeks` is null where fewer than half had left by the end of the data."""
        half = np.flatnonzero(self.curve.left <= 0.5)
        return {
            "group": self.group,
            "spells": self.curve.n,
            "ended": self.ended,
            "median_weeks": float(self.curve.day[half[0]]) / 7 if len(half) else None,
            "points": [point.to_json() for point in self.points],
            "curve": self.curve.to_json(),
        }


@dataclass(frozen=True)
class LeavingCare:
    """Leaving-care curves, from `start`, of all and by group; `left_out` periods do not have such a start."""

    start: Start
    by: str
    groups: tuple[Leaving, ...]
    left_out: int

    def rows(self) -> list[dict[str, Any]]:
        """A row a group and number of weeks."""
        return [{"group": g.group, "spells": g.curve.n, **p.to_json()} for g in self.groups for p in g.points]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        found = [g.to_json() for g in self.groups]
        return {"start": self.start, "by": self.by, "left_out": self.left_out, "groups": found}


def leaving_care(
    data: Dataset,
    mask: Mask,
    start: Start = "entry",
    by: str = "proceedings",
    since: int | None = None,
    until: int | None = None,
    places: Places | None = None,
) -> LeavingCare:
    """Share still in care by weeks since entry, or since the final order, of periods that began in the window.

    From the final order: only periods in which one was made while the child was in care; others are left out and
    counted. `by`: "proceedings" (an application in the journey before the period ended) or a facet. Periods that go on
    are censored at the end of the data. The time in which open cases were entered is not in the window unless asked.
    """
    watched = _watched(data, mask, start, by, since, until, places)
    code, days = watched.code, watched.days
    outcome = np.where(watched.several.after[watched.kept] >= 0, REACHED, WAITING)
    made = [_leaving("all", days, outcome)]
    for row, name in enumerate(watched.names):
        if np.any(code == row):
            made.append(_leaving(name, days[code == row], outcome[code == row]))
    return LeavingCare(start, by, tuple(made), watched.left_out)


@dataclass(frozen=True)
class _Watched:
    """Periods of care that a curve is of: which of `several` are `kept`; of those their `days` and group (a row of
    `names`).
    """

    several: Spells
    kept: Mask
    days: Ints
    code: Ints
    names: tuple[str, ...]
    left_out: int


def _watched(
    data: Dataset, mask: Mask, start: Start, by: str, since: int | None, until: int | None, places: Places | None
) -> _Watched:
    where = places or Places()
    found, several = events(data), spells(data, mask, where)
    begin, kept = several.start, np.ones(len(several), dtype=bool)
    if start == "final order":
        order = found.next_of(several.first, found.at(station(data, where.order)))
        inside = (order >= 0) & ((several.after < 0) | (order < several.after))
        begin, kept = np.where(inside, found.time[order], 0), inside
    elif start != "entry":
        raise OptionError(f"A curve does not begin at “{start}”.", remedy="entry or final order")
    window = begin >= (since if since is not None else span(data)[0])
    if until is not None:
        window &= begin < until
    left_out = int(np.count_nonzero(~kept))
    kept &= window
    days = (several.stop // DAY - begin // DAY)[kept]
    code, names = _grouped(data, found, several, by, where)
    return _Watched(several, kept, days, code[kept], names, left_out)


def behind(
    data: Dataset,
    mask: Mask,
    row: Row,
    start: Start = "entry",
    by: str = "proceedings",
    since: int | None = None,
    until: int | None = None,
) -> Behind:
    """The periods of care at risk after so many weeks, each when it began."""
    watched = _watched(data, mask, start, by, since, until, None)
    chosen = watched.days >= 7 * row["weeks"]
    which = ""
    if row["group"] != "all":
        chosen &= watched.code == watched.names.index(row["group"])
        which = f", {row['group']}"
    said = f"Periods of care watched for {row['weeks']} weeks or more from the {start}, not over before that{which}"
    journey, began = watched.several.journey[watched.kept], watched.several.start[watched.kept]
    return Behind("periods of care", said, journey[chosen], began[chosen])


def _leaving(name: str, days: Ints, outcome: Ints) -> Leaving:
    return Leaving(name, curve(days, outcome), int(np.count_nonzero(outcome == REACHED)))


def _grouped(data: Dataset, found: Events, several: Spells, by: str, where: Places) -> tuple[Ints, tuple[str, ...]]:
    """(p,) the group of each period, and the groups' names."""
    if by != "proceedings":
        chosen = groups(data, by)
        return chosen.code[several.journey], chosen.labels
    end = np.where(several.after >= 0, several.after, found.end[several.journey]) - 1
    applied = found.last_of(end, found.at(station(data, where.application))) >= 0
    return np.where(applied, 0, 1), (WITH, WITHOUT)
