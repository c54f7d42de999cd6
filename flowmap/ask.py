"""Measures by name, as rows: what `flowmap measure` and tables share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowmap import tubemap
from flowmap.cohort import Cohort
from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.choices import choices
from flowmap.measures.flow import Bin, flow
from flowmap.measures.moves import moves
from flowmap.measures.occupancy import occupancy
from flowmap.measures.stations import station, stations
from flowmap.measures.timescales import Due, timescales
from flowmap.summary import variants

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """What a measure is asked of, and how."""

    data: Dataset
    cohort: Cohort
    instants: tuple[int, ...] = ()
    by: Bin = "week"
    station: str | None = None

    @property
    def mask(self) -> Mask:
        """(journeys,) those that the cohort keeps."""
        return self.cohort.mask(self.data)

    @property
    def at(self) -> int:
        """The first instant asked for, else the end of the data."""
        return self.instants[0] if self.instants else self.data.last

    def dues(self) -> list[Due]:
        """The timescales of the dataset's map."""
        return timescales(self.data, tubemap.load(str(self.data.path / "map.yaml")))


def _occupancy(q: Question) -> Rows:
    found = [o.to_json(q.data) for o in occupancy(q.data, q.mask, q.instants or (q.data.last,))]
    ids = [place.id for place in q.data.stations]
    return [{"at": o["at"], "count": o["count"], **{i: o["at_station"].get(i, 0) for i in ids}} for o in found]


def _stations(q: Question) -> Rows:
    return [row.to_json(q.data) for row in stations(q.data, q.mask, q.at, q.dues())]


def _weeks(q: Question) -> Rows:
    if q.station not in q.data.index:
        known = ", ".join(q.data.index)
        raise OptionError(f"There is no station {q.station!r}.", remedy=f"Give --station one of: {known}.")
    panel = station(q.data, q.mask, q.at, q.dues(), q.data.index[q.station])
    return [week.to_json() for week in panel.weekly]


def _facets(q: Question) -> Rows:
    found = choices(q.data, q.cohort)
    return [{"facet": key, **choice.to_json()} for key, several in found.items() for choice in several]


def _variants(q: Question) -> Rows:
    found = variants(q.data, q.mask.nonzero()[0])
    return [{"path": " > ".join(v["path"]), "count": v["count"]} for v in found]


MEASURES: dict[str, Callable[[Question], Rows]] = {
    "facets": _facets,
    "flow": lambda q: [b.to_json() for b in flow(q.data, q.mask, q.by)],
    "moves": lambda q: [m.to_json(q.data) for m in moves(q.data, q.mask)],
    "occupancy": _occupancy,
    "stations": _stations,
    "variants": _variants,
    "weeks": _weeks,
}
