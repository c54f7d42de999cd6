"""The parts of paths that several subjects share."""

from __future__ import annotations

from flowmap.web.operations import PathPart

DATASET = PathPart(
    "dataset", "the dataset's name, one of /api/datasets", {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"}
)
STATION = PathPart("station", "a station's id, one of `stations` of the dataset", {"type": "string", "minLength": 1})
CHILD = PathPart("child", "a child's index: row of children.arrow, from 0", {"type": "integer", "minimum": 0})
