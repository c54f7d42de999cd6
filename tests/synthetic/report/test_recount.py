"""A model file is not believed: everything in it is counted again among the real children."""

import json
from copy import deepcopy

import numpy as np
import pytest

from flowmap.eventlog import EventLog, SourceError
from synthetic.fidelity import Options, together
from synthetic.model import FitOptions, fit
from synthetic.privacy.control import renamed
from synthetic.report import build, render
from synthetic.report.modelfacts import counted, read_model
from synthetic.report.recount import days, recount
from synthetic.report.sentences import safety
from tests.truth import make

# Twelve children go from a to b from Monday, 6 January 2020; three from a to c, on the Sunday. Ages 100 to 114 days.
KIDS = range(15)
LOG = EventLog.from_columns(
    [str(1000 + i) for i in KIDS for _ in range(2)],
    [s for i in KIDS for s in ("a", "b" if i < 12 else "c")],
    [d for i in KIDS for d in ("2020-01-06", "2020-01-07" if i < 12 else "2020-01-12")],
    children={"sex": ["F"] * 11 + ["M"] * 4, "kids": [2] * 13 + [9] * 2},
    attributes={"need": [("rare" if i == 14 else "usual") for i in KIDS for _ in range(2)]},
    birth=[str(np.datetime64("2020-01-06") - 100 - i) for i in KIDS],
)
FILE = {
    "k": 10,
    "window": {"first": "2020-01-06", "last": "2020-01-12"},
    "limits": {"events_of_a_child": 2, "age_days": 104},
    "stations": [{"name": "a"}, {"name": "b"}],
    "attributes": [
        {"key": "sex", "label": "Sex", "of": "child", "kind": "category", "values": ["F"]},
        {"key": "kids", "label": "Kids", "of": "child", "kind": "number", "bins": [[2, 2, 1.0]]},
        {"key": "need", "label": "Need", "of": "journey", "kind": "category", "values": ["usual"]},
    ],
    "age_at_first_event": [[100, 114, 1.0]],
    "moves": [{"start": 0, "to": 1}],
    "arrivals": {"rates": [[0, 6, 2.1]]},
}


def found(file: dict[str, object], k: int = 10) -> dict[str, tuple[int, int | None, int]]:
    """What, how many are stored, children behind the rarest, how many are of fewer than k."""
    return {c.what: (c.stored, c.smallest, c.few) for c in recount(file, together(LOG)[0], k)}


def changed(part: str, value: object) -> dict[str, object]:
    """The file with another part."""
    return deepcopy(FILE) | {part: value}


def test_everything_is_counted_by_children():
    # The greatest age: 104 days or more at some event is reached by those aged 104 to 114 on the first day (11) and
    # one day (b) or six (c) later, so also by the one aged 103.
    assert found(FILE) == {
        "Stations": (2, 12, 0),
        "Values of attributes": (2, 11, 0),
        "Intervals of numbers": (1, 15, 0),
        "Intervals of age": (1, 15, 0),
        "Moves": (1, 12, 0),
        "Stretches of arrivals": (1, 15, 0),
        "Greatest age, most events, edges of the window": (2, 12, 0),
        "Words that are a value of the log": (4, 11, 0),
    }


@pytest.mark.parametrize(
    ("part", "value", "what", "smallest"),
    [
        ("stations", [{"name": "a"}, {"name": "b"}, {"name": "c"}], "Stations", 3),
        ("attributes", [{**FILE["attributes"][0], "values": ["F", "M"]}], "Values of attributes", 4),
        ("attributes", [{**FILE["attributes"][0], "values": ["F", "other"]}], "Values of attributes", 4),
        ("attributes", [{**FILE["attributes"][0], "values": ["F", "invented"]}], "Values of attributes", 0),
        ("attributes", [{**FILE["attributes"][1], "bins": [[2, 2, 0.9], [9, 9, 0.1]]}], "Intervals of numbers", 2),
        ("age_at_first_event", [[100, 112, 0.8], [113, 114, 0.2]], "Intervals of age", 2),
        ("arrivals", {"rates": [[0, 3, 1.0], [4, 6, 1.0]]}, "Stretches of arrivals", 0),
        ("limits", {"events_of_a_child": 3}, "Greatest age, most events, edges of the window", 0),
        ("limits", {"age_days": 115}, "Greatest age, most events, edges of the window", 3),
        ("window", {"first": "2020-01-06", "last": "2020-01-11"}, "Greatest age, most events, edges of the window", 3),
        ("notes", ["rare"], "Words that are a value of the log", 1),
        ("choices", [{"where": "c"}], "Words that are a value of the log", 3),
    ],
)
def test_what_few_children_have_is_found_wherever_it_stands(part, value, what, smallest):
    stored, rarest, few = found(changed(part, value))[what]
    assert rarest == smallest
    assert few >= 1
    assert stored >= few


def test_a_move_that_few_made_is_found():
    file = changed("stations", [{"name": "a"}, {"name": "b"}, {"name": "c"}])
    file["moves"] = [{"start": 0, "to": 1}, {"start": 0, "to": 2}, {"start": 1, "to": 2}]
    assert found(file)["Moves"] == (3, 0, 2)


def test_rare_stations_taken_together_are_counted_together():
    file = changed("stations", [{"name": "a"}, {"name": "(rare stations)"}])
    assert found(file)["Stations"] == (2, 15, 0)


def test_names_that_only_the_synthetic_log_has_are_no_words_of_the_real_one():
    made = EventLog.from_columns(["9"], ["(rare stations)"], ["2020-01-06"])
    file = changed("stations", [{"name": "a"}, {"name": "(rare stations)"}])
    checks = recount(file, together(LOG, made)[0], 10)
    assert not any(check.few for check in checks if check.what.startswith("Words"))


def test_days_are_counted_wherever_they_are_written():
    pace = [{"station": 0, "first": 18267, "last": 18270, "by": 0.5}]
    file = changed("effects", {"pace": pace, "periods": {"0": [[18270, 18273]]}})
    file["stretches"] = [{"first": 18267, "last": 18280}]
    # 2020-01-06 is day 18267; the window's edges are also those of the one stretch of arrivals, and 18273 is its end.
    assert days(file) == 4


@pytest.fixture(scope="module")
def truth() -> EventLog:
    """About 1,800 children."""
    return make(600, 4, seed=1)


def test_a_fitted_model_holds_nothing_of_few_children(truth, tmp_path):
    fit(truth, FitOptions(k=10)).save(tmp_path / "model.json")
    content = (tmp_path / "model.json").read_bytes()
    facts = counted(read_model("model.json", content), content, together(truth)[0], 10)
    assert len(facts.checks) == 8
    assert not facts.small(10)
    assert all(check.smallest >= 10 for check in facts.checks)


def test_a_model_that_promises_less_fails_though_it_keeps_its_promise(truth, tmp_path):
    fit(truth, FitOptions(k=3)).save(tmp_path / "model.json")
    content = (tmp_path / "model.json").read_bytes()
    report = build(truth, renamed(make(600, 4, seed=2)), None, Options(classifier=False), model=("model.json", content))
    assert report.k == 10
    assert "Small numbers in the model" in safety(report)[0].text
    assert "fewer than 10 real children stand behind" in safety(report)[1].text
    page = render(report)
    assert page.index("What is in the model file?") < page.index("Is anybody in it?")


def test_counts_that_were_rounded_down_are_not_taken_for_smaller_ones():
    rounded = {"counts": {"rounded_down_to": 5}, "choices": [{"children": 10}]}
    assert not read_model("m", json.dumps(rounded).encode()).small(12)
    assert read_model("m", json.dumps(rounded).encode()).small(15)
    assert read_model("m", json.dumps(rounded | {"choices": [{"children": 9}]}).encode()).small(10)


def test_a_damaged_file_is_told_in_a_sentence(truth):
    content = json.dumps({"k": 10, "stations": [{"name": "contact"}], "moves": [{"start": 7, "to": 9}]}).encode()
    with pytest.raises(SourceError, match="is damaged"):
        counted(read_model("m.json", content), content, together(truth)[0], 10)
