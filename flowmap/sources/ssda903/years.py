"""Returns of successive years speak of the same periods: a period that one year cannot see begin, another year can.

A year's return holds the episodes that were open in that year. An episode open on 31 March comes again next year, but
the ones before it do not: next year's first episode is then one in mid-period. Its period of care (and legal status,
and placement) is given the start that another file knows, so that both files mean the same record.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import TIME, Casework
from flowmap.eventlog import NO_TIME
from flowmap.quality import MAX_EXAMPLES, Example
from flowmap.sources.ssda903.chains import BEFORE

# What must be the same for two records to be one; a placement or status of another kind is another one.
SAME = {"care": [], "legal_status": ["status"], "placement": ["type", "provider"]}


def align(files: Sequence[Casework]) -> int:
    """Give records that began before their file the start that another file knows; returns how many were moved.

    A record of another file is the same if it is of the same child (and status, or placement and provider), begins
    earlier and had not ended by then. The tables of `files` are replaced in place; a second call finds nothing to do.
    """
    moved = 0
    settled: dict[int, list[int]] = {}
    for kind, same in SAME.items():
        known = {i: _frame(file.tables[kind], same) for i, file in enumerate(files) if kind in file.tables}
        trusted = {i: frame[~frame["before"]] for i, frame in known.items()}
        for i in sorted(known, key=lambda i: files[i].as_of):
            open_ = known[i][known[i]["before"]]
            others = [frame for j, frame in trusted.items() if j != i and len(frame)]
            if len(open_) and others:
                starts = _starts(open_, pd.concat(others), same)
                changed = starts != open_["start"].to_numpy()
                moved += int(changed.sum())
                _move(files[i], kind, open_.index.to_numpy(), starts)
                if kind == "care":
                    settled[i] = files[i].tables[kind]["row"].take(pa.array(open_.index[changed])).to_pylist()
                    _report(files[i], open_.index.to_numpy()[~changed], int(changed.sum()))
                open_ = open_.assign(start=starts)
            trusted[i] = pd.concat([trusted[i], open_])
    for i, rows in settled.items():
        _settle(files[i], rows)
    return moved


def _frame(table: pa.Table, same: list[str]) -> pd.DataFrame:
    frame = table.select(["child", *same]).to_pandas()
    for name in ("start", "end"):
        frame[name] = table[name].cast(pa.int64()).fill_null(NO_TIME).to_numpy()
    place = table["place"].cast(pa.string()).fill_null("")
    frame["before"] = pc.ends_with(place, BEFORE).to_numpy()
    for name in same:
        frame[name] = frame[name].fillna("")
    return frame


def _starts(open_: pd.DataFrame, others: pd.DataFrame, same: list[str]) -> npt.NDArray[np.int64]:
    """For each record the start of the latest other one that begins no later and had not ended by then."""
    others = others[["child", *same, "start", "end"]].sort_values("start", kind="stable")
    left = open_[["child", *same, "start"]].reset_index(drop=True).reset_index().sort_values("start", kind="stable")
    found = pd.merge_asof(
        left,
        others.rename(columns={"end": "until"}).assign(found=others["start"]),
        on="start",
        by=["child", *same],
        direction="backward",
    ).set_index("index")
    found = found.sort_index()
    covers = found["found"].notna() & ((found["until"] == NO_TIME) | (found["until"] > found["start"]))
    return np.where(covers, found["found"].fillna(0).astype("int64"), found["start"]).astype(np.int64)


def _move(file: Casework, kind: str, rows: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> None:
    table = file.tables[kind]
    start = table["start"].cast(pa.int64()).to_numpy().copy()
    start[rows] = starts
    at = table.schema.get_field_index("start")
    file.tables[kind] = table.set_column(at, table.schema.field("start"), pa.array(start).cast(TIME))


def _settle(file: Casework, rows: list[int]) -> None:
    """The records of these rows no longer say that they began before the file."""
    for kind in SAME.keys() & file.tables.keys():
        table = file.tables[kind]
        place = table["place"].cast(pa.string())
        known = pc.is_in(table["row"], pa.array(rows, pa.int64()))
        place = pc.if_else(known, pc.replace_substring(place, f", {BEFORE}", ""), place)
        at = table.schema.get_field_index("place")
        field = table.schema.field("place")
        file.tables[kind] = table.set_column(at, field, place.combine_chunks().dictionary_encode())


def _report(file: Casework, left: npt.NDArray[np.int64], moved: int) -> None:
    """Of the periods that began before the file, only those whose start no file knows stay in its report as such."""
    if not moved:
        return
    table = file.tables["care"].take(pa.array(left[:MAX_EXAMPLES]))
    starts = [start.strftime("%d/%m/%Y") for start in table["start"].to_pylist()]
    for problem in file.report.problems:
        if problem.rule == "begun-before":
            problem.count = len(left)
            place = problem.examples[0].place if problem.examples else None
            rows = zip(table["row"].to_pylist(), starts, strict=True)
            problem.examples = [Example(file.file, place, row, start) for row, start in rows]
    file.report.problems[:] = [p for p in file.report.problems if p.count or p.rule != "begun-before"]
    said = "The period of care began before this file; it is given the start that another year's file knows."
    file.report.add("start-from-another-year", said, count=moved)
