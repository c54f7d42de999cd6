"""Full stations: what is counted, what is found, and what a sample makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, Model, explain, fit, sample
from synthetic.model.load import Stays, effect, pressed, usual
from tests.synthetic.model.logs import DAY, table
from tests.synthetic.model.queue_truth import EXITS, QUEUE, queue_log, slow_log

FILLING = 120  # days at either end that are left out: the station fills up, or long waits are not over


class Facts(NamedTuple):
    """Of a log's queue: days longer for each child more there on arrival, the correlation of the two, the mean wait in
    days, and how much the number there varies from week to week (standard deviation over mean)."""

    slope: float
    correlation: float
    wait: float
    varies: float


def facts(log: EventLog) -> Facts:
    """Counted child by child, in another way than the model does."""
    stays = table(log)
    first, last = int(stays["day"].min()), int(stays["day"].max())
    stays = stays[stays["station"] == QUEUE]
    arrive = stays["day"].to_numpy()
    leave = np.where(stays["wait"].notna(), arrive + stays["wait"].to_numpy(), last + 1)
    there = {day: int(((arrive < day) & (leave >= day)).sum()) for day in range(first + FILLING, last - FILLING)}
    kept = stays["wait"].notna().to_numpy() & np.isin(arrive, list(there))
    wait, met = (leave - arrive)[kept], np.array([there[day] for day in arrive[kept].tolist()])
    weekly = np.array(list(there.values())[::7])
    return Facts(
        float(np.polyfit(met, wait, 1)[0]),
        float(np.corrcoef(met, wait)[0, 1]),
        float(wait.mean()),
        float(weekly.std() / weekly.mean()),
    )


@pytest.fixture(scope="module")
def truth() -> EventLog:
    """A team of 98 places, 5,000 to 10,000 children in surges."""
    return queue_log(seed=10)


@pytest.fixture(scope="module")
def model(truth: EventLog) -> Model:
    """Its model."""
    return fit(truth, FitOptions(exits=EXITS))


def sampled(model: Model, truth: EventLog, seed: int = 1) -> EventLog:
    """As many children as the truth has."""
    return sample(model, len(truth.child_ids), seed=seed)


def test_who_is_there_is_counted_at_the_start_of_each_day() -> None:
    """One from day 1 to day 3, one from day 2 on, one who comes and goes on day 3."""
    stays = Stays(np.array([1, 2, 3]), np.array([3, 6, 3]), 6)
    assert stays.count().tolist() == [0, 0, 1, 2, 1, 1]


def test_the_forecast_knows_who_came_and_not_how_long_they_waited() -> None:
    """Four come on day 0 and leave after 2 days; four on day 4, after 4: half of all stay for 2 days, half for 4."""
    stays = Stays(np.array([0] * 4 + [4] * 4), np.array([2] * 4 + [8] * 4), 10)
    assert stays.forecast().tolist() == [0, 4, 4, 2, 2, 4, 4, 2, 2, 0]
    assert stays.count().tolist() == [0, 4, 4, 0, 0, 4, 4, 4, 4, 0]


def test_the_usual_number_grows_with_the_station() -> None:
    growing = np.arange(1000.0)
    assert usual(growing, 0)[500] == pytest.approx(500)
    assert usual(growing, 100)[0] == usual(growing, 100)[100] == pytest.approx(growing[100:283].mean())


def test_waits_are_as_long_as_before_all_together() -> None:
    full = np.random.default_rng(1).normal(0.2, 0.3, 100_000)
    own = np.random.default_rng(2).standard_normal(100_000)
    for by in (0.0, 1.5, 9.0):
        shift, rest = pressed(by, full, full)
        score = own * rest + shift
        assert (score.mean(), score.std()) == pytest.approx((0, 1), abs=0.01)
        assert np.corrcoef(score, full)[0, 1] == pytest.approx(min(by * 0.3, 0.95), abs=0.01)


def slow_weeks(by: float, seed: int) -> tuple[np.ndarray, ...]:
    """(score, load, forecast, turn, season) of 8,000 waits: scores go up `by` with the load, and slow weeks, which have
    nothing to do with who comes, make both waits longer and the station fuller."""
    rng = np.random.default_rng(seed)

    def lasting() -> np.ndarray:
        found = np.zeros(200)
        for week in range(1, 200):
            found[week] = 0.8 * found[week - 1] + 0.6 * rng.standard_normal()
        return found

    week = np.sort(rng.integers(0, 200, 8000))
    forecast, slow = 0.3 * lasting()[week], 0.3 * lasting()[week]
    load = forecast + slow
    score = by * load + slow + rng.standard_normal(8000)
    return score, load, forecast, week // 4, np.zeros((8000, 0))


def test_an_effect_is_told_from_slow_weeks_that_fill_a_station() -> None:
    """A regression on the load itself would take what slow weeks do for what the load does."""
    logs = [slow_weeks(0.8, seed) for seed in range(20)]
    assert np.mean([effect(*log)[0] for log in logs]) == pytest.approx(0.8, abs=0.1)
    assert np.mean([np.polyfit(load, score, 1)[0] for score, load, *_ in logs]) > 1.1


def test_slow_weeks_alone_are_no_effect() -> None:
    logs = [slow_weeks(0.0, seed) for seed in range(20)]
    assert np.mean([effect(*log)[0] for log in logs]) == pytest.approx(0, abs=0.1)
    for seed in range(4):
        log = slow_log(seed=seed)
        assert facts(log).correlation > 0.1  # who comes when many are there does wait long
        assert fit(log, FitOptions(exits=EXITS)).loads == []


def test_a_queue_is_found_and_nothing_else(model: Model) -> None:
    assert [model.stations[each.station].name for each in model.loads] == [QUEUE]
    assert model.loads[0].by > 0.5


def test_without_a_queue_nothing_is_found_and_nothing_is_written() -> None:
    for seed in (10, 11, 12):
        free = fit(queue_log(seed=seed, places=None), FitOptions(exits=EXITS))
        assert free.loads == []
        assert "loads" not in free.to_json()["effects"]


def test_an_authority_without_a_queue_has_no_loads(authority_model: Model) -> None:
    assert authority_model.loads == []


def test_a_sample_has_the_queue(truth: EventLog, model: Model) -> None:
    """The bounds are what chance and the straight line leave; without loads, less than two thirds of it is there."""
    real, with_, without = facts(truth), facts(sampled(model, truth)), facts(sampled(replace(model, loads=[]), truth))
    assert with_.slope == pytest.approx(real.slope, rel=0.2)
    assert with_.correlation == pytest.approx(real.correlation, rel=0.2)
    assert with_.wait == pytest.approx(real.wait, rel=0.05)
    assert with_.varies == pytest.approx(real.varies, rel=0.15)
    assert without.correlation < 0.8 * real.correlation
    assert without.varies < 0.9 * real.varies


def test_a_smaller_sample_is_full_by_its_own_usual_numbers(truth: EventLog, model: Model) -> None:
    """A third of the children: each one more there means three times as many days."""
    real = facts(truth)
    small = facts(sample(model, len(truth.child_ids) // 3, seed=3))
    assert small.slope == pytest.approx(3 * real.slope, rel=0.35)
    assert small.wait == pytest.approx(real.wait, rel=0.05)


def test_the_same_children_come_on_the_same_days_with_and_without_a_queue(truth: EventLog, model: Model) -> None:
    logs = [sampled(model, truth), sampled(replace(model, loads=[]), truth)]
    arrivals = [np.sort(table(log).groupby("child")["day"].min().to_numpy()) for log in logs]
    assert np.array_equal(*arrivals)
    assert not np.array_equal(logs[0].time, logs[1].time)


def test_a_seed_gives_one_sample(truth: EventLog, model: Model) -> None:
    one, same, other = (sampled(model, truth, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.time, same.time)
    assert np.array_equal(one.station, same.station)
    assert not np.array_equal(one.time[:1000], other.time[:1000])


def test_a_model_with_a_queue_is_read_back_and_one_from_before_too(model: Model) -> None:
    data = json.loads(json.dumps(model.to_json()))
    assert Model.from_json(data).to_json() == model.to_json()
    del data["effects"]["loads"]
    assert Model.from_json(data).loads == []


def test_explain_says_what_a_full_station_does(model: Model) -> None:
    said = " ".join(explain(model).split())
    assert f"{QUEUE}: slower the more children are there" in said


def test_progress_goes_on_while_children_walk_again(model: Model) -> None:
    told: list[float] = []
    sample(model, 500, seed=1, progress=lambda _, share: told.append(share))
    assert told == sorted(told)
    assert max(np.diff(told)) < 0.3


@pytest.mark.parametrize("children", [1, 20])
def test_so_few_children_that_nobody_queues_can_be_sampled(model: Model, children: int) -> None:
    log = sample(model, children, years=0.1, seed=1)
    assert len(log.child_ids) == children
    assert (np.diff(log.time) >= 0).all()
    assert log.time.max() - log.time.min() <= 37 * DAY
