"""Workload by team, and what another threshold would have sent elsewhere: worked by hand and by brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap.dataset import DAY, Dataset, seconds
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.child import child
from flowmap.measures.workload import threshold, workload
from tests.logs import built, dataset_of, log, logs

ROWS = [
    ("a", "referral", "2024-01-01"),
    ("a", "assessment", "2024-01-02"),
    ("a", "nfa", "2024-02-11"),
    ("b", "referral", "2024-01-10"),
    ("b", "nfa", "2024-01-11"),
    ("c", "referral", "2024-01-20"),
    ("c", "nfa", "2024-01-23"),
    ("d", "referral", "2024-02-01"),
    ("d", "assessment", "2024-02-05"),
    ("d", "closed", "2024-02-15"),
    ("e", "referral", "2024-02-28"),
]
TEAM = np.array(["North", "North", "North", "South", "South", "North", "North", "South", "South", "South", "South"])


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    return built(log(ROWS, attributes={"team": TEAM}), tmp_path)


def everyone(data: Dataset) -> np.ndarray:
    return np.ones(len(data.journeys), dtype=bool)


def test_work_by_team_and_month_as_counted_by_hand(data: Dataset) -> None:
    rows = workload(data, everyone(data), costs={"assessment": (100, 2)}).rows()
    told = {(r["group"], r["start"][:7]): r for r in rows}
    north = told["North", "2024-01"]
    # a: referral 1 day, assessment 30 of its 40 days; c: 3 days
    assert (north["arrived"], north["left"], north["stock"], north["child_days"]) == (3, 2, 0, 34)
    assert north["per_day"] == pytest.approx(34 / 31)
    assert north["cost"] == 160  # one assessment, 30 days
    later = told["North", "2024-02"]
    assert (later["arrived"], later["left"], later["stock"], later["child_days"], later["cost"]) == (0, 1, 1, 10, 20)
    south = told["South", "2024-02"]
    assert (south["arrived"], south["left"], south["stock"]) == (3, 2, 0)
    assert south["child_days"] == pytest.approx(14, abs=0.001)  # d 4 and 10 days; e came on the last day of the data
    every = workload(data, everyone(data), by=None, at="assessment").rows()
    assert [(r["group"], r["arrived"], r["child_days"]) for r in every] == [("all", 1, 30), ("all", 1, 20)]


@settings(max_examples=15, deadline=None)
@given(logs())
def test_child_days_are_those_of_every_stay_added_up(events: EventLog) -> None:
    with dataset_of(events) as data:
        total = 0.0
        for c in range(len(data.pseudonyms)):
            for journey in child(data, c).journeys:
                stops = [t for _, t in journey.events[1:]]
                over = data.last + 1 if data.journeys.open[journey.journey] else journey.events[-1][1]
                for (place, begin), end in zip(journey.events, [*stops, over], strict=True):
                    total += 0 if data.exits[place] else (end - begin) / DAY
        found = workload(data, everyone(data), by=None, bins="week")
        assert sum(load.days for load in found.loads) == pytest.approx(total, abs=1e-6)
        assert sum(load.arrived for load in found.loads) == sum(
            p.events for p, over in zip(data.stations, data.exits, strict=True) if not over
        )


def test_a_threshold_moves_a_share_of_those_turned_away_on_as_those_who_were_not(data: Dataset) -> None:
    found = threshold(data, everyone(data), "referral", share=0.5, costs={"assessment": (100, 2)})
    assert (found.decisions, found.now, found.moved) == (4, 2, 1.0)  # b and c were NFA: one of them is moved
    (row,) = found.rows()
    # Two were assessed, 40 and 10 days: 25 on average
    assert (row["station"], row["more_arrivals"], row["more_child_days"], row["more_cost"]) == (
        "assessment",
        1,
        25,
        150,
    )
    assert row["more_stock"] == pytest.approx(25 / 59)  # 1 January to 28 February
    assert found.a_year == pytest.approx(365.25 / 59)
    assert "Supposes that 50% of those who went from Referral to No further action" in found.supposes


def test_mistakes_are_answered_with_what_to_do(data: Dataset) -> None:
    mask = everyone(data)
    for call in (
        lambda: workload(data, mask, by="moon"),
        lambda: workload(data, mask, at="moon"),
        lambda: workload(data, mask, costs={"moon": (1, 1)}),
        lambda: threshold(data, mask, "moon"),
        lambda: threshold(data, mask, "referral", share=0),
        lambda: threshold(data, mask, "contact"),
    ):
        with pytest.raises(OptionError) as error:
            call()
        assert error.value.remedy


def test_a_window_bounds_what_is_counted(data: Dataset) -> None:
    since, until = seconds("2024-02-01"), seconds("2024-03-01") - 1
    rows = workload(data, everyone(data), by=None, since=since, until=until).rows()
    assert [(r["start"][:10], r["arrived"], r["stock"]) for r in rows] == [("2024-02-01", 3, 1)]
    assert workload(data, ~everyone(data)).rows() == []
