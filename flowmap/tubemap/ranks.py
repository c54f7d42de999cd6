"""Which stations an automatic map shows, and in what order they come from left to right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .names import plain

MOST = 30
OTHER = "other"
STRONG = 0.25  # of the busiest move out of, or into, a station: the share from which a move orders the two


@dataclass(frozen=True)
class Flow:
    """Stations as names in order of appearance, and the moves between them after merging."""

    groups: dict[str, list[str]]  # station → the event names it stands for
    edges: dict[tuple[str, str], int]
    starts: dict[str, int]
    merged: tuple[str, ...]


def gather(names: Iterable[str], edges: Mapping[tuple[str, str], int], starts: Mapping[str, int]) -> Flow:
    """One station for each name (case, spaces, `_` and `-` aside); beyond MOST, the rarest become "other"."""
    owner: dict[str, str] = {}
    groups: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys([*names, *(n for pair in edges for n in pair), *starts]):
        groups[owner.setdefault(plain(name), name)].append(name)
    reached: Counter[str] = Counter()
    for name, count in starts.items():
        reached[owner[plain(name)]] += count
    for (_, b), count in edges.items():
        reached[owner[plain(b)]] += count
    merged: list[str] = []
    if len(groups) > MOST:
        mine = owner.get(plain(OTHER))
        ranked = sorted((g for g in groups if g != mine), key=lambda g: -reached[g])
        rest = ranked[MOST - 1 :]
        merged = [name for g in rest for name in groups[g]]
        into = mine or OTHER
        own = groups.pop(into, [])
        for g in rest:
            del groups[g]
        groups[into] = [*own, *merged]
        owner = {key: (into if g in rest or g == into else g) for key, g in owner.items()}
    flows: Counter[tuple[str, str]] = Counter()
    for (a, b), count in edges.items():
        flows[owner[plain(a)], owner[plain(b)]] += count
    begun: Counter[str] = Counter()
    for name, count in starts.items():
        begun[owner[plain(name)]] += count
    return Flow(dict(groups), dict(flows), dict(begun), tuple(merged))


def order(flow: Flow) -> list[str]:
    """Stations so that most moves go forward: sinks to the back, sources to the front (Eades, Lin and Smyth 1993)."""
    left = dict.fromkeys(flow.groups)
    into: dict[str, dict[str, int]] = {s: {} for s in left}
    out: dict[str, dict[str, int]] = {s: {} for s in left}
    for (a, b), n in flow.edges.items():
        if a != b and n > 0:
            out[a][b] = n
            into[b][a] = n
    front: list[str] = []
    back: list[str] = []
    while left:
        sinks = [s for s in left if not any(t in left for t in out[s]) and any(t in left for t in into[s])]
        sources = [s for s in left if not any(t in left for t in into[s])]
        if sinks:
            back.insert(0, sinks[0])
            del left[sinks[0]]
            continue
        if sources:
            chosen = max(sources, key=lambda s: flow.starts.get(s, 0))
        else:
            chosen = max(left, key=lambda s: _surplus(s, left, into, out, flow.starts))
        front.append(chosen)
        del left[chosen]
    return front + back


def _surplus(s: str, left: Mapping[str, None], into: dict[str, dict[str, int]], out: dict[str, dict[str, int]],
             starts: Mapping[str, int]) -> int:  # fmt: skip
    going = sum(n for t, n in out[s].items() if t in left)
    coming = sum(n for t, n in into[s].items() if t in left)
    return going - coming + starts.get(s, 0)


def layers(flow: Flow, ranked: list[str]) -> dict[str, int]:
    """How many strong forward moves lead up to each station at most."""
    place = {s: i for i, s in enumerate(ranked)}
    forward = {(a, b): n for (a, b), n in flow.edges.items() if place[a] < place[b]}
    most_out: Counter[str] = Counter()
    most_in: Counter[str] = Counter()
    for (a, b), n in flow.edges.items():
        if a != b:
            most_out[a] = max(most_out[a], n)
            most_in[b] = max(most_in[b], n)
    strong: dict[str, list[str]] = defaultdict(list)
    for (a, b), n in forward.items():
        if n >= STRONG * most_out[a] or n >= STRONG * most_in[b]:
            strong[b].append(a)
    found: dict[str, int] = {}
    for s in ranked:
        found[s] = max((found[a] + 1 for a in strong[s]), default=0)
    return found


def spine(flow: Flow, ranked: list[str], level: Mapping[str, int]) -> list[str]:
    """The path that carries most: of all paths forward through the layers, the one with the largest sum of moves."""
    best: dict[str, tuple[int, list[str]]] = {s: (flow.starts.get(s, 0), [s]) for s in ranked}
    for s in ranked:
        for a in ranked:
            n = flow.edges.get((a, s), 0)
            if n > 0 and level[a] < level[s] and best[a][0] + n > best[s][0]:
                best[s] = (best[a][0] + n, [*best[a][1], s])
    return max((best[s] for s in ranked), key=lambda b: b[0])[1] if ranked else []
