"""Every measure and the summary at a million moves; exits 1 where one takes over 300 ms warm, or a second cold.

Cold: the first answer of a dataset just opened, by a process that has loaded the package.

python tests/bench/bench_measures.py [--events 1300000]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

MOST, MOST_COLD = 0.3, 1.0  # seconds

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (  # what people ask beside what a measure answers unasked
    ("durations", {"start": "referral", "stop": "assessment", "ends": "left"}),
    ("durations", {"start": "contact", "stop": "cp"}),
    ("conversion", {"start": "contact", "stop": "cin,cp"}),
    ("rereferral", {"facet": "source"}),
    ("nfa", {"facet": "source"}),
    ("variation", {"of": "rereferral", "facet": "source"}),
)


def best(call: Callable[[], Any], times: int = 5) -> float:
    """The fastest of several runs, in milliseconds, after one to warm up."""
    call()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return round(1000 * min(found), 1)


def first(name: str, folder: Path) -> float:
    """The first answer of a measure over a dataset that was not opened before, in milliseconds."""
    from flowmap import dataset
    from flowmap.ask import MEASURES, Question
    from flowmap.cohort import parse

    began = time.perf_counter()
    data = dataset.open(folder)
    MEASURES[name](Question(data, parse("", data.facets), (data.last,), "week", data.stations[0].id))
    return round(1000 * (time.perf_counter() - began), 1)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, default=1_330_000)
    given = arguments.parse_args()

    import numpy as np
    import pyarrow as pa
    from make_log import make

    from flowmap import wire
    from flowmap.ask import MEASURES, Options, Question
    from flowmap.build import build
    from flowmap.cohort import parse
    from flowmap.eventlog import Attribute, EventLog
    from flowmap.measures.child import child
    from flowmap.summary import summary

    table = make(given.events, given.events // 6, clock=True)
    times = table["date"].to_numpy().astype("datetime64[ms]")
    codes = pa.array((np.arange(given.events) % 3).astype(np.int8))
    source = Attribute.category("Source", pa.DictionaryArray.from_arrays(codes, ["Police", "School", "Health"]))
    log = EventLog.from_columns(table["child_id"], table["node"], times, attributes={"source": source})
    with tempfile.TemporaryDirectory() as folder:
        data = build(log, Path(folder) / "set")
        at, station = (data.first + data.last) // 2, data.stations[0].id
        found = {}
        for said in ("", "source=police&visit=0"):
            cohort = parse(said, data.facets)
            mask = cohort.mask(data)
            question = Question(data, cohort, (at,), "week", station)
            calls: dict[str, Callable[[], Any]] = {name: lambda f=f, q=question: f(q) for name, f in MEASURES.items()}
            for name, asked in ASKED:
                one = Question(data, cohort, options=Options(**asked))
                words = " ".join(str(value) for value in asked.values())
                calls[f"{name} {words}"] = lambda f=MEASURES[name], q=one: f(q)
            beside = Question(data, parse("source=school", data.facets))
            two = replace(question, beside=beside)
            calls["compare beside source=school"] = lambda q=two: MEASURES["compare"](q)
            calls["mask"] = lambda c=cohort: c.mask(data)
            calls["summary"] = lambda m=mask: summary(data, m, [at])
            found |= {f"{name} {said}".strip(): best(call) for name, call in calls.items()}
        found["child"] = best(lambda: child(data, 17))
        found["wire journeys"] = best(lambda: wire.journeys(data))
        found["wire transitions"] = best(lambda: wire.transitions(data))
        moves = data.meta["counts"]["transitions"]
        cold = {name: first(name, Path(folder) / "set") for name in MEASURES}
    size = max(1, round(moves / 1_000_000))  # ten times the moves may take ten times as long
    slow = [name for name, milliseconds in found.items() if milliseconds > 1000 * MOST * size]
    slow += [f"{name}, cold" for name, milliseconds in cold.items() if milliseconds > 1000 * MOST_COLD * size]
    answer = {"kept": not slow, "slow": slow, "moves": moves, "milliseconds": found, "cold": cold}
    print(json.dumps(answer, indent=1))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
