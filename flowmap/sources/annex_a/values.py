"""The cells of one list as values: dates, codes, flags and numbers, each distinct text read once.

What cannot be read is left blank and reported, with the value for dates of events only: nothing that could name a child
gets into a message.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import NO_TIME, Example, QualityReport
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources import dates
from flowmap.sources.annex_a.codes import decode
from flowmap.sources.annex_a.lists import Column
from flowmap.sources.annex_a.sheets import Sheet

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]

BLANK = 4  # one more kind beside those of flowmap.sources.dates
MAX_UNKNOWN = 40  # more different codes that no set knows are not codes but texts, perhaps names
MAX_CODE = 60  # letters
# What is shown of a date that cannot be read: nothing that could be a name or a number of a person.
DATE_LIKE = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}(?!\d).{0,15}")
TOTAL = re.compile(r"(grand |sub)?-?totals?\b.*|counts?|sum|end of (list|report|data).*", re.IGNORECASE)
WHY = {
    dates.UNREADABLE: ("unreadable-time", "The date cannot be read.", "Write it as 31/01/2024."),
    dates.PLACEHOLDER: (
        "placeholder-date",
        "The date is in 1899 or 1900, which is what Excel makes of a blank or zero.",
        "Complete it in the source.",
    ),
    dates.IMPLAUSIBLE: ("implausible-date", "The date is before 1950 or after 2099.", "Correct it in the source."),
}


class Cells:
    """The rows of a list, read column by column. `kept` says which rows still count; dropping needs a rule."""

    def __init__(self, sheet: Sheet, file: str, report: QualityReport) -> None:
        self.sheet = sheet
        self.file = file
        self.report = report
        self.kept = np.ones(len(sheet.rows), dtype=bool)
        self._times: dict[str, tuple[Times, npt.NDArray[np.int8]]] = {}
        self._codes: dict[str, pa.Array] = {}
        report.rows_read += len(sheet.rows)

    def __len__(self) -> int:
        return len(self.sheet.rows)

    def examples(self, where: Mask, column: str, texts: pa.Array | None = None) -> list[Example]:
        """Up to ten of the rows; with what the column holds there where `texts` is given."""
        found = np.flatnonzero(where)[:MAX_EXAMPLES]
        values = [None] * len(found) if texts is None else texts.take(pa.array(found)).to_pylist()
        place = f"{self.sheet.place}, {column.strip()}"
        return [Example(self.file, place, int(self.sheet.rows[r]), v) for r, v in zip(found, values, strict=True)]

    def drop(self, where: Mask, rule: str, message: str, remedy: str, column: str, texts: Any = None) -> None:
        """Drop rows (those not dropped before) under a rule."""
        where = where & self.kept
        if where.any():
            self.kept &= ~where
            self.report.add(
                rule,
                message,
                count=int(where.sum()),
                action="dropped",
                remedy=remedy,
                examples=self.examples(where, column, texts),
            )

    def text(self, header: str) -> pa.Array:
        """The column as text; nulls where it is blank or not there."""
        coded = self.sheet.columns.get(header)
        return pa.nulls(len(self), pa.string()) if coded is None else coded.cast(pa.string())

    def written(self, header: str) -> pa.Array:
        """The column as it may be shown: what looks like a date."""
        coded = self.sheet.columns[header]
        shown = [text if DATE_LIKE.fullmatch(text) else None for text in coded.dictionary.to_pylist()]
        return pa.array(shown, pa.string()).take(coded.indices)

    def child(self, header: str) -> pa.Array:
        """Identifiers of children, without rows that run over or have none, and lines of totals at the end."""
        ids = self.text(header)
        self.drop(
            self.sheet.ragged,
            "ragged-row",
            "The row has more columns than the header.",
            "Put text that holds the delimiter in quotation marks.",
            header,
        )
        self.drop(
            ~_valid(ids),
            "missing-child",
            "The row has no identifier of a child.",
            "Complete it in the source.",
            header,
        )
        coded = self.sheet.columns[header]
        totals = [bool(TOTAL.fullmatch(text)) for text in coded.dictionary.to_pylist()]
        if any(totals):
            self.drop(
                _by_text(coded, np.array(totals), False),
                "total-row",
                "The row is a total, not a child.",
                "None is needed.",
                header,
            )
        return ids

    def times(self, column: Column) -> tuple[Times, npt.NDArray[np.int8]]:
        """(ms, kind) of each row: day-first always, unless that is impossible. NO_TIME where not FINE."""
        if column.header not in self._times:
            coded = self.sheet.columns.get(column.header)
            if coded is None or not len(coded.dictionary):
                self._times[column.header] = np.full(len(self), NO_TIME), np.full(len(self), BLANK, np.int8)
            else:
                self._times[column.header] = self._read_times(column, coded)
        return self._times[column.header]

    def _read_times(self, column: Column, coded: pa.Array) -> tuple[Times, npt.NDArray[np.int8]]:
        apart = dates.apart(coded.dictionary)
        found, other = dates.together(apart, True), dates.together(apart, False)
        swapped = (found.kind != dates.FINE) & (other.kind == dates.FINE)
        time = np.where(swapped, other.time, np.where(found.kind == dates.FINE, found.time, NO_TIME))
        kind = np.where(swapped, dates.FINE, found.kind).astype(np.int8)
        if swapped.any():
            where = _by_text(coded, swapped, False) & self.kept
            self.report.add(
                "month-first-date",
                f"The date in {column.header.strip()!r} can only be month-first, and is read so.",
                count=int(where.sum()),
                action="repaired",
                remedy="Write it as 31/01/2024.",
                examples=self.examples(where, column.header),
            )
        return _by_text(coded, time, NO_TIME), _by_text(coded, kind, BLANK)

    def dated(self, columns: list[Column]) -> None:
        """Drop the rows of which none of the columns has a date, under what is wrong with the first of them."""
        fine = np.zeros(len(self), dtype=bool)
        for column in columns:
            fine |= self.times(column)[1] == dates.FINE
        for column in columns:
            _, kind = self.times(column)
            for bad, (rule, message, remedy) in WHY.items():
                self.drop(~fine & (kind == bad), rule, message, remedy, column.header, self.written(column.header))
        name = columns[0].header
        self.drop(~fine, "missing-time", "The row has no date.", "Complete it in the source.", name)

    def time(self, column: Column) -> pa.Array:
        """Timestamps; null where blank. Those that cannot be believed are blank too, and reported."""
        time, kind = self.times(column)
        birth = column.to == ("person.birth",)  # no date of birth in a message
        for bad, (rule, message, remedy) in WHY.items():
            where = (kind == bad) & self.kept
            if where.any():
                self.report.add(
                    rule,
                    f"{message[:-1]}; the rest of the row is kept.",
                    count=int(where.sum()),
                    action="kept",
                    remedy=remedy,
                    examples=self.examples(where, column.header, None if birth else self.written(column.header)),
                )
        return pa.array(time, mask=kind != dates.FINE).cast(pa.timestamp("ms"))

    def code(self, column: Column) -> pa.Array:
        """The DfE's codes. One that no set knows is kept as it is; more than a few such are texts, and left out."""
        if column.header not in self._codes:
            self._codes[column.header] = self._read_codes(column)
        return self._codes[column.header]

    def _read_codes(self, column: Column) -> pa.Array:
        coded = self.sheet.columns.get(column.header)
        if coded is None or not len(coded.dictionary):
            return pa.nulls(len(self), pa.string())
        found: list[tuple[str | None, bool]] = [decode(column.codes, text) for text in coded.dictionary.to_pylist()]
        unknown = np.array([not known for _, known in found])
        where = _by_text(coded, unknown, False) & self.kept
        if int(unknown.sum()) > MAX_UNKNOWN and where.any():
            self.report.add(
                "not-a-code",
                f"The column {column.header.strip()!r} holds texts instead of codes; they are left out.",
                count=int(where.sum()),
                action="kept",
                remedy="Use the codes of Ofsted's guidance, such as in its sheet Codes_used.",
                examples=self.examples(where, column.header),
            )
            found = [each if each[1] else (None, False) for each in found]
        return pa.array([code and code[:MAX_CODE] for code, _ in found], pa.string()).take(coded.indices)

    def flag(self, column: Column) -> pa.Array:
        """True or False; null where blank, unknown or not understood (which is reported)."""
        coded = self.sheet.columns.get(column.header)
        if coded is None or not len(coded.dictionary):
            return pa.nulls(len(self), pa.bool_())
        yes, no = ("no", "yes") if column.type == "no" else ("yes", "no")
        found = [decode(column.codes, text)[0] for text in coded.dictionary.to_pylist()]
        odd = np.array([each not in ("yes", "no", "unknown") for each in found])
        where = _by_text(coded, odd, False) & self.kept
        if where.any():
            self.report.add(
                "unclear-answer",
                f"What {column.header.strip()!r} holds is neither Yes nor No; it is left blank.",
                count=int(where.sum()),
                action="kept",
                remedy="Write a) Yes or b) No.",
                examples=self.examples(where, column.header),
            )
        flags = pa.array([{yes: True, no: False}.get(each) for each in found], pa.bool_())
        return flags.take(coded.indices)

    def number(self, column: Column) -> pa.Array:
        """Whole numbers; null where there is none."""
        coded = self.sheet.columns.get(column.header)
        if coded is None or not len(coded.dictionary):
            return pa.nulls(len(self), pa.int32())
        numbers = [int(text) if re.fullmatch(r"-?\d{1,6}", text) else None for text in coded.dictionary.to_pylist()]
        return pa.array(numbers, pa.int32()).take(coded.indices)

    def value(self, column: Column) -> pa.Array:
        """The column as its type says."""
        if column.type == "date":
            return self.time(column)
        if column.type == "code":
            return self.code(column)
        if column.type in ("yes", "no"):
            return self.flag(column)
        if column.type == "number":
            return self.number(column)
        return self.text(column.header)


def _by_text(coded: pa.Array, values: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:
    """What holds for each distinct text, row by row."""
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.append(values, np.array([missing], dtype=values.dtype))[codes]


def _valid(column: pa.Array) -> Mask:
    return pc.is_valid(column).to_numpy(zero_copy_only=False)
