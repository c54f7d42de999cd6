"""Series of short breaks (legal status V3, V4) are no care: periods of care that are nothing else are left out.

The SSD keeps legal statuses in a table of their own, so that a period of care does not say this by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import Example, QualityReport
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources.ssd import values
from flowmap.sources.ssd.map import TableMap
from flowmap.sources.ssd.tables import SsdRows

COLUMNS = ["child", "start", "end"]


def short_breaks(rows: SsdRows, spec: TableMap, dayfirst: bool | None) -> pd.DataFrame | None:
    """The legal statuses that are left out as short breaks (child, start, end); None for a table of other things."""
    left = spec.leave_out
    if spec.kind != "legal_status" or left is None or left.column not in rows.columns or spec.child not in rows.columns:
        return None
    names = {field: spec.fields[field][0].columns[0] for field in ("start", "end") if field in spec.fields}
    held = {field: rows.columns[name] for field, name in names.items() if name in rows.columns}
    first = values.day_first(held, dayfirst)
    dates = {field: values.instants(column, first).array() for field, column in held.items()}
    blank = pa.nulls(len(rows.row), pa.timestamp("ms"))
    found = {"child": rows.columns[spec.child], "start": dates.get("start", blank), "end": dates.get("end", blank)}
    where = pc.is_in(values.code(rows.columns[left.column]), pa.array(list(left.values)))
    return pa.table(found).filter(where).to_pandas().dropna(subset=["child", "start"])


def without_breaks(
    care: pa.Table, breaks: Sequence[pd.DataFrame], statuses: Sequence[pa.Table], file: str, report: QualityReport
) -> pa.Table:
    """Periods of care without those during which a short break and no other legal status is recorded."""
    if not breaks or care.num_rows == 0:
        return care
    periods = care.select(COLUMNS).to_pandas()
    others = [t.select(COLUMNS).to_pandas() for t in statuses]
    only = _met(periods, breaks) & ~_met(periods, others)
    if only.any():
        report.add(
            "short-break",
            "Periods of care that are series of short breaks (V3, V4) are left out.",
            count=int(only.sum()),
            examples=[
                Example(file, None, r) for r in care.column("row").filter(pa.array(only)).to_pylist()[:MAX_EXAMPLES]
            ],
        )
    return care.filter(pa.array(~only))


def _met(periods: pd.DataFrame, others: Sequence[pd.DataFrame]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which periods share a day with another of the same child. One that ends as the period begins does not."""
    met = np.zeros(len(periods), dtype=bool)
    known = [frame for frame in others if len(frame)]
    if known:
        both = periods.assign(place=np.arange(len(periods))).merge(
            pd.concat(known), on="child", suffixes=("", "_other")
        )
        apart = (both["end_other"] <= both["start"]) | (both["end"] <= both["start_other"])
        met[both["place"][~apart].to_numpy()] = True
    return met
