"""What is known about children and journeys, one value a journey, on a vocabulary that both logs share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from flowmap.eventlog import MISSING, Attribute
from synthetic.fidelity.paths import counts, total_variation
from synthetic.fidelity.walks import Ints, Walks
from synthetic.fidelity.yardstick import Measured

MOST_VALUES = 50  # of one category; the rarer ones count as one, "other"
BANDS = 8  # of a number, with alike many journeys in the real log
MOST_ATTRIBUTES = 12  # whose pairs are compared: 66 pairs


def journey_values(walks: Walks, key: str) -> Ints:
    """(j,) the column of an attribute, one value a journey: the child's, or the first that its events know."""
    log = walks.log
    if key in log.children:
        return log.children[key].column[walks.child].astype(np.int64)
    attribute = log.attributes[key]
    column = attribute.column[walks.row].astype(np.int64)
    known = np.flatnonzero(column != attribute.missing)
    found = np.full(len(walks), attribute.missing, dtype=np.int64)
    journey, first = np.unique(walks.journey[known], return_index=True)
    found[journey] = column[known[first]]
    return found


def attribute_of(walks: Walks, key: str) -> Attribute | None:
    """The attribute of that name, the child's before the journey's."""
    return walks.log.children.get(key) or walks.log.attributes.get(key)


def shared(real: Walks, other: Walks) -> dict[str, tuple[Ints, Ints]]:
    """Codes of each attribute of the real log, a journey, in both; -1 is not recorded.

    Numbers are cut into eight bands of the real log, rare categories become one. Attributes that are never recorded
    in the real log, or that have a value of its own for most journeys (text, keys), are left out. One that the other
    log lacks is not recorded there.
    """
    found = {}
    for key in (*real.log.children, *real.log.attributes):
        attribute = attribute_of(real, key)
        if key in found or attribute is None:
            continue
        mine = journey_values(real, key)
        theirs = in_the_words_of(attribute, other, key)
        if attribute.kind == "number":
            found[key] = _bands(mine, theirs)
        elif len(np.unique(mine)) <= max(MOST_VALUES, len(mine) // 10):
            found[key] = _common(mine, theirs)
    return {key: pair for key, pair in found.items() if (pair[0] >= 0).any()}


def in_the_words_of(attribute: Attribute, other: Walks, key: str) -> Ints:
    """(j,) the other log's column of an attribute, in the codes of `attribute`; an unknown value has the code after."""
    theirs = attribute_of(other, key)
    missing = MISSING if attribute.kind == "number" else -1
    if theirs is None:
        return np.full(len(other), missing, dtype=np.int64)
    column = journey_values(other, key)
    if attribute.kind == "number" and theirs.kind == "number":
        return column
    place = {value: i for i, value in enumerate(attribute.values)}
    if attribute.kind == "number":
        table = [int(v) if v.lstrip("-").isdigit() else MISSING for v in theirs.values]
        return np.array([*table, MISSING], dtype=np.int64)[column]
    if theirs.kind == "number":  # a category of whole numbers, read again as numbers
        values, code = np.unique(column, return_inverse=True)
        return np.array([place.get(str(v), -1 if v == MISSING else len(place)) for v in values], dtype=np.int64)[code]
    return np.array([*(place.get(v, len(place)) for v in theirs.values), -1], dtype=np.int64)[column]


def _bands(mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    known = mine[mine != MISSING]
    cuts = np.unique(np.quantile(known, np.arange(1, BANDS) / BANDS)) if len(known) else np.empty(0)
    codes = [np.where(c == MISSING, -1, np.searchsorted(cuts, c, side="left")) for c in (mine, theirs)]
    return codes[0], codes[1]


def _common(mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    tally = np.bincount(mine[mine >= 0]) if (mine >= 0).any() else np.zeros(1, dtype=np.int64)
    top = np.sort(np.argsort(-tally, kind="stable")[:MOST_VALUES])
    rest = int(max(mine.max(initial=0), theirs.max(initial=0))) + 1
    codes = [np.where((c < 0) | np.isin(c, top), c, rest) for c in (mine, theirs)]
    return codes[0], codes[1]


def marginals(real: Walks, other: Walks) -> Measured:
    """Total variation of each attribute's shares (not recorded among them), mean over attributes."""
    found = [total_variation(*counts(a, b)) for a, b in shared(real, other).values()]
    return Measured(float(np.mean(found))) if found else Measured(np.nan, why="the log has no attributes")


def pairs(real: Walks, other: Walks) -> Measured:
    """Total variation of the shares of each pair of attributes' values, mean over pairs of the first 12."""
    found = _by_pair(real, other)
    return Measured(float(np.mean(found))) if found else Measured(np.nan, why="the log has no two attributes")


def worst_pair(real: Walks, other: Walks) -> Measured:
    """The largest of those total variations: two attributes that belong together and do not show in a mean."""
    found = _by_pair(real, other)
    return Measured(max(found)) if found else Measured(np.nan, why="the log has no two attributes")


def _by_pair(real: Walks, other: Walks) -> list[float]:
    return pair_distances(list(shared(real, other).values())[:MOST_ATTRIBUTES])


def pair_distances(columns: Sequence[tuple[Ints, Ints]]) -> list[float]:
    """Total variation of the shares of each two columns' pairs of values; a column is its codes in both logs."""
    return [
        total_variation(*counts(*(x * 100_003 + y for x, y in zip(one, two, strict=True))))
        for one, two in combinations(columns, 2)
    ]
