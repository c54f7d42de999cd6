"""Put rows in order by several whole-number keys at once, fast and stably.

NumPy sorts plain int64 about twenty times as fast as it sorts by an index, so the keys and the row number are packed
into one int64, most significant first, and sorted as numbers. Where 63 bits are not enough, several passes are made
from the least significant keys up.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Column = npt.NDArray[Any]

BITS = 63
BLOCK = 1 << 18  # rows worked on at once: a few MB of cache
THREADS = min(4, os.cpu_count() or 1)


def order(*keys: Column) -> Ints:
    """Rows in order of `keys`, most significant first; ties keep their order. All keys are integers of one length."""
    return sort(*keys)[0]


def sort(*keys: Column) -> tuple[Ints, Column]:
    """Rows in order of `keys`, as `order`, and the first key in that order."""
    rows = len(keys[0])
    row_bits = max(rows - 1, 1).bit_length()
    left = [_Key.of(key) for key in keys]
    found: Ints | None = None
    while left:
        used = row_bits
        batch: list[tuple[_Key, int]] = []
        while left and (not batch or used + left[-1].bits <= BITS):
            if used + left[-1].bits > BITS:
                left[-1] = left[-1].narrowed()
            batch.append((left.pop(), used))
            used += batch[-1][0].bits
        packed = _pack(batch, rows, found)
        packed.sort()
        first, shift = batch[-1]
        if found is None and not left and first.exact:
            return _unpack(packed, row_bits, shift, first)
        packed &= (1 << row_bits) - 1
        found = packed if found is None else take(found, packed)
    assert found is not None  # noqa: S101 - there is at least one key
    return found, keys[0][found]


@dataclass(frozen=True)
class _Key:
    """A key to sort by: `values` less `low` fit into `bits`; `exact` unless they were numbered anew to fit."""

    values: Column
    low: int
    bits: int
    exact: bool = True

    @classmethod
    def of(cls, values: Column) -> _Key:
        low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        return cls(values, low, (high - low).bit_length())

    def narrowed(self) -> _Key:
        """The same order in fewer bits: the distinct values are no more than there are rows."""
        values = np.unique(self.values, return_inverse=True)[1]
        return _Key(values, 0, int(values.max()).bit_length(), exact=False)


def _pack(batch: list[tuple[_Key, int]], rows: int, before: Ints | None) -> Ints:
    """Each key shifted to its place in one number, above the row's own."""
    packed = np.empty(rows, dtype=np.int64)

    def work(block: slice) -> None:
        found = np.arange(block.start, block.stop, dtype=np.int64)
        for key, shift in batch:
            values = key.values[block] if before is None else key.values[before[block]]
            part = values.astype(np.int64)
            part -= key.low
            part <<= shift
            found |= part
        packed[block] = found

    in_blocks(rows, work)
    return packed


def _unpack(packed: Ints, row_bits: int, shift: int, key: _Key) -> tuple[Ints, Column]:
    first = np.empty(len(packed), dtype=key.values.dtype)

    def work(block: slice) -> None:
        part = packed[block] >> shift
        part += key.low
        first[block] = part
        packed[block] &= (1 << row_bits) - 1

    in_blocks(len(packed), work)
    return packed, first


def in_blocks(rows: int, work: Callable[[slice], None]) -> None:
    """Do `work` for every block of rows, several at once: small pieces stay in the processor's cache."""
    blocks = [slice(at, min(at + BLOCK, rows)) for at in range(0, rows, BLOCK)]
    if len(blocks) < 2:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(THREADS) as several:  # NumPy lets go of the interpreter while it works
        for _ in several.map(work, blocks):
            pass


def take(column: Column, rows: Column) -> Column:
    """`column[rows]` in blocks; rows must be within the column."""
    found = np.empty(len(rows), dtype=column.dtype)

    def work(block: slice) -> None:
        np.take(column, rows[block], out=found[block], mode="clip")

    in_blocks(len(rows), work)
    return found


def in_order(*keys: Column) -> bool:
    """Whether rows already stand in order of `keys`, most significant first."""
    tied = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        before, after = key[:-1], key[1:]
        if np.any(tied & (after < before)):
            return False
        tied &= after == before
    return True


def coarsest(times: Ints) -> int:
    """The largest of day, minute and second (in ms) that divides every time exactly, else 1: fewer bits to sort."""
    for unit in (86_400_000, 60_000, 1000):
        if len(times) and not np.any(times[:1000] % unit) and not np.any(times % unit):
            return unit
    return 1


def starts_of_runs(*columns: Column) -> Ints:
    """Rows at which any of `columns` differs from the row before; the first row always."""
    rows = len(columns[0])
    if not rows:
        return np.empty(0, dtype=np.int64)
    new = np.zeros(rows, dtype=bool)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def spread(starts: Ints, lengths: Ints) -> Ints:
    """Rows of runs laid end to end: run i is `starts[i]`, `starts[i] + 1`, … of `lengths[i]` rows."""
    ends = np.cumsum(lengths)
    rows = np.repeat(starts - (ends - lengths), lengths)
    rows += np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    return rows
