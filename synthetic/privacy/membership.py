"""Membership inference: can somebody who knows a child tell whether that child's record was used?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from synthetic.fidelity.walks import Walks
from synthetic.privacy.finding import BITES, Finding
from synthetic.privacy.lookups import SURE
from synthetic.privacy.records import Points, points

Floats = npt.NDArray[np.float64]

MOST_TARGETS = 2_000  # children attacked
BLOCK = 250  # children whose distances are worked out at once
GOAL = 0.52  # AUC up to which membership over everybody counts as not inferred


def nearest(targets: Points, others: Points) -> Floats:
    """(targets,) Euclidean distance to the closest of the others (distance to closest record)."""
    length = (others.astype(np.float64) ** 2).sum(axis=1)
    found = np.empty(len(targets))
    for first in range(0, len(targets), BLOCK):
        block = targets[first : first + BLOCK]
        squared = length[None, :] - 2 * (block @ others.T).astype(np.float64)
        found[first : first + BLOCK] = squared.min(axis=1) + (block.astype(np.float64) ** 2).sum(axis=1)
    return np.sqrt(np.maximum(found, 0))


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive has the higher score, ties counted half (Mann-Whitney)."""
    ranks = rankdata(np.concatenate([positive, negative]))
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def auc_error(n: int, m: int) -> float:
    """Standard error of an AUC where there is nothing to find (Mann-Whitney)."""
    return float(np.sqrt((n + m + 1) / (12 * n * m)))


def everybody(real: Walks, synthetic: Walks, holdout: Walks, control: Walks, seed: int = 0) -> Finding:
    """Distance to the closest synthetic child, of children in the log against children who were held out.

    Members and hold-out must be independent samples of one truth. The control is a noisy copy of the members.
    """
    here, made, away, copies = points(real, synthetic, holdout, control)
    rng = np.random.default_rng(seed)
    members, strangers = (_some(rng, p) for p in (here, away))
    scores = [[-nearest(side, log) for side in (members, strangers)] for log in (made, copies)]
    value, bite = (auc(a, b) for a, b in scores)
    return Finding(
        "membership", "Membership of everybody", value, "AUC",
        "How well somebody who knows a child's whole record can tell, from the closest synthetic child, whether that "
        "child was in the data: 0.5 is not at all, 1 is always.",
        beside=0.5, limit=max(GOAL, 0.5 + SURE * auc_error(len(members), len(strangers))),
        control=bite, control_needed=BITES,
    )  # fmt: skip


def closeness(half: Walks, synthetic: Walks, other_half: Walks, control: Walks, seed: int = 0) -> Finding:
    """Whether real children have a synthetic child nearer to them than the nearest of as many other real children.

    This needs no hold-out. `synthetic` and `other_half` should have as many children; the control is a noisy copy of
    `half`.
    """
    here, made, away, copies = points(half, synthetic, other_half, control)
    targets = _some(np.random.default_rng(seed), here)
    far = nearest(targets, away)
    value, bite = (_nearer(nearest(targets, log), far) for log in (made, copies))
    error = 0.5 / np.sqrt(len(targets))
    return Finding(
        "closeness", "Closer than strangers", value, "AUC",
        "How often a real child's closest synthetic child is nearer than the closest of as many other real children: "
        "0.5 or less is as among strangers, 1 is a copy.",
        beside=0.5, limit=0.5 + max(SURE * float(error), GOAL - 0.5), control=bite, control_needed=0.95,
    )  # fmt: skip


def _nearer(one: Floats, two: Floats) -> float:
    return float((one < two).mean() + (one == two).mean() / 2)


def _some(rng: np.random.Generator, there: Points) -> Points:
    return there if len(there) <= MOST_TARGETS else there[rng.choice(len(there), MOST_TARGETS, replace=False)]
