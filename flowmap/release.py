"""A measure's table as it may leave the room: what its columns are, what adds up in it, and what is left out.

Counts go through `disclosure`. Shares and their intervals are worked out again from the counts that are shown, so that
they tell nothing more. A quantile is shown where enough lie on either side of it, to the whole unit. What cannot be
protected so (estimates of models, curves, rates, funnel limits) is left out: its columns are not in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap import disclosure
from flowmap.dataset import Dataset, Mask
from flowmap.disclosure import HIDDEN, Cells, Rule
from flowmap.measures.intervals import wilson

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
Key = Callable[[Row], Hashable | None]

MARK = "c"
"""What stands for a hidden figure: «c, confidential», of the Government Statistical Service's symbols for tables."""


def _none(_: Row) -> None:
    """The key of no row."""


def every(_: Row) -> bool:
    """True of every row."""
    return True


@dataclass(frozen=True)
class Group:
    """Rows that add up in `columns`: those of one `parts` key, to the row whose `total` is that key.

    Where no row is, the total is taken to be known from elsewhere; equal ones of all keys are `one` and the same.
    """

    columns: tuple[str, ...]
    parts: Key
    total: Key = _none
    one: bool = False


@dataclass(frozen=True)
class Shape:
    """What the columns of a measure's table are.

    `within`: a column and the columns that add up to it in a row; under a name that is no column, a total not shown
    that is the same in every row. `of`: a numerator and its denominator. `shares`: a share, its numerator and
    denominator; `interval`: `low` and `high` are Wilson's of `share`. `quantiles`: by the count they are of, and which.
    `series`: rows are times, 0 is hidden with small numbers. `chain`: a stock, and what comes and goes until the next.
    `rare`: rows that are there only where somebody made them, not shown where their `count` is hidden. `alike`: columns
    whose counts are one and the same in rows that are alike in the labels given. `kept`: rows that can be released.
    """

    labels: tuple[str, ...]
    counts: tuple[str, ...] = ("count",)
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    of: tuple[tuple[str, str], ...] = ()
    shares: tuple[tuple[str, str, str], ...] = ()
    interval: bool = False
    quantiles: tuple[tuple[str, str, float], ...] = ()
    groups: tuple[Group, ...] = ()
    chain: tuple[str, str, str] | None = None
    chained: Key = _none
    series: bool = False
    rare: Callable[[Row], bool] | None = None
    alike: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    kept: Callable[[Row], bool] = every

    @property
    def columns(self) -> tuple[str, ...]:
        """What is shown, in order."""
        more = tuple(s[0] for s in self.shares) + (("low", "high") if self.interval else ())
        return self.labels + self.counts + more + tuple(q[0] for q in self.quantiles)


@dataclass(frozen=True)
class Released:
    """A table that may leave, with a `note` that says what was done to it."""

    note: str
    columns: tuple[str, ...]
    rows: Rows

    def to_json(self) -> dict[str, Any]:
        """For a file of its own."""
        return {"note": self.note, "columns": list(self.columns), "rows": self.rows}


def release(shape: Shape, rows: Iterable[Row], rule: Rule, children: int, cohort: str) -> Released:
    """The table of a measure as it may leave. `children` are in the `cohort` (in words): too few, and all is hidden."""
    table = [row for row in rows if shape.kept(row)]
    cells = _Cells.of(shape, table)
    shown = disclosure.protect(cells.ready(), rule)
    if 0 < children <= rule.threshold:
        shown[:] = HIDDEN
    found = [_row(shape, row, {c: cells.at(n, c, shown) for c in shape.counts}, rule) for n, row in enumerate(table)]
    if shape.rare:
        found = [row for row in found if row["count"] != MARK or not shape.rare(row)]
    return Released(_note(rule, shape, cohort), shape.columns, found)


def children_of(data: Dataset, mask: Mask) -> int:
    """How many children have a journey that the mask keeps."""
    return data.children_of(mask)


def _note(rule: Rule, shape: Shape, cohort: str) -> str:
    hidden = f"{'0' if shape.series else '1'} to {rule.threshold}"
    rows = "; rows whose count is hidden are left out" if shape.rare else ""
    return (
        f"Disclosure control: counts of {hidden}, and others that would reveal them, are hidden ({MARK}){rows}; the "
        f"rest are rounded to {disclosure.BASE} (the smallest shown is {rule.lowest}), shares are of rounded counts. "
        f"Cohort: {cohort}."
    )


def _row(shape: Shape, row: Row, shown: dict[str, int | None], rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {name: row.get(name) for name in shape.labels}
    found |= {name: MARK if count == HIDDEN else count for name, count in shown.items()}
    for name, part, whole in shape.shares:
        count, of = shown[part], shown[whole]
        if count is None or of is None:
            found[name] = None
            ends: tuple[float | str | None, float | str | None] = (None, None)
        elif HIDDEN in (count, of):
            found[name], ends = MARK, (MARK, MARK)
        else:
            count = min(count, of)
            found[name], ends = (count / of if of else None), wilson(count, of)
        if shape.interval:
            found["low"], found["high"] = ends
    for name, of_, share in shape.quantiles:
        found[name] = _quantile(row.get(name), shown[of_], share, rule)
    return found


def _quantile(value: float | None, shown: int | None, share: float, rule: Rule) -> float | str | None:
    """A quantile in whole units where more than the threshold lie on either side, by the count that is shown."""
    if value is None or value != value or shown is None:
        return None
    least, _ = rule.bounds(np.array([shown]))
    return round(value) if shown != HIDDEN and min(share, 1 - share) * least[0] > rule.threshold else MARK


class _Cells:
    """The counts of a table one after another, and what adds up among them."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.kinds: list[str] = []
        self.sums: list[disclosure.Sum] = []
        self.index: dict[Hashable, int] = {}
        self.key: Callable[[int, str], Hashable] = lambda n, name: (n, name)

    @classmethod
    def of(cls, shape: Shape, table: list[Row]) -> _Cells:
        """Those of every row, of totals that are had elsewhere, and of what is left of a denominator."""
        made = cls()
        columns, labels = shape.alike
        alike = [tuple(row.get(label) for label in labels) for row in table]
        made.key = lambda n, name: (alike[n] if name in columns else n, name)
        for n, row in enumerate(table):
            for name in shape.counts:
                if row.get(name) is not None:
                    made.add(made.key(n, name), int(row[name]), "series" if shape.series else "shown")
        for n in range(len(table)):
            made.row(shape, n)
        for group in shape.groups:
            made.group(group, table)
        made.chain(shape, table)
        return made

    def add(self, key: Hashable, count: int, kind: str) -> int:
        """The place of a cell."""
        if key not in self.index:
            self.index[key] = len(self.counts)
            self.counts.append(count)
            self.kinds.append(kind)
        return self.index[key]

    def place(self, n: int, name: str) -> int | None:
        """Where the count of a row and column is."""
        return self.index.get(self.key(n, name))

    def at(self, n: int, name: str, shown: disclosure.Ints) -> int | None:
        """What is shown of the count of a row and column; None where there is none."""
        place = self.place(n, name)
        return None if place is None else int(shown[place])

    def row(self, shape: Shape, n: int) -> None:
        """What adds up within a row."""
        for total, parts in shape.within:
            places = [p for p in (self.place(n, part) for part in parts) if p is not None]
            if len(places) < 2:
                continue
            whole = self.place(n, total)
            if whole is None:
                whole = self.add(("total", total), sum(self.counts[p] for p in places), "outside")
            self.sums.append(disclosure.Sum((whole,), tuple(places)))
        for part, of in shape.of:
            one, whole = self.place(n, part), self.place(n, of)
            if one is not None and whole is not None and self.counts[whole] >= self.counts[one]:
                rest = self.add(("rest", self.key(n, part), of), self.counts[whole] - self.counts[one], "unsaid")
                self.sums.append(disclosure.Sum((whole,), (one, rest)))

    def group(self, group: Group, table: list[Row]) -> None:
        """What adds up among rows."""
        parts: dict[Hashable, list[int]] = {}
        total: dict[Hashable, int] = {}
        for n, row in enumerate(table):
            if (key := group.parts(row)) is not None:
                parts.setdefault(key, []).append(n)
            if (key := group.total(row)) is not None:
                total.setdefault(key, n)
        for name in group.columns:
            for key, several in parts.items():
                places = list(dict.fromkeys(p for p in (self.place(n, name) for n in several) if p is not None))
                count = sum(self.counts[p] for p in places)
                whole = self.place(total[key], name) if key in total else None
                if whole is None or self.counts[whole] != count:
                    if len(places) < 2:
                        continue
                    whole = self.add(("all", group.parts, name, count if group.one else key), count, "outside")
                self.sums.append(disclosure.Sum((whole,), tuple(places)))

    def chain(self, shape: Shape, table: list[Row]) -> None:
        """A stock, what comes and what goes, and the stock of the next row."""
        if shape.chain is None:
            return
        stock, came, went = shape.chain
        last: dict[Hashable, int] = {}
        for n, row in enumerate(table):
            key = shape.chained(row)
            if key in last:
                before, less, after = self.place(last[key], stock), self.place(last[key], went), self.place(n, stock)
                # Who comes at the very instant of a row is of its stock: with dates alone, all that come on its day.
                for more in (self.place(last[key], came), self.place(n, came)):
                    if before is not None and more is not None and less is not None and after is not None:
                        self.sums.append(disclosure.Sum((before, more), (less, after)))
            last[key] = n

    def ready(self) -> Cells:
        """For `disclosure.protect`."""
        kinds = np.array(self.kinds, dtype=object)
        counts = np.array(self.counts, dtype=np.int64)
        return Cells(counts, tuple(self.sums), kinds == "outside", kinds == "unsaid", kinds == "series")
