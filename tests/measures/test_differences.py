"""Differences and their intervals: beside statsmodels, lifelines and what is worked out by hand or by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from flowmap.measures.differences import Difference, Estimate, amount, beyond, difference, share
from flowmap.measures.quantiles import Moved, quantiles
from flowmap.measures.survival import OTHER, REACHED, WAITING, curve

Z95 = 1.959963984540054


def of_each(count: int, of: int) -> Estimate:
    """A share of children who count once each."""
    return share(np.arange(of), np.arange(of) < count, of)


def apart(left: Estimate, right: Estimate, together: bool = False) -> Difference:
    found = difference(left, right, together)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 30), (0, 40)), ((412, 1783), (303, 1780)),
                       ((5, 56), (0, 29)), ((10, 10), (0, 20))],
)  # fmt: skip
def test_of_children_who_count_once_the_interval_is_newcombes_as_statsmodels_has_it(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found = apart(of_each(*one), of_each(*other))
    expected = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_newcombes_own_example() -> None:
    """Newcombe 1998, table II, 56/70 less 48/80 by method 10: 0.0524 to 0.3339."""
    found = apart(of_each(56, 70), of_each(48, 80))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_p_is_of_the_interval_that_just_holds_no_difference() -> None:
    left, right = of_each(56, 70), of_each(48, 80)
    p = apart(left, right).p
    low, _ = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff", alpha=p)
    assert low == pytest.approx(0, abs=2e-4)


def test_a_child_who_counts_four_times_alike_counts_once() -> None:
    child, hit = np.repeat(np.arange(150), 4), np.repeat(np.arange(150) < 60, 4)
    four = share(child, hit, 150)
    assert four.limits is not None
    once = of_each(60, 150).limits
    assert once is not None
    assert four.limits(Z95) == pytest.approx(once(Z95))
    assert (four.value, four.count, four.of) == (0.4, 240, 600)


def test_the_interval_of_a_share_of_dependent_units_covers_the_truth_as_often_as_it_says() -> None:
    """Of children with one to six units, some always hits and some never, 95% intervals of a difference hold 0."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(1000):
        sides = []
        for _ in range(2):
            units = rng.integers(1, 7, 120)
            prone = rng.beta(0.5, 0.8, 120)
            child = np.repeat(np.arange(120), units)
            sides.append(share(child, rng.random(len(child)) < prone[child], 120))
        held += apart(*sides).within_chance
    assert 925 <= held <= 975


def test_sides_that_share_children_are_not_taken_for_independent() -> None:
    """A side against all of it and a few more: the difference is only of those few."""
    rng = np.random.default_rng(4)
    hit = rng.random(1000) < 0.3
    most, every = np.arange(900), np.arange(1000)
    left, right = share(most, hit[:900], 1000), share(every, hit, 1000)
    # the difference is 0.1 × (share of the 900 − share of the 100): its standard error by hand
    few = hit[900:].mean()
    error = 0.1 * math.sqrt(0.3 * 0.7 / 900 + 0.3 * 0.7 / 100)
    together, apart_ = apart(left, right, True), apart(left, right, False)
    assert together.value == pytest.approx(0.1 * (hit[:900].mean() - few))
    assert together.high - together.low == pytest.approx(2 * Z95 * error, rel=0.05)
    assert apart_.high - apart_.low > 2.5 * (together.high - together.low)


def test_the_same_units_on_both_sides_leave_hardly_any_room_for_a_difference() -> None:
    together, alike = apart(of_each(30, 100), of_each(30, 100), True), apart(of_each(30, 100), of_each(30, 100))
    assert together.value == alike.value == 0
    assert together.high < 0.02 < 0.1 < alike.high
    assert together.p == 1


def test_two_sides_of_which_none_was_so_are_not_sure_to_be_alike() -> None:
    found = apart(of_each(0, 30), of_each(0, 30), True)
    assert found.low == pytest.approx(confint_proportions_2indep(0, 30, 0, 30, method="newcomb", compare="diff")[0])


def test_nothing_has_no_difference_and_one_of_one_is_not_sure() -> None:
    nobody = share(np.array([], dtype=np.int64), np.array([], dtype=bool), 5)
    assert (nobody.value, nobody.of) == (None, 0)
    assert difference(nobody, of_each(1, 2), False) is None
    found = apart(of_each(1, 1), of_each(0, 1))
    assert found.value == 1
    assert found.within_chance


def test_a_difference_of_numbers_by_hand() -> None:
    """100 in 12 months less 64 in 12: score limits 100 + z²/2 ± z √(100 + z²/4), put together by squares."""
    left, right = amount(np.arange(100), 100, 12), amount(np.arange(64), 64, 12)
    found = apart(left, right)
    half = Z95**2 / 2

    def margin(x: float) -> float:
        return Z95 * math.sqrt(x + Z95**2 / 4)

    assert found.value == pytest.approx(3)
    assert found.low == pytest.approx(3 - math.hypot(margin(100) - half, margin(64) + half) / 12)
    assert found.high == pytest.approx(3 + math.hypot(margin(100) + half, margin(64) - half) / 12)
    assert amount(np.array([], dtype=np.int64), 5).value == 0


def test_children_who_come_in_pairs_make_a_number_less_sure() -> None:
    one, pairs = amount(np.arange(100), 100), amount(np.repeat(np.arange(50), 2), 50)
    assert one.limits is not None
    assert pairs.limits is not None
    (a, b), (c, d) = one.limits(Z95), pairs.limits(Z95)
    assert (d - c) / (b - a) == pytest.approx(math.sqrt(2), rel=0.01)


def test_holm_is_as_statsmodels_has_it() -> None:
    chances = [0.001, 0.2, 0.011, 0.04, 0.9, 0.012, 0.0001]
    assert beyond(chances) == multipletests(chances, 0.05, "holm")[0].tolist()
    assert beyond([]) == []


def durations_of(seed: int, size: int, other: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    kinds: Sequence[int] = (WAITING, REACHED, OTHER) if other else (WAITING, REACHED)
    return rng.integers(0, 60, size), rng.choice(kinds, size).astype(np.int8)


def test_the_variance_of_the_curve_is_greenwoods_as_lifelines_has_it() -> None:
    days, outcome = durations_of(1, 400, other=False)
    found = Moved(days, outcome).table(REACHED, 25)[outcome, days]
    fitted = KaplanMeierFitter().fit(days, outcome == REACHED)
    greenwood = fitted._cumulative_sq_.loc[25].item()  # the sum of deaths / (at risk × survivors)
    survival = fitted.survival_function_at_times(25).item()
    assert (found**2).sum() / 400**2 == pytest.approx(survival**2 * greenwood, rel=1e-9)


def test_each_durations_influence_is_what_leaving_it_out_shows() -> None:
    days, outcome = durations_of(2, 300, other=True)

    def there(kept: np.ndarray) -> float:
        found = curve(days[kept], outcome[kept])
        ever = found.reached[-1] / (found.reached[-1] + found.other[-1])
        return float(found.reached[found.step(25)] / ever)

    every = np.ones(300, dtype=bool)
    left_out = []
    for row in range(300):
        every[row] = False
        left_out.append(there(every))
        every[row] = True
    expected = 299 * (there(every) - np.array(left_out))
    found = Moved(days, outcome).of_those_who_get_there(25)
    assert np.corrcoef(found, expected)[0, 1] > 0.998
    assert found.std() == pytest.approx(expected.std(), rel=0.02)
    assert found.sum() == pytest.approx(0, abs=1e-9)


def test_the_median_without_censoring_has_the_interval_of_its_ranks() -> None:
    """Of 1 to 101 days the median is 51; Wilson of one half of 101 is 0.4045 to 0.5955: ranks 41 to 61."""
    (found,) = quantiles(np.arange(101), np.arange(1, 102), np.full(101, REACHED), (0.5,), 101)
    assert found.value == 51
    assert found.limits is not None
    assert found.limits(Z95) == (41, 61)


def test_the_interval_of_a_difference_of_medians_holds_the_truth_as_often_as_it_says() -> None:
    """Of dependent stays (children with their own pace), a third cut short and some that end elsewhere."""
    rng = np.random.default_rng(5)
    held = {0.5: 0, 0.9: 0}
    for _ in range(600):
        sides = []
        for _ in range(2):
            child = np.repeat(np.arange(250), rng.integers(1, 4, 250))
            pace = rng.gamma(4, 0.25, 250)
            length = rng.exponential(60, len(child)) * pace[child]
            cut, gone = rng.exponential(150, len(child)), rng.exponential(300, len(child))
            ends = np.stack([cut, length, gone])  # in the order WAITING, REACHED, OTHER
            outcome = ends.argmin(axis=0)
            sides.append(quantiles(child, ends.min(axis=0).astype(np.int64), outcome, (0.5, 0.9), 250))
        for share_, left, right in zip(held, *sides, strict=True):
            held[share_] += apart(left, right).within_chance
    assert all(0.93 * 600 <= count <= 0.985 * 600 for count in held.values()), held


def test_few_stays_have_a_median_and_no_interval() -> None:
    (found,) = quantiles(np.arange(19), np.arange(19), np.full(19, REACHED), (0.5,), 19)
    assert found.value == 9
    assert found.limits is None
    assert difference(found, found, False) is None


def test_all_still_waiting_has_no_median() -> None:
    (found,) = quantiles(np.arange(50), np.arange(50), np.full(50, WAITING), (0.5,), 50)
    assert (found.value, found.count, found.of, found.limits) == (None, 0, 50, None)


def test_all_on_one_day_have_it_for_sure() -> None:
    (left,) = quantiles(np.arange(50), np.full(50, 7), np.full(50, REACHED), (0.5,), 50)
    (right,) = quantiles(np.arange(50), np.full(50, 9), np.full(50, REACHED), (0.5,), 50)
    assert apart(left, right) == Difference(-2, -2, -2, pytest.approx(0, abs=1e-12))


def test_an_end_that_the_data_do_not_reach_is_open() -> None:
    """Of 40, 21 end on days 1 to 21, the rest are watched for 21 days: the median is day 20, and may be far later."""
    days = np.concatenate([np.arange(1, 22), np.full(19, 21)])
    outcome = np.where(np.arange(40) < 21, REACHED, WAITING)
    (found,) = quantiles(np.arange(40), days, outcome, (0.5,), 40)
    assert found.value == 20
    assert found.limits is not None
    assert found.limits(Z95)[1] == math.inf
