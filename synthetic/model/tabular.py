"""Attributes from tables: a synthesizer draws a table like the real one, and the trees are learnt from that.

The synthesizer (SDV's, see copula.py) sees codes, in which values of fewer than k children have been merged already.
What it learns is thrown away: the model keeps the trees, so it stays readable, and sampling from it needs no SDV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
import numpy.typing as npt

from synthetic.model.features import AGES, BASE, FEW_AGES, PLACE, age_class
from synthetic.model.intervals import Intervals, held
from synthetic.model.model import Variable

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]

NAMES = ("station", "one before", "two before", "three before", "weekday", "period")  # the rest of BASE has an order
ROUNDS = 8  # tables drawn at most, to replace rows that cannot be
LEAST = 0.1  # of the rows wanted; where fewer can be, the real rows are used
STEPS = 50  # of raking; where pairs are left out it settles slowly


class Synthesizer(Protocol):
    """What learns a table and draws others like it."""

    def draw(self, rows: int) -> Ints:
        """(C, rows) codes."""


Learner = Callable[[Ints, Sequence[bool]], Synthesizer]  # of a table (C, n), and which columns have an order


@dataclass(frozen=True)
class Lesson:
    """What one tree is learnt from: an outcome for each of the events in `rows`, by the features in `allowed`."""

    name: str
    rows: Ints
    outcome: Ints
    allowed: list[int]


@dataclass(frozen=True)
class Facts:
    """Of all events: `features` (F, n) with their `names`, and whose they are (`child`); what codes mean."""

    names: Sequence[str]
    features: Codes
    child: Ints
    ages: Intervals | None
    variables: Sequence[Variable]

    def ordered(self, column: str) -> bool:
        """Whether the codes of a column stand in an order: ages, numbers, counts."""
        if column in BASE:
            return column not in NAMES
        return any(v.kind == "number" for v in self.variables if v.key == column.split(":", 1)[1])


@dataclass(frozen=True)
class Drawn:
    """What a tree is learnt from instead of a lesson's events: features (F, m), outcome (m,), whose each row is."""

    name: str
    features: Codes
    outcome: Ints
    child: Ints
    allowed: list[int]


def drawn(lessons: Sequence[Lesson], facts: Facts, learner: Learner, k: int) -> Iterator[Drawn]:
    """The lessons as drawn by a synthesizer; those that follow each other and are about the same events are one table.

    A table has as many rows as there are children in it, and each row counts as a child: k drawn rows are as large a
    share as k children are.
    """
    groups: list[list[Lesson]] = []
    for lesson in lessons:
        if groups and np.array_equal(groups[-1][0].rows, lesson.rows):
            groups[-1].append(lesson)
        else:
            groups.append([lesson])
    for group in groups:
        if len(np.unique(facts.child[group[0].rows])) >= k:
            yield from _table(group, facts, learner, k)


def _table(group: Sequence[Lesson], facts: Facts, learner: Learner, k: int) -> Iterator[Drawn]:
    outcomes = {lesson.name: lesson.outcome for lesson in group}
    columns = _columns(group, facts) | outcomes
    names = list(columns)
    child = facts.child[group[0].rows]
    table = np.array([*columns.values()])
    vary = np.flatnonzero(table.min(axis=1) < table.max(axis=1))
    if len(vary) > 1:
        told = np.array([names[at] in outcomes for at in vary])
        ordered = [facts.ordered(names[at]) for at in vary]
        made = synthesized(table[vary], told, learner(table[vary], ordered), child, k)
        if made is not None:
            table = np.repeat(table[:, :1], made.shape[1], axis=1)
            table[vary] = made
            child = np.arange(made.shape[1])
    found = dict(zip(names, table, strict=True))
    features = _features(found, facts, binned="age" in outcomes)
    for lesson in group:
        yield Drawn(lesson.name, features, found[lesson.name], child, lesson.allowed)


def _columns(group: Sequence[Lesson], facts: Facts) -> dict[str, Ints]:
    """What the outcomes may depend on; the group of an age follows from the age."""
    allowed = sorted({at for lesson in group for at in lesson.allowed})
    given = {facts.names[at]: facts.features[at, group[0].rows].astype(np.int64) for at in allowed}
    if "age" in given:
        del given["age group"]
    return given


def _features(found: dict[str, Ints], facts: Facts, binned: bool) -> Codes:
    """(F, m) features of drawn rows, 0 where the table has no such column; `binned`: ages are in the model's bins."""
    features = np.zeros((len(facts.names), len(next(iter(found.values())))), dtype=np.int16)
    for at, name in enumerate(facts.names):
        if name in found:
            features[at] = found[name]
    if "age" in found:
        code = found["age"]
        days = np.concatenate([[-1], AGES])  # an age of each class; the first is of the unborn
        if binned and facts.ages is not None:
            days = (facts.ages.low + facts.ages.high) // 2
            features[PLACE["age"]] = age_class(days[np.maximum(code - 1, 0)], code > 0)
        features[PLACE["age group"]] = age_class(days[np.maximum(code - 1, 0)], code > 0, FEW_AGES)
    return features


def synthesized(real: Ints, told: Flags, synthesizer: Synthesizer, child: Ints, k: int) -> Ints | None:
    """(C, m) codes like those of `real` (C, n), m the number of children; None where hardly any drawn row can be.

    Rows with a pair of values that never go together are left out, and the rest weighted so that each of the columns
    `told` (C,), which are to be learnt, has the shares of values that it has in `real`.
    """
    children = len(np.unique(child))
    never = never_together(real, told, child, k)
    kept = np.zeros((len(real), 0), dtype=np.int64)
    for _ in range(ROUNDS):
        more = synthesizer.draw(children)
        kept = np.hstack([kept, more[:, ~holding(more, never)]])
        if kept.shape[1] >= children:
            break
    if kept.shape[1] < max(LEAST * children, 1):
        return None
    kept = kept[:, np.lexsort(kept[told])]  # rows that are alike stand together: chance moves weight among them only
    weight = raked(kept[told], real[told])
    at = np.searchsorted(np.cumsum(weight), (np.arange(children) + 0.5) / children)
    return kept[:, np.minimum(at, kept.shape[1] - 1)]


def never_together(real: Ints, told: Flags, child: Ints, k: int) -> dict[tuple[int, int], Flags]:
    """Which pairs of values fewer than k children have, though k of them would by chance: a table (codes of one, codes
    of the other) for each two columns of `real` (C, n) that have such pairs; one of them at least is `told`.

    Pairs that would be rare by chance are left alone: to forbid them would tell that they are not there.
    """
    found = {}
    cards = real.max(axis=1) + 1
    for one, two in combinations(range(len(real)), 2):
        if not told[one] and not told[two]:
            continue
        size = int(cards[one] * cards[two])
        seen = held(real[one] * cards[two] + real[two], child, size).reshape(cards[one], cards[two])
        by_chance = np.outer(np.bincount(real[one]), np.bincount(real[two])) / real.shape[1]
        never = (seen < k) & (by_chance >= k)
        if never.any():
            found[one, two] = never
    return found


def holding(table: Ints, never: dict[tuple[int, int], Flags]) -> Flags:
    """(m,) which rows of `table` (C, m) hold a pair of values that never go together."""
    found = np.zeros(table.shape[1], dtype=bool)
    for (one, two), pairs in never.items():
        found |= pairs[table[one], table[two]]
    return found


def raked(table: Ints, real: Ints) -> npt.NDArray[np.float64]:
    """(m,) weights of the rows of `table` (C, m), with which each column has the shares of `real` (C, n), as nearly as
    can be: iterative proportional fitting (Deming and Stephan 1940). They add up to 1."""
    weight = np.full(table.shape[1], 1 / table.shape[1])
    wanted = [np.bincount(codes) / len(codes) for codes in real]
    for _ in range(STEPS):
        for codes, shares in zip(table, wanted, strict=True):
            now = np.bincount(codes, weight, minlength=len(shares))
            weight = weight * (shares / np.maximum(now, 1e-12))[codes]
    return weight / weight.sum()
