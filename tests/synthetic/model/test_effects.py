"""Weeks that differ, and waits that go together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from synthetic.model import effects
from synthetic.model.waiting import moved


def test_loadings_of_a_known_factor_are_found_through_whole_days() -> None:
    """Two kinds of move that load 0.9 and 0.5 on the child's factor; a third of the first kind's waits is no day."""
    rng = np.random.default_rng(1)
    n = 6000
    factor = rng.standard_normal(n)
    scores = [load * factor + (1 - load**2) ** 0.5 * rng.standard_normal(n) for load in (0.9, 0.9, 0.5, 0.5)]
    days = [np.floor(np.maximum(-40 + 120 * ndtr(z), 0)) for z in scores[:2]] + [
        np.floor(30 * np.exp(z)) for z in scores[2:]
    ]
    value = np.column_stack(days).ravel().astype(np.int64)
    move, child = np.tile([0, 0, 1, 1], n), np.repeat(np.arange(n), 4)
    score, _ = effects.scores(value, move)
    assert effects.loadings(score, move, child, 2) == pytest.approx([0.9, 0.5], abs=0.07)


def test_waits_that_have_nothing_to_do_with_each_other_load_on_nothing() -> None:
    rng = np.random.default_rng(2)
    move, child = np.zeros(10_000, dtype=np.int64), np.repeat(np.arange(5000), 2)
    score, _ = effects.scores(rng.integers(0, 100, 10_000), move)
    assert effects.loadings(score, move, child, 1)[0] < 0.2


def test_a_stretch_that_fades_is_taken_with_its_edges() -> None:
    """Twenty a week; ten weeks two standard deviations slower, with four weeks of half that before and after."""
    rng = np.random.default_rng(3)
    day = np.repeat(np.arange(200 * 7), 3)
    week = day // 7
    value = rng.standard_normal(len(day)) + 2.0 * ((week >= 100) & (week < 110)) + 1.0 * ((week >= 96) & (week < 114))
    (found,) = effects.stretches(effects.Weeks.of(value, day, 0, 200))
    assert found[0] in (95, 96, 97)
    assert found[1] in (113, 114, 115)


def test_scores_are_mapped_between_points_and_shifted_alike_beyond_them() -> None:
    points = [[-1.0, -1.0], [1.0, 2.0]]
    assert moved(np.array([-3.0, -1.0, 0.0, 1.0, 3.0]), points) == pytest.approx([-3.0, -1.0, 0.5, 2.0, 4.0])
    assert moved(np.array([0.3]), []) == pytest.approx([0.3])
