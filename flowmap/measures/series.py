"""One figure, bin by bin: what an interrupted time series and a search for changes are made of.

Four kinds of figure: `arrivals` at a station (or journeys begun), `stock` there (or in all), the median `duration` of
stays there, and the `share` of those leaving it who go to another place, such as no further action.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Unit
from flowmap.measures.events import Events, events
from flowmap.measures.flow import Bin, edges
from flowmap.measures.options import say_day
from flowmap.measures.options import station as place
from flowmap.measures.working_days import working_days

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Kind = Literal["arrivals", "stock", "duration", "share"]

KINDS: tuple[Kind, ...] = ("arrivals", "stock", "duration", "share")
LEAST_STAYS = 5  # in a bin: a median of fewer says nothing


@dataclass(frozen=True)
class Figure:
    """What is counted or measured. `station` None is all of them; `to` is where a stay or a share leads.

    `working`: durations in working days, else calendar days.
    """

    kind: Kind
    station: str | None = None
    to: str | None = None
    working: bool = True

    def checked(self) -> Figure:
        """Itself, with what is not said filled in. Raises OptionError where it makes no sense."""
        if self.kind not in KINDS:
            raise OptionError(f"There is no figure “{self.kind}”.", remedy=f"One of: {', '.join(KINDS)}.")
        if self.kind in ("duration", "share") and self.station is None:
            raise OptionError(f"A {self.kind} is of a station.", remedy="Name the station.")
        return replace(self, to="nfa") if self.kind == "share" and self.to is None else self

    def label(self, data: Dataset) -> str:
        """As people say it."""
        at = data.stations[place(data, self.station)].label if self.station else ""
        to = data.stations[place(data, self.to)].label if self.to else ""
        days = "working days" if self.working else "days"
        return {
            "arrivals": f"arrivals at {at}" if at else "journeys begun",
            "stock": f"children at {at}" if at else "open journeys",
            "duration": f"median {days} at {at}" if not to else f"median {days} from {at} to {to}",
            "share": f"share of those leaving {at} who go to {to}",
        }[self.kind]


@dataclass(frozen=True)
class Series:
    """Values (b,) by bin, NaN where there is none; `count` is what each rests on; `start` (b + 1,) the edges.

    `scale` is how a change is said: "ratio" (of values above nothing) or "points" (a difference). `offset` (b,) is what
    a value grows with by itself, such as the number of working days in a bin.
    """

    start: Seconds
    value: Floats
    count: Ints
    offset: Floats
    scale: Literal["ratio", "points"]

    def __len__(self) -> int:
        return len(self.value)

    def between(self, low: int, high: int) -> Series:
        """The bins from `low` to before `high`."""
        rows = slice(low, high)
        return Series(self.start[low : high + 1], self.value[rows], self.count[rows], self.offset[rows], self.scale)

    @property
    def fitted(self) -> Floats:
        """Values as a regression takes them: logarithms of what there is to a unit of offset, or as they are."""
        if self.scale == "points":
            return self.value
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.log(self.value / self.offset)
        return np.where(np.isfinite(found), found, np.nan)

    def unfitted(self, fitted: Floats) -> Floats:
        """The reverse of `fitted`."""
        return fitted if self.scale == "points" else np.exp(fitted) * self.offset

    @property
    def weights(self) -> Floats:
        """(b,) how much each bin tells: what it rests on."""
        return np.maximum(self.count, 1).astype(np.float64)


def series(data: Dataset, mask: Mask, figure: Figure, by: Bin, since: int, until: int) -> Series:
    """The figure in every bin that lies wholly from `since` to `until` (seconds), for the journeys of `mask`."""
    figure = figure.checked()
    found = edges(since, max(until, since), by)
    found = found[(found >= since) & (found <= until + 1)]
    if len(found) < 2:
        raise OptionError(f"There is not one whole {by} of data.", remedy="Choose a longer span or shorter bins.")
    if figure.kind == "arrivals":
        value = _per_bin(found, arrivals(data, mask, figure))
        return Series(found, value.astype(float), open_days(found), open_days(found).astype(float), "ratio")
    if figure.kind == "stock":
        value = stock(data, mask, figure, found[:-1])
        return Series(found, value.astype(float), np.ones(len(value), np.int64), np.ones(len(value)), "ratio")
    if figure.kind == "share":
        when, went = decisions(data, mask, figure)
        count, part = _per_bin(found, when), _per_bin(found, when[went])
        with np.errstate(divide="ignore", invalid="ignore"):
            return Series(found, part / count, count, np.ones(len(count)), "points")
    began, length, done = stays(data, mask, figure, until)
    group = np.searchsorted(found, began, side="right") - 1
    inside = (group >= 0) & (group < len(found) - 1)
    group, length, done = group[inside], length[inside], done[inside]
    median = median_by_group(group, length, done, len(found) - 1)
    count = np.bincount(group, minlength=len(found) - 1)
    return Series(found, np.where(count >= LEAST_STAYS, median, np.nan), count, np.ones(len(count)), "ratio")


def open_days(start: Seconds) -> Ints:
    """(b,) working days in each bin, at least one."""
    days = start // DAY - 1  # the day before a bin: its own first day counts
    return np.maximum(working_days(days[:-1], days[1:]), 1)


def _per_bin(start: Seconds, when: Seconds) -> Ints:
    return np.diff(np.searchsorted(np.sort(when), start, side="left"))


def arrivals(data: Dataset, mask: Mask, figure: Figure) -> Seconds:
    """When journeys began, or arrived at the station (each time)."""
    if figure.station is None:
        return data.journeys.start[mask]
    found = events(data)
    rows = _at(found, mask, place(data, figure.station))
    return found.time[rows]


def _at(found: Events, mask: Mask, station: int) -> Ints:
    rows = found.at(station)
    return rows if mask.all() else rows[mask[found.journey[rows]]]


def _goes_on(found: Events, rows: Ints) -> Mask:
    """Which events are followed by another of their journey."""
    return rows + 1 < found.end[found.journey[rows]]


def stock(data: Dataset, mask: Mask, figure: Figure, instants: Seconds) -> Ints:
    """(t,) journeys active, or at the station, at each instant."""
    if figure.station is None:
        came, gone = data.journeys.start[mask], data.until[mask]
        left = np.empty(0, dtype=np.int64)
    else:
        found = events(data)
        rows = _at(found, mask, place(data, figure.station))
        came, on = found.time[rows], _goes_on(found, rows)
        left = found.time[rows[on] + 1]
        gone = data.until[found.journey[rows[~on]]]
    count = np.searchsorted(np.sort(came), instants, side="right")
    count -= np.searchsorted(np.sort(left), instants, side="right")
    return count - np.searchsorted(np.sort(gone), instants, side="left")


def decisions(data: Dataset, mask: Mask, figure: Figure) -> tuple[Seconds, Mask]:
    """When journeys left the station, and which of them went straight `to` the place."""
    found, rows = events(data), _left(data, mask, figure)
    return found.time[rows + 1], found.station[rows + 1] == place(data, str(figure.to))


def _left(data: Dataset, mask: Mask, figure: Figure) -> Ints:
    """Arrivals at the station that are followed by another event."""
    found = events(data)
    rows = _at(found, mask, place(data, str(figure.station)))
    return rows[_goes_on(found, rows)]


def stays(data: Dataset, mask: Mask, figure: Figure, until: int) -> tuple[Seconds, Ints, Mask]:
    """Stays at the station that began by `until`: when, how many days by then, and which had ended.

    With `to`: from the arrival to the first later arrival there; journeys that ended without it are left out.
    """
    found = events(data)
    rows, stop = _stayed(data, mask, figure, until)
    began = found.time[rows]
    ended = np.where(stop >= 0, found.time[stop], until + 1)
    done = (stop >= 0) & (ended <= until)
    first, last = began // DAY, np.minimum(ended, until) // DAY
    return began, working_days(first, last) if figure.working else last - first, done


def _stayed(data: Dataset, mask: Mask, figure: Figure, until: int) -> tuple[Ints, Ints]:
    """Arrivals by `until`, and the event with which each stay ended; -1 where the journey is open and it goes on."""
    found = events(data)
    rows = _at(found, mask, place(data, str(figure.station)))
    rows = rows[found.time[rows] <= until]
    stop = found.following(rows) if figure.to is None else found.next_of(rows, found.at(place(data, figure.to)))
    kept = (stop >= 0) | data.journeys.open[found.journey[rows]]
    return rows[kept], stop[kept]


def behind(data: Dataset, mask: Mask, figure: Figure, start: int, stop: int, until: int) -> Behind:
    """What the figure rests on from `start` to before `stop`; of a stock nothing, since it is of instants."""
    figure, found = figure.checked(), events(data)
    said = f"{figure.label(data)}, {say_day(start)} to {say_day(stop - 1)}: what it rests on"
    if figure.kind == "arrivals" and figure.station is None:
        begun = data.journeys.start
        return Behind.of_journeys(said, mask & (begun >= start) & (begun < stop))
    unit: Unit
    if figure.kind == "share":
        rows, unit = _left(data, mask, figure) + 1, "decisions"
    elif figure.kind == "duration":
        rows, unit = _stayed(data, mask, figure, until)[0], "spells"
    else:
        rows, unit = _at(found, mask, place(data, str(figure.station))), "arrivals"
    kept = (found.time[rows] >= start) & (found.time[rows] < stop)
    return Behind.of_events(data, unit, said, rows[kept])


def median_by_group(group: Ints, days: Ints, done: Mask, groups: int) -> Floats:
    """(groups,) Kaplan–Meier medians of durations in days, those not done being censored; NaN where it is not reached.

    Between the day before it and the day on which the curve passes one half it is interpolated straight, so that a
    series of medians does not move in whole days only.
    """
    order = np.lexsort((~done, days, group))
    group, days, done = group[order], days[order], done[order]
    size = np.bincount(group, minlength=groups)
    begin = np.cumsum(size) - size
    at_risk = size[group] - (np.arange(len(group)) - begin[group])
    with np.errstate(divide="ignore"):
        step = np.where(done, np.log1p(-1.0 / at_risk), 0.0)
    total = np.concatenate([[0.0], np.cumsum(np.maximum(step, -1e4))])  # the last of a group: nothing is left
    left = np.exp(total[1:] - total[begin[group]])
    found = np.full(groups, np.nan)
    passed = np.flatnonzero(left <= 0.5 + 1e-9)
    if not len(passed):
        return found
    which, first = np.unique(group[passed], return_index=True)
    row = passed[first]
    day = days[row]
    # The curve at the end of that day and of the day before it.
    after = np.searchsorted(group * (days.max() + 2) + days, which * (days.max() + 2) + day, side="right") - 1
    before = np.searchsorted(group * (days.max() + 2) + days, which * (days.max() + 2) + day, side="left") - 1
    s_before = np.where(before >= begin[which], left[np.maximum(before, 0)], 1.0)
    s_after = left[after]
    found[which] = day - 1 + (s_before - 0.5) / (s_before - s_after)
    return found
