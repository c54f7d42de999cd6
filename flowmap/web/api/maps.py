"""The map: its geometry, a trial layout, saving stations where they were dragged, the file itself."""

from __future__ import annotations

import math
from typing import Any

from flowmap import tubemap
from flowmap.tubemap import MapError, TubeMap
from flowmap.tubemap.edit import FARTHEST
from flowmap.web import saving, schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation
from flowmap.web.routes import Call


def _cell(value: Any, where: str) -> list[float]:
    good = isinstance(value, list) and len(value) == 2
    good = good and all(isinstance(part, (int, float)) and not isinstance(part, bool) for part in value)
    if not good or not all(math.isfinite(part) and abs(part) <= FARTHEST for part in value):
        remedy = f"Send [column, row] in grid cells, each from -{FARTHEST} to {FARTHEST}."
        raise Refusal(400, f"{where}: {str(value)[:80]} is not a place on the grid.", where, remedy)
    return value


def moved(tube: TubeMap, body: Any) -> TubeMap:
    """The map with stations put where `body` says: `{"positions": {id: [column, row]}}`.

    Raises: Refusal 400 that names the element, such as `positions.referral`.
    """
    if not isinstance(body, dict) or set(body) != {"positions"} or not isinstance(body["positions"], dict):
        remedy = 'Send {"positions": {"referral": [3, 4]}}: a station\'s id, then its column and row.'
        raise Refusal(400, "positions: the body does not hold positions alone.", "positions", remedy)
    positions = {name: _cell(value, f"positions.{name[:60]}") for name, value in body["positions"].items()}
    try:
        return tubemap.moved(tube, positions)
    except MapError as error:
        problem = error.problems[0]
        named = next((f".{name[:60]}" for name in positions if f'"{name}"' in problem.message), "")
        standing = sorted(place.id for place in tube.places() if place.at is not None)
        known = standing if named and named[1:] not in standing else None
        where = f"positions{named}"
        raise Refusal(400, f"{where}: {problem.message}", where, problem.remedy, known) from error


def show(call: Call) -> Any:
    """Geometry of the map as stored."""
    return call.dataset.geometry()


def try_out(call: Call) -> Any:
    """Geometry with some stations elsewhere; nothing is stored."""
    layout = moved(call.dataset.tubemap(), call.body)
    return call.dataset.geometry_of(layout)


def save(call: Call) -> Any:
    """Store the map with some stations elsewhere."""
    with saving.alone(call.dataset.folder):
        layout = moved(call.dataset.tubemap(), call.body)
        geometry = call.dataset.geometry_of(layout)
        text = tubemap.dump(layout)
        try:
            tubemap.parse(text, "map.yaml")
        except MapError as error:
            remedy = "Move the stations differently."
            raise Refusal(
                400, f"positions: the map would not be one: {error.problems[0]}", "positions", remedy
            ) from error
        saving.save(call.dataset.folder / "map.yaml", text)
    return geometry


def file(call: Call) -> bytes:
    """The map file, as `--map` takes it."""
    return call.dataset.map_text().encode()


_PATH = "/datasets/<dataset>/map"
OPERATIONS = (
    Operation(
        "map",
        _PATH,
        show,
        "Geometry of the map: what is drawn and what dots follow",
        schemas.GEOMETRY,
        parts=(DATASET,),
        refuses=(409,),
    ),
    Operation(
        "change_map",
        _PATH,
        save,
        "Store stations at new places; gives the new geometry",
        schemas.GEOMETRY,
        method="PUT",
        parts=(DATASET,),
        takes=schemas.LAYOUT,
        refuses=(409,),
    ),
    Operation(
        "try_layout",
        _PATH + "/layout",
        try_out,
        "Geometry with stations at new places, for a look; nothing is stored",
        schemas.GEOMETRY,
        method="POST",
        parts=(DATASET,),
        takes=schemas.LAYOUT,
        refuses=(409,),
    ),
    Operation(
        "map_file",
        _PATH + ".yaml",
        file,
        "The map as a file that --map takes",
        {"type": "object", "description": "YAML; see docs/maps.md"},
        parts=(DATASET,),
        media="application/yaml",
    ),
)
