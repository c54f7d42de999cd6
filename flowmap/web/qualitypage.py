"""The quality report as a page for people: what became of the rows, and each problem, the worst first."""

from __future__ import annotations

from typing import Any

from flowmap.casework.rules import RULES
from flowmap.quality import CANNOT_KNOW, SEVERITIES, SEVERITY_OF, UNDERSTOOD
from flowmap.sources.labels import label

COUNTS = ("read", "kept", "repaired", "dropped")
GROUPS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "note": ("note", "notes")}
DONE = {
    "kept": "kept as it is",
    "repaired": "repaired",
    "dropped": "dropped",
    "note": "nothing to be done",
}
DONE_MANY = {**DONE, "kept": "kept as they are"}
AGAIN = ("same-record-again", "duplicate-row")  # rows dropped of which nothing is lost
COLUMNS = (("file", "File"), ("place", "Sheet or element"), ("row", "Row"), ("value", "Value"))


def described(report: dict[str, Any]) -> dict[str, Any]:
    """What the template shows of a dataset's `quality.json` (also of one built before files were counted)."""
    said = (UNDERSTOOD, CANNOT_KNOW)
    problems = sorted((_problem(each) for each in report["problems"] if each["rule"] not in said), key=_worst_first)
    for number, problem in enumerate(problems, 1):
        problem["id"] = f"problem-{number}"
    counts = {each: sum(problem["severity"] == each for problem in problems) for each in SEVERITIES}
    files = [{**file, "format": label(file["format"])} for file in report.get("files", [])]
    return {
        "files": [file for file in files if file["read"]],
        "empty": list(dict.fromkeys(file["file"] for file in files if not file["read"])),
        "total": _total(report),
        "again": sum(each["count"] for each in problems if each["rule"] in AGAIN),
        "problems": problems,
        "tally": [f"{count:,} {GROUPS[each][count != 1]}" for each, count in counts.items() if count],
        "places_lack_values": any(problem["lacks_values"] for problem in problems),
        "cannot_know": _sentences(report, CANNOT_KNOW),
        "understood": _sentences(report, UNDERSTOOD),
    }


def _sentences(report: dict[str, Any], rule: str) -> list[str]:
    return list(dict.fromkeys(each["message"] for each in report["problems"] if each["rule"] == rule))


def _worst_first(problem: dict[str, Any]) -> tuple[int, int]:
    return SEVERITIES.index(problem["severity"]), -problem["count"]


def _total(report: dict[str, Any]) -> dict[str, int]:
    repaired = sum(file["repaired"] for file in report.get("files", []))
    kept = report["rows_kept"] - repaired
    return dict(zip(COUNTS, (report["rows_read"], kept, repaired, report["rows_dropped"]), strict=True))


def _problem(found: dict[str, Any]) -> dict[str, Any]:
    rule = RULES.get(found["rule"])
    examples = found.get("examples", [])
    columns = [(key, label) for key, label in COLUMNS if any(one.get(key) is not None for one in examples)]
    many = found["count"] != 1
    return {
        "rule": found["rule"],
        "severity": found.get("severity") or SEVERITY_OF[found["action"]],
        "message": found["message"],
        "count": found["count"],
        "done": (DONE_MANY if many else DONE)[found["action"]],
        "why": rule.why if rule else "",
        "remedy": found.get("remedy") or "",
        "columns": columns,
        "examples": [[one.get(key) for key, _ in columns] for one in examples] if columns else [],
        "lacks_values": bool(examples) and not any(key == "value" for key, _ in columns),
    }
