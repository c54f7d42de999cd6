"""Findings: right where they are so, silent where nothing is beyond chance or too little is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flowmap.ask import MEASURES, Options, Question
from flowmap.build import BuildOptions, build
from flowmap.cohort import parse
from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import Attribute, EventLog
from flowmap.web import create_app
from synthetic import reference
from tests.logs import log
from tests.measures.social import MAP, Row, social
from tests.synthetic.reference_measures import table, working_days

OPENING = pd.Timestamp("2014-04-01")
BANDS = tuple(reference.periods())
SPRING = 700  # days from 1 April 2014: 1 March 2016
SEEDS = 20


def ask(data: Dataset, cohort: str = "") -> Any:
    return MEASURES["findings"].answer(Question(data, parse(cohort, data.facets)))


def found(data: Dataset, cohort: str = "") -> dict[str, Any]:
    return {one["key"]: one for one in ask(data, cohort)["findings"]}


def counted(finding: Any) -> list[tuple[int, int]]:
    return [(figure["count"], figure["of"]) for figure in finding["figures"]]


Authority = tuple[EventLog, Dataset]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    events = reference.make(3000)
    target = tmp_path_factory.mktemp("authority") / "set"
    return events, build(events, target, BuildOptions(map=MAP, periods=BANDS))


@pytest.fixture(scope="module")
def data(made: Authority) -> Dataset:
    return made[1]


@pytest.fixture(scope="module")
def events(made: Authority) -> pd.DataFrame:
    return table(made[0])


def test_kents_four_are_the_first_four_on_the_reference_authority(data: Dataset) -> None:
    keys = [one["key"] for one in ask(data)["findings"]]
    assert keys[:4] == ["sections", "again", "returning", "strategy"]


def test_section_17_takes_the_working_days_that_pandas_counts(data: Dataset, events: pd.DataFrame) -> None:
    stays = events[(events["time"] >= OPENING) & events["station"].isin(["assessment", "s47"])]
    until = stays["next_time"].fillna(pd.Timestamp(events["time"].max()))
    day = pd.Timedelta(days=1)
    days = pd.Series(working_days(stays["time"] + day, until + day), index=stays.index)
    spent = days.groupby(stays["station"]).sum()
    assert counted(found(data)["sections"]) == [(spent["assessment"], spent.sum())]


def test_rereferral_within_12_months_stands_beside_36(data: Dataset, events: pd.DataFrame) -> None:
    referrals = events.loc[events["station"] == "referral", ["child", "time"]].sort_values(["child", "time"])
    referrals["before"] = referrals.groupby("child")["time"].shift()
    expected = []
    for months in (12, 36):
        countable = referrals[referrals["time"] >= OPENING + pd.DateOffset(months=months)]
        reach = countable["time"].dt.normalize() - pd.DateOffset(months=months)
        expected.append((int((countable["before"] >= reach).sum()), len(countable)))
    assert counted(found(data)["again"]) == expected


def test_no_further_action_by_earlier_referrals_is_what_pandas_counts(data: Dataset, events: pd.DataFrame) -> None:
    referrals = events[events["station"] == "referral"]
    decided = events[(events["station"] == "assessment") & events["next"].notna() & (events["next_time"] >= OPENING)]
    tally = {n: [0, 0] for n in range(4)}
    for row, one in decided.iterrows():
        mine = referrals[(referrals["journey"] == one["journey"]) & (referrals.index <= row)]
        since = mine["time"].iloc[-1] if len(mine) else one["time"]
        if since.normalize() < OPENING + pd.DateOffset(months=36):
            continue
        theirs = referrals.loc[referrals["child"] == one["child"], "time"]
        earlier = ((theirs < since) & (theirs >= since.normalize() - pd.DateOffset(months=36))).sum()
        tally[min(int(earlier), 3)][0] += one["next"] == "nfa"
        tally[min(int(earlier), 3)][1] += 1
    shown = found(data)["returning"]
    assert counted(shown) == [tuple(pair) for pair in tally.values()]
    assert f"{100 * tally[3][0] / tally[3][1]:.1f}% ({tally[3][0]:,} of {tally[3][1]:,})" in shown["sentence"]


def test_strategy_discussions_lead_to_enquiries_and_those_to_no_further_action(
    data: Dataset, events: pd.DataFrame
) -> None:
    window, end = pd.Timedelta(days=182), events["time"].max()
    held = enquired = ended = 0
    for _, journey in events.groupby("journey", sort=False):
        names, times = journey["station"].tolist(), journey["time"].tolist()
        if "strategy" not in names:
            continue
        first = names.index("strategy")
        until = times[first] + window
        if times[first] < OPENING or until > end:
            continue
        held += 1
        if "s47" not in names[first:]:
            continue
        second = names.index("s47", first)
        if times[second] > until:
            continue
        enquired += 1
        later = [at for name, at in zip(names[second:], times[second:], strict=True) if name == "icpc"]
        ended += names[-1] == "nfa" and times[-1] <= until and not (later and later[0] <= until)
    assert counted(found(data)["strategy"]) == [(enquired, held), (ended, enquired)]


def numbers(answer: Any) -> Iterator[dict[str, Any]]:
    """Every object within an answer."""
    if isinstance(answer, dict):
        yield answer
        answer = list(answer.values())
    if isinstance(answer, list):
        for one in answer:
            yield from numbers(one)


@pytest.mark.parametrize("cohort", ["", "source=police", "team=!Early_help"])
def test_every_figure_is_given_by_the_measure_at_its_address(data: Dataset, cohort: str) -> None:
    client = create_app({"authority": data.path}).test_client()
    told = client.get(f"/api/datasets/authority/findings?{cohort}").get_json()["findings"]
    assert told
    for finding in told:
        answer = client.get(f"/api/datasets/authority/{finding['measure']}?{finding['query']}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        for figure in finding["figures"]:
            value = "share" if figure["unit"] == "share" else "estimate"
            same = [one for one in numbers(answer.get_json()) if one.get(value) == pytest.approx(figure["value"])]
            assert any(one.get("count") == figure["count"] and one.get("of") == figure["of"] for one in same)


def test_a_map_view_narrows_the_cohort_and_never_widens_it(data: Dataset) -> None:
    assert found(data, "source=police")["again"]["map"]["cohort"] == "source=police&visit=1+"
    for finding in found(data, "visit=1").values():
        assert finding["map"]["cohort"] == "visit=1"


def coins_tossed(seed: int, children: int, planted: bool = False) -> EventLog:
    """Referrals on any day of four years, decided by tossing coins, of children who are all alike.

    Half lead to a section 17 assessment, half to a strategy discussion; half of those to an enquiry, which takes twice
    as long as an assessment, so that both take half of the days. Half of all end in no further action. With `planted`
    one in ten is referred in spring 2016 instead, and of team North only one in ten ends in no further action.
    """
    rng = np.random.default_rng(seed)
    child = np.repeat(np.arange(children), rng.integers(1, 6, children))
    n = len(child)
    coins = rng.integers(0, 2, (3, n)) == 1
    team = rng.choice(["North", "South", "East", "West"], n)
    day = rng.integers(0, 1400, n)
    if planted:
        coins[2] &= (team != "North") | (rng.random(n) < 0.2)
        day = np.where(rng.random(n) < 0.1, SPRING + rng.integers(0, 91, n), day)
    begun = np.datetime64("2014-04-01", "ms") + day.astype("timedelta64[D]")
    assessed, enquired = coins[0], ~coins[0] & coins[1]
    days = rng.integers(5, 26, n)
    over = begun + np.where(assessed, days, np.where(enquired, 2 * days, 1)).astype("timedelta64[D]")
    every = np.ones(n, dtype=bool)
    parts = [
        (name, np.flatnonzero(chosen), when)
        for name, chosen, when in (
            ("referral", every, begun), ("assessment", assessed, begun), ("strategy", ~assessed, begun),
            ("s47", enquired, begun), ("nfa", coins[2], over), ("closed", ~coins[2], over),
        )
    ]  # fmt: skip
    journey = np.concatenate([rows for _, rows, _ in parts])
    return EventLog.from_columns(
        child[journey],
        np.concatenate([np.repeat(name, len(rows)) for name, rows, _ in parts]),
        np.concatenate([when[rows] for _, rows, when in parts]),
        case=journey,
        attributes={"team": Attribute.category("Team", team[journey])},
    )


def test_where_nothing_was_planted_hardly_anything_is_announced(tmp_path: Path) -> None:
    announced = []
    for seed in range(SEEDS):
        made = coins_tossed(seed, 1500)
        data = build(made, tmp_path / str(seed), BuildOptions(map=MAP, periods=BANDS))
        answer = ask(data)
        assert all(question["found"] is not None for question in answer["questions"])
        announced += [one["key"] for one in answer["findings"] if one["key"] != "again"]
    # At most 0.048 a set, so one of the 20: more than three would come about in fewer than one in fifty such tests.
    assert len(announced) <= 3, announced


def test_what_is_planted_among_them_is_found(tmp_path: Path) -> None:
    told = found(build(coins_tossed(1, 1500, planted=True), tmp_path / "set", BuildOptions(map=MAP)))
    assert set(told) == {"again", "differs", *(key for key in told if key.startswith("change/arrivals"))}
    assert "“North”" in told["differs"]["sentence"]
    assert told["differs"]["map"]["cohort"] == "team=North"
    (change,) = [one for key, one in told.items() if key.startswith("change/arrivals")]
    assert "higher" in change["sentence"]
    assert "2016-02-22" <= change["map"]["loop"]["from"][:10] <= "2016-03-07"
    assert change["map"]["at"] == change["map"]["loop"]["from"]


REFERRED_AND_ASSESSED: list[Row] = [
    (f"child {n}", place, day)
    for n in range(60)
    for place, day in (("referral", "2020-01-06"), ("assessment", "2020-01-06"), ("nfa", "2020-12-01"))
]


def test_nothing_is_told_of_fewer_than_a_hundred(tmp_path: Path) -> None:
    late = found(social(REFERRED_AND_ASSESSED, tmp_path / "few"))
    assert late == {}
    twice = [(f"{child} {k}", place, day) for k in range(2) for child, place, day in REFERRED_AND_ASSESSED]
    (slow,) = found(social(twice, tmp_path / "more")).values()
    assert slow["key"] == "slow/assessment"
    assert "0.0% (0 of 120) were within 45 working days" in slow["sentence"]
    assert slow["map"]["colour"] == "timescale"


def test_a_log_of_something_else_is_told_what_could_not_be_asked(tmp_path: Path) -> None:
    places = ("Registration", "X-ray", "Check-out")
    rows = [(n, place, f"2020-01-{n % 28 + 1:02}") for n in range(300) for place in places]
    answer = ask(build(log(rows), tmp_path / "set"))
    assert answer["findings"] == []
    assert any("no station “strategy”" in note for note in answer["notes"])
    assert [question["found"] for question in answer["questions"]].count(None) == len(answer["notes"]) == 8


def test_a_period_is_of_what_it_holds_and_the_years_before_it_still_count(data: Dataset) -> None:
    options = Options(begin=seconds("2017-04-01"), end=seconds("2018-04-01"), known_from=seconds("2014-04-01"))
    question = Question(data, parse("", data.facets), options=options)
    (again,) = [one for one in MEASURES["findings"].answer(question)["findings"] if one["key"] == "again"]
    same = {h["months"]: (h["count"], h["of"]) for h in MEASURES["rereferral"].answer(question)["horizons"]}
    assert counted(again) == [same[12], same[36]]
    assert same[36][1] > 1000
