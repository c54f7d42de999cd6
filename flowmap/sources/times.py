"""A column of times, row by row: read by its distinct values, put into its zone, judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import NO_TIME
from flowmap.sources import dates, zones
from flowmap.sources.ids import dictionary

BLANK = 4  # one more kind beside dates.FINE, UNREADABLE, PLACEHOLDER, IMPLAUSIBLE
Rows = npt.NDArray[np.int64]


@dataclass
class RowTimes:
    """Times of all rows: ms UTC (NO_TIME where not fine), their kind (None: all fine), and what was odd."""

    time: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8] | None
    date_only: npt.NDArray[np.bool_]
    form: str
    midnight: bool = False  # all clock times are 00:00: taken for dates
    twice: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    never: Rows = field(default_factory=lambda: np.zeros(0, np.int64))

    def keep(self, mask: npt.NDArray[np.bool_]) -> RowTimes:
        """Only some of the rows."""
        place = np.cumsum(mask) - 1
        odd = [place[rows[mask[rows]]] for rows in (self.twice, self.never)]
        kind = None if self.kind is None else self.kind[mask]
        return RowTimes(self.time[mask], kind, self.date_only[mask], self.form, self.midnight, odd[0], odd[1])

    def blank(self) -> npt.NDArray[np.bool_]:
        """Where nothing is written."""
        return self.is_kind(BLANK)

    def is_kind(self, kind: int) -> npt.NDArray[np.bool_]:
        """The rows of that kind, as a mask."""
        return np.zeros(len(self.time), bool) if self.kind is None else self.kind == kind


class TimeColumn:
    """A column taken apart; `text` is what day-first or month-first is decided from, where it is needed."""

    def __init__(self, name: str, column: pa.ChunkedArray) -> None:
        self.name = name
        self.text: dates.Text | None = None
        self._values: dates.Values | None = None
        self._codes: npt.NDArray[np.int32] | None = None
        self._size = len(column)
        if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            self._values = dates.native(column)
            self._blank = column.is_null().to_numpy() if column.null_count else None
            return
        if not pa.types.is_dictionary(column.type) and not pa.types.is_string(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type) and (found := dates.iso(column)):
            self._values = found
            self._blank = column.is_null().to_numpy() if column.null_count else None
            return
        self._codes, values = dictionary(column)
        self._blank = None
        self.text = dates.apart(values)

    def read(self, dayfirst: bool | None, zone: ZoneInfo | None, earliest: int = dates.EARLIEST) -> RowTimes:
        """All rows. `dayfirst` as decided for the file; `zone` of times without an offset; `earliest` believed, ms."""
        values = self._values or dates.together(self.text, dayfirst)  # type: ignore[arg-type]
        if self.text is not None:
            values.kind[pc.equal(self.text.values, "").to_numpy(zero_copy_only=False)] = BLANK
        if earliest < dates.EARLIEST:
            values.kind[
                (values.kind == dates.IMPLAUSIBLE) & (values.time >= earliest) & (values.time < dates.LATEST)
            ] = dates.FINE
        fine = values.kind == dates.FINE
        midnight = self._all_midnight(values, fine)
        if midnight:
            values.date_only, values.naive = fine.copy(), np.zeros(len(fine), bool)
        twice = never = np.zeros(0, bool)
        if zone is not None and (naive := values.naive & fine).any():
            values.time = values.time.copy()
            values.time[naive], twice_there, never_there = zones.to_utc(values.time[naive], zone)
            twice, never = np.zeros(len(fine), bool), np.zeros(len(fine), bool)
            twice[naive], never[naive] = twice_there, never_there
        if not fine.all():
            values.time = np.where(fine, values.time, NO_TIME)
        return self._spread(values, midnight, twice, never)

    @staticmethod
    def _all_midnight(values: dates.Values, fine: npt.NDArray[np.bool_]) -> bool:
        """Many systems export dates with the clock at 00:00:00; if all of a column are, they are dates."""
        if not fine.any() or values.date_only[fine].all() or not (values.naive | values.date_only)[fine].all():
            return False
        return not (values.time[fine] % dates.DAY).any()

    def _spread(self, values: dates.Values, midnight: bool, twice: Any, never: Any) -> RowTimes:
        """From distinct values to rows."""
        if self._codes is None:
            kind = None if not values.kind.any() else values.kind
            if kind is not None and self._blank is not None:
                kind = np.where(self._blank, np.int8(BLANK), kind)
            return RowTimes(
                values.time, kind, values.date_only, values.form, midnight, np.flatnonzero(twice), np.flatnonzero(never)
            )
        codes = self._codes
        blank = len(codes) > 0 and codes.min() < 0
        kind = None
        if blank or values.kind.any():
            kind = np.append(values.kind, np.int8(BLANK))[codes]
        odd = [np.flatnonzero(np.append(m, False)[codes]) if m.any() else np.zeros(0, np.int64) for m in (twice, never)]
        time, date_only = np.append(values.time, NO_TIME)[codes], np.append(values.date_only, False)[codes]
        return RowTimes(time, kind, date_only, values.form, midnight, odd[0], odd[1])
