"""Where a figure changed, without being told: "something changed here".

Trend and season are taken out by regression, and what is left is freed of its autocorrelation. Then every stretch of
bins is compared with the rest: the greatest difference of means, in standard errors, is what stands out most (circular
binary segmentation: Olshen and others, Biostatistics 5, 2004). It is announced if less than `alarm` of random orders of
the same bins show as great a one anywhere. Then it is taken out, and the next is looked for. So over the whole series,
where nothing changed, something is announced about `alarm` of the time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowmap.dataset import Dataset, Mask, iso
from flowmap.eventlog import OptionError
from flowmap.measures.effect import span
from flowmap.measures.flow import Bin
from flowmap.measures.regression import Floats, fit, whiten
from flowmap.measures.segments import BINS_A_YEAR, season_of
from flowmap.measures.series import Figure, Series, series

ORDERS = 399  # random orders
MOST = 5  # changes found in one series
SHORTEST = 3  # bins
LONGEST_YEARS = 1.0  # longer stretches are what the trend takes out
LEAST_BINS = 40


@dataclass(frozen=True)
class Found:
    """A stretch that stands out: from `start` to before `stop`, `size` beside the rest; chance gives `p`."""

    start: int
    stop: int
    bins: int
    size: float
    p: float

    def to_json(self) -> dict[str, Any]:
        """As in the API; `to` is excluded."""
        return {"from": iso(self.start), "to": iso(self.stop), "bins": self.bins, "size": self.size, "p": self.p}


@dataclass(frozen=True)
class Changes:
    """What was found in a figure, most striking first, and the series without its trend and season."""

    label: str
    scale: str
    found: tuple[Found, ...]
    start: tuple[int, ...]
    left: tuple[float, ...]

    def rows(self) -> list[dict[str, Any]]:
        """What was found."""
        return [{"label": self.label, **one.to_json(), "sentence": self.say(one)} for one in self.found]

    def say(self, one: Found) -> str:
        """A careful sentence; neither why, nor that it matters."""
        unit = " percentage points" if self.scale == "points" else "%"
        way = "higher" if one.size > 0 else "lower"
        first, last = iso(one.start)[:10], iso(one.stop - 1)[:10]
        return (
            f"Something changed here: from {first} to {last}, {self.label} was {100 * abs(one.size):.1f}{unit} {way} "
            f"than trend and season lead one to expect (chance: {one.p:.3f})."
        )

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "label": self.label,
            "scale": self.scale,
            "found": self.rows(),
            "series": {"start": [iso(at) for at in self.start], "left": list(self.left)},
        }


def changepoints(
    data: Dataset,
    mask: Mask,
    figure: Figure,
    by: Bin = "week",
    since: int | None = None,
    until: int | None = None,
    alarm: float = 0.05,
    seed: int = 1,
) -> Changes:
    """Stretches of a figure of the journeys of `mask` that stand out. Raises OptionError for fewer than 40 bins.

    `alarm` is how often something may be announced where nothing changed; of several figures searched at once, divide
    it by their number. `seed` makes the random orders the same each time.
    """
    whole = series(data, mask, figure, by, *span(data, since, until))
    left, when, rho = _left(whole, by)
    longest = round(LONGEST_YEARS * BINS_A_YEAR[by])
    rows = search(left, when, rho, longest, alarm, np.random.default_rng(seed))
    found = []
    for low, high, size, p in rows:
        shown = math.expm1(size) if whole.scale == "ratio" else size
        found.append(Found(int(whole.start[when[low]]), int(whole.start[when[high - 1] + 1]), high - low, shown, p))
    starts = tuple(int(at) for at in whole.start[when])
    return Changes(figure.checked().label(data), whole.scale, tuple(found), starts, tuple(left.tolist()))


def _left(whole: Series, by: Bin) -> tuple[Floats, Any, float]:
    """What trend and season leave of the bins that have a figure, their numbers, and their autocorrelation."""
    fitted = whole.fitted
    used = np.isfinite(fitted)
    if np.count_nonzero(used) < LEAST_BINS:
        raise OptionError(f"There are fewer than {LEAST_BINS} {by}s with a figure.", remedy="Choose shorter bins.")
    season, _ = season_of(whole, used, by)
    row = np.arange(len(whole), dtype=float)
    design = np.column_stack([np.ones(len(row)), row - row.mean(), season])[used]
    when = np.flatnonzero(used)
    found = fit(fitted[used], design, when, whole.weights[used])
    return found.residuals, when, found.autocorrelation


def search(
    left: Floats, when: Any, rho: float, longest: int, alarm: float, rng: np.random.Generator
) -> list[tuple[int, int, float, float]]:
    """Stretches (first row, row after the last, size, p) of a series without trend that stand out, one by one."""
    kept = np.arange(len(left))
    found: list[tuple[int, int, float, float]] = []
    while len(found) < MOST and len(kept) >= LEAST_BINS // 2:
        rest = left[kept]
        white = whiten(rest[:, None], when[kept], rho)[:, 0]
        low, high, strength = _strongest(white[None, :], longest)
        orders = rng.permuted(np.tile(white, (ORDERS, 1)), axis=1)
        reached = int(np.count_nonzero(_strongest(orders, longest)[2] >= strength[0]))
        p = (reached + 1) / (ORDERS + 1)
        inside = kept[int(low[0]) : int(high[0])]
        if p > alarm or inside[-1] - inside[0] >= len(inside):  # chance, or it runs over one that was found before
            break
        kept = np.setdiff1d(kept, inside)
        found.append((int(inside[0]), int(inside[-1]) + 1, float(left[inside].mean() - left[kept].mean()), p))
    return found


def _strongest(several: Floats, longest: int) -> tuple[Any, Any, Floats]:
    """For each row of `several` (k, n) the stretch that differs most from the rest: first, after, strength."""
    k, n = several.shape
    centred = several - several.mean(axis=1, keepdims=True)
    scale = centred.std(axis=1) + 1e-300
    total = np.concatenate([np.zeros((k, 1)), np.cumsum(centred, axis=1)], axis=1)
    best, low, high = np.full(k, -1.0), np.zeros(k, int), np.zeros(k, int)
    rows = np.arange(k)
    for length in range(SHORTEST, min(longest, n - SHORTEST) + 1):
        strength = np.abs(total[:, length:] - total[:, :-length])
        strength /= scale[:, None] * math.sqrt(length * (n - length) / n)
        at = strength.argmax(axis=1)
        better = strength[rows, at] > best
        best = np.where(better, strength[rows, at], best)
        low = np.where(better, at, low)
        high = np.where(better, at + length, high)
    return low, high, best
