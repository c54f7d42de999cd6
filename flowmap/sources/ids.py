"""Identifiers and names as int32 codes, fast: the hash table is the slow part, so it is left out where it can be.

Ten million text identifiers take a second in any hash table, because every look-up misses the cache. Most
authorities' identifiers are numbers, or a letter and a number of fixed width: those are turned into
integers first, and integers of a dense range are numbered by a plain table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]
MAX_DIGITS = 18  # fits int64


def encode(column: pa.ChunkedArray | pa.Array) -> tuple[Codes, pa.Array]:
    """(code of each row, distinct identifiers: string or int64); -1 where there is none.

    Text is stripped; whole numbers without leading zeros become int64.
    """
    column = textual(pa.chunked_array([column]) if isinstance(column, pa.Array) else column)
    if pa.types.is_integer(column.type):
        return _integers(column)
    if pa.types.is_string(column.type) and column.null_count == 0 and len(column):
        for quick in (_fixed_width, _plain_numbers):
            found = quick(column)
            if found is not None:
                return found
    return encode_text(column)


def encode_text(column: pa.ChunkedArray | pa.Array) -> tuple[Codes, pa.Array]:
    """(code of each row, distinct texts in order of appearance), stripped; -1 for null and ""."""
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    column = textual(column)
    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    codes, values = dictionary(column)
    clean = pc.utf8_trim_whitespace(values.cast(pa.string()))
    if len(clean) and (not clean.equals(values) or pc.any(pc.equal(clean, "")).as_py()):
        merged = clean.dictionary_encode()
        table = merged.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        kept = np.flatnonzero(pc.not_equal(merged.dictionary, "").to_numpy(zero_copy_only=False))
        place = np.full(len(merged.dictionary), -1, dtype=np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        codes = np.append(place[table], np.int32(-1))[codes]
        clean = merged.dictionary.take(pa.array(kept))
    return codes, clean


def dictionary(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """(codes, distinct values) of a column of any type; -1 for null."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    coded = coded.unify_dictionaries()
    if coded.num_chunks == 0:
        return np.zeros(0, dtype=np.int32), pa.array([], pa.string())
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in coded.chunks]
    return np.concatenate(codes).astype(np.int32, copy=False), coded.chunk(0).dictionary


def textual(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as string, dictionary of string, or int64: Excel and Parquet have other types too."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        text = kind.value_type in (pa.string(), pa.large_string())
        return column if text else textual(column.cast(kind.value_type))
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        numbers = column.to_numpy()
        whole = np.isnan(numbers) | (numbers == np.floor(numbers))
        if whole.all() and (np.isnan(numbers) | (np.abs(numbers) < 2**53)).all():
            return pc.cast(pa.chunked_array([pa.array(numbers, from_pandas=True)]), pa.int64())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.chunked_array([pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())])
    return column.cast(pa.string())


def _integers(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    if column.null_count:
        codes, values = dictionary(column)
        return codes, values
    return _numbered(column.to_numpy())


def _numbered(numbers: npt.NDArray[Any]) -> tuple[Codes, pa.Array]:
    """(codes, distinct numbers): by a table of the whole range where that is small, else by hash."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int32), pa.array([], pa.int64())
    low, high = int(numbers.min()), int(numbers.max())
    if high - low < max(4 * len(numbers), 1 << 16):
        offset = numbers if low == 0 else numbers - low
        present = np.zeros(high - low + 1, dtype=bool)
        present[offset] = True
        rank = np.cumsum(present, dtype=np.int32)
        rank -= 1
        return rank[offset], pa.array(np.flatnonzero(present).astype(np.int64) + low)
    small = low >= -(2**31) and high < 2**31
    codes, distinct = pd.factorize(numbers.astype(np.int32 if small else np.int64, copy=False))
    return codes.astype(np.int32), pa.array(distinct.astype(np.int64))


def _fixed_width(column: pa.ChunkedArray) -> tuple[Codes, pa.Array] | None:
    """Identifiers of one width: the same letters, then digits. None where they are not of that kind."""
    first = column[0].as_py()
    digits = len(first) - len(first.rstrip("0123456789"))
    width = len(first.encode())
    prefix = first.encode()[: width - digits]
    if not 0 < digits <= MAX_DIGITS or not first.isascii():
        return None
    parts = []
    for chunk in column.chunks:
        numbers = _digits(chunk, prefix, digits)
        if numbers is None:
            return None
        parts.append(numbers)
    codes, numbers = _numbered(np.concatenate(parts))
    if not prefix and not pc.any(pc.less(numbers, 10 ** (digits - 1))).as_py():
        return codes, numbers  # no leading zeros: they are numbers
    padded = pc.utf8_lpad(numbers.cast(pa.string()), digits, "0")
    return codes, pc.binary_join_element_wise(prefix.decode(), padded, "")


def _digits(chunk: pa.StringArray, prefix: bytes, digits: int) -> npt.NDArray[Any] | None:
    width = len(prefix) + digits
    if not len(chunk):
        return np.zeros(0, dtype=np.int32)
    _, places, data = chunk.buffers()
    ends = np.frombuffer(places, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    if ends[-1] - ends[0] != width * len(chunk) or (np.diff(ends) != width).any():
        return None
    letters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].reshape(-1, width)
    for place, letter in enumerate(prefix):
        if (letters[:, place] != letter).any():
            return None
    total: npt.NDArray[Any] = np.zeros(len(chunk), dtype=np.int32 if digits <= 9 else np.int64)
    for place in range(len(prefix), width):
        digit = letters[:, place] - np.uint8(48)  # wraps around below "0"
        if digit.max() > 9:
            return None
        total *= 10
        total += digit
    return total


def _plain_numbers(column: pa.ChunkedArray) -> tuple[Codes, pa.Array] | None:
    """Whole numbers of varying width without leading zeros; None where they are not."""
    if not column[0].as_py().isdigit():
        return None
    try:
        numbers = column.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    values = numbers.to_numpy()
    written = pc.sum(pc.binary_length(column)).as_py()
    if values.min() < 0 or written != int(_width(values).sum(dtype=np.int64)):
        return None  # a sign or a leading zero: "007" is not "7"
    return _numbered(values)


def _width(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    width = np.ones(len(numbers), dtype=np.int8)
    for power in range(1, MAX_DIGITS + 1):
        longer = numbers >= 10**power
        if not longer.any():
            break
        width += longer
    return width
