"""What `task.py test` checks, one entry each, and the table at its end."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import browser
import node_env
import postgres
import python_env
from python_env import program
from shell import ROOT, Stop, run, say

ARTEFACTS = ROOT / "tests" / "artefacts"
USE_PANDAS = ["tests/casework", "tests/export", "tests/linkage", "tests/sources", "tests/test_eventlog.py"]
# Random damage to files takes long and is not about pandas: the check `python` has it.
USE_PANDAS += ["--ignore=tests/sources/test_fuzz.py"]
LIMIT = 1500  # seconds for one check: several times what the slowest takes on two cores


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
    return _pytest("python", ["tests"])


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
    return _pytest("browser", ["tests/browser"], {browser.VARIABLE: path} if path else {})


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


def perform(names: list[str]) -> int:
    """Install what `names` need, do them all, and say at the end how each went. 0 if all went well."""
    python_env.install("dev")
    if NEED_FRONT_END_PACKAGES.intersection(names):
        node_env.packages(checks=True)
    if NEED_BUILT_FRONT_END.intersection(names) and "build" not in names:
        names = ["build", *names]
    results = []
    for name in names:
        say(f"{name}: {CHECKS[name].__doc__}")
        started = time.monotonic()
        try:
            well = CHECKS[name]() == 0
        except Stop as stop:
            print(stop, flush=True)
            well = False
        results.append((name, well, time.monotonic() - started))
    say("Summary")
    for name, well, seconds in results:
        print(f"   {name:9} {'passed' if well else 'FAILED'}  {seconds:6.1f} s")
    return 0 if all(well for _, well, _ in results) else 1


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
