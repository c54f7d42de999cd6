"""The OpenAPI 3.1 document, written from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flowmap import __version__
from flowmap.web import schemas
from flowmap.web.operations import Operation, Parameter, parameters_of
from flowmap.web.respond import ARROW

STATUS = {
    304: "Not changed since the edition that If-None-Match names",
    400: "A parameter or the body is not understood; the error names it",
    403: "The Host header is not this computer's, or another web site asked",
    404: "No such dataset, station, child or import; `known` lists those there are",
    409: "The map in the folder and the tables do not fit each other, or something else has to be done first",
    410: "The dataset is no longer on disk",
    413: "The body is larger than 1 MiB, or a file than the limits allow",
    415: "The body is not of the type that is taken here",
    503: "The dataset on disk cannot be read, or nothing can be stored",
    507: "The disk has no room for the file",
}

COHORT = {
    "name": "cohort",
    "in": "query",
    "description": (
        "The cohort: every parameter not otherwise named is the key of a facet, its value the values kept, joined by "
        "commas; ranges `a-b`, `n+`, `!` before the values for all others. Example: `sex=F&age=5-9,10-15&visit=1+`"
    ),
    "required": False,
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


def path_of(operation: Operation) -> str:
    """The path in OpenAPI's writing: `/api/datasets/{dataset}/flow`."""
    return "/api" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)


def statuses(operation: Operation) -> list[int]:
    """Statuses other than 200 that the operation can answer with, smallest first."""
    found = {400, 403, *operation.refuses}
    if operation.method == "GET" and not operation.private:
        found.add(304)
    if operation.takes is not None:
        found |= {413, 415}
    if operation.parts:
        found |= {404, 410, 503}
    return sorted(found)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(parameter.schema)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": False,
    }
    if parameter.many > 1:
        described |= {"style": "form", "explode": True}
        schema = {"type": "array", "items": schema, "maxItems": parameter.many}
    described["schema"] = schema
    if parameter.example is not None:
        described["example"] = [parameter.example] if parameter.many > 1 else parameter.example
    return described


def _answers(operation: Operation) -> dict[str, Any]:
    gives = {"anyOf": [operation.gives, schemas.RELEASED]} if operation.measure else operation.gives
    content: dict[str, Any] = {operation.media: {"schema": gives}}
    if operation.rows:
        content["text/csv"] = {"schema": {"type": "string"}}
    if operation.stream:
        content[ARROW] = {"schema": {"type": "string", "format": "binary"}}
    answers: dict[str, Any] = {"200": {"description": operation.summary, "content": content}}
    for status in statuses(operation):
        answer: dict[str, Any] = {"description": STATUS[status]}
        if status != 304:
            answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        answers[str(status)] = answer
    return answers


def _describe(subject: str, operation: Operation) -> dict[str, Any]:
    parts = [
        {
            "name": part.name,
            "in": "path",
            "required": True,
            "description": part.description,
            "schema": dict(part.schema),
        }
        for part in operation.parts
    ]
    queries = [_parameter(parameter) for parameter in parameters_of(operation)]
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [subject],
        "summary": operation.summary,
        "parameters": parts + queries + ([COHORT] if operation.cohort else []),
        "responses": _answers(operation),
    }
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": {operation.takes_media: {"schema": operation.takes}}}
    return described


def document(subjects: Iterable[tuple[str, tuple[Operation, ...]]]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for subject, operations in subjects:
        for operation in operations:
            paths.setdefault(path_of(operation), {})[operation.method.lower()] = _describe(subject, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "flowmap",
            "version": __version__,
            "summary": "Journeys through children's services, as timed moves between stations",
            "description": "Errors are one shape everywhere. Children are known by random pseudonyms only.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": {"Error": schemas.ERROR}},
    }
