"""From the files of an import to a dataset: the map that was chosen, with what each event was said to mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flowmap import mapchoice, tubemap
from flowmap.build import BuildOptions, build
from flowmap.eventlog import EventLog
from flowmap.sources.options import Progress
from flowmap.web.imports import links, reading, results, stations

MAP_FILE = "chosen-map.yaml"
DEMO_SEED = 2018


def build_from(command: dict[str, Any], progress: Progress, kept: dict[str, Any]) -> dict[str, Any]:
    """Build `target` from `files` on `map` with `events`; gives what the page says at the end.

    Raises: SourceError, OptionError, MapError, Failed.
    """

    def first_half(stage: str, share: float) -> None:
        progress(stage, share / 2)

    log = reading.kept_log(command, first_half, kept)
    target = Path(command["target"])
    chosen = _map(command, log, target)
    options = BuildOptions(map=chosen, title=command["title"])
    data = build(log, target, options, progress)
    names = {Path(each["path"]).name: each["shown"] for each in command["files"]}
    return {**results.summary(data), "undecided": links.keep(target, kept["match"], names)}


def _map(command: dict[str, Any], log: EventLog, target: Path) -> str:
    """The name or the file of the map to build on."""
    wanted, chosen = command["map"], command["events"]
    if wanted["kind"] == "builtin" and not chosen:
        return str(wanted["name"])
    automatic = wanted["kind"] == "automatic"
    tube = mapchoice.automatic(log).map if automatic else stations.load(wanted, target)
    path = Path(command["folder"]) / MAP_FILE
    path.write_text(tubemap.dump(stations.with_events(tube, chosen)), encoding="utf-8", newline="\n")
    return str(path)


def demo(target: str, progress: Progress) -> dict[str, Any]:
    """Build the reference authority, which is made up, as a dataset like any other."""
    from synthetic import reference

    log = reference.make(seed=DEMO_SEED, progress=lambda share: progress("making up a council", share / 2))
    options = BuildOptions(map="childrens-social-care", title=reference.TITLE, periods=tuple(reference.periods()))
    data = build(log, Path(target), options, lambda stage, share: progress(stage, 0.5 + share / 2))
    return results.summary(data)
