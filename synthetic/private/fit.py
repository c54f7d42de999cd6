"""From a log to a model with differential privacy, of the same form as any other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import EventLog, SourceError
from synthetic.model.contexts import Forest
from synthetic.model.days import SECONDS, Calendar, day_of, text_of
from synthetic.model.features import layout
from synthetic.model.history import History, moves
from synthetic.model.intervals import Intervals
from synthetic.model.model import COUNTED_IN, Model, Station
from synthetic.model.options import FitOptions, Public
from synthetic.private import grids, stages
from synthetic.private.ledger import Ledger, Noise
from synthetic.private.lives import lives
from synthetic.private.noise import Laplace
from synthetic.private.people import Ages, Arriving, ages, arriving, encoded, first_stations, of_everybody
from synthetic.private.trees import Trees

Floats = npt.NDArray[np.float64]

MARGIN = 4000  # days after the window for which kinds of days are known
ALL_DATES = 0.95  # from this share of dates without a time on, the log has no times
NOTE = "Every number in this model has noise on it (differential privacy); rare moves may be missing."
STATIONS = "names of stations"


def fit_private(
    log: EventLog, options: FitOptions, say: Callable[[str, float], None], noise: Noise | None = None
) -> Model:
    """The model of a log with `options.epsilon` and `.delta`. `noise` is for tests (None: OpenDP's).

    Raises OptionError where ε or the window is not given, SourceError where nothing stands out of the noise.
    """
    options.check()
    epsilon, public = options.epsilon, options.public
    if epsilon is None or public is None:
        raise ValueError("a private model without ε")
    first, last = (day_of(day) for day in public.window)
    ledger = Ledger(epsilon, options.delta, *plan(log, public), noise or Laplace())
    say("Reading journeys", 0.0)
    events = lives(log, _stations(ledger, log, public), options.exits or (), first, last)
    calendar = Calendar.between(first - 7, last + MARGIN)
    say("Counting, with noise", 0.2)
    values = encoded(ledger, log, events, public)
    features, cards = layout(len(events.names), 0, values.variables)
    trees = Trees(features, Forest(cards), options.k)
    when = arriving(ledger, events, calendar)
    first_stations(ledger, events, trees)
    nobody = Ages(None, None, np.zeros(len(events.names), dtype=bool))
    born = nobody if log.birth is None else ages(ledger, events, trees)
    of_everybody(ledger, events, values, trees)
    say("Counting ways and waits, with noise", 0.5)
    following = moves(events, 0)
    moved = stages.learn(ledger, events, following, calendar, trees, public.moves)
    clock = stages.clocks(ledger, events, following, log.date_only[events.row], calendar)
    model = _model(log, options, events, trees, (when, born, moved, clock))
    model.variables = values.variables
    model.privacy = ledger.close()
    if "first" not in trees.roots or not model.moves:
        raise SourceError(
            f"With ε = {epsilon:g} nothing stands out of the noise.", remedy="Use a longer log, or a greater ε."
        )
    return Model.from_json(model.to_json())  # what is stored is what is sampled from, to the last digit


def plan(log: EventLog, public: Public) -> tuple[dict[str, float], dict[str, float]]:
    """What will be counted and which names let out, with weights: from the log's columns alone, not from its rows."""
    counts = dict(grids.WEIGHTS) | (grids.OF_BIRTHS if log.birth is not None else {})
    kept = {f"child:{key}": a for key, a in log.children.items()} | {
        f"journey:{k}": a for k, a in log.attributes.items()
    }
    counts |= dict.fromkeys(kept, grids.ATTRIBUTES / max(len(kept), 1))
    listed = [n for n, a in kept.items() if a.kind == "category" and n.split(":", 1)[1] not in public.values]
    names = {f"values of {name}": grids.NAMES_OF_VALUES / len(listed) for name in listed}
    if public.stations is None:
        names[STATIONS] = grids.NAMES_OF_STATIONS
    return counts, names


def _stations(ledger: Ledger, log: EventLog, public: Public) -> list[str]:
    """Declared, or let out where many children came there."""
    if public.stations is not None:
        return list(dict.fromkeys(public.stations))
    order = np.argsort(log.child, kind="stable")
    code, child = log.station[order].astype(np.int64), log.child[order].astype(np.int64)
    found = ledger.names(STATIONS, code, child, log.stations, grids.STATION_NAMES)
    if not found:
        raise SourceError(
            f"With ε = {ledger.epsilon:g} no station's name stands out of the noise.",
            remedy="Name a map that has the stations (--map), use a longer log, or a greater ε.",
        )
    return found


Parts = tuple[Arriving, Ages, stages.Stages, tuple[Floats, float]]


def _model(log: EventLog, options: FitOptions, events: History, trees: Trees, parts: Parts) -> Model:
    when, born, moved, (hours, date_only) = parts
    clock = [_clock(row) for row in hours]
    only_dates = date_only >= ALL_DATES
    first = trees.forest.nodes[trees.roots["first"]].children if "first" in trees.roots else 0
    return Model(
        k=options.k,
        children=first,
        events=moved.events // COUNTED_IN * COUNTED_IN,
        first=text_of(events.first),
        last=text_of(events.last),
        resolution=SECONDS if only_dates else 60,
        has_case=log.case is not None,
        has_birth=log.birth is not None,
        most_events=grids.STEPS,
        oldest=born.oldest,
        startup=grids.STARTUP,
        ends=None,
        features=trees.names,
        cards=list(trees.forest.cards),
        stations=[
            Station(
                name,
                bool(events.exits[at]),
                clock[at],
                1.0 if only_dates else round(date_only, 2),
                bool(born.unborn[at]),
            )
            for at, name in enumerate(events.names)
        ],
        variables=[],
        ages=born.bins,
        kinds=when.kinds,
        months=when.months,
        arrivals=when.rates,
        trees=trees.roots,
        choices=trees.forest,
        waits=moved.waits,
        curves=moved.curves,
        moves=moved.moves,
        pace=[],
        periods={},
        rest_clock=[clock[-1], clock[-1]],
        notes=[NOTE],
    )


def _clock(hours: Floats) -> Intervals:
    """Minutes of the day, by the hour; midday where nothing is known."""
    kept = np.flatnonzero(hours > 0)
    if not len(kept):
        return Intervals(np.array([720]), np.array([720]), np.ones(1))
    return Intervals(kept * 60, kept * 60 + 59, hours[kept] / hours.sum())
