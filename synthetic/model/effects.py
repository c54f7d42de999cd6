"""Stretches of weeks in which a station goes another way or another pace than usual, such as an inspection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SHORTEST, LONGEST = 3, 40  # weeks
STRIKING = 5.5  # standard errors: with so many stretches looked at, chance reaches 4 to 5
FADING = 1.0  # standard errors of two weeks that still belong to a stretch
WIDENED = 3  # times, each way
AT_MOST = 3  # stretches of one station
LEAST_PAIRS = 50  # of successive waits, to tell how they go together
MOST_TOGETHER = 0.95
TURNS = 30


@dataclass(frozen=True)
class Weeks:
    """Sums of something that is 0 on average, by week, and what a week's sum varies by, per row."""

    total: Floats
    count: Floats
    spread: float

    @classmethod
    def of(cls, value: Floats, day: Ints, first: int, weeks: int) -> Weeks:
        """`day` of each value; the spread is taken from the weeks' own (median absolute deviation), not from rows:
        siblings who come together make weeks differ more than single children would."""
        at = (day - first) // 7
        count = np.bincount(at, minlength=weeks).astype(float)
        total = np.bincount(at, value, minlength=weeks)
        full = count >= 5
        level = np.sum(total[full]) / max(count[full].sum(), 1)
        total = total - count * level
        score = total[full] / np.sqrt(count[full])
        rows = float(value.std()) if len(value) else 0.0
        spread = 1.4826 * float(np.median(np.abs(score))) if full.sum() >= 20 else 1.5 * rows
        return cls(total, count, max(spread, rows))


def stretches(weeks: Weeks) -> list[tuple[int, int]]:
    """[first week, last week) of the most striking stretches, one after the other."""
    total, count = weeks.total.copy(), weeks.count.copy()
    found: list[tuple[int, int]] = []
    n = len(total)
    if weeks.spread <= 0 or n < 4 * SHORTEST:
        return found
    for _ in range(AT_MOST):
        sums, counts = np.concatenate([[0.0], np.cumsum(total)]), np.concatenate([[0.0], np.cumsum(count)])
        best, where = STRIKING, (0, 0)
        for length in range(SHORTEST, min(LONGEST, n // 3) + 1):
            size = counts[length:] - counts[:-length]
            z = np.abs(sums[length:] - sums[:-length]) / (weeks.spread * np.sqrt(np.maximum(size, 1)))
            z[size < 5 * length] = 0
            at = int(np.argmax(z))
            if z[at] > best:
                best, where = float(z[at]), (at, at + length)
        if where == (0, 0):
            break
        where = _widened(weeks, sums, counts, *where)
        found.append(where)
        total[where[0] : where[1]] = 0
    return sorted(found)


def _widened(weeks: Weeks, sums: Floats, counts: Floats, a: int, b: int) -> tuple[int, int]:
    """The stretch with the weeks before and after it, two by two, as long as they go the same way: an effect fades.

    `sums` and `counts` (weeks + 1,) are running ones.
    """

    def alike(c: int, d: int) -> bool:
        score = (sums[d] - sums[c]) / (weeks.spread * np.sqrt(max(counts[d] - counts[c], 1)))
        return bool(score * np.sign(sums[b] - sums[a]) > FADING)

    for _ in range(WIDENED):
        a = a - 2 if a >= 2 and alike(a - 2, a) else a
        b = b + 2 if b + 2 < len(sums) and alike(b, b + 2) else b
    return a, b


def joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that overlap as one."""
    found: list[tuple[int, int]] = []
    for a, b in sorted(ranges):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return found


def pieces(begin: int, end: int, count: Floats, enough: float) -> list[tuple[int, int]]:
    """The stretch in pieces of two weeks or more, each with `enough` rows: an effect may rise and fall."""
    found, start = [], begin
    for week in range(begin, end):
        if count[start : week + 1].sum() >= enough and week + 1 - start >= 2:
            found.append((start, week + 1))
            start = week + 1
    if start < end:
        if found:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def scores(value: Ints, group: Ints) -> tuple[Floats, Floats]:
    """Normal score of each value among its group (ties share the middle rank), and the share of ties with it."""
    order = np.lexsort((value, group))
    v, g = value[order], group[order]
    new = np.concatenate([[True], g[1:] != g[:-1]])[: len(g)]
    fresh = new | np.concatenate([[True], v[1:] != v[:-1]])[: len(v)]
    at = np.arange(len(v))
    begin = np.maximum.accumulate(np.where(new, at, 0))
    size = np.bincount(np.cumsum(new) - 1)[np.cumsum(new) - 1] if len(v) else at
    tie = np.cumsum(fresh) - 1
    ties = np.bincount(tie)[tie] if len(v) else at
    first = np.maximum.accumulate(np.where(fresh, at, 0))
    rank = first - begin + ties / 2
    score, share = np.empty(len(v)), np.empty(len(v))
    score[order], share[order] = ndtri(np.clip(rank / np.maximum(size, 1), 1e-4, 1 - 1e-4)), ties / np.maximum(size, 1)
    return score, share


def loadings(score: Floats, move: Ints, child: Ints, moves: int) -> Floats:
    """(moves,) how much of the normal score of each kind of move is the child's own: the loading of one common factor.

    Rows (waits) in order; `score` from `scores`. Two waits of a child whose scores load on the factor with a and b have
    scores of correlation a·b. Waits are whole days, and many are none: what is seen is the mean score of each day. That
    shrinks the product by the variances of both. The loadings that come nearest to all products of successive waits,
    in the least squares' sense, are found by turns; a move with few pairs has that of all moves together.
    """
    pairs = np.flatnonzero(child[:-1] == child[1:])
    if len(pairs) < LEAST_PAIRS:
        return np.zeros(moves)
    variance = np.bincount(move, score**2, minlength=moves) / np.maximum(np.bincount(move, minlength=moves), 1)
    # Sums over pairs, by the kinds of both moves (each pair from both sides).
    kind = move[pairs] * moves + move[pairs + 1]
    product = np.bincount(kind, score[pairs] * score[pairs + 1], minlength=moves**2).reshape(moves, moves)
    number = np.bincount(kind, minlength=moves**2).reshape(moves, moves)
    product, number = product + product.T, number + number.T
    shrunk = np.outer(variance, variance)
    whole = (product * shrunk).sum() / max((number * shrunk**2).sum(), 1e-12)
    whole = float(np.clip(whole, 0, MOST_TOGETHER**2)) ** 0.5
    found = np.full(moves, whole)
    counted = number.sum(axis=1) >= LEAST_PAIRS
    for _ in range(TURNS):
        below = (number * shrunk**2) @ found**2
        new = np.clip((product * shrunk) @ found / np.maximum(below, 1e-12), 0, MOST_TOGETHER)
        found = np.where(counted & (below > 0), (found + new) / 2, whole)
    return found
