"""Who is whose sibling: a column of family numbers, of which only a number of our own for each child stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.sources import ids
from flowmap.sources.rows import Rows

TYPICAL_FAMILY = 12  # children: where the median value has more, the column is a category ("single parent")
LARGEST_FAMILY = 40  # children: a value that more have stands for nothing known ("0", "unknown")

Codes = npt.NDArray[np.int32]


def is_key(column: pa.ChunkedArray, child: Codes, children: int) -> bool:
    """Whether the values of a column (one a row, as `child`) number families: the median one has few children.

    A column called family may also hold a kind of family. Then each value has many children, and the column is a fact
    like any other. In a log of a few children the two cannot be told apart; then it is taken to number families, so
    that no family's number becomes a facet.
    """
    return _are_families(_first_known(ids.encode(column)[0], child, children))


def of_children(rows: Rows, name: str, child: Codes, children: int) -> Codes | None:
    """Each child's family (-1 = not known): the first one known. None where the column `name` numbers no families."""
    codes, _ = ids.encode(rows.columns[name])
    family = _first_known(codes, child, children)
    if not _are_families(family):
        return None
    differs = (codes >= 0) & (codes != family[child])
    if differs.any():
        rows.report.add(
            "family-differs",
            "The child has another family elsewhere; the first is used.",
            count=int(differs.sum()),
            action="kept",
            remedy="Correct it in the source.",
            examples=rows.examples(differs, None),
        )
    crowd = np.append(np.bincount(family[family >= 0]) > LARGEST_FAMILY, False)[family]
    if crowd.any():
        rows.report.add(
            "family-too-large",
            f"More than {LARGEST_FAMILY} children have the same family: it is taken as not known.",
            count=int(crowd.sum()),
            action="kept",
            remedy="Leave the column blank where the family is not known.",
            examples=rows.examples(crowd[child], None),
        )
    return np.where(crowd, np.int32(-1), family)


def _first_known(codes: Codes, child: Codes, children: int) -> Codes:
    """(children,) the first code known of each child, -1 where there is none."""
    family = np.full(children, -1, dtype=np.int32)
    known = codes >= 0
    family[child[known][::-1]] = codes[known][::-1]
    return family


def _are_families(family: Codes) -> bool:
    sizes = np.bincount(family[family >= 0])
    sizes = sizes[sizes > 0]
    return bool(len(sizes)) and float(np.median(sizes)) <= TYPICAL_FAMILY
