"""Which spans touch: the fast way against the slow one, written span by span."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.casework.spans import NO_DAY, OPEN, Spans, covered, journeys, key, latest, next_within

DAYS = st.integers(-5, 30)
SPAN = st.tuples(
    st.integers(0, 2),  # child
    DAYS,  # start
    st.one_of(st.integers(0, 12), st.just(None)),  # length; None goes on
    st.integers(0, 3),  # rank
    st.booleans(),  # entry
    st.one_of(st.none(), st.integers(0, 8)),  # linked, days after the start
    st.one_of(st.none(), st.integers(0, 8)),  # reach, days after the start
)


def array(values) -> np.ndarray:
    return np.array(values, dtype=np.int64).reshape(-1)


def spans_of(rows) -> Spans:
    def after(place):
        return array([NO_DAY if r[place] is None else r[1] + r[place] for r in rows])

    end = array([OPEN if r[2] is None else r[1] + r[2] for r in rows])
    entry = np.array([r[4] for r in rows], dtype=bool)
    return Spans(array([r[0] for r in rows]), array([r[1] for r in rows]), end, array([r[3] for r in rows]), entry,
                 after(5), np.maximum(after(5), after(6)))  # fmt: skip


def one_by_one(spans: Spans) -> list[set[int]]:
    """Each child's spans in order of start and rank: a span joins what is there, or begins anew."""
    groups: list[set[int]] = []
    for child in sorted(set(spans.child.tolist())):
        mine = [i for i in range(len(spans)) if spans.child[i] == child]
        mine.sort(key=lambda i: (spans.start[i], spans.rank[i], i))
        seen: list[int] = []
        for i in mine:
            start = spans.start[i]
            if spans.entry[i]:
                joins = any(spans.end[j] > start or spans.linked[j] >= start for j in seen)
            else:
                joins = any(spans.end[j] >= start or spans.reach[j] >= start for j in seen)
            if joins:
                groups[-1].add(i)
            else:
                groups.append({i})
            seen.append(i)
    return groups


@settings(max_examples=200, deadline=None)
@given(st.lists(SPAN, min_size=1, max_size=14))
def test_journeys_are_those_found_span_by_span(rows):
    spans = spans_of(rows)
    found = journeys(spans)
    groups = one_by_one(spans)
    assert found.tolist() == [next(n for n, group in enumerate(groups) if i in group) for i in range(len(spans))]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), DAYS)), st.lists(st.tuples(st.integers(0, 2), DAYS)), st.integers(0, 9))
def test_the_next_and_the_latest_day_are_those_of_the_same_child(asked, known, within):
    child, day = array([a[0] for a in asked]), array([a[1] for a in asked])
    others = sorted(set(known))
    keys = key(array([o[0] for o in others]), array([o[1] for o in others]))
    following = [
        min((d for c, d in others if c == who and on <= d <= on + within), default=int(NO_DAY)) for who, on in asked
    ]
    assert next_within(child, day, keys, within).tolist() == following
    earlier = [max((i for i, (c, d) in enumerate(others) if c == who and d <= on), default=-1) for who, on in asked]
    assert latest(child, day, keys).tolist() == earlier


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), DAYS)),
    st.lists(st.tuples(st.integers(0, 2), DAYS, st.integers(0, 9))),
    st.booleans(),
)
def test_a_day_is_covered_by_a_span_of_the_same_child(asked, known, beyond):
    child, day = array([a[0] for a in asked]), array([a[1] for a in asked])
    spans = (array([k[0] for k in known]), array([k[1] for k in known]), array([k[1] + k[2] for k in known]))
    expected = [
        any(c == who and s <= on and (s + n > on if beyond else s + n >= on) for c, s, n in known) for who, on in asked
    ]
    assert covered(child, day, spans, beyond).tolist() == expected
