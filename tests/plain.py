"""The rules once more, in plain Python over lists: what the fast code is tested against.

Written from docs/contracts.md, without looking at the package: a journey is a list of (station, seconds).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flowmap.eventlog import EventLog


@dataclass
class Journey:
    child: Any
    case: int | None
    row: int
    events: list[tuple[str, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    visit: int = 0

    @property
    def start(self) -> int:
        return self.events[0][1]

    @property
    def end(self) -> int:
        return self.events[-1][1]

    @property
    def path(self) -> list[str]:
        return [station for station, _ in self.events]


def journeys(log: EventLog, exits: Sequence[str] = ()) -> list[Journey]:
    """Every journey of a log, by child in order of visit."""
    ids = log.child_ids.to_pylist()
    rows = sorted(range(len(log)), key=lambda row: (int(log.time[row]), row))
    of_child: dict[Any, list[Journey]] = defaultdict(list)
    for row in rows:
        child = ids[log.child[row]]
        station = log.stations[log.station[row]]
        known = of_child[child]
        if log.case is not None:
            case = int(log.case[row])
            same = [j for j in known if j.case == case]
            new = not same
            journey = same[0] if same else Journey(child, case, row)
        else:
            new = not known or known[-1].path[-1] in exits
            journey = Journey(child, None, row) if new else known[-1]
        if new:
            known.append(journey)
        journey.events.append((station, int(log.time[row]) // 1000))
        journey.rows.append(row)
    found = []
    for known in of_child.values():
        known.sort(key=lambda j: (j.start, j.case or 0))
        for visit, journey in enumerate(known):
            journey.visit = visit
        found.extend(known)
    return found


def is_open(journey: Journey, exits: Sequence[str]) -> bool:
    return journey.path[-1] not in exits


def active(found: Sequence[Journey], exits: Sequence[str], last: int, at: int) -> Counter[str]:
    """Station → journeys active there at an instant; both ends count."""
    where: Counter[str] = Counter()
    for journey in found:
        until = last if exits and is_open(journey, exits) else journey.end
        if journey.start <= at <= until:
            where[[station for station, time in journey.events if time <= at][-1]] += 1
    return where


def moves(found: Sequence[Journey]) -> list[tuple[str, str, int, int]]:
    """(from, to, depart, arrive) of every move."""
    return [
        (a, b, depart, arrive)
        for journey in found
        for (a, depart), (b, arrive) in zip(journey.events, journey.events[1:], strict=False)
    ]
