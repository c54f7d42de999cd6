"""Property-based calls: whatever is asked, the answer is one that the description allows.

Requests are drawn from the description by schemathesis, right ones and wrong ones; seed and number are fixed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from flowmap.web import api, create_app, openapi
from flowmap.web.operations import Operation

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALLS = {GenerationMode.POSITIVE: 25, GenerationMode.NEGATIVE: 15}
# What is behind a figure takes the parameters of its measure, which is called itself: one such list stands for all.
LIST = "nfa_journeys"
OPERATIONS = [
    operation
    for _, operations in api.subjects()
    for operation in operations
    if operation.id == LIST or not operation.id.endswith("_journeys")
]
# A row of a table, which a generated call cannot know.
FIGURE = {"row": "earlier|0|", "count": "of", "station": "assessment"}


@pytest.fixture(scope="module")
def schema(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description as the server publishes it, over a dataset that calls may change."""
    root = tmp_path_factory.mktemp("calls")
    folder = Path(shutil.copytree(built, root / "small"))
    return schemathesis.openapi.from_wsgi("/api/openapi.json", create_app({"small": folder}, root / "home"))


class Imports:
    """An import that is open, again where a call closed it."""

    def __init__(self, app: Any) -> None:
        self._client = app.test_client()
        self._id = ""

    def id(self) -> str:
        if self._client.get(f"/api/imports/{self._id}").status_code != 200 or not self._id:
            self._id = self._client.post("/api/imports", json={}).get_json()["id"]
        return self._id

    def end(self) -> None:
        """Let nothing of it go on."""
        if self._id:
            self._client.delete(f"/api/imports/{self._id}")


@pytest.mark.parametrize("mode", list(CALLS), ids=lambda mode: f"{mode.value}-calls")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_whatever_is_asked_the_answer_is_one_that_is_described(
    schema: Any, operation: Operation, mode: GenerationMode
) -> None:
    described = schema[openapi.path_of(operation)][operation.method]
    if mode is GenerationMode.NEGATIVE and not described.definition.raw.get("parameters") and not operation.takes:
        pytest.skip("nothing in it can be wrong")
    seen: list[int] = []
    imports = Imports(schema.app)

    @given(case=described.as_strategy(generation_mode=mode))
    @settings(
        max_examples=CALLS[mode],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any) -> None:
        if "dataset" in (case.path_parameters or {}):
            case.path_parameters["dataset"] = "small"
        if "session" in (case.path_parameters or {}):
            case.path_parameters["session"] = imports.id()
        if operation.id == LIST and mode is GenerationMode.POSITIVE:
            case.query = {**(case.query or {}), **FIGURE}
        response = case.call(headers={"Accept-Encoding": "identity"})
        case.validate_response(response, checks=CHECKS)
        seen.append(response.status_code)

    call()
    imports.end()
    assert seen
    # A dataset is deleted only by who names its edition, which a generated call cannot know.
    certain = not operation.takes and not operation.parts[1:] and operation.id != "delete_dataset"
    if mode is GenerationMode.POSITIVE and certain:
        assert 200 in seen
