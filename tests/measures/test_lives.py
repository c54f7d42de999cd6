"""Groups of similar journeys: distances by hand and by a second way, and groups that are plain to see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.dataset import Dataset
from flowmap.eventlog import OptionError
from flowmap.measures.lives import LONGEST, _distances, lives
from tests.logs import built, log


def everyone(data: Dataset) -> np.ndarray:
    return np.ones(len(data.journeys), dtype=bool)


def table(ways: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array([[*way, *[-1] * (LONGEST - len(way))] for way in ways])
    return rows, np.array([len(way) for way in ways])


def common(a: list[int], b: list[int]) -> int:
    """The longest common subsequence, as the textbook has it."""
    if not a or not b:
        return 0
    if a[-1] == b[-1]:
        return common(a[:-1], b[:-1]) + 1
    return max(common(a[:-1], b), common(a, b[:-1]))


WAYS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(WAYS, WAYS)
def test_distances_are_those_of_the_longest_common_subsequence(some: list[list[int]], others: list[list[int]]) -> None:
    found = _distances(*table(some), *table(others))
    for i, a in enumerate(some):
        for j, b in enumerate(others):
            assert found[i, j] == pytest.approx(1 - 2 * common(a, b) / (len(a) + len(b)))


def journeys(tmp_path: Path) -> Dataset:
    ways = {
        "a": (["contact", "nfa"], 10),
        "b": (["contact", "referral", "nfa"], 2),
        "c": (["referral", "assessment", "referral", "assessment", "closed"], 6),
        "d": (["referral", "assessment", "closed"], 3),
    }
    rows = [
        (f"{name}{n}", station, f"2024-01-{day + 1:02}")
        for name, (way, times) in ways.items()
        for n in range(times)
        for day, station in enumerate(way)
    ]
    return built(log(rows), tmp_path)


def test_groups_that_are_plain_to_see_are_found_each_with_its_typical_way(tmp_path: Path) -> None:
    data = journeys(tmp_path)
    found = lives(data, everyone(data), groups=2)
    assert [(row["typical"], row["count"], row["ways"]) for row in found.rows(data)] == [
        ("contact > nfa", 12, 2),
        ("referral > assessment > referral > assessment > closed", 9, 2),
    ]
    # contact, referral, nfa: 1 - 2 * 2 / 5 from contact, nfa; two of twelve
    assert found.groups[0].distance == pytest.approx(0.2 * 2 / 12)
    assert found.apart is not None
    assert found.apart > 0.7
    assert sum(group.count for group in found.groups) == found.total == 21


def test_more_groups_than_ways_are_the_ways_themselves(tmp_path: Path) -> None:
    data = journeys(tmp_path)
    found = lives(data, everyone(data), scope="child", groups=20)
    assert len(found.groups) == 4
    assert {group.distance for group in found.groups} == {0.0}
    assert lives(data, ~everyone(data)).to_json(data)["groups"] == []
    with pytest.raises(OptionError):
        lives(data, everyone(data), groups=1)
