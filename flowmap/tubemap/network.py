"""The way a transition takes over the lines, where there is a sensible one."""

from __future__ import annotations

import heapq
from collections import defaultdict

from .model import TubeMap
from .octilinear import steps
from .tracks import Leg

PASSING = 3.0  # cells of detour that are worth one station less on the way
MOST_PASSED = 3
LONGEST = 2.5  # times the direct way


class Network:
    """Places joined by legs."""

    def __init__(self, tube: TubeMap, legs: list[Leg]) -> None:
        self.at = {p.id: p.at for p in tube.places() if p.at is not None}
        self.legs: dict[tuple[str, str], Leg] = {}
        self.out: dict[str, dict[str, float]] = defaultdict(dict)
        for leg in legs:
            long = sum(1.414 if a[0] != b[0] and a[1] != b[1] else 1.0 for a, b in steps(leg.way)) / 2
            for a, b in ((leg.a, leg.b), (leg.b, leg.a)):
                if long < self.out[a].get(b, float("inf")):
                    self.out[a][b] = long
                    self.legs[a, b] = leg

    def direct(self, a: str, b: str) -> float:
        """The shortest octilinear way between two places, in cells, were nothing else there."""
        (ax, ay), (bx, by) = self.at[a], self.at[b]
        dx, dy = abs(ax - bx), abs(ay - by)
        return max(dx, dy) + 0.414 * min(dx, dy)

    def way(self, a: str, b: str) -> list[str] | None:
        """Places from a to b, both included, or None where no sensible way exists."""
        limit = LONGEST * self.direct(a, b) + 1e-6
        queue: list[tuple[float, float, list[str]]] = [(0.0, 0.0, [a])]
        best: dict[tuple[str, int], float] = {}
        while queue:
            cost, long, path = heapq.heappop(queue)
            here = path[-1]
            if here == b:
                return path
            if best.get((here, len(path)), float("inf")) <= cost or len(path) > MOST_PASSED + 1:
                continue
            best[here, len(path)] = cost
            for there, step in sorted(self.out[here].items()):
                if there not in path and long + step + self.direct(there, b) <= limit:
                    passing = 0.0 if there == b else PASSING
                    heapq.heappush(queue, (cost + step + passing, long + step, [*path, there]))
        return None
