"""Before, during and after: series worked by hand, and what an interrupted time series says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from flowmap.dataset import DAY, Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.changepoints import changepoints
from flowmap.measures.effect import Event, Options, effect, event_of
from flowmap.measures.series import Figure, median_by_group, series
from tests.logs import built, log

# Monday 8 January 2024 and after. Four children; d is still being assessed when the data end, on Monday the 29th.
ROWS = [
    ("a", "contact", "2024-01-08T09:00"),
    ("a", "referral", "2024-01-09T09:00"),
    ("a", "assessment", "2024-01-09T10:00"),
    ("a", "nfa", "2024-01-16T10:00"),
    ("b", "contact", "2024-01-10T09:00"),
    ("b", "nfa", "2024-01-15T00:00"),
    ("c", "referral", "2024-01-15T09:00"),
    ("c", "assessment", "2024-01-16T09:00"),
    ("c", "closed", "2024-01-26T09:00"),
    ("d", "referral", "2024-01-22T09:00"),
    ("d", "assessment", "2024-01-22T09:30"),
    ("e", "contact", "2024-01-29T09:00"),
]


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    return built(log(ROWS), tmp_path)


def weeks(data: Dataset, figure: Figure, keep: str = "") -> list[float]:
    from flowmap.cohort import parse

    mask = parse(keep, data.facets).mask(data)
    found = series(data, mask, figure, "week", seconds("2024-01-08"), data.last)
    return [None if np.isnan(v) else float(v) for v in found.value]  # type: ignore[misc]


def test_arrivals_stock_and_shares_week_by_week_are_those_counted_by_hand(small: Dataset) -> None:
    # Whole weeks of data: those of 8, 15 and 22 January.
    assert weeks(small, Figure("arrivals")) == [2, 1, 1]
    assert weeks(small, Figure("arrivals", "assessment")) == [1, 1, 1]
    assert weeks(small, Figure("stock")) == [0, 2, 1]  # on the 15th a, and b that instant at its exit; on the 22nd c
    assert weeks(small, Figure("stock", "assessment")) == [0, 1, 1]
    assert weeks(small, Figure("share", "contact", "nfa")) == [0, 1, None]
    assert weeks(small, Figure("share", "assessment")) == [None, 1, 0]  # a on the 16th, c closed on the 26th
    assert weeks(small, Figure("arrivals"), "entry=contact") == [2, 0, 0]


def test_a_week_of_fewer_than_five_stays_has_no_median(small: Dataset) -> None:
    assert weeks(small, Figure("duration", "assessment")) == [None, None, None]


def test_medians_by_group_are_kaplan_and_meiers() -> None:
    rng = np.random.default_rng(1)
    days = rng.integers(0, 40, 300)
    done = rng.random(300) < 0.8
    group = rng.integers(0, 4, 300)
    found = median_by_group(group, days, done, 5)
    for g in range(4):
        here = group == g
        theirs = KaplanMeierFitter().fit(days[here], done[here]).median_survival_time_
        assert theirs - 1 <= found[g] <= theirs  # interpolated between the day before and that day
    assert np.isnan(found[4])


def test_a_median_that_is_not_reached_is_none() -> None:
    found = median_by_group(np.zeros(4, int), np.array([1, 5, 5, 5]), np.array([True, False, False, False]), 1)
    assert np.isnan(found[0])
    same_day = median_by_group(np.zeros(3, int), np.zeros(3, int), np.ones(3, bool), 1)
    assert -1 <= same_day[0] <= 0


def steady(tmp_path: Path, jump: float, weeks: int = 70, at: int = 50, size: int = 4) -> Dataset:
    """`size` contacts each working day, `jump` times as many from week `at` on; each is NFA three days later."""
    rng = np.random.default_rng(9)
    start = np.datetime64("2022-01-03")
    rows = []
    for week in range(weeks):
        for day in range(5):
            many = rng.poisson(size * (jump if week >= at else 1))
            moment = start + 7 * week + day
            for n in range(many):
                rows.append((f"{week}-{day}-{n}", "contact", f"{moment}T09:00"))
                rows.append((f"{week}-{day}-{n}", "nfa", f"{moment + 3}T09:00"))
    return built(log(rows), tmp_path)


def test_a_planted_rise_is_said_with_its_size_and_without_a_cause(tmp_path: Path) -> None:
    data = steady(tmp_path, 1.5)
    event = Event("New form", seconds("2022-12-19"))
    found = effect(data, np.ones(len(data.journeys), bool), Figure("arrivals"), event)
    assert found.average.low <= 0.5 <= found.average.high
    assert found.average.told
    before, during = found.table
    assert 3.6 < before.value < 4.4  # a working day
    assert 5.3 < during.value < 6.7
    assert before.count + during.count == len(data.journeys) - sum(data.journeys.start >= found.model.series.start[-1])
    assert "higher" in found.sentence
    assert "does not say why" in found.sentence
    assert not any(word in found.sentence.lower() for word in ("because", "caused", "led to", "due to", "effect of"))
    assert found.to_json()["season"] is None
    assert any("No season" in note for note in found.notes)
    assert {"without season", "by month"} & {c.what for c in found.sensitivity}


def test_what_did_not_change_is_said_not_to_differ_beyond_chance(tmp_path: Path) -> None:
    data = steady(tmp_path, 1.0)
    event = Event("New form", seconds("2022-12-19"), seconds("2023-02-06"))
    mask = np.ones(len(data.journeys), bool)
    found = effect(data, mask, Figure("arrivals"), event, Options(settle_days=28))
    assert not found.average.told
    assert "did not differ beyond chance" in found.sentence
    assert [row.name for row in found.table] == ["before", "during", "settling", "after"]
    assert {c.what for c in found.changes} >= {"level at the start", "level at the end", "average settling"}


def test_the_same_change_in_both_cohorts_is_none_beside_the_other(tmp_path: Path) -> None:
    data = steady(tmp_path, 1.5, size=8)
    child = data.journeys.child % 2 == 0
    event = Event("New form", seconds("2022-12-19"))
    found = effect(data, child, Figure("arrivals"), event, other=~child)
    theirs, beside = found.comparison
    assert theirs.told
    assert beside.low <= 0 <= beside.high


def test_shares_change_in_points(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    start = np.datetime64("2022-01-03")
    rows = []
    for n in range(70 * 20):
        day = start + n // 20 * 7 + n % 5
        end = "nfa" if rng.random() < (0.6 if n < 50 * 20 else 0.3) else "closed"
        rows += [(str(n), "assessment", f"{day}T09:00"), (str(n), end, f"{day}T11:00")]
    data = built(log(rows), tmp_path)
    mask = np.ones(len(data.journeys), bool)
    found = effect(data, mask, Figure("share", "assessment", "nfa"), Event("Training", seconds("2022-12-19")))
    assert found.scale == "points"
    assert found.average.low <= -0.3 <= found.average.high
    assert found.table[0].low < found.table[0].value < found.table[0].high
    (one,) = changepoints(data, mask, Figure("share", "assessment", "nfa")).found or [None]
    assert one is None or one.size != 0  # a step to the end is a trend to the search: it may or may not stand out


def test_stays_begun_shortly_before_are_left_out_of_the_fit(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    start = np.datetime64("2022-01-03")
    rows = []
    for n in range(80 * 30):
        day = start + n // 30 * 7 + n % 5
        length = int(rng.integers(15, 26) * (2 if n >= 50 * 30 else 1))
        rows += [(str(n), "assessment", f"{day}T09:00"), (str(n), "nfa", f"{day + length}T09:00")]
    data = built(log(rows), tmp_path)
    mask = np.ones(len(data.journeys), bool)
    figure = Figure("duration", "assessment", working=False)
    found = effect(data, mask, figure, Event("New rule", seconds("2022-12-19")), Options(sensitivity=False))
    assert found.average.low <= 1.0 <= found.average.high
    lead = next(row for row in found.table if row.name == "lead-in")
    assert lead.bins == 4  # a median of 20 days, and a week more
    assert found.table[0].value == pytest.approx(20, abs=1)


def test_mistakes_are_answered_with_what_to_do(small: Dataset) -> None:
    mask = np.ones(len(small.journeys), bool)
    event = Event("x", seconds("2024-01-15"))
    for figure in (Figure("arrivals", "moon"), Figure("duration"), Figure("wrong"), Figure("share", "contact", "x")):  # type: ignore[arg-type]
        with pytest.raises(OptionError) as error:
            effect(small, mask, figure, event)
        assert error.value.remedy
    with pytest.raises(OptionError, match="before the event"):
        effect(small, mask, Figure("arrivals"), event)
    with pytest.raises(OptionError, match="ends before"):
        effect(small, mask, Figure("arrivals"), Event("x", 10, 5))
    with pytest.raises(OptionError, match="not an event"):
        event_of(small, "ofsted")
    with pytest.raises(OptionError, match="fewer than 40"):
        changepoints(small, mask, Figure("arrivals"))
    assert event_of(small, "2024-01-15..2024-01-19") == Event(
        "2024-01-15..2024-01-19", seconds("2024-01-15"), seconds("2024-01-19") + DAY
    )
