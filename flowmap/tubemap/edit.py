"""A map with stations moved to other grid points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .check import check
from .model import Cell, MapError, MapProblem, TubeMap

FARTHEST = 500


def moved(tube: TubeMap, positions: Mapping[str, Sequence[float]]) -> TubeMap:
    """The map with places put at {id: [column, row]}, snapped to whole cells.

    Lines keep their stations; where a moved station ends a stretch that bends at bare grid points, those points are
    dropped, because they were drawn for its old place. Raises MapError where a place is unknown, has no position of
    its own, or two would stand on one spot (both are named).
    """
    problems: list[MapProblem] = []
    cells: dict[str, Cell] = {}
    drawn = {p.id: p.at for p in tube.places() if p.at is not None}
    for key, position in positions.items():
        cell = _cell(position)
        if key not in drawn:
            message = f'"{key}" has no place of its own on this map.'
            problems.append(MapProblem(None, message, "Move a station instead."))
        elif cell is None:
            problems.append(MapProblem(None, f'"{key}" cannot be put at {str(position)[:40]}.',
                                       f"Give [column, row], each from -{FARTHEST} to {FARTHEST}."))  # fmt: skip
        else:
            cells[key] = cell
    if problems:
        raise MapError(problems, tube.name)
    gone = {key for key, cell in cells.items() if drawn[key] != cell}
    found = replace(
        tube,
        stations=tuple(replace(s, at=cells.get(s.id, s.at)) for s in tube.stations),
        exits=tuple(replace(e, at=cells.get(e.id, e.at)) for e in tube.exits),
        lines=tuple(replace(line, through=_without_bends(line.through, gone)) for line in tube.lines),
    )
    wrong = check(found)
    if wrong:
        raise MapError(wrong, tube.name)
    return found


def _cell(position: Sequence[float]) -> Cell | None:
    try:
        column, row = (round(float(n)) for n in position)
    except (TypeError, ValueError, OverflowError):
        return None
    return (column, row) if max(abs(column), abs(row)) <= FARTHEST else None


def _without_bends(through: tuple[str | Cell, ...], gone: set[str]) -> tuple[str | Cell, ...]:
    """Drop the bare points of every stretch that begins or ends at a moved station."""
    if not gone.intersection(s for s in through if isinstance(s, str)):
        return through
    kept: list[str | Cell] = []
    bends: list[Cell] = []
    last = ""
    for stop in through:
        if isinstance(stop, str):
            kept += [] if stop in gone or last in gone else bends
            kept.append(stop)
            last, bends = stop, []
        else:
            bends.append(stop)
    return tuple(kept)
