"""Another Python is asked over nameless tables, its silence is told, and the intervals of Anonymeter decide."""

import os
import sys
from dataclasses import replace

import pyarrow as pa
import pytest
from click.testing import CliRunner

from flowmap.cli import main
from flowmap.eventlog import EventLog, OptionError
from synthetic.fidelity import Options, together
from synthetic.outside import Tools, ask, find, python
from synthetic.outside.attacks import attack
from synthetic.outside.tables import tables
from synthetic.privacy.control import noisy_copy
from synthetic.privacy.finding import NEEDS_HOLDOUT
from synthetic.report import build, render
from synthetic.report.sentences import safety
from tests.truth import make

HERE = Tools(sys.executable, {"anonymeter": "1.1.0"})
OTHER = os.environ.get("FLOWMAP_TOOLS", "")  # a Python with Anonymeter and SDMetrics


@pytest.fixture(scope="module")
def truths() -> list[EventLog]:
    """Three samples of about 1,000 children."""
    return [make(330, 4, seed=s) for s in (1, 2, 3)]


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Puts a script in the place of each of ours."""

    def put(text: str) -> None:
        for name in ("anonymeter_attacks.py", "sdmetrics_scores.py"):
            (tmp_path / name).write_text("import json, os, sys, pathlib\nfolder = pathlib.Path(sys.argv[1])\n" + text)
        monkeypatch.setattr(python, "SCRIPTS", tmp_path)

    return put


def answering(rows: object) -> str:
    """A script that answers so."""
    return f"(folder / 'answer.json').write_text(json.dumps({rows!r}))\n"


def row(log: str, attack: str, rate: float, error: float, secret: str = "") -> dict[str, object]:
    """An attack that finds 20% among strangers."""
    risk = (rate - 0.2) / 0.8
    return {"log": log, "attack": attack, "secret": secret, "rate": rate, "strangers": 0.2, "error": error,
            "risk": max(risk, 0), "low": max(risk - error, 0), "high": risk + error}  # fmt: skip


def test_a_python_that_is_none_is_told_with_how_to_make_one(tmp_path):
    text = tmp_path / "text"
    text.write_text("no program")
    for none in (tmp_path / "missing", text):
        with pytest.raises(OptionError, match="cannot be started") as told:
            find(str(none))
        assert "pip install anonymeter==1.1.0 sdmetrics==0.32.0" in str(told.value)


def test_a_python_without_the_tools_is_told(monkeypatch):
    monkeypatch.setattr(python, "LOOK", 'print(\'{"anonymeter": null, "sdmetrics": null}\')')
    with pytest.raises(OptionError, match="has neither of anonymeter and sdmetrics"):
        find(sys.executable)


def test_something_that_is_no_python_is_told(monkeypatch):
    monkeypatch.setattr(python, "LOOK", "print('hello')")
    with pytest.raises(OptionError, match="is not a Python that works"):
        find(sys.executable)


def test_the_command_tells_it_before_it_reads_anything(tmp_path):
    found = CliRunner().invoke(
        main, ["synth", "report", "none.csv", "none.csv", "-o", str(tmp_path / "r.html"), "--tools", "no-such-python"]
    )
    assert found.exit_code == 2
    assert "no-such-python cannot be started" in found.output


def test_tables_are_handed_over_in_a_private_folder_that_is_removed(truths, script):
    script(
        "found = {'folder': str(folder), 'mode': oct(folder.stat().st_mode & 0o777),"
        " 'text': ''.join(p.read_text() for p in sorted(folder.iterdir()))}\n"
        "(folder / 'answer.json').write_text(json.dumps(found))\n"
    )
    said = HERE.ask("anonymeter_attacks.py", tables(*together(truths[0])), ["real"], {})
    assert not os.path.exists(said["folder"])  # noqa: PTH110
    if os.name == "posix":
        assert said["mode"] == "0o700"
    names = {str(i) for i in truths[0].child_ids.to_pylist()} | set(truths[0].stations)
    names |= {v for a in (*truths[0].children.values(), *truths[0].attributes.values()) for v in a.values}
    assert not names & set(said["text"].replace(",", "\n").split("\n"))


@pytest.mark.parametrize(
    ("text", "seconds", "said"),
    [
        ("raise ValueError('too few rows')", 60, "It broke off: ValueError: too few rows."),
        ("import time; time.sleep(60)", 1, "It was stopped after"),
        ("", 60, "It gave no answer."),
    ],
)
def test_a_tool_that_gives_no_answer_is_not_measured_and_says_why(truths, script, monkeypatch, text, seconds, said):
    script(text)
    monkeypatch.setattr(python, "TO_WORK", seconds)
    found = attack(HERE, tables(*together(*truths, noisy_copy(truths[0]))), 0)
    assert {f.verdict for f in found} == {"not measured"}
    assert all(said in f.why for f in found)


def test_an_interval_without_0_is_a_failure_and_one_with_0_is_none(truths, script):
    # 30% against 20% is a risk of (0.3 - 0.2) / 0.8 = 0.125: with 0.12 to either side above 0, with 0.13 not.
    script(answering([row("synthetic", "linkability", 0.3, 0.12), row("copy", "linkability", 0.9, 0.1),
                      row("synthetic", "facts together", 0.3, 0.13), row("copy", "facts together", 0.9, 0.1),
                      row("synthetic", "one fact", 0.2, 0.1), row("copy", "one fact", 0.21, 0.1)]))  # fmt: skip
    found = {f.key: f for f in attack(HERE, tables(*together(*truths, truths[0])), 0)}
    assert found["linkability"].verdict == "failed"
    assert found["linkability"].limit == pytest.approx(0.2 + 0.12 * 0.8)
    assert found["linkability"].risk == pytest.approx((0.125, 0.005, 0.245))
    assert found["singling_out"].verdict == "passed"
    assert found["singling_out_one"].verdict == "blind"
    assert found["inference"].verdict == "not measured"


def test_of_many_secrets_the_one_most_at_risk_counts(truths, script):
    rows = [row("synthetic", "inference", 0.3, 0.2, "c0"), row("copy", "inference", 0.9, 0.1, "c0"),
            row("synthetic", "inference", 0.3, 0.1, "c1"), row("copy", "inference", 0.9, 0.1, "c1"),
            row("synthetic", "inference", 0.2, 0.1, "c2"), row("copy", "inference", 0.2, 0.1, "c2")]  # fmt: skip
    script(answering(rows))
    found = attack(HERE, tables(*together(*truths, truths[0])), 0)[-1]
    assert found.verdict == "failed"
    assert "Of 2 facts, the one most at risk is “Ethnicity”" in found.meaning


def test_without_a_hold_out_it_is_said_what_is_missing(truths):
    found = ask(HERE, truths[0], truths[1])
    assert [f.why for f in found.findings] == [NEEDS_HOLDOUT] * 4
    assert found.notes == ("The Python that was given has no SDMetrics.",)


def test_scores_of_sdmetrics_are_shown_and_decide_nothing(truths, script):
    quality = {"Column Shapes": 0.9, "Column Pair Trends": 0.8}
    floor = {"Column Shapes": 0.95, "Column Pair Trends": None}
    privacy = {"synthetic": {"NewRowSynthesis": 0.01}, "copy": {"NewRowSynthesis": 0.02}}
    script(answering({"quality": {"real synthetic": quality, "real holdout": floor}, "privacy": privacy}))
    tools = Tools(sys.executable, {"sdmetrics": "0.32.0"})
    made = replace(truths[1], child_ids=pa.array([f"made-{i}" for i in range(len(truths[1].child_ids))]))
    report = build(truths[0], made, truths[2], Options(classifier=False), tools=tools)
    shapes, pairs = report.yardsticks[-2:]
    assert shapes.value == pytest.approx(0.1)
    assert shapes.floor == pytest.approx(0.05, rel=0.1)  # brought to the size of the logs compared
    assert pairs.times_floor is None
    assert safety(report)[0].tone == "good"
    assert "Shown, not deciding: SDMetrics' NewRowSynthesis." in safety(report)[-1].text
    page = render(report)
    assert "These scores of SDMetrics decide nothing" in page
    assert "The Python that was given has no Anonymeter." in page


@pytest.mark.skipif(not OTHER, reason="FLOWMAP_TOOLS names no Python with Anonymeter and SDMetrics")
@pytest.mark.timeout(900)
def test_anonymeter_finds_copies_and_nothing_in_an_independent_sample(truths):
    real, other, holdout = truths
    tools = find(OTHER)
    safe = ask(tools, real, other, holdout)
    assert {f.verdict for f in safe.findings} == {"passed"}
    assert all(y.times_floor < 2 for y in safe.yardsticks)
    assert len(safe.scores) == 4
    copies = ask(tools, real, noisy_copy(real, seed=9), holdout)
    assert {f.verdict for f in copies.findings} == {"failed"}
