"""On a file built to match DfE's published totals of an authority, the measures give those totals.

Kent, year ending 31 March 2018: DfE, Characteristics of children in need, tables C1, C2, C4 and C6 (open data, Open
Government Licence v3).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.tseries.offsets import CustomBusinessDay

from flowmap import tubemap
from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset
from flowmap.eventlog import EventLog
from flowmap.measures.conversion import conversion
from flowmap.measures.durations import durations
from flowmap.measures.rereferral import rereferral
from flowmap.measures.spells import Way
from flowmap.measures.timescales import timescales
from tests.measures.social import MAP, between, everyone

BY_MONTH = (1430, 1918, 1761, 1778, 1510, 1717, 1607, 1888, 1370, 1658, 1257, 1479)  # C6: April to March
REFERRALS, REREFERRED_PCT = 19_373, 23.1  # C1
ASSESSMENTS, IN_TIME_PCT = 18_827, 86.9  # C2, and its bands: the last working day of each, and the share
BANDS = {0: 1.2, 10: 6.5, 20: 11.5, 30: 23.7, 40: 27.6, 45: 16.5, 50: 6.2, 60: 4.7, 61: 2.2}
ENQUIRIES, CONFERENCES, CONFERENCES_PCT = 6_259, 1_762, 28.2  # C4

# gov.uk/bank-holidays, England and Wales
CLOSED = ["2017-04-14", "2017-04-17", "2017-05-01", "2017-05-29", "2017-08-28", "2017-12-25", "2017-12-26",
          "2018-01-01", "2018-03-30", "2018-04-02", "2018-05-07", "2018-05-28"]  # fmt: skip


def kent() -> EventLog:
    """A child a referral; re-referred ones were there exactly 12 months before, as many others 13 months before."""
    days = [
        pd.bdate_range(month, month + pd.offsets.MonthEnd(0), freq="C", holidays=CLOSED)
        for month in pd.date_range("2017-04-01", periods=12, freq="MS")
    ]
    referred = np.concatenate([np.resize(d.to_numpy(), n) for d, n in zip(days, BY_MONTH, strict=True)])
    again = round(REFERRALS * REREFERRED_PCT / 100)
    order = np.random.default_rng(3).permutation(REFERRALS)
    early, parts = pd.Series(referred), []

    def add(rows: np.ndarray, station: str, times: np.ndarray | pd.Series) -> None:
        parts.append(pd.DataFrame({"child": rows, "station": station, "time": np.asarray(times)}))

    for rows, months in ((order[:again], 12), (order[again : 2 * again], 13)):
        before = (early[rows] - pd.DateOffset(months=months)).to_numpy()
        add(rows, "referral", before)
        add(rows, "nfa", before)
    everybody = np.arange(REFERRALS)
    add(everybody, "referral", referred)
    assessed = order[:ASSESSMENTS]
    ends = np.repeat(list(BANDS), np.diff(np.round(np.cumsum([0, *BANDS.values()]) / 100.1 * ASSESSMENTS).astype(int)))
    add(assessed, "assessment", referred[assessed])
    finish = np.empty(ASSESSMENTS, dtype="datetime64[ns]")
    for limit in BANDS:
        mine = ends == limit
        step = CustomBusinessDay(limit, holidays=CLOSED) if limit else pd.Timedelta(0)
        unique, place = np.unique(referred[assessed[mine]], return_inverse=True)
        finish[mine] = np.array([pd.Timestamp(day) + step for day in unique], dtype="datetime64[ns]")[place]
    asked, rest = assessed[:ENQUIRIES], assessed[ENQUIRIES:]
    add(asked, "s47", finish[:ENQUIRIES])
    add(asked[:CONFERENCES], "icpc", finish[:CONFERENCES] + np.timedelta64(8, "D"))
    add(asked[CONFERENCES:], "nfa", finish[CONFERENCES:ENQUIRIES] + np.timedelta64(12, "D"))
    add(rest, "nfa", finish[ENQUIRIES:])
    add(np.array([REFERRALS, REFERRALS]), "contact", np.array(["2015-01-05", "2019-03-29"], dtype="datetime64[ns]"))
    log = pd.concat(parts, ignore_index=True)
    return EventLog.from_columns(log["child"].to_numpy(), log["station"].tolist(), log["time"].to_numpy())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder: Path = tmp_path_factory.mktemp("kent")
    return build(kent(), folder / "set", BuildOptions(map=MAP))


def test_rereferral_within_twelve_months(data: Dataset) -> None:
    found = rereferral(data, everyone(data), between(data, "2017-04-01", "2018-04-01"))
    assert found.rate.rereferred.of == REFERRALS == sum(BY_MONTH)
    assert round(100 * (found.rate.rereferred.value or 0), 1) == REREFERRED_PCT
    thirteen = next(h for h in found.horizons if h.months == 13)
    assert thirteen.rereferred.count == 2 * found.rate.rereferred.count


def test_assessments_within_45_working_days(data: Dataset) -> None:
    way = Way(data.index["referral"], (data.index["assessment"],), "left")
    dues = timescales(data, tubemap.load(MAP))
    (found,) = durations(data, everyone(data), between(data, "2017-04-01", "2018-04-01"), ways=[way], dues=dues).found
    (scale,) = found.timescales
    assert found.completed == scale.within.of == ASSESSMENTS
    assert 100 * (scale.within.value or 0) == pytest.approx(IN_TIME_PCT, abs=0.06)  # its bands are rounded
    assert [found.working.quantile(share) for share in (0.25, 0.5, 0.75)] == [30, 40, 45]  # ends of the bands


def test_enquiries_that_reach_a_conference(data: Dataset) -> None:
    chain = [(data.index["s47"],), (data.index["icpc"],)]
    (found,) = conversion(data, everyone(data), chains=[chain]).chains
    assert (found.reached_last.count, found.reached_last.of) == (CONFERENCES, ENQUIRIES)
    assert round(100 * (found.reached_last.value or 0), 1) == CONFERENCES_PCT
    assert found.steps[0].nfa == ENQUIRIES - CONFERENCES
    assert found.steps[0].nfa_days == 12
