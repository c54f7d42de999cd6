"""flowmap synth fit, explain, sample: from a file to a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flowmap.cli import main
from flowmap.eventlog import EventLog
from synthetic.write import write


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["synth", *(str(a) for a in arguments)])


@pytest.fixture(scope="module")
def fitted(small_authority: EventLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synth")
    path = write(small_authority, folder, "csv", "real")
    result = run("fit", path, "-o", folder / "model.json")
    assert result.exit_code == 0, result.output
    assert "nothing in it is shared by fewer than 10 children" in result.output
    return folder / "model.json"


def test_a_model_is_explained(fitted: Path) -> None:
    result = run("explain", fitted)
    assert result.exit_code == 0
    assert "nfa (exit): back later, at contact" in result.output  # the exits are those of the built-in map


def test_a_model_is_sampled_to_a_file_and_the_same_again(fitted: Path, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        result = run("sample", fitted, "-n", 200, "--years", 2, "--seed", 7, "-o", tmp_path / name)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert len((tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()) > 400


def test_wrong_use_and_wrong_data_end_with_a_message(fitted: Path, tmp_path: Path) -> None:
    result = run("sample", fitted, "-n", 5, "-o", tmp_path / "log.txt")
    assert (result.exit_code, "neither .csv nor .xes" in result.output) == (2, True)
    (tmp_path / "no.json").write_text("[]", encoding="utf-8")
    result = run("explain", tmp_path / "no.json")
    assert (result.exit_code, "not a synthetic model" in result.output) == (1, True)
