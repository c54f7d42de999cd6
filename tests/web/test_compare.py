"""Comparing over HTTP and from the command line: sides as asked, the same as CSV, refusals that name the parameter."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from flowmap.build import BuildOptions, build
from flowmap.cli import main
from flowmap.columns import TAKEN
from flowmap.disclosure import Rule
from flowmap.web import compare_schemas as schemas
from flowmap.web import create_app
from flowmap.web.api import compare
from flowmap.web.operations import parameters_of
from synthetic import reference
from tests.measures.social import MAP
from tests.test_release import small_town

ONE = "/api/datasets/one/compare"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small made-up authority, another one, and a town of ninety children."""
    root = tmp_path_factory.mktemp("compare")
    for name, seed in (("one", 1), ("two", 2)):
        build(reference.make(600, seed=seed), root / name, BuildOptions(map=MAP))
    build(small_town(), root / "town")
    return {name: root / name for name in ("one", "two", "town")}


@pytest.fixture(scope="module")
def server(folders: dict[str, Path]) -> FlaskClient:
    return create_app(folders).test_client()


def ask(server: FlaskClient, what: str) -> Any:
    answer = server.get(f"{ONE}{what}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def row(found: Any, figure: str) -> Any:
    return next(one for one in found["rows"] if one["figure"] == figure)


def check(found: Any, schema: Any) -> None:
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(found)  # fmt: skip


def test_two_cohorts(server: FlaskClient) -> None:
    found = ask(server, "?sex=female&with_cohort=sex%3Dmale%26visit%3D1%2B")
    check(found, schemas.COMPARE)
    assert (found["left"]["journeys_of"], found["left"]["query"]) == ("girls", "sex=female")
    assert (found["right"]["journeys_of"], found["right"]["query"]) == (
        "boys, second visit or later",
        "sex=male&visit=1+",
    )
    assert found["left"]["period"] == found["right"]["period"]
    one = server.get("/api/datasets/one/nfa?sex=female&from=" + found["left"]["period"]["from"]).get_json()["overall"]
    assert (row(found, "nfa/assessment")["left_count"], row(found, "nfa/assessment")["left_of"]) == (
        one["count"],
        one["of"],
    )


def test_two_periods_of_one_cohort(server: FlaskClient) -> None:
    period = "?sex=female&from=2016-04-01&to=2017-04-01&with_from=2015-04-01&with_to=2016-04-01"
    found = ask(server, period + "&align=2016-10-10&with_align=2015-10-10&at_day=30")
    assert found["right"]["query"] == "sex=female"
    assert found["right"]["period_words"] == "1 April 2015 to 31 March 2016"
    assert (found["left"]["stock_at"], found["right"]["stock_at"]) == ("2016-11-09T23:59:59Z", "2015-11-09T23:59:59Z")
    assert found["left"]["days"] == {"first": -192, "last": 172}
    assert row(found, "started")["told"] == (
        not row(found, "started")["within_chance"] and row(found, "started")["p"] < 0.001
    )


def test_two_datasets(server: FlaskClient) -> None:
    found = ask(server, "?with=two&with_cohort=")
    assert found["shared"] == {"journeys": 0, "children": 0}
    there = server.get("/api/datasets/two").get_json()
    assert found["right"]["title"] == there["title"]
    assert found["right"]["span"]["to"] == there["last"][:10]


def test_both_on_one_clock(server: FlaskClient) -> None:
    found = ask(server, "/series?align=2016-10-10&with_align=2015-10-12&bin=week&from=2016-01-04&to=2017-01-30")
    check(found, schemas.SERIES)
    week = next(one for one in found["bins"] if one["day"] == 0)
    flow = {one["start"][:10]: one for one in server.get("/api/datasets/one/flow?bin=week").get_json()["bins"]}
    for name, monday in (("left", "2016-10-10"), ("right", "2015-10-12")):
        here = week[name] if name == "left" else None
        if here is not None:
            assert {k: here[k] for k in ("stock", "arrivals", "exits")} == {
                k: flow[monday][k] for k in ("stock", "arrivals", "exits")
            }
    assert week["right"] is None  # as on the left, the period begins in 2016
    text = server.get(f"{ONE}/series?bin=day&format=csv").get_data(as_text=True)
    head, *rows = csv.reader(io.StringIO(text))
    assert head[:3] == ["day", "left_from", "left_stock"]
    assert {len(one) for one in rows} == {len(head)}


def test_csv_has_the_same_figures(server: FlaskClient) -> None:
    asked = "?sex=female&with_cohort=sex%3Dmale"
    found = ask(server, asked)["rows"]
    rows = list(csv.DictReader(io.StringIO(server.get(f"{ONE}{asked}&format=csv").get_data(as_text=True))))
    assert len(rows) == len(found)
    for one, other in zip(rows, found, strict=True):
        assert one["figure"] == other["figure"]
        for name in ("left", "right", "difference", "low", "high", "left_of", "p"):
            assert one[name] == ("" if other[name] is None else str(other[name]))


@pytest.mark.parametrize(
    ("asked", "status", "parameter", "said"),
    [
        ("?with=moon", 404, "with", "moon"),
        ("?with_cohort=shoe%3D9", 400, "with_cohort", "On the right: “shoe”"),
        ("?with=town&source=police&with_cohort=shoe%3D9", 400, "with_cohort", "shoe"),
        ("?with_from=2030-01-01&with_to=2031-01-01", 400, None, "no day from 1 January 2030"),
        ("?with_from=soon", 400, "with_from", "date"),
        ("?align=2016-02-30", 400, "align", "not a day"),
        ("?at_day=1.5", 400, "at_day", "whole number"),
        ("?role=nfa:moon", 400, None, "moon"),
        ("/series?bin=month", 400, "bin", "month"),
        ("/series?bin=day&align=1850-01-01", 400, None, "too far"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    server: FlaskClient, asked: str, status: int, parameter: str | None, said: str
) -> None:
    answer = server.get(f"{ONE}{asked}")
    assert answer.status_code == status, answer.get_data(as_text=True)
    error = answer.get_json()["error"]
    assert error["parameter"] == parameter
    assert said in error["message"]
    assert error["remedy"]


def test_no_facet_can_have_the_name_of_a_parameter() -> None:
    for operation in compare.OPERATIONS:
        assert {parameter.name for parameter in parameters_of(operation)} <= TAKEN


def test_an_answer_is_another_when_the_dataset_on_the_right_is(folders: dict[str, Path], tmp_path: Path) -> None:
    places = {name: Path(shutil.copytree(folders[name], tmp_path / name)) for name in ("one", "two")}
    own = create_app(places).test_client()
    first = own.get(f"{ONE}?with=two")
    assert own.get(f"{ONE}?with=two", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    own.patch("/api/datasets/two", json={"title": "Another name"})
    second = own.get(f"{ONE}?with=two", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.get_json()["right"]["title"] == "Another name"


def test_what_leaves_hides_small_numbers_of_both_sides_and_of_what_lies_between(server: FlaskClient) -> None:
    """All without team East are part of all: East, a few children, could else be worked out."""
    asked = "/api/datasets/town/compare?team=!east&with_cohort="
    true = {one["figure"]: one for one in server.get(asked).get_json()["rows"]}
    table = server.get(f"{asked}&disclose=1").get_json()
    assert table["note"].endswith("Cohort: children not in team east beside all journeys.")
    guarded = 0
    for one in table["rows"]:
        assert set(one) == {"section", "figure", "label", "unit", "left_count", "left_of", "right_count", "right_of",
                            "left", "right"}  # fmt: skip
        for part in ("count", "of"):
            here, there = one[f"left_{part}"], one[f"right_{part}"]
            assert here in (None, "c") or here == 0 or here >= 10
            exact = true[one["figure"]]
            if here is not None and 1 <= exact[f"right_{part}"] - exact[f"left_{part}"] <= 5:
                guarded += 1
                if "c" not in (here, there):
                    low, high = Rule().bounds(np.array([there, here]))
                    assert high[0] - low[1] - max(low[0] - high[1], 0) >= 3  # four values at least
    assert guarded > 3
    assert any(one["left_count"] == "c" for one in table["rows"])


def test_a_side_of_few_children_shows_nothing_of_either(server: FlaskClient) -> None:
    asked = "/api/datasets/town/compare?with_cohort=source%3Dfamily%26visit%3D0"
    few = server.get(f"{asked}&disclose=1").get_json()
    assert 0 < server.get(asked).get_json()["right"]["children"] <= 5
    assert {one["left_count"] for one in few["rows"]} <= {"c", None}


def test_public_mode_compares_nothing(folders: dict[str, Path]) -> None:
    public = create_app({"one": folders["one"]}, rule=Rule(5)).test_client()
    for asked in ("?with_cohort=sex%3Dmale", "?with=one", "?with_from=2016-04-01", "?align=2016-04-01", "/series"):
        assert public.get(f"{ONE}{asked}").status_code == 403


def test_the_command_says_what_the_address_says(server: FlaskClient, folders: dict[str, Path]) -> None:
    asked = ["measure", "compare", str(folders["one"]), "--cohort", "sex=female", "--with", str(folders["two"]),
             "--with-cohort", "sex=male", "--from", "2016-04-01", "--to", "2017-04-01", "--with-from", "2015-04-01",
             "--with-to", "2016-04-01", "--align-on", "2016-10-10", "--with-align", "2015-10-10", "--at-day", "30",
             "--json"]  # fmt: skip
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    address = (
        "?sex=female&with=two&with_cohort=sex%3Dmale&from=2016-04-01&to=2017-04-01&with_from=2015-04-01"
        "&with_to=2016-04-01&align=2016-10-10&with_align=2015-10-10&at_day=30"
    )
    assert json.loads(done.stdout) == ask(server, address)
