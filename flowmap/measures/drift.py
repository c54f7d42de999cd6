"""How far the map's timescales are kept, and who is near or past one now, oldest first.

A clock starts with an arrival (at the station that the timescale names, else at each station where it runs) and stops
when the journey leaves the stations where it runs. Breaches are counted whether or not harm followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds, iso
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.durations import InTime
from flowmap.measures.events import events
from flowmap.measures.intervals import Share
from flowmap.measures.occupancy import NEVER, Whereabouts, latest, whereabouts
from flowmap.measures.options import Period, period
from flowmap.measures.timescales import Due
from flowmap.measures.working_days import working_days

Ints = npt.NDArray[np.int64]

LISTED = 500
MOST_LISTED = 100_000


@dataclass(frozen=True)
class Stops:
    """Clocks (c,) that began in a period: whose `journey`, `begin` (seconds), and where it went when the clock stopped.

    `next` is -1 where it still runs, `stopped` (seconds) then the end of the data. Clocks of journeys that ended where
    the clock runs, or never came there, are not among them.
    """

    journey: Ints
    begin: Seconds
    stopped: Seconds
    next: Ints

    def counted(self, data: Dataset, due: Due) -> dict[str, Mask]:
        """(c,) which clocks each count of a timescale counts."""
        done, in_time = self.next >= 0, self.stopped <= _due(data, due, self.begin)
        return {"count": done & in_time, "of": done, "overdue": ~done & ~in_time, "not_due": ~done & in_time}


@dataclass(frozen=True)
class Kept:
    """One timescale: how far clocks begun in the period kept to it, and where those went that stopped (most first).

    At the instant asked for, its clock runs for `running` journeys, of which `near` are near their limit and `past`
    beyond it.
    """

    scale: InTime
    led_to: list[tuple[int, Share]]
    running: int
    near: int
    past: int

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        due = self.scale.due
        places = data.stations
        return {
            **self.scale.to_json(),
            "at": [places[row].id for row in due.at],
            "since": None if due.since is None else places[due.since].id,
            "led_to": [{"id": places[s].id, "label": places[s].label, **n.to_json()} for s, n in self.led_to],
            "running": self.running,
            "near": self.near,
            "past": self.past,
        }


@dataclass(frozen=True)
class Waiting:
    """Clocks (w,) that run at an instant: whose, where, since when, and the last second in time (seconds)."""

    journey: Ints
    station: Ints
    since: Seconds
    due: Seconds
    near: Mask
    past: Mask


@dataclass(frozen=True)
class Drift:
    """Timescales over a period, and at an instant those near or past one: `listed` of `late`, oldest first."""

    period: Period
    first_day: int
    at: int
    kept: list[Kept]
    late: int
    listed: list[dict[str, Any]]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        return {
            "period": self.period.to_json(),
            "first_day": self.first_day,
            "at": iso(self.at),
            "timescales": [one.to_json(data) for one in self.kept],
            "late": self.late,
            "drift": self.listed,
        }


def drift(
    data: Dataset,
    mask: Mask,
    dues: Sequence[Due],
    within: Period | None = None,
    *,
    at: int | None = None,
    first_day: int = 0,
    most: int = LISTED,
) -> Drift:
    """Every timescale of the map, for clocks of journeys of `mask` that began in a period; and who is late at `at`.

    `at` (seconds): the end of the data where not given. At most `most` are listed. Raises OptionError.
    """
    if not 0 <= most <= MOST_LISTED:
        raise OptionError(f"{most:,} cannot be listed.", remedy=f"Ask for at most {MOST_LISTED:,}.")
    if not any(due.at for due in dues):
        raise OptionError("The map has no timescale.", remedy="Add some to the map file (docs/maps.md).")
    within, at = within or period(data), data.last if at is None else at
    found = whereabouts(data, mask, at)
    timed = [(due, waiting(data, due, found)) for due in dues]
    kept = [_kept(data, stops(data, mask, within, due), due, now) for due, now in timed]
    return Drift(within, first_day, at, kept, sum(one.near + one.past for one in kept), _listed(data, timed, at, most))


def stops(data: Dataset, mask: Mask, within: Period, due: Due) -> Stops:
    """The clocks of a timescale that began in a period, for journeys of `mask`.

    A station reached again before the clock stopped starts it anew; the earlier start does not count.
    """
    every = events(data)
    there = every.at(*due.at)
    starts = there if due.since is None else every.at(due.since)
    begun = starts[mask[every.journey[starts]] & within.holds(every.time[starts])]
    if due.since is None:
        arrived, stop = begun, every.following(begun)
    else:
        outside = every.at(*(row for row in range(len(data.stations)) if row not in due.at))
        again = every.next_of(begun, starts)
        arrived = begun if due.since in due.at else every.next_of(begun, there)
        stop = np.where(arrived >= 0, every.next_of(np.maximum(arrived, 0), outside), -1)
        first = stop if due.since in due.at else arrived
        anew = (again >= 0) & ((first < 0) | (again < first))
        begun, arrived, stop = begun[~anew], arrived[~anew], stop[~anew]
    runs = (arrived >= 0) & ((stop >= 0) | data.journeys.open[every.journey[begun]])
    begun, stop = begun[runs], stop[runs]
    over = stop >= 0
    return Stops(
        every.journey[begun].astype(np.int64),
        every.time[begun],
        np.where(over, every.time[stop], data.last),
        np.where(over, every.station[stop].astype(np.int64), -1),
    )


def waiting(data: Dataset, due: Due, found: Whereabouts) -> Waiting:
    """Whose clock runs at an instant, and until when."""
    since = found.arrived if due.since is None else latest(data, found, due.since)
    runs = np.flatnonzero(np.isin(found.station, due.at) & (since != NEVER))
    since = since[runs]
    ends = _due(data, due, since)
    past = found.at > ends
    near = ~past & (found.at - since >= due.near_share * (ends - since))
    return Waiting(found.journey[runs], found.station[runs], since, ends, near, past)


def _due(data: Dataset, due: Due, since: Seconds) -> Seconds:
    """The last second in time of clocks started at those instants."""
    day = np.clip((since - data.origin) // DAY, 0, len(due.due) - 1)
    return data.origin + due.due[day].astype(np.int64)


def _kept(data: Dataset, found: Stops, due: Due, now: Waiting) -> Kept:
    counted = found.counted(data, due)
    places = len(data.stations)
    of = np.bincount(found.next[counted["of"]], minlength=places)
    within = np.bincount(found.next[counted["count"]], minlength=places)
    order = np.lexsort((np.arange(places), -of))
    scale = InTime(
        due,
        Share(int(within.sum()), int(of.sum())),
        overdue=int(np.count_nonzero(counted["overdue"])),
        not_due=int(np.count_nonzero(counted["not_due"])),
    )
    return Kept(
        scale,
        [(int(s), Share(int(within[s]), int(of[s]))) for s in order if of[s]],
        running=len(now.journey),
        near=int(np.count_nonzero(now.near)),
        past=int(np.count_nonzero(now.past)),
    )


def _listed(data: Dataset, timed: Sequence[tuple[Due, Waiting]], at: int, most: int) -> list[dict[str, Any]]:
    """The clocks near or past their limit, those that have run longest first."""
    late = [np.flatnonzero(now.near | now.past) for _, now in timed]
    of = np.repeat(np.arange(len(timed)), [len(rows) for rows in late])
    picked = [
        np.concatenate([getattr(now, name)[rows] for (_, now), rows in zip(timed, late, strict=True)])
        for name in ("since", "journey", "station", "due", "past")
    ]
    order = np.lexsort((of, picked[1], picked[0]))[:most]
    since, journey, station, due, past = (column[order] for column in picked)
    today = at // DAY
    over = np.where(past, working_days(np.minimum(due // DAY, today), np.full(len(due), today)), 0)
    child = data.journeys.child[journey]
    columns = (of[order], journey, child, station, since, due, past, over)
    return [
        {
            "timescale": timed[n][0].id,
            "state": "past" if late_ else "near",
            "journey": j,
            "child": c,
            "station": data.stations[s].id,
            "since": iso(began),
            "due": iso(ends),
            "working_days_over": days,
        }
        for n, j, c, s, began, ends, late_, days in zip(*(column.tolist() for column in columns), strict=True)
    ]


def behind(data: Dataset, mask: Mask, within: Period, row: Row, count: str, dues: Sequence[Due]) -> Behind:
    """The clocks that `count` of a row of the table counts, each when it began."""
    due = next(due for due in dues if due.id == row["timescale"])
    found = stops(data, mask, within, due)
    kept = found.counted(data, due)[count]
    said = f"Clocks of {due.label}, {SAID[count].format(limit=due.limit)}"
    if row["what"] == "led to":
        led_to = data.index[row["station"]]
        kept = kept & (found.next == led_to)
        said += f", then {data.stations[led_to].label}"
    return Behind("clocks", said, found.journey[kept], found.begin[kept])


SAID = {
    "count": "stopped within {limit}",
    "of": "stopped",
    "overdue": "running past {limit}",
    "not_due": "running within {limit}",
}


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a timescale a row, where its clocks stopped, then those near or past one."""
    table = []
    for one in found["timescales"]:
        scale = {"timescale": one["id"], "label": one["label"], "limit": one["limit"]}
        table.append({"what": "timescale", **scale, **{name: one[name] for name in COLUMNS[5:12]}})
        for to in one["led_to"]:
            table.append({"what": "led to", **scale, "station": to["id"], **{name: to[name] for name in COLUMNS[5:10]}})
    return table + [{**one, "what": "drift"} for one in found["drift"]]


COLUMNS = (
    "what", "timescale", "label", "limit", "station", "count", "of", "share", "low", "high", "overdue", "not_due",
    "state", "journey", "child", "since", "due", "working_days_over",
)  # fmt: skip
