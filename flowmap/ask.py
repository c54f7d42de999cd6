"""Measures by name: what `flowmap measure`, the API and tables share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flowmap import tubemap
from flowmap.cohort import Cohort, parse
from flowmap.dataset import Dataset, Mask
from flowmap.disclosure import Rule
from flowmap.eventlog import OptionError
from flowmap.measures import (
    asked,
    compare,
    conversion,
    drift,
    durations,
    enquiries,
    findings,
    nfa,
    rereferral,
    variation,
)
from flowmap.measures.choices import choices
from flowmap.measures.compare_figures import Side
from flowmap.measures.flow import Bin, flow
from flowmap.measures.moves import moves
from flowmap.measures.occupancy import occupancy
from flowmap.measures.options import KNOWN, Period, period, stations_of
from flowmap.measures.spells import Ends, Way
from flowmap.measures.stations import station, stations
from flowmap.measures.timescales import Due, timescales
from flowmap.release import Released, children_of, release
from flowmap.release_shapes import shape_of
from flowmap.summary import variants

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Options:
    """What the measures of one question can be asked with; each takes what it knows.

    `begin`, `end`, `known_from`: midnights (seconds UTC), None for the whole of the data. `start`, `stop`: stations by
    id or part, joined by commas. `facet`: by what to group. `roles`: which stations play which parts.
    """

    begin: int | None = None
    end: int | None = None
    known_from: int | None = None
    start: str | None = None
    stop: str | None = None
    ends: Ends = "reached"
    direct: bool = False
    first_day: int = 0
    months: int = rereferral.DFE
    lookback: int = nfa.LOOKBACK
    window: int = conversion.WINDOW
    facet: str | None = None
    of: variation.Of = "nfa"
    roles: tuple[tuple[str, str], ...] = ()
    limit: int = drift.LISTED  # how many timescales lists of those late
    more: asked.Asked = field(default_factory=asked.Asked)  # what effect, pathways, care, benchmarks and workload take
    compare: str | None = None  # for effect: a cohort to compare with
    day_zero: int | None = None  # for compare: the midnight of day 0, and the day at whose end stock is taken
    day: int | None = None


@dataclass(frozen=True)
class Question:
    """What a measure is asked of, and how; `kept` and `clocks` are the mask and timescales where known already.

    `beside` is the right side of a comparison, whose left this is; None: against itself.
    """

    data: Dataset
    cohort: Cohort
    instants: tuple[int, ...] = ()
    by: Bin = "week"
    station: str | None = None
    options: Options = field(default_factory=Options)
    kept: Mask | None = None
    clocks: Sequence[Due] | None = None
    beside: Question | None = None

    @property
    def mask(self) -> Mask:
        """(journeys,) those that the cohort keeps."""
        return self.cohort.mask(self.data) if self.kept is None else self.kept

    @property
    def at(self) -> int:
        """The first instant asked for, else the end of the data."""
        return self.instants[0] if self.instants else self.data.last

    @property
    def period(self) -> Period:
        """The period asked for, else the whole of the data. Raises OptionError."""
        return period(self.data, self.options.begin, self.options.end)

    @property
    def roles(self) -> dict[str, str]:
        """Which stations play which parts, where said. Raises OptionError for a part that there is not."""
        for role, _ in self.options.roles:
            if role not in KNOWN:
                raise OptionError(f"“{role[:60]}” is not a part of a station.", remedy=f"Parts: {', '.join(KNOWN)}.")
        return dict(self.options.roles)

    def dues(self) -> list[Due]:
        """The timescales of the dataset's map."""
        first_day = self.options.first_day
        if self.clocks is not None and not first_day:
            return list(self.clocks)
        return timescales(self.data, tubemap.load(str(self.data.path / "map.yaml")), first_day)


@dataclass(frozen=True)
class Measure:
    """A measure: its `answer` as JSON, and how that reads as a table of `columns` (none: the answer is the table)."""

    answer: Callable[[Question], Any]
    of: Callable[[Any], Rows] | None = None
    columns: tuple[str, ...] = ()

    def rows(self, found: Any) -> Rows:
        """An answer as rows, each with every column."""
        if self.of is None:
            rows: Rows = found
            return rows
        return [{name: row.get(name) for name in self.columns} for row in self.of(found)]

    def __call__(self, question: Question) -> Rows:
        """The answer to a question as rows."""
        return self.rows(self.answer(question))


def _occupancy(q: Question) -> Rows:
    found = [o.to_json(q.data) for o in occupancy(q.data, q.mask, q.instants or (q.data.last,))]
    ids = [place.id for place in q.data.stations]
    return [{"at": o["at"], "count": o["count"], **{i: o["at_station"].get(i, 0) for i in ids}} for o in found]


def _stations(q: Question) -> Rows:
    return [row.to_json(q.data) for row in stations(q.data, q.mask, q.at, q.dues())]


def _weeks(q: Question) -> Rows:
    if q.station not in q.data.index:
        known = ", ".join(q.data.index)
        raise OptionError(f"There is no station {q.station!r}.", remedy=f"Give --station one of: {known}.")
    panel = station(q.data, q.mask, q.at, q.dues(), q.data.index[q.station])
    return [week.to_json() for week in panel.weekly]


def _facets(q: Question) -> Rows:
    found = choices(q.data, q.cohort)
    return [{"facet": key, **choice.to_json()} for key, several in found.items() for choice in several]


def _variants(q: Question) -> Rows:
    found = variants(q.data, q.mask.nonzero()[0])
    return [{"path": " > ".join(v["path"]), "count": v["count"]} for v in found]


def between(q: Question) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The stations from which and to which; empty where not said."""
    o = q.options
    start, stop = (stations_of(q.data, text, q.roles) if text else () for text in (o.start, o.stop))
    if stop and not start:
        raise OptionError("A way has a stop but no start.", remedy="Give start too.")
    return start, stop


def _durations(q: Question) -> Any:
    o = q.options
    start, stop = between(q)
    ways = [Way(row, stop, o.ends, o.direct) for row in start]
    found = durations.durations(q.data, q.mask, q.period, ways=ways, dues=q.dues(), first_day=o.first_day, by=o.facet)
    return found.to_json(q.data)


def _timescales(q: Question) -> Any:
    o = q.options
    found = drift.drift(q.data, q.mask, q.dues(), q.period, at=q.at, first_day=o.first_day, most=o.limit)
    return found.to_json(q.data)


def _rereferral(q: Question) -> Any:
    o = q.options
    return rereferral.rereferral(
        q.data, q.mask, q.period, months=o.months, by=o.facet, roles=q.roles, known_from=o.known_from
    ).to_json()


def _nfa(q: Question) -> Any:
    o = q.options
    found = nfa.nfa(
        q.data, q.mask, q.period,
        at=q.station or "assessment", lookback=o.lookback, by=o.facet, roles=q.roles, known_from=o.known_from,
    )  # fmt: skip
    return found.to_json(q.data)


def _conversion(q: Question) -> Any:
    start, stop = between(q)
    if start and not stop:
        raise OptionError("A conversion needs two stations.", remedy="Give start and stop, or neither.")
    chains = [(start, stop)] if start else []
    found = conversion.conversion(q.data, q.mask, q.period, chains=chains, window=q.options.window, roles=q.roles)
    return found.to_json(q.data)


def _enquiries(q: Question) -> Any:
    return enquiries.enquiries(q.data, q.mask, q.period, roles=q.roles).to_json(q.data)


def _variation(q: Question) -> Any:
    o = q.options
    start, stop = between(q)
    found = variation.variation(
        q.data, q.mask, q.period,
        of=o.of, by=o.facet, at=q.station or "assessment", months=o.months, start=start, stop=stop, window=o.window,
        ends=o.ends, dues=q.dues() if o.of == "in_time" else (), roles=q.roles,
    )  # fmt: skip
    return found.to_json()


def _findings(q: Question) -> Any:
    o = q.options
    found = findings.findings(q.data, q.mask, o.begin, o.end, roles=q.roles, dues=q.dues())
    return found.to_json(q.data, q.cohort)


def side(q: Question) -> Side:
    """The question as one side of a comparison. Raises OptionError."""
    o = q.options
    return compare.side(
        q.data, q.cohort, q.mask, o.begin, o.end, day_zero=o.day_zero, day=o.day, dues=q.dues(), roles=q.roles
    )


def _compare(q: Question) -> Any:
    left = replace(q, clocks=q.dues())
    right = q.beside or left
    if right.data is q.data:
        right = replace(right, clocks=left.clocks)
    return compare.compare(side(left), side(right)).to_json()


def _asked(answer: Callable[[asked.Request], Any]) -> Callable[[Question], Any]:
    """A measure of `measures/asked.py`, of the question's period, station and facet."""

    return lambda q: answer(request(q))


def request(q: Question) -> asked.Request:
    """A question as the measures of `measures/asked.py` take it. Raises OptionError for a period without a day."""
    o = q.options
    if o.begin is not None or o.end is not None:
        period(q.data, o.begin, o.end)
    other = None if o.compare is None else parse(o.compare, q.data.facets).mask(q.data)
    return asked.Request(q.data, q.mask, o.more, o.begin, o.end, q.by, q.station, o.facet, other)


MEASURES: dict[str, Measure] = {
    "benchmarks": Measure(_asked(asked.benchmarks), lambda found: found["rows"], asked.BENCHMARKS),
    "care": Measure(_asked(asked.care), asked.care_rows, asked.CARE),
    "compare": Measure(_compare, compare.rows, compare.COLUMNS),
    "conversion": Measure(_conversion, conversion.rows, conversion.COLUMNS),
    "durations": Measure(_durations, durations.rows, durations.COLUMNS),
    "effect": Measure(_asked(asked.effect), asked.effect_rows, asked.EFFECT),
    "enquiries": Measure(_enquiries, enquiries.rows, enquiries.COLUMNS),
    "facets": Measure(_facets),
    "findings": Measure(_findings, findings.rows, findings.COLUMNS),
    "flow": Measure(lambda q: [b.to_json() for b in flow(q.data, q.mask, q.by)]),
    "moves": Measure(lambda q: [m.to_json(q.data) for m in moves(q.data, q.mask, q.at)]),
    "nfa": Measure(_nfa, nfa.rows, nfa.COLUMNS),
    "occupancy": Measure(_occupancy),
    "pathways": Measure(_asked(asked.ways), asked.ways_rows, asked.WAYS),
    "rereferral": Measure(_rereferral, rereferral.rows, rereferral.COLUMNS),
    "stations": Measure(_stations),
    "timescales": Measure(_timescales, drift.rows, drift.COLUMNS),
    "variants": Measure(_variants),
    "variation": Measure(_variation, variation.rows, variation.COLUMNS),
    "weeks": Measure(_weeks),
    "workload": Measure(_asked(asked.work), lambda found: found["rows"], asked.WORK),
}


def with_cohort(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], cohorts: Sequence[Cohort]
) -> tuple[tuple[str, ...], Rows]:
    """A table as it goes into a file: a last column, `cohort`, says of whom, lest it be taken for one of everybody."""
    said = beside_each_other(cohorts)
    return (*columns, "cohort"), [{**row, "cohort": said} for row in rows]


def beside_each_other(cohorts: Iterable[Cohort]) -> str:
    """The cohorts in words."""
    return " beside ".join(one.sentence() for one in cohorts)


def released(name: str, question: Question, found: Any, rule: Rule) -> Released:
    """What a measure `found`, as the table that may leave the room."""
    rows = MEASURES[name].rows(found)
    sides = [question] if question.beside is None else [question, question.beside]
    whose = [(one.data, one.mask, one.cohort) for one in sides]
    return release_of(name, tuple(rows[0]) if rows else (), rows, whose, rule)


def release_of(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    whose: Sequence[tuple[Dataset, Mask, Cohort]],
    rule: Rule,
) -> Released:
    """The table of a measure as it may leave the room, with the words and the number of those `whose` it is (two sides
    where they are compared: the fewer children decide)."""
    children = min(children_of(data, mask) for data, mask, _ in whose)
    said = beside_each_other(cohort for _, _, cohort in whose)
    return release(shape_of(name, tuple(columns)), rows, rule, children, said)
