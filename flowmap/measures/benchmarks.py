"""One's own figures beside those the Department for Education publishes, by its definitions, year by year.

A year is named as DfE does, by the 31 March on which it ends. What is published: benchmarks.csv, made by
tools/benchmarks.py from DfE's open data (Open Government Licence v3). Definitions: docs/benchmarks.md.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind
from flowmap.measures.behind import Row as TableRow
from flowmap.measures.effect import span
from flowmap.measures.events import Events, events
from flowmap.measures.history import history
from flowmap.measures.intervals import wilson
from flowmap.measures.options import Period, part
from flowmap.measures.rereferral import DFE
from flowmap.measures.working_days import later_by_months, working_days

Ints = npt.NDArray[np.int64]

PUBLISHED = Path(__file__).with_name("benchmarks.csv")
SOURCE = "Department for Education, Children in need, reporting year 2024. Open Government Licence v3.0."
NATION = "England"
PER = 10_000  # children aged 0 to 17
IN_TIME = {"in_45_days": 45, "in_15_days": 15}  # working days; the first day is day 0
SECOND = ("second or later",)  # values of the facet `plan_number` that say so

Unit = Literal["number", "rate", "percent", "working days"]


@dataclass(frozen=True)
class Figure:
    """A published figure: its key in benchmarks.csv, what it is called, its unit, DfE's definition and table."""

    key: str
    label: str
    unit: Unit
    definition: str
    table: str


FIGURES = (
    Figure("referrals", "Referrals", "number", "Referrals in the year.", "C1"),
    Figure("referrals_rate", "Referrals", "rate", "Referrals in the year per 10,000 children.", "C1"),
    Figure("rereferred", "Re-referrals", "percent",
           "Of referrals in the year, those within 12 months of an earlier referral of the same child.", "C1"),
    Figure("referral_nfa", "Referrals that were no further action", "percent", "Of referrals in the year.", "C1"),
    Figure("not_in_need", "Assessed and not in need", "percent",
           "Of referrals in the year, those assessed and then no further action.", "C1"),
    Figure("assessments", "Assessments completed", "number", "Assessments that were completed in the year.", "C2"),
    Figure("assessments_rate", "Assessments completed", "rate", "The same per 10,000 children.", "C2"),
    Figure("in_45_days", "Assessments within 45 working days", "percent",
           "Of assessments completed in the year, from the referral.", "C2"),
    Figure("assessment_days", "Duration of assessment, median", "working days",
           "Of assessments completed in the year, from the referral.", "C2"),
    Figure("s47", "Section 47 enquiries", "number", "Enquiries that began in the year.", "C4"),
    Figure("s47_rate", "Section 47 enquiries", "rate", "The same per 10,000 children.", "C4"),
    Figure("icpc", "Initial child protection conferences", "number", "Conferences in the year.", "C4"),
    Figure("icpc_rate", "Initial child protection conferences", "rate", "The same per 10,000 children.", "C4"),
    Figure("icpc_of_s47", "Conferences to section 47 enquiries", "percent",
           "Conferences of the year by enquiries of the year; not the same children.", "C4"),
    Figure("in_15_days", "Conferences within 15 working days", "percent",
           "Of conferences in the year, from the strategy discussion that began the enquiry.", "C4"),
    Figure("plans", "Child protection plans started", "number", "Plans that began in the year.", "D1"),
    Figure("plans_rate", "Child protection plans started", "rate", "The same per 10,000 children.", "D1"),
    Figure("second_plans", "Second or later plans", "percent",
           "Of plans that began in the year, those of a child who had one before.", "D3"),
)  # fmt: skip


@dataclass(frozen=True)
class Own:
    """One's own figure; `value` None where it cannot be had. Of a share, what it is of (events) and which `hit`."""

    value: float | None
    rows: Ints | None = None
    hit: Mask | None = None

    @classmethod
    def share(cls, rows: Ints, hit: Mask) -> Own:
        """A share in percent: of the events `rows`, those that are a `hit`."""
        return cls(100 * int(hit.sum()) / len(rows) if len(rows) else None, rows, hit)

    @property
    def count(self) -> int | None:
        """Of a share: its numerator."""
        return None if self.hit is None else int(self.hit.sum())

    @property
    def of(self) -> int | None:
        """Of a share: its denominator."""
        return None if self.rows is None else len(self.rows)


@dataclass(frozen=True)
class Row:
    """A figure in a year: one's own, England's and an area's; `published` is the year that theirs are of."""

    figure: Figure
    year: int
    whole: bool
    own: Own
    published: int
    england: float | None
    area: float | None

    def to_json(self) -> dict[str, Any]:
        """As in the API; `low` and `high` are Wilson's 95% interval of one's own share, in percent."""
        ends: tuple[float | None, float | None] = (None, None)
        if self.own.count is not None and self.own.of:
            low, high = wilson(self.own.count, self.own.of)
            ends = (None if low is None else 100 * low, None if high is None else 100 * high)
        return {
            "figure": self.figure.key,
            "label": self.figure.label,
            "unit": self.figure.unit,
            "definition": self.figure.definition,
            "table": self.figure.table,
            "year": self.year,
            "whole": self.whole,
            "own": self.own.value,
            "count": self.own.count,
            "of": self.own.of,
            "low": ends[0],
            "high": ends[1],
            "published": self.published,
            "england": self.england,
            "area": self.area,
        }


@dataclass(frozen=True)
class Benchmarks:
    """Figures year by year; `name` is the area beside England, None where none was asked for."""

    name: str | None
    found: tuple[Row, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row a figure and year."""
        return [row.to_json() for row in self.found]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"area": self.name, "source": SOURCE, "rows": self.rows()}


def benchmarks(
    data: Dataset,
    mask: Mask,
    years: tuple[int, ...] = (),
    area: str | None = None,
    population: Mapping[int, int] | int | None = None,
    roles: Mapping[str, str] | None = None,
) -> Benchmarks:
    """The figures of the years asked for (those wholly in the data where none is) beside what is published.

    Where none is whole, those that the data touch, marked so. `area` is an authority or region as DfE names it.
    `population`: children of one's own area, one number or one a year, for rates. Where a year is not published the
    nearest that is stands beside it, and `published` says so. Raises OptionError for an area that there is not.
    """
    table = published()
    theirs = area_of(area) if area else None
    first, last = span(data)
    touched = range(_year(first), _year(last) + 1)
    whole = [y for y in touched if _begin(y) >= first and _begin(y + 1) - 1 <= last]
    asked = years or tuple(whole or touched)
    known = sorted({year for level, _, year in table if level == 0})
    rows = []
    for year in asked:
        own = _own(data, mask, year, roles)
        beside = min(known, key=lambda y: (abs(y - year), y))
        number = population.get(year) if isinstance(population, Mapping) else population
        for figure in FIGURES:
            nation = table[0, NATION, beside].get(figure.key)
            local = table.get((theirs[0], theirs[1], beside), {}).get(figure.key) if theirs else None
            found = _rate(own, figure.key, number) if figure.unit == "rate" else own[figure.key]
            rows.append(Row(figure, year, year in whole, found, beside, nation, local))
    return Benchmarks(theirs[1] if theirs else None, tuple(rows))


def behind(data: Dataset, mask: Mask, row: TableRow, count: str) -> Behind:
    """The events that `count` of a row of the table counts: of one's own figure, not of what is published."""
    own = _own(data, mask, row["year"], None)[row["figure"]]
    if own.rows is None or own.hit is None:
        raise OptionError(f"“{row['label']}” is no share.", remedy="Follow a row that has a count.")
    rows = own.rows[own.hit] if count == "count" else own.rows
    which = "" if count == "count" else ": all that the share is of"
    said = f"{row['label']}{which}, in the year to 31 March {row['year']}. {row['definition'].removesuffix('.')}"
    return Behind.of_events(data, "arrivals", said, rows)


@lru_cache(maxsize=1)
def published() -> dict[tuple[int, str, int], dict[str, float]]:
    """(level, area, year) → figures; level 0 England, 1 regions, 2 authorities. What is suppressed is not there."""
    keys = [figure.key for figure in FIGURES]
    with PUBLISHED.open(encoding="utf-8", newline="") as opened:
        return {
            (int(row["level"]), row["area"], int(row["year"])): {key: float(row[key]) for key in keys if row[key]}
            for row in csv.DictReader(opened)
        }


def areas() -> list[str]:
    """Authorities and regions as DfE names them."""
    return sorted({name for level, name, _ in published() if level})


def area_of(name: str) -> tuple[int, str]:
    """Level and name, as DfE writes it, of an area. Raises OptionError naming near ones."""
    table = published()
    wanted = name.strip().lower()
    for level in (2, 1, 0):
        for found in {area for at, area, _ in table if at == level}:
            if found.lower() == wanted:
                return level, found
    near = [area for area in areas() if wanted[:4] in area.lower()][:5]
    remedy = f"Did you mean {' or '.join(near)}?" if near else "Write it as DfE does, such as Kent or North Yorkshire."
    raise OptionError(f"There is no authority “{name[:60]}” in DfE's tables.", remedy=remedy)


def _begin(year: int) -> int:
    """1 April with which the year that ends on 31 March `year` begins (seconds)."""
    return seconds(f"{year - 1}-04-01")


def _year(at: int) -> int:
    """The year (by its 31 March) that an instant lies in."""
    month = np.datetime64(at, "s").astype("datetime64[M]").astype(np.int64)
    return int((month + 9) // 12) + 1970


def _rate(own: Mapping[str, Own], key: str, population: int | None) -> Own:
    number = own[key.removesuffix("_rate")].value
    return Own(None if number is None or not population else number / population * PER)


def _own(data: Dataset, mask: Mask, year: int, roles: Mapping[str, str] | None) -> dict[str, Own]:
    """Every figure of a year; those whose stations the map has not are None."""
    period = Period(_begin(year), _begin(year + 1))
    found: dict[str, Own] = {}
    for keys, answer in _ANSWERS.items():
        try:
            found |= answer(data, mask, period, roles)
        except OptionError:
            found |= dict.fromkeys(keys, Own(None))
    some, other = found["icpc"].value, found["s47"].value
    return found | {"icpc_of_s47": Own(100 * some / other if some is not None and other else None)}


def _at(data: Dataset, mask: Mask, period: Period, station: int) -> tuple[Events, Ints]:
    """Events at a station in the period."""
    found = events(data)
    rows = found.at(station)
    return found, rows[period.holds(found.time[rows]) & mask[found.journey[rows]]]


def _referrals(data: Dataset, mask: Mask, period: Period, roles: Mapping[str, str] | None) -> dict[str, Own]:
    referral, assessment, nfa = (part(data, role, roles) for role in ("referral", "assessment", "nfa"))
    found, rows = _at(data, mask, period, referral)
    after, again = found.following(rows), found.next_of(rows, found.at(referral))
    straight = (after >= 0) & (found.station[after] == nfa)
    assessed = found.next_of(rows, found.at(assessment))
    ended = np.where(assessed >= 0, found.following(assessed), -1)
    mine = (assessed >= 0) & ((again < 0) | (assessed < again))
    not_in_need = mine & (ended >= 0) & (found.station[ended] == nfa)
    return {
        "referrals": Own(len(rows)),
        "referral_nfa": Own.share(rows, straight),
        "not_in_need": Own.share(rows, not_in_need),
        "rereferred": _looked_back(data, mask, period, referral),
    }


def _looked_back(data: Dataset, mask: Mask, period: Period, referral: int) -> Own:
    """Of referrals of the period with 12 months of data before them, those that had one in that time."""
    found = history(data, referral)
    rows = period.holds(found.time) & mask[events(data).journey[found.position]]
    day = (found.time[rows] // DAY).astype("datetime64[D]")
    far = later_by_months(day, -DFE).astype(np.int64) * DAY >= data.origin
    return Own.share(found.position[rows][far], found.back[rows][far] <= DFE)


def _assessments(data: Dataset, mask: Mask, period: Period, roles: Mapping[str, str] | None) -> dict[str, Own]:
    """From the referral before it, or from its own beginning where there was none."""
    referral, assessment = part(data, "referral", roles), part(data, "assessment", roles)
    found = events(data)
    rows = found.at(assessment)
    ended = found.following(rows)
    kept = (ended >= 0) & mask[found.journey[rows]]
    kept &= period.holds(np.where(ended >= 0, found.time[ended], 0))
    rows, ended = rows[kept], ended[kept]
    since = found.last_of(rows, found.at(referral))
    began = np.where(since >= 0, found.day(since), found.day(rows))
    days = working_days(began, found.day(ended))
    return {
        "assessments": Own(len(rows)),
        "in_45_days": Own.share(rows, days <= IN_TIME["in_45_days"]),
        "assessment_days": Own(float(np.median(days)) if len(days) else None),
    }


def _conferences(data: Dataset, mask: Mask, period: Period, roles: Mapping[str, str] | None) -> dict[str, Own]:
    """From the last strategy discussion before it, else the last enquiry; those with neither are not in the share."""
    strategy, enquiry, icpc = (part(data, role, roles) for role in ("strategy", "s47", "icpc"))
    found, rows = _at(data, mask, period, icpc)
    since = found.last_of(rows, found.at(strategy))
    since = np.where(since >= 0, since, found.last_of(rows, found.at(enquiry)))
    known = since >= 0
    days = working_days(found.day(since[known]), found.day(rows[known]))
    return {
        "icpc": Own(len(rows)),
        "in_15_days": Own.share(rows[known], days <= IN_TIME["in_15_days"]),
    }


def _enquiries(data: Dataset, mask: Mask, period: Period, roles: Mapping[str, str] | None) -> dict[str, Own]:
    return {"s47": Own(len(_at(data, mask, period, part(data, "s47", roles))[1]))}


def _plans(data: Dataset, mask: Mask, period: Period, roles: Mapping[str, str] | None) -> dict[str, Own]:
    """A child had a plan before if the data hold one, or say so (facet `plan_number`)."""
    plan = part(data, "cp", roles)
    found, rows = _at(data, mask, period, plan)
    every = found.at(plan)
    child = data.journeys.child.astype(np.int64)
    order = np.lexsort((found.time[every], child[found.journey[every]]))
    owner = child[found.journey[every[order]]]
    later = np.zeros(len(every), dtype=bool)
    later[order[1:]] = owner[1:] == owner[:-1]
    second = later[np.searchsorted(every, rows)]
    if "plan_number" in data.facets:
        values = np.array([value.lower() in SECOND for value in data.facets["plan_number"].values])
        second = second | values[data.column("plan_number")[found.journey[rows]]]
    return {"plans": Own(len(rows)), "second_plans": Own.share(rows, second)}


_ANSWERS: dict[tuple[str, ...], Callable[..., dict[str, Own]]] = {
    ("referrals", "referral_nfa", "not_in_need", "rereferred"): _referrals,
    ("assessments", "in_45_days", "assessment_days"): _assessments,
    ("s47",): _enquiries,
    ("icpc", "in_15_days"): _conferences,
    ("plans", "second_plans"): _plans,
}
