"""The stacked tables as arrays: children as numbers, dates as days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, empty
from flowmap.casework.spans import NO_DAY

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY = 86_400_000  # ms


@dataclass(frozen=True)
class Part:
    """The records of one kind, in the table's order; `child` (n,) is the row in `Cases.child_ids`."""

    kind: str
    table: pa.Table
    child: Ints

    def __len__(self) -> int:
        return len(self.child)

    def day(self, name: str) -> Ints:
        """(n,) days since 1970, NO_DAY where the date is not known."""
        column = self.table[name].combine_chunks()
        ms = pc.fill_null(column.cast(pa.int64()), NO_DAY * DAY).to_numpy(zero_copy_only=False)
        return np.asarray(ms // DAY)

    def end(self, name: str, start: Ints) -> Ints:
        """(n,) days, not before `start` (an end before its start is an error of typing); NO_DAY where not known."""
        end = self.day(name)
        return np.where(end == NO_DAY, NO_DAY, np.maximum(end, start))

    def flag(self, name: str, value: bool = True) -> Flags:
        """(n,) whether the flag is known and has this value."""
        column = self.table[name].combine_chunks()
        found = pc.fill_null(pc.equal(column, pa.scalar(value)), False)
        return np.asarray(found.to_numpy(zero_copy_only=False))

    def known(self, name: str) -> Flags:
        """(n,) whether the field is known."""
        return np.asarray(self.table[name].combine_chunks().is_valid().to_numpy(zero_copy_only=False))

    def is_one_of(self, name: str, *codes: str) -> Flags:
        """(n,) whether the code is one of these."""
        found = pc.is_in(self.table[name].combine_chunks(), value_set=pa.array(codes, pa.string()))
        return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False))

    def mapped(self, name: str, table: Mapping[str, int], missing: int, unknown: int) -> Ints:
        """(n,) the number of each code; `missing` where there is none, `unknown` where the table has it not."""
        coded = self.table[name].combine_chunks().dictionary_encode()
        numbers = [table.get(code, unknown) for code in coded.dictionary.to_pylist()]
        rows = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        return np.array([*numbers, missing], dtype=np.int64)[rows]


@dataclass(frozen=True)
class Cases:
    """All records: a part a kind (empty where no file has it)."""

    child_ids: pa.Array
    parts: dict[str, Part]

    def __getitem__(self, kind: str) -> Part:
        return self.parts[kind]


def cases(tables: Mapping[str, pa.Table]) -> Cases:
    """The tables with their children numbered in order of first appearance."""
    found = {name: tables.get(name, empty(name)) for name in KINDS}
    coded = pa.concat_arrays([found[name]["child"].combine_chunks() for name in KINDS]).dictionary_encode()
    numbers = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum([len(found[name]) for name in KINDS])
    parts = {
        name: Part(name, found[name], numbers[end - len(found[name]) : end])
        for name, end in zip(KINDS, ends.tolist(), strict=True)
    }
    return Cases(coded.dictionary, parts)
