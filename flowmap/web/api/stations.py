"""The table beside the animation, and the panel of one station."""

from __future__ import annotations

from typing import Any

from flowmap.measures.stations import station as station_of
from flowmap.measures.stations import stations as stations_of
from flowmap.web import schemas
from flowmap.web.api.parts import DATASET, STATION
from flowmap.web.operations import Operation, Rows, unknown
from flowmap.web.parameters import AT
from flowmap.web.routes import Call

COLUMNS = (
    "id",
    "label",
    "reached",
    "began",
    "left",
    "ended",
    "waiting",
    "median_wait_hours",
    "p90_wait_hours",
    "overdue",
    "overdue_share",
)


def _at(call: Call) -> int:
    at: int | None = call["at"]
    return call.dataset.data.last if at is None else at


def table(call: Call) -> Any:
    """A row a station, up to an instant."""
    served = call.dataset
    found = stations_of(served.data, call.selection.mask, _at(call), served.dues())
    return [row.to_json(served.data) for row in found]


def table_rows(_: Call, found: list[dict[str, Any]]) -> Rows:
    """As a table."""
    return COLUMNS, found


def panel(call: Call) -> Any:
    """One station, up to an instant."""
    served, name = call.dataset, call.path["station"]
    index = served.data.index.get(name)
    if index is None:
        raise unknown("station", name, list(served.data.index), "station")
    found = station_of(served.data, call.selection.mask, _at(call), served.dues(), index)
    return found.to_json(served.data)


def panel_rows(_: Call, found: dict[str, Any]) -> Rows:
    """As a long table: one figure a row."""
    rows = [{"figure": key, "value": found[key]} for key in COLUMNS]
    for way in ("came_from", "went_to"):
        rows += [{"figure": way, "of": one["id"], "value": one["count"]} for one in found[way]]
    for week in found["weekly"]:
        rows += [
            {"figure": f"weekly_{key}", "of": week["start"], "value": week[key]} for key in ("in", "out", "waiting")
        ]
    return ("figure", "of", "value"), rows


OPERATIONS = (
    Operation(
        "stations",
        "/datasets/<dataset>/stations",
        table,
        "The table beside the animation: every station up to an instant",
        schemas.STATIONS,
        parts=(DATASET,),
        parameters=(AT,),
        cohort=True,
        rows=table_rows,
        measure="stations",
    ),
    Operation(
        "station",
        "/datasets/<dataset>/stations/<station>",
        panel,
        "One station up to an instant: its row, where from, where to, week by week",
        schemas.PANEL,
        parts=(DATASET, STATION),
        parameters=(AT,),
        cohort=True,
        rows=panel_rows,
    ),
)
