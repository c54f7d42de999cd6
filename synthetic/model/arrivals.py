"""When children first appear: a daily rate with weekdays, bank holidays, months, trend and steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic.model.days import HOLIDAY, Calendar, Clock, month

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

STARTUP_DAYS = (14, 183)  # the first days are looked at for cases that were open at the start
UNLIKE = 12.0  # of chi-squared a week: chance reaches 5 with four weeks once in a thousand
STRETCH = 28  # days: the shortest stretch with a rate of its own


def startup_days(day: Ints, station: Ints, first: int, last: int) -> int:
    """How many days at the start hold another mix of events than what follows; 0 where there is no step.

    An extract leaves out what was closed before it, so its first days have few exits and many cases entered at once.
    The step between [0, b) and the half year after it that raises the Poisson likelihood of all stations most.
    """
    span = last + 1 - first
    if span < 2 * STARTUP_DAYS[1]:
        return 0
    half = STARTUP_DAYS[1] - 1
    width = int(station.max()) + 1
    use = (day - first) < 2 * half + 2
    counts = np.bincount(station[use] * (2 * half + 2) + day[use] - first, minlength=width * (2 * half + 2))
    running = np.cumsum(counts.reshape(width, -1), axis=1).astype(float)
    b = np.arange(STARTUP_DAYS[0], STARTUP_DAYS[1])
    early = running[:, b - 1]
    late = running[:, b - 1 + half] - early
    both = np.maximum((early + late) / (b + half), 1e-12)
    gain = np.zeros(len(b))
    for count, days in ((early, b), (late, half)):
        gain += np.where(count > 0, count * np.log(np.maximum(count / days, 1e-12) / both), 0.0).sum(axis=0)
    best = int(np.argmax(gain))
    # Siblings come together, so counts vary more than Poisson's: ask for much.
    return int(b[best]) if gain[best] > 0.05 * (early[:, best].sum() + 500) else 0


def day_weights(days: Ints, calendar: Calendar, first: int, last: int) -> list[float]:
    """What Monday … Sunday and a bank holiday count for as days on which journeys begin; on average 1."""
    window = np.arange(first, last + 1)
    there = np.bincount(calendar.of(window), minlength=8).astype(float)
    came = np.bincount(calendar.of(days), minlength=8).astype(float)
    rate = came / np.maximum(there, 1)
    if there[HOLIDAY] < 3:
        rate[HOLIDAY] = rate[:5].mean()
    mean = came.sum() / max(there.sum(), 1)
    return [round(float(r), 4) for r in rate / max(mean, 1e-12)]


def month_weights(days: Ints, calendar: Calendar, kinds: list[float], first: int, last: int) -> list[float]:
    """What each month counts for, of days alike; 1 throughout where the window is shorter than a year."""
    window = np.arange(first, last + 1)
    if len(window) < 365:
        return [1.0] * 12
    size = np.bincount(month(window), np.array(kinds)[calendar.of(window)], minlength=12)
    came = np.bincount(month(days), minlength=12)
    rate = np.where(came > 0, came / np.maximum(size, 1e-9), 0)
    return [round(float(r), 4) for r in rate / max(float(rate.mean()), 1e-12)]


def rates(
    days: Ints, calendar: Calendar, kinds: list[float], first: int, last: int, cuts: list[int], k: int
) -> list[list[float]]:
    """[first day, last day, children a day of weight 1] of stretches of about a month, each with k children or more.

    Days count from `first`; `cuts` are days where a stretch must end (a step). `days` holds one first event a child.
    """
    span = last + 1 - first
    edges = sorted({0, *cuts, *range(STRETCH, span - STRETCH + 1, STRETCH)} - {span})
    edges = [e for e in edges if 0 <= e < span and (e in (0, *cuts) or min(abs(e - c) for c in (0, *cuts)) > 7)]
    bounds = [*edges, span]
    weight = np.array(kinds)[calendar.of(np.arange(first, last + 1))]
    at = days - first
    found: list[list[float]] = []
    start = 0
    for end in bounds[1:]:
        count = int(((at >= start) & (at < end)).sum())
        if count < k and end < span:
            continue
        if count < k and found:
            start = int(found.pop()[0])
            count = int((at >= start).sum())
        found += _weeks(at, weight, start, end, k)
        start = end
    return found


def _weeks(at: Ints, weight: Floats, start: int, end: int, k: int) -> list[list[float]]:
    """A stretch as one, or in weeks where these differ by far more than chance (chi-squared).

    A week in which fewer than k come, but somebody does, is one with those after it (the last with that before it).
    """
    pieces: list[tuple[int, int, int]] = []
    first = start
    for a in range(start, end, 7):
        b = min(a + 7, end)
        count = int(((at >= first) & (at < b)).sum())
        if count == 0 or count >= k:
            pieces.append((first, b, count))
            first = b
    if first < end:
        a, _, count = pieces.pop() if pieces else (start, end, 0)
        pieces.append((a, end, int(((at >= a) & (at < end)).sum())))
    size = np.array([max(float(weight[a:b].sum()), 1e-9) for a, b, _ in pieces])
    came = np.array([c for _, _, c in pieces], dtype=float)
    expected = np.maximum(came.sum() * size / size.sum(), 1e-9)
    if ((came - expected) ** 2 / expected).sum() < UNLIKE * len(pieces):
        pieces, size = [(start, end, int(came.sum()))], size.sum(keepdims=True)
    return [[a, b - 1, round(c / s, 4)] for (a, b, c), s in zip(pieces, size.tolist(), strict=True)]


def stretched(arrivals: list[list[float]], span: int, year: int = 364) -> list[list[float]]:
    """The rates for a window of `span` days: cut off, or with the last year over again."""
    found = [[a, min(b, span - 1), r] for a, b, r in arrivals if a < span]
    end = int(found[-1][1]) + 1
    last = [row for row in arrivals if row[1] >= end - year]
    while end < span:
        for a, b, r in last:
            length = int(b - a + 1)
            if end < span:
                found.append([end, min(end + length, span) - 1, r])
            end += length
    return found


def draw(
    rng: np.random.Generator,
    count: int,
    arrivals: list[list[float]],
    calendar: Calendar,
    kinds: list[float],
    first: int,
    span: int,
) -> Ints:
    """`count` days on which children first appear, in order."""
    weight = np.zeros(span)
    for a, b, rate in stretched(arrivals, span):
        weight[int(a) : int(b) + 1] = rate
    weight *= np.array(kinds)[calendar.of(first + np.arange(span))]
    if weight.sum() <= 0:
        weight[:] = 1.0
    running = np.cumsum(weight) / weight.sum()
    return first + np.searchsorted(running, np.sort(rng.random(count)), side="right").clip(0, span - 1).astype(np.int64)


def clock(calendar: Calendar, kinds: list[float], months: list[float]) -> Clock:
    """The clock by which children come back."""
    return Clock.of(calendar, np.maximum(np.array(kinds), 1e-6), np.array(months))
