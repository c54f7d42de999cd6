"""One child's journeys, event by event, under a pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap.dataset import Dataset, iso
from flowmap.eventlog import MISSING


@dataclass(frozen=True)
class ChildJourney:
    """A journey: its row, its visit, its facets as said, and its events as (station index, seconds UTC)."""

    journey: int
    visit: int
    facets: dict[str, str | int | None]
    events: list[tuple[int, int]]


@dataclass(frozen=True)
class Child:
    """A child: its pseudonym and its journeys in order of visit."""

    pseudonym: str
    journeys: list[ChildJourney]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        return {
            "pseudonym": self.pseudonym,
            "journeys": [
                {
                    "journey": j.journey,
                    "visit": j.visit,
                    "facets": j.facets,
                    "events": [
                        {"station": data.stations[s].id, "label": data.stations[s].label, "time": iso(t)}
                        for s, t in j.events
                    ],
                }
                for j in self.journeys
            ],
        }


def child(data: Dataset, index: int) -> Child:
    """The child of that index. Raises IndexError where there is none."""
    if not 0 <= index < len(data.pseudonyms):
        raise IndexError(f"there is no child {index}; children are 0 to {len(data.pseudonyms) - 1}")
    rows = np.flatnonzero(data.journeys.child == index)
    return Child(data.pseudonyms[index].as_py(), [_journey(data, int(row)) for row in rows])


def _journey(data: Dataset, row: int) -> ChildJourney:
    table = data.journeys
    begin = int(data.begin[row])
    moves = data.by_journey[begin : begin + int(table.moves[row])]
    stops = data.route_to[data.transitions.route[moves]].tolist()
    times = data.transitions.arrive[moves].tolist()
    events = [(int(table.first[row]), int(table.start[row])), *zip(stops, times, strict=True)]
    return ChildJourney(row, int(table.visit[row]), {key: _said(data, key, row) for key in data.facets}, events)


def _said(data: Dataset, key: str, row: int) -> str | int | None:
    facet, value = data.facets[key], int(data.column(key)[row])
    if facet.kind == "category":
        return facet.values[value]
    return None if value == MISSING else value
