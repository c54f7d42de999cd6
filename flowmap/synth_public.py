"""What a private synthetic model may say because it is known without the log: a map, a window, a file of lists."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flowmap import tubemap
from flowmap.eventlog import EventLog
from flowmap.quality import OptionError, SourceError
from synthetic.model import Public

KEYS = ("stations", "exits", "moves", "values")


@dataclass(frozen=True)
class Declared:
    """The log with the map's names, what is public, where journeys end; how many events are at no declared station."""

    log: EventLog
    public: Public
    exits: frozenset[str]
    left_out: int


def declare(log: EventLog, window: str | None, map_: str | None, file: Path | None) -> Declared:
    """Put together what was given. Raises OptionError where the window is missing, SourceError for a wrong file."""
    if window is None or window.count(":") != 1:
        raise OptionError(
            "A private model needs to be told the first and last day that the log is about.",
            remedy="Give them, as in: --window 2014-01-01:2017-12-31",
        )
    first, last = window.split(":")
    lists = _lists(file) if file else {}
    stations, exits = lists.get("stations"), frozenset(lists.get("exits", ()))
    if map_ is not None:
        if stations is not None or exits:
            raise OptionError("Stations are named by the map and in the file.", remedy="Name them in one of the two.")
        tube = tubemap.load(map_)
        known, _ = tubemap.match(tube, log.stations)
        log = replace(log, stations=tuple(known.get(name, name) for name in log.stations))
        stations = [place.id for place in tube.places()]
        exits = frozenset(place.id for place in tube.places() if place.kind == "exit")
    public = Public(
        (first, last),
        None if stations is None else tuple(stations),
        lists.get("values", {}),
        frozenset((a, b) for a, b in lists["moves"]) if "moves" in lists else None,
    )
    known_names = set(stations if stations is not None else log.stations)
    outside = [row for row, name in enumerate(log.stations) if name not in known_names]
    return Declared(log, public, exits, int(sum((log.station == row).sum() for row in outside)))


def _lists(file: Path) -> dict[str, Any]:
    """The file's lists; raises SourceError where it is none of that kind."""
    remedy = (
        'It looks like this, each part optional: {"stations": ["contact", …], "exits": ["nfa", …],'
        ' "moves": [["contact", "referral"], …], "values": {"sex": ["female", "male"], …}}'
    )
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SourceError(f"What is public cannot be read: {error}.", file=file.name, remedy=remedy) from error
    if not isinstance(found, dict) or set(found) - set(KEYS):
        unknown = ", ".join(sorted(set(found) - set(KEYS))) if isinstance(found, dict) else "not an object"
        raise SourceError(f"The file has other parts than it may: {unknown}.", file=file.name, remedy=remedy)
    for part in ("stations", "exits"):
        if not _names(found.get(part, [])):
            raise SourceError(f"“{part}” is not a list of names.", file=file.name, remedy=remedy)
    if not isinstance(found.get("moves", []), list) or not all(
        _names(m) and len(m) == 2 for m in found.get("moves", [])
    ):
        raise SourceError("“moves” is not a list of pairs of names.", file=file.name, remedy=remedy)
    values = found.get("values", {})
    if not isinstance(values, dict) or not all(_names(v) for v in values.values()):
        raise SourceError("“values” does not give a list of names for each attribute.", file=file.name, remedy=remedy)
    return found


def _names(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(name, str) for name in found)
