"""From the files of an import to a dataset: the map that was chosen, with what each event was said to mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flowmap import mapchoice, tubemap
from flowmap.build import BuildOptions, build
from flowmap.dataset import Dataset
from flowmap.eventlog import EventLog
from flowmap.sources.options import Progress
from flowmap.tubemap import TubeMap
from flowmap.web.imports import reading, stations

MAP_FILE = "chosen-map.yaml"
DEMO_SEED = 2018


def build_from(command: dict[str, Any], progress: Progress, kept: dict[str, Any]) -> dict[str, Any]:
    """Build `target` from `files` on `map` with `events`; gives what the page says at the end.

    Raises: SourceError, OptionError, MapError, Failed.
    """

    def first_half(stage: str, share: float) -> None:
        progress(stage, share / 2)

    log = reading.kept_log(command["files"], first_half, kept)
    target = Path(command["target"])
    chosen = _map(command, log, target)
    options = BuildOptions(map=chosen, title=command["title"])
    data = build(log, target, options, progress)
    return summary(data)


def summary(data: Dataset) -> dict[str, Any]:
    """What the page says of a dataset that was just built."""
    report = json.loads((data.path / "quality.json").read_text(encoding="utf-8"))
    problems = [
        {key: each.get(key) for key in ("rule", "message", "count", "action", "remedy")}
        for each in report["problems"]
        if each["rule"] != "recognised"
    ]
    return {
        "title": data.meta["title"],
        "counts": data.meta["counts"],
        "map": {key: data.meta["map"][key] for key in ("name", "title", "why")},
        "rows": {key: report[key] for key in ("rows_read", "rows_kept", "rows_dropped")},
        "files": report.get("files", []),
        "problems": problems,
    }


def _map(command: dict[str, Any], log: EventLog, target: Path) -> str:
    """The name or the file of the map to build on."""
    wanted, chosen = command["map"], command["events"]
    if wanted["kind"] == "builtin" and not chosen:
        return str(wanted["name"])
    tube = load(wanted, target, log)
    path = Path(command["folder"]) / MAP_FILE
    path.write_text(tubemap.dump(stations.with_events(tube, chosen)), encoding="utf-8", newline="\n")
    return str(path)


def load(wanted: dict[str, Any], target: Path | None, log: EventLog | None = None) -> TubeMap:
    """The map that was asked for: built in, a file's text, the dataset's own, or one drawn for the log.

    Raises: MapError.
    """
    if wanted["kind"] == "builtin":
        return tubemap.load(wanted["name"])
    if wanted["kind"] == "file":
        return tubemap.parse(wanted["text"], "your map file")
    if wanted["kind"] == "keep" and target is not None:
        return tubemap.load(target / "map.yaml")
    if log is None:
        raise ValueError("an automatic map is drawn for a log")
    return mapchoice.automatic(log).map


def demo(target: str, progress: Progress) -> dict[str, Any]:
    """Build the reference authority, which is made up, as a dataset like any other."""
    from synthetic import reference

    log = reference.make(seed=DEMO_SEED, progress=lambda share: progress("making up a council", share / 2))
    options = BuildOptions(map="childrens-social-care", title=reference.TITLE, periods=tuple(reference.periods()))
    data = build(log, Path(target), options, lambda stage, share: progress(stage, 0.5 + share / 2))
    return summary(data)
