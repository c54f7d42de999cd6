"""From a figure back to what it counts, as the lines of an audit list. docs/audit.md.

A figure is a count of a row of a measure's table. Each measure picks what it counts itself (`behind`, beside the
measure); here is which of them is asked how, and what cannot be followed, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from flowmap import summary
from flowmap.ask import MEASURES, Question, between, request
from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.facets import STILL_OPEN
from flowmap.measures import (
    asked,
    benchmarks,
    care,
    choices,
    conversion,
    court,
    drift,
    durations,
    enquiries,
    flow,
    lives,
    moves,
    nfa,
    occupancy,
    pathways,
    rereferral,
    sankey,
    series,
    stations,
    variation,
    workload,
)
from flowmap.measures.behind import Behind, Row, row_text
from flowmap.measures.effect import span
from flowmap.measures.options import period
from flowmap.measures.orders import precedence
from flowmap.release_shapes import shape_of

COLUMNS = ("journey", "child", "pseudonym", "visit", "start", "end", "first", "last", "outcome", "at")
MOST_NAMED = 12  # rows named to who asked for one that there is not


@dataclass(frozen=True)
class Followed:
    """A figure and what is behind it, oldest first. `sentence` says what they are, of whom and when."""

    measure: str
    row: str
    count: str
    value: int
    sentence: str
    behind: Behind

    def __len__(self) -> int:
        return len(self.behind)

    def to_json(self, data: Dataset, offset: int, limit: int) -> dict[str, Any]:
        """As in the API: a page of the lines, and where the next begins."""
        end = min(offset + limit, len(self))
        return {
            **{name: getattr(self, name) for name in ("measure", "row", "count", "value", "sentence")},
            "unit": self.behind.unit,
            "lines": lines(data, self.behind, offset, end).to_pylist(),
            "total": len(self),
            "offset": offset,
            "next": end if end < len(self) else None,
        }


@dataclass(frozen=True)
class NotFollowed:
    """Rows of a measure whose counts cannot be followed, and why."""

    measure: str
    why: str
    holds: Callable[[Question, Row], bool]


NOT_FOLLOWED = (
    NotFollowed(
        "compare",
        "each figure is another measure's; follow it there, at the address that the row names for each side",
        lambda _q, _row: True,
    ),
    NotFollowed(
        "findings",
        "a finding tells figures of another measure; each names that measure's row, which can be followed",
        lambda _q, _row: True,
    ),
    NotFollowed(
        "enquiries",
        "it counts working days, which are shared out over many stays; follow the spells",
        lambda _q, row: row["figure"].startswith("working_days"),
    ),
    NotFollowed(
        "effect",
        "a stock is a mean over many instants; follow the occupancy at one of them",
        lambda q, _row: q.options.more.figure == "stock",
    ),
    NotFollowed(
        "care",
        "it counts cases, which hold several children; ask without the facet that names cases",
        lambda q, row: row["what"] == "order" and q.options.more.case is not None,
    ),
)


def follow(name: str, question: Question, row: str, count: str) -> Followed:
    """What the figure `count` of the row with these labels (see `row_text`) counts.

    Raises OptionError where there is no such row or count, naming those that there are, or it cannot be followed.
    """
    if name not in MEASURES:
        raise OptionError(f"There is no measure “{name[:60]}”.", remedy=f"Measures: {', '.join(MEASURES)}.")
    table = MEASURES[name](question)
    shape = shape_of(name, tuple(table[0]) if table else ())
    several = [row_text(one.get(label) for label in shape.labels) for one in table]
    if row not in several:
        known = "; ".join(several[:MOST_NAMED]) + ("; …" if len(several) > MOST_NAMED else "")
        remedy = f"A row is its {', '.join(shape.labels)} joined by “|”. Rows here: {known or 'none'}."
        raise OptionError(f"There is no row “{row[:120]}” in {name}.", remedy=remedy)
    found = table[several.index(row)]
    counts = [one for one in shape.counts if isinstance(found.get(one), int)]
    if count not in counts:
        counted = f"Counts of this row: {', '.join(counts) or 'none'}."
        raise OptionError(f"The row “{row[:120]}” has no count “{count[:60]}”.", remedy=counted)
    for one in NOT_FOLLOWED:
        if one.measure == name and one.holds(question, found):
            raise OptionError(f"This figure of {name} cannot be followed: {one.why}.", remedy="Follow another figure.")
    if name not in FOLLOWED:
        raise OptionError(f"The figures of {name} cannot be followed.", remedy="Follow those of another measure.")
    behind = _in_order(question.data, FOLLOWED[name](question, found, count))
    return Followed(name, row, count, int(found[count]), _sentence(question, behind), behind)


def _sentence(q: Question, found: Behind) -> str:
    o = q.options
    when = "" if o.begin is None and o.end is None else f"; {period(q.data, o.begin, o.end).say()}"
    return f"{found.said[:1].upper()}{found.said[1:]}{when}; {q.cohort.sentence()}"


def _in_order(data: Dataset, found: Behind) -> Behind:
    """By when each counts, else by when its journey began; then as in the tables."""
    when = data.journeys.start[found.journey] if found.at is None else found.at
    order = np.lexsort((found.journey, when))
    return Behind(found.unit, found.said, found.journey[order], None if found.at is None else found.at[order])


def lines(data: Dataset, found: Behind, begin: int = 0, end: int | None = None) -> pa.Table:
    """The lines from `begin` to before `end`, with COLUMNS; without `at` where what is counted has no moment."""
    journey, table = found.journey[begin:end], data.journeys
    child, labels = table.child[journey], pa.array([place.label for place in data.stations])
    still = table.open[journey]
    last = labels.take(pa.array(table.last[journey]))
    columns = {
        "journey": pa.array(journey),
        "child": pa.array(child),
        "pseudonym": data.pseudonyms.take(pa.array(child)),
        "visit": pa.array(table.visit[journey]),
        "start": _iso(table.start[journey]),
        "end": pa.array(np.where(still, None, _iso(table.end[journey]).to_numpy(zero_copy_only=False)), pa.string()),
        "first": labels.take(pa.array(table.first[journey])),
        "last": last,
        "outcome": pa.array(np.where(still, STILL_OPEN, last.to_numpy(zero_copy_only=False)), pa.string()),
    }
    if found.at is not None:
        columns["at"] = _iso(found.at[begin:end])
    return pa.table(columns)


def _iso(at: Any) -> pa.Array:
    """Instants as `dataset.iso` writes them."""
    return pa.array(np.datetime_as_string(at.astype("datetime64[s]"), timezone="UTC"), pa.string())


def _nfa(q: Question, row: Row, count: str) -> Behind:
    o = q.options
    return nfa.behind(
        q.data, q.mask, q.period, row, count,
        at=q.station or "assessment", lookback=o.lookback, by=o.facet, roles=q.roles, known_from=o.known_from,
    )  # fmt: skip


def _rereferral(q: Question, row: Row, count: str) -> Behind:
    o = q.options
    return rereferral.behind(
        q.data, q.mask, q.period, row, count, by=o.facet, roles=q.roles, known_from=o.known_from
    )  # fmt: skip


def _conversion(q: Question, row: Row, count: str) -> Behind:
    start, stop = between(q)
    chains = [(start, stop)] if start else []
    window = q.options.window
    return conversion.behind(q.data, q.mask, q.period, row, count, chains=chains, window=window, roles=q.roles)


def _durations(q: Question, row: Row, count: str) -> Behind:
    return durations.behind(q.data, q.mask, q.period, row, count, dues=q.dues(), by=q.options.facet)


def _variation(q: Question, row: Row, count: str) -> Behind:
    o, (start, stop) = q.options, between(q)
    dues = tuple(q.dues()) if o.of == "in_time" else ()
    share = variation.Asked(
        o.of, q.station or "assessment", o.months, start, stop, o.window, o.ends, dues, q.roles
    )  # fmt: skip
    return variation.behind(q.data, q.mask, q.period, row, count, share, o.facet)


def _occupancy(q: Question, row: Row, count: str) -> Behind:
    return occupancy.behind(q.data, q.mask, row, count, seconds(row["at"]))


def _effect(q: Question, row: Row, _count: str) -> Behind:
    r = request(q)
    figure = series.Figure(r.asked.figure, r.station, r.asked.to)
    until = span(q.data, r.since, None if r.until is None else r.until - 1)[1]
    return series.behind(q.data, q.mask, figure, seconds(row["from"]), seconds(row["to"]), until)


def _pathways(q: Question, row: Row, count: str) -> Behind:
    r = request(q)
    a, when = r.asked, (r.since, r.until)
    if row["what"] == "pattern":
        return pathways.behind_pattern(q.data, q.mask, count, a.pattern or "", a.scope, *when)
    if row["what"] == "way":
        return pathways.behind_way(q.data, q.mask, row, count, a.merge, *when)
    if row["what"] == "never further":
        return pathways.behind_returning(q.data, q.mask, row, count, *when)
    if row["what"] == "group":
        return lives.behind(q.data, q.mask, row, a.scope, *when)
    return sankey.behind(q.data, q.mask, row, count, asked.stages_of(a), *when)


def _care(q: Question, row: Row, count: str) -> Behind:
    r = request(q)
    if row["what"] == "order":
        return court.behind(q.data, q.mask, row, count, r.since, r.until, precedence(r.asked.precedence))
    return care.behind(q.data, q.mask, row, r.asked.align, r.facet or "proceedings", r.since, r.until)


def _workload(q: Question, row: Row, count: str) -> Behind:
    r = request(q)
    return workload.behind(q.data, q.mask, row, count, asked.by_of(r), asked.station_of(r), q.by)


FOLLOWED: dict[str, Callable[[Question, Row, str], Behind]] = {
    "benchmarks": lambda q, row, count: benchmarks.behind(q.data, q.mask, row, count),
    "care": _care,
    "conversion": _conversion,
    "durations": _durations,
    "effect": _effect,
    "enquiries": lambda q, row, count: enquiries.behind(q.data, q.mask, q.period, row, count, roles=q.roles),
    "facets": lambda q, row, _count: choices.behind(q.data, q.cohort, row),
    "flow": lambda q, row, count: flow.behind(q.data, q.mask, row, count, q.by),
    "moves": lambda q, row, count: moves.behind(q.data, q.mask, row, count, q.at),
    "nfa": _nfa,
    "occupancy": _occupancy,
    "pathways": _pathways,
    "rereferral": _rereferral,
    "stations": lambda q, row, count: stations.behind(q.data, q.mask, row, count, q.at, q.dues()),
    "timescales": lambda q, row, count: drift.behind(q.data, q.mask, q.period, row, count, q.dues()),
    "variants": lambda q, row, _count: summary.behind_variant(q.data, q.mask, row),
    "variation": _variation,
    "weeks": lambda q, row, count: stations.behind_week(q.data, q.mask, row, count, q.data.index[str(q.station)]),
    "workload": _workload,
}
