"""A day's feed may purge what an earlier day's said: files are taken in the order in which they are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import Casework
from flowmap.sources.dfe_api.items import EPISODE, LISTS

# List -> the kinds of record made of it. A placement is a part of a chain that is made already: it stays.
MADE_OF = {
    "child_and_family_assessments": ("assessment",),
    "child_in_need_plans": ("cin_plan",),
    "section_47_assessments": ("s47", "icpc"),
    "child_protection_plans": ("cp_plan",),
}


def purges(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What a file purges: list -> the child (and ids) of each row that is marked."""
    keys = {"records": [], "child_details": [], "social_care_episodes": [EPISODE]}
    keys |= {name: [LISTS[name][0]] for name in MADE_OF}
    found = {
        name: frames[name].loc[frames[name]["purge"], ["child", *key]] for name, key in keys.items() if name in frames
    }
    return {name: frame.dropna() for name, frame in found.items() if len(frame.dropna())}


def align(found: Sequence[Casework]) -> None:
    """Take out of each file what a later one purges; `aside` holds what each purges, and is empty afterwards."""
    for i, later in enumerate(found):
        for earlier in found[:i]:
            gone = sum(_take_out(earlier, name, frame) for name, frame in (later.aside or {}).items())
            if gone:
                earlier.report.add(
                    "purged-later", f"{later.file} purges records of this file: they are left out.", count=gone
                )
    for each in found:
        each.aside = None


def _take_out(earlier: Casework, name: str, purged: pd.DataFrame) -> int:
    """Take the records out of the tables; how many they were."""
    count = 0
    for kind, table in earlier.tables.items():
        columns = _columns(name, kind, table)
        if columns is None:
            continue
        given = pd.MultiIndex.from_frame(purged)
        own = pd.MultiIndex.from_arrays([_texts(table, c) for c in columns])
        where = np.asarray(own.isin(given))
        count += int(where.sum())
        earlier.tables[kind] = table.filter(pa.array(~where))
    return count


def _columns(name: str, kind: str, table: pa.Table) -> list[str] | None:
    """The columns of a kind's table that a purge of this list is about; None where it is not about it."""
    if name == "records":
        return ["child"]
    if name == "child_details":
        return ["child"] if kind == "person" else None
    if name == "social_care_episodes":
        if kind == "referral":
            return ["child", "ref"]
        return ["child", "referral"] if "referral" in table.column_names else None
    return ["child", "ref"] if kind in MADE_OF[name] else None


def _texts(table: pa.Table, column: str) -> Any:
    return np.array(table.column(column).to_pylist(), dtype=object)
