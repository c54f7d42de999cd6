"""Checks one after the other in lanes, the lanes at the same time; what each prints is shown whole when it is done."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shell import ROOT, say

LOOK = 0.1  # seconds between looks at whether one has ended


@dataclass(frozen=True)
class Result:
    """How a check went."""

    name: str
    well: bool
    seconds: float


@dataclass
class _Running:
    """A check at work, which prints into a file."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)


def one(name: str, check: Callable[[], int]) -> Result:
    """Do a check in this process, printing as it goes."""
    started = time.monotonic()
    well = check() == 0
    return Result(name, well, time.monotonic() - started)


def lanes(wanted: Sequence[Sequence[str]], commands: Mapping[str, Sequence[str | Path]], folder: Path) -> list[Result]:
    """Run the checks of each lane in turn, all lanes at once. What one prints is in `folder`/NAME.log meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [list(lane) for lane in wanted]
    running: list[_Running | None] = [None] * len(waiting)
    results = []
    try:
        while any(waiting) or any(running):
            for number, at_work in enumerate(running):
                if at_work is None and waiting[number]:
                    running[number] = _start(waiting[number].pop(0), commands, folder)
                elif at_work is not None and at_work.process.poll() is not None:
                    results.append(_finish(at_work))
                    running[number] = None
            time.sleep(LOOK)
    finally:
        for at_work in running:
            if at_work is not None:
                at_work.process.terminate()
                at_work.process.wait()
    return results


def _start(name: str, commands: Mapping[str, Sequence[str | Path]], folder: Path) -> _Running:
    log = folder / f"{name}.log"
    say(f"{name} begins (what it says: {log.relative_to(ROOT)}, and here when it is done)")
    with log.open("wb") as file:
        process = subprocess.Popen([str(word) for word in commands[name]], cwd=ROOT, stdout=file, stderr=file)
    return _Running(name, log, process)


def _finish(at_work: _Running) -> Result:
    result = Result(at_work.name, at_work.process.returncode == 0, time.monotonic() - at_work.started)
    print(at_work.log.read_text(encoding="utf-8", errors="replace"), flush=True)
    return result


def summary(results: Sequence[Result], order: Sequence[str]) -> int:
    """Print a table of how each went, in that order. 0 if all went well."""
    say("Summary (checks ran side by side: their seconds add up to more than the whole)")
    for result in sorted(results, key=lambda each: order.index(each.name)):
        print(f"   {result.name:9} {'passed' if result.well else 'FAILED'}  {result.seconds:6.1f} s")
    return 0 if all(result.well for result in results) else 1
