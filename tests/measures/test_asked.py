"""Effect, pathways, care, benchmarks and workload asked as the command line and the API ask them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.measures import asked
from flowmap.measures.asked import Asked, Request
from tests.logs import built, log
from tests.measures.social import authority, everyone

ANSWERS = (
    (asked.effect, asked.effect_rows, asked.EFFECT),
    (asked.ways, asked.ways_rows, asked.WAYS),
    (asked.care, asked.care_rows, asked.CARE),
    (asked.benchmarks, lambda found: found["rows"], asked.BENCHMARKS),
    (asked.work, lambda found: found["rows"], asked.WORK),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return authority(tmp_path_factory.mktemp("authority"))[1]


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    return built(
        log([("a", "contact", "2024-01-01"), ("a", "nfa", "2024-01-02"), ("b", "referral", "2024-01-03")]), tmp_path
    )


@pytest.mark.parametrize(("ask", "rows", "columns"), ANSWERS, ids=lambda one: getattr(one, "__name__", ""))
def test_each_gives_an_answer_and_its_table(data: Dataset, ask: Any, rows: Any, columns: tuple[str, ...]) -> None:
    found = ask(Request(data, everyone(data)))
    assert found["notes"] == [] if "notes" in found else True
    told = rows(found)
    assert isinstance(told, list)
    assert all(set(columns) & set(row) for row in told)


@pytest.mark.parametrize(("ask", "rows", "columns"), ANSWERS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_small_dataset_of_another_map_answers_with_what_it_can_and_says_the_rest(
    small: Dataset, ask: Any, rows: Any, columns: tuple[str, ...]
) -> None:
    found = ask(Request(small, everyone(small)))
    if ask in (asked.effect, asked.care, asked.benchmarks):
        assert found["notes"]
    rows(found)


def test_an_event_is_asked_by_its_days(data: Dataset) -> None:
    one = Asked(figure="share", event="2016-10-10..2016-11-18")
    found = asked.effect(Request(data, everyone(data), one, station="assessment", other=everyone(data)))
    rows = asked.effect_rows(found)
    assert {row["what"] for row in rows} == {"stretch", "change", "sensitivity", "comparison"}
    average = next(row for row in rows if row["name"] == "average over the event")
    assert average["low"] < average["value"] < average["high"]
    with pytest.raises(OptionError, match="not an event"):
        asked.effect(Request(data, everyone(data), replace(one, event="ofsted"), station="assessment"))


def test_a_pattern_a_threshold_and_an_area_are_asked_for(data: Dataset) -> None:
    mask = everyone(data)
    found = asked.ways(Request(data, mask, Asked(pattern="C -> C -> R -> AS", scope="child", stages="referral,cp")))
    assert asked.ways_rows(found)[0]["what"] == "pattern"
    assert found["search"]["count"] > 0
    for show, what in (("sankey", "step 1"), ("groups", "group"), ("returning", "never further"), ("ways", "way")):
        rows = asked.ways_rows(asked.ways(Request(data, mask, Asked(show=show))))
        assert what in {row["what"] for row in rows}
    moved = asked.work(Request(data, mask, Asked(share=0.1), by="month"))
    assert moved["threshold"]["moved"] == pytest.approx(0.1 * moved["threshold"]["now"])
    beside = asked.benchmarks(
        Request(data, mask, Asked(area="kent"), since=seconds("2015-04-01"), until=seconds("2017-04-01"))
    )
    assert beside["area"] == "Kent"
    assert {row["year"] for row in beside["rows"]} == {2016, 2017}


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        (asked.ways, Asked(pattern="moon")),
        (asked.ways, Asked(show="moon")),
        (asked.ways, Asked(show="sankey", stages="moon")),
        (asked.care, Asked(case="moon")),
        (asked.benchmarks, Asked(area="moon")),
        (asked.work, Asked(share=2)),
        (asked.effect, Asked(figure="duration")),
    ],
)
def test_what_is_named_wrongly_is_an_error_and_not_a_note(data: Dataset, ask: Any, wrong: Asked) -> None:
    with pytest.raises(OptionError) as error:
        ask(Request(data, everyone(data), wrong))
    assert error.value.remedy
