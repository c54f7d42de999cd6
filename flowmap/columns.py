"""The facet columns of a dataset: what a log says of its events and children, said of each journey or child."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap import facets
from flowmap.eventlog import MISSING, Attribute, EventLog
from flowmap.facets import AGE_BANDS, STILL_OPEN, VISIT_BANDS, Facet, Of
from flowmap.identity import reason_to_leave_out
from flowmap.journeys import SECOND, Journeys
from flowmap.mapchoice import Choice
from flowmap.ordering import starts_of_runs

Column = npt.NDArray[Any]

TAKEN = frozenset(
    {
        *("child", "visit", "start", "end", "open", "first", "last", "moves", "pseudonym", "after", "back"),  # columns
        *("outcome", "entry", "year", "age"),  # facets that are always there
        # These mean something else in an address.
        *("at", "bin", "format", "limit", "offset", "q", "query", "disclose", "threshold"),
        *("from", "to", "known_from", "start", "stop", "ends", "station", "by", "of", "role"),
        *("direct", "first_day", "lookback", "months", "window"),
        *("figure", "next", "event", "compare", "pattern", "scope", "merge", "stages", "show"),
        *("align", "case_by", "beside", "population", "moved", "row", "count", "rows"),
        *("with", "with_cohort", "with_from", "with_to", "with_align", "at_day"),
    }
)
LARGEST = 32_767  # int16 on disk and on the wire
UNBORN = 300 * 86_400_000  # ms before birth: a pregnancy and some; earlier than that, a date is wrong


@dataclass(frozen=True)
class FacetColumn:
    """A facet and its column: one code or number a journey, or a child."""

    facet: Facet
    column: Column

    def arrow(self) -> pa.Array:
        """As on disk: a dictionary of the facet's values, or int16."""
        if self.facet.kind == "number":
            return pa.array(self.column)
        kind = np.int8 if len(self.facet.values) <= 127 else np.int16
        return pa.DictionaryArray.from_arrays(
            pa.array(self.column.astype(kind)), pa.array(list(self.facet.values), pa.string())
        )


def of_journeys(log: EventLog, journeys: Journeys, choice: Choice) -> list[FacetColumn]:
    """Visit, entry, outcome, year and age, then the log's attributes of events: each journey's first known value."""
    found = [_number("visit", "Visit", np.minimum(journeys.visit, LARGEST), VISIT_BANDS)]
    labels = tuple(place.label for place in choice.map.places())
    found.append(FacetColumn(*facets.in_given_order("entry", "Entry", journeys.first, labels)))
    outcome = np.where(journeys.open, len(labels), journeys.last)
    found.append(FacetColumn(*facets.in_given_order("outcome", "Outcome", outcome, (*labels, STILL_OPEN))))
    year = (journeys.start.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)
    found.append(_number("year", "Year", year, facets.each(year)))
    age = _age(log, journeys)
    if age is not None:
        found.append(_number("age", "Age", age, AGE_BANDS))
    keys = set(TAKEN)
    for key, attribute in log.attributes.items():
        if _is_age(key, attribute) or _left_out(log, key, attribute):
            continue
        column = _first_known(attribute, journeys)
        found.extend(_facet(log, _free(key, keys), attribute, column, "journey", None))
    return found


def of_children(log: EventLog, journeys: Journeys) -> list[FacetColumn]:
    """The log's attributes of children."""
    weights = np.bincount(journeys.child, minlength=len(journeys.log_child))
    keys = TAKEN | log.attributes.keys()
    found: list[FacetColumn] = []
    for key, attribute in log.children.items():
        if _is_age(key, attribute) or _left_out(log, key, attribute):
            continue
        column = _column(attribute)[journeys.log_child]
        free = _free(key, {*keys, *(f.facet.key for f in found)})
        if attribute.kind == "number":  # of="child" columns are dictionaries, so numbers are kept journey by journey
            found.extend(_facet(log, free, attribute, column[journeys.child], "journey", None))
        else:
            found.extend(_facet(log, free, attribute, column, "child", weights))
    return found


def _number(key: str, label: str, numbers: Column, bands: tuple[facets.Band, ...] | None = None) -> FacetColumn:
    return FacetColumn(*facets.number(key, label, "journey", numbers, bands))


def _free(key: str, taken: set[str]) -> str:
    """A key fit for an address, not taken yet; it is taken now."""
    plain = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_") or "facet"
    found, count = plain, 2
    while found in taken:
        found, count = f"{plain}_{count}", count + 1
    taken.add(found)
    return found


def _left_out(log: EventLog, key: str, attribute: Attribute) -> bool:
    reason = reason_to_leave_out(key, attribute, log.child_ids)
    if reason:
        log.quality.add("left_out", f"The column “{attribute.label}” was left out: {reason}.", action="note")
    return reason is not None


def _facet(
    log: EventLog, key: str, attribute: Attribute, column: Column, of: Of, weights: Column | None
) -> list[FacetColumn]:
    if attribute.kind == "number":
        if np.any(column > LARGEST) or np.any((column < -LARGEST) & (column != MISSING)):
            log.quality.add(
                "number_too_large",
                f"The column “{attribute.label}” was left out: it has numbers beyond ±{LARGEST:,}.",
                action="note",
            )
            return []
        return [_number(key, attribute.label, column)]
    facet, coded, merged = facets.category(key, attribute.label, of, column, attribute.values, weights)
    if merged:
        log.quality.add(
            "other_values",
            f"The column “{attribute.label}” has {len(attribute.values):,} values: the {facets.MOST_VALUES} commonest"
            f" are kept, {merged:,} are put together as “{facets.OTHER_VALUES}”.",
            action="note",
        )
    return [FacetColumn(facet, coded)]


def _column(attribute: Attribute) -> Column:
    column = attribute.codes if attribute.kind == "category" else attribute.numbers
    if column is None:
        raise ValueError(f"the attribute {attribute.label} has no {attribute.kind} column")
    return column


def _first_known(attribute: Attribute, journeys: Journeys) -> Column:
    """(j,) the first value known among each journey's events, else -1 (category) or MISSING (number)."""
    column = _column(attribute)
    unknown = -1 if attribute.kind == "category" else MISSING
    found = column[journeys.row[journeys.begin]]
    lacking = np.flatnonzero(found == unknown)
    if not len(lacking) or not np.any(column != unknown):
        return found
    laid = column[journeys.row]
    known = np.flatnonzero(laid != unknown)
    owner = np.searchsorted(journeys.begin, known, side="right") - 1
    firsts = starts_of_runs(owner)
    found = np.full(len(journeys), unknown, dtype=column.dtype)
    found[owner[firsts]] = laid[known[firsts]]
    return found


def _is_age(key: str, attribute: Attribute) -> bool:
    return key.lower() == "age" and attribute.kind == "number"


def _age(log: EventLog, journeys: Journeys) -> Column | None:
    """(j,) completed years at the start of each journey, -1 unborn, MISSING not recorded; None: nothing is known."""
    if log.birth is not None:
        return _age_from_birth(log, log.birth[journeys.log_child][journeys.child], journeys)
    for key, attribute in log.attributes.items():
        if _is_age(key, attribute):
            return _sane(_first_known(attribute, journeys))
    for key, attribute in log.children.items():
        if _is_age(key, attribute):
            return _sane(_column(attribute)[journeys.log_child][journeys.child])
    return None


def _sane(age: Column) -> Column:
    return np.where((age >= -1) & (age <= 120), age, MISSING).astype(np.int16)


def _age_from_birth(log: EventLog, birth: Column, journeys: Journeys) -> Column:
    known = birth != np.iinfo(np.int64).min
    start = journeys.start * SECOND
    born = np.where(known, birth, start)
    early = known & (start < born - UNBORN)
    if early.any():
        log.quality.add(
            "long_before_birth",
            "A journey starts more than 300 days before the child was born; its age is not recorded.",
            count=int(np.count_nonzero(early)),
            action="kept",
            remedy="Check the dates of birth of these children, or the dates of these events.",
        )
    return np.where(known & ~early, _sane(facets.completed_years(born, start)), MISSING).astype(np.int16)
