"""Small event logs for tests: by hand, and of any shape by hypothesis."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset
from flowmap.eventlog import EventLog

DAY_MS = 86_400_000

MAP = """
name: small
title: A small map
stations:
  contact: {label: Contact, at: [0, 2], entry: true}
  referral: {label: Referral, at: [4, 2]}
  assessment: {label: Assessment, at: [8, 2]}
exits:
  nfa: {label: No further action, from: {contact: down, referral: down, assessment: down}}
  closed: {label: Closed, at: [12, 2]}
lines:
  main: {label: Main, colour: navy, through: [contact, referral, assessment, closed]}
timescales:
  decide: {label: Decision on a referral, at: [referral], limit: 1 working day, source: "a test"}
  assess: {label: Assessment, at: [assessment], since: referral, limit: 45 working days, source: "a test"}
"""
MAP_WITHOUT_EXITS = """
name: small
title: A small map without exits
stations:
  contact: {label: Contact, at: [0, 2], entry: true}
  referral: {label: Referral, at: [4, 2]}
  assessment: {label: Assessment, at: [8, 2]}
  nfa: {label: No further action, at: [12, 2]}
  closed: {label: Closed, at: [16, 2]}
lines:
  main: {label: Main, colour: navy, through: [contact, referral, assessment, nfa, closed]}
"""
PLACES = ("contact", "referral", "assessment", "nfa", "closed")  # order of places of MAP
EXITS = ("nfa", "closed")


def log(rows: Sequence[tuple[Any, str, Any]], **more: Any) -> EventLog:
    """A log from (child, station, time) rows; a time is an ISO 8601 text or a number of ms."""
    child, station, time = zip(*rows, strict=True)
    moments = np.array(
        [t if isinstance(t, int) else np.datetime64(t, "ms").astype(np.int64) for t in time], dtype=np.int64
    )
    return EventLog.from_columns(list(child), list(station), moments, **more)


@st.composite
def logs(draw: st.DrawFn, cases: bool = False, stations: Sequence[str] = PLACES, most: int = 60) -> EventLog:
    """Any log of few children at few stations on few instants: ties and returns are common, order is any."""
    n = draw(st.integers(1, most))

    def ints(high: int) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(0, high), min_size=n, max_size=n)

    child = [f"child-{c}" for c in draw(ints(6))]
    station = [stations[s] for s in draw(ints(len(stations) - 1))]
    days = draw(ints(20))
    odd = draw(st.sampled_from([0, 1, 3_600_000, 1000]))
    time = np.array([d * DAY_MS + (d % 3) * odd for d in days], dtype=np.int64)
    case = draw(ints(2)) if cases else None
    return EventLog.from_columns(child, station, time, case=case)


def built(events: EventLog, folder: Path, exits: bool = True, **options: Any) -> Dataset:
    """The dataset of a log in `folder`, on the small map; without exits they are stations like any other."""
    file = folder / "small.yaml"
    file.write_text(MAP if exits else MAP_WITHOUT_EXITS, encoding="utf-8")
    return build(events, folder / "set", BuildOptions(map=str(file), **options))


def measured(cases: bool = False) -> st.SearchStrategy[tuple[EventLog, bool, int]]:
    """A log, whether its map has exits, and a number to choose journeys or instants by."""
    return st.tuples(logs(cases=cases), st.booleans(), st.integers(0, 2**32))


@contextmanager
def dataset_of(events: EventLog, exits: bool = True) -> Iterator[Dataset]:
    """The dataset of a log in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield built(events, Path(folder), exits)
