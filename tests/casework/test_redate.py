"""Annex A dates an enquiry by its strategy discussion; another file that has the enquiry's own day is believed."""

from __future__ import annotations

import pytest

from flowmap.casework.redate import redated
from tests.casework.written import casework


def days(each):
    return [f"{value:%Y-%m-%d}" for value in each.tables["s47"]["start"].to_pylist()]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024-01-23", "2024-01-23"),
        ("2024-01-24", "2024-01-02"),
        ("2024-01-01", "2024-01-02"),
    ],
)
def test_an_enquiry_of_annex_a_takes_the_day_of_the_census_within_three_weeks(other, found):
    census = casework(f"s47 a {other}\ns47 b 2024-01-03", "2024-03-31")
    census.format = "cin"
    annex_a, unchanged = redated([casework("s47 a 2024-01-02", "2024-03-31"), census])
    assert days(annex_a) == [found]
    assert days(unchanged) == [other, "2024-01-03"]
    moved = sum(p.count for p in annex_a.report.problems if p.rule == "dated-by-another-file")
    assert moved == (other != "2024-01-24" and other != "2024-01-01")


def test_two_files_of_one_format_are_left_as_they_are():
    files = [casework("s47 a 2024-01-02", "2024-03-31"), casework("s47 a 2024-01-05", "2024-03-31", "b.csv")]
    assert [days(each) for each in redated(files)] == [["2024-01-02"], ["2024-01-05"]]
