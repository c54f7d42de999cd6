"""The measures that answer questions, over HTTP: figures worked by hand, the same as CSV, refusals that help."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from flowmap.columns import TAKEN
from flowmap.web import api
from flowmap.web.api import measures
from flowmap.web.operations import parameters_of

NAMES = [operation.id for operation in measures.OPERATIONS]
SMALL = "/api/datasets/small"


def ask(client: FlaskClient, what: str) -> Any:
    answer = client.get(f"{SMALL}/{what}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_durations(client: FlaskClient) -> None:
    (found,) = ask(client, "durations?start=assessment&stop=nfa")["durations"]
    assert (found["spells"], found["completed"]) == (1, 1)
    assert found["days"]["median"] == 55  # 6 January to 2 March 2015
    assert found["working_days"]["median"] == 39  # no bank holiday between
    assert ask(client, "durations?start=assessment&stop=nfa&first_day=1")["durations"][0]["days"]["median"] == 56
    (left,) = ask(client, "durations?start=referral&stop=assessment&ends=left")["durations"]
    assert [scale["limit"] for scale in left["timescales"]] == ["45 working days"]
    assert (left["timescales"][0]["count"], left["timescales"][0]["of"]) == (1, 1)
    (direct,) = ask(client, "durations?start=referral&stop=icpc&direct=yes")["durations"]
    assert (direct["completed"], direct["elsewhere"], direct["open"]) == (0, 2, 1)
    assert len(ask(client, "durations")["durations"]) == 16


def test_timescales(client: FlaskClient) -> None:
    found = ask(client, "timescales?at=2015-02-10")
    shares = {one["id"]: (one["count"], one["of"]) for one in found["timescales"]}
    assert shares["assessment"] == (1, 1)  # Ann's: 6 January to 2 March, from a referral on the 5th
    assert found["late"] == len(found["drift"])
    assert len(ask(client, "timescales?at=2015-02-10&limit=0")["drift"]) == 0


def test_rereferral(client: FlaskClient) -> None:
    found = ask(client, "rereferral?months=3&by=source")
    assert found["rate"]["left_out"] == 2  # Ann's first, Cat's: less than 3 months of data before them
    assert (found["rate"]["count"], found["rate"]["of"]) == (0, 1)  # Ann's second: 4 months and 29 days after
    assert next(h for h in found["horizons"] if h["months"] == 5)["of"] == 0
    assert (found["return"]["closures"], found["return"]["returned"]) == (1, 1)
    assert found["return"]["curve"]["day"] == [93]  # 2 March to 3 June
    assert sum(group["of"] for group in found["groups"]) == 1
    known = ask(client, "rereferral?known_from=2014-01-01")
    assert (known["rate"]["count"], known["rate"]["of"]) == (1, 3)


def test_nfa_conversion_enquiries_and_variation(client: FlaskClient) -> None:
    found = ask(client, "nfa?station=contact&by=source&lookback=1")
    assert (found["overall"]["count"], found["overall"]["of"]) == (1, 3)
    (chain,) = ask(client, "conversion?start=contact&stop=referral&window=7")["chains"]
    assert (chain["reached_last"]["count"], chain["reached_last"]["of"], chain["recent"]) == (1, 2, 1)
    found = ask(client, "enquiries")
    assert found["section_17"]["working_days_spent"]["count"] == 39
    assert found["section_47"]["working_days_spent"]["count"] == 13  # 3 to 20 February 2015
    found = ask(client, "variation?station=contact&by=source&sex=F")
    assert (found["overall"]["of"], [group["beyond"] for group in found["groups"]]) == (2, ["within", "within"])
    found = ask(client, "variation?of=in_time&start=referral&stop=assessment&ends=left&by=source")
    assert (found["overall"]["count"], found["overall"]["of"]) == (1, 1)


def test_a_period_and_a_cohort_choose_what_counts(client: FlaskClient) -> None:
    assert ask(client, "nfa?station=contact&from=2015-01-01&to=2015-02-01")["overall"]["of"] == 2
    assert ask(client, "nfa?station=contact&sex=M")["overall"]["of"] == 1
    assert ask(client, "nfa?station=contact&from=2015-01-01")["period"] == {"from": "2015-01-01", "to": "2015-06-04"}


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_the_columns_it_says_in_every_row(client: FlaskClient, name: str) -> None:
    text = client.get(f"{SMALL}/{name}?format=csv").get_data(as_text=True)
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == (*measures.MEASURES[name].columns, "cohort")
    assert all(len(row) == len(head) for row in rows)
    assert bool(rows) == (name != "findings")  # four journeys say nothing beyond chance


@pytest.mark.parametrize(
    ("what", "parameter", "said"),
    [
        ("durations?start=moon", None, "moon"),
        ("durations?stop=nfa", None, "no start"),
        ("durations?start=referral&stop=referral", None, "itself"),
        ("durations?ends=never", "ends", "reached or left"),
        ("durations?first_day=2", "first_day", "0 to 1"),
        ("timescales?limit=100001", "limit", "0 to 100000"),
        ("rereferral?months=61", "months", "1 to 60"),
        ("rereferral?by=shoe", None, "shoe"),
        ("nfa?station=nfa", None, "exit"),
        ("nfa?from=2015-02-30", "from", "not a day"),
        ("nfa?from=2015-02-01T09:00", "from", "not an ISO 8601 date"),
        ("nfa?from=2015-03-01&to=2015-03-01", None, "no day"),
        ("nfa?role=nfa", "role", "part"),
        ("nfa?role=nfa:moon", None, "moon"),
        ("conversion?start=referral", None, "two stations"),
        ("conversion?window=0", "window", "1 to"),
        ("variation?of=luck", "of", "nfa or"),
        ("variation?of=conversion", None, "two stations"),
        ("enquiries?shoe=9", "shoe", "shoe"),
    ],
)
def test_what_cannot_be_asked_is_a_400_that_says_why(
    client: FlaskClient, what: str, parameter: str | None, said: str
) -> None:
    answer = client.get(f"{SMALL}/{what}")
    assert answer.status_code == 400
    error = answer.get_json()["error"]
    assert error["parameter"] == parameter
    assert said in error["message"]
    assert error["remedy"]


def test_no_facet_can_have_the_name_of_a_parameter() -> None:
    for _, operations in api.subjects():
        for operation in operations:
            if operation.cohort:
                assert {parameter.name for parameter in parameters_of(operation)} <= TAKEN
