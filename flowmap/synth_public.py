"""The private mode of `flowmap synth fit`: ε, and what may be known without the log (map, window, lists)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from flowmap import tubemap
from flowmap.eventlog import EventLog
from flowmap.quality import OptionError, SourceError

if TYPE_CHECKING:
    from synthetic.model import FitOptions, Model

KEYS = ("stations", "exits", "moves", "values", "known_from")
Command = Callable[..., Any]


@dataclass(frozen=True)
class Asked:
    """ε and δ, the two days of the window, and what was named publicly."""

    epsilon: float
    delta: float
    window: tuple[str, str]
    lists: dict[str, Any]


def options(command: Command) -> Command:
    """Add the options of the private mode."""
    for option in (
        click.option(
            "--public", metavar="FILE", type=click.Path(path_type=Path), help="With --epsilon: lists of names."
        ),
        click.option("--window", metavar="DAY:DAY", help="With --epsilon: first and last day that the log is about."),
        click.option("--delta", default=1e-6, show_default=True, help="With --epsilon: what names may cost beside."),
        click.option("--epsilon", type=float, help="Differential privacy for each child: 1 is strict, 10 is weak."),
    ):
        command = option(command)
    return command


def asked(given: dict[str, Any]) -> Asked | None:
    """Take the options of the private mode out of `given`; None without --epsilon. Raises OptionError, SourceError."""
    epsilon, delta, window, file = (given.pop(name) for name in ("epsilon", "delta", "window", "public"))
    if epsilon is None:
        if window or file:
            raise OptionError("--window and --public go with --epsilon.", remedy="Add it, as in: --epsilon 3")
        return None
    if window is None or window.count(":") != 1:
        raise OptionError(
            "A private model needs to be told the first and last day that the log is about.",
            remedy="Give them, as in: --window 2014-01-01:2017-12-31",
        )
    first, last = window.split(":")
    return Asked(epsilon, delta, (first, last), _lists(file) if file else {})


def declared(log: EventLog, wanted: FitOptions, asked: Asked, map_: str | None) -> tuple[EventLog, FitOptions]:
    """The log with the map's names, and `wanted` with all that is public: stations and exits of the map or the file.

    No map is looked for: which one fits depends on the children. Raises OptionError where both name stations.
    """
    from synthetic.model import Public

    lists = asked.lists
    stations, exits = lists.get("stations"), lists.get("exits", [])
    if map_ is not None:
        if stations or exits:
            raise OptionError("The map and the file both name stations.", remedy="Name them in one of the two.")
        tube = tubemap.load(map_)
        known, _ = tubemap.match(tube, log.stations)
        log = replace(log, stations=tuple(known.get(name, name) for name in log.stations))
        stations = [place.id for place in tube.places()]
        exits = [place.id for place in tube.places() if place.kind == "exit"]
    public = Public(
        asked.window,
        None if stations is None else tuple(stations),
        lists.get("values", {}),
        frozenset((a, b) for a, b in lists["moves"]) if "moves" in lists else None,
        lists.get("known_from", {}),
    )
    ends = frozenset(exits) | (wanted.exits or frozenset())
    return log, replace(wanted, exits=ends, epsilon=asked.epsilon, delta=asked.delta, public=public)


def left_out(log: EventLog, wanted: FitOptions) -> str:
    """A sentence on events at stations that are not declared, for the screen alone: it counts without noise."""
    if wanted.public is None or wanted.public.stations is None:
        return ""
    unknown = [row for row, name in enumerate(log.stations) if name not in wanted.public.stations]
    count = int(np.isin(log.station, unknown).sum())
    if not count:
        return ""
    names = ", ".join(log.stations[row] for row in unknown[:10]) + (" …" if len(unknown) > 10 else "")
    return f"{count:,} events are not in it, for their stations are not declared: {names}."


def promise(model: Model) -> str:
    """What a model keeps to, for the end of a sentence."""
    if model.privacy is None:
        return f"nothing in it is shared by fewer than {model.k} children"
    return f"differentially private for each child, ε = {model.privacy['epsilon']:g}, δ = {model.privacy['delta']:g}"


def _lists(file: Path) -> dict[str, Any]:
    """The file's lists; raises SourceError where it is none of that kind."""
    remedy = (
        'It looks like this, each part optional: {"stations": ["contact", …], "exits": ["nfa", …],'
        ' "moves": [["contact", "referral"], …], "values": {"sex": ["female", "male"], …},'
        ' "known_from": {"need": "referral", …}}'
    )
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SourceError(f"What is public cannot be read: {error}.", file=file.name, remedy=remedy) from error
    if not isinstance(found, dict) or set(found) - set(KEYS):
        unknown = ", ".join(sorted(set(found) - set(KEYS))) if isinstance(found, dict) else "not an object"
        raise SourceError(f"The file has other parts than it may: {unknown}.", file=file.name, remedy=remedy)
    for part in ("stations", "exits"):
        if not _names(found.get(part, [])):
            raise SourceError(f"“{part}” is not a list of names.", file=file.name, remedy=remedy)
    if not isinstance(found.get("moves", []), list) or not all(
        _names(m) and len(m) == 2 for m in found.get("moves", [])
    ):
        raise SourceError("“moves” is not a list of pairs of names.", file=file.name, remedy=remedy)
    values = found.get("values", {})
    if not isinstance(values, dict) or not all(_names(v) for v in values.values()):
        raise SourceError("“values” does not give a list of names for each attribute.", file=file.name, remedy=remedy)
    places = found.get("known_from", {})
    if not isinstance(places, dict) or not _names(list(places.values())):
        raise SourceError("“known_from” does not give a station for each attribute.", file=file.name, remedy=remedy)
    return found


def _names(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(name, str) for name in found)
