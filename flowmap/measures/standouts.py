"""What stands out beside what Kent saw: events, changes nobody told of, what is slow, and who differs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flowmap.cohort import escape
from flowmap.dataset import iso
from flowmap.eventlog import OptionError
from flowmap.measures.changepoints import Found, changepoints
from flowmap.measures.durations import applies, kept_to
from flowmap.measures.effect import Options, effect, event_of, periods
from flowmap.measures.finding import (
    CHANCE,
    CHANCE_OF_CHANGES,
    LEAST,
    Asking,
    Figure,
    Finding,
    Pairs,
    View,
    interval,
    percent,
)
from flowmap.measures.intervals import funnel
from flowmap.measures.options import labels, maybe, part
from flowmap.measures.segments import DURING
from flowmap.measures.series import Figure as Series
from flowmap.measures.spells import Ends, Way, spells
from flowmap.measures.variation import variation

SLOW = 0.1  # of those completed, past their timescale: fewer are not called slow
MOST_EVENTS = 4  # the latest inspections
# The ways whose end the data hold: from, to, and when they end. Reviews of plans and of care are seldom events.
TIMED: tuple[tuple[str, str | None, Ends], ...] = (
    ("referral", None, "reached"), ("referral", "assessment", "left"), ("strategy", "icpc", "reached"),
)  # fmt: skip
WHO = ("team", "source")  # the first of them that there is


def figures_of(a: Asking) -> list[Series]:
    """The series that are searched: referrals (or journeys begun), and how long assessments take."""
    names = [a.roles.get(role, role) for role in ("referral", "assessment")]
    referral, assessment = (name if name in a.data.index else None for name in names)
    return [Series("arrivals", referral), *([Series("duration", assessment)] if assessment else [])]


def _asked(a: Asking, figure: Series) -> Pairs:
    found = (*a.within.to_json().items(), ("figure", figure.kind))
    return (*found, ("station", figure.station)) if figure.station else found


def _seen(a: Asking, figure: Series) -> tuple[int, ...]:
    return (a.data.index[figure.station],) if figure.station else ()


def _colour(a: Asking, figure: Series) -> str:
    return "timescale" if figure.kind == "duration" and a.dues else "visit"


def events(a: Asking) -> list[Finding]:
    """What was not as expected during an inspection. Raises OptionError where there is none."""
    bands = [band["id"] for band in periods(a.data) if band.get("kind") == "inspection"]
    happened = [(name, event_of(a.data, name)) for name in bands[-MOST_EVENTS:]]
    happened = [(name, e) for name, e in happened if a.within.begin < e.start and (e.stop or 0) <= a.within.end]
    if not happened:
        raise OptionError("No inspection is marked in this time.", remedy="Mark one under View, Periods.")
    several = figures_of(a)
    chance = CHANCE / (len(several) * len(happened))
    options = Options(since=a.within.begin, until=a.within.end - 1, sensitivity=False, table=False)
    found = []
    for name, event in happened:
        for figure in several:
            try:
                told = effect(a.data, a.mask, figure, event, options)
            except OptionError:  # too few weeks with a figure: nothing can be said of this one
                continue
            _, low, high = told.model.fit.estimate(told.model.average(DURING), 1 - chance)
            if low <= 0 <= high or not told.average.told:
                continue
            average = told.average
            shown = Figure(told.label, "change", average.estimate, average.low, average.high)
            loop = (event.start, (event.stop or a.within.end) - 1)
            view = View(event.start, (), loop, _colour(a, figure), _seen(a, figure))
            asked = (*_asked(a, figure), ("event", name))
            found.append(Finding(f"event/{name}/{figure.kind}", told.sentence, (shown,), "effect", asked, view))
    return found


def changes(a: Asking, told: Sequence[Finding]) -> list[Finding]:
    """Stretches that stand out though nobody told of them, but for those within the times that `told` is of.

    Raises OptionError where no figure has enough weeks.
    """
    several = figures_of(a)
    since, until = a.within.begin, a.within.end - 1
    found, refused = list[Finding](), list[OptionError]()
    for figure in several:
        chance = CHANCE_OF_CHANGES / len(several)
        try:
            searched = changepoints(a.data, a.mask, figure, since=since, until=until, alarm=chance)
        except OptionError as error:
            refused.append(error)
            continue
        for one in searched.found:
            if not any(_about(one, figure, finding) for finding in told):
                unit = "points" if searched.scale == "points" else "change"
                view = View(one.start, (), (one.start, one.stop - 1), _colour(a, figure), _seen(a, figure))
                key, shown = f"change/{figure.kind}/{iso(one.start)[:10]}", Figure(searched.label, unit, one.size)
                found.append(Finding(key, searched.say(one), (shown,), "effect", _asked(a, figure), view))
    if len(refused) == len(several):
        raise refused[0]
    return found


def _about(one: Found, figure: Series, told: Finding) -> bool:
    """Whether a finding about an event says the same of the same figure."""
    if told.view.loop is None or ("figure", figure.kind) not in told.asked:
        return False
    first, last = told.view.loop
    return one.start <= last and first < one.stop


def slow(a: Asking) -> list[Finding]:
    """Where more than one in ten takes longer than the map's timescale. Raises OptionError where none can be told."""
    timed = [(way, due) for way in _ways(a) for due in a.dues if applies(a.data, way, due)]
    if not timed:
        raise OptionError("The map has no timescale whose end the data hold.", remedy="Add one to the map file.")
    found = []
    for way, due in timed:
        kept = kept_to(a.data, spells(a.data, a.mask, a.within, way), due)
        share = kept.within
        if interval(share, CHANCE / len(timed))[1] >= 1 - SLOW:
            continue
        said = share.to_json()
        sentence = (
            f"{due.label}: of those begun from {a.within.say()} and completed, {share.say()} were within {due.limit} "
            f"({percent(said['low'], said['high'])}), so {100 - 100 * said['share']:.1f}% took longer; "
            f"{kept.overdue:,} still under way are past it."
        )
        asked = (*a.asked, ("start", a.data.stations[way.start].id))
        if way.stop:
            asked += (("stop", ",".join(a.data.stations[row].id for row in way.stop)), ("ends", way.ends))
        view = View(min(a.within.end - 1, a.data.last), colour="timescale", stations=due.at)
        stop = ",".join(a.data.stations[row].id for row in way.stop)
        row = (None, a.data.stations[way.start].id, stop, "left" if way.is_stay else way.ends, way.direct, due.limit)
        figures = (Figure.of_share(f"within {due.limit}", said, row),)
        found.append((said["share"], Finding(f"slow/{due.id}", sentence, figures, "durations", asked, view)))
    return [finding for _, finding in sorted(found, key=lambda pair: pair[0])]


def _ways(a: Asking) -> list[Way]:
    found = []
    for start, stop, ends in TIMED:
        first = maybe(a.data, start, a.roles)
        last = maybe(a.data, stop, a.roles) if stop else None
        if first is not None and (last is not None or stop is None):
            found.append(Way(first, () if last is None else (last,), ends))
    return found


def differs(a: Asking) -> list[Finding]:
    """The team (or source) whose share of no further action after assessment lies farthest beyond chance.

    Raises OptionError.
    """
    station = part(a.data, "assessment", a.roles)
    key = next((key for key in WHO if key in a.data.facets), None)
    if key is None:
        raise OptionError("No team or source is recorded.", remedy="Name the column when building the dataset.")
    found = variation(a.data, a.mask, a.within, by=key, roles=a.roles)
    groups = [group for group in found.groups if group.share.of >= LEAST]
    if len(groups) < 2:
        return []
    overall = found.overall.value or 0.0
    low, high = funnel([group.share.of for group in groups], overall, 1 - CHANCE / len(groups))
    off = [((group.share.value or 0.0) - overall) * math.sqrt(group.share.of) for group in groups]
    row = max(range(len(groups)), key=lambda k: abs(off[k]))
    group, share = groups[row], groups[row].share
    if low[row] <= (share.value or 0.0) <= high[row]:
        return []
    wide = group.limits[-1]
    sentence = (
        f"{labels(a.data, (station,))}, {a.data.facets[key].label.lower()} “{found.by.labels[group.row]}”: "
        f"{share.say()} of decisions from {a.within.say()} were no further action, where {found.overall.say()} of all "
        f"were; were all alike, one so large would lie between {100 * wide[0]:.1f}% and {100 * wide[1]:.1f}% (99.8% "
        "limits). What comes to one may differ."
    )
    figures = (
        Figure.of_share(
            f"no further action, {found.by.labels[group.row]}",
            share.to_json(),
            (found.by.values[group.row], found.by.labels[group.row]),
        ),
        Figure.of_share("no further action, all", found.overall.to_json(), (None, "all together")),
    )
    view = View(
        a.last_year, ((key, escape(a.data.facets[key].values[group.row])),), colour="outcome", stations=(station,)
    )
    return [Finding("differs", sentence, figures, "variation", (*a.asked, ("by", key)), view)]
