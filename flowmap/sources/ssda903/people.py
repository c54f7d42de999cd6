"""The lists of an SSDA903 return that speak of the child and of adoption."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework import kinds
from flowmap.sources.ssda903.cells import Cells
from flowmap.sources.ssda903.chains import instants
from flowmap.sources.ssda903.lists import CHILD


def person(cells: Cells) -> pa.Table:
    """Children of the lists Header and UASC; a child in several rows counts once, with the first row's facts."""
    cells = _first(cells, [cells.text(CHILD)], "The child stands in an earlier row; the first is used.")
    seeking = pa.array(np.ones(len(cells), bool)) if cells.of.name == "UASC" else _flag(cells.text("UASC"))
    return kinds.table(
        "person",
        {
            "child": cells.text(CHILD),
            "birth": instants(cells.day("DOB")),
            "sex": cells.text("SEX"),
            "ethnicity": cells.text("ETHNIC"),
            "uasc": seeking,
            "row": cells.rows,
            "place": [cells.place] * len(cells),
        },
    )


def adoption(cells: Cells) -> pa.Table:
    """Decisions for adoption: PlacedAdoption (with its reversal) and AD1 (DATE_INT)."""
    when = cells.of.when or ""
    cells = _first(
        cells, [cells.text(CHILD), pa.array(cells.day(when))], "The same decision stands in an earlier row.", when
    )
    reversed_ = cells.day("DATE_PLACED_CEASED")
    return kinds.table(
        "adoption",
        {
            "child": cells.text(CHILD),
            "decision": instants(cells.day(when)),
            "reversed": instants(reversed_),
            "row": cells.rows,
            "place": [cells.place] * len(cells),
        },
    )


def _first(cells: Cells, key: list[pa.Array], message: str, column: str | None = None) -> Cells:
    """Each child (or child and day) once."""
    frame = pd.DataFrame({i: each.to_numpy(zero_copy_only=False) for i, each in enumerate(key)})
    return cells.drop(frame.duplicated().to_numpy(), "duplicate-row", message, column=column)


def _flag(column: pa.Array) -> pa.Array:
    """1 is yes and 0 no; blank is not known."""
    yes = pc.is_in(column, pa.array(["1", "Y", "YES", "TRUE"]))
    return pc.if_else(column.is_valid(), yes, pa.scalar(None, pa.bool_()))
