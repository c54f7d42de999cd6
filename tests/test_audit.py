"""Behind every figure there are as many lines as it says, and what cannot be followed says why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowmap import tubemap
from flowmap.ask import MEASURES, Options, Question
from flowmap.audit import FOLLOWED, NOT_FOLLOWED, follow
from flowmap.build import BuildOptions, build
from flowmap.cohort import parse
from flowmap.dataset import Dataset, seconds
from flowmap.eventlog import OptionError
from flowmap.measures.asked import Asked
from flowmap.measures.behind import row_text
from flowmap.measures.timescales import timescales
from flowmap.release_shapes import shape_of
from synthetic.reference import make
from tests.measures.social import MAP

EVENT = "2016-10-10..2016-11-18"
INSTANTS = tuple(seconds(day) for day in ("2015-06-01", "2016-10-15"))
ASKED: dict[str, tuple[dict[str, Any], ...]] = {
    "benchmarks": ({},),
    "care": (
        {},
        {"facet": "sex", "more": Asked(align="final order")},
        {"more": Asked(case="source")},
    ),
    "conversion": ({}, {"start": "referral", "stop": "s47,cin", "window": 90}),
    "durations": (
        {},
        {"start": "referral", "stop": "assessment", "ends": "left", "facet": "source"},
        {"start": "strategy", "stop": "icpc"},
        {"start": "contact", "stop": "referral", "direct": True},
        {"start": "contact", "stop": "closed"},
    ),
    "effect": tuple(
        {"station": station, "more": Asked(figure=figure, event=EVENT)}
        for figure, station in (
            ("arrivals", None), ("arrivals", "referral"), ("duration", "assessment"), ("share", "assessment"),
            ("stock", "assessment"),
        )
    ),
    "enquiries": ({},),
    "facets": ({},),
    "compare": ({},),
    "findings": ({},),
    "flow": ({}, {"by": "month"}),
    "moves": ({}, {"instants": INSTANTS[:1]}),
    "nfa": ({"facet": "source"}, {"station": "referral", "lookback": 12}),
    "occupancy": ({"instants": INSTANTS},),
    "pathways": (
        {},
        {"more": Asked(pattern="contact > * > s47 > nfa", merge="first visits")},
        {"more": Asked(show="returning", pattern="C -> C -> R", scope="child")},
        {"more": Asked(show="sankey")},
        {"more": Asked(show="sankey", stages="referral,assessment,cin,cp")},
        {"more": Asked(show="groups")},
        {"more": Asked(show="groups", scope="child")},
    ),
    "rereferral": ({"facet": "source", "months": 6},),
    "stations": ({}, {"instants": INSTANTS[1:]}),
    "timescales": ({}, {"first_day": 1, "limit": 10, "instants": INSTANTS[1:]}),
    "variants": ({},),
    "variation": tuple(
        {"of": of, "facet": "source", "start": "referral", "stop": "assessment", "ends": "left"}
        for of in ("nfa", "rereferral", "conversion", "in_time")
    ),
    "weeks": ({"station": "assessment"},),
    "workload": ({"by": "month"}, {"by": "month", "facet": "sex", "station": "assessment"}),
}  # fmt: skip
QUESTION = ("instants", "by", "station")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return build(make(500), tmp_path_factory.mktemp("authority") / "set", BuildOptions(map=MAP))


def question(data: Dataset, given: dict[str, Any], cohort: str = "", **more: Any) -> Question:
    of = {key: value for key, value in given.items() if key in QUESTION}
    options = {key: value for key, value in given.items() if key not in QUESTION}
    chosen = parse(cohort, data.facets)
    clocks = timescales(data, tubemap.load(MAP))
    return Question(data, chosen, **of, options=Options(**options, **more), kept=chosen.mask(data), clocks=clocks)


def cells(name: str, asked: Question) -> Iterator[tuple[dict[str, Any], str]]:
    """Every row of the table of a measure with every count in it."""
    table = MEASURES[name](asked)
    shape = shape_of(name, tuple(table[0]) if table else ())
    for row in table:
        yield from ((row, count) for count in shape.counts if isinstance(row.get(count), int))


def behind_each(name: str, asked: Question) -> tuple[list[str], set[str]]:
    """The cells whose number of lines is not their figure, and the reasons for which cells are not followed."""
    wrong, reasons = [], set()
    for row, count in cells(name, asked):
        refused = [one.why for one in NOT_FOLLOWED if one.measure == name and one.holds(asked, row)]
        reasons.update(refused)
        if refused:
            continue
        found = FOLLOWED[name](asked, row, count)
        if len(found) != row[count] or len(found.journey) != (len(found) if found.at is None else len(found.at)):
            wrong.append(f"{row} {count}: {len(found)}")
        if not set(found.journey.tolist()) <= set(asked.mask.nonzero()[0].tolist()) and name != "facets":
            wrong.append(f"{row} {count}: a journey that is not of the cohort")
        if found.unit == "children" and len(np.unique(asked.data.journeys.child[found.journey])) != len(found):
            wrong.append(f"{row} {count}: a child twice")
    return wrong, reasons


def test_each_figure_of_a_finding_names_the_row_that_has_it(authority: Dataset) -> None:
    named = 0
    for one in MEASURES["findings"].answer(question(authority, {}))["findings"]:
        asked = dict(pair.split("=", 1) for pair in one["query"].split("&"))
        given = {
            "begin": seconds(asked["from"]), "end": seconds(asked["to"]), "start": asked.get("start"),
            "stop": asked.get("stop"), "ends": asked.get("ends", "reached"), "facet": asked.get("by"),
            "known_from": seconds(asked["known_from"]) if "known_from" in asked else None,
        }  # fmt: skip
        for figure in one["figures"]:
            if figure["row"] is not None:
                found = follow(one["measure"], question(authority, given), figure["row"], figure["column"])
                assert (found.value, len(found)) == (figure["count"], figure["count"])
                named += 1
            else:
                assert figure["count"] is None or one["key"] == "sections"
    assert named >= 3


@pytest.mark.parametrize(
    ("row", "count", "said"),
    [
        ("moon|x|y", "count", "Rows here: overall|assessment|Child and family assessment; earlier|0|"),
        ("overall|assessment|Child and family assessment", "share", "Counts of this row: count, of."),
    ],
)
def test_a_row_or_count_that_there_is_not_is_refused_with_what_there_is(
    authority: Dataset, row: str, count: str, said: str
) -> None:
    with pytest.raises(OptionError, match=re.escape(said)):
        follow("nfa", question(authority, {}), row, count)


def test_a_bar_within_a_label_is_doubled() -> None:
    assert row_text(("a|b", None, 12, True)) == "a||b||12|true"


def test_every_measure_is_asked() -> None:
    assert set(ASKED) == set(MEASURES)
    assert set(FOLLOWED) | {"compare", "findings"} == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_behind_every_count_are_as_many_lines_as_it_says(authority: Dataset, name: str) -> None:
    found, counted = set[str](), 0
    for one in ASKED[name]:
        asked = question(authority, one)
        wrong, reasons = behind_each(name, asked)
        assert wrong == []
        found |= reasons
        counted += sum(1 for _ in cells(name, asked))
    assert counted
    assert found == {one.why for one in NOT_FOLLOWED if one.measure == name}


WHOLES = {
    "stations": ("reached", ("left", "ended", "waiting")),
    "conversion": ("reached", ("went_on", "nfa", "ended", "under_way")),
    "durations": ("spells", ("completed", "open", "elsewhere")),
}


@pytest.mark.parametrize("name", ["nfa", "rereferral", "variation", "moves", "benchmarks", "timescales", *WHOLES])
def test_what_is_counted_is_among_what_it_is_counted_of_and_parts_make_the_whole(authority: Dataset, name: str) -> None:
    asked = question(authority, ASKED[name][0])
    whole, parts = WHOLES.get(name, (None, ()))
    seen = 0
    for row in MEASURES[name](asked)[:40]:
        shape = shape_of(name, tuple(row))
        behind = {
            count: Counter(FOLLOWED[name](asked, row, count).journey.tolist())
            for count in shape.counts
            if isinstance(row.get(count), int)
        }
        for some, of in shape.of:
            if some in behind and of in behind:
                assert not behind[some] - behind[of], row
                seen += 1
        if whole and sum(row[part] for part in parts):
            assert sum((behind[part] for part in parts), Counter()) == behind[whole], row
            seen += 1
    assert seen


@given(
    name=st.sampled_from(sorted(FOLLOWED)),
    pick=st.integers(0, 9),
    cohort=st.sampled_from(
        ["sex=female", "visit=1+", "age=5-15&sex=!female", "source=police,schools", "outcome=still_open"]
    ),
    days=st.lists(st.integers(0, 1400), min_size=2, max_size=2, unique=True),
    bounded=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_it_is_for_any_cohort_and_period(
    authority: Dataset, name: str, pick: int, cohort: str, days: list[int], bounded: bool
) -> None:
    one = ASKED[name][pick % len(ASKED[name])]
    first, last = sorted(days)
    when = {"begin": authority.origin + first * 86_400, "end": authority.origin + last * 86_400} if bounded else {}
    asked = question(authority, one, cohort, **when)
    try:
        MEASURES[name](asked)
    except OptionError:  # too few weeks for an effect, or nobody who is asked about: there is no figure to follow
        return
    wrong, _ = behind_each(name, asked)
    assert wrong == []
