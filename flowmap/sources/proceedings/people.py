"""The identities in a sheet, and its dates and references beside them: in memory, to be matched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowmap.eventlog import Example, QualityReport, SourceError
from flowmap.linkage.people import NO_DAY, identities
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources.options import ReadOptions
from flowmap.sources.proceedings import columns as proceedings_columns
from flowmap.sources.proceedings.cells import Sheet
from flowmap.sources.proceedings.columns import Roles

IDENTITY = ("child", "surname", "forename", "initials", "name", "sex", "ethnicity")
DATES = ("application", "final", "birth")


@dataclass
class Named:
    """A sheet's rows as identities (`frame`, as in `People`), with what was wrong with each date (masks)."""

    sheet: Sheet
    roles: Roles
    file: str
    frame: pd.DataFrame
    unreadable: dict[str, npt.NDArray[np.bool_]]
    turned: npt.NDArray[np.bool_]

    def examples(self, where: npt.NDArray[np.bool_], role: str | None = None) -> list[Example]:
        """Up to ten rows, without what they hold."""
        column = self.roles.get(role) if role else None
        place = ", ".join(part for part in (self.sheet.name and f"sheet {self.sheet.name}", column) if part) or None
        rows = self.frame["row"].to_numpy()[where][:MAX_EXAMPLES].tolist()
        return [Example(self.file, place, row) for row in rows]


def named(sheet: Sheet, roles: Roles, file: str, options: ReadOptions) -> Named:
    """The identities of a sheet; blank rows are among them."""
    cells: dict[str, Sequence[str]] = {role: sheet.columns[name] for role, name in roles.items()}
    dayfirst = options.dayfirst if options.dayfirst is not None else _day_first([cells[r] for r in DATES if r in cells])
    read = {r: proceedings_columns.read_days(cells[r], dayfirst) for r in DATES if r in cells}
    given: dict[str, Any] = {role: cells[role] for role in IDENTITY if role in cells}
    birth = read["birth"][0] if "birth" in read else None
    frame = identities(sheet.rows, birth=birth, **given)
    for role in ("application", "final"):
        frame[role] = read[role][0] if role in read else np.full(sheet.rows, NO_DAY)
    for role in ("order", "case"):
        frame[role] = list(cells[role]) if role in cells else [""] * sheet.rows
    frame["row"] = np.arange(sheet.rows) + sheet.first_row
    frame["place"] = sheet.name
    wrong = {role: found[1] for role, found in read.items()}
    turned = np.zeros(sheet.rows, bool)
    for found in read.values():
        turned |= found[2]
    return Named(sheet, roles, file, frame, wrong, turned)


def _day_first(columns: Sequence[Sequence[str]]) -> bool:
    """Whether the file is day-first: values that can only be so against those that cannot; a tie is, as in England."""
    turned = [
        sum(int(proceedings_columns.read_days(cells, first)[2].sum()) for cells in columns) for first in (True, False)
    ]
    return turned[0] <= turned[1]


def report_columns(report: QualityReport, found: Named) -> None:
    """Say which columns are used for matching only, and which not at all."""
    used = set(found.roles.values())
    for name in found.sheet.columns:
        if name not in used:
            report.add(
                "column-left-out",
                f"The column {proceedings_columns.shown(name)} of {found.file} is left out: not needed.",
            )
    for name in found.sheet.twice:
        said = (
            f"The column {proceedings_columns.shown(name)} of {found.file} is there more than once; the first counts."
        )
        report.add("column-twice", said)


def nothing(file: str, what: str, needs: str) -> SourceError:
    """The error for a file without a single row to use."""
    return SourceError(f"No row of the file is {what}.", file=file, remedy=f"Each needs {needs}.")
