"""JSON Schemas of the measures that answer questions (see docs/measures.md)."""

from __future__ import annotations

from flowmap.measures.conversion import LONGEST_WINDOW
from flowmap.measures.survival import MOST_POINTS
from flowmap.measures.variation import BEYOND
from flowmap.web.schemas import COUNT, DATE, FLAG, INSTANT, SHARE, TEXT, Schema, array, maybe, record

DAYS: Schema = {"type": ["number", "null"], "minimum": 0}
NUMBER: Schema = {"type": "number"}
PERIOD = record({"from": DATE, "to": DATE})
KEY = maybe(TEXT)

# A share with its numerator, denominator and 95% interval.
FIGURE: dict[str, Schema] = {"count": COUNT, "of": COUNT, "share": SHARE, "low": SHARE, "high": SHARE}
PLACE: dict[str, Schema] = {"id": TEXT, "label": TEXT}
GROUP: dict[str, Schema] = {"value": TEXT, "label": TEXT}

_SERIES = array({"type": ["number", "null"]}, maxItems=MOST_POINTS)
CURVE = record(dict.fromkeys(("day", "at_risk", "reached", "other", "alone", "low", "high"), _SERIES))
QUANTILES = record(dict.fromkeys(("p25", "median", "p75", "p90"), DAYS))

IN_TIME = record(
    {
        "id": TEXT,
        "label": TEXT,
        "limit": TEXT,
        "source": TEXT,
        **FIGURE,
        "overdue": COUNT,
        "not_due": COUNT,
        "with_overdue": record(FIGURE),
    }
)
DURATION = record(
    {
        "start": TEXT,
        "stop": array(TEXT),
        "ends": {"enum": ["reached", "left"]},
        "direct": FLAG,
        "label": TEXT,
        "spells": COUNT,
        "completed": COUNT,
        "open": COUNT,
        "elsewhere": COUNT,
        "restarted": COUNT,
        "days": QUANTILES,
        "working_days": QUANTILES,
        "timescales": array(IN_TIME),
        "at_risk": array(record({"day": COUNT, "at_risk": COUNT})),
        "curve": CURVE,
    },
    optional=("at_risk", "curve"),
)
_GROUP_OF_DURATION = record({**DURATION["properties"], **GROUP}, optional=("at_risk", "curve"))
DURATIONS = record(
    {
        "period": PERIOD,
        "first_day": {"enum": [0, 1]},
        "durations": array(DURATION),
        "by": KEY,
        "groups": array(_GROUP_OF_DURATION),
    }
)

_LED = array(record({**PLACE, **FIGURE}))
_SCALE = record(
    {
        **IN_TIME["properties"],
        "at": array(TEXT),
        "since": maybe(TEXT),
        "led_to": _LED,
        "running": COUNT,
        "near": COUNT,
        "past": COUNT,
    }
)
_LATE = record(
    {
        "timescale": TEXT,
        "state": {"enum": ["near", "past"]},
        "journey": COUNT,
        "child": COUNT,
        "station": TEXT,
        "since": INSTANT,
        "due": INSTANT,
        "working_days_over": COUNT,
    }
)
TIMESCALES = record(
    {
        "period": PERIOD,
        "first_day": {"enum": [0, 1]},
        "at": INSTANT,
        "timescales": array(_SCALE),
        "late": COUNT,
        "drift": array(_LATE),
    }
)

HORIZON: dict[str, Schema] = {"months": COUNT, **FIGURE, "left_out": COUNT}
AFTER = record(
    {
        "months": COUNT,
        "day": COUNT,
        "at_risk": COUNT,
        "reached": SHARE,
        "other": SHARE,
        "alone": SHARE,
        "low": SHARE,
        "high": SHARE,
    }
)
REREFERRAL = record(
    {
        "period": PERIOD,
        "known_from": DATE,
        "sentence": TEXT,
        "rate": record(HORIZON),
        "horizons": array(record(HORIZON)),
        "return": record(
            {
                "closures": COUNT,
                "returned": COUNT,
                "other": COUNT,
                "not_yet": COUNT,
                "after": array(AFTER),
                "curve": CURVE,
            }
        ),
        "by": KEY,
        "groups": array(record({**GROUP, **HORIZON, "closures": COUNT, "after": AFTER})),
    }
)

NFA = record(
    {
        "station": TEXT,
        "label": TEXT,
        "period": PERIOD,
        "known_from": DATE,
        "sentence": TEXT,
        "lookback": COUNT,
        "overall": record(FIGURE),
        "undecided": COUNT,
        "earlier": array(record({"earlier": TEXT, **FIGURE})),
        "trend": maybe(record({"z": NUMBER, "p": SHARE})),
        "left_out": COUNT,
        "points": array(record({"station": TEXT, "label": TEXT, **FIGURE})),
        "by": KEY,
        "groups": array(record({**GROUP, **FIGURE})),
    }
)

STEP = record(
    {
        "stations": array(TEXT),
        "label": TEXT,
        "reached": COUNT,
        "went_on": record(FIGURE),
        "nfa": record(FIGURE),
        "ended": record(FIGURE),
        "under_way": COUNT,
        "median_days_to_next": DAYS,
        "median_days_to_nfa": DAYS,
    }
)
CHAIN = record(
    {
        "label": TEXT,
        "reached_last": record(FIGURE),
        "recent": COUNT,
        "recent_reached": COUNT,
        "steps": array(STEP, minItems=2),
    }
)
CONVERSION = record(
    {
        "period": PERIOD,
        "window_days": {"type": "integer", "minimum": 1, "maximum": LONGEST_WINDOW},
        "chains": array(CHAIN),
        "missing": COUNT,
    }
)

SIDE = record(
    {
        "station": TEXT,
        "label": TEXT,
        "spells": COUNT,
        "completed": COUNT,
        "open": COUNT,
        "elsewhere": COUNT,
        "days": QUANTILES,
        "working_days": QUANTILES,
        "working_days_spent": record(FIGURE),
        "timescales": array(IN_TIME),
        "led_to": _LED,
        "plans": _LED,
    }
)
ENQUIRIES = record({"period": PERIOD, "sentence": TEXT, "section_17": maybe(SIDE), "section_47": maybe(SIDE)})

LIMITS: dict[str, Schema] = dict.fromkeys(("low_95", "high_95", "low_998", "high_998"), SHARE)
VARIATION = record(
    {
        "what": TEXT,
        "period": PERIOD,
        "by": TEXT,
        "overall": record(FIGURE),
        "groups": array(record({**GROUP, **FIGURE, **LIMITS, "beyond": {"enum": list(BEYOND)}})),
        "curve": array(record({"of": COUNT, **LIMITS})),
    }
)

_FIGURE_OF_FINDING = record(
    {
        "label": TEXT,
        "unit": {"enum": ["share", "change", "points"]},
        "value": maybe(NUMBER),
        "low": maybe(NUMBER),
        "high": maybe(NUMBER),
        "count": maybe(COUNT),
        "of": maybe(COUNT),
        "row": maybe(TEXT),
        "column": TEXT,
    }
)
_VIEW = record(
    {
        "cohort": TEXT,
        "at": INSTANT,
        "loop": maybe(record({"from": INSTANT, "to": INSTANT})),
        "colour": TEXT,
        "stations": array(TEXT),
    }
)
FINDING = record(
    {
        "key": TEXT,
        "sentence": TEXT,
        "figures": array(_FIGURE_OF_FINDING, minItems=1),
        "measure": TEXT,
        "query": TEXT,
        "map": _VIEW,
    }
)
FINDINGS = record(
    {
        "journeys": TEXT,
        "period": PERIOD,
        "findings": array(FINDING),
        "questions": array(record({"question": TEXT, "found": maybe(COUNT)})),
        "notes": array(TEXT),
    }
)
