"""Two cohorts, two periods or two datasets side by side: every figure of both, the difference, and what chance gives.

docs/compare.md says what is compared and how. A difference is told as a sentence only where it would still stand among
all those that were looked at (`differences.beyond`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import numpy as np

from flowmap.cohort import Cohort
from flowmap.dataset import DAY, Dataset, Mask, iso
from flowmap.eventlog import OptionError
from flowmap.measures.compare_figures import Figure, Side, figures, same_length
from flowmap.measures.compare_words import sentence
from flowmap.measures.differences import Difference, Estimate, beyond, difference
from flowmap.measures.effect import span
from flowmap.measures.options import Period, Roles
from flowmap.measures.options import period as whole
from flowmap.measures.timescales import Due

LEAST = 20  # what a difference that is told rests on at least, on each side


def side(
    data: Dataset, cohort: Cohort, mask: Mask, begin: int | None = None, end: int | None = None, *,
    day_zero: int | None = None, day: int | None = None, dues: Sequence[Due] = (), roles: Roles | None = None,
) -> Side:  # fmt: skip
    """One side: the journeys of `mask` from the midnight `begin` to `end`, as far as there are data.

    Not given: the whole of the data, without the time in which open cases were entered. `day_zero` is the period's
    first day where not given; `day` is the day, counted from it, at whose end stock is taken: the last of the period
    where not given. Raises OptionError for a period without a day of data.
    """
    known = span(data)[0]
    asked = whole(data, known if begin is None else begin, end)
    within = Period(max(asked.begin, data.origin), min(asked.end, whole(data).end))
    if within.begin >= within.end:
        held = f"{iso(data.first)[:10]} to {iso(data.last)[:10]}"
        raise OptionError(f"{data.meta['title']} has no day from {asked.say()}.", remedy=f"Its data run from {held}.")
    zero = within.begin if day_zero is None else day_zero
    at: int | None = within.end - 1 if day is None else zero + (day + 1) * DAY - 1
    if at is not None:
        at = min(at, data.last) if data.origin <= at < whole(data).end else None
    return Side(data, cohort, mask, within, known, zero, at, dues, roles or {})


@dataclass(frozen=True)
class Row:
    """A figure on both sides; `told` where the difference stands among all that were looked at."""

    figure: Figure
    left: Estimate
    right: Estimate
    found: Difference | None
    told: bool = False

    @property
    def within_chance(self) -> bool:
        """Whether no difference can be said: there is none beyond chance, or too little to tell."""
        return self.found is None or self.found.within_chance

    def to_json(self, left: Side, right: Side) -> dict[str, Any]:
        """As in the API; what is infinite is null."""
        one, other = self.left.value, self.right.value
        found, both = self.found, one is not None and other is not None
        return {
            "section": self.figure.section,
            "figure": self.figure.key,
            "label": self.figure.label,
            "unit": self.figure.unit,
            "left": one,
            "left_count": self.left.count,
            "left_of": self.left.of,
            "right": other,
            "right_count": self.right.count,
            "right_of": self.right.of,
            "difference": one - other if both else None,  # type: ignore[operator]
            "low": _finite(found.low) if found else None,
            "high": _finite(found.high) if found else None,
            "ratio": one / other if both and other else None,  # type: ignore[operator]
            "p": found.p if found else None,
            "within_chance": self.within_chance,
            "told": self.told,
            "sentence": sentence(self.figure, self.left, self.right, found),
            "measure": self.figure.measure,
            "left_query": address(left, self.figure),
            "right_query": address(right, self.figure),
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def address(of: Side, figure: Figure) -> str | None:
    """The parameters with which the figure's measure gives the same of one side; None where no measure does."""
    if figure.measure is None:
        return None
    pairs = [*figure.asked]
    if figure.measure == "occupancy":
        pairs.append(("at", iso(of.at or 0)))
    else:
        pairs += [*of.within.to_json().items(), *(("role", f"{part}:{name}") for part, name in of.roles.items())]
    if figure.measure == "rereferral":
        pairs.append(("known_from", iso(of.known)[:10]))
    return "&".join([*(f"{name}={quote(value, safe=',:')}" for name, value in pairs), of.cohort.canonical()]).strip("&")


@dataclass(frozen=True)
class Comparison:
    """Two sides and their figures; `left_out` what only one of them has, as (what, why)."""

    left: Side
    right: Side
    together: bool
    rows: list[Row]
    left_out: list[tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        journeys, children = self._shared()
        return {
            "left": _side_json(self.left),
            "right": _side_json(self.right),
            "shared": {"journeys": journeys, "children": children},
            "told": [row.to_json(self.left, self.right)["sentence"] for row in self.rows if row.told],
            "rows": [row.to_json(self.left, self.right) for row in self.rows],
            "left_out": [{"what": what, "why": why} for what, why in self.left_out],
            "notes": self._notes(journeys),
        }

    def _shared(self) -> tuple[int, int]:
        """Journeys under way on both sides, and children who have one on each."""
        if not self.together:
            return 0, 0
        one, other = (_under_way(each) for each in (self.left, self.right))
        children = _children(self.left, one) & _children(self.right, other)
        return int(np.count_nonzero(one & other)), int(np.count_nonzero(children))

    def _notes(self, journeys: int) -> list[str]:
        notes = []
        if journeys:
            notes.append(
                f"{journeys:,} journeys are on both sides; intervals allow for that. Where one side is part of the "
                "other, the rest is the better one to set it against."
            )
        if not _one_cohort(self.left, self.right, self.together):
            notes.append(
                "The sides differ in size: how many there are (journeys, children, stock) is shown, and not told as a "
                "difference."
            )
        return notes


def _under_way(of: Side) -> Mask:
    table, within = of.data.journeys, of.within
    found: Mask = of.mask & (table.start < within.end) & (of.data.until >= within.begin)
    return found


def _children(of: Side, journeys: Mask) -> Mask:
    """(children of the dataset,) who has one of those journeys."""
    return np.bincount(of.data.journeys.child[journeys], minlength=of.children) > 0


def _side_json(of: Side) -> dict[str, Any]:
    under_way = _under_way(of)
    first, last = ((at - of.day_zero) // DAY for at in (of.within.begin, of.within.end - 1))
    return {
        "title": str(of.data.meta["title"]),
        "journeys_of": of.cohort.sentence(),
        "query": of.cohort.canonical(),
        "period": of.within.to_json(),
        "period_words": of.within.say(),
        "span": {"from": iso(of.data.first)[:10], "to": iso(of.data.last)[:10]},
        "day_zero": iso(of.day_zero)[:10],
        "days": {"first": first, "last": last},
        "stock_at": None if of.at is None else iso(of.at),
        "journeys": int(np.count_nonzero(under_way)),
        "children": int(np.count_nonzero(_children(of, under_way))),
    }


def _one_cohort(left: Side, right: Side, together: bool) -> bool:
    """Whether both are the same journeys, at two times."""
    return together and bool(np.array_equal(left.mask, right.mask))


def compare(left: Side, right: Side) -> Comparison:
    """Every figure that both sides have. Raises OptionError for a part played by a station that there is not."""
    together = left.data.meta["id"] == right.data.meta["id"]
    shared = together and bool((_children(left, left.mask) & _children(right, right.mask)).any())
    same = _one_cohort(left, right, together) and (left.within, left.at) == (right.within, right.at)
    rows = []
    for asked in figures(left, right):
        ones = asked.of(left)
        others = ones if same else asked.of(right)
        for figure, one, other in zip(asked.figures, ones, others, strict=True):
            rows.append(Row(figure, one, other, _none(one) if same else difference(one, other, shared)))
    return Comparison(left, right, together, _tell(rows, _one_cohort(left, right, together)), _left_out(left, right))


def _tell(rows: Sequence[Row], sized: bool) -> list[Row]:
    """The rows, with those told whose difference stands among all; `sized`: numbers may be told too."""
    asked = [row for row in rows if row.found and (sized or not row.figure.volume)]
    stand = beyond([row.found.p for row in asked if row.found])
    told = {
        row.figure.key
        for row, stands in zip(asked, stand, strict=True)
        if stands and not row.within_chance and min(_rests_on(row.left), _rests_on(row.right)) >= LEAST
    }
    return [replace(row, told=row.figure.key in told) for row in rows]


def _rests_on(one: Estimate) -> int:
    return one.count if one.of is None else one.of


def _none(one: Estimate) -> Difference | None:
    """The difference of a side from itself."""
    return None if one.limits is None else Difference(0.0, 0.0, 0.0, 1.0)


def _left_out(left: Side, right: Side) -> list[tuple[str, str]]:
    found = []
    for one, other, name in ((left, right, "left"), (right, left, "right")):
        for place in one.data.stations:
            if place.id not in other.data.index:
                found.append((place.label, f"a station of the {name}’s map only"))
        found += [
            (facet.label, f"a facet of the {name}’s data only")
            for key, facet in one.data.facets.items() if key not in other.data.facets
        ]  # fmt: skip
        if not one.data.has_exits:
            found.append(("Time from start to end of a journey", f"the {name}’s map has no exits"))
        if one.at is None:
            found.append(("Stock", f"the {name}’s data do not reach that day"))
    limits = {due.id: due.limit for due in right.dues}
    for due in left.dues:
        if due.id in limits and limits[due.id] != due.limit:
            found.append((due.label, f"{due.limit} on the left, {limits[due.id]} on the right"))
    if not same_length(left, right):
        found.append(("Children in the period", "one period is longer: a child counts once in each"))
    return found


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a figure a row."""
    return list(found["rows"])


COLUMNS = (
    "section", "figure", "label", "unit", "left", "left_count", "left_of", "right", "right_count", "right_of",
    "difference", "low", "high", "ratio", "p", "within_chance", "told", "sentence",
)  # fmt: skip
