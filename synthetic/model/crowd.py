"""How full stations are in a sample, and what that does to its waits: found by walking more than once.

All children walk step by step, not day by day: how many are at a station on a day is not known before all have walked.
So they walk, are counted, and walk again, with waits as those counts make them. Stays depend on earlier ones only, so
each time the counts are right for some more weeks of a surge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthetic.model.load import Stays, load, pressed
from synthetic.model.model import Model

if TYPE_CHECKING:
    from synthetic.model.sample import Walked

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Crowd:
    """What the load adds to the score of a wait that begins at a station on a day, and what is left of the score's own
    spread: both (stations, days), from day `first` on."""

    first: int
    shift: Floats
    rest: Floats

    def press(self, score: Floats, station: Ints, day: Ints) -> Floats:
        """Scores as the load makes them."""
        at = np.maximum(day - self.first, 0)
        found: Floats = score * self.rest[station, at] + self.shift[station, at]
        return found


def crowd_of(model: Model, walked: Walked, first: int, days: int) -> Crowd:
    """What follows from how many children were where, by these walks of so many days from `first` on."""
    order = np.argsort(walked.child, kind="stable")
    child, visit, station = walked.child[order], walked.visit[order], walked.station[order]
    day = np.clip(walked.minute[order] // 1440 - first, 0, days - 1)
    follows = np.append(child[1:] == child[:-1], False)
    back = follows & np.append(visit[1:] != visit[:-1], False)  # for another journey: not waiting there
    leave = np.where(follows, np.append(day[1:], 0), days)
    crowd = Crowd(first, np.zeros((len(model.stations), days)), np.ones((len(model.stations), days)))
    for each in model.loads:
        here = (station == each.station) & ~back
        stays = Stays(day[here], leave[here], days)
        full = load(stays.count(), each.settled)
        full[: each.settled] = np.nan
        alike = ~np.isnan(full) & ~_curved(model, each.station, first, days)
        met = full[stays.arrive[alike[stays.arrive]]]
        crowd.shift[each.station], crowd.rest[each.station] = pressed(each.by, full, met)
    return crowd


def _curved(model: Model, station: int, first: int, days: int) -> Flags:
    """(days,) whether the station's moves have curves of their own then, which know how full it was."""
    found = np.zeros(days, dtype=bool)
    for stretch in model.stretches:
        if model.moves[stretch.move].start == station:
            found[max(stretch.first - first, 0) : max(stretch.last + 1 - first, 0)] = True
    return found
