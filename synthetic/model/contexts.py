"""Context trees: a distribution that is the finer, the more children support it.

A tree starts at a root (all rows) and splits by whatever tells most about the outcome there. A context with fewer than
k children is not kept: its rows stay with the context above (back-off). The share of each outcome is mixed with that
of the context above, as if `BACKED` children more had been seen there (interpolation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from synthetic.model.intervals import held

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DEPTH = 6
BACKED = 2.0
PENALTY = 2.0  # of a parameter, in log-likelihood (Akaike's criterion has 1; siblings are not independent)
LOOKED_AT = 60_000  # rows, when a split is chosen


@dataclass
class Node:
    """One context: the branch (feature and value) that leads to it, and the feature that it splits by (-1 none)."""

    parent: int
    feature: int  # of the branch; -1 at a root
    value: int
    splits: int = -1
    children: int = 0  # different children in it
    shares: dict[int, float] = field(default_factory=dict)  # outcome -> share, of those that k children had
    groups: dict[int, float] = field(default_factory=dict)  # group of outcomes -> share, of those that k had, or nobody


@dataclass
class Forest:
    """Many trees in one list of nodes; `cards` are the numbers of values of the features."""

    cards: Sequence[int]
    nodes: list[Node] = field(default_factory=list)

    def root(self) -> int:
        """A new tree."""
        self.nodes.append(Node(-1, -1, -1))
        return len(self.nodes) - 1

    def tables(self) -> Walk:
        """For whole columns of rows."""
        splits = np.array([node.splits for node in self.nodes], dtype=np.int64)
        sizes = np.array([self.cards[s] if s >= 0 else 0 for s in splits], dtype=np.int64)
        start = np.cumsum(sizes) - sizes
        below = np.full(int(sizes.sum()), -1, dtype=np.int64)
        for at, node in enumerate(self.nodes):
            if node.parent >= 0:
                below[start[node.parent] + node.value] = at
        return Walk(splits, start, below)


@dataclass(frozen=True)
class Walk:
    """The nodes as arrays: `below[start[node] + value]` is the next node, -1 where there is none."""

    splits: Ints
    start: Ints
    below: Ints

    def leaf(self, root: Ints, features: npt.NDArray[np.int16]) -> Ints:
        """The deepest context of each row; features (F, n)."""
        return self.path(root, features)[-1]

    def path(self, root: Ints, features: npt.NDArray[np.int16]) -> list[Ints]:
        """The context of each row at each depth (the same again, once there is none below)."""
        node = root.astype(np.int64)
        found = [node]
        rows = np.flatnonzero(self.splits[node] >= 0)
        while len(rows):
            here = node[rows]
            split = self.splits[here]
            below = self.below[self.start[here] + features[split, rows]]
            rows, below = rows[below >= 0], below[below >= 0]
            if not len(rows):
                break
            node = node.copy()
            node[rows] = below
            found.append(node)
            rows = rows[self.splits[below] >= 0]
        return found


def grow(
    forest: Forest,
    root: int,
    features: npt.NDArray[np.int16],
    outcome: Ints,
    child: Ints,
    k: int,
    allowed: Sequence[int],
    depth: int = DEPTH,
    last: int = -1,
) -> None:
    """Split the tree at `root` as far as the rows support it: features (F, n), outcome and child (n,), child by child.

    Where nothing is worth a split any more, contexts are split by the feature `last`, if it has not been used.
    """
    todo = [(root, np.arange(len(outcome)), depth, last)]
    while todo:
        node, rows, deeper, final = todo.pop()
        forest.nodes[node].children = distinct(child[rows])
        if deeper == 0 or forest.nodes[node].children < 2 * k:
            continue
        best = best_split(features, outcome, rows, k, allowed, forest.cards)
        best = final if best < 0 else best
        if best < 0:
            continue
        final = -1 if best == final else final
        values = features[best, rows]
        branches = [(v, rows[values == v]) for v in np.flatnonzero(np.bincount(values)).tolist()]
        kept = [(v, part) for v, part in branches if len(part) >= k and distinct(child[part]) >= k]
        if not kept:
            continue
        forest.nodes[node].splits = best
        for value, part in kept:
            forest.nodes.append(Node(node, best, value))
            todo.append((len(forest.nodes) - 1, part, deeper - 1, final))


def distinct(child: Ints) -> int:
    """How many children, where each one's rows stand together."""
    return int(np.count_nonzero(child[1:] != child[:-1])) + 1 if len(child) else 0


def best_split(
    features: npt.NDArray[np.int16], outcome: Ints, rows: Ints, k: int, allowed: Sequence[int], cards: Sequence[int]
) -> int:
    """The feature whose split raises the likelihood most, beyond its penalty; -1 where none does."""
    rows = rows[:: max(1, len(rows) // LOOKED_AT)]
    y = outcome[rows]
    present = np.bincount(y)
    width = int(np.count_nonzero(present))
    if width < 2 or not allowed:
        return -1
    y = (np.cumsum(present > 0) - 1)[y]
    size = np.array([cards[f] for f in allowed])
    start = np.cumsum(size) - size
    cell = (features[np.ix_(np.asarray(allowed), rows)] + start[:, None]) * width + y
    table = np.bincount(cell.ravel(), minlength=int(size.sum()) * width).reshape(-1, width).astype(float)
    total = table.sum(axis=1)
    small = total < k  # these stay with the context above: one group for each feature
    pooled = np.add.reduceat(np.where(small[:, None], table, 0.0), start)
    parts = np.add.reduceat((~small).astype(np.int64), start) + (pooled.sum(axis=1) > 0)
    gain = np.add.reduceat(np.where(small, 0.0, _likelihood(table)), start) + _likelihood(pooled)
    gain -= _likelihood(np.bincount(y, minlength=width)[None].astype(float))
    gain -= PENALTY * (parts - 1) * (width - 1)
    gain[parts < 2] = -1.0
    best = int(np.argmax(gain))
    return int(allowed[best]) if gain[best] > 0 else -1


def _likelihood(table: Floats) -> Floats:
    """Log-likelihood of each row's counts at the row's own shares."""
    total = table.sum(axis=1)
    found: Floats = xlogy(table, table).sum(axis=1) - xlogy(total, total)
    return found


def learn_shares(
    forest: Forest,
    path: list[Ints],
    outcome: Ints,
    child: Ints,
    k: int,
    weights: list[Floats] | None = None,
    group: Ints | None = None,
) -> None:
    """The shares of outcomes in every node; `path` as from Walk.path, `weights` one column a depth (default: rows).

    An outcome that fewer than k children had in a context is left out there; what is left out of a root never
    appears. `group` (one an event, 0, 1, …) puts outcomes together that are told apart first.
    """
    done = np.zeros(len(forest.nodes), dtype=bool)
    width = int(outcome.max(initial=0)) + 1
    for depth, node in enumerate(path):
        rows = np.flatnonzero(~done[node])
        if not len(rows):
            continue
        weight = None if weights is None else weights[depth][rows]
        for at, o, share, children in _table(node[rows], outcome[rows], child[rows], weight, width):
            if children >= k and share > 0:
                forest.nodes[at].shares[o] = share
        if group is not None:
            for at, g, share, children in _table(node[rows], group[rows], child[rows], weight, int(group.max()) + 1):
                if children >= k or children == 0:
                    forest.nodes[at].groups[g] = share
        done[node[rows]] = True


def _table(
    node: Ints, outcome: Ints, child: Ints, weight: Floats | None, width: int
) -> Iterator[tuple[int, int, float, int]]:
    """(node, outcome, its share there, how many children had it), also for outcomes that nobody had."""
    lowest = int(node.min())  # the nodes of one tree stand together
    cell = (node - lowest) * width + outcome
    size = (int(node.max()) - lowest + 1) * width
    mass = np.bincount(cell, weight, minlength=size)
    total = mass.reshape(-1, width).sum(axis=1)
    children = held(cell, child, size)
    for c in np.flatnonzero(np.repeat(total > 0, width)).tolist():
        yield lowest + c // width, c % width, float(mass[c] / total[c // width]), int(children[c])


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of every node, drawn for whole columns."""

    key: Floats
    outcome: Ints
    some: npt.NDArray[np.bool_]  # of each node: whether anything can be drawn

    @classmethod
    def of(cls, forest: Forest, ways: frozenset[int] = frozenset()) -> Outcomes:
        """Shares mixed down the trees, as running sums; the roots in `ways` have the groups of `group_of`."""
        grouped: list[bool] = []
        mixed: list[dict[int, float]] = []
        for node in forest.nodes:  # a parent always stands before its children
            above = mixed[node.parent] if node.parent >= 0 else {}
            grouped.append(grouped[node.parent] if node.parent >= 0 else len(grouped) in ways)
            mixed.append(_mixed(node, above, grouped[-1]))
        key = [np.zeros(0)]
        outcome = [np.zeros(0, dtype=np.int64)]
        for row, shares in enumerate(mixed):
            if shares:
                running = np.cumsum(list(shares.values()))
                key.append(row + np.append(running[:-1] / running[-1], 1.0))
                outcome.append(np.array(list(shares), dtype=np.int64))
        return cls(np.concatenate(key), np.concatenate(outcome), np.array([bool(m) for m in mixed], dtype=bool))

    def draw(self, node: Ints, u: Floats) -> Ints:
        """An outcome of each node at probability u; -1 where there is none."""
        if not len(self.outcome):
            return np.full(len(node), -1, dtype=np.int64)
        at = np.searchsorted(self.key, node + np.clip(u, 0, 1 - 1e-9), side="right")
        found = self.outcome[np.minimum(at, len(self.outcome) - 1)]
        return np.where(self.some[node], found, -1)


def group_of(outcome: int) -> int:
    """Of ways (0 = stays, 1 + 2·station, 2 + 2·station to begin another journey): 0 stays, 1 goes on, 2 comes back."""
    return 0 if outcome == 0 else 2 - outcome % 2


def _mixed(node: Node, above: dict[int, float], grouped: bool) -> dict[int, float]:
    """The node's shares and, for what is too rare to be kept here, those of the context above."""
    if not above:
        total = sum(node.shares.values())
        return {outcome: share / total for outcome, share in node.shares.items()} if total > 0 else {}
    own: dict[int, float] = {}
    parts: dict[int, dict[int, float]] = {}
    for outcome, share in above.items():
        parts.setdefault(group_of(outcome) if grouped else 0, {})[outcome] = share
    left = max(0.0, 1 - sum(node.groups.values()))
    unknown = sum(sum(part.values()) for group, part in parts.items() if group not in node.groups)
    for group, part in parts.items():
        whole = node.groups[group] if group in node.groups else left * sum(part.values()) / max(unknown, 1e-12)
        own |= _shared(node.shares, part, whole)
    n = max(node.children, 1)
    keep = n / (n + BACKED)
    return {o: keep * own[o] + (1 - keep) * share for o, share in above.items()}


def _shared(kept: dict[int, float], above: dict[int, float], whole: float) -> dict[int, float]:
    """`whole` among the outcomes of `above`: as kept here, the rest as above."""
    found = {o: kept[o] for o in above if o in kept}
    rest = {o: share for o, share in above.items() if o not in kept}
    spread, left = sum(rest.values()), whole - sum(found.values())
    if spread > 0 and left > 0:
        return found | {o: left * share / spread for o, share in rest.items()}
    total = sum(found.values())
    return {o: share * whole / total if total > 0 else 0.0 for o, share in found.items()} | dict.fromkeys(rest, 0.0)
