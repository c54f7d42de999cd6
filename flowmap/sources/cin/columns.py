"""Columns of the census cleaned by their distinct values: dates, codes, flags and numbers, and what was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.casework.kinds import TIME
from flowmap.quality import MAX_EXAMPLES, Action, Example, QualityReport
from flowmap.sources import dates
from flowmap.sources.cin.parse import Gathered
from flowmap.sources.when import EARLIEST_BIRTH

# xs:date may carry a zone, and some systems write a time of midnight: neither says anything of the day.
DAY_ONLY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[Tt ][\d:.]*)?(?:[Zz]|[+-]\d{2}:?\d{2})?$")
DATE_LIKE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")  # what may be shown of a date that cannot be read
CODE_LIKE = re.compile(r"^(?=.{1,4}$)[A-Z]{0,4}\d{0,2}[A-Z]?$")  # likewise of a code
PRIVATE = {"PersonBirthDate", "ExpectedPersonBirthDate", "PersonDeathDate"}


@dataclass
class Reading:
    """The columns of one file, and the report that they write to."""

    file: str
    report: QualityReport
    dayfirst: bool = True

    def dates(self, rows: Gathered, name: str) -> pa.Array:
        """A column of dates as timestamp[ms], null where there is none or none can be read (reported)."""
        codes, texts = rows.column(name)
        text = dates.apart(pa.array([DAY_ONLY.sub(r"\1", t) for t in texts], pa.string()))
        read = dates.together(text, self.dayfirst)
        fine = read.kind == dates.FINE
        if "Birth" in name:
            fine |= (read.kind == dates.IMPLAUSIBLE) & (read.time >= EARLIEST_BIRTH) & (read.time < dates.LATEST)
        plain = np.zeros(len(texts), bool)
        if "iso" in text.forms:
            plain[text.forms["iso"][0]] = True
        unread = read.kind == dates.UNREADABLE
        said = "A date cannot be read and is taken as blank."
        self._say(rows, name, unread, "date-unreadable", said, DATE_LIKE, "note")
        said = "A date is before 1950 (of birth: 1901) or after 2099 and is taken as blank."
        self._say(rows, name, ~fine & ~unread, "date-implausible", said, DATE_LIKE, "note")
        said = "A date is not written as the census asks (2024-03-31); it is read as day, month, year."
        self._say(rows, name, fine & ~plain, "date-form", said, DATE_LIKE, "repaired")
        day = read.time // dates.DAY * dates.DAY
        return _spread(codes, pa.array(day, pa.int64(), mask=~fine).cast(TIME))

    def codes(self, rows: Gathered, name: str, known: Iterable[str] | Mapping[str, str]) -> pa.Array:
        """A column of codes, in capitals where that makes a code of the set; others as they are (checked later)."""
        known = known if isinstance(known, Mapping) else {k: k for k in known}
        codes, texts = rows.column(name)
        return _spread(codes, pa.array([known.get(t.upper(), t) for t in texts], pa.string()))

    def flags(self, rows: Gathered, name: str, known: Mapping[str, bool]) -> pa.Array:
        """A column of true, false, 0 and 1 in any case; null for anything else (reported)."""
        return self._each(rows, name, pa.bool_(), lambda t: known.get(t.lower()), "flag-unreadable", "true or false")

    def numbers(self, rows: Gathered, name: str) -> pa.Array:
        """A column of whole numbers from 0 to 999; null for anything else (reported)."""

        def number(text: str) -> int | None:
            return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None

        return self._each(rows, name, pa.int32(), number, "number-unreadable", "a whole number")

    def _each(
        self, rows: Gathered, name: str, kind: pa.DataType, read: Callable[[str], Any], rule: str, what: str
    ) -> pa.Array:
        codes, texts = rows.column(name)
        found = [read(t) for t in texts]
        wrong = np.array([f is None for f in found], bool)
        self._say(rows, name, wrong, rule, f"A value is not {what} and is taken as blank.", CODE_LIKE, "note")
        return _spread(codes, pa.array(found, kind))

    def _say(
        self,
        rows: Gathered,
        name: str,
        wrong: npt.NDArray[np.bool_],
        rule: str,
        message: str,
        shown: re.Pattern[str],
        action: Action,
    ) -> None:
        """Report the records whose distinct value is `wrong`; values are shown only where they can be no one's name."""
        if not wrong.any():
            return
        codes, texts = rows.column(name)
        hit = np.append(wrong, False)[codes]
        some = np.flatnonzero(hit)[:MAX_EXAMPLES]
        values = [texts[codes[i]] for i in some]
        self.report.add(
            rule,
            message,
            count=int(hit.sum()),
            action=action,
            severity="warning",
            remedy=f"Correct <{name}> in the case system.",
            examples=[
                Example(
                    self.file,
                    f"{rows.container.path}/{name}",
                    rows.child[i],
                    v if name not in PRIVATE and shown.match(v) else None,
                )
                for i, v in zip(some, values, strict=True)
            ],
        )


def _spread(codes: npt.NDArray[np.int32], values: pa.Array) -> pa.Array:
    """From distinct values to records."""
    return values.take(pa.array(codes, mask=codes < 0))
