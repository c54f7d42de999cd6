"""The filter's grammar and its English, from the cases that the browser's twin is tested with too."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.cohort import CohortError, parse
from flowmap.eventlog import MISSING
from flowmap.facets import Facet

CASES = json.loads((Path(__file__).parent / "cohort_cases.json").read_text(encoding="utf-8"))
FACETS = {found["key"]: Facet.from_json(found) for found in CASES["facets"]}


def table() -> Any:
    """The cases' little table, as far as a cohort looks at a dataset."""
    columns: dict[str, np.ndarray] = {}
    for place, key in enumerate(CASES["table"]["columns"]):
        values = [row[place] for row in CASES["table"]["rows"]]
        if FACETS[key].kind == "category":
            columns[key] = np.array([FACETS[key].values.index(v) for v in values], dtype=np.int8)
        else:
            columns[key] = np.array([MISSING if v is None else v for v in values], dtype=np.int16)
    return SimpleNamespace(journeys=CASES["table"]["rows"], column=columns.__getitem__)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["query"] or "nothing")
def test_a_filter_keeps_the_rows_and_says_the_sentence_of_its_case(case: dict[str, Any]) -> None:
    found = parse(case["query"], FACETS)
    assert found.canonical() == case["canonical"]
    assert found.sentence() == case["sentence"]
    assert np.flatnonzero(found.mask(table())).tolist() == case["matches"]


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["query"] or "nothing")
def test_the_canonical_spelling_is_the_same_filter(case: dict[str, Any]) -> None:
    assert parse(case["canonical"], FACETS) == parse(case["query"], FACETS)


@pytest.mark.parametrize("case", CASES["errors"], ids=lambda case: case["query"])
def test_a_filter_that_cannot_be_understood_names_its_key_and_a_remedy(case: dict[str, Any]) -> None:
    with pytest.raises(CohortError) as caught:
        parse(case["query"], FACETS)
    assert str(caught.value) == case["message"]
    assert caught.value.key == case["key"]


def test_a_filter_longer_than_people_write_is_refused() -> None:
    with pytest.raises(CohortError, match="characters"):
        parse("sex=" + "F," * 5000, FACETS)


@given(st.sampled_from(CASES["cases"]), st.sampled_from(list(FACETS)))
def test_leaving_a_facet_out_keeps_at_least_as_many(case: dict[str, Any], key: str) -> None:
    found, rows = parse(case["query"], FACETS), table()
    assert np.all(found.mask(rows) <= found.mask(rows, without=key))


def is_understood_or_refused(text: str) -> bool:
    try:
        found = parse(text, FACETS)
    except CohortError as error:
        return error.key is not None and bool(error.remedy)
    return parse(found.canonical(), FACETS) == found


@given(st.text(max_size=40))
def test_any_text_is_a_filter_or_an_error_with_a_remedy(text: str) -> None:
    assert is_understood_or_refused(text)


@given(
    st.sampled_from(["age", "visit", "year", "sex", "impact"]),
    st.lists(st.text("0123456789-+!,F_ %mh", max_size=8), min_size=1, max_size=3),
)
def test_any_values_are_a_filter_or_an_error_with_a_remedy(key: str, values: list[str]) -> None:
    assert is_understood_or_refused(f"{key}={','.join(values)}")
