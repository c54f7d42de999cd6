"""Logs that nobody thinks of: each gives a report or a refusal in words, and no warning."""

import json
import warnings

import numpy as np
import pytest

from flowmap.eventlog import EventLog
from synthetic.fidelity import Options
from synthetic.report import build, render


def log(kids: int, stations: int, days: int = 400, seed: int = 0, cases: bool = True, **more: object) -> EventLog:
    """Children with one to five events each at random."""
    rng = np.random.default_rng(seed)
    child = np.repeat(np.arange(kids), rng.integers(1, 6, kids))
    time = np.datetime64("2020-01-01", "ms").astype(np.int64) + np.sort(rng.integers(0, days, len(child))) * 86_400_000
    case = np.zeros(len(child), dtype=int) if cases else None
    names = [f"s{j}" for j in rng.integers(0, stations, len(child))]
    return EventLog.from_columns([f"kid{seed}-{i}" for i in child], names, time, case=case, **more)  # type: ignore[arg-type]


ELSEWHERE = EventLog.from_columns(["a", "b", "b"], ["q", "r", "q"], ["2031-01-01", "2031-02-01", "2031-03-01"])
ODD = {
    "twenty children": (log(20, 4), log(20, 4, seed=1)),
    "two children": (log(2, 2), log(2, 2, seed=1)),
    "one station": (log(50, 1), log(50, 1, seed=1)),
    "one day": (log(50, 3, days=1), log(50, 3, days=1, seed=1)),
    "dates without cases": (log(99, 5, date_only=True, cases=False), log(99, 5, seed=1, date_only=True, cases=False)),
    "600 stations": (log(500, 600), log(500, 600, seed=1)),
    "nothing in common": (log(50, 3), ELSEWHERE),
    "an attribute never recorded": (log(60, 3, children={"sex": [None] * 60}), log(60, 3, seed=1)),
    "text that is no category": (log(60, 3, children={"note": [f"n{i}" for i in range(60)]}), log(60, 3, seed=1)),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_log_gives_a_report(name):
    real, made = ODD[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = build(real, made, made, Options(classifier=len(real.stations) < 100))
    page = render(report)
    json.dumps(report.to_json(), allow_nan=False)
    assert "<h1>" in page
    assert all(y.measured or y.why for y in report.yardsticks)
    assert all(f.verdict != "not measured" or f.why for f in report.findings)
