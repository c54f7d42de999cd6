"""A model whose numbers were changed by hand is sampled from, or told where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from flowmap.eventlog import SourceError
from synthetic.model import Model
from synthetic.reference import model

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def written() -> str:
    return json.dumps(model().to_json())


def shares(data: dict[str, Any]) -> dict[str, float]:
    """Where children go from a conference."""
    found: dict[str, float] = data["choices"][data["trees"]["next:icpc"]]["shares"]
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["window"].update(first="x"), "window, first: “x” is no date like 2014-04-01"),
        (lambda data: data["window"].update(opening=2014), "window, opening: “2014” is no date"),
        (lambda data: data["window"].update(opening="2030-01-01"), "first, opening and last are not in this order"),
        (lambda data: shares(data).update({"17": -0.1}), "(next:icpc): the share of outcome 17 is -0.1, and must be"),
        (lambda data: shares(data).update({"9999": 0.1}), "there is no outcome 9999; they go from 0 to 100"),
        (lambda data: shares(data).update({"17": 1.0}), "(next:icpc): the shares add up to 1."),
        (lambda data: data["waits"][0].update(days=[]), "waits, context 0: days: there is no range"),
        (lambda data: data["waits"][0].update(days=[[5, 3, 1.0]]), "the ranges do not follow each other upwards"),
        (lambda data: data["waits"][0].update(days=[[0, 3, 0.5], [4, 5, 0.8]]), "the ranges add up to 1.300"),
        (lambda data: data["waits"][0].update(days=[[0, 3, "many"]]), "The model file is damaged"),
    ],
    ids=["first", "opening", "order", "negative", "unknown", "too much", "none", "backwards", "more than 1", "a word"],
)
def test_a_wrong_number_is_told_with_its_place(written: str, change: Change, said: str) -> None:
    data = json.loads(written)
    change(data)
    with pytest.raises(SourceError) as told:
        Model.from_json(data)
    assert said in str(told.value)


def test_what_is_not_changed_is_right(written: str) -> None:
    assert Model.from_json(json.loads(written)).to_json() == json.loads(written)
