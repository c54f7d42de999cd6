"""The yardsticks of siblings, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from flowmap.eventlog import EventLog
from synthetic.fidelity import siblings, together

DAY = 86_400_000


def log_of(together_every: int, end_every: int) -> EventLog:
    """40 pairs of siblings; every n-th pair comes on one day, and of these every n-th ends on one day."""
    child, day, station = [], [], []
    for pair in range(40):
        with_ = pair % together_every == 0
        ends = with_ and (pair // together_every) % end_every == 0
        for who in (0, 1):
            begin = 100 * pair + (0 if with_ else 7 * who)
            child += [2 * pair + who] * 2
            day += [begin, begin + 30 + (0 if ends else who)]
            station += ["in", "nfa"]
    return EventLog.from_columns(child, station, np.array(day) * DAY, family=np.repeat(np.arange(40), 2))


def test_siblings_who_come_and_end_together_are_counted() -> None:
    """All come together against every second pair: 50 points. All end so against every fourth of those: 75 points."""
    real, other = together(log_of(1, 1), log_of(2, 4), exits=["nfa"])
    come, end = siblings.come_together(real, other), siblings.end_together(real, other)
    assert (come.real, come.synthetic, come.value) == (100.0, 50.0, 50.0)
    assert (end.real, end.synthetic, end.value) == (100.0, 25.0, 75.0)


def again_of(together_every: int) -> EventLog:
    """40 pairs of siblings, each with a second journey; every n-th pair begins that on one day."""
    child, case, day = [], [], []
    for pair in range(40):
        for who in (0, 1):
            back = 100 * pair + 60 + (0 if pair % together_every == 0 else 9 * who)
            child += [2 * pair + who] * 4
            case += [0, 0, 1, 1]
            day += [100 * pair, 100 * pair + 30, back, back + 5]
    family = np.repeat(np.arange(40), 2)
    return EventLog.from_columns(child, ["in", "nfa"] * 160, np.array(day) * DAY, case=case, family=family)


def test_siblings_who_come_back_together_are_counted() -> None:
    """Every pair against every fourth one."""
    real, other = together(again_of(1), again_of(4), exits=["nfa"])
    found = siblings.come_back_together(real, other)
    assert (found.real, found.synthetic, found.value) == (100.0, 25.0, 75.0)


def test_nothing_is_said_where_families_are_not_known() -> None:
    log = log_of(1, 1)
    real, other = together(log, EventLog.from_columns(["a", "b"], ["in", "nfa"], [0, DAY]), exits=["nfa"])
    assert np.isnan(siblings.come_together(real, other).value)
    assert "does not know" in siblings.end_together(real, other).why
    assert siblings.come_together(real, real).value == pytest.approx(0)
