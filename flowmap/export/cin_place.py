"""Which episode of need each case record belongs to, and which of them a census year has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import KINDS, empty

Flags = npt.NDArray[np.bool_]

# Records that stand inside a CINdetails: the column that dates them, and the one that ends them.
PARTS = {
    "assessment": ("start", "authorised"),
    "cin_plan": ("start", "end"),
    "s47": ("start", "held"),
    "cp_plan": ("start", "end"),
    "icpc": ("date", "date"),
}
NEVER = pd.Timestamp("2200-01-01")


@dataclass(frozen=True)
class Placed:
    """Episodes (one a referral, in order of child and day), what stands inside each (column `episode`), and persons.

    Days are datetime64[s], NaT where there is none. `lost` counts the records of each kind that no census can carry.
    """

    persons: pd.DataFrame
    episodes: pd.DataFrame
    parts: dict[str, pd.DataFrame]
    lost: dict[str, int]


def place(tables: Mapping[str, pa.Table]) -> Placed:
    """Records in their episodes: by the key of the referral, else by date within an episode of the child."""
    episodes = frame(tables, "referral").sort_values(["child", "date"], kind="stable", ignore_index=True)
    nfa = (episodes["nfa"] == True).to_numpy()  # noqa: E712 - null is not true
    decided = episodes["nfa_date"].where(nfa)
    episodes["closed"] = episodes["closed"].fillna(decided)
    # The day on which the episode stops being open: a referral without further action never was.
    episodes["stop"] = episodes["closed"].fillna(episodes["date"].where(nfa)).fillna(NEVER)
    lost = {kind: table.num_rows for kind, table in tables.items() if kind not in (*PARTS, "referral", "person")}
    parts = {}
    for kind, (when, _) in PARTS.items():
        records = frame(tables, kind)
        records["episode"] = _episode(records, when, episodes)
        outside = (records["episode"] < 0).to_numpy()
        lost[kind] = int(outside.sum())
        parts[kind] = records[~outside].sort_values(["episode", when], kind="stable", ignore_index=True)
    parts["s47"], parts["icpc"], surplus = _conferences(parts["s47"], parts["icpc"])
    lost["icpc"] += surplus
    persons = frame(tables, "person").drop_duplicates("child").set_index("child")
    lost["person"] = int((~persons.index.isin(episodes["child"])).sum())
    return Placed(persons, episodes, parts, {kind: n for kind, n in lost.items() if n})


def frame(tables: Mapping[str, pa.Table], kind: str) -> pd.DataFrame:
    """A table of records as a frame, times as days."""
    table = tables.get(kind, empty(kind))
    names = ["child", *(f.name for f in KINDS[kind].fields)]
    found = {}
    for name in names:
        column = table[name].combine_chunks()
        if pa.types.is_timestamp(column.type):
            days = column.cast(pa.timestamp("ms")).to_numpy(zero_copy_only=False).astype("datetime64[D]")
            found[name] = pd.Series(days.astype("datetime64[s]"))
        else:
            found[name] = pd.Series(column.to_pandas(), dtype=object if not pa.types.is_integer(column.type) else None)
    return pd.DataFrame(found, columns=names)


def in_year(placed: Placed, first: pd.Timestamp, last: pd.Timestamp) -> tuple[Flags, dict[str, Flags]]:
    """Which episodes and which records in them the census of the year from `first` to `last` has.

    An episode that was open on any day of the year (a referral without further action: in the year that it came), or
    that has a record of the year; of its records those begun by the year's end and not ended before the year.
    """
    episodes = placed.episodes
    here = ((episodes["date"] <= last) & (episodes["stop"] >= first)).to_numpy().copy()
    parts = {}
    for kind, (when, until) in PARTS.items():
        records = placed.parts[kind]
        start, end = records[when], records[until]
        if kind == "s47":  # it has no end of its own: it counts on its day and on the day of its conference
            end = end.fillna(start)
        else:
            end = end.fillna(episodes["stop"].reindex(records["episode"]).set_axis(records.index))
        chosen = ((start <= last) & (end.where(end >= start, start) >= first)).to_numpy()
        here[records["episode"].to_numpy()[chosen]] = True
        parts[kind] = chosen
    return here, parts


def _episode(records: pd.DataFrame, when: str, episodes: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The row of each record's episode, -1 where there is none."""
    keyed = episodes[episodes["ref"].notna()].drop_duplicates(["child", "ref"])
    index = pd.MultiIndex.from_arrays([keyed["child"], keyed["ref"]])
    wanted = pd.MultiIndex.from_arrays([records["child"], records["referral"].fillna("")])
    at = index.get_indexer(wanted) if len(index) else np.full(len(records), -1)
    found = np.where(at >= 0, keyed.index.to_numpy()[at] if len(keyed) else -1, -1).astype(np.int64)
    rest = pd.DataFrame({"child": records["child"], "day": records[when], "record": np.arange(len(records))})[found < 0]
    spans = episodes[["child", "date", "stop"]].assign(episode=np.arange(len(episodes)))
    both = rest.merge(spans, on="child")
    both = both[(both["date"] <= both["day"]) & (both["day"] <= both["stop"])].drop_duplicates("record", keep="last")
    found[both["record"].to_numpy()] = both["episode"].to_numpy()
    return found


def _conferences(enquiries: pd.DataFrame, held: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The enquiries with the day of their conference (`held`), the other conferences, and how many are lost.

    A conference goes with the last enquiry of the episode begun by its day, the first of several; of the others an
    episode (CINdetails) has room for one.
    """
    enquiries = enquiries.assign(enquiry=np.arange(len(enquiries)))
    held = held.assign(conference=np.arange(len(held)))
    both = held[["episode", "date", "conference"]].merge(enquiries[["episode", "start", "enquiry"]], on="episode")
    both = both[both["start"] <= both["date"]].drop_duplicates("conference", keep="last")
    both = both.drop_duplicates("enquiry")
    of_enquiry = pd.Series(both["date"].to_numpy(), index=both["enquiry"].to_numpy())
    enquiries["held"] = of_enquiry.reindex(enquiries["enquiry"]).to_numpy().astype("datetime64[s]")
    alone = held[~held["conference"].isin(both["conference"])]
    kept = alone.drop_duplicates("episode").reset_index(drop=True)
    return enquiries, kept, len(alone) - len(kept)
