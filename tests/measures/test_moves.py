"""Moves and their durations; flow by bin; filtering and counting in either order."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.dataset import iso
from flowmap.eventlog import EventLog
from flowmap.measures.flow import edges, flow
from flowmap.measures.moves import moves
from flowmap.transitions import quantiles_by_group
from tests import plain
from tests.logs import EXITS, built, dataset_of, log, measured


def test_durations_are_in_hours_and_same_day_moves_are_counted(tmp_path: Path) -> None:
    rows = [
        ("a", "contact", "2020-01-01T10:00"),
        ("a", "referral", "2020-01-01T22:00"),  # 12 hours, same day
        ("b", "contact", "2020-01-01T22:00"),
        ("b", "referral", "2020-01-02T00:00"),  # 2 hours, the next day
        ("c", "contact", "2020-01-01T00:00"),
        ("c", "referral", "2020-01-05T04:00"),  # 100 hours
        ("c", "nfa", "2020-01-05T05:00"),
    ]
    data = built(log(rows), tmp_path)
    found = [m.to_json(data) for m in moves(data, np.ones(3, dtype=bool))]
    assert [(m["from"], m["to"], m["count"], m["same_day"], m["median_hours"]) for m in found] == [
        ("contact", "referral", 3, 1, 12),
        ("referral", "nfa", 1, 1, 1),
    ]
    assert found[0]["p90_hours"] == 12 + 0.8 * 88  # the rank 1.8 of 2, 12, 100
    assert found[0]["from_label"] == "Contact"


@settings(max_examples=50, deadline=None)
@given(measured())
def test_filtering_then_counting_is_counting_then_filtering(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    rng = np.random.default_rng(seed)
    with dataset_of(events, exits) as data:
        mask = rng.random(len(data.journeys)) < 0.5
        table = data.transitions
        durations = defaultdict(list)
        for row in range(len(table)):  # count every move, then keep those of the cohort
            if mask[table.journey[row]]:
                route = data.meta["routes"][table.route[row]]
                durations[route["from"], route["to"]].append(int(table.arrive[row] - table.depart[row]))
        found = {(m.start, m.stop): m for m in moves(data, mask)}
        assert {pair: m.count for pair, m in found.items()} == {pair: len(d) for pair, d in durations.items()}
        for pair, several in durations.items():
            assert found[pair].median_hours == statistics.median(several) / 3600
        both = moves(data, mask), moves(data, ~mask)
        every = moves(data, np.ones(len(mask), dtype=bool))
        assert sum(m.count for m in every) == sum(m.count for half in both for m in half) == len(table)


@settings(max_examples=30, deadline=None)
@given(measured(), st.sampled_from(["day", "week", "month"]))
def test_every_journey_arrives_in_one_bin_and_leaves_in_at_most_one(case: tuple[EventLog, bool, int], by: str) -> None:
    events, exits, _ = case
    declared = EXITS if exits else ()
    with dataset_of(events, exits) as data:
        bins = flow(data, np.ones(len(data.journeys), dtype=bool), by)  # type: ignore[arg-type]
        expected = plain.journeys(events, declared)
        last = max(j.end for j in expected)
        assert sum(b.arrivals for b in bins) == len(expected)
        assert sum(b.exits for b in bins) == sum(j.path[-1] in declared for j in expected)
        for found in bins:
            assert found.stock == sum(plain.active(expected, declared, last, found.start).values())


def test_bins_start_on_mondays_and_on_the_first_of_the_month() -> None:
    first, last = (int(np.datetime64(day, "s").astype(np.int64)) for day in ("2020-01-01", "2020-02-10"))
    assert [iso(e)[:10] for e in edges(first, last, "month")] == ["2020-01-01", "2020-02-01", "2020-03-01"]
    weeks = [iso(e)[:10] for e in edges(first, last, "week")]
    assert (weeks[0], weeks[1], weeks[-2], weeks[-1]) == ("2019-12-30", "2020-01-06", "2020-02-10", "2020-02-17")
    assert len(edges(first, first, "day")) == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 10**9)), max_size=40), st.floats(0, 1))
def test_quantiles_by_group_are_those_of_each_group_alone(rows: list[tuple[int, int]], share: float) -> None:
    group, value = (np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 1))
    (found,) = quantiles_by_group(group, value, 4, (share,))
    for g in range(4):
        several = value[group == g]
        if len(several):
            np.testing.assert_allclose(found[g], np.quantile(several, share), rtol=1e-9, atol=1e-6)
        else:
            assert np.isnan(found[g])
