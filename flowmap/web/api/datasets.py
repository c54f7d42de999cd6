"""Which datasets there are, and what each says of itself."""

from __future__ import annotations

from typing import Any

from flowmap.web import schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Rows
from flowmap.web.routes import Call

COUNTS = ("events", "children", "journeys", "transitions", "open", "repeat_cases")


def names(call: Call) -> list[dict[str, Any]]:
    """Every dataset that can be opened now, in the order in which they are served."""
    found = []
    for name in call.shelf.names():
        try:
            meta = call.shelf.get(name).meta
        except Refusal:
            continue
        found.append({"name": name, **{key: meta[key] for key in ("title", "counts", "first", "last")}})
    return found


def names_rows(_: Call, found: list[dict[str, Any]]) -> Rows:
    """As a table."""
    columns = ("name", "title", "first", "last", *COUNTS)
    return columns, [{**entry, **entry["counts"]} for entry in found]


def show(call: Call) -> dict[str, Any]:
    """`dataset.json`, with the timescales worked out to the day and a tag that changes with the dataset."""
    served = call.dataset
    return {
        **served.meta,
        "name": served.name,
        "timescales": [due.to_json() for due in served.dues()],
        "etag": served.tag(),
        "synthetic": served.has_synthetic(),
    }


OPERATIONS = (
    Operation("datasets", "/datasets", names, "The datasets served", schemas.DATASETS, rows=names_rows),
    Operation(
        "dataset",
        "/datasets/<dataset>",
        show,
        "One dataset: span, counts, stations, routes, facets, map, sources, quality, timescales",
        schemas.DATASET,
        parts=(DATASET,),
        refuses=(409,),
    ),
)
