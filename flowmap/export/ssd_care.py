"""Periods of care as the chains of episodes that SSDA903, the SSD and the daily feed hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def episodes(care: pd.DataFrame, statuses: pd.DataFrame, placements: pd.DataFrame) -> pd.DataFrame:
    """Periods of care cut where the legal status or the placement changes.

    Columns: ref (of the period), number (1, 2, …), child, start, end, begun (S, L, P or B), reason (X1 but
    for the last), need, referral, entered (the period's start), placement (its ref, where one is known).
    """
    held = care.reset_index(drop=True).rename(columns={"start": "entered", "end": "left", "reason": "why"})
    held["period"] = np.arange(len(held))
    parts = [held.assign(start=held["entered"], what=1)]
    for changes, what in ((statuses, 2), (placements, 4)):
        joined = held.merge(changes[["child", "start"]].dropna(), on="child")
        inside = (joined["start"] > joined["entered"]) & ~(joined["start"] >= joined["left"])
        parts.append(joined[inside].assign(what=what))
    cut = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    keys = ["period", "start"]
    cut = cut.assign(what=cut.drop_duplicates([*keys, "what"]).groupby(keys)["what"].transform("sum"))
    cut = cut.drop_duplicates(keys).sort_values(keys, kind="stable").reset_index(drop=True)
    after = cut["period"].eq(cut["period"].shift(-1))
    cut["number"] = cut.groupby("period").cumcount() + 1
    cut["begun"] = cut["what"].map({1: "S", 3: "S", 5: "S", 7: "S", 2: "L", 4: "P", 6: "B"})
    cut["end"] = cut["start"].shift(-1).where(after, cut["left"])
    cut["reason"] = cut["why"].astype(object).where(~after, "X1")
    cut["placement"] = _latest(cut, placements)
    return cut


def within(records: pd.DataFrame, care: pd.DataFrame) -> Any:
    """For each record (child, start) the ref of the period of care in which it starts; None where there is none."""
    if care.empty or records.empty:
        return np.full(len(records), None, dtype=object)
    found = _as_of(records, care[["child", "start", "end", "ref"]].rename(columns={"start": "began"}), "began")
    inside = found["ref"].notna() & ~(found["start"] > found["end"])
    return found["ref"].where(inside, None).to_numpy()


def _latest(cut: pd.DataFrame, placements: pd.DataFrame) -> Any:
    """The ref of the placement that an episode begins in."""
    if cut.empty or placements.empty:
        return np.full(len(cut), None, dtype=object)
    known = placements[["child", "start", "ref"]].rename(columns={"start": "began", "ref": "place"})
    found = _as_of(cut.drop(columns="ref"), known, "began")
    return found["place"].where(found["began"] >= found["entered"], None).to_numpy()


def _as_of(left: pd.DataFrame, right: pd.DataFrame, when: str) -> pd.DataFrame:
    """Each row of `left` with the child's latest row of `right` that is not after its start, in the order of `left`."""
    keep = [c for c in left.columns if c == "child" or c not in right.columns]
    rows = left[keep].assign(at=np.arange(len(left))).sort_values("start", kind="stable")
    found = pd.merge_asof(rows, right.sort_values(when, kind="stable"), left_on="start", right_on=when, by="child")
    return found.sort_values("at")
