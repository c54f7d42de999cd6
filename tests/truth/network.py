"""PATHS as arrays, for whole columns of children."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.reference.calibration import NEEDS
from synthetic.reference.pathways import NFA_BY_EARLIER_REFERRALS, PLACE, assessment
from synthetic.reference.pathways import PATHS as WRITTEN

# Here a decision depends on earlier referrals themselves.
PATHS = WRITTEN | {f"assessment/{k}": assessment(nfa) for k, nfa in enumerate(NFA_BY_EARLIER_REFERRALS)}


@dataclass(frozen=True)
class Network:
    """PATHS as arrays: one row a key (`first` edge and running shares), one row an edge."""

    row: dict[str, int]
    first: np.ndarray
    running: np.ndarray
    to: np.ndarray
    curves: np.ndarray
    working: np.ndarray
    since_referral: np.ndarray
    until: np.ndarray  # 0 none, 1 order, 2 eighteen


def network() -> Network:
    """The table above, ready for whole columns of children."""
    widest = max(len(edges) for edges in PATHS.values())
    running = np.ones((len(PATHS), widest))
    for row, (key, edges) in enumerate(PATHS.items()):
        shares = np.cumsum([edge.share for edge in edges])
        if abs(shares[-1] - 1) > 1e-9:
            raise ValueError(f"the shares of {key} add up to {shares[-1]}")
        running[row, : len(edges) - 1] = shares[:-1]
    sizes = [len(edges) for edges in PATHS.values()]
    flat = [edge for edges in PATHS.values() for edge in edges]
    return Network(
        row={key: row for row, key in enumerate(PATHS)},
        first=np.cumsum([0, *sizes[:-1]]),
        running=running,
        to=np.array([PLACE[edge.to] for edge in flat]),
        curves=np.array([edge.wait.curve for edge in flat]),
        working=np.array([edge.wait.working for edge in flat]),
        since_referral=np.array([edge.wait.since_referral for edge in flat]),
        until=np.array([{"": 0, "order": 1, "eighteen": 2}[edge.wait.until] for edge in flat]),
    )


NEED_GROUPS = ("abuse", "disability", "other")
_GROUP = {"abuse or neglect": 0, "child's disability or illness": 1}
NEED_GROUP = np.array([_GROUP.get(need, 2) for need in NEEDS])  # of each need: row of NEED_GROUPS
