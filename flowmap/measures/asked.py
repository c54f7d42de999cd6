"""Effect, pathways, care, benchmarks and workload as they are asked by name: options in, one answer as JSON out.

A part of an answer that a dataset cannot give (its map has no court, its data are too short) is null, and `notes` says
why; what a person named wrongly is an OptionError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from flowmap.dataset import Dataset, Mask, iso
from flowmap.eventlog import OptionError
from flowmap.measures import benchmarks as published
from flowmap.measures import effect as change
from flowmap.measures.care import Start, leaving_care
from flowmap.measures.changepoints import changepoints
from flowmap.measures.court import court
from flowmap.measures.flow import Bin
from flowmap.measures.lives import lives
from flowmap.measures.options import groups
from flowmap.measures.orders import precedence
from flowmap.measures.paths import Merge
from flowmap.measures.pathways import Scope, pathways, returning, search
from flowmap.measures.sankey import sankey
from flowmap.measures.series import Figure, Kind
from flowmap.measures.workload import TEAM, threshold, workload

Rows = list[dict[str, Any]]

SCOPES: tuple[Scope, ...] = get_args(Scope)
SHOWN = ("ways", "returning", "sankey", "groups")  # of pathways, one at a time
ALIGN: tuple[Start, ...] = get_args(Start)


@dataclass(frozen=True)
class Asked:
    """What these measures can be asked with beyond the period, a station and a facet.

    `to`: where a stay, a share or a threshold leads. `event`: a band's id, or days as in effect.event_of. `show`: what
    of pathways. `area`, `population`: for benchmarks and rates. `share`: of a threshold. `case`: the facet that names
    cases. `precedence`: a table of orders of one's own. `costs`: station, of each arrival, of each day there.
    """

    figure: Kind = "arrivals"
    to: str | None = None
    event: str | None = None
    pattern: str | None = None
    scope: Scope = "journey"
    merge: Merge = "repeats"
    stages: str | None = None
    show: str = "ways"
    align: Start = "entry"
    area: str | None = None
    population: int | None = None
    share: float | None = None
    case: str | None = None
    precedence: Path | None = None
    costs: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Request:
    """Of what, and how: `since` and `until` (before it) in seconds, None for what each measure takes by itself."""

    data: Dataset
    mask: Mask
    asked: Asked = Asked()
    since: int | None = None
    until: int | None = None
    by: Bin = "week"
    station: str | None = None
    facet: str | None = None
    other: Mask | None = None


def _try(notes: list[str], part: Callable[[], Any]) -> Any:
    """What `part` gives, or None with a note where this dataset cannot give it."""
    try:
        return part()
    except OptionError as error:
        notes.append(error.message)
        return None


def effect(r: Request) -> dict[str, Any]:
    """What changed with an event; without one, what changed without being told, and which events there are."""
    figure = Figure(r.asked.figure, r.station, r.asked.to)
    label = figure.checked().label(r.data)
    last = None if r.until is None else r.until - 1
    notes: list[str] = []
    found, changes = None, None
    if r.asked.event:
        event = change.event_of(r.data, r.asked.event)
        options = change.Options(by=r.by, since=r.since, until=last)
        found = change.effect(r.data, r.mask, figure, event, options, r.other).to_json()
    else:
        changes = _try(notes, lambda: changepoints(r.data, r.mask, figure, r.by, r.since, last).to_json())
    bands = change.periods(r.data)
    return {
        "figure": r.asked.figure,
        "label": label,
        "events": [{name: band[name] for name in ("id", "label", "from", "to")} for band in bands],
        "effect": found,
        "changes": changes,
        "notes": notes,
    }


EFFECT = ("what", "name", "from", "to", "bins", "value", "low", "high", "count", "p")


def effect_rows(found: dict[str, Any]) -> Rows:
    """Stretches, changes, other ways to fit and the comparison; or the stretches that stand out."""
    if found["effect"] is None:
        several = found["changes"]["found"] if found["changes"] else []
        return [{**one, "what": "stands out", "name": found["label"], "value": one["size"]} for one in several]
    told = found["effect"]
    rows = [{**one, "what": "stretch"} for one in told["table"]]
    kinds = [("change", [told["average"], *told["changes"]])]
    kinds += [(kind, told[kind]) for kind in ("sensitivity", "comparison")]
    for kind, several in kinds:
        rows += [{**one, "name": one["what"], "what": kind, "value": one["estimate"]} for one in several]
    return rows


def ways(r: Request) -> dict[str, Any]:
    """The commonest ways, repeat without escalation, a Sankey or groups of similar lives; and a pattern where given."""
    a, notes = r.asked, list[str]()
    if a.show not in SHOWN:
        raise OptionError(f"“{a.show}” cannot be shown.", remedy=f"One of: {', '.join(SHOWN)}.")
    stages = stages_of(a)
    since, until = r.since, r.until
    parts: dict[str, Callable[[], Any]] = {
        "ways": lambda: pathways(r.data, r.mask, a.merge, since=since, until=until).to_json(r.data),
        "returning": lambda: _try(notes, lambda: returning(r.data, r.mask, since=since, until=until).to_json()),
        "sankey": lambda: sankey(r.data, r.mask, stages, since=since, until=until).to_json(),
        "groups": lambda: lives(r.data, r.mask, a.scope, since=since, until=until).to_json(r.data),
    }
    held = search(r.data, r.mask, a.pattern, a.scope, since, until).to_json() if a.pattern else None
    shown = {name: part() if name == a.show else None for name, part in parts.items()}
    return {"show": a.show, "search": held, **shown, "notes": notes}


def stages_of(a: Asked) -> list[str] | None:
    """The stations between which a Sankey is, None where not said."""
    return [name.strip() for name in a.stages.split(",")] if a.stages else None


WAYS = ("what", "path", "labels", "count", "of", "share", "low", "high", "children", "open", "median_days")


def ways_rows(found: dict[str, Any]) -> Rows:
    """The pattern where there is one, then what is shown."""
    held = found["search"]
    rows = [{**held, "what": "pattern", "path": held["pattern"]}] if held else []
    if found["ways"]:
        rows += [{**way, "what": "way"} for way in found["ways"]["ways"]]
    if found["groups"]:
        rows += [{**one, "what": "group", "path": one["typical"]} for one in found["groups"]["groups"]]
    if found["returning"]:
        named = [(f"{one['referrals']} referrals", one) for one in found["returning"]["groups"]]
        rows += [{**one, "what": "never further", "path": name} for name, one in named]
    if found["sankey"]:
        nodes = found["sankey"]["nodes"]
        for link in found["sankey"]["links"]:
            start, stop = nodes[link["source"]], nodes[link["target"]]
            rows.append(
                {
                    "what": f"step {start['step'] + 1}",
                    "path": f"{start['id']} > {stop['id']}",
                    "labels": f"{start['label']} → {stop['label']}",
                    "count": link["count"],
                    "of": start["count"],
                }
            )
    return rows


def care(r: Request) -> dict[str, Any]:
    """Leaving care, and what came of applications to the court."""
    a, notes = r.asked, list[str]()
    for facet in (r.facet, a.case):
        if facet not in (None, "proceedings"):
            groups(r.data, str(facet))  # one that there is not is the asker's mistake
    leaving = _try(
        notes,
        lambda: leaving_care(r.data, r.mask, a.align, r.facet or "proceedings", r.since, r.until).to_json(),
    )
    table = precedence(a.precedence)
    told = _try(notes, lambda: court(r.data, r.mask, r.since, r.until, a.case, a.population, table).to_json())
    return {"leaving": leaving, "court": told, "notes": notes}


CARE = ("what", "group", "weeks", "count", "of", "share", "low", "high", "rate")


def care_rows(found: dict[str, Any]) -> Rows:
    """Of each group still in care after so many weeks (`of`: those at risk); then orders."""
    rows: Rows = []
    for group in (found["leaving"] or {"groups": []})["groups"]:
        for point in group["points"]:
            shown = {"group": group["group"], "of": point["at_risk"], "share": point["left"]}
            rows.append({**point, **shown, "what": "in care"})
    for order in (found["court"] or {"outcomes": []})["outcomes"]:
        rows.append({**order, "what": "order", "group": order["outcome"]})
    return rows


def benchmarks(r: Request) -> dict[str, Any]:
    """One's own figures beside DfE's, for the years that lie wholly in the period."""
    found = published.benchmarks(r.data, r.mask, (), r.asked.area, r.asked.population)
    answer = found.to_json()
    notes = (
        [] if all(row.whole for row in found.found) else ["No year from 1 April to 31 March lies wholly in the data."]
    )
    begin = iso(r.since)[:10] if r.since is not None else ""
    end = iso(r.until)[:10] if r.until is not None else "9999"
    inside = [r for r in answer["rows"] if f"{r['year'] - 1}-04-01" >= begin and f"{r['year']}-04-01" <= end]
    answer["rows"] = inside
    return {**answer, "notes": notes}


BENCHMARKS = (
    "figure",
    "label",
    "unit",
    "year",
    "whole",
    "own",
    "count",
    "of",
    "low",
    "high",
    "published",
    "england",
    "area",
    "definition",
)


def work(r: Request) -> dict[str, Any]:
    """Work by a facet (team where there is one), and another threshold at a station where a share is given."""
    a = r.asked
    by = by_of(r)
    last = None if r.until is None else r.until - 1
    costs = {name: (each, daily) for name, each, daily in a.costs} or None
    found = workload(r.data, r.mask, by, station_of(r), r.by, r.since, last, costs).to_json()
    moved = None
    if a.share is not None:
        at, to = r.station or "referral", a.to or "assessment"
        projected = threshold(r.data, r.mask, at, "nfa", to, a.share, r.since, last, costs)
        moved = projected.to_json()
    return {**found, "threshold": moved}


def by_of(r: Request) -> str | None:
    """The facet by which work is told, None for all together."""
    return r.facet or (TEAM if TEAM in r.data.facets else None)


def station_of(r: Request) -> str | None:
    """Where work is counted: with a threshold the station asked about is that of the decision."""
    return r.station if r.asked.share is None else None


WORK = ("group", "start", "arrived", "left", "stock", "child_days", "per_day", "cost")
