"""Attributes learnt from a drawn table, and the choice between ways: what needs no SDV (tests/sdv has the rest)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from flowmap.cli import main
from flowmap.eventlog import EventLog, OptionError
from synthetic.fidelity import together
from synthetic.model import FitOptions, Model, choice, copula, fit, sample, tabular
from synthetic.model.features import age_class
from synthetic.model.intervals import Intervals
from synthetic.model.options import ATTRIBUTES
from synthetic.reference.pathways import EXITS
from tests.synthetic.model.logs import log_of

Ints = tabular.Ints
BOTH = np.array([True, True])


class Independent:
    """A poor synthesizer: each column for itself."""

    def __init__(self, real: Ints, ordered: Sequence[bool] = ()) -> None:
        self.real, self.rng = real, np.random.default_rng(1)

    def draw(self, rows: int) -> Ints:
        return np.array([self.rng.choice(column, rows) for column in self.real])


class Perfect(Independent):
    """One that draws whole rows of the truth."""

    def draw(self, rows: int) -> Ints:
        return self.real[:, self.rng.integers(0, self.real.shape[1], rows)]


@pytest.fixture
def drawn_perfectly(monkeypatch: pytest.MonkeyPatch) -> None:
    """SDV is taken to be there, and to be perfect."""
    monkeypatch.setattr(sys.modules["synthetic.model.options"], "need_sdv", lambda: None)
    monkeypatch.setattr(sys.modules["synthetic.model.fit"], "GaussianCopula", Perfect)


def test_a_pair_that_k_would_have_by_chance_and_fewer_have_never_goes_together() -> None:
    """100 girls, half of them pregnant, and 100 boys: by chance 25 boys would be, none is."""
    real = np.array([[0] * 100 + [1] * 100, [0, 1] * 50 + [0] * 100])
    never = tabular.never_together(real, BOTH, np.arange(200), k=10)
    assert list(never) == [(0, 1)]
    assert never[0, 1].tolist() == [[False, False], [False, True]]


def test_a_pair_that_would_be_rare_by_chance_is_not_forbidden() -> None:
    """8 of 200 girls and boys have a rare value, all of them girls: by chance 4 boys would, fewer than k."""
    real = np.array([[0] * 100 + [1] * 100, [1] * 8 + [0] * 192])
    assert tabular.never_together(real, BOTH, np.arange(200), k=5) == {}


def test_one_child_with_many_journeys_makes_no_pair_possible() -> None:
    real = np.array([[0] * 100 + [1] * 100, [0, 1] * 50 + [0] * 80 + [1] * 20])
    child = np.array([*range(180), *[180] * 20])
    assert tabular.never_together(real, BOTH, child, k=10)[0, 1].tolist() == [[False, False], [False, True]]


def test_pairs_of_what_is_only_given_are_not_looked_at() -> None:
    real = np.array([[0] * 100 + [1] * 100, [0, 1] * 50 + [0] * 100])
    assert tabular.never_together(real, np.array([False, False]), np.arange(200), k=10) == {}


def test_raking_gives_the_real_shares() -> None:
    """Three rows of 0 and one of 1, where half should be 1: a sixth each, and a half."""
    weight = tabular.raked(np.array([[0, 0, 0, 1]]), np.array([[0, 1]]))
    assert weight == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_a_drawn_table_holds_no_pair_that_never_goes_together_and_has_the_real_shares() -> None:
    real = np.array([[0] * 1000 + [1] * 1000, [0, 1] * 500 + [0] * 1000])
    poor = Independent(real)
    assert (poor.draw(2000) == 1).all(axis=0).sum() > 200  # left alone it draws boys who are pregnant
    made = tabular.synthesized(real, BOTH, poor, np.arange(2000), k=10)
    assert made is not None
    assert made.shape == (2, 2000)
    assert not (made == 1).all(axis=0).any()
    assert made.mean(axis=1) == pytest.approx([0.5, 0.25], abs=0.002)


def test_where_hardly_any_drawn_row_can_be_there_is_no_table() -> None:
    """Twelve values that are the same in all columns: of independent draws, one in 12 of two columns can be, which is
    enough after some tables, and one in 1,728 of four."""
    for columns, enough in ((2, True), (4, False)):
        real = np.array([np.arange(2400) % 12] * columns)
        made = tabular.synthesized(real, np.ones(columns, dtype=bool), Independent(real), np.arange(2400), 10)
        assert (made is not None) == enough


def test_drawn_ages_have_the_classes_that_the_sampler_will_give_them() -> None:
    """Bins of 100 days from before birth to 18 years; the middle of a bin stands for it."""
    low = np.arange(-300, 6600, 100)
    ages = Intervals(low, low + 99, np.full(len(low), 1 / len(low)))
    names = [*tabular.BASE, "child:sex"]
    rng = np.random.default_rng(3)
    code = rng.integers(0, len(low) + 1, 500)
    sex = rng.integers(1, 3, 500)
    features = np.zeros((len(names), 500), dtype=np.int16)
    features[names.index("child:sex")] = sex
    facts = tabular.Facts(names, features, np.arange(500), ages, [])
    rows = np.arange(500)
    about = [names.index(n) for n in ("station", "age", "age group")]
    lessons = [tabular.Lesson("age", rows, code, about[:1]), tabular.Lesson("child:sex", rows, sex, about)]
    age, attribute = tabular.drawn(lessons, facts, Perfect, k=10)
    days = (low + 49)[age.outcome - 1]
    assert np.array_equal(attribute.features[names.index("age")], age_class(days, age.outcome > 0))
    assert np.array_equal(
        attribute.features[names.index("age group")], age_class(days, age.outcome > 0, tabular.FEW_AGES)
    )
    assert np.array_equal(attribute.features[names.index("child:sex")], attribute.outcome)


@pytest.mark.usefixtures("drawn_perfectly")
def test_what_is_learnt_from_a_perfect_table_is_as_near_as_the_chain(small_authority: EventLog) -> None:
    options = FitOptions(exits=frozenset(EXITS), find_periods=False)
    far = {}
    for way in ("chain", "gaussian-copula"):
        model = fit(small_authority, replace(options, attributes=way))
        made = sample(Model.from_json(model.to_json()), 3000, seed=1)
        far[way] = choice.pair_distance(*together(small_authority, made))
        assert {"child:ethnicity", "journey:source", "journey:need", "rest:need"} <= set(model.trees)
    assert far["gaussian-copula"] < far["chain"] + 0.01


def mixed_up(log: EventLog) -> EventLog:
    """Each attribute dealt anew to other children: their pairs are lost."""
    rng = np.random.default_rng(5)
    children = {key: a.take(rng.permutation(len(log.child_ids))) for key, a in log.children.items()}
    return replace(log, children=children)


@pytest.mark.parametrize("worse", ["chain", "gaussian-copula"])
def test_the_way_that_comes_nearer_to_unseen_children_is_taken(worse: str) -> None:
    """Two attributes that are always the same; one way of learning mixes them up."""
    colour = np.random.default_rng(2).choice(["red", "green", "blue"], 1000)
    log = log_of(1000, lambda _: [("in", 0), ("out", 3)], children={"one": colour, "two": colour})

    def learn(half: EventLog, options: FitOptions) -> Model:
        return fit(mixed_up(half) if options.attributes == worse else half, replace(options, attributes="chain"))

    best, why = choice.choose(log, FitOptions(), learn)
    assert best == next(way for way in choice.WAYS if way != worse)
    assert f"Attributes by {choice.WAYS[best]}" in why
    assert all(name in why for name in choice.WAYS.values())
    assert "chance alone" in why


@pytest.mark.parametrize(
    ("children", "attributes", "reason"),
    [(300, 2, "fewer than 400 children"), (500, 0, "no two whose pairs"), (500, 1, "no two whose pairs")],
)
def test_where_there_is_nothing_to_measure_it_is_the_chain(children: int, attributes: int, reason: str) -> None:
    columns = {f"a{n}": ["x", "y"] * (children // 2) for n in range(attributes)}
    log = log_of(children, lambda _: [("in", 0), ("out", 3)], children=columns)
    best, why = choice.choose(log, FitOptions(), lambda *_: pytest.fail("nothing should be fitted"))
    assert best == "chain"
    assert reason in why


def test_an_unknown_way_is_refused_with_those_there_are() -> None:
    with pytest.raises(OptionError, match="chain, gaussian-copula, measured"):
        FitOptions(attributes="guess").check()


@pytest.fixture
def without_sdv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copula.importlib.util, "find_spec", lambda _: None)


@pytest.mark.usefixtures("without_sdv")
@pytest.mark.parametrize("way", [way for way in ATTRIBUTES if way != "chain"])
def test_without_sdv_one_line_says_how_to_get_it_before_anything_is_read(way: str, tmp_path: Path) -> None:
    arguments = ["synth", "fit", str(tmp_path / "none.csv"), "-o", str(tmp_path / "m.json"), "--attributes", way]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert 'pip install "flowmap[sdv]"' in result.output


def test_a_folder_called_sdv_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sdv").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "sdv", raising=False)
    assert importlib.util.find_spec("sdv") is not None
    assert not copula.installed()


@pytest.mark.usefixtures("without_sdv")
def test_without_sdv_nobody_is_bothered(tmp_path: Path) -> None:
    lines = [f"{n},{station},2020-0{1 + n % 9}-1{day}" for n in range(90) for day, station in enumerate(("in", "out"))]
    (tmp_path / "log.csv").write_text("\n".join(["child,event,date", *lines]), encoding="utf-8")
    result = CliRunner().invoke(main, ["synth", "fit", str(tmp_path / "log.csv"), "-o", str(tmp_path / "model.json")])
    assert result.exit_code == 0, result.output
    assert "SDV" not in result.output
    assert Model.load(tmp_path / "model.json").notes == []


def test_the_command_offers_every_way() -> None:
    fitting = main.commands["synth"].commands["fit"]  # type: ignore[attr-defined]
    option = next(p for p in fitting.params if p.name == "attributes")
    assert tuple(option.type.choices) == ATTRIBUTES
