"""Episodes of being looked after become periods of care (the SSD and the daily feed hold the same chain as SSDA903).

A period goes on while its episodes end with X1 ("a new episode begins on the same day", SSDA903 guidance); any other
reason ends it. It began when the child started to be looked after (S), which may be before the first episode held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import TIME, table
from flowmap.eventlog import NO_TIME


@dataclass(frozen=True)
class Episodes:
    """What joins episodes (each a column, null where not known): the period's id, the reason that the episode began
    (S: a new period), the day that the period began; and the reason of an end that is none."""

    period: Any
    begun: Any
    entered: Any
    goes_on: str = "X1"


def periods(episodes: pa.Table, how: Episodes) -> pa.Table:
    """One record of care for each chain of episodes (a table of care, one row an episode).

    Start and need are those of the first episode, end and reason those of the last; the end is blank while the last
    one goes on. With an id of the period, episodes of one id are one period; else a new one begins at S or after an
    end other than X1.
    """
    if episodes.num_rows == 0:
        return table("care", {name: episodes.column(name) for name in episodes.column_names})
    child = _codes(episodes.column("child"))
    start = _ms(episodes.column("start"))
    end = _ms(episodes.column("end"))
    order = np.lexsort((np.where(end == NO_TIME, np.iinfo(np.int64).max, end), start, child))
    first = _firsts(episodes, how, child, order)
    last = np.append(first[1:], len(order)) - 1
    heads, tails = pa.array(order[first]), pa.array(order[last])
    begin, finish = episodes.take(heads), episodes.take(tails)
    goes_on = pc.equal(finish.column("reason"), how.goes_on).fill_null(False)
    found = {name: begin.column(name) for name in episodes.column_names}
    entered = pc.coalesce(how.entered.take(heads), begin.column("start"))
    found["start"] = pc.min_element_wise(begin.column("start"), entered)
    found["end"] = pc.if_else(goes_on, pa.scalar(None, TIME), finish.column("end"))
    found["reason"] = pc.if_else(goes_on, pa.scalar(None, pa.string()), finish.column("reason"))
    back = pc.sort_indices(found["row"])
    return table("care", {name: column.take(back) for name, column in found.items()})


def _firsts(episodes: pa.Table, how: Episodes, child: Any, order: Any) -> Any:
    """Places in `order` at which a period begins."""
    period = _codes(how.period)[order]
    own = child[order]
    reason = episodes.column("reason")
    ended = pc.and_(pc.is_valid(reason), pc.not_equal(reason, how.goes_on)).fill_null(False)
    ended = ended.to_numpy()[order] & (_ms(episodes.column("end"))[order] != NO_TIME)
    starts = pc.equal(how.begun, "S").fill_null(False)
    starts = (starts.to_numpy() if isinstance(starts, pa.ChunkedArray) else starts.to_numpy(False))[order]
    known = (period[1:] >= 0) & (period[:-1] >= 0)
    new = np.ones(len(order), dtype=bool)
    new[1:] = (own[1:] != own[:-1]) | np.where(known, period[1:] != period[:-1], starts[1:] | ended[:-1])
    return np.flatnonzero(new)


def _codes(column: Any) -> Any:
    """Numbers of the distinct values, -1 where null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)


def _ms(column: Any) -> Any:
    found = column.cast(pa.int64()).fill_null(NO_TIME)
    return found.to_numpy() if isinstance(found, pa.ChunkedArray) else found.to_numpy(False)
