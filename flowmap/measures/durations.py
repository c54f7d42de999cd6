"""How long it takes from a station to another, or at a station, with those still under way censored, not dropped.

Quartiles are Kaplan–Meier's where everybody gets there or is still under way. Where some end elsewhere they are of
those who get there (Aalen–Johansen), see `survival.Curve.quantile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Counted, Row
from flowmap.measures.intervals import Share
from flowmap.measures.options import Groups, Period, group_json, groups, period
from flowmap.measures.spells import Spells, Way, spells
from flowmap.measures.survival import OTHER, REACHED, WAITING, Curve, curve
from flowmap.measures.timescales import Due
from flowmap.measures.working_days import working_days

Ints = npt.NDArray[np.int64]

QUANTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
RISK_DAYS = (0, 7, 14, 28, 42, 63, 91, 182, 273, 365, 547, 730, 1095, 1460)


@dataclass(frozen=True)
class InTime:
    """A timescale of the map: of those completed, the share `within` it (as DfE counts).

    Of those still where the clock runs, `overdue` are past it and `not_due` are not; `with_overdue` is the share with
    those overdue among the late.
    """

    due: Due
    within: Share
    overdue: int
    not_due: int

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        scale = {"id": self.due.id, "label": self.due.label, "limit": self.due.limit, "source": self.due.source}
        counts = {"overdue": self.overdue, "not_due": self.not_due}
        with_overdue = Share(self.within.count, self.within.of + self.overdue)
        return {**scale, **self.within.to_json(), **counts, "with_overdue": with_overdue.to_json()}


@dataclass(frozen=True)
class Duration:
    """`spells` along a way: `completed`, still `open` (censored), or ended `elsewhere`."""

    way: Way
    spells: int
    completed: int
    open: int
    elsewhere: int
    restarted: int
    days: Curve
    working: Curve
    first_day: int
    timescales: list[InTime]

    def to_json(self, data: Dataset, whole: bool = True) -> dict[str, Any]:
        """As in the API; `whole`: with numbers at risk and the curve."""
        ids = [data.stations[row].id for row in self.way.stop]
        found: dict[str, Any] = {
            "start": data.stations[self.way.start].id,
            "stop": ids,
            "ends": "left" if self.way.is_stay else self.way.ends,
            "direct": self.way.direct,
            "label": self.way.say(data),
            "spells": self.spells,
            "completed": self.completed,
            "open": self.open,
            "elsewhere": self.elsewhere,
            "restarted": self.restarted,
            "days": self._quantiles(self.days),
            "working_days": self._quantiles(self.working),
            "timescales": [scale.to_json() for scale in self.timescales],
        }
        if whole:
            found["at_risk"] = [{"day": day, "at_risk": self.days.risk_on(day)} for day in self._risk_days()]
            found["curve"] = self.days.to_json()
        return found

    def _quantiles(self, of: Curve) -> dict[str, float | None]:
        found = {name: of.quantile(share) for name, share in QUANTILES.items()}
        return {name: None if day is None else day + self.first_day for name, day in found.items()}

    def _risk_days(self) -> list[int]:
        longest = int(self.days.durations[-1]) if self.days.n else -1
        return [day for day in RISK_DAYS if day <= longest]


@dataclass(frozen=True)
class Durations:
    """Several durations, of spells that began in a period; of a single one also by the values of a facet."""

    period: Period
    first_day: int
    found: list[Duration]
    by: Groups | None = None
    groups: list[tuple[int, Duration]] = field(default_factory=list)

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API; a single one has its curve."""
        whole = len(self.found) == 1
        return {
            "period": self.period.to_json(),
            "first_day": self.first_day,
            "durations": [one.to_json(data, whole) for one in self.found],
            "by": self.by.key if self.by else None,
            "groups": [
                {**one.to_json(data, whole=False), **group_json(self.by, row, {})}
                for row, one in self.groups
                if self.by
            ],
        }


def durations(
    data: Dataset,
    mask: Mask,
    within: Period | None = None,
    *,
    ways: Sequence[Way] = (),
    dues: Sequence[Due] = (),
    first_day: int = 0,
    by: str | None = None,
) -> Durations:
    """How long each way takes (none given: the stay at every station that is not an exit) for journeys of `mask`.

    `within` is when spells begin; `dues` are the map's timescales; with `first_day` 1 the first day counts as day 1;
    `by` is a facet by which a single way is shown too. Raises OptionError.
    """
    within = within or period(data)
    if by and len(ways) != 1:
        raise OptionError("Only one way at a time can be shown by a facet.", remedy="Give one station as start.")
    ways = ways or [Way(row) for row in np.flatnonzero(~data.exits).tolist()]
    several = [spells(data, mask, within, way) for way in ways]
    found = [duration(data, some, way, dues, first_day) for some, way in zip(several, ways, strict=True)]
    if not by:
        return Durations(within, first_day, found)
    split = groups(data, by)
    code = split.code[several[0].journey]
    parts = [(row, several[0].some(code == row)) for row in np.unique(code[code >= 0]).tolist()]
    of_group = [(row, duration(data, some, ways[0], dues, first_day)) for row, some in parts]
    return Durations(within, first_day, found, split, of_group)


def duration(data: Dataset, found: Spells, way: Way, dues: Sequence[Due] = (), first_day: int = 0) -> Duration:
    """What the spells of a way say."""
    counts = np.bincount(found.outcome, minlength=3)
    working = working_days(found.begin // DAY, found.end // DAY)
    return Duration(
        way=way,
        spells=len(found.journey),
        completed=int(counts[REACHED]),
        open=int(counts[WAITING]),
        elsewhere=int(counts[OTHER]),
        restarted=found.restarted,
        days=curve(found.days(), found.outcome),
        working=curve(working, found.outcome),
        first_day=first_day,
        timescales=[kept_to(data, found, due) for due in dues if applies(data, way, due)],
    )


def applies(data: Dataset, way: Way, due: Due) -> bool:
    """Whether a timescale is of this way: its clock starts where the way does, and what ends the way stops it.

    Reaching a station stops it where the clock does not run there and some move leads there straight from where it
    runs; leaving one does where it runs nowhere else.
    """
    starts = due.since == way.start or (due.since is None and way.start in due.at)
    if way.is_stay:
        return starts and (due.since is None or due.at == (way.start,))
    if not starts:
        return False
    if way.ends == "left":
        return due.since is not None and due.at == way.stop
    leads = np.isin(data.route_from, due.at) & np.isin(data.route_to, way.stop)
    return not set(way.stop) & set(due.at) and bool(leads.any())


def ended_in_time(data: Dataset, found: Spells, due: Due) -> Mask:
    """Which spells had ended by when the clock that started with them ran out; those still open: by the data's end."""
    day = np.clip((found.begin - data.origin) // DAY, 0, len(due.due) - 1)
    in_time: Mask = found.end - data.origin <= due.due[day]
    return in_time


def kept_to(data: Dataset, found: Spells, due: Due) -> InTime:
    """How far the spells of a way kept to a timescale of it."""
    kept = _by_due(data, found, due)
    n = {name: int(np.count_nonzero(which)) for name, which in kept.items()}
    return InTime(due, Share(n["count"], n["of"]), overdue=n["overdue"], not_due=n["not_due"])


def _by_due(data: Dataset, found: Spells, due: Due) -> dict[str, Mask]:
    """Which spells each count of a timescale counts, by the name of its column."""
    in_time = ended_in_time(data, found, due)
    done = found.outcome == REACHED
    runs = (found.outcome == WAITING) & np.isin(data.journeys.last[found.journey], due.at)
    return {"count": done & in_time, "of": done, "overdue": runs & ~in_time, "not_due": runs & in_time}


def completed_in_time(data: Dataset, mask: Mask, within: Period, way: Way, dues: Sequence[Due]) -> tuple[Counted, str]:
    """The completed spells of a way by when they began, which of them were in time, and the limit (for a funnel).

    Raises OptionError where no timescale is of the way.
    """
    due = next((due for due in dues if applies(data, way, due)), None)
    if due is None:
        raise OptionError(f"The map has no timescale for “{way.say(data)}”.", remedy="Ask for a way that has one.")
    found = spells(data, mask, within, way)
    done = found.some(found.outcome == REACHED)
    return Counted(done.journey, done.begin, ended_in_time(data, done, due)), due.limit


OUTCOME_OF = {"completed": REACHED, "open": WAITING, "elsewhere": OTHER}
SAID = {
    "spells": "", "completed": ", completed", "open": ", still under way at the end of the data",
    "elsewhere": ", which ended elsewhere", "restarted": ", which began anew before they ended",
    "count": ", completed within {limit}", "of": ", completed", "overdue": ", still under way and past {limit}",
    "not_due": ", still under way and within {limit}",
}  # fmt: skip


def behind(
    data: Dataset,
    mask: Mask,
    within: Period,
    row: Row,
    count: str,
    *,
    dues: Sequence[Due] = (),
    by: str | None = None,
) -> Behind:
    """The spells that `count` of a row of the table counts, each when it began."""
    stop = tuple(data.index[name] for name in row["stop"].split(",") if name)
    way = Way(data.index[row["start"]], stop, row["ends"] if stop else "reached", row["direct"])
    found, which = spells(data, mask, within, way), ""
    if row["value"] is not None and by:
        split = groups(data, by)
        found = found.some(split.code[found.journey] == split.values.index(row["value"]))
        which = split.say(row["value"])
    said = f"Spells, {way.say(data)}{SAID[count].format(limit=row['limit'])}{which}"
    if count == "restarted":
        return Behind.of_events(data, "spells", said, found.anew)
    if count in OUTCOME_OF:
        kept = found.outcome == OUTCOME_OF[count]
    elif count == "spells":
        kept = np.ones(len(found.journey), dtype=bool)
    else:
        due = next(due for due in dues if applies(data, way, due) and due.limit == row["limit"])
        kept = _by_due(data, found, due)[count]
    return Behind("spells", said, found.journey[kept], found.begin[kept])


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a way (and then a group) a row, and a row more for each timescale of it."""
    table = []
    for one in found["durations"] + found["groups"]:
        row = {name: one[name] for name in COLUMNS[1:10] if name != "stop"} | {"stop": ",".join(one["stop"])}
        row["value"] = one.get("value")
        row |= {f"days_{name}": value for name, value in one["days"].items()}
        row |= {f"working_days_{name}": value for name, value in one["working_days"].items()}
        scales = one["timescales"] or [{}]
        names = ("limit", "count", "of", "share", "overdue", "not_due")
        table += [{**row, **{name: scale[name] for name in names if scale}} for scale in scales]
    return table


COLUMNS = (
    "value", "start", "stop", "ends", "direct", "spells", "completed", "open", "elsewhere", "restarted",
    *(f"{unit}_{name}" for unit in ("days", "working_days") for name in QUANTILES),
    "limit", "count", "of", "share", "overdue", "not_due",
)  # fmt: skip
