"""Audit lists: worked by hand, the same over HTTP and from the command line, and with the key case numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from flowmap.ask import MEASURES
from flowmap.cli import main
from flowmap.disclosure import Rule
from flowmap.web import create_app
from tests.web.conftest import build_small

OVERALL = "overall|assessment|Child and family assessment"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_small(tmp_path_factory.mktemp("lists") / "small")


@pytest.fixture(scope="module")
def client(small: Path) -> FlaskClient:
    return create_app({"small": small}).test_client()


@pytest.fixture
def run(small: Path) -> Callable[..., Result]:
    return lambda name, *more: CliRunner().invoke(main, ["measure", name, str(small), *more])


def behind(client: FlaskClient, what: str) -> Any:
    answer = client.get(f"/api/datasets/small/{what}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_the_one_assessment_that_came_to_nothing(client: FlaskClient) -> None:
    found = behind(client, f"nfa/journeys?row={OVERALL}&count=count&sex=F&rows=1")
    (line,) = found["lines"]
    assert found["sentence"] == "Decisions at Child and family assessment, that ended in no further action; girls"
    assert (found["unit"], found["value"], found["total"], found["next"]) == ("decisions", 1, 1, None)
    assert (line["start"], line["end"]) == ("2015-01-05T09:00:00Z", "2015-03-02T12:00:00Z")
    assert (line["first"], line["last"], line["outcome"]) == ("Contact", "NFA", "NFA")
    assert line["at"] == "2015-03-02T12:00:00Z"  # the decision
    assert (line["visit"], found["rows"], found["cohort"]) == (0, [line["journey"]], "sex=F")


def test_an_open_journey_has_no_end(client: FlaskClient) -> None:
    found = behind(client, "stations/journeys?row=cp|Child protection plan&count=waiting")
    assert [(line["end"], line["outcome"]) for line in found["lines"]] == [(None, "still open")]


def test_a_long_list_comes_in_pages_oldest_first_and_as_csv_whole(client: FlaskClient) -> None:
    row = "moves/journeys?row=contact|Contact|referral|Referral"
    first = behind(client, f"{row}&limit=1")
    second = behind(client, f"{row}&limit=1&offset={first['next']}")
    assert (first["total"], second["next"]) == (2, None)
    assert [page["lines"][0]["at"] for page in (first, second)] == ["2015-01-05T15:00:00Z", "2015-06-03T09:00:00Z"]
    whole = client.get(f"/api/datasets/small/{row}&limit=1&format=csv").get_data(as_text=True)
    assert [line["at"] for line in csv.DictReader(io.StringIO(whole))] == [
        "2015-01-05T15:00:00Z",
        "2015-06-03T09:00:00Z",
    ]
    assert behind(client, f"{row}&at=2015-02-01")["total"] == 1


def test_clocks_that_stopped_are_listed_each_from_when_it_began_and_limit_is_of_the_page(client: FlaskClient) -> None:
    asked = "timescales/journeys?row=timescale|referral_decision|Decision on a referral|1 working day|&count=of&limit=1"
    pages = [behind(client, f"{asked}&offset={offset}") for offset in (0, 1)]
    # Ann's first referral was decided the next day, Cat's in two hours; Ann's second is the last event there is.
    assert [page["lines"][0]["at"] for page in pages] == ["2015-01-05T15:00:00Z", "2015-02-02T09:00:00Z"]
    assert [(page["unit"], page["total"], len(page["lines"])) for page in pages] == [("clocks", 2, 1), ("clocks", 2, 1)]


def test_a_list_is_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.get("/api/datasets/small/moves/journeys?row=contact|Contact|referral|Referral")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("nfa/journeys?row=moon", "no row “moon”"),
        (f"nfa/journeys?row={OVERALL}&count=share", "no count “share”"),
        (f"nfa/journeys?row={OVERALL}&disclose=1", "disclose"),
        ("enquiries/journeys?row=section_17|working_days_spent|", "working days"),
    ],
)
def test_what_cannot_be_followed_is_a_400_that_says_why(client: FlaskClient, what: str, said: str) -> None:
    answer = client.get(f"/api/datasets/small/{what}")
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]["message"]
    assert answer.get_json()["error"]["remedy"]


@pytest.mark.parametrize("name", [name for name in MEASURES if name not in ("compare", "findings")])
def test_in_public_mode_there_are_no_lists(small: Path, name: str) -> None:
    public = create_app({"small": small}, rule=Rule(9)).test_client()
    assert public.get(f"/api/datasets/small/{name}/journeys?row=x").status_code == 403


def test_the_command_line_gives_the_same_list(client: FlaskClient, run: Callable[..., Result]) -> None:
    asked = ["rereferral", "--journeys", "horizon|||5", "--count", "left_out", "--cohort", "sex=F"]
    told = json.loads(run(*asked, "--json").stdout)
    found = behind(client, "rereferral/journeys?row=horizon|||5&count=left_out&sex=F")
    assert told == {key: value for key, value in found.items() if key != "cohort"}
    lines = list(csv.DictReader(io.StringIO(run(*asked).stdout)))
    assert [line["pseudonym"] for line in lines] == [line["pseudonym"] for line in found["lines"]]


def test_with_the_key_a_line_begins_with_the_case_number(run: Callable[..., Result], small: Path) -> None:
    key = small.parent / "small.key.csv"
    asked = ["nfa", "--journeys", "point|contact|Contact", "--count", "of", "--key", str(key)]
    lines = list(csv.DictReader(io.StringIO(run(*asked).stdout)))
    # Ann's contacts went on, twice; Bob's ended. Decisions in order of when they were made.
    assert [line["case"] for line in lines] == ["Ann", "Bob", "Ann"]
    assert [line["at"][:10] for line in lines] == ["2015-01-05", "2015-01-07", "2015-06-03"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("", "not a CSV"),
        ("a,b\n1,2\n", "no columns pseudonym and child"),
        ("pseudonym,child\nAAAAAAAAAA,Ann\n", "lacks 3 of 3 pseudonyms"),
    ],
)
def test_a_file_that_is_not_the_key_is_refused_by_name(
    run: Callable[..., Result], tmp_path: Path, text: str | None, said: str
) -> None:
    key = tmp_path / "some.key.csv"
    if text is not None:
        key.write_text(text, encoding="utf-8")
    answer = run("nfa", "--journeys", OVERALL, "--key", str(key))
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert "some.key.csv" in answer.stderr
    assert "beside the dataset" in answer.stderr


@pytest.mark.parametrize("more", [["--journeys", OVERALL, "--disclose"], ["--key", "x"], ["--count", "of"]])
def test_a_list_does_not_leave_the_room_and_a_key_is_of_a_list(run: Callable[..., Result], more: list[str]) -> None:
    assert run("nfa", *more).exit_code == 2
