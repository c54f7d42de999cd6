"""What the table of each measure is, for its release. A measure that is not here cannot be released."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flowmap.measures.durations import QUANTILES
from flowmap.release import Group, Row, Shape, every

FIGURE: dict[str, Any] = {
    "counts": ("count", "of"),
    "of": (("count", "of"),),
    "shares": (("share", "count", "of"),),
    "interval": True,
}


def _same(*names: str) -> Callable[[Row], Hashable]:
    return lambda row: tuple(row.get(name) for name in names)


def _where(name: str, value: str, key: str | None = None) -> Callable[[Row], Hashable | None]:
    """A key for rows that have a value: that value, or what they have in another column."""
    return lambda row: (value, row.get(key) if key else None) if row.get(name) == value else None


def _link(row: Row) -> Hashable | None:
    """Links of a Sankey that begin at one node."""
    return (row["what"], row["path"].split(" > ")[0]) if str(row.get("what")).startswith("step") else None


def _occupancy(stations: tuple[str, ...]) -> Shape:
    return Shape(("at",), ("count", *stations), within=(("count", stations),))


SHAPES: dict[str, Shape] = {
    "benchmarks": Shape(
        ("figure", "label", "unit", "year", "whole", "published", "england", "area", "definition"), **FIGURE
    ),
    "care": Shape(
        ("what", "group", "weeks"), **FIGURE,
        groups=(Group(("count",), _where("what", "order")),),
    ),
    "compare": Shape(  # without intervals and sentences, which hold counts as they are, and quantiles of two sides
        ("section", "figure", "label", "unit"), ("left_count", "left_of", "right_count", "right_of"),
        of=(("left_count", "left_of"), ("right_count", "right_of"),
            *((f"{one}_{what}", f"{other}_{what}")  # where one side is part of the other, the rest could be worked out
              for one, other in (("left", "right"), ("right", "left")) for what in ("count", "of"))),
        shares=(("left", "left_count", "left_of"), ("right", "right_count", "right_of")),
        groups=tuple(
            Group((f"{name}_count",), lambda row: "at" if row["figure"].startswith("stock/") else None,
                  lambda row: "at" if row["figure"] == "stock" else None)
            for name in ("left", "right")
        ),
        kept=lambda row: row["unit"] != "days",
    ),
    "conversion": Shape(
        ("chain", "step", "stations"),
        ("reached", "of", "went_on", "nfa", "ended", "under_way", "recent"),
        within=(("reached", ("went_on", "nfa", "ended", "under_way")),),
        of=(("reached", "of"), ("went_on", "reached"), ("nfa", "reached"), ("ended", "reached")),
        shares=(("went_on_share", "went_on", "reached"), ("nfa_share", "nfa", "reached"),
                ("ended_share", "ended", "reached")),
        quantiles=(("median_days_to_next", "went_on", 0.5), ("median_days_to_nfa", "nfa", 0.5)),
        alike=(("of", "recent"), ("chain",)),
    ),
    "durations": Shape(
        ("value", "start", "stop", "ends", "direct", "limit"),
        ("spells", "completed", "open", "elsewhere", "restarted", "count", "of", "overdue", "not_due"),
        within=(("spells", ("completed", "open", "elsewhere")),
                ("spells", ("completed", "open", "elsewhere", "restarted"))),
        of=(("count", "of"), ("of", "completed")),
        shares=(("share", "count", "of"),),
        quantiles=tuple((f"{unit}_{name}", "completed", share)
                        for unit in ("days", "working_days") for name, share in QUANTILES.items()),
        groups=(Group(("spells", "completed", "open", "elsewhere", "restarted", "count", "of", "overdue", "not_due"),
                      lambda row: row.get("limit") or "" if row.get("value") is not None else None,
                      lambda row: row.get("limit") or "" if row.get("value") is None else None),),
        alike=(("spells", "completed", "open", "elsewhere", "restarted"), ("value", "start", "stop")),
    ),
    "effect": Shape(
        ("what", "name", "from", "to", "bins"), series=True, kept=lambda row: row["what"] in ("stretch", "stands out")
    ),
    "enquiries": Shape(
        ("side", "figure", "station"), **FIGURE,
        groups=(
            Group(("count",),
                  lambda row: row["side"] if row["figure"] in ("completed", "open") else None,
                  lambda row: row["side"] if row["figure"] == "spells" else None),
            Group(("count",),
                  lambda row: row["side"] if row["figure"] == "led_to" else None,
                  lambda row: row["side"] if row["figure"] == "completed" else None),
        ),
        kept=lambda row: not row["figure"].startswith("working_days"),
    ),
    "facets": Shape(("facet", "value", "label"), groups=(Group(("count",), _same("facet"), one=True),)),
    "findings": Shape(  # without sentences, which hold the counts as they are, and working days, as in enquiries
        ("key", "label"), ("count", "of"), of=FIGURE["of"], shares=(("value", "count", "of"),), interval=True,
        groups=(Group(("count", "of"), lambda row: row["key"] if row["key"] == "returning" else None),),
        kept=lambda row: row["unit"] == "share" and row["key"] != "sections",
    ),
    "flow": Shape(("start",), ("stock", "arrivals", "exits"), chain=("stock", "arrivals", "exits"), series=True),
    "moves": Shape(
        ("from", "from_label", "to", "to_label"), ("count", "same_day"), of=(("same_day", "count"),),
        quantiles=(("median_hours", "count", 0.5), ("p90_hours", "count", 0.9)),
        groups=(Group(("count", "same_day"), _same("from")), Group(("count", "same_day"), _same("to"))),
        rare=every,
    ),
    "nfa": Shape(
        ("figure", "value", "label"), **FIGURE,
        groups=(
            Group(("count", "of"), _where("figure", "group"),
                  lambda row: ("group", None) if row["figure"] == "overall" else None),
            Group(("count", "of"), _where("figure", "earlier")),
            Group(("count", "of"), _where("figure", "point", "value"),
                  lambda row: ("point", row["value"]) if row["figure"] == "overall" else None),
        ),
    ),
    "pathways": Shape(
        ("what", "path", "labels"), ("count", "of", "children", "open"),
        of=(("count", "of"), ("open", "count")), shares=FIGURE["shares"], interval=True,
        quantiles=(("median_days", "count", 0.5),), groups=(Group(("count",), _link),),
        rare=lambda row: row["what"] not in ("pattern", "never further"),
    ),
    "rereferral": Shape(
        ("figure", "value", "label", "months"), ("count", "of", "left_out", "at_risk"),
        within=(("referrals", ("of", "left_out")),),
        of=FIGURE["of"], shares=FIGURE["shares"], interval=True,
        groups=(
            Group(("count", "of", "left_out"), _where("figure", "group"),
                  lambda row: ("group", None) if row["figure"] == "rate" else None),
            Group(("count", "of", "left_out"), _where("figure", "horizon", "months"),
                  lambda row: ("horizon", row["months"]) if row["figure"] == "rate" else None),
        ),
    ),
    "stations": Shape(
        ("id", "label"), ("reached", "began", "left", "ended", "waiting", "overdue"),
        within=(("reached", ("left", "ended", "waiting")),),
        of=(("began", "reached"), ("overdue", "waiting")),
        shares=(("overdue_share", "overdue", "waiting"),),
        quantiles=(("median_wait_hours", "left", 0.5), ("p90_wait_hours", "left", 0.9)),
        groups=(Group(("began", "ended", "waiting"), _same()),),
    ),
    "timescales": Shape(  # without those who are late, one by one
        ("what", "timescale", "label", "limit", "station"), ("count", "of", "overdue", "not_due"),
        of=FIGURE["of"], shares=FIGURE["shares"], interval=True,
        groups=(Group(("count", "of"), _where("what", "led to", "timescale"),
                      lambda row: ("led to", row["timescale"]) if row["what"] == "timescale" else None),),
        kept=lambda row: row["what"] != "drift",
    ),
    "variants": Shape(("path",), rare=every),
    "variation": Shape(
        ("value", "label"), **FIGURE,
        groups=(Group(("count", "of"), lambda row: None if row.get("value") is None else "all",
                      lambda row: "all" if row.get("value") is None else None),),
    ),
    "weeks": Shape(("start",), ("in", "out", "waiting"), chain=("waiting", "in", "out"), series=True),
    "workload": Shape(
        ("group", "start"), ("arrived", "left", "stock"), chain=("stock", "arrived", "left"),
        chained=lambda row: row["group"], groups=(Group(("arrived", "left", "stock"), _same("start")),), series=True,
    ),
}  # fmt: skip


def shape_of(name: str, columns: tuple[str, ...]) -> Shape:
    """What the table of a measure is; that of occupancy has a column a station."""
    return _occupancy(columns[2:]) if name == "occupancy" else SHAPES[name]
