"""What a model file holds, counted again among the real children: nothing is taken from the file on trust.

Written from the file's description (docs/synthetic.md) and not with the code that fits, so that a fault of that code
shows here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from flowmap.eventlog import MISSING, NO_TIME, Attribute
from synthetic.fidelity.walks import DAY, RARE, Flags, Ints, Walks

OTHER = "other"  # of an attribute: all values that are not stored
# What the format itself writes in places where values of the log stand too.
OWN_WORDS = frozenset({"flowmap synthetic model", "category", "number", "child", "journey", "start", "gate", "event"})
DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Check:
    """One kind of thing in the file: how many are `stored`, how many real children the rarest has (None: there is
    none), how many have fewer than k (`few`), and of what these are (`of`; never the value itself)."""

    what: str
    stored: int
    smallest: int | None
    few: int
    of: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return asdict(self)


def recount(data: Mapping[str, Any], real: Walks, k: int) -> tuple[Check, ...]:
    """Every station, value, interval of numbers and ages, move, stretch of arrivals and limit; and every word.

    `data` is the file's content; parts that it lacks are not counted. Contexts, and intervals of waits and of times of
    day, are not counted again: for them the file's own counts stand.
    """
    found: dict[str, list[tuple[str, int]]] = {
        "Stations": _stations(data, real),
        "Values of attributes": list(_values(data, real)),
        "Intervals of numbers": list(_numbers(data, real)),
        "Intervals of age": _ages(data, real),
        "Moves": _moves(data, real),
        "Stretches of arrivals": _arrivals(data, real),
        "Greatest age, most events, edges of the window": _limits(data, real),
        "Words that are a value of the log": _words(data, real),
    }
    return tuple(_check(what, counts, k) for what, counts in found.items() if counts)


def _check(what: str, counts: list[tuple[str, int]], k: int) -> Check:
    few = [of for of, children in counts if children < k]
    return Check(what, len(counts), min(n for _, n in counts), len(few), tuple(dict.fromkeys(few)))


def days(data: Mapping[str, Any]) -> int:
    """How many days the file names: edges of the window, and of stretches of arrivals, pace, ways and waits."""
    first = _window(data)[0] if "window" in data else 0
    arrivals, effects = (data.get(key) or {} for key in ("arrivals", "effects"))
    numbers = [first + int(d) for row in arrivals.get("rates") or [] for d in row[:2]]
    ends = [[row["first"], row["last"]] for row in effects.get("pace") or []]
    numbers += [int(d) for row in ends for d in row]
    numbers += [int(d) for rows in (effects.get("periods") or {}).values() for row in rows for d in row]
    numbers += [int(row[end]) for row in _entries(data, "stretches") for end in ("first", "last")]
    named = {found for word in words(data) for found in DATE.findall(word)}
    return len(set(np.array(numbers, dtype="datetime64[D]").astype(str).tolist()) | named)


def words(data: Any) -> Iterator[str]:
    """Every text in the file, keys among them but those that are numbers."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if not key.isdigit():
                yield key
            yield from words(value)
    elif isinstance(data, list):
        for value in data:
            yield from words(value)


def _entries(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = data.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _children(child: Ints, which: Flags) -> int:
    return len(np.unique(child[which]))


def _names(data: Mapping[str, Any]) -> list[str]:
    return [str(row.get("name")) for row in _entries(data, "stations")]


def _stations(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    place = _place(data, real)
    child = real.child[real.journey]
    return [(name, _children(child, place == at)) for at, name in enumerate(_names(data))]


def _place(data: Mapping[str, Any], real: Walks) -> Ints:
    """(n,) the file's station of each event; -1 where it has none."""
    names = _names(data)
    rest = names.index(RARE) if RARE in names else -1
    return np.array([names.index(n) if n in names else rest for n in real.names], dtype=np.int64)[real.station]


def _column(real: Walks, entry: Mapping[str, Any]) -> tuple[Attribute, Ints] | None:
    """The attribute that an entry of the file is about, and whose each of its rows is."""
    log, key = real.log, str(entry.get("key"))
    if entry.get("of") == "child" and key in log.children:
        there = np.bincount(log.child, minlength=len(log.child_ids)) > 0
        return log.children[key], np.where(there, np.arange(len(there)), -1)
    return (log.attributes[key], log.child.astype(np.int64)) if key in log.attributes else None


def _values(data: Mapping[str, Any], real: Walks) -> Iterator[tuple[str, int]]:
    for entry in _entries(data, "attributes"):
        stored = entry.get("values") or []
        found = _column(real, entry)
        if found is None or found[0].kind != "category":
            yield from ((str(entry.get("key")), 0) for _ in stored)
            continue
        attribute, child = found
        place = {value: at for at, value in enumerate(attribute.values)}
        kept = np.array([value in stored for value in attribute.values] + [True])
        for value in stored:
            has = attribute.column == place.get(value, len(place))
            if value == OTHER:
                has = has | ~kept[attribute.column]
            yield attribute.label, _children(child, has & (child >= 0))


def _numbers(data: Mapping[str, Any], real: Walks) -> Iterator[tuple[str, int]]:
    for entry in _entries(data, "attributes"):
        found = _column(real, entry)
        if not entry.get("bins") or found is None or found[0].kind != "number":
            continue
        attribute, child = found
        known = (attribute.column != MISSING) & (child >= 0)
        held = _held(entry["bins"], attribute.column[known].astype(np.int64), child[known])
        yield from ((attribute.label, children) for children in held)


def _held(bins: list[list[float]], values: Ints, child: Ints) -> list[int]:
    """How many children have a number in each interval [low, high, share]; beyond the ends counts as at them."""
    ends = np.array([row[:2] for row in bins]).astype(np.int64)
    inside = np.clip(values, ends[:, 0].min(), ends[:, 1].max())
    return [_children(child, (inside >= low) & (inside <= high)) for low, high in ends.tolist()]


def _age_at(real: Walks, rows: Ints) -> tuple[Ints, Ints]:
    """Age in days at these events, and whose, where it is known."""
    birth = real.log.birth
    child = real.child[real.journey[rows]]
    if birth is None:
        return child[:0], child[:0]
    known = birth[child] != NO_TIME
    return (real.time[rows] // DAY - birth[child] // DAY)[known], child[known]


def _firsts(data: Mapping[str, Any], real: Walks) -> Ints:
    """Row of each child's first event at a stored station within the window."""
    place, day = _place(data, real), real.time // DAY
    first, last = _window(data)
    rows = np.flatnonzero((place >= 0) & (day >= first) & (day <= last))
    child = real.child[real.journey[rows]]
    order = np.lexsort((rows, real.time[rows], child))
    return rows[order[np.unique(child[order], return_index=True)[1]]]


def _ages(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    bins = data.get("age_at_first_event")
    if not bins or real.log.birth is None:
        return []
    return [("age", children) for children in _held(bins, *_age_at(real, _firsts(data, real)))]


def _arrivals(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    """Of each stretch of arrivals, the children who first appear in it."""
    rates = (data.get("arrivals") or {}).get("rates") or []
    day = real.time[_firsts(data, real)] // DAY - _window(data)[0]
    return [("arrivals", int(((day >= row[0]) & (day <= row[1])).sum())) for row in rates]


def _window(data: Mapping[str, Any]) -> tuple[int, int]:
    """First and last day since 1970; without a window, all days."""
    window = data.get("window")
    if not isinstance(window, Mapping) or not {"first", "last"} <= set(window):
        return -(2**40), 2**40
    first, last = (int(np.datetime64(str(window[end]), "D").astype(np.int64)) for end in ("first", "last"))
    return first, last


def _moves(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    """Of each move, the children who made it in their life, from one event to the next."""
    names, place = _names(data), _place(data, real)
    child = real.child[real.journey]
    rows = np.lexsort((np.arange(len(child)), real.start[real.journey], child))
    rows = rows[place[rows] >= 0]
    one, two = rows[:-1], rows[1:]
    alike = child[one] == child[two]
    code = (place[one] * len(names) + place[two])[alike]
    pairs = np.unique(np.stack([code, child[one][alike]]), axis=1)
    made = np.bincount(pairs[0], minlength=len(names) ** 2)
    stored = [(int(m["start"]), int(m["to"])) for m in _entries(data, "moves")]
    return [(f"{names[a]} → {names[b]}", int(made[a * len(names) + b])) for a, b in stored]


def _limits(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    """Children who reach the greatest age and the most events, and who are seen up to the first day and from the last
    on. A window that is wider, of whole weeks, tells of nobody: its edge is left out."""
    child, day = real.child[real.journey], real.time // DAY
    limits = data.get("limits") or {}
    found = []
    if limits.get("events_of_a_child") is not None:
        found.append(("most events", int((np.bincount(child) >= limits["events_of_a_child"]).sum())))
    if limits.get("age_days") is not None:
        age, who = _age_at(real, np.arange(len(child)))
        found.append(("greatest age", _children(who, age >= limits["age_days"])))
    first, last = _window(data)
    for outside, there in (
        (first <= day.min() and (first + 3) % 7 == 0, day <= first),  # a Monday
        (last >= day.max() and (last + 4) % 7 == 0, day >= last),  # a Sunday
    ):
        if "window" in data and not outside:
            found.append(("edge of the window", _children(child, there)))
    return found


def _words(data: Mapping[str, Any], real: Walks) -> list[tuple[str, int]]:
    """Every word of the file that is also a station or a value of the log, wherever it stands."""
    log = real.log
    columns = [(a, np.arange(len(log.child_ids)), "a value of " + a.label) for a in log.children.values()]
    columns += [(a, log.child.astype(np.int64), "a value of " + a.label) for a in log.attributes.values()]
    said = set(words(data)) - OWN_WORDS - {OTHER}
    counts = [
        ("a station", _children(real.child[real.journey], real.station == real.names.index(name)))
        for name in said & set(real.log.stations)
    ]
    for attribute, child, of in columns:
        for value in said & set(attribute.values):
            counts.append((of, _children(child, attribute.column == attribute.values.index(value))))
    # The log's lists may name what nobody in it has.
    return [(of, children) for of, children in counts if children]
