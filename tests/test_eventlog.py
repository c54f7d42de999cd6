"""The event log built from plain columns."""

import numpy as np
import pyarrow as pa
import pytest

from flowmap.eventlog import MISSING, NO_TIME, Attribute, EventLog, Example, QualityReport, SourceError


def test_plain_columns_become_codes_in_order_of_appearance():
    log = EventLog.from_columns(
        child=["b", "a", "b"],
        station=[" contact ", "contact", "referral"],
        time=np.array(["2015-01-01", "2015-01-02", "2015-01-03"], dtype="datetime64[D]"),
    )
    assert log.child.tolist() == [0, 1, 0]
    assert log.child_ids.to_pylist() == ["b", "a"]
    assert log.stations == ("contact", "referral")
    assert log.station.tolist() == [0, 0, 1]
    assert log.time.tolist() == [1420070400000, 1420156800000, 1420243200000]
    assert log.child.dtype == log.station.dtype == np.int32
    assert log.time.dtype == np.int64
    assert len(log) == log.quality.rows_read == log.quality.rows_kept == 3


def test_codes_with_their_tables_are_taken_as_they_are():
    log = EventLog.from_columns(
        child=np.array([1, 0]), child_ids=[7, 8], station=np.array([0, 1]), stations=["x", "y"], time=[5, 6]
    )
    assert log.child_ids.type == pa.int64()
    assert [log.stations[s] for s in log.station] == ["x", "y"]
    assert log.time.tolist() == [5, 6]


def test_station_names_that_differ_only_by_spaces_are_one_station():
    log = EventLog.from_columns(child=[1, 2, 3], station=["x ", "x", "y"], time=[1, 2, 3])
    assert log.stations == ("x", "y")
    assert log.station.tolist() == [0, 0, 1]


def test_attributes_take_text_as_category_and_numbers_as_number():
    log = EventLog.from_columns(
        child=[1, 1, 2],
        station=["x", "y", "x"],
        time=[1, 2, 3],
        attributes={"team": ["B", None, "A"], "age": [3, None, -1]},
        children={"sex": ["F", ""]},
        birth=np.array(["2010-01-01", "NaT"], dtype="datetime64[D]"),
    )
    team, age, sex = log.attributes["team"], log.attributes["age"], log.children["sex"]
    assert (team.kind, team.values, team.codes.tolist()) == ("category", ("A", "B"), [1, -1, 0])
    assert (age.kind, age.numbers.tolist()) == ("number", [3, MISSING, -1])
    assert (sex.values, sex.codes.tolist()) == (("F",), [0, -1])
    assert log.birth.tolist() == [1262304000000, NO_TIME]


@pytest.mark.parametrize(
    "wrong",
    [
        {"station": ["x"]},
        {"time": [1]},
        {"case": [1]},
        {"attributes": {"a": ["b"]}},
        {"children": {"a": ["b", "c", "d"]}},
        {"birth": [1]},
        {"child": [0, 2], "child_ids": ["a", "b"]},
        {"child": [0, -1], "child_ids": ["a", "b"]},
    ],
)
def test_columns_that_do_not_fit_are_refused(wrong):
    fine = {"child": ["a", "b"], "station": ["x", "y"], "time": [1, 2]}
    with pytest.raises(ValueError, match=r"rows|code"):
        EventLog.from_columns(**{**fine, **wrong})


def test_taking_rows_of_an_attribute_keeps_its_values():
    kept = Attribute.category("team", ["A", "B", "C"]).take(np.array([2, 0]))
    assert [kept.values[c] for c in kept.codes] == ["C", "A"]


def test_rows_read_are_rows_kept_plus_rows_dropped():
    report = QualityReport(rows_read=10)
    report.add("no-time", "no time", count=2, action="dropped")
    report.add("early", "before birth", count=3, action="kept")
    assert (report.rows_kept, report.rows_dropped) == (8, 2)
    assert report.to_json()["problems"][1]["action"] == "kept"


def test_the_same_rule_adds_up_and_keeps_ten_examples():
    report = QualityReport(rows_read=40)
    for start in (0, 20):
        report.add(
            "no-time", "no time", count=20, action="dropped", examples=[Example("f", "t", start + i) for i in range(20)]
        )
    (problem,) = report.problems
    assert problem.count == 40
    assert [e.row for e in problem.examples] == list(range(10))


def test_merged_reports_add_rows_and_problems():
    one, two = QualityReport(rows_read=3), QualityReport(rows_read=4)
    one.add("no-time", "no time", action="dropped")
    two.add("no-time", "no time", count=2, action="dropped")
    one.merge(two)
    assert (one.rows_read, one.rows_kept, one.rows_dropped, len(one.problems)) == (7, 4, 3, 1)


def test_an_error_says_file_row_value_and_remedy():
    said = str(SourceError("Not a date.", file="a.csv", row=3, value="x" * 200, remedy="Correct it."))
    assert said.startswith("a.csv, row 3, value 'xxx")
    assert said.endswith("Not a date. Correct it.")
    assert len(said) < 200


def test_a_closed_file_says_what_became_of_its_rows():
    report = QualityReport(rows_read=10)
    report.add("missing-time", "The row has no time.", count=2, action="dropped")
    report.add("clock", "Moved on.", count=3, action="repaired")
    report.close("a.csv", "csv")
    other = QualityReport(rows_read=4)
    other.close("b.csv", "csv")
    report.merge(other)
    report.add("same", "The same record again.", count=1, action="dropped", file=1)
    assert report.to_json()["files"] == [
        {"file": "a.csv", "format": "csv", "read": 10, "kept": 5, "repaired": 3, "dropped": 2},
        {"file": "b.csv", "format": "csv", "read": 4, "kept": 3, "repaired": 0, "dropped": 1},
    ]
    assert (report.rows_read, report.rows_dropped) == (14, 3)
