"""Episodes of care from periods of care, legal statuses and placements: the chain that the return wants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import empty

# What stands where the records do not say, if blanks are to be filled: section 20, another foster carer, the
# authority's own provision, abuse or neglect; and for the reason care ceased, "any other reason".
FIRST = {"LS": "V2", "PLACE": "U6", "PLACE_PROVIDER": "PR1", "CIN": "N1", "REC": "E8"}
NEVER = pd.Timestamp("2262-01-01")  # the end of what has not ended


def episodes(tables: Mapping[str, pa.Table], last: np.datetime64, *, fill: bool) -> pd.DataFrame:
    """One row an episode: CHILD, start, end (NEVER while open on `last`), RNE, LS, CIN, PLACE, PLACE_PROVIDER, REC.

    A period of care is cut wherever a legal status or placement begins or ends within it.
    """
    care = _records(tables, "care", ["reason", "need"], last)
    care = care.drop_duplicates(["child", "start"]).reset_index(drop=True)
    if care.empty:
        return pd.DataFrame(columns=["CHILD", "start", "end"])
    status = _records(tables, "legal_status", ["status"], last)
    placement = _records(tables, "placement", ["type", "provider"], last)
    cuts = pd.concat([care[["child", "start"]], *(_edges(each) for each in (status, placement))])
    cuts = cuts.drop_duplicates().sort_values("start", kind="stable")
    rows = _within(cuts, care, "care", ["reason", "need"])
    rows = _within(rows[rows["care_id"] >= 0], status, "LS", ["status"])
    rows = _within(rows, placement, "PL", ["type", "provider"])
    rows = rows.sort_values(["child", "start"], kind="stable").reset_index(drop=True)
    return _chained(rows, fill)


def _records(tables: Mapping[str, pa.Table], kind: str, columns: list[str], last: np.datetime64) -> pd.DataFrame:
    """A kind's records up to the last day, by start; times of day are left out."""
    found = tables.get(kind, empty(kind)).select(["child", "start", "end", *columns]).to_pandas()
    found["start"], found["end"] = (found[c].dt.floor("D").astype("datetime64[ns]") for c in ("start", "end"))
    found = found[found["start"] <= last]
    found["end"] = found["end"].where(found["end"] <= last, NEVER).fillna(NEVER)
    return found.sort_values(["start", "child"], kind="stable").reset_index(drop=True)


def _edges(records: pd.DataFrame) -> pd.DataFrame:
    ends = records.loc[records["end"] < NEVER, ["child", "end"]].rename(columns={"end": "start"})
    return pd.concat([records[["child", "start"]], ends])


def _within(rows: pd.DataFrame, records: pd.DataFrame, name: str, columns: list[str]) -> pd.DataFrame:
    """To each row (by start) the values of the child's latest record that holds its day; `name`_id says which."""
    records = records.copy()
    records[f"{name}_id"], records[f"{name}_end"] = np.arange(len(records)), records["end"]
    records[f"{name}_from"] = records["start"]
    kept = ["child", "start", f"{name}_id", f"{name}_from", f"{name}_end", *columns]
    found = pd.merge_asof(rows.sort_values("start", kind="stable"), records[kept], on="start", by="child")
    held = found[f"{name}_end"] > found["start"]
    one_day = found["care_end"] == found["start"]  # care that ended on the day on which it began is care all the same
    held |= one_day & (found[f"{name}_from"] == found["start"])
    found[f"{name}_id"] = found[f"{name}_id"].where(held, -1)
    for column in columns:
        found[column] = found[column].where(held)
    return found


def _chained(rows: pd.DataFrame, fill: bool) -> pd.DataFrame:
    """Rows in order become episodes: those at which nothing changes are left out, each ends where the next begins."""
    made = pd.DataFrame({"CHILD": rows["child"], "start": rows["start"]})
    for name, column in {"LS": "status", "PLACE": "type", "PLACE_PROVIDER": "provider", "CIN": "need"}.items():
        made[name] = rows[column].fillna(FIRST[name] if fill else "")
    first = rows["care_id"].ne(rows["care_id"].shift())
    legal = made["LS"].ne(made["LS"].shift()) & ~first
    moved = (rows["PL_id"].ne(rows["PL_id"].shift())) & ~first
    made["RNE"] = np.select([first, legal & moved, legal], ["S", "B", "L"], "P")
    kept = first | legal | moved
    made, rows = made[kept].reset_index(drop=True), rows[kept].reset_index(drop=True)
    goes_on = rows["care_id"].eq(rows["care_id"].shift(-1))
    made["end"] = rows["start"].shift(-1).where(goes_on, rows["care_end"])
    reason = rows["reason"].fillna(FIRST["REC"] if fill else "")
    made["REC"] = np.where(goes_on, "X1", np.where(made["end"] < NEVER, reason, ""))
    return made
