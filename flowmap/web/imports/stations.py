"""Which event means which station: what a map knows, what is guessed, and the map with what a person chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process, utils

from flowmap import tubemap
from flowmap.tubemap import TubeMap
from flowmap.tubemap.names import plain

LIKELY = 86
"""Of 100: how alike two names must be for one to be offered for the other. A guess is only ever offered."""
OTHER = "other"


def table(tube: TubeMap, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each event ({name, count}) its station on the map, and `how`: "named" (it is the station's own name, and
    cannot mean another), "known" (listed under its events), "guess" (the names are alike), or "unknown" (none)."""
    known, _ = tubemap.match(tube, [event["name"] for event in events])
    own = {plain(name) for place in tube.places() for name in (place.id, place.label)}
    candidates = [(name, place.id) for place in tube.places() for name in (place.label, place.id, *place.events)]
    names = [name for name, _ in candidates]
    rows = []
    for event in events:
        name = event["name"]
        if name in known:
            how = "named" if plain(name) in own else "known"
            rows.append({**event, "station": known[name], "how": how})
            continue
        best = process.extractOne(
            name, names, scorer=fuzz.token_sort_ratio, processor=utils.default_process, score_cutoff=LIKELY
        )
        guess = candidates[best[2]][1] if best and len(name) > 3 else None
        rows.append({**event, "station": guess, "how": "guess" if guess else "unknown"})
    return rows


def places(tube: TubeMap) -> list[dict[str, str]]:
    """Stations and exits, for choosing."""
    return [{"id": place.id, "label": place.label, "kind": place.kind} for place in tube.places()]


def with_events(tube: TubeMap, chosen: Mapping[str, str | None]) -> TubeMap:
    """The map with the names of events (`chosen`: event → station id, None for none) under `events` of their stations.

    A name is taken from the station that had it. A station that stood only for events that no station knew goes.
    Raises: KeyError for a station that the map does not have.
    """
    ids = {place.id for place in tube.places()}
    unknown = [station for station in chosen.values() if station is not None and station not in ids]
    if unknown:
        raise KeyError(unknown[0])
    moved = {plain(name) for name in chosen}

    def changed(place: Any) -> Any:
        own = [name for name in place.events if plain(name) not in moved]
        names = [name for name, station in chosen.items() if station == place.id]
        return replace(place, events=(*own, *(name for name in names if plain(name) != plain(place.label))))

    stations = [changed(place) for place in tube.stations]
    stations = [place for place in stations if not _left_over(place, tube)]
    return replace(tube, stations=tuple(stations), exits=tuple(changed(place) for place in tube.exits))


def _left_over(place: Any, tube: TubeMap) -> bool:
    """Whether a station was added for unknown events, and stands for none now (see `mapchoice`)."""
    before = next(each for each in tube.stations if each.id == place.id)
    on_line = any(place.id in line.through for line in tube.lines)
    return place.label == "Other" and bool(before.events) and not place.events and not on_line


def load(wanted: dict[str, Any], target: Path | None) -> TubeMap:
    """The map that was asked for: built in, a file's text, or the one that the dataset `target` has.

    Raises: MapError.
    """
    if wanted["kind"] == "builtin":
        return tubemap.load(wanted["name"])
    if wanted["kind"] == "file":
        return tubemap.parse(wanted["text"], "your map file")
    if wanted["kind"] == "keep" and target is not None:
        return tubemap.load(target / "map.yaml")
    raise ValueError(f"there is no map of the kind {wanted['kind']!r}")
