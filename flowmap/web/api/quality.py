"""What was read and what became of it."""

from __future__ import annotations

from typing import Any

from flowmap.summary import summary as summary_of
from flowmap.web import schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.operations import Operation, Rows
from flowmap.web.parameters import AT_MANY
from flowmap.web.routes import Call

COLUMNS = ("rule", "action", "count", "message", "remedy", "file", "place", "row", "value")


def summary(call: Call) -> Any:
    """What `flowmap summary --json` prints."""
    return summary_of(call.dataset.data, call.selection.mask, call["at"] or ())


def summary_rows(_: Call, facts: dict[str, Any]) -> Rows:
    """As a long table: one fact a row."""
    single = ("cases", "journeys", "events", "stations", "first", "last", "repeat_cases", "open")
    found = [{"fact": key, "value": facts[key]} for key in single]
    found += [
        {"fact": "events_by_station", "of": name, "value": count} for name, count in facts["events_by_station"].items()
    ]
    for move in facts["transitions"]:
        name = f"{move['from']} > {move['to']}"
        found.append({"fact": "transitions", "of": name, "value": move["count"]})
        found.append({"fact": "transition_median_hours", "of": name, "value": move["median_hours"]})
    for one in facts["active"]:
        found.append({"fact": "active", "of": one["at"], "value": one["count"]})
    found += [{"fact": "variants", "of": " > ".join(one["path"]), "value": one["count"]} for one in facts["variants"]]
    return ("fact", "of", "value"), found


def quality(call: Call) -> Any:
    """The quality report."""
    return call.dataset.quality()


def quality_rows(_: Call, report: dict[str, Any]) -> Rows:
    """As a table: the totals, then a row a problem, then its examples."""
    found = [{"rule": key, "count": report[key]} for key in ("rows_read", "rows_kept", "rows_dropped")]
    for problem in report["problems"]:
        found.append({key: problem.get(key) for key in COLUMNS[:5]})
        found += [{"rule": problem["rule"], **example} for example in problem.get("examples", ())]
    return COLUMNS, found


OPERATIONS = (
    Operation(
        "summary",
        "/datasets/<dataset>/summary",
        summary,
        "Facts for scripts",
        schemas.SUMMARY,
        parts=(DATASET,),
        parameters=(AT_MANY,),
        cohort=True,
        rows=summary_rows,
    ),
    Operation(
        "quality",
        "/datasets/<dataset>/quality",
        quality,
        "Rows read, kept and dropped, and every problem found",
        schemas.QUALITY,
        parts=(DATASET,),
        rows=quality_rows,
    ),
)
