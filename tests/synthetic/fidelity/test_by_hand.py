"""Each yardstick on logs small enough to work out by hand."""

import numpy as np
import pytest

from flowmap.eventlog import EventLog, OptionError
from synthetic.fidelity import attributes, paths, returns, times, together, volume
from synthetic.fidelity.compare import Options, compare, halves
from synthetic.fidelity.yardstick import Yardstick


def log(rows: list[tuple[str, int, str, str]], **more: object) -> EventLog:
    """From (child, case, station, time) a row."""
    child, case, station, time = zip(*rows, strict=True)
    return EventLog.from_columns(list(child), list(station), list(time), case=list(case), **more)  # type: ignore[arg-type]


def straight(*journeys: str, day: str = "2020-01-06") -> EventLog:
    """One child a journey, written as “a b c”, an event a day from a Monday."""
    start = np.datetime64(day)
    rows = [
        (f"child {i}", 0, station, f"{start + k} 10:00")
        for i, journey in enumerate(journeys)
        for k, station in enumerate(journey.split())
    ]
    return log(rows)


def pair(one: EventLog, two: EventLog, exits: tuple[str, ...] = ("x",)):
    return together(one, two, exits=exits)


def test_moves_differ_by_the_share_that_would_have_to_move():
    # a→b, a→b, a→x, a→x against a→b three times and a→x once: one of four moves.
    assert paths.edges(*pair(straight("a b", "a b", "a x", "a x"), straight("a b", "a b", "a b", "a x"))).value == 0.25


def test_moves_and_beginnings_never_seen_are_counted():
    # Moves b→a (new), a→x (seen); beginnings b (new), a (seen): two of four.
    assert paths.new_moves(*pair(straight("a b x", "a x"), straight("b a", "a x"))).value == 0.5


def test_common_paths_are_compared_as_shares():
    real, other = straight("a x", "a x", "a b x", "a b x"), straight("a x", "a x", "a x", "a b x")
    assert paths.common_paths(*pair(real, other)).value == 0.25


def test_a_path_is_told_by_its_order():
    real, other = pair(straight("a b c x", "a c b x"), straight("a b c x"))
    assert real.path[0] == other.path[0] != real.path[1]


def test_unseen_paths_are_measured_against_paths_that_only_one_child_has():
    # Real: of three journeys one has a path of its own. Other: both of two are unlike any.
    found = paths.unseen_paths(*pair(straight("a x", "a x", "a b x"), straight("b x", "b a x")))
    assert (found.real, found.synthetic) == (pytest.approx(1 / 3), 1.0)


def test_open_journeys_are_those_without_an_exit():
    found = paths.open_share(*pair(straight("a x", "a", "a b", "a x"), straight("a x", "a x", "a x", "a")))
    assert (found.real, found.synthetic, found.value) == (50, 25, 25)


def test_dates_outside_the_real_days_and_events_before_birth_are_counted():
    days = [f"2020-0{m}-01" for m in (1, 2, 3, 4)]
    real = log([("c", 0, "a", d) for d in days])
    late = log([("c", 0, "a", d) for d in (*days[:3], "2020-05-01")])
    assert paths.outside_window(*pair(real, late, ())).value == 0.25


def test_events_before_birth_count_where_the_real_log_has_none():
    real = log([(f"c{i}", 0, "care", "2020-01-01") for i in range(40)], birth=["2019-01-01"] * 40)
    made = log([(f"c{i}", 0, "care", "2020-01-01") for i in range(40)], birth=["2020-02-01"] * 20 + ["2019-01-01"] * 20)
    assert paths.outside_window(*pair(real, made, ())).value == 0.5
    assert paths.outside_window(*pair(made, made, ())).value == 0


def test_weekends_are_saturday_and_sunday():
    week = straight("a b c d e f x")  # Monday 6 to Sunday 12 January 2020
    weekday = straight("a b c d e")
    found = times.weekends(*pair(week, weekday))
    assert (found.real, found.synthetic) == (pytest.approx(200 / 7), 0)


REFERRED = [
    ("one", 0, "referral", "2020-01-01"),
    ("one", 1, "referral", "2021-12-01"),
    ("one", 2, "referral", "2022-11-30"),  # within 12 months of the one before
    ("two", 0, "referral", "2021-06-01"),
    ("two", 1, "referral", "2022-06-02"),  # a day more than 12 months
    ("three", 0, "referral", "2020-06-01"),  # too early to tell: the data begin 1 January 2020
]


def test_re_referral_counts_referrals_within_months_of_an_earlier_one():
    walks = together(log(REFERRED))[0]
    child, again = returns.again_within(walks, walks.names.index("referral"), 12)
    assert len(child) == 4  # December 2021, November 2022, June 2021, June 2022
    assert again.sum() == 1
    _, again = returns.again_within(walks, 0, 13)
    assert again.sum() == 2  # with 13 months the second child's return is within them too


def test_a_horizon_that_the_data_do_not_reach_is_not_measured():
    short = together(log(REFERRED[:1]), log(REFERRED[:1]))
    assert returns.re_referral(*short, 0, 36).why == "the data do not reach 36 months back"


def test_months_later_keeps_the_day():
    day = np.array(["2020-01-31", "2020-02-29"], dtype="datetime64[ms]").astype(np.int64)
    assert returns.months_later(day, 12).astype("datetime64[ms]").astype(str)[0].startswith("2021-01-31")


def test_nfa_is_counted_by_earlier_journeys_of_the_child():
    rows = []
    for child, ends in {"a": ["nfa", "closed", "nfa"], "b": ["nfa"], "c": ["closed", "nfa"], "d": ["open"]}.items():
        for case, end in enumerate(ends):
            rows.append((child, case, "referral", f"202{case}-01-01"))
            if end != "open":
                rows.append((child, case, end, f"202{case}-02-01"))
    share, size = returns.nfa_by_visits(together(log(rows), exits=("nfa", "closed"))[0])
    assert size.tolist() == [3, 2, 1, 0]
    assert share.tolist() == [pytest.approx(2 / 3), 0.5, 1.0, 0]


def test_exits_that_mean_no_further_action_go_by_name():
    walks = together(straight("a exit_NFA", "a closed", "a closed"))[0]
    assert [walks.names[i] for i in returns.nfa_exits(walks)] == ["exit_NFA"]


def test_arrivals_are_compared_per_child():
    real = log(
        [
            ("a", 0, "s", "2020-01-05"),
            ("b", 0, "s", "2020-01-06"),
            ("c", 0, "s", "2020-02-06"),
            ("d", 0, "s", "2020-02-07"),
        ]
    )
    half = log([("a", 0, "s", "2020-01-05"), ("b", 0, "s", "2020-01-06")])
    # Brought to four children: 4 in January where there are 2, none in February where there are 2.
    assert volume.arrivals(*pair(real, half, ())).value == 1.0


def test_stock_is_where_journeys_are_week_by_week():
    rows = [
        ("one", 0, "a", "2020-01-01"), ("one", 0, "b", "2020-01-10"), ("one", 0, "x", "2020-01-20"),
        ("two", 0, "a", "2020-01-08"), ("three", 0, "x", "2020-01-22"),
    ]  # fmt: skip
    walks = together(log(rows), exits=("x",))[0]
    weekly = volume.stock_by_week(walks, *walks.window)  # 1, 8, 15, 22 January
    at = {name: weekly[:, i].tolist() for i, name in enumerate(walks.names)}
    assert at == {"a": [1, 2, 1, 1], "b": [0, 0, 1, 0], "x": [0, 0, 0, 0]}


def test_wape_is_the_sum_of_differences_over_the_sum():
    assert volume.wape(np.array([10, 30]), np.array([14, 26])) == 0.2


def test_attributes_are_compared_by_their_shares_and_by_pairs():
    def people(sex: list[str], need: list[str]) -> EventLog:
        rows = [(f"c{i}", 0, "a", "2020-01-01") for i in range(len(sex))]
        return log(rows, children={"sex": sex}, attributes={"need": need})

    real, other = people(["F", "F", "M", "M"], ["p", "p", "q", "q"]), people(["F", "F", "M", "M"], ["q", "q", "p", "p"])
    walks = pair(real, other, ())
    assert attributes.marginals(*walks).value == 0  # each attribute alone is alike
    assert attributes.pairs(*walks).value == 1  # no pair of values is


def test_an_attribute_is_found_again_under_other_codes_and_as_numbers():
    rows = [(f"c{i}", 0, "a", "2020-01-01") for i in range(4)]
    numbers = log(rows, children={"size": [1, 2, 2, 3]})
    words = log(rows, children={"size": ["3", "2", "1", "2"]})
    assert attributes.marginals(*pair(numbers, words, ())).value == 0
    assert attributes.marginals(*pair(words, numbers, ())).value == 0


def test_journeys_end_at_exits_where_a_log_has_no_cases():
    child, station = ["c"] * 5, ["a", "nfa", "a", "b", "closed"]
    plain = EventLog.from_columns(child, station, [f"2020-01-0{i}" for i in range(1, 6)])
    walks = together(plain)[0]
    assert walks.events.tolist() == [2, 3]
    assert walks.visit.tolist() == [0, 1]
    assert not walks.open.any()


def test_exits_are_learned_from_cases():
    found = together(straight(*["a b stop"] * 12, "a b"))[0]
    assert [n for n, leave in zip(found.names, found.exits, strict=True) if leave] == ["stop"]


def test_an_empty_log_and_an_unknown_name_are_refused():
    nothing = EventLog.from_columns([], [], [])
    with pytest.raises(OptionError, match="second log has no events"):
        together(straight("a x"), nothing)
    with pytest.raises(OptionError, match="exit called y"):
        together(straight("a x"), exits=("y",))
    with pytest.raises(OptionError, match="station called y"):
        compare(straight("a x", "a x"), straight("a x"), straight("a x"), Options(entry="y"))
    with pytest.raises(OptionError, match="one child only"):
        compare(straight("a x"), straight("a x"))


def test_halves_keep_those_who_first_came_at_one_moment_together():
    rows = [(f"c{i}", 0, "a", f"2020-01-{1 + i // 3:02d} 09:00") for i in range(60)]
    one, two = halves(log(rows))
    assert len(one.child_ids) + len(two.child_ids) == 60
    assert not set(one.time.tolist()) & set(two.time.tolist())
    assert 24 <= len(one.child_ids) <= 30


def test_a_yardstick_is_too_far_above_three_floors():
    def far(value: float, floor: float | None, baseline: float = 0.0) -> bool:
        return Yardstick("k", "l", value, "m", "share", floor=floor, baseline=baseline).too_far

    assert (far(0.31, 0.1), far(0.3, 0.1), far(0.5, None), far(0.1, 0.0), far(0.0, 0.0)) == (
        True,
        False,
        False,
        True,
        False,
    )
    assert (far(0.54, 0.51, 0.5), far(0.525, 0.51, 0.5)) == (True, False)
