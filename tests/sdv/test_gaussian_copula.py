"""SDV's Gaussian copula for attributes: run by the check `sdv`, in an environment of its own, with the older pandas."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from flowmap.cli import main
from flowmap.eventlog import EventLog
from synthetic.fidelity import together
from synthetic.model import FitOptions, Model, fit, sample, tabular
from synthetic.model.choice import WAYS, pair_distance
from synthetic.model.copula import GaussianCopula
from synthetic.reference.pathways import EXITS
from synthetic.write import write
from tests.synthetic.model.logs import DAY, log_of
from tests.truth import make

COPULA = FitOptions(attributes="gaussian-copula", exits=frozenset(EXITS), find_periods=False)


@pytest.fixture(scope="module")
def authority() -> EventLog:
    """About 1,600 children."""
    return make(referrals_a_year=500, seed=4)


@pytest.fixture(scope="module")
def model(authority: EventLog) -> Model:
    return fit(authority, COPULA)


def test_this_run_is_with_the_pandas_that_sdv_needs_and_without_torch() -> None:
    assert int(pd.__version__.split(".")[0]) < 3
    assert not any(importlib.util.find_spec(name) for name in ("torch", "ctgan", "deepecho"))


def correlated(count: int) -> np.ndarray:  # type: ignore[type-arg]
    """(2, count) codes 0 to 3: two normal scores with a correlation of 0.8, each cut at -1, 0 and 1."""
    score = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], count).T
    return np.digitize(score, [-1, 0, 1])


def test_columns_are_drawn_with_their_shares_together_and_the_same_again() -> None:
    """SDV places a code at random within its share, which weakens what goes together: 0.72 becomes 0.58."""
    real = np.array([*correlated(5000), np.random.default_rng(2).choice(3, 5000, p=[0.7, 0.2, 0.1])])
    draws = [GaussianCopula(real, [True, True, False]).draw(5000) for _ in range(2)]
    assert np.array_equal(draws[0], draws[1])
    together_real, together_drawn = (np.corrcoef(each[:2])[0, 1] for each in (real, draws[0]))
    assert 0.7 * together_real < together_drawn < together_real + 0.05
    for mine, theirs in zip(draws[0], real, strict=True):
        assert np.bincount(mine) / 5000 == pytest.approx(np.bincount(theirs) / 5000, abs=0.02)


def test_what_goes_together_in_the_log_does_so_in_the_sample() -> None:
    """Beside the same log with one attribute dealt anew, which keeps every share and no pair. (They are numbers: names
    have no order, and a copula finds little in them.)"""
    level, band = correlated(3000)
    log = log_of(3000, lambda _: [("in", 0), ("out", 3)], children={"level": level, "band": band})
    dealt = log.children["band"].take(np.random.default_rng(2).permutation(3000))
    mixed = replace(log, children={**log.children, "band": dealt})
    model = fit(log, replace(COPULA, exits=frozenset(["out"])))
    assert model.notes == ["Attributes by SDV's Gaussian copula."]
    ours, theirs = (pair_distance(*together(log, each)) for each in (sample(model, 3000, seed=1), mixed))
    assert ours < theirs / 2


def test_the_same_log_gives_the_same_model(authority: EventLog, model: Model) -> None:
    assert fit(authority, COPULA).to_json() == model.to_json()


def test_the_model_is_one_of_numbers_and_is_sampled_without_sdv(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.json")
    assert "sdv" not in json.dumps({**json.loads((tmp_path / "model.json").read_text()), "notes": []}).lower()
    code = (
        "import sys\n"
        "sys.modules['sdv'] = sys.modules['rdt'] = sys.modules['copulas'] = None\n"
        "from flowmap.cli import main\n"
        f"main(['synth', 'sample', r'{tmp_path / 'model.json'}', '-n', '50', '-o', r'{tmp_path / 'log.csv'}'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) > 50


def expecting(count: int) -> EventLog:
    """Half of the children are boys, none of whom expects a child; of girls of 14 or more, most do. Unborn children
    are at the clinic only."""
    rng = np.random.default_rng(6)
    girl = rng.random(count) < 0.5
    unborn = rng.random(count) < 0.2
    age = np.where(unborn, -rng.integers(1, 200, count), rng.integers(0, 18 * 365, count))
    expects = np.where(girl & (age > 14 * 365), rng.random(count) < 0.9, False)
    place = np.where(unborn, "clinic", "school")
    places = iter(place)
    log = log_of(
        count,
        lambda _: [(str(next(places)), 0), ("out", 3)],
        children={"sex": np.where(girl, "F", "M"), "expecting": np.where(expects, "yes", "no")},
    )
    began = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(began, log.child, log.time)
    return replace(log, birth=began - age * DAY)


def impossible(log: EventLog) -> tuple[float, float]:
    """Shares of children: boys who expect a child; unborn children who were first seen elsewhere than at the clinic."""
    values = {key: np.array([*a.values, "none"], dtype=object)[a.codes] for key, a in log.children.items()}
    began = np.full(len(log.child_ids), np.iinfo(np.int64).max)
    np.minimum.at(began, log.child, log.time)
    first = log.time == began[log.child]
    place = np.empty(len(log.child_ids), dtype=object)
    place[log.child[first]] = np.array(log.stations, dtype=object)[log.station[first]]
    unborn = np.asarray(log.birth) > began
    boys = (values["sex"] == "M") & (values["expecting"] == "yes")
    return float(boys.mean()), float((unborn & (place != "clinic")).mean())


def test_what_no_real_child_is_no_synthetic_child_is_but_by_the_mixing_of_contexts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One in ten children expects; every second would be a boy by chance. The control: with nothing forbidden, the
    copula alone makes many such children."""
    log = expecting(3000)
    assert impossible(log) == (0, 0)
    options = FitOptions(attributes="gaussian-copula", exits=frozenset(["out"]))
    boys, elsewhere = impossible(sample(fit(log, options), 20_000, seed=1))
    assert boys < 0.002
    assert elsewhere < 0.002
    monkeypatch.setattr(tabular, "never_together", lambda *_: {})
    boys, _ = impossible(sample(fit(log, options), 20_000, seed=1))
    assert boys > 0.01


def test_an_attribute_that_is_never_recorded_or_always_the_same_is_no_trouble() -> None:
    rng = np.random.default_rng(3)
    columns = {"same": ["x"] * 300, "none": [None] * 300, "one": rng.choice(["a", "b"], 300)}
    log = log_of(300, lambda _: [("in", 0), ("out", 3)], children=columns)
    made = sample(fit(log, COPULA), 200, seed=1)
    assert set(np.array([*made.children["same"].values, None])[made.children["same"].codes]) == {"x"}
    assert (made.children["none"].codes == -1).all()
    assert set(made.children["one"].values) == {"a", "b"}


def test_measured_says_both_figures_and_takes_the_smaller(authority: EventLog) -> None:
    said = fit(authority, replace(COPULA, attributes="measured")).notes[0]
    chain, copula, chance = (float(each) for each in re.findall(r"0\.\d{3}", said))
    best = "chain" if chain <= copula else "gaussian-copula"
    assert said.startswith(f"Attributes by {WAYS[best]}: ")
    assert max(chain, copula) < 3 * chance


def test_the_command_measures_where_sdv_is_installed(authority: EventLog, tmp_path: Path) -> None:
    path = write(authority, tmp_path, "csv", "real")
    result = CliRunner().invoke(main, ["synth", "fit", str(path), "-o", str(tmp_path / "model.json")])
    assert result.exit_code == 0, result.output
    assert "fitted on half of the children it came nearest" in result.output
    assert "fitted on half of the children it came nearest" in Model.load(tmp_path / "model.json").notes[0]
