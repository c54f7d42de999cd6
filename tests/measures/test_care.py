"""Care and the court: periods, curves, orders and returns, each worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.care import Places as CarePlaces
from flowmap.measures.care import leaving_care, spells
from flowmap.measures.court import court
from flowmap.measures.orders import precedence
from tests.logs import built, log

ROWS = [
    # a: in care, court while in care, care order, home: throughout; in care 1 January to 1 October (39 weeks and a day)
    ("a", "looked_after", "2020-01-01"),
    ("a", "proceedings", "2020-02-01"),
    ("a", "interim_care_order", "2020-02-11"),
    ("a", "final_order", "2020-07-01"),
    ("a", "care_order", "2020-07-01"),
    ("a", "returned_home", "2020-10-01"),
    # b: court from a protection plan, never in care, special guardianship on the day; 30 weeks
    ("b", "referral", "2020-01-01"),
    ("b", "cp", "2020-02-01"),
    ("b", "pre_proceedings", "2020-03-01"),
    ("b", "proceedings", "2020-04-01"),
    ("b", "final_order", "2020-10-28"),
    ("b", "special_guardianship", "2020-10-28"),
    # b again: back in court within the year, still there when the data end
    ("b", "referral", "2021-02-01"),
    ("b", "proceedings", "2021-03-01"),
    # c: in care without the court, home after 10 days, back in care, still there
    ("c", "looked_after", "2020-03-01"),
    ("c", "cin", "2020-03-11"),
    ("c", "looked_after", "2020-06-01"),
    # d: court from a plan, care half-way on, order without care: sometimes; no order that is known
    ("d", "cin", "2020-01-01"),
    ("d", "proceedings", "2020-01-11"),
    ("d", "interim_care_order", "2020-02-01"),
    ("d", "final_order", "2020-05-01"),
    ("d", "cin", "2020-05-01"),
    ("d", "closed", "2020-09-01"),
    ("z", "contact", "2021-04-01"),
]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    return build(log(ROWS), tmp_path / "set", BuildOptions(map="childrens-social-care"))


def everyone(data: Dataset) -> np.ndarray:
    return np.ones(len(data.journeys), dtype=bool)


def test_a_period_of_care_runs_on_through_the_court_and_ends_with_any_other_place(data: Dataset) -> None:
    found = spells(data, everyone(data), CarePlaces())
    days = sorted(((found.stop - found.start) // 86_400).tolist())
    # d: 1 February to 1 May 2020; c: 10 days, then from 1 June 2020 to the end, 1 April 2021; a: 274 days
    assert days == [10, 90, 274, 304]
    assert np.count_nonzero(found.after < 0) == 1


def test_the_leaving_care_curve_is_kaplan_and_meiers(data: Dataset) -> None:
    found = leaving_care(data, everyone(data))
    every = found.groups[0]
    theirs = KaplanMeierFitter().fit([10, 90, 274, 304], [1, 1, 1, 0])
    for point in every.points:
        assert point.left == pytest.approx(float(theirs.predict(7 * point.weeks)))
    assert [(p.weeks, p.at_risk, p.left) for p in every.points][:4] == [
        (0, 4, 1),
        (4, 3, 0.75),
        (8, 3, 0.75),
        (13, 2, 0.5),
    ]
    by = {g.group: (g.curve.n, g.ended) for g in found.groups}
    assert by == {"all": (4, 3), "with proceedings": (2, 2), "without proceedings": (2, 1)}
    assert every.to_json()["median_weeks"] == pytest.approx(90 / 7)


def test_aligned_on_the_final_order_only_those_in_care_at_it_are_counted(data: Dataset) -> None:
    found = leaving_care(data, everyone(data), start="final order")
    assert found.left_out == 2  # both of c's
    assert sorted(found.groups[0].curve.durations.tolist()) == [0, 92]  # d left on the day, a on 1 October
    late = leaving_care(data, everyone(data), since=seconds("2020-03-01"))
    assert late.groups[0].curve.n == 2
    with pytest.raises(OptionError):
        leaving_care(data, everyone(data), start="birth")  # type: ignore[arg-type]


def test_the_court_as_worked_by_hand(data: Dataset) -> None:
    found = court(data, everyone(data), population=10_000)
    assert (found.applications, found.concluded) == (4, 3)
    assert {n: s.count for n, s, _ in found.outcomes if s.count} == {
        "Care": 1,
        "Special Guardianship": 1,
        "No order": 1,
    }
    years = (seconds("2021-04-01") + 1 - data.origin) / 86_400 / 365.25
    rate = next(rate for name, _, rate in found.outcomes if name == "Care")
    assert rate == pytest.approx(1 / years)
    assert {n: s.count for n, s in found.in_care} == {"never": 1, "sometimes": 1, "throughout": 1}
    assert [(s, o) for s, o, share in found.by_status if share.count] == [
        ("care", "Care"),
        ("cp", "Special Guardianship"),
        ("cin", "No order"),
    ]
    # 151, 210 and 111 days, and one of 31 days that goes on: a and d within 182 days; b's second is too young to tell
    assert (found.in_time.count, found.in_time.of) == (2, 3)
    assert found.median_weeks == pytest.approx(151 / 7)
    assert {(y, n): c for y, n, c in found.years} == {
        (2020, "Care"): 1,
        (2020, "Special Guardianship"): 1,
        (2020, "No order"): 1,
    }
    back = {row["outcome"]: row["returned"] for row in found.returns}
    assert back == {"Care": 0, "Special Guardianship": 1, "No order": 0}


@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({"care", "special guardianship", "specific issue"}, "Care and Special Guardianship"),
        ({"Care order", "Supervision order"}, "Care and Supervision"),
        ({"Care order", "Placement order"}, "Care"),
        ({"Supervision order", "SGO"}, "Supervision and Special Guardianship"),
        ({"Supervision order"}, "Supervision"),
        ({"Special guardianship order", "Child arrangements order"}, "Special Guardianship"),
        ({"Child arrangements order"}, "Other"),
        ({"Full care order (s31)"}, "Care"),
        ({"Interim care order"}, "No order"),
        ({"No order"}, "No order"),
        ({"Withdrawn"}, "No order"),
        (set(), "No order"),
    ],
)
def test_orders_made_are_told_by_precedence(orders: set[str], outcome: str) -> None:
    assert precedence().outcome(orders) == outcome


def test_a_table_of_ones_own_is_used_and_a_broken_one_refused(tmp_path: Path, data: Dataset) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("outcomes: [{outcome: In care, orders: [care]}]\nother: Rest\nnone: Nothing\n")
    table = precedence(mine)
    assert table.labels == ("In care", "Rest", "Nothing")
    found = court(data, everyone(data), table=table)
    assert {n: s.count for n, s, _ in found.outcomes} == {"In care": 1, "Rest": 1, "Nothing": 1}
    for text in ("[", "outcomes: 3", "a: b", "- x"):
        mine.write_text(text)
        with pytest.raises(OptionError, match="not a table of orders"):
            precedence(mine)
    with pytest.raises(OptionError):
        precedence(tmp_path / "none.yaml")


def made(tmp_path: Path, orders: list[str], cases: list[str]) -> Dataset:
    rows, order, case = [], [], []
    for n, said in enumerate(orders):
        rows += [(f"c{n}", "proceedings", "2020-01-01"), (f"c{n}", "final_order", "2020-06-01")]
        order += [said, said]
        case += [cases[n], cases[n]]
    rows.append(("z", "contact", "2021-01-01"))
    attributes = {"order_made": np.array([*order, ""]), "court_case": np.array([*case, ""])}
    return build(log(rows, attributes=attributes), tmp_path / "made", BuildOptions(map="childrens-social-care"))


def test_orders_as_recorded_count_by_child_or_by_case(tmp_path: Path) -> None:
    data = made(
        tmp_path, ["Care order; Specific issue order", "Special guardianship order", "No order"], ["x", "x", "y"]
    )
    by_child = court(data, everyone(data))
    assert {n: s.count for n, s, _ in by_child.outcomes if s.count} == {
        "Care": 1,
        "Special Guardianship": 1,
        "No order": 1,
    }
    by_case = court(data, everyone(data), case="court_case")
    assert by_case.unit == "case"
    assert {n: (s.count, s.of) for n, s, _ in by_case.outcomes if s.count} == {
        "Care and Special Guardianship": (1, 2),
        "No order": (1, 2),
    }
    with pytest.raises(OptionError):
        court(data, everyone(data), case="moon")


def test_a_map_without_care_or_court_says_so(tmp_path: Path) -> None:
    data = built(log([("a", "contact", "2020-01-01"), ("a", "nfa", "2020-01-02")]), tmp_path)
    with pytest.raises(OptionError, match="no station of care"):
        leaving_care(data, everyone(data))
    with pytest.raises(OptionError, match="proceedings"):
        court(data, everyone(data))


def test_nobody_asked_gives_empty_answers(data: Dataset) -> None:
    nobody = ~everyone(data)
    assert leaving_care(data, nobody).groups[0].curve.n == 0
    found = court(data, nobody)
    assert (found.applications, found.median_weeks, found.in_time.value) == (0, None, None)
    assert found.to_json()["returns"] == []
