"""Two sides beside each other: the figures of each measure, right where they differ and silent where they do not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowmap.ask import MEASURES, Options, Question
from flowmap.build import BuildOptions, build
from flowmap.cohort import Cohort, parse
from flowmap.dataset import DAY, Dataset, Mask, seconds
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.compare import compare, side
from flowmap.measures.compare_figures import Side
from flowmap.measures.compare_series import aligned
from flowmap.measures.timescales import timescales
from flowmap.tubemap import load
from flowmap.web import create_app
from synthetic import reference
from tests.logs import log
from tests.measures.social import MAP, Row, authority, everyone, social

SPLITS = 100


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return authority(tmp_path_factory.mktemp("authority"))[1]


def of(data: Dataset, mask: Mask | None = None, begin: str | None = None, end: str | None = None, **more: Any) -> Side:
    first, after = (None if day is None else seconds(day) for day in (begin, end))
    return side(data, Cohort(), everyone(data) if mask is None else mask, first, after, **more)


def told(left: Side, right: Side) -> dict[str, dict[str, Any]]:
    return {row["figure"]: row for row in compare(left, right).to_json()["rows"]}


def ask(data: Dataset, left: str, right: str, begin: str | None = None, end: str | None = None) -> Any:
    one, two = (parse(text, data.facets) for text in (left, right))
    options = Options(begin and seconds(begin), end and seconds(end))
    return MEASURES["compare"].answer(Question(data, one, options=options, beside=Question(data, two, options=options)))


def numbers(answer: Any, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Those values of every object within an answer that has them all."""
    found = []
    if isinstance(answer, dict):
        found = [tuple(answer[name] for name in names)] if set(names) <= set(answer) else []
        answer = list(answer.values())
    return found + [more for one in answer for more in numbers(one, names)] if isinstance(answer, list) else found


@pytest.mark.parametrize("period", ["", "&from=2016-04-01&to=2017-04-01&with_from=2015-04-01&with_to=2016-04-01"])
def test_every_figure_is_the_one_its_measure_gives_at_its_address(data: Dataset, period: str) -> None:
    client = create_app({"one": data.path}).test_client()
    found = client.get(f"/api/datasets/one/compare?source=police&with_cohort=source%3Dschools{period}").get_json()
    checked = 0
    for row in found["rows"]:
        for name in ("left", "right"):
            if row["measure"] is None:
                continue
            answer = client.get(f"/api/datasets/one/{row['measure']}?{row[f'{name}_query']}")
            assert answer.status_code == 200, answer.get_data(as_text=True)
            if row["measure"] == "occupancy":
                (at,) = answer.get_json()
                assert at["at_station"].get(row["figure"].removeprefix("stock/"), 0) == row[name]
            elif row["unit"] == "share":
                shares = numbers(answer.get_json(), ("count", "of"))
                assert (row[f"{name}_count"], row[f"{name}_of"]) in shares, row
            else:
                (way,) = answer.get_json()["durations"]
                assert (way["days"][row["figure"].split("/")[0]], way["completed"], way["spells"]) == (
                    row[name], row[f"{name}_count"], row[f"{name}_of"],
                )  # fmt: skip
            checked += 1
    assert checked > 80


def test_a_cohort_beside_itself_differs_in_nothing(data: Dataset) -> None:
    found = ask(data, "source=police", "source=police")
    assert found["told"] == []
    assert found["shared"]["journeys"] == found["left"]["journeys"] > 1000
    for row in found["rows"]:
        assert row["within_chance"]
        assert row["difference"] in (0, None)
        assert (row["low"], row["high"]) in ((0, 0), (None, None))


def test_halves_drawn_by_lot_hardly_ever_differ(data: Dataset) -> None:
    """Children by lot to two sides, a hundred times: one row in 20 is beyond chance, and one time in 20 anything told.

    Of 100 lots, up to 10 that tell something are within what 5 in 100 gives (binomial, 99%).
    """
    rng = np.random.default_rng(2018)
    child = data.journeys.child
    dues = timescales(data, load(str(data.path / "map.yaml")))
    beyond = looked = announced = 0
    for _ in range(SPLITS):
        one = (rng.random(len(data.pseudonyms)) < 0.5)[child]
        found = compare(of(data, one, dues=dues), of(data, ~one, dues=dues))
        looked += sum(row.found is not None for row in found.rows)
        beyond += sum(not row.within_chance for row in found.rows)
        announced += any(row.told for row in found.rows)
    assert looked > 40 * SPLITS
    assert beyond <= 0.06 * looked
    assert announced <= 10


def planted(rate: float, days: int, children: int = 800, seed: int = 9) -> EventLog:
    """Referred and assessed children, team North's no further action rate `rate` (else a half), `days` longer."""
    rng = np.random.default_rng(seed)
    team = rng.choice(["North", "South"], children)
    begun = np.datetime64("2015-01-01") + rng.integers(0, 300, children)
    over = begun + rng.integers(10, 31, children) + np.where(team == "North", days, 0)
    last = np.where(rng.random(children) < np.where(team == "North", rate, 0.5), "nfa", "closed")
    names = ("referral", "assessment", last)
    return EventLog.from_columns(
        np.tile(np.arange(children), 3),
        np.concatenate([np.broadcast_to(name, children).astype(str) for name in names]),
        np.concatenate([begun, begun, over]).astype("datetime64[ms]"),
        children={"team": list(team)},
    )


def test_what_was_planted_is_told(tmp_path: Path) -> None:
    data = build(planted(0.7, 12), tmp_path / "set", BuildOptions(map=MAP))
    found = ask(data, "team=North", "team=South")
    rows = {row["figure"]: row for row in found["rows"]}
    share, median = rows["nfa/assessment"], rows["median/referral/assessment"]
    assert share["low"] <= 0.2 <= share["high"]
    assert median["low"] <= 12 <= median["high"]
    assert {row["figure"] for row in found["rows"] if row["told"]} >= {"nfa/assessment", "median/referral/assessment"}
    assert re.fullmatch(
        r"No further action after Child and family assessment: \d\d\.\d% \(\d+ of \d+\) on the left, \d\d\.\d% \("
        r"\d+ of \d+\) on the right: \d\d\.\d points more often on the left \(95% interval \d+\.\d to \d\d\.\d\)\.",
        share["sentence"],
    )
    other = {row["figure"]: row for row in ask(data, "team=South", "team=North")["rows"]}
    assert other["nfa/assessment"]["difference"] == pytest.approx(-share["difference"])
    assert other["nfa/assessment"]["low"] == pytest.approx(-share["high"])
    assert "points less often on the left" in other["nfa/assessment"]["sentence"]


def test_more_journeys_in_a_larger_cohort_are_no_news_but_more_in_another_year_are(tmp_path: Path) -> None:
    rows: list[Row] = [(f"a{n}", "contact", f"2015-{n % 12 + 1:02}-03") for n in range(300)]
    rows += [(f"b{n}", "contact", f"2016-{n % 12 + 1:02}-03") for n in range(500)]
    data = social(rows, tmp_path)
    years = [of(data, None, f"{year}-01-01", f"{year + 1}-01-01") for year in (2016, 2015)]
    started = told(*years)["started"]
    assert started["told"]
    # the data run from 3 January 2015 to 3 December 2016: 338 days of the one year, 363 of the other
    assert started["difference"] == pytest.approx(500 / (338 / 30.4375) - 300 / (363 / 30.4375))
    one = np.arange(len(data.journeys)) < 100
    other = told(of(data, one), of(data, ~one))["started"]
    assert not other["within_chance"]
    assert not other["told"]


MINI: list[Row] = [
    ("Ann", "contact", "2015-01-05"), ("Ann", "referral", "2015-01-05"), ("Ann", "assessment", "2015-01-06"),
    ("Ann", "nfa", "2015-03-02"),
    ("Bob", "contact", "2016-01-11"), ("Bob", "nfa", "2016-01-11"),
    ("Cat", "referral", "2016-01-12"), ("Cat", "assessment", "2016-01-19"),
]  # fmt: skip


def test_a_few_journeys_by_hand(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    dues = timescales(data, load(str(data.path / "map.yaml")))
    left, right = (of(data, None, f"{y}-01-01", f"{y + 1}-01-01", dues=dues) for y in (2016, 2015))
    rows = told(left, right)
    asked = {
        "started": (2 / (19 / 30.4375), 1 / (361 / 30.4375)),  # from 5 January 2015 to 19 January 2016
        "nfa/contact": (1.0, 0.0),
        "nfa/assessment": (None, 1.0),
        "median/referral": (7, 1),
        "median/journey": (0, 56),  # Cat is still under way
        "stock": (1, 0),
        "stock/assessment": (1, 0),
        "in_time/assessment/referral/assessment": (None, 1.0),
    }
    assert {key: (rows[key]["left"], rows[key]["right"]) for key in asked} == {
        key: tuple(None if v is None else pytest.approx(v) for v in pair) for key, pair in asked.items()
    }
    assert all(row["within_chance"] and not row["told"] for key, row in rows.items() if key != "started")
    assert "children" not in rows
    assert rows["nfa/assessment"]["sentence"].endswith(
        "none on the left, 100.0% (1 of 1) on the right: nothing to compare."
    )
    assert rows["median/referral"]["sentence"].endswith("too few to tell a difference.")


def test_nobody_one_journey_and_all_open_are_answered(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    nobody, cat = np.zeros(3, dtype=bool), np.arange(3) == 2
    for left in (nobody, cat):
        for right in (nobody, cat, ~cat):
            for row in told(of(data, left), of(data, right)).values():
                assert row["within_chance"]
                assert row["sentence"]
    assert told(of(data, nobody), of(data, cat))["stock"]["right"] == 1


def test_a_period_without_data_is_refused_and_one_that_reaches_beyond_them_is_cut(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    with pytest.raises(OptionError, match="no day from 1 January 2020"):
        of(data, None, "2020-01-01", "2021-01-01")
    assert of(data, None, "2015-07-01", "2020-01-01").within.to_json() == {"from": "2015-07-01", "to": "2016-01-20"}


def test_stock_is_that_at_the_end_of_a_day_counted_from_day_0_on_each_side(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    left = of(data, day_zero=seconds("2016-01-10"), day=1)
    right = of(data, day_zero=seconds("2015-01-05"), day=1)
    rows = told(left, right)
    assert (rows["stock"]["left"], rows["stock"]["right"]) == (0, 1)  # Bob came and went; Ann is being assessed
    assert rows["stock/assessment"]["right"] == 1
    beyond = compare(of(data, day=4000), right).to_json()
    assert "stock" not in {row["figure"] for row in beyond["rows"]}
    assert {"what": "Stock", "why": "the left’s data do not reach that day"} in beyond["left_out"]


def test_two_maps_are_compared_by_what_both_have(tmp_path: Path, data: Dataset) -> None:
    rows = [(n, place, f"2020-01-{n % 28 + 1:02}") for n in range(60) for place in ("contact", "triage", "referral")]
    other = build(log(rows), tmp_path / "other")
    found = compare(of(data), of(other)).to_json()
    assert "conversion/contact/referral" in {row["figure"] for row in found["rows"]}
    left_out = {one["what"]: one["why"] for one in found["left_out"]}
    assert left_out["triage"] == "a station of the right’s map only"
    assert left_out["Child protection plan"] == "a station of the left’s map only"
    assert left_out["Time from start to end of a journey"] == "the right’s map has no exits"
    assert found["shared"] == {"journeys": 0, "children": 0}


def test_a_map_of_something_else_is_compared_by_the_time_at_its_stations(tmp_path: Path) -> None:
    places = ("Registration", "X-ray", "Check-out")
    rows = [(n, place, f"2020-01-{1 + n % 9 + 2 * k:02}") for n in range(80) for k, place in enumerate(places)]
    data = build(log(rows), tmp_path / "set")
    one = np.arange(80) < 40
    found = told(of(data, one), of(data, ~one))
    ids = [place.id for place in data.stations]
    assert [key for key in found if key.startswith("median/")] == [f"median/{name}" for name in ids]
    assert (found[f"median/{ids[0]}"]["left"], found[f"median/{ids[0]}"]["right"]) == (2, 2)
    assert not any(key.startswith(("nfa/", "conversion/", "rereferral/")) for key in found)


def test_another_edition_made_with_another_seed_is_compared_as_two_datasets(tmp_path: Path, data: Dataset) -> None:
    other = build(reference.make(800, seed=5), tmp_path / "other", BuildOptions(map=MAP))
    found = compare(of(data), of(other))
    assert not found.together
    assert not any(row.told for row in found.rows if row.figure.volume)


def test_both_sides_on_one_clock_by_hand(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    left = of(data, None, "2016-01-04", "2016-01-20", day_zero=seconds("2016-01-11"))
    right = of(data, None, "2015-01-01", "2015-01-13", day_zero=seconds("2015-01-05"))
    found = aligned(left, right, "day").to_json()
    assert found["align"] == {"left": "2016-01-11", "right": "2015-01-05"}
    days = {one["day"]: one for one in found["bins"]}
    assert list(days) == list(range(-7, 9))
    assert days[0]["left"] == {"from": "2016-01-11", "stock": 1, "arrivals": 1, "exits": 1}  # Bob, at that midnight
    assert days[1]["left"] == {"from": "2016-01-12", "stock": 1, "arrivals": 1, "exits": 0}  # Cat
    assert days[0]["right"] == {"from": "2015-01-05", "stock": 1, "arrivals": 1, "exits": 0}
    assert days[-5]["right"] is None
    assert days[8]["right"] is None
    weeks = aligned(left, right, "week").to_json()["bins"]
    assert [one["day"] for one in weeks] == [-7, 0]
    assert weeks[1]["left"]["arrivals"] == 2
    assert weeks[0]["right"] is None  # four days are not a week


def test_a_day_0_far_from_the_period_is_refused(tmp_path: Path) -> None:
    data = social(MINI, tmp_path)
    far = of(data, day_zero=seconds("2015-01-05") - 30_000 * DAY)
    with pytest.raises(OptionError, match="too far"):
        aligned(of(data), far, "day")
