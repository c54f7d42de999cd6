"""Section 17 assessments against section 47 enquiries: how many, how many working days, and what each led to.

Children Act 1989: section 17 is services for a child in need, section 47 the duty to make enquiries where a child may
suffer significant harm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures import durations
from flowmap.measures.behind import Behind, Row
from flowmap.measures.durations import Duration, duration
from flowmap.measures.events import Position, events
from flowmap.measures.intervals import Z95, Share
from flowmap.measures.options import Period, Roles, labels, maybe, period
from flowmap.measures.spells import Spells, Way, spells
from flowmap.measures.working_days import working_days

Ints = npt.NDArray[np.int64]

SIDES = {"section_17": "assessment", "section_47": "s47"}
PLANS = ("cin", "cp")


@dataclass(frozen=True)
class Side:
    """One kind: stays that began in the period.

    `days` (c,) are the working days of each child, of completed ones and of those still open so far. `led_to` is the
    next station of completed ones, commonest first; `plans` is how many of them reach a plan later in the journey.
    """

    stays: Duration
    days: Ints
    led_to: list[tuple[int, Share]]
    plans: list[tuple[int, Share]]

    @property
    def working_days(self) -> int:
        """Working days spent in all."""
        return int(self.days.sum())

    def to_json(self, data: Dataset, all_days: Ints) -> dict[str, Any]:
        """As in the API; `all_days` (c,) of each child, of both kinds."""

        def of(found: list[tuple[int, Share]]) -> list[dict[str, Any]]:
            return [{"id": data.stations[s].id, "label": data.stations[s].label, **n.to_json()} for s, n in found]

        stays = self.stays.to_json(data, whole=False)
        kept = ("spells", "completed", "open", "elsewhere", "label", "days", "timescales")
        place = data.stations[self.stays.way.start]
        return {
            "station": place.id,
            **{name: stays[name] for name in kept},
            "label": place.label,
            "working_days": stays["working_days"],
            "working_days_spent": part_of(self.days, all_days),
            "led_to": of(self.led_to),
            "plans": of(self.plans),
        }


def days_of_children(data: Dataset, stays: Spells) -> Ints:
    """(c,) working days that each child's stays took; those still open so far."""
    days = working_days(stays.begin // DAY, stays.end // DAY)
    child = data.journeys.child[stays.journey]
    return np.bincount(child, days, minlength=len(data.pseudonyms)).astype(np.int64)


def part_of(days: Ints, all_days: Ints, z: float = Z95) -> dict[str, Any]:
    """The share of working days that a kind took, with its interval: 95% unless `z` says otherwise.

    The days of one child hang together, so children are what is counted: the variance is that of a ratio estimate
    (Cochran, Sampling Techniques, 1977, 2.11). Without two children there is no interval.
    """
    count, of = int(days.sum()), int(all_days.sum())
    found = {"count": count, "of": of, "share": count / of if of else None, "low": None, "high": None}
    some = np.flatnonzero(all_days)
    children = len(some)
    if children < 2:
        return found
    share = count / of
    off = days[some] - share * all_days[some]
    half = z * math.sqrt(children / (children - 1) * float(off @ off)) / of
    return found | {"low": max(0.0, share - half), "high": min(1.0, share + half)}


@dataclass(frozen=True)
class Enquiries:
    """Both sides over a period; None where the map has no such station."""

    period: Period
    sides: dict[str, Side | None]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        days = sum(side.days for side in self.sides.values() if side)
        sides = {name: side.to_json(data, np.asarray(days)) if side else None for name, side in self.sides.items()}
        return {"period": self.period.to_json(), "sentence": self.sentence(), **sides}

    def sentence(self) -> str:
        """How the work divides, where the map has both."""
        first, second = (self.sides[name] for name in SIDES)
        days = sum(side.working_days for side in self.sides.values() if side)
        if not first or not second or not days:
            return ""
        return (
            f"{first.stays.spells:,} section 17 assessments took {first.working_days:,} working days,"
            f" {Share(first.working_days, days).value:.0%} of both together;"
            f" {second.stays.spells:,} section 47 enquiries took {second.working_days:,}."
        )


def enquiries(data: Dataset, mask: Mask, within: Period | None = None, *, roles: Roles | None = None) -> Enquiries:
    """Both kinds, for journeys of `mask`. Raises OptionError where the map has neither."""
    within = within or period(data)
    places = {name: maybe(data, role, roles) for name, role in SIDES.items()}
    if all(row is None for row in places.values()):
        remedy = f"Say which are, as role assessment:ID and s47:ID. Stations here: {', '.join(data.index)}."
        raise OptionError("This map has neither “assessment” nor “s47”.", remedy=remedy)
    plans = [row for row in (maybe(data, role, roles) for role in PLANS) if row is not None]
    found = {name: None if row is None else _side(data, mask, within, row, plans) for name, row in places.items()}
    return Enquiries(within, found)


def _side(data: Dataset, mask: Mask, within: Period, station: int, plans: list[int]) -> Side:
    way = Way(station)
    stays = spells(data, mask, within, way)
    done, next_station = _completed(data, mask, within, station)
    next_ = np.bincount(next_station, minlength=len(data.stations))
    order = np.lexsort((np.arange(len(next_)), -next_))
    count = len(done)
    planned = [np.count_nonzero(_planned(data, done, plan)) for plan in plans]
    return Side(
        stays=duration(data, stays, way),
        days=days_of_children(data, stays),
        led_to=[(int(row), Share(int(next_[row]), count)) for row in order if next_[row]],
        plans=[(plan, Share(int(n), count)) for plan, n in zip(plans, planned, strict=True)],
    )


def _completed(data: Dataset, mask: Mask, within: Period, station: int) -> tuple[Position, npt.NDArray[np.uint16]]:
    """Arrivals in the period of the stays that are completed, and the next station of each."""
    every = events(data)
    position = every.at(station)
    position = position[mask[every.journey[position]] & within.holds(every.time[position])]
    after = every.following(position)
    return position[after >= 0], every.station[after[after >= 0]]


def _planned(data: Dataset, done: Position, plan: int) -> Mask:
    """Which of those stays are followed by a plan in their journey."""
    every = events(data)
    return every.next_of(done, every.at(plan)) >= 0


def behind(data: Dataset, mask: Mask, within: Period, row: Row, count: str, *, roles: Roles | None = None) -> Behind:
    """The assessments or enquiries that `count` of a row of the table counts, each when it began."""
    station = maybe(data, SIDES[row["side"]], roles) or 0
    if row["station"] is None:
        stay = {"value": None, "start": data.stations[station].id, "stop": "", "direct": False, "limit": None}
        return durations.behind(data, mask, within, stay, row["figure"])
    done, next_station = _completed(data, mask, within, station)
    to, said = data.index[row["station"]], f"{labels(data, (station,))}: spells begun and completed"
    if count == "of":
        return Behind.of_events(data, "spells", said, done)
    if row["figure"] == "led_to":
        return Behind.of_events(data, "spells", f"{said}, next {labels(data, (to,))}", done[next_station == to])
    later = f"{said}, with {labels(data, (to,))} later in the journey"
    return Behind.of_events(data, "spells", later, done[_planned(data, done, to)])


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a long table: a figure of a side a row."""
    table = []
    for name in SIDES:
        side = found[name]
        if side is None:
            continue
        table += [{"side": name, "figure": key, "count": side[key]} for key in ("spells", "completed", "open")]
        table.append({"side": name, "figure": "working_days_spent", **side["working_days_spent"]})
        table += [
            {"side": name, "figure": f"working_days_{key}", "count": value}
            for key, value in side["working_days"].items()
        ]
        for key in ("led_to", "plans"):
            table += [{"side": name, "figure": key, **_plain(one)} for one in side[key]]
    return table


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {"station": one["id"], **{key: one[key] for key in ("count", "of", "share", "low", "high")}}


COLUMNS = ("side", "figure", "station", "count", "of", "share", "low", "high")
