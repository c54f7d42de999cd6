"""The design of an interrupted time series: trend, season, and a level and a slope for each stretch after the start.

After Wagner and others (Journal of Clinical Pharmacy and Therapeutics 27, 2002) and Bernal and others (International
Journal of Epidemiology 46, 2017): one regression over the whole series, in which what is before the event is carried on
as the counterfactual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY
from flowmap.eventlog import OptionError
from flowmap.measures.flow import Bin
from flowmap.measures.regression import Fit, fit
from flowmap.measures.series import Series

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BEFORE, LEAD, DURING, SETTLING, AFTER = range(5)
NAMES = ("before", "lead-in", "during", "settling", "after")
BINS_A_YEAR: dict[Bin, float] = {"day": 365.25, "week": 52.18, "month": 12.0}
LEAST_BEFORE = 8  # bins: fewer tell no trend from chance
MONTHS_FROM, WAVES_FROM = 3.0, 2.0  # years of data from which each kind of season is fitted


@dataclass(frozen=True)
class Cut:
    """When the event began and ended (seconds, `stop` excluded; None: it goes on).

    `lead` and `settle` (seconds) before its start and after its end are stretches of their own: of the one nothing is
    fitted, the other has a level and a slope.
    """

    start: int
    stop: int | None
    lead: int = 0
    settle: int = 0

    def of(self, series: Series) -> Ints:
        """(b,) the stretch in which the middle of each bin lies."""
        middle = (series.start[:-1] + series.start[1:]) // 2
        found = np.full(len(middle), BEFORE)
        found[middle >= self.start - self.lead] = LEAD
        found[middle >= self.start] = DURING
        if self.stop is not None:
            found[middle >= self.stop] = SETTLING
            found[middle >= self.stop + self.settle] = AFTER
        return found


@dataclass(frozen=True)
class Model:
    """A fitted series: which bins were used, the stretch of each, the design of all bins and of the counterfactual."""

    series: Series
    stretch: Ints
    used: npt.NDArray[np.bool_]
    design: Floats
    fit: Fit
    season: str | None

    @property
    def fitted(self) -> Floats:
        """(b,) what the model says, in the figure's own unit."""
        return self.series.unfitted(self.design @ self.fit.coefficients)

    @property
    def counterfactual(self) -> Floats:
        """(b,) what the stretch before, carried on with its trend and season, would have led one to expect."""
        plain = self.design.copy()
        plain[:, : 2 * len(self.stretches)] = 0
        return self.series.unfitted(plain @ self.fit.coefficients)

    @property
    def stretches(self) -> list[int]:
        """The stretches that have a level and a slope of their own, in order of time."""
        return [s for s in (DURING, SETTLING, AFTER) if np.any(self.used & (self.stretch == s))]

    def line(self, stretch: int, row: float) -> Floats:
        """(p,) the combination that gives a stretch's departure from the counterfactual at the bin `row`."""
        found = np.zeros(self.design.shape[1])
        column = 2 * self.stretches.index(stretch)
        found[column] = 1
        found[column + 1] = row - self.first(stretch)
        return found

    def slope(self, stretch: int) -> Floats:
        """(p,) the combination that gives a stretch's slope (a bin) beside the counterfactual's."""
        found = np.zeros(self.design.shape[1])
        found[2 * self.stretches.index(stretch) + 1] = 1
        return found

    def average(self, stretch: int) -> Floats:
        """(p,) the combination that gives the mean departure over a stretch."""
        rows = np.flatnonzero(self.used & (self.stretch == stretch))
        return self.line(stretch, float(rows.mean()))

    def first(self, stretch: int) -> int:
        """The first bin of a stretch that was used."""
        return int(np.flatnonzero(self.used & (self.stretch == stretch))[0])


def model(series: Series, cut: Cut, by: Bin, seasonal: bool = True, values: Floats | None = None) -> Model:
    """Fit a series around an event; `values` (b,) replace its own. Raises OptionError where there are too few bins."""
    fitted = series.fitted if values is None else values
    stretch = cut.of(series)
    used = np.isfinite(fitted) & (stretch != LEAD)
    before = int(np.count_nonzero(used & (stretch == BEFORE)))
    if before < LEAST_BEFORE:
        remedy = f"At least {LEAST_BEFORE} are needed: choose a longer span, or shorter bins."
        raise OptionError(f"There are {before} {by}s with a figure before the event.", remedy=remedy)
    if not np.any(used & (stretch == DURING)):
        raise OptionError(f"No whole {by} with a figure lies in the event's time.", remedy="Choose shorter bins.")
    season, kind = season_of(series, used, by) if seasonal else (np.empty((len(series), 0)), None)
    row = np.arange(len(series), dtype=float)
    lines = []
    for s in (DURING, SETTLING, AFTER):
        rows = np.flatnonzero(used & (stretch == s))
        if len(rows):
            inside = stretch == s
            since = np.where(inside, row - rows[0], 0)
            # One bin has no slope; the column stays so that every stretch has two.
            lines += [inside.astype(float), since if len(rows) > 1 else np.zeros(len(row))]
    trend = (row - row[used].mean()) / BINS_A_YEAR[by]
    design = np.column_stack([*lines, np.ones(len(row)), trend, season])
    rank = int(np.linalg.matrix_rank(design[used]))
    if np.count_nonzero(used) <= rank + 2:
        raise OptionError(f"There are too few {by}s for an interrupted time series.", remedy="Choose shorter bins.")
    found = fit(fitted[used], design[used], np.flatnonzero(used), series.weights[used])
    return Model(series, stretch, used, design, found, kind)


def season_of(series: Series, used: npt.NDArray[np.bool_], by: Bin) -> tuple[Floats, str | None]:
    """Columns for the season: months of the year from three years on, two waves a year from two, none below."""
    middle = (series.start[:-1] + series.start[1:]) // 2
    years = np.count_nonzero(used) / BINS_A_YEAR[by]
    if years >= MONTHS_FROM:
        month = middle.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
        present = np.unique(month[used])[1:]
        return (month[:, None] == present).astype(float), "months"
    if years >= WAVES_FROM:
        turn = 2 * np.pi * (middle / DAY / 365.25)[:, None] * np.array([1, 2])
        return np.column_stack([np.sin(turn), np.cos(turn)]), "waves"
    return np.empty((len(series), 0)), None
