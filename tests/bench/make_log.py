"""Write a big, plausible event log as CSV, fast: for benchmarks, not for pictures.

    python tests/bench/make_log.py big.csv --events 10000000 --children 2000000

Columns `child_id,date,node`. Every journey is one of the chains below, starting on a random day of
four years; a child has one journey or more. Same arguments, same file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

CHAINS: list[tuple[float, str]] = [  # share of journeys, stations in order
    (0.26, "contact nfa"),
    (0.10, "contact early_help closed"),
    (0.10, "contact referral nfa"),
    (0.24, "contact referral assessment nfa"),
    (0.10, "contact referral assessment cin closed"),
    (0.08, "contact referral assessment strategy s47 nfa"),
    (0.07, "contact referral strategy s47 icpc cp closed"),
    (0.05, "contact referral strategy s47 icpc cp cin closed"),
]
DAYS = 4 * 365
START = np.datetime64("2015-01-01")
MEAN_WAIT = {"contact": 0.6, "referral": 1, "assessment": 45, "strategy": 1, "s47": 9, "icpc": 12}  # days
OTHER_WAIT = 90.0


def make(
    events: int, children: int, seed: int = 1, *, ids: str = "text", order: str = "time", clock: bool = False
) -> pa.Table:
    """The log as a table of `events` rows (at most `children` children).

    ids: "text" (C0001234) or "int"; order: "time" (sorted), "child" or "random";
    clock: seconds of the day too (many distinct times), else dates.
    """
    rng = np.random.default_rng(seed)
    chains = [chain.split() for _, chain in CHAINS]
    stations = sorted({s for chain in chains for s in chain})
    table = np.full((len(chains), max(map(len, chains))), -1, dtype=np.int8)
    for row, chain in enumerate(chains):
        table[row, : len(chain)] = [stations.index(s) for s in chain]
    length = np.array([len(c) for c in chains])

    shares = np.array([share for share, _ in CHAINS])
    kind = rng.choice(len(chains), size=int(events / (shares @ length) * 1.1) + 10, p=shares)
    kind = kind[: int(np.searchsorted(np.cumsum(length[kind]), events)) + 1]
    first = np.cumsum(length[kind]) - length[kind]  # row of each journey's first event
    child = np.concatenate([np.arange(children), rng.integers(0, children, max(0, len(kind) - children))])[: len(kind)]
    rng.shuffle(child)

    journey = np.repeat(np.arange(len(kind), dtype=np.int32), length[kind])
    step = np.arange(len(journey)) - first[journey]
    station = table[kind[journey], step]
    mean = np.array([MEAN_WAIT.get(s, OTHER_WAIT) for s in stations], dtype=np.float32)
    wait = rng.standard_exponential(len(journey), dtype=np.float32) * mean[station]  # days until the next event
    total = np.cumsum(wait, dtype=np.float64) - wait
    day = rng.integers(0, DAYS, len(kind))[journey] + (total - total[first][journey])
    return _table(child[journey][:events], day[:events], station[:events], stations, ids, order, clock, rng)


def _table(child, day, station, stations, ids, order, clock, rng) -> pa.Table:  # type: ignore[no-untyped-def]
    if order == "time":
        rows = np.argsort(day, kind="stable")
    elif order == "child":
        rows = np.lexsort((day, child))
    else:
        rows = rng.permutation(len(child))
    if clock:
        times = START.astype("datetime64[s]") + (day[rows] * 86400).astype("timedelta64[s]")
        date = pa.array(times)
    else:
        date = pa.array(START + np.floor(day[rows]).astype("timedelta64[D]"))
    identifiers = child[rows]
    names = pa.array(identifiers + 1_000_000)
    if ids == "text":
        names = pa.array(np.strings.add("C", np.strings.zfill(identifiers.astype("U7"), 7)))
    node = pa.DictionaryArray.from_arrays(pa.array(station[rows]), stations).cast(pa.string())
    return pa.table({"child_id": names, "date": date, "node": node})


def write(
    path: Path,
    events: int,
    children: int,
    seed: int = 1,
    *,
    ids: str = "text",
    order: str = "time",
    clock: bool = False,
) -> None:
    """Write `make(...)` as CSV with a header and without quotation marks."""
    table = make(events, children, seed, ids=ids, order=order, clock=clock)
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a big event log as CSV.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ids", choices=["text", "int"], default="text")
    parser.add_argument("--order", choices=["time", "child", "random"], default="time")
    parser.add_argument("--clock", action="store_true", help="times of day too")
    args = parser.parse_args()
    write(args.path, args.events, args.children, args.seed, ids=args.ids, order=args.order, clock=args.clock)


if __name__ == "__main__":
    main()
