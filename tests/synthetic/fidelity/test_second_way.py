"""Yardsticks against second implementations: scipy, lifelines, statsmodels, scikit-learn, and plain loops."""

from collections import Counter

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy.stats import ks_2samp, norm, rankdata
from statsmodels.api import OLS

from synthetic.fidelity import paths, returns, times, together, volume
from synthetic.fidelity.walks import DAY
from tests.truth import make


@pytest.fixture(scope="module")
def walks():
    """Two samples of one truth."""
    return together(make(400, 4, seed=1), make(400, 4, seed=2))


def _journeys(walks):
    return [walks.station[b : b + n].tolist() for b, n in zip(walks.begin, walks.events, strict=True)]


def test_moves_and_runs_of_three_are_counted_as_by_a_loop(walks):
    def counted(one, size):
        found = Counter()
        for journey in _journeys(one):
            padded = [-1] * (size - 1) * (size > 2) + journey + [-1] * (size - 1) * (size > 2)
            found.update(tuple(padded[i : i + size]) for i in range(len(padded) - size + 1))
        return found

    for size, measured in ((2, paths.edges(*walks)), (3, paths.grams(*walks))):
        a, b = (counted(w, size) for w in walks)
        gap = sum(abs(a[k] / a.total() - b[k] / b.total()) for k in a | b) / 2
        assert measured.value == pytest.approx(gap, abs=1e-12)


def test_durations_are_those_of_scipy(walks):
    real, other = walks
    edge, weight, found = times.durations_by_edge(*walks)
    theirs = [
        ks_2samp(real.wait[real.edge == e], other.wait[other.edge == e]).statistic if (other.edge == e).any() else 1
        for e in edge
    ]
    assert found == pytest.approx(np.array(theirs), abs=1e-9)
    assert weight.tolist() == [(real.edge == e).sum() for e in edge]
    assert len(edge) > 10


def test_slow_stages_are_correlated_as_by_a_loop(walks):
    real = walks[0]
    score = {}
    for edge in np.unique(real.edge):
        rows = np.flatnonzero(real.edge == edge)
        if len(rows) >= times.LEAST:
            values = norm.ppf((rankdata(real.wait[rows]) - 0.5) / len(rows))
            score |= dict(zip(real.moves[rows].tolist(), values, strict=True))
    pairs = [(score[m], score[m + 1]) for m in score if m + 1 in score and real.journey[m] == real.journey[m + 1]]
    expected = np.corrcoef(np.array(pairs).T)[0, 1]
    assert times.slow_together(*walks).real == pytest.approx(expected, abs=1e-9)
    assert expected > 0.1  # planted: families are slow at all stages or at none


def test_the_return_curve_is_that_of_lifelines(walks):
    real = walks[0]
    entry = returns.entry_station(real)
    assert real.names[entry] == "referral"
    child, time = returns._visits_to(real, entry)
    again = np.append(child[1:] == child[:-1], False)
    until = np.where(again, np.append(time[1:], 0), real.window[1])
    fitter = KaplanMeierFitter().fit((until - time) / (30.4375 * DAY), again)
    curve = returns.return_curve(real, entry)
    assert curve.share == pytest.approx(1 - fitter.predict(curve.months).to_numpy(), abs=1e-9)
    assert curve.share[12] > 0.1


def test_the_error_of_a_share_is_the_cluster_robust_one_of_statsmodels(walks):
    real = walks[0]
    fit = OLS(real.open.astype(float), np.ones(len(real))).fit(
        cov_type="cluster", cov_kwds={"groups": real.child, "use_correction": False}
    )
    assert paths.share_error(real.open, real.child) == pytest.approx(float(fit.bse[0]), rel=1e-6)


def test_stock_is_that_of_a_loop(walks):
    real = walks[0]
    weekly = volume.stock_by_week(real, *real.window)
    week = len(weekly) // 2
    at = real.window[0] + week * volume.WEEK
    expected = Counter()
    for begin, count in zip(real.begin, real.events, strict=True):
        before = np.flatnonzero(real.time[begin : begin + count] <= at)
        if len(before) and not real.exits[real.station[begin + before[-1]]]:
            expected[int(real.station[begin + before[-1]])] += 1
    assert {i: int(n) for i, n in enumerate(weekly[week]) if n} == dict(expected)


def test_journeys_cut_at_exits_are_the_source_s_own():
    from dataclasses import replace

    log = make(400, 4, seed=1)
    with_cases = together(log)[0]
    exits = [n for n, leave in zip(with_cases.names, with_cases.exits, strict=True) if leave]
    cut = together(replace(log, case=None), exits=exits)[0]
    assert abs(len(cut) - len(with_cases)) <= 0.02 * len(with_cases)
