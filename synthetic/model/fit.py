"""From a log to its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, EventLog, SourceError
from synthetic.model import arrivals, table, tabular
from synthetic.model.choice import WAYS, choose
from synthetic.model.contexts import Forest, grow, learn_shares
from synthetic.model.copula import GaussianCopula
from synthetic.model.days import SECONDS, Calendar, Clock, text_of
from synthetic.model.families import Meetings, kin, learn_families, settled
from synthetic.model.history import History, Moves, history, moves
from synthetic.model.intervals import Intervals, intervals
from synthetic.model.model import COUNTED_IN, Model, Station
from synthetic.model.options import FitOptions
from synthetic.model.stages import Stages, learn_stages

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[str, float], None]


def _silent(_stage: str, _share: float) -> None:
    """Nobody is told."""


LOST_AT_MOST = 0.75  # of moves
MARGIN = 4000  # days after the window for which kinds of days are known


@dataclass
class Fitting:
    """What the parts of a fit share."""

    events: History
    moves: Moves
    names: list[str]
    cards: list[int]
    features: npt.NDArray[np.int16]
    encoded: table.Encoded
    options: FitOptions
    choices: Forest
    trees: dict[str, int]
    calendar: Calendar
    clock: Clock
    lessons: list[tabular.Lesson] = field(default_factory=list)

    @property
    def k(self) -> int:
        """What fewer children have in common is not stored."""
        return self.options.k

    def allowed(self, *wanted: str) -> list[int]:
        """The rows of the features with these names; one ending in ":" stands for all that begin so."""
        return [
            at
            for at, name in enumerate(self.names)
            if any(name == w or (w.endswith(":") and name.startswith(w)) for w in wanted)
        ]

    def tree(self, name: str, rows: Ints, outcome: Ints, allowed: list[int]) -> None:
        """Learn a tree of `choices` from these events."""
        self.learn(name, self.features[:, rows], outcome, self.events.child[rows], allowed)

    def attribute(self, name: str, rows: Ints, outcome: Ints, allowed: list[int]) -> None:
        """Learn the tree of an attribute: from these events, or later from a table like them (tabular)."""
        if self.options.attributes == "chain":
            self.tree(name, rows, outcome, allowed)
        else:
            self.lessons.append(tabular.Lesson(name, rows, outcome, allowed))

    def learn(self, name: str, features: tabular.Codes, outcome: Ints, child: Ints, allowed: list[int]) -> None:
        """Learn a tree of `choices` from rows: features (F, n), outcome and child (n,), child by child."""
        if len(np.unique(child)) < self.k:
            return
        root = self.choices.root()
        self.trees[name] = root
        grow(self.choices, root, features, outcome, child, self.k, allowed)
        path = self.choices.tables().path(np.full(len(child), root), features)
        learn_shares(self.choices, path, outcome, child, self.k)


def fit(log: EventLog, options: FitOptions | None = None, progress: Progress | None = None) -> Model:
    """The model of a log.

    Raises SourceError where the log holds too few children, OptionError where the options make no sense. `progress`
    is told the stage and the share done.
    """
    options = options or FitOptions()
    options.check()
    say = progress or _silent
    if options.epsilon is not None:
        from synthetic.private import fit_private

        return fit_private(log, options, say)
    chosen = []
    if options.attributes == "measured":
        say("Comparing ways to learn attributes", 0.0)
        way, why = choose(log, options, fit)
        options, chosen = replace(options, attributes=way), [why]
    elif options.attributes != "chain":
        chosen = [f"Attributes by {WAYS[options.attributes]}."]
    say("Reading journeys", 0.0)
    events = history(log, options)
    k = options.k
    startup = arrivals.startup_days(events.day, events.station, events.first, events.last)
    encoded = table.encode(log, events, k)
    names, cards, features = table.build(events, encoded, startup)
    calendar = Calendar.between(events.first - 7, events.last + MARGIN)
    began = events.day[events.begins]
    kinds = arrivals.day_weights(began, calendar, events.first, events.last)
    months = arrivals.month_weights(began, calendar, kinds, events.first, events.last)
    clock = arrivals.clock(calendar, kinds, months)
    fitting = Fitting(
        events, moves(events, startup), names, cards, features, encoded, options, Forest(cards), {}, calendar, clock
    )
    say("Learning who the children are", 0.15)
    family = None if log.family is None else log.family.astype(np.int64)
    found = kin(fitting, family)
    # Siblings follow the first child of their family, so that is who is learned; without families, everybody.
    rows = np.flatnonzero(events.starts) if found is None else np.sort(found.row[found.leads])
    ages = _people(fitting, rows, int(log.birth is not None))
    families = None if found is None or family is None else learn_families(fitting, found, family)
    _journeys(fitting)
    facts = tabular.Facts(names, features, events.child, ages, encoded.variables)
    for each in tabular.drawn(fitting.lessons, facts, GaussianCopula, k):
        fitting.learn(each.name, each.features, each.outcome, each.child, each.allowed)
    say("Learning ways and waits", 0.35)
    stages = learn_stages(fitting, say)
    say("Writing the model", 0.95)
    notes = chosen + _coverage(fitting, stages)
    model = _model(log, fitting, stages, ages, (startup, kinds, months), np.sort(events.day[rows]))
    if families is not None and family is not None:
        seen = Meetings.of(family, events.child, events.visit, events.station, events.day, events.exits)
        families = settled(model, families, seen)
    model.families = families
    model.notes = notes
    return Model.from_json(model.to_json())  # what is stored is what is sampled from, to the last digit


def _coverage(fitting: Fitting, stages: Stages) -> list[str]:
    """What to say about moves that too few children made; raises SourceError where these are most of all."""
    s = len(fitting.events.names)
    known = np.array([m.start * 4 * s + m.code(s) for m in stages.moves])
    seen = fitting.moves.to >= 0
    made = (fitting.events.station * 4 * s + fitting.moves.to)[seen]
    lost = int((~np.isin(made, known)).sum())
    if lost > LOST_AT_MOST * max(len(made), 1):
        raise SourceError(
            f"Of {len(made):,} moves from one station to the next, {lost:,} are ones that fewer than k ="
            f" {fitting.k} children made: too little would be left for a model.",
            remedy="Use a longer log, or give rare events one name.",
        )
    if lost:
        share = f"{lost / len(made):.1%}" if lost >= len(made) / 1000 else "Fewer than 0.1%"
        return [f"{share} of moves were made by too few children to be in this model."]
    return []


def _people(fitting: Fitting, rows: Ints, has_birth: int) -> Intervals | None:
    """Trees of the first station, the age and the attributes of children (`rows` of their first events); gives the
    ages' bins."""
    events = fitting.events
    fitting.tree("first", rows, events.station[rows], fitting.allowed("startup", "year", "weekday"))
    about = ["station", "startup", "year"]
    ages = None
    if has_birth:
        age, known = table.age_days(events)
        age, known = age[rows], known[rows]
        ages = intervals(age[known], events.child[rows][known], fitting.k)
        codes = np.zeros(len(rows), dtype=np.int64)
        if ages is not None:
            codes[known] = 1 + ages.codes(age[known])
        fitting.attribute("age", rows, codes, fitting.allowed(*about))
    about += ["age", "age group"]
    for variable in fitting.encoded.variables:
        if variable.of == "child":
            name = f"child:{variable.key}"
            fitting.attribute(name, rows, fitting.encoded.codes[name][events.child[rows]], fitting.allowed(*about))
            about.append(name)
    return ages


def _journeys(fitting: Fitting) -> None:
    """Trees of the attributes of journeys and of single events."""
    events, encoded = fitting.events, fitting.encoded
    about = ["station", "startup", "year", "weekday", "visit", "gap", "age", "age group", "child:", "last:"]
    ends = np.flatnonzero(np.append(events.begins[1:], True))
    begins = np.flatnonzero(events.begins)
    everything = list(range(len(fitting.names)))
    of_journeys = [v for v in encoded.variables if v.of == "journey"]
    for variable in of_journeys:
        if variable.given == "start":
            name = f"journey:{variable.key}"
            codes = encoded.codes[name]
            fitting.attribute(name, begins, codes[events.journey[begins]], fitting.allowed(*about))
            about.append(name)
    here = ["one before", "two before", "earlier journeys here", "times here"]
    for variable in of_journeys:
        name = f"journey:{variable.key}"
        codes = encoded.codes[name]
        if variable.given == "gate":
            known = encoded.revealed[variable.key]
            opened = known & (events.begins | ~np.concatenate([[False], known[:-1]]))
            rows = np.flatnonzero(opened)
            fitting.attribute(name, rows, codes[events.journey[rows]], fitting.allowed(*about, *here))
            closed = ends[~known[ends]]
            fitting.tree(f"rest:{variable.key}", closed, codes[events.journey[closed]], fitting.allowed(*about, *here))
            about.append(name)
        elif variable.given == "event":
            fitting.tree(f"event:{variable.key}", np.arange(len(events.child)), codes, everything)


def _model(
    log: EventLog,
    fitting: Fitting,
    stages: Stages,
    ages: Intervals | None,
    arriving: tuple[int, list[float], list[float]],
    first_days: Ints,
) -> Model:
    events, k = fitting.events, fitting.k
    startup, kinds, months = arriving
    cuts = [startup] if startup else []
    for node in (*fitting.choices.nodes, *stages.waits.nodes):
        node.children -= node.children % COUNTED_IN
        node.shares = {o: round(s, 5) for o, s in node.shares.items()}
        node.groups = {g: round(s, 5) for g, s in node.groups.items()}
    per_child = np.sort(np.bincount(events.child))[::-1]
    age, known = table.age_days(events)
    oldest = _kth_oldest(age[known], events.child[known], k)
    stations, rest_clock, startup_clock = _stations(log, events, fitting, startup)
    return Model(
        k=k,
        children=int(events.starts.sum()) // COUNTED_IN * COUNTED_IN,
        events=len(events.child) // COUNTED_IN * COUNTED_IN,
        first=text_of(events.first),
        last=text_of(events.last),
        resolution=_resolution(log),
        has_case=log.case is not None,
        has_birth=log.birth is not None and bool((log.birth != NO_TIME).any()),
        most_events=int(per_child[min(k, len(per_child)) - 1]),
        oldest=oldest,
        startup=startup,
        ends=_ends(events, k),
        features=fitting.names,
        cards=fitting.cards,
        stations=stations,
        rest_clock=rest_clock,
        stretches=stages.stretches,
        loads=stages.loads,
        startup_clock=startup_clock,
        variables=fitting.encoded.variables,
        ages=ages,
        kinds=kinds,
        months=months,
        arrivals=arrivals.rates(first_days, fitting.calendar, kinds, events.first, events.last, cuts, k),
        trees=fitting.trees,
        choices=fitting.choices,
        waits=stages.waits,
        curves=stages.curves,
        moves=stages.moves,
        pace=stages.pace,
        periods=stages.periods,
        notes=[],
    )


def _ends(events: History, k: int) -> Intervals | None:
    """When those cases ended that began before nearly any had: days to the end of the window."""
    if events.closing is None:
        return None
    began, ended = (events.last - events.day[at] for at in (events.starts, events.ends))
    early = began > events.closing
    return intervals(ended[early], events.child[events.starts][early], k)


def _kth_oldest(age: Ints, child: Ints, k: int) -> int | None:
    """The age in days that k children reach at some event; None where fewer have one."""
    if not len(age):
        return None
    oldest = np.full(int(child.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(oldest, child, age)
    oldest = np.sort(oldest[np.unique(child)])[::-1]
    return int(oldest[k - 1]) if len(oldest) >= k else None


def _resolution(log: EventLog) -> int:
    """Seconds to which times are given: a day, a minute, or one."""
    for seconds in (SECONDS, 3600, 60):
        if not (log.time % (seconds * 1000)).any():
            return seconds
    return 1


def _stations(
    log: EventLog, events: History, fitting: Fitting, startup: int
) -> tuple[list[Station], list[Intervals | None], list[Intervals | None]]:
    """Each station's time of day and habits; the time of day on rest days, and in the first days."""
    another_day = ~np.concatenate([[False], fitting.moves.same_day[:-1]])
    minute = events.time % SECONDS // 60
    rests = fitting.calendar.rests(events.day)
    early = events.day < events.first + startup
    usual = another_day & ~early
    age, known = table.age_days(events)
    unborn = known & (age < 0)
    date_only = log.date_only[events.row]
    midday = Intervals(np.array([720]), np.array([720]), np.ones(1))
    found = []
    for at, name in enumerate(events.names):
        here = np.flatnonzero(events.station == at)
        clock = None
        for rows in (here[usual[here] & ~rests[here]], here[another_day[here]], here):
            clock = clock or intervals(minute[rows], events.child[rows], fitting.k)
        found.append(
            Station(
                name,
                bool(events.exits[at]),
                clock or midday,
                round(float(date_only[here].mean()), 2),
                len(np.unique(events.child[here[unborn[here]]])) >= fitting.k,
            )
        )
    clocks = [
        [intervals(minute[r & b], events.child[r & b], fitting.k) for b in (~events.begins, events.begins)]
        for r in (usual & rests, another_day & early)
    ]
    return found, clocks[0], clocks[1]
