"""What goes through the ledger adds up; the noise is what it is said to be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthetic.private.grids import NEVER, projected, threshold
from synthetic.private.ledger import Ledger
from tests.synthetic.private.noises import Recorded

CHILD = np.array([0, 0, 0, 1, 2, 2])
CELL = np.array([4, 4, 1, 4, 0, 4])


def test_what_is_spent_is_what_was_asked_for() -> None:
    ledger = Ledger(2.0, 1e-6, {"a": 3.0, "b": 1.0}, {"n": 1.0, "m": 1.0}, Recorded())
    ledger.count("a", CELL, CHILD, 5, 2)
    ledger.count("b", CELL, CHILD, 5, 1)
    for what in ("n", "m"):
        ledger.names(what, CELL, CHILD, list("vwxyz"), 1)
    written = ledger.close()
    assert [r["epsilon"] for r in written["releases"]] == pytest.approx([1.0, 1 / 3, 1 / 3, 1 / 3])
    assert [r["delta"] for r in written["releases"]] == [0, 0, 5e-7, 5e-7]
    assert [r["scale"] for r in written["releases"]] == pytest.approx([2.0, 3.0, 3.0, 3.0])
    assert (written["epsilon"], written["delta"], written["unit"]) == (2.0, 1e-6, "child")


def test_without_names_there_is_no_delta() -> None:
    ledger = Ledger(1.0, 1e-6, {"a": 1.0}, {}, Recorded())
    ledger.count("a", CELL, CHILD, 5, 2)
    assert ledger.close()["delta"] == 0


def test_nothing_is_released_twice_unplanned_or_not_at_all() -> None:
    ledger = Ledger(1.0, 1e-6, {"a": 1.0, "b": 1.0}, {}, Recorded())
    ledger.count("a", CELL, CHILD, 5, 2)
    for what in ("a", "c"):
        with pytest.raises(ValueError, match="not planned, or was released already"):
            ledger.count(what, CELL, CHILD, 5, 2)
    with pytest.raises(ValueError, match="planned but not released: b"):
        ledger.close()


def test_only_a_childs_first_rows_are_counted() -> None:
    ledger = Ledger(1.0, 1e-6, {"a": 1.0}, {}, Recorded())
    # Of child 0 the rows in cells 4 and 4, of child 1 that in 4, of child 2 those in 0 and 4.
    assert ledger.count("a", CELL, CHILD, 5, 2).tolist() == [1, 0, 0, 0, 4]


def test_a_child_has_a_name_once() -> None:
    noise = Recorded()
    ledger = Ledger(1.0, 1e-6, {}, {"n": 1.0}, noise)
    assert ledger.names("n", CELL, CHILD, list("vwxyz"), 2) == ["v", "w", "z"]
    assert noise.named == [({"z": 3, "w": 1, "v": 1}, 2)]


def test_opendps_noise_is_the_discrete_laplace_distribution_of_that_scale() -> None:
    pytest.importorskip("opendp")
    from synthetic.private.noise import Laplace

    drawn = Laplace().counts(np.full(20_000, 7), 3, 0.5) - 7
    law = stats.dlaplace(0.5 / 3)  # P(x) ∝ exp(−|x| ε / most)
    edges = np.arange(-30, 31, 5)
    share = np.diff(law.cdf(edges), prepend=0, append=1)
    share[-1] = 1 - law.cdf(edges[-1])
    seen = np.bincount(np.searchsorted(edges, drawn, side="left"), minlength=len(edges) + 1)
    assert stats.chisquare(seen, share * len(drawn) / share.sum()).pvalue > 1e-7


def test_a_name_of_one_child_gets_out_no_more_often_than_delta() -> None:
    """Counted, for OpenDP 0.16's own reckoning is one off (noise.py)."""
    pytest.importorskip("opendp")
    from synthetic.private.noise import Laplace

    many = 20_000
    found = Laplace().names({f"n{i}": 1 for i in range(many)} | {"common": 500}, 1, 0.5, 0.02)
    assert "common" in found
    passed = len(found) - 1
    assert passed / many < 0.02 + 6 * (0.02 / many) ** 0.5  # δ, and six standard errors
    assert passed > 0.01 * many  # else the threshold is higher than it need be


def test_without_opendp_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from flowmap.eventlog import OptionError
    from synthetic.private.noise import Laplace

    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(OptionError, match=r"needs the library OpenDP.*flowmap\[dp\]"):
        Laplace()


@pytest.mark.parametrize(("terms", "cells"), [(1, 100), (4, 1000), (2, 50)])
def test_an_empty_cell_hardly_ever_passes_for_a_full_one(terms: int, cells: int) -> None:
    """Tables of nothing but noise, drawn by SciPy."""
    rng = np.random.default_rng(3)
    rounds = 400
    noise = stats.dlaplace(0.1).rvs((rounds, cells, terms), random_state=rng).sum(axis=2)
    assert (noise >= threshold(10.0, cells, terms)).any(axis=1).mean() <= NEVER + 3 * (NEVER / rounds) ** 0.5


def test_counts_are_settled_to_the_nearest_that_add_up() -> None:
    """By hand: 5, 3, −2 to a sum of 6 is 4, 2, 0; and what has the right sum already stays."""
    found = projected(np.array([[5, 3, -2], [1, 2, 3], [1, -4, 1]]), np.array([6.0, 6.0, 0.0]))
    assert found.tolist() == [[4, 2, 0], [1, 2, 3], [0, 0, 0]]
