"""Which records are on each of Annex A's lists on a day, and what their derived columns say.

Ofsted's guidance (August 2019) says of each list whom it holds: those of the six months before the day, and those that
are open on it. A column is named by the field of a case record (`referral.date`) or by its header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import KINDS, empty

ONE_DAY = pd.Timedelta(days=1)
# What is not known before the day of another field.
DECIDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("referral", "closed"): ("reason",),
    ("referral", "nfa_date"): ("nfa",),
    ("assessment", "authorised"): ("support",),
    ("s47", "end"): ("conference",),
    ("care", "end"): ("reason",),
}
EMERGENCY = ("L1", "L2")  # police protection, emergency protection order
WORKERS = 40
LEAVER_AGE = 16

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Window:
    """The six months up to and with the day `to`: after `since`."""

    since: pd.Timestamp
    to: pd.Timestamp

    def has(self, dates: pd.Series) -> pd.Series:
        """Which dates are in it."""
        return (dates >= self.since + ONE_DAY) & (dates < self.to + ONE_DAY)

    @property
    def year_ago(self) -> pd.Timestamp:
        """Twelve months before its last day."""
        return self.to - pd.DateOffset(months=12)


def frames(tables: Mapping[str, pa.Table]) -> Frames:
    """The tables as frames, columns named `kind.field`, in order of their dates."""
    found = {}
    for name, kind in KINDS.items():
        table = tables.get(name, empty(name))
        columns = ["child", *(field.name for field in kind.fields)]
        frame = table.select(columns).to_pandas()
        frame.columns = pd.Index(["child", *(f"{name}.{column}" for column in columns[1:])])
        texts = frame.columns[[pd.api.types.is_string_dtype(dtype) for dtype in frame.dtypes]]
        frame = frame.astype(dict.fromkeys(texts, object))  # joins of Arrow's empty texts fail
        if kind.when is not None:
            frame = frame.sort_values(["child", f"{name}.{kind.when}"], kind="stable", ignore_index=True)
        found[name] = frame
    return found


def windows(every: Frames, as_of: pd.Timestamp) -> list[Window]:
    """Six months after six months, the first one first, so that each record is in one of them."""
    begun = [as_of]
    for name, field in (
        *(("contact", "date"), ("early_help", "start"), ("referral", "date"), ("assessment", "start")),
        *(("s47", "start"), ("icpc", "date"), ("cp_plan", "end"), ("care", "end"), ("adoption", "decision")),
    ):
        begun += [every[name][f"{name}.{field}"].min()]
    first = min(day for day in begun if not pd.isna(day))
    found: list[Window] = []
    while not found or first < found[-1].since + ONE_DAY:
        k = 6 * len(found)
        found.append(Window(as_of - pd.DateOffset(months=k + 6), as_of - pd.DateOffset(months=k)))
    return found[::-1]


def known_on(every: Frames, day: pd.Timestamp) -> Frames:
    """What was known on the evening of a day: nothing of what came later."""
    tomorrow = day + ONE_DAY
    found = {}
    for name, frame in every.items():
        when = KINDS[name].when
        if when is not None:
            frame = frame[frame[f"{name}.{when}"] < tomorrow].reset_index(drop=True)
            for field in KINDS[name].fields:
                column = f"{name}.{field.name}"
                if field.type == "time" and field.name != when:
                    later = frame[column] >= tomorrow
                    for other in DECIDED.get((name, field.name), ()):
                        frame[f"{name}.{other}"] = frame[f"{name}.{other}"].where(~later, None)
                    frame[column] = frame[column].where(~later)
        found[name] = frame
    return found


def rows(number: int, known: Frames, window: Window) -> pd.DataFrame:
    """The rows of a list: child, the fields of its records and of the person, and its derived columns."""
    found = BY_LIST[number](known, window)
    found = found.merge(known["person"].drop_duplicates("child"), on="child", how="left")
    found["Age of Child (Years)"] = _age(found["person.birth"], window.to)
    found["Allocated Worker"] = "Worker " + (_hashed(found["child"]) % WORKERS + 1).astype(str)
    return found


def _hashed(children: pd.Series) -> pd.Series:
    """The same number for the same child in every file."""
    values = pd.util.hash_array(children.astype(object).to_numpy())
    return pd.Series(values, index=children.index)


def _age(birth: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Years at the last birthday; -1 for the unborn."""
    before = (birth.dt.month > day.month) | ((birth.dt.month == day.month) & (birth.dt.day > day.day))
    return (day.year - birth.dt.year - before).clip(lower=-1)


def _contacts(known: Frames, window: Window) -> pd.DataFrame:
    """List 1: contacts received in the six months."""
    frame = known["contact"]
    return frame[window.has(frame["contact.date"])]


def _early_help(known: Frames, window: Window) -> pd.DataFrame:
    """List 2: begun or ended in the six months, or still going on."""
    frame = known["early_help"]
    end = frame["early_help.end"]
    return frame[window.has(frame["early_help.start"]) | window.has(end) | end.isna()]


def _referrals(known: Frames, window: Window) -> pd.DataFrame:
    """List 3: referrals received in the six months."""
    frame = known["referral"]
    counts = _in_last_year(frame["child"], frame["referral.date"], _latest(frame, "referral.date"))
    frame = frame[window.has(frame["referral.date"])].copy()
    frame["Number of Referrals in Last 12 Months"] = _of(frame["child"], counts).fillna(0).astype(int)
    return frame


def _assessments(known: Frames, window: Window) -> pd.DataFrame:
    """List 4: begun or authorised in the six months, or open."""
    frame = known["assessment"]
    end = frame["assessment.authorised"]
    return frame[window.has(frame["assessment.start"]) | window.has(end) | end.isna()]


def _enquiries(known: Frames, window: Window) -> pd.DataFrame:
    """List 5: enquiries begun, ended or conferenced in the six months, or open; a conference goes with its enquiry."""
    s47 = _with_strategy(known["s47"], known["strategy"]).reset_index(names="enquiry")
    icpc = known["icpc"].sort_values("icpc.date", kind="stable")
    of = pd.merge_asof(
        icpc,
        s47[["child", "s47.start", "enquiry"]].sort_values("s47.start"),
        left_on="icpc.date",
        right_on="s47.start",
        by="child",
    ).drop(columns="s47.start")
    first = of["enquiry"].notna() & ~of.duplicated("enquiry")
    joined = s47.merge(of[first].drop(columns="child"), on="enquiry", how="left")
    alone = of[~first].rename(columns={"icpc.team": "s47.team"})
    frame = pd.concat([joined, alone], ignore_index=True)
    open_ = frame["s47.start"].notna() & frame["s47.conference"].isna() & frame["s47.end"].isna()
    frame = frame[
        open_ | window.has(frame["s47.start"]) | window.has(frame["s47.end"]) | window.has(frame["icpc.date"])
    ].copy()
    latest = _latest(known["s47"], "s47.start")
    for header, name, field in (
        ("Number of Section 47 Enquiries in the last 12 months", "s47", "start"),
        ("Number of ICPCs in the last 12 months", "icpc", "date"),
    ):
        counts = _in_last_year(known[name]["child"], known[name][f"{name}.{field}"], latest)
        frame[header] = _of(frame["child"], counts).fillna(0).astype(int)
    frame["strategy.team"] = frame["s47.team"]
    return frame


def _with_strategy(s47: pd.DataFrame, strategy: pd.DataFrame) -> pd.DataFrame:
    """Enquiries with the day of the strategy discussion that began each: the last one before it, else its own start."""
    found = pd.merge_asof(
        s47.sort_values("s47.start", kind="stable"),
        strategy[["child", "strategy.date"]].sort_values("strategy.date", kind="stable"),
        left_on="s47.start",
        right_on="strategy.date",
        by="child",
        tolerance=pd.Timedelta(days=14),
    )
    found["strategy.date"] = found["strategy.date"].fillna(found["s47.start"])
    return found


def _in_need(known: Frames, window: Window) -> pd.DataFrame:
    """List 6: the latest episode of each child that was open in the six months; no referral that ended in NFA."""
    frame = known["referral"]
    nfa = frame["referral.nfa"].fillna(False).astype(bool)
    closed = frame["referral.closed"]
    frame = frame[~nfa & (closed.isna() | (closed >= window.since + ONE_DAY))].drop_duplicates("child", keep="last")
    status = pd.Series("in need plan", index=frame.index)
    for name, word, field in (
        ("assessment", "open assessment", "authorised"),
        ("cin_plan", "in need plan", "end"),
        ("cp_plan", "protection plan", "end"),
        ("care", "looked after", "end"),
    ):
        open_ = known[name].loc[known[name][f"{name}.{field}"].isna(), "child"]
        status = status.mask(frame["child"].isin(open_), word)
    return frame.assign(**{"Case status": status.mask(frame["referral.closed"].notna(), "closed")})


def _plans(known: Frames, window: Window) -> pd.DataFrame:
    """List 7: the latest plan of each child, if it is open or ended in the six months."""
    frame = known["cp_plan"].copy()
    earlier = frame.groupby("child").cumcount()
    frame["cp_plan.previous"] = frame["cp_plan.previous"].fillna(earlier).astype(int)
    end = frame["cp_plan.end"]
    frame = frame[end.isna() | window.has(end)].drop_duplicates("child", keep="last")
    legal = known["legal_status"]
    emergency = legal[legal["legal_status.status"].isin(EMERGENCY) & window.has(legal["legal_status.start"])]
    header = "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
    return frame.assign(**{header: frame["child"].isin(emergency["child"])})


def _in_care(known: Frames, window: Window) -> pd.DataFrame:
    """List 8: the latest period of each child, if it is open or ended in the six months, with what held at its end."""
    every = known["care"]
    end = every["care.end"]
    frame = every[end.isna() | window.has(end)].drop_duplicates("child", keep="last").copy()
    frame["until"] = frame["care.end"].fillna(window.to + ONE_DAY)
    for name in ("legal_status", "placement"):
        frame = _current(frame, known[name], name)
    later = every[end > window.year_ago].merge(frame[["child", "care.start"]], on="child", suffixes=("", ".last"))
    again = later.loc[later["care.start"] < later["care.start.last"], "child"]
    placed = known["placement"]
    placed = placed[placed["placement.end"].isna() | (placed["placement.end"] > window.year_ago)]
    number = _of(frame["child"], placed.groupby("child").size()).fillna(1).clip(lower=1).astype(int)
    header = "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
    frame[header] = frame["child"].isin(again)
    frame["Number of Placements in the Last 12 months"] = number
    return frame


def _current(care: pd.DataFrame, parts: pd.DataFrame, name: str) -> pd.DataFrame:
    """The last legal status (or placement) of each period of care."""
    start, end = f"{name}.start", f"{name}.end"
    found = pd.merge_asof(
        care.sort_values("until", kind="stable"),
        parts.sort_values(start, kind="stable"),
        left_on="until",
        right_on=start,
        by="child",
    )
    gone = (found[start] < found["care.start"]) | (found[end] < found["care.end"].fillna(found["until"] - ONE_DAY))
    columns = [column for column in parts.columns if column != "child"]
    found.loc[gone, columns] = None
    return found


def _leavers(known: Frames, window: Window) -> pd.DataFrame:
    """List 9: care leavers, from the age of 16 on where it is known."""
    frame = known["person"]
    old = ~(_age(frame["person.birth"], window.to) < LEAVER_AGE)
    return frame.loc[old & frame["person.care_leaver"].notna(), ["child"]].drop_duplicates()


def _adoptions(known: Frames, window: Window) -> pd.DataFrame:
    """List 10: in the twelve months adopted, or decided and not yet adopted, or the decision reversed."""
    frame = known["adoption"]
    over = frame["adoption.order"].fillna(frame["adoption.reversed"])
    frame = frame[over.isna() | (over > window.year_ago)]
    began = known["care"].drop_duplicates("child", keep="last").set_index("child")["care.start"]
    return frame.assign(**{"Date the Child Entered Care": _of(frame["child"], began)})


def _adopters(known: Frames, _: Window) -> pd.DataFrame:
    """List 11: case records know no adopters."""
    return known["person"][["child"]].iloc[:0]


def _of(child: pd.Series, by_child: pd.Series) -> pd.Series:
    """What a series by child says of each of the children."""
    return by_child.reindex(child.to_numpy()).set_axis(child.index)


def _latest(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame.groupby("child")[column].max()


def _in_last_year(child: pd.Series, dates: pd.Series, latest: pd.Series) -> pd.Series:
    """By child, how many of the dates are in the twelve months before its latest referral (or enquiry)."""
    until = _of(child, latest)
    since = until - pd.DateOffset(months=12)
    return child[(dates < until) & (dates >= since)].value_counts()


BY_LIST = {
    1: _contacts,
    2: _early_help,
    3: _referrals,
    4: _assessments,
    5: _enquiries,
    6: _in_need,
    7: _plans,
    8: _in_care,
    9: _leavers,
    10: _adoptions,
    11: _adopters,
}
