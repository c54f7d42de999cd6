"""Checks that run side by side: each says whole what it says, and one that fails stops no other."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
import side_by_side
from side_by_side import Result


@pytest.fixture(autouse=True)
def _any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "ROOT", tmp_path)


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_lanes_run_at_the_same_time_and_each_output_is_printed_whole(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Each waits for the file that the other writes: neither would end if they took turns.
    meet = "import pathlib, time\npathlib.Path('{0}').touch()\nprint('{0} says', flush=True)\n" \
        "while not pathlib.Path('{1}').exists(): time.sleep(.01)\nprint('this and that')"  # fmt: skip
    commands = {"one": script(meet.format("one", "two")), "two": script(meet.format("two", "one"))}
    results = side_by_side.lanes([["one"], ["two"]], commands, tmp_path / "logs")
    assert {(result.name, result.well) for result in results} == {("one", True), ("two", True)}
    printed = capfd.readouterr().out
    assert "one says\nthis and that\n" in printed
    assert "two says\nthis and that\n" in printed


def test_one_that_fails_stops_none_after_it_and_fails_the_whole(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {"bad": script("import sys; sys.exit('it went wrong')"), "good": script("print('well')")}
    results = side_by_side.lanes([["bad", "good"], []], commands, tmp_path)
    assert [(result.name, result.well) for result in results] == [("bad", False), ("good", True)]
    assert side_by_side.summary(results, ["good", "bad"]) == 1
    printed = capfd.readouterr().out
    assert "it went wrong" in printed
    table = printed.partition("Summary")[2].splitlines()[1:]
    assert [line.split()[:2] for line in table] == [["good", "passed"], ["bad", "FAILED"]]


def test_all_well_is_nought() -> None:
    assert side_by_side.summary([Result("lint", True, 1.0)], ["lint"]) == 0


def test_what_is_at_work_is_ended_when_the_person_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def press_ctrl_c(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(side_by_side.time, "sleep", press_ctrl_c)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        side_by_side.lanes([["long"]], {"long": script("import time; time.sleep(60)")}, tmp_path)
    assert time.monotonic() - started < 50
