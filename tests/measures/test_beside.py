"""What is worked out once for a dataset: once however many ask, gone with it, and equal to counting one by one."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from flowmap import dataset
from flowmap.dataset import Dataset
from flowmap.eventlog import EventLog
from flowmap.measures.beside import Beside
from flowmap.measures.distinct import tally
from flowmap.measures.events import events
from flowmap.measures.history import history
from flowmap.measures.paths import MERGES
from flowmap.measures.waits import waits
from tests.logs import built, dataset_of, log, measured

ROWS = [("a", "contact", "2020-01-01"), ("a", "referral", "2020-01-02"), ("b", "contact", "2020-01-03")]


def test_many_who_ask_at_once_wait_for_one_answer(tmp_path: Path) -> None:
    made: list[str] = []

    def slow(_: Dataset, key: str) -> str:
        made.append(key)
        time.sleep(0.05)
        return key.upper()

    kept, data, found = Beside(slow), built(log(ROWS), tmp_path), []
    threads = [threading.Thread(target=lambda key=key: found.append(kept(data, key))) for key in "abab" * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(made), Counter(found)) == (["a", "b"], {"A": 8, "B": 8})


def test_it_is_let_go_with_the_dataset(tmp_path: Path) -> None:
    data = dataset.open(built(log(ROWS), tmp_path).path)
    kept = [weakref.ref(one) for one in (events(data), history(data, 0), waits(data, "route"))]
    assert all(one() is not None for one in kept)
    del data
    gc.collect()
    assert all(one() is None for one in kept)


@settings(max_examples=30, deadline=None)
@given(measured())
def test_quantiles_of_waits_are_numpys_of_those_kept(case: tuple[EventLog, bool, int]) -> None:
    made, exits, seed = case
    shares = (0.0, 0.5, 0.9, 1.0)
    with dataset_of(made, exits) as data:
        table = data.transitions
        kept = np.random.default_rng(seed).random(len(table)) < 0.6
        for station, found in enumerate(waits(data, "station").quantiles(kept, shares)):
            mine = kept & (data.route_from[table.route] == station)
            several = (table.arrive - table.depart)[mine]
            expected = np.quantile(several, shares) if len(several) else [np.nan] * len(shares)
            np.testing.assert_allclose(found, expected, rtol=1e-12)


def merged(path: list[int], how: str) -> tuple[int, ...]:
    """A path without repeats, one station after another."""
    if how == "none":
        return tuple(path)
    if how == "first visits":
        return tuple(dict.fromkeys(path))
    return tuple(s for n, s in enumerate(path) if n == 0 or s != path[n - 1])


@settings(max_examples=30, deadline=None)
@given(measured())
def test_ways_are_counted_as_one_by_one(case: tuple[EventLog, bool, int]) -> None:
    made, exits, seed = case
    with dataset_of(made, exits) as data:
        rows = np.flatnonzero(np.random.default_rng(seed).random(len(data.journeys)) < 0.7)
        every = events(data)
        paths = [every.station[every.begin[row] : every.end[row]].tolist() for row in rows]
        for how in MERGES:
            expected = Counter(merged(path, how) for path in paths)
            found = tally(data, rows, how)
            several = found.sequences
            ways = [
                tuple(several.station[several.begin[one] : several.end[one]].tolist())
                for one in found.example[found.order]
            ]
            assert dict(zip(ways, found.count[found.order].tolist(), strict=True)) == expected
            firsts = [next(n for n, path in enumerate(paths) if merged(path, how) == way) for way in ways]
            assert firsts == sorted(firsts, key=lambda n: (-expected[merged(paths[n], how)], n))
