"""The project's tasks: `python3 tools/task.py demo`, `test`, `build`, … (Windows: `py tools\\task.py demo`).

Needs Python 3.11 and a network, nothing else: what is missing is installed into `.venv` and `node_modules`. The
Makefile only passes on to here, so that every system has the same tasks. `task.py` alone lists them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be told, not shown a traceback
    for newer in ("python3.13", "python3.12", "python3.11", "python3.14"):
        if shutil.which(newer):
            sys.exit(subprocess.call([newer, *sys.argv]))
    sys.exit(f"flowmap needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

import browser
import checks
import node_env
import python_env
from shell import ROOT, Stop, must, run, say


def demo(arguments: list[str]) -> int:
    """install and serve the demo (further words go to `flowmap demo`)"""
    python = python_env.install("run")
    node_env.build()
    say("Starting the demo; Ctrl+C ends it")
    return _serve([python, "-m", "flowmap", "demo", *arguments])


def _serve(command: list[str | Path]) -> int:
    try:
        return run(command)
    except KeyboardInterrupt:
        return 0


def test(arguments: list[str]) -> int:
    """install everything and check everything, or only the checks named"""
    unknown = [name for name in arguments if name not in checks.CHECKS]
    if unknown:
        raise Stop(f"There is no check named {', '.join(unknown)}. There are: {', '.join(checks.CHECKS)}.")
    return checks.perform(arguments or list(checks.CHECKS))


def install(arguments: list[str]) -> int:
    """install what development needs, and build the front end"""
    del arguments
    python_env.install("dev")
    node_env.packages(checks=True)
    node_env.build()
    return 0


def build(arguments: list[str]) -> int:
    """bundle the front end into static/dist"""
    del arguments
    node_env.build()
    return 0


def wheel(arguments: list[str]) -> int:
    """build the wheel into dist/"""
    del arguments
    python = python_env.install("dev")
    node_env.build()
    must([python, "-m", "hatchling", "build", "--target", "wheel"], "The wheel could not be built.")
    return 0


def tidy(arguments: list[str]) -> int:
    """put Python code into the agreed form (ruff format, and what ruff can mend)"""
    python_env.install("dev")
    ruff, what = python_env.program("ruff"), arguments or ["."]
    return run([ruff, "check", "--fix", *what]) or run([ruff, "format", *what])


def bench(arguments: list[str]) -> int:
    """run the benchmarks (minutes)"""
    python = python_env.install("dev")
    node_env.build()
    program = browser.provide(python)
    env = {browser.VARIABLE: program} if program else {}
    return run([python, "-m", "pytest", "tests/bench", "-s", *arguments], env=env)


def picture(arguments: list[str]) -> int:
    """make docs/picture.png anew from the running demo"""
    python = python_env.install("dev")
    node_env.build()
    program = browser.provide(python)
    env = {browser.VARIABLE: program} if program else {}
    return run([python, "tools/picture.py", *arguments], env=env)


def lock(arguments: list[str]) -> int:
    """resolve the locks anew (requirements/*.txt from pyproject.toml, package-lock.json from package.json)"""
    del arguments
    python_env.lock()
    node_env.lock()
    return 0


def clean(arguments: list[str]) -> int:
    """remove everything installed and built"""
    del arguments
    for name in (".venv", ".venv-sdv", "node_modules", "static/dist", "dist", "tests/artefacts"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


TASKS: dict[str, Callable[[list[str]], int]] = {
    each.__name__: each for each in (demo, test, install, build, wheel, tidy, bench, picture, lock, clean)
}


def main(words: list[str]) -> int:
    if not words or words[0] not in TASKS:
        print("python3 tools/task.py TASK [OPTION...]\n")
        for name, task in TASKS.items():
            print(f"  {name:9}{task.__doc__}")
        print(f"\nchecks of `test`: {', '.join(checks.CHECKS)}")
        return 2 if words and words[0] not in ("-h", "--help") else 0
    started = time.monotonic()
    try:
        code = TASKS[words[0]](words[1:])
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if words[0] != "demo":
        say(f"{words[0]}: {'done' if code == 0 else 'FAILED'} after {time.monotonic() - started:.0f} s")
    return code


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
