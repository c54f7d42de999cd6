"""Trees from noisy tables: a root for everybody, and one branch for each value of a single feature."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthetic.model.contexts import Forest, Node
from synthetic.model.model import COUNTED_IN
from synthetic.private.grids import projected, threshold, trust

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass
class Trees:
    """The model's trees of choices as they are made; `names` are those of all features."""

    names: list[str]
    forest: Forest
    k: int
    roots: dict[str, int] = field(default_factory=dict)

    def add(self, tree: str, feature: str, table: Ints, scale: float, known: bool = False) -> None:
        """A tree of one noisy table (contexts, outcomes); row r holds for the value r of the feature, one row for all.

        Outcomes that do not stand out of the noise in all contexts together are left out, unless it is `known` that
        they happen. A context is mixed with all of them together the more, the less it stands out itself.
        """
        whole = table.sum(axis=0).astype(float)
        if known:
            whole = projected(whole[None], whole.sum(keepdims=True))[0]
        else:
            whole[whole < threshold(scale, table.shape[1], len(table))] = 0.0
        if whole.sum() < self.k:
            return
        every, kept = whole / whole.sum(), np.flatnonzero(whole)
        total = np.maximum(table.sum(axis=1).astype(float), 0.0)
        own = np.zeros(table.shape)
        own[:, kept] = projected(table[:, kept], total) / np.maximum(total, 1)[:, None]
        share = trust(total, scale)[:, None]
        values = [[row] for row in range(len(table))] if len(table) > 1 else []
        self.branch(tree, feature, values, every, share * own + (1 - share) * every, whole.sum(), total)

    def branch(
        self,
        tree: str,
        feature: str,
        values: list[list[int]],
        every: Floats,
        shares: Floats,
        total: float,
        totals: Floats,
        groups: Floats | None = None,
    ) -> None:
        """A root with the shares `every` (outcomes,), and branches with the rows of `shares` (contexts, outcomes).

        `groups` (1 + contexts, 3): whether a child stays, goes on, comes back; see contexts.group_of.
        """
        root = self.forest.root()
        self.roots[tree] = root
        kept = np.flatnonzero(every > 0)
        self._fill(self.forest.nodes[root], every, kept, total, None if groups is None else groups[0])
        place = self.names.index(feature)
        for row, those in enumerate(values):
            if totals[row] < self.k:
                continue
            self.forest.nodes[root].splits = place
            for value in those:
                node = Node(root, place, value)
                self._fill(node, shares[row], kept, totals[row], None if groups is None else groups[1 + row])
                self.forest.nodes.append(node)

    def _fill(self, node: Node, shares: Floats, kept: Ints, total: float, groups: Floats | None) -> None:
        node.children = int(total) // COUNTED_IN * COUNTED_IN
        node.shares = {int(o): round(float(shares[o]), 5) for o in kept}
        if groups is not None:
            node.groups = {g: round(float(share), 5) for g, share in enumerate(groups)}
