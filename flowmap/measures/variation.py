"""Variation beyond chance: a share by team, source or any facet, with the limits of a funnel plot.

Limits are exact binomial ones around the share of all together: were every group alike, about one in twenty would lie
outside the 95% limits and one in five hundred outside the 99.8% ones. Outside is a question, not a verdict: groups
differ in what comes to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures import rereferral
from flowmap.measures.behind import Behind, Counted, Row, Unit
from flowmap.measures.conversion import WINDOW, converted
from flowmap.measures.durations import completed_in_time
from flowmap.measures.events import events
from flowmap.measures.intervals import FUNNEL, Share, funnel
from flowmap.measures.nfa import decisions
from flowmap.measures.options import Groups, Period, Roles, groups, labels, part, period
from flowmap.measures.spells import Ends, Way
from flowmap.measures.timescales import Due

Ints = npt.NDArray[np.int64]
Of = Literal["nfa", "rereferral", "conversion", "in_time"]
OF: tuple[Of, ...] = ("nfa", "rereferral", "conversion", "in_time")

FACETS = ("team", "source", "entry")  # the first of them that a dataset has, where none is asked for
CURVE = 60  # sizes at which the limits are drawn
BEYOND = ("within", "outside 95%", "outside 99.8%")


@dataclass(frozen=True)
class Group:
    """A group's share, the limits at its size (95% then 99.8%, each low and high) and how far out it lies."""

    row: int
    share: Share
    limits: tuple[tuple[float, float], ...]

    @property
    def beyond(self) -> int:
        """0 within, 1 outside the 95% limits, 2 outside the 99.8% ones too."""
        value = self.share.value or 0.0
        return sum(value < low or value > high for low, high in self.limits)


@dataclass(frozen=True)
class Variation:
    """The shares of `what` by a facet; `curve` has the limits at sizes from the smallest group to the largest."""

    what: str
    period: Period
    by: Groups
    overall: Share
    groups: list[Group]
    curve: list[tuple[int, tuple[tuple[float, float], ...]]]

    def to_json(self) -> dict[str, Any]:
        """As in the API, groups in order of size, largest first."""
        return {
            "what": self.what,
            "period": self.period.to_json(),
            "by": self.by.key,
            "overall": self.overall.to_json(),
            "groups": [
                {
                    "value": self.by.values[group.row],
                    "label": self.by.labels[group.row],
                    **group.share.to_json(),
                    **_named(group.limits),
                    "beyond": BEYOND[group.beyond],
                }
                for group in self.groups
            ],
            "curve": [{"of": of, **_named(limits)} for of, limits in self.curve],
        }


def _named(limits: tuple[tuple[float, float], ...]) -> dict[str, float]:
    (low, high), (lowest, highest) = limits
    return {"low_95": low, "high_95": high, "low_998": lowest, "high_998": highest}


def variation(
    data: Dataset,
    mask: Mask,
    within: Period | None = None,
    *,
    of: Of = "nfa",
    by: str | None = None,
    at: str = "assessment",
    months: int = rereferral.DFE,
    start: tuple[int, ...] = (),
    stop: tuple[int, ...] = (),
    window: int = WINDOW,
    ends: Ends = "reached",
    dues: Sequence[Due] = (),
    roles: Roles | None = None,
) -> Variation:
    """A share by facet `by`, for journeys of `mask`.

    `of`: "nfa", of decisions at the station `at`; "rereferral", of referrals within `months` of an earlier one;
    "conversion", of journeys from `start` that reach `stop` within `window` days; or "in_time", of completed ways from
    `start` (to `stop`) within the first timescale of `dues` that is of them. Raises OptionError.
    """
    within = within or period(data)
    split = split_of(data, by)
    counted = Asked(of, at, months, start, stop, window, ends, tuple(dues), roles or {}).count(data, mask, within)
    return _funnel(counted.what, within, split, counted.found.journey, counted.found.hit)


def split_of(data: Dataset, by: str | None) -> Groups:
    """The facet by which shares are compared."""
    return groups(data, by or next((key for key in FACETS if key in data.facets), "entry"))


@dataclass(frozen=True)
class CountedAs:
    """What a share is of: in words with its hits, in words without, the unit, and what it counts."""

    what: str
    of: str
    unit: Unit
    found: Counted


@dataclass(frozen=True)
class Asked:
    """Which share, as in `variation`."""

    of: Of
    at: str
    months: int
    start: tuple[int, ...]
    stop: tuple[int, ...]
    window: int
    ends: Ends
    dues: tuple[Due, ...]
    roles: Roles

    def count(self, data: Dataset, mask: Mask, within: Period) -> CountedAs:
        """Everything that the share counts. Raises OptionError."""
        if self.of == "nfa":
            station = part(data, self.at, self.roles)
            made = decisions(data, mask, within, station, part(data, "nfa", self.roles))
            every = events(data)
            found = Counted(made.journey, every.time[every.following(made.position)], made.nfa)
            of = f"Decisions at {labels(data, (station,))}"
            return CountedAs(f"{of} that are NFA", of, "decisions", found)
        if self.of == "rereferral":
            found = rereferral.rereferred(data, mask, within, self.months, self.roles)
            of = f"Referrals with {self.months} months of data before them"
            return CountedAs(f"Referrals within {self.months} months of an earlier one", of, "referrals", found)
        if self.of == "in_time":
            if not self.start:
                raise OptionError("A way needs a station to start from.", remedy="Give start.")
            way = Way(self.start[0], self.stop, self.ends)
            found, limit = completed_in_time(data, mask, within, way, self.dues)
            return CountedAs(f"{way.say(data)}: within {limit}", f"{way.say(data)}: completed", "spells", found)
        if not self.start or not self.stop:
            raise OptionError("A conversion needs two stations.", remedy="Give start and stop.")
        found = converted(data, mask, within, self.start, self.stop, self.window)
        first, then = labels(data, self.start), labels(data, self.stop)
        of = f"{first}: journeys that reach it {self.window} days or more before the end of the data"
        return CountedAs(f"{first} that reach {then} within {self.window} days", of, "journeys", found)


def behind(
    data: Dataset, mask: Mask, within: Period, row: Row, count: str, asked: Asked, by: str | None = None
) -> Behind:
    """What `count` of a row of the table counts."""
    counted, split = asked.count(data, mask, within), split_of(data, by)
    found = counted.found
    kept, said = (found.hit, counted.what) if count == "count" else (np.ones(len(found.hit), dtype=bool), counted.of)
    group = split.code[found.journey]
    if row["value"] is None:
        return found.behind(counted.unit, said, kept & (group >= 0))
    kept &= group == split.values.index(row["value"])
    return found.behind(counted.unit, said + split.say(row["value"]), kept)


def _funnel(what: str, within: Period, by: Groups, journey: Ints, hit: Mask) -> Variation:
    every, hits = by.count(journey), by.count(journey[hit])
    overall = Share(int(hits.sum()), int(every.sum()))
    found = np.flatnonzero(every)
    found = found[np.lexsort((found, -every[found]))]
    limits = _limits(every[found], overall)
    sizes = _sizes(every[found])
    return Variation(
        what=what,
        period=within,
        by=by,
        overall=overall,
        groups=[
            Group(int(row), Share(int(hits[row]), int(every[row])), limits[k]) for k, row in enumerate(found.tolist())
        ],
        curve=list(zip(sizes.tolist(), _limits(sizes, overall), strict=True)),
    )


def _sizes(of: Ints) -> Ints:
    """Sizes at which limits are drawn, denser where they bend more."""
    if not len(of):
        return np.empty(0, dtype=np.int64)
    return np.unique(np.geomspace(max(of.min() // 2, 1), of.max() * 1.1 + 1, CURVE).round().astype(np.int64))


def _limits(of: Ints, overall: Share) -> list[tuple[tuple[float, float], ...]]:
    if not len(of):
        return []
    pairs = [funnel(of, overall.value or 0.0, level) for level in FUNNEL]
    return [tuple((float(low[k]), float(high[k])) for low, high in pairs) for k in range(len(of))]


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: all together, then a group a row."""
    return [{"label": "all together", **found["overall"]}, *found["groups"]]


COLUMNS = (
    "value", "label", "count", "of", "share", "low", "high", "low_95", "high_95", "low_998", "high_998", "beyond",
)  # fmt: skip
