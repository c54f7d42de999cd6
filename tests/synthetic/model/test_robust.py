"""Odd and large logs: a model or a clear refusal; and how fast."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from flowmap.eventlog import EventLog, SourceError
from synthetic.model import fit, sample
from tests.synthetic.model.logs import DAY, START


def chance(count: int, events: int, stations: int, days: int, **more: Any) -> EventLog:
    """Stations one after the other in a ring, mostly; times by chance."""
    rng = np.random.default_rng(6)
    n = count * events
    begin = np.repeat(rng.integers(0, stations, count), events)
    step = np.tile(np.arange(events), count) + (rng.random(n) < 0.1)
    start = np.repeat(rng.integers(0, max(days, 1), count), events)
    day = start + np.tile(np.arange(events), count) * (days > 1)
    return EventLog.from_columns(
        child=np.repeat(np.arange(count), events),
        child_ids=np.arange(count),
        station=(begin + step) % stations,
        stations=[f"s{i}" for i in range(stations)],
        time=(START + day) * DAY + 36_000_000,
        **more,
    )


@pytest.mark.parametrize(
    "log",
    [
        chance(20, 3, 1, 200),
        chance(100, 3, 1, 300),
        chance(100, 1, 3, 300),
        chance(100, 3, 2, 1),
        chance(200, 3, 4, 400, attributes={"a": [None] * 600}, children={"b": [None] * 200}),
        chance(200, 3, 4, 400, date_only=True),
    ],
    ids=["20 children", "one station", "one event each", "one day", "nothing recorded", "dates only"],
)
def test_odd_logs_give_a_model(log: EventLog) -> None:
    model = fit(log)
    drawn = sample(model, 50, seed=1)
    assert len(np.unique(drawn.child)) == 50
    first, last = (np.datetime64(text, "D").astype(int) for text in (model.first, model.last))
    assert first * DAY <= drawn.time.min() <= drawn.time.max() < (last + 1) * DAY
    # The window of a small log is one of whole weeks, so that its edges are nobody's dates.
    assert abs(first - log.time.min() // DAY) < 7
    assert abs(last - log.time.max() // DAY) < 7
    assert bool(drawn.date_only.all()) == bool(log.date_only.all())


def test_what_nobody_shares_is_refused() -> None:
    rng = np.random.default_rng(1)
    log = EventLog.from_columns(
        child=np.repeat(np.arange(200), 5), station=rng.integers(0, 60, 1000), time=(START + np.arange(1000)) * DAY
    )
    with pytest.raises(SourceError, match="fewer than k = 10 children made"):
        fit(log)
    with pytest.raises(SourceError, match="no events"):
        fit(EventLog.from_columns(child=[], station=[], time=np.zeros(0, dtype=np.int64)))


@pytest.mark.slow
def test_six_hundred_stations() -> None:
    log = chance(6000, 4, 600, 900)
    drawn = sample(fit(log), 2000, seed=1)
    following = (drawn.station[1:] - drawn.station[:-1]) % 600
    assert len(drawn) > 4000
    assert len(following) == len(drawn) - 1


@pytest.mark.slow
def test_half_a_million_events_and_a_million_drawn() -> None:
    """The goals are 5 s and 20 s; the limits here are wide, for machines that are busy."""
    log = chance(50_000, 10, 25, 1400)
    start = time.process_time()
    model = fit(log)
    fitted = time.process_time()
    drawn = sample(model, 110_000, seed=1)
    assert len(drawn) > 900_000
    assert fitted - start < 15
    assert time.process_time() - fitted < 20
