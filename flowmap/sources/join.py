"""Several logs as one: a child with the same identifier in two files is the same child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.eventlog import MISSING, NO_TIME, Attribute, EventLog, QualityReport

NOT_ALL_NUMBERED = (
    "Some files say which events are one journey (council files do) and some do not. So all journeys are made from the "
    "events: a child's next one begins with the first event after an exit of the map."
)

Codes = npt.NDArray[np.int32]


def join(logs: Sequence[EventLog]) -> EventLog:
    """All events, in the order of the files; of a child's facts, the first known."""
    if len(logs) == 1:
        return logs[0]
    child_ids, child_maps = _one_table([log.child_ids for log in logs])
    names, station_maps = _one_table([pa.array(log.stations, pa.string()) for log in logs])
    report = QualityReport()
    for log in logs:
        report.merge(log.quality)
    has_case = all(log.case is not None for log in logs)
    if not has_case and any(log.case is not None for log in logs):
        report.add("journey-missing", NOT_ALL_NUMBERED)
    sizes = [len(log) for log in logs]
    return EventLog(
        child=np.concatenate([table[log.child] for log, table in zip(logs, child_maps, strict=True)]),
        child_ids=child_ids,
        station=np.concatenate([table[log.station] for log, table in zip(logs, station_maps, strict=True)]),
        stations=tuple(names.to_pylist()),
        time=np.concatenate([log.time for log in logs]),
        date_only=np.concatenate([log.date_only for log in logs]),
        case=np.concatenate([log.case for log in logs if log.case is not None]) if has_case else None,
        end=_ends(logs),
        attributes=_facts([log.attributes for log in logs], sizes),
        children=_child_facts(logs, child_maps, len(child_ids)),
        birth=_births(logs, child_maps, len(child_ids)),
        family=_families(logs, child_maps, len(child_ids)),
        quality=report,
        origin=[file for log in logs for file in log.origin],
        recognised=[said for log in logs for said in log.recognised],
    )


def without_constants(log: EventLog) -> EventLog:
    """The log without the facts that are the same for everybody: no facet comes of them."""

    def varied(facts: dict[str, Attribute]) -> dict[str, Attribute]:
        same = [name for name, fact in facts.items() if len(fact) and (fact.column == fact.column[0]).all()]
        for name in same:
            log.quality.add("column-left-out", f"The column {name!r} is left out: it is the same in every row.")
        return {name: fact for name, fact in facts.items() if name not in same}

    return replace(log, attributes=varied(log.attributes), children=varied(log.children))


def _one_table(tables: Sequence[pa.Array]) -> tuple[pa.Array, list[Codes]]:
    """All distinct values, and for each table where its values are in it."""
    if len({t.type for t in tables}) > 1:
        tables = [t.cast(pa.string()) for t in tables]
    coded = pa.chunked_array(tables).dictionary_encode().unify_dictionaries()
    maps = [chunk.indices.to_numpy(zero_copy_only=False).astype(np.int32) for chunk in coded.chunks]
    return coded.chunk(0).dictionary, maps


def _ends(logs: Sequence[EventLog]) -> npt.NDArray[np.int64] | None:
    if all(log.end is None for log in logs):
        return None
    return np.concatenate([np.full(len(log), NO_TIME) if log.end is None else log.end for log in logs])


def _facts(facts: Sequence[dict[str, Attribute]], sizes: Sequence[int]) -> dict[str, Attribute]:
    """Attributes by event of all files; missing where a file has not the column."""
    names = dict.fromkeys(name for some in facts for name in some)
    return {name: _stacked([some.get(name) for some in facts], sizes) for name in names}


def _stacked(parts: Sequence[Attribute | None], sizes: Sequence[int]) -> Attribute:
    known = [part for part in parts if part is not None]
    if all(part.kind == "number" for part in known):
        numbers = [np.full(n, MISSING, np.int32) if p is None else p.numbers for p, n in zip(parts, sizes, strict=True)]
        return Attribute(known[0].label, "number", numbers=np.concatenate(numbers))  # type: ignore[arg-type]
    as_text = [None if part is None else as_category(part) for part in parts]
    values = sorted({v for part in as_text if part is not None for v in part.values})
    place = {v: i for i, v in enumerate(values)}
    codes = []
    for part, n in zip(as_text, sizes, strict=True):
        if part is None:
            codes.append(np.full(n, -1, np.int32))
        else:
            codes.append(np.array([*(place[v] for v in part.values), -1], np.int32)[part.codes])
    return Attribute(known[0].label, "category", codes=np.concatenate(codes), values=tuple(values))


def as_category(fact: Attribute) -> Attribute:
    """A number as a category: one file's column may hold codes, another's numbers."""
    if fact.kind == "category":
        return fact
    distinct, codes = np.unique(fact.column, return_inverse=True)
    known = distinct != MISSING
    place = np.where(known, np.cumsum(known) - 1, -1).astype(np.int32)
    return Attribute(fact.label, "category", codes=place[codes], values=tuple(str(v) for v in distinct[known]))


def _child_facts(logs: Sequence[EventLog], maps: Sequence[Codes], children: int) -> dict[str, Attribute]:
    """Facts by child; a fact by event in one file and by child in another stays by child."""
    stacked = _facts([log.children for log in logs], [len(log.child_ids) for log in logs])
    who = np.concatenate(list(maps))
    found = {}
    for name, fact in stacked.items():
        one = np.full(children, fact.missing, np.int32)
        known = fact.column != fact.missing
        one[who[known][::-1]] = fact.column[known][::-1]
        found[name] = fact.with_column(one)
    return found


def _births(logs: Sequence[EventLog], maps: Sequence[Codes], children: int) -> npt.NDArray[np.int64] | None:
    if all(log.birth is None for log in logs):
        return None
    birth = np.full(children, NO_TIME)
    for log, table in reversed(list(zip(logs, maps, strict=True))):
        if log.birth is not None:
            known = log.birth != NO_TIME
            birth[table[known]] = log.birth[known]
    return birth


def _families(logs: Sequence[EventLog], maps: Sequence[Codes], children: int) -> Codes | None:
    """Each child's family over all files.

    A family's number holds within its file only. Families of two files are one where a child is in both: so siblings
    of siblings are siblings, and a child who moved from one family to another joins the two.
    """
    told = [(log.family, table) for log, table in zip(logs, maps, strict=True) if log.family is not None]
    if not told:
        return None
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    who, of, size = [], [], children
    for family, table in told:
        known = family >= 0
        who.append(table[known])
        of.append(size + family[known])  # after the children and the families of the files before
        size += int(family.max(initial=-1)) + 1
    child = np.concatenate(who)
    links = coo_array((np.ones(len(child), dtype=np.int8), (child, np.concatenate(of))), shape=(size, size))
    _, group = connected_components(links, directed=False)
    joined = np.full(children, -1, dtype=np.int32)
    joined[child] = group[child]
    return joined
