"""What journeys can be filtered by."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.dataset import Dataset
from flowmap.eventlog import MISSING, Attribute, EventLog
from flowmap.facets import AGE_BANDS, Facet, completed_years, number
from tests.logs import built, log


def said(data: Dataset, key: str) -> list[str | int]:
    facet = data.facets[key]
    column = data.column(key).tolist()
    return [facet.values[code] for code in column] if facet.kind == "category" else column


def test_a_journey_takes_the_first_value_known_of_its_events(tmp_path: Path) -> None:
    rows = [
        ("a", "contact", "2020-01-02"),
        ("b", "contact", "2020-01-03"),
        ("a", "contact", "2020-01-01"),
        ("b", "nfa", "2020-01-04"),
        ("a", "nfa", "2020-01-05"),
        ("c", "contact", "2020-01-06"),
    ]
    source = ["Police", None, None, "Health", "School", None]
    data = built(log(rows, attributes={"source": source, "score": [1, 7, None, 8, 3, None]}), tmp_path)
    assert said(data, "source") == ["Police", "Health", "not recorded"]
    assert said(data, "score") == [1, 7, MISSING]
    assert data.facets["source"].values[-1] == "not recorded"
    assert data.facets["score"].missing == 1


def test_facets_that_are_always_there(tmp_path: Path) -> None:
    rows = [("a", "contact", "2019-12-31"), ("a", "nfa", "2020-01-03"), ("a", "referral", "2020-02-01")]
    data = built(log(rows), tmp_path)
    assert said(data, "visit") == [0, 1]
    assert said(data, "entry") == ["Contact", "Referral"]
    assert said(data, "outcome") == ["No further action", "still open"]
    assert said(data, "year") == [2019, 2020]
    assert data.facets["year"].bands == ((2019, 2019, "2019"), (2020, 2020, "2020"))


def test_without_exits_the_outcome_is_where_a_journey_ended(tmp_path: Path) -> None:
    data = built(log([("a", "contact", "2019-12-31"), ("a", "referral", "2020-01-03")]), tmp_path, exits=False)
    assert said(data, "outcome") == ["Referral"]


def test_a_childs_facet_counts_its_journeys(tmp_path: Path) -> None:
    rows = [("a", "nfa", "2020-01-01"), ("a", "nfa", "2020-01-02"), ("b", "nfa", "2020-01-03")]
    data = built(log(rows, children={"sex": ["M", "F"]}), tmp_path)
    assert dict(zip(data.facets["sex"].values, data.facets["sex"].counts, strict=True)) == {"M": 2, "F": 1}
    assert data.facets["sex"].of == "child"
    assert said(data, "sex") == ["M", "M", "F"]


def test_values_beyond_sixty_are_put_together_and_it_is_said(tmp_path: Path) -> None:
    n = 2000
    code = np.minimum(np.arange(n) % 100, 69).tolist()  # "v69" is the commonest of 70
    rows = [(k, "contact", k * 86_400_000) for k in range(n)]
    data = built(log(rows, attributes={"ward": [f"v{c}" for c in code]}), tmp_path)
    facet = data.facets["ward"]
    assert len(facet.values) == 61
    assert (facet.values[0], facet.values[-1]) == ("v69", "other values")
    assert facet.counts[-1] == 10 * n / 100
    assert "10 are put together" in (data.path / "quality.json").read_text()


def test_keys_that_mean_something_else_get_a_number(tmp_path: Path) -> None:
    data = built(log([("a", "contact", 0)], attributes={"Visit": ["x"], "at": ["y"], "Référence!": ["z"]}), tmp_path)
    assert said(data, "visit") == [0]
    assert {"visit_2", "at_2"} <= data.facets.keys()
    assert all(key.isascii() and key.replace("_", "").isalnum() for key in data.facets)


def test_numbers_too_large_for_the_tables_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    data = built(log([("a", "contact", 0)], attributes={"cost": [1_000_000]}), tmp_path)
    assert "cost" not in data.facets
    assert "number_too_large" in (data.path / "quality.json").read_text()


def test_an_age_that_is_given_is_used_where_no_birth_is(tmp_path: Path) -> None:
    ages = Attribute.number("Age", [5, None, 999])
    rows = [("a", "contact", 0), ("b", "contact", 0), ("c", "contact", 0)]
    assert said(built(log(rows, attributes={"age": ages}), tmp_path), "age") == [5, MISSING, MISSING]


def test_ages_at_the_start_of_each_journey(tmp_path: Path) -> None:
    birth = np.array(["2010-06-15", "2020-03-01", "2023-01-01", "NaT"], dtype="datetime64[ms]")
    rows = [
        ("a", "nfa", "2020-06-14"),
        ("a", "nfa", "2020-06-15"),
        ("b", "nfa", "2020-01-01"),  # two months before birth
        ("c", "nfa", "2020-01-02"),  # three years before birth: a wrong date
        ("d", "nfa", "2020-01-03"),
    ]
    data = built(log(rows, birth=birth), tmp_path)
    found = dict(zip(data.journeys.start.tolist(), said(data, "age"), strict=True))
    expected = [9, 10, -1, MISSING, MISSING]
    seconds = [int(np.datetime64(r[2], "s").astype(int)) for r in rows]
    assert [found[s] for s in seconds] == expected
    assert "long_before_birth" in (data.path / "quality.json").read_text()


def years_between(birth: date, at: date) -> int:
    """Completed years, as people count birthdays."""
    return -1 if at < birth else at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))


@given(st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.dates(date(1950, 1, 1), date(2030, 1, 1)))
def test_ages_are_completed_years(birth: date, at: date) -> None:
    born, then = (np.array([day], dtype="datetime64[ms]").astype(np.int64) for day in (birth, at))
    assert completed_years(born, then).tolist() == [years_between(birth, at)]


def test_age_bands_hold_every_age_once() -> None:
    facet = Facet("age", "Age", "number", "journey", bands=AGE_BANDS)
    ages = np.array([MISSING, -1, 0, 1, 4, 5, 9, 10, 15, 16, 17, 18, 90], dtype=np.int16)
    assert facet.band_of(ages).tolist() == [-1, 0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert facet.count(ages) == (1, 1, 2, 2, 2, 2, 2)


@given(st.lists(st.integers(-32767, 32767), min_size=1, max_size=60))
def test_bands_of_any_numbers_hold_each_number_once(numbers: list[int]) -> None:
    facet, column = number("n", "N", "journey", np.array(numbers))
    assert sum(facet.counts) == len(numbers)
    assert column.tolist() == numbers
    assert (facet.min, facet.max) == (min(numbers), max(numbers))
    assert len(facet.bands) <= 8
    for value, band in zip(numbers, facet.band_of(column), strict=True):
        low, high, _ = facet.bands[band]
        assert low <= value <= (high if high is not None else value)


@pytest.mark.parametrize("values", [["a", None], ["a", "b"]])
def test_a_facet_comes_back_from_its_description(tmp_path: Path, values: list[str | None]) -> None:
    events = EventLog.from_columns(["x", "y"], ["contact"] * 2, np.array([0, 1]), attributes={"k": values, "n": [1, 2]})
    data = built(events, tmp_path)
    for facet in data.facets.values():
        assert Facet.from_json(facet.to_json()) == facet
