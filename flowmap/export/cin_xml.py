"""Columns as XML, a whole census year at once: text a record, records joined into the element that holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def line(name: str, values: pa.Array, depth: int) -> pa.Array:
    """<name>value</name> on a line of its own, "" where the value is null; `values` are escaped."""
    pad = "  " * depth
    made = pc.binary_join_element_wise(f"{pad}<{name}>", values.cast(pa.string()), f"</{name}>\n", "")
    return made.fill_null("")


def around(name: str, inside: Iterable[pa.Array], depth: int) -> pa.Array:
    """<name> with those lines in it."""
    pad = "  " * depth
    return pc.binary_join_element_wise(f"{pad}<{name}>\n", *inside, f"{pad}</{name}>\n", "")


def joined(texts: pa.Array, holder: npt.NDArray[np.int64], holders: int) -> pa.Array:
    """The texts of each holder as one, "" where it has none; `holder` (0 … holders-1) is in order."""
    offsets = np.zeros(holders + 1, dtype=np.int32)
    np.cumsum(np.bincount(holder, minlength=holders), out=offsets[1:])
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), "")


def days(column: pd.Series, last: pd.Timestamp) -> pa.Array:
    """Days as 2024-03-31; null where there is none or it is after `last`."""
    found = column.where(column <= last).to_numpy().astype("datetime64[D]")
    return pa.array(found).cast(pa.string())


def flags(column: pd.Series, yes: str, no: str) -> pa.Array:
    """A flag; null is no."""
    return pa.array(np.where((column == True).to_numpy(), yes, no), pa.string())  # noqa: E712 - null is not true


def codes(column: pd.Series, known: Iterable[str] | Mapping[str, str], otherwise: str | None) -> pa.Array:
    """Codes as the schema has them: those it does not know, and null, become `otherwise`."""
    mapping = dict(known) if isinstance(known, Mapping) else {k: k for k in known}
    coded = pa.array(column, pa.string()).dictionary_encode()
    table = [mapping.get(v, otherwise) for v in coded.dictionary.to_pylist()]
    return pa.array(table, pa.string()).take(coded.indices).fill_null(otherwise)


def escaped(column: pd.Series) -> pa.Array:
    """Text as it may stand in an element: markup escaped, what XML cannot hold left out."""
    array = pa.array(column, pa.string())
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        array = pc.replace_substring(array, sign, entity)
    if pc.any(pc.match_substring_regex(array, "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]|\ufffe|\uffff")).as_py():
        array = pa.array([v and NOT_XML.sub("", v) for v in array.to_pylist()], pa.string())
    return array
