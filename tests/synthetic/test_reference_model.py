"""The reference authority as a model: written, read, looked at, changed, and sampled from like any other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from flowmap.cli import main
from flowmap.eventlog import EventLog
from synthetic.model import Model, explain, sample
from synthetic.model.opening import QUARTER
from synthetic.reference import model
from synthetic.reference.writing import curve

DAY = 86_400_000
OPENING = int(np.datetime64("2014-04-01", "ms").astype(np.int64))


@pytest.fixture(scope="module")
def authority() -> Model:
    return model()


def went(log: EventLog, station: str, to: str) -> tuple[int, int]:
    """(how many went there, how many left the station): the next event of the same journey, from the opening on (cases
    carried over are those still open, not all that were)."""
    order = np.lexsort((log.time, log.case, log.child))
    child, case, at = log.child[order], log.case[order], log.station[order]
    on = (child[1:] == child[:-1]) & (case[1:] == case[:-1]) & (at[:-1] == log.stations.index(station))
    on &= log.time[order][:-1] >= OPENING
    return int((at[1:][on] == log.stations.index(to)).sum()), int(on.sum())


@pytest.mark.parametrize(("children", "years"), [(1, None), (7, 1), (1500, None), (400, 6)], ids=str)
def test_a_sample_has_as_many_children_as_asked_for_and_begins_at_the_opening(
    authority: Model, children: int, years: float | None
) -> None:
    log = sample(authority, children, years, seed=3)
    assert len(log.child_ids) == len(np.unique(log.child)) == children
    assert log.time.min() >= OPENING - (QUARTER + 1) * DAY
    assert log.time.max() < OPENING + ((years or 4) * 365.25 + 1) * DAY
    assert log.case is not None
    for child in range(min(children, 50)):
        assert sorted(set(log.case[log.child == child].tolist())) == list(range(log.case[log.child == child].max() + 1))


def test_what_is_written_is_read_back_and_sampled_alike(authority: Model, tmp_path: Path) -> None:
    authority.save(tmp_path / "m.json")
    first, again = (sample(each, 300, seed=5) for each in (authority, Model.load(tmp_path / "m.json")))
    assert first.time.tolist() == again.time.tolist()
    assert first.station.tolist() == again.station.tolist()


def test_it_says_that_it_was_written_and_counts_nobody(authority: Model) -> None:
    said = explain(authority)
    assert "written from published statistics" in said.replace("\n", " ")
    assert "No child is behind this file" in said
    assert "children had in common" not in said
    assert (authority.children, authority.events, authority.k) == (0, 0, 0)


def test_a_share_changed_in_the_file_is_a_share_changed_in_the_sample(authority: Model) -> None:
    """Half of the conferences that led to a plan now lead nowhere."""
    data = json.loads(json.dumps(authority.to_json()))
    names = [station["name"] for station in data["stations"]]
    conference = data["choices"][data["trees"]["next:icpc"]]["shares"]
    plan, nfa = (str(1 + 2 * names.index(to)) for to in ("cp", "nfa"))
    conference[nfa] += conference[plan] / 2
    conference[plan] /= 2
    before, after = (went(sample(each, 6000, seed=2), "icpc", "cp") for each in (authority, Model.from_json(data)))
    assert before[0] / before[1] == pytest.approx(0.885, abs=0.05)
    assert after[0] / after[1] == pytest.approx(0.4425, abs=0.06)


def test_the_command_writes_the_model_and_others_read_it(tmp_path: Path) -> None:
    run = CliRunner()
    assert run.invoke(main, ["synth", "reference", "--as", "model", "-o", str(tmp_path)]).exit_code == 0
    path = str(tmp_path / "reference-authority.json")
    assert "published statistics" in run.invoke(main, ["synth", "explain", path]).output
    done = run.invoke(main, ["synth", "sample", path, "-n", "50", "-o", str(tmp_path / "log.csv")])
    assert "of 50 children who do not exist" in done.output


def test_without_an_inspection_no_week_is_unlike_others() -> None:
    plain = model(inspection=False)
    assert (plain.stretches, plain.periods, plain.pace) == ([], {}, [])


def test_a_curve_keeps_single_days_and_the_mean_of_what_lies_beyond() -> None:
    """Geometric days, whose mean is known."""
    days = np.floor(-40 * np.log(1 - (np.arange(20_000) + 0.5) / 20_000))
    found = curve(days)
    assert found.low[:15].tolist() == list(range(15))
    assert found.share[3] == pytest.approx(np.mean(days == 3), abs=1e-12)
    assert found.share.sum() == pytest.approx(1)
    mean = float((found.share * (found.low + found.high) / 2).sum())
    assert mean == pytest.approx(days.mean(), rel=0.01)
