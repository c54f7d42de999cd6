"""The rows of one file, as columns, with the file's own row numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.eventlog import Example, QualityReport
from flowmap.quality import MAX_EXAMPLES, shorten


@dataclass
class Rows:
    """Columns (text, numbers or dates) in file order, and what was said and found while reading them.

    `first_row` is the file's row of the first; `chosen` counts from there, where rows are missing here.
    """

    file: str
    columns: dict[str, pa.ChunkedArray]
    report: QualityReport
    first_row: int = 2
    place: str | None = None
    said: list[str] = field(default_factory=list)
    chosen: npt.NDArray[np.int64] | None = None

    def row(self, index: int) -> int:
        """The file's row (1-based) of the row at `index` here."""
        return self.first_row + (index if self.chosen is None else int(self.chosen[index]))

    def keep(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """Only some of the rows; they know their numbers in the file."""
        columns = {name: column.filter(pa.array(mask)) for name, column in self.columns.items()}
        chosen = np.flatnonzero(mask) if self.chosen is None else self.chosen[mask]
        return replace(self, columns=columns, chosen=chosen)

    def examples(self, where: npt.NDArray[Any], column: str | None) -> list[Example]:
        """Up to ten of the rows (a mask or indices), with what `column` holds there."""
        found = (np.flatnonzero(where) if where.dtype == bool else where)[:MAX_EXAMPLES]
        values = [None] * len(found)
        if column is not None:
            values = self.columns[column].take(pa.array(found)).to_pylist()
        place = ", ".join(p for p in (self.place, column) if p) or None
        return [
            Example(self.file, place, self.row(int(r)), None if v is None else shorten(v))
            for r, v in zip(found, values, strict=True)
        ]

    def left_out(self, name: str, reason: str) -> None:
        """Note that a column does not enter the log."""
        self.report.add("column-left-out", f"The column {name!r} of {self.file} is left out: {reason}.")
