"""Workload: what comes in, is there and goes out, by team or any facet; what another threshold would have changed.

Definitions, and what the projection supposes: docs/measures-effect.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds, iso, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row, Unit
from flowmap.measures.effect import span
from flowmap.measures.events import Events, events
from flowmap.measures.flow import Bin, edges
from flowmap.measures.options import groups, labels, say_day, station, stations_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TEAM = "team"
YEAR = 365.25  # days


@dataclass(frozen=True)
class Load:
    """One team in one bin: work that arrived, left, was there at the start, and child-days of work in the bin.

    `per_day` is the mean number at work on, `cost` what the child-days and arrivals cost where unit costs are given.
    """

    group: str
    start: int
    stop: int
    arrived: int
    left: int
    stock: int
    days: float
    cost: float | None

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "group": self.group,
            "start": iso(self.start),
            "arrived": self.arrived,
            "left": self.left,
            "stock": self.stock,
            "child_days": self.days,
            "per_day": self.days * DAY / (self.stop - self.start),
            "cost": self.cost,
        }


@dataclass(frozen=True)
class Workload:
    """Loads by group and bin; `at` are the stations whose work is counted (labels)."""

    by: str | None
    at: str
    loads: tuple[Load, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row a group and bin."""
        return [load.to_json() for load in self.loads]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"by": self.by, "at": self.at, "rows": self.rows()}


@dataclass(frozen=True)
class Stays:
    """Stays (n,) at a station: journey, station, from when to when, and whether it goes `on` when the data end."""

    journey: npt.NDArray[np.uint32]
    station: npt.NDArray[np.uint16]
    start: Seconds
    stop: Seconds
    on: Mask

    def only(self, kept: Mask) -> Stays:
        """Some of the stays."""
        return Stays(self.journey[kept], self.station[kept], self.start[kept], self.stop[kept], self.on[kept])


def stays(data: Dataset, mask: Mask, at: tuple[int, ...]) -> Stays:
    """Every stay of journeys of `mask` at the stations. Work that goes on stops a second after the data."""
    found = events(data)
    wanted = np.zeros(len(data.stations), dtype=bool)
    wanted[list(at)] = True
    rows = np.flatnonzero(wanted[found.station])
    if not mask.all():
        rows = rows[mask[found.journey[rows]]]
    journey = found.journey[rows]
    stop = found.time[np.minimum(rows + 1, len(found.time) - 1)]
    final = np.flatnonzero(rows + 1 >= found.end[journey])
    ends = journey[final]
    stop[final] = np.where(data.journeys.open[ends], data.last + 1, data.until[ends])
    on = np.zeros(len(rows), dtype=bool)
    on[final] = data.journeys.open[ends]
    return Stays(journey, found.station[rows], found.time[rows], stop, on)


def workload(
    data: Dataset,
    mask: Mask,
    by: str | None = TEAM,
    at: str | None = None,
    bins: Bin = "month",
    since: int | None = None,
    until: int | None = None,
    costs: Mapping[str, tuple[float, float]] | None = None,
) -> Workload:
    """Work by group (a facet of journeys; None: all together) in every bin from `since` to `until`.

    `at`: stations by id, joined by commas; every station that is no exit where not said. `costs`: station id →
    (of each arrival, of each day there), in any one currency. Raises OptionError for what is not there.
    """
    wanted = stations_of(data, at) if at else tuple(np.flatnonzero(~data.exits).tolist())
    for name in costs or {}:
        station(data, name)
    first, last = span(data, since, until)
    found = edges(first, max(first, last), bins)
    one = groups(data, by) if by else None
    code = one.code if one else np.zeros(len(data.journeys), dtype=np.int64)
    names = one.labels if one else ("all",)
    several = stays(data, mask, wanted)
    group = code[several.journey]
    tally = _tally(several, group, len(names), found)
    cost = None if costs is None else np.zeros(tally.days.shape)
    for name, (each, daily) in (costs or {}).items():
        here = several.station == data.index[name]
        part = _tally(several.only(here), group[here], len(names), found)
        cost = part.arrived * each + part.days * daily + (0.0 if cost is None else cost)
    loads = tally.loads(names, found, cost)
    return Workload(by, "all stations" if at is None else labels(data, wanted), loads)


def behind(
    data: Dataset, mask: Mask, row: Row, count: str, by: str | None = TEAM, at: str | None = None, bins: Bin = "month"
) -> Behind:
    """The stays that `count` of a row of the table counts: work arrived, left, or there at the start."""
    wanted = stations_of(data, at) if at else tuple(np.flatnonzero(~data.exits).tolist())
    several = stays(data, mask, wanted)
    if by:
        one = groups(data, by)
        several = several.only(one.code[several.journey] == one.labels.index(row["group"]))
    begin = seconds(row["start"])
    end = int(edges(begin, begin, bins)[1])
    place = "all stations" if at is None else labels(data, wanted)
    of = f"{place}, {by.replace('_', ' ')}: {row['group']}" if by else place
    if count == "stock":  # before anything that happens at the edge itself, as in `_tally`
        there = several.only((several.start < begin) & (several.stop >= begin))
        return Behind("spells", f"Work there as {say_day(begin)} begins, {of}", *_told(there, there.start))
    when, did = (several.start, "arrived") if count == "arrived" else (several.stop, "left")
    kept = (when >= begin) & (when < end)
    if count == "left":
        kept &= ~several.on  # they have not left
    unit: Unit = "arrivals" if count == "arrived" else "departures"
    said = f"Work that {did} in the {bins} from {say_day(begin)}, {of}"
    return Behind(unit, said, *_told(several.only(kept), when[kept]))


def _told(several: Stays, when: Seconds) -> tuple[Ints, Seconds]:
    return several.journey.astype(np.int64), when


@dataclass(frozen=True)
class Tally:
    """(groups, bins) of stays: arrivals, departures, those there at the start of the bin, and days spent in it."""

    arrived: Ints
    left: Ints
    stock: Ints
    days: Floats

    def loads(self, names: tuple[str, ...], bins: Seconds, cost: Floats | None) -> tuple[Load, ...]:
        """A load for each bin of each group that has any work."""
        found = []
        for row in np.flatnonzero((self.days.sum(axis=1) > 0) | (self.arrived.sum(axis=1) > 0)):
            for b in range(len(bins) - 1):
                spent = None if cost is None else float(cost[row, b])
                counts = int(self.arrived[row, b]), int(self.left[row, b]), int(self.stock[row, b])
                edge = int(bins[b]), int(bins[b + 1])
                found.append(Load(names[row], *edge, *counts, float(self.days[row, b]), spent))
        return tuple(found)


def _tally(several: Stays, group: Ints, groups: int, bins: Seconds) -> Tally:
    began, spent_before = _passed(several.start, group, groups, bins)
    ended, spent_after = _passed(several.stop, group, groups, bins)
    # Before anything that happens at the edge itself: on whole dates, as the day begins.
    stock = began[:, :-1] - ended[:, :-1]
    days = np.diff(spent_before - spent_after, axis=1) / DAY
    going, _ = _passed(several.stop[several.on], group[several.on], groups, bins)  # they have not left
    return Tally(np.diff(began, axis=1), np.diff(ended - going, axis=1), stock, days)


def _passed(when: Seconds, group: Ints, groups: int, bins: Seconds) -> tuple[Ints, Floats]:
    """(groups, edges) how many instants had passed at each edge, and the seconds since them, summed.

    Edges are midnights, so the bin of an instant is that of its day.
    """
    first, last = int(bins[0]) // DAY, int(bins[-1]) // DAY
    of_day = np.searchsorted(bins // DAY, np.arange(first - 1, last + 1), side="right")
    place = of_day[np.clip(when // DAY, first - 1, last) - (first - 1)]  # 0: before the first edge
    key = group * (len(bins) + 1) + place
    size = groups * (len(bins) + 1)
    count = np.bincount(key, minlength=size).reshape(groups, -1)
    total = np.bincount(key, weights=(when - bins[0]).astype(np.float64), minlength=size).reshape(groups, -1)
    passed = np.cumsum(count, axis=1)[:, :-1]
    spent: Floats = passed * (bins - bins[0]).astype(np.float64) - np.cumsum(total, axis=1)[:, :-1]
    return passed, spent


@dataclass(frozen=True)
class Projection:
    """What another threshold at one decision would have sent elsewhere, in the window, and what it supposes.

    `moved` decisions, `a_year` of them; `extra` (station id → arrivals, child-days, mean stock, cost) is what came
    after those that went `to`, times `moved`; `saved` the same of those that went `away`.
    """

    at: str
    away: str
    to: str
    share: float
    decisions: int
    now: int
    moved: float
    a_year: float
    extra: dict[str, dict[str, float | None]]
    saved: dict[str, dict[str, float | None]]

    @property
    def supposes(self) -> str:
        """The assumption, in words."""
        return (
            f"Supposes that {100 * self.share:.0f}% of those who went from {self.at} to {self.away} had gone to "
            f"{self.to}, and then on as those who did go to {self.to} on average in this time. It leaves out that "
            "those at the threshold are not like the average, that more work may slow all of it, and what would have "
            "come later."
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row a station: more of it, less of it."""
        names = dict.fromkeys((*self.extra, *self.saved))
        nothing = dict.fromkeys(("arrivals", "child_days", "stock", "cost"), 0.0)
        return [
            {
                "station": name,
                **{f"more_{k}": v for k, v in self.extra.get(name, nothing).items()},
                **{f"less_{k}": v for k, v in self.saved.get(name, nothing).items()},
            }
            for name in names
        ]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "at": self.at,
            "away": self.away,
            "to": self.to,
            "share": self.share,
            "decisions": self.decisions,
            "now": self.now,
            "moved": self.moved,
            "a_year": self.a_year,
            "rows": self.rows(),
            "supposes": self.supposes,
        }


def threshold(
    data: Dataset,
    mask: Mask,
    at: str,
    away: str = "nfa",
    to: str = "assessment",
    share: float = 0.1,
    since: int | None = None,
    until: int | None = None,
    costs: Mapping[str, tuple[float, float]] | None = None,
) -> Projection:
    """What if `share` of those who left `at` for `away` had gone `to` instead?

    Decisions are of the window. What follows a decision is what the rest of the journey holds to the end of the data,
    so a window that ends well before it is a better base. Raises OptionError for stations that are not there.
    """
    if not 0 < share <= 1:
        raise OptionError(f"A share of {share:g} cannot be moved.", remedy="Give a number above 0 and up to 1.")
    here, gone, there = (station(data, name) for name in (at, away, to))
    first, last = span(data, since, until)
    found = events(data)
    rows = found.at(here)
    rows = rows[mask[found.journey[rows]]]
    after = found.following(rows)
    rows, after = rows[after >= 0], after[after >= 0]
    kept = (found.time[after] >= first) & (found.time[after] <= last)
    after = after[kept]
    went, instead = after[found.station[after] == gone], after[found.station[after] == there]
    if not len(instead):
        raise OptionError(f"Nobody went from {at} to {to} in this time.", remedy="Choose a way that some took.")
    moved, years = share * len(went), (last + 1 - first) / DAY / YEAR
    window = (last + 1 - first) / DAY
    return Projection(
        data.stations[here].label,
        data.stations[gone].label,
        data.stations[there].label,
        share,
        len(after),
        len(went),
        moved,
        moved / years,
        _after(data, found, instead, moved, window, costs),
        _after(data, found, went, moved, window, costs) if len(went) else {},
    )


def _after(
    data: Dataset,
    found: Events,
    rows: Ints,
    moved: float,
    window: float,
    costs: Mapping[str, tuple[float, float]] | None,
) -> dict[str, dict[str, float | None]]:
    """What journeys hold from events `rows` on, by station, a decision on average, times `moved`; exits apart."""
    end = found.end[found.journey[rows]]
    # Two decisions of one journey: what lies after the second is counted for both, as it follows both.
    length = end - rows
    total = np.cumsum(length)
    position = np.arange(int(total[-1])) + np.repeat(rows - (total - length), length)
    after = found.following(position)
    journey = found.journey[position]
    over = np.where(data.journeys.open[journey], data.last, data.until[journey])
    days = (np.where(after >= 0, found.time[after], over) - found.time[position]) / DAY
    arrivals = np.bincount(found.station[position], minlength=len(data.stations)) * moved / len(rows)
    spent = np.bincount(found.station[position], weights=days, minlength=len(data.stations)) * moved / len(rows)
    told: dict[str, dict[str, float | None]] = {}
    for place in np.flatnonzero((arrivals > 0) & ~data.exits):
        name = data.stations[place].id
        each, daily = (costs or {}).get(name, (0.0, 0.0))
        told[name] = {
            "arrivals": float(arrivals[place]),
            "child_days": float(spent[place]),
            "stock": float(spent[place]) / window,
            "cost": None if costs is None else each * float(arrivals[place]) + daily * float(spent[place]),
        }
    return told
