"""Siblings of known ways: how many, whether they come together, what they share, whether they go on together."""

from __future__ import annotations

import numpy as np
import pytest

from flowmap.eventlog import Attribute, EventLog
from synthetic.fidelity import siblings, together
from synthetic.model import FitOptions, Model, fit, sample
from tests.synthetic.model.logs import DAY, START

OUT = FitOptions(exits=frozenset(["out"]), find_periods=False)
ALIKE = 0.7  # of siblings who came together take the same way after the same days


@pytest.fixture(scope="module")
def log() -> EventLog:
    """2,000 families of one to three; of the further children 80% come with the first, the others a year later.

    Siblings have one colour of hair, and each a sex of its own. They are two years apart.
    """
    rng = np.random.default_rng(3)
    size = rng.choice([1, 2, 3], 2000, p=[0.5, 0.3, 0.2])
    family = np.repeat(np.arange(2000), size)
    first = np.concatenate([[True], family[1:] != family[:-1]])
    n = len(family)
    begin = (START + rng.integers(0, 600, 2000))[family]
    apart = ~first & (rng.random(n) >= 0.8)
    begin = np.where(apart, begin + 365, begin)
    lead = np.maximum.accumulate(np.where(first, np.arange(n), 0))
    own = np.column_stack([rng.integers(0, 2, n), rng.integers(1, 200, n)])
    alike = ~first & ~apart & (rng.random(n) < ALIKE)
    way = np.where(alike[:, None], own[lead], own)
    born = begin - rng.integers(2500, 3000, 2000)[family] + 730 * (np.arange(n) - lead)
    hair = rng.integers(0, 2, 2000)[family]
    sex = rng.integers(0, 2, n)
    return EventLog.from_columns(
        child=np.repeat(np.arange(n), 2),
        station=np.column_stack([np.zeros(n, dtype=np.int64), 1 + way[:, 0]]).ravel().astype(np.int32),
        stations=["in", "out", "left"],
        child_ids=[f"c{i}" for i in range(n)],
        time=np.column_stack([begin, begin + way[:, 1]]).ravel() * DAY,
        children={
            "hair": Attribute("hair", "category", codes=hair.astype(np.int32), values=("dark", "fair")),
            "sex": Attribute("sex", "category", codes=sex.astype(np.int32), values=("f", "m")),
        },
        birth=born * DAY,
        family=family,
    )


@pytest.fixture(scope="module")
def model(log: EventLog) -> Model:
    return fit(log, FitOptions(exits=frozenset(["out", "left"]), find_periods=False))


def pairs(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """(rows, rows) of `child_ids`: each child but the first of its family, and the first (by first event)."""
    assert log.family is not None
    start = np.full(len(log.child_ids), np.iinfo(np.int64).max)
    np.minimum.at(start, log.child, log.time)
    order = np.lexsort((np.arange(len(start)), start, log.family))
    first = np.concatenate([[True], log.family[order][1:] != log.family[order][:-1]])
    lead = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    return order[~first], lead[~first]


def test_what_is_known_of_siblings_is_what_was_made(model: Model) -> None:
    kin = model.families
    assert kin is not None
    assert kin.mean == pytest.approx(1.7, abs=0.05)
    assert kin.together[0] == pytest.approx(0.8, abs=0.03)
    assert kin.alike["hair"] == 1.0
    assert kin.alike["sex"] < 0.1
    assert kin.steps == pytest.approx(ALIKE, abs=0.05)
    assert kin.gap[0] is not None
    assert (kin.gap[0].low[0], kin.gap[0].high[-1]) == pytest.approx((365, 365), abs=25)  # counted by days of arrival


def test_made_up_siblings_are_as_many_and_as_alike(log: EventLog, model: Model) -> None:
    drawn = sample(model, len(log.child_ids), seed=5)
    assert drawn.family is not None
    assert len(drawn.child_ids) == len(log.child_ids)
    assert len(sample(model, 7, seed=1).child_ids) == 7
    size = np.bincount(np.bincount(drawn.family), minlength=4)[1:4]
    assert size / size.sum() == pytest.approx([0.5, 0.3, 0.2], abs=0.04)
    for each in (log, drawn):
        sibling, lead = pairs(each)
        assert (each.children["hair"].column[sibling] == each.children["hair"].column[lead]).all()
        assert (each.children["sex"].column[sibling] == each.children["sex"].column[lead]).mean() == pytest.approx(
            0.5, abs=0.06
        )
        begin = np.full(len(each.child_ids), np.iinfo(np.int64).max)
        np.minimum.at(begin, each.child, each.time // DAY)
        end = np.zeros(len(each.child_ids), dtype=np.int64)
        np.maximum.at(end, each.child, each.time // DAY)
        together = begin[sibling] == begin[lead]
        assert together.mean() == pytest.approx(0.8, abs=0.05)
        assert (end[sibling] == end[lead])[together].mean() == pytest.approx(ALIKE, abs=0.07)


def test_a_log_without_families_or_with_few_makes_single_children(log: EventLog) -> None:
    from dataclasses import replace

    alone = fit(replace(log, family=None), OUT)
    assert alone.families is None
    assert sample(alone, 50, seed=1).family is None
    few = np.arange(len(log.child_ids))
    few[:9] = 0  # eight further children of one family
    assert fit(replace(log, family=few.astype(np.int32)), OUT).families is None


def test_the_file_names_no_family(log: EventLog, model: Model) -> None:
    """Sizes, shares and intervals, each of k children or more."""
    data = model.to_json()["families"]
    assert set(data) == {"mean", "together", "gap", "between", "alike", "steps", "back"}
    shares = [row[2] for curve in [*data["gap"], data["between"]] if curve for row in curve]
    further = len(pairs(log)[0])
    assert min(shares) * further >= 10 * 0.15  # the later ones are a fifth of the further ones


def returning(share: float, seed: int = 4) -> EventLog:
    """700 pairs of siblings with three journeys each; this share of a pair's returns are on one day, others apart."""
    rng = np.random.default_rng(seed)
    pairs_, rounds = 700, 3
    begin = np.zeros((rounds, pairs_, 2), dtype=np.int64)
    begin[0] = rng.integers(0, 300, (pairs_, 1))
    for k in range(1, rounds):
        wait = rng.integers(60, 200, (pairs_, 2))
        wait[:, 1] = np.where(rng.random(pairs_) < share, wait[:, 0], wait[:, 1] + 1)
        begin[k] = begin[k - 1].max(axis=1, keepdims=True) + 10 + wait
    child = np.tile(np.arange(2 * pairs_).reshape(pairs_, 2), (rounds, 1, 1))
    case = np.broadcast_to(np.arange(rounds)[:, None, None], begin.shape)
    day = np.stack([begin, begin + rng.integers(1, 10, begin.shape)], axis=-1)
    order = np.argsort(day.ravel(), kind="stable")
    return EventLog.from_columns(
        child=np.repeat(child.ravel(), 2)[order],
        station=np.tile(["in", "out"], child.size)[order],
        time=(START + day.ravel()[order]) * DAY,
        case=np.repeat(case.ravel(), 2)[order],
        family=np.repeat(np.arange(pairs_), 2),
    )


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9], ids=str)
def test_siblings_come_back_together_as_often_as_planted(share: float) -> None:
    log = returning(share)
    model = fit(log, OUT)
    assert model.families is not None
    assert model.families.back == pytest.approx(share, abs=0.06)
    found = siblings.come_back_together(*together(log, sample(model, 1400, seed=3), exits=["out"]))
    assert found.real == pytest.approx(100 * share, abs=6)
    assert found.synthetic == pytest.approx(found.real, abs=8)
