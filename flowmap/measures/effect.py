"""What changed when something happened: before, during and after, and an interrupted time series.

Durations are taken by the week in which a stay BEGAN, with those still under way censored. By the week in which it
ended, work that slows down shows as faster at first: only the quick ones end. Stays that were under way at the start
saw some of both times, so the bins whose typical stay reaches into the event (`lead-in`) are left out of the fit.
Nothing here says why something changed. How it is worked out: docs/measures-effect.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask, iso, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.flow import Bin
from flowmap.measures.intervals import wilson
from flowmap.measures.regression import Floats
from flowmap.measures.segments import AFTER, BEFORE, DURING, LEAD, NAMES, SETTLING, Cut, Model, model
from flowmap.measures.series import Figure, Series, decisions, median_by_group, open_days, series, stays

SETTLE_DAYS = 70  # after an event that ended: a stretch of its own, ten weeks unless said otherwise


@dataclass(frozen=True)
class Event:
    """Something that happened, from its first day (seconds) to before `stop`; None: it goes on."""

    label: str
    start: int
    stop: int | None = None


@dataclass(frozen=True)
class Options:
    """`since` and `until` (seconds) bound the series; `settle_days` see above; `level` of the intervals.

    `sensitivity`, `table`: whether those parts are worked out, which take longer than the rest.
    """

    by: Bin = "week"
    since: int | None = None
    until: int | None = None
    settle_days: int = SETTLE_DAYS
    seasonal: bool = True
    level: float = 0.95
    sensitivity: bool = True
    table: bool = True


@dataclass(frozen=True)
class Change:
    """A change as people read it: a part of the expected value (0.31: 31% higher), or a difference of shares."""

    what: str
    estimate: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves nothing out: it does not hold "no change"."""
        return self.low > 0 or self.high < 0

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {"what": self.what, "estimate": self.estimate, "low": self.low, "high": self.high, "told": self.told}


@dataclass(frozen=True)
class Stretch:
    """A row of the table: the figure as counted in a stretch of time, and what it rests on."""

    name: str
    start: int
    stop: int
    bins: int
    value: float | None
    low: float | None
    high: float | None
    count: int

    def to_json(self) -> dict[str, Any]:
        """As in the API; `to` is excluded."""
        return {
            "name": self.name,
            "from": iso(self.start),
            "to": iso(self.stop),
            "bins": self.bins,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "count": self.count,
        }


@dataclass(frozen=True)
class Effect:
    """What was found: the table, the changes, the series with its counterfactual, and a sentence."""

    label: str
    event: Event
    by: Bin
    scale: str
    table: tuple[Stretch, ...]
    average: Change
    changes: tuple[Change, ...]
    sensitivity: tuple[Change, ...]
    comparison: tuple[Change, ...]
    model: Model
    expected: float
    observed: float
    sentence: str
    notes: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """The table of stretches."""
        return [row.to_json() for row in self.table]

    def to_json(self) -> dict[str, Any]:
        """As in the API."""
        return {
            "label": self.label,
            "event": {
                "label": self.event.label,
                "from": iso(self.event.start),
                "to": None if self.event.stop is None else iso(self.event.stop),
            },
            "by": self.by,
            "scale": self.scale,
            "table": self.rows(),
            "average": self.average.to_json(),
            "expected": self.expected,
            "observed": self.observed,
            "changes": [c.to_json() for c in self.changes],
            "sensitivity": [c.to_json() for c in self.sensitivity],
            "comparison": [c.to_json() for c in self.comparison],
            "autocorrelation": self.model.fit.autocorrelation,
            "season": self.model.season,
            "series": _plot(self.model),
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def effect(
    data: Dataset,
    mask: Mask,
    figure: Figure,
    event: Event,
    options: Options | None = None,
    other: Mask | None = None,
) -> Effect:
    """What changed in a figure of the journeys of `mask` when `event` was; `other` is a cohort to compare with.

    Raises OptionError for a figure or a station that is not there, and where there are too few bins.
    """
    chosen = options or Options()
    figure = figure.checked()
    since, until = span(data, chosen.since, chosen.until)
    if event.stop is not None and event.stop <= event.start:
        raise OptionError("The event ends before it begins.", remedy="Give its first and its last day in order.")
    whole = series(data, mask, figure, chosen.by, since, until)
    cut = Cut(event.start, event.stop, _lead(whole, figure, event), chosen.settle_days * DAY)
    found = model(whole, cut, chosen.by, chosen.seasonal)
    average = _change("average over the event", found, found.average(DURING), chosen.level)
    during = found.used & (found.stretch == DURING)
    observed, expected = float(np.mean(whole.value[during])), float(np.mean(found.counterfactual[during]))
    return Effect(
        label=figure.label(data),
        event=event,
        by=chosen.by,
        scale=whole.scale,
        table=_table(data, mask, figure, found, until) if chosen.table else (),
        average=average,
        changes=tuple(_changes(found, chosen.level)),
        sensitivity=tuple(_sensitivity(data, mask, figure, whole, cut, chosen)) if chosen.sensitivity else (),
        comparison=() if other is None else _comparison(data, other, figure, found, cut, chosen),
        model=found,
        expected=expected,
        observed=observed,
        sentence=_sentence(figure, figure.label(data), event, average, observed, expected),
        notes=tuple(_notes(found, figure, chosen)),
    )


def event_of(data: Dataset, name: str) -> Event:
    """An event band of the dataset by its id, or `2016-10-10..2016-11-18` (both days count), or one day: from then on.

    Raises OptionError where it is neither.
    """
    bands = periods(data)
    for band in bands:
        if band["id"] == name:
            return Event(band["label"], seconds(band["from"]), seconds(band["to"]) + DAY)
    first, dots, last = name.partition("..")
    try:
        start = seconds(first)
        return Event(name if dots else f"{first} on", start, seconds(last) + DAY if dots else None)
    except ValueError:
        known = ", ".join(band["id"] for band in bands) or "none"
        remedy = f"Write 2016-10-10..2016-11-18, or one of this dataset's events: {known}."
        raise OptionError(f"“{name[:60]}” is not an event.", remedy=remedy) from None


def periods(data: Dataset) -> list[dict[str, str]]:
    """The dataset's event bands: [{id, label, from, to, kind}]; none where it has none."""
    try:
        found: list[dict[str, str]] = json.loads((data.path / "periods.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def span(data: Dataset, since: int | None = None, until: int | None = None) -> tuple[int, int]:
    """First and last second of a series: not the time in which open cases were entered, nor what was not seen."""
    entered = [seconds(band["to"]) + DAY for band in periods(data) if band.get("kind") == "data"]
    inside = [at for at in entered if at < data.last]
    end = (data.last // DAY + 1) * DAY - 1  # the last day counts as a whole one
    first = since if since is not None else max([data.origin, *inside])
    return first, min(until if until is not None else end, end)


def _lead(whole: Series, figure: Figure, event: Event) -> int:
    """Seconds before the start in which a typical stay reaches into the event: the median, and a bin more."""
    if figure.kind != "duration":
        return 0
    before = whole.value[(whole.start[1:] <= event.start) & np.isfinite(whole.value)]
    if not len(before):
        return 0
    days = float(np.median(before)) * (7 / 5 if figure.working else 1)
    step = int(np.median(np.diff(whole.start)))
    return (math.ceil(days * DAY / step) + 1) * step


def _change(what: str, found: Model, combination: Floats, level: float) -> Change:
    estimate, low, high = found.fit.estimate(combination, level)
    if found.series.scale == "ratio":
        return Change(what, math.expm1(estimate), math.expm1(low), math.expm1(high))
    return Change(what, estimate, low, high)


def _changes(found: Model, level: float) -> list[Change]:
    """Level and slope at the start and at the end, and what is left after the stretch of settling."""
    first = found.first(DURING)
    several = [
        _change("level at the start", found, found.line(DURING, first), level),
        _change("slope from the start, a bin", found, found.slope(DURING), level),
    ]
    later = [s for s in found.stretches if s != DURING]
    if later:
        at = found.first(later[0])
        step = found.line(later[0], at) - found.line(DURING, at)
        several.append(_change("level at the end", found, step, level))
        several.append(_change("slope from the end, a bin", found, found.slope(later[0]) - found.slope(DURING), level))
    several += [_change(f"average {NAMES[s]}", found, found.average(s), level) for s in later]
    return several


def _sensitivity(data: Dataset, mask: Mask, figure: Figure, whole: Series, cut: Cut, chosen: Options) -> list[Change]:
    """The average over the event again, in other ways; one that cannot be had is left out."""

    def again(what: str, part: Callable[[], Model]) -> list[Change]:
        try:
            found = part()
        except OptionError:
            return []
        return [_change(what, found, found.average(DURING), chosen.level)]

    def within(days: int) -> Series:
        low = int(np.searchsorted(whole.start, cut.start - days * DAY))
        high = int(np.searchsorted(whole.start, (cut.stop or cut.start) + days * DAY, side="right")) - 1
        return whole.between(low, min(high, len(whole)))

    ways = again("a year before and after", lambda: model(within(365), cut, chosen.by, chosen.seasonal))
    ways += again("two years before and after", lambda: model(within(731), cut, chosen.by, chosen.seasonal))
    if chosen.seasonal:
        ways += again("without season", lambda: model(whole, cut, chosen.by, False))
    if cut.stop is not None:
        ways += again("no time to settle", lambda: model(whole, replace(cut, settle=0), chosen.by, chosen.seasonal))
    other: Bin = "month" if chosen.by == "week" else "week"
    limits = int(whole.start[0]), int(whole.start[-1]) - 1
    ways += again(f"by {other}", lambda: model(series(data, mask, figure, other, *limits), cut, other, chosen.seasonal))
    return ways


def _comparison(
    data: Dataset, other: Mask, figure: Figure, found: Model, cut: Cut, chosen: Options
) -> tuple[Change, ...]:
    """The other cohort's own average, and that of the difference between the two (a controlled series)."""
    limits = int(found.series.start[0]), int(found.series.start[-1]) - 1
    theirs = series(data, other, figure, chosen.by, *limits)
    alone = model(theirs, cut, chosen.by, chosen.seasonal)
    both = model(found.series, cut, chosen.by, chosen.seasonal, values=found.series.fitted - theirs.fitted)
    return (
        _change("comparison cohort", alone, alone.average(DURING), chosen.level),
        _change("beside the comparison cohort", both, both.average(DURING), chosen.level),
    )


def _table(data: Dataset, mask: Mask, figure: Figure, found: Model, until: int) -> tuple[Stretch, ...]:
    """The figure as counted in each stretch: of all that fell in it, not a mean of bins (stock apart)."""
    rows = []
    for stretch in (BEFORE, LEAD, DURING, SETTLING, AFTER):
        here = np.flatnonzero(found.stretch == stretch)
        if len(here):
            start, stop = int(found.series.start[here[0]]), int(found.series.start[here[-1] + 1])
            value, low, high, count = _counted(data, mask, figure, found, here, (start, stop, until))
            rows.append(Stretch(NAMES[stretch], start, stop, len(here), value, low, high, count))
    return tuple(rows)


def _counted(
    data: Dataset,
    mask: Mask,
    figure: Figure,
    found: Model,
    here: npt.NDArray[np.int64],
    when: tuple[int, int, int],
) -> tuple[float | None, float | None, float | None, int]:
    start, stop, until = when
    if figure.kind == "share":
        left, went = decisions(data, mask, figure)
        inside = (left >= start) & (left < stop)
        count, part = int(inside.sum()), int((inside & went).sum())
        return (part / count if count else None, *wilson(part, count), count)
    if figure.kind == "duration":
        began, length, done = stays(data, mask, figure, until)
        inside = (began >= start) & (began < stop)
        group = np.zeros(int(inside.sum()), dtype=np.int64)
        median = float(median_by_group(group, length[inside], done[inside], 1)[0])
        return (None if math.isnan(median) else median, None, None, len(group))
    values = found.series.value[here]
    if figure.kind == "stock":
        return float(values.mean()), None, None, round(float(values.mean()))
    days = int(open_days(found.series.start)[here].sum())
    return float(values.sum()) / days, None, None, int(values.sum())


def _plot(found: Model) -> dict[str, list[Any]]:
    """The series as columns: what was seen, what the model says, the counterfactual, and the stretch of each bin."""

    def column(values: Floats) -> list[float | None]:
        return [float(v) if math.isfinite(v) else None for v in values]

    return {
        "start": [iso(int(at)) for at in found.series.start[:-1]],
        "value": column(found.series.value),
        "count": found.series.count.tolist(),
        "fitted": column(np.where(found.stretch == LEAD, np.nan, found.fitted)),
        "counterfactual": column(found.counterfactual),
        "stretch": [NAMES[s] for s in found.stretch],
    }


def _sentence(figure: Figure, label: str, event: Event, average: Change, observed: float, expected: float) -> str:
    """Careful words: what was seen, beside what was to be expected; never why."""
    when = f"During “{event.label}”" if event.stop is not None else f"Since “{event.label}”"
    unit = " percentage points" if figure.kind == "share" else "%"
    low, high = 100 * average.low, 100 * average.high
    if not average.told:
        return (
            f"{when}, {label} did not differ beyond chance from what the time before and the season lead one to "
            f"expect (between {low:+.1f} and {high:+.1f}{unit})."
        )
    way = "higher" if average.estimate > 0 else "lower"
    ends = sorted((abs(low), abs(high)))
    values = (
        f"{100 * observed:.1f}% where {100 * expected:.1f}% was to be expected"
        if figure.kind == "share"
        else f"{observed:,.1f} where {expected:,.1f} was to be expected"
    )
    return (
        f"{when}, {label} was {100 * abs(average.estimate):.1f}{unit} {way} (95% interval {ends[0]:.1f} to "
        f"{ends[1]:.1f}) than the time before and the season lead one to expect: {values}. That they coincide does "
        "not say why."
    )


def _notes(found: Model, figure: Figure, chosen: Options) -> list[str]:
    said = []
    if found.season is None:
        said.append("No season is allowed for: " + ("not asked for." if not chosen.seasonal else "under two years."))
    lead = int(np.count_nonzero(found.stretch == LEAD))
    if lead:
        said.append(f"{lead} {chosen.by}s before the start are left out: stays begun then reach into the event.")
    missing = int(np.count_nonzero(~np.isfinite(found.series.fitted)))
    if missing:
        said.append(f"{missing} {chosen.by}s have no figure and are left out.")
    if figure.kind == "arrivals":
        said.append("Arrivals are for each working day; the table too.")
    return said
