"""Facts about a dataset for scripts: `flowmap summary --json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask, iso
from flowmap.measures.behind import Behind, Row
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
        "cases": len(np.unique(table.child[rows])),
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
    return len(np.unique(found[1:][found[1:] == found[:-1]] // places))


def variants(data: Dataset, rows: Ints, most: int = MOST_VARIANTS) -> list[dict[str, Any]]:
    """The commonest paths (lists of station ids) of journeys `rows`, most first, then in order of ids.

    Paths are told apart by a 64-bit hash of stations and their places in the path.
    """
    if not len(rows):
        return []
    paths = _path_hashes(data)[rows]
    _, example, count = np.unique(paths, return_index=True, return_counts=True)
    least = np.sort(count)[-min(most, len(count))]
    often = np.flatnonzero(count >= least)[: 50 * most]
    found = sorted((-int(count[v]), _path(data, int(rows[example[v]]))) for v in often)[:most]
    return [{"path": path, "count": -less} for less, path in found]


def behind_variant(data: Dataset, mask: Mask, row: Row) -> Behind:
    """The journeys that took the path of a row, such as “contact > nfa”."""
    rows, stops = np.flatnonzero(mask), [data.index[name] for name in row["path"].split(" > ")]
    step, stop = np.arange(1, len(stops), dtype=np.uint64), np.array(stops[1:], dtype=np.uint64)
    wanted = _mix(np.array(stops[:1], dtype=np.uint64)) + _mix(step * np.uint64(65536) + stop).sum(dtype=np.uint64)
    return Behind("journeys", f"Journeys that went {row['path']}", rows[_path_hashes(data)[rows] == wanted[0]])


def _path_hashes(data: Dataset) -> npt.NDArray[np.uint64]:
    """(j,) a hash of each journey's stations in order: the sum of a mixed number for each (place in path, station)."""
    moves = data.transitions
    step = moves.move.astype(np.uint64) + np.uint64(1)
    stop = data.route_to[moves.route].astype(np.uint64)
    mixed = _mix(step * np.uint64(65536) + stop)[data.by_journey]
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])  # wraps, as sums of hashes may
    ends = data.begin + data.journeys.moves
    return _mix(data.journeys.first.astype(np.uint64)) + total[ends] - total[data.begin]


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): every bit of the result depends on every bit given."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _path(data: Dataset, row: int) -> list[str]:
    begin = int(data.begin[row])
    moves = data.by_journey[begin : begin + int(data.journeys.moves[row])]
    stops = [int(data.journeys.first[row]), *data.route_to[data.transitions.route[moves]].tolist()]
    return [data.stations[s].id for s in stops]
