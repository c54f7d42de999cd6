"""What is drawn on the map: how many journeys reach each place and make each move, real beside synthetic.

The map itself is somebody else's: here it is a name for every event (its place) and the text of a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthetic.fidelity.walks import Ints, Walks
from synthetic.report.figures import Pair, children_by, stations, to_fives


@dataclass(frozen=True)
class PlaceRow:
    """A place of the map: share of journeys that reach it, and median days until the next event. None: few children."""

    place: str
    reach: Pair
    wait: Pair


@dataclass(frozen=True)
class MoveRow:
    """A move between two places, in a hundred journeys, real and synthetic. None: fewer than k children made it."""

    start: str
    end: str
    per_hundred: Pair


@dataclass(frozen=True)
class OnMap:
    """A map (its title, and its file as text) and what is drawn on it.

    `back` is how many journeys in a hundred are not the child's first.
    """

    title: str
    file: str
    places: list[PlaceRow]
    moves: list[MoveRow]
    back: Pair

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {
            "title": self.title,
            "file": self.file,
            "places": [vars(row) for row in self.places],
            "moves": [vars(row) for row in self.moves],
            "back": self.back,
        }


def on_map(real: Walks, synthetic: Walks, k: int, title: str, file: str, places: Mapping[str, str]) -> OnMap:
    """The figures of two logs at the places that their events mean (`places`, by name; others keep their own name).

    Journeys are those of the walks, whatever the map merges. No figure is about fewer than `k` children; moves are
    rounded to five before they are divided, so that none can be had by subtraction.
    """
    one, two = (_placed(walks, places) for walks in (real, synthetic))
    rows = [PlaceRow(row.name, row.reach, row.wait) for row in stations(one, two, k)]
    backs = [_per_hundred(w.visit > 0, w.child, len(w), k) for w in (one, two)]
    return OnMap(title, file, rows, _moves(one, two, k), (backs[0], backs[1]))


def _placed(walks: Walks, places: Mapping[str, str]) -> Walks:
    """The same journeys, at places instead of events."""
    called = [places.get(name, name) for name in walks.names]
    names = tuple(dict.fromkeys(called))
    row = {name: i for i, name in enumerate(names)}
    code = np.array([row[name] for name in called], dtype=np.int64)
    exits = np.zeros(len(names), dtype=bool)
    exits[code[walks.exits]] = True
    return replace(walks, names=names, station=code[walks.station], exits=exits)


def _moves(one: Walks, two: Walks, k: int) -> list[MoveRow]:
    """Every move that k children made in one of the logs, those commonest in the real log first."""
    mine, theirs = (_by_edge(walks, k) for walks in (one, two))
    size = len(one.names)
    found = [
        MoveRow(one.names[edge // size], one.names[edge % size], (mine.get(edge), theirs.get(edge)))
        for edge in sorted(set(mine) | set(theirs))
    ]
    return sorted((row for row in found if any(row.per_hundred)), key=lambda row: -(row.per_hundred[0] or 0.0))


def _by_edge(walks: Walks, k: int) -> dict[int, float]:
    """Moves in a hundred journeys by edge, of those that k children made."""
    edge, number = np.unique(walks.edge, return_inverse=True)
    count = np.bincount(number, minlength=len(edge))
    children = children_by(walks, walks.journey[walks.moves], number, max(len(edge), 1))[: len(edge)]
    share = (100 * to_fives(count) / len(walks)).round(1)
    return {int(e): float(s) for e, s in zip(edge[children >= k], share[children >= k], strict=True)}


def _per_hundred(chosen: Any, child: Ints, journeys: int, k: int) -> float | None:
    if len(np.unique(child[chosen])) < k:
        return None
    return round(100 * float(to_fives(chosen.sum())) / journeys, 1)
