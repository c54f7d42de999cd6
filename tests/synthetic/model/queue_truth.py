"""Truths of one team, for the tests: one that can hold so many cases, made day by day; one with slow weeks."""

from __future__ import annotations

from collections import deque

import numpy as np

from flowmap.eventlog import EventLog
from tests.synthetic.model.logs import DAY, START

EXITS = frozenset({"closed"})
QUEUE = "assessment"
WEEKS_APART, WEEKS_LONG, STRENGTH = 18, 6, 1.7  # of surges: on average; so many times the usual number come
WORK = 15.0  # days that a case takes, on average


def queue_log(years: int = 4, a_day: float = 6.0, places: int | None = 98, seed: int = 1) -> EventLog:
    """Referral, assessment, then a plan or the end. Days are all alike; times are at midnight.

    The team has `places` (None: no limit): who comes to an assessment when all are taken waits in line, first come
    first served. A case takes a gamma-distributed time with mean WORK, whoever waits. Surges come at random.
    """
    rng = np.random.default_rng(seed)
    days = int(years * 365.25)
    coming = rng.poisson(a_day * _surges(rng, days))
    rows: list[tuple[int, str, int]] = []
    due: list[list[int]] = [[] for _ in range(days + 1)]  # who reaches the assessment on each day
    ready: list[int] = [0] * (days + 1)  # how many places become free
    line: deque[int] = deque()
    free, child = days * 1000 if places is None else places, 0
    for day in range(days):
        for _ in range(coming[day]):
            rows.append((child, "referral", day))
            then = day + int(rng.integers(1, 8))
            if then < days:
                due[then].append(child)
            child += 1
        for one in due[day]:
            rows.append((one, QUEUE, day))
            line.append(one)
        free += ready[day]
        while free and line:
            one, free = line.popleft(), free - 1
            done = day + max(1, round(rng.gamma(3.0, WORK / 3.0)))
            if done < days:
                ready[done] += 1
                rows += _after(rng, one, done, days)
    who, where, when = zip(*rows, strict=True)
    return EventLog.from_columns(
        child=np.array(who),
        child_ids=[f"ID-{n}" for n in range(child)],
        station=list(where),
        time=(START + np.array(when)) * DAY,
    )


def _surges(rng: np.random.Generator, days: int) -> np.ndarray:
    """(days,) how many times the usual number come, on average 1."""
    rate, at = np.ones(days), 0
    while (at := at + int(rng.exponential(7 * (WEEKS_APART - WEEKS_LONG))) + 7) < days:
        rate[at : at + 7 * WEEKS_LONG] = STRENGTH
        at += 7 * WEEKS_LONG
    return rate / rate.mean()


def _after(rng: np.random.Generator, child: int, done: int, days: int) -> list[tuple[int, str, int]]:
    """What follows an assessment: half end; half have a plan first."""
    if rng.random() < 0.5:
        return [(child, "closed", done)]
    end = done + max(1, round(rng.lognormal(4.0, 0.6)))
    return [(child, "plan", done), *([(child, "closed", end)] if end < days else [])]


def slow_log(days: int = 1461, a_day: float = 6.0, seed: int = 1) -> EventLog:
    """No queue, but weeks in which everything takes longer, one going over into the next; the station is then full."""
    rng = np.random.default_rng(seed)
    start = np.repeat(np.arange(days), rng.poisson(a_day * _surges(rng, days)))
    slow = np.zeros(days // 7 + 3)
    for week in range(1, len(slow)):
        slow[week] = 0.9 * slow[week - 1] + 0.15 * rng.standard_normal()
    arrive = start + rng.integers(1, 8, len(start))
    wait = WORK * np.exp(0.6 * rng.standard_normal(len(start)) + slow[arrive // 7])
    day = np.stack([start, arrive, arrive + np.maximum(1, np.round(wait).astype(np.int64))])
    child, seen = np.tile(np.arange(len(start)), (3, 1)), day < days
    return EventLog.from_columns(
        child=child[seen],
        child_ids=[f"ID-{n}" for n in range(len(start))],
        station=np.repeat(["referral", QUEUE, "closed"], len(start)).reshape(3, -1)[seen].tolist(),
        time=(START + day[seen]) * DAY,
    )
