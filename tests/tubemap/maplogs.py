"""Logs to draw automatic maps of: real ones from the shared folder, and made ones of awkward shapes."""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

DATA = Path(__file__).parents[2].parent / "shared" / "data"
Log = tuple[list[str], dict[tuple[str, str], int], dict[str, int]]


def counted(events: Iterable[tuple[str, str]]) -> Log:
    """(journey, station) in order → names, moves, starts."""
    edges: Counter[tuple[str, str]] = Counter()
    starts: Counter[str] = Counter()
    last: dict[str, str] = {}
    names: dict[str, None] = {}
    for journey, station in events:
        names[station] = None
        if journey in last:
            edges[last[journey], station] += 1
        else:
            starts[station] += 1
        last[journey] = station
    return list(names), dict(edges), dict(starts)


def prototype() -> Log:
    """The 2018 prototype's synthetic year."""
    with (DATA / "prototype_2018/cases-synthetic.csv").open(encoding="utf-8") as file:
        return counted((f"{row['child_id']}/{row['path_N']}", row["node"]) for row in csv.DictReader(file))


def patients() -> Log:
    """eventdataR's patients."""
    with (DATA / "event_logs/patients.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["registration_type"] == "start"]
    return counted((r["patient"], r["handling"]) for r in sorted(rows, key=lambda r: r["time"]))


def incidents() -> Log:
    """BPI Challenge 2013, incidents: activity and lifecycle together name an event."""
    events = []
    with gzip.open(DATA / "event_logs/bpi_challenge_2013_incidents.xes.gz") as file:
        for n, (_, trace) in enumerate(etree.iterparse(file, tag="{*}trace")):
            for event in trace.iterfind("{*}event"):
                values = {a.get("key"): a.get("value") for a in event}
                events.append((str(n), f"{values['concept:name']}/{values['lifecycle:transition']}"))
            trace.clear()
    return counted(events)


def walk(names: int, journeys: int = 300, seed: int = 1, back: float = 0.1) -> Log:
    """Journeys that wander forward through so many stations, and sometimes back."""
    rng = random.Random(seed)
    events = []
    for j in range(journeys):
        at = 0 if rng.random() < 0.8 else rng.randrange(max(1, names // 3))
        for _ in range(rng.randrange(2, 12)):
            events.append((str(j), f"Step {at + 1} of it"))
            at += -rng.randrange(1, 4) if rng.random() < back else 1 + int(rng.expovariate(1.2))
            if not 0 <= at < names:
                break
    return counted(events)


def chain(n: int) -> Log:
    """One after the other."""
    return counted(("1", f"Stage {i + 1}") for i in range(n))


def star(n: int) -> Log:
    """One station to and from which all others lead."""
    return counted((str(i), name) for i in range(n) for name in ("Hub", f"Ray number {i}", "Hub"))


def ring(n: int) -> Log:
    """A cycle with no beginning."""
    return counted(("1", f"Point {i % n}") for i in range(3 * n))


def apart(n: int) -> Log:
    """Several logs that do not touch, and stations that nothing joins."""
    kinds = ("Begin", "Middle", "End")
    return counted((str(i), f"{kind} {i % 4}") for i in range(n) for kind in kinds if kind == "Begin" or i % 4)


def complete(n: int) -> Log:
    """Every station leads to every other."""
    return counted((f"{i}/{j}", f"Ward {k}") for i in range(n) for j in range(n) for k in (i, j))


MADE: dict[str, Log] = {
    "one station": counted([("1", "Only"), ("1", "Only")]),
    "two stations": counted([("1", "First"), ("1", "Second")]),
    "chain of 30": chain(30),
    "star of 20": star(20),
    "ring of 12": ring(12),
    "apart": apart(12),
    "walk of 8": walk(8),
    "walk of 16": walk(16, seed=3),
    "walk of 30": walk(30, 600, seed=5),
    "walk of 60": walk(60, 2000, seed=7),
    "complete of 9": complete(9),
}
