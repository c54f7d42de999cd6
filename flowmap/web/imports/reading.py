"""All files of an import as one event log, with what was found in them; an error is said of the file it is in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from flowmap import sources, tubemap
from flowmap.eventlog import EventLog
from flowmap.quality import FlowmapError
from flowmap.sources.join import join, without_constants
from flowmap.sources.options import Progress
from flowmap.web.imports.looking import read_options
from flowmap.web.imports.problems import Problem, make, problem, renamed
from flowmap.web.imports.process import Failed

DATA = {
    "child", "child_ids", "station", "stations", "time", "date_only", "case", "end", "attributes", "children", "birth",
}  # fmt: skip
"""Fields of a log that hold the data; the others say where they are from, and name files."""

MOST_EVENTS = 2000


def read_all(files: Sequence[dict[str, Any]], progress: Progress, kept: dict[str, Any]) -> dict[str, Any]:
    """Read the files ([{id, path, shown, options}]) and say what is in them; the log is kept for the build.

    Raises: Failed with every problem found, each with the `id` of its file.
    """
    log = _log(files, progress, kept)
    counts = np.bincount(log.station, minlength=len(log.stations)).tolist()
    events = sorted(zip(log.stations, counts, strict=True), key=lambda each: -each[1])
    report = log.quality.to_json()
    return {
        "rows": {key: report[key] for key in ("rows_read", "rows_kept", "rows_dropped")},
        "files": [_of_file(each, files) for each in report.get("files", [])],
        "problems": [_brief(each) for each in report["problems"] if each["rule"] != "recognised"],
        "recognised": list(log.recognised),
        "children": len(log.child_ids),
        "events": [{"name": name, "count": count} for name, count in events[:MOST_EVENTS]],
        "kinds": len(events),
        "known": _known(events),
    }


def kept_log(files: Sequence[dict[str, Any]], progress: Progress, kept: dict[str, Any]) -> EventLog:
    """The log that was read before, or read now where files or choices have changed since."""
    return _log(files, progress, kept)


def _log(files: Sequence[dict[str, Any]], progress: Progress, kept: dict[str, Any]) -> EventLog:
    key = json.dumps(files, sort_keys=True)
    if kept.get("key") != key:
        kept.clear()
        kept |= {"log": _read(files, progress), "key": key}
    log: EventLog = kept["log"]
    return log


def _read(files: Sequence[dict[str, Any]], progress: Progress) -> EventLog:
    """Files without choices of their own are read together, since extracts that overlap are put right together."""
    names = {Path(each["path"]).name: each["shown"] for each in files}
    together = [each for each in files if not each["options"]]
    groups = [[each] for each in files if each["options"]]
    groups = [together, *groups] if together else groups
    logs, problems = [], []
    for i, group in enumerate(groups):
        start, size = sum(len(g) for g in groups[:i]) / len(files), len(group) / len(files)

        def tell(stage: str, share: float, start: float = start, size: float = size) -> None:
            progress(renamed(stage, names), start + share * size)

        try:
            logs.append(sources.read([Path(each["path"]) for each in group], read_options(group[0]["options"]), tell))
        except (FlowmapError, MemoryError) as error:
            problems += _blamed(group, error)
    if problems:
        raise Failed(renamed(problems, names))
    log = logs[0] if len(logs) == 1 else without_constants(join(logs))
    known = {field.name: renamed(getattr(log, field.name), names) for field in fields(log) if field.name not in DATA}
    return replace(log, **known)


def _blamed(group: Sequence[dict[str, Any]], error: BaseException) -> list[Problem]:
    """Every file of a group that cannot be read, with why; the error itself where each alone can be."""
    found = problem(error)
    if len(group) == 1 or isinstance(error, MemoryError):
        return [{**found, "file": group[0]["id"] if len(group) == 1 else None}]
    problems = []
    for each in group:
        try:
            sources.read([Path(each["path"])], read_options(each["options"]))
        except (FlowmapError, MemoryError) as alone:
            problems.append({**problem(alone), "file": each["id"]})
    blamed = next((each["id"] for each in group if Path(each["path"]).name == found["file"]), None)
    return problems or [{**found, "file": blamed}]


def _of_file(rows: dict[str, Any], files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A file's rows, with the file's id on the page."""
    found = next((each["id"] for each in files if each["shown"] == rows["file"]), None)
    return {**rows, "id": found}


def _brief(found: dict[str, Any]) -> dict[str, Any]:
    """A problem without its examples, which may quote values."""
    return {key: found.get(key) for key in ("rule", "message", "count", "action", "remedy")}


def _known(events: Sequence[tuple[str, int]]) -> dict[str, float]:
    """Of the events, the share that each built-in map knows."""
    total = max(sum(count for _, count in events), 1)
    shares = {}
    for name in tubemap.builtin():
        known, _ = tubemap.match(tubemap.load(name), [event for event, _ in events])
        shares[name] = sum(count for event, count in events if event in known) / total
    return shares


def nothing() -> Problem:
    """Said where there is no file."""
    return make("There is no file yet.", "Drop one on the page, or choose one.")
