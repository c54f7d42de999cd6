"""Re-referral: how many referrals had one before, at any horizon; and how long until a child is referred again.

As the Department for Education counts: the share of referrals in a period that came within 12 months of an earlier
referral of the same child. A referral counts at a horizon only where the data reach so far back before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, iso
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Counted, Row
from flowmap.measures.events import Position, events
from flowmap.measures.history import History, history
from flowmap.measures.intervals import Share
from flowmap.measures.options import Groups, Period, Roles, group_json, groups, maybe, part, period
from flowmap.measures.survival import OTHER, REACHED, WAITING, Curve, curve
from flowmap.measures.working_days import months_known

Ints = npt.NDArray[np.int64]

DFE = 12  # months: DfE, Characteristics of children in need, methodology: "within 12 months of a previous referral"
HORIZONS = range(3, 61)  # months
TOGETHER = (12, 36)  # Kent's two facts side by side
MONTHS_AFTER = (1, 3, 6, 12, 24, 36, 48, 60)  # after a closure
CLOSURES = ("nfa", "closed", "step_down")
MONTH = 365.25 / 12  # days
NO_TIME = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Horizon:
    """Of referrals with `months` of data before them, those with an earlier one in that time; the rest `left_out`."""

    months: int
    rereferred: Share
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"months": self.months, **self.rereferred.to_json(), "left_out": self.left_out}


@dataclass(frozen=True)
class Return:
    """From closure or NFA to the child's next referral: of `closures` journeys, `returned` did, `other` left for good.

    `other`: another exit came first (adopted, moved to another authority, …). The rest are not back yet.
    """

    closures: int
    returned: int
    other: int
    curve: Curve

    def to_json(self) -> dict[str, Any]:
        """With the shares back after so many months, and the curve to draw."""
        return {
            "closures": self.closures,
            "returned": self.returned,
            "other": self.other,
            "not_yet": self.closures - self.returned - self.other,
            "after": [self.after(months) for months in MONTHS_AFTER],
            "curve": self.curve.to_json(),
        }

    def after(self, months: int) -> dict[str, Any]:
        """So many months on: at risk, back by Aalen–Johansen, by Kaplan–Meier with its 95% interval."""
        day = round(months * MONTH)
        row, found = self.curve.step(day), {"months": months, "day": day, "at_risk": self.curve.risk_on(day)}
        names = ("reached", "other", "alone", "low", "high")
        if not self.curve.followed(day):
            return {**found, **dict.fromkeys(names)}
        return {**found, **{n: _number(getattr(self.curve, n)[row]) if row >= 0 else 0.0 for n in names}}


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Rereferral:
    """The whole answer; `groups` are (figure at the horizon, time to return) by the values of a facet."""

    period: Period
    known_from: int
    rate: Horizon
    horizons: list[Horizon]
    back: Return
    by: Groups | None
    groups: list[tuple[int, Horizon, Return]]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "period": self.period.to_json(),
            "known_from": iso(self.known_from)[:10],
            "sentence": self.sentence(),
            "rate": self.rate.to_json(),
            "horizons": [h.to_json() for h in self.horizons],
            "return": self.back.to_json(),
            "by": self.by.key if self.by else None,
            "groups": [
                group_json(self.by, row, {**h.to_json(), "closures": r.closures, "after": r.after(h.months)})
                for row, h, r in self.groups
                if self.by
            ],
        }

    def sentence(self) -> str:
        """The 12 months and the 36 side by side."""
        found = {h.months: h for h in self.horizons}
        return side_by_side(self.period, *(found[months] for months in TOGETHER))


def side_by_side(within: Period, near: Horizon, far: Horizon) -> str:
    """Two horizons in one sentence."""
    if not near.rereferred.of:
        return f"No referral of {within.say()} has {near.months} months of data before it."
    said = f"Of referrals from {within.say()} with {near.months} months of data before them,"
    said += f" {near.rereferred.say()} came within {near.months} months of an earlier one of the same child"
    if not far.rereferred.of:
        return f"{said}; none has {far.months} months of data before it."
    return f"{said}; of those with {far.months} months before them, {far.rereferred.say()} within {far.months}."


def rereferral(
    data: Dataset,
    mask: Mask,
    within: Period | None = None,
    *,
    months: int = DFE,
    by: str | None = None,
    roles: Roles | None = None,
    known_from: int | None = None,
) -> Rereferral:
    """Re-referral among the referrals of journeys of `mask` in the period `within` (None: the whole of the data).

    Earlier referrals count whether or not they are of the cohort and the period. `known_from` (a midnight) is from
    when the data hold every referral; their first day where not given. Raises OptionError.
    """
    if not 1 <= months <= HORIZONS[-1]:
        raise OptionError(f"{months} months cannot be asked for.", remedy=f"Use 1 to {HORIZONS[-1]} months.")
    within = within or period(data)
    known = data.origin if known_from is None else known_from
    referral = part(data, "referral", roles)
    found = history(data, referral)
    rows = np.flatnonzero(within.holds(found.time) & mask[events(data).journey[found.position]])
    reach = _reach(found, rows, known)
    back = _returns(data, mask, within, roles, found)
    split = groups(data, by) if by else None
    return Rereferral(
        period=within,
        known_from=known,
        rate=_horizons(found.back[rows], reach, [months])[0],
        horizons=_horizons(found.back[rows], reach, list(HORIZONS)),
        back=_estimate(back),
        by=split,
        groups=_by_group(data, split, found, rows, reach, back, months) if split else [],
    )


def at_horizons(
    data: Dataset, mask: Mask, within: Period, months: Sequence[int], roles: Roles | None, known: int
) -> list[Horizon]:
    """The rate at several horizons and nothing else of `rereferral`: faster. Raises OptionError."""
    found = history(data, part(data, "referral", roles))
    rows = np.flatnonzero(within.holds(found.time) & mask[events(data).journey[found.position]])
    return _horizons(found.back[rows], _reach(found, rows, known), list(months))


def _reach(found: History, rows: Ints, known: int) -> Ints:
    """For how many whole months before each referral the data are known; negative before that day."""
    return months_known(known // DAY, found.time[rows] // DAY)


def _horizons(back: Ints, reach: Ints, months: list[int]) -> list[Horizon]:
    most = max(months) + 1
    table = np.zeros((most + 1, most + 1), dtype=np.int64)
    np.add.at(table, (np.clip(reach, -1, most - 1) + 1, np.minimum(back, most)), 1)
    reaching = table[::-1].cumsum(axis=0)[::-1]  # row m + 1: referrals with m months before them
    return [
        Horizon(m, Share(int(reaching[m + 1, : m + 1].sum()), int(reaching[m + 1].sum())),
                int(len(back) - reaching[m + 1].sum()))
        for m in months
    ]  # fmt: skip


@dataclass(frozen=True)
class _Returns:
    """Journeys that closed, for how many days each was watched, and what ended that."""

    journey: Ints
    days: Ints
    outcome: npt.NDArray[np.int8]


def _returns(data: Dataset, mask: Mask, within: Period, roles: Roles | None, found: History) -> _Returns:
    closures = [row for row in (maybe(data, role, roles) for role in CLOSURES) if row is not None]
    table, every = data.journeys, events(data)
    referred = np.zeros(len(table), dtype=bool)
    referred[every.journey[found.position]] = True
    journey = np.flatnonzero(mask & referred & np.isin(table.last, closures) & within.holds(table.end))
    child, closed = table.child[journey], table.end[journey]
    others = [row for row in np.flatnonzero(data.exits).tolist() if row not in closures]
    exit_ = every.end[journey] - 1
    again = _first_time(found, exit_, child, closed)
    gone = _first_time(history(data, *others), exit_, child, closed)
    until = np.minimum(np.minimum(again, gone), data.last)
    outcome = np.full(len(journey), WAITING, dtype=np.int8)
    outcome[gone <= data.last] = OTHER
    outcome[(again <= data.last) & (again <= gone)] = REACHED
    return _Returns(journey, until // DAY - closed // DAY, outcome)


def _first_time(found: History, position: Position, child: npt.NDArray[np.integer], time: Ints) -> Ints:
    """When each child next arrives, beyond all times where it does not."""
    row = found.next_at(position, child, time)
    if not len(found.time):
        return np.full(len(row), NO_TIME)
    return np.where(row >= 0, found.time[row], NO_TIME)


def _estimate(found: _Returns) -> Return:
    returned, other = (int(np.count_nonzero(found.outcome == outcome)) for outcome in (REACHED, OTHER))
    return Return(len(found.days), returned, other, curve(found.days, found.outcome))


def _by_group(
    data: Dataset, by: Groups, found: History, rows: Ints, reach: Ints, back: _Returns, months: int
) -> list[tuple[int, Horizon, Return]]:
    of_referral = by.code[events(data).journey[found.position[rows]]]
    of_closure = by.code[back.journey]
    answer = []
    for row in range(len(by.values)):
        mine, theirs = of_referral == row, of_closure == row
        if mine.any() or theirs.any():
            (horizon,) = _horizons(found.back[rows[mine]], reach[mine], [months])
            some = _Returns(back.journey[theirs], back.days[theirs], back.outcome[theirs])
            answer.append((row, horizon, _estimate(some)))
    return answer


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a long table: the figure, its groups, the horizons, then time to return."""
    table = [{"figure": "rate", **found["rate"]}]
    table += [
        {"figure": "group", **{k: v for k, v in g.items() if k not in ("after", "closures")}} for g in found["groups"]
    ]
    table += [{"figure": "horizon", **horizon} for horizon in found["horizons"]]
    table += [
        {"figure": "return", "months": a["months"], "share": a["alone"], "low": a["low"], "high": a["high"],
         "at_risk": a["at_risk"], "reached": a["reached"], "other": a["other"]}
        for a in found["return"]["after"]
    ]  # fmt: skip
    return table


COLUMNS = ("figure", "value", "label", "months", "count", "of", "share", "low", "high", "left_out",
           "at_risk", "reached", "other")  # fmt: skip


def rereferred(
    data: Dataset, mask: Mask, within: Period, months: int, roles: Roles | None, known: int | None = None
) -> Counted:
    """The referrals that count at a horizon, and which of them are re-referrals (for a funnel).

    `known` is from when the data hold every referral; their first day where not given.
    """
    found = history(data, part(data, "referral", roles))
    rows, of, again = _at_horizon(data, mask, within, found, months, data.origin if known is None else known)
    journey = events(data).journey[found.position[rows[of]]]
    return Counted(journey.astype(np.int64), found.time[rows[of]], again[of])


def _at_horizon(
    data: Dataset, mask: Mask, within: Period, found: History, months: int, known: int
) -> tuple[Ints, Mask, Mask]:
    """Rows of the referrals asked about; of these, which count at a horizon and which are re-referrals.

    `_horizons` counts the same of all horizons at once.
    """
    rows = np.flatnonzero(within.holds(found.time) & mask[events(data).journey[found.position]])
    of = _reach(found, rows, known) >= months
    return rows, of, of & (found.back[rows] <= months)


def behind(
    data: Dataset,
    mask: Mask,
    within: Period,
    row: Row,
    count: str,
    *,
    by: str | None = None,
    roles: Roles | None = None,
    known_from: int | None = None,
) -> Behind:
    """The referrals (or closures: figure "return") that `count` of a row of the table counts."""
    found = history(data, part(data, "referral", roles))
    months = row["months"]
    if row["figure"] == "return":
        back = _returns(data, mask, within, roles, found)
        kept = back.days >= round(months * MONTH)
        said = f"Journeys closed and watched for {months} months, the child not referred again before that"
        return Behind("journeys", said, back.journey[kept], data.journeys.end[back.journey[kept]])
    rows, of, again = _at_horizon(data, mask, within, found, months, data.origin if known_from is None else known_from)
    kept = {"count": again, "of": of, "left_out": ~of}[count]
    said = {
        "count": f"Referrals within {months} months of an earlier one of the same child",
        "of": f"Referrals with {months} months of data before them",
        "left_out": f"Referrals without {months} months of data before them",
    }[count]
    if row["figure"] == "group" and by:
        split = groups(data, by)
        of_group = split.code[events(data).journey[found.position[rows]]] == split.values.index(row["value"])
        kept, said = kept & of_group, said + split.say(row["value"])
    return Behind.of_events(data, "referrals", said, found.position[rows[kept]])
