"""Small numbers before figures leave the room: which counts are hidden, and how the rest are rounded.

1. A count of 1 to the threshold (5) is hidden, and a count of nobody stays 0, as in the releases of the Department for
   Education (*Characteristics of children in need*: «0 indicates the original figure submitted was zero; any number
   between 1 and 5 inclusive has been suppressed and replaced by c»).
2. The rest is rounded to the nearest 5 (conventional rounding: OECD, Glossary of Statistical Terms). The smallest
   figure that is shown stands for at least five counts too: 10 is 6 to 12. How a count is shown depends on nothing but
   the count, so one figure is the same in every table and every export.
3. Where a total is hidden, all its parts are, zeros among them: five that are hidden and a total of 5 would be 1 each.
4. A table is then attacked as a reader would: from what is shown, and from what adds up to what, how small and how
   large can each hidden count be? Where fewer than NARROWEST values are left, more is hidden (secondary suppression).

docs/disclosure.md says what this keeps and what it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.quality import OptionError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BASE = 5
THRESHOLD = 5
MOST_THRESHOLD = 100
HIDDEN = -1
NARROWEST = 4  # values that a hidden count must still be able to have, by what is shown
ENDLESS = 2**40  # no count is larger


@dataclass(frozen=True)
class Rule:
    """Counts from 1 to `threshold` are hidden. Raises OptionError for one below the 5 of DfE, or far above it."""

    threshold: int = THRESHOLD

    def __post_init__(self) -> None:
        if not THRESHOLD <= self.threshold <= MOST_THRESHOLD:
            remedy = f"Use {THRESHOLD} (as the Department for Education does) to {MOST_THRESHOLD}."
            raise OptionError(f"A threshold of {self.threshold} cannot be used.", remedy=remedy)

    @property
    def lowest(self) -> int:
        """The smallest figure above 0 that is shown; at least five counts are shown as it."""
        return -(-(self.threshold + BASE // 2 + 1) // BASE) * BASE

    def small(self, counts: Ints) -> Flags:
        """Which counts are hidden by themselves."""
        return (counts >= 1) & (counts <= self.threshold)

    def shown(self, counts: Ints) -> Ints:
        """(n,) each count as it is shown, HIDDEN where it is small."""
        near = np.maximum((counts + BASE // 2) // BASE * BASE, self.lowest)
        return np.where(counts == 0, 0, np.where(self.small(counts), HIDDEN, near))

    def bounds(self, shown: Ints) -> tuple[Ints, Ints]:
        """The smallest and the largest count that each shown figure stands for; of HIDDEN, the small numbers."""
        half = BASE // 2
        low = np.where(shown == self.lowest, self.threshold + 1, shown - half)
        high = shown + half
        nobody, hidden = shown == 0, shown == HIDDEN
        low = np.where(nobody, 0, np.where(hidden, 1, low))
        return low, np.where(nobody, 0, np.where(hidden, self.threshold, high))


@dataclass(frozen=True)
class Sum:
    """Cells that add up: the counts at `plus` less those at `minus` are 0. A total is minus its parts."""

    plus: tuple[int, ...]
    minus: tuple[int, ...]


@dataclass(frozen=True)
class Cells:
    """Counts (n,) of one table and what adds up among them.

    `outside`: not in the table, but to be had elsewhere, shown as any count (the total of a column that prints none).
    `unsaid`: shown nowhere, and may be anything (those of a denominator that are not in the numerator). `merged`: 0 is
    hidden with the small numbers (series over time, see docs/disclosure.md).
    """

    counts: Ints
    sums: tuple[Sum, ...] = ()
    outside: Flags | None = None
    unsaid: Flags | None = None
    merged: Flags | None = None

    def flags(self, name: str) -> Flags:
        """(n,) one of the three, nowhere where not given."""
        found: Flags | None = getattr(self, name)
        return np.zeros(len(self.counts), dtype=bool) if found is None else found

    @property
    def held(self) -> list[Sum]:
        """The sums that are true of these counts."""
        return [s for s in self.sums if self.counts[list(s.plus)].sum() == self.counts[list(s.minus)].sum()]


def protect(cells: Cells, rule: Rule) -> Ints:
    """(n,) every count as it may be shown, HIDDEN where it may not. Sums that do not hold are left aside."""
    counts = cells.counts
    state = _State.of(cells, rule)
    ways = _Ways.of(cells)
    needed = rule.small(counts)
    while True:
        low, high = ways.narrow(state.low, state.high)
        narrow: Flags = needed & (state.shown == HIDDEN) & (high - low < NARROWEST - 1)
        if not narrow.any() or not state.hide_near(narrow, ways, rule):
            return state.shown


@dataclass
class _State:
    """What is shown so far, what may still be hidden, and what each cell can be by itself."""

    shown: Ints
    free: Flags
    low: Ints
    high: Ints

    @classmethod
    def of(cls, cells: Cells, rule: Rule) -> _State:
        merged = cells.flags("merged") & (cells.counts <= rule.threshold)
        unsaid = cells.flags("unsaid")
        shown = np.where(merged | unsaid, HIDDEN, rule.shown(cells.counts))
        low, high = rule.bounds(shown)
        low[merged | unsaid] = 0
        high[unsaid] = ENDLESS
        state = cls(shown, ~cells.flags("outside") & (shown != HIDDEN), low, high)
        for _ in cells.sums:  # a part may be a total itself
            if not state.hide_parts(cells, rule):
                break
        return state

    def hide_parts(self, cells: Cells, rule: Rule) -> bool:
        """Hide the parts of small totals; False where they all were."""
        whole = [s for s in cells.held if len(s.plus) == 1 and rule.small(cells.counts[s.plus[0]])]
        parts = np.unique([cell for s in whole for cell in s.minus]).astype(np.int64)
        parts = parts[~cells.flags("unsaid")[parts] & ((self.shown[parts] != HIDDEN) | (self.low[parts] > 0))]
        self.shown[parts], self.free[parts], self.low[parts] = HIDDEN, False, 0
        self.high[parts] = rule.threshold
        return len(parts) > 0

    def hide_near(self, narrow: Flags, ways: _Ways, rule: Rule) -> bool:
        """Hide the two smallest shown cells of every sum that holds a narrow cell, else zeros there, else farther off.

        Two, so that one of them may be seen elsewhere (in an export with a filter). False where nothing is left.
        """
        reached: Flags = narrow.copy()
        while True:
            near = ways.holding(reached)
            chosen = ways.smallest(near, np.where(self.free & (self.shown > 0), self.shown, ENDLESS))
            if len(chosen):
                self.shown[chosen], self.free[chosen] = HIDDEN, False
                self.low[chosen], self.high[chosen] = rule.threshold + 1, ENDLESS
                return True
            among: Flags = ways.cells(near)
            zeros = among & self.free & (self.shown == 0)
            if zeros.any():
                self.shown[zeros], self.free[zeros] = HIDDEN, False
                # Nobody can tell a hidden 0 from a small number, so each hidden cell here may now be either.
                mixed = among & (self.shown == HIDDEN) & (self.low <= 1)
                self.low[mixed], self.high[zeros] = 0, rule.threshold
                return True
            if not (among & ~reached).any():
                return False
            np.logical_or(reached, among, out=reached)


@dataclass(frozen=True)
class _Ways:
    """Sums as arrays (sums, longest): cells and signs, filled up with a cell that is always 0."""

    cell: Ints
    sign: Ints
    size: int

    @classmethod
    def of(cls, cells: Cells) -> _Ways:
        counts = cells.counts
        held = cells.held
        longest = max((len(s.plus) + len(s.minus) for s in held), default=1)
        cell = np.full((len(held), longest), len(counts), dtype=np.int64)
        sign = np.ones_like(cell)
        for row, s in enumerate(held):
            cell[row, : len(s.plus) + len(s.minus)] = s.plus + s.minus
            sign[row, len(s.plus) : len(s.plus) + len(s.minus)] = -1
        return cls(cell, sign, len(counts))

    def narrow(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """The bounds of every cell that the sums leave, by going round until no sum tells more."""
        low, high = np.append(low, 0), np.append(high, 0)
        while True:
            at, to = low[self.cell], high[self.cell]
            least, most = np.where(self.sign > 0, at, -to), np.where(self.sign > 0, to, -at)
            rest_least, rest_most = least.sum(axis=1)[:, None] - least, most.sum(axis=1)[:, None] - most
            new_low, new_high = low.copy(), high.copy()
            np.maximum.at(new_low, self.cell, np.where(self.sign > 0, -rest_most, rest_least))
            np.minimum.at(new_high, self.cell, np.where(self.sign > 0, -rest_least, rest_most))
            if (new_low == low).all() and (new_high == high).all():
                return low[:-1], high[:-1]
            low, high = new_low, new_high

    def holding(self, cells: Flags) -> Flags:
        """(sums,) those with one of the cells."""
        held: Flags = np.any(np.append(cells, False)[self.cell], axis=1)
        return held

    def cells(self, sums: Flags) -> Flags:
        """(n,) the cells of some sums."""
        found = np.zeros(self.size + 1, dtype=bool)
        found[self.cell[sums]] = True
        return found[:-1]

    def smallest(self, sums: Flags, size: Ints) -> Ints:
        """Two cells of each of the sums, those of least size (then those that come first), where not ENDLESS."""
        sizes = np.append(size, ENDLESS)[self.cell[sums]]
        order = np.argsort(sizes, axis=1, kind="stable")[:, :2]
        chosen = np.take_along_axis(self.cell[sums], order, axis=1)
        return np.unique(chosen[np.take_along_axis(sizes, order, axis=1) < ENDLESS])


def margins(rows: int, columns: int) -> tuple[Sum, ...]:
    """The sums of a table whose last row and column are totals (and are counted), its cells in order of rows."""
    at = np.arange(rows * columns).reshape(rows, columns)

    def summed(line: Sequence[int]) -> Sum:
        return Sum((line[-1],), tuple(line[:-1]))

    return tuple(summed(line.tolist()) for line in (*at, *at.T))
