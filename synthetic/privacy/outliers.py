"""Three children who stand out are planted before a model is fitted, and looked for in what it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from flowmap.eventlog import MISSING, Attribute, EventLog
from synthetic.fidelity.walks import DAY, together

MOVES = 40  # of the child with many
AGE = 19  # of the child who is too old
YEAR = 365.25
ALMOST = 0.9  # of the planted number of moves, which still gives the child away


@dataclass(frozen=True)
class Planted:
    """A log with three children more: `long` (40 moves), `unique` (a path nobody has) and `old` (aged 19)."""

    log: EventLog
    unique_path: tuple[str, ...]


def plant(log: EventLog, seed: int = 0) -> Planted:
    """Add the three children, each with one journey in the middle of the log's time.

    The child aged 19 needs a log that knows births; without them that child is planted with an ordinary age.
    """
    rng = np.random.default_rng(seed)
    walks = together(log)[0]
    to = len(walks.names)
    pair = np.unique(walks.edge)
    stations = np.flatnonzero(~walks.exits & (np.bincount(walks.station, minlength=to) > 0))
    back = [(e // to, e % to) for e in pair.tolist() if (e % to) * to + e // to in set(pair.tolist())]
    here, there = back[0] if back else (int(stations[0]), int(stations[-1]))
    long = [here if i % 2 == 0 else there for i in range(MOVES + 1)]
    unique = _unused(rng, pair.tolist(), stations.tolist(), to)
    ordinary = walks.station[walks.begin[0] : walks.begin[0] + walks.events[0]].tolist()
    start = int(np.mean(walks.window))
    grown = _with_child(log, walks.names, long, start, None)
    grown = _with_child(grown, walks.names, unique, start, None)
    grown = _with_child(grown, walks.names, ordinary, start, AGE)
    return Planted(grown, tuple(walks.names[s] for s in unique))


def _unused(rng: np.random.Generator, edges: Sequence[int], stations: Sequence[int], size: int) -> list[int]:
    """Six stations in an order of which no move was ever made, as far as there are such."""
    made, path = set(edges), [int(rng.choice(stations))]
    while len(path) < 6:
        fresh = [s for s in stations if path[-1] * size + s not in made and s != path[-1]]
        path.append(int(rng.choice(fresh or stations)))
    return path


def _with_child(log: EventLog, names: Sequence[str], path: Sequence[int], start: int, age: int | None) -> EventLog:
    """The log and one child more, who takes a path in steps of five days; attributes as the first child's."""
    n, here = len(path), [log.stations.index(names[s]) for s in path]

    def longer(attribute: Attribute, count: int) -> Attribute:
        known = attribute.column[attribute.column != attribute.missing]
        value = known[0] if len(known) else (MISSING if attribute.kind == "number" else -1)
        return attribute.with_column(np.append(attribute.column, np.full(count, value, dtype=np.int32)))

    ids = log.child_ids.to_pylist()
    last = max(ids) + 1 if ids and isinstance(ids[0], int) else f"planted-{len(ids)}"
    born = None if log.birth is None else np.append(log.birth, start - int((age or 10) * YEAR * DAY) - 30 * DAY)
    return replace(
        log,
        child=np.append(log.child, np.full(n, len(ids), dtype=np.int32)),
        child_ids=pa.array([*ids, last]),
        station=np.append(log.station, np.array(here, dtype=np.int32)),
        time=np.append(log.time, start + 5 * DAY * np.arange(n)),
        date_only=np.append(log.date_only, np.zeros(n, dtype=bool)),
        case=None if log.case is None else np.append(log.case, np.zeros(n, dtype=np.int32)),
        end=None,
        attributes={key: longer(a, n) for key, a in log.attributes.items()},
        children={key: longer(a, 1) for key, a in log.children.items()},
        birth=born,
        family=None if log.family is None else np.append(log.family, np.int32(-1)),
    )


def recovered(planted: Planted, original: EventLog, synthetic: EventLog) -> dict[str, bool]:
    """Which of the three the synthetic log gives away.

    `long`: a journey of nearly as many moves, longer than any of the original log. `unique`: the path itself, or a
    move of it that the original log never has. `old`: a child as old at a journey's start, where the original has none.
    """
    before, made, with_them = together(original, synthetic, planted.log)
    longest = max(int(before.events.max()), int(ALMOST * MOVES))
    outliers = with_them.child >= len(original.child_ids)
    new = np.isin(made.edge, np.setdiff1d(with_them.edge, before.edge))
    path = np.isin(made.path, np.setdiff1d(with_them.path[outliers], before.path))
    return {
        "long": bool((made.events > longest).any()),
        "unique": bool(new.any() or path.any()),
        "old": _oldest(synthetic) >= AGE > _oldest(original),
    }


def _oldest(log: EventLog) -> float:
    """Highest age at the start of a journey, in years; -1 where births are not known."""
    if log.birth is None:
        return -1.0
    walks = together(log)[0]
    born = log.birth[walks.child]
    known = born != np.iinfo(np.int64).min
    return float(((walks.start - born)[known] / (YEAR * DAY)).max()) if known.any() else -1.0
