"""How many journeys each choice of each facet would give, the other facets as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap.cohort import Cohort, range_text
from flowmap.dataset import Dataset
from flowmap.eventlog import MISSING
from flowmap.facets import NOT_RECORDED
from flowmap.measures.behind import Behind, Row


@dataclass(frozen=True)
class Choice:
    """A value or band of a facet: as a cohort spells it, as people read it, and how many journeys have it."""

    value: str
    label: str
    count: int

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"value": self.value, "label": self.label, "count": self.count}


def choices(data: Dataset, cohort: Cohort) -> dict[str, list[Choice]]:
    """For every facet, its values or bands, counted among the journeys that the rest of the cohort keeps."""
    everything = cohort.mask(data)
    asked = {term.facet.key for term in cohort.terms}
    found = {}
    for key, facet in data.facets.items():
        mask = cohort.mask(data, without=key) if key in asked else everything
        column = data.column(key)[mask]
        counts = facet.count(column)
        if facet.kind == "category":
            spelt = [re.sub(r"\s", "_", value) for value in facet.values]
            found[key] = [Choice(*row) for row in zip(spelt, facet.values, counts, strict=True)]
            continue
        bands = zip(facet.bands, counts, strict=True)
        found[key] = [Choice(range_text(low, high), label, count) for (low, high, label), count in bands]
        if facet.missing:
            found[key].append(
                Choice(NOT_RECORDED.replace(" ", "_"), NOT_RECORDED, int(np.count_nonzero(column == MISSING)))
            )
    return found


def behind(data: Dataset, cohort: Cohort, row: Row) -> Behind:
    """The journeys that a choice would give, the other facets as they are."""
    key = row["facet"]
    facet, column = data.facets[key], data.column(key)
    said = f"Journeys, {facet.label}: {row['label']}, the other facets as they are"
    if facet.kind == "category":
        here = column == facet.values.index(row["label"])
    elif row["label"] == NOT_RECORDED:
        here = column == MISSING
    else:
        here = (facet.band_of(column) == [label for _, _, label in facet.bands].index(row["label"])) & (
            column != MISSING
        )
    return Behind.of_journeys(said, cohort.mask(data, without=key) & here)
