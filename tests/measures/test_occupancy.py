"""Who is where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap.dataset import seconds
from flowmap.eventlog import EventLog
from flowmap.measures.flow import flow
from flowmap.measures.occupancy import NEVER, latest, occupancy, whereabouts
from flowmap.measures.stations import station, stations
from tests import plain
from tests.logs import EXITS, built, dataset_of, log, measured

ROWS = [
    ("a", "contact", "2020-01-01"),
    ("a", "referral", "2020-01-03"),
    ("a", "nfa", "2020-01-05"),
    ("b", "contact", "2020-01-03"),
    ("a", "contact", "2020-01-20"),
]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2019-12-31", {}),
        ("2020-01-01", {"contact": 1}),
        ("2020-01-02", {"contact": 1}),
        ("2020-01-03", {"contact": 1, "referral": 1}),
        ("2020-01-05", {"contact": 1, "nfa": 1}),
        ("2020-01-05T00:00:01", {"contact": 1}),
        ("2020-01-20", {"contact": 2}),
        ("2020-01-21", {}),
    ],
)
def test_a_journey_is_active_from_its_first_event_to_its_exit_or_the_end_of_the_data(
    tmp_path: Path, at: str, expected: dict[str, int]
) -> None:
    data = built(log(ROWS), tmp_path)
    (found,) = occupancy(data, np.ones(3, dtype=bool), [seconds(at)])
    assert found.to_json(data)["at_station"] == expected
    assert found.count == sum(expected.values())


def test_without_exits_a_journey_is_active_to_its_last_event(tmp_path: Path) -> None:
    data = built(log(ROWS), tmp_path, exits=False)
    found = occupancy(data, np.ones(2, dtype=bool), [seconds(d) for d in ("2020-01-03", "2020-01-04", "2020-01-20")])
    at_station = [o.to_json(data)["at_station"] for o in found]
    assert at_station == [{"contact": 1, "referral": 1}, {"referral": 1}, {"contact": 1}]


@settings(max_examples=80, deadline=None)
@given(measured())
def test_occupancy_is_a_recount_of_any_cohort_at_any_instant(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    declared = EXITS if exits else ()
    rng = np.random.default_rng(seed)
    with dataset_of(events, exits) as data:
        expected = plain.journeys(events, declared)
        starts = {(j.start, tuple(j.path), j.end): j for j in expected}
        mask = rng.random(len(data.journeys)) < 0.6
        kept = [j for j, keep in zip(in_order(data, expected), mask, strict=True) if keep]
        last = max(j.end for j in expected)
        instants = [*rng.integers(data.first - 90_000, data.last + 90_000, 6).tolist(), *(s for s, _, _ in starts)]
        for found in occupancy(data, mask, instants):
            assert found.to_json(data)["at_station"] == dict(plain.active(kept, declared, last, found.at))
            where = whereabouts(data, mask, found.at)
            assert np.bincount(where.station, minlength=5).tolist() == found.stations.tolist()


def in_order(data, expected):  # type: ignore[no-untyped-def]
    """Plain journeys in the order of the dataset: by start, child (by first journey, then as first met), visit."""
    first = {}
    for journey in expected:
        first.setdefault(journey.child, journey.start)
    met = {child: n for n, child in enumerate(child_ids(expected))}
    return sorted(expected, key=lambda j: (j.start, first[j.child], met[j.child], j.visit))


def child_ids(expected):  # type: ignore[no-untyped-def]
    """Children in the order in which the file first names them."""
    least = {}
    for journey in expected:
        least[journey.child] = min([least.get(journey.child, 10**9), *journey.rows])
    return sorted(least, key=least.__getitem__)


@settings(max_examples=50, deadline=None)
@given(measured())
def test_what_enters_a_station_leaves_it_ends_there_or_waits_there(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    rng = np.random.default_rng(seed)
    with dataset_of(events, exits) as data:
        mask = rng.random(len(data.journeys)) < 0.7
        at = int(rng.integers(data.first - 10, data.last + 100_000))
        rows = stations(data, mask, at, [])
        (there,) = occupancy(data, mask, [at])
        assert [r.waiting for r in rows] == there.stations.tolist()
        for row in rows:
            assert row.reached == row.left + row.ended + row.waiting
            panel = station(data, mask, at, [], row.station)
            assert panel.row == row
            assert row.reached == row.began + sum(n for _, n in panel.came_from)
            assert row.left == sum(n for _, n in panel.went_to)
            assert all(week.waiting >= 0 for week in panel.weekly)
        weekly = [flow(data, mask, "week"), [station(data, mask, at, [], s).weekly for s in range(5)]]
        for week, bin_ in enumerate(weekly[0]):
            assert bin_.stock == sum(of_station[week].waiting for of_station in weekly[1])


@settings(max_examples=50, deadline=None)
@given(measured())
def test_the_latest_visit_to_a_station_is_the_latest_by_then(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    rng = np.random.default_rng(seed)
    with dataset_of(events, exits) as data:
        expected = in_order(data, plain.journeys(events, EXITS if exits else ()))
        at = int(rng.integers(data.first, data.last + 1))
        found = whereabouts(data, np.ones(len(data.journeys), dtype=bool), at)
        clock = latest(data, found, data.index["referral"])
        for journey, arrived, started in zip(found.journey, found.arrived, clock, strict=True):
            visits = [t for s, t in expected[journey].events if s == "referral" and t <= at]
            assert started == (max(visits) if visits else NEVER)
            assert arrived == max(t for _, t in expected[journey].events if t <= at)
