"""A private model is a model: it is read, explained, sampled from; and a log of it has nothing that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from flowmap.cli import main
from flowmap.eventlog import EventLog, SourceError
from synthetic.fidelity import Options
from synthetic.model import FitOptions, Model, Public, explain, fit, sample
from synthetic.private import fit_private
from synthetic.reference.pathways import EXITS, PLACES
from synthetic.report import build
from synthetic.report.modelfacts import read_model
from synthetic.report.sentences import safety
from synthetic.write import write
from tests.synthetic.model.logs import DAY, table
from tests.synthetic.private.conftest import WINDOW
from tests.synthetic.private.noises import Drawn


def moves(log: EventLog) -> set[tuple[str, str]]:
    found = table(log).dropna(subset=["to"])
    return set(zip(found["station"], found["to"], strict=True))


def silent(_stage: str, _share: float) -> None:
    """Nobody is told."""


def test_no_move_appears_that_no_child_made(authority: EventLog, private_model: Model) -> None:
    drawn = sample(private_model, 2000, seed=1)
    assert len(np.unique(drawn.child)) == 2000
    assert len(drawn) > 8000
    assert moves(drawn) <= moves(authority)


def test_noise_alone_has_no_moves(authority: EventLog) -> None:
    """Of three children nothing stands out, whatever the noise: a refusal, not a model of noise."""
    few = EventLog.from_columns(
        child=authority.child[authority.child < 3],
        station=authority.station[authority.child < 3],
        stations=authority.stations,
        time=authority.time[authority.child < 3],
    )
    for seed in range(10):
        with pytest.raises(SourceError, match="nothing stands out of the noise"):
            fit_private(few, FitOptions(epsilon=1.0, public=Public(WINDOW, PLACES)), silent, Drawn(seed))


def test_events_stay_in_the_window_and_after_birth_where_they_must(private_model: Model) -> None:
    drawn = sample(private_model, 2000, seed=2)
    first, last = (np.datetime64(day, "D").astype(int) for day in WINDOW)
    assert first * DAY <= drawn.time.min() <= drawn.time.max() < (last + 1) * DAY
    assert drawn.birth is not None
    born = {s.name for s in private_model.stations if not s.unborn}
    late = np.isin(np.array(drawn.stations)[drawn.station], list(born))
    assert (drawn.time[late] // DAY >= drawn.birth[drawn.child[late]] // DAY).all()


def test_the_file_says_what_was_spent(private_model: Model, tmp_path: Path) -> None:
    private_model.save(tmp_path / "model.json")
    stored = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))["privacy"]
    assert (stored["epsilon"], stored["unit"]) == (5.0, "child")
    assert sum(r["epsilon"] for r in stored["releases"]) == pytest.approx(5.0)
    assert sum(r["delta"] for r in stored["releases"]) == pytest.approx(stored["delta"]) == pytest.approx(1e-6)
    assert Model.load(tmp_path / "model.json").privacy == stored
    facts = read_model("model.json", (tmp_path / "model.json").read_bytes())
    assert (facts.epsilon, facts.delta, facts.small(10)) == (5.0, 1e-6, False)
    said = explain(private_model)
    assert "ε = 5, δ = 1e-06" in said
    assert "148.4 times" in said  # e^5
    assert "  ways: ε = " in said
    assert "fewer than 10 children had in common" not in said


def test_declared_moves_are_all_there_and_no_others(authority: EventLog) -> None:
    declared = frozenset({("contact", "nfa"), ("contact", "referral"), ("referral", "nfa"), ("nfa", "contact")})
    options = FitOptions(exits=frozenset(EXITS), epsilon=5.0, public=Public(WINDOW, PLACES, moves=declared))
    model = fit_private(authority, options, silent, Drawn(2))
    names = [s.name for s in model.stations]
    assert {(names[m.start], names[m.to]) for m in model.moves} == declared
    assert {(names[m.start], m.new) for m in model.moves} == {("contact", False), ("referral", False), ("nfa", True)}


def test_what_is_known_from_a_station_is_known_only_there(authority: EventLog) -> None:
    public = Public(WINDOW, PLACES, known_from={"need": "referral"})
    options = FitOptions(exits=frozenset(EXITS), epsilon=50.0, public=public)
    drawn = sample(fit_private(authority, options, silent, Drawn(4)), 3000, seed=1)
    assert drawn.case is not None
    for log in (authority, drawn):
        assert log.case is not None
        journey = log.child.astype(np.int64) * 1000 + log.case
        reached = np.isin(journey, journey[log.station == log.stations.index("referral")])
        known = log.attributes["need"].column >= 0
        assert known[reached].mean() > 0.9  # some needs are not known at all
        assert known[~reached].mean() < 0.05


def test_with_much_epsilon_it_is_near_the_truth(authority: EventLog) -> None:
    """Counted by pandas: where contacts lead, and how many come back, with noise that is next to nothing."""
    options = FitOptions(exits=frozenset(EXITS), epsilon=100.0, public=Public(WINDOW, PLACES))
    drawn = table(sample(fit_private(authority, options, silent, Drawn(3)), 4000, seed=1))
    real = table(authority)
    for station in ("contact", "referral", "assessment"):
        ways = [f[f["station"] == station]["to"].value_counts(normalize=True) for f in (real, drawn)]
        assert ways[0].sub(ways[1], fill_value=0).abs().sum() / 2 < 0.04
    waits = [f[(f["station"] == "assessment") & (f["to"] == "nfa")]["wait"].median() for f in (real, drawn)]
    assert waits[1] == pytest.approx(waits[0], rel=0.15)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["synth", *(str(a) for a in arguments)])


def test_from_a_file_to_a_private_model_to_a_log(authority: EventLog, tmp_path: Path) -> None:
    pytest.importorskip("opendp")
    path = write(authority, tmp_path, "csv", "real")
    public = tmp_path / "public.json"
    lists = {"stations": [*PLACES[:-1]], "exits": [*EXITS[:-1]]}
    (tmp_path / "lists.json").write_text(json.dumps(lists), encoding="utf-8")
    public.write_text(json.dumps({"values": {"sex": ["female", "male"]}}), encoding="utf-8")
    given = ("--map", "childrens-social-care", "--window", ":".join(WINDOW), "--public", public)
    result = run("fit", path, "-o", tmp_path / "model.json", "--epsilon", 5, *given)
    assert result.exit_code == 0, result.output
    assert "differentially private for each child, ε = 5" in result.output
    assert "not declared" not in result.output
    lost = int((authority.station == authority.stations.index(PLACES[-1])).sum())
    given_lists = ("--window", ":".join(WINDOW), "--public", tmp_path / "lists.json")
    result = run("fit", path, "-o", tmp_path / "other.json", "--epsilon", 5, *given_lists)
    assert f"{lost:,} events are not in it, for their stations are not declared: {PLACES[-1]}." in result.output
    assert "ways: ε = " in run("explain", tmp_path / "model.json").output
    result = run("sample", tmp_path / "model.json", "-n", 100, "-o", tmp_path / "log.csv")
    assert result.exit_code == 0, result.output


def test_two_private_models_of_one_log_differ(authority: EventLog) -> None:
    """The noise is the system's own: who knew it could take it away again."""
    pytest.importorskip("opendp")
    options = FitOptions(exits=frozenset(EXITS), epsilon=5.0, public=Public(WINDOW, PLACES))
    assert fit(authority, options).to_json() != fit(authority, options).to_json()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "the first and last day"),
        (["--window", "2014-01-01:2015-01-01", "--epsilon", "0"], "must be more than 0"),
        (["--window", "2014-01-01:2015-01-01", "--delta", "0.5"], "less than 0.001"),
        (["--window", "2014-01-01:2015-01-01", "--map", "prototype", "--public", "two.json"], "both name stations"),
        (["--window", "2014-01-01"], "the first and last day"),
        (["--window", "2014-01-01:later"], "not two dates"),
        (["--window", "2014-01-01:2015-01-01", "--public", "list.json"], "has other parts than it may: stops"),
        (["--window", "2014-01-01:2015-01-01", "--public", "moves.json"], "not a list of pairs"),
        (["--window", "2014-01-01:2015-01-01", "--public", "none.json"], "cannot be read"),
    ],
)
def test_what_is_declared_wrongly_is_said(given: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("case,event,time\n1,in,2014-02-01\n1,out,2014-02-03\n", encoding="utf-8")
    (tmp_path / "list.json").write_text('{"stops": []}', encoding="utf-8")
    (tmp_path / "two.json").write_text('{"stations": ["in"]}', encoding="utf-8")
    (tmp_path / "moves.json").write_text('{"moves": ["in", "out"]}', encoding="utf-8")
    given = [str(tmp_path / word) if word.endswith(".json") else word for word in given]
    result = run("fit", tmp_path / "log.csv", "-o", tmp_path / "m.json", "--epsilon", 1, *given)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_window_without_epsilon_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("case,event,time\n1,in,2014-02-01\n", encoding="utf-8")
    result = run("fit", tmp_path / "log.csv", "-o", tmp_path / "m.json", "--window", "2014-01-01:2015-01-01")
    assert result.exit_code == 2
    assert "go with --epsilon" in result.output


def test_the_report_says_the_guarantee_in_words(authority: EventLog, private_model: Model, tmp_path: Path) -> None:
    private_model.save(tmp_path / "model.json")
    content = (tmp_path / "model.json").read_bytes()
    drawn = sample(private_model, 1000, seed=3)
    report = build(authority, drawn, model=("model.json", content), options=Options(classifier=False))
    said = next(s.text for s in safety(report) if "differentially private" in s.text)
    assert "ε = 5, δ = 1e-06" in said
    assert "changed 148.4-fold at most" in said
