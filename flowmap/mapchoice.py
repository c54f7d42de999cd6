"""Which map a log is drawn on, which place each event name means, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from flowmap import tubemap
from flowmap.eventlog import EventLog, Example
from flowmap.journeys import Journeys, find
from flowmap.quality import Problem
from flowmap.tubemap import Station, TubeMap

ENOUGH = 0.9  # of a log's events that a built-in map must know to be chosen unasked


@dataclass(frozen=True)
class Choice:
    """A map, the place of each event name (len(log.stations),), and what to say about it.

    `source` is "builtin", "file" or "automatic". `journeys` are those found on the way to an automatic map, whose
    places are still event names.
    """

    map: TubeMap
    place: npt.NDArray[np.int32]
    source: str
    why: str
    problems: list[Problem] = field(default_factory=list)
    journeys: Journeys | None = None

    @property
    def exits(self) -> npt.NDArray[np.bool_]:
        """(places,) which places are exits."""
        return np.array([p.kind == "exit" for p in self.map.places()], dtype=bool)


def choose(log: EventLog, wanted: str | None = None) -> Choice:
    """The map asked for by name or file; else the prototype's for its own format; else the built-in map that knows at
    least nine in ten events; else one drawn for this log. Raises MapError for a map that cannot be used."""
    counts = np.bincount(log.station, minlength=len(log.stations))
    names = tubemap.builtin()
    if wanted is not None:
        why = "as asked for"
        return _place(log, tubemap.load(wanted), counts, "builtin" if wanted in names else "file", why)
    if any(file.format == "prototype" for file in log.origin) and "prototype" in names:
        return _place(log, tubemap.load("prototype"), counts, "builtin", "the file has the prototype's columns")
    total = max(int(counts.sum()), 1)
    best, share = None, 0.0
    for name in names:
        candidate = tubemap.load(name)
        known, _ = tubemap.match(candidate, log.stations)
        found = sum(int(n) for station, n in zip(log.stations, counts, strict=True) if station in known) / total
        if found > share:
            best, share = candidate, found
    if best is not None and share >= ENOUGH:
        return _place(log, best, counts, "builtin", f"it knows {share:.0%} of the events")
    return _draw(log)


def automatic(log: EventLog) -> Choice:
    """A map drawn for this log, whatever the built-in ones know of it."""
    return _draw(log)


def _place(log: EventLog, chosen: TubeMap, counts: npt.NDArray[np.int64], source: str, why: str) -> Choice:
    """Give each event name its place; those that the map does not know go to a station `other`, added for them."""
    known, _ = tubemap.match(chosen, log.stations)
    unknown = [row for row, name in enumerate(log.stations) if name not in known and counts[row]]
    problems: list[Problem] = []
    other = ""
    if unknown:
        chosen, other = _with_other(chosen, [log.stations[row] for row in unknown])
        said = ", ".join(f"{log.stations[row]} ({counts[row]:,})" for row in unknown[:10])
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        problems.append(
            Problem(
                "unknown_station",
                f"The map {chosen.name} has no station for: {said}{more}. These events stand at “Other”.",
                count=int(counts[unknown].sum()),
                action="kept",
                remedy="Name them under `events` of a station in a map file of your own, and give it with --map.",
                examples=[Example(value=log.stations[row]) for row in unknown[:10]],
            )
        )
    index = {place.id: row for row, place in enumerate(chosen.places())}
    place = np.array([index.get(known.get(name, other), 0) for name in log.stations], dtype=np.int32)
    return Choice(chosen, place, source, why, problems)


def _with_other(chosen: TubeMap, names: Sequence[str]) -> tuple[TubeMap, str]:
    """The map with a station for events that it does not know, below everything else, and that station's id."""
    taken = {place.id for place in chosen.places()}
    other = next(name for name in ("other", "other_events", "events_not_on_the_map") if name not in taken)
    rows = [p.at[1] for p in chosen.places() if p.at is not None]
    columns = [p.at[0] for p in chosen.places() if p.at is not None]
    if chosen.loop is not None:
        rows.append(chosen.loop.row)
    at = (min(columns, default=0), max(rows, default=0) + 2)
    station = Station(id=other, label="Other", at=at, events=tuple(names))
    return replace(chosen, stations=(*chosen.stations, station)), other


def _draw(log: EventLog) -> Choice:
    """A map of this log's own, from which events follow which."""
    names = np.arange(len(log.stations), dtype=np.int32)
    journeys = find(log, names, np.zeros(max(len(names), 1), dtype=bool))
    found, counts = _pairs(journeys, len(names))
    label = log.stations
    edges = {
        (label[pair // len(names)], label[pair % len(names)]): count
        for pair, count in zip(found.tolist(), counts.tolist(), strict=True)
    }
    firsts = np.bincount(journeys.first, minlength=len(names)).tolist()
    used = np.bincount(journeys.place, minlength=len(names))
    starts = {name: n for name, n in zip(label, firsts, strict=True) if n}
    drawn = tubemap.automatic([name for name, n in zip(label, used, strict=True) if n], edges, starts)
    choice = _place(log, drawn, used, "automatic", "no built-in map knows nine in ten of the events")
    if drawn.merged:
        message = (
            f"The automatic map merges the {len(drawn.merged)} rarest of {len(label)} events into “other”: "
            f"{', '.join(drawn.merged[:10])}{' …' if len(drawn.merged) > 10 else ''}."
        )
        choice.problems.append(Problem("merged_stations", message, count=len(drawn.merged), action="note"))
    place = choice.place
    moved = replace(journeys, place=place[journeys.place], first=place[journeys.first], last=place[journeys.last])
    return replace(choice, journeys=moved)


def _pairs(journeys: Journeys, names: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which event follows which within journeys, as `before * names + after`, and how often."""
    place = journeys.place
    pairs = place[:-1] * (np.int32(names) if names < 40_000 else np.int64(names)) + place[1:]
    between = pairs[journeys.begin[1:] - 1]  # from one journey's last event to the next one's first: not a move
    if names > 1000:
        found, counts = np.unique(pairs, return_counts=True)
        counts -= np.bincount(np.searchsorted(found, between), minlength=len(found))
        return found[counts > 0], counts[counts > 0]
    every = np.bincount(pairs, minlength=names * names) - np.bincount(between, minlength=names * names)
    return np.flatnonzero(every), every[every > 0]
