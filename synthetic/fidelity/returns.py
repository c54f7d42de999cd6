"""Who comes back, and how it ends for those who do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.fidelity.paths import expected_gap, share_error
from synthetic.fidelity.walks import Floats, Ints, Walks, plain
from synthetic.fidelity.yardstick import Measured

VISITS = ("none", "1", "2", "3 or more")  # earlier visits


def entry_station(walks: Walks) -> int:
    """The station that a re-referral is counted at: “referral” by name, else where most journeys begin."""
    for i, name in enumerate(walks.names):
        if plain(name) == "referral" and np.any(walks.station == i):
            return i
    return int(np.bincount(walks.station[walks.begin], minlength=len(walks.names)).argmax())


def months_later(time: Ints, months: int) -> Ints:
    """The same day of a later month, ms UTC (a day that the month lacks runs on into the next)."""
    moment = time.astype("datetime64[ms]")
    month = moment.astype("datetime64[M]")
    into = moment - month.astype("datetime64[ms]")
    return ((month + months).astype("datetime64[ms]") + into).astype(np.int64)


def _visits_to(walks: Walks, station: int) -> tuple[Ints, Ints]:
    """Child and time of every event at a station, child by child in order of time."""
    rows = np.flatnonzero(walks.station == station)
    child, time = walks.child[walks.journey[rows]], walks.time[rows]
    order = np.lexsort((time, child))
    return child[order], time[order]


def again_within(walks: Walks, station: int, months: int) -> tuple[Ints, Ints]:
    """Of referrals with `months` of look-back in the data: the child, and 1 where an earlier one lies within them.

    The Department for Education's re-referral: the share of referrals that came within 12 months of an earlier one of
    the same child. Referrals too near the beginning of the data to tell are left out.
    """
    child, time = _visits_to(walks, station)
    again = np.zeros(len(child), dtype=bool)
    again[1:] = (child[1:] == child[:-1]) & (time[1:] <= months_later(time[:-1], months))
    told = time >= months_later(np.array([walks.window[0]]), months)[0]
    return child[told], again[told].astype(np.int64)


def re_referral(real: Walks, other: Walks, station: int, months: int) -> Measured:
    """Difference of the shares of referrals that came within `months` of an earlier one, in points."""
    (child, hit), (child_other, hit_other) = (again_within(w, station, months) for w in (real, other))
    if not len(hit) or not len(hit_other):
        return Measured(np.nan, why=f"the data do not reach {months} months back")
    a, b = 100 * float(hit.mean()), 100 * float(hit_other.mean())
    error = np.hypot(share_error(hit, child), share_error(hit_other, child_other))
    return Measured(abs(a - b), a, b, chance=100 * expected_gap(float(error)))


@dataclass(frozen=True)
class Curve:
    """Share of referrals followed by another of the same child, by months since; `at_risk` at each month's start."""

    months: Ints
    share: Floats
    at_risk: Ints


def return_curve(walks: Walks, station: int, months: int = 36) -> Curve:
    """Kaplan-Meier estimate of being referred again within 0, 1, ..., `months` months (30.4375 days each).

    Referrals not yet followed by another are censored at the end of the data.
    """
    child, time = _visits_to(walks, station)
    again = np.append(child[1:] == child[:-1], False) if len(child) else np.empty(0, dtype=bool)
    until = np.where(again, np.append(time[1:], 0), walks.window[1]) if len(child) else time
    wait = (until - time) / (30.4375 * 86_400_000)
    grid = np.arange(months + 1)
    when, place = np.unique(wait, return_inverse=True)
    returned = np.bincount(place, weights=again, minlength=len(when))
    left = len(wait) - np.append(0, np.cumsum(np.bincount(place, minlength=len(when)))[:-1])
    stay = np.cumprod(1 - returned / left) if len(when) else np.empty(0)
    known = np.searchsorted(when, grid, side="right")
    share = 1 - np.append(1.0, stay)[known]
    return Curve(grid, share, len(wait) - np.searchsorted(np.sort(wait), grid))


def nfa_exits(walks: Walks) -> Ints:
    """Exits that mean no further action, by name; where none is named so, the commonest exit."""
    named = [i for i in np.flatnonzero(walks.exits) if "nfa" in plain(walks.names[i]) or _spelt_out(walks.names[i])]
    if named or not walks.exits.any():
        return np.array(named, dtype=np.int64)
    ends = np.bincount(walks.station[walks.last], minlength=len(walks.names)) * walks.exits
    return np.array([ends.argmax()])


def _spelt_out(name: str) -> bool:
    return "nofurtheraction" in plain(name)


def nfa_by_visits(walks: Walks) -> tuple[Floats, Ints]:
    """Share of ended journeys that end in NFA, and how many ended, after 0, 1, 2, 3 or more earlier visits."""
    ended = np.flatnonzero(~walks.open)
    visit = np.minimum(walks.visit[ended], len(VISITS) - 1)
    nfa = np.isin(walks.station[walks.last[ended]], nfa_exits(walks))
    size = np.bincount(visit, minlength=len(VISITS))
    return np.bincount(visit, weights=nfa, minlength=len(VISITS)) / np.maximum(size, 1), size


def nfa(real: Walks, other: Walks) -> Measured:
    """Mean difference, in points, of the share ending in NFA after 0, 1, 2, 3 or more earlier visits.

    Weighted by how many journeys of the real log ended after so many.
    """
    if not len(nfa_exits(real)):
        return Measured(np.nan, why="the log has no exits")
    share, size = nfa_by_visits(real)
    share_other, size_other = nfa_by_visits(other)
    known = (size > 0) & (size_other > 0)
    if not known.any():
        return Measured(np.nan, why="no journey ended")
    gap = float(np.average(np.abs(share - share_other)[known], weights=size[known]))
    error = np.sqrt(share * (1 - share) * (1 / np.maximum(size, 1) + 1 / np.maximum(size_other, 1)))
    chance = float(np.average(np.array([expected_gap(float(e)) for e in error])[known], weights=size[known]))
    return Measured(100 * gap, 100 * overall(real), 100 * overall(other), chance=100 * chance)


def overall(walks: Walks) -> float:
    """Share of ended journeys that end in NFA."""
    ended = np.flatnonzero(~walks.open)
    return float(np.isin(walks.station[walks.last[ended]], nfa_exits(walks)).mean()) if len(ended) else np.nan
