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
OPERATIONS = [operation for _, operations in api.subjects() for operation in operations]


@pytest.fixture(scope="module")
def schema(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description as the server publishes it, over a dataset that calls may change."""
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("calls") / "small"))
    return schemathesis.openapi.from_wsgi("/api/openapi.json", create_app({"small": folder}))


@pytest.mark.parametrize("mode", list(CALLS), ids=lambda mode: f"{mode.value}-calls")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_whatever_is_asked_the_answer_is_one_that_is_described(
    schema: Any, operation: Operation, mode: GenerationMode
) -> None:
    described = schema[openapi.path_of(operation)][operation.method]
    if mode is GenerationMode.NEGATIVE and not described.definition.raw.get("parameters") and not operation.takes:
        pytest.skip("nothing in it can be wrong")
    seen: list[int] = []

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
        response = case.call(headers={"Accept-Encoding": "identity"})
        case.validate_response(response, checks=CHECKS)
        seen.append(response.status_code)

    call()
    assert seen
    if mode is GenerationMode.POSITIVE and not operation.takes and not operation.parts[1:]:
        assert 200 in seen
