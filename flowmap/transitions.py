"""Journeys become timed moves: from one station to the next, departing with one event and arriving with the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.journeys import Journeys
from flowmap.ordering import sort, take

Ints = npt.NDArray[np.int64]

DAY = 86_400  # seconds


@dataclass(frozen=True)
class Routes:
    """Each pair of places that some journey goes between, commonest first.

    `start` and `stop` are places; `count` moves, of which `same_day` begin and end on one (UTC) day;
    `median` is the middle duration in seconds.
    """

    start: Ints
    stop: Ints
    count: Ints
    same_day: Ints
    median: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Transitions:
    """Moves in order of departure, then journey, then move: the k-th of its journey. Times are seconds UTC."""

    route: npt.NDArray[np.uint16]
    journey: npt.NDArray[np.uint32]
    move: npt.NDArray[np.uint16]
    depart: Ints
    arrive: Ints
    routes: Routes


def find(journeys: Journeys, places: int) -> Transitions:
    """The moves between consecutive events of each journey; `places` is the number of places on the map."""
    moved = np.ones(len(journeys.place), dtype=bool)
    moved[journeys.begin] = False  # a journey's first event arrives from nowhere
    moved = moved[1:]
    depart, arrive = journeys.time[:-1][moved], journeys.time[1:][moved]
    pair = journeys.place[:-1] * np.int32(places) + journeys.place[1:]
    pair = pair[moved]
    number, starts, stops = _number_routes(pair, places)
    route = number[pair]
    del pair, moved
    with ThreadPoolExecutor(1) as beside:  # NumPy lets go of the interpreter while it counts and sorts
        described = beside.submit(_describe, route, depart, arrive, starts, stops)
        moves = journeys.events - 1
        journey = np.repeat(np.arange(len(journeys), dtype=np.uint32), moves)
        move = _within(moves)
        rows, departs = sort(depart)  # journeys, and moves within them, stand in order: stable is enough
        return Transitions(
            route=take(route, rows),
            journey=take(journey, rows),
            move=take(move, rows),
            depart=departs,
            arrive=take(arrive, rows),
            routes=described.result(),
        )


def _within(moves: Ints) -> npt.NDArray[np.uint16]:
    """Which move of its journey each is, journey by journey."""
    ends = np.cumsum(moves)
    total = int(ends[-1]) if len(ends) else 0
    back = np.repeat((ends - moves).astype(np.uint32), moves)
    return (np.arange(total, dtype=np.uint32) - back).astype(np.uint16)


def _number_routes(pair: npt.NDArray[np.int32], places: int) -> tuple[npt.NDArray[np.uint16], Ints, Ints]:
    """The number of each pair of places (places²,), commonest first; and each route's places."""
    counts = np.bincount(pair, minlength=places * places)
    pairs = np.flatnonzero(counts)
    pairs = pairs[np.lexsort((pairs, -counts[pairs]))]
    number = np.zeros(places * places, dtype=np.uint16)
    number[pairs] = np.arange(len(pairs))
    return number, pairs // places, pairs % places


def _describe(route: npt.NDArray[np.uint16], depart: Ints, arrive: Ints, starts: Ints, stops: Ints) -> Routes:
    same_day = depart // DAY == arrive // DAY
    return Routes(
        start=starts,
        stop=stops,
        count=np.bincount(route, minlength=len(starts)),
        same_day=np.bincount(route[same_day], minlength=len(starts)),
        median=quantiles_by_group(route, arrive - depart, len(starts), (0.5,))[0],
    )


def quantiles_by_group(
    group: npt.NDArray[np.integer], value: Ints, groups: int, shares: tuple[float, ...]
) -> list[npt.NDArray[np.float64]]:
    """For each share, the quantile of `value` in each group, NaN where it is empty.

    Between two ranks it is interpolated straight (type 7 of Hyndman and Fan; NumPy's and Excel's own).
    """
    counts = np.bincount(group, minlength=groups)
    low = int(value.min()) if len(value) else 0
    bits = (int(value.max()) - low).bit_length() if len(value) else 0
    packed = group.astype(np.int64)
    packed <<= bits
    packed |= value - low
    packed.sort()
    packed &= (1 << bits) - 1
    begin = np.cumsum(counts) - counts
    found = []
    for share in shares:
        result = np.full(groups, np.nan)
        some = counts > 0
        rank = share * (counts[some] - 1)
        below = np.floor(rank).astype(np.int64)
        above = np.minimum(below + 1, counts[some] - 1)
        lower, upper = packed[begin[some] + below], packed[begin[some] + above]
        result[some] = low + lower + (upper - lower) * (rank - below)
        found.append(result)
    return found
