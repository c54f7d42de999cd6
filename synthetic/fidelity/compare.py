"""All yardsticks of a synthetic log against the real one, each beside its floor."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from flowmap.eventlog import EventLog
from flowmap.quality import OptionError
from synthetic.fidelity import attributes, classifier, paths, periods, queues, returns, siblings, times, volume
from synthetic.fidelity.walks import RARE, Walks, families_of, together
from synthetic.fidelity.yardstick import Measured, Unit, Yardstick


@dataclass(frozen=True)
class Options:
    """How to compare. Names are of stations; what is None is learned from the real log.

    `period` is first and last time of an inspection or the like (ms UTC), whose effect is compared. `classifier` can be
    switched off, for it takes most of the time.
    """

    exits: Collection[str] | None = None
    entry: str | None = None
    period: tuple[int, int] | None = None
    classifier: bool = True
    seed: int = 0


@dataclass(frozen=True)
class _Question:
    key: str
    label: str
    unit: Unit
    meaning: str
    ask: Callable[[Walks, Walks], Measured]
    baseline: float = 0.0


def compare(
    real: EventLog,
    synthetic: EventLog,
    floor: EventLog | None = None,
    options: Options | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Yardstick]:
    """Every yardstick of `synthetic` against `real`, with its floor.

    `floor` is a second, independent sample of the truth that `real` comes from. Without one, the two halves of the
    real log's children are compared with each other. Chance shrinks with the square root of the number of children,
    so the floor is brought to the sizes of the two logs compared. `progress` is told the share done (0 to 1).
    Raises OptionError where a log has no events or a name is unknown.
    """
    options = options or Options()
    real = as_coarse(real, synthetic)
    floor = None if floor is None else as_coarse(floor, synthetic)
    walks, beside = _footing(real, synthetic, floor, options)
    questions = _questions(walks[0], options)
    found = []
    for done, question in enumerate(questions):
        found.append(_yardstick(question, walks, beside))
        if progress is not None:
            progress((done + 1) / len(questions))
    return found


def as_coarse(log: EventLog, synthetic: EventLog) -> EventLog:
    """The log with the stations that the synthetic one has under one name, RARE, under that name too.

    A move to “rare stations” is then one that was seen, and the comparison is as fine as the model.
    """
    if RARE not in synthetic.stations or RARE in log.stations:
        return log
    kept = [name for name in log.stations if name in synthetic.stations]
    place = {name: at for at, name in enumerate(kept)}
    codes = np.array([place.get(name, len(kept)) for name in log.stations], dtype=np.int32)
    return replace(log, station=codes[log.station], stations=(*kept, RARE))


def _footing(
    real: EventLog, synthetic: EventLog, floor: EventLog | None, options: Options
) -> tuple[tuple[Walks, Walks], tuple[Walks, Walks, float]]:
    """The two logs to compare; and the two whose distance is the floor, with what it is multiplied with."""
    if floor is not None:
        a, b, c = together(real, synthetic, floor, exits=options.exits)
        return (a, b), (a, c, noise(a.children, b.children) / noise(a.children, c.children))
    one, two = halves(real, options.seed)
    if not len(one) or not len(two):
        raise OptionError("The real log has one child only: there is nothing to compare.")
    a, b, c, d = together(real, synthetic, one, two, exits=options.exits)
    return (a, b), (c, d, noise(a.children, b.children) / noise(c.children, d.children))


def noise(one: int, two: int) -> float:
    """What chance differences between two logs of so many children grow with."""
    return float(np.sqrt(1 / one + 1 / two))


def halves(log: EventLog, seed: int = 0) -> tuple[EventLog, EventLog]:
    """The log's children dealt into two halves at random; siblings stay together.

    Where a log does not know families, they are taken to be those who first came at one moment; where more than half of
    all came so, or most times are days only, each child is dealt alone.
    """
    of = families_of(log)
    _, household, size = np.unique(of, return_inverse=True, return_counts=True)
    children = len(of)
    if size.max() > children / 2:
        household, size = np.arange(children), np.ones(children, dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(size))
    dealt = np.zeros(len(size), dtype=bool)
    dealt[order[np.cumsum(size[order]) <= children / 2]] = True
    chosen = dealt[household]
    return only(log, chosen), only(log, ~chosen)


def only(log: EventLog, children: np.typing.NDArray[np.bool_]) -> EventLog:
    """The events of some children (a mask over `child_ids`); children without events leave the log."""
    kept = children & (np.bincount(log.child, minlength=len(log.child_ids)) > 0)
    rows = np.flatnonzero(kept[log.child])
    number = np.cumsum(kept) - 1
    return EventLog(
        child=number[log.child[rows]].astype(np.int32),
        child_ids=log.child_ids.filter(kept),
        station=log.station[rows],
        stations=log.stations,
        time=log.time[rows],
        date_only=log.date_only[rows],
        case=None if log.case is None else log.case[rows],
        end=None if log.end is None else log.end[rows],
        attributes={key: attribute.take(rows) for key, attribute in log.attributes.items()},
        children={key: attribute.take(kept) for key, attribute in log.children.items()},
        birth=None if log.birth is None else log.birth[kept],
        family=None if log.family is None else log.family[kept],
    )


def _yardstick(question: _Question, walks: tuple[Walks, Walks], beside: tuple[Walks, Walks, float]) -> Yardstick:
    found = question.ask(*walks)
    near = question.ask(beside[0], beside[1]) if not np.isnan(found.value) else found
    base = question.baseline
    least = base + (found.chance or 0.0)
    floor = None if np.isnan(near.value) else max(base + (near.value - base) * beside[2], least)
    return Yardstick(
        key=question.key,
        label=question.label,
        value=found.value,
        meaning=question.meaning,
        unit=question.unit,
        floor=floor,
        real=found.real,
        synthetic=found.synthetic,
        baseline=base,
        why=found.why,
    )


def _questions(real: Walks, options: Options) -> list[_Question]:
    entry = returns.entry_station(real)
    if options.entry is not None:
        if options.entry not in real.names:
            raise OptionError(f"No log has a station called {options.entry}.", remedy="Use a name of an event.")
        entry = real.names.index(options.entry)
    asked = [*_of_paths(), *_of_times(), *_of_returns(entry, real.names[entry]), *_of_volume(), *_of_attributes()]
    asked += [*_of_siblings(), _of_queue(real)]
    if options.period is not None:
        asked += _of_period(real, options.period)
    if options.classifier:
        asked.append(
            _Question(
                "classifier", "Classifier two-sample test", "AUC",
                "How well a program that learns from both can tell real journeys from synthetic ones: 0.5 is not at "
                "all, 1 is always.",
                lambda a, b: classifier.two_sample_auc(a, b, options.seed), baseline=0.5,
            )
        )  # fmt: skip
    return asked


def _of_paths() -> list[_Question]:
    return [
        _Question("edges", "Moves between stations", "share",
                  "The share of moves that would have to be other moves for both logs to have the same.", paths.edges),
        _Question("new_moves", "Moves never seen", "share",
                  "The share of moves (and of beginnings) that the real log never has.", paths.new_moves),
        _Question("outside", "Dates that cannot be", "share",
                  "The share of events outside the days of the real log, or before birth where that never happens.",
                  paths.outside_window),
        _Question("common_paths", "The 20 commonest paths", "share",
                  "How differently journeys are spread over the 20 commonest paths and all others.",
                  paths.common_paths),
        _Question("unseen_paths", "Paths not seen before", "share",
                  "Whether as many journeys take a path of their own as in the real log.", paths.unseen_paths),
        _Question("grams", "Three stations in a row", "share",
                  "How differently sequences of three stations are spread (n-gram distance).", paths.grams),
        _Question("open", "Open journeys", "points",
                  "Difference of the percentages of journeys that have not ended.", paths.open_share),
    ]  # fmt: skip


def _of_times() -> list[_Question]:
    return [
        _Question("durations", "Durations of each move", "distance",
                  "The largest gap between the two curves of “done within so many days”, averaged over kinds of move "
                  "(Kolmogorov-Smirnov).", times.durations),
        _Question("weekends", "Events at weekends", "points",
                  "Difference of the percentages of events on Saturdays and Sundays.", times.weekends),
        _Question("slow_together", "Slow stages going together", "distance",
                  "Whether a journey that is slow at one stage is as likely to be slow at the next (correlation).",
                  times.slow_together),
        _Question("cycle_time", "Length of journeys", "hours",
                  "By how many hours journeys would have to be lengthened or cut, on average (cycle time).",
                  times.cycle_time),
        _Question("since_start", "Times since the start", "hours",
                  "By how many hours events would have to be moved within their journeys (relative events).",
                  times.since_start),
        _Question("clock", "Hours of the day", "hours",
                  "By how many hours events would have to be moved within their day (circadian).", times.clock),
        _Question("case_arrival", "When journeys start", "hours",
                  "By how many hours the starts of journeys would have to be moved (case arrival).",
                  times.arrivals_in_time),
    ]  # fmt: skip


def _of_returns(entry: int, name: str) -> list[_Question]:
    return [
        *(_again(entry, name, months) for months in (12, 36)),
        _Question("nfa", "No further action by earlier visits", "points",
                  "Difference of the percentages that end in no further action, after 0, 1, 2 and 3 or more earlier "
                  "journeys.", returns.nfa),
    ]  # fmt: skip


def _again(entry: int, name: str, months: int) -> _Question:
    return _Question(
        f"again_{months}",
        f"Re-referral within {months} months",
        "points",
        f"Difference of the percentages of events “{name}” that came within {months} months of an earlier one of the "
        "same child.",
        lambda a, b: returns.re_referral(a, b, entry, months),
    )


def _of_volume() -> list[_Question]:
    return [
        _Question("arrivals", "Arrivals a month", "share",
                  "By how much the numbers of journeys started a month differ, as a share of all.", volume.arrivals),
        _Question("stock", "Children at each station", "share",
                  "By how much the numbers at each station, week by week, differ, as a share of all.", volume.stock),
    ]  # fmt: skip


def _of_queue(real: Walks) -> _Question:
    station = queues.fullest(real)
    where = "" if station is None else f" at “{real.names[station]}”"
    return _Question(
        "full",
        "Waits when a station is full",
        "distance",
        f"Whether waits{where} are as much longer the more children are there (correlation). The station is the one of "
        "the real log where that is surest.",
        lambda a, b: queues.full(a, b, station),
    )


def _of_attributes() -> list[_Question]:
    return [
        _Question("marginals", "Attributes", "share",
                  "How differently the values of an attribute are spread, on average.", attributes.marginals),
        _Question("pairs", "Pairs of attributes", "share",
                  "How differently the values of two attributes go together, on average.", attributes.pairs),
        _Question("worst_pair", "The pair that fits worst", "share",
                  "The same of the two attributes for which it is largest.", attributes.worst_pair),
    ]  # fmt: skip


def _of_siblings() -> list[_Question]:
    return [
        _Question("siblings_come", "Siblings who come together", "points",
                  "Difference of the percentages of children with siblings who first come on one day with one of them.",
                  siblings.come_together),
        _Question("siblings_back", "Siblings who come back together", "points",
                  "The same of later journeys: difference of the percentages that begin on one day with a sibling's.",
                  siblings.come_back_together),
        _Question("siblings_end", "Siblings whose journeys end together", "points",
                  "Of ended journeys begun with a sibling's: difference of the percentages that end with it, on one "
                  "day in one way.", siblings.end_together),
    ]  # fmt: skip


def _of_period(real: Walks, period: tuple[int, int]) -> list[_Question]:
    station = real.names[periods.slowest_of(real)]
    return [
        _Question("period_durations", "Effect of the period on durations", "ratio",
                  f"How much longer stays at “{station}” were in the period than in the same weeks a year before: "
                  "difference of the two ratios.", lambda a, b: periods.duration_effect(a, b, *period)),
        _Question("period_nfa", "Effect of the period on no further action", "ratio",
                  "How much rarer or commoner no further action was in the period than a year before: difference of "
                  "the two ratios.", lambda a, b: periods.nfa_effect(a, b, *period)),
    ]  # fmt: skip
