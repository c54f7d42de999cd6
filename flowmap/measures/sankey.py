"""A Sankey: how journeys flow from step to step, or between chosen stages, rare ways merged and said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
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
    ways, rows = distinct(data), np.flatnonzero(within(data, mask, since, until))
    several = ways.sequences
    if stages is not None:
        wanted = np.isin(np.arange(len(data.stations)), [station(data, name) for name in stages])
        touched = np.zeros(len(several), dtype=bool)
        touched[several.of[wanted[several.station]]] = True
        several = several.only((wanted | data.exits)[several.station] & touched[several.of])
    several = several.merged("repeats")
    # Journeys that took one way and are open alike are drawn alike: `count` of each kind, twice the way and 1 if open.
    count = np.bincount(2 * ways.of[rows] + data.journeys.open[rows], minlength=2 * len(several))
    count[np.repeat(several.end == several.begin, 2)] = 0
    kind = np.flatnonzero(count)
    count, way, still_open = count[kind], kind // 2, kind % 2 == 1
    # (kinds, steps): the place at each step, or what is said where there is none.
    places = len(data.stations)
    other, still, none, gone = places, places + 1, places + 2, -1
    at = np.full((len(kind), steps), gone)
    begin, length = several.begin[way], (several.end - several.begin)[way]
    ended = data.exits[data.journeys.last[ways.example[way]]]
    after = np.where(ended, gone, np.where(still_open, still, none))
    for step in range(steps):
        here = length > step
        at[here, step] = several.station[begin[here] + step]
        now = length == step
        at[now, step] = after[now]
    names = [(p.id, p.label) for p in data.stations] + [(OTHER, "Other"), (OPEN, "Still open"), (NONE, "No further")]
    total = int(count.sum())
    merged = _merge(at, count, other, rarest * total, places)
    told = tuple((step, names[p][0], count) for step, p, count in merged)
    nodes, links = _drawn(at, count, names)
    return Sankey(nodes, links, total, int(count[length > steps].sum()), told)


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
