"""Waits when a station is full: by hand, and on a log whose queue is taken away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from flowmap.eventlog import EventLog
from synthetic.fidelity import Options, compare, queues, together
from tests.synthetic.fidelity.test_controls import rewritten
from tests.synthetic.model.queue_truth import EXITS, QUEUE, queue_log

DAY = 86_400_000


@pytest.fixture(scope="module")
def truth() -> EventLog:
    return queue_log(seed=10)


def dealt_anew(log: EventLog) -> EventLog:
    """Each kind of move keeps its waits; who has which is chance."""
    walks, rng = together(log, exits=EXITS)[0], np.random.default_rng(1)
    wait = walks.wait.copy()
    for edge in np.unique(walks.edge):
        rows = np.flatnonzero(walks.edge == edge)
        wait[rows] = walks.wait[rng.permutation(rows)]
    return rewritten(log, wait)


def found(real: EventLog, other: EventLog) -> dict[str, object]:
    """The yardsticks by key, the floor being another sample of the queue."""
    return {y.key: y for y in compare(real, other, queue_log(seed=110), Options(exits=EXITS, classifier=False))}


def test_a_log_whose_queue_is_taken_away_is_told(truth: EventLog) -> None:
    full = found(truth, dealt_anew(truth))
    assert full["full"].too_far
    assert full["full"].real == pytest.approx(0.42, abs=0.1)
    assert full["full"].synthetic == pytest.approx(0, abs=0.1)
    assert QUEUE in full["full"].meaning
    assert not full["durations"].too_far


def test_another_sample_of_the_queue_is_not_told(truth: EventLog) -> None:
    assert not found(truth, queue_log(seed=13))["full"].too_far


def test_the_correlation_is_that_of_a_count_child_by_child() -> None:
    """A year and a half of one kind of move, counted here week by week in loops."""
    log = simple(seed=3)
    walks = together(log, exits=["out"])[0]
    arrive, wait = walks.time[walks.moves], walks.wait
    first, last = walks.window
    week, weeks = (arrive - first) // (7 * DAY), (last - first) // (7 * DAY) + 1
    count = [int(((arrive <= first + w * 7 * DAY) & (arrive + wait > first + w * 7 * DAY)).sum()) for w in range(weeks)]
    margin = int(np.quantile(wait, 0.9)) // (7 * DAY) + 1
    mean = [np.mean(count[max(margin, w - 26) : w + 27]) for w in range(weeks)]
    kept = [i for i in range(len(arrive)) if margin <= week[i] < weeks - 1 - margin]
    score = norm.ppf((rankdata(wait[kept]) - 0.5) / len(kept))
    load = [np.log(count[week[i]] / mean[week[i]]) for i in kept]
    measured = queues.full(walks, walks, queues.fullest(walks))
    assert measured.real == pytest.approx(np.corrcoef(score, load)[0, 1], abs=1e-9)
    assert measured.value == 0


def simple(seed: int) -> EventLog:
    """600 children in 80 weeks who wait 20 days or more, longer in every other half year."""
    rng = np.random.default_rng(seed)
    come = np.sort(rng.integers(0, 560, 600))
    go = come + rng.integers(20, 40, 600) + 10 * (come // 180 % 2)
    return EventLog.from_columns(
        child=np.repeat(np.arange(600), 2),
        station=["in", "out"] * 600,
        time=np.column_stack([come, go]).ravel() * DAY,
    )


def test_nothing_is_said_of_a_log_with_few_waits() -> None:
    log = EventLog.from_columns(["a", "a", "b", "b"], ["in", "nfa"] * 2, np.array([0, 5, 1, 9]) * DAY)
    walks = together(log, exits=["nfa"])[0]
    assert queues.fullest(walks) is None
    assert "200 waits" in queues.full(walks, walks, None).why
