"""The report on a synthetic log as flowmap shows it: both logs drawn on the map that fits the real one."""

from __future__ import annotations

from dataclasses import replace

from flowmap import mapchoice, tubemap
from flowmap.eventlog import EventLog
from flowmap.export.mapflows import Stop, draw
from flowmap.tubemap import MapError, TubeMap
from synthetic.fidelity import together
from synthetic.report import OnMap, Report, on_map

IN_DATASET = "synthetic-report.json"
"""What a report is called in a dataset's folder, where the server finds it."""

SIDES = ("real", "synthetic")
TITLES = ("The real log", "The synthetic log")
WIDEST = 10**6  # sizes a circle so that a share and a wait stand in it


def with_map(report: Report, real: EventLog, synthetic: EventLog, wanted: str | None = None) -> Report:
    """The report with the figures for the map asked for by name or file, else for the one that fits the real log.

    A map that must be drawn for this log is drawn from what the report may show: stations that k children reach and
    moves that k children made. Raises MapError for a map that cannot be used.
    """
    one, two = together(real, synthetic, exits=report.exits)
    choice = mapchoice.choose(real, wanted)
    layout, places = choice.map, dict(tubemap.match(choice.map, synthetic.stations)[0])
    if choice.source == "automatic":
        layout, places = _automatic(on_map(one, two, report.k, "", "", {}))
    else:
        ids = [place.id for place in layout.places()]
        places |= {name: ids[row] for name, row in zip(real.stations, choice.place.tolist(), strict=True)}
    found = on_map(one, two, report.k, layout.title, tubemap.dump(layout), places)
    known = {place.id for place in layout.places()}
    drawn = [row for row in found.places if row.place in known]
    moves = [row for row in found.moves if row.start in known and row.end in known]
    return replace(report, map=replace(found, places=drawn, moves=moves))


def _automatic(shown: OnMap) -> tuple[TubeMap, dict[str, str]]:
    """A map of the stations that may be shown, from the moves that may be, and the place of each event."""
    names = [row.place for row in shown.places if row.reach[0]]
    counts = {(row.start, row.end): round(10 * row.per_hundred[0]) for row in shown.moves if row.per_hundred[0]}
    arrived = {end for start, end in counts if start != end}
    starts = {
        row.place: round(1000 * row.reach[0]) for row in shown.places if row.reach[0] and row.place not in arrived
    }
    layout = tubemap.automatic(names, counts, starts)
    return layout, tubemap.match(layout, names)[0]


def pictures(report: Report) -> tuple[str, str] | None:
    """The two logs as SVG on one geometry, real first; None where the report has no map or its map cannot be read."""
    found = report.map
    if found is None:
        return None
    try:
        layout = tubemap.parse(found.file, "the report's map")
    except MapError:
        return None
    index = {place.id: row for row, place in enumerate(layout.places())}
    moves = {
        (index[row.start], index[row.end]): row.per_hundred
        for row in found.moves
        if row.start in index and row.end in index
    }
    edges: dict[tuple[str | int, str | int], int] = {
        edge: round(max(v or 0 for v in pair)) for edge, pair in moves.items()
    }
    circles: dict[str | int, int] = {row: WIDEST for row, place in enumerate(layout.places()) if place.at is not None}
    shapes = tubemap.geometry(layout, edges, circles)
    drawn = [
        draw(
            shapes,
            {edge: pair[side] or 0.0 for edge, pair in moves.items()},
            {index[row.place]: _stop(row.reach[side], row.wait[side]) for row in found.places if row.place in index},
            found.back[side],
            f"map-{SIDES[side]}",
            f"{TITLES[side]} on the map “{found.title}”",
            "The figures of both logs are in the tables under the maps.",
        )
        for side in range(2)
    ]
    return drawn[0], drawn[1]


def _stop(reach: float | None, wait: float | None) -> Stop:
    if reach is None:
        return Stop(None, ("few",), "few")
    share = "<1%" if reach < 0.01 else f"{reach:.0%}"
    if wait is None:
        return Stop(reach, (share,))
    return Stop(reach, (share, "<1 d" if wait < 0.5 else f"{wait:,.0f} d"))
