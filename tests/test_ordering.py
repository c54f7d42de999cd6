"""Rows in order by several keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap import ordering
from flowmap.ordering import coarsest, in_order, order, sort, spread, starts_of_runs, take

WIDTHS = st.sampled_from([1, 5, 2**20, 2**40, 2**62])


@pytest.fixture(scope="module", params=[1 << 18, 16], ids=["one block", "many blocks"], autouse=True)
def _blocks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Few rows in blocks of a few, so that work is shared out as that of many rows is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "BLOCK", request.param)
        yield


@settings(deadline=None)
@given(st.integers(1, 50), st.lists(WIDTHS, min_size=1, max_size=4), st.integers(0, 2**32))
def test_order_is_that_of_a_stable_sort_by_each_key(rows: int, widths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    keys = [rng.integers(-width, width, rows) for width in widths]
    expected = sorted(range(rows), key=lambda row: tuple(int(key[row]) for key in keys))
    assert order(*keys).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6))
def test_rows_are_in_order_when_sorting_changes_nothing(rows: list[tuple[int, int]]) -> None:
    first, second = (np.array(column) for column in zip(*rows, strict=True))
    assert in_order(first, second) == (rows == sorted(rows))


def test_times_are_as_coarse_as_their_finest() -> None:
    day = 86_400_000
    assert coarsest(np.array([0, day, -day])) == day
    assert coarsest(np.array([0, 60_000])) == 60_000
    assert coarsest(np.array([0, 1000])) == 1000
    assert coarsest(np.array([1])) == 1


def test_runs_start_where_any_column_changes() -> None:
    assert starts_of_runs(np.array([1, 1, 2, 2]), np.array([0, 1, 1, 1])).tolist() == [0, 1, 2]
    assert starts_of_runs(np.array([])).tolist() == []


def test_runs_laid_end_to_end() -> None:
    assert spread(np.array([5, 0]), np.array([2, 3])).tolist() == [5, 6, 0, 1, 2]


@settings(deadline=None)
@given(st.integers(1, 50), WIDTHS, WIDTHS, st.integers(0, 2**32))
def test_the_first_key_comes_back_in_order(rows: int, width: int, second: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, other = rng.integers(-width, width, rows), rng.integers(-second, second, rows)
    found, sorted_first = sort(first, other)
    assert sorted_first.tolist() == first[found].tolist()


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), max_size=60))
def test_rows_are_taken_as_by_an_index(rows: list[int]) -> None:
    column = np.arange(100, 110, dtype=np.uint16)
    found = take(column, np.array(rows, dtype=np.int64))
    assert found.dtype == np.uint16
    assert found.tolist() == [100 + row for row in rows]
