"""Distributions as intervals that k children hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthetic.model.intervals import Curves, Intervals, extended, held, intervals


def test_common_numbers_stand_alone_with_their_shares() -> None:
    values = np.repeat([0, 1, 5], [50, 30, 20])
    found = intervals(values, np.arange(100), 10, exact=14)
    assert found is not None
    assert found.to_json() == [[0, 0, 0.5], [1, 1, 0.3], [5, 5, 0.2]]


def test_extremes_end_where_k_children_are() -> None:
    """The ten largest of 0 … 999 are 990 … 999: what is kept ends at 990; likewise at the other end."""
    found = intervals(np.arange(1000), np.arange(1000), 10)
    assert found is not None
    assert (found.low[0], found.high[-1]) == (9, 990)


def test_one_child_with_many_rows_is_one_child() -> None:
    """Nine children at 1 and one with fifty rows at 1000: nothing beyond 1 is held by more than that child."""
    values, child = np.array([1] * 12 + [1000] * 50), np.array([*range(12), *[12] * 50])
    found = intervals(values, child, 10)
    assert found is not None
    assert found.high.max() == 1


def test_fewer_than_k_children_are_no_distribution() -> None:
    assert intervals(np.arange(9), np.arange(9), 10) is None
    assert intervals(np.arange(50), np.repeat(np.arange(5), 10), 10) is None


def test_quantiles_of_a_known_curve_come_back() -> None:
    values = np.random.default_rng(1).exponential(100, 20_000).astype(np.int64)
    found = intervals(values, np.arange(len(values)), 10, exact=14)
    assert found is not None
    drawn = Curves.of([found]).draw(np.zeros(9, dtype=np.int64), np.linspace(0.1, 0.9, 9))
    expected = -100 * np.log(1 - np.linspace(0.1, 0.9, 9))  # the exponential's own quantiles
    np.testing.assert_allclose(drawn, expected, rtol=0.06, atol=1.5)


def test_many_curves_are_read_each_at_its_own() -> None:
    one, two = (Intervals(np.array([v]), np.array([v]), np.ones(1)) for v in (3, 8))
    drawn = Curves.of([one, two]).draw(np.array([1, 0, 1]), np.array([0.0, 0.5, 0.999999]))
    assert drawn.tolist() == [8, 3, 8]


def test_children_are_counted_once_a_cell() -> None:
    assert held(np.array([0, 0, 1, 0]), np.array([7, 7, 7, 9]), 3).tolist() == [2, 1, 0]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)), min_size=1, max_size=300),
    st.integers(2, 12),
)
def test_every_interval_is_held_by_k_children(rows: list[tuple[int, int]], k: int) -> None:
    rows.sort(key=lambda row: row[1])
    values, child = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    found = intervals(values, child, k, exact=14)
    if found is None:
        assert len(set(child.tolist())) < k
        return
    assert abs(found.share.sum() - 1) < 1e-9
    assert (found.low <= found.high).all()
    assert (found.low[1:] > found.high[:-1]).all()
    inside = np.clip(values, found.low[0], found.high[-1])
    for low, high in zip(found.low, found.high, strict=True):
        assert len(set(child[(inside >= low) & (inside <= high)].tolist())) >= k


def test_a_tail_that_was_cut_off_is_laid_out_without_those_in_it() -> None:
    """Exponential waits: the mean comes out right, and one wait of a century changes nothing."""
    rng = np.random.default_rng(5)
    child = np.arange(600)
    days = (np.sort(rng.exponential(200, 600))).astype(np.int64)

    def mean(curve: Intervals) -> float:
        return float((curve.share * (curve.low + curve.high) / 2).sum())

    cut = intervals(days, child, 10)
    assert cut is not None
    whole = extended(cut, days, child, 10)
    assert mean(cut) < 0.987 * days.mean()
    assert mean(whole) == pytest.approx(days.mean(), rel=0.005)
    days[-1] = 36_500
    assert extended(cut, days, child, 10).to_json() == whole.to_json()
