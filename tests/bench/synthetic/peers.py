"""What the model is measured beside: a second sample of the truth, a plain Markov chain, and a copy with noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from flowmap.eventlog import EventLog
from synthetic.fidelity import together
from synthetic.fidelity.walks import Walks


def markov_chain(log: EventLog, children: int, seed: int) -> EventLog:
    """Journeys by a chain of first order, durations drawn by kind of move, starts and attributes of random journeys.

    One journey a child. It holds real durations and dates as they are: a peer in fidelity, not in safety.
    """
    rng = np.random.default_rng(seed)
    walks = together(log)[0]
    size = len(walks.names)
    after, wait = _moves(walks)
    count = round(children * len(walks) / walks.children)
    begun = rng.integers(0, len(walks), count)
    parts = [(np.arange(count), walks.station[walks.begin[begun]], walks.start[begun])]
    alive, end = np.arange(count), walks.window[1]
    for _ in range(60):
        _, at, now = parts[-1]
        going = np.zeros(len(alive), dtype=bool)
        to, when = np.zeros(len(alive), dtype=np.int64), now.copy()
        for station in np.unique(at).tolist():
            rows = np.flatnonzero(at == station)
            if len(after[station]):
                drawn = rng.integers(0, len(after[station]), len(rows))
                to[rows], when[rows] = after[station][drawn], now[rows] + wait[station][drawn]
                going[rows] = (to[rows] < size) & (when[rows] <= end)
        alive = alive[going]
        if not len(alive):
            break
        parts.append((alive, to[going], when[going]))
    journey, station, time = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((np.arange(len(journey)), journey))
    first = walks.row[walks.begin[begun]][journey[order]]
    return EventLog.from_columns(
        child=journey[order].astype(np.int32),
        child_ids=pa.array([f"markov-{i}" for i in range(count)]),
        station=station[order].astype(np.int32),
        stations=walks.names,
        time=time[order],
        case=np.zeros(len(order), dtype=np.int32),
        attributes={key: attribute.take(first) for key, attribute in log.attributes.items()},
        children={key: attribute.take(walks.child[begun]) for key, attribute in log.children.items()},
        birth=None if log.birth is None else log.birth[walks.child[begun]],
    )


def _moves(walks: Walks) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Of each station: where its events go next (number of stations = nowhere), and after how long."""
    to = np.full(len(walks.time), len(walks.names))
    to[walks.moves] = walks.station[walks.moves + 1]
    wait = np.zeros(len(walks.time), dtype=np.int64)
    wait[walks.moves] = walks.wait
    rows = [np.flatnonzero(walks.station == s) for s in range(len(walks.names))]
    return [to[r] for r in rows], [wait[r] for r in rows]


def other_names(log: EventLog) -> EventLog:
    """The log with identifiers of its own (numbers of two reference authorities may be alike)."""
    return replace(log, child_ids=pa.array([f"other-{i}" for i in range(len(log.child_ids))]))
