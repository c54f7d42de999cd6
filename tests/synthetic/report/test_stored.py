"""A report read back from its JSON says and shows what it said and showed."""

from __future__ import annotations

import json

import pytest

from flowmap.eventlog import EventLog
from flowmap.export.synthetic_report import pictures, with_map
from flowmap.quality import SourceError
from synthetic.fidelity import Options
from synthetic.privacy.control import noisy_copy, renamed
from synthetic.report import Report, build, load, render
from tests.synthetic.report.test_odd_logs import ODD
from tests.truth import make

QUICK = Options(classifier=False)
MODEL = json.dumps({"k": 10, "choices": [{"children": 10}], "notes": ["A note."]}).encode()


def again(report: Report) -> Report:
    return load(json.dumps(report.to_json(), allow_nan=False), "report.json")


@pytest.fixture(scope="module")
def truth() -> EventLog:
    return make(200, 3, seed=1)


@pytest.mark.parametrize("leak", [False, True])
def test_the_page_of_a_report_read_back_is_the_same(truth: EventLog, leak: bool):
    made = noisy_copy(truth) if leak else renamed(make(200, 3, seed=2))
    beside = None if leak else renamed(make(200, 3, seed=3))
    report = build(truth, made, beside, QUICK, model=("model.json", MODEL), files={"made.csv": b"1,2"})
    report = with_map(report, truth, made)
    found = again(report)
    assert render(found, maps=pictures(found)) == render(report, maps=pictures(report))
    assert found.to_json() == report.to_json()


@pytest.mark.parametrize("name", ["two children", "one station", "600 stations", "nothing in common"])
def test_so_is_that_of_an_odd_log(name: str):
    real, made = ODD[name]
    report = with_map(build(real, made, made, QUICK), real, made)
    found = again(report)
    assert render(found, maps=pictures(found)) == render(report, maps=pictures(report))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no", "is not JSON"),
        ("[1]", "not a report"),
        ('{"schema": 1, "fidelity": []}', "another version"),
        ('{"schema": 2, "fidelity": []}', "damaged"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(text: str, said: str):
    with pytest.raises(SourceError, match=said):
        load(text, "report.json")
