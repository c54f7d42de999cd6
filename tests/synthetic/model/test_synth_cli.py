"""flowmap synth fit, explain, sample, report: from a file to a file, and what they say where that cannot be."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from flowmap import cli, sources, synth_cli, synth_report_cli
from flowmap.cli import main
from flowmap.eventlog import EventLog
from synthetic.model.days import day_of
from synthetic.write import write

INSPECTION = "2016-10-10:2016-11-18"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["synth", *(str(a) for a in arguments)])


@pytest.fixture(scope="module")
def real(small_authority: EventLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(small_authority, tmp_path_factory.mktemp("synth"), "csv", "real")


@pytest.fixture(scope="module")
def fitted(real: Path) -> Path:
    result = run("fit", real, "-o", real.with_name("model.json"))
    assert result.exit_code == 0, result.output
    assert "nothing in it is shared by fewer than 10 children" in result.output
    return real.with_name("model.json")


def test_a_model_is_explained(fitted: Path) -> None:
    result = run("explain", fitted)
    assert result.exit_code == 0
    assert "nfa (ends journeys): later again contact" in result.output  # the exits are those of the built-in map


def test_a_model_is_sampled_to_a_file_and_the_same_again(fitted: Path, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        result = run("sample", fitted, "-n", 200, "--years", 2, "--seed", 7, "-o", tmp_path / "new" / name)
        assert result.exit_code == 0, result.output
    one, two = (tmp_path / "new" / name for name in ("one.csv", "two.csv"))
    assert one.read_bytes() == two.read_bytes()
    assert len(one.read_text(encoding="utf-8").splitlines()) > 400


def test_a_model_is_sampled_to_a_councils_files_and_what_they_lack_is_said(fitted: Path, tmp_path: Path) -> None:
    result = run("sample", fitted, "-n", 300, "--as", "cin", "-o", tmp_path / "census")
    assert result.exit_code == 0, result.output
    assert "the format cin has no place for events at: contact (" in result.output
    assert {"referral", "assessment"} < set(sources.read(tmp_path / "census").stations)


def test_periods_and_exits_are_taken_as_given(real: Path, tmp_path: Path) -> None:
    done = run(
        "fit", real, "--period", f"{INSPECTION}:visit", "--no-periods", "--exit", "nfa", "-o", tmp_path / "m.json"
    )
    assert done.exit_code == 0, done.output
    model = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert [s["name"] for s in model["stations"] if s["exit"]] == ["nfa"]
    weeks = [(each["first"], each["last"]) for each in model["effects"]["pace"]]
    assert weeks
    # Whole weeks of the log around the days named, and no others.
    assert day_of("2016-10-10") - 7 < min(first for first, _ in weeks)
    assert max(last for _, last in weeks) < day_of("2016-11-18") + 7
    run("fit", real, "--no-periods", "-o", tmp_path / "none.json")
    assert json.loads((tmp_path / "none.json").read_text(encoding="utf-8"))["effects"] == {"pace": [], "periods": {}}


@pytest.mark.parametrize("weeks", ["-30", "random"])
def test_a_model_of_moved_dates_holds_no_true_one_and_its_report_needs_not_be_told(
    real: Path, small_authority: EventLog, fitted: Path, tmp_path: Path, weeks: str
) -> None:
    moved = tmp_path / "moved.json"
    done = run("fit", real, "--shift", weeks, "--period", INSPECTION, "-o", moved)
    assert done.exit_code == 0, done.output
    true = json.loads(fitted.read_text(encoding="utf-8"))
    text = moved.read_text(encoding="utf-8")
    model = json.loads(text)
    by = day_of(model["window"]["first"]) - day_of(true["window"]["first"])
    assert by and by % 7 == 0 and abs(by) <= 7 * 30  # noqa: PT018 - one number
    assert day_of(model["window"]["last"]) - day_of(true["window"]["last"]) == by
    assert true["window"]["first"] not in text
    assert true["window"]["last"] not in text
    days = [(each["first"], each["last"]) for each in model["effects"]["pace"]]
    assert any(first <= day_of("2016-10-24") + by <= last for first, last in days)
    assert any("moved by a number of whole weeks" in note for note in model["notes"])
    assert f"{abs(by) // 7} week" not in done.output + text
    made = tmp_path / "made.csv"
    run("sample", moved, "-n", len(small_authority.child_ids), "-o", made)
    done = run("report", real, made, "--model", moved, "--no-classifier", "-o", tmp_path / "report.json")
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    began = np.datetime64(int(small_authority.time.min()), "ms") + np.timedelta64(by, "D")
    assert report["real"]["first"] == str(began.astype("datetime64[M]"))
    assert any("no date in this report is a true one" in note for note in report["notes"])
    arrivals = next(y for y in report["fidelity"] if y["key"] == "arrivals")
    assert arrivals["value"] < 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sample", "MODEL", "-o", "log.csv"], "Say so with -n"),
        (["sample", "MODEL", "-n", "-4", "-o", "log.csv"], "There cannot be -4 children. Give a number from 1"),
        (["sample", "MODEL", "-n", "2000000", "-o", "log.csv"], "more than one log may have, 1,000,000. Draw several"),
        (["sample", "MODEL", "-n", "5", "-o", "log.txt"], "neither .csv nor .xes nor .parquet"),
        (["sample", "MODEL", "-n", "5", "--as", "cin", "-o", "log.csv"], "Name a folder"),
        (["sample", "MODEL", "-n", "5", "--as", "cin", "-o", "taken"], "is a file"),
        (["sample", "MODEL", "-n", "5", "-o", "taken/log.csv"], "cannot be written"),
        (["sample", "MODEL", "-n", "5", "--seed", "-1", "-o", "log.csv"], "--seed"),
        (["sample", "MODEL", "-n", "5", "--years", "nan", "-o", "log.csv"], "number of years"),
        (["fit", "REAL", "-o", "REAL"], "is what is read"),
        (["fit", "REAL", "-o", "m.json", "--period", "10/10/2016:18/11/2016"], "Write two dates, year first"),
        (["fit", "REAL", "-o", "m.json", "--period", "2016-10"], "is not a period"),
        (["fit", "REAL", "-o", "m.json", "--period", "2016-11-18:2016-10-10"], "Write the earlier date first"),
        (["fit", "REAL", "-o", "m.json", "--period", "2012-11-18:2016-10-10"], "log, which goes from 2014"),
        (["fit", "REAL", "-o", "m.json", "--exit", "tea"], "no exit called tea. Its events are: "),
        (["fit", "REAL", "-o", "m.json", "--exit", "nfa", "--map", "m"], "Give one of them"),
        (["fit", "REAL", "-o", "m.json", "--shift", "0"], "cannot be moved by '0' weeks"),
        (["report", "REAL", "REAL", "-o", "REAL"], "is what is read"),
        (["report", "REAL", "REAL", "-o", "r.html", "--period", "2012-11-18:2016-10-10"], "not within the log"),
        (["reference", "-o", "taken"], "is a file"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_what_to_do_and_writes_nothing(
    arguments: list[str], said: str, real: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("before", encoding="utf-8")
    before = real.read_bytes()
    result = run(*({"REAL": real, "MODEL": fitted}.get(each, each) for each in arguments))
    assert (result.exit_code, said in result.output) == (2, True), result.output
    assert "Traceback" not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert real.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "m.json: This is not a synthetic model. Make one with: flowmap synth fit"),
        ("child,event\n", "This is not a synthetic model"),
        ("\x00", "This is not a synthetic model"),
        ('{"format": "flowmap synthetic model", "version": 3}', "has version 3; this program reads version 4. Use"),
        ('{"format": "flowmap synthetic model", "version": 4}', "m.json: The model file is damaged"),
        ('{"format": "flowmap synthetic model", "version": 4, "features": []}', "The model file is damaged"),
        (None, "m.json: The model cannot be read: No such file or directory."),
    ],
)
def test_what_is_no_model_is_told_by_every_command_that_reads_one(
    content: str | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    for command in (["explain", path], ["sample", path, "-n", 5, "-o", tmp_path / "log.csv"]):
        result = run(*command)
        assert (result.exit_code, said in result.output) == (1, True), result.output
    assert not (tmp_path / "log.csv").exists()


def test_each_command_tells_its_progress_from_little_to_all(real: Path, fitted: Path, tmp_path: Path) -> None:
    shares: list[float] = []

    @contextlib.contextmanager
    def progress() -> Iterator[Callable[[str, float], None]]:
        yield lambda _stage, share: shares.append(share)

    group = click.Group()
    synth_cli.attach(group, cli.reading, progress)
    synth_report_cli.attach(group, progress)
    commands = (
        ["fit", real, "-o", tmp_path / "m.json"],
        ["explain", fitted],
        ["sample", fitted, "-n", 300, "-o", tmp_path / "log.csv"],
        ["sample", fitted, "-n", 300, "--as", "ssd", "-o", tmp_path / "files"],
        ["report", real, tmp_path / "log.csv", "--no-classifier", "-o", tmp_path / "r.html"],
    )
    for command in commands:
        shares.clear()
        result = CliRunner().invoke(group, [str(each) for each in command])
        assert result.exit_code == 0, result.output
        assert shares == sorted(shares), command
        assert shares[0] < 0.1
        assert shares[-1] == 1.0
