"""The map file: YAML text ↔ TubeMap. `parse` finds every problem, with its line, before it gives up."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from .check import check
from .model import (
    Cell,
    Exit,
    Line,
    Loop,
    MapError,
    MapProblem,
    Station,
    Timescale,
    TubeMap,
    Zone,
)
from .yamltree import Lines, Tree, read_tree

MAPS = Path(__file__).parent.parent / "maps"
MOST = 400  # of any one kind: far more than can be drawn, few enough to answer at once
KEYS = {
    "map": ("name", "title", "stations", "exits", "lines", "zones", "timescales", "loop", "merged"),
    "stations": ("label", "at", "zone", "entry", "events", "label_side", "queue"),
    "exits": ("label", "at", "from", "zone", "events", "label_side"),
    "lines": ("label", "colour", "through"),
    "zones": ("label", "columns"),
    "timescales": ("label", "at", "since", "limit", "source"),
    "loop": ("label", "row", "from", "to"),
}


def builtin() -> list[str]:
    """The names of the maps that come with flowmap."""
    return sorted(path.stem for path in MAPS.glob("*.yaml"))


def load(name_or_path: str | Path) -> TubeMap:
    """A built-in map by name, else a map file by path. Raises MapError."""
    path = MAPS / f"{name_or_path}.yaml" if str(name_or_path) in builtin() else Path(name_or_path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MapError([MapProblem(None, "It is not UTF-8 text.", "Save it as UTF-8.")], path.name) from error
    except (OSError, ValueError) as error:
        names = ", ".join(builtin())
        reason = getattr(error, "strerror", None) or str(error)
        problem = MapProblem(None, f"It cannot be read: {reason}.", f"Give the path of a map file, or one of: {names}.")
        raise MapError([problem], str(name_or_path)) from error
    return parse(text, path.name)


def parse(text: str, file: str = "") -> TubeMap:
    """Map text → TubeMap. `file` is its name in messages. Raises MapError with all problems found."""
    tree, lines, problems = read_tree(text)
    if problems and tree is None:
        raise MapError(problems, file)
    if not isinstance(tree, dict):
        raise MapError([MapProblem(1, "A map is a mapping that begins with `name:`.", "See docs/maps.md.")], file)
    reader = _Reader(lines, problems)
    found = reader.map(tree, Path(file).stem or "map")
    if not reader.problems:
        reader.problems += check(found, lines)
    if reader.problems:
        raise MapError(reader.problems, file)
    return found


class _Reader:
    """Reads the tree field by field; what is wrong is noted and a stand-in takes its place."""

    def __init__(self, lines: Lines, problems: list[MapProblem]) -> None:
        self.lines = lines
        self.problems = problems

    def wrong(self, place: tuple[str | int, ...], message: str, remedy: str) -> None:
        self.problems.append(MapProblem(self.lines.at(*place), message, remedy))

    def map(self, tree: Mapping[str, Tree], name: str) -> TubeMap:
        self.known(tree, "map", ())
        name = self.text(tree.get("name") or name, ("name",))
        return TubeMap(
            name=name,
            title=self.text(tree.get("title") or name, ("title",)),
            stations=tuple(self.station(i, t) for i, t in self.entries(tree, "stations").items()),
            exits=tuple(self.exit(i, t) for i, t in self.entries(tree, "exits").items()),
            lines=tuple(self.line(i, t) for i, t in self.entries(tree, "lines").items()),
            zones=tuple(self.zone(i, t) for i, t in self.entries(tree, "zones").items()),
            timescales=tuple(self.timescale(i, t) for i, t in self.entries(tree, "timescales").items()),
            loop=self.loop(tree.get("loop")),
            merged=self.events(tree.get("merged"), ("merged",)),
        )

    def entries(self, tree: Mapping[str, Tree], kind: str) -> dict[str, dict[str, Tree]]:
        found = tree.get(kind)
        if found is None:
            if kind == "stations":
                self.wrong((kind,), "There are no stations.", "Add `stations:` with at least one.")
            return {}
        if not isinstance(found, dict):
            self.wrong((kind,), f"`{kind}` is not a mapping.", "Write each as `id: {label: …}` on a line of its own.")
            return {}
        if len(found) > MOST:
            self.wrong((kind,), f"There are {len(found)} {kind}.", f"A map holds at most {MOST} of a kind.")
            return {}
        good = {}
        for key, value in found.items():
            if not re.fullmatch(r"[^\W_][\w.+-]{0,79}", key):
                self.wrong((kind, key), f'"{key}" is not an id.', "Use letters, figures, _ and -, without spaces.")
            elif not isinstance(value, dict):
                self.wrong((kind, key), f'"{key}" has no fields.', f"Write `{key}: {{{KEYS[kind][0]}: …}}`.")
            else:
                self.known(value, kind, (kind, key))
                good[key] = value
        return good

    def known(self, tree: Mapping[str, Tree], kind: str, place: tuple[str | int, ...]) -> None:
        for key in tree:
            if key not in KEYS[kind]:
                near = difflib.get_close_matches(key, KEYS[kind], 1)
                remedy = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(KEYS[kind])}."
                self.wrong((*place, key), f'"{key}" is not known here.', remedy)

    def station(self, key: str, tree: dict[str, Tree]) -> Station:
        place = ("stations", key)
        at = self.cell(tree.get("at"), (*place, "at"))
        if at is None:
            self.wrong(place, f'Station "{key}" has no place.', "Add `at: [column, row]`.")
        return Station(
            id=key,
            label=self.text(tree.get("label") or key, (*place, "label")),
            at=at or (0, 0),
            zone=self.name(tree.get("zone"), (*place, "zone")),
            entry=self.flag(tree.get("entry"), (*place, "entry")),
            events=self.events(tree.get("events"), (*place, "events")),
            label_side=self.name(tree.get("label_side"), (*place, "label_side")),
            queue_side=self.name(tree.get("queue"), (*place, "queue")),
        )

    def exit(self, key: str, tree: dict[str, Tree]) -> Exit:
        place = ("exits", key)
        return Exit(
            id=key,
            label=self.text(tree.get("label") or key, (*place, "label")),
            at=self.cell(tree.get("at"), (*place, "at")),
            stubs=self.stubs(tree.get("from"), (*place, "from")),
            zone=self.name(tree.get("zone"), (*place, "zone")),
            events=self.events(tree.get("events"), (*place, "events")),
            label_side=self.name(tree.get("label_side"), (*place, "label_side")),
        )

    def stubs(self, tree: Tree, place: tuple[str | int, ...]) -> dict[str, str | None]:
        if isinstance(tree, dict):
            found = {s: self.name(d, (*place, s)) for s, d in tree.items()}
            return {s: None if d == "auto" else d for s, d in found.items()}
        return dict.fromkeys(self.texts(tree, place))

    def line(self, key: str, tree: dict[str, Tree]) -> Line:
        place = ("lines", key)
        through = tree.get("through")
        stops: list[str | Cell] = []
        if not isinstance(through, list):
            self.wrong(place, f'Line "{key}" goes nowhere.', "Add `through: [station, station, …]`.")
            through = []
        for i, stop in enumerate(through[:MOST]):
            if isinstance(stop, list):
                stops.append(self.cell(stop, (*place, "through", i)) or (0, 0))
            else:
                stops.append(self.name(stop, (*place, "through", i)) or "")
        return Line(
            id=key,
            label=self.text(tree.get("label") or key, (*place, "label")),
            colour=self.name(tree.get("colour") or "grey", (*place, "colour")) or "grey",
            through=tuple(stops),
        )

    def zone(self, key: str, tree: dict[str, Tree]) -> Zone:
        place = ("zones", key)
        columns = self.cell(tree.get("columns"), (*place, "columns"))
        if columns is None:
            self.wrong(place, f'Zone "{key}" has no columns.', "Add `columns: [first, last]`.")
        return Zone(key, self.text(tree.get("label") or key, (*place, "label")), columns or (0, 0))

    def timescale(self, key: str, tree: dict[str, Tree]) -> Timescale:
        place = ("timescales", key)
        at = tree.get("at")
        for need in ("at", "limit"):
            if not tree.get(need):
                self.wrong(place, f'Timescale "{key}" has no `{need}`.', "Say at which stations, and how long.")
        return Timescale(
            id=key,
            label=self.text(tree.get("label") or key, (*place, "label")),
            at=self.texts([at] if isinstance(at, str) else at, (*place, "at")),
            limit=" ".join(self.text(tree.get("limit") or "", (*place, "limit")).split()),
            source=self.text(tree.get("source") or "", (*place, "source"), 300),
            since=self.name(tree.get("since"), (*place, "since")),
        )

    def loop(self, tree: Tree) -> Loop | None:
        if tree is None:
            return None
        if not isinstance(tree, dict):
            self.wrong(("loop",), "`loop` is not a mapping.", "Write `loop: {label: …, row: …, from: …, to: …}`.")
            return None
        self.known(tree, "loop", ("loop",))
        row = self.number(tree.get("row"), ("loop", "row"))
        given = tree.get("from")
        start = self.texts([given] if isinstance(given, str) else given, ("loop", "from"))
        end = self.name(tree.get("to"), ("loop", "to"))
        if row is None or not start or not end:
            self.wrong(("loop",), "The loop needs `row`, `from` and `to`.",
                       "Say along which row it runs, from which exits and to which entry.")  # fmt: skip
        return Loop(self.text(tree.get("label") or "", ("loop", "label")), row or 0, start, end or "")

    def cell(self, tree: Tree, place: tuple[str | int, ...]) -> Cell | None:
        if tree is None:
            return None
        if not isinstance(tree, list) or len(tree) != 2:
            self.wrong(place, "This is not a pair of numbers.", "Write `[column, row]`, such as [4, 2].")
            return 0, 0
        first, second = (self.number(n, place) for n in tree)
        return first or 0, second or 0

    def number(self, tree: Tree, place: tuple[str | int, ...]) -> int | None:
        if tree is None:
            return None
        if isinstance(tree, str) and re.fullmatch(r"[+-]?\d{1,3}", tree) and abs(int(tree)) <= 500:
            return int(tree)
        if isinstance(tree, str) and re.fullmatch(r"[+-]?\d*\.\d+", tree):
            self.wrong(place, f"{tree} is between two grid points.", "Use whole columns and rows.")
        else:
            self.wrong(place, f"{_shown(tree)} is not a grid position.", "Use a whole number from -500 to 500.")
        return None

    def text(self, tree: Tree, place: tuple[str | int, ...], longest: int = 120) -> str:
        if not isinstance(tree, str):
            self.wrong(place, "This should be text.", 'Put it in quotes: "…".')
            return ""
        tree = " ".join(tree.split())
        if len(tree) > longest:
            self.wrong(place, f"This text has {len(tree)} characters.", f"Use at most {longest}.")
        if any(ord(c) < 32 or ord(c) == 127 for c in tree):
            self.wrong(place, "This text has a control character.", "Retype it.")
        return tree

    def name(self, tree: Tree, place: tuple[str | int, ...]) -> str | None:
        return None if tree is None or tree == "" else self.text(tree, place)

    def texts(self, tree: Tree, place: tuple[str | int, ...]) -> tuple[str, ...]:
        if tree is None:
            return ()
        if not isinstance(tree, list):
            self.wrong(place, "This should be a list.", "Write `[one, another]`.")
            return ()
        return tuple(self.text(item, (*place, i)) for i, item in enumerate(tree))

    def events(self, tree: Tree, place: tuple[str | int, ...]) -> tuple[str, ...]:
        """Event names, as files write them: of any length, with any characters."""
        if isinstance(tree, list) and all(isinstance(item, str) for item in tree):
            return tuple(str(item) for item in tree)
        return self.texts(tree, place)

    def flag(self, tree: Tree, place: tuple[str | int, ...]) -> bool:
        word = str(tree).lower() if tree is not None else "false"
        if word not in ("true", "yes", "false", "no"):
            self.wrong(place, f"{_shown(tree)} is neither true nor false.", "Write true or false.")
        return word in ("true", "yes")


def _shown(tree: Tree) -> str:
    text = str(tree)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'
