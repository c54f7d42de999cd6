"""Times as they are written, to milliseconds UTC: a whole column at once, by its distinct values.

Read are ISO 8601 with and without offsets, day/month/year and month/day/year with any of `/ - .`,
two-digit years (50-99 are 1950-1999), named months, yyyymmdd, Excel's day numbers and seconds or
milliseconds since 1970. Dates before 1950 or after 2099 are not believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import NO_TIME, OptionError

Times = npt.NDArray[np.int64]
DAY = 86_400_000
EARLIEST = -631_152_000_000  # 1950-01-01, ms
LATEST = 4_102_444_800_000  # 2100-01-01, ms: the first instant too late
PIVOT = 50  # two-digit years from here on are 19..
EXCEL_DAY_0 = -25_569  # 1899-12-30 in days since 1970 (Excel believes in 1900-02-29)

# What a value turned out to be.
FINE, UNREADABLE, PLACEHOLDER, IMPLAUSIBLE = range(4)

CLOCK = (
    r"(?:(?:[Tt]|,? +)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r" ?(?P<p>[AaPp]\.?[Mm]\.?)? ?(?P<z>[Zz]|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?$"
)
WEEKDAY = r"^(?:[A-Za-z]{3,9},? )?"
DAY_OF_MONTH = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
FORMS = {
    "iso": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + CLOCK,
    "numeric": r"^(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})" + CLOCK,
    "day Mon year": WEEKDAY + DAY_OF_MONTH + r"[-/. ]?(?P<mon>[A-Za-z]{3,9})\.?[-/., ]*(?P<y>\d{4}|\d{2})" + CLOCK,
    "Mon day year": WEEKDAY + r"(?P<mon>[A-Za-z]{3,9})\.? " + DAY_OF_MONTH + r",? (?P<y>\d{4})" + CLOCK,
    "compact": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[Tt](?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<z>[Zz]|[+-]\d{2}:?(?:\d{2})?)?)?$",
}
NUMBER = r"^-?\d+(?:\.\d+)?$"
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTH_NUMBERS = {name: i + 1 for length in (None, 3, 4) for i, name in enumerate(m[:length] for m in MONTHS)}


@dataclass
class Values:
    """Distinct values of a column, read: `time` ms (NO_TIME where not `fine`), and what each one is."""

    time: Times
    kind: npt.NDArray[np.int8]  # FINE, UNREADABLE, ...
    date_only: npt.NDArray[np.bool_]
    naive: npt.NDArray[np.bool_]  # a clock time without an offset
    form: str = "ISO 8601"


@dataclass
class Text:
    """Distinct values as written (stripped), taken apart but not yet put in order of day and month."""

    values: pa.Array
    forms: dict[str, tuple[npt.NDArray[Any], dict[str, Any]]]  # form -> (rows, parts)

    def numeric_parts(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """First and second number of the values written like 01/02/2024."""
        if "numeric" not in self.forms:
            return np.zeros(0, int), np.zeros(0, int)
        _, parts = self.forms["numeric"]
        return parts["a"], parts["b"]


def iso(column: pa.ChunkedArray) -> Values | None:
    """The quick way for a whole column of clean ISO 8601 in one spelling; None where it is not that."""
    length = pc.min_max(pc.binary_length(column))
    if length["min"].as_py() is None or length["min"].as_py() < 10:  # "2015", "20150101": not for Arrow to guess
        return None
    for unit, zone in product(("ms", "us", "ns"), (None, "UTC")):
        try:
            found = column.cast(pa.timestamp(unit, zone)).cast(pa.int64()).fill_null(NO_TIME).to_numpy()
        except pa.ArrowInvalid:
            continue
        time = found if unit == "ms" else _floored(found, 1000 if unit == "us" else 1_000_000)
        naive = zone is None
        date_only = (
            pc.equal(pc.binary_length(column), 10).fill_null(False).to_numpy()
            if naive and length["min"].as_py() == 10
            else np.zeros(len(time), dtype=bool)
        )
        return Values(time, plausible(time), date_only, np.full(len(time), naive) & ~date_only)
    return None


def _floored(time: Times, per_ms: int) -> Times:
    """Finer units to milliseconds, downwards also before 1970; what is missing stays missing."""
    return np.where(time == NO_TIME, NO_TIME, time // per_ms)


def native(column: pa.ChunkedArray) -> Values:
    """A column of dates or timestamps (Excel, Parquet)."""
    kind = column.type
    date_only = pa.types.is_date(kind)
    naive = not date_only and kind.tz is None
    if date_only:
        column, per_ms = column.cast(pa.timestamp("ms")), 1
    else:
        per_ms = {"s": 1, "ms": 1, "us": 1000, "ns": 1_000_000}[kind.unit]
        column = column.cast(pa.timestamp("ms", kind.tz)) if kind.unit == "s" else column
    time = column.cast(pa.int64()).fill_null(NO_TIME).to_numpy()
    time = time if per_ms == 1 else _floored(time, per_ms)
    return Values(
        time, plausible(time), np.full(len(time), date_only), np.full(len(time), naive), "dates of the file's own kind"
    )


def apart(values: pa.Array) -> Text:
    """Distinct texts taken apart by form; what fits none is unreadable."""
    values = pc.utf8_trim_whitespace(values.cast(pa.string()).fill_null(""))
    left = np.arange(len(values))
    forms: dict[str, tuple[npt.NDArray[Any], dict[str, Any]]] = {}
    for form, pattern in FORMS.items():
        if not len(left):
            break
        parts = pc.extract_regex(values.take(pa.array(left)), pattern)
        hit = parts.is_valid().to_numpy(zero_copy_only=False)
        if hit.any():
            forms[form] = (left[hit], _parts(parts.filter(pa.array(hit))))
            left = left[~hit]
    if len(left):
        hit = pc.match_substring_regex(values.take(pa.array(left)), NUMBER).to_numpy(zero_copy_only=False)
        if hit.any():
            numbers = values.take(pa.array(left[hit])).cast(pa.float64()).to_numpy()
            forms["number"] = (left[hit], {"number": numbers})
    return Text(values, forms)


def _parts(found: pa.StructArray) -> dict[str, Any]:
    """The named groups as integers (-1 where left out); offsets as ms, month names as numbers."""
    parts: dict[str, Any] = {}
    for i, name in enumerate(f.name for f in found.type):
        texts = found.field(i)
        if name == "z":
            parts[name] = _offsets(texts)
        elif name == "mon":
            parts["m"] = np.array([MONTH_NUMBERS.get((t or "").lower(), 0) for t in texts.to_pylist()], dtype=np.int64)
        elif name == "p":
            parts[name] = pc.utf8_lower(pc.utf8_slice_codeunits(texts, 0, 1)).to_numpy(zero_copy_only=False)
        elif name == "f":
            parts[name] = (
                pc.utf8_slice_codeunits(pc.utf8_rpad(texts, 3, "0"), 0, 3).cast(pa.int64()).to_numpy()
                if not (pc.any(pc.equal(texts, "")).as_py() or texts.null_count)
                else _some(pc.utf8_slice_codeunits(pc.utf8_rpad(texts, 3, "0"), 0, 3))
            )
        else:
            parts[name] = _some(texts)
            if name == "y":
                parts["short"] = pc.equal(pc.binary_length(texts), 2).to_numpy(zero_copy_only=False)
    return parts


def _some(texts: pa.Array) -> npt.NDArray[np.int64]:
    blank = pc.equal(texts, "").fill_null(True)
    return pc.if_else(blank, "-1", texts.fill_null("-1")).cast(pa.int64()).to_numpy(zero_copy_only=False)


def _offsets(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Offsets in ms; NO_TIME where there is none."""
    codes = texts.dictionary_encode()
    table = np.array([_offset(t) for t in codes.dictionary.to_pylist()] + [NO_TIME], dtype=np.int64)
    return table[codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _offset(text: str | None) -> int:
    if not text:
        return NO_TIME
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (int(digits[:2]) * 60 + int(digits[2:])) * (60_000 if text[0] == "+" else -60_000)


def decide(columns: Sequence[tuple[str, Text]], given: bool | None) -> bool | None:
    """Whether dates like 01/02/2024 are day-first; None where no value depends on it.

    All columns of a file decide together: one value above 12 settles it. Raises OptionError where nothing
    does, or where some values can only be one and some only the other.
    """
    if given is not None or not columns:
        return given
    pairs = [text.numeric_parts() for _, text in columns]
    a, b = np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    day_first, month_first = (a > 12) & (b <= 12), (b > 12) & (a <= 12)
    if not (open_to_both := (a <= 12) & (b <= 12) & (a != b)).any():
        return None
    if day_first.any() != month_first.any():
        return bool(day_first.any())
    texts = [v for _, text in columns for v in _numeric_texts(text)]
    name = " and ".join(repr(name) for name, text in columns if "numeric" in text.forms)
    if day_first.any():
        one, other = (texts[int(np.flatnonzero(mask)[0])] for mask in (day_first, month_first))
        said = f"The dates in {name} contradict each other: {one!r} can only be day-first, {other!r} only month-first."
    else:
        said = f"The dates in {name} may be day-first or month-first: {texts[int(np.flatnonzero(open_to_both)[0])]!r}."
    raise OptionError(said, remedy="Say which with --dayfirst or --monthfirst.")


def _numeric_texts(text: Text) -> list[str]:
    if "numeric" not in text.forms:
        return []
    found: list[str] = text.values.take(pa.array(text.forms["numeric"][0])).to_pylist()
    return found


def together(text: Text, dayfirst: bool | None) -> Values:
    """Milliseconds for every distinct value. `dayfirst` None: each value says it by itself (13/01, 01/13, 05/05)."""
    n = len(text.values)
    values = Values(np.full(n, NO_TIME), np.full(n, UNREADABLE, np.int8), np.zeros(n, bool), np.zeros(n, bool))
    names: list[str] = []
    for form, (rows, parts) in text.forms.items():
        if form == "number":
            _numbers(values, rows, parts["number"], names)
            continue
        if form == "numeric":
            a, b = parts["a"], parts["b"]
            first = (a > 12) if dayfirst is None else np.full(len(a), dayfirst)
            parts = {**parts, "d": np.where(first, a, b), "m": np.where(first, b, a)}
        day, valid = _days(parts)
        clock, clock_valid = _clock(parts)
        offset = parts["z"] if "z" in parts else np.full(len(rows), NO_TIME)
        has_clock = parts["H"] >= 0 if "H" in parts else np.zeros(len(rows), bool)
        time = day * DAY + clock - np.where(offset == NO_TIME, 0, offset)
        valid &= clock_valid
        values.time[rows] = np.where(valid, time, NO_TIME)
        values.kind[rows] = np.where(valid, plausible(np.where(valid, time, 0)), UNREADABLE)
        values.date_only[rows] = ~has_clock
        values.naive[rows] = has_clock & (offset == NO_TIME)
        names.append(
            "day-first"
            if form == "numeric" and dayfirst
            else "month-first"
            if form == "numeric" and dayfirst is False
            else form
        )
    values.form = ", ".join(
        {"iso": "ISO 8601", "numeric": "day/month/year", "compact": "yyyymmdd"}.get(n, n) for n in names
    )
    return values


def _days(parts: dict[str, Any]) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Days since 1970 and whether there is such a date."""
    year = np.where(parts["short"], np.where(parts["y"] < PIVOT, 2000, 1900) + parts["y"], parts["y"])
    month, day = parts["m"], parts["d"]
    valid = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((year - 1970) * 12 + np.where(valid, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(valid, day, 1) - 1)
    valid &= days.astype("datetime64[M]") == months
    return days.astype(np.int64), valid


def _clock(parts: dict[str, Any]) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Milliseconds since midnight (0 where no clock is given) and whether there is such a time of day."""
    if "H" not in parts:
        return np.zeros(len(parts["y"]), np.int64), np.ones(len(parts["y"]), bool)
    hour, minute, second = parts["H"], np.maximum(parts["M"], 0), np.maximum(parts["S"], 0)
    half = parts.get("p", np.full(len(hour), None))
    afternoon, morning = half == "p", half == "a"
    wrong_half = (afternoon | morning) & ((hour < 1) | (hour > 12))
    hour = np.where(afternoon & (hour < 12), hour + 12, np.where(morning & (hour == 12), 0, hour))
    valid = (hour <= 23) & (minute <= 59) & (second <= 59) & ~wrong_half
    fraction = np.maximum(parts["f"], 0) if "f" in parts else 0
    return ((np.maximum(hour, 0) * 60 + minute) * 60 + second) * 1000 + fraction, valid


def _numbers(values: Values, rows: npt.NDArray[Any], numbers: npt.NDArray[Any], names: list[str]) -> None:
    """Numbers that can only be one thing: Excel days, or seconds, ms, us or ns since 1970."""
    size = np.abs(numbers)
    excel = (numbers >= 0) & (size < 80_000)
    time = np.where(excel, np.round((numbers + EXCEL_DAY_0) * DAY), 0.0)
    known = excel.copy()
    for low, high, factor in ((1e8, 1e10, 1000.0), (1e11, 1e13, 1.0), (1e14, 1e16, 1e-3), (1e17, 1e19, 1e-6)):
        here = (size >= low) & (size < high)
        time = np.where(here, np.floor(numbers * factor), time)
        known |= here
    # Excel keeps times of day as fractions of a day: its seconds come back only when rounded.
    time = np.where(excel, np.round(time / 1000) * 1000, time)
    values.time[rows] = np.where(known, time, NO_TIME).astype(np.int64)
    values.kind[rows] = np.where(known, plausible(time.astype(np.int64)), UNREADABLE)
    values.date_only[rows] = excel & (numbers == np.floor(numbers))
    values.naive[rows] = excel & ~values.date_only[rows]
    if excel.any():
        names.append("Excel's day numbers")
    if (known & ~excel).any():
        names.append("seconds or milliseconds since 1970")


def plausible(time: Times) -> npt.NDArray[np.int8]:
    """FINE for 1950-2099, PLACEHOLDER for 1899/1900 (what Excel makes of 0 and of blank), else IMPLAUSIBLE."""
    kind = np.zeros(len(time), dtype=np.int8)
    if len(time) and (time.min() < EARLIEST or time.max() >= LATEST):
        kind[(time < EARLIEST) | (time >= LATEST)] = IMPLAUSIBLE
        first, last = EXCEL_DAY_0 * DAY, (EXCEL_DAY_0 + 367) * DAY
        kind[(time >= first) & (time < last)] = PLACEHOLDER
        kind[time == NO_TIME] = UNREADABLE
    return kind
