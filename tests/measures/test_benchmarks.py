"""Benchmarks: what is published is what DfE published, and one's own figures are by DfE's definitions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset
from flowmap.eventlog import OptionError
from flowmap.measures.benchmarks import FIGURES, PUBLISHED, areas, benchmarks, published
from tests.conftest import REPOSITORY
from tests.logs import log

# Data from 1 April 2016 to 31 March 2018, so two whole years: those that end on 31 March 2017 and 2018.
ROWS = [
    ("z", "contact", "2016-04-01T09:00"),
    ("z", "nfa", "2016-04-02T09:00"),
    # a: assessed and not in need after 3 working days (Monday 5 June to Thursday 8 June 2017)
    ("a", "referral", "2017-06-05T09:00"),
    ("a", "assessment", "2017-06-06T09:00"),
    ("a", "nfa", "2017-06-08T09:00"),
    # a again, five months later: a re-referral, no further action
    ("a", "referral", "2017-11-06T09:00"),
    ("a", "nfa", "2017-11-06T15:00"),
    # b: enquiry, conference after 15 working days (Monday 2 to Monday 23 October), plan; and a second plan
    ("b", "referral", "2017-10-02T08:00"),
    ("b", "strategy", "2017-10-02T09:00"),
    ("b", "s47", "2017-10-02T12:00"),
    ("b", "icpc", "2017-10-23T09:00"),
    ("b", "cp", "2017-10-30T09:00"),
    ("b", "closed", "2017-12-01T09:00"),
    ("b", "referral", "2018-01-08T09:00"),
    ("b", "s47", "2018-01-08T10:00"),
    ("b", "icpc", "2018-01-30T09:00"),  # 16 working days after the enquiry, no strategy discussion is recorded
    ("b", "cp", "2018-01-31T09:00"),
    # c: an assessment of 46 working days from the referral, Tuesday 2 January to Wednesday 7 March 2018
    ("c", "referral", "2018-01-02T09:00"),
    ("c", "assessment", "2018-01-10T09:00"),
    ("c", "cin", "2018-03-07T09:00"),
    ("y", "contact", "2018-03-31T09:00"),
]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    return build(log(ROWS), tmp_path / "set", BuildOptions(map="childrens-social-care"))


def everyone(data: Dataset) -> np.ndarray:
    return np.ones(len(data.journeys), dtype=bool)


def test_ones_own_figures_of_a_year_as_worked_by_hand(data: Dataset) -> None:
    found = {row.figure.key: row for row in benchmarks(data, everyone(data), (2018,), population=1000).found}
    own = {key: (row.own.value, row.own.count, row.own.of) for key, row in found.items()}
    assert own["referrals"][0] == 5
    assert own["referrals_rate"][0] == 50  # 5 of 1,000 children
    assert own["rereferred"] == (40, 2, 5)  # a's second and b's second
    assert own["referral_nfa"] == (20, 1, 5)
    assert own["not_in_need"] == (20, 1, 5)
    assert own["assessments"][0] == 2
    assert own["in_45_days"] == (50, 1, 2)
    assert own["assessment_days"][0] == 24.5  # 3 and 46
    assert own["s47"][0] == 2
    assert own["icpc_of_s47"][0] == 100
    assert own["in_15_days"] == (50, 1, 2)
    assert own["plans"][0] == 2
    assert own["second_plans"] == (50, 1, 2)
    assert found["referrals"].published == 2018
    assert found["referrals"].whole


def test_years_that_lie_wholly_in_the_data_are_told_apart_from_others(data: Dataset) -> None:
    asked = benchmarks(data, everyone(data))
    assert {row.year for row in asked.found} == {2017, 2018}
    assert all(row.whole for row in asked.found)
    assert asked.found[0].own.value == 0
    assert asked.rows()[0]["low"] is None
    late = benchmarks(data, everyone(data), (2026,))
    assert not late.found[0].whole
    assert late.found[0].published == 2024  # the nearest that is published, and said so


def test_an_area_is_found_by_its_name_and_a_wrong_one_answered_with_near_ones(data: Dataset) -> None:
    found = benchmarks(data, everyone(data), (2018,), area=" kent ")
    assert found.name == "Kent"
    kent = {row.figure.key: row.area for row in found.found}
    # DfE's figures for Kent in 2018, as the project's design states them
    assert (kent["referrals"], kent["rereferred"], kent["not_in_need"]) == (19_373, 23.1, 37.8)
    assert (kent["s47"], kent["icpc"]) == (6_259, 1_762)
    with pytest.raises(OptionError, match="no authority") as error:
        benchmarks(data, everyone(data), (2018,), area="Kentshire")
    assert "Kent" in str(error.value.remedy)
    assert "North Yorkshire" in areas()


def test_england_2024_is_what_the_field_knows_it_to_be() -> None:
    nation = published()[0, "England", 2024]
    # DfE, year ending 31 March 2024, as in the project's design
    assert nation["referrals"] == 621_880
    assert (nation["rereferred"], nation["referral_nfa"], nation["not_in_need"]) == (22.4, 6.3, 30.3)
    assert (nation["in_45_days"], nation["assessment_days"]) == (84.5, 34)
    assert (nation["s47"], nation["icpc"], nation["icpc_of_s47"], nation["in_15_days"]) == (224_520, 72_250, 32.2, 79.7)
    assert (nation["plans"], nation["second_plans"]) == (62_110, 24.7)
    assert {year for _, _, year in published()} == set(range(2013, 2025))
    assert {figure.key for figure in FIGURES} == {key for row in published().values() for key in row}


def test_the_file_is_what_the_script_makes_of_the_open_data(shared_data: Path, tmp_path: Path) -> None:
    made = tmp_path / "benchmarks.csv"
    code = (
        "import sys, pathlib; sys.path.insert(0, 'tools'); import benchmarks; "
        f"benchmarks.TARGET = pathlib.Path({str(made)!r}); sys.exit(benchmarks.main())"
    )
    folder = shared_data / "dfe_statistics"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=REPOSITORY, check=True)
    assert made.read_bytes() == PUBLISHED.read_bytes()
    # A second derivation of the same tables, by others
    figures = json.loads((folder / "cin_calibration.json").read_text())["figures"]
    for name, theirs in figures.items():
        area, year = name.rsplit("_", 1)
        level = 0 if area == "England" else 2
        ours = published()[level, area.replace("_", " ").replace("NorthYorkshire", "North Yorkshire"), int(year)]
        assert ours["referrals"] == theirs["referrals"]
        assert ours["rereferred"] == theirs["rereferral_12m_pct"]
        for key, other in (("in_45_days", "assessments_within_45wd_pct"), ("in_15_days", "icpc_within_15wd_pct")):
            if key in ours:  # where a band is suppressed we give no share
                assert ours[key] == pytest.approx(theirs[other], abs=0.11), (name, key)  # rounded in another order


def test_a_map_without_the_stations_gives_no_figure_of_ones_own(tmp_path: Path) -> None:
    data = build(log([("a", "x", "2016-01-01"), ("a", "y", "2018-01-01")]), tmp_path / "other")
    found = benchmarks(data, everyone(data))
    assert {row.own.value for row in found.found} == {None}
    assert found.found[0].england is not None
    short = build(log([("a", "x", "2016-05-01"), ("a", "y", "2016-06-01")]), tmp_path / "short")
    part = benchmarks(short, everyone(short))
    assert {(row.year, row.whole) for row in part.found} == {(2017, False)}
