"""Context trees: a distribution that is the finer, the more children support it.

A tree starts at a root (all rows) and splits by whatever tells most about the outcome there. A context with fewer than
k children is not kept: its rows stay with the context above (back-off). The share of each outcome is mixed with that
of the context above, as if `BACKED` children more had been seen there (interpolation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DEPTH = 6
BACKED = 5.0
PENALTY = 1.5  # of a parameter, in log-likelihood (Akaike's criterion has 1)


@dataclass
class Node:
    """One context: the branch (feature and value) that leads to it, and the feature that it splits by (-1 none)."""

    parent: int
    feature: int  # of the branch; -1 at a root
    value: int
    splits: int = -1
    children: int = 0  # different children in it
    shares: dict[int, float] = field(default_factory=dict)  # outcome -> share, of those that k children had


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
) -> None:
    """Split the tree at `root` as far as the rows support it: features (F, n), outcome and child (n,)."""
    todo = [(root, np.arange(len(outcome)), depth)]
    while todo:
        node, rows, deeper = todo.pop()
        forest.nodes[node].children = len(np.unique(child[rows]))
        if deeper == 0 or forest.nodes[node].children < 2 * k:
            continue
        best = _best(features, outcome, rows, k, allowed, forest.cards)
        if best < 0:
            continue
        values = features[best, rows]
        branches = [(v, rows[values == v]) for v in np.unique(values).tolist()]
        kept = [(v, part) for v, part in branches if len(part) >= k and len(np.unique(child[part])) >= k]
        if not kept:
            continue
        forest.nodes[node].splits = best
        for value, part in kept:
            forest.nodes.append(Node(node, best, value))
            todo.append((len(forest.nodes) - 1, part, deeper - 1))


def _best(
    features: npt.NDArray[np.int16], outcome: Ints, rows: Ints, k: int, allowed: Sequence[int], cards: Sequence[int]
) -> int:
    """The feature whose split raises the likelihood most, beyond its penalty; -1 where none does."""
    seen, y = np.unique(outcome[rows], return_inverse=True)
    if len(seen) < 2:
        return -1
    best, most = -1, 0.0
    for f in allowed:
        count = np.bincount(features[f, rows].astype(np.int64) * len(seen) + y, minlength=cards[f] * len(seen))
        table = count.reshape(-1, len(seen)).astype(float)
        size = table.sum(axis=1)
        small = size < k
        if (~small).sum() + small[size > 0].any() < 2:
            continue
        table = np.vstack([table[~small], table[small].sum(axis=0)])
        parts = int((table.sum(axis=1) > 0).sum())
        gain = _likelihood(table).sum() - _likelihood(table.sum(axis=0)[None])[0]
        gain -= PENALTY * (parts - 1) * (len(seen) - 1)
        if gain > most:
            best, most = f, float(gain)
    return best


def _likelihood(table: Floats) -> Floats:
    """Log-likelihood of each row's counts at the row's own shares."""
    total = table.sum(axis=1)
    inner = np.where(table > 0, table * np.log(np.maximum(table, 1e-12)), 0.0).sum(axis=1)
    found: Floats = inner - np.where(total > 0, total * np.log(np.maximum(total, 1e-12)), 0.0)
    return found


def learn_shares(
    forest: Forest, path: list[Ints], outcome: Ints, child: Ints, k: int, weights: list[Floats] | None = None
) -> None:
    """The shares of outcomes in every node; `path` as from Walk.path, `weights` one column a depth (default: rows).

    An outcome that fewer than k children had in a context is left out there; what is left out of a root never
    appears.
    """
    done = np.zeros(len(forest.nodes), dtype=bool)
    width = int(outcome.max(initial=0)) + 1
    people = int(child.max(initial=0)) + 1
    for depth, node in enumerate(path):
        rows = np.flatnonzero(~done[node])
        if not len(rows):
            continue
        cell = node[rows] * width + outcome[rows]
        cells, at = np.unique(cell, return_inverse=True)
        held = np.bincount(np.unique(at * people + child[rows]) // people, minlength=len(cells))
        mass = np.bincount(at, None if weights is None else weights[depth][rows])
        total = np.bincount(cells // width, mass, minlength=len(forest.nodes))
        for c, m, h in zip(cells.tolist(), mass.tolist(), held.tolist(), strict=True):
            if h >= k and m > 0:
                forest.nodes[c // width].shares[c % width] = m / total[c // width]
        done[node[rows]] = True


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of every node, drawn for whole columns."""

    key: Floats
    outcome: Ints
    some: npt.NDArray[np.bool_]  # of each node: whether anything can be drawn

    @classmethod
    def of(cls, forest: Forest) -> Outcomes:
        """Shares mixed down the trees, as running sums."""
        mixed: list[dict[int, float]] = []
        for node in forest.nodes:  # a parent always stands before its children
            above = mixed[node.parent] if node.parent >= 0 else {}
            mixed.append(_mixed(node, above))
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


def _mixed(node: Node, above: dict[int, float]) -> dict[int, float]:
    """The node's shares and, for what is too rare to be kept here, those of the context above."""
    if not above:
        total = sum(node.shares.values())
        return {outcome: share / total for outcome, share in node.shares.items()} if total > 0 else {}
    rest = {outcome: share for outcome, share in above.items() if outcome not in node.shares}
    left = max(0.0, 1 - sum(node.shares.values()))
    spread = sum(rest.values())
    own = dict(node.shares) | {o: left * share / spread for o, share in rest.items()} if spread > 0 else node.shares
    n = max(node.children, 1)
    keep = n / (n + BACKED)
    return {o: keep * own.get(o, 0.0) + (1 - keep) * share for o, share in above.items()}
