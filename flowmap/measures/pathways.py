"""Pathways: which journeys are common, which hold a pattern, who comes back without getting further, and a Sankey.

What is counted, and how journeys are merged: docs/measures-pathways.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.distinct import Tally, distinct, tally
from flowmap.measures.events import events
from flowmap.measures.intervals import Share
from flowmap.measures.options import maybe, part, station
from flowmap.measures.paths import (
    MERGES,
    Ints,
    Merge,
    Pattern,
    matches,
    of_children,
    pattern,
)

Floats = npt.NDArray[np.float64]
Scope = Literal["journey", "child"]

MOST_PATHS = 50
LEAST = 3  # referrals: from there on a child comes back often
# Any of these is "further": a plan, care or the court.
PLANS = ("cin", "cp", "pre_proceedings", "proceedings", "looked_after", "interim_care_order", "care_order")


def within(data: Dataset, mask: Mask, since: int | None, until: int | None) -> Mask:
    """The journeys of `mask` that began from `since` to before `until` (seconds)."""
    start = data.journeys.start
    found = mask.copy()
    if since is not None:
        found &= start >= since
    if until is not None:
        found &= start < until
    return found


@dataclass(frozen=True)
class Pathway:
    """One way through: stations in order, how many journeys of how many children took it, how many are still open.

    `median_days` is from first to last event, of those that are over; None where none is.
    """

    path: tuple[int, ...]
    count: int
    children: int
    open: int
    median_days: float | None


@dataclass(frozen=True)
class Pathways:
    """The commonest ways, most first, of `journeys` in `distinct` ways; `rest` journeys took others."""

    ways: tuple[Pathway, ...]
    journeys: int
    distinct: int
    merge: Merge

    @property
    def rest(self) -> int:
        """Journeys that took a way not listed."""
        return self.journeys - sum(way.count for way in self.ways)

    def rows(self, data: Dataset) -> list[dict[str, Any]]:
        """A row a way."""
        return [
            {
                "path": " > ".join(data.stations[s].id for s in way.path),
                "labels": " → ".join(data.stations[s].label for s in way.path),
                "count": way.count,
                "share": way.count / self.journeys,
                "children": way.children,
                "open": way.open,
                "median_days": way.median_days,
            }
            for way in self.ways
        ]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        return {
            "journeys": self.journeys,
            "distinct": self.distinct,
            "merge": self.merge,
            "rest": self.rest,
            "ways": self.rows(data),
        }


def pathways(
    data: Dataset,
    mask: Mask,
    merge: Merge = "repeats",
    groups: dict[str, Sequence[str]] | None = None,
    most: int = MOST_PATHS,
    since: int | None = None,
    until: int | None = None,
) -> Pathways:
    """The commonest ways of journeys that began in the window.

    `merge`: "none", "repeats" (a station directly after itself counts once) or "first visits" (each station once).
    `groups` tells stations as one before that: {"cin": ["cin", "cp"]}. Raises OptionError for what is not there.
    """
    if merge not in MERGES:
        raise OptionError(f"There is no way “{merge}” to merge.", remedy=f"One of: {', '.join(MERGES)}.")
    chosen = within(data, mask, since, until)
    rows = np.flatnonzero(chosen)
    told = [(station(data, one), [station(data, name) for name in names]) for one, names in (groups or {}).items()]
    if not len(rows):
        return Pathways((), 0, 0, merge)
    found = tally(data, rows, merge, told)
    order = found.order[:most]
    rank = np.full(len(found.count), len(order), dtype=np.int16)
    rank[order] = np.arange(len(order))
    by_rank = rows[np.argsort(rank[found.way], kind="stable")]
    takers = np.split(by_rank, np.cumsum(found.count[order]))[: len(order)]
    ways = tuple(_way(data, found, int(way), taken) for way, taken in zip(order, takers, strict=True))
    return Pathways(ways, len(rows), len(found.order), merge)


def _one_each(data: Dataset, journeys: Ints) -> Ints:
    """The first of these journeys of each child."""
    _, first = np.unique(data.journeys.child[journeys], return_index=True)
    return journeys[first]


def behind_way(
    data: Dataset, mask: Mask, row: Row, count: str, merge: Merge, since: int | None, until: int | None
) -> Behind:
    """The journeys (or their children, or those still open) that took the way of a row."""
    rows = np.flatnonzero(within(data, mask, since, until))
    took = rows[tally(data, rows, merge).took([data.index[name] for name in row["path"].split(" > ")])]
    said = f"Journeys that went {row['labels']}"
    if count == "children":
        return Behind("children", f"{said}: a child a line", _one_each(data, took))
    if count == "open":
        return Behind("journeys", f"{said}, still open", took[data.journeys.open[took]])
    return Behind("journeys", said, took)


def _way(data: Dataset, found: Tally, way: int, rows: Ints) -> Pathway:
    several, example = found.sequences, found.example[way]
    path = tuple(several.station[several.begin[example] : several.end[example]].tolist())
    table = data.journeys
    over = rows[~table.open[rows]]
    days = (table.end[over] - table.start[over]) / DAY
    return Pathway(
        path,
        len(rows),
        data.children_of(rows),
        len(rows) - len(over),
        float(np.median(days)) if len(over) else None,
    )


@dataclass(frozen=True)
class Search:
    """Who holds a pattern: `journeys` (rows) in which it lies, and of whom it was asked."""

    text: str
    scope: Scope
    share: Share
    children: int
    journeys: Ints
    median_days: float | None

    def rows(self) -> list[dict[str, Any]]:
        """One row."""
        return [self.to_json()]

    def to_json(self) -> dict[str, Any]:
        """As in the API; journeys by `journeys` are for the list behind it."""
        return {
            "pattern": self.text,
            "scope": self.scope,
            **self.share.to_json(),
            "children": self.children,
            "median_days": self.median_days,
        }


def search(
    data: Dataset,
    mask: Mask,
    text: str,
    scope: Scope = "journey",
    since: int | None = None,
    until: int | None = None,
) -> Search:
    """Journeys, or children, whose way holds a pattern (paths.py has the grammar).

    For a child its journeys follow one another, and exits that the pattern does not name are passed over: so
    `C -> C -> R` finds a contact, another, and a referral, whatever ended the first. `median_days` is from the first
    event of the pattern to its last.
    """
    wanted = pattern(data, text)
    held = _held(data, np.flatnonzero(within(data, mask, since, until)), wanted, scope)
    median = float(np.median(held.days)) if len(held.days) else None
    return Search(wanted.text, scope, held.share, data.children_of(held.inside), held.inside, median)


@dataclass(frozen=True)
class _Held:
    """Of whom a pattern was asked, and who holds it (h,): the `journey` and time (`at`) of its first event, its `days`.

    `inside` are the journeys in which it lies.
    """

    share: Share
    journey: Ints
    at: Seconds
    days: Floats
    inside: Ints


def _held(data: Dataset, rows: Ints, wanted: Pattern, scope: Scope) -> _Held:
    """Those that hold the pattern of the journeys `rows`, or of their children."""
    if scope == "child":
        return _in_children(data, rows, wanted)
    if scope == "journey":
        return _in_journeys(data, rows, wanted)
    raise OptionError(f"A pattern is of a journey or a child, not of “{scope}”.", remedy="journey or child")


def _in_journeys(data: Dataset, rows: Ints, wanted: Pattern) -> _Held:
    ways, time = distinct(data), events(data).time
    ok, first, final = matches(ways.sequences, wanted)
    held = rows[ok[ways.of[rows]]]
    way = ways.of[held]
    shift = events(data).begin[held] - ways.sequences.begin[way]  # from the events of the way's example to one's own
    at = time[first[way] + shift]
    return _Held(Share(len(held), len(rows)), held, at, (time[final[way] + shift] - at) / DAY, held)


def _in_children(data: Dataset, rows: Ints, wanted: Pattern) -> _Held:
    able = rows[_able(data, rows, wanted)[data.journeys.child[rows]]]
    chosen = np.zeros(len(data.journeys), dtype=bool)
    chosen[able] = True
    several = of_children(data, chosen)
    unnamed = data.exits.copy()
    unnamed[list(wanted.named)] = False
    several = several.only(~unnamed[several.station])
    ok, first, final = matches(several, wanted)
    first, final = first[ok], final[ok]
    inside = np.zeros(len(several.station) + 1, dtype=np.int64)
    np.add.at(inside, first, 1)
    np.add.at(inside, final + 1, -1)
    journeys = np.unique(several.journey[np.cumsum(inside[:-1]) > 0])
    at = several.time[first]
    share = Share(int(ok.sum()), data.children_of(rows))
    return _Held(share, several.journey[first], at, (several.time[final] - at) / DAY, journeys)


def _able(data: Dataset, rows: Ints, wanted: Pattern) -> Mask:
    """(children,) whose journeys `rows` come, in any order, to every place of the pattern: others cannot hold it."""
    ways, child = distinct(data), data.journeys.child
    able = np.ones(len(data.pseudonyms), dtype=bool)
    for allowed in {place.tobytes(): place for run in wanted.runs for place in run}.values():
        comes = np.zeros(len(ways.sequences), dtype=bool)
        comes[ways.sequences.of[allowed[ways.sequences.station]]] = True
        there = np.zeros(len(able), dtype=bool)
        there[child[rows[comes[ways.of[rows]]]]] = True
        able &= there
    return able


def behind_pattern(
    data: Dataset, mask: Mask, count: str, text: str, scope: Scope, since: int | None, until: int | None
) -> Behind:
    """Who holds a pattern (by its first event), of whom it was asked, or the children with it."""
    chosen, wanted = within(data, mask, since, until), pattern(data, text)
    whom = "Journeys" if scope == "journey" else "Children"
    unit: Literal["journeys", "children"] = "journeys" if scope == "journey" else "children"
    if count == "of":
        asked = np.flatnonzero(chosen)
        if scope == "child":
            several = of_children(data, chosen)
            asked = several.journey[several.begin]
        return Behind(unit, f"{whom} of whom “{wanted.text}” is asked", asked)
    held = _held(data, np.flatnonzero(chosen), wanted, scope)
    if count == "children":
        return Behind("children", f"Children with “{wanted.text}”", _one_each(data, held.inside))
    return Behind(unit, f"{whom} with “{wanted.text}”", held.journey, held.at)


@dataclass(frozen=True)
class Returning:
    """Children by number of referrals: how many never got `further`; `least` and more are the question."""

    groups: tuple[tuple[str, Share], ...]
    asked: Share
    least: int
    children: Ints

    def rows(self) -> list[dict[str, Any]]:
        """A row a number of referrals."""
        return [{"referrals": label, **share.to_json()} for label, share in self.groups]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"least": self.least, "asked": self.asked.to_json(), "groups": self.rows()}


def returning(
    data: Dataset,
    mask: Mask,
    least: int = LEAST,
    referral: str = "referral",
    further: Sequence[str] = PLANS,
    since: int | None = None,
    until: int | None = None,
) -> Returning:
    """Repeat without escalation: of the children with `least` referrals or more, those never on a plan or in care.

    Referrals and plans are of the journeys of `mask` that began in the window; nothing before or after is looked at.
    `further` are the stations that count as more than an assessment; those that the map has not are passed over.
    """
    first, never, bands = _by_referrals(data, within(data, mask, since, until), least, referral, further)
    groups = tuple((label, Share(int((band & never).sum()), int(band.sum()))) for label, band in bands)
    children = np.unique(data.journeys.child[first[bands[-1][1] & never]])
    return Returning(groups, groups[-1][1], least, children.astype(np.int64))


def _by_referrals(
    data: Dataset, chosen: Mask, least: int, referral: str, further: Sequence[str]
) -> tuple[Ints, Mask, list[tuple[str, Mask]]]:
    """Of each child: its first journey, whether it never got further, and the bands of referrals it may be in."""
    came = part(data, referral)
    plans = [row for row in (maybe(data, name) for name in further) if row is not None]
    if not plans:
        raise OptionError("This map has none of the stations for plans and care.", remedy="Name them: further.")
    several = of_children(data, chosen)
    count = np.bincount(several.of[several.station == came], minlength=len(several))
    is_plan = np.isin(np.arange(len(data.stations)), plans)
    never = np.bincount(several.of[is_plan[several.station]], minlength=len(several)) == 0
    bands = [(str(n), count == n) for n in range(1, least)] + [(f"{least} or more", count >= least)]
    return several.journey[several.begin], never, bands


def behind_returning(data: Dataset, mask: Mask, row: Row, count: str, since: int | None, until: int | None) -> Behind:
    """The children with so many referrals, or those of them who never got further."""
    first, never, bands = _by_referrals(data, within(data, mask, since, until), LEAST, "referral", PLANS)
    band = dict(bands)[row["path"].removesuffix(" referrals")]
    further = "" if count == "of" else ", never on a plan or in care"
    kept = band if count == "of" else band & never
    return Behind("children", f"Children with {row['path']}{further}", first[kept])
