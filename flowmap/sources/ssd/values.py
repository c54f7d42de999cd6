"""Columns of the Standard Safeguarding Dataset as the values that case records hold: a column at a time, by its
distinct values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import TIME
from flowmap.eventlog import NO_TIME, OptionError
from flowmap.sources import dates

YES = r"(?i)^(y|yes|1|t|true)$"
NO = r"(?i)^(n|no|0|f|false)$"
# "C2 - Full care order", "a) 1A: Individual": the code alone counts.
CODE = r"^(?:[a-z]{1,2}\) *)?(?P<code>[A-Za-z]{0,4}[0-9]{0,3}[A-Za-z]?) *[-–:] +.*$"
AS_IT_IS = "as it is"

Ints = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.int8]
BLANK = -1  # beside FINE, UNREADABLE, ... of dates


@dataclass(frozen=True)
class Instants:
    """A column of dates, read: ms (NO_TIME where there is none), and why a value is none (dates.FINE, …, BLANK)."""

    time: Ints
    kind: Kinds

    def array(self) -> pa.Array:
        """As the tables of case records have it."""
        fine = self.kind == dates.FINE
        return pa.array(self.time, mask=~fine).cast(TIME)


def text(column: Any, blanks: Sequence[str]) -> pa.Array:
    """A column as text without blanks at either end; null where it holds nothing or a word for nothing."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_floating(array.type):  # an id that a spreadsheet or driver made a number
        array = _whole(array)
    elif pa.types.is_boolean(array.type):
        array = pc.if_else(array, "Y", "N")
    trimmed = pc.utf8_trim_whitespace(array.cast(pa.string()))
    low = pc.utf8_lower(trimmed)
    words = pa.array(["", *(b.lower() for b in blanks)], pa.string())
    return pc.if_else(pc.is_in(low, words), pa.scalar(None, pa.string()), trimmed)


def _whole(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def day_first(columns: Mapping[str, pa.Array], given: bool | None) -> bool:
    """Whether 01/02/2024 is the first of February: as said, or as the columns together show; if they do not, it is."""
    if given is not None:
        return given
    texts = [(name, dates.apart(pc.unique(c))) for name, c in columns.items() if pa.types.is_string(c.type) and len(c)]
    try:
        found = dates.decide(texts, None)
    except OptionError:  # nothing settles it, or values contradict each other: English councils write the day first
        return True
    return True if found is None else found


def instants(column: pa.Array, dayfirst: bool) -> Instants:
    """Dates and times as written (text) or as a database gives them."""
    coded = column.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    if not len(coded.dictionary):
        return Instants(np.full(len(codes), NO_TIME), np.full(len(codes), BLANK, np.int8))
    if pa.types.is_string(column.type):
        values = dates.together(dates.apart(coded.dictionary), dayfirst)
    else:
        values = dates.native(pa.chunked_array([coded.dictionary]))
    time = np.where(codes >= 0, values.time[codes], NO_TIME)
    return Instants(time, np.where(codes >= 0, values.kind[codes], BLANK).astype(np.int8))


def code(column: pa.Array) -> pa.Array:
    """Codes as they stand, without a description after them or a letter and bracket before them."""
    return _by_value(column, lambda v: m["code"] if (m := re.match(CODE, v)) and m["code"] else v, pa.string())


def yes(column: pa.Array, *, opposite: bool = False) -> pa.Array:
    """Flags: Y/N, yes/no, 1/0, true/false; null for anything else."""

    def one(value: str) -> bool | None:
        if re.match(YES, value):
            return not opposite
        return opposite if re.match(NO, value) else None

    return _by_value(column, one, pa.bool_())


def words(column: pa.Array, says: Mapping[str, Any], otherwise: Any, kind: pa.DataType) -> pa.Array:
    """What the first pattern found in a text says; else `otherwise` ("as it is": the text)."""
    patterns = [(re.compile(pattern, re.IGNORECASE), meaning) for pattern, meaning in says.items()]

    def one(value: str) -> Any:
        for pattern, meaning in patterns:
            if pattern.search(value):
                return meaning
        return value if otherwise == AS_IT_IS else otherwise

    return _by_value(column, one, kind)


def flags(column: pa.Array, says: Mapping[str, Any], kind: pa.DataType) -> pa.Array:
    """What the first flag that is set in a text of outcome JSON says; null where none is.

    Looked for as text: exports cut, escape and misquote this JSON, and older ones write OUTCOME_NFA_FLAG for NFA_FLAG.
    """
    start, end = r"(?:^|[^A-Za-z_])(?:OUTCOME_)?", r"[\\\"' ]*[:=][\\\"' ]*(?:y|yes|1|t|true)\b"
    patterns = [(re.compile(f"{start}{name}{end}", re.IGNORECASE), meaning) for name, meaning in says.items()]

    def one(value: str) -> Any:
        return next((meaning for pattern, meaning in patterns if pattern.search(value)), None)

    return _by_value(column, one, kind)


def matches(column: pa.Array, pattern: str) -> pa.Array:
    """Where a text has the pattern (no text: it has not)."""
    return pc.match_substring_regex(column, pattern, ignore_case=True).fill_null(False)


def _by_value(column: pa.Array, one: Any, kind: pa.DataType) -> pa.Array:
    """`one` of each distinct value, put in its places: the loop is over few values, not over rows."""
    coded = column.dictionary_encode()
    table = pa.array([one(v) for v in coded.dictionary.to_pylist()], kind)
    return table.take(coded.indices)
