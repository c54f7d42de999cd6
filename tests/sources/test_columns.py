"""Which column is what: known by name, else by content where there is one candidate, else asked for."""

from __future__ import annotations

import pytest

from flowmap.eventlog import OptionError
from flowmap.sources.columns import recognise
from flowmap.sources.options import ReadOptions
from tests.sources.readable import events

ROWS = {
    "child": ["C1", "C2", "C1", "C3"],
    "event": ["Contact", "Contact", "Referral", "Contact"],
    "time": ["2024-01-31", "2024-02-01", "2024-02-02", "2024-02-02"],
    "end": ["2024-02-01", "2024-02-02", "", ""],
    "number": ["0", "0", "1", "0"],
    "words": ["North", "South", "North", "North"],
}


def roles(header: dict[str, str], **options) -> dict[str, str]:
    return recognise({name: ROWS[kind] for name, kind in header.items()}, ReadOptions(**options), "log.csv").columns


@pytest.mark.parametrize(
    "child",
    ["child_id", "ChildID", "Child ID", "person id", "case_id", "patient", "case:concept:name", "CaseNumber", "id"],
)
@pytest.mark.parametrize(
    "event", ["event", "Activity", "node", "concept:name", "Station", "stage", "event_type", "status"]
)
@pytest.mark.parametrize("time", ["time", "Date", "timestamp", "event date", "time:timestamp", "start_date", "When"])
def test_usual_names_are_known_in_any_spelling(child, event, time):
    assert roles({time: "time", event: "event", child: "child"}) == {"child": child, "event": event, "time": time}


def test_start_and_end_are_told_apart():
    assert roles({"case": "child", "activity": "event", "end": "end", "start": "time"}) == {
        "child": "case",
        "event": "activity",
        "time": "start",
        "end": "end",
    }


def test_an_end_alone_is_the_time():
    assert roles({"case": "child", "activity": "event", "complete_timestamp": "time"})["time"] == "complete_timestamp"


def test_a_birth_date_is_never_the_time():
    assert roles({"child": "child", "event": "event", "dob": "time", "date": "time"}) == {
        "child": "child",
        "event": "event",
        "time": "date",
        "birth": "dob",
    }


def test_a_journey_number_is_known():
    assert roles({"child": "child", "event": "event", "date": "time", "visit": "number"})["journey"] == "visit"


def test_names_that_say_nothing_are_understood_by_content_where_only_one_column_can_be_it():
    samples = {
        "a": [f"2024-01-{i % 28 + 1:02}" for i in range(100)],
        "b": ["Contact", "Referral"] * 50,
        "c": [str(1000 + i // 3) for i in range(100)],
    }
    assert recognise(samples, ReadOptions(), "log.csv").columns == {"time": "a", "event": "b", "child": "c"}


@pytest.mark.parametrize(
    ("header", "candidates", "option"),
    [
        ({"child": "child", "event": "event", "start": "time", "begin": "end"}, ["'start'", "'begin'"], "--time"),
        (
            {"child": "child", "activity": "event", "event": "words", "date": "time"},
            ["'activity'", "'event'"],
            "--event",
        ),
        ({"case_id": "child", "trace": "words", "event": "event", "date": "time"}, ["'case_id'", "'trace'"], "--case"),
        ({"child": "child", "event": "event", "a": "time", "b": "end"}, ["'a'", "'b'"], "--time"),
        ({"child": "child", "event": "event", "x": "words"}, ["'x'"], "--time"),
    ],
)
def test_what_is_not_clear_is_asked_for_with_the_candidates_and_the_option(header, candidates, option):
    with pytest.raises(OptionError) as caught:
        roles(header)
    for said in [*candidates, option, "log.csv"]:
        assert said in str(caught.value)


def test_two_columns_that_say_the_same_are_no_question():
    assert roles({"case_id": "child", "case_no": "child", "event": "event", "date": "time"})["child"] == "case_id"


def test_options_name_columns_in_any_spelling():
    header = {"a": "child", "Date Begun": "time", "b": "event", "date": "end"}
    assert roles(header, case="a", event="b", time="date begun") == {"child": "a", "event": "b", "time": "Date Begun"}


@pytest.mark.parametrize("options", [{"case": "nobody"}, {"case": "event"}])
def test_an_option_that_names_no_column_lists_those_there_are(options):
    header = {"child": "child", "event": "event", "date": "time"}
    if options["case"] == "event":
        options["event"] = "event"
    with pytest.raises(OptionError) as caught:
        roles(header, **options)
    assert "'event'" in str(caught.value)


def test_what_was_recognised_is_said(load):
    log = load("person,stage,when\n1,Contact,2024-01-31\n2,Referral,2024-01-31\n")
    said = " ".join(log.recognised)
    for name in ("'person'", "'stage'", "'when'", "log.csv"):
        assert name in said
    assert [p.message for p in log.quality.problems if p.rule == "recognised"] == log.recognised


def test_start_is_the_events_time_unless_the_end_is_asked_for(load):
    text = "child,event,start,end\nC1,Contact,2024-01-01,2024-01-05\nC1,Referral,2024-01-06,\nC1,Plan,,2024-01-09\n"
    log = load(text)
    assert [t for _, _, t in events(log)] == ["2024-01-01", "2024-01-06", "2024-01-09"]
    assert [t for _, _, t in events(load(text, times="end"))] == ["2024-01-05", "2024-01-06", "2024-01-09"]
    assert {p.rule: p.examples[0].row for p in log.quality.problems if p.rule.startswith("no-")} == {"no-start": 4}


def test_an_end_before_its_start_is_kept_and_said(load):
    log = load("child,event,start,end\nC1,Contact,2024-01-09,2024-01-05\nC2,Contact,2024-01-01,2024-01-05\n")
    (problem,) = [p for p in log.quality.problems if p.rule == "end-before-start"]
    assert (problem.count, problem.action, problem.examples[0].row) == (1, "kept", 2)
    assert len(log) == 2


def test_the_journey_number_is_kept_and_left_out_where_rows_lack_it(load):
    text = "child,event,date,visit\nC1,Contact,2024-01-01,3\nC1,Contact,2024-01-02,{}\n"
    assert load(text.format("4")).case.tolist() == [3, 4]
    log = load(text.format(""))
    assert log.case is None
    assert [p.examples[0].row for p in log.quality.problems if p.rule == "journey-missing"] == [3]


def test_a_date_and_a_time_of_day_in_two_columns_are_one_time(load):
    log = load(
        "child,event,date,time\nC1,Contact,2024-01-31,9:30\nC1,Referral,2024-02-01,\nC1,Plan,2024-02-02,17:05:30\n"
    )
    assert [t for _, _, t in events(log)] == ["2024-01-31T09:30:00", "2024-02-01", "2024-02-02T17:05:30"]
    assert log.date_only.tolist() == [False, True, False]
    assert any("time of day" in said for said in log.recognised)


def test_an_event_column_with_very_many_kinds_is_still_the_event_column():
    samples = {
        "child": [f"C{i // 5}" for i in range(1000)],
        "activity": [f"kind {i % 300}" for i in range(1000)],
        "status": ["open", "closed"] * 500,
        "date": ["2024-01-31"] * 1000,
    }
    assert recognise(samples, ReadOptions(), "log.csv").columns["event"] == "activity"
