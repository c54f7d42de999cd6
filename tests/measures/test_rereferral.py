"""Re-referral as DfE counts it, at every horizon; time to the next referral; who is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.dataset import DAY, Dataset, seconds
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.rereferral import Rereferral, rereferral, rows
from tests.logs import DAY_MS, dataset_of
from tests.measures.social import between, everyone, social

AGAIN = [
    ("a", "referral", "2020-01-10"),
    ("a", "nfa", "2020-01-20"),
    ("a", "referral", "2021-01-10"),  # 12 months to the day after the first
    ("a", "assessment", "2021-01-11"),
    ("a", "closed", "2021-02-01"),
    ("b", "referral", "2020-02-01"),
    ("b", "nfa", "2020-02-05"),
    ("b", "referral", "2021-02-02"),  # 12 months and a day after
    ("b", "nfa", "2021-02-03"),
    ("c", "contact", "2020-01-01"),
    ("c", "nfa", "2020-01-02"),  # never referred: not a closure to come back from
    ("c", "referral", "2022-01-01"),
    ("c", "moved", "2022-01-02"),
    ("d", "referral", "2021-06-01"),
    ("d", "nfa", "2021-06-10"),
    ("d", "contact", "2021-07-01"),
    ("d", "moved", "2021-07-10"),  # gone before a next referral
    ("e", "referral", "2021-12-01"),
    ("e", "referral", "2021-12-01"),  # twice on a day: the second came after the first
    ("z", "contact", "2022-06-30"),
]


def ask(data: Dataset, first: str = "2020-01-01", after: str = "2022-07-01", **more: object) -> Rereferral:
    return rereferral(data, everyone(data), between(data, first, after), **more)  # type: ignore[arg-type]


def test_a_referral_counts_where_another_came_within_twelve_months_before(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path)
    found = ask(data)
    # Known from 1 January 2020, so 12 months from 1 January 2021: a, b, c, d and e twice.
    assert (found.rate.rereferred.count, found.rate.rereferred.of, found.rate.left_out) == (2, 6, 2)
    by_month = {h.months: h for h in found.horizons}
    # 13 months from 1 February 2021: b's, which is within 13 months, c, d and e twice; a's is not known so far back.
    assert (by_month[13].rereferred.count, by_month[13].rereferred.of, by_month[13].left_out) == (2, 5, 3)
    assert (by_month[3].rereferred.count, by_month[3].rereferred.of) == (1, 6)
    assert by_month[36].rereferred.of == 0
    assert found.sentence().endswith("none has 36 months of data before it.")
    assert "33.3% (2 of 6) came within 12 months" in found.sentence()


def test_how_far_the_data_are_known_back_can_be_said(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path)
    found = ask(data, known_from=seconds("2020-06-01"))
    assert (found.rate.rereferred.count, found.rate.rereferred.of, found.rate.left_out) == (1, 4, 4)


def test_earlier_referrals_count_from_outside_the_cohort_and_the_period(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path)
    again = data.journeys.visit > 0
    found = rereferral(data, again, between(data, "2021-01-01", "2021-02-01"))
    assert (found.rate.rereferred.count, found.rate.rereferred.of) == (1, 1)


def test_time_to_the_next_referral_is_censored_and_competes_with_leaving(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path)
    back = ask(data).back
    # a 20 Jan 2020 → 356 days; a 1 Feb 2021: open; b 5 Feb 2020 → 363 days; b 3 Feb 2021: open; d → moved, 30 days
    assert (back.closures, back.returned, back.other) == (5, 2, 1)
    assert back.curve.day.tolist() == [30, 356, 363]
    assert back.curve.at_risk.tolist() == [5, 4, 3]
    assert back.curve.reached.tolist() == pytest.approx([0, 0.2, 0.4])
    assert back.curve.alone.tolist() == pytest.approx([0, 0.25, 0.5])
    year = back.after(12)
    assert (year["day"], year["at_risk"], year["reached"]) == (365, 2, pytest.approx(0.4))
    assert back.after(36)["reached"] is None  # nobody was watched so long


def test_a_referral_and_its_closure_on_one_day_are_not_a_return(tmp_path: Path) -> None:
    data = social(
        [("a", "referral", "2020-01-01"), ("a", "nfa", "2020-01-01"), ("z", "contact", "2020-02-01")], tmp_path
    )
    assert ask(data, after="2020-03-01").back.returned == 0
    twice = [
        *[("a", name, "2020-01-01") for name in ("referral", "nfa", "referral", "nfa")],
        ("z", "contact", "2020-02-01"),
    ]
    data = social(twice, tmp_path)
    found = ask(data, after="2020-03-01")
    assert (found.back.closures, found.back.returned, found.back.curve.day.tolist()) == (2, 1, [0])


def test_groups_add_up_to_the_whole(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path, children={"sex": ["F", "M", "F", "M", None, None]})
    found = ask(data, by="sex")
    assert {found.by.labels[row]: h.rereferred.of for row, h, _ in found.groups} == {"F": 2, "M": 2, "not recorded": 2}
    assert sum(r.closures for _, _, r in found.groups) == found.back.closures
    said = found.to_json()
    assert [g["value"] for g in said["groups"]] == ["F", "M", "not_recorded"]
    assert {row["figure"] for row in rows(said)} == {"rate", "group", "horizon", "return"}


def test_nobody_and_what_cannot_be_asked(tmp_path: Path) -> None:
    data = social(AGAIN, tmp_path)
    nobody = rereferral(data, ~everyone(data))
    assert nobody.to_json()["rate"]["share"] is None
    assert nobody.back.closures == 0
    with pytest.raises(OptionError, match="months"):
        ask(data, months=61)
    with pytest.raises(OptionError, match="facet"):
        ask(data, by="shoe size")
    with pytest.raises(OptionError, match="station"):
        ask(data, roles={"referral": "reception"})


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1500)), min_size=1, max_size=30), st.integers(1, 60))
def test_the_share_is_that_counted_referral_by_referral_with_pandas(cases: list[tuple[int, int]], months: int) -> None:
    times = np.array([day * DAY_MS for _, day in cases], dtype=np.int64) + 40 * 365 * DAY_MS
    log = EventLog.from_columns([f"c{child}" for child, _ in cases], ["referral"] * len(cases), times)
    start = pd.Timestamp(times.min(), unit="ms")
    count = of = 0
    for k, (child, _) in enumerate(cases):
        at = pd.Timestamp(times[k], unit="ms")
        if at < start + pd.DateOffset(months=months):
            continue
        of += 1
        earlier = [
            (times[j], j) for j, (other, _) in enumerate(cases) if other == child and (times[j], j) < (times[k], k)
        ]
        count += any(pd.Timestamp(t, unit="ms") >= at - pd.DateOffset(months=months) for t, _ in earlier)
    with dataset_of(log) as data:
        found = rereferral(data, everyone(data), months=months).rate
        assert (found.rereferred.count, found.rereferred.of, found.left_out) == (count, of, len(cases) - of)
        assert data.origin % DAY == 0
