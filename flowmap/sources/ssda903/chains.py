"""Episodes of care become periods of care: a chain from RNE S to a reason (REC) other than X1.

DfE, guide to the SSDA903 collection: a period of care is made of one or more episodes; a new episode begins with each
change of legal status or placement, and X1 says that the next episode begins on the same or the next day. All steps
work on whole columns, sorted by child and first day.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from flowmap.casework import kinds
from flowmap.eventlog import NO_TIME
from flowmap.sources.dates import DAY
from flowmap.sources.ssda903.cells import Cells, Mask, Times
from flowmap.sources.ssda903.lists import CHILD, SHORT_BREAKS

BEFORE = "begun before the file"  # in a record's place: its true start may stand in another year's file
MOVED = ("P", "B")  # reasons for a new episode that always mean another placement and other carers
Codes = npt.NDArray[np.int64]


def tables(cells: Cells) -> dict[str, pa.Table]:
    """Periods of care, legal statuses and placements of the list Episodes; its report says what was put right."""
    cells = _in_order(_each_once(_ends_after_start(_without_short_breaks(cells))))
    if not len(cells):
        return {kind: kinds.empty(kind) for kind in ("care", "legal_status", "placement")}
    joined = _joined(cells)
    ends = _ends(cells, joined)
    begins = np.append(True, ~joined[:-1])
    before = _begun_before(cells, begins)
    return {
        "care": _care(cells, begins, ends, before),
        "legal_status": _runs(cells, begins, ends, before, "legal_status", {"status": "LS"}),
        "placement": _runs(cells, begins, ends, before, "placement", {"type": "PLACE", "provider": "PLACE_PROVIDER"}),
    }


def _without_short_breaks(cells: Cells) -> Cells:
    return cells.drop(
        cells.is_("LS", *SHORT_BREAKS),
        "short-break",
        "The episode is a short break (legal status V3 or V4): no period of care, so it is left out.",
        column="LS",
        remedy="Nothing to mend: short breaks are not on the map.",
        severity="note",
    )


def _ends_after_start(cells: Cells) -> Cells:
    """An end before the start is taken as not known."""
    wrong = (cells.day("DEC") != NO_TIME) & (cells.day("DEC") < cells.day("DECOM"))
    if wrong.any():
        cells.note(
            wrong,
            "end-before-start",
            "The episode ends (DEC) before it starts (DECOM): the end is taken as not known.",
            action="repaired",
            column="DEC",
        )
        cells.days["DEC"] = np.where(wrong, NO_TIME, cells.day("DEC"))
    return cells


def _each_once(cells: Cells) -> Cells:
    """One episode for a child and first day: of several the one that is closed, and latest."""
    frame = pd.DataFrame({name: _codes(cells.text(name)) for name in (CHILD, *cells.of.texts)})
    frame["DECOM"], frame["DEC"] = cells.day("DECOM"), cells.day("DEC")
    twice = frame.duplicated().to_numpy()
    if twice.any():
        cells = cells.drop(twice, "duplicate-row", "The same episode stands in an earlier row.", column="DECOM")
        frame = frame[~twice].reset_index(drop=True)
    closed = frame["DEC"] != NO_TIME
    frame["rank"] = np.where(frame["DEC"] == frame["DECOM"], 0, np.where(closed, 2, 1))
    order = frame.sort_values([CHILD, "DECOM", "rank", "DEC"], kind="stable").index
    last = ~frame.loc[order].duplicated([CHILD, "DECOM"], keep="last").sort_index().to_numpy()
    if last.all():
        return cells
    started = cells.is_("RNE", "S")
    whole = pd.Series(started).groupby([frame[CHILD], frame["DECOM"]]).transform("any").to_numpy()
    if "RNE" in cells.texts:
        rne = pa.array(np.where(whole, "S", ""), pa.string())
        cells.texts["RNE"] = pa.compute.if_else(pa.array(whole), rne, cells.texts["RNE"])
    return cells.drop(
        ~last,
        "episode-twice",
        "Another episode of the child starts (DECOM) on the same day; the one that ends latest is used.",
        column="DECOM",
    )


def _in_order(cells: Cells) -> Cells:
    return cells.take(np.lexsort((cells.day("DECOM"), _codes(cells.text(CHILD)))))


def _next(cells: Cells) -> tuple[Mask, Times, Mask]:
    """(whether the child has another episode after this one, its first day, whether it says S: started)."""
    child = _codes(cells.text(CHILD))
    return (
        np.append(child[1:] == child[:-1], False),
        np.append(cells.day("DECOM")[1:], NO_TIME),
        np.append(cells.is_("RNE", "S")[1:], False),
    )


def _joined(cells: Cells) -> Mask:
    """Whether the next episode goes on with the same period of care."""
    more, start, starts = _next(cells)
    dec, closed = cells.day("DEC"), cells.day("DEC") != NO_TIME
    goes_on, silent = cells.is_("REC", "X1"), ~cells.known("REC")
    gap = np.where(more & closed, (start - np.where(closed, dec, start)) // DAY, 0)
    overlap = more & closed & (gap < 0)
    blank = more & ~closed
    at_once = more & closed & goes_on & (gap >= 0) & (gap <= 1)
    after_gap = more & closed & goes_on & (gap > 1) & ~starts
    unsaid = more & closed & silent & (gap >= 0) & (gap <= 1) & ~starts
    _report_joins(cells, overlap, blank, after_gap, at_once & starts)
    return overlap | (blank & ~starts) | at_once | after_gap | unsaid


def _report_joins(cells: Cells, overlap: Mask, blank: Mask, after_gap: Mask, contrary: Mask) -> None:
    cells.note(
        overlap,
        "overlapping-episodes",
        "The episode ends (DEC) after the child's next one begins: it is ended where the next begins.",
        action="repaired",
        column="DEC",
    )
    cells.note(
        blank,
        "open-then-next",
        "The episode has no end (DEC), but the child has a later one: it is ended where the next begins.",
        action="repaired",
        column="DECOM",
    )
    cells.note(
        after_gap,
        "gap-in-care",
        "The episode ends with X1, but the next begins more than a day later: the child is taken as in care between.",
        action="repaired",
        column="DEC",
        remedy="Is an episode missing? X1 says that the next begins on the same or the next day.",
    )
    cells.note(
        contrary,
        "start-in-care",
        "The episode ends with X1 and the next begins with S: taken as one period of care.",
        column="DEC",
    )


def _ends(cells: Cells, joined: Mask) -> Times:
    """When each episode ended, as far as known (NO_TIME: still open)."""
    more, start, _ = _next(cells)
    dec = cells.day("DEC")
    closed, goes_on = dec != NO_TIME, cells.is_("REC", "X1")
    left = cells.known("REC") & ~goes_on
    lost = ~more & closed & goes_on
    cells.note(
        lost,
        "x1-without-next",
        "The child's last episode ends with X1, which says that care goes on: the period is open as far as known.",
        column="DEC",
        remedy="Is the next episode missing from the file?",
    )
    cells.note(
        more & closed & goes_on & ~joined,
        "x1-then-start",
        "The episode ends with X1, but the next begins later with S: the period is ended, without a reason.",
        action="repaired",
        column="DEC",
    )
    cells.note(
        ~closed & left,
        "reason-without-end",
        "The episode has a reason why it ceased (REC), but no end (DEC): the reason is left out.",
        action="repaired",
        column="REC",
    )
    cells.note(
        closed & ~cells.known("REC") & ~joined,
        "end-without-reason",
        "The episode has an end (DEC), but no reason (REC): the period is ended, without a reason.",
        column="DEC",
    )
    ends = np.where(joined | (more & ~closed), start, dec)
    return np.where(lost, NO_TIME, ends)


def _begun_before(cells: Cells, begins: Mask) -> Mask:
    """The first episodes of periods that began before the file: the child's first row, and it does not say S."""
    child = _codes(cells.text(CHILD))
    first = np.append(True, child[1:] != child[:-1])
    unsaid = begins & ~cells.is_("RNE", "S")
    cells.note(
        first & unsaid,
        "begun-before",
        "The child's first episode here does not begin with S: the period of care began before this file, and is "
        "taken from this episode on unless another year's file knows its start.",
        action="note",
        column="DECOM",
        remedy="Add the returns of the years before.",
    )
    cells.note(
        ~first & unsaid,
        "begun-without-s",
        "A period of care begins with an episode that does not say S (started to be looked after).",
        column="RNE",
    )
    return first & unsaid


def _care(cells: Cells, begins: Mask, ends: Times, before: Mask) -> pa.Table:
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(cells)) - 1
    end = ends[last]
    left = cells.known("REC")[last] & ~cells.is_("REC", "X1")[last] & (cells.day("DEC")[last] != NO_TIME)
    reason = pa.compute.if_else(pa.array(left), cells.text("REC").take(pa.array(last)), pa.scalar(None, pa.string()))
    return kinds.table(
        "care",
        {
            "child": cells.text(CHILD).take(pa.array(first)),
            "start": instants(cells.day("DECOM")[first]),
            "end": instants(end),
            "reason": reason,
            "need": cells.text("CIN").take(pa.array(first)),
            "row": cells.rows[first],
            "place": _places(cells, before[first]),
        },
    )


def _runs(cells: Cells, begins: Mask, ends: Times, before: Mask, kind: str, columns: dict[str, str]) -> pa.Table:
    """Records of a kind: consecutive episodes of a period with the same codes are one; blank codes make none.

    A placement is also another one where the episode says so (RNE P or B) though its codes are the same.
    """
    changes = begins.copy()
    for name in columns.values():
        codes = _codes(cells.text(name))
        changes[1:] |= codes[1:] != codes[:-1]
    if kind == "placement":
        changes |= cells.is_("RNE", *MOVED)
    first = np.flatnonzero(changes)
    last = np.append(first[1:], len(cells)) - 1
    said = cells.known(next(iter(columns.values())))[first]
    first, last = first[said], last[said]
    made: dict[str, Any] = {name: cells.text(column).take(pa.array(first)) for name, column in columns.items()}
    made |= {"child": cells.text(CHILD).take(pa.array(first)), "row": cells.rows[first]}
    made |= {"start": instants(cells.day("DECOM")[first]), "end": instants(ends[last])}
    return kinds.table(kind, made | {"place": _places(cells, before[first])})


def _places(cells: Cells, before: Mask) -> pa.Array:
    names = pa.array([cells.place, f"{cells.place}, {BEFORE}"])
    return pa.DictionaryArray.from_arrays(pa.array(before.astype(np.int32)), names)


def instants(days: Times) -> pa.Array:
    """Days in ms as a column of a table; null where not known."""
    return pa.array(days, pa.int64(), mask=days == NO_TIME).cast(kinds.TIME)


def _codes(column: pa.Array) -> Codes:
    """A number for each different text; -1 for blank."""
    return column.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
