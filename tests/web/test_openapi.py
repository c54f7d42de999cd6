"""The published description: every route, every parameter, and every answer as described."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from flowmap.ask import MEASURES, Question
from flowmap.cohort import Cohort
from flowmap.dataset import open as open_dataset
from flowmap.measures.behind import row_text
from flowmap.release_shapes import shape_of
from flowmap.web import api, apidoc, openapi
from flowmap.web.operations import parameters_of

REPOSITORY = Path(__file__).resolve().parents[2]
OPERATIONS = [operation for _, operations in api.subjects() for operation in operations]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(api.subjects())


def test_every_route_is_described_and_everything_described_is_a_route(served: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in served.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert routes == described
    assert len(described) == 70


def test_every_parameter_and_every_part_of_a_path_is_described(document: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        described = document["paths"][openapi.path_of(operation)][operation.method.lower()]
        names = {(one["in"], one["name"]) for one in described["parameters"]}
        expected = {("query", parameter.name) for parameter in parameters_of(operation)}
        expected |= {("path", part) for part in re.findall(r"<(?:\w+:)?(\w+)>", operation.path)}
        expected |= {("query", "cohort")} if operation.cohort else set()
        assert names == expected
        assert all(one["description"] for one in described["parameters"])
        assert described["summary"]
        assert ("requestBody" in described) == (operation.takes is not None)


def test_every_figure_is_there_as_csv(document: dict[str, Any]) -> None:
    without = {
        path
        for path, methods in document["paths"].items()
        if "get" in methods and "text/csv" not in methods["get"]["responses"]["200"]["content"]
    }
    root = "/api/datasets/{dataset}"  # what is not a figure: descriptions and shapes
    imports = "/api/imports/{session}"
    assert without == {"/api/openapi.json", root, root + "/map", root + "/map.yaml", imports, imports + "/job"}


def test_the_document_is_published_and_its_schemas_are_schemas(client: FlaskClient, document: dict[str, Any]) -> None:
    assert client.get("/api/openapi.json").get_json() == document
    assert document["openapi"].startswith("3.1")
    for operation in OPERATIONS:
        jsonschema.Draft202012Validator.check_schema(dict(operation.gives))
        if operation.takes is not None:
            jsonschema.Draft202012Validator.check_schema(dict(operation.takes))
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)


def figure_of(built: Path, measure: str) -> str:
    """A query for what is behind a figure of a measure's table."""
    data = open_dataset(built)
    station = "referral" if measure == "weeks" else None
    table = MEASURES[measure](Question(data, Cohort(), station=station))
    shape = shape_of(measure, tuple(table[0]))
    row, count = next((row, count) for row in table for count in shape.counts if isinstance(row.get(count), int))
    asked = {"row": row_text(row.get(label) for label in shape.labels), "count": count, "rows": "1"}
    return urlencode(asked | ({"station": station} if station else {}), quote_via=quote)


@pytest.mark.parametrize(
    "operation",
    # Four journeys are too few for an effect to have a figure.
    [one for one in OPERATIONS if one.method == "GET" and one.id != "effect_journeys"],
    ids=lambda operation: operation.id,
)
def test_an_answer_is_as_its_schema_says(client: FlaskClient, built: Path, operation: Any) -> None:
    path = "/api" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)
    session = client.post("/api/imports", json={}).get_json()["id"] if "{session}" in path else ""
    query = figure_of(built, operation.id.removesuffix("_journeys")) if operation.id.endswith("_journeys") else ""
    where = path.format(dataset="small", station="referral", child=0, session=session)
    answer = client.get(where, query_string=query)
    assert answer.status_code == 200
    assert answer.mimetype == operation.media
    if operation.media == "application/json":
        checker = jsonschema.Draft202012Validator(
            dict(operation.gives), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        checker.validate(answer.get_json())


def test_docs_api_md_is_what_the_description_says(document: dict[str, Any]) -> None:
    written = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
    assert written == apidoc.markdown(document), "run: python -m flowmap.web.apidoc > docs/api.md"
