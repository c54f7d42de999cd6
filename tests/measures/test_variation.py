"""A share by a facet with the limits of a funnel: who lies outside, and how often chance alone puts one there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from flowmap.dataset import Dataset
from flowmap.eventlog import OptionError
from flowmap.measures.options import Groups, period
from flowmap.measures.timescales import timescales
from flowmap.measures.variation import _funnel, rows, variation
from flowmap.tubemap import load
from tests.measures.social import MAP, everyone, social


def teams(folder: Path, sizes: dict[str, tuple[int, int]]) -> Dataset:
    """Assessments of teams: (NFA, all) of each."""
    events, team = [], []
    for name, (count, of) in sizes.items():
        for k in range(of):
            ends = "nfa" if k < count else "closed"
            events += [(f"{name}{k}", "assessment", "2024-01-01"), (f"{name}{k}", ends, "2024-02-01")]
            team += [name, name]
    return social(events, folder, attributes={"team": team})


def test_a_team_far_from_the_rest_lies_outside(tmp_path: Path) -> None:
    data = teams(
        tmp_path, {"North": (50, 100), "South": (52, 100), "East": (30, 100), "West": (48, 100), "Hill": (1, 2)}
    )
    found = variation(data, everyone(data)).to_json()
    assert (found["by"], found["what"]) == ("team", "Decisions at Child and family assessment that are NFA")
    assert (found["overall"]["count"], found["overall"]["of"]) == (181, 402)
    assert {g["label"]: g["beyond"] for g in found["groups"]} == {
        "East": "outside 95%",
        "North": "within",
        "South": "within",
        "West": "within",
        "Hill": "within",
    }
    share = 181 / 402
    north = next(g for g in found["groups"] if g["label"] == "North")
    # Between the counts around SciPy's quantile, as interpolated.
    for name, quantile in {"low_95": 0.025, "high_95": 0.975, "low_998": 0.001, "high_998": 0.999}.items():
        assert binom.ppf(quantile, 100, share) / 100 - 0.01 <= north[name] <= binom.ppf(quantile, 100, share) / 100
    assert len(rows(found)) == 6


def test_where_all_are_alike_chance_puts_one_in_twenty_outside() -> None:
    rng = np.random.default_rng(7)
    out95 = out998 = 0
    for _ in range(40):
        code = np.repeat(np.arange(100), 200)
        by = Groups("team", tuple(map(str, range(100))), tuple(map(str, range(100))), code)
        found = _funnel("x", None, by, np.arange(len(code)), rng.random(len(code)) < 0.3)  # type: ignore[arg-type]
        out95 += sum(group.beyond >= 1 for group in found.groups)
        out998 += sum(group.beyond == 2 for group in found.groups)
    assert 0.035 < out95 / 4000 < 0.06
    assert out998 / 4000 < 0.005


def test_other_shares_can_be_compared(tmp_path: Path) -> None:
    rows_ = [
        ("a", "referral", "2022-01-01"),
        ("a", "nfa", "2022-01-05"),
        ("a", "referral", "2023-06-01"),
        ("a", "nfa", "2023-06-02"),
        ("a", "referral", "2023-09-01"),
        ("a", "assessment", "2023-09-02"),
        ("z", "referral", "2024-06-01"),
    ]
    data = social(rows_, tmp_path)
    again = variation(data, everyone(data), of="rereferral", by="entry")
    assert (again.overall.count, again.overall.of) == (1, 3)  # 2022's has too little before it
    went = variation(
        data, everyone(data), of="conversion", start=(data.index["referral"],), stop=(data.index["assessment"],),
    )  # fmt: skip
    assert (went.overall.count, went.overall.of) == (1, 3)
    assert went.by.key == "entry"
    with pytest.raises(OptionError, match="two stations"):
        variation(data, everyone(data), of="conversion")


def test_shares_in_time_can_be_compared(tmp_path: Path) -> None:
    rows_ = [
        *[("a", "referral", "2024-01-02"), ("a", "assessment", "2024-01-03"), ("a", "nfa", "2024-03-05")],  # in time
        *[("b", "referral", "2024-01-02"), ("b", "assessment", "2024-01-03"), ("b", "nfa", "2024-03-06")],  # late
        *[("c", "referral", "2024-01-02"), ("c", "assessment", "2024-01-03")],  # not completed
        ("z", "contact", "2024-06-01"),
    ]
    data = social(rows_, tmp_path)
    dues = timescales(data, load(MAP))
    ends = {"start": (data.index["referral"],), "stop": (data.index["assessment"],), "ends": "left"}
    found = variation(data, everyone(data), of="in_time", dues=dues, **ends)  # type: ignore[arg-type]
    assert (found.overall.count, found.overall.of) == (1, 2)
    assert found.what == "Referral to Child and family assessment, left: within 45 working days"
    with pytest.raises(OptionError, match="no timescale"):
        variation(data, everyone(data), of="in_time", dues=dues, start=(data.index["contact"],))
    with pytest.raises(OptionError, match="start from"):
        variation(data, everyone(data), of="in_time")


def test_of_nobody_there_is_no_funnel(tmp_path: Path) -> None:
    data = teams(tmp_path, {"North": (1, 2)})
    found = variation(data, ~everyone(data), period(data)).to_json()
    assert (found["groups"], found["curve"], found["overall"]["share"]) == ([], [], None)
    alone = variation(data, everyone(data)).to_json()
    assert [g["beyond"] for g in alone["groups"]] == ["within"]
