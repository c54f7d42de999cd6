"""Effect, pathways, care, benchmarks and workload over HTTP: as described, the same as CSV, refusals that help."""

from __future__ import annotations

import csv
import io
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from flowmap.columns import TAKEN
from flowmap.dataset import Dataset
from flowmap.measures import asked
from flowmap.measures.asked import Asked, Request
from flowmap.web import answer_schemas as schemas
from flowmap.web.api import answers
from flowmap.web.operations import parameters_of
from tests.measures.social import authority, everyone

SMALL = "/api/datasets/small"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return authority(tmp_path_factory.mktemp("authority"))[1]


def ask(client: FlaskClient, what: str) -> Any:
    answer = client.get(f"{SMALL}/{what}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


EVENT = Asked("share", event="2016-10-10..2016-11-18")


@pytest.mark.parametrize(
    ("measure", "more", "station", "schema"),
    [
        (asked.effect, EVENT, "assessment", schemas.EFFECT),
        (asked.effect, Asked("duration", event="2016-10-10"), "assessment", schemas.EFFECT),
        (asked.effect, Asked("stock"), None, schemas.EFFECT),
        (asked.ways, Asked(pattern="C > * > nfa"), None, schemas.PATHWAYS),
        (asked.ways, Asked(show="sankey", stages="referral,cp"), None, schemas.PATHWAYS),
        (asked.ways, Asked(show="groups", scope="child"), None, schemas.PATHWAYS),
        (asked.ways, Asked(show="returning"), None, schemas.PATHWAYS),
        (asked.care, Asked(population=10_000), None, schemas.CARE),
        (asked.care, Asked(align="final order"), None, schemas.CARE),
        (asked.benchmarks, Asked(area="Kent", population=10_000), None, schemas.BENCHMARKS),
        (asked.work, Asked(share=0.1), "referral", schemas.WORKLOAD),
    ],
)
def test_full_answers_are_as_described(data: Dataset, measure: Any, more: Asked, station: Any, schema: Any) -> None:
    found = measure(Request(data, everyone(data), more, station=station, other=everyone(data)))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    checker.validate(found)
    assert found.get("notes", []) == []


def test_a_pattern_over_http(client: FlaskClient) -> None:
    found = ask(client, "pathways?pattern=contact > * > nfa&scope=child")
    assert found["search"]["scope"] == "child"
    assert found["search"]["of"] == 3  # Ann, Bob and Cat
    ways = found["ways"]
    assert ways["journeys"] == sum(way["count"] for way in ways["ways"]) + ways["rest"]
    assert ask(client, "pathways?sex=F")["ways"]["journeys"] < ways["journeys"]
    assert ask(client, "pathways?merge=first_visits")["ways"]["merge"] == "first visits"
    assert ask(client, "pathways?show=groups")["groups"]["total"] == ways["journeys"]


def test_benchmarks_and_workload_over_http(client: FlaskClient) -> None:
    found = ask(client, "benchmarks?beside=kent&population=1000")
    assert found["area"] == "Kent"
    assert "Open Government Licence" in found["source"]
    assert ask(client, "workload?bin=month&by=source")["by"] == "source"


@pytest.mark.parametrize("operation", answers.OPERATIONS, ids=lambda operation: operation.id)
def test_its_table_and_its_parameters(client: FlaskClient, operation: Any) -> None:
    text = client.get(f"{SMALL}/{operation.id}?format=csv").get_data(as_text=True)
    header = next(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert tuple(header) == (*answers.MEASURES[operation.id].columns, "cohort")
    assert {parameter.name for parameter in parameters_of(operation)} <= TAKEN


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("effect?event=ofsted", "not an event"),
        ("effect?figure=mood", "figure"),
        ("effect?figure=duration", "station"),
        ("effect?station=moon", "moon"),
        ("effect?event=2015-03-01&compare=shoe=1", "shoe"),
        ("pathways?pattern=moon", "moon"),
        ("pathways?show=sankey&stages=moon", "moon"),
        ("pathways?merge=all", "merge"),
        ("care?by=shoe", "shoe"),
        ("care?case_by=shoe", "shoe"),
        ("care?align=birth", "align"),
        ("benchmarks?beside=Narnia", "Narnia"),
        ("benchmarks?population=0", "population"),
        ("benchmarks?population=many", "population"),
        ("workload?moved=2", "moved"),
        ("workload?moved=nan", "moved"),
        ("workload?by=shoe", "shoe"),
        ("workload?from=2015-02-01&to=2015-01-01", "no day"),
    ],
)
def test_what_cannot_be_is_a_400_that_says_so(client: FlaskClient, what: str, said: str) -> None:
    answer = client.get(f"{SMALL}/{what}")
    assert answer.status_code == 400, answer.get_data(as_text=True)
    error = answer.get_json()["error"]
    assert said in error["message"] + str(error["parameter"])
    assert error["remedy"]
