"""Attributes as codes: 0 = not recorded, then values (or bins of numbers) that at least k children have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import MISSING, Attribute
from synthetic.model.intervals import held, intervals
from synthetic.model.model import Variable

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

OTHER = "other"
TELLS = 0.85  # of what there is to know about whether a station was visited: an attribute given there


def encode(key: str, attribute: Attribute, of: str, child: Ints, k: int) -> tuple[Variable, Ints]:
    """The attribute's variable and its codes; `child` says whose each row is.

    Categories with fewer than k children become "other", and not recorded where these are fewer than k together.
    """
    column = attribute.column.astype(np.int64)
    if attribute.kind == "number":
        return _number(key, attribute, of, child, k)
    width = len(attribute.values)
    known = column >= 0
    children = held(column[known], child[known], width)
    kept = [at for at in range(width) if children[at] >= k]
    table = np.full(width + 1, 0, dtype=np.int64)
    table[kept] = 1 + np.arange(len(kept))
    values = [attribute.values[at] for at in kept]
    rare = [at for at in range(width) if 0 < children[at] < k]
    if rare and len(np.unique(child[known & np.isin(column, rare)])) >= k:
        if OTHER not in values:
            values.append(OTHER)
        table[rare] = 1 + values.index(OTHER)
    return Variable(key, attribute.label, of, "category", values), table[np.where(known, column, width)]


def _number(key: str, attribute: Attribute, of: str, child: Ints, k: int) -> tuple[Variable, Ints]:
    column = attribute.column.astype(np.int64)
    known = column != MISSING
    bins = intervals(column[known], child[known], k, exact=2**31)
    codes = np.zeros(len(column), dtype=np.int64)
    if bins is not None:
        codes[known] = 1 + bins.codes(column[known])
    return Variable(key, attribute.label, of, "number", bins=bins), codes


def decode(rng: np.random.Generator, variable: Variable, codes: Ints) -> Attribute:
    """The attribute with these codes; a number is drawn evenly from its bin."""
    if variable.kind == "category":
        return Attribute(variable.label, "category", codes=(codes - 1).astype(np.int32), values=tuple(variable.values))
    numbers = np.full(len(codes), MISSING, dtype=np.int64)
    some = codes > 0
    if variable.bins is not None and some.any():
        at = codes[some] - 1
        numbers[some] = rng.integers(variable.bins.low[at], variable.bins.high[at] + 1)
    return Attribute(variable.label, "number", numbers=numbers.astype(np.int32))


def by_journey(codes: Ints, journey: Ints, journeys: int) -> Ints:
    """The first code known of each journey; events come in order."""
    found = np.zeros(journeys, dtype=np.int64)
    some = np.flatnonzero(codes > 0)[::-1]
    found[journey[some]] = codes[some]
    return found


def place(variable: Variable, codes: Ints, journey: Ints, station: Ints, fresh: Flags, names: list[str]) -> None:
    """Find out when the attribute is known (Variable.given, .gate); `fresh` = first time there in the journey."""
    journeys = int(journey[-1]) + 1
    first = by_journey(codes, journey, journeys)
    length = np.bincount(journey, minlength=journeys)
    odd = np.zeros(journeys, dtype=bool)
    odd[journey[codes != first[journey]]] = True
    long = (length > 1) & (first > 0)
    if long.any() and odd[long].mean() > 0.5:
        variable.given = "event"
        return
    best, gate = TELLS, -1
    everyone = np.bincount(first, minlength=variable.card).astype(float)
    cell = station[fresh] * variable.card + first[journey[fresh]]
    visited = np.bincount(cell, minlength=len(names) * variable.card).reshape(len(names), -1).astype(float)
    for s in range(len(names)):
        told = _told(visited[s], everyone)
        if told > best:
            best, gate = told, s
    if gate >= 0:
        variable.given, variable.gate = "gate", names[gate]


def _told(visited: npt.NDArray[np.float64], everyone: npt.NDArray[np.float64]) -> float:
    """How much of the entropy of "visited" the code takes away (0 to 1)."""
    n, v = everyone.sum(), visited.sum()
    if not 0.01 * n < v < 0.99 * n:
        return 0.0
    table = np.vstack([visited, everyone - visited])

    def entropy(counts: npt.NDArray[np.float64]) -> float:
        share = counts[counts > 0] / n
        return float(-(share * np.log(share)).sum())

    whole = entropy(table.sum(axis=1))
    inner = entropy(table.ravel()) - entropy(table.sum(axis=0))
    return 1 - inner / whole
