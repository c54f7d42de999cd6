"""One child; and the choices of each facet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowmap.cohort import parse
from flowmap.dataset import Dataset
from flowmap.measures.child import child
from flowmap.measures.choices import choices
from tests.logs import built, log

ROWS = [
    ("a", "contact", "2020-01-01"),
    ("a", "referral", "2020-01-01"),
    ("a", "nfa", "2020-01-05"),
    ("b", "contact", "2020-01-03"),
    ("a", "contact", "2020-01-20"),
]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    births = np.array(["2010-01-20", "2020-01-04"], dtype="datetime64[ms]")
    return built(log(ROWS, children={"sex": ["F", "M"]}, birth=births), tmp_path)


def test_a_child_is_its_journeys_event_by_event_under_a_pseudonym(data: Dataset) -> None:
    found = child(data, 0).to_json(data)
    assert found["pseudonym"] == data.pseudonyms[0].as_py()
    assert [(j["visit"], [(e["station"], e["time"]) for e in j["events"]]) for j in found["journeys"]] == [
        (
            0,
            [
                ("contact", "2020-01-01T00:00:00Z"),
                ("referral", "2020-01-01T00:00:00Z"),
                ("nfa", "2020-01-05T00:00:00Z"),
            ],
        ),
        (1, [("contact", "2020-01-20T00:00:00Z")]),
    ]
    facets = found["journeys"][0]["facets"]
    assert (facets["sex"], facets["age"], facets["outcome"], facets["entry"]) == (
        "F",
        9,
        "No further action",
        "Contact",
    )
    assert found["journeys"][1]["facets"]["age"] == 10


def test_a_child_that_is_not_there_is_an_index_error(data: Dataset) -> None:
    for index in (-1, 2):
        with pytest.raises(IndexError, match="0 to 1"):
            child(data, index)


def test_choices_are_counted_given_the_other_facets(data: Dataset) -> None:
    found = choices(data, parse("sex=F", data.facets))
    sexes = {c.value: c.count for c in found["sex"]}
    visits = {c.label: c.count for c in found["visit"]}
    ages = {c.label: c.count for c in found["age"]}
    assert sexes == {"F": 2, "M": 1}  # as if nothing were chosen of this facet
    assert visits == {"first": 1, "second": 1, "third": 0, "fourth or later": 0}
    assert (ages["unborn"], ages["5–9"], ages["10–15"]) == (0, 1, 1)
    assert {c.value: c.count for c in choices(data, parse("", data.facets))["age"]}["-1"] == 1


def test_every_choice_is_a_filter_that_keeps_as_many_as_it_says(data: Dataset) -> None:
    for key, several in choices(data, parse("", data.facets)).items():
        for choice in several:
            assert np.count_nonzero(parse(f"{key}={choice.value}", data.facets).mask(data)) == choice.count
