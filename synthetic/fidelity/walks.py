"""Two or three logs on one footing: the same stations, the same exits, the same way of cutting them into journeys.

Everything that is compared is worked out from `Walks`, so that a difference between two logs is never one of how they
were read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import EventLog
from flowmap.quality import OptionError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RARE = "(rare stations)"  # what a model calls all stations that too few children reached
DAY = 86_400_000  # ms
ORDINALS = ("first", "second", "third", "fourth", "fifth")

# Ways out of the system, as the built-in map and the prototype call them; for logs without case numbers of their own.
KNOWN_EXITS = frozenset(
    {"nfa", "nofurtheraction", "stepdown", "closed", "adopted", "specialguardianship", "returnedhome", "leftcare18"}
    | {"moved", "other", "end"}
)
LEAST_TO_LEARN = 10  # journeys that must end at a station before it is taken for an exit
LEFT_AGAIN = 0.005  # share of its visits that may be followed by another event, all the same
# Our choice, as council files have a stray row after a closure now and then.


@dataclass(frozen=True)
class Walks:
    """The journeys of a log, laid out child by child, journey by journey, in order of time.

    Of events (n,): `station` (row of `names`), `time` (ms UTC), `row` (of the log), `journey`. Of journeys (j,):
    `begin` (row of its first event), `events` (how many), `child` (row of the log's `child_ids`), `visit` (0 for a
    child's first). `exits` (names,) says which stations are exits; `window` is the first and last time of the log.
    """

    log: EventLog
    names: tuple[str, ...]
    exits: Flags
    station: Ints
    time: Ints
    row: Ints
    journey: Ints
    begin: Ints
    events: Ints
    child: Ints
    visit: Ints

    def __len__(self) -> int:
        return len(self.begin)

    @cached_property
    def children(self) -> int:
        """Children with at least one event."""
        return len(np.unique(self.child))

    @cached_property
    def window(self) -> tuple[int, int]:
        """First and last time, ms UTC."""
        return int(self.time.min()), int(self.time.max())

    @cached_property
    def start(self) -> Ints:
        """(j,) time of each journey's first event."""
        return self.time[self.begin]

    @cached_property
    def last(self) -> Ints:
        """(j,) row of each journey's last event."""
        return self.begin + self.events - 1

    @cached_property
    def open(self) -> Flags:
        """(j,) whether the journey's last event is no exit; no journey is open where there are no exits."""
        return ~self.exits[self.station[self.last]] if self.exits.any() else np.zeros(len(self), dtype=bool)

    @cached_property
    def moves(self) -> Ints:
        """Rows of the events that another event of the same journey follows."""
        return np.flatnonzero(self.journey[:-1] == self.journey[1:]) if len(self.journey) else self.journey

    @cached_property
    def edge(self) -> Ints:
        """(moves,) from x number of stations + to."""
        return self.station[self.moves] * len(self.names) + self.station[self.moves + 1]

    @cached_property
    def wait(self) -> Ints:
        """(moves,) ms from each event to the next one of its journey."""
        return self.time[self.moves + 1] - self.time[self.moves]

    @cached_property
    def path(self) -> npt.NDArray[np.uint64]:
        """(j,) a 64-bit hash of each journey's stations in order; two paths share one with a chance below 1e-9."""
        return journey_hash(self, self.station)

    def edge_name(self, edge: int) -> str:
        """“from → to”."""
        return f"{self.names[edge // len(self.names)]} → {self.names[edge % len(self.names)]}"


def journey_hash(walks: Walks, codes: Ints) -> npt.NDArray[np.uint64]:
    """(j,) a hash of one code an event, in order (the SplitMix64 finaliser over code and place, summed)."""
    if not len(walks):
        return np.empty(0, dtype=np.uint64)
    place = np.arange(len(codes)) - np.repeat(walks.begin, walks.events)
    return np.add.reduceat(mix(codes.astype(np.uint64) * np.uint64(1_000_003) + place.astype(np.uint64)), walks.begin)


def mix(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers spread over 64 bits (Steele, Lea and Flood 2014, SplitMix64)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def families(family: npt.NDArray[np.integer]) -> Ints:
    """(k,) a number for each child's family; children whose family is not known (-1) are one of their own."""
    return np.where(family >= 0, family, int(family.max(initial=-1)) + 1 + np.arange(len(family))).astype(np.int64)


def families_of(log: EventLog) -> Ints:
    """(k,) a number for each child's family: as the log knows it, else one for those who first came at one moment.

    Where most times are days only, a moment tells nothing: everybody is alone.
    """
    if log.family is not None:
        return families(log.family)
    if log.date_only.mean() > 0.5:
        return np.arange(len(log.child_ids))
    first = np.full(len(log.child_ids), np.iinfo(np.int64).max)
    np.minimum.at(first, log.child, log.time)
    return first


def households(walks: Walks) -> Ints:
    """(j,) one number for all journeys of a family (`families_of`)."""
    return np.unique(families_of(walks.log)[walks.child], return_inverse=True)[1]


def together(*logs: EventLog, exits: Collection[str] | None = None) -> tuple[Walks, ...]:
    """The logs as walks over one list of stations, the first log's stations first.

    `exits` names the exits; without it they are learned from the first log where it has case numbers, else known by
    name. Journeys are the source's cases where every log has them, else they end at an exit.
    Raises OptionError for a log without events, or for an exit that no log knows.
    """
    for number, log in enumerate(logs):
        if not len(log):
            raise OptionError(f"The {ORDINALS[number]} log has no events.")
    names = tuple(dict.fromkeys(name for log in logs for name in log.stations))
    if exits is not None and (unknown := set(exits) - set(names)):
        raise OptionError(f"No log has an exit called {', '.join(sorted(unknown))}.", remedy="Use names of events.")
    cases = all(log.case is not None for log in logs)
    if exits is None:
        exits = find_exits(logs[0])
    leave = np.array([name in exits for name in names])
    return tuple(_walks(log, names, leave, cases) for log in logs)


def find_exits(log: EventLog) -> frozenset[str]:
    """Names of the stations where journeys end for good; learned from the log's cases, else known by name."""
    if log.case is None:
        return frozenset(n for n in log.stations if plain(n) in KNOWN_EXITS or n.lower().startswith("exit"))
    order = np.lexsort((log.time, log.case, log.child))
    child, case, station = log.child[order], log.case[order], log.station[order]
    last = np.append((child[1:] != child[:-1]) | (case[1:] != case[:-1]), True)
    size = len(log.stations)
    ended = np.bincount(station[last], minlength=size)
    seen = np.bincount(station, minlength=size)
    learned = (ended >= LEAST_TO_LEARN) & (ended >= (1 - LEFT_AGAIN) * seen)
    known = np.array([plain(n) in KNOWN_EXITS or n.lower().startswith("exit") for n in log.stations])
    never_left = (ended == seen) & (seen > 0)
    return frozenset(np.array(log.stations, dtype=object)[learned | (known & never_left)].tolist())


def plain(name: str) -> str:
    """A station's name in small letters, without spaces and signs, as the map compares names."""
    return re.sub(r"[\s_\-–]+", "", name.lower())


def _walks(log: EventLog, names: tuple[str, ...], exits: Flags, cases: bool) -> Walks:
    place = {name: i for i, name in enumerate(names)}
    station = np.array([place[name] for name in log.stations], dtype=np.int64)[log.station]
    keys = (log.time, log.case, log.child) if cases and log.case is not None else (log.time, log.child)
    row = np.lexsort(keys)
    child, time, station = log.child[row].astype(np.int64), log.time[row], station[row]
    new = np.ones(len(row), dtype=bool)
    new[1:] = child[1:] != child[:-1]
    if cases and log.case is not None:
        new[1:] |= log.case[row][1:] != log.case[row][:-1]
    else:
        new[1:] |= exits[station[:-1]]
    begin = np.flatnonzero(new)
    owner, start = child[begin], time[begin]
    visit = np.empty(len(begin), dtype=np.int64)
    ranked = np.lexsort((start, owner))
    firsts = np.flatnonzero(np.append(True, owner[ranked][1:] != owner[ranked][:-1]))
    visit[ranked] = np.arange(len(begin)) - np.repeat(firsts, np.diff(firsts, append=len(begin)))
    return Walks(
        log=log,
        names=names,
        exits=exits,
        station=station,
        time=time,
        row=row,
        journey=np.cumsum(new) - 1,
        begin=begin,
        events=np.diff(begin, append=len(row)),
        child=owner,
        visit=visit,
    )
