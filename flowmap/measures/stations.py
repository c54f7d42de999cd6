"""The stations as a table at an instant, and one station in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds, iso, seconds
from flowmap.measures.behind import Behind, Row, Unit
from flowmap.measures.events import Position, events
from flowmap.measures.flow import edges
from flowmap.measures.moves import HOUR
from flowmap.measures.occupancy import Whereabouts, moves_of, whereabouts
from flowmap.measures.options import say_day
from flowmap.measures.timescales import Due, overdue
from flowmap.measures.waits import waits

WEEK = 7 * DAY


@dataclass(frozen=True)
class StationRow:
    """A station at an instant; every count is of journeys' arrivals and departures up to and at it.

    `reached` = `left` + `waiting` + `ended`; `ended` are journeys that were over there (at an exit; without exits in
    the map, at their last event). `began` of those that reached it began there. Waits are completed ones, in hours:
    those still waiting are not in them. `overdue` of the waiting are past a timescale (None: the station has none).
    """

    station: int
    reached: int
    began: int
    left: int
    ended: int
    waiting: int
    median_wait_hours: float | None
    p90_wait_hours: float | None
    overdue: int | None

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """With id and label, and the share overdue of those waiting."""
        place = data.stations[self.station]
        share = None if self.overdue is None or not self.waiting else self.overdue / self.waiting
        return {
            "id": place.id,
            "label": place.label,
            "reached": self.reached,
            "began": self.began,
            "left": self.left,
            "ended": self.ended,
            "waiting": self.waiting,
            "median_wait_hours": self.median_wait_hours,
            "p90_wait_hours": self.p90_wait_hours,
            "overdue": self.overdue,
            "overdue_share": share,
        }


@dataclass(frozen=True)
class StationWeek:
    """A week (from Monday) at a station: arrivals and departures in it, and those waiting at its start."""

    start: int
    arrived: int
    left: int
    waiting: int

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"start": iso(self.start), "in": self.arrived, "out": self.left, "waiting": self.waiting}


@dataclass(frozen=True)
class StationPanel:
    """One station in full: `came_from` and `went_to` are (station, moves) up to the instant, most first."""

    row: StationRow
    came_from: list[tuple[int, int]]
    went_to: list[tuple[int, int]]
    weekly: list[StationWeek]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """The row, and the rest beside it."""

        def ways(found: list[tuple[int, int]]) -> list[dict[str, Any]]:
            return [{"id": data.stations[s].id, "label": data.stations[s].label, "count": n} for s, n in found]

        return {
            **self.row.to_json(data),
            "came_from": ways(self.came_from),
            "went_to": ways(self.went_to),
            "weekly": [week.to_json() for week in self.weekly],
        }


def stations(data: Dataset, mask: Mask, at: int, dues: list[Due]) -> list[StationRow]:
    """Every station, in order of index, for the journeys of `mask`."""
    return _rows(data, mask, _made(data, mask, at), at, dues, range(len(data.stations)))


def _made(data: Dataset, mask: Mask, at: int) -> Mask:
    """(m,) the moves that journeys of `mask` have made by an instant."""
    made: Mask = moves_of(data, mask) & (data.transitions.arrive <= at)
    return made


def _rows(data: Dataset, mask: Mask, made: Mask, at: int, dues: list[Due], which: Sequence[int]) -> list[StationRow]:
    places = len(data.stations)
    table = data.journeys
    began = np.bincount(table.first[_begun(data, mask, at)], minlength=places)
    per_route = np.bincount(data.transitions.route[made], minlength=len(data.route_from))
    arrived = np.bincount(data.route_to, weights=per_route, minlength=places).astype(np.int64)
    left = np.bincount(data.route_from, weights=per_route, minlength=places).astype(np.int64)
    ended = np.bincount(table.last[_over(data, mask, at)], minlength=places)
    late = _late(data, dues, whereabouts(data, mask, at))
    timed = {station for due in dues for station in due.at}
    waited = waits(data, "station")
    found = []
    for s in which:
        median, p90 = waited.of(s, made, (0.5, 0.9))
        found.append(
            StationRow(
                station=s,
                reached=int(began[s] + arrived[s]),
                began=int(began[s]),
                left=int(left[s]),
                ended=int(ended[s]),
                waiting=int(began[s] + arrived[s] - left[s] - ended[s]),
                median_wait_hours=_hours(median),
                p90_wait_hours=_hours(p90),
                overdue=int(late[s]) if s in timed else None,
            )
        )
    return found


def _late(data: Dataset, dues: list[Due], found: Whereabouts) -> npt.NDArray[np.int64]:
    """(stations,) how many of those waiting are past a timescale."""
    return np.bincount(found.station[overdue(data, dues, found)], minlength=len(data.stations))


def _begun(data: Dataset, mask: Mask, at: int) -> Mask:
    begun: Mask = mask & (data.journeys.start <= at)
    return begun


def _over(data: Dataset, mask: Mask, at: int) -> Mask:
    over: Mask = mask & (data.until < at)
    return over


def behind(data: Dataset, mask: Mask, row: Row, count: str, at: int, dues: list[Due]) -> Behind:
    """What `count` of a row of the table of stations counts."""
    place, label = data.index[row["id"]], row["label"]
    table, moves = data.journeys, data.transitions
    if count in ("waiting", "overdue"):
        found = whereabouts(data, mask, at)
        kept = found.station == place
        if count == "overdue":
            kept &= overdue(data, dues, found)
        said = f"Journeys at {label} at {say_day(at)}{', past a timescale' * (count == 'overdue')}"
        return Behind("journeys", said, found.journey[kept], found.arrived[kept])
    if count == "ended":
        rows = np.flatnonzero(_over(data, mask, at) & (table.last == place))
        return Behind("journeys", f"Journeys over at {label} before {say_day(at)}", rows, table.end[rows])
    made, began = np.flatnonzero(_made(data, mask, at)), np.flatnonzero(_begun(data, mask, at) & (table.first == place))
    if count == "began":
        return Behind("journeys", f"Journeys that began at {label} by {say_day(at)}", began, table.start[began])
    route = moves.route[made]
    if count == "left":
        gone = made[data.route_from[route] == place]
        said = f"Departures from {label} by {say_day(at)}"
        return Behind("departures", said, moves.journey[gone].astype(np.int64), moves.arrive[gone])
    came = made[data.route_to[route] == place]
    journey = np.concatenate([began, moves.journey[came]])
    time = np.concatenate([table.start[began], moves.arrive[came]])
    return Behind("arrivals", f"Arrivals at {label} by {say_day(at)}", journey, time)


def _hours(seconds: float) -> float | None:
    return None if np.isnan(seconds) else float(seconds) / HOUR


def station(data: Dataset, mask: Mask, at: int, dues: list[Due], index: int) -> StationPanel:
    """The station `index` in full, for the journeys of `mask`."""
    made = _made(data, mask, at)
    counts = np.bincount(data.transitions.route[made], minlength=len(data.route_from))
    return StationPanel(
        _rows(data, mask, made, at, dues, [index])[0],
        _ways(counts, data.route_to == index, data.route_from),
        _ways(counts, data.route_from == index, data.route_to),
        _weekly(data, mask, index),
    )


def _ways(counts: npt.NDArray[np.int64], routes: Mask, other: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    found = [(int(other[r]), int(counts[r])) for r in np.flatnonzero(routes & (counts > 0))]
    return sorted(found, key=lambda way: (-way[1], way[0]))


def _traffic(data: Dataset, mask: Mask, index: int) -> tuple[Position, Position]:
    """The events with which journeys come to a station, and those with which they are elsewhere next."""
    every = events(data)
    came = every.at(index)
    came = came[mask[every.journey[came]]]
    after = every.following(came)
    return came, after[after >= 0]


def behind_week(data: Dataset, mask: Mask, row: Row, count: str, index: int) -> Behind:
    """What `count` of a row of a station's weeks counts."""
    begin, label = seconds(row["start"]), data.stations[index].label
    if count == "waiting":
        found = whereabouts(data, mask, begin)
        kept = found.station == index
        said = f"Journeys at {label} at the start of {say_day(begin)}"
        return Behind("journeys", said, found.journey[kept], found.arrived[kept])
    came, left = _traffic(data, mask, index)
    unit: Unit = "arrivals" if count == "in" else "departures"
    some, what = (came, "Arrivals at") if count == "in" else (left, "Departures from")
    time = events(data).time[some]
    kept = (time >= begin) & (time < begin + WEEK)
    return Behind.of_events(data, unit, f"{what} {label} in the week from {say_day(begin)}", some[kept])


def _weekly(data: Dataset, mask: Mask, index: int) -> list[StationWeek]:
    time = events(data).time
    weeks = edges(data.first, data.last, "week")
    came, left = (time[position] for position in _traffic(data, mask, index))
    done = data.until[mask & (data.journeys.last == index)]
    # Who comes or leaves at the very start of a week has done so by then; who is done at it is there yet.
    waiting = (_before(came - 1, weeks) - _before(left - 1, weeks) - _before(done, weeks))[:-1]
    arrived, gone = np.diff(_before(came, weeks)), np.diff(_before(left, weeks))
    rows = zip(weeks[:-1].tolist(), arrived.tolist(), gone.tolist(), waiting.tolist(), strict=True)
    return [StationWeek(*row) for row in rows]


def _before(times: Seconds, weeks: Seconds) -> npt.NDArray[np.int64]:
    """(w,) how many of `times` lie before the start of each week."""
    week = (times - weeks[0]) // WEEK + 1  # 0: before the first
    return np.cumsum(np.bincount(week, minlength=len(weeks)))[: len(weeks)]
