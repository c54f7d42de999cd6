"""A map for a log that has none: stations placed by their flow, strong moves as lines, the main path straight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .ground import Ground
from .links import middles, way_cost
from .model import COLOURS, Cell, Line, Station, TubeMap
from .names import plain
from .octilinear import Half, through, ways
from .path import CELL, Path
from .ranks import OTHER, Flow, gather, layers, order, spine
from .seats import seats

LINES = 7  # more colours than this cannot be told apart
WEAK = 0.015  # of all moves: below this a move gets no line unless it is a station's only tie
BLOCKED = 250.0  # cost from which a way would run through a station
PALETTE = [c for c in COLOURS if c not in ("grey", "yellow")]


def automatic(names: Iterable[str], edges: Mapping[tuple[str, str], int], starts: Mapping[str, int],
              title: str = "Automatic map") -> TubeMap:  # fmt: skip
    """A map of event names from the moves between them.

    `edges` counts moves (from, to), `starts` counts journeys by first event; both by event name. Beyond 30 names the
    rarest share one station, "other"; `merged` of the map lists them, and `match` sends them there. The map declares
    no exits. The same input always gives the same map.
    """
    flow = gather(names, edges, starts)
    ranked = order(flow)
    level = layers(flow, ranked)
    main = spine(flow, ranked, level)
    cells = seats(level, main, flow.edges)
    ids, labels = _ids(flow), _labels(flow)
    begins = {s for s, n in flow.starts.items() if n > 0.02 * sum(flow.starts.values())}
    stations = tuple(
        Station(
            id=ids[s],
            label=labels[s],
            at=cells[s],
            entry=s in begins,
            events=tuple(n for n in flow.groups[s] if plain(n) != plain(ids[s])),
        )
        for s in ranked
    )
    return TubeMap("automatic", title, stations, lines=_lines(flow, main, cells, ids), merged=flow.merged)


def _labels(flow: Flow) -> dict[str, str]:
    """Names as shown, no two alike and none that is another station's event, as `match` compares."""
    owner = {plain(name): station for station, names in flow.groups.items() for name in names}
    found: dict[str, str] = {}
    for station in flow.groups:
        text = " ".join("".join(c if c.isprintable() else " " for c in station.replace("_", " ")).split())
        base = text[:100] or "(no name)"
        if flow.merged and plain(station) == OTHER:
            base = f"Other ({len(flow.merged)} kinds)"
        label, n = base, 2
        while owner.setdefault(plain(label), station) != station:
            label, n = f"{base} ({n})", n + 1
        found[station] = label
    return found


def _ids(flow: Flow) -> dict[str, str]:
    """Short plain ids, unlike each other even as compared by `match`, and unlike any other station's event."""
    found: dict[str, str] = {}
    taken = {plain(name) for names in flow.groups.values() for name in names}
    for station, names in flow.groups.items():
        own = {plain(n) for n in names}
        base = re.sub(r"[^\w]+", "_", station.casefold()).strip("_")[:60] or "station"
        key, n = base, 2
        while plain(key) in taken - own or key in found.values() or plain(key) in map(plain, found.values()):
            key, n = f"{base}_{n}", n + 1
        found[station] = key
    return found


def _lines(flow: Flow, main: list[str], cells: Mapping[str, Cell], ids: Mapping[str, str]) -> tuple[Line, ...]:
    """The main path, then the strongest moves left, each drawn out as far as strong moves lead on."""
    ground = Ground()
    ground.add_circles((x * CELL, y * CELL, 20.0) for x, y in cells.values())
    total = sum(n for (a, b), n in flow.edges.items() if a != b)
    ties: dict[frozenset[str], int] = {}
    for (a, b), n in flow.edges.items():
        if a != b and n > 0:
            ties[frozenset((a, b))] = ties.get(frozenset((a, b)), 0) + n
    paths: list[list[str]] = [main] if len(main) > 1 else []
    used = {frozenset(pair) for pair in zip(main, main[1:], strict=False)}
    lines = [_line(paths[0], cells, ids, ground, 0)] if paths else []
    touched = set(main)
    for tie in sorted(ties, key=lambda t: (-ties[t], sorted(t))):
        if len(lines) >= LINES or tie in used:
            continue
        if ties[tie] < WEAK * total and tie <= touched:
            continue
        path = _drawn_out(tie, ties, used, cells)
        line = _line(path, cells, ids, ground, len(lines))
        if line is None:
            used.add(tie)
            continue
        lines.append(line)
        used.update(frozenset(pair) for pair in zip(path, path[1:], strict=False))
        touched.update(path)
    return tuple(line for line in lines if line is not None)


def _drawn_out(tie: frozenset[str], ties: Mapping[frozenset[str], int], used: set[frozenset[str]],
               cells: Mapping[str, Cell]) -> list[str]:  # fmt: skip
    """A path of at most six stations about one tie, along ties at least a quarter as strong and not used yet."""
    a, b = sorted(tie, key=lambda s: (cells[s], s))
    path = [a, b]
    for end, step in ((-1, 1), (0, -1)):
        while len(path) < 6:
            here, before = path[end], path[end - step]
            options = [
                (n, other)
                for pair, n in ties.items()
                if here in pair and pair not in used and n * 4 >= ties[tie]
                for other in pair - {here}
                if other not in path and _onward(cells[before], cells[here], cells[other])
            ]
            if not options:
                break
            other = max(options)[1]
            path.insert(len(path) if end else 0, other)
    return path


def _onward(a: Cell, b: Cell, c: Cell) -> bool:
    """Does going on from b to c turn by no more than a right angle?"""
    return (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) >= 0


def _line(path: list[str], cells: Mapping[str, Cell], ids: Mapping[str, str], ground: Ground, n: int) -> Line | None:
    """A line along the path, led round stations in its way; None where some part cannot be."""
    stops: list[str | Cell] = [ids[path[0]]]
    drawn = []
    for a, b in zip(path, path[1:], strict=False):
        bends, way, cost = _way(cells[a], cells[b], ground)
        if cost > BLOCKED + 60 * CELL:
            return None
        stops += [*bends, ids[b]]
        drawn.append(Path([(x * CELL / 2, y * CELL / 2) for x, y in way]).points())
    for points in drawn:
        ground.add_line(points, 5.0)
    label = "Main path" if n == 0 else f"{path[0]} – {path[-1]}".replace("_", " ")[:120]
    return Line(f"line_{n + 1}", " ".join(label.split()), PALETTE[n % len(PALETTE)], tuple(stops))


def _way(a: Cell, b: Cell, ground: Ground) -> tuple[list[Cell], list[Half], float]:
    """Bends, way and cost of the cheapest way between two stations."""
    ends = (a[0] * 2, a[1] * 2), (b[0] * 2, b[1] * 2)
    options: list[list[Half]] = [[], *(way[1:-1] for way in ways(*ends)[1:]), *middles(*ends)]
    best: tuple[list[Cell], list[Half], float] = ([], [], float("inf"))
    for bends in options:
        if any(x % 2 or y % 2 for x, y in bends):
            continue
        way = through([ends[0], *bends, ends[1]])
        cost = way_cost([(x * CELL / 2, y * CELL / 2) for x, y in way], ground)
        if cost < best[2]:
            best = ([(x // 2, y // 2) for x, y in bends], way, cost)
    return best
