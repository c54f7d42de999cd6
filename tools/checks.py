"""What `task.py test` checks, one entry each; side_by_side.py runs several at once.

`checks.py NAME` does that one check and no more: what it needs must have been installed.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import browser
import node_env
import postgres
import python_env
import side_by_side
from python_env import program
from shell import ROOT, Stop, run, say

ARTEFACTS = ROOT / "tests" / "artefacts"
USE_PANDAS = ["tests/casework", "tests/export", "tests/linkage", "tests/sources", "tests/test_eventlog.py"]
# Random damage to files takes long and is not about pandas: the check `python` has it.
USE_PANDAS += ["--ignore=tests/sources/test_fuzz.py"]
LIMIT = 1500  # seconds for one check: several times what the slowest takes on two cores
# One process for each core. A process whose tests are done takes some of another's, so that all end together; tests of
# one file mostly stay together, and with them what they share. More than four only wait for disk and memory.
ON_ALL_CORES = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]


def lint() -> int:
    """ruff: style, likely bugs, and layout of the Python code"""
    # No cache: what it remembers of one file may hang on another that has come since (is an import our own?).
    return run([program("ruff"), "check", "--no-cache", "."]) + run([program("ruff"), "format", "--check", "."])


def types() -> int:
    """mypy"""
    packages = [name for name in ("flowmap", "synthetic") if (ROOT / name / "__init__.py").is_file()]
    return run([program("mypy"), *packages, "tools"])


def layers() -> int:
    """import-linter: who may know whom"""
    # "cache" off: the import graph is small, and a stale one misleads.
    return run([program("lint-imports"), "--no-cache"])


def build() -> int:
    """esbuild: the front end can be built, for the checks below"""
    node_env.build()
    return 0


def python() -> int:
    """the Python tests"""
    postgres.provide()
    return _pytest("python", ["tests", *ON_ALL_CORES])


def sdv() -> int:
    """the tests that need SDV, and those of all that uses pandas with the older pandas that SDV wants"""
    return _pytest("sdv", ["tests/sdv", *USE_PANDAS], python=python_env.apart("sdv"))


def js_types() -> int:
    """tsc: the JSDoc types of the front end"""
    return run([*node_env.tool("typescript/bin/tsc"), "--project", "tsconfig.json"])


def js_lint() -> int:
    """eslint: likely bugs in the front end"""
    options = ["--max-warnings=0", "--no-error-on-unmatched-pattern"]
    return run([*node_env.tool("eslint/bin/eslint.js"), *options, "static/js", "tests/js", "tools"])


def js() -> int:
    """the JavaScript tests, under Node's own runner"""
    tests = sorted((ROOT / "tests" / "js").glob("*.test.js"))
    if not tests:
        say("There are no tests in tests/js: nothing was tested, which is no pass")
        return 1
    program, _ = node_env.node()
    return run([program, "--test", "--test-reporter=spec", *tests], limit=LIMIT)


def browsers() -> int:
    """the tests that drive a real browser"""
    path = browser.provide(python_env.PYTHON)
    return _pytest("browser", ["tests/browser", *ON_ALL_CORES], {browser.VARIABLE: path} if path else {})


CHECKS: dict[str, Callable[[], int]] = {
    "lint": lint,
    "types": types,
    "layers": layers,
    "build": build,
    "python": python,
    "sdv": sdv,
    "js-types": js_types,
    "js-lint": js_lint,
    "js": js,
    "browser": browsers,
}
NEED_FRONT_END_PACKAGES = {"js-types", "js-lint", "js", "browser"}
NEED_BUILT_FRONT_END = {"python", "browser"}
USE_ALL_CORES = {"python", "browser"}


def perform(names: list[str]) -> int:
    """Install what `names` need, do them all, and say at the end how each went. 0 if all went well."""
    python_env.install("dev")
    if NEED_FRONT_END_PACKAGES.intersection(names):
        node_env.packages(checks=True)
    results = []
    if NEED_BUILT_FRONT_END.intersection(names):
        names = ["build", *(name for name in names if name != "build")]
    if "build" in names:
        results.append(side_by_side.one("build", lambda: alone("build")))
        names.remove("build")
    if len(names) == 1:
        results.append(side_by_side.one(names[0], lambda: alone(names[0])))
    else:
        # Those that keep every core busy follow each other; beside them, the others fill what these leave idle.
        lanes = [[name for name in names if (name in USE_ALL_CORES) is spread] for spread in (True, False)]
        commands: dict[str, list[str | Path]] = {
            name: [sys.executable, ROOT / "tools" / "checks.py", name] for name in names
        }
        results += side_by_side.lanes(lanes, commands, ARTEFACTS)
    return side_by_side.summary(results, list(CHECKS))


def alone(name: str) -> int:
    """Do one check; 0 if all is well."""
    say(f"{name}: {CHECKS[name].__doc__}")
    try:
        return CHECKS[name]()
    except Stop as stop:
        print(stop, flush=True)
        return 1


def _pytest(name: str, where: list[str], env: dict[str, str] | None = None, python: Path = python_env.PYTHON) -> int:
    """Run pytest; a run in which no test passed is no pass, whatever pytest says of skipped ones."""
    report = ARTEFACTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = run([python, "-m", "pytest", "-q", f"--junitxml={report}", *where], env=env, limit=LIMIT)
    if code == 0 and _passed(report) == 0:
        say("No test passed: all were skipped, which is no pass")
        return 1
    return code


def _passed(report: Path) -> int:
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest has just written it
    counts = [{key: int(suite.get(key, 0)) for key in ("tests", "skipped", "failures", "errors")} for suite in suites]
    return sum(each["tests"] - each["skipped"] - each["failures"] - each["errors"] for each in counts)


if __name__ == "__main__":
    sys.exit(alone(sys.argv[1]))
