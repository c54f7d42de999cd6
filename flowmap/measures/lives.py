"""Groups of similar journeys, or life histories, each with its typical one.

Ways are compared by what they have in common in order: the distance of two is one less twice their longest common
subsequence by their joint length (0: the same, 1: nothing in common; optimal matching with indels alone, as Elzinga and
Studer, Sociological Methods & Research 44, 2015, discuss). Groups are made around medoids (Kaufman and Rousseeuw 1990):
real ways to which the others are nearest, weighted by how many took each. Groups are a way to read, not kinds of child.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures.behind import Behind, Row
from flowmap.measures.distinct import numbered, tally
from flowmap.measures.paths import Sequences, of_children
from flowmap.measures.pathways import Scope, within

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

GROUPS = 6
COMMONEST = 300  # ways among which medoids are chosen; all others go to the nearest
LONGEST = 16  # events of a way that are compared
ROUNDS = 50


@dataclass(frozen=True)
class Group:
    """Journeys or children alike: the `typical` way, how many there are, and their mean distance from it."""

    typical: tuple[int, ...]
    count: int
    ways: int
    distance: float


@dataclass(frozen=True)
class Lives:
    """Groups, largest first. `apart` from -1 to 1: how much nearer ways are to their own group than to the next."""

    groups: tuple[Group, ...]
    of: Scope
    total: int
    apart: float | None
    cut: int

    def rows(self, data: Dataset) -> list[dict[str, Any]]:
        """A row a group."""
        return [
            {
                "typical": " > ".join(data.stations[s].id for s in group.typical),
                "labels": " → ".join(data.stations[s].label for s in group.typical),
                "count": group.count,
                "share": group.count / self.total,
                "ways": group.ways,
                "distance": group.distance,
            }
            for group in self.groups
        ]

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """As in the API; `cut` ways were compared by their first events only."""
        return {"of": self.of, "total": self.total, "apart": self.apart, "cut": self.cut, "groups": self.rows(data)}


def lives(
    data: Dataset,
    mask: Mask,
    scope: Scope = "journey",
    groups: int = GROUPS,
    since: int | None = None,
    until: int | None = None,
) -> Lives:
    """Groups of journeys that began in the window, or of children by these journeys one after another."""
    if not 2 <= groups <= 20:
        raise OptionError(f"{groups} groups cannot be made.", remedy="Choose 2 to 20.")
    found = _split(data, mask, scope, groups, since, until)
    if found is None:
        return Lives((), scope, 0, None, 0)
    several, weight = found.several, found.weight
    made = []
    for row, typical in enumerate(found.typical):
        here = found.nearest == row
        if not np.any(here):  # ways that are alike as far as they are compared
            continue
        mean = float((found.far[here, row] * weight[here]).sum() / weight[here].sum())
        made.append(Group(typical, int(weight[here].sum()), int(here.sum()), mean))
    made.sort(key=lambda group: (-group.count, group.typical))
    cut = int(np.count_nonzero((several.end - several.begin)[found.example] > LONGEST))
    return Lives(tuple(made), scope, len(found.way), _silhouette(found.far, weight), cut)


@dataclass(frozen=True)
class _Split:
    """Ways (w,), commonest first: an `example` (a row of `several`), how many took each (`weight`), how `far` they are
    from each medoid and which is `nearest`; `typical` are the medoids' ways. Of each journey, or child, (n,) the `way`
    and the first `journey`.
    """

    several: Sequences
    example: Ints
    way: Ints
    journey: Ints
    weight: Floats
    far: Floats
    nearest: Ints
    typical: list[tuple[int, ...]]


def _split(data: Dataset, mask: Mask, scope: Scope, groups: int, since: int | None, until: int | None) -> _Split | None:
    """None where there is nothing to split."""
    chosen = within(data, mask, since, until)
    if not chosen.any():
        return None
    several, example, way, journey = _counted(data, chosen, scope)
    weight = np.bincount(way, minlength=len(example)).astype(np.float64)
    ways, length = _table(several, example)
    few = min(COMMONEST, len(ways))
    apart = _distances(ways[:few], length[:few], ways[:few], length[:few])
    medoids = _medoids(apart, weight[:few], min(groups, few))
    far = _distances(ways, length, ways[medoids], length[medoids])
    typical = [tuple(ways[medoid, : length[medoid]].tolist()) for medoid in medoids]
    return _Split(several, example, way, journey, weight, far, far.argmin(axis=1), typical)


def _counted(data: Dataset, chosen: Mask, scope: Scope) -> tuple[Sequences, Ints, Ints, Ints]:
    """Ways without repeats, most taken first: the sequences, which of them is an example of each way; and of each
    journey, or child, the way and the first journey.
    """
    if scope == "journey":
        rows = np.flatnonzero(chosen)
        found = tally(data, rows, "repeats")
        several, example, number, order, journey = found.sequences, found.example, found.way, found.order, rows
    else:
        several = of_children(data, chosen).merged("repeats")
        number, example = numbered(several)
        order = np.lexsort((example, -np.bincount(number)))
        journey = several.journey[several.begin]
    rank = np.empty(len(example), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return several, example[order], rank[number], journey


def behind(data: Dataset, mask: Mask, row: Row, scope: Scope, since: int | None, until: int | None) -> Behind:
    """The journeys, or children by their first journey, of the group whose typical way is that of a row."""
    found = _split(data, mask, scope, GROUPS, since, until)
    unit: Literal["journeys", "children"] = "journeys" if scope == "journey" else "children"
    said = f"{unit.capitalize()} like {row['labels']}"
    if found is None:
        return Behind(unit, said, np.empty(0, dtype=np.int64))
    wanted = tuple(data.index[name] for name in row["path"].split(" > "))
    mine = found.nearest == found.typical.index(wanted)
    return Behind(unit, said, found.journey[mine[found.way]])


def _table(several: Sequences, rows: Ints) -> tuple[Ints, Ints]:
    """(w, LONGEST) the first stations of each way, -1 after its end, and (w,) how many there are."""
    length = np.minimum((several.end - several.begin)[rows], LONGEST)
    place = np.arange(LONGEST)
    at = np.minimum(several.begin[rows][:, None] + place, len(several.station) - 1)
    return np.where(place < length[:, None], several.station[at], -1), length


def _distances(ways: Ints, length: Ints, others: Ints, other_length: Ints) -> Floats:
    """(w, o) distances; the longest common subsequences of all pairs are found side by side, cell by cell."""
    n, m = len(ways), len(others)
    above = np.zeros((LONGEST + 1, n, m), dtype=np.int16)
    found = np.zeros((n, m), dtype=np.int16)
    for i in range(int(length.max(initial=0))):
        row = np.zeros_like(above)
        for j in range(int(other_length.max(initial=0))):
            # Past its end a way holds -1, which is no station: nothing there is common.
            same = (ways[:, i][:, None] == others[:, j][None, :]) & (ways[:, i] >= 0)[:, None]
            row[j + 1] = np.where(same, above[j] + 1, np.maximum(above[j + 1], row[j]))
        above = row
        found = np.maximum(found, row[int(other_length.max(initial=0))])
    return 1 - 2 * found / (length[:, None] + other_length[None, :])


def _medoids(apart: Floats, weight: Floats, groups: int) -> Ints:
    """Rows of medoids: the best one first, then whichever lessens the sum most, then bettered round by round."""
    nearest = np.full(len(apart), np.inf)
    chosen: list[int] = []
    for _ in range(groups):
        cost = (np.minimum(nearest[:, None], apart) * weight[:, None]).sum(axis=0)
        cost[chosen] = np.inf
        chosen.append(int(cost.argmin()))
        nearest = np.minimum(nearest, apart[:, chosen[-1]])
    medoids = np.array(chosen)
    for _ in range(ROUNDS):
        group = apart[:, medoids].argmin(axis=1)
        better = medoids.copy()
        for row in range(groups):
            here = np.flatnonzero(group == row)
            if len(here):
                better[row] = here[(apart[np.ix_(here, here)] * weight[here][:, None]).sum(axis=0).argmin()]
        if np.array_equal(better, medoids):
            break
        medoids = better
    return medoids


def _silhouette(far: Floats, weight: Floats) -> float | None:
    """Mean simplified silhouette: distances to medoids in place of those to all of a group."""
    if far.shape[1] < 2:
        return None
    two = np.sort(far, axis=1)[:, :2]
    top = np.maximum(two[:, 1], 1e-12)
    return float(((two[:, 1] - two[:, 0]) / top * weight).sum() / weight.sum())
