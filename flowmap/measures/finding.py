"""What a finding is: a sentence, its figures, where they come from and what of it the map can show.

A finding is announced only where chance would announce it less often than `CHANCE` for each question, so that where
nothing is so, all questions together announce something less than one time in twenty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any
from urllib.parse import quote

from flowmap.cohort import Cohort, parse
from flowmap.dataset import DAY, Dataset, Mask, iso
from flowmap.measures.behind import row_text
from flowmap.measures.intervals import Share, wilson
from flowmap.measures.options import Period, Roles
from flowmap.measures.timescales import Due

CHANCE = 0.004  # of each question but the search for changes
CHANCE_OF_CHANGES = 0.02  # a search among random orders cannot tell less than 1 in 400 for each figure
LEAST = 100  # what a share rests on at least
YEAR = 365 * DAY

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """A figure of a sentence; `unit` says what `value` and its 95% interval are.

    "share": of `of`, as `count`; "change": a part of what was expected; "points": a difference of shares. `row`: the
    labels of the measure's row that has the count, so that it can be followed down (docs/audit.md).
    """

    label: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None
    row: str | None = None
    column: str = "count"

    @classmethod
    def of_share(cls, label: str, share: Mapping[str, Any], row: Iterable[Any] = (), column: str = "count") -> Figure:
        """A share as measures write it, and the labels of its `row` where it can be followed down."""
        told = row_text(row) or None
        counts = (share["share"], share["low"], share["high"], share["count"], share["of"])
        return cls(label, "share", *counts, told, column)

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        names = ("label", "unit", "value", "low", "high", "count", "of", "row", "column")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class View:
    """What the map shows of a finding: journeys with `terms` (facet, values), from `at` on, by `colour`.

    `loop`: first and last instant of the time that repeats. `stations`: what to look at, by row.
    """

    at: int
    terms: Pairs = ()
    loop: tuple[int, int] | None = None
    colour: str = "visit"
    stations: tuple[int, ...] = ()

    def cohort(self, data: Dataset, within: Cohort) -> str:
        """The terms beside those of the cohort in force, which stands where it names the same facet."""
        taken = {term.facet.key for term in within.terms}
        own = [f"{key}={values}" for key, values in self.terms if key not in taken and key in data.facets]
        return parse("&".join([*(term.canonical() for term in within.terms), *own]), data.facets).canonical()

    def to_json(self, data: Dataset, within: Cohort) -> dict[str, Any]:
        """As in the API."""
        return {
            "cohort": self.cohort(data, within),
            "at": iso(self.at),
            "loop": None if self.loop is None else {"from": iso(self.loop[0]), "to": iso(self.loop[1])},
            "colour": self.colour,
            "stations": [data.stations[row].id for row in self.stations],
        }


@dataclass(frozen=True)
class Finding:
    """A sentence true of the journeys asked about; `measure`, with the parameters `asked`, gives its figures."""

    key: str
    sentence: str
    figures: tuple[Figure, ...]
    measure: str
    asked: Pairs
    view: View

    def to_json(self, data: Dataset, within: Cohort) -> dict[str, Any]:
        """As in the API; `within` is the cohort that was asked about."""
        pairs = [f"{name}={quote(value, safe=',:')}" for name, value in self.asked]
        query = "&".join([*pairs, *(term.canonical() for term in within.terms)])
        return {
            "key": self.key,
            "sentence": self.sentence,
            "figures": [figure.to_json() for figure in self.figures],
            "measure": self.measure,
            "query": query,
            "map": self.view.to_json(data, within),
        }


@dataclass(frozen=True)
class Asking:
    """Of what is asked: journeys of `mask`, a period, the parts that stations play, the map's timescales.

    `known`: from when the data hold every referral.
    """

    data: Dataset
    mask: Mask
    within: Period
    known: int
    roles: Roles = field(default_factory=dict)
    dues: Sequence[Due] = ()

    @property
    def asked(self) -> Pairs:
        """The parameters that say the same period and parts to a measure."""
        said = self.within.to_json()
        return (*said.items(), *(("role", f"{part}:{name}") for part, name in self.roles.items()))

    @property
    def asked_since_known(self) -> Pairs:
        """The same to a measure that looks back."""
        return (*self.asked, ("known_from", iso(self.known)[:10]))

    @property
    def last_year(self) -> int:
        """Where the last year of the period begins, or the period where it is shorter: the map shows it from there."""
        return max(self.within.begin, self.within.end - YEAR)


def z_of(chance: float) -> float:
    """How many standard errors either way leave out no more than `chance`."""
    return NormalDist().inv_cdf(1 - chance / 2)


def interval(share: Share, chance: float) -> tuple[float, float]:
    """Wilson's interval that misses with `chance`; from 0 to 1 where a share rests on too little to be told."""
    low, high = wilson(share.count, share.of, z_of(chance))
    return (0.0, 1.0) if low is None or high is None or share.of < LEAST else (low, high)


def percent(low: float, high: float) -> str:
    """An interval for people: 95% interval 15.1% to 17.9%."""
    return f"95% interval {100 * low:.1f}% to {100 * high:.1f}%"


def said_p(p: float) -> str:
    """A p-value for people."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
