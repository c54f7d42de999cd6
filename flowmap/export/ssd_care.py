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
    return latest(left[keep], "start", right, when)


def latest(left: pd.DataFrame, left_on: str, right: pd.DataFrame, right_on: str) -> pd.DataFrame:
    """Each row of `left` with the same child's latest row of `right` that is not after it, in the order of `left`."""
    rows = left.assign(at=np.arange(len(left)))
    if left.empty or right.empty:  # which pandas cannot join
        return rows.reindex(columns=list(dict.fromkeys([*rows.columns, *right.columns])))
    rows, others = (f.sort_values(on, kind="stable") for f, on in ((rows, left_on), (right, right_on)))
    found = pd.merge_asof(rows, others, left_on=left_on, right_on=right_on, by="child")
    return found.sort_values("at").reset_index(drop=True)
