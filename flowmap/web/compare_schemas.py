"""JSON Schemas of comparisons (see docs/compare.md)."""

from __future__ import annotations

from flowmap.web.measure_schemas import NUMBER, PERIOD
from flowmap.web.schemas import COUNT, DATE, FLAG, INSTANT, SHARE, TEXT, array, maybe, record

SIDE = record(
    {
        "title": TEXT,
        "journeys_of": TEXT,
        "query": TEXT,
        "period": PERIOD,
        "period_words": TEXT,
        "span": PERIOD,
        "day_zero": DATE,
        "days": record({"first": {"type": "integer"}, "last": {"type": "integer"}}),
        "stock_at": maybe(INSTANT),
        "journeys": COUNT,
        "children": COUNT,
    }
)
ROW = record(
    {
        "section": {"enum": ["volume", "nfa", "rereferral", "conversion", "time", "in_time", "stock"]},
        "figure": TEXT,
        "label": TEXT,
        "unit": {"enum": ["share", "days", "per month", "journeys", "children"]},
        "left": maybe(NUMBER),
        "left_count": COUNT,
        "left_of": maybe(COUNT),
        "right": maybe(NUMBER),
        "right_count": COUNT,
        "right_of": maybe(COUNT),
        "difference": maybe(NUMBER),
        "low": maybe(NUMBER),
        "high": maybe(NUMBER),
        "ratio": maybe(NUMBER),
        "p": SHARE,
        "within_chance": FLAG,
        "told": FLAG,
        "sentence": TEXT,
        "measure": maybe(TEXT),
        "left_query": maybe(TEXT),
        "right_query": maybe(TEXT),
    }
)
COMPARE = record(
    {
        "left": SIDE,
        "right": SIDE,
        "shared": record({"journeys": COUNT, "children": COUNT}),
        "told": array(TEXT),
        "rows": array(ROW),
        "left_out": array(record({"what": TEXT, "why": TEXT})),
        "notes": array(TEXT),
    }
)

_AT = record({"from": DATE, "stock": COUNT, "arrivals": COUNT, "exits": COUNT})
SERIES = record(
    {
        "bin": {"enum": ["day", "week"]},
        "align": record({"left": DATE, "right": DATE}),
        "bins": array(record({"day": {"type": "integer"}, "left": maybe(_AT), "right": maybe(_AT)})),
    }
)
