"""Which way of learning attributes comes nearer on the log at hand: measured on children whom the model did not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import NO_TIME, EventLog, SourceError
from synthetic.fidelity import Walks, halves, together
from synthetic.fidelity.attributes import pair_distances, shared
from synthetic.model.days import SECONDS
from synthetic.model.features import age_class
from synthetic.model.model import Model
from synthetic.model.options import FitOptions
from synthetic.model.sample import sample

WAYS = {"chain": "the own chain", "gaussian-copula": "SDV's Gaussian copula"}  # the first wins where they are even
LEAST_CHILDREN = 400  # halves of fewer differ more by chance than by how they are learnt
SEED = 2018

Ints = npt.NDArray[np.int64]
Learn = Callable[[EventLog, FitOptions], Model]


def attribute_columns(real: Walks, other: Walks) -> dict[str, tuple[Ints, Ints]]:
    """Codes of the attributes of each journey in both logs, and of the age at its start where both know births."""
    columns = shared(real, other)
    if real.log.birth is not None and other.log.birth is not None:
        columns["age at start"] = (_ages(real), _ages(other))
    return columns


def _ages(walks: Walks) -> Ints:
    birth = np.asarray(walks.log.birth)[walks.child]
    known = birth != NO_TIME
    return age_class((walks.start - np.where(known, birth, 0)) // (SECONDS * 1000), known).astype(np.int64)


def pair_distance(real: Walks, other: Walks) -> float:
    """Total variation of the pairs of attributes, ages among them, mean over the pairs; NaN where there are no two."""
    found = pair_distances(list(attribute_columns(real, other).values()))
    return float(np.mean(found)) if found else np.nan


def choose(log: EventLog, options: FitOptions, learn: Learn) -> tuple[str, str]:
    """(way, what to say of it): each is fitted on half of the children, and a sample of it compared with the others.

    Siblings (who first came at one moment) stay in one half. Where there is too little to measure, it is the chain.
    """
    if len(np.unique(log.child)) < LEAST_CHILDREN:
        return "chain", f"Attributes by the own chain: with fewer than {LEAST_CHILDREN} children nothing was measured."
    seen, unseen = halves(log)
    exits = None if options.exits is None else options.exits & set(log.stations)
    real, floor = together(unseen, seen, exits=exits)
    chance = pair_distance(real, floor)
    if np.isnan(chance):
        return "chain", "Attributes by the own chain: there are no two whose pairs could be measured."
    try:
        found = {way: _distance(way, seen, unseen, replace(options, exits=exits), learn) for way in WAYS}
    except SourceError:
        return "chain", "Attributes by the own chain: half of the children are too few for a model to be measured."
    best = min(found, key=lambda way: found[way])
    figures = ", ".join(f"{WAYS[way]} {far:.3f}" for way, far in found.items())
    return best, (
        f"Attributes by {WAYS[best]}: fitted on half of the children it came nearest to the other half (total variation"
        f" of pairs of attributes: {figures}; chance alone {chance:.3f})."
    )


def _distance(way: str, seen: EventLog, unseen: EventLog, options: FitOptions, learn: Learn) -> float:
    """How far a sample of a model of `seen` is from `unseen`."""
    model = learn(seen, replace(options, attributes=way, periods=(), find_periods=False))
    made = sample(model, len(seen.child_ids), seed=SEED)
    return pair_distance(*together(unseen, made, exits=options.exits))
