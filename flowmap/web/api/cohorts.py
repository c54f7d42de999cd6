"""A cohort: its sentence, its size, and how many journeys each other choice would give."""

from __future__ import annotations

from typing import Any

from flowmap.measures.choices import choices
from flowmap.web import schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.operations import Operation, Rows
from flowmap.web.routes import Call


def show(call: Call) -> dict[str, Any]:
    """The cohort in words and numbers."""
    chosen, data = call.selection, call.dataset.data
    return {
        "query": chosen.canonical,
        "sentence": chosen.cohort.sentence(),
        "journeys": chosen.journeys,
        "of": len(data.journeys),
        "facets": {key: [one.to_json() for one in found] for key, found in choices(data, chosen.cohort).items()},
    }


def rows(_: Call, value: dict[str, Any]) -> Rows:
    """As a table: one choice of one facet a row."""
    found = [{"facet": key, **choice} for key, choices in value["facets"].items() for choice in choices]
    return ("facet", "value", "label", "count"), found


OPERATIONS = (
    Operation(
        "cohort",
        "/datasets/<dataset>/cohort",
        show,
        "A cohort in words, and counts a facet given the other facets",
        schemas.COHORT,
        parts=(DATASET,),
        cohort=True,
        rows=rows,
        measure="facets",
    ),
)
