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
from flowmap.linkage.report import MatchReport
from flowmap.quality import FlowmapError
from flowmap.sources.options import Progress, ReadOptions
from flowmap.web.imports import links
from flowmap.web.imports.looking import read_options
from flowmap.web.imports.problems import Problem, briefly, problem, renamed
from flowmap.web.imports.process import Failed

DATA = {
    "child", "child_ids", "station", "stations", "time", "date_only", "case", "end", "attributes", "children", "birth",
    "family",
}  # fmt: skip
"""Fields of a log that hold the data; the others say where they are from, and name files."""

MOST_EVENTS = 2000


def read_all(command: dict[str, Any], progress: Progress, kept: dict[str, Any]) -> dict[str, Any]:
    """Read the command's `files` and say what is in them; the log is kept for the build.

    Raises: Failed with every problem found, each with the `id` of its file.
    """
    files = command["files"]
    log = kept_log(command, progress, kept)
    counts = np.bincount(log.station, minlength=len(log.stations)).tolist()
    events = [(name, count) for name, count in zip(log.stations, counts, strict=True) if count]
    events.sort(key=lambda each: -each[1])
    report = log.quality.to_json()
    return {
        "rows": {key: report[key] for key in ("rows_read", "rows_kept", "rows_dropped")},
        "files": [_of_file(each, files) for each in report.get("files", [])],
        "problems": briefly(report["problems"]),
        "recognised": list(log.recognised),
        "children": len(log.child_ids),
        "events": [{"name": name, "count": count} for name, count in events[:MOST_EVENTS]],
        "kinds": len(events),
        "known": _known(events),
    }


def kept_log(command: dict[str, Any], progress: Progress, kept: dict[str, Any]) -> EventLog:
    """The log that was read before, or read now where files or choices have changed since.

    `files` are [{id, path, shown, options, council}]; `replaces` is the dataset that is to be built again (or None),
    whose decisions on links count. `kept` holds the log, and how proceedings were linked (`match`).
    """
    key = json.dumps([command["files"], command["replaces"]], sort_keys=True)
    if kept.get("key") != key:
        kept.clear()
        log, match = _read(command, progress)
        kept |= {"log": log, "match": match, "key": key}
    found: EventLog = kept["log"]
    return found


def _read(command: dict[str, Any], progress: Progress) -> tuple[EventLog, MatchReport | None]:
    """Council files are read together, since extracts that overlap are put right together; each table by itself."""
    files = command["files"]
    names = {Path(each["path"]).name: each["shown"] for each in files}
    council = [each for each in files if each["council"]]
    groups = [group for group in (council, *([each] for each in files if not each["council"])) if group]
    reading, problems, done = sources.Reading(), [], 0.0
    for group in groups:
        tell = _part(progress, names, done, 0.8 * len(group) / len(files))
        done += 0.8 * len(group) / len(files)
        try:
            opened = sources.open_files([Path(each["path"]) for each in group], _options(group), tell)
        except (FlowmapError, MemoryError) as error:
            problems += _blamed(group, error)
            continue
        reading.logs += opened.logs
        reading.caseworks += opened.caseworks
        reading.notes.merge(opened.notes)
    if problems:
        raise Failed(renamed(problems, names))
    try:
        decided = command["replaces"] and links.prepared(Path(command["replaces"]), Path(command["folder"]), files)
        options = replace(_options(council), links=decided or None)
        found = reading.found(options, _part(progress, names, 0.8, 0.2))
        log = reading.log(found)
    except (FlowmapError, MemoryError) as error:
        raise Failed(renamed([{**problem(error), "file": None}], names)) from None
    known = {field.name: renamed(getattr(log, field.name), names) for field in fields(log) if field.name not in DATA}
    return replace(log, **known), found.match if found else None


def _part(progress: Progress, names: dict[str, str], start: float, size: float) -> Progress:
    return lambda stage, share: progress(renamed(stage, names), start + share * size)


def _options(group: Sequence[dict[str, Any]]) -> ReadOptions:
    """The choices for files that are read together: of each kind, the first that was made."""
    made = [each["options"] for each in group]
    return read_options({key: value for options in reversed(made) for key, value in options.items()})


def _blamed(group: Sequence[dict[str, Any]], error: BaseException) -> list[Problem]:
    """Every file of a group that cannot be read, with why; the error itself where each alone can be."""
    found = problem(error)
    if len(group) == 1 or isinstance(error, MemoryError):
        return [{**found, "file": group[0]["id"] if len(group) == 1 else None}]
    problems = []
    for each in group:
        try:
            sources.open_files([Path(each["path"])], _options(group))
        except (FlowmapError, MemoryError) as alone:
            problems.append({**problem(alone), "file": each["id"]})
    blamed = next((each["id"] for each in group if Path(each["path"]).name == found["file"]), None)
    return problems or [{**found, "file": blamed}]


def _of_file(rows: dict[str, Any], files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A file's rows, with the file's id on the page."""
    found = next((each["id"] for each in files if each["shown"] == rows["file"]), None)
    return {**rows, "id": found}


def _known(events: Sequence[tuple[str, int]]) -> dict[str, float]:
    """Of the events, the share that each built-in map knows."""
    total = max(sum(count for _, count in events), 1)
    shares = {}
    for name in tubemap.builtin():
        known, _ = tubemap.match(tubemap.load(name), [event for event, _ in events])
        shares[name] = sum(count for event, count in events if event in known) / total
    return shares
