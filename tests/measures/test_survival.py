"""Time to an event with censoring, against lifelines and the textbook."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import qth_survival_times

from flowmap.measures.survival import MOST_POINTS, OTHER, REACHED, WAITING, curve

CASES = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([WAITING, REACHED, OTHER])), min_size=1, max_size=60)


def columns(cases: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([days for days, _ in cases]), np.array([outcome for _, outcome in cases])


@settings(max_examples=25, deadline=None)
@given(CASES)
def test_kaplan_meier_and_its_interval_are_those_of_lifelines(cases: list[tuple[int, int]]) -> None:
    days, outcome = columns(cases)
    found = curve(days, outcome)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = KaplanMeierFitter().fit(days, outcome == REACHED)
        interval = other.confidence_interval_survival_function_
    for row, day in enumerate(found.day):
        assert found.alone[row] == pytest.approx(1 - float(other.predict(day)))
        assert found.at_risk[row] == found.risk_on(int(day)) == int(other.event_table.loc[day, "at_risk"])
        if 1e-9 < found.alone[row] < 1 - 1e-9:
            assert found.low[row] == pytest.approx(1 - interval.iloc[:, 1].loc[day])
            assert found.high[row] == pytest.approx(1 - interval.iloc[:, 0].loc[day])


@settings(max_examples=25, deadline=None)
@given(CASES)
def test_quantiles_where_nothing_else_happens_are_those_of_lifelines(cases: list[tuple[int, int]]) -> None:
    days, outcome = columns(cases)
    reached = outcome == REACHED
    found = curve(days, reached.astype(int))
    other = KaplanMeierFitter().fit(days, reached)
    for share in (0.25, 0.5, 0.9):
        # lifelines compares without room for rounding: ask it a hair above the share
        expected = float(qth_survival_times(1 - share + 1e-9, other.survival_function_))
        assert found.quantile(share) == (None if np.isinf(expected) else expected)


@settings(max_examples=20, deadline=None)
@given(CASES)
def test_competing_shares_are_those_of_lifelines(cases: list[tuple[int, int]]) -> None:
    days, outcome = columns(cases)
    found = curve(days, outcome)
    np.testing.assert_allclose(found.left + found.reached + found.other, 1)
    # lifelines takes no ties and nothing at 0: a day later, nearly tied, the censored last
    moved = days + 1 + np.arange(len(days)) * 1e-7
    moved[outcome == WAITING] += 0.5
    for event, ours in ((REACHED, found.reached), (OTHER, found.other)):
        if not (outcome == event).any():
            assert (ours == 0).all()
            continue
        other = AalenJohansenFitter(calculate_variance=False).fit(moved, outcome, event_of_interest=event)
        table = other.cumulative_density_.iloc[:, 0]
        for row, day in enumerate(found.day):
            expected = table[table.index <= day + 1.4].iloc[-1]
            assert ours[row] == pytest.approx(expected, abs=1e-9)


def test_the_textbook_example() -> None:
    # Freireich et al. 1963, 6-MP group: weeks in remission; survival 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    done = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = curve(np.array(weeks), np.array(done))
    assert found.day.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert [round(1 - share, 3) for share in found.alone] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (found.quantile(0.5), found.quantile(0.9)) == (23, None)


def test_where_nobody_is_censored_quantiles_are_of_those_who_got_there() -> None:
    days = np.array([1, 2, 3, 4, 1, 1, 9])
    outcome = np.array([REACHED] * 4 + [OTHER] * 3)
    found = curve(days, outcome)
    assert [found.quantile(share) for share in (0.25, 0.5, 0.75, 0.9)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("days", "outcome", "median"),
    [
        ([], [], None),  # none
        ([5], [REACHED], 5),  # one, done
        ([5], [WAITING], None),  # one, open
        ([3, 4, 5], [WAITING] * 3, None),  # all open
        ([0, 0, 0], [REACHED] * 3, 0),  # all on the same day
        ([2, 2], [OTHER] * 2, None),  # all elsewhere
    ],
)
def test_the_edges(days: list[int], outcome: list[int], median: float | None) -> None:
    found = curve(np.array(days, dtype=np.int64), np.array(outcome, dtype=np.int64))
    assert found.quantile(0.5) == median
    assert found.risk_on(0) == len(days)
    assert found.followed(10) == (len(days) > 0 and WAITING not in outcome)


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    days = np.arange(5000)
    found = curve(days, np.full(5000, REACHED))
    drawn = found.to_json()
    assert len(drawn["day"]) == MOST_POINTS
    assert (drawn["day"][0], drawn["day"][-1], drawn["reached"][-1]) == (0, 4999, pytest.approx(1))
