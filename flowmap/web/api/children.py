"""One child's journeys, under a pseudonym."""

from __future__ import annotations

from typing import Any

from flowmap.measures.child import child as child_of
from flowmap.web import schemas
from flowmap.web.api.parts import CHILD, DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Rows
from flowmap.web.routes import Call


def show(call: Call) -> Any:
    """Journeys of the child with this index."""
    child, data = call.path["child"], call.dataset.data
    children = len(data.pseudonyms)
    if child >= children:
        known = [f"0 to {children - 1}"] if children else []
        raise Refusal(404, f"There is no child {child}.", "child", "Use the index of a child of this dataset.", known)
    return child_of(data, child).to_json(data)


def rows(_: Call, child: dict[str, Any]) -> Rows:
    """As a table: an event a row."""
    found = [
        {"pseudonym": child["pseudonym"], "journey": journey["journey"], "visit": journey["visit"], **event}
        for journey in child["journeys"]
        for event in journey["events"]
    ]
    return ("pseudonym", "journey", "visit", "station", "label", "time"), found


OPERATIONS = (
    Operation(
        "child",
        "/datasets/<dataset>/children/<int:child>",
        show,
        "One child's journeys, event by event; pseudonym only, kept by nobody",
        schemas.CHILD,
        parts=(DATASET, CHILD),
        rows=rows,
        private=True,
    ),
)
