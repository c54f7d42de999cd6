"""Membership inference: can somebody who knows a child tell whether that child's record was used?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic.fidelity.paths import share_error
from synthetic.fidelity.walks import Walks, households
from synthetic.privacy.finding import BITES, Finding
from synthetic.privacy.lookups import SURE
from synthetic.privacy.records import Points, first_journeys, points

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
    from scipy.stats import rankdata  # takes a moment to load, and to show a report nothing is measured

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
    members, strangers = (p[_some(rng, len(p))] for p in (here, away))
    scores = [[-nearest(side, log) for side in (members, strangers)] for log in (made, copies)]
    value, bite = (auc(a, b) for a, b in scores)
    return Finding(
        "membership", "Membership of everybody", value, "AUC",
        "How well somebody who knows a child's whole record can tell, from the closest synthetic child, whether that "
        "child was in the data: 0.5 is not at all, 1 is always.",
        beside=0.5, limit=max(GOAL, 0.5 + SURE * auc_error(len(members), len(strangers))),
        control=bite, control_needed=BITES,
    )  # fmt: skip


def closeness(
    half: Walks, synthetic: Walks, other_half: Walks, control: Walks, seed: int = 0, holdout: Walks | None = None
) -> Finding:
    """Whether real children have a synthetic child nearer to them than the nearest of as many other real children.

    `synthetic` and `other_half` should have as many children; the control is a noisy copy of `half`. A synthetic log
    that is merely smoother than the real one is nearer to everybody: with a hold-out, its children tell how much.
    """
    logs = (half, synthetic, other_half, control, *([holdout] if holdout is not None else []))
    place = points(*logs)
    rng = np.random.default_rng(seed)
    value, error = _nearer_share(rng, half, place[0], place[1], place[2])
    bite, _ = _nearer_share(rng, half, place[0], place[3], place[2])
    beside, error_beside = (0.5, 0.0) if holdout is None else _nearer_share(rng, holdout, place[4], place[1], place[2])
    chance = max(SURE * float(np.hypot(error, error_beside)), GOAL - 0.5)
    return Finding(
        "closeness", "Closer than strangers", value, "AUC",
        "How often a real child's closest synthetic child is nearer than the closest of as many other real children: "
        "about 0.5 is as among strangers, 1 is a copy.",
        beside=beside, limit=max(beside, 0.5) + chance, control=bite, control_needed=0.95,
    )  # fmt: skip


def _nearer_share(
    rng: np.random.Generator, walks: Walks, targets: Points, one: Points, two: Points
) -> tuple[float, float]:
    """How often children are nearer to the first log than to the second (ties half), and its standard error.

    Siblings are near to the same others, so households are the rows that are independent.
    """
    which = _some(rng, len(targets))
    near, far = (nearest(targets[which], log) for log in (one, two))
    hit = (near < far) + (near == far) / 2
    return float(hit.mean()), share_error(hit, households(walks)[first_journeys(walks)][which])


def _some(rng: np.random.Generator, size: int) -> npt.NDArray[np.int64]:
    """Rows of the children attacked."""
    return np.arange(size) if size <= MOST_TARGETS else rng.choice(size, MOST_TARGETS, replace=False)
