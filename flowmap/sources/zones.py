"""Naive clock times in a named zone, to UTC; the two hours a year that a clock shows twice or never."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def to_utc(time: Times, zone: ZoneInfo) -> tuple[Times, Flags, Flags]:
    """(ms UTC, shown twice, never shown) for ms as written.

    A time that the clock shows twice (an hour in October) is taken as the first; one that it never shows
    (an hour in March) as the moment the clock was put forward.
    """
    written = pd.DatetimeIndex(time.astype("datetime64[ms]"))
    strict = written.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    odd = np.asarray(strict.isna())
    utc = _ms(strict)
    twice, never = np.zeros(len(time), bool), np.zeros(len(time), bool)
    if odd.any():
        first = np.ones(int(odd.sum()), dtype=bool)
        moved = written[odd].tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
        utc[odd] = _ms(moved)
        skipped = np.asarray(written[odd].tz_localize(zone, ambiguous=first, nonexistent="NaT").isna())
        never[odd], twice[odd] = skipped, ~skipped
    return utc, twice, never


def _ms(times: pd.DatetimeIndex) -> Times:
    naive = times.tz_convert("UTC").tz_localize(None)
    return naive.to_numpy().astype("datetime64[ms]").astype(np.int64)
