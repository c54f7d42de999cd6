"""Facts about a dataset for scripts: `flowmap summary --json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask, iso
from flowmap.measures.behind import Behind, Row
from flowmap.measures.distinct import tally
from flowmap.measures.moves import moves
from flowmap.measures.occupancy import moves_of, occupancy

MOST_VARIANTS = 20

Ints = npt.NDArray[np.int64]


def summary(data: Dataset, mask: Mask | None = None, instants: Iterable[int] = ()) -> dict[str, Any]:
    """Counts, moves and commonest paths of the journeys of `mask` (None: all), and who is active at each instant.

    `open` counts journeys without an exit: all of them where the map has none.
    """
    mask = np.ones(len(data.journeys), dtype=bool) if mask is None else mask
    rows = np.flatnonzero(mask)
    table = data.journeys
    moving = moves_of(data, mask)
    events = _events_by_station(data, mask, moving)
    return {
        "cases": data.children_of(rows),
        "journeys": len(rows),
        "events": int(events.sum()),
        "stations": int(np.count_nonzero(events)),
        "first": iso(int(table.start[rows].min()) if len(rows) else data.first),
        "last": iso(int(table.end[rows].max()) if len(rows) else data.last),
        "transitions": [_move(m.to_json(data)) for m in moves(data, mask)],
        "variants": variants(data, rows),
        "events_by_station": {p.id: n for p, n in zip(data.stations, events.tolist(), strict=True) if n},
        "repeat_cases": _repeat_cases(data, rows, moving),
        "open": int(np.count_nonzero(table.open[rows])) if data.has_exits else len(rows),
        "active": [found.to_json(data) for found in occupancy(data, mask, instants)],
    }


def _move(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("from", "to", "count", "median_hours", "same_day")}


def _events_by_station(data: Dataset, mask: Mask, moving: Mask) -> Ints:
    counts = np.bincount(data.transitions.route[moving], minlength=len(data.route_to))
    found = np.bincount(data.journeys.first[mask], minlength=len(data.stations))
    np.add.at(found, data.route_to, counts)
    return found


def _repeat_cases(data: Dataset, rows: Ints, moving: Mask) -> int:
    """Children who reach some station twice or more, in one of these journeys or in several."""
    places = len(data.stations)
    moves = data.transitions
    child = data.journeys.child.astype(np.int64)
    began = child[rows] * places + data.journeys.first[rows]
    reached = child[moves.journey[moving]] * places + data.route_to[moves.route[moving]]
    found = np.sort(np.concatenate([began, reached]))
    return data.children_among(found[1:][found[1:] == found[:-1]] // places)


def variants(data: Dataset, rows: Ints, most: int = MOST_VARIANTS) -> list[dict[str, Any]]:
    """The commonest paths (lists of station ids) of journeys `rows`, most first, then in order of ids."""
    if not len(rows):
        return []
    found = tally(data, rows)
    count, several = found.count, found.sequences
    least = np.sort(count[found.order])[-min(most, len(found.order))]
    often = np.flatnonzero(count >= least)[: 50 * most]
    ids = [place.id for place in data.stations]

    def path(way: int) -> list[str]:
        row = found.example[way]
        return [ids[s] for s in several.station[several.begin[row] : several.end[row]]]

    told = sorted((-int(count[way]), path(way)) for way in often)[:most]
    return [{"path": stops, "count": -less} for less, stops in told]


def behind_variant(data: Dataset, mask: Mask, row: Row) -> Behind:
    """The journeys that took the path of a row, such as “contact > nfa”."""
    rows = np.flatnonzero(mask)
    took = tally(data, rows).took([data.index[name] for name in row["path"].split(" > ")])
    return Behind("journeys", f"Journeys that went {row['path']}", rows[took])
