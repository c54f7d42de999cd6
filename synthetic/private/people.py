"""Who the children are and when they come, from tables in which each child stands once (of journeys: a few times)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import Attribute, EventLog
from synthetic.model import attributes
from synthetic.model.days import HOLIDAY, Calendar, month
from synthetic.model.history import History
from synthetic.model.intervals import Intervals
from synthetic.model.model import Variable
from synthetic.model.options import Public
from synthetic.model.table import age_days
from synthetic.private import grids
from synthetic.private.grids import (
    AGES,
    AGES_END,
    BEGINNINGS,
    BIN,
    JOURNEYS,
    NUMBERS,
    NUMBERS_END,
    STARTUP,
    projected,
    trust,
)
from synthetic.private.ledger import Ledger
from synthetic.private.trees import Trees

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Arriving:
    """When children first appear; fields as in Model."""

    kinds: list[float]
    months: list[float]
    rates: list[list[float]]


def arriving(ledger: Ledger, events: History, calendar: Calendar) -> Arriving:
    """Rates of arrival by stretches of four weeks, weights of weekdays, and of months where the window has a year."""
    first = np.flatnonzero(events.starts)
    day, child = events.day[first], events.child[first]
    window = np.arange(events.first, events.last + 1)
    there = np.bincount(calendar.of(window), minlength=HOLIDAY + 1).astype(float)
    noisy = ledger.count("kinds of days", calendar.of(day), child, HOLIDAY + 1, 1)
    came = projected(noisy[None], noisy.sum(keepdims=True).astype(float))[0]
    rate = came / np.maximum(there, 1)
    mean = came.sum() / max(there.sum(), 1)
    kinds = [round(float(r), 4) for r in rate / mean] if mean > 0 else [1.0] * (HOLIDAY + 1)
    bins = max(len(window) // BIN, 1)  # the last one takes what is left over
    of_day = np.minimum((window - events.first) // BIN, bins - 1)
    count = np.maximum(ledger.count("arrivals", of_day[day - events.first], child, bins, 1), 0)
    weight = np.array(kinds)[calendar.of(window)]
    size = np.bincount(of_day, weight, minlength=bins)
    level = count / np.maximum(size, 1e-9)
    ends = np.append(np.arange(1, bins) * BIN, len(window)) - 1
    rates = [[b * BIN, int(ends[b]), round(float(level[b]), 4)] for b in range(bins)]
    return Arriving(kinds, _months(ledger, events, window, weight), rates)


def _months(ledger: Ledger, events: History, window: Ints, weight: Floats) -> list[float]:
    """What each month counts for, of days alike, by beginnings of journeys; as far as it stands out of the noise."""
    rows = np.flatnonzero(events.begins)
    came = np.maximum(ledger.count("months", month(events.day[rows]), events.child[rows], 12, BEGINNINGS), 0)
    if len(window) < 365 or not came.any():
        return [1.0] * 12
    rate = came / np.maximum(np.bincount(month(window), weight, minlength=12), 1e-9)
    sure = float(trust(np.array([came.mean()]), ledger.scale("months"))[0])
    return [round(float(r), 4) for r in 1 + sure * (rate / rate.mean() - 1)]


def first_stations(ledger: Ledger, events: History, trees: Trees) -> None:
    """The tree "first": in the first days and after."""
    rows = np.flatnonzero(events.starts)
    size = len(events.names)
    early = (events.day[rows] < events.first + STARTUP).astype(np.int64)
    cell = early * size + events.station[rows]
    table = ledger.count("first stations", cell, events.child[rows], 2 * size, 1).reshape(2, size)
    trees.add("first", "startup", table, ledger.scale("first stations"))


@dataclass(frozen=True)
class Ages:
    """Bins of ages at the first event, the greatest age in days, and (stations,) where children come before birth."""

    bins: Intervals | None
    oldest: int | None
    unborn: npt.NDArray[np.bool_]


def ages(ledger: Ledger, events: History, trees: Trees) -> Ages:
    """The tree "age", and what else the model says of ages."""
    age, known = age_days(events)
    rows = np.flatnonzero(events.starts)
    band = np.clip(np.searchsorted(AGES, age, side="right") - 1, 0, len(AGES) - 1)
    code = np.where(known, 1 + band, 0)[rows]
    child = events.child[rows]
    count = ledger.count("ages", code, child, 1 + len(AGES), 1)
    trees.add("age", "startup", count[None], ledger.scale("ages"), known=True)
    shares = np.maximum(count[1:], 0).astype(float)
    found = Intervals(AGES, AGES_END, shares / shares.sum()) if shares.sum() >= trees.k else None
    there = rows[(known & (age < 0))[rows]]
    size = len(events.names)
    unborn = ledger.count("before birth", events.station[there], events.child[there], size, 1)
    return Ages(found, _oldest(ledger, events), unborn >= grids.threshold(ledger.scale("before birth"), size))


def _oldest(ledger: Ledger, events: History) -> int | None:
    """The end of the last year of age that stands out of the noise, by the oldest age of each child."""
    age, known = age_days(events)
    last = np.flatnonzero(events.ends & known)
    year = np.clip((age[last] / grids.YEAR).astype(np.int64), 0, grids.OLDEST - 1)
    count = ledger.count("oldest", year, events.child[last], grids.OLDEST, 1)
    above = np.flatnonzero(count >= grids.threshold(ledger.scale("oldest"), grids.OLDEST))
    return round((int(above[-1]) + 1) * grids.YEAR) if len(above) else None


@dataclass(frozen=True)
class Values:
    """Variables, and the codes of each: one a child (of the log), or one a journey."""

    variables: list[Variable]
    codes: dict[str, Ints]


def encoded(ledger: Ledger, log: EventLog, events: History, public: Public) -> Values:
    """All attributes as codes: categories by values that are declared or that the ledger lets out (others are not
    recorded), numbers on the fixed grid."""
    found = Values([], {})
    everyone = np.arange(len(log.child_ids))
    present = np.zeros(len(everyone), dtype=bool)
    present[events.child] = True
    for key, attribute in log.children.items():
        variable, codes = _encoded(ledger, key, attribute, "child", everyone, present, public.values)
        found.variables.append(variable)
        found.codes[name_of(variable)] = codes
    journeys = int(events.begins.sum())
    every = np.ones(len(events.child), dtype=bool)
    for key, attribute in log.attributes.items():
        own = attribute.take(events.row)
        variable, codes = _encoded(ledger, key, own, "journey", events.child, every, public.values)
        if public.known_from.get(key) in events.names:
            variable.given, variable.gate = "gate", public.known_from[key]
        found.variables.append(variable)
        found.codes[name_of(variable)] = attributes.by_journey(codes, events.journey, journeys)
    return found


def name_of(variable: Variable) -> str:
    """Of its tree, of its feature, and in the ledger."""
    return f"{variable.of}:{variable.key}"


def _encoded(
    ledger: Ledger,
    key: str,
    attribute: Attribute,
    of: str,
    child: Ints,
    counted: npt.NDArray[np.bool_],
    declared: Mapping[str, Sequence[str]],
) -> tuple[Variable, Ints]:
    column = attribute.column.astype(np.int64)
    known = column != attribute.missing
    if attribute.kind == "number":
        bins = Intervals(NUMBERS, NUMBERS_END, np.full(len(NUMBERS), 1 / len(NUMBERS)))
        return Variable(key, attribute.label, of, "number", bins=bins), np.where(known, 1 + bins.codes(column), 0)
    rows = known & counted
    if key in declared:
        values = list(dict.fromkeys(declared[key]))
    else:
        values = ledger.names(f"values of {of}:{key}", column[rows], child[rows], attribute.values, grids.NAMES)
    place = {value: 1 + at for at, value in enumerate(values)}
    table = np.array([*(place.get(value, 0) for value in attribute.values), 0])
    return Variable(key, attribute.label, of, "category", values), table[np.where(known, column, -1)]


def of_everybody(ledger: Ledger, events: History, values: Values, trees: Trees) -> None:
    """Attributes of children and of journeys, each for itself: one given another would take far more children."""
    for variable in values.variables:
        name = name_of(variable)
        of_child = variable.of == "child"
        rows = np.flatnonzero(events.starts if of_child else events.begins)
        code = values.codes[name][events.child[rows]] if of_child else values.codes[name]
        known = variable.kind == "category"  # which values there are is known; which numbers, is not
        most = 1 if of_child else JOURNEYS
        if variable.given == "gate":
            reached = np.bincount(events.journey, events.station == events.names.index(variable.gate)) > 0
            cell = reached * variable.card + code
            table = ledger.count(name, cell, events.child[rows], 2 * variable.card, most).reshape(2, variable.card)
            trees.add(f"rest:{variable.key}", "startup", table[:1], ledger.scale(name), known)
            trees.add(name, "startup", table[1:], ledger.scale(name), known)
        else:
            count = ledger.count(name, code, events.child[rows], variable.card, most)
            trees.add(name, "startup", count[None], ledger.scale(name), known)
