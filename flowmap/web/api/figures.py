"""Figures over the whole map: where journeys are, how they flow, which moves they make."""

from __future__ import annotations

from typing import Any

from flowmap.measures.flow import flow as flow_of
from flowmap.measures.moves import moves as moves_of
from flowmap.measures.occupancy import occupancy as occupancy_of
from flowmap.web import schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.operations import Operation, Rows
from flowmap.web.parameters import AT, AT_MANY, BIN
from flowmap.web.routes import Call


def occupancy(call: Call) -> Any:
    """How many journeys are at each station at each instant."""
    data = call.dataset.data
    found = occupancy_of(data, call.selection.mask, call["at"] or (data.last,))
    return [one.to_json(data) for one in found]


def occupancy_rows(call: Call, found: list[dict[str, Any]]) -> Rows:
    """As a table: an instant a row, a station a column."""
    names = [place.id for place in call.dataset.data.stations]
    nobody = dict.fromkeys(names, 0)
    rows = [{**nobody, **one["at_station"], "at": one["at"], "count": one["count"]} for one in found]
    return ("at", "count", *names), rows


def flow(call: Call) -> Any:
    """Stock, arrivals and exits a bin."""
    bins = flow_of(call.dataset.data, call.selection.mask, call["bin"])
    return {"bins": [one.to_json() for one in bins]}


def flow_rows(_: Call, found: dict[str, Any]) -> Rows:
    """As a table: a bin a row."""
    return ("start", "stock", "arrivals", "exits"), found["bins"]


def moves(call: Call) -> Any:
    """Every move from a station to a station by an instant, commonest first."""
    data = call.dataset.data
    return [move.to_json(data) for move in moves_of(data, call.selection.mask, call["at"])]


def moves_rows(_: Call, found: list[dict[str, Any]]) -> Rows:
    """As a table: a move a row."""
    columns = ("from", "from_label", "to", "to_label", "count", "same_day", "median_hours", "p90_hours")
    return columns, found


OPERATIONS = (
    Operation(
        "occupancy",
        "/datasets/<dataset>/occupancy",
        occupancy,
        "Journeys at each station at given instants",
        schemas.OCCUPANCY,
        parts=(DATASET,),
        parameters=(AT_MANY,),
        cohort=True,
        rows=occupancy_rows,
        measure="occupancy",
    ),
    Operation(
        "flow",
        "/datasets/<dataset>/flow",
        flow,
        "Stock (at the start of the bin), arrivals and exits by day, week or month",
        schemas.FLOW,
        parts=(DATASET,),
        parameters=(BIN,),
        cohort=True,
        rows=flow_rows,
        measure="flow",
    ),
    Operation(
        "moves",
        "/datasets/<dataset>/moves",
        moves,
        "Moves between stations up to an instant: how many, how many within a day, how long",
        schemas.MOVES,
        parts=(DATASET,),
        parameters=(AT,),
        cohort=True,
        rows=moves_rows,
        measure="moves",
    ),
)
