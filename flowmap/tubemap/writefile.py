"""TubeMap → YAML text that `parse` reads back to the same map, one place or line of the map to a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .model import TubeMap

_BARE = re.compile(r"[A-Za-z_][\w.]*(?:[ -][\w.]+)*\Z")
_WORDS = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}


def dump(tube: TubeMap) -> str:
    """The map as a file that people can edit (see docs/maps.md)."""
    parts = [f"name: {_text(tube.name)}\ntitle: {_text(tube.title)}\n"]
    groups: list[tuple[str, Mapping[str, dict[str, Any]]]] = [
        ("stations", {s.id: {"label": s.label, "at": s.at, "zone": s.zone, "entry": s.entry or None,
                             "label_side": s.label_side, "queue": s.queue_side, "events": s.events}
                      for s in tube.stations}),
        ("exits", {e.id: {"label": e.label, "at": e.at, "zone": e.zone, "label_side": e.label_side,
                          "events": e.events, "from": {s: d or "auto" for s, d in e.stubs.items()}}
                   for e in tube.exits}),
        ("lines", {n.id: {"label": n.label, "colour": n.colour, "through": n.through} for n in tube.lines}),
        ("zones", {z.id: {"label": z.label, "columns": z.columns} for z in tube.zones}),
        ("timescales", {t.id: {"label": t.label, "at": t.at, "since": t.since, "limit": t.limit, "source": t.source}
                        for t in tube.timescales}),
    ]  # fmt: skip
    for kind, items in groups:
        if items:
            rows = "".join(f"  {_text(key)}: {_flow(fields)}\n" for key, fields in items.items())
            parts.append(f"{kind}:\n{rows}")
    if tube.loop:
        loop = tube.loop
        fields = {"label": loop.label, "row": loop.row, "from": loop.start, "to": loop.end}
        parts.append(f"loop: {_flow(fields)}\n")
    if tube.merged:
        parts.append(f"merged: {_flow(tube.merged)}\n")
    return "\n".join(parts)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        kept = {k: v for k, v in value.items() if v not in (None, (), {}, "")}
        return "{" + ", ".join(f"{_text(k)}: {_flow(v)}" for k, v in kept.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else _text(value)


def _text(text: str) -> str:
    """Bare where YAML reads it back as the same text, else quoted, with what cannot be seen written as its number."""
    if _BARE.match(text) and text.lower() not in _WORDS and text.isascii():
        return text
    return '"' + "".join(_letter(c) for c in text) + '"'


def _letter(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c.isprintable() else f"\\U{ord(c):08x}"
