"""From files to a dataset: read, choose a map, find journeys and moves, give pseudonyms, write."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

import flowmap
from flowmap import dataset, dataset_write, mapchoice, pseudonyms, transitions, tubemap
from flowmap import journeys as finding
from flowmap.columns import FacetColumn, of_children, of_journeys
from flowmap.dataset import DAY, Dataset, iso
from flowmap.eventlog import EventLog, SourceError
from flowmap.journeys import Journeys
from flowmap.mapchoice import Choice
from flowmap.quality import QualityReport, may_be_kept
from flowmap.transitions import Transitions

if TYPE_CHECKING:
    from flowmap.linkage.report import MatchReport
    from flowmap.sources import ReadOptions

Progress = Callable[[str, float], None]  # what is being done, and how much of the whole is done (0 to 1)
Say = Callable[[str], None]

LONGEST_JOURNEY = 65_535  # moves: `moves` and `move` are uint16 on disk


@dataclass(frozen=True)
class BuildOptions:
    """How to read, which map (a built-in name or a file; None: choose), the dataset's title, and its event bands.

    `periods` ([{id, label, from, to, kind}]) are for a dataset that is new: a rebuilt one keeps its own.
    """

    read: ReadOptions | None = None
    map: str | None = None
    title: str | None = None
    periods: tuple[dict[str, str], ...] = ()


def _silent(*_: object) -> None:
    """Nobody listens."""


def build(
    source: Sequence[Path | str] | EventLog,
    target: Path,
    options: BuildOptions | None = None,
    progress: Progress = _silent,
    say: Say = _silent,
) -> Dataset:
    """Build the dataset `target` from files, folders, databases or a log; it takes the place of one that is there.

    `say` is told what was recognised and chosen. Raises SourceError (bad data), OptionError (a target that is not a
    dataset, wrong options) and MapError; the dataset that was there is then as it was.
    """
    options = options or BuildOptions()
    target = Path(target)
    dataset_write.check_target(target)
    with dataset_write.building(target) as folder:
        log, links = (source, None) if isinstance(source, EventLog) else _read(source, target, options, progress)
        log = replace(log, quality=deepcopy(log.quality))  # what this build finds is not said of the log itself
        del source
        for line in log.recognised:
            say(line)
        if not len(log):
            raise SourceError("There are no events to build from.", remedy="See `flowmap check` for what was dropped.")
        progress("finding journeys", 0.5)
        choice = mapchoice.choose(log, options.map)
        say(f"Map: {choice.map.title} ({choice.map.name}; {choice.why}).")
        drawn = _fingerprint(tubemap.dump(choice.map))
        choice = _as_arranged(choice, target, options, log.quality)
        log.quality.problems.extend(choice.problems)
        journeys = choice.journeys or finding.find(log, choice.place, choice.exits)
        _check(journeys, log.quality)
        with ThreadPoolExecutor(2) as beside:
            drawing = beside.submit(pseudonyms.draw, len(journeys.log_child))
            progress("finding moves", 0.6)
            moves = transitions.find(journeys, len(choice.map.places()))
            writing = [beside.submit(_write_moves, folder, moves)]
            progress("finding facets", 0.75)
            facets = [*of_journeys(log, journeys, choice), *of_children(log, journeys)]
            log.quality.problems.sort(key=lambda p: p.action == "note")
            progress("writing", 0.85)
            names = drawing.result()
            writing.append(beside.submit(_write_journeys, folder, journeys, facets))
            writing.append(beside.submit(_write_children, folder, names, facets))
            _write_descriptions(folder, target, log, choice, journeys, moves, facets, options, drawn)
            if links is not None:
                dataset_write.write_json(folder / "match.json", links.report.to_json())
            for written in writing:
                written.result()
        progress("putting in place", 0.95)
        dataset_write.put_in_place(folder, target, names, log.child_ids.take(pa.array(journeys.log_child)))
        if links is not None:
            links.keep(say)
    progress("done", 1.0)
    return dataset.open(target)


@dataclass(frozen=True)
class _Links:
    """How care proceedings were linked to children, and the file in which a person decides on what is open."""

    report: MatchReport
    path: Path
    decided: Path  # where decisions were read from

    def keep(self, say: Say) -> None:
        """Write the rows that are open for a person to decide, with the decisions made already."""
        from flowmap.linkage import decisions

        if self.report.review:
            decisions.write(self.path, self.report.review, decisions.read(self.decided))
            open_ = len(self.report.review)
            rows = "1 row of proceedings is" if open_ == 1 else f"{open_:,} rows of proceedings are"
            say(f"{rows} for you to decide: see {self.path.name}.")


def _read(
    paths: Sequence[Path | str], target: Path, options: BuildOptions, progress: Progress
) -> tuple[EventLog, _Links | None]:
    """The log of the files. Decisions on links lie beside the dataset, unless they were named."""
    from flowmap import sources  # a log in memory is built without any reader
    from flowmap.linkage import decisions

    def opening(stage: str, share: float) -> None:
        progress(stage, 0.4 * share)

    def joining(stage: str, share: float) -> None:
        progress(stage, 0.4 + 0.1 * share)

    read = options.read or sources.ReadOptions()
    decided = read.links or decisions.beside(target)
    read = replace(read, links=decided)
    opened = sources.open_files(list(paths), read, opening)
    found = opened.found(read, joining)
    match = found and found.match
    return opened.log(found), _Links(match, decisions.beside(target), decided) if match else None


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _as_arranged(choice: Choice, target: Path, options: BuildOptions, quality: QualityReport) -> Choice:
    """The map with stations where they were dragged on the page of the dataset that is replaced.

    They were, if its map is no longer the one that was built: `map.sha256` in dataset.json is that of the map before.
    A map asked for by name or file is taken as it is.
    """
    if options.map is not None:
        return choice
    try:
        text = (target / "map.yaml").read_text(encoding="utf-8")
        built = json.loads((target / "dataset.json").read_text(encoding="utf-8"))["map"].get("sha256")
        before = tubemap.parse(text, "map.yaml")
    except (OSError, ValueError, KeyError, tubemap.MapError):
        return choice  # nothing stood here, or nothing that can be read
    if built in (None, _fingerprint(text)) or before.name != choice.map.name:
        return choice
    standing = {place.id for place in choice.map.places() if place.at is not None}
    positions = {p.id: p.at for p in before.places() if p.at is not None and p.id in standing}
    try:
        return replace(choice, map=tubemap.moved(choice.map, positions))
    except tubemap.MapError as error:
        quality.add(
            "layout-not-kept",
            f"Stations are no longer where they were dragged: {error.problems[0].message}",
            remedy="Arrange the map again on the page.",
        )
        return choice


def _check(journeys: Journeys, quality: QualityReport) -> None:
    if journeys.resumed:
        quality.add(
            "event_after_exit",
            "A case of the source's own goes on after an exit; it is kept as one journey.",
            count=journeys.resumed,
            action="kept",
        )
    longest = int(journeys.events.max())
    if longest > LONGEST_JOURNEY:
        raise SourceError(
            f"One journey has {longest:,} events; at most {LONGEST_JOURNEY:,} can be held.",
            remedy="Check that the column given as the child (--case) tells children apart.",
        )


def _write_journeys(folder: Path, journeys: Journeys, facets: list[FacetColumn]) -> None:
    table = {
        "child": pa.array(journeys.child.astype(np.uint32)),
        "visit": pa.array(np.minimum(journeys.visit, 65_535).astype(np.uint16)),
        "start": _instants(journeys.start),
        "end": _instants(journeys.end),
        "open": pa.array(journeys.open),
        "first": pa.array(journeys.first.astype(np.uint16)),
        "last": pa.array(journeys.last.astype(np.uint16)),
        "moves": pa.array((journeys.events - 1).astype(np.uint16)),
    }
    table |= {f.facet.key: f.arrow() for f in facets if f.facet.of == "journey" and f.facet.key not in table}
    dataset_write.write_table(folder / "journeys.arrow", table)


def _write_children(folder: Path, names: pa.Array, facets: list[FacetColumn]) -> None:
    children = {"pseudonym": names} | {f.facet.key: f.arrow() for f in facets if f.facet.of == "child"}
    dataset_write.write_table(folder / "children.arrow", children)


def _write_moves(folder: Path, moves: Transitions) -> None:
    columns = {
        "route": pa.array(moves.route),
        "journey": pa.array(moves.journey),
        "move": pa.array(moves.move),
        "depart": _instants(moves.depart),
        "arrive": _instants(moves.arrive),
    }
    dataset_write.write_table(folder / "transitions.arrow", columns)


def _instants(seconds: Any) -> pa.Array:
    return pa.array(seconds).view(pa.timestamp("s", tz="UTC"))


def _write_descriptions(
    folder: Path,
    target: Path,
    log: EventLog,
    choice: Choice,
    journeys: Journeys,
    moves: Transitions,
    facets: list[FacetColumn],
    options: BuildOptions,
    drawn: str,
) -> None:
    quality = _without_values(log.quality)
    first, last = int(journeys.time.min()), int(journeys.time.max())
    title = options.title or target.name.replace("-", " ").replace("_", " ").capitalize()
    meta = {
        "schema": dataset.SCHEMA,
        "id": secrets.token_hex(16),
        "name": target.name,
        "title": title,
        "built": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "first": iso(first),
        "last": iso(last),
        "origin": iso(first // DAY * DAY),
        "dates": "date" if log.date_only.all() else "mixed" if log.date_only.any() else "instant",
        "counts": _counts(journeys, moves, choice),
        "stations": _stations(journeys, choice),
        "routes": _routes(moves),
        "facets": [f.facet.to_json() for f in facets],
        "map": {
            "name": choice.map.name,
            "title": choice.map.title,
            "source": choice.source,
            "why": choice.why,
            "exits": bool(choice.exits.any()),
            "sha256": drawn,
        },
        "sources": [
            {"name": Path(f.name).name, "format": f.format, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256}
            for f in log.origin
        ],
        "quality": {
            **{key: quality[key] for key in ("rows_read", "rows_kept", "rows_dropped")},
            "problems": len(quality["problems"]),
        },
        "flowmap": flowmap.__version__,
    }
    dataset_write.write_json(folder / "dataset.json", meta)
    dataset_write.write_json(folder / "quality.json", quality)
    dataset_write.write_json(folder / "periods.json", list(options.periods))
    dataset_write.write_text(folder / "map.yaml", tubemap.dump(choice.map))


def _without_values(report: QualityReport) -> dict[str, Any]:
    """The quality report as a dataset may hold it: files and rows of examples, but no value that could name a child.

    What may be kept is a list: `quality.IN_A_DATASET`.
    """
    found = report.to_json()
    for problem in found["problems"]:
        for example in problem["examples"]:
            if not may_be_kept(problem["rule"], example["value"]):
                example["value"] = None
    return found


def _counts(journeys: Journeys, moves: Transitions, choice: Choice) -> dict[str, int]:
    return {
        "events": len(journeys.place),
        "children": len(journeys.log_child),
        "journeys": len(journeys),
        "transitions": len(moves.route),
        "open": int(np.count_nonzero(journeys.open)) if choice.exits.any() else len(journeys),
        "repeat_cases": _repeat_children(journeys, len(choice.map.places())),
    }


def _repeat_children(journeys: Journeys, places: int) -> int:
    """Children who reach some station twice or more, in one journey or in several."""
    reached = np.repeat(journeys.child * places, journeys.events)
    reached += journeys.place
    reached.sort()
    again = reached[1:][reached[1:] == reached[:-1]]
    again //= places
    return int(np.count_nonzero(np.diff(again))) + 1 if len(again) else 0


def _stations(journeys: Journeys, choice: Choice) -> list[dict[str, Any]]:
    places = choice.map.places()
    events = np.bincount(journeys.place, minlength=len(places)).tolist()
    return [{"id": p.id, "label": p.label, "kind": p.kind, "events": n} for p, n in zip(places, events, strict=True)]


def _routes(moves: Transitions) -> list[dict[str, Any]]:
    r = moves.routes
    rows = zip(r.start.tolist(), r.stop.tolist(), r.count.tolist(), r.same_day.tolist(), r.median.tolist(), strict=True)
    return [
        {"from": start, "to": stop, "count": count, "same_day": same_day, "median_seconds": median}
        for start, stop, count, same_day, median in rows
    ]
