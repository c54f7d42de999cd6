"""What was read and what became of it."""

from __future__ import annotations

import re
from typing import Any

from flowmap.casework.rules import RULES
from flowmap.summary import summary as summary_of
from flowmap.web import schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.operations import Operation, Parameter, Rows, unknown
from flowmap.web.parameters import AT_MANY
from flowmap.web.routes import Call

PROBLEM = ("rule", "severity", "action", "count", "message", "remedy")
COLUMNS = (*PROBLEM, "file", "place", "row", "value")


def _read_rule(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", text, re.ASCII):
        raise ValueError("is not a rule")
    return text


RULE = Parameter(
    "rule",
    "only the problems of this rule",
    {"type": "string"},
    _read_rule,
    "Use a rule that the report names, such as rule=end-before-start.",
    example="end-before-start",
)


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
    """The quality report, or that part of it which is about one rule.

    Raises: Refusal 404 for a rule that is none and that the report does not name.
    """
    report, rule = call.dataset.quality(), call["rule"]
    if rule is None:
        return report
    found = [problem for problem in report["problems"] if problem["rule"] == rule]
    if not found and rule not in RULES:
        named = {problem["rule"] for problem in report["problems"]}
        raise unknown("rule", rule, sorted(named | set(RULES)), "rule")
    return {**report, "problems": found}


def quality_rows(call: Call, report: dict[str, Any]) -> Rows:
    """As a table: the totals, those of each file, then a row a problem, each followed by its examples."""
    found = []
    if call["rule"] is None:
        totals = ("rows_read", "rows_kept", "rows_dropped")
        found = [{"rule": key, "count": report[key]} for key in totals]
        for file in report.get("files", ()):
            counts = ("read", "kept", "repaired", "dropped")
            found += [{"rule": f"file_{key}", "count": file[key], "file": file["file"]} for key in counts]
    for problem in report["problems"]:
        found.append({key: problem.get(key) for key in PROBLEM})
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
        parameters=(RULE,),
        rows=quality_rows,
    ),
)
