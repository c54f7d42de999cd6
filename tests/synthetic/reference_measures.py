"""The figures of published_figures.py, measured from an event log with plain pandas.

A second way on purpose: nothing here comes from `synthetic` but the names of stations, and everything is worked
out from the events, as an analyst would who knows only the log and DfE's definitions.
"""

from __future__ import annotations

import holidays
import numpy as np
import pandas as pd

from flowmap.eventlog import EventLog

EXITS = [
    "nfa",
    "step_down",
    "closed",
    "adopted",
    "special_guardianship",
    "returned_home",
    "left_care_18",
    "moved",
    "other",
]


def table(log: EventLog) -> pd.DataFrame:
    """One row an event: child, journey, station, time, the next station and time, and the attributes."""
    events = pd.DataFrame(
        {
            "child": log.child,
            "journey": log.child.astype(np.int64) * 1000 + log.case,
            "station": pd.Categorical.from_codes(log.station, list(log.stations)).astype(str),
            "time": pd.to_datetime(log.time, unit="ms"),
        }
    )
    for name, attribute in log.attributes.items():
        events[name] = pd.Categorical.from_codes(attribute.codes, list(attribute.values))
    events = events.sort_values(["journey", "time"], kind="stable", ignore_index=True)
    same = events.groupby("journey", sort=False)
    events["next"] = same["station"].shift(-1)
    events["next_time"] = same["time"].shift(-1)
    events["days"] = (events["next_time"].dt.normalize() - events["time"].dt.normalize()).dt.days
    return events


def working_days(first: pd.Series, last: pd.Series) -> np.ndarray:
    """Working days from one date to another; the first day is day 0."""
    closed = np.array(
        sorted(holidays.country_holidays("GB", subdiv="ENG", years=range(2000, 2035))), dtype="datetime64[D]"
    )
    return np.busday_count(
        first.to_numpy().astype("datetime64[D]"), last.to_numpy().astype("datetime64[D]"), holidays=closed
    )


def went(events: pd.DataFrame, station: str, to: str) -> float:
    """Of those who left a station, the percentage whose next event was `to`."""
    left = events[(events["station"] == station) & events["next"].notna()]
    return 100 * float((left["next"] == to).mean())


def median_days(events: pd.DataFrame, station: str, to: str) -> float:
    return float(events.loc[(events["station"] == station) & (events["next"] == to), "days"].median())


def referred_before(events: pd.DataFrame, start: pd.Timestamp, months: int) -> float:
    """Percentage of referrals with one of the same child in the months before; only those with that much look-back."""
    referrals = events.loc[events["station"] == "referral", ["child", "time"]].sort_values(["child", "time"])
    before = referrals.groupby("child")["time"].shift()
    countable = referrals["time"] >= start + pd.DateOffset(months=months)
    reach = referrals["time"].dt.normalize() - pd.DateOffset(months=months)
    return 100 * float((before[countable] >= reach[countable]).mean())


def measure(log: EventLog, start: str = "2014-04-01", years: int = 4) -> dict[str, float]:
    """Every figure of published_figures.py, over the moves that begin in the window."""
    everything = table(log)
    opening = pd.Timestamp(start)
    events = everything[everything["time"] >= opening]
    count = events["station"].value_counts()
    return {
        "referrals": count["referral"] / years,
        "s47": count["s47"] / years,
        "icpc": count["icpc"] / years,
        "cp": count["cp"] / years,
        "rereferral_12": referred_before(everything, opening, 12),
        "rereferral_36": referred_before(everything, opening, 36),
        "contact_referral": went(events, "contact", "referral"),
        "referral_assessment": went(events, "referral", "assessment"),
        "referral_nfa": went(events, "referral", "nfa"),
        "strategy_s47": went(events, "strategy", "s47"),
        "s47_icpc": went(events, "s47", "icpc"),
        "icpc_cp": went(events, "icpc", "cp"),
        "assessment_nfa_days": median_days(events, "assessment", "nfa"),
        "assessment_cin_days": median_days(events, "assessment", "cin"),
        "s47_icpc_days": median_days(events, "s47", "icpc"),
        "icpc_cp_days": median_days(events, "icpc", "cp"),
        **_assessments(everything, opening),
        **_conferences(everything, opening),
        **_mixes(events),
        **_proceedings(events),
        **_year(events),
        "female": 100 * float(np.mean(log.children["sex"].codes == log.children["sex"].values.index("female"))),
    }


def _assessments(events: pd.DataFrame, opening: pd.Timestamp) -> dict[str, float]:
    referrals = events[events["station"] == "referral"].set_index("journey")["time"]
    done = events[(events["station"] == "assessment") & events["next"].notna() & (events["time"] >= opening)]
    done = done[done["journey"].isin(referrals.index)]
    days = working_days(referrals.loc[done["journey"]], done["next_time"])
    first, middle, third = np.percentile(days, [25, 50, 75])
    to_nfa = done.loc[done["next"] == "nfa", "journey"].nunique()
    return {
        "assessed_in_45": 100 * float(np.mean(days <= 45)),
        "assessed_p25": first,
        "assessed_p50": middle,
        "assessed_p75": third,
        "not_in_need": 100 * to_nfa / int((referrals >= opening).sum()),
    }


def _conferences(events: pd.DataFrame, opening: pd.Timestamp) -> dict[str, float]:
    """From the latest strategy discussion of the journey before the conference."""
    held = events.loc[(events["station"] == "icpc") & (events["time"] >= opening), ["journey", "time"]]
    talks = events.loc[events["station"] == "strategy", ["journey", "time"]].rename(columns={"time": "talk"})
    both = held.merge(talks, on="journey")
    both = both[both["talk"] <= both["time"]].groupby(["journey", "time"], as_index=False)["talk"].max()
    return {"icpc_in_15": 100 * float(np.mean(working_days(both["talk"], both["time"]) <= 15))}


def _mixes(events: pd.DataFrame) -> dict[str, float]:
    def share(station: str, column: str, value: str) -> float:
        known = events.loc[events["station"] == station, column]
        return 100 * float((known.dropna() == value).mean())

    return {
        "source_police": share("referral", "source", "police"),
        "source_schools": share("referral", "source", "schools"),
        "source_health": share("referral", "source", "health services"),
        "source_council": share("referral", "source", "council services"),
        "source_individuals": share("referral", "source", "individuals"),
        "need_abuse": share("referral", "need", "abuse or neglect"),
        "need_dysfunction": share("referral", "need", "family dysfunction"),
        "need_stress": share("referral", "need", "family in acute stress"),
        "need_disability": share("referral", "need", "child's disability or illness"),
        "category_neglect": share("cp", "plan_category", "neglect"),
        "category_emotional": share("cp", "plan_category", "emotional abuse"),
        "second_plan": share("cp", "plan_number", "second or later"),
    }


def _proceedings(events: pd.DataFrame) -> dict[str, float]:
    issued = events.loc[events["station"] == "proceedings", ["journey", "time"]]
    ended = events.loc[events["station"] == "final_order", ["journey", "time"]]
    both = issued.merge(ended, on="journey", suffixes=("", "_end")).drop_duplicates("journey")
    return {"proceedings_weeks": float((both["time_end"] - both["time"]).dt.days.mean() / 7)}


def _year(events: pd.DataFrame) -> dict[str, float]:
    month = events.loc[events["station"] == "referral", "time"].dt.month
    return {"august": 100 * float((month == 8).mean()), "december": 100 * float((month == 12).mean())}
