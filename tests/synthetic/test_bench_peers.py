"""What the benchmark against peers hands over is the whole log, and what it calls a goal met is one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowmap.eventlog import EventLog
from synthetic.fidelity import Options, Yardstick, compare
from tests.bench.synthetic import exchange, goals
from tests.truth import make


@pytest.fixture(scope="module")
def log() -> EventLog:
    return make(120, 2, seed=5)


def test_a_peer_that_returns_what_it_was_given_is_at_no_distance(log: EventLog, tmp_path: Path) -> None:
    exchange.hand_over(log, tmp_path, 10, 1)
    for name in ("children", "events"):
        (tmp_path / f"{name}.parquet").rename(tmp_path / f"made_{name}.parquet")
    back = exchange.take_back(tmp_path, log)
    assert len(back) == len(log)
    found = compare(log, back, log, Options(classifier=False))
    # (Of paths that the log has not, a copy has none, where a new sample of the truth would have some.)
    assert [y.key for y in found if y.measured and y.value > 1e-9] == ["unseen_paths"]


def test_what_is_handed_over_says_journeys_ages_and_what_is_not_recorded(tmp_path: Path) -> None:
    day = np.datetime64("2024-03-01", "ms")
    log = EventLog.from_columns(
        child=["b", "a", "a", "a"],
        station=["contact", "contact", "nfa", "contact"],
        time=day + np.array([5, 0, 1, 9]) * np.timedelta64(1, "D"),
        attributes={"source": ["police", None, None, "school"]},
        birth=[day - np.timedelta64(100, "D"), day - np.timedelta64(7, "D")],
    )
    exchange.hand_over(log, tmp_path, 2, 1)
    children, events = (pd.read_parquet(tmp_path / f"{n}.parquet") for n in ("children", "events"))
    assert children["age"].tolist() == [105, 7]
    assert events["child"].tolist() == [0, 1, 1, 1]
    assert events["journey"].tolist() == [0, 0, 0, 1]
    assert events["place"].tolist() == [0, 0, 1, 0]
    assert events["source"].tolist() == ["police", "not recorded", "not recorded", "school"]
    assert json.loads((tmp_path / "facts.json").read_text())["exits"] == ["nfa"]


def test_rows_of_a_peer_without_station_or_child_are_left_out(log: EventLog, tmp_path: Path) -> None:
    moment = pd.Timestamp("2015-01-01")
    pd.DataFrame({"child": ["x", "y"], "age": [10.0, 20.0]}).to_parquet(tmp_path / "made_children.parquet")
    pd.DataFrame(
        {
            "child": ["x", "x", "z", "y"],
            "station": ["contact", None, "contact", "contact"],
            "time": [moment, moment, moment, pd.NaT],
        }
    ).to_parquet(tmp_path / "made_events.parquet")
    back = exchange.take_back(tmp_path, log)
    assert len(back) == 1
    assert back.birth is not None
    assert back.birth[0] == (moment - pd.Timedelta(days=10)).value // 1_000_000


def _measured(value: float, floor: float, **more: float) -> Yardstick:
    return Yardstick("edges", "Moves", value, "", "share", floor=floor, **more)  # type: ignore[arg-type]


def test_a_goal_in_floors_is_held_against_the_means() -> None:
    [row] = goals.rows([[_measured(0.012, 0.010)], [_measured(0.015, 0.010)]])
    assert row.floors == pytest.approx(1.35)
    assert not row.met(goals.Goal(floors=1.3))
    assert row.met(goals.Goal(floors=1.4))


def test_an_auc_is_counted_from_a_half() -> None:
    [row] = goals.rows([[_measured(0.53, 0.51, baseline=0.5)]])
    assert row.floors == pytest.approx(3.0)
    assert row.met(goals.Goal(most=0.53))


def test_the_effect_of_a_period_is_judged_by_its_mean_ratios() -> None:
    runs = [[_measured(0.1, 0.06, real=1.3, synthetic=1.4)], [_measured(0.1, 0.06, real=1.4, synthetic=1.3)]]
    [row] = [goals.Row("period_durations", r.label, r.value, r.floor, 0, r.real, r.synthetic) for r in goals.rows(runs)]
    assert row.value == pytest.approx(0.1)
    assert row.met(goals.Goal(most=0.05))
