"""Overlapping files: each record once, the later extract decides, and every row of every file is accounted for."""

from __future__ import annotations

from copy import deepcopy

from flowmap.casework.stack import stack
from flowmap.quality import QualityReport
from tests.casework.written import casework, ms

OPEN = "referral a 2024-01-02 need=N1 source=6\nassessment a 2024-01-03"
CLOSED = "referral a 2024-01-02 need=N1 closed=2024-05-01 reason=RC7\nreferral a 2024-06-01 need=N2"


def rows(table, *names):
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


def day(value):
    return None if value is None else f"{value:%Y-%m-%d}"


def problem(report: QualityReport, rule: str):
    return next((p for p in report.problems if p.rule == rule), None)


def test_a_closure_that_appears_later_completes_the_record_and_blanks_change_nothing():
    tables, report = stack([casework(OPEN, "2024-03-31"), casework(CLOSED, "2024-09-30", "b.csv")])
    found = [
        (row["child"], day(row["date"]), row["need"], day(row["closed"]), row["source"], row["file"])
        for row in tables["referral"].to_pylist()
    ]
    assert found == [
        ("a", "2024-01-02", "N1", "2024-05-01", "6", "b.csv"),
        ("a", "2024-06-01", "N2", None, None, "b.csv"),
    ]
    assert len(tables["assessment"]) == 1
    assert problem(report, "record-updated").count == 1
    assert problem(report, "disagreement") is None
    assert [(f.file, f.read, f.kept, f.dropped) for f in report.files] == [
        ("a.csv", 2, 2, 0),  # its source of referral is in no other file
        ("b.csv", 2, 2, 0),
    ]


def test_of_two_extracts_that_disagree_the_later_decides_whatever_the_order():
    early = casework("referral a 2024-01-02 need=N1 reason=RC7 closed=2024-02-01", "2024-03-31")
    late = casework("referral a 2024-01-02 need=N5 reason=RC7 closed=2024-02-02", "2024-09-30", "b.csv")
    for files in ([early, late], [late, early]):
        tables, report = stack(deepcopy(files))
        assert [(need, day(closed)) for need, closed in rows(tables["referral"], "need", "closed")] == [
            ("N5", "2024-02-02")
        ]
        differing = [p for p in report.problems if p.rule == "disagreement"]
        assert sum(p.count for p in differing) == 2
        assert {p.examples[0].value for p in differing} == {"N1 → N5", "2024-02-01 → 2024-02-02"}
        assert {(p.examples[0].file, p.examples[0].row) for p in differing} == {("b.csv", 1)}


def test_of_two_files_of_one_day_the_later_named_decides():
    one, two = (casework(f"referral a 2024-01-02 need={need}", "2024-03-31", need) for need in ("N1", "N2"))
    assert rows(stack([one, two])[0]["referral"], "need") == [("N2",)]
    assert rows(stack([two, one])[0]["referral"], "need") == [("N1",)]


def test_a_different_birth_date_is_reported_without_showing_it():
    one = casework("person a birth=2015-03-04 sex=F", "2024-03-31")
    two = casework("person a birth=2015-04-03 sex=F", "2024-09-30", "b.csv")
    tables, report = stack([one, two])
    assert len(tables["person"]) == 1
    found = problem(report, "disagreement")
    assert found.count == 1
    assert found.examples[0].value is None
    assert "2015" not in found.message


def test_times_of_one_day_are_the_same_record():
    one = casework("contact a 2024-01-02T09:30 source=6", "2024-03-31")
    two = casework("contact a 2024-01-02T16:00 source=6", "2024-03-31", "b.csv")
    assert len(stack([one, two])[0]["contact"]) == 1


def test_a_file_given_twice_changes_nothing_and_its_rows_are_counted_as_dropped():
    text = f"{OPEN}\nperson a sex=F\nperson b sex=M\ncontact b 2024-02-01"
    once, _ = stack([casework(text, "2024-03-31")])
    twice, report = stack([casework(text, "2024-03-31"), casework(text, "2024-03-31", "b.csv")])
    assert {kind: table.drop_columns("file").to_pylist() for kind, table in twice.items()} == {
        kind: table.drop_columns("file").to_pylist() for kind, table in once.items()
    }
    assert [(f.file, f.read, f.kept, f.dropped) for f in report.files] == [("a.csv", 5, 0, 5), ("b.csv", 5, 5, 0)]
    assert problem(report, "same-record-again").action == "dropped"


def test_a_row_is_dropped_only_if_a_later_file_says_all_that_it_says():
    early = casework("referral a 2024-01-02 need=N1\nperson b sex=F\nperson c sex=M", "2024-03-31")
    late = casework(
        "referral a 2024-01-02 need=N1 source=6\nperson b disability=yes\nperson c sex=M", "2024-09-30", "b.csv"
    )
    tables, report = stack([early, late])
    assert [(f.kept, f.dropped) for f in report.files] == [(1, 2), (3, 0)]
    assert rows(tables["person"], "child", "sex", "disability") == [("b", "F", True), ("c", "M", None)]


def test_a_row_repeated_in_one_file_is_counted_apart():
    _, report = stack([casework("contact a 2024-01-02 source=6\ncontact a 2024-01-02 source=6", "2024-03-31")])
    assert problem(report, "duplicate-row").count == 1
    assert problem(report, "same-record-again") is None
    assert report.rows_kept == 1


def test_a_row_of_which_one_record_lives_on_is_kept():
    one = casework("s47 a 2024-01-02\nicpc a 2024-01-20", "2024-03-31")
    for table in one.tables.values():  # both records of one row
        assert table["row"].to_pylist() in ([1], [2])
    one.tables["icpc"] = one.tables["icpc"].set_column(
        one.tables["icpc"].schema.get_field_index("row"), one.tables["icpc"].schema.field("row"), [[1]]
    )
    one.report = QualityReport(rows_read=1)
    _, report = stack([one, casework("s47 a 2024-01-02", "2024-09-30", "b.csv")])
    assert [(f.kept, f.dropped) for f in report.files] == [(1, 0), (1, 0)]


def test_as_of_is_the_files_not_the_rows():
    late = casework("referral a 2024-01-02 need=N1", "2024-12-31")
    assert late.as_of == ms("2024-12-31")
