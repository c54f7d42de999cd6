"""The other columns: facts about the child or the event, as categories or small numbers, or left out with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import MISSING, Attribute
from flowmap.sources import dates, identity
from flowmap.sources.ids import encode_text, textual

FEW_NUMBERS = 12  # a number with at most so many values is a code, unless it is an age
FEW_CHILDREN = 12  # so many different children may well be of so many kinds
LOWEST, HIGHEST = -1, 32767  # int16, and -1 for unborn
AGES = {"age", "ages"}


@dataclass(frozen=True)
class LeftOut:
    """A column that does not enter the log, and why."""

    reason: str


def judge(name: str, column: pa.ChunkedArray) -> Attribute | LeftOut:
    """The attribute that a column makes, or why it makes none."""
    if pa.types.is_nested(column.type):
        return LeftOut("it holds lists or records")
    if pa.types.is_temporal(column.type):
        return LeftOut("it is another date")
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "yes", "no")
    reason = identity.by_name(name)
    if reason and reason not in identity.CODE_ONLY:
        return LeftOut(reason)
    if pa.types.is_floating(column.type) and column.type != textual(column).type:
        whole = textual(column)
        if not pa.types.is_integer(whole.type):
            return LeftOut("it holds numbers with fractions")
        column = whole
    codes, values = encode_text(column)
    return _judged(name, codes, values)


def _judged(name: str, codes: npt.NDArray[np.int32], values: pa.Array) -> Attribute | LeftOut:
    if len(values) == 0:
        return LeftOut("it is empty")
    reason = identity.left_out(name, values.slice(0, 20_000))
    if reason:
        return LeftOut(reason)
    numbers = _whole_numbers(values)
    if numbers is not None:
        return _number(name, codes, values, numbers)
    if len(values) > identity.MAX_KINDS:
        return LeftOut(f"it has {len(values):,} different values (at most {identity.MAX_KINDS} make a facet)")
    if _mostly_dates(values):
        return LeftOut("it is another date")
    return _category(name, codes, values)


def _whole_numbers(values: pa.Array) -> npt.NDArray[Any] | None:
    """The values as numbers, where all of them are numbers."""
    try:
        return values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None


def _number(name: str, codes: Any, values: pa.Array, numbers: npt.NDArray[Any]) -> Attribute | LeftOut:
    words = set(name.lower().replace("_", " ").replace(":", " ").split())
    is_age = bool(AGES & words)
    padded = pc.any(pc.match_substring_regex(values, r"^0\d")).as_py()
    if (len(values) <= FEW_NUMBERS and not is_age) or (padded and len(values) <= identity.MAX_KINDS):
        return _category(name, codes, values)
    if (numbers != np.floor(numbers)).any():
        return LeftOut("it holds numbers with fractions")
    if numbers.min() < LOWEST or numbers.max() > HIGHEST:
        return LeftOut("it holds numbers too big for a facet")
    if not is_age and ({"id", "ref", "no", "number", "key", "code"} & words) and len(values) > identity.MAX_KINDS:
        return LeftOut("it looks like an identifier")
    if len(values) > identity.MAX_KINDS and len(values) > 0.5 * (codes >= 0).sum():
        return LeftOut("it looks like an identifier")
    table = np.append(numbers, MISSING).astype(np.int32)
    return Attribute(name, "number", numbers=table[codes])


def _mostly_dates(values: pa.Array) -> bool:
    text = dates.apart(values)
    dated = sum(
        len(rows)
        for form, (rows, _) in text.forms.items()
        if form in ("iso", "numeric", "day Mon year", "Mon day year")
    )
    return dated > len(values) / 2


def _category(name: str, codes: npt.NDArray[np.int32], values: pa.Array) -> Attribute:
    order = np.array(pc.sort_indices(values))
    place = np.full(len(values) + 1, -1, dtype=np.int32)
    place[order] = np.arange(len(values), dtype=np.int32)
    return Attribute(name, "category", codes=place[codes], values=tuple(values.take(pa.array(order)).to_pylist()))


def per_child(attribute: Attribute, child: npt.NDArray[np.int32], children: int) -> Attribute | None:
    """The attribute of each child, where it never changes within one; else None."""
    known = attribute.column != attribute.missing
    found = np.full(children, attribute.missing, dtype=np.int32)
    found[child[known]] = attribute.column[known]
    if not (found[child[known]] == attribute.column[known]).all():
        return None
    return attribute.with_column(found)


def tells_apart(fact: Attribute) -> bool:
    """Whether a category of children is nearly an identifier: more values than half the children who have one."""
    if fact.kind == "number":
        return False
    return len(fact.values) > max(FEW_CHILDREN, 0.5 * int(np.count_nonzero(fact.column >= 0)))
