"""Where the legal department's dates and social care's differ, for one of them to be put right.

A care order is legal status C2 from the day that it is made, a placement order E1, an interim care order C1 (after the
application, never before it). Codes: DfE guide to the SSDA903 return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.linkage.decisions import iso_day
from flowmap.linkage.link import Linked, days
from flowmap.linkage.people import NO_DAY

LOOKED_ROUND = 183  # days: a legal status further from the order than this belongs to something else
BEFORE = 60  # days before the application within which an interim order must be meant for it
FINAL_ORDERS = {"Care order": ("C2", "care order"), "Placement order": ("E1", "placement order")}


def find(linked: Linked, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """[{file, sheet, row, what, legal, social, days}], dates as 2024-01-31; without one `social` is "", `days` null.

    `days` is how many days social care is later. Rows of one child and case that say the same are one discrepancy.
    """
    if "legal_status" not in tables or not linked.links.linked.any():
        return []
    table = tables["legal_status"]
    code = linked.children.get_indexer(table.column("child").to_pandas())
    status = pd.DataFrame(
        {"child": code, "day": days(table.column("start")), "status": table.column("status").to_pandas()}
    )
    status = status[status["day"] != NO_DAY]
    if not len(status):
        return []
    spoken_of = (status["day"].min(), status["day"].max())  # the time that social care's file covers
    legal = linked.legal.frame.assign(child=linked.links.child)
    legal = legal[legal["child"] >= 0]
    order = legal["order"].fillna("")
    found = []
    for name, (which, words) in FINAL_ORDERS.items():
        made = legal[(legal["final"].between(*spoken_of)) & order.map(lambda text, name=name: name in text.split("; "))]
        starts = status[status["status"] == which]
        found.append(_differing(made, starts, "final", words, which))
    interim = status[status["status"] == "C1"]
    asked = legal[legal["application"] != NO_DAY]
    found.append(_too_early(asked, interim))
    both = pd.concat(found, ignore_index=True)
    both = both.drop_duplicates(["child", "what", "legal", "social"]).sort_values(
        ["file", "sheet", "row"], kind="stable"
    )
    columns = [both[name].tolist() for name in ("file", "sheet", "row", "what", "legal", "social")]
    return [
        {
            "file": file,
            "sheet": sheet,
            "row": row,
            "what": what,
            "legal": iso_day(day),
            "social": iso_day(social),
            "days": None if social == NO_DAY else social - day,
        }
        for file, sheet, row, what, day, social in zip(*columns, strict=True)
    ]


def _differing(legal: pd.DataFrame, starts: pd.DataFrame, column: str, words: str, code: str) -> pd.DataFrame:
    """Orders whose nearest legal status of that code starts on another day, or is not there."""
    near = _nearest(legal, starts, column)
    far = near["social"] == NO_DAY
    away = np.where(far, 0, near["social"] - near["legal"])
    near["what"] = np.where(
        far, f"{words} without legal status {code} in social care", f"{words} and legal status {code} on different days"
    )
    return near[far | (away != 0)]


def _too_early(legal: pd.DataFrame, starts: pd.DataFrame) -> pd.DataFrame:
    """Applications that an interim care order (C1) comes before, by up to BEFORE days."""
    near = _nearest(legal, starts, "application")
    away = np.where(near["social"] == NO_DAY, 0, near["social"] - near["legal"])
    near["what"] = "application after legal status C1"
    return near[(away < 0) & (away >= -BEFORE)]


def _nearest(legal: pd.DataFrame, starts: pd.DataFrame, column: str) -> pd.DataFrame:
    """Each legal row (its place, child, legal day) with the start nearest to it within LOOKED_ROUND, or NO_DAY."""
    mine = legal[["file", "sheet", "row", "child", column]].rename(columns={column: "legal"}).reset_index(drop=True)
    mine["at"] = np.arange(len(mine))
    pairs = mine[["at", "child", "legal"]].merge(starts[["child", "day"]], on="child")
    pairs["away"] = (pairs["day"] - pairs["legal"]).abs()
    pairs = pairs[pairs["away"] <= LOOKED_ROUND].sort_values(["at", "away"], kind="stable").drop_duplicates("at")
    social = np.full(len(mine), NO_DAY)
    social[pairs["at"]] = pairs["day"]
    return mine.assign(social=social)
