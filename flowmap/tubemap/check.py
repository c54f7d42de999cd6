"""What must hold in a map beyond its shape: every name it uses exists, and no two places stand on one spot."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .model import COLOURS, DIRECTIONS, LIMIT, SIDES, MapProblem, TubeMap
from .names import claims
from .yamltree import Lines


def check(tube: TubeMap, lines: Lines | None = None) -> list[MapProblem]:
    """Every problem of a map. `lines` gives line numbers where it came from a file."""
    where = lines if lines is not None else Lines()
    return [
        *_ids(tube, where),
        *_spots(tube, where),
        *_words(tube, where),
        *_lines(tube, where),
        *_zones(tube, where),
        *_clocks(tube, where),
        *_loop(tube, where),
        *_names(tube, where),
    ]


def _known(name: str, known: Iterable[str], line: int | None, what: str) -> list[MapProblem]:
    known = list(known)
    if name in known:
        return []
    near = difflib.get_close_matches(name, known, 1, 0.5)
    remedy = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(known[:12]) or 'none yet'}."
    return [MapProblem(line, f'There is no {what} "{name}".', remedy)]


def _kind(tube: TubeMap, index: int) -> str:
    return "stations" if index < len(tube.stations) else "exits"


def _ids(tube: TubeMap, where: Lines) -> list[MapProblem]:
    stations = {s.id for s in tube.stations}
    return [
        MapProblem(where.at("exits", e.id), f'"{e.id}" is both a station and an exit.', "Rename one of them.")
        for e in tube.exits
        if e.id in stations
    ]


def _spots(tube: TubeMap, where: Lines) -> list[MapProblem]:
    taken: dict[tuple[int, int], str] = {}
    found = []
    for index, place in enumerate(tube.places()):
        if place.at is None:
            continue
        if place.at in taken:
            column, row = place.at
            found.append(
                MapProblem(
                    where.at(_kind(tube, index), place.id, "at"),
                    f'"{place.id}" and "{taken[place.at]}" both stand at column {column}, row {row}.',
                    "Move one of them.",
                )
            )
        taken.setdefault(place.at, place.id)
    return found


def _words(tube: TubeMap, where: Lines) -> list[MapProblem]:
    found = []
    zones = [z.id for z in tube.zones]
    stations = [s.id for s in tube.stations]
    for index, place in enumerate(tube.places()):
        kind = _kind(tube, index)
        for side, key in ((place.label_side, "label_side"), (place.queue_side, "queue")):
            if side is not None:
                found += _known(side, SIDES, where.at(kind, place.id, key), "side")
        if place.zone is not None:
            found += _known(place.zone, zones, where.at(kind, place.id, "zone"), "zone")
    for e in tube.exits:
        for station, direction in e.stubs.items():
            line = where.at("exits", e.id, "from", station)
            found += _known(station, stations, line, "station")
            if direction is not None:
                found += _known(direction, DIRECTIONS, line, "direction")
    return found


def _lines(tube: TubeMap, where: Lines) -> list[MapProblem]:
    found = []
    drawn = {p.id: p.at for p in tube.places() if p.at is not None}
    stubs = {e.id for e in tube.exits if e.at is None}
    for line in tube.lines:
        found += _known(line.colour, COLOURS, where.at("lines", line.id, "colour"), "colour")
        stops = [s for s in line.through if isinstance(s, str)]
        if len(stops) < 2 or not isinstance(line.through[0], str) or not isinstance(line.through[-1], str):
            found.append(
                MapProblem(
                    where.at("lines", line.id, "through"),
                    f'Line "{line.id}" does not run from one station to another.',
                    "Begin and end it at a station or terminus.",
                )
            )
        spots = [drawn.get(s) if isinstance(s, str) else s for s in line.through]
        for i, stop in enumerate(line.through):
            at = where.at("lines", line.id, "through", i)
            if isinstance(stop, str) and stop in stubs:
                found.append(MapProblem(at, f'Exit "{stop}" is a stub.', "Give it `at:`, or leave it off the line."))
            elif isinstance(stop, str):
                found += _known(stop, drawn, at, "station")
            if i and spots[i] is not None and spots[i] == spots[i - 1]:
                found.append(MapProblem(at, f'Line "{line.id}" stands still at {stop}.', "Leave one of the two out."))
    return found


def _zones(tube: TubeMap, where: Lines) -> list[MapProblem]:
    found = []
    ordered = sorted(tube.zones, key=lambda z: z.columns)
    for zone in ordered:
        if zone.columns[0] > zone.columns[1]:
            found.append(MapProblem(where.at("zones", zone.id, "columns"),
                                    f'Zone "{zone.id}" ends before it begins.', "Write [first, last]."))  # fmt: skip
    for left, right in zip(ordered, ordered[1:], strict=False):
        if right.columns[0] <= left.columns[1]:
            found.append(MapProblem(where.at("zones", right.id, "columns"),
                                    f'Zones "{left.id}" and "{right.id}" overlap.', "Part their columns."))  # fmt: skip
    return found


def _clocks(tube: TubeMap, where: Lines) -> list[MapProblem]:
    found = []
    ids = [p.id for p in tube.places()]
    for clock in tube.timescales:
        for i, station in enumerate(clock.at):
            found += _known(station, ids, where.at("timescales", clock.id, "at", i), "station")
        if clock.since is not None:
            found += _known(clock.since, ids, where.at("timescales", clock.id, "since"), "station")
        if not LIMIT.match(clock.limit) or clock.amount == 0:
            found.append(MapProblem(where.at("timescales", clock.id, "limit"),
                                    f'"{clock.limit}" is not a length of time.',
                                    'Write it as "45 working days", "26 weeks" or "3 months".'))  # fmt: skip
    return found


def _loop(tube: TubeMap, where: Lines) -> list[MapProblem]:
    loop = tube.loop
    if loop is None:
        return []
    places = {p.id: p for p in tube.places()}
    found = _known(loop.end, [s.id for s in tube.stations], where.at("loop", "to"), "station")
    for i, start in enumerate(loop.start):
        found += _known(start, [e.id for e in tube.exits], where.at("loop", "from", i), "exit")
    ends = [places[i].at for i in (*loop.start, loop.end) if i in places]
    rows = {at[1] for at in ends if at}
    if loop.row in rows:
        found.append(MapProblem(where.at("loop", "row"), "The loop's row is that of one of its own ends.",
                                "Choose a free row beneath or above the map."))  # fmt: skip
    return found


def _names(tube: TubeMap, where: Lines) -> list[MapProblem]:
    kinds = {p.id: _kind(tube, i) for i, p in enumerate(tube.places())}
    return [
        MapProblem(
            where.at(kinds[ids[1]], ids[1], "events"),
            f'The event name "{name}" (as compared) means both "{ids[0]}" and "{ids[1]}".',
            "Keep it in one of them.",
        )
        for name, ids in claims(tube).items()
        if len(ids) > 1 and ids[0] != ids[1]
    ]
