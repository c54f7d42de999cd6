"""Tables that leave over HTTP, and public mode: figures alone, small numbers hidden."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flowmap.disclosure import Rule
from flowmap.web import api, create_app
from tests.web.conftest import build_small

SMALL = "/api/datasets/small"
OPERATIONS = [(subject, operation) for subject, several in api.subjects() for operation in several]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = build_small(tmp_path_factory.mktemp("public") / "small")
    return create_app({"small": folder}, rule=Rule(9)).test_client()


def test_a_table_that_leaves_says_what_was_done_to_it(client: FlaskClient) -> None:
    told = client.get(f"{SMALL}/nfa?disclose=1&threshold=8&format=csv&sex=F").get_data(as_text=True)
    (note,), columns, overall, *_ = csv.reader(io.StringIO(told))
    assert note.startswith("Disclosure control: counts of 1 to 8, ")
    assert note.endswith("Cohort: girls.")
    assert columns == ["figure", "value", "label", "count", "of", "share", "low", "high"]
    assert overall == ["overall", "assessment", "Child and family assessment", "c", "c", "c", "c", "c"]
    found = client.get(f"{SMALL}/nfa?disclose=1&threshold=8&sex=F").get_json()
    assert (found["note"], found["columns"], found["rows"][0]["count"]) == (note, columns, "c")


def test_what_is_not_asked_to_leave_is_as_it_was(client: FlaskClient) -> None:
    assert client.get(f"{SMALL}/nfa").get_json()["overall"]["count"] == 1


@pytest.mark.parametrize("wrong", ["disclose=yes", "disclose=1&threshold=4", "disclose=1&threshold=101"])
def test_a_wrong_wish_is_refused(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"{SMALL}/nfa?{wrong}")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] in wrong


@pytest.mark.parametrize(("subject", "operation"), OPERATIONS, ids=lambda one: getattr(one, "id", one))
def test_public_mode_answers_measures_alone(public: FlaskClient, subject: str, operation: object) -> None:
    path = "/api" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)  # type: ignore[attr-defined]
    where = path.format(dataset="small", station="referral", child=0, session="x", upload="x", name="x", file="x")
    answer = public.open(where, method=operation.method, content_type=operation.takes_media)  # type: ignore[attr-defined]
    if operation.measure:  # type: ignore[attr-defined]
        assert answer.status_code == 200
        assert answer.get_json()["note"].startswith("Disclosure control: counts of ")
        assert not re.search(r'"(count|of|stock|waiting)":[1-9]\b', answer.get_data(as_text=True))
    elif subject != "about":
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/", "/start", "/d/small", "/d/small/compare", "/d/small/quality", "/api/datasets/small/journeys"]
)
def test_public_mode_has_no_pages_and_no_journeys(public: FlaskClient, path: str) -> None:
    answer = public.get(path, headers={"Accept": "application/vnd.apache.arrow.stream"})
    assert answer.status_code == 403
    assert "public mode" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "named"),
    [("nfa?sex=F", "cohort"), ("nfa?by=sex", "by"), ("nfa?from=2015-02-01", "from"), ("flow?bin=day", "bin"),
     ("occupancy?at=2015-02-01", "at")],
)  # fmt: skip
def test_public_mode_lets_nothing_be_put_together(public: FlaskClient, query: str, named: str) -> None:
    answer = public.get(f"{SMALL}/{query}")
    assert answer.status_code == 403
    assert answer.get_json()["error"]["parameter"] == named


def test_public_mode_cannot_be_talked_out_of_its_threshold(public: FlaskClient) -> None:
    asked = public.get(f"{SMALL}/flow?disclose=0&threshold=5").get_json()
    assert "counts of 0 to 9" in asked["note"]
    assert {row["stock"] for row in asked["rows"]} == {"c"}


def test_a_measure_of_few_children_shows_nothing(client: FlaskClient, built: Path) -> None:
    rows = client.get(f"{SMALL}/stations?disclose=1").get_json()["rows"]
    assert {row["reached"] for row in rows} == {"c"}  # three children in all
