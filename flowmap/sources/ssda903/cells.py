"""The rows of one list of an SSDA903 return as clean columns, and what was wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import NO_TIME
from flowmap.quality import MAX_EXAMPLES, Action, Example, QualityReport, Severity
from flowmap.sources import dates
from flowmap.sources.ssda903.lists import CHECKED, CHILD, CODES, SEXES, List
from flowmap.sources.times import BLANK, TimeColumn
from flowmap.sources.when import EARLIEST_BIRTH

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]

MEND = "Correct it in the case system and export again."
DATE_LIKE = re.compile(r"[\d/.\-: ]{1,20}")  # shown in a message; anything else may be a name in the wrong column
CODE_LIKE = re.compile(r"[A-Z0-9]{1,5}")


@dataclass
class Cells:
    """Columns of a list's rows: `texts` (trimmed, codes in capitals), `days` (ms at midnight, NO_TIME = not known)."""

    of: List
    file: str
    place: str
    report: QualityReport
    rows: Times
    texts: dict[str, pa.Array] = field(default_factory=dict)
    days: dict[str, Times] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, where: npt.NDArray[Any]) -> Cells:
        """The rows at these indices, or where a mask is true."""
        where = np.flatnonzero(where) if where.dtype == bool else where
        texts = {name: column.take(pa.array(where)) for name, column in self.texts.items()}
        return replace(
            self, rows=self.rows[where], texts=texts, days={name: day[where] for name, day in self.days.items()}
        )

    def text(self, name: str) -> pa.Array:
        """A column of texts; all null where the file has none."""
        return self.texts[name] if name in self.texts else pa.nulls(len(self), pa.string())

    def day(self, name: str) -> Times:
        """A column of dates; none known where the file has no such column."""
        return self.days.get(name, np.full(len(self), NO_TIME))

    def is_(self, name: str, *codes: str) -> Mask:
        """Where a column holds one of the codes."""
        return pc.is_in(self.text(name), pa.array(codes)).to_numpy(zero_copy_only=False)

    def known(self, name: str) -> Mask:
        """Where a column of texts is not blank."""
        return self.text(name).is_valid().to_numpy(zero_copy_only=False)

    def note(
        self,
        where: Mask,
        rule: str,
        message: str,
        *,
        action: Action = "kept",
        column: str | None = None,
        remedy: str | None = MEND,
        severity: Severity | None = None,
    ) -> None:
        """Report the rows of a mask, with the date or code that `column` holds there."""
        if count := int(where.sum()):
            examples = self.examples(where, column)
            self.report.add(
                rule, message, count=count, action=action, remedy=remedy, examples=examples, severity=severity
            )

    def drop(
        self,
        where: Mask,
        rule: str,
        message: str,
        *,
        column: str | None = None,
        remedy: str | None = MEND,
        severity: Severity | None = None,
    ) -> Cells:
        """The other rows; those of the mask are reported as dropped."""
        if not where.any():
            return self
        self.note(where, rule, message, action="dropped", column=column, remedy=remedy, severity=severity)
        return self.take(~where)

    def examples(self, where: Mask, column: str | None) -> list[Example]:
        """Up to ten of the rows, with what a column of dates or codes holds there."""
        found = np.flatnonzero(where)[:MAX_EXAMPLES]
        values = [self._shown(column, int(i)) for i in found]
        place = f"{self.place}, {column}" if column else self.place
        return [Example(self.file, place, int(self.rows[i]), v) for i, v in zip(found, values, strict=True)]

    def _shown(self, column: str | None, at: int) -> str | None:
        if column in self.days and self.days[column][at] != NO_TIME:
            return np.datetime64(int(self.days[column][at]), "ms").astype("datetime64[D]").item().strftime("%d/%m/%Y")
        value = self.texts[column][at].as_py() if column in CODES and column in self.texts else None
        return value if value is not None and CODE_LIKE.fullmatch(value) else None


def clean(
    list_: List,
    columns: Mapping[str, pa.ChunkedArray],
    rows: Times,
    report: QualityReport,
    *,
    file: str,
    place: str,
    dayfirst: bool | None = None,
) -> Cells:
    """The cells of a list from its columns as written (named as in the return); rows that say nothing are dropped.

    Dates are dd/mm/yyyy, as the return has them, unless `dayfirst` is False; ISO 8601 and named months are read too.
    """
    cells = Cells(list_, file, place, report, rows)
    for name in (CHILD, *list_.texts):
        if name in columns:
            cells.texts[name] = _texts(columns[name], upper=name != CHILD)
    if "SEX" in cells.texts:
        cells.texts["SEX"] = _mapped(cells.texts["SEX"], SEXES)
    wrong: dict[str, tuple[Mask, pa.Array]] = {}
    for name in list_.days:
        if name in columns:
            times = TimeColumn(name, columns[name]).read(dayfirst is not False, None, EARLIEST_BIRTH)
            known = times.time != NO_TIME
            cells.days[name] = np.where(known, times.time // dates.DAY * dates.DAY, NO_TIME)
            wrong[name] = (~known & ~times.is_kind(BLANK), columns[name])
    return _without_empty(cells, wrong)


def _without_empty(cells: Cells, wrong: Mapping[str, tuple[Mask, pa.Array]]) -> Cells:
    """Without rows that have no child or not the date on which all hangs; unreadable other dates are as blank."""
    when = cells.of.when
    blank = ~cells.known(CHILD)
    empty = blank.copy()
    for name in cells.of.texts:
        empty &= ~cells.known(name)
    for name, day in cells.days.items():
        empty &= (day == NO_TIME) & ~wrong[name][0]
    gone = blank.copy()
    _drop(cells, empty, "blank-row", "The row is blank.", None)
    _drop(cells, blank & ~empty, "no-child", "The row has no child.", "Every row needs the child's number (CHILD).")
    for name, (mask, column) in wrong.items():
        here = mask & ~gone
        if not here.any():
            continue
        needed = name == when
        message = f"{name} is no date, or no possible one" + ("." if needed else ", and is taken as blank.")
        shown = _raw(cells, here, name, column)
        cells.report.add(
            "unreadable-date",
            message,
            count=int(here.sum()),
            action="dropped" if needed else "repaired",
            remedy="Write dates as dd/mm/yyyy.",
            examples=shown,
        )
        if needed:
            gone |= here
    if when is not None:
        absent = (cells.day(when) == NO_TIME) & ~gone
        _drop(cells, absent, "no-date", f"The row has no {when}.", "Complete it in the case system.")
        gone |= absent
    return cells.take(~gone) if gone.any() else cells


def _drop(cells: Cells, where: Mask, rule: str, message: str, remedy: str | None) -> None:
    cells.note(where, rule, message, action="dropped", remedy=remedy)


def _raw(cells: Cells, where: Mask, name: str, column: pa.ChunkedArray) -> list[Example]:
    """Examples with the value as written, where it is at least made of digits; never of a date of birth."""
    found = np.flatnonzero(where)[:MAX_EXAMPLES]
    values = [str(column[int(i)].as_py()) for i in found]
    shown = [v if name != "DOB" and DATE_LIKE.fullmatch(v) else None for v in values]
    return [
        Example(cells.file, f"{cells.place}, {name}", int(cells.rows[i]), v) for i, v in zip(found, shown, strict=True)
    ]


def unknown_codes(cells: Cells) -> None:
    """Report codes that the return of 2024 does not have; they are kept as they are.

    Those of legal status, need, reason, sex and ethnicity are checked for all formats alike, once files are stacked.
    """
    for name in CHECKED:
        cells.note(
            cells.known(name) & ~cells.is_(name, *sorted(CODES[name])),
            "unknown-code",
            f"{name} holds a code that the return does not have; it is kept as it is.",
            column=name,
            remedy="Is it a code of an older return, or a slip?",
        )


def _texts(column: pa.ChunkedArray, *, upper: bool) -> pa.Array:
    """Trimmed text, in capitals for codes; blank is null."""
    column = column.cast(pa.string()) if not pa.types.is_string(column.type) else column
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array = pc.utf8_trim_whitespace(array)
    array = pc.utf8_upper(array) if upper else array
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


def _mapped(column: pa.Array, names: Mapping[str, str]) -> pa.Array:
    codes = column.dictionary_encode()
    known = pa.array([names.get(v, v) for v in codes.dictionary.to_pylist()], pa.string())
    return known.take(codes.indices)
