"""Building a dataset from ten million events: time and memory beside the ways one would take without it.

    python tests/bench/bench_build.py [--events 10000000] [--children 2000000] [--order time|child|random] [--clock]

Three sides, each in a process of its own, on one file in one run:
  parse    pyarrow.csv.read_csv of the file, nothing else
  plain    the plain pandas way: read_csv, parse dates, sort_values, groupby shift, drop the lasts
  build    flowmap.build.build, as `flowmap build` does it
Prints one JSON object. Exits 1 where build takes more than 5 times parse, more than a quarter of plain, or over 3 GB.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

MOST_TIMES_PARSE = 5.0
MOST_OF_PLAIN = 0.25
MOST_MEMORY = 3.0  # GB


def parse(file: Path) -> int:
    import pyarrow.csv

    return int(pyarrow.csv.read_csv(file).num_rows)


def plain(file: Path) -> int:
    import pandas as pd

    events = pd.read_csv(file)
    events["date"] = pd.to_datetime(events["date"])
    events = events.sort_values(["child_id", "date"], kind="stable")
    after = events.groupby("child_id")[["node", "date"]].shift(-1)
    moves = events.assign(to=after["node"], arrive=after["date"]).dropna(subset=["to"])
    return len(moves)


def build(file: Path) -> int:
    from flowmap.build import build as make

    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        return int(make([file], Path(folder) / "set").meta["counts"]["transitions"])


SIDES = {"parse": parse, "plain": plain, "build": build}


def run_side(name: str, file: Path) -> None:
    """Run one side in this process and print its seconds and peak memory."""
    import resource

    began = time.perf_counter()
    rows = SIDES[name](file)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": round(seconds, 2), "peak_gb": round(peak / 1e9, 2), "rows": rows}))


def measure(name: str, file: Path, times: int) -> dict[str, float]:
    """The fastest of several runs, and the most memory of them."""
    found = []
    for _ in range(times):
        command = [sys.executable, __file__, "--side", name, "--file", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    best = min(found, key=lambda run: run["seconds"])
    return best | {"peak_gb": max(run["peak_gb"] for run in found)}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, default=10_000_000)
    arguments.add_argument("--children", type=int, default=2_000_000)
    arguments.add_argument("--order", choices=["time", "child", "random"], default="time")
    arguments.add_argument("--clock", action="store_true")
    arguments.add_argument("--times", type=int, default=2, help="runs of parse and build; the fastest counts")
    arguments.add_argument("--side", choices=list(SIDES))
    arguments.add_argument("--file", type=Path)
    given = arguments.parse_args()
    if given.side:
        run_side(given.side, given.file)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        make_log = [sys.executable, str(Path(__file__).with_name("make_log.py")), str(file)]
        size = ["--events", str(given.events), "--children", str(given.children), "--order", given.order]
        subprocess.run([*make_log, *size, *(["--clock"] if given.clock else [])], check=True, stdout=subprocess.DEVNULL)
        file.read_bytes()  # every side finds the file in the system's cache
        found = {name: measure(name, file, 1 if name == "plain" else given.times) for name in SIDES}
    seconds = {name: side["seconds"] for name, side in found.items()}
    ratios = {
        "build_to_parse": round(seconds["build"] / seconds["parse"], 2),
        "build_to_plain": round(seconds["build"] / seconds["plain"], 3),
        "build_peak_gb": found["build"]["peak_gb"],
    }
    kept = (
        ratios["build_to_parse"] <= MOST_TIMES_PARSE
        and ratios["build_to_plain"] <= MOST_OF_PLAIN
        and ratios["build_peak_gb"] <= MOST_MEMORY
    )
    about = {"events": given.events, "children": given.children, "order": given.order, "clock": given.clock}
    print(json.dumps({"kept": kept, **ratios, "sides": found, **about, "python": platform.python_version()}, indent=1))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
