"""From a log to lives: journeys, exits, what came next, and hazards under censoring."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from flowmap.eventlog import EventLog, SourceError
from synthetic.model.history import history, jumps, moves
from synthetic.model.options import FitOptions

DAY = 86_400_000
START = 16_000


def log_of(rows: list[tuple[int, str, int]], case: list[int] | None = None) -> EventLog:
    child, station, day = zip(*rows, strict=True)
    return EventLog.from_columns(child=child, station=station, time=(START + np.array(day)) * DAY, case=case)


def test_weights_of_moves_are_the_steps_of_kaplan_and_meier() -> None:
    """Second implementation: lifelines. Ties and censoring at the same day included."""
    rng = np.random.default_rng(3)
    wait, censor = rng.integers(0, 40, 400), rng.integers(0, 60, 400)
    seen, shown = wait <= censor, np.minimum(wait, censor)
    group = np.zeros(400, dtype=np.int64)
    weight = jumps(group, shown, seen, k=1)
    curve = KaplanMeierFitter().fit(shown, seen)
    for day in (0, 5, 10, 20, 30):
        assert 1 - weight[shown <= day].sum() == pytest.approx(float(curve.predict(day)), abs=1e-9)


def test_groups_do_not_mix() -> None:
    rng = np.random.default_rng(4)
    wait, seen, group = rng.integers(0, 40, 300), rng.random(300) < 0.6, rng.integers(0, 3, 300)
    together = jumps(group, wait, seen, k=5)
    for one in range(3):
        alone = jumps(group[group == one] * 0, wait[group == one], seen[group == one], k=5)
        np.testing.assert_allclose(together[group == one], alone)


def test_without_censoring_every_row_counts_alike() -> None:
    weight = jumps(np.zeros(20, dtype=np.int64), np.arange(20), np.ones(20, dtype=bool), k=10)
    np.testing.assert_allclose(weight, 1 / 20)


def test_a_journey_begins_after_an_exit() -> None:
    rows = [(c, s, d + c) for c in range(12) for s, d in (("in", 0), ("out", 5), ("in", 50), ("out", 60))]
    events = history(log_of(rows), FitOptions(exits=frozenset(["out"])))
    assert events.visit[:4].tolist() == [0, 0, 1, 1]
    step = moves(events, 0)
    at, out = events.names.index("in"), events.names.index("out")
    assert step.to[:4].tolist() == [out * 2, at * 2 + 1, out * 2, -1]
    assert step.wait[:3].tolist() == [5, 45, 10]
    assert step.wait[3] == events.last + 1 - events.day[3]


def test_exits_are_learned_where_nobody_names_them() -> None:
    rng = np.random.default_rng(1)
    rows = []
    for c in range(200):
        day = int(rng.integers(0, 300))
        for _ in range(1 + int(rng.random() < 0.5)):
            for station in ("contact", "assessment", "closed"):
                rows.append((c, station, day))
                day += int(rng.integers(1, 30))
    events = history(log_of(rows), FitOptions())
    assert [name for name, end in zip(events.names, events.exits, strict=True) if end] == ["closed"]


def test_rare_stations_are_one_or_none() -> None:
    rows = [(c, "common", c) for c in range(100)] + [(c, f"rare {c}", c + 1) for c in range(15)]
    assert history(log_of(rows), FitOptions()).names == ["common", "(rare stations)"]
    rows = [(c, "common", c) for c in range(100)] + [(0, "secret", 1)]
    assert history(log_of(rows), FitOptions()).names == ["common"]


def test_the_source_s_own_cases_are_journeys() -> None:
    rows = [(c, "a", c + d) for c in range(12) for d in (0, 3, 9)]
    events = history(log_of(rows, [1, 1, 2] * 12), FitOptions())
    assert events.begins[:3].tolist() == [True, False, True]


def test_too_few_children_are_refused() -> None:
    with pytest.raises(SourceError, match="9 children, fewer than k = 10"):
        history(log_of([(c, "a", c) for c in range(9)]), FitOptions())
