"""How many decisions at a station are no further action (NFA), by how often the child had been referred before.

A decision is the next event after a stay at the station; it counts in the period in which it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, iso
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.events import Position, events
from flowmap.measures.history import history
from flowmap.measures.intervals import Share, Trend, trend
from flowmap.measures.options import Groups, Period, Roles, group_json, groups, labels, maybe, part, period
from flowmap.measures.working_days import months_known

Ints = npt.NDArray[np.int64]

POINTS = ("contact", "referral", "assessment", "strategy", "s47", "icpc")
MOST_EARLIER = 3  # that many or more are one group
LOOKBACK = 36  # months, as in Kent's finding
MOST_LOOKBACK = 240


@dataclass(frozen=True)
class Decisions:
    """Decisions (d,): the `position` of the stay at the station, its `journey`, and whether it ended in `nfa`."""

    position: Position
    journey: Ints
    nfa: Mask


@dataclass(frozen=True)
class Nfa:
    """The share of decisions at `station` that are NFA: in all, by earlier referrals, by a facet.

    `undecided` stays that began in the period have no decision yet. `left_out` decisions have too little data before
    them to count earlier referrals; they are in `overall` and `groups`, not in `earlier` (0, 1, 2, 3 or more).
    """

    station: int
    period: Period
    lookback: int
    known_from: int
    overall: Share
    undecided: int
    earlier: list[Share]
    trend: Trend | None
    left_out: int
    points: list[tuple[int, Share]]
    by: Groups | None
    groups: list[tuple[int, Share]]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        place = data.stations[self.station]
        return {
            "station": place.id,
            "label": place.label,
            "period": self.period.to_json(),
            "known_from": iso(self.known_from)[:10],
            "sentence": self.sentence(data),
            "lookback": self.lookback,
            "overall": self.overall.to_json(),
            "undecided": self.undecided,
            "earlier": [{"earlier": said(n), **share.to_json()} for n, share in enumerate(self.earlier)],
            "trend": self.trend.to_json() if self.trend else None,
            "left_out": self.left_out,
            "points": [
                {"station": data.stations[s].id, "label": data.stations[s].label, **share.to_json()}
                for s, share in self.points
            ],
            "by": self.by.key if self.by else None,
            "groups": [group_json(self.by, row, share.to_json()) for row, share in self.groups if self.by],
        }

    def sentence(self, data: Dataset) -> str:
        """The children never referred before beside those referred most often, or the share of all."""
        place = labels(data, (self.station,))
        first, last = self.earlier[0], next((n for n in range(MOST_EARLIER, 0, -1) if self.earlier[n].of), 0)
        if not first.of or not last:
            return f"{place}: {self.overall.say()} ended in no further action." if self.overall.of else ""
        often = f"{last} or more" if last == MOST_EARLIER else str(last)
        return (
            f"{place}: {first.say()} ended in no further action where the child had not been referred in the"
            f" {self.lookback} months before, {self.earlier[last].say()} where it had been {often} times."
        )


def said(earlier: int) -> str:
    """0, 1, 2, 3+."""
    return f"{earlier}+" if earlier == MOST_EARLIER else str(earlier)


def nfa(
    data: Dataset,
    mask: Mask,
    within: Period | None = None,
    *,
    at: str = "assessment",
    lookback: int = LOOKBACK,
    by: str | None = None,
    roles: Roles | None = None,
    known_from: int | None = None,
) -> Nfa:
    """The share of decisions at the station `at` (an id or a part) that are NFA, for journeys of `mask`.

    Earlier referrals are those of the same child in the `lookback` months before the latest referral of the journey
    up to the stay (before the stay itself where it has none). Raises OptionError.
    """
    if not 1 <= lookback <= MOST_LOOKBACK:
        raise OptionError(f"{lookback} months cannot be looked back.", remedy=f"Use 1 to {MOST_LOOKBACK} months.")
    within = within or period(data)
    station, exit_ = part(data, at, roles), part(data, "nfa", roles)
    if data.exits[station]:
        raise OptionError(f"{labels(data, (station,))} is an exit: nothing is decided there.", remedy="Name a station.")
    known = data.origin if known_from is None else known_from
    found = decisions(data, mask, within, station, exit_)
    earlier, left_out = by_earlier(data, found, lookback, known, roles)
    split = groups(data, by) if by else None
    others = [row for row in (maybe(data, role, roles) for role in POINTS) if row is not None]
    every = events(data)
    stays = every.at(station)
    stays = stays[mask[every.journey[stays]] & within.holds(every.time[stays])]
    return Nfa(
        station=station,
        period=within,
        lookback=lookback,
        known_from=known,
        overall=_share(found.nfa),
        undecided=int(np.count_nonzero(every.following(stays) < 0)),
        earlier=earlier,
        trend=trend(earlier),
        left_out=left_out,
        points=[(row, _share(decisions(data, mask, within, row, exit_).nfa)) for row in others],
        by=split,
        groups=_by_group(split, found) if split else [],
    )


def decisions(data: Dataset, mask: Mask, within: Period, station: int, exit_: int) -> Decisions:
    """Every decision at a station in a period; NFA where the next event is at `exit_`."""
    every = events(data)
    position = every.at(station)
    position = position[mask[every.journey[position]]]
    after = every.following(position)
    made = (after >= 0) & within.holds(every.time[after])
    position, after = position[made], after[made]
    return Decisions(position, every.journey[position].astype(np.int64), every.station[after] == exit_)


def _share(hits: Mask) -> Share:
    return Share(int(np.count_nonzero(hits)), len(hits))


def by_earlier(
    data: Dataset, found: Decisions, lookback: int, known: int, roles: Roles | None
) -> tuple[list[Share], int]:
    """The share that is NFA after 0, 1, 2, and 3 or more earlier referrals; and how many decisions are left out."""
    earlier = _earlier(data, found, lookback, known, roles)
    return [_share(found.nfa[earlier == n]) for n in range(MOST_EARLIER + 1)], int(np.count_nonzero(earlier < 0))


def _earlier(data: Dataset, found: Decisions, lookback: int, known: int, roles: Roles | None) -> Ints:
    """(d,) how many earlier referrals (3: or more) each child had; -1 where the data reach not so far back."""
    every = events(data)
    referral = part(data, "referral", roles)
    before = every.last_of(found.position, every.at(referral))
    since = np.where(before >= 0, before, found.position)
    time = every.time[since]
    past = history(data, referral)
    count = past.earlier(since, data.journeys.child[found.journey], time, lookback)
    return np.where(months_known(known // DAY, time // DAY) >= lookback, np.minimum(count, MOST_EARLIER), -1)


def _by_group(by: Groups, found: Decisions) -> list[tuple[int, Share]]:
    every, hits = by.count(found.journey), by.count(found.journey[found.nfa])
    return [(row, Share(int(hits[row]), int(every[row]))) for row in range(len(every)) if every[row]]


def behind(
    data: Dataset,
    mask: Mask,
    within: Period,
    row: Row,
    count: str,
    *,
    at: str = "assessment",
    lookback: int = LOOKBACK,
    by: str | None = None,
    roles: Roles | None = None,
    known_from: int | None = None,
) -> Behind:
    """The decisions that `count` of a row of the table counts; the rest as asked of `nfa`."""
    figure, value = row["figure"], row["value"]
    station = data.index[value] if figure == "point" else part(data, at, roles)
    found = decisions(data, mask, within, station, part(data, "nfa", roles))
    kept, which = np.ones(len(found.position), dtype=bool), ""
    if figure == "earlier":
        known = data.origin if known_from is None else known_from
        kept = _earlier(data, found, lookback, known, roles) == int(value.removesuffix("+"))
        which = f", earlier referrals in {lookback} months: {value}"
    if figure == "group" and by:
        split = groups(data, by)
        kept, which = split.code[found.journey] == split.values.index(value), split.say(value)
    if count == "count":
        kept, which = kept & found.nfa, f"{which}, that ended in no further action"
    after = events(data).following(found.position[kept])
    return Behind.of_events(data, "decisions", f"Decisions at {labels(data, (station,))}{which}", after)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a long table: in all, by earlier referrals, by group, at each decision point."""
    table = [{"figure": "overall", "value": found["station"], "label": found["label"], **found["overall"]}]
    table += [{"figure": "earlier", "value": e["earlier"], **_plain(e)} for e in found["earlier"]]
    table += [{"figure": "group", **group} for group in found["groups"]]
    table += [{"figure": "point", "value": p["station"], "label": p["label"], **_plain(p)} for p in found["points"]]
    return table


def _plain(figure: dict[str, Any]) -> dict[str, Any]:
    return {key: figure[key] for key in ("count", "of", "share", "low", "high")}


COLUMNS = ("figure", "value", "label", "count", "of", "share", "low", "high")
