"""Two logs that differ in one child: what that child can change, and what it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowmap.eventlog import NO_TIME, EventLog, SourceError
from synthetic.model import FitOptions, Model, Public
from synthetic.private import fit_private
from tests.synthetic.model.logs import DAY, START
from tests.synthetic.private.noises import Recorded, Replayed

STATIONS = ("in", "work", "out", "rare")
EXITS = frozenset({"out"})
WINDOW = ("2014-01-05", "2015-06-30")  # the random logs begin before and end after it
Child = dict[str, Any]

times = st.integers(0, 700 * 24 * 60)
event = st.tuples(st.sampled_from(STATIONS), times, st.integers(0, 3), st.sampled_from(["a", "b", "c", None]))
child = st.fixed_dictionaries(
    {
        "events": st.lists(event, min_size=1, max_size=30),
        "sex": st.sampled_from(["f", "m", "unique", None]),
        "size": st.integers(-40_000, 40_000),
        "born": st.one_of(st.none(), st.integers(-9000, 800)),
    }
)
logs = st.lists(child, min_size=2, max_size=7)
publics = st.sampled_from(
    [
        Public(WINDOW),
        Public(WINDOW, STATIONS[:3]),
        Public(
            WINDOW,
            STATIONS,
            {"sex": ("f", "m")},
            frozenset({("in", "work"), ("work", "out"), ("out", "in")}),
            {"why": "work"},
        ),
    ]
)


def log_of(children: list[Child], cases: bool) -> EventLog:
    """The children's events, round robin, so that their rows stand mixed."""
    rows = [(n, i, *one) for n, c in enumerate(children) for i, one in enumerate(c["events"])]
    rows.sort(key=lambda row: (row[1], row[0]))
    return EventLog.from_columns(
        child=[f"ID-{children[row[0]]['id']}" for row in rows],
        child_ids=None,
        station=[row[2] for row in rows],
        time=np.array([START * DAY + row[3] * 60_000 for row in rows], dtype=np.int64),
        case=[row[4] for row in rows] if cases else None,
        attributes={"why": [row[5] for row in rows]},
        children={"sex": [c["sex"] for c in children], "size": np.clip([c["size"] for c in children], -32_000, 32_000)},
        birth=np.array([NO_TIME if c["born"] is None else (START + c["born"]) * DAY for c in children]),
    )


def fitted(log: EventLog, public: Public, noise: Recorded) -> dict[str, Any] | str:
    """The model as stored, or why there is none."""
    options = FitOptions(k=2, exits=EXITS, epsilon=50.0, public=public)
    try:
        model: Model = fit_private(log, options, lambda _stage, _share: None, noise)
    except SourceError as error:
        return str(error)
    return model.to_json()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(children=logs, public=publics, cases=st.booleans(), data=st.data())
def test_one_child_changes_no_count_by_more_than_is_said_and_nothing_else_at_all(
    children: list[Child], public: Public, cases: bool, data: st.DataObject
) -> None:
    children = [c | {"id": n} for n, c in enumerate(children)]
    gone = data.draw(st.integers(0, len(children) - 1))
    noise = Recorded(times=1000)
    whole = fitted(log_of(children, cases), public, noise)
    again = Replayed(noise)
    without = fitted(log_of([c for c in children if c["id"] != gone], cases), public, again)
    # With the same answers, the model is the same to the last digit: it knows nothing but the answers.
    assert without == whole
    assert len(again.counted) == len(noise.counted)
    for (one, most), (other, same) in zip(noise.counted, again.counted, strict=True):
        assert len(one) == len(other)
        assert most == same
        assert np.abs(one - other).sum() <= most
        assert (one >= other).all()  # a child more is rows more: nobody else's rows move
    for (names, most), (fewer, _) in zip(noise.named, again.named, strict=True):
        differ = [n for n in names.keys() | fewer.keys() if names.get(n, 0) != fewer.get(n, 0)]
        assert len(differ) <= most
        assert all(names.get(n, 0) - fewer.get(n, 0) == 1 for n in differ)


def test_the_bounds_are_reached() -> None:
    """Else the test above could not fail: a child of 30 events adds twelve to the ways."""
    busy = {"id": 0, "sex": "f", "size": 2, "born": 0}
    busy["events"] = [(("in", "work")[i % 2], 5000 + 1441 * i, 0, "a") for i in range(30)]
    other = {"id": 1, "events": [("in", 9000, 0, "a")], "sex": "m", "size": 1, "born": -5}
    public = Public(WINDOW, STATIONS)
    noise = Recorded(times=1000)
    fitted(log_of([busy, other], True), public, noise)
    again = Replayed(noise)
    fitted(log_of([other], True), public, again)
    reached = [int(np.abs(a - b).sum()) == most for (a, most), (b, _) in zip(noise.counted, again.counted, strict=True)]
    assert sum(reached) >= len(reached) // 2


def test_a_model_of_other_children_with_the_same_answers_is_the_same() -> None:
    """Two logs with nothing in common but their columns."""

    def of(seed: int, count: int) -> EventLog:
        rng = np.random.default_rng(seed)
        return log_of(
            [
                {
                    "id": 1000 * seed + n,
                    "events": [
                        (STATIONS[int(rng.integers(4))], int(rng.integers(10**6)), int(rng.integers(3)), "a")
                        for _ in range(int(rng.integers(1, 20)))
                    ],
                    "sex": ("f", "m")[n % 2],
                    "size": int(rng.integers(5)),
                    "born": int(rng.integers(-6000, 10)),
                }
                for n in range(count)
            ],
            True,
        )

    noise = Recorded(times=50)
    public = Public(WINDOW)
    one = fitted(of(1, 300), public, noise)
    other = fitted(of(2, 40), public, Replayed(noise))
    assert isinstance(one, dict), one
    assert other == one


def test_a_window_must_be_given_and_make_sense() -> None:
    with pytest.raises(Exception, match="which days the log is about"):
        FitOptions(epsilon=1.0).check()
    for window in (("2014-01-01", "soon"), ("2015-01-01", "2014-01-01")):
        with pytest.raises(Exception, match="window"):
            FitOptions(epsilon=1.0, public=Public(window)).check()
    with pytest.raises(Exception, match="ε must be more than 0"):
        FitOptions(epsilon=0.0, public=Public(WINDOW)).check()
