"""JSON Schemas (2020-12, as OpenAPI 3.1 uses them) of what the API gives and takes."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
HOURS: Schema = {"type": ["number", "null"], "minimum": 0}
SHARE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
FLAG: Schema = {"type": "boolean"}
DATE: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
POINT: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
PATHS: Schema = {"type": "array", "items": TEXT}


def maybe(schema: Schema) -> Schema:
    """`schema`, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def array(items: Schema, **more: Any) -> Schema:
    """A list of `items`."""
    return {"type": "array", "items": items, **more}


def record(properties: dict[str, Schema], optional: tuple[str, ...] = (), more: bool = False) -> Schema:
    """An object that has all `properties` save the optional ones; `more`: others may stand beside them."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": more}


def by_name(values: Schema) -> Schema:
    """An object from names (stations, facets) to `values`."""
    return {"type": "object", "additionalProperties": values}


RELEASED = record({"note": TEXT, "columns": array(TEXT), "rows": array({"type": "object"})})
"""A measure's table with disclose=1: the same columns and rows as its CSV."""

ERROR = record(
    {
        "error": record(
            {
                "message": TEXT,
                "parameter": {"type": ["string", "null"]},
                "remedy": TEXT,
                "known": array(TEXT),
            },
            optional=("known",),
        )
    }
)

COUNTS = by_name(COUNT)
DATASETS = array(record({"name": TEXT, "title": TEXT, "counts": COUNTS, "first": INSTANT, "last": INSTANT}))

STATION = record({"id": TEXT, "label": TEXT, "kind": {"enum": ["station", "exit"]}, "events": COUNT}, more=True)
ROUTE = record(
    {"from": COUNT, "to": COUNT, "count": COUNT, "same_day": COUNT, "median_seconds": {"type": ["number", "null"]}},
    more=True,
)
FACET = record(
    {
        "key": TEXT,
        "label": TEXT,
        "kind": {"enum": ["category", "number"]},
        "of": {"enum": ["journey", "child"]},
        "values": array(TEXT),
        "min": {"type": ["number", "null"]},
        "max": {"type": ["number", "null"]},
        "bands": array({"type": "array", "minItems": 3, "maxItems": 3}),
        "counts": array(COUNT),
    },
    optional=("values", "min", "max", "bands", "counts"),
    more=True,
)
TIMESCALE = record(
    {
        "id": TEXT,
        "label": TEXT,
        "source": maybe(TEXT),
        "at": array(COUNT),
        "since": maybe(COUNT),
        "limit": TEXT,
        "near_share": {"type": "number"},
        "due": array({"type": "integer"}),
    },
    more=True,
)
DATASET = record(
    {
        "schema": {"const": 1},
        "id": TEXT,
        "name": TEXT,
        "title": TEXT,
        "built": INSTANT,
        "first": INSTANT,
        "last": INSTANT,
        "origin": INSTANT,
        "dates": {"enum": ["date", "instant", "mixed"]},
        "counts": COUNTS,
        "stations": array(STATION),
        "routes": array(ROUTE),
        "facets": array(FACET),
        "map": {"type": "object"},
        "timescales": array(TIMESCALE),
        "etag": TEXT,
        "synthetic": FLAG,
    },
    more=True,
)

WIRE = record(
    {
        "columns": by_name(array({"type": "integer"})),
        "rows": COUNT,
        "offset": COUNT,
        "next": maybe(COUNT),
    }
)

LABEL_AT = record({"x": {"type": "number"}, "y": {"type": "number"}, "anchor": TEXT, "lines": array(TEXT)}, more=True)
GEOMETRY = record(
    {
        "name": TEXT,
        "title": TEXT,
        "bounds": array({"type": "number"}, minItems=4, maxItems=4),
        "stations": array(record({"index": COUNT, "id": TEXT, "label": TEXT, "kind": TEXT}, more=True)),
        "stubs": array(record({"exit": COUNT, "at": COUNT, "d": TEXT}, more=True)),
        "lines": array(record({"id": TEXT, "label": TEXT, "colour": TEXT, "d": PATHS}, more=True)),
        "links": array(record({"from": COUNT, "to": COUNT, "d": TEXT}, more=True)),
        "zones": array(
            record({"id": TEXT, "label": TEXT, "x0": {"type": "number"}, "x1": {"type": "number"}}, more=True)
        ),
        "loop": maybe(record({"label": TEXT, "d": TEXT}, more=True)),
        "routes": array(record({"from": COUNT, "to": COUNT, "how": TEXT, "points": array(POINT)}, more=True)),
        "returns": array(record({"from": COUNT, "to": COUNT, "points": array(POINT)}, more=True)),
        "notes": array(record({"rule": TEXT, "message": TEXT}, more=True)),
    },
    more=True,
)
POSITION: Schema = {
    "type": "array",
    "items": {"type": "number", "minimum": -500, "maximum": 500},
    "minItems": 2,
    "maxItems": 2,
    "description": "where the station stands: column and row in grid cells, as in the map file",
}
LAYOUT = record({"positions": {"type": "object", "additionalProperties": POSITION}})

PERIOD = record(
    {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"},
        "label": {"type": "string", "minLength": 1, "maxLength": 120},
        "from": DATE,
        "to": DATE,
        "kind": {"type": "string", "maxLength": 40},
    },
)
PERIODS = array(PERIOD, maxItems=200)

COHORT = record(
    {
        "query": TEXT,
        "sentence": TEXT,
        "journeys": COUNT,
        "of": COUNT,
        "facets": by_name(array(record({"value": TEXT, "label": TEXT, "count": COUNT}))),
    }
)
OCCUPANCY = array(record({"at": INSTANT, "count": COUNT, "at_station": by_name(COUNT)}))
FLOW = record({"bins": array(record({"start": INSTANT, "stock": COUNT, "arrivals": COUNT, "exits": COUNT}))}, more=True)
MOVES = array(
    record(
        {"from": TEXT, "to": TEXT, "count": COUNT, "same_day": COUNT, "median_hours": HOURS, "p90_hours": HOURS},
        more=True,
    )
)
_ROW: dict[str, Schema] = {
    "id": TEXT,
    "label": TEXT,
    "reached": COUNT,
    "began": COUNT,
    "left": COUNT,
    "ended": COUNT,
    "waiting": COUNT,
    "median_wait_hours": HOURS,
    "p90_wait_hours": HOURS,
    "overdue": maybe(COUNT),
    "overdue_share": SHARE,
}
STATIONS = array(record(_ROW, more=True))
_WAY = array(record({"id": TEXT, "label": TEXT, "count": COUNT}, more=True))
PANEL = record(
    {
        **_ROW,
        "came_from": _WAY,
        "went_to": _WAY,
        "weekly": array(record({"start": INSTANT, "in": COUNT, "out": COUNT, "waiting": COUNT}, more=True)),
    },
    more=True,
)
CHILD = record(
    {
        "pseudonym": TEXT,
        "journeys": array(
            record(
                {
                    "journey": COUNT,
                    "visit": COUNT,
                    "facets": {"type": "object"},
                    "events": array(record({"station": TEXT, "label": TEXT, "time": INSTANT})),
                },
                more=True,
            )
        ),
    },
    more=True,
)
BEHIND = record(
    {
        "measure": TEXT,
        "row": TEXT,
        "count": TEXT,
        "value": COUNT,
        "sentence": TEXT,
        "unit": TEXT,
        "cohort": TEXT,
        "lines": array(
            record(
                {
                    "journey": COUNT,
                    "child": COUNT,
                    "pseudonym": TEXT,
                    "visit": COUNT,
                    "start": INSTANT,
                    "end": {"type": ["string", "null"], "format": "date-time"},
                    "first": TEXT,
                    "last": TEXT,
                    "outcome": TEXT,
                    "at": INSTANT,
                },
                optional=("at",),
            )
        ),
        "total": COUNT,
        "offset": COUNT,
        "next": {"type": ["integer", "null"]},
        "rows": array(COUNT),
    },
    optional=("rows",),
)
SUMMARY = record(
    {
        "cases": COUNT,
        "journeys": COUNT,
        "events": COUNT,
        "stations": COUNT,
        "first": INSTANT,
        "last": INSTANT,
        "transitions": array(record({"from": TEXT, "to": TEXT, "count": COUNT, "median_hours": HOURS}, more=True)),
        "variants": array(record({"path": array(TEXT), "count": COUNT}), maxItems=20),
        "events_by_station": by_name(COUNT),
        "repeat_cases": COUNT,
        "open": COUNT,
        "active": array(record({"at": INSTANT, "count": COUNT, "at_station": by_name(COUNT)})),
    },
    optional=("active",),
    more=True,
)
EXAMPLE = record(
    {
        **{name: {"type": ["string", "null"]} for name in ("file", "place", "value")},
        "row": {"type": ["integer", "null"]},
    }
)
PROBLEM = record(
    {
        "rule": TEXT,
        "severity": {"enum": ["error", "warning", "note"]},
        "about": {"type": ["string", "null"]},
        "message": TEXT,
        "count": COUNT,
        "action": {"enum": ["kept", "repaired", "dropped", "note"]},
        "remedy": {"type": ["string", "null"]},
        "examples": array(EXAMPLE),
    },
    optional=("severity", "about"),  # datasets built before they were told apart have neither
)
FILE_ROWS = record({"file": TEXT, "format": TEXT, "read": COUNT, "kept": COUNT, "repaired": COUNT, "dropped": COUNT})
QUALITY = record(
    {
        "rows_read": COUNT,
        "rows_kept": COUNT,
        "rows_dropped": COUNT,
        "files": array(FILE_ROWS),
        "problems": array(PROBLEM),
    },
    optional=("files",),
)
