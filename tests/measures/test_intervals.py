"""Intervals, the test for trend and the limits of a funnel, against statsmodels and sums worked one by one."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import proportion_confint

from flowmap.measures.intervals import Share, funnel, trend, wilson


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_wilson_is_that_of_statsmodels(of: int, part: float) -> None:
    count = round(of * part)
    low, high = proportion_confint(count, of, method="wilson")
    assert wilson(count, of) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))


def test_wilson_as_published() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29
    for (count, of), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(count, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_share_of_nothing_says_nothing() -> None:
    assert Share(0, 0).to_json() == {"count": 0, "of": 0, "share": None, "low": None, "high": None}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=5))
def test_the_test_for_trend_is_that_of_statsmodels(groups: list[tuple[int, int]]) -> None:
    shares = [Share(count, count + rest) for count, rest in groups]
    found = trend(shares)
    if sum(count for count, _ in groups) == 0:
        assert found is None
        return
    # statsmodels conditions on the margins: its variance is n / (n - 1) times that of Cochran and Armitage.
    table = Table(np.array([[rest, count] for count, rest in groups]), shift_zeros=False)
    other = table.test_ordinal_association(row_scores=np.arange(len(groups)), col_scores=np.array([0, 1]))
    n = sum(share.of for share in shares)
    assert found is not None
    assert found.z == pytest.approx(other.zscore * np.sqrt(n / (n - 1)), abs=1e-9)
    assert 0 <= found.p <= 1


def test_a_trend_of_one_group_or_of_none_says_nothing() -> None:
    assert trend([Share(3, 10)]) is None
    assert trend([Share(0, 0), Share(0, 0)]) is None
    assert trend([Share(3, 10), Share(0, 0)]) is None


def limit(of: int, share: Fraction, quantile: Fraction) -> float:
    """Spiegelhalter (2005), A.1.1, in fractions: the count at which the sum passes the quantile, interpolated."""
    total = Fraction(0)
    for count in range(of + 1):
        mass = comb(of, count) * share**count * (1 - share) ** (of - count)
        if total + mass >= quantile:
            part = (total + mass - quantile) / mass
            return float(min(max((count - part) / of, Fraction(0)), Fraction(1)))
        total += mass
    return 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 19))
def test_funnel_limits_are_those_summed_one_by_one(of: int, twentieths: int) -> None:
    share = Fraction(twentieths, 20)
    for level, tail in ((0.95, Fraction(25, 1000)), (0.998, Fraction(1, 1000))):
        low, high = funnel([of], float(share), level)
        assert low[0] == pytest.approx(limit(of, share, tail), abs=1e-8)
        all_of_them = share**of > tail  # no rarer than what counts as chance
        assert high[0] == pytest.approx(1.0 if all_of_them else limit(of, share, 1 - tail), abs=1e-8)


def test_funnel_limits_narrow_as_groups_grow_and_are_normal_for_large_ones() -> None:
    low, high = funnel([100, 1000, 10_000, 1_000_000], 0.3, 0.95)
    assert (np.diff(high - low) < 0).all()
    assert high[-1] - 0.3 == pytest.approx(1.96 * np.sqrt(0.3 * 0.7 / 1_000_000), rel=0.01)
    assert funnel([10], 0.0, 0.95)[1].tolist() == [0.0]
