"""The model of the reference authority beside a second reference authority (the floor)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, fit, sample
from synthetic.reference.pathways import EXITS
from tests.truth import make

REFERRALS = 3200  # about 10,000 children


def events(log: EventLog) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "child": log.child,
            "case": log.case,
            "station": np.array(log.stations, dtype=object)[log.station],
            "time": log.time,
        }
    ).sort_values(["child", "case", "time"], kind="stable")
    journey = frame.groupby(["child", "case"])
    frame["to"], frame["wait"] = journey["station"].shift(-1), (journey["time"].shift(-1) - frame["time"]) / 86_400_000
    frame["visit"] = frame["case"]
    return frame


@pytest.fixture(scope="module")
def three() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(truth, a second truth, a sample from the model of the first)."""
    truth = make(REFERRALS, seed=11)
    model = fit(truth, FitOptions(exits=frozenset(EXITS)))
    drawn = sample(model, len(truth.child_ids), seed=3)
    return events(truth), events(make(REFERRALS, seed=12)), events(drawn)


def edges(frame: pd.DataFrame) -> pd.Series:
    return frame.dropna(subset=["to"]).groupby(["station", "to"]).size() / frame["to"].notna().sum()


def variation(a: pd.DataFrame, b: pd.DataFrame) -> float:
    return float(edges(a).sub(edges(b), fill_value=0).abs().sum() / 2)


def waits(a: pd.DataFrame, b: pd.DataFrame) -> float:
    """Kolmogorov–Smirnov a move, weighted by how often it is made."""
    ours = dict(list(a.dropna(subset=["to"]).groupby(["station", "to"])["wait"]))
    theirs = dict(list(b.dropna(subset=["to"]).groupby(["station", "to"])["wait"]))
    both = [key for key in ours if key in theirs and len(ours[key]) >= 30]
    distance = [stats.ks_2samp(ours[key], theirs[key]).statistic for key in both]
    return float(np.average(distance, weights=[len(ours[key]) for key in both]))


def back_within_a_year(frame: pd.DataFrame) -> float:
    journeys = frame.groupby(["child", "case"]).agg(
        start=("time", "first"), end=("time", "last"), last=("station", "last")
    )
    journeys["next"] = journeys.groupby("child")["start"].shift(-1)
    year = 365 * 86_400_000
    left = journeys[journeys["last"].isin(EXITS) & (journeys["end"] < frame["time"].max() - year)]
    return float((left["next"] - left["end"] < year).mean() * 100)


def test_moves_are_as_near_as_a_second_truth(three: tuple[pd.DataFrame, ...]) -> None:
    truth, second, drawn = three
    assert variation(truth, drawn) < 1.3 * variation(truth, second)
    assert set(edges(drawn).index) <= set(edges(truth).index)


def test_waits_are_nearly_as_near_as_a_second_truth(three: tuple[pd.DataFrame, ...]) -> None:
    truth, second, drawn = three
    assert waits(truth, drawn) < 1.4 * waits(truth, second)


def test_as_many_come_back_within_a_year(three: tuple[pd.DataFrame, ...]) -> None:
    truth, _, drawn = three
    assert back_within_a_year(drawn) == pytest.approx(back_within_a_year(truth), abs=1.5)


def test_weekends_are_as_quiet(three: tuple[pd.DataFrame, ...]) -> None:
    truth, _, drawn = three
    shares = [100 * ((frame["time"] // 86_400_000 + 3) % 7 >= 5).mean() for frame in (truth, drawn)]
    assert shares[0] == pytest.approx(shares[1], abs=0.5)
