"""What must come before, and what overlaps, beside loops over every pair of records."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.casework import records, rules
from flowmap.casework.findings import Records
from flowmap.casework.kinds import table
from synthetic import reference

DAY = 86_400_000
AS_OF = 400

Period = tuple[int, int, int | None]  # child, start, end (days)
periods = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 40))), min_size=1, max_size=14
)


def seen(**kinds: list[Period]) -> Records:
    """Records of kinds that have a start and an end."""
    made = {}
    for kind, found in kinds.items():
        ends = [None if end is None else end * DAY for _, _, end in found]
        columns = {"child": [f"c{c}" for c, _, _ in found], "start": [s * DAY for _, s, _ in found], "end": ends}
        made[kind] = table(kind, {**columns, "row": list(range(len(found)))})
    return Records(made, AS_OF * DAY)


@settings(max_examples=60, deadline=None)
@given(periods)
def test_overlaps_are_those_that_a_loop_over_all_pairs_finds(found: list[Period]) -> None:
    rows, days, ended = seen(care=found).overlaps("care")
    # of two that begin on one day the later row counts as the later
    expected = {}
    for i, (child, start, _) in enumerate(found):
        before = [p for j, p in enumerate(found) if p[0] == child and (p[1], j) < (start, i)]
        latest = max((8_000_000 if end is None else end for _, _, end in before), default=-1)
        if start < latest:
            expected[i] = (min(latest, AS_OF) - start, latest < 8_000_000)
    assert dict(zip(rows.tolist(), zip(days.tolist(), ended.tolist(), strict=True), strict=True)) == expected


@settings(max_examples=60, deadline=None)
@given(periods, periods)
def test_periods_meet_where_a_loop_over_all_pairs_finds_a_common_day(ours: list[Period], theirs: list[Period]) -> None:
    view = seen(care=ours, placement=theirs)
    found = view.meets("placement", view.child("care"), view.when("care"), view.day("care", "end"))
    forever = 8_000_000
    expected = [
        any(
            other == child
            and begun <= (forever if end is None else end)
            and (forever if ended is None else ended) >= start
            for other, begun, ended in theirs
        )
        for child, start, end in ours
    ]
    assert found.tolist() == expected


@settings(max_examples=60, deadline=None)
@given(periods, periods, st.integers(0, 20))
def test_what_came_before_is_what_a_loop_finds(ours: list[Period], theirs: list[Period], within: int) -> None:
    view = seen(cp_plan=ours, s47=theirs)
    found = view.has_before("s47", view.child("cp_plan"), view.when("cp_plan"), within)
    expected = [
        any(o == child and start - within <= begun <= start for o, begun, _ in theirs) for child, start, _ in ours
    ]
    assert found.tolist() == expected


def test_a_record_of_the_far_past_or_future_breaks_nothing() -> None:
    days = [-719_000, 2_932_000]  # the years 1 and 9997
    view = seen(care=[(0, days[0], days[1]), (0, 100, None), (1, days[1], days[0])])
    rows, _, _ = view.overlaps("care")
    assert rows.tolist() == [1]


def test_the_reference_authority_breaks_no_rule() -> None:
    log = reference.make(400, 2)
    as_of = int(log.time.max())
    tables = records.of_log(log, as_of)
    assert sum(map(len, tables.values())) > 3000
    assert [(p.rule, p.count) for p in rules.check(tables, as_of)] == []


def test_a_county_is_checked_in_seconds() -> None:
    # 400,000 periods of 100,000 children; a loop over rows of any rule would take far longer than this allows
    number = np.random.default_rng(7)
    children = number.integers(0, 100_000, 400_000)
    start = number.integers(14_000, 19_000, 400_000) * DAY
    ids = pa.array(children).cast(pa.string())
    made = {
        kind: table(kind, {"child": ids, "start": start, "end": start + 30 * DAY, "row": np.arange(400_000)})
        for kind in ("care", "placement")
    }
    before = time.process_time()
    found = {p.rule: p.count for p in rules.check(made, 19_100 * DAY)}
    assert time.process_time() - before < 20
    assert found["overlapping-care"] > 0
    assert "placement-outside-care" not in found
