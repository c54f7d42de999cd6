"""Logs of cases that are in them because they ended in some weeks, such as those closed in the last month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import EventLog
from synthetic.model import Model, fit, sample
from synthetic.model.days import day_of
from tests.synthetic.model.logs import DAY, START

DAYS, WEEKS = 400, 28  # of arrivals; of these the last days, in which a case must have ended to be in the log
Floats = npt.NDArray[np.float64]


def closed_lately(seed: int) -> EventLog:
    """Cases that come evenly over a year and more, take 30 days twice on average, and ended in the last four weeks."""
    rng = np.random.default_rng(seed)
    n = 40_000
    times = np.cumsum(np.column_stack([rng.uniform(0, DAYS, n), rng.exponential(30, (n, 2))]), axis=1)
    times = times[(times[:, 2] >= DAYS - WEEKS) & (times[:, 2] < DAYS)]
    size = len(times)
    return EventLog.from_columns(
        child=np.repeat(np.arange(size), 3),
        child_ids=np.arange(size),
        station=np.tile([0, 1, 2], size),
        stations=["asked", "looked at", "done"],
        time=((START + times.ravel()) * DAY).astype(np.int64),
    )


def lengths(log: EventLog) -> tuple[Floats, Floats]:
    """Of each case: days it took, and days from its end to the end of the window."""
    order = np.lexsort((log.time, log.child))
    time, child = log.time[order] / DAY, log.child[order]
    new = np.append(True, child[1:] != child[:-1])
    starts = np.flatnonzero(new)
    stops = np.append(starts[1:], len(child)) - 1
    return time[stops] - time[starts], START + DAYS - time[stops]


def test_long_cases_are_as_long_and_end_in_the_same_weeks() -> None:
    real, other = closed_lately(1), closed_lately(2)
    model = fit(real)
    took, before = lengths(sample(model, len(real.child_ids), seed=3))
    true, _ = lengths(real)
    floor = abs(lengths(other)[0].mean() - true.mean())
    assert abs(took.mean() - true.mean()) < 2 * max(floor, 2.0)
    assert np.abs(np.quantile(took, [0.5, 0.9]) / np.quantile(true, [0.5, 0.9]) - 1).max() < 0.1
    # All cases of the log ended within 28 days; whole days and the tails of curves may add a few.
    assert np.quantile(before, 0.99) < WEEKS + 1


def test_when_they_ended_is_of_k_children_or_not_in_the_model() -> None:
    model = fit(closed_lately(1))
    assert model.ends is not None
    assert 0 <= model.ends.low.min() <= model.ends.high.max() <= WEEKS
    assert Model.from_json(model.to_json()).ends is not None
    few = closed_lately(1)
    kept = lengths(few)[0] < WEEKS - 8  # no case is left that began before the first of those weeks
    rows = np.isin(few.child, np.flatnonzero(kept))
    short = fit(
        EventLog.from_columns(
            child=few.child[rows],
            child_ids=np.arange(len(few.child_ids)),
            station=few.station[rows],
            stations=few.stations,
            time=few.time[rows],
        )
    )
    assert short.ends is None or day_of(short.last) - day_of(short.first) > WEEKS


def test_a_council_s_log_is_not_taken_for_one() -> None:
    from tests.truth import make

    model = fit(make(310, 3, seed=5))
    assert model.ends is None
