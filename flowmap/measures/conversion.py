"""From A to B: of journeys that reach A, the share that later reach B within a window, and where the rest went.

Only journeys old enough count: those whose whole window lies within the data. Too recent ones stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Counted, Row
from flowmap.measures.events import Events, Position, events
from flowmap.measures.intervals import Share
from flowmap.measures.options import Period, Roles, labels, maybe, period

Ints = npt.NDArray[np.int64]
Step = tuple[int, ...]  # stations, any of which is the step

WINDOW = 182  # days: half a year
LONGEST_WINDOW = 7300
CHAINS = (
    (("contact",), ("referral",), ("assessment",), ("cin", "cp")),
    (("strategy",), ("s47",), ("icpc",), ("cin", "cp")),
)


@dataclass(frozen=True)
class Lost:
    """A step of a chain: of those who `reached` it, `went_on` to the next, or were lost to `nfa`, or `ended` otherwise.

    The rest are `under_way` at the end of the window. `nfa_days`: median from reaching the step to NFA.
    The last step of a chain has no next: only `reached` is of it.
    """

    step: Step
    reached: int
    went_on: int
    nfa: int
    ended: int
    under_way: int
    nfa_days: float | None
    days: float | None

    def to_json(self, data: Dataset, last: bool = False) -> dict[str, Any]:
        """As in the API; of the `last` step of a chain nothing more is followed."""
        of = 0 if last else self.reached
        return {
            "stations": [data.stations[row].id for row in self.step],
            "label": labels(data, self.step),
            "reached": self.reached,
            "went_on": Share(self.went_on, of).to_json(),
            "nfa": Share(self.nfa, of).to_json(),
            "ended": Share(self.ended, of).to_json(),
            "under_way": self.under_way,
            "median_days_to_next": self.days,
            "median_days_to_nfa": self.nfa_days,
        }


@dataclass(frozen=True)
class Chain:
    """Journeys that reach the first step in the period and are old enough, followed from step to step.

    `recent` more are too recent; of those, `recent_reached` have reached the last step already.
    """

    steps: list[Lost]
    reached_last: Share
    recent: int
    recent_reached: int

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        return {
            "label": chain_label(data, [one.step for one in self.steps]),
            "reached_last": self.reached_last.to_json(),
            "recent": self.recent,
            "recent_reached": self.recent_reached,
            "steps": [one.to_json(data, one is self.steps[-1]) for one in self.steps],
        }


@dataclass(frozen=True)
class Conversion:
    """Chains over one period and window (days); `missing` are chains that this map has not two steps of."""

    period: Period
    window: int
    chains: list[Chain]
    missing: int

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API."""
        return {
            "period": self.period.to_json(),
            "window_days": self.window,
            "chains": [chain.to_json(data) for chain in self.chains],
            "missing": self.missing,
        }


def conversion(
    data: Dataset,
    mask: Mask,
    within: Period | None = None,
    *,
    chains: Sequence[Sequence[Step]] = (),
    window: int = WINDOW,
    roles: Roles | None = None,
) -> Conversion:
    """Every chain of steps (none given: those of the front door and of protection) for journeys of `mask`.

    A journey counts by its first arrival at the first step, in the period; each later step is the first arrival there
    after the step before, all within `window` days of the first. Raises OptionError.
    """
    if not 1 <= window <= LONGEST_WINDOW:
        raise OptionError(f"A window of {window} days cannot be asked for.", remedy=f"Use 1 to {LONGEST_WINDOW} days.")
    within = within or period(data)
    asked = list(chains) or known_chains(data, roles)
    nfa = maybe(data, "nfa", roles)
    found = [_chain(data, mask, within, list(steps), window, nfa) for steps in asked]
    return Conversion(within, window, found, 0 if chains else len(CHAINS) - len(asked))


def known_chains(data: Dataset, roles: Roles | None = None) -> list[list[Step]]:
    """The chains of which the map has two steps or more, without the steps that it has not."""
    found = []
    for chain in CHAINS:
        steps = [tuple(row for role in step if (row := maybe(data, role, roles)) is not None) for step in chain]
        steps = [step for step in steps if step]
        if len(steps) > 1:
            found.append(steps)
    return found


def first_reached(data: Dataset, mask: Mask, within: Period, step: Step) -> Position:
    """Each journey's first arrival at a step, of journeys of `mask` where it lies in the period."""
    every = events(data)
    there = every.at(*step)
    journey = every.journey[there]
    first = np.ones(len(there), dtype=bool)
    first[1:] = journey[1:] != journey[:-1]
    there = there[first]
    return there[mask[every.journey[there]] & within.holds(every.time[there])]


@dataclass(frozen=True)
class Stand:
    """Who stands at a step: `here` (s,) their arrivals there, `after` at the next step and `final` of their journey.

    What became of them by the end of the window: (s,) masks, of which none holds at the last step.
    """

    step: Step
    here: Position
    after: Position
    final: Position
    went_on: Mask
    nfa: Mask
    ended: Mask
    under_way: Mask

    def lost(self, every: Events) -> Lost:
        """How many, and how long it took."""
        return Lost(
            step=self.step,
            reached=len(self.here),
            went_on=int(np.count_nonzero(self.went_on)),
            nfa=int(np.count_nonzero(self.nfa)),
            ended=int(np.count_nonzero(self.ended)),
            under_way=int(np.count_nonzero(self.under_way)),
            nfa_days=_median_days(every, self.here[self.nfa], self.final[self.nfa]),
            days=_median_days(every, self.here[self.went_on], self.after[self.went_on]),
        )


@dataclass(frozen=True)
class Walk:
    """A chain walked by those old enough: who stands at each step. `recent`: arrivals of those who are not."""

    stands: list[Stand]
    recent: Position
    recent_reached: Position


def _walk(data: Dataset, mask: Mask, within: Period, steps: list[Step], window: int, nfa: int | None) -> Walk:
    if len(steps) < 2 or any(set(a) & set(b) for a, b in zip(steps, steps[1:], strict=False)):
        raise OptionError("A way from a station to itself cannot be followed.", remedy="Name two different stations.")
    every = events(data)
    begun = first_reached(data, mask, within, steps[0])
    until = every.time[begun] + window * DAY
    old = until <= data.last
    recent = _follow(every, begun[~old], until[~old], steps[1:])
    here, until = begun[old], until[old]
    found = []
    for step, following in zip(steps, steps[1:], strict=False):
        found.append(_stand(data, here, until, step, following, nfa))
        here, until = found[-1].after[found[-1].went_on], until[found[-1].went_on]
    none = np.zeros(len(here), dtype=bool)
    found.append(Stand(steps[-1], here, here, here, none, none, none, none))
    return Walk(found, begun[~old], recent)


def _chain(data: Dataset, mask: Mask, within: Period, steps: list[Step], window: int, nfa: int | None) -> Chain:
    walk = _walk(data, mask, within, steps, window, nfa)
    found = [stand.lost(events(data)) for stand in walk.stands]
    return Chain(found, Share(found[-1].reached, found[0].reached), len(walk.recent), len(walk.recent_reached))


def _follow(every: Events, here: Position, until: Ints, steps: list[Step]) -> Position:
    """Arrivals at the last of `steps`, of those who reach them one after another in time."""
    for step in steps:
        after = every.next_of(here, every.at(*step))
        kept = (after >= 0) & (every.time[after] <= until)
        here, until = after[kept], until[kept]
    return here


def _stand(data: Dataset, here: Position, until: Ints, step: Step, following: Step, nfa: int | None) -> Stand:
    """What became of those who stand at a step by the end of their window."""
    every = events(data)
    after = every.next_of(here, every.at(*following))
    went_on = (after >= 0) & (every.time[after] <= until)
    final = every.end[every.journey[here]] - 1
    over = ~went_on & (every.time[final] <= until) & ~data.journeys.open[every.journey[here]] & (final > here)
    refused = over & (every.station[final] == (-1 if nfa is None else nfa))
    return Stand(step, here, after, final, went_on, refused, over & ~refused, ~went_on & ~over)


def _median_days(every: Events, begin: Position, end: Position) -> float | None:
    return float(np.median(every.day(end) - every.day(begin))) if len(begin) else None


def behind(
    data: Dataset,
    mask: Mask,
    within: Period,
    row: Row,
    count: str,
    *,
    chains: Sequence[Sequence[Step]] = (),
    window: int = WINDOW,
    roles: Roles | None = None,
) -> Behind:
    """The journeys that `count` of a row of the table counts, at their arrival at it (`of`, `recent`: at the first)."""
    several = [list(steps) for steps in chains or known_chains(data, roles)]
    steps = next(s for s in several if chain_label(data, s) == row["chain"])
    walk = _walk(data, mask, within, steps, window, maybe(data, "nfa", roles))
    stand = next(s for s in walk.stands if labels(data, s.step) == row["step"])
    first, here = labels(data, steps[0]), f"Journeys that reached {row['step']}"
    if count in ("of", "recent"):
        position = walk.recent if count == "recent" else walk.stands[0].here
        ago = f"less than {window} days" if count == "recent" else f"{window} days or more"
        said = f"Journeys that reached {first} {ago} before the end of the data"
        return Behind.of_events(data, "journeys", said, position)
    on, became = f"on the way {row['chain']}", f"within {window} days of {first}"
    kept, said = {
        "reached": (np.ones(len(stand.here), dtype=bool), f"{here} {on}, {became}"),
        "went_on": (stand.went_on, f"{here} and went on {on}, {became}"),
        "nfa": (stand.nfa, f"{here} {on} and ended in no further action {became}"),
        "ended": (stand.ended, f"{here} {on} and ended otherwise {became}"),
        "under_way": (stand.under_way, f"{here} {on} and were still under way {window} days after {first}"),
    }[count]
    return Behind.of_events(data, "journeys", said, stand.here[kept])


def chain_label(data: Dataset, steps: Sequence[Step]) -> str:
    """A chain as its table names it."""
    return " → ".join(labels(data, step) for step in steps)


def converted(data: Dataset, mask: Mask, within: Period, start: Step, stop: Step, window: int) -> Counted:
    """Journeys that reach `start` in the period and are old enough, and which of them reach `stop` (for a funnel)."""
    every = events(data)
    begun = first_reached(data, mask, within, start)
    until = every.time[begun] + window * DAY
    begun, until = begun[until <= data.last], until[until <= data.last]
    after = every.next_of(begun, every.at(*stop))
    reached = (after >= 0) & (every.time[after] <= until)
    return Counted(every.journey[begun].astype(np.int64), every.time[begun], reached)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a step of a chain a row."""
    table = []
    for chain in found["chains"]:
        first = chain["steps"][0]["reached"]
        for one in chain["steps"]:
            row = {"chain": chain["label"], "step": one["label"], "stations": ",".join(one["stations"])}
            row |= {"reached": one["reached"], "of": first, "recent": chain["recent"], "under_way": one["under_way"]}
            for name in ("went_on", "nfa", "ended"):
                row |= {name: one[name]["count"], f"{name}_share": one[name]["share"]}
            names = ("median_days_to_next", "median_days_to_nfa")
            table.append(row | {name: one[name] for name in names})
    return table


COLUMNS = (
    "chain", "step", "stations", "reached", "of", "went_on", "went_on_share", "nfa", "nfa_share", "ended",
    "ended_share", "under_way", "recent", "median_days_to_next", "median_days_to_nfa",
)  # fmt: skip
