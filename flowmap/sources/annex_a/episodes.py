"""What several lists of Annex A say of one referral, and of one child, put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, empty
from flowmap.eventlog import Example, QualityReport
from flowmap.quality import MAX_EXAMPLES
from flowmap.sources.dates import DAY

# What says least: it never wins over another list's answer.
WEAK = {"sex": ("U",), "ethnicity": ("NOBT", "REFU")}
COMPARED = {"birth": "date of birth", "sex": "gender", "ethnicity": "ethnicity"}


def join_referrals(referrals: pa.Table | None, cin: pa.Table, file: str, report: QualityReport) -> pa.Table:
    """List 3's referrals with what list 6 says of the episode that began that day; then the other episodes of list 6.

    Ofsted: the CIN start date "is the start date of the referral which led to this episode of need" (questions and
    answers of August 2019). So an episode whose referral is older than the file is a referral of that day.
    """
    referrals = empty("referral") if referrals is None else referrals
    if not len(referrals):
        return cin
    mine, its = _keys(referrals, cin)
    known, first = np.unique(mine, return_index=True)
    at = np.minimum(np.searchsorted(known, its), len(known) - 1)
    hit = known[at] == its
    again = np.ones(len(its), dtype=bool)
    again[np.unique(its, return_index=True)[1]] = False
    hit &= ~again
    source = np.full(len(referrals), -1, dtype=np.int64)
    source[first[at[hit]]] = np.flatnonzero(hit)
    pick = pa.array(source, mask=source < 0)
    columns = {name: referrals[name] for name in referrals.column_names}
    for name in ("need", "closed", "reason", "team"):
        columns[name] = pc.coalesce(referrals[name].combine_chunks(), cin[name].combine_chunks().take(pick))
    _report_unmatched(cin, ~hit & ~again, referrals, file, report)
    return pa.concat_tables([pa.table(columns, schema=referrals.schema), cin.filter(pa.array(~hit))])


def _keys(*tables: pa.Table) -> list[npt.NDArray[np.int64]]:
    """One number for child and day, the same in all tables."""
    child = pa.chunked_array([c for t in tables for c in t["child"].chunks], pa.string()).combine_chunks()
    codes = child.dictionary_encode().indices.to_numpy().astype(np.int64)
    days = np.concatenate([t["date"].cast(pa.int64()).to_numpy() // DAY for t in tables])
    return np.split(codes * 1_000_000 + days + 500_000, np.cumsum([len(t) for t in tables])[:-1])


def _report_unmatched(cin: pa.Table, alone: Any, referrals: pa.Table, file: str, report: QualityReport) -> None:
    """Episodes that began while list 3 was collected, without a referral that day: a CIN start date that is another."""
    begun = cin["date"].cast(pa.int64()).to_numpy()
    where = alone & (begun >= pc.min(referrals["date"].cast(pa.int64())).as_py())
    if where.any():
        found = np.flatnonzero(where)[:MAX_EXAMPLES]
        report.add(
            "cin-start-without-referral",
            "There is no referral on the CIN start date: the start of the episode counts as a referral of its own.",
            count=int(where.sum()),
            action="kept",
            remedy="Ofsted asks for the date of the referral that led to the episode.",
            examples=[
                Example(file, _place(cin, i), cin["row"][i].as_py(), f"{cin['date'][i].as_py():%d/%m/%Y}")
                for i in found.tolist()
            ],
        )


def persons(rows: pa.Table, file: str, report: QualityReport) -> pa.Table:
    """One row a child: of each fact the first that is known, lists in order; `not stated` never wins over an answer."""
    coded = rows["child"].combine_chunks().dictionary_encode()
    codes = coded.indices.to_numpy()
    children, first = np.unique(codes, return_index=True)
    columns: dict[str, Any] = {"child": coded.dictionary}
    for field in KINDS["person"].fields:
        column = rows[field.name].combine_chunks()
        known = np.flatnonzero(pc.is_valid(column).to_numpy(zero_copy_only=False))
        if field.name in WEAK:
            weak = pc.is_in(column, pa.array(WEAK[field.name])).to_numpy(zero_copy_only=False)
            known = known[np.argsort(weak[known], kind="stable")]
        else:
            weak = np.zeros(len(column), dtype=bool)
        have, place = np.unique(codes[known], return_index=True)
        pick = np.full(len(children), -1, dtype=np.int64)
        pick[have] = known[place]
        columns[field.name] = column.take(pa.array(pick, mask=pick < 0))
        if field.name in COMPARED:
            _report_differing(rows, column, codes, pick, weak, COMPARED[field.name], file, report)
    columns["row"] = rows["row"].take(pa.array(first))
    columns["place"] = rows["place"].take(pa.array(first))
    return pa.table(columns, schema=rows.schema)


def _report_differing(
    rows: pa.Table, column: Any, codes: Any, pick: Any, weak: Any, what: str, file: str, report: QualityReport
) -> None:
    """Lists of one file that do not agree about a child."""
    taken = column.take(pa.array(pick[codes], mask=pick[codes] < 0))
    differs = pc.not_equal(column, taken).fill_null(False).to_numpy(zero_copy_only=False) & ~weak
    if differs.any():
        found = np.flatnonzero(differs)
        report.add(
            "lists-differ",
            f"Rows about one child do not agree about the {what}; the first list's answer is taken.",
            count=len(np.unique(codes[found])),
            action="kept",
            remedy="Correct it in the source.",
            examples=[Example(file, _place(rows, i), rows["row"][i].as_py()) for i in found[:MAX_EXAMPLES].tolist()],
        )


def _place(rows: pa.Table, index: int) -> str | None:
    place: str | None = rows["place"][index].as_py()
    return place
