"""A Sankey: how journeys flow from step to step, or between chosen stages, rare ways merged and said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.distinct import distinct
from flowmap.measures.options import station
from flowmap.measures.pathways import within

Ints = npt.NDArray[np.int64]

STEPS = 6
RAREST = 0.005  # of journeys: fewer at a step are merged into "other"
OTHER, OPEN, NONE = "other", "still open", "no further"


@dataclass(frozen=True)
class Node:
    """Journeys at one step (0-based) at a place: a station's id, "other", "still open", or "no further"."""

    step: int
    id: str
    label: str
    count: int


@dataclass(frozen=True)
class Link:
    """Journeys from one node (its place in `nodes`) to another of the next step."""

    source: int
    target: int
    count: int


@dataclass(frozen=True)
class Sankey:
    """Nodes, links, how many journeys they are of, how many go on beyond the last step, and what was merged.

    What flows into a node flows out of it, but for those that end there and those at the last step.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    journeys: int
    beyond: int
    merged: tuple[tuple[int, str, int], ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row a link."""
        return [
            {
                "step": self.nodes[link.source].step,
                "from": self.nodes[link.source].id,
                "to": self.nodes[link.target].id,
                "count": link.count,
            }
            for link in self.links
        ]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "journeys": self.journeys,
            "beyond": self.beyond,
            "nodes": [{"step": n.step, "id": n.id, "label": n.label, "count": n.count} for n in self.nodes],
            "links": [{"source": link.source, "target": link.target, "count": link.count} for link in self.links],
            "merged": [{"step": step, "id": name, "count": count} for step, name, count in self.merged],
            "note": self.note,
        }

    @property
    def note(self) -> str:
        """What was merged, in words."""
        if not self.merged:
            return "No way is merged."
        several = sum(count for _, _, count in self.merged)
        return f"{len(self.merged)} rare places at a step ({several:,} journeys there in all) are told as “{OTHER}”."


def sankey(
    data: Dataset,
    mask: Mask,
    stages: Sequence[str] | None = None,
    steps: int = STEPS,
    rarest: float = RAREST,
    since: int | None = None,
    until: int | None = None,
) -> Sankey:
    """Journeys of `mask` that began in the window, step by step.

    Without `stages` a step is an event, repeats of a station counting once. With them only events at these stations
    (ids) and at exits count: journeys that touch none of the stages are left out. Places at which fewer than `rarest`
    (a share of journeys) are at a step are told as "other" there.
    """
    if not 2 <= steps <= 20:
        raise OptionError(f"A Sankey of {steps} steps cannot be drawn.", remedy="Choose 2 to 20.")
    found = _placed(data, mask, stages, steps, rarest, since, until)
    told = tuple((step, found.names[p][0], count) for step, p, count in found.merged)
    nodes, links = _drawn(found.at, found.count, found.names)
    return Sankey(nodes, links, int(found.count.sum()), found.beyond, told)


@dataclass(frozen=True)
class _Placed:
    """Kinds of journey (k,): those that took one way and are open alike are drawn alike, and are `count` journeys.

    (k, steps) the place of each `at` each step is a row of `names` (id, label); -1 when it is gone. `kind` is of each
    of the `journeys` asked about, -1 where it is not drawn.
    """

    at: Ints
    count: Ints
    journeys: Ints
    kind: Ints
    names: list[tuple[str, str]]
    merged: list[tuple[int, int, int]]
    beyond: int


def _placed(
    data: Dataset,
    mask: Mask,
    stages: Sequence[str] | None,
    steps: int,
    rarest: float,
    since: int | None,
    until: int | None,
) -> _Placed:
    ways, rows = distinct(data), np.flatnonzero(within(data, mask, since, until))
    several = ways.sequences
    if stages is not None:
        wanted = np.isin(np.arange(len(data.stations)), [station(data, name) for name in stages])
        touched = np.zeros(len(several), dtype=bool)
        touched[several.of[wanted[several.station]]] = True
        several = several.only((wanted | data.exits)[several.station] & touched[several.of])
    several = several.merged("repeats")
    of = 2 * ways.of[rows].astype(np.int64) + data.journeys.open[rows]  # of each: twice its way, and 1 if it is open
    count = np.bincount(of, minlength=2 * len(several))
    count[np.repeat(several.end == several.begin, 2)] = 0
    kinds = np.flatnonzero(count)
    count, way, still_open = count[kinds], kinds // 2, kinds % 2 == 1
    # (kinds, steps): the place at each step, or what is said where there is none.
    places = len(data.stations)
    other, still, none, gone = places, places + 1, places + 2, -1
    at = np.full((len(kinds), steps), gone)
    begin, length = several.begin[way], (several.end - several.begin)[way]
    ended = data.exits[data.journeys.last[ways.example[way]]]
    after = np.where(ended, gone, np.where(still_open, still, none))
    for step in range(steps):
        here = length > step
        at[here, step] = several.station[begin[here] + step]
        now = length == step
        at[now, step] = after[now]
    names = [(p.id, p.label) for p in data.stations] + [(OTHER, "Other"), (OPEN, "Still open"), (NONE, "No further")]
    merged = _merge(at, count, other, rarest * int(count.sum()), places)
    number = np.full(2 * len(several), -1)
    number[kinds] = np.arange(len(kinds))
    return _Placed(at, count, rows, number[of], names, merged, int(count[length > steps].sum()))


def behind(
    data: Dataset,
    mask: Mask,
    row: Row,
    count: str,
    stages: Sequence[str] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> Behind:
    """The journeys of a link (`count`), or of the place that it leaves (`of`)."""
    found = _placed(data, mask, stages, STEPS, RAREST, since, until)
    step, names = int(row["what"].removeprefix("step ")) - 1, found.names
    # A station may be named as rare places together are: the link is then the one with the row's count.
    start, stop = next(
        (a, b)
        for a in range(len(names))
        for b in range(len(names))
        if f"{names[a][0]} > {names[b][0]}" == row["path"]
        and f"{names[a][1]} → {names[b][1]}" == row["labels"]
        and found.count[_on(found.at, step, a, b)].sum() == row["count"]
    )
    kept = found.at[:, step] == start
    said = f"Journeys at {names[start][1]} at step {step + 1}"
    if count == "count":
        kept = _on(found.at, step, start, stop)
        said += f", {names[stop][1]} at the next"
    return Behind("journeys", said, found.journeys[np.isin(found.kind, np.flatnonzero(kept))])


def _on(at: Ints, step: int, start: int, stop: int) -> Mask:
    """Who is at a place at a step and at another at the next."""
    on: Mask = (at[:, step] == start) & (at[:, step + 1] == stop)
    return on


def _at_step(at: Ints, many: Ints, step: int, places: int) -> Ints:
    """(places,) how many journeys are at each place at a step."""
    here = at[:, step] >= 0
    return np.bincount(at[here, step], weights=many[here], minlength=places).astype(np.int64)


def _merge(at: Ints, many: Ints, other: int, least: float, places: int) -> list[tuple[int, int, int]]:
    """Tell rare places of each step as `other`, in place; one alone stays as it is. Gives (step, place, count)."""
    found = []
    for step in range(at.shape[1]):
        count = _at_step(at, many, step, places + 3)[:places]
        rare = np.flatnonzero((count > 0) & (count < least))
        if len(rare) > 1:
            at[np.isin(at[:, step], rare), step] = other
            found += [(step, int(p), int(count[p])) for p in rare]
    return found


def _drawn(at: Ints, many: Ints, names: list[tuple[str, str]]) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    nodes: list[Node] = []
    place: dict[tuple[int, int], int] = {}
    for step in range(at.shape[1]):
        count = _at_step(at, many, step, len(names))
        for row in sorted(np.flatnonzero(count).tolist(), key=lambda r: (-count[r], r)):
            place[step, row] = len(nodes)
            nodes.append(Node(step, *names[row], int(count[row])))
    links = []
    for step in range(at.shape[1] - 1):
        on = (at[:, step] >= 0) & (at[:, step + 1] >= 0)
        pair = at[on, step] * len(names) + at[on, step + 1]
        count = np.bincount(pair, weights=many[on], minlength=1).astype(np.int64)
        for code in np.flatnonzero(count).tolist():
            start, stop = divmod(code, len(names))
            links.append(Link(place[step, start], place[step + 1, stop], int(count[code])))
    return tuple(nodes), tuple(sorted(links, key=lambda link: (link.source, -link.count)))
