"""The event log: child X reached station S at time T, for every row, as columns.

Every source becomes this and nothing else; everything after it starts from this.
Times are int64 milliseconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from flowmap.quality import Example, FlowmapError, OptionError, Problem, QualityReport, SourceError

__all__ = [
    "MISSING",
    "Attribute",
    "EventLog",
    "Example",
    "FlowmapError",
    "OptionError",
    "Problem",
    "QualityReport",
    "SourceError",
    "SourceFile",
]

MISSING = -32768  # "not recorded" in the numbers of an Attribute (the smallest int16)

Ints = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Attribute:
    """A fact about each event or each child: a category (codes into `values`) or a whole number."""

    label: str
    kind: Literal["category", "number"]
    codes: Ints | None = None  # category: row of `values`, -1 = not recorded
    values: tuple[str, ...] = ()
    numbers: Ints | None = None  # number: MISSING = not recorded

    @classmethod
    def category(cls, label: str, values: Sequence[object] | npt.NDArray[Any] | pa.Array) -> Attribute:
        """From one text a row; None, NaN and "" are not recorded. Values are sorted."""
        codes, found = _encode(values)
        names = [str(v).strip() for v in found.to_pylist()]
        kept = sorted({n for n in names if n})
        place = {n: i for i, n in enumerate(kept)}
        table = np.array([place.get(n, -1) for n in names] + [-1], dtype=np.int32)
        return cls(label, "category", codes=table[codes], values=tuple(kept))

    @classmethod
    def number(cls, label: str, numbers: Sequence[int | None] | npt.NDArray[Any]) -> Attribute:
        """From one whole number a row; None and NaN are not recorded."""
        found = pd.to_numeric(pd.Series(np.asarray(numbers)), errors="coerce").to_numpy(
            dtype="float64", na_value=np.nan
        )
        return cls(label, "number", numbers=np.where(np.isnan(found), MISSING, found).astype(np.int32))

    def __len__(self) -> int:
        return len(self.column)

    @property
    def column(self) -> Ints:
        """The codes of a category, the numbers of a number."""
        found = self.codes if self.kind == "category" else self.numbers
        if found is None:
            raise ValueError(f"the attribute {self.label} has no {self.kind} column")
        return found

    @property
    def missing(self) -> int:
        """What stands in `column` for "not recorded"."""
        return -1 if self.kind == "category" else MISSING

    def with_column(self, column: Ints) -> Attribute:
        """The same attribute of other rows."""
        number = self.kind == "number"
        return replace(self, codes=None if number else column, numbers=column if number else None)

    def take(self, rows: npt.NDArray[Any]) -> Attribute:
        """The same attribute for the rows given (indices, or a mask)."""
        return self.with_column(self.column[rows])


@dataclass(frozen=True)
class SourceFile:
    """Where rows came from: the file's name (never its path), how it was read, and its fingerprint."""

    name: str
    format: str
    rows: int = 0
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class EventLog:
    """n events of k children, in file order; see docs/contracts.md for each field.

    `end` is when the visit ended (ms, NO_TIME = not known), where the source has starts and ends and
    `time` is the start. `recognised` holds the sentences that say how the files were understood (which column is what,
    day-first or not, ...), for the command line to print. `family` numbers the children's families (-1 = not known):
    siblings have one number, which means nothing else and never enters a dataset.
    """

    child: Ints
    child_ids: pa.Array
    station: Ints
    stations: tuple[str, ...]
    time: Times
    date_only: Flags
    case: Ints | None = None
    end: Times | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)
    children: dict[str, Attribute] = field(default_factory=dict)
    birth: Times | None = None
    family: Ints | None = None
    quality: QualityReport = field(default_factory=QualityReport)
    origin: list[SourceFile] = field(default_factory=list)
    recognised: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        n, k = len(self.child), len(self.child_ids)
        per_event: dict[str, Any] = {"station": self.station, "time": self.time, "date_only": self.date_only}
        per_event |= {"case": self.case, "end": self.end}
        _check_lengths({**per_event, **self.attributes}, n, "events")
        _check_lengths({"birth": self.birth, "family": self.family, **self.children}, k, "children")
        for name, codes, size in (("child", self.child, k), ("station", self.station, len(self.stations))):
            if n and not (codes.min() >= 0 and codes.max() < size):
                raise ValueError(f"{name} has a code outside 0..{size - 1}")

    def __len__(self) -> int:
        return len(self.child)

    @classmethod
    def from_columns(
        cls,
        child: Sequence[object] | npt.NDArray[Any] | pa.Array,
        station: Sequence[object] | npt.NDArray[Any] | pa.Array,
        time: Sequence[object] | npt.NDArray[Any],
        *,
        date_only: Sequence[bool] | npt.NDArray[Any] | bool = False,
        case: Sequence[int] | npt.NDArray[Any] | None = None,
        end: Sequence[object] | npt.NDArray[Any] | None = None,
        child_ids: Sequence[object] | npt.NDArray[Any] | pa.Array | None = None,
        stations: Sequence[str] | None = None,
        attributes: Mapping[str, object] | None = None,
        children: Mapping[str, object] | None = None,
        birth: Sequence[object] | npt.NDArray[Any] | None = None,
        family: Sequence[int] | npt.NDArray[Any] | None = None,
        quality: QualityReport | None = None,
        origin: Iterable[SourceFile] = (),
        recognised: Iterable[str] = (),
    ) -> EventLog:
        """Build a log from plain columns, one value an event, in file order.

        `child` holds identifiers (text or whole numbers), or, with `child_ids`, int32 rows of it;
        likewise `station` and `stations`. `time` is int64 ms UTC, numpy datetime64, or anything that
        pandas reads as times (taken as UTC). `attributes` holds one value an event, `children` and
        `birth` and `family` one a child in order of `child_ids` (without it: of first appearance); each is an
        Attribute, or a plain column: text makes a category, numbers make a number.
        Raises ValueError where lengths or codes do not fit.
        """
        child_codes, ids = _codes(child, child_ids)
        station_codes, names = _stripped(*_codes(station, None if stations is None else list(stations)))
        n = len(child_codes)
        flags = np.full(n, date_only) if isinstance(date_only, bool) else np.asarray(date_only, dtype=bool)
        return cls(
            child=child_codes,
            child_ids=ids,
            station=station_codes,
            stations=names,
            time=milliseconds(time),
            date_only=flags,
            case=None if case is None else np.asarray(case, dtype=np.int32),
            end=None if end is None else milliseconds(end),
            attributes={key: _attribute(key, column) for key, column in (attributes or {}).items()},
            children={key: _attribute(key, column) for key, column in (children or {}).items()},
            birth=None if birth is None else milliseconds(birth),
            family=None if family is None else np.asarray(family, dtype=np.int32),
            quality=QualityReport(rows_read=n) if quality is None else quality,
            origin=list(origin),
            recognised=list(recognised),
        )


def _check_lengths(columns: Mapping[str, Any], size: int, what: str) -> None:
    for name, column in columns.items():
        if column is not None and len(column) != size:
            raise ValueError(f"{name} has {len(column)} rows, there are {size} {what}")


NO_TIME = np.iinfo(np.int64).min  # a time that is not known (birth); the integer behind NaT


def milliseconds(times: Sequence[object] | npt.NDArray[Any]) -> Times:
    """Times as int64 ms UTC: integers as they are, datetime64 of any unit, or what pandas reads as times.

    An unknown time (NaT, None) becomes NO_TIME.
    """
    column = np.asarray(times)
    if column.dtype.kind in "iu":
        return column.astype(np.int64)
    if column.dtype.kind != "M":
        column = pd.to_datetime(pd.Series(column), utc=True).dt.tz_localize(None).to_numpy()
    return column.astype("datetime64[ms]").astype(np.int64)


def _encode(values: Any) -> tuple[Ints, pa.Array]:
    """(codes, distinct values in order of appearance); -1 where there is no value."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    array = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
    coded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes, coded.dictionary


def _codes(column: Any, known: Any) -> tuple[Ints, pa.Array]:
    if known is None:
        return _encode(column)
    ids = known if isinstance(known, pa.Array) else pa.array(known)
    return np.asarray(column, dtype=np.int32), ids


def _stripped(codes: Ints, found: pa.Array) -> tuple[Ints, tuple[str, ...]]:
    """Station names without spaces around them; names that then are equal are one station."""
    names = [str(v).strip() for v in found.to_pylist()]
    distinct = {name: i for i, name in enumerate(dict.fromkeys(names))}
    if len(distinct) == len(names):
        return codes, tuple(names)
    table = np.array([distinct[name] for name in names] + [-1], dtype=np.int32)
    return table[codes], tuple(distinct)


def _attribute(label: str, column: Any) -> Attribute:
    if isinstance(column, Attribute):
        return column
    known = [v for v in column[:1000] if v is not None]
    if known and all(isinstance(v, (int, float, np.integer, np.floating)) for v in known):
        return Attribute.number(label, column)
    return Attribute.category(label, column)
