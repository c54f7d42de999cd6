"""Membership of the rarest children, by shadow models fitted with and without each of them.

Shokri and others 2017; for synthetic data Stadler, Oprisanu and Troncoso 2022. Slow: two models a child and round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from flowmap.eventlog import EventLog
from synthetic.fidelity.compare import only
from synthetic.fidelity.walks import Ints, together
from synthetic.privacy.membership import auc, nearest
from synthetic.privacy.records import points

Model = TypeVar("Model")


@dataclass(frozen=True)
class Shadows:
    """AUC of the attack on each target (rows of the log's `child_ids`): 0.5 is no better than guessing."""

    targets: tuple[int, ...]
    auc: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the targets."""
        return float(np.mean(self.auc))

    @property
    def worst(self) -> float:
        """Of the targets."""
        return float(np.max(self.auc))


def rarest(log: EventLog, count: int) -> Ints:
    """The children (rows of `child_ids`) who are farthest from their nearest like."""
    walks = together(log)[0]
    there = np.unique(walks.child)
    place = points(walks)[0].astype(np.float64)
    found = np.empty(len(place))
    for first in range(0, len(place), 250):
        block = place[first : first + 250]
        squared = (block**2).sum(1)[:, None] + (place**2).sum(1)[None, :] - 2 * block @ place.T
        squared[np.arange(len(block)), first + np.arange(len(block))] = np.inf
        found[first : first + 250] = squared.min(axis=1)
    return there[np.argsort(-found, kind="stable")[:count]]


def attack(
    log: EventLog,
    fit: Callable[[EventLog, int], Model],
    sample: Callable[[Model, int], EventLog],
    targets: Ints,
    rounds: int = 10,
    children: int = 1_000,
    seed: int = 0,
) -> Shadows:
    """Fit `rounds` models with and without each target, and tell them apart by what they make.

    `fit(log, seed)` gives a model, `sample(model, seed)` a synthetic log. Each round draws `children` other
    children; the score of a synthetic log is minus the distance of the target to the closest child in it.
    """
    rng = np.random.default_rng(seed)
    there = np.unique(log.child)
    found = []
    for target in targets.tolist():
        others = there[there != target]
        scores: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(rounds):
            drawn = rng.choice(others, min(children, len(others)), replace=False)
            for member in (True, False):
                chosen = np.zeros(len(log.child_ids), dtype=bool)
                chosen[drawn] = True
                chosen[target] = member
                made = sample(fit(only(log, chosen), seed + turn), seed + turn + (1_000 if member else 2_000))
                scores[member].append(_score(log, target, made))
        found.append(auc(np.array(scores[True]), np.array(scores[False])))
    return Shadows(tuple(targets.tolist()), tuple(found))


def _score(log: EventLog, target: int, made: EventLog) -> float:
    if not len(made):
        return -np.inf
    real, synthetic = together(log, made)
    here, there = points(real, synthetic)
    place = int(np.searchsorted(np.unique(real.child), target))
    return -float(nearest(here[place : place + 1], there)[0])
