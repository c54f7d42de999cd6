"""The two big tables: an Arrow stream for the map, pages of JSON or CSV for everyone else."""

from __future__ import annotations

from typing import Any

from flask import Response

from flowmap.web import schemas, tables
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import bad
from flowmap.web.operations import Operation, Rows
from flowmap.web.parameters import LIMIT, OFFSET
from flowmap.web.respond import ARROW, respond
from flowmap.web.routes import Call


def _page(call: Call, name: tables.Name) -> dict[str, Any]:
    table = call.dataset.wire(name)
    offset, limit = call["offset"], call["limit"]
    page = table.slice(offset, limit)
    after = offset + page.num_rows
    return {
        "columns": {column: page.column(column).to_pylist() for column in page.column_names},
        "rows": table.num_rows,
        "offset": offset,
        "next": after if page.num_rows and after < table.num_rows else None,
    }


def _stream(call: Call, name: tables.Name) -> Response:
    for parameter in (LIMIT, OFFSET):
        if call[parameter.name] != parameter.default:
            raise bad(
                parameter.name,
                str(call[parameter.name]),
                "an Arrow stream is always whole",
                "Leave it out, or ask for JSON.",
            )
    served = call.dataset
    return respond(tables.etag(served, name), ARROW, lambda coding: tables.packed(served, name, coding, call.answers))


def rows(_: Call, page: dict[str, Any]) -> Rows:
    """A page as a table."""
    columns = tuple(page["columns"])
    return columns, [dict(zip(columns, row, strict=True)) for row in zip(*page["columns"].values(), strict=True)]


def _operation(name: tables.Name, summary: str) -> Operation:
    return Operation(
        name,
        f"/datasets/<dataset>/{name}",
        lambda call: _page(call, name),
        summary,
        schemas.WIRE,
        parts=(DATASET,),
        parameters=(LIMIT, OFFSET),
        rows=rows,
        stream=lambda call: _stream(call, name),
    )


OPERATIONS = (
    _operation(
        "journeys", "Journeys in order of start, as differences that pack small (docs/contracts.md, wire tables)"
    ),
    _operation("transitions", "Moves, journey by journey: route and seconds from departure to arrival"),
)
