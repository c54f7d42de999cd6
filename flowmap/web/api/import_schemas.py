"""JSON Schemas of what an import gives and takes."""

from __future__ import annotations

from flowmap import tubemap
from flowmap.web.schemas import COUNT, COUNTS, FLAG, TEXT, Schema, array, by_name, maybe, record

WORDS: Schema = {"type": ["string", "null"]}
NOTHING = record({})
OPENING = record({"dataset": WORDS}, optional=("dataset",))
LIMITS = record({"file": COUNT, "all": COUNT, "files": COUNT, "piece": COUNT, "reserve": COUNT, "sessions": COUNT})
PROBLEM = record(
    {
        "message": TEXT,
        "remedy": TEXT,
        "questions": array(TEXT),
        "file": WORDS,
        "row": {"type": ["integer", "null"]},
        "value": WORDS,
    }
)
_COLUMN: Schema = {"type": ["string", "null"], "maxLength": 500, "description": "the name of a column"}
OPTIONS = record(
    {
        "case": _COLUMN,
        "event": _COLUMN,
        "time": _COLUMN,
        "end": _COLUMN,
        "dayfirst": {"type": ["boolean", "null"], "description": "true: 03/04 is 3 April"},
        "timezone": {"type": ["string", "null"], "maxLength": 500},
        "times": {"enum": ["start", "end", None], "description": "when a station is reached"},
    },
    optional=("case", "event", "time", "end", "dayfirst", "timezone", "times"),
)
SEEN = record(
    {
        "format": WORDS,
        "label": WORDS,
        "why": WORDS,
        "plain": FLAG,
        "council": FLAG,
        "columns": array(TEXT),
        "guess": {"type": "object"},
        "preview": maybe({"type": "object"}),
        "problem": maybe(PROBLEM),
    }
)
FILE = record(
    {
        "id": TEXT,
        "name": TEXT,
        "size": COUNT,
        "received": COUNT,
        "complete": FLAG,
        "already": {
            "type": ["string", "null"],
            "description": "the file that has the very same name and content; then this one is not kept",
        },
        "options": OPTIONS,
        "seen": maybe(SEEN),
    }
)
MAP: Schema = {
    "oneOf": [
        record({"kind": {"const": "builtin"}, "name": {"enum": tubemap.builtin()}}),
        record({"kind": {"const": "file"}, "text": TEXT}),
        record({"kind": {"enum": ["automatic", "keep"]}}),
    ]
}
MAP_BODY = record({"map": MAP})
BUILD = record(
    {
        "title": {"type": "string", "minLength": 1, "maxLength": 120},
        "map": MAP,
        "events": {**by_name(WORDS), "description": "event → station id; null for none"},
    },
    optional=("events",),
)
_EVENT = {"name": TEXT, "count": COUNT}
FOUND = record(
    {
        "rows": COUNTS,
        "files": array({"type": "object"}),
        "problems": array({"type": "object"}),
        "recognised": array(TEXT),
        "children": COUNT,
        "events": array(record(_EVENT)),
        "kinds": COUNT,
        "known": by_name({"type": "number"}),
        "suggested": {"type": "object"},
    }
)
EVENTS = record(
    {
        "title": TEXT,
        "places": array(record({"id": TEXT, "label": TEXT, "kind": TEXT})),
        "events": array(
            record({**_EVENT, "station": WORDS, "how": {"enum": ["named", "known", "guess", "unknown", "own"]}})
        ),
    }
)
JOB = record(
    {
        "kind": {"enum": ["read", "build", "demo", None]},
        "state": {"enum": ["idle", "running", "done", "failed", "cancelled"]},
        "stage": TEXT,
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "result": maybe({"type": "object"}),
        "problems": array(PROBLEM),
    }
)
SESSION = record(
    {
        "id": TEXT,
        "dataset": WORDS,
        "limits": LIMITS,
        "files": array(FILE),
        "found": maybe(FOUND),
        "job": JOB,
    }
)
RENAMED = record({"name": TEXT, "title": TEXT})
TITLE = record({"title": {"type": "string", "minLength": 1, "maxLength": 120}})
