"""One dataset while it is served: opened once, with what was worked out from it kept in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap import cohort as cohorts
from flowmap import dataset as datasets
from flowmap import tubemap, wire
from flowmap.cohort import Cohort
from flowmap.export.synthetic_report import IN_DATASET, pictures
from flowmap.measures.distinct import distinct
from flowmap.measures.events import events
from flowmap.measures.timescales import Due, timescales
from flowmap.measures.waits import BY, waits
from flowmap.quality import SourceError
from flowmap.tubemap import MapError, TubeMap
from flowmap.web import respond
from flowmap.web.errors import Refusal
from flowmap.web.kept import Kept
from flowmap.web.sizes import sizes
from flowmap.web.stamp import stamp
from synthetic import report as reports

MASKS_KEPT = 64
"""Cohorts whose journeys are remembered; a mask of a million journeys is a megabyte."""

CHANGEABLE = ("dataset.json", "map.yaml", "periods.json", IN_DATASET)
"""What can be changed in a dataset's folder after it was built, or put into it; of dataset.json, the title."""


@dataclass(frozen=True)
class Selection:
    """A cohort read, and the journeys that it keeps."""

    cohort: Cohort
    canonical: str
    mask: npt.NDArray[np.bool_]
    journeys: int


@dataclass(frozen=True)
class Chosen:
    """A dataset, and a cohort of it."""

    served: Served
    selection: Selection


class Served:
    """A dataset and what is remembered of it. `name` is its name in addresses."""

    def __init__(self, name: str, data: datasets.Dataset) -> None:
        self.name = name
        self.data = data
        self.folder = data.path
        self.meta = data.meta
        self.id = str(data.meta["id"])
        self.title = str(data.meta["title"])
        self._selections: Kept[Selection] = Kept(MASKS_KEPT)
        self._of_map: Kept[Any] = Kept(8)
        self._wires: Kept[pa.Table] = Kept(2)

    @classmethod
    def open(cls, name: str, folder: Path) -> Served:
        """Open a dataset and map all its tables now, so that a rebuild cannot mix two editions."""
        data = datasets.open(folder)
        _ = data.journeys, data.transitions, data.pseudonyms
        return cls(name, data)

    def tag(self) -> str:
        """Changes when the dataset, its map or its periods do."""
        return respond.tag(self.id, *(repr(stamp(self.folder / file)) for file in CHANGEABLE))

    def select(self, text: str) -> Selection:
        """The cohort that a query describes.

        Raises: Refusal 400 naming the facet or value that is not understood.
        """
        try:
            cohort = cohorts.parse(text, self.data.facets)
        except cohorts.CohortError as error:
            raise Refusal(400, error.message, error.key or "cohort", error.remedy or "") from error
        canonical = cohort.canonical()

        def make() -> Selection:
            mask = cohort.mask(self.data)
            return Selection(cohort, canonical, mask, int(np.count_nonzero(mask)))

        return self._selections.get(canonical, make)

    def map_text(self) -> str:
        """The map file as stored."""
        return (self.folder / "map.yaml").read_text(encoding="utf-8")

    def tubemap(self) -> TubeMap:
        """The map as stored.

        Raises: Refusal 409 where it was changed by hand into one that does not fit the tables.
        """
        remedy = "Put the file back, or build the dataset again with --map."
        try:
            found = tubemap.parse(self.map_text(), "map.yaml")
        except MapError as error:
            raise Refusal(409, f"map.yaml in the dataset's folder: {error.problems[0]}", None, remedy) from error
        if [place.id for place in found.places()] != [place.id for place in self.data.stations]:
            raise Refusal(409, "map.yaml has other stations than the dataset's tables.", None, remedy)
        return found

    def geometry(self) -> Any:
        """Geometry of the map as stored."""
        key = stamp(self.folder / "map.yaml")
        return self._of_map.get(key, lambda: self.geometry_of(self.tubemap()))

    def geometry_of(self, layout: TubeMap) -> Any:
        """Geometry of a map with this dataset's routes, in the order of the tables."""
        edges = {(route["from"], route["to"]): route["count"] for route in self.meta["routes"]}
        counts = self._of_map.get("sizes", lambda: sizes(self.data))
        # Only circles hold counts: an exit without a place of its own is drawn as stubs.
        circles: dict[str | int, int] = {
            row: counts[row] for row, place in enumerate(layout.places()) if place.at is not None
        }
        return tubemap.geometry(layout, edges, circles).to_json()

    def dues(self) -> list[Due]:
        """The map's timescales worked out for each day of the data."""
        key = ("dues", stamp(self.folder / "map.yaml"))
        found: list[Due] = self._of_map.get(key, lambda: timescales(self.data, self.tubemap()))
        return found

    def ready(self) -> None:
        """Lay out what measures share, so that the first question does not wait for it."""
        events(self.data)
        for by in BY:
            waits(self.data, by)
        distinct(self.data)

    def periods(self) -> list[dict[str, str]]:
        """The event bands as stored."""
        file = self.folder / "periods.json"
        found: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        return found

    def quality(self) -> Any:
        """The quality report of the build."""
        return json.loads((self.folder / "quality.json").read_text(encoding="utf-8"))

    def has_synthetic(self) -> bool:
        """Whether a report on a synthetic log was put beside the dataset."""
        return (self.folder / IN_DATASET).is_file()

    def synthetic(self) -> reports.Report:
        """The report on a synthetic log.

        Raises: Refusal 404 where there is none, 409 where it cannot be read.
        """
        file = self.folder / IN_DATASET
        remedy = f"Make one with `flowmap synth report REAL SYNTHETIC --dataset {self.folder.name}`."
        if not self.has_synthetic():
            raise Refusal(404, f"No report on synthetic data was made for {self.name!r}.", "dataset", remedy)
        try:
            return reports.load(file.read_bytes(), IN_DATASET)
        except (OSError, SourceError) as error:
            raise Refusal(409, str(error), "dataset", remedy) from error

    def synthetic_body(self) -> str:
        """That report as HTML for a page, drawn once for each edition of its file. Raises as `synthetic` does."""
        report = self.synthetic()
        key = (IN_DATASET, stamp(self.folder / IN_DATASET))
        found: str = self._of_map.get(key, lambda: reports.body(report, maps=pictures(report)))
        return found

    def wire(self, name: str) -> pa.Table:
        """A wire table, "journeys" or "transitions"."""
        make = {"journeys": wire.journeys, "transitions": wire.transitions}[name]
        return self._wires.get(name, lambda: make(self.data))
