"""Writing a model by hand: trees of shares and curves of days, as fitting would have left them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Forest, Node, group_of
from synthetic.model.intervals import Intervals

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SURE = 10**9  # “children” of a written context: so many that its shares stand as they are, without the wider context's
EXACT = 15  # days below stand alone
EDGES = np.concatenate([np.arange(0.025, 0.95, 0.025), [0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.9995]])


@dataclass(frozen=True)
class Tree:
    """Shares of outcomes; or, where `by` names a feature, a tree for some of its values, and `usual` for all others."""

    shares: Mapping[int, float]
    by: str = ""
    branches: Mapping[int, Tree] = field(default_factory=dict)
    usual: Tree | None = None


def mix(names: Sequence[str], percent: Mapping[str, float]) -> dict[int, float]:
    """Shares of values of an attribute as outcomes: 1 is the first of `names` (0: not recorded)."""
    total = sum(percent.values())
    return {1 + names.index(name): share / total for name, share in percent.items()}


def split(by: str, branches: Mapping[int, Tree], usual: Tree | None = None) -> Tree:
    """A tree by a feature; values that have no branch are as `usual`, else as the branches' mean."""
    every = [*branches.values(), *([usual] if usual else [])]
    outcomes = dict.fromkeys(outcome for tree in every for outcome in tree.shares)
    mean = {o: sum(tree.shares.get(o, 0.0) for tree in every) / len(every) for o in outcomes}
    if usual is None:
        return Tree(mean, by, branches)
    # What a branch may draw, the root must know: outcomes that are not usual are there with (next to) no share.
    return Tree({o: usual.shares.get(o, 0.0) or 1e-12 for o in outcomes}, by, branches, usual)


def plant(forest: Forest, place: Mapping[str, int], tree: Tree, ways: bool = False) -> int:
    """Write the tree into the forest, and give its root.

    `place`: the number of each feature; `ways`: outcomes are those of a station (`group_of`).
    """
    todo = [(tree, -1, -1, -1)]
    root = len(forest.nodes)
    while todo:
        here, parent, feature, value = todo.pop()
        node = Node(parent, feature, value, children=SURE, shares=dict(here.shares))
        if ways:
            node.groups = dict.fromkeys(range(3), 0.0)
            for outcome, share in here.shares.items():
                node.groups[group_of(outcome)] += share
        forest.nodes.append(node)
        if not here.by:
            continue
        node.splits, at = place[here.by], len(forest.nodes) - 1
        todo += [(below, at, node.splits, v) for v, below in here.branches.items()]
        if here.usual is not None and here.usual.by:
            others = (v for v in range(forest.cards[node.splits]) if v not in here.branches)
            todo += [(here.usual, at, node.splits, v) for v in others]
    return root


def curve(days: Floats, mass: Floats | None = None) -> Intervals:
    """The distribution of whole days (or minutes), each with its `mass`: single days from 0 on, and ranges between the
    EDGES of what lies beyond on either side."""
    whole = days.astype(np.int64)
    low = int(whole.min())
    share = np.bincount(whole - low, mass)
    share = share / share.sum()
    value = low + np.arange(len(share))
    edge = np.searchsorted(EDGES, np.cumsum(share) - 1e-12)
    piece = np.where(value < 0, edge - len(EDGES) - 1, np.where(value < EXACT, value, EXACT + edge))
    starts = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]]))
    ends = np.append(starts[1:], len(piece)) - 1
    held = np.add.reduceat(share, starts)
    some = held > 0
    return Intervals(value[starts[some]], value[ends[some]], held[some])
