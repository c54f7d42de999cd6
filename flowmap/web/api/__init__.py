"""The API, one file a subject; each gives its part of the table of operations."""

from __future__ import annotations

from typing import Any

from flowmap.web import openapi
from flowmap.web.api import (
    answers,
    behind,
    children,
    cohorts,
    compare,
    datasets,
    figures,
    imports,
    keeping,
    maps,
    measures,
    periods,
    quality,
    stations,
    synthetic,
    wire,
)
from flowmap.web.operations import Operation

Subjects = tuple[tuple[str, tuple[Operation, ...]], ...]


def _document(_: Any) -> Any:
    return openapi.document(subjects())


DESCRIPTION = Operation(
    "openapi",
    "/openapi.json",
    _document,
    "This description",
    {"type": "object", "required": ["openapi", "info", "paths"]},
)


def subjects() -> Subjects:
    """Every operation, by subject."""
    return (
        ("about", (DESCRIPTION,)),
        ("datasets", datasets.OPERATIONS + quality.OPERATIONS + synthetic.OPERATIONS + keeping.OPERATIONS),
        ("tables", wire.OPERATIONS),
        ("map", maps.OPERATIONS),
        ("periods", periods.OPERATIONS),
        ("cohort", cohorts.OPERATIONS),
        ("figures", figures.OPERATIONS),
        ("measures", measures.OPERATIONS + answers.OPERATIONS + compare.OPERATIONS),
        ("stations", stations.OPERATIONS),
        ("behind", behind.OPERATIONS),
        ("children", children.OPERATIONS),
        ("imports", imports.OPERATIONS),
    )
