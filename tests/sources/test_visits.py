"""Start and complete told as two events become one visit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.sources import lifecycle, read
from flowmap.sources.options import ReadOptions
from tests.sources.readable import events, example_rows, iso, problems

LOG = (
    "patient,handling,handling_id,registration_type,team,time\n"
    "1,X-Ray,1,start,,2024-01-01T10:00:00Z\n"
    "1,X-Ray,2,start,B,2024-01-01T11:00:00Z\n"
    "1,X-Ray,2,complete,B,2024-01-01T12:00:00Z\n"
    "1,X-Ray,1,complete,A,2024-01-01T13:00:00Z\n"
    "1,Results,3,start,C,2024-01-02T09:00:00Z\n"
    "2,Results,4,complete,C,2024-01-02T09:30:00Z\n"
)


def test_a_visit_is_one_event_at_its_start_and_knows_its_end(load):
    log = load(LOG)
    assert events(log) == [
        (1, "X-Ray", "2024-01-01T10:00:00"),
        (1, "X-Ray", "2024-01-01T11:00:00"),
        (1, "Results", "2024-01-02T09:00:00"),
        (2, "Results", "2024-01-02T09:30:00"),
    ]
    assert [iso(t) for t in log.end.tolist()] == ["2024-01-01T13:00:00", "2024-01-01T12:00:00", "-", "-"]
    assert (log.quality.rows_read, log.quality.rows_kept) == (6, 6)


def test_with_times_end_a_visit_is_one_event_at_its_completion(load):
    log = load(LOG, times="end")
    assert [t for _, _, t in events(log)] == [
        "2024-01-01T12:00:00",
        "2024-01-01T13:00:00",
        "2024-01-02T09:00:00",
        "2024-01-02T09:30:00",
    ]
    assert log.end is None


def test_what_only_the_completion_says_is_not_lost(load):
    team = load(LOG).attributes["team"]
    assert [team.values[c] for c in team.codes] == ["A", "B", "C", "C"]


def test_starts_and_completions_without_the_other_are_events_and_said(load):
    log = load(LOG)
    assert problems(log)["visit-unpaired"] == (2, "kept")
    assert example_rows(log, "visit-unpaired") == [6, 7]


def test_words_of_its_own_are_no_lifecycle(load):
    log = load(
        "case,activity,lifecycle:transition,time\n"
        "1,A,In Progress,2024-01-01\n1,A,start,2024-01-02\n1,A,complete,2024-01-03\n"
    )
    assert len(log) == 3
    assert log.attributes["lifecycle:transition"].values == ("In Progress", "complete", "start")


def test_a_log_of_completions_only_has_nothing_to_pair(load):
    log = load("case,activity,lifecycle:transition,time\n1,A,complete,2024-01-01\n1,B,complete,2024-01-02\n")
    assert len(log) == 2
    assert not log.attributes
    assert not log.children


def paired_by_hand(keys: list[int], times: list[int], steps: list[int]) -> set[tuple[int, int]]:
    """First in, first out, one event at a time."""
    open_starts: dict[int, list[int]] = {}
    pairs = set()
    for i in sorted(range(len(keys)), key=lambda i: (times[i], steps[i], i)):
        if steps[i] == lifecycle.START:
            open_starts.setdefault(keys[i], []).append(i)
        elif steps[i] == lifecycle.COMPLETE and open_starts.get(keys[i]):
            pairs.add((open_starts[keys[i]].pop(0), i))
    return pairs


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(0, 2)), max_size=40))
def test_pairing_all_at_once_gives_what_pairing_one_by_one_gives(rows):
    keys, times, steps = ([row[i] for row in rows] for i in range(3))
    starts, completes = lifecycle.pair(
        [np.array(keys, dtype=np.int64)], np.array(times, dtype=np.int64), np.array(steps, dtype=np.int8)
    )
    assert set(zip(starts.tolist(), completes.tolist(), strict=True)) == paired_by_hand(keys, times, steps)


@pytest.mark.parametrize("times", ["start", "end"])
def test_the_patients_log_is_read_without_being_told_anything(shared_data, times):
    log = read(shared_data / "event_logs" / "patients.csv", ReadOptions(times=times))
    # 5,442 lines after the header, half of them starts (grep -c start)
    assert (log.quality.rows_read, log.quality.rows_dropped) == (5442, 0)
    assert (len(log), len(log.child_ids), len(log.stations)) == (2721, 500, 7)
    assert set(log.attributes) == {"employee"}
    first = (1, "Registration", "2017-01-02T11:41:53" if times == "start" else "2017-01-02T12:40:20")
    assert events(log)[0] == first
