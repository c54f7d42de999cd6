"""Facets: what a journey can be filtered and coloured by.

A facet is a category (codes into `values`) or a whole number (with bands for showing). On disk, on the
wire and in memory a column holds a code or a number for every row; "not recorded" is a value of a category, and
`MISSING` for a number.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import MISSING

NOT_RECORDED = "not recorded"
OTHER_VALUES = "other values"
STILL_OPEN = "still open"

MOST_VALUES = 60  # of a category, "other values" and "not recorded" apart

Column = npt.NDArray[Any]
Of = Literal["journey", "child"]
Band = tuple[int, int | None, str]  # first and last number of it (None: and above), and its label

AGE_BANDS: tuple[Band, ...] = (
    (-1, -1, "unborn"),
    (0, 0, "under 1"),
    (1, 4, "1–4"),
    (5, 9, "5–9"),
    (10, 15, "10–15"),
    (16, 17, "16–17"),
    (18, None, "18 and over"),
)  # as the Department for Education's tables, with unborn, and 18 and over, apart
VISIT_BANDS: tuple[Band, ...] = ((0, 0, "first"), (1, 1, "second"), (2, 2, "third"), (3, None, "fourth or later"))


@dataclass(frozen=True)
class Facet:
    """What a facet is called and which values it takes; `counts` are journeys, by value or by band.

    `missing` is how many journeys have no number recorded (a category counts them under "not recorded").
    """

    key: str
    label: str
    kind: Literal["category", "number"]
    of: Of
    values: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    bands: tuple[Band, ...] = ()
    counts: tuple[int, ...] = ()
    missing: int = 0

    def to_json(self) -> dict[str, Any]:
        """As in `dataset.json`: only what its kind has."""
        found = asdict(self)
        for name in ("min", "max", "bands", "missing") if self.kind == "category" else ("values",):
            del found[name]
        return found

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Facet:
        """The reverse of `to_json`; keys that a later version adds are left alone."""
        known = {k: v for k, v in found.items() if k in cls.__dataclass_fields__}
        for name in ("values", "counts"):
            known[name] = tuple(known.get(name, ()))
        known["bands"] = tuple((lo, hi, label) for lo, hi, label in known.get("bands", ()))
        return cls(**known)

    def count(self, column: Column) -> tuple[int, ...]:
        """How many rows of `column` have each value, or lie in each band."""
        if self.kind == "category":
            return tuple(np.bincount(column, minlength=len(self.values)).tolist())
        return tuple(np.bincount(self.band_of(column) + 1, minlength=len(self.bands) + 1)[1:].tolist())

    def band_of(self, numbers: Column) -> npt.NDArray[np.int8]:
        """The band that each number lies in, -1 for none."""
        lows = np.array([lo for lo, _, _ in self.bands])
        highs = np.array([np.iinfo(np.int32).max if hi is None else hi for _, hi, _ in self.bands])
        table = np.arange(-32768, 32768)
        place = np.searchsorted(lows, table, side="right") - 1
        place[(place >= 0) & (table > highs[np.maximum(place, 0)])] = -1
        return place.astype(np.int8)[numbers.astype(np.int32) + 32768]


def category(
    key: str, label: str, of: Of, codes: Column, values: tuple[str, ...], weights: Column | None = None
) -> tuple[Facet, Column, int]:
    """A category facet, its column and how many values were merged into "other values".

    `codes` may hold -1 (not recorded). Values that nobody has are left out; the rest stand commonest first.
    `weights` says how many journeys each row stands for (children have several).
    """
    tally = np.bincount(codes + 1, weights=weights, minlength=len(values) + 1).astype(np.int64)
    missing, counts = int(tally[0]), tally[1:]
    ranked = [int(v) for v in np.lexsort((np.arange(len(values)), -counts)) if counts[v]]
    kept, rest = ranked[:MOST_VALUES], ranked[MOST_VALUES:]
    return _coded(key, label, of, codes, values, kept, rest, missing, weights)


def in_given_order(key: str, label: str, codes: Column, values: tuple[str, ...]) -> tuple[Facet, Column]:
    """A category facet of journeys whose values keep the order given; those that nobody has are left out.

    Values spelt alike (two stations of one label) are one.
    """
    alike = tuple(dict.fromkeys(values))
    if len(alike) < len(values):
        codes, values = np.array([alike.index(value) for value in values])[codes], alike
    counts = np.bincount(codes, minlength=len(values))
    facet, column, _ = _coded(key, label, "journey", codes, values, np.flatnonzero(counts).tolist(), [], 0, None)
    return facet, column


def _coded(
    key: str, label: str, of: Of, codes: Column, values: tuple[str, ...],
    kept: list[int], rest: list[int], missing: int, weights: Column | None,
) -> tuple[Facet, Column, int]:  # fmt: skip
    names = [values[v] for v in kept]
    table = np.zeros(len(values) + 1, dtype=np.uint16)
    table[kept] = np.arange(len(kept))
    if rest:
        table[rest] = len(names)
        names.append(OTHER_VALUES)
    table[-1] = len(names)  # codes of -1 land here
    if missing or not names:
        names.append(NOT_RECORDED)
    column = table.astype(np.uint8 if len(names) <= 256 else np.uint16)[codes]
    counts = np.bincount(column, weights=weights, minlength=len(names)).astype(np.int64).tolist()
    return Facet(key, label, "category", of, values=tuple(names), counts=tuple(counts)), column, len(rest)


def number(
    key: str, label: str, of: Of, numbers: Column, bands: tuple[Band, ...] | None = None
) -> tuple[Facet, npt.NDArray[np.int16]]:
    """A number facet of one whole number a journey (-32767 to 32767, or MISSING), and its column."""
    column = numbers.astype(np.int16)
    known = column[column != MISSING]
    low, high = (int(known.min()), int(known.max())) if len(known) else (None, None)
    bands = _bands(known) if bands is None else bands
    facet = Facet(key, label, "number", of, min=low, max=high, bands=bands, missing=len(column) - len(known))
    return replace(facet, counts=facet.count(column)), column


def _bands(known: Column) -> tuple[Band, ...]:
    """One band a number where there are few, else about six that hold alike many."""
    if not len(known):
        return ()
    tally = np.bincount(known.astype(np.int32) + 32768)
    found = np.flatnonzero(tally) - 32768
    if len(found) <= 8:
        return tuple((int(v), int(v), str(int(v))) for v in found)
    share = np.cumsum(tally[found + 32768]) / len(known)
    cuts = sorted({int(found[np.searchsorted(share, k / 6)]) for k in range(1, 6)} - {int(found[-1])})
    lows = [int(found[0])] + [cut + 1 for cut in cuts]
    highs = [*cuts, int(found[-1])]
    return tuple((lo, hi, _band_label(lo, hi)) for lo, hi in zip(lows, highs, strict=True))


def _band_label(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}" if low < 0 else f"{low}–{high}"


def each(numbers: Column) -> tuple[Band, ...]:
    """A band for every number from the least to the most (years)."""
    if not len(numbers):
        return ()
    return tuple((n, n, str(n)) for n in range(int(numbers.min()), int(numbers.max()) + 1))


def completed_years(birth: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """Age in completed years at `at`, both ms UTC; -1 for a child not yet born.

    A child born on 29 February is a year older on 1 March where there is no such day.
    """
    born, then = birth.astype("datetime64[ms]"), at.astype("datetime64[ms]")
    months = then.astype("datetime64[M]").astype(np.int64) - born.astype("datetime64[M]").astype(np.int64)
    earlier_day = _day_of_month(then) < _day_of_month(born)
    years = (months - earlier_day) // 12
    return np.where(at < birth, -1, years).astype(np.int16)


def _day_of_month(times: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    days = times.astype("datetime64[D]")
    return (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
