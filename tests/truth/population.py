"""The authority's families and children: who they are, before anything happens to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.reference import calibration as figures
from tests.truth import fitted

Ints = npt.NDArray[np.int64]
YEAR = 365.25


@dataclass(frozen=True)
class Population:
    """m families and their n children, family by family; days count from the simulation's first day."""

    first_child: Ints  # (m,)
    size: Ints  # (m,)
    arrives: Ints  # (m,) the day they first come to notice
    slowness: npt.NDArray[np.float64]  # (m,) standard normal score, high = slow at every stage
    often: npt.NDArray[np.bool_]  # (m,) a family that keeps coming back
    area: Ints  # (m,) row of AREAS
    need: Ints  # (m,) row of NEEDS: what they usually come for
    family: Ints  # (n,)
    born: Ints  # (n,) day of birth
    sex: Ints  # (n,) row of SEXES
    ethnicity: Ints  # (n,) row of ETHNICITIES, -1 not recorded
    disabled: npt.NDArray[np.bool_]  # (n,)
    earlier_plan: npt.NDArray[np.bool_]  # (n,) had a protection plan before these records, or elsewhere


def pick(rng: np.random.Generator, mix: Mapping[Any, float], count: int) -> Ints:
    """`count` rows of `mix`, as often as its shares say (they need not add up to 1)."""
    running = np.cumsum(list(mix.values()))
    return np.searchsorted(running[:-1] / running[-1], rng.random(count), side="right").astype(np.int64)


def settle(rng: np.random.Generator, arrives: Ints) -> Population:
    """Families who first come to notice on the days given, with their children."""
    m = len(arrives)
    size = np.array(list(figures.SIBLINGS))[pick(rng, figures.SIBLINGS, m)]
    first_child = np.concatenate([[0], np.cumsum(size)[:-1]])
    family = np.repeat(np.arange(m), size)
    n = len(family)
    heritage = pick(rng, figures.ETHNICITIES, m)
    heritage[rng.random(m) < figures.ETHNICITY_NOT_RECORDED] = -1
    return Population(
        first_child=first_child,
        size=size,
        arrives=arrives,
        slowness=rng.standard_normal(m),
        often=rng.random(m) < fitted.OFTEN,
        area=pick(rng, figures.AREAS, m),
        need=pick(rng, figures.needs_of_others(), m),
        family=family,
        born=_births(rng, arrives, first_child, family),
        sex=pick(rng, figures.SEXES, n),
        ethnicity=heritage[family],
        disabled=rng.random(n) < figures.DISABILITY,
        earlier_plan=rng.random(n) < fitted.EARLIER_PLAN_ELSEWHERE,
    )


def _births(rng: np.random.Generator, arrives: Ints, first_child: Ints, family: Ints) -> Ints:
    """The first child has an age in AGES_OF_NEW_CHILDREN that day; siblings are born years apart, either way."""
    bands = list(figures.AGES_OF_NEW_CHILDREN)
    band = np.array(bands)[pick(rng, figures.AGES_OF_NEW_CHILDREN, len(arrives))]
    age = rng.uniform(band[:, 0], band[:, 1])
    apart = np.round(rng.normal(1.5, 3.2, len(family)) * YEAR)
    apart[first_child] = 0
    return arrives[family] - np.round(age[family] * YEAR).astype(np.int64) + apart.astype(np.int64)
