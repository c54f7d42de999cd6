"""Care proceedings: from application to order, how long, in care or not, and who comes back to court.

A case here is one child's: an application, and the first final order after it in the same journey before another
application. Which outcome the orders made are told as: orders.py. Definitions: docs/measures-pathways.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.facets import NOT_RECORDED
from flowmap.measures.behind import Behind, Row
from flowmap.measures.care import Places, in_care
from flowmap.measures.effect import span
from flowmap.measures.events import Events, events
from flowmap.measures.intervals import Share
from flowmap.measures.options import maybe, station
from flowmap.measures.orders import Precedence, precedence
from flowmap.measures.survival import REACHED, WAITING, curve

Ints = npt.NDArray[np.int64]

LIMIT_DAYS = 26 * 7  # Children Act 1989, section 32(1)(a)(ii), as amended by the Children and Families Act 2014
ORDER_FACET = "order_made"  # of a journey, from the legal department's list: "Care order; Placement order"
# Where the order made is not recorded, what was reached at the final order or after it, by id, tells it.
ORDER_PLACES = ("care_order", "placement_order", "special_guardianship", "supervision_order")
BEFORE = ("care", "cp", "cin", "other")  # the status before the application, the first that fits
RETURN_YEARS = (1, 2, 3, 5)
THREE = ("never", "sometimes", "throughout")
PER = 10_000


@dataclass(frozen=True)
class Cases:
    """Cases (c,): journey, the events of application and final order (-1: not yet), when, and what came of them.

    `outcome` is a row of `labels`, -1 while there is no final order; `before` a row of BEFORE; `points` how many of
    three times the child was in care (-1 while there is no final order).
    """

    journey: Ints
    applied: Ints
    ordered: Ints
    start: Seconds
    stop: Seconds
    outcome: Ints
    before: Ints
    points: Ints
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.applied)

    @property
    def days(self) -> Ints:
        """Days from application to final order, or to the end of what is known."""
        return self.stop // DAY - self.start // DAY

    def only(self, kept: Mask) -> Cases:
        """Some of the cases."""
        columns = ("journey", "applied", "ordered", "start", "stop", "outcome", "before", "points")
        return replace(self, **{name: getattr(self, name)[kept] for name in columns})


def cases(data: Dataset, mask: Mask, table: Precedence | None = None, places: Places | None = None) -> Cases:
    """The cases of journeys of `mask`, in order of journey. Raises OptionError where the map has no court."""
    where, table = places or Places(), table or precedence()
    found = events(data)
    application = found.at(station(data, where.application))
    ordering = found.at(station(data, where.order))
    applied = application[mask[found.journey[application]]]
    again, ordered = found.next_of(applied, application), found.next_of(applied, ordering)
    ordered = np.where((again >= 0) & (again < ordered), -1, ordered)
    dropped = (ordered < 0) & (
        again >= 0
    )  # applied for again before any order: one case, told by the later application
    applied, ordered = applied[~dropped], ordered[~dropped]
    journey = found.journey[applied].astype(np.int64)
    until = np.where(data.journeys.open[journey], data.last, data.until[journey])
    inside = in_care(data, found, where)
    start = found.time[applied]
    stop = np.where(ordered >= 0, found.time[ordered], until)
    return Cases(
        journey,
        applied,
        ordered,
        start,
        stop,
        _outcomes(data, found, applied, ordered, table),
        _before(data, found, applied, inside),
        _points(found, applied, ordered, inside),
        table.labels,
    )


def _outcomes(data: Dataset, found: Events, applied: Ints, ordered: Ints, table: Precedence) -> Ints:
    """By the order made as recorded, else by the places reached with or after the final order, before another case."""
    labels = {label: row for row, label in enumerate(table.labels)}
    journey = found.journey[np.maximum(ordered, 0)].astype(np.int64)
    # The recorded order is the journey's first known: of its first case alone.
    first = np.ones(len(applied), dtype=bool)
    first[1:] = journey[1:] != journey[:-1]
    outcome = np.full(len(applied), labels[table.none])
    code = np.zeros(len(applied), dtype=np.int64)
    again = found.next_of(applied, applied)
    end = np.where(again >= 0, again, found.end[journey])
    names = [name for name in ORDER_PLACES if maybe(data, name) is not None]
    for bit, name in enumerate(names):
        after = found.next_of(ordered, found.at(station(data, name)))
        same_day = (after >= 0) & (found.time[after] // DAY <= found.time[ordered] // DAY + 7)
        code |= np.where((ordered >= 0) & same_day & (after < end), 1 << bit, 0)
    for value in np.unique(code):
        made = [name for bit, name in enumerate(names) if value >> bit & 1]
        outcome[code == value] = labels[table.outcome(made)]
    if ORDER_FACET in data.facets and data.facets[ORDER_FACET].kind == "category":
        values = data.facets[ORDER_FACET].values
        told = np.array([-1 if v == NOT_RECORDED else labels[table.outcome(v.split(";"))] for v in values])
        recorded = told[data.column(ORDER_FACET)[journey]]
        outcome = np.where(first & (recorded >= 0), recorded, outcome)
    return np.where(ordered >= 0, outcome, -1)


def _before(data: Dataset, found: Events, applied: Ints, inside: Mask) -> Ints:
    """(c,) the status before the application, a row of BEFORE: in care, else the plan the child was last on."""
    begins = applied == found.begin[found.journey[applied]]
    care = ~begins & inside[applied - 1]
    status = np.full(len(applied), BEFORE.index("other"))
    latest = np.full(len(applied), -1)
    for name in ("cin", "cp"):
        row = maybe(data, name)
        if row is not None:
            last = found.last_of(applied, found.at(row))
            status = np.where(last > latest, BEFORE.index(name), status)
            latest = np.maximum(last, latest)
    return np.where(care, BEFORE.index("care"), status)


def _points(found: Events, applied: Ints, ordered: Ints, inside: Mask) -> Ints:
    """(c,) at how many of three times the child was in care.

    At the end of the day of application, half-way, and on the eve of the final order.
    """
    start, stop = found.time[applied], found.time[np.maximum(ordered, 0)]
    begin_day, end_day = start // DAY, stop // DAY
    instants = ((begin_day + 1) * DAY - 1, (start + stop) // 2, end_day * DAY - 1)
    count = np.zeros(len(applied), dtype=np.int64)
    for at in instants:
        moment = np.maximum(at, (begin_day + 1) * DAY - 1)
        moment = np.where(begin_day == end_day, stop, np.minimum(moment, stop))
        row = _latest(found, applied, moment)
        count += inside[row]
    return np.where(ordered >= 0, count, -1)


def _latest(found: Events, row: Ints, at: Seconds) -> Ints:
    """(c,) the last event of the same journey as `row` at or before an instant; `row` itself is one."""
    journey = found.journey[row].astype(np.int64)
    low, high = row.copy(), found.end[journey] - 1
    while np.any(low < high):  # by halves: as many rounds as the longest journey has bits
        middle = (low + high + 1) // 2
        ok = found.time[middle] <= at
        low, high = np.where(ok, middle, low), np.where(ok, high, middle - 1)
    return low


@dataclass(frozen=True)
class Court:
    """What came of applications made in the window; see `court` for each part."""

    applications: int
    concluded: int
    unit: str
    outcomes: tuple[tuple[str, Share, float | None], ...]
    by_status: tuple[tuple[str, str, Share], ...]
    in_care: tuple[tuple[str, Share], ...]
    years: tuple[tuple[int, str, int], ...]
    median_weeks: float | None
    in_time: Share
    returns: tuple[dict[str, Any], ...]
    precedence: Precedence

    def rows(self) -> list[dict[str, Any]]:
        """Outcomes, a row each."""
        return [{"outcome": name, **share.to_json(), "rate": rate} for name, share, rate in self.outcomes]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "applications": self.applications,
            "concluded": self.concluded,
            "unit": self.unit,
            "outcomes": self.rows(),
            "by_status": [{"status": s, "outcome": o, **share.to_json()} for s, o, share in self.by_status],
            "in_care": [{"in_care": name, **share.to_json()} for name, share in self.in_care],
            "years": [{"year": year, "outcome": name, "count": count} for year, name, count in self.years],
            "median_weeks": self.median_weeks,
            "within_26_weeks": self.in_time.to_json(),
            "returns": list(self.returns),
            "precedence": self.precedence.rows(),
        }


def court(
    data: Dataset,
    mask: Mask,
    since: int | None = None,
    until: int | None = None,
    case: str | None = None,
    population: Mapping[int, int] | int | None = None,
    table: Precedence | None = None,
    places: Places | None = None,
) -> Court:
    """Applications made from `since` to before `until`, and what came of them by the end of the data.

    `case`: a facet whose value is the case a child is in; its children then count as one, with all their orders told
    together. Without it every child counts. `population`: children of the area, one number or one a year, for rates
    per 10,000 a year. The share within 26 weeks is of applications that old, or concluded sooner only among those:
    whoever applied less than 26 weeks before the end of the data is not in it.
    """
    chosen = table or precedence()
    found = cases(data, mask, chosen, places)
    begin = since if since is not None else span(data)[0]
    asked = _applied(data, found, begin, until)
    done = asked.outcome >= 0
    unit_of, outcome = _units(data, asked, case, chosen)
    counts = np.bincount(outcome, minlength=len(chosen.labels))
    end = min(until if until is not None else data.last + 1, data.last + 1)
    years = max((end - begin) / DAY / 365.25, 1e-9)
    children = _population(population, begin, end)
    old = asked.start // DAY + LIMIT_DAYS <= data.last // DAY
    quick = done & (asked.days <= LIMIT_DAYS)
    return Court(
        applications=unit_of,
        concluded=len(outcome),
        unit="case" if case else "child in a case",
        outcomes=tuple(
            (label, Share(int(n), len(outcome)), None if children is None else float(n) / years / children * PER)
            for label, n in zip(chosen.labels, counts, strict=True)
        ),
        by_status=_by_status(asked),
        in_care=_three(asked),
        years=_years(asked),
        median_weeks=_median_weeks(asked),
        in_time=Share(int((quick & old).sum()), int(old.sum())),
        returns=tuple(_returns(data, found, begin, end)),
        precedence=chosen,
    )


def _applied(data: Dataset, found: Cases, begin: int, until: int | None) -> Cases:
    """The cases applied for from `begin` to before `until`."""
    return found.only((found.start >= begin) & (found.start < (until if until is not None else data.last + 1)))


def behind(
    data: Dataset,
    mask: Mask,
    row: Row,
    count: str,
    since: int | None = None,
    until: int | None = None,
    table: Precedence | None = None,
) -> Behind:
    """The concluded applications that `count` of a row of the table of orders counts, each by its final order."""
    begin = since if since is not None else span(data)[0]
    asked = _applied(data, cases(data, mask, table), begin, until)
    kept, which = asked.outcome >= 0, ""
    if count == "count":
        kept, which = asked.outcome == asked.labels.index(row["group"]), f": {row['group']}"
    said = f"Applications to the court with a final order{which}, each by that order"
    return Behind("applications", said, asked.journey[kept], asked.stop[kept])


def _units(data: Dataset, asked: Cases, case: str | None, table: Precedence) -> tuple[int, Ints]:
    """How many cases there are, and the outcome of each that is concluded."""
    done = asked.outcome >= 0
    if case is None:
        return len(asked), asked.outcome[done]
    if case not in data.facets:
        raise OptionError(f"“{case[:60]}” is not a facet.", remedy=f"Facets here: {', '.join(data.facets)}.")
    key = data.column(case)[asked.journey].astype(np.int64)
    kinds = [frozenset(orders) for _, orders in table.outcomes]
    found = []
    for value in np.unique(key[done]):
        rows = np.unique(asked.outcome[done & (key == value)])
        made = [kind for row in rows if row < len(kinds) for kind in kinds[row]]
        other = table.labels.index(table.other)
        name = table.outcome(made) if made else table.other if other in rows else table.none
        found.append(table.labels.index(name))
    return len(np.unique(key)), np.array(found, dtype=np.int64)


def _population(population: Mapping[int, int] | int | None, begin: int, end: int) -> float | None:
    """Children of the area over the window: the number given, or the mean of the years that it touches."""
    if population is None or isinstance(population, int):
        return population
    first, last = (int(np.datetime64(at, "s").astype("datetime64[Y]").astype(int)) + 1970 for at in (begin, end - 1))
    known = [number for year, number in population.items() if first <= year <= last]
    return sum(known) / len(known) if known else None


def _by_status(asked: Cases) -> tuple[tuple[str, str, Share], ...]:
    done = asked.outcome >= 0
    found = []
    for row, status in enumerate(BEFORE):
        here = done & (asked.before == row)
        for code, label in enumerate(asked.labels):
            if np.any(here):
                found.append((status, label, Share(int((here & (asked.outcome == code)).sum()), int(here.sum()))))
    return tuple(found)


def _three(asked: Cases) -> tuple[tuple[str, Share], ...]:
    points = asked.points[asked.outcome >= 0]
    several = (points == 0, (points > 0) & (points < 3), points == 3)
    return tuple((name, Share(int(rows.sum()), len(points))) for name, rows in zip(THREE, several, strict=True))


def _years(asked: Cases) -> tuple[tuple[int, str, int], ...]:
    """Orders by the calendar year of the order."""
    done = asked.outcome >= 0
    year = asked.stop[done].astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    several, count = np.unique(np.column_stack([year, asked.outcome[done]]), axis=0, return_counts=True)
    return tuple((int(y), asked.labels[o], int(n)) for (y, o), n in zip(several, count, strict=True))


def _median_weeks(asked: Cases) -> float | None:
    """Kaplan–Meier's median from application to final order, cases that go on censored."""
    found = curve(asked.days, np.where(asked.outcome >= 0, REACHED, WAITING))
    days = found.quantile(0.5) if len(found.left) and found.left[-1] <= 0.5 else None
    return None if days is None else days / 7


def _returns(data: Dataset, found: Cases, begin: int, end: int) -> list[dict[str, Any]]:
    """Share of children back in court (another application) within so many years of an order, by outcome."""
    child = data.journeys.child[found.journey].astype(np.int64)
    order = np.lexsort((found.start, child))
    same = np.append(child[order][1:] == child[order][:-1], False)
    again = np.full(len(found), -1)
    again[order] = np.where(same, np.append(found.start[order][1:], -1), -1)
    asked = (found.outcome >= 0) & (found.stop >= begin) & (found.stop < end)
    back = (again >= 0) & (again >= found.stop)
    days = np.where(back, again, data.last) // DAY - found.stop // DAY
    rows = []
    for code, label in enumerate(found.labels):
        here = asked & (found.outcome == code)
        if np.any(here):
            steps = curve(days[here], np.where(back[here], REACHED, WAITING))
            within = {str(y): _share_by(steps, round(365.25 * y)) for y in RETURN_YEARS}
            returned = int((here & back).sum())
            rows.append({"outcome": label, "orders": int(here.sum()), "returned": returned, "within_years": within})
    return rows


def _share_by(steps: Any, day: int) -> dict[str, Any] | None:
    """The share back by a day, with its interval; None where nobody was watched so long."""
    if not steps.followed(day):
        return None
    row = steps.step(day)
    if row < 0:
        return {"share": 0.0, "low": 0.0, "high": None, "at_risk": steps.risk_on(day)}
    low, high = float(steps.low[row]), float(steps.high[row])
    ends = (None, None) if np.isnan(low) else (low, high)
    return {"share": float(steps.alone[row]), "low": ends[0], "high": ends[1], "at_risk": steps.risk_on(day)}
