"""Every address of the API on the small dataset, whose figures are worked by hand in conftest.py."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

ROOT = "/api/datasets/small"


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(ROOT + path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def table(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(ROOT + path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_the_datasets_are_listed(client: FlaskClient) -> None:
    counts = {"events": 13, "children": 3, "journeys": 4, "transitions": 9, "open": 2, "repeat_cases": 1}
    assert client.get("/api/datasets").get_json() == [
        {
            "name": "small",
            "title": "Small",
            "counts": counts,
            "first": "2015-01-05T09:00:00Z",
            "last": "2015-06-03T09:00:00Z",
        }
    ]


def test_a_dataset_says_what_is_in_it_and_by_when_clocks_must_stop(client: FlaskClient) -> None:
    found = get(client, "")
    assert [station["id"] for station in found["stations"]][:3] == ["contact", "early_help", "referral"]
    assert found["origin"] == "2015-01-05T00:00:00Z"
    clocks = {clock["id"]: clock for clock in found["timescales"]}
    decision = clocks["referral_decision"]
    assert decision["at"] == [2]
    assert decision["since"] is None
    days = 149  # from 5 January to 3 June 2015
    assert len(decision["due"]) == days + 1
    # One working day from Monday 5 January is the end of Tuesday; from Friday 9 January, the end of Monday.
    assert decision["due"][0] == 2 * 86_400 - 1
    assert decision["due"][4] == 8 * 86_400 - 1


def test_occupancy_counts_where_each_journey_last_was(client: FlaskClient) -> None:
    found = get(
        client, "/occupancy?at=2015-01-07T12:00&at=2015-01-07T16:00:00Z&at=2015-01-07T16:00:01Z&at=2015-02-02T10:00"
    )
    at = [{name: count for name, count in one["at_station"].items() if count} for one in found]
    assert at == [
        {"contact": 1, "assessment": 1},
        {"nfa": 1, "assessment": 1},
        {"assessment": 1},
        {"assessment": 1, "referral": 1},
    ]
    assert [one["count"] for one in found] == [2, 2, 1, 2]
    assert found[0]["at"] == "2015-01-07T12:00:00Z"


def test_occupancy_without_an_instant_is_at_the_end_of_the_data(client: FlaskClient) -> None:
    (found,) = get(client, "/occupancy")
    assert found["at"] == "2015-06-03T09:00:00Z"
    assert found["count"] == 2


def test_occupancy_of_a_cohort_and_as_a_table(client: FlaskClient) -> None:
    (row,) = table(client, "/occupancy?at=2015-01-07T12:00&sex=M&format=csv")
    assert row["at"] == "2015-01-07T12:00:00Z"
    assert (row["count"], row["contact"], row["assessment"]) == ("1", "1", "0")


def test_flow_by_month_has_the_stock_at_the_start_of_each_bin(client: FlaskClient) -> None:
    bins = get(client, "/flow?bin=month")["bins"]
    assert [one["start"][:7] for one in bins] == ["2015-01", "2015-02", "2015-03", "2015-04", "2015-05", "2015-06"]
    assert [one["stock"] for one in bins] == [0, 1, 2, 1, 1, 1]
    assert [one["arrivals"] for one in bins] == [2, 1, 0, 0, 0, 1]
    assert [one["exits"] for one in bins] == [1, 0, 1, 0, 0, 0]


def test_moves_are_counted_and_timed(client: FlaskClient) -> None:
    moves = {(one["from"], one["to"]): one for one in get(client, "/moves")}
    assert sum(one["count"] for one in moves.values()) == 9
    first = moves["contact", "referral"]  # 6 hours on one day, and 48 hours
    assert (first["count"], first["same_day"], first["median_hours"]) == (2, 1, 27.0)
    assert first["p90_hours"] == pytest.approx(6 + 0.9 * 42)
    assert (first["from_label"], first["to_label"]) == ("Contact", "Referral")


def test_moves_of_a_cohort_are_that_cohorts_alone(client: FlaskClient) -> None:
    assert [(one["from"], one["to"], one["count"]) for one in get(client, "/moves?sex=M")] == [("contact", "nfa", 1)]


def test_the_table_of_stations_at_an_instant(client: FlaskClient) -> None:
    rows = {row["id"]: row for row in get(client, "/stations?at=2015-02-02T10:00")}
    contact, assessment, referral = rows["contact"], rows["assessment"], rows["referral"]
    assert (contact["reached"], contact["left"], contact["waiting"]) == (2, 2, 0)
    assert contact["median_wait_hours"] == 6.5  # 6 and 7 hours
    assert (assessment["reached"], assessment["left"], assessment["waiting"]) == (1, 0, 1)
    assert assessment["median_wait_hours"] is None
    assert (referral["reached"], referral["left"], referral["waiting"]) == (2, 1, 1)


def test_what_is_past_its_timescale_is_counted(client: FlaskClient) -> None:
    # Ann's referral of Wednesday 3 June is the end of the data; Ann's assessment began on 6 January, her referral on
    # the 5th: 45 working days from Monday 5 January end on Monday 9 March, a week after it ended.
    rows = {row["id"]: row for row in get(client, "/stations?at=2015-02-20")}
    assert (rows["assessment"]["waiting"], rows["assessment"]["overdue"]) == (1, 0)
    rows = {row["id"]: row for row in get(client, "/stations?at=2015-05-25")}
    # Cat's first review was due three months after the conference of 20 February.
    assert (rows["cp"]["waiting"], rows["cp"]["overdue"], rows["cp"]["overdue_share"]) == (1, 1, 1.0)


def test_the_panel_of_a_station_repeats_its_row_and_adds_where_from_and_where_to(client: FlaskClient) -> None:
    row = next(row for row in get(client, "/stations?at=2015-06-03T09:00") if row["id"] == "referral")
    panel = get(client, "/stations/referral?at=2015-06-03T09:00")
    assert {key: panel[key] for key in row} == row
    assert [(one["id"], one["count"]) for one in panel["came_from"]] == [("contact", 2)]
    assert sorted((one["id"], one["count"]) for one in panel["went_to"]) == [("assessment", 1), ("strategy", 1)]
    assert sum(week["in"] for week in panel["weekly"]) == 3
    assert sum(week["out"] for week in panel["weekly"]) == 2
    rows = table(client, "/stations/referral?at=2015-06-03T09:00&format=csv")
    assert {"figure": "came_from", "of": "contact", "value": "2", "cohort": "all journeys"} in rows
    assert {"figure": "reached", "of": "", "value": "3", "cohort": "all journeys"} in rows


def test_a_table_says_in_words_of_which_cohort_it_is(client: FlaskClient) -> None:
    said = {row["cohort"] for row in table(client, "/stations?at=2015-06-03T09:00&sex=F&format=csv")}
    assert said == {get(client, "/cohort?sex=F")["sentence"]}


def test_a_cohort_is_said_in_words_and_its_facets_are_counted_given_the_others(client: FlaskClient) -> None:
    found = get(client, "/cohort?sex=F&visit=0")
    assert found["query"] == "sex=F&visit=0"
    assert (found["journeys"], found["of"]) == (2, 4)
    assert found["sentence"].startswith("girls")
    counts = {key: {one["value"]: one["count"] for one in choices} for key, choices in found["facets"].items()}
    assert counts["sex"] == {"F": 2, "M": 1}
    assert counts["visit"]["0"] == 2
    assert counts["visit"]["1"] == 1
    assert counts["source"] == {"=police": 1, "health_&_care": 1, "school": 0}


def test_each_choice_counted_by_a_cohort_can_be_asked_for_as_it_is_written(client: FlaskClient) -> None:
    for key, choices in get(client, "/cohort")["facets"].items():
        for one in choices:
            answer = client.get(ROOT + "/cohort", query_string=None if key is None else _written(key, one["value"]))
            assert answer.get_json()["journeys"] == one["count"], (key, one)


def _written(key: str, value: str) -> str:
    from urllib.parse import quote

    return f"{key}={quote(value, safe='+')}"


def test_a_value_with_an_ampersand_or_a_plus_can_be_asked_for(client: FlaskClient) -> None:
    assert get(client, "/cohort?source=health%20%26%20care")["journeys"] == 1
    assert get(client, "/cohort?visit=1+")["journeys"] == 1
    assert get(client, "/cohort?visit=1%2B")["journeys"] == 1


def test_a_value_that_would_run_as_a_formula_is_text_in_a_csv(client: FlaskClient) -> None:
    values = {row["value"] for row in table(client, "/cohort?format=csv") if row["facet"] == "source"}
    assert "'=police" in values


def test_a_child_is_shown_event_by_event_under_a_pseudonym(client: FlaskClient) -> None:
    child = get(client, "/children/0")
    assert [journey["visit"] for journey in child["journeys"]] == [0, 1]
    assert [(event["station"], event["time"]) for event in child["journeys"][0]["events"]] == [
        ("contact", "2015-01-05T09:00:00Z"),
        ("referral", "2015-01-05T15:00:00Z"),
        ("assessment", "2015-01-06T10:00:00Z"),
        ("nfa", "2015-03-02T12:00:00Z"),
    ]
    assert child["journeys"][0]["facets"]["sex"] == "F"
    assert child["journeys"][1]["facets"]["outcome"] == "still open"
    assert len(table(client, "/children/0?format=csv")) == 6


def test_the_summary_has_the_facts_for_scripts(client: FlaskClient) -> None:
    found = get(client, "/summary")
    assert (found["cases"], found["journeys"], found["events"], found["open"], found["repeat_cases"]) == (
        3,
        4,
        13,
        2,
        1,
    )
    assert found["events_by_station"]["referral"] == 3
    first = {"from": "contact", "to": "referral", "count": 2, "median_hours": 27.0}
    assert first.items() <= found["transitions"][0].items()
    assert found["active"] == []
    (active,) = get(client, "/summary?at=2015-01-07T12:00&sex=M")["active"]
    assert active == {"at": "2015-01-07T12:00:00Z", "count": 1, "at_station": {"contact": 1}}
    assert {"path": ["contact", "nfa"], "count": 1} in found["variants"]
    facts = {(row["fact"], row["of"]): row["value"] for row in table(client, "/summary?format=csv")}
    assert facts["transitions", "contact > referral"] == "2"


def test_the_quality_report_adds_up(client: FlaskClient) -> None:
    found = get(client, "/quality")
    assert found["rows_read"] == found["rows_kept"] + found["rows_dropped"] == 13
    assert table(client, "/quality?format=csv")[0]["count"] == "13"


def test_a_csv_is_a_file_with_a_sensible_name(client: FlaskClient) -> None:
    answer = client.get(ROOT + "/flow?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small-flow.csv"'


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("/occupancy?at=yesterday", "at", "yesterday"),
        ("/occupancy?at=", "at", ""),
        ("/stations?at=2015-13-01", "at", "2015-13-01"),
        ("/stations?at=2015-01-01&at=2015-01-02", "at", "2015-01-02"),
        ("/flow?bin=year", "bin", "year"),
        ("/flow?format=xml", "format", "xml"),
        ("/journeys?limit=0", "limit", "0"),
        ("/journeys?offset=-1", "offset", "-1"),
        ("/journeys?sex=F", "sex", "F"),
        ("/moves?colour=red", "colour", "colour"),
        ("/moves?sex=X", "sex", "X"),
        ("/moves?sex=", "sex", "sex"),
        ("/moves?sex=F&sex=M", "sex", "sex"),
        ("/cohort?visit=3-1", "visit", "3-1"),
        ("/map?x=1", "x", "1"),
        ("/summary?at=2015-01-32", "at", "2015-01-32"),
        ("/children/0?sex=F", "sex", "F"),
    ],
)
def test_what_is_not_understood_is_named_with_its_value_and_a_remedy(
    client: FlaskClient, path: str, parameter: str, value: str
) -> None:
    answer = client.get(ROOT + path)
    assert answer.status_code == 400
    error = answer.get_json()["error"]
    assert error["parameter"] == parameter
    assert value in error["message"]
    assert error["remedy"]


@pytest.mark.parametrize(
    ("path", "parameter", "known"),
    [
        ("/api/datasets/none/flow", "dataset", "small"),
        (ROOT + "/stations/none", "station", "referral"),
        (ROOT + "/children/3", "child", "0 to 2"),
        (ROOT + "/children/99999999999999999999", "child", "0 to 2"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(client: FlaskClient, path: str, parameter: str, known: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["parameter"] == parameter
    assert known in answer.get_json()["error"]["known"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", ROOT + "/flow", {"GET", "HEAD"}),
        ("DELETE", ROOT + "/periods", {"GET", "HEAD", "PUT"}),
        ("PUT", "/api/datasets", {"GET", "HEAD"}),
        ("GET", ROOT + "/map/layout", {"POST"}),
    ],
)
def test_a_wrong_method_is_refused_with_those_that_are_right(
    client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method, json=None if method == "GET" else [])
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.get_json()["error"]["remedy"]


def test_the_period_of_an_effect_is_not_taken_for_its_station(client: FlaskClient) -> None:
    answer = client.get("/api/datasets/small/effect?bin=day&to=2015-04-01&event=2015-03-02..2015-03-20")
    assert answer.status_code in (200, 400)
    assert client.get("/api/datasets/small/effect?to=2015-04-01").get_json()["figure"] == "arrivals"
