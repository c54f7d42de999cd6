"""Every measure and the summary at a million moves; exits 1 where one takes over 300 ms warm, or a second cold.

Cold: the first answer of a dataset just opened, by a process that has loaded the package. At ten times the moves an
answer may take ten times as long. Judged by processor time, which other work on the machine disturbs less; the time on
the clock stands beside it, and the load. Warm, a question knows its cohort's journeys and the map's timescales, as it
does in the server.

    python tests/bench/bench_measures.py [--events 1330000] [--dataset DIR] [--times 5] [--only NAME,NAME]
"""

from __future__ import annotations

import argparse
import json
import os
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

# What people ask beside what a measure answers unasked: a name, its own options, those of asked.Asked.
QUESTIONS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("durations", {"start": "referral", "stop": "assessment", "ends": "left"}, {}),
    ("durations", {"start": "contact", "stop": "cp"}, {}),
    ("conversion", {"start": "contact", "stop": "cin,cp"}, {}),
    ("rereferral", {"facet": "source"}, {}),
    ("nfa", {"facet": "source"}, {}),
    ("variation", {"of": "rereferral", "facet": "source"}, {}),
    ("pathways", {}, {"show": "sankey"}),
    ("pathways", {}, {"show": "returning"}),
    ("pathways", {}, {"show": "groups"}),
    ("pathways", {}, {"show": "groups", "scope": "child"}),
    ("pathways", {}, {"pattern": "contact > * > s47 > nfa"}),
    ("pathways", {}, {"pattern": "contact > * > s47 > nfa", "scope": "child"}),
    ("effect", {}, {"figure": "stock"}),
    ("effect", {}, {"event": "2016-10-10..2016-11-18"}),
    ("workload", {}, {"share": 0.2}),
)
Time = tuple[float, float]  # milliseconds of the processor, and on the clock


def timed(call: Callable[[], Any]) -> Time:
    """How long a call takes."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    found = time.process_time() - processor, time.perf_counter() - clock
    return round(1000 * found[0], 1), round(1000 * found[1], 1)


def best(call: Callable[[], Any], times: int) -> Time:
    """The least of several runs, after one to warm up."""
    call()
    found = [timed(call) for _ in range(times)]
    return min(one[0] for one in found), min(one[1] for one in found)


def made(events: int, folder: Path) -> Any:
    """A dataset of so many events in `folder`: four years, journeys as in make_log, and a facet."""
    import numpy as np
    import pyarrow as pa
    from make_log import make

    from flowmap.build import build
    from flowmap.eventlog import Attribute, EventLog

    table = make(events, events // 6, clock=True)
    times = table["date"].to_numpy().astype("datetime64[ms]")
    codes = pa.array((np.arange(events) % 3).astype(np.int8))
    source = Attribute.category("Source", pa.DictionaryArray.from_arrays(codes, ["Police", "School", "Health"]))
    log = EventLog.from_columns(table["child_id"], table["node"], times, attributes={"source": source})
    return build(log, folder)


def calls_of(data: Any, said: str) -> dict[str, Callable[[], Any]]:
    """Every measure, and what people ask of some, of the cohort `said`."""
    from flowmap.ask import MEASURES, Options, Question
    from flowmap.cohort import parse
    from flowmap.measures.asked import Asked
    from flowmap.summary import summary

    cohort = parse(said, data.facets)
    mask, at, station = cohort.mask(data), (data.first + data.last) // 2, data.stations[0].id
    whole = Question(data, cohort, (at,), "week", station, kept=mask)
    whole = replace(whole, clocks=whole.dues())
    calls: dict[str, Callable[[], Any]] = {name: lambda f=f: f(whole) for name, f in MEASURES.items()}
    for name, own, more in QUESTIONS:
        one = replace(whole, station=None, options=Options(**own, more=Asked(**more)))
        words = " ".join(str(value) for value in (*own.values(), *more.values()))
        calls[f"{name} {words}"] = lambda f=MEASURES[name], q=one: f(q)
    two = replace(whole, beside=Question(data, parse("source=school", data.facets)))
    calls["compare beside source=school"] = lambda: MEASURES["compare"](two)
    calls["mask"] = lambda: cohort.mask(data)
    calls["summary"] = lambda: summary(data, mask, [at])
    return calls


def first(name: str, folder: Path) -> Time:
    """The first answer of a measure over a dataset that was not opened before."""
    from flowmap import dataset
    from flowmap.ask import MEASURES, Question
    from flowmap.cohort import parse

    def call() -> None:
        data = dataset.open(folder)
        MEASURES[name](Question(data, parse("", data.facets), (data.last,), "week", data.stations[0].id))

    return timed(call)


def measure(data: Any, times: int, only: tuple[str, ...]) -> tuple[dict[str, Time], dict[str, Time]]:
    """Warm and cold times of what is asked for (all where `only` is empty)."""
    from flowmap import wire
    from flowmap.ask import MEASURES
    from flowmap.measures.child import child

    def wanted(name: str) -> bool:
        return not only or name.split()[0] in only

    warm = {}
    for said in ("", "source=police&visit=0"):
        for name, call in calls_of(data, said).items():
            if wanted(name):
                warm[f"{name} {said}".strip()] = best(call, times)
    others = {"child": lambda: child(data, 17), "wire journeys": lambda: wire.journeys(data)}
    others["wire transitions"] = lambda: wire.transitions(data)
    warm |= {name: best(call, times) for name, call in others.items() if wanted(name)}
    return warm, {name: first(name, data.path) for name in MEASURES if wanted(name)}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--events", type=int, default=1_330_000)
    arguments.add_argument("--dataset", type=Path, help="one of your own, in place of one that is made")
    arguments.add_argument("--times", type=int, default=5)
    arguments.add_argument("--only", default="", help="measures, joined by commas")
    given = arguments.parse_args()

    from flowmap import dataset

    with tempfile.TemporaryDirectory() as folder:
        data = dataset.open(given.dataset) if given.dataset else made(given.events, Path(folder) / "set")
        only = tuple(name for name in given.only.split(",") if name)
        warm, cold = measure(data, given.times, only)
        moves = data.meta["counts"]["transitions"]
    size = max(1, round(moves / 1_000_000))
    slow = [name for name, (processor, _) in warm.items() if processor > 1000 * MOST * size]
    slow += [f"{name}, cold" for name, (processor, _) in cold.items() if processor > 1000 * MOST_COLD * size]
    answer = {"kept": not slow, "slow": slow, "moves": moves, "load": os.getloadavg()[:2], "warm": warm, "cold": cold}
    print(json.dumps(answer, indent=1))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
