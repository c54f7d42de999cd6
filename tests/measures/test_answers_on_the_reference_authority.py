"""On a small reference authority the measures agree with figures worked out from its events with plain pandas.

A second way for each: tests/synthetic/reference_measures.py knows only the log and DfE's definitions.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import EventLog
from flowmap.measures.conversion import conversion
from flowmap.measures.durations import durations
from flowmap.measures.enquiries import enquiries
from flowmap.measures.nfa import nfa
from flowmap.measures.options import Period
from flowmap.measures.rereferral import rereferral
from flowmap.measures.spells import REACHED, Way, spells
from flowmap.measures.timescales import timescales
from flowmap.tubemap import load
from synthetic.reference.pathways import NFA_BY_EARLIER_REFERRALS
from tests.measures.social import MAP, authority, between, everyone
from tests.synthetic.reference_measures import measure, table, went, working_days

OPENING, END = "2014-04-01", "2018-04-01"


Authority = tuple[EventLog, Dataset]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def data(made: Authority) -> Dataset:
    return made[1]


@pytest.fixture(scope="module")
def measured(made: Authority) -> dict[str, float]:
    return measure(made[0])


@pytest.fixture(scope="module")
def events(made: Authority) -> pd.DataFrame:
    return table(made[0])


@pytest.mark.parametrize(("months", "first"), [(12, "2015-04-01"), (36, "2017-04-01")])
def test_rereferral_agrees(data: Dataset, measured: dict[str, float], months: int, first: str) -> None:
    found = rereferral(data, everyone(data), between(data, first, END), months=months).rate
    assert found.left_out == 0
    assert 100 * (found.rereferred.value or 0) == pytest.approx(measured[f"rereferral_{months}"], abs=1e-9)


def test_nfa_at_each_point_agrees(data: Dataset, events: pd.DataFrame) -> None:
    found = nfa(data, everyone(data)).points
    assert len(found) == 6
    for row, share in found:
        assert 100 * (share.value or 0) == pytest.approx(went(events, data.stations[row].id, "nfa"), abs=1e-9)


def test_the_planted_rise_of_nfa_with_earlier_referrals_is_found(data: Dataset) -> None:
    found = nfa(data, everyone(data), between(data, "2017-04-01", END))
    values = [share.value or 0 for share in found.earlier]
    assert all(low < high for low, high in pairwise(values))
    for share, planted in zip(found.earlier, NFA_BY_EARLIER_REFERRALS, strict=True):
        said = share.to_json()
        assert said["low"] - 0.03 < planted < said["high"] + 0.03
    assert found.trend is not None
    assert found.trend.p < 0.001


def test_waits_of_direct_moves_agree(data: Dataset, measured: dict[str, float]) -> None:
    for start, stop in (("assessment", "nfa"), ("assessment", "cin"), ("s47", "icpc"), ("icpc", "cp")):
        way = Way(data.index[start], (data.index[stop],), direct=True)
        (found,) = durations(data, everyone(data), between(data, OPENING, END), ways=[way]).found
        # Those still under way may yet take long: with them the middle lies at the completed ones' or a little above.
        assert 0 <= (found.days.quantile(0.5) or 0) - measured[f"{start}_{stop}_days"] <= 1


def test_assessments_in_time_agree(data: Dataset, events: pd.DataFrame) -> None:
    way = Way(data.index["referral"], (data.index["assessment"],), "left")
    dues = timescales(data, load(MAP))
    (found,) = durations(data, everyone(data), between(data, OPENING, END), ways=[way], dues=dues).found
    # Once more with pandas: the first assessment after each referral, where it was the last referral before it.
    referrals = events[(events["station"] == "referral") & (events["time"] >= OPENING)]
    assessments = events[(events["station"] == "assessment")]
    both = referrals.reset_index().merge(assessments.reset_index(), on="journey", suffixes=("", "_a"))
    both = both[both["index_a"] > both["index"]].drop_duplicates("index")
    done = both[both["next_time_a"].notna()]
    assert found.completed == len(done)
    day = pd.Timedelta(days=1)
    days = working_days(done["time"] + day, done["next_time_a"] + day)  # after the first day, up to and with the last
    shut = working_days(done["next_time_a"], done["next_time_a"] + day) == 0  # ends on a day off: counts as the next
    assert found.timescales[0].within.count == np.count_nonzero(days + shut <= 45)
    assert found.timescales[0].within.of == len(done)
    chosen = spells(data, everyone(data), between(data, OPENING, END), way)
    assert np.count_nonzero(chosen.outcome == REACHED) == len(done)


def test_what_section_17_and_47_led_to_agrees(data: Dataset, events: pd.DataFrame) -> None:
    found = enquiries(data, everyone(data)).to_json(data)
    for side, station in (("section_17", "assessment"), ("section_47", "s47")):
        left = events[(events["station"] == station) & events["next"].notna()]
        assert {one["id"]: one["count"] for one in found[side]["led_to"]} == left["next"].value_counts().to_dict()
        assert found[side]["completed"] == len(left)
    assert found["section_17"]["working_days_spent"]["share"] > 0.8  # Kent's first finding, as planted


def figures(data: Dataset, kept: Mask, within: Period | None) -> list[int]:
    """Counts of several measures, each of which must add up over cohorts and over periods."""
    decided, again = nfa(data, kept, within), rereferral(data, kept, within)
    found = [decided.overall.count, decided.overall.of, decided.left_out, *(share.of for share in decided.earlier)]
    found += [again.rate.rereferred.count, again.rate.rereferred.of, again.back.closures, again.back.returned]
    found += [step.reached for chain in conversion(data, kept, within).chains for step in chain.steps]
    return found + [n for one in durations(data, kept, within).found for n in (one.spells, one.completed, one.open)]


def test_cohorts_and_periods_that_are_a_whole_together_add_up_to_it(data: Dataset) -> None:
    whole = figures(data, everyone(data), None)
    half = np.random.default_rng(1).random(len(data.journeys)) < 0.4
    assert np.add(figures(data, half, None), figures(data, ~half, None)).tolist() == whole
    cuts = ("2014-01-01", "2015-02-11", "2016-12-30", END)
    parts = [figures(data, everyone(data), between(data, first, after)) for first, after in pairwise(cuts)]
    assert np.sum(parts, axis=0).tolist() == whole
