"""The columns of one SSD table become a table of case records, as the map says; what cannot is counted and said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, TIME, TYPES, table
from flowmap.eventlog import Example, QualityReport
from flowmap.quality import MAX_EXAMPLES, shorten
from flowmap.sources import dates
from flowmap.sources.ssd import values
from flowmap.sources.ssd.chain import Episodes, periods
from flowmap.sources.ssd.map import LeaveOut, SsdMap, TableMap, Way
from flowmap.sources.ssd.values import BLANK, Instants

Mask = npt.NDArray[np.bool_]
PRIVATE = {"birth", "died"}  # dates that say who a child is: never shown in a report
# What may be shown of a date that cannot be read: columns that have slipped may hold a name there.
DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T][\d:.]+)?")
NO_DATE = LeaveOut("missing-date", "The row has no date of its own.")
BAD_DATES = {
    dates.UNREADABLE: ("unreadable-date", "cannot be read", "Write it as 2024-01-31."),
    dates.PLACEHOLDER: ("placeholder-date", "is in 1899 or 1900, which stands for a blank", "Complete it or clear it."),
    dates.IMPLAUSIBLE: ("implausible-date", "is before 1950 or after 2099", "Correct it in the case system."),
}


@dataclass
class SsdRows:
    """Rows of one table: columns by the standard's names, cleaned text or timestamps; each row's number in the file.

    `path` says for a row (by its place here) where it stands, if that is not just the table (a path in JSON).
    """

    file: str
    table: str
    columns: dict[str, pa.Array]
    row: npt.NDArray[np.int64]
    path: Callable[[int], str] | None = None

    def place(self, index: int, column: str | None) -> str:
        """Where a value stands, for a message."""
        if self.path:
            return f"{self.path(index)}.{column}" if column else self.path(index)
        return f"{self.table}, {column}" if column else self.table


def clean(columns: Mapping[str, Any], spec: TableMap, known: SsdMap) -> dict[str, pa.Array]:
    """Columns as `SsdRows` has them: dates that a database gives as dates stay so, all else is text."""
    found = {}
    for name, column in columns.items():
        if name in spec.dates() and pa.types.is_temporal(column.type):
            found[name] = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        else:
            found[name] = values.text(column, known.blanks)
    return found


def records(rows: SsdRows, spec: TableMap, report: QualityReport, dayfirst: bool | None) -> pa.Table:
    """The case records of a table. Every row is counted in `report`: kept, or dropped under one rule."""
    report.rows_read += len(rows.row)
    return _Reading(rows, spec, report, dayfirst).records()


class _Reading:
    """One table on its way to records."""

    def __init__(self, rows: SsdRows, spec: TableMap, report: QualityReport, dayfirst: bool | None) -> None:
        self.rows, self.spec, self.report = rows, spec, report
        self.kind = KINDS[spec.kind]
        self.size = len(rows.row)
        self.keep: Mask = np.ones(self.size, dtype=bool)
        held = {name: rows.columns[name] for name in spec.dates() if name in rows.columns}
        self.dayfirst = values.day_first(held, dayfirst)
        self.instants: dict[str, Instants] = {}

    def records(self) -> pa.Table:
        child = self._column(self.spec.child)
        if child is None:
            message = f"The table {self.rows.table} has no column {self.spec.child}, so its rows belong to no child."
            self._drop(self.keep.copy(), "missing-child-column", message, "Export the table with that column.")
            return KINDS[self.spec.kind].schema().empty_table()
        self._say_missing()
        fields = {name: self._field(name, ways) for name, ways in self.spec.fields.items()}
        self._drop_rows(child)
        self._say_bad_dates()
        found: dict[str, Any] = {"child": child, **fields}
        found["row"] = pa.array(self.rows.row)
        if self.spec.chain:
            return self._chained(found)
        made = self._table(found).filter(pa.array(self.keep))
        return one_per_child(made) if self.spec.one_per_child else made.cast(self.kind.schema())

    def _table(self, found: dict[str, Any]) -> pa.Table:
        """All rows as a table of the kind; rows not kept may have no date, so it is no valid one yet."""
        schema = pa.schema([f.with_nullable(True) for f in self.kind.schema()])
        arrays = []
        for each in schema:
            if each.name == "place":
                place = pa.array(np.zeros(self.size, np.int32))
                arrays.append(pa.DictionaryArray.from_arrays(place, pa.array([self.rows.table], pa.string())))
            else:
                arrays.append(found.get(each.name, pa.nulls(self.size, each.type)))
        return pa.table(arrays, schema=schema)

    def _chained(self, found: dict[str, Any]) -> pa.Table:
        chain = self.spec.chain
        assert chain is not None  # noqa: S101 - the caller looked
        made = self._table(found).filter(pa.array(self.keep))
        extra = {
            name: pa.nulls(self.size, pa.string()) if (c := self._column(column or "")) is None else c
            for name, column in (("period", chain.period), ("begun", chain.begun))
        }
        entered = self._instants(chain.entered or "")
        entered_at = pa.nulls(self.size, TIME) if entered is None else entered.array()
        mask = pa.array(self.keep)
        return periods(
            made,
            Episodes(extra["period"].filter(mask), extra["begun"].filter(mask), entered_at.filter(mask), chain.goes_on),
        )

    def _column(self, name: str) -> pa.Array | None:
        return self.rows.columns.get(name)

    def _instants(self, name: str) -> Instants | None:
        column = self._column(name)
        if column is None:
            return None
        if name not in self.instants:
            self.instants[name] = values.instants(column, self.dayfirst)
        return self.instants[name]

    def _field(self, name: str, ways: tuple[Way, ...]) -> pa.Array:
        kind = TYPES[next(f.type for f in self.kind.fields if f.name == name)]
        found: pa.Array | None = None
        for way in ways:
            for column in way.columns:
                array = self._value(column, way, kind)
                if array is None:
                    continue
                if way.where:
                    array = self._only_where(array, way.where)
                found = array if found is None else pc.coalesce(found, array)
        return pa.nulls(self.size, kind) if found is None else found

    def _value(self, name: str, way: Way, kind: pa.DataType) -> pa.Array | None:
        if way.transform == "date":
            read = self._instants(name)
            return None if read is None else read.array()
        column = self._column(name)
        if column is None:
            return None
        make: dict[str, Callable[[], pa.Array]] = {
            "code": lambda: values.code(column),
            "key": lambda: column,
            "yes": lambda: values.yes(column),
            "no": lambda: values.yes(column, opposite=True),
            "words": lambda: values.words(column, way.says, way.otherwise, kind),
            "flags": lambda: values.flags(column, way.says, kind),
        }
        return make[way.transform]()

    def _only_where(self, array: pa.Array, where: tuple[str, str]) -> pa.Array:
        column = self._column(where[0])
        if column is None:
            return pa.nulls(len(array), array.type)
        return pc.if_else(values.matches(column, where[1]), array, pa.scalar(None, array.type))

    def _drop_rows(self, child: pa.Array) -> None:
        """Drop what makes no record, each row under the first rule that it breaks."""
        at_source = "Complete it in the case system."
        self._drop(~_valid(child), "missing-child", "The row has no identifier of a child.", at_source)
        left = self.spec.leave_out
        if left and left.column and (column := self._column(left.column)) is not None:
            hit = pc.is_in(values.code(column), pa.array(list(left.values)))
            self._drop(hit.to_numpy(zero_copy_only=False), left.rule, left.message, "None is needed.")
        if self.kind.when is None:
            return
        read = [self._instants(c) for way in self.spec.fields[self.kind.when] for c in way.columns]
        state = np.full(self.size, BLANK, np.int8)
        for each in [r for r in read if r is not None]:
            state = np.where(state == dates.FINE, state, np.where(each.kind == BLANK, state, each.kind))
        for number, (rule, message, remedy) in BAD_DATES.items():
            column = self.spec.fields[self.kind.when][0].columns[0]
            self._drop(state == number, rule, f"The date of the row {message}.", remedy, column)
        undated = self.spec.undated or NO_DATE
        self._drop(state == BLANK, undated.rule, undated.message, at_source)

    def _drop(self, where: Mask, rule: str, message: str, remedy: str, column: str | None = None) -> None:
        where = where & self.keep
        if where.any():
            self.keep[where] = False
            self.report.add(
                rule,
                message,
                count=int(where.sum()),
                action="dropped",
                remedy=remedy,
                examples=self._examples(where, column, shown=column is not None),
            )

    def _say_bad_dates(self) -> None:
        """Dates that cannot be, in rows that are kept: left blank and counted."""
        for name, ways in self.spec.fields.items():
            for column in [c for way in ways if way.transform == "date" for c in way.columns]:
                read = self.instants.get(column)
                if read is None:
                    continue
                for number, (rule, message, remedy) in BAD_DATES.items():
                    where = (read.kind == number) & self.keep
                    if where.any():
                        self.report.add(
                            rule,
                            f"The date in {column} {message}: it is left out.",
                            count=int(where.sum()),
                            action="repaired",
                            remedy=remedy,
                            examples=self._examples(where, column, shown=name not in PRIVATE),
                        )

    def _say_missing(self) -> None:
        absent = [c for c in self.spec.needed() if c not in self.rows.columns]
        if absent:
            said = f"The table {self.rows.table} has no column {', '.join(absent)}: what they say is not known."
            self.report.add("missing-column", said, examples=[Example(self.rows.file, self.rows.table)])

    def _examples(self, where: Mask, column: str | None, *, shown: bool) -> list[Example]:
        found = np.flatnonzero(where)[:MAX_EXAMPLES]
        held = self._column(column) if column and shown else None
        texts = [None] * len(found) if held is None else [_showable(v) for v in held.take(pa.array(found)).to_pylist()]
        return [
            Example(
                self.rows.file,
                self.rows.place(int(i), column),
                int(self.rows.row[i]),
                None if t is None else shorten(t),
            )
            for i, t in zip(found, texts, strict=True)
        ]


def one_per_child(made: pa.Table) -> pa.Table:
    """One record a child: of each field the first that is known; a flag is true where any record says so."""
    if made.num_rows == 0:
        return table("person", {n: made.column(n) for n in made.column_names})
    coded = made.column("child").combine_chunks().dictionary_encode()
    codes = coded.indices.to_numpy()
    found: dict[str, Any] = {"child": coded.dictionary}
    for name in made.column_names:
        if name == "child":
            continue
        column = made.column(name)
        known = _valid(column)
        if pa.types.is_boolean(column.type):  # those that say so come first
            order = np.argsort(~column.fill_null(False).to_numpy(), kind="stable")
        else:
            order = np.arange(len(codes))
        order = order[known[order]]
        first, at = np.unique(codes[order], return_index=True)
        take = np.full(len(coded.dictionary), -1, np.int64)
        take[first] = order[at]
        found[name] = column.take(pa.array(take, mask=take < 0))
    return table("person", found)


def _showable(value: Any) -> str | None:
    return str(value) if value is not None and DATE_LIKE.fullmatch(str(value)) else None


def _valid(column: Any) -> Mask:
    return column.is_valid().to_numpy() if isinstance(column, pa.ChunkedArray) else pc.is_valid(column).to_numpy(False)
