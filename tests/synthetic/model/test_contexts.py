"""Context trees on outcomes whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest

from synthetic.model.contexts import Forest, Outcomes, group_of, grow, learn_shares

RNG = np.random.default_rng(5)


def learned(features: np.ndarray, outcome: np.ndarray, k: int = 10, cards: tuple[int, ...] = (3, 3)) -> Forest:
    forest = Forest(cards)
    root, child = forest.root(), np.arange(len(outcome))
    grow(forest, root, features.astype(np.int16), outcome, child, k, range(len(cards)))
    path = forest.tables().path(np.zeros(len(outcome), dtype=np.int64), features.astype(np.int16))
    learn_shares(forest, path, outcome, child, k)
    return forest


def test_splits_by_what_tells_and_by_nothing_else() -> None:
    tells, noise = RNG.integers(0, 2, 2000), RNG.integers(0, 3, 2000)
    outcome = (RNG.random(2000) < np.where(tells == 0, 0.2, 0.8)).astype(np.int64)
    forest = learned(np.vstack([noise, tells]), outcome)
    assert forest.nodes[0].splits == 1
    assert all(node.splits == -1 for node in forest.nodes[1:])
    for node in forest.nodes[1:]:
        assert node.shares[1] == pytest.approx(outcome[tells == node.value].mean())


def test_depends_on_two_things_at_once() -> None:
    """Exclusive or: one alone tells nothing, so a tree that looks at one at a time needs a hint of the first."""
    one, two = RNG.integers(0, 2, 4000), RNG.integers(0, 2, 4000)
    share = np.where(one == two, 0.9, 0.1) + 0.08 * one - 0.04
    outcome = (RNG.random(4000) < share).astype(np.int64)
    forest = learned(np.vstack([one, two]), outcome)
    leaves = [n for n in forest.nodes if n.splits < 0]
    assert len(leaves) == 4


def test_contexts_of_fewer_than_k_children_are_not_kept() -> None:
    value = np.array([0] * 200 + [1] * 200 + [2] * 9)
    outcome = np.array([0] * 200 + [1] * 209)
    forest = learned(np.vstack([value, np.zeros(409, dtype=int)]), outcome)
    assert {node.value for node in forest.nodes[1:]} == {0, 1}
    assert all(node.children >= 10 for node in forest.nodes)


def test_outcomes_of_fewer_than_k_children_never_appear() -> None:
    outcome = np.array([0] * 300 + [1] * 9 + [2] * 50)
    forest = learned(np.zeros((2, 359)), outcome)
    assert set(forest.nodes[0].shares) == {0, 2}
    drawn = Outcomes.of(forest).draw(np.zeros(5000, dtype=np.int64), RNG.random(5000))
    assert set(drawn.tolist()) == {0, 2}
    assert (drawn == 0).mean() == pytest.approx(300 / 350, abs=0.02)


def test_what_is_too_rare_in_a_context_is_as_in_the_one_above() -> None:
    """By hand: above 0: 50%, 1: 25%, 2: 25%. In the context 0 is kept with 80%; 20% are left for 1 and 2, half each.
    With 98 children the context weighs 98 / (98 + 2)."""
    forest = Forest((3, 3))
    root = forest.root()
    forest.nodes[root].shares = {0: 0.5, 1: 0.25, 2: 0.25}
    forest.nodes[root].splits = 0
    node = type(forest.nodes[0])(root, 0, 1, children=98, shares={0: 0.8})
    forest.nodes.append(node)
    outcomes = Outcomes.of(forest)
    drawn = outcomes.draw(np.ones(200_000, dtype=np.int64), RNG.random(200_000))
    expected = [0.98 * 0.8 + 0.02 * 0.5, 0.98 * 0.1 + 0.02 * 0.25, 0.98 * 0.1 + 0.02 * 0.25]
    np.testing.assert_allclose(np.bincount(drawn) / 200_000, expected, atol=0.004)


def test_nobody_stays_where_nobody_stayed() -> None:
    """Where no child stayed, staying is not taken over from the context above."""
    assert [group_of(outcome) for outcome in (0, 1, 2, 3, 4)] == [0, 1, 2, 1, 2]
    forest = Forest((3, 3))
    root = forest.root()
    forest.nodes[root].shares = {0: 0.5, 1: 0.25, 3: 0.25}
    node = type(forest.nodes[0])(root, 0, 1, children=10**6, shares={}, groups={0: 0.0, 1: 1.0, 2: 0.0})
    forest.nodes.append(node)
    drawn = Outcomes.of(forest, frozenset([0])).draw(np.ones(2000, dtype=np.int64), RNG.random(2000))
    assert set(drawn.tolist()) == {1, 3}


def test_a_walk_stops_where_a_value_is_not_known() -> None:
    value = np.array([0] * 200 + [1] * 200)
    forest = learned(np.vstack([value, value * 0]), value)
    leaves = forest.tables().leaf(np.zeros(3, dtype=np.int64), np.array([[0, 1, 2], [0, 0, 0]], dtype=np.int16))
    assert [forest.nodes[at].value for at in leaves] == [0, 1, -1]
