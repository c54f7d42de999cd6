"""What is sent to the import, checked element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from flowmap import tubemap
from flowmap.web.errors import Refusal

COLUMNS = ("case", "event", "time", "end")
OPTIONS = (*COLUMNS, "dayfirst", "timezone", "times")
LONGEST = 500
LONGEST_TITLE = 120
MOST_EVENTS = 10_000


@dataclass(frozen=True)
class Build:
    """What a build is asked for."""

    title: str
    map: dict[str, Any]
    events: dict[str, str | None]


def _wrong(element: str, why: str, remedy: str) -> NoReturn:
    raise Refusal(400, f"{element}: {why}", element, remedy)


def _record(body: Any, known: tuple[str, ...], where: str = "") -> dict[str, Any]:
    if not isinstance(body, dict):
        _wrong(where or "body", "is not an object", f"Send an object with {', '.join(known) or 'nothing in it'}.")
    for key in body:
        if key not in known:
            _wrong(
                f"{where}{'.' if where else ''}{key[:40]}",
                "is not known here",
                f"Known: {', '.join(known) or 'nothing'}.",
            )
    return body


def nothing(body: Any) -> None:
    """An empty object. Raises: Refusal 400."""
    _record(body, ())


def dataset(body: Any) -> str | None:
    """The dataset to be replaced, or None. Raises: Refusal 400."""
    name = _record(body, ("dataset",)).get("dataset")
    if name is not None and not isinstance(name, str):
        _wrong("dataset", "is not a name", "Send the name of a dataset, or null.")
    return name


def options(body: Any) -> dict[str, Any]:
    """The choices for one file; those not made are left out. Raises: Refusal 400."""
    found: dict[str, Any] = {}
    for key, value in _record(body, OPTIONS).items():
        if value is None or value == "":
            continue
        if key == "dayfirst":
            if not isinstance(value, bool):
                _wrong(key, "is neither true nor false", "Send true for day/month/year, false for month/day/year.")
        elif not isinstance(value, str) or len(value) > LONGEST:
            _wrong(key, "is not a text of at most 500 letters", "Send the column's name.")
        if key == "times" and value not in ("start", "end"):
            _wrong(key, "is neither start nor end", "Send start or end.")
        found[key] = value
    return found


def chosen_map(body: Any) -> dict[str, Any]:
    """The map: {"kind": builtin|file|automatic|keep, "name", "text"}. Raises: Refusal 400."""
    return _map(_record(body, ("map",)).get("map"))


def _map(value: Any) -> dict[str, Any]:
    found = _record(value, ("kind", "name", "text"), "map")
    kind = found.get("kind")
    if kind not in ("builtin", "file", "automatic", "keep"):
        _wrong("map.kind", "is not a kind of map", "Send builtin, file, automatic or keep.")
    if kind == "builtin" and found.get("name") not in tubemap.builtin():
        raise Refusal(
            400, "map.name: there is no such map.", "map.name", "Use one of those there are.", tubemap.builtin()
        )
    if kind == "file" and not isinstance(found.get("text"), str):
        _wrong("map.text", "is missing", "Send the text of the map file.")
    needed = {"builtin": ("kind", "name"), "file": ("kind", "text")}.get(kind, ("kind",))
    return {key: found[key] for key in needed}


def title(value: Any) -> str:
    """A dataset's title. Raises: Refusal 400."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > LONGEST_TITLE or not text.isprintable():
        _wrong("title", "is missing, too long or not printable", f"Write 1 to {LONGEST_TITLE} letters on one line.")
    return text


def build(body: Any) -> Build:
    """Title, map and what each event means. Raises: Refusal 400."""
    found = _record(body, ("title", "map", "events"))
    events = found.get("events") or {}
    if not isinstance(events, dict) or len(events) > MOST_EVENTS:
        _wrong("events", "is not an object of events", 'Send {"event": "station id" or null}.')
    for station in events.values():
        if station is not None and not isinstance(station, str):
            _wrong("events", "holds something other than a station's id", "Send a station's id, or null for none.")
    return Build(title(found.get("title")), _map(found.get("map")), events)
