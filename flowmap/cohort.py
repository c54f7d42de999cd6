"""The filter: `key=value,value` pairs joined by `&`. One grammar for address, API, command line and story.

    sex=F&age=5-9,10-15&source=!police&visit=1+

A category's values are matched without regard to case, and with spaces and `_` alike; a number's are `n`, `a-b`, `n+`
or the label of a band. `!` before the values keeps what does not match. `not_recorded` is a value of every facet.
`%2C` and the like stand for characters that mean something here. static/js/cohort.js mirrors this file; both are
tested with tests/cohort_cases.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import numpy as np
import numpy.typing as npt

from flowmap import sentence
from flowmap.eventlog import MISSING
from flowmap.facets import NOT_RECORDED, Facet
from flowmap.quality import FlowmapError

if TYPE_CHECKING:
    from flowmap.dataset import Dataset

Mask = npt.NDArray[np.bool_]
Range = tuple[int, int | None]  # first and last number, None: and above

NUMBER = re.compile(r"(-?\d{1,6})(?:-(-?\d{1,6})|(\+))?", re.ASCII)
MOST_CHARACTERS = 8000  # of a query: longer ones are not asked by people


class CohortError(FlowmapError):
    """A filter that cannot be understood; `key` is the facet (or what was taken for one)."""

    def __init__(self, message: str, *, key: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.key = key


@dataclass(frozen=True)
class Term:
    """What one facet must be: one of `codes` (category) or in one of `ranges` (number), or not recorded; or not so.

    A category that has "not recorded" among its values names it in `codes`; `missing` is for all others.
    """

    facet: Facet
    negated: bool = False
    codes: tuple[int, ...] = ()
    ranges: tuple[Range, ...] = ()
    missing: bool = False

    def matches(self, column: npt.NDArray[Any]) -> Mask:
        """Which rows of the facet's column are kept."""
        if self.facet.kind == "category":
            table = np.zeros(len(self.facet.values), dtype=bool)
            table[list(self.codes)] = True
            return table[column] ^ self.negated
        found = column == MISSING if self.missing else np.zeros(len(column), dtype=bool)
        for low, high in self.ranges:
            inside = column >= low
            if low <= MISSING:
                inside &= column != MISSING
            if high is not None:
                inside &= column <= high
            found |= inside
        return found ^ self.negated

    def canonical(self) -> str:
        """`key=values` in the one spelling that equal terms share."""
        if self.facet.kind == "category":
            values = [escape(self.facet.values[code]) for code in self.codes]
        else:
            values = [range_text(low, high) for low, high in self.ranges]
        if self.missing:
            values.append(escape(NOT_RECORDED))
        return f"{self.facet.key}={'!' if self.negated else ''}{','.join(values)}"


@dataclass(frozen=True)
class Cohort:
    """Terms in order of key; all must hold."""

    terms: tuple[Term, ...] = ()

    def mask(self, data: Dataset, without: str | None = None) -> Mask:
        """(journeys,) which journeys are kept; `without` leaves the term of that facet out."""
        found = np.ones(len(data.journeys), dtype=bool)
        for term in self.terms:
            if term.facet.key != without:
                found &= term.matches(data.column(term.facet.key))
        return found

    def canonical(self) -> str:
        """The filter in the one spelling that equal filters share; "" for none."""
        return "&".join(term.canonical() for term in self.terms)

    def sentence(self) -> str:
        """The filter as an English phrase: "girls aged 5–15 referred by schools or police, second visit or later"."""
        return sentence.say(self.terms)


def parse(text: str, facets: Mapping[str, Facet]) -> Cohort:
    """Read a filter. Raises CohortError for an unknown key or value, a bad range, or a key given twice."""
    if len(text) > MOST_CHARACTERS:
        raise CohortError(f"The filter has {len(text):,} characters.", remedy=f"Use at most {MOST_CHARACTERS:,}.")
    terms: dict[str, Term] = {}
    for piece in text.strip().removeprefix("?").split("&"):
        if not piece:
            continue
        key, equals, values = piece.partition("=")
        key = unquote(key).strip()
        if key not in facets:
            known = ", ".join(sorted(facets)) or "none"
            raise CohortError(
                f"“{_short(key)}” is not a facet of this dataset.", key=key, remedy=f"Facets here: {known}."
            )
        if key in terms:
            raise CohortError(f"“{key}” is given twice.", key=key, remedy=f"Put the values together: {key}=a,b.")
        if not equals or not values.strip().removeprefix("!"):
            raise CohortError(f"“{key}” has no value.", key=key, remedy=f"Write {key}=value.")
        terms[key] = _term(facets[key], values.strip())
    return Cohort(tuple(terms[key] for key in sorted(terms)))


def _term(facet: Facet, text: str) -> Term:
    negated = text.startswith("!")
    tokens = [unquote(token).strip() for token in text.removeprefix("!").split(",")]
    tokens = [token for token in tokens if token]
    if not tokens:
        raise CohortError(f"“{facet.key}” has no value.", key=facet.key, remedy=f"Write {facet.key}=value.")
    missing = any(fold(token) == NOT_RECORDED for token in tokens)
    if facet.kind == "category":
        codes = sorted({code for token in tokens for code in _codes(facet, token)})
        return Term(facet, negated, codes=tuple(codes), missing=missing and NOT_RECORDED not in facet.values)
    ranges = [_read_range(facet, token) for token in tokens if fold(token) != NOT_RECORDED]
    return Term(facet, negated, ranges=join(ranges), missing=missing)


def fold(text: str) -> str:
    """A value as compared: case does not matter, and runs of spaces and `_` are one space."""
    return re.sub(r"[\s_]+", " ", text.lower()).strip()


def _codes(facet: Facet, token: str) -> list[int]:
    wanted = fold(token)
    found = [code for code, value in enumerate(facet.values) if fold(value) == wanted]
    if found:
        return found
    if wanted == NOT_RECORDED:
        return []  # it is recorded of everyone: nobody matches
    near = [value for value in facet.values if _near(fold(value), wanted)][:5]
    if near:
        remedy = f"Did you mean {' or '.join(near)}?"
    else:
        remedy = f"Values: {', '.join(facet.values[:10])}{', …' if len(facet.values) > 10 else ''}."
    raise CohortError(f"“{facet.key}” has no value “{_short(token)}”.", key=facet.key, remedy=remedy)


def _near(value: str, wanted: str) -> bool:
    """Whether one begins as the other does, or holds it."""
    return value[:2] == wanted[:2] or (len(wanted) > 1 and wanted in value) or (len(value) > 1 and value in wanted)


def _read_range(facet: Facet, token: str) -> Range:
    found = NUMBER.fullmatch(token)
    if found:
        low = int(found[1])
        high = None if found[3] else int(found[2]) if found[2] is not None else low
        if high is not None and high < low:
            raise CohortError(
                f"“{facet.key}={_short(token)}” runs backwards.",
                key=facet.key,
                remedy=f"Write {facet.key}={high}-{low}.",
            )
        return low, high
    for low, high, label in facet.bands:
        if fold(label) == fold(token):
            return low, high
    remedy = f"Write a number, a range such as {facet.key}=1-4, or {facet.key}=5+."
    raise CohortError(f"“{facet.key}” has no value “{_short(token)}”.", key=facet.key, remedy=remedy)


def join(ranges: list[Range]) -> tuple[Range, ...]:
    """Ranges in order, those that overlap or touch made one."""
    found: list[Range] = []
    for low, high in sorted(ranges, key=lambda r: r[0]):
        if found:
            before, end = found[-1]
            if end is None or low <= end + 1:
                found[-1] = (before, None if end is None or high is None else max(end, high))
                continue
        found.append((low, high))
    return tuple(found)


def range_text(low: int, high: int | None) -> str:
    """A range as the grammar spells it: `5`, `5-9`, `5+`."""
    return f"{low}+" if high is None else str(low) if high == low else f"{low}-{high}"


def escape(value: str) -> str:
    """A value as it may stand in a filter."""
    return quote(re.sub(r"\s", "_", value), safe="")


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
