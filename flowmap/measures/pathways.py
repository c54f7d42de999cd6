"""Pathways: which journeys are common, which hold a pattern, who comes back without getting further, and a Sankey.

What is counted, and how journeys are merged: docs/measures-pathways.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.intervals import Share
from flowmap.measures.options import maybe, part, station
from flowmap.measures.paths import (
    MERGES,
    Ints,
    Merge,
    Sequences,
    matches,
    of_children,
    of_journeys,
    pattern,
    regrouped,
)

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
    rows, several = _ways(data, within(data, mask, since, until), merge, groups or {})
    if not len(several):
        return Pathways((), 0, 0, merge)
    _, example, which, count = np.unique(hashes(several), return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((example, -count))[:most]
    return Pathways(
        tuple(_way(data, several, rows[which == v], int(example[v])) for v in order), len(rows), len(count), merge
    )


def _ways(data: Dataset, chosen: Mask, merge: Merge, groups: dict[str, Sequence[str]]) -> tuple[Ints, Sequences]:
    """The journeys chosen, and the way of each."""
    told = [(station(data, one), [station(data, name) for name in names]) for one, names in groups.items()]
    return np.flatnonzero(chosen), regrouped(of_journeys(data, chosen), told).merged(merge)


def _one_each(data: Dataset, journeys: Ints) -> Ints:
    """The first of these journeys of each child."""
    _, first = np.unique(data.journeys.child[journeys], return_index=True)
    return journeys[first]


def behind_way(
    data: Dataset, mask: Mask, row: Row, count: str, merge: Merge, since: int | None, until: int | None
) -> Behind:
    """The journeys (or their children, or those still open) that took the way of a row."""
    rows, several = _ways(data, within(data, mask, since, until), merge, {})
    path = np.array([data.index[name] for name in row["path"].split(" > ")], dtype=np.int64)
    alone = Sequences(np.array([0]), np.array([len(path)]), path, path, path, np.zeros(len(path), dtype=np.int64))
    took = rows[hashes(several) == hashes(alone)[0]]
    said = f"Journeys that went {row['labels']}"
    if count == "children":
        return Behind("children", f"{said}: a child a line", _one_each(data, took))
    if count == "open":
        return Behind("journeys", f"{said}, still open", took[data.journeys.open[took]])
    return Behind("journeys", said, took)


def _way(data: Dataset, several: Sequences, rows: Ints, example: int) -> Pathway:
    path = tuple(several.station[several.begin[example] : several.end[example]].tolist())
    table = data.journeys
    over = rows[~table.open[rows]]
    days = (table.end[over] - table.start[over]) / DAY
    return Pathway(
        path,
        len(rows),
        len(np.unique(table.child[rows])),
        len(rows) - len(over),
        float(np.median(days)) if len(over) else None,
    )


def hashes(several: Sequences) -> npt.NDArray[np.uint64]:
    """(s,) a 64-bit hash of each sequence: the sum of a mixed number for each place and station."""
    place = np.arange(len(several.station)) - several.begin[several.of]
    values = place.astype(np.uint64) * np.uint64(65_536) + several.station.astype(np.uint64)
    # SplitMix64's finaliser: every bit of the result depends on every bit given.
    values += np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    return total[several.end] - total[several.begin]


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
    held = _held(data, within(data, mask, since, until), text, scope)
    several, ok = held.several, held.ok
    first, final = held.first[ok], held.final[ok]
    days = (several.time[final] - several.time[first]) / DAY
    inside = np.zeros(len(several.station) + 1, dtype=np.int64)
    np.add.at(inside, first, 1)
    np.add.at(inside, final + 1, -1)
    journeys = np.unique(several.journey[np.cumsum(inside[:-1]) > 0])
    return Search(
        held.text,
        scope,
        Share(int(ok.sum()), len(several)),
        len(np.unique(data.journeys.child[journeys])),
        journeys,
        float(np.median(days)) if len(days) else None,
    )


@dataclass(frozen=True)
class _Held:
    """The sequences asked, the first journey of each, which hold a pattern, and the events it begins and ends with."""

    text: str
    several: Sequences
    first_journey: Ints
    ok: Mask
    first: Ints
    final: Ints


def _held(data: Dataset, chosen: Mask, text: str, scope: Scope) -> _Held:
    wanted = pattern(data, text)
    if scope == "child":
        several = of_children(data, chosen)
        first_journey = several.journey[several.begin]
        unnamed = data.exits.copy()
        unnamed[list(wanted.named)] = False
        several = several.only(~unnamed[several.station])
    elif scope == "journey":
        several = of_journeys(data, chosen)
        first_journey = several.journey[several.begin]
    else:
        raise OptionError(f"A pattern is of a journey or a child, not of “{scope}”.", remedy="journey or child")
    return _Held(wanted.text, several, first_journey, *matches(several, wanted))


def behind_pattern(
    data: Dataset, mask: Mask, count: str, text: str, scope: Scope, since: int | None, until: int | None
) -> Behind:
    """Who holds a pattern (by its first event), of whom it was asked, or the children with it."""
    held = _held(data, within(data, mask, since, until), text, scope)
    whom = "Journeys" if scope == "journey" else "Children"
    unit: Literal["journeys", "children"] = "journeys" if scope == "journey" else "children"
    if count == "of":
        return Behind(unit, f"{whom} of whom “{held.text}” is asked", held.first_journey)
    if count == "children":
        found = search(data, mask, text, scope, since, until).journeys
        return Behind("children", f"Children with “{held.text}”", _one_each(data, found))
    event = held.first[held.ok]
    return Behind(unit, f"{whom} with “{held.text}”", held.several.journey[event], held.several.time[event])


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
