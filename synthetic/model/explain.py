"""A model in words, for who has to say whether it may leave: part by part, what it holds and what protects it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from synthetic.model import guarantee
from synthetic.model.days import text_of
from synthetic.model.model import COUNTED_IN, Load, Model, Pace, Variable

WIDTH = 100
SHOWN = 60  # values of an attribute
YEAR = 365.25  # days
WEEK = 7

# What a choice may depend on, in words; attributes are known by their label.
WORDS = {
    "station": "the station",
    "one before": "the station before",
    "two before": "the station two before",
    "three before": "the station three before",
    "visit": "number of earlier journeys",
    "earlier journeys here": "earlier journeys through this station in three years",
    "times here": "times at this station",
    "gap": "time since the journey before",
    "age": "age",
    "age group": "age",
    "weekday": "weekday",
    "startup": "the first days of the log",
    "year": "year of the log",
    "period": "the weeks named below",
}

LAST = (
    "There is no row, no identifier and no child in this file. That small numbers are left out is no mathematical"
    " guarantee: who has two models of nearly the same children can compare them. Before it is handed out, look"
    " at the report on a log sampled from it (flowmap synth report … --model). The file itself is readable JSON."
)

WRITTEN = "it was written, and nobody is in it."
LAST_WRITTEN = (
    "No child is behind this file. It is readable JSON: its shares and waits can be changed, and sampled from (flowmap"
    " synth sample)."
)


@dataclass(frozen=True)
class Part:
    """A part of the model: lines on what it holds, and a sentence on what protects it."""

    title: str
    holds: list[str]
    protection: str

    def text(self) -> str:
        """As paragraphs no wider than WIDTH."""
        lines = [self.title.upper(), *(_wrapped(line) for line in self.holds)]
        return "\n".join([*lines, _wrapped(f"Protection: {self.protection}")])


def explain(model: Model) -> str:
    """Several parts as plain text, no line wider than 100 columns."""
    parts = [_children(model), _attributes(model), _ways(model), _waits(model), _weeks(model), _dates(model)]
    if model.written:
        parts = [replace(part, protection=WRITTEN) for part in parts]
        return "\n\n".join([_head(model), *(part.text() for part in parts), textwrap.fill(LAST_WRITTEN, WIDTH)])
    if model.privacy is None:
        return "\n\n".join([_head(model), *(part.text() for part in parts), textwrap.fill(LAST, WIDTH)])
    parts = [replace(part, protection=guarantee.NOISY) for part in parts]
    spent = guarantee.spent(model.privacy)
    return "\n\n".join([_head(model), spent, *(part.text() for part in parts), textwrap.fill(guarantee.LAST, WIDTH)])


def _wrapped(line: str) -> str:
    """Lines that begin with a space belong to a list and hang."""
    indent = "  " if not line.startswith(" ") else "    "
    return textwrap.fill(line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent + "    ")


def _head(model: Model) -> str:
    about = f"a log of about {model.children:,} children and {model.events:,} events from {model.first} to {model.last}"
    if model.written:
        about = (
            f"a log from {model.opening or model.first} to {model.last}, written from {model.written} and not fitted to"
            f" any. Lives are walked from {model.first} on"
        )
    said = [
        f"A model of {about}. It holds {len(model.stations)} stations, {len(model.moves)} moves,"
        f" {len(model.choices.nodes):,} contexts of choices and {len(model.curves):,} curves of waits.",
        *([] if model.written else [_smallness(model)]),
        *model.notes,
    ]
    return "\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in said)


def _smallness(model: Model) -> str:
    if model.privacy is not None:
        return f"Contexts in which noisy counts say fewer than {model.k} are left out; counts are of events."
    return (
        f"k = {model.k}: what fewer than {model.k} children had in common is not in it. Numbers of children are rounded"
        f" down to a multiple of {COUNTED_IN}; the smallest in it is {_smallest(model):,}."
    )


def _smallest(model: Model) -> int:
    return min((node.children for forest in (model.choices, model.waits) for node in forest.nodes), default=0)


def _children(model: Model) -> Part:
    holds = []
    if model.arrivals:
        rates = [row[2] for row in model.arrivals]
        weekday = sum(model.kinds[:5]) / 5
        rest = (
            f"; a weekend day brings {(model.kinds[5] + model.kinds[6]) / 2 / weekday:.0%} of a weekday's"
            if weekday
            else ""
        )
        shortest = int(min(last + 1 - first for first, last, _ in model.arrivals))
        holds.append(
            f"When children first appear: {min(rates):.1f} to {max(rates):.1f} a day in {len(rates)} stretches of"
            f" {shortest} days or more{rest}."
        )
    if model.startup:
        holds.append(f"The first {model.startup} days hold cases open at the start, and are a mix of their own.")
    if model.ages is not None:
        holds.append(
            f"Age at the first event: {len(model.ages.low)} ranges from {model.ages.low[0] / YEAR:.1f} to"
            f" {model.ages.high[-1] / YEAR:.1f} years. No date of birth."
        )
    if model.families is not None:
        kin = model.families
        holds.append(
            f"Siblings: {kin.mean:.2f} children a family; {kin.together[0]:.0%} of further children come with the"
            f" first, and {kin.steps:.0%} of those at one place go on together."
        )
    oldest = "" if model.oldest is None else f"; nobody is older than {model.oldest / YEAR:.1f} years"
    holds.append(f"Limits: {model.most_events} events of one child (a guide for how long lives get){oldest}.")
    k = model.k
    return Part("Who appears, and when", holds, f"each stretch, range and limit is one that {k} children reach.")


def _attributes(model: Model) -> Part:
    when = {"start": "", "gate": "; known once {} is reached", "event": "; recorded at single events"}
    holds = [
        f" {v.label} (of the {v.of}{when[v.given].format(v.gate)}): {_values(v)}." for v in model.variables
    ]  # fmt: skip
    return Part(
        "Attributes",
        holds or ["None."],
        f"each value is one that {model.k} children have; rarer ones became one, or are left out. Words are the log's"
        " own: read them, for a team or a name may point to a person.",
    )


def _values(v: Variable) -> str:
    if v.kind == "number":
        return f"numbers {v.bins.low[0]} to {v.bins.high[-1]}" if v.bins else "nothing common enough"
    more = f" and {len(v.values) - SHOWN} more" if len(v.values) > SHOWN else ""
    return (", ".join(v.values[:SHOWN]) or "nothing common enough") + more


def _ways(model: Model) -> Part:
    who = "in usual circumstances" if model.written else "all of them together"
    holds = [f"Where children go next from each station, {who}, and what else that depends on:"]
    for station in model.stations:
        root = model.trees.get(f"next:{station.name}", -1)
        name = f" {station.name}{' (ends journeys)' if station.exit else ''}"
        if root < 0:
            holds.append(f"{name}: the last that is known of a child.")
            continue
        inside = _under(model, root)
        depends = f" {len(inside)} contexts, by {', '.join(_features(model, inside))}." if len(inside) > 1 else ""
        holds.append(f"{name}: {', '.join(_shares(model, root))}.{depends}")
    return Part(
        "Ways",
        holds,
        f"a context is of {model.k} children or more, and only moves that {model.k} of them made are in it; others"
        " are as in the wider context. A move that fewer made at the whole station is nowhere.",
    )


def _shares(model: Model, root: int) -> list[str]:
    """Each way from a station and its share, the commonest first."""
    ways = []
    for outcome, share in sorted(model.choices.nodes[root].shares.items(), key=lambda pair: -pair[1]):
        shown = f"{share:.0%}" if share >= 0.01 else "less than 1%"
        early, to = divmod((outcome - 1) // 2, len(model.stations)) if outcome else (0, 0)
        name = model.stations[to].name if outcome else "nothing follows"
        again = "later again " if outcome and (outcome - 1) % 2 else ""
        ways.append(f"{again}{name} {'in the first days ' if early else ''}{shown}")
    return ways or ["too few went anywhere"]


def _under(model: Model, root: int) -> list[int]:
    inside = {root}
    for at, node in enumerate(model.choices.nodes):
        if node.parent in inside:
            inside.add(at)
    return sorted(inside)


def _features(model: Model, nodes: Iterable[int]) -> list[str]:
    """What these contexts are told apart by, in words, each once."""
    labels = {f"{v.of}:{v.key}": v.label.lower() for v in model.variables}
    labels |= {f"last:{v.key}": f"{v.label.lower()} of the journey before" for v in model.variables}
    split = (model.choices.nodes[node].splits for node in nodes)
    names = [model.features[at] for at in split if at >= 0]
    return list(dict.fromkeys(WORDS.get(name) or labels.get(name, name) for name in names))


def _waits(model: Model) -> Part:
    k = model.k
    pieces = [len(curve.low) for curve in model.curves.values()]
    together = max((move.own for move in model.moves), default=0.0) ** 2
    holds = [
        f"How many days each move takes: {len(pieces):,} curves of up to {max(pieces, default=0)} ranges of days.",
        "At which time of day a station is reached, and on which weekdays long waits end, in ranges as well.",
        f"A child's waits go together: one who waited long before does so again (correlations up to {together:.2f}).",
        *(_load(model, load) for load in model.loads),
    ]
    return Part(
        "Waits",
        holds,
        f"each range is held by {k} children, its ends are reached by {k}; a curve for special circumstances is of"
        f" {4 * k}.",
    )


def _load(model: Model, load: Load) -> str:
    """What a full station does, in words: where the middle wait would stand among 100 usual waits."""
    place = round(float(ndtr(load.by * np.log(2))) * 100)
    return (
        f" {model.stations[load.station].name}: {'slower' if load.by > 0 else 'quicker'} the more children are there;"
        f" with twice as many as usual, of 100 usual waits in order of length the middle wait is like number {place}."
    )


def _weeks(model: Model) -> Part:
    """Weeks in which things went another way, one line for those that follow each other."""
    holds = [_pace(model, *run) for run in runs(model.pace)]
    for station, ranges in model.periods.items():
        first, last = text_of(ranges[0][0]), text_of(ranges[-1][1])
        holds.append(f" {model.stations[station].name}, {first} to {last}: other ways are taken.")
    if model.stretches:
        holds.append(f"{len(model.stretches)} moves have curves of their own in such weeks.")
    return Part(
        "Weeks unlike others",
        holds or ["None were found or named."],
        f"weeks are named for a station, whole, and only where {model.k} children were there; a curve of its own is"
        f" of {4 * model.k}. Such weeks may tell which event it was (an inspection), not whom it met.",
    )


def _pace(model: Model, station: int, first: int, last: int, least: float, most: float) -> str:
    """A stretch in words: where the middle wait of it would stand among 100 usual waits."""
    places = sorted({round(float(ndtr(by)) * 100) for by in (least, most)})
    which = " to ".join(f"{place}" for place in places)
    slow = "slower" if least > 0 else "quicker"
    return (
        f" {model.stations[station].name}, {text_of(first)} to {text_of(last)}: {slow} than usual; of 100 usual waits"
        f" in order of length, the middle wait here is like number {which} (50 would be as usual)."
    )


def runs(pace: Iterable[Pace]) -> list[tuple[int, int, int, float, float]]:
    """(station, first day, last day, least, greatest shift) of stretches of `pace` as one where they follow each other
    within a week at one station and go the same way. Stretches without a shift are left out."""
    found: list[tuple[int, int, int, float, float]] = []
    for row in sorted(pace, key=lambda each: (each.station, each.first)):
        station, first, last, by = row.station, row.first, row.last, row.by
        if not by:
            continue
        if found:
            at, begin, end, least, most = found[-1]
            if at == station and first - end <= WEEK + 1 and (by > 0) == (most > 0):
                found[-1] = (at, begin, max(end, last), min(least, by), max(most, by))
                continue
        found.append((station, first, last, by, by))
    return found


def _dates(model: Model) -> Part:
    holds = [
        f"The edges of the log, {model.first} and {model.last}; those of the stretches above. No date of an event.",
    ]
    return Part(
        "Dates",
        holds,
        f"at each edge {model.k} children were there, or it is the edge of a whole week. To hide all dates, fit with"
        " --shift.",
    )
