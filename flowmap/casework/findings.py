"""The records of an authority as the rules see them: days as numbers, children as numbers, and what a rule found.

A day is a float64 (days since 1970-01-01) so that one that is not known is NaN and compares as false with any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, empty

Days = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY = 86_400_000  # ms
NINE_MONTHS = 280  # days: an unborn child may be known so long
PLACES = pa.schema([("file", pa.string()), ("place", pa.string()), ("row", pa.int64()), ("value", pa.string())])

# A child and a day as one whole number, which sorts by child, then day.
_PER_CHILD, _EARLIEST, _LATEST = 10_000_000, -1_000_000, 8_000_000


@dataclass(frozen=True)
class Finding:
    """Records of a kind that break a rule: their rows in its table, the value to show of each, and how bad each is.

    `subject` stands for {what} in the message ("": the label of the kind). `values` None: nothing is shown.
    """

    kind: str
    rows: Ints
    values: pa.Array | None = None
    badness: Days | None = None
    subject: str = ""


class Records:
    """The tables of all kinds, those that no file has empty. `as_of` is the day up to which the files speak."""

    def __init__(self, tables: Mapping[str, pa.Table], as_of: int) -> None:
        self.tables = {kind: tables.get(kind, empty(kind)).combine_chunks() for kind in KINDS}
        self.as_of = as_of // DAY
        ids = pa.concat_arrays([_flat(table["child"]) for table in self.tables.values()]).dictionary_encode()
        self.ids: pa.Array = ids.dictionary
        codes = ids.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        ends = np.cumsum([len(table) for table in self.tables.values()])
        self._child = dict(zip(self.tables, np.split(codes, ends[:-1]), strict=True))
        self._days: dict[tuple[str, str], Days] = {}

    def has(self, kind: str) -> bool:
        """Whether any file has records of this kind."""
        return len(self.tables[kind]) > 0

    def known(self, kind: str, name: str) -> bool:
        """Whether any record of this kind has this column: if none has, the files cannot know it."""
        return self.has(kind) and self.tables[kind][name].null_count < len(self.tables[kind])

    def child(self, kind: str) -> Ints:
        """(n,) the child of each record: a row of `ids`."""
        return self._child[kind]

    def day(self, kind: str, name: str) -> Days:
        """(n,) the day in a column, NaN where there is none."""
        if (kind, name) not in self._days:
            found = _flat(self.tables[kind][name])
            days = np.floor_divide(found.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False), DAY).astype(
                float
            )
            days[found.is_null().to_numpy(zero_copy_only=False)] = np.nan
            self._days[kind, name] = days
        return self._days[kind, name]

    def when(self, kind: str) -> Days:
        """(n,) the day that dates a record."""
        name = KINDS[kind].when
        return self.day(kind, name) if name else np.full(len(self.tables[kind]), np.nan)

    def flag(self, kind: str, name: str) -> Flags:
        """(n,) whether a flag is known to be set."""
        return _flags(_flat(self.tables[kind][name]).fill_null(False))

    def given(self, kind: str, name: str) -> Flags:
        """(n,) whether a column has a value."""
        return _flags(_flat(self.tables[kind][name]).is_valid())

    def text(self, kind: str, name: str) -> pa.Array:
        """(n,) a column of codes."""
        return _flat(self.tables[kind][name])

    def of_child(self, name: str) -> Days:
        """(children,) a date of each person ("birth", "died"), NaN where it is not known."""
        found = np.full(len(self.ids), np.nan)
        days = self.day("person", name)
        known = ~np.isnan(days)
        found[self.child("person")[known][::-1]] = days[known][::-1]
        return found

    def dates(self, kind: str, rows: Ints, first: str, last: str | None = None) -> pa.Array:
        """(rows,) what to show of records: "05/03/2024", or "05/03/2024 to 01/03/2024"."""
        start = _written(self.text(kind, first), rows)
        if last is None:
            return start
        return pc.binary_join_element_wise(start, _written(self.text(kind, last), rows).fill_null("no end"), " to ")

    def places(self, found: Finding) -> pa.Table:
        """Where records stand: columns file, place, row, value (PLACES), the worst first."""
        rows = found.rows
        values = found.values if found.values is not None else pa.nulls(len(rows), pa.string())
        if found.badness is not None:
            order = np.argsort(-found.badness, kind="stable")
            rows, values = rows[order], values.take(pa.array(order))
        table = self.tables[found.kind]
        file = table["file"] if "file" in table.column_names else pa.nulls(len(table), pa.string())
        at = pa.array(rows)
        columns = [file.take(at), table["place"].take(at), table["row"].take(at), values]
        return pa.table([column.cast(field.type) for column, field in zip(columns, PLACES, strict=True)], schema=PLACES)

    def in_covered_months(self, kind: str, days: Days) -> Flags:
        """(n,) whether the files have records of `kind` in the month of each day and in the month before.

        Where they have none the files may simply not reach there (a six-monthly extract), so nothing can be said.
        """
        months = _months(self.when(kind))
        at = _months(days)
        return np.isin(at, months) & np.isin(at - 1, months) & ~np.isnan(days)

    def has_before(self, kind: str, child: Ints, days: Days, within: int) -> Flags:
        """(n,) whether the child has a record of `kind` on the day or at most `within` days before it."""
        theirs = np.sort(_keys(self.child(kind), self.when(kind)))
        last = _keys(child, days)
        return np.searchsorted(theirs, last, "right") > np.searchsorted(theirs, last - within, "left")

    def meets(self, kind: str, child: Ints, start: Days, end: Days) -> Flags:
        """(n,) whether the child has a period of `kind` that has a day in common with each period given."""
        order, starts, ends = self._periods(kind)
        who = self.child(kind)[order]
        reach = _running_most(who, ends)
        if not len(who):
            return np.zeros(len(child), dtype=bool)
        last = np.searchsorted(starts, _keys(child, np.where(np.isnan(end), _LATEST, end)), "right") - 1
        there = last >= 0
        last = np.maximum(last, 0)
        return there & (who[last] == child) & (reach[last] >= start)

    def overlaps(self, kind: str, end: str = "end", count: Flags | None = None) -> tuple[Ints, Days, Flags]:
        """Periods of `kind` that begin before an earlier one of the same child has ended.

        Gives their rows, by how many days (up to the day of the extract), and whether the earlier one has an end.

        `count`: records whose period matters to later ones (None: all).
        """
        order, _, ends = self._periods(kind, end)
        if count is not None:
            ends = np.where(count[order], ends, _EARLIEST)
        who, starts = self.child(kind)[order], self.when(kind)[order]
        reach = _running_most(who, ends)
        again = np.flatnonzero((who[1:] == who[:-1]) & (starts[1:] < reach[:-1])) + 1
        until = reach[again - 1]
        return order[again], np.minimum(until, self.as_of) - starts[again], until < _LATEST

    def _periods(self, kind: str, end: str = "end") -> tuple[Ints, Ints, Days]:
        """Rows by child and start, their keys, and their ends (far away where there is none)."""
        keys = _keys(self.child(kind), self.when(kind))
        order = np.argsort(keys, kind="stable")
        ends = self.day(kind, end)[order]
        return order, keys[order], np.where(np.isnan(ends), _LATEST, ends)


def _keys(child: Ints, days: Days) -> Ints:
    inside = np.clip(np.nan_to_num(days, nan=_LATEST), _EARLIEST, _LATEST).astype(np.int64)
    return child * _PER_CHILD + (inside - _EARLIEST)


def _running_most(child: Ints, days: Days) -> Days:
    """The latest day so far within each child; rows are in order of child."""
    most = np.maximum.accumulate(_keys(child, days)) if len(child) else _keys(child, days)
    return (most - child * _PER_CHILD + _EARLIEST).astype(float)


def _months(days: Days) -> Ints:
    whole = np.nan_to_num(days, nan=0).astype("datetime64[D]")
    return whole.astype("datetime64[M]").astype(np.int64)


def _written(column: pa.Array, rows: Ints) -> pa.Array:
    return pc.strftime(column.take(pa.array(rows)), format="%d/%m/%Y")


def _flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # no chunk at all
        return array.chunk(0) if array.num_chunks else pa.array([], array.type)
    return array


def _flags(array: pa.Array) -> Flags:
    return array.to_numpy(zero_copy_only=False).astype(bool)
