"""JSON Schemas of effect, pathways, care, benchmarks and workload (docs/measures-effect.md and the pages beside it)."""

from __future__ import annotations

from typing import Any

from flowmap.measures.asked import SHOWN
from flowmap.measures.segments import NAMES
from flowmap.web.measure_schemas import CURVE, FIGURE, KEY, NUMBER
from flowmap.web.schemas import COUNT, FLAG, INSTANT, SHARE, TEXT, Schema, array, by_name, maybe, record

VALUE: Schema = {"type": ["number", "null"]}
NOTES = array(TEXT)

CHANGE = record({"what": TEXT, "estimate": NUMBER, "low": NUMBER, "high": NUMBER, "told": FLAG})
STRETCH = record(
    {
        "name": {"enum": list(NAMES)},
        "from": INSTANT,
        "to": INSTANT,
        "bins": COUNT,
        "value": VALUE,
        "low": SHARE,
        "high": SHARE,
        "count": COUNT,
    }
)
PLOT = record(
    {
        "start": array(INSTANT),
        "value": array(VALUE),
        "count": array(COUNT),
        "fitted": array(VALUE),
        "counterfactual": array(VALUE),
        "stretch": array(TEXT),
    }
)
SCALE: Schema = {"enum": ["ratio", "points"]}
EFFECT_OF_EVENT = record(
    {
        "label": TEXT,
        "event": record({"label": TEXT, "from": INSTANT, "to": maybe(INSTANT)}),
        "by": {"enum": ["day", "week", "month"]},
        "scale": SCALE,
        "table": array(STRETCH),
        "average": CHANGE,
        "expected": NUMBER,
        "observed": NUMBER,
        "changes": array(CHANGE),
        "sensitivity": array(CHANGE),
        "comparison": array(CHANGE),
        "autocorrelation": NUMBER,
        "season": maybe({"enum": ["months", "waves"]}),
        "series": PLOT,
        "sentence": TEXT,
        "notes": NOTES,
    }
)
FOUND = record(
    {"label": TEXT, "from": INSTANT, "to": INSTANT, "bins": COUNT, "size": NUMBER, "p": SHARE, "sentence": TEXT}
)
CHANGES = record(
    {
        "label": TEXT,
        "scale": SCALE,
        "found": array(FOUND),
        "series": record({"start": array(INSTANT), "left": array(NUMBER)}),
    }
)
EFFECT = record(
    {
        "figure": TEXT,
        "label": TEXT,
        "events": array(record({"id": TEXT, "label": TEXT, "from": TEXT, "to": TEXT})),
        "effect": maybe(EFFECT_OF_EVENT),
        "changes": maybe(CHANGES),
        "notes": NOTES,
    }
)

WAY = record(
    {
        "path": TEXT,
        "labels": TEXT,
        "count": COUNT,
        "share": SHARE,
        "children": COUNT,
        "open": COUNT,
        "median_days": VALUE,
    }
)
SEARCH = record(
    {"pattern": TEXT, "scope": {"enum": ["journey", "child"]}, **FIGURE, "children": COUNT, "median_days": VALUE}
)
RETURNING = record({"least": COUNT, "asked": record(FIGURE), "groups": array(record({"referrals": TEXT, **FIGURE}))})
SANKEY = record(
    {
        "journeys": COUNT,
        "beyond": COUNT,
        "nodes": array(record({"step": COUNT, "id": TEXT, "label": TEXT, "count": COUNT})),
        "links": array(record({"source": COUNT, "target": COUNT, "count": COUNT})),
        "merged": array(record({"step": COUNT, "id": TEXT, "count": COUNT})),
        "note": TEXT,
    }
)
WAYS = record(
    {"journeys": COUNT, "distinct": COUNT, "merge": TEXT, "rest": COUNT, "ways": array(WAY)},
)
GROUP = record(
    {"typical": TEXT, "labels": TEXT, "count": COUNT, "share": SHARE, "ways": COUNT, "distance": SHARE},
)
GROUPS = record({"of": TEXT, "total": COUNT, "apart": VALUE, "cut": COUNT, "groups": array(GROUP)})
PATHWAYS = record(
    {
        "show": {"enum": list(SHOWN)},
        "search": maybe(SEARCH),
        "ways": maybe(WAYS),
        "returning": maybe(RETURNING),
        "sankey": maybe(SANKEY),
        "groups": maybe(GROUPS),
        "notes": NOTES,
    }
)

POINT = record({"weeks": COUNT, "at_risk": COUNT, "left": SHARE, "low": SHARE, "high": SHARE})
LEAVING = record(
    {
        "start": TEXT,
        "by": TEXT,
        "left_out": COUNT,
        "groups": array(
            record(
                {
                    "group": TEXT,
                    "spells": COUNT,
                    "ended": COUNT,
                    "median_weeks": VALUE,
                    "points": array(POINT),
                    "curve": CURVE,
                }
            )
        ),
    }
)
WITHIN = maybe(record({"share": SHARE, "low": SHARE, "high": SHARE, "at_risk": COUNT}))
RETURNED = record({"outcome": TEXT, "orders": COUNT, "returned": COUNT, "within_years": by_name(WITHIN)})
COURT = record(
    {
        "applications": COUNT,
        "concluded": COUNT,
        "unit": TEXT,
        "outcomes": array(record({"outcome": TEXT, **FIGURE, "rate": VALUE})),
        "by_status": array(record({"status": TEXT, "outcome": TEXT, **FIGURE})),
        "in_care": array(record({"in_care": TEXT, **FIGURE})),
        "years": array(record({"year": {"type": "integer"}, "outcome": TEXT, "count": COUNT})),
        "median_weeks": VALUE,
        "within_26_weeks": record(FIGURE),
        "returns": array(
            record({"outcome": TEXT, "orders": COUNT, "returned": COUNT, "within_years": by_name(WITHIN)})
        ),
        "precedence": array(record({"outcome": TEXT, "orders": TEXT})),
    }
)
CARE = record({"leaving": maybe(LEAVING), "court": maybe(COURT), "notes": NOTES})

YEAR: Schema = {"type": "integer"}
BENCHMARK = record(
    {
        "figure": TEXT,
        "label": TEXT,
        "unit": {"enum": ["number", "rate", "percent", "working days"]},
        "definition": TEXT,
        "table": TEXT,
        "year": YEAR,
        "whole": FLAG,
        "own": VALUE,
        "count": maybe(COUNT),
        "of": maybe(COUNT),
        "low": VALUE,
        "high": VALUE,
        "published": YEAR,
        "england": VALUE,
        "area": VALUE,
    }
)
BENCHMARKS = record({"area": KEY, "source": TEXT, "rows": array(BENCHMARK), "notes": NOTES})

LOAD = record(
    {
        "group": TEXT,
        "start": INSTANT,
        "arrived": COUNT,
        "left": COUNT,
        "stock": COUNT,
        "child_days": NUMBER,
        "per_day": NUMBER,
        "cost": VALUE,
    }
)
_MOVED: dict[str, Any] = {
    f"{way}_{what}": VALUE for way in ("more", "less") for what in ("arrivals", "child_days", "stock", "cost")
}
THRESHOLD = record(
    {
        "at": TEXT,
        "away": TEXT,
        "to": TEXT,
        "share": NUMBER,
        "decisions": COUNT,
        "now": COUNT,
        "moved": NUMBER,
        "a_year": NUMBER,
        "rows": array(record({"station": TEXT, **_MOVED})),
        "supposes": TEXT,
    }
)
WORKLOAD = record({"by": KEY, "at": TEXT, "rows": array(LOAD), "threshold": maybe(THRESHOLD)})
