"""The map: its file, its check, the names it understands, its automatic drawing, and its geometry."""

from .automatic import automatic
from .edit import moved
from .geometry import geometry
from .mapfile import builtin, load, parse
from .model import Exit, Line, Loop, MapError, MapProblem, Station, Timescale, TubeMap, Zone
from .names import match
from .shapes import Geometry
from .writefile import dump

__all__ = [
    "Exit", "Geometry", "Line", "Loop", "MapError", "MapProblem", "Station", "Timescale", "TubeMap", "Zone",
    "automatic", "builtin", "dump", "geometry", "load", "match", "moved", "parse",
]  # fmt: skip
