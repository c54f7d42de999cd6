"""From a station to another: among those old enough, the rest apart; chains that add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.dataset import DAY, Dataset
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.conversion import Chain, conversion, rows
from tests import plain
from tests.logs import EXITS, dataset_of, logs
from tests.measures.social import between, everyone, social

FRONT = [
    ("a", "contact", "2023-01-01"),
    ("a", "referral", "2023-01-02"),
    ("a", "assessment", "2023-01-03"),
    ("a", "cin", "2023-02-20"),
    ("b", "contact", "2023-01-01"),
    ("b", "nfa", "2023-01-05"),  # lost at the contact after 4 days
    ("c", "contact", "2023-01-01"),
    ("c", "referral", "2023-01-03"),
    ("c", "nfa", "2023-01-09"),  # lost at the referral after 6 days
    ("d", "contact", "2023-01-01"),
    ("d", "referral", "2023-01-01"),
    ("d", "assessment", "2023-01-02"),
    ("d", "cp", "2023-08-01"),  # beyond the window of 182 days: under way
    ("e", "contact", "2023-01-01"),
    ("e", "early_help", "2023-01-02"),
    ("e", "closed", "2023-03-01"),  # ended otherwise
    ("f", "referral", "2023-01-01"),  # never a contact
    ("g", "contact", "2023-07-15"),  # too recent, referred already
    ("g", "referral", "2023-07-16"),
    ("h", "contact", "2023-07-20"),  # too recent
    ("z", "referral", "2023-12-31"),
]


def chain(data: Dataset, *steps: str, window: int = 182, **more: object) -> Chain:
    asked = [tuple(data.index[name] for name in step.split(",")) for step in steps]
    (found,) = conversion(data, everyone(data), chains=[asked], window=window, **more).chains  # type: ignore[arg-type]
    return found


def test_the_chain_of_the_front_door_says_where_each_was_lost(tmp_path: Path) -> None:
    data = social(FRONT, tmp_path)
    found = conversion(data, everyone(data)).chains[0]
    assert (found.recent, found.recent_reached) == (2, 0)
    contact, referral, assessment, plan = found.steps
    assert (contact.reached, contact.went_on, contact.nfa, contact.ended, contact.under_way) == (5, 3, 1, 1, 0)
    assert (contact.nfa_days, contact.days) == (4, 1)
    assert (referral.reached, referral.went_on, referral.nfa, referral.nfa_days) == (3, 2, 1, 6)
    assert (assessment.reached, assessment.went_on, assessment.under_way, assessment.days) == (2, 1, 1, 48)
    assert plan.reached == 1
    assert (found.reached_last.count, found.reached_last.of) == (1, 5)
    said = conversion(data, everyone(data)).to_json(data)
    assert said["chains"][0]["label"].startswith("Contact → Referral → ")
    assert said["chains"][0]["steps"][-1]["went_on"]["share"] is None
    assert len(rows(said)) == 8


def test_too_recent_journeys_stand_apart_even_where_they_got_there(tmp_path: Path) -> None:
    data = social(FRONT, tmp_path)
    found = chain(data, "contact", "referral")
    assert (found.reached_last.count, found.reached_last.of, found.recent, found.recent_reached) == (3, 5, 2, 1)
    shorter = chain(data, "contact", "referral", window=30)
    assert (shorter.reached_last.count, shorter.reached_last.of, shorter.recent) == (4, 7, 0)


def test_the_last_day_of_the_window_counts_and_the_next_does_not(tmp_path: Path) -> None:
    rows_ = [
        ("a", "contact", "2023-01-01"),
        ("a", "referral", "2023-01-11"),
        ("b", "contact", "2023-01-01"),
        ("b", "referral", "2023-01-12"),
        ("z", "nfa", "2023-01-20"),
    ]
    found = chain(social(rows_, tmp_path), "contact", "referral", window=10)
    assert (found.reached_last.count, found.reached_last.of) == (1, 2)


def test_a_period_is_that_of_the_first_arrival(tmp_path: Path) -> None:
    data = social(FRONT, tmp_path)
    found = chain(data, "contact", "referral", within=between(data, "2023-07-01", "2023-07-17"))
    assert (found.reached_last.of, found.recent) == (0, 1)
    assert found.reached_last.to_json()["share"] is None


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    data = social(FRONT, tmp_path)
    with pytest.raises(OptionError, match="itself"):
        chain(data, "contact", "contact")
    with pytest.raises(OptionError, match="window"):
        chain(data, "contact", "referral", window=0)


def test_a_map_without_the_stations_of_a_chain_says_that_it_is_missing(tmp_path: Path) -> None:
    from tests.logs import built, log

    data = built(log([("a", "contact", "2023-01-01"), ("a", "nfa", "2023-09-01")]), tmp_path)
    found = conversion(data, everyone(data))
    assert (len(found.chains), found.missing, len(found.chains[0].steps)) == (1, 1, 3)


@settings(max_examples=15, deadline=None)
@given(logs(), st.integers(1, 12), st.booleans())
def test_steps_are_those_found_by_walking_along_each_journey(events: EventLog, window: int, exits: bool) -> None:
    declared = EXITS if exits else ()
    steps = ("contact", "referral", "assessment")
    last = int(events.time.max()) // 1000
    reached, old, recent = [0, 0, 0], 0, 0
    for journey in plain.journeys(events, declared):
        begun = next((time for name, time in journey.events if name == steps[0]), None)
        if begun is None:
            continue
        if begun + window * DAY > last:
            recent += 1
            continue
        old += 1
        step = 0
        for name, time in journey.events:
            if step < 3 and name == steps[step] and time <= begun + window * DAY:
                reached[step] += 1
                step += 1
    with dataset_of(events, exits) as data:
        found = chain(data, *steps, window=window)
        assert [one.reached for one in found.steps] == reached
        assert (found.reached_last.of, found.recent) == (old, recent)
        for one in found.steps[:-1]:
            assert one.reached == one.went_on + one.nfa + one.ended + one.under_way
        assert np.isfinite(found.reached_last.value or 0)
