"""Regression with autocorrelated errors, against statsmodels and on made-up series whose truth is known."""

from __future__ import annotations

import numpy as np
import statsmodels.api as sm

from flowmap.measures.changepoints import search
from flowmap.measures.regression import at, fit
from flowmap.measures.segments import DURING, Cut, model
from flowmap.measures.series import Series

WEEK = 7 * 86_400
MONDAY = 4 * 86_400  # 5 January 1970


def autoregressive(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    noise = rng.normal(size=n)
    found = np.empty(n)
    found[0] = noise[0]
    for t in range(1, n):
        found[t] = rho * found[t - 1] + np.sqrt(1 - rho**2) * noise[t]
    return found


def weekly(value: np.ndarray, scale: str = "points") -> Series:
    n = len(value)
    ones = np.ones(n)
    return Series(MONDAY + WEEK * np.arange(n + 1), value, ones.astype(int), ones, scale)  # type: ignore[arg-type]


def test_a_known_autocorrelation_gives_what_statsmodels_gives_for_the_whole_covariance() -> None:
    rng = np.random.default_rng(1)
    when = np.array([0, 1, 2, 4, 5, 9, 10, 11, 12, 13, 14, 20, 21, 22])  # bins are missing
    design = np.column_stack([np.ones(len(when)), when, when > 9]).astype(float)
    values = rng.normal(size=len(when)) + design @ np.array([1.0, 0.1, 2.0])
    weights = rng.uniform(1, 5, len(when))
    root = np.sqrt(weights / weights.mean())
    sigma = 0.6 ** np.abs(when[:, None] - when[None, :]) / np.outer(root, root)
    theirs = sm.GLS(values, design, sigma=sigma).fit()
    ours = at(0.6, values, design, when, weights)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-9)
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-9)


def test_without_autocorrelation_it_is_weighted_least_squares() -> None:
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(60), np.arange(60.0)])
    values, weights = rng.normal(size=60), rng.uniform(1, 3, 60)
    theirs = sm.WLS(values, design, weights).fit()
    ours = at(0.0, values, design, np.arange(60), weights)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-9)
    low, high = theirs.conf_int()[1]
    assert np.allclose(ours.estimate(np.array([0.0, 1.0]))[1:], (low, high))


def test_the_autocorrelation_is_found_without_the_bias_of_residuals() -> None:
    rng = np.random.default_rng(3)
    n = 150
    design = np.column_stack([np.ones(n), np.arange(n) / n, np.arange(n) > 100]).astype(float)
    found = [fit(autoregressive(rng, n, 0.5), design, np.arange(n), np.ones(n)).autocorrelation for _ in range(100)]
    assert 0.45 < np.mean(found) < 0.55


def test_the_interval_of_a_planted_change_holds_it_about_95_times_in_100() -> None:
    rng = np.random.default_rng(4)
    n, first, after = 200, 120, 126
    cut = Cut(int(MONDAY + WEEK * first), int(MONDAY + WEEK * after), settle=10 * WEEK)
    for rho in (0.0, 0.3, 0.6):
        held = 0
        for _ in range(150):
            row = np.arange(n)
            value = 5 + 0.01 * row + 0.8 * np.sin(2 * np.pi * row / 52.18) + autoregressive(rng, n, rho)
            value[first:after] += 2.0
            found = model(weekly(value), cut, "week")
            _, low, high = found.fit.estimate(found.average(DURING))
            held += low <= 2.0 <= high
        assert 0.90 <= held / 150 <= 1.0, rho  # 95% give or take what 150 runs allow


def test_level_and_slope_without_noise_are_exact() -> None:
    row = np.arange(100)
    value = 3 + 0.02 * row
    value[60:] += 1.5 + 0.1 * (row[60:] - 60)
    found = model(weekly(value), Cut(int(MONDAY + WEEK * 60), None), "week", seasonal=False)
    assert np.isclose(found.fit.estimate(found.line(DURING, 60))[0], 1.5)
    assert np.isclose(found.fit.estimate(found.slope(DURING))[0], 0.1)
    np.testing.assert_allclose(found.counterfactual, 3 + 0.02 * row)
    np.testing.assert_allclose(found.fitted, value)


def test_a_search_announces_about_five_in_a_hundred_where_nothing_changed() -> None:
    rng = np.random.default_rng(5)
    n = 150
    alarms = sum(
        bool(search(autoregressive(rng, n, 0.3), np.arange(n), 0.3, 52, 0.05, np.random.default_rng(k)))
        for k in range(100)
    )
    assert alarms <= 11  # 5, give or take what 100 runs allow (99.5% of binomials)


def test_a_search_finds_a_stretch_that_differs_and_where() -> None:
    rng = np.random.default_rng(6)
    value = rng.normal(size=150)
    value[70:80] += 4
    ((low, high, size, p),) = search(value, np.arange(150), 0.0, 52, 0.01, rng)[:1]
    assert (low, high) == (70, 80)
    assert 3 < size < 5
    assert p <= 0.01
