"""Which event names mean which place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .model import TubeMap


def plain(name: str) -> str:
    """A name as compared: case, spaces, `_`, `-` and the style of apostrophes do not matter."""
    text = unicodedata.normalize("NFKC", name).replace("’", "'").casefold()
    return re.sub(r"[\s_-]+", "", text) or text.strip()


def claims(tube: TubeMap) -> dict[str, list[str]]:
    """Plain name → ids of the places that claim it: by id, else by label, else by event name."""
    found: dict[str, list[str]] = {}
    ranks: dict[str, int] = {}
    for rank, names_of in enumerate((lambda p: [p.id], lambda p: [p.label], lambda p: p.events)):
        for place in tube.places():
            for name in names_of(place):
                key = plain(name)
                if ranks.setdefault(key, rank) == rank and place.id not in found.setdefault(key, []):
                    found[key].append(place.id)
    return found


def match(tube: TubeMap, event_names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Event names → place ids, and the names that no place claims, in the order given."""
    owners = claims(tube)
    known: dict[str, str] = {}
    unknown: list[str] = []
    for name in event_names:
        owner = owners.get(plain(name))
        if owner:
            known[name] = owner[0]
        elif name not in unknown:
            unknown.append(name)
    return known, unknown
