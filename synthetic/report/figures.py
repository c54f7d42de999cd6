"""What the report draws and tabulates: durations, arrivals, returns, stock, and stations, real beside synthetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthetic.fidelity.returns import return_curve
from synthetic.fidelity.times import in_days, waits
from synthetic.fidelity.volume import monthly_arrivals, months_of, scale, stock_by_week
from synthetic.fidelity.walks import DAY, Ints, Walks

KINDS_DRAWN = 6  # of moves
STATIONS_DRAWN = 4
LEAST_DRAWN = 50  # moves of a kind: a curve of fewer would show single children
STEPS = 5  # per cent, between the points of a curve of durations
WEEK_STEP = 2  # weeks between points of stock
FIVE = 5  # counts in tables are rounded to it, so that a hidden one cannot be had by subtraction

Pair = tuple[float | None, float | None]  # real, synthetic; None: fewer than k children


@dataclass(frozen=True)
class Plot:
    """Two curves over one axis; `x` are numbers, or places of ISO months or days (`dates`)."""

    title: str
    x_label: str
    y_label: str
    x: list[float]
    real: list[float]
    synthetic: list[float]
    x_synthetic: list[float] | None = None
    dates: list[str] | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return dict(vars(self))


@dataclass(frozen=True)
class StationRow:
    """A station real beside synthetic: events (to the nearest five), share of journeys that reach it, and median days
    until the next event. None stands for a figure of fewer than k children."""

    name: str
    exit: bool
    events: Pair
    reach: Pair
    wait: Pair

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return dict(vars(self))


@dataclass
class Figures:
    """All plots, by section, and the table of stations."""

    durations: list[Plot] = field(default_factory=list)
    arrivals: list[Plot] = field(default_factory=list)
    returns: list[Plot] = field(default_factory=list)
    stock: list[Plot] = field(default_factory=list)
    stations: list[StationRow] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {name: [row.to_json() for row in rows] for name, rows in vars(self).items()}


def figures(real: Walks, synthetic: Walks, entry: int, k: int) -> Figures:
    """Everything that is drawn; no figure of the real log is about fewer than `k` children."""
    return Figures(
        durations=durations(real, synthetic, k),
        arrivals=arrivals(real, synthetic, k),
        returns=returns(real, synthetic, entry, k),
        stock=stock(real, synthetic, k),
        stations=stations(real, synthetic, k),
    )


def durations(real: Walks, synthetic: Walks, k: int) -> list[Plot]:
    """For the commonest moves that take time: the share done within so many days, in steps of 5 per cent."""
    days = in_days(real, synthetic)
    unit = 1 if days else DAY
    mine, theirs = waits(real, days), waits(synthetic, days)
    edge, count = np.unique(real.edge, return_counts=True)
    found: list[Plot] = []
    share = np.arange(STEPS, 100, STEPS)
    for chosen in edge[np.argsort(-count, kind="stable")].tolist():
        made, others = real.edge == chosen, synthetic.edge == chosen
        one, two = mine[made], theirs[others]
        if len(found) == KINDS_DRAWN or len(one) < LEAST_DRAWN:
            break
        few = len(np.unique(real.child[real.journey[real.moves[made]]])) < k
        if few or not len(two) or np.median(one) < unit / 4:
            continue
        curves = [np.percentile(x, share) / unit for x in (one, two)]
        in_hours = not days and max(c[-1] for c in curves) < 3
        curves = [c * 24 for c in curves] if in_hours else curves
        found.append(
            Plot(
                real.edge_name(chosen), "hours" if in_hours else "days", "% done", curves[0].round(2).tolist(),
                share.astype(float).tolist(), share.astype(float).tolist(), x_synthetic=curves[1].round(2).tolist(),
            )
        )  # fmt: skip
    return found


def arrivals(real: Walks, synthetic: Walks, k: int) -> list[Plot]:
    """Journeys started a month; the synthetic ones per child, brought to the size of the real log."""
    first, months = months_of(real)
    mine = _hidden(monthly_arrivals(real, first, months), k)
    theirs = scale(real, synthetic) * monthly_arrivals(synthetic, first, months)
    dates = [str(first + m) for m in range(months)]
    return [_over_time("Journeys started a month", "journeys", dates, mine, theirs)]


def returns(real: Walks, synthetic: Walks, entry: int, k: int) -> list[Plot]:
    """Kaplan-Meier curves of being back at the entry station, over 36 months."""
    one, two = (return_curve(w, entry) for w in (real, synthetic))
    known = (one.at_risk >= k) & (two.at_risk >= k)
    if known.sum() < 2:
        return []
    return [
        Plot(
            f"Back at “{real.names[entry]}”", "months since", "% back", one.months[known].astype(float).tolist(),
            (100 * one.share[known]).round(1).tolist(), (100 * two.share[known]).round(1).tolist(),
            note="Kaplan-Meier; those not yet back are censored at the end of the data.",
        )
    ]  # fmt: skip


def stock(real: Walks, synthetic: Walks, k: int) -> list[Plot]:
    """Open journeys in all, and at the stations that hold most, every second week."""
    mine = stock_by_week(real, *real.window)[::WEEK_STEP]
    theirs = scale(real, synthetic) * stock_by_week(synthetic, *real.window)[::WEEK_STEP]
    dates = [str(d) for d in _days(real, len(mine))]
    found = [_over_time("All open journeys", "journeys", dates, _hidden(mine.sum(axis=1), k), theirs.sum(axis=1))]
    for station in np.argsort(-mine.sum(axis=0), kind="stable")[:STATIONS_DRAWN].tolist():
        if mine[:, station].max(initial=0) >= 2 * k:
            title = f"At “{real.names[station]}”"
            found.append(_over_time(title, "journeys", dates, _hidden(mine[:, station], k), theirs[:, station]))
    return found


def _days(walks: Walks, points: int) -> list[np.datetime64]:
    first = np.datetime64(walks.window[0], "ms").astype("datetime64[D]")
    return [first + 7 * WEEK_STEP * i for i in range(points)]


def _over_time(title: str, what: str, dates: list[str], mine: Any, theirs: Any) -> Plot:
    return Plot(
        title, "", what, list(np.arange(len(dates), dtype=float)), [float(v) for v in mine],
        [round(float(v), 1) for v in theirs], dates=dates,
    )  # fmt: skip


def _hidden(counts: Ints, k: int) -> Ints:
    """Counts, those of 1 to k - 1 shown as k // 2."""
    return np.where((counts > 0) & (counts < k), k // 2, counts)


def stations(real: Walks, synthetic: Walks, k: int) -> list[StationRow]:
    """The table of stations, those with most events in the real log first."""
    sides = [_by_station(w, in_days(real, synthetic)) for w in (real, synthetic)]
    found = []
    for station in np.argsort(-sides[0][0], kind="stable").tolist():
        came, left = ([side[part][station] >= k for side in sides] for part in (3, 4))
        events, reach, wait = (
            _pair([side[part][station] for side in sides], shown) for part, shown in enumerate((came, came, left))
        )
        found.append(StationRow(real.names[station], bool(real.exits[station]), events, reach, wait))
    return found


def to_fives(counts: Any) -> Any:
    """Counts to the nearest five."""
    return FIVE * np.rint(np.asarray(counts) / FIVE)


def _pair(values: list[Any], shown: list[Any]) -> Pair:
    one, two = (float(v) if ok and not np.isnan(v) else None for v, ok in zip(values, shown, strict=True))
    return one, two


def _by_station(walks: Walks, days: bool) -> tuple[Ints, Any, Any, Ints, Ints]:
    """Events, share of journeys that reach it, median days until the next event, children, and those who went on."""
    size = len(walks.names)
    at = walks.station[walks.moves]
    events = to_fives(np.bincount(walks.station, minlength=size))
    pair = np.unique(walks.journey * size + walks.station)
    reach = (np.bincount(pair % size, minlength=size) / len(walks)).round(4)
    wait = waits(walks, days) / (1 if days else DAY)
    median = np.full(size, np.nan)
    for station in np.unique(at).tolist():  # one round a station
        median[station] = np.median(wait[at == station]).round(1)
    came = children_by(walks, walks.journey, walks.station, size)
    return events, reach, median, came, children_by(walks, walks.journey[walks.moves], at, size)


def children_by(walks: Walks, journey: Ints, kind: Ints, kinds: int) -> Ints:
    """(kinds,) how many children have a row of each kind; rows are given by their `journey` and `kind`."""
    pair = np.unique(walks.child[journey] * kinds + kind)
    return np.bincount(pair % kinds, minlength=kinds)
