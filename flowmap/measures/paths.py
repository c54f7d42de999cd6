"""Sequences of stations, and patterns in them: the ground on which pathways are counted.

A pattern is stations joined by `>` (or `->`), the next directly after the one before; `*` is any events or none, `?`
one event, `a|b` either, `^` at the front the beginning, `$` at the back the end. Stations are known by id, label, or
the sector's abbreviations, without regard to case: `contact > * > s47 > nfa`, `C -> C -> R -> AS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask, Seconds
from flowmap.eventlog import OptionError
from flowmap.measures.events import events

Ints = npt.NDArray[np.int64]
Merge = Literal["none", "repeats", "first visits"]

MERGES: tuple[Merge, ...] = ("none", "repeats", "first visits")
# What teams write on whiteboards, and the ids of the built-in map they stand for.
ABBREVIATIONS = {
    "c": "contact",
    "eh": "early_help",
    "r": "referral",
    "a": "assessment",
    "as": "assessment",
    "caf": "assessment",
    "cfa": "assessment",
    "s17": "assessment",
    "s": "strategy",
    "sd": "strategy",
    "strat": "strategy",
    "s47": "s47",
    "cpc": "icpc",
    "icpc": "icpc",
    "cin": "cin",
    "cinp": "cin",
    "cp": "cp",
    "cpp": "cp",
    "plo": "pre_proceedings",
    "lac": "looked_after",
    "cla": "looked_after",
    "ico": "interim_care_order",
    "co": "care_order",
    "fco": "care_order",
    "po": "placement_order",
    "sgo": "special_guardianship",
    "nfa": "nfa",
}
LONGEST_PATTERN = 400  # characters


@dataclass(frozen=True)
class Sequences:
    """Events (e,) one sequence after another: `begin` and `end` (s,), and the journey, station and time of each."""

    begin: Ints
    end: Ints
    station: npt.NDArray[np.int64]
    time: Seconds
    journey: Ints
    of: Ints  # (e,) the sequence each event is of

    def __len__(self) -> int:
        return len(self.begin)

    def only(self, kept: Mask) -> Sequences:
        """The sequences with those events (e,) alone; one may be left empty."""
        count = np.bincount(self.of[kept], minlength=len(self))
        end = np.cumsum(count)
        return Sequences(end - count, end, self.station[kept], self.time[kept], self.journey[kept], self.of[kept])

    def merged(self, by: Merge) -> Sequences:
        """Without repeats: of a station directly after itself, or of a station at all."""
        if by == "repeats" and len(self.station):
            kept = np.ones(len(self.station), dtype=bool)
            kept[1:] = (self.station[1:] != self.station[:-1]) | (self.of[1:] != self.of[:-1])
            return self.only(kept)
        if by == "first visits":
            places = int(self.station.max(initial=0)) + 1
            _, first = np.unique(self.of * places + self.station, return_index=True)
            kept = np.zeros(len(self.station), dtype=bool)
            kept[first] = True
            return self.only(kept)
        return self


def of_rows(data: Dataset, rows: Ints) -> Sequences:
    """A sequence for each of those journeys, in the order given."""
    return _sequences(data, rows, None)


def of_children(data: Dataset, mask: Mask) -> Sequences:
    """A sequence for each child with a journey in `mask`: these journeys, one after another."""
    rows = np.flatnonzero(mask)
    child = data.journeys.child[rows]
    order = np.lexsort((data.journeys.visit[rows], child))
    return _sequences(data, rows[order], child[order])


def _sequences(data: Dataset, rows: Ints, owner: npt.NDArray[np.uint32] | None) -> Sequences:
    found = events(data)
    length = found.end[rows] - found.begin[rows]
    total = int(length.sum())
    stop = np.cumsum(length)
    shift = np.repeat(found.begin[rows] - (stop - length), length)
    position = np.arange(total) + shift
    if owner is None:
        of = np.repeat(np.arange(len(rows)), length)
        begin, end = stop - length, stop
    else:
        new = np.ones(len(rows), dtype=bool)
        new[1:] = owner[1:] != owner[:-1]
        of = np.repeat(np.cumsum(new) - 1, length)
        count = np.bincount(of, minlength=int(new.sum()))
        end = np.cumsum(count)
        begin = end - count
    station = found.station[position].astype(np.int64)
    return Sequences(begin, end, station, found.time[position], found.journey[position].astype(np.int64), of)


@dataclass(frozen=True)
class Pattern:
    """Runs of places between `*`: which stations may be at each (stations,); and whether it is tied to an end."""

    runs: tuple[tuple[Mask, ...], ...]
    from_start: bool
    to_end: bool
    named: frozenset[int]
    text: str


def pattern(data: Dataset, text: str) -> Pattern:
    """Read a pattern. Raises OptionError for one that is empty or names a station that the map has not."""
    if len(text) > LONGEST_PATTERN:
        raise OptionError("The pattern is too long.", remedy=f"Use at most {LONGEST_PATTERN} characters.")
    words = [word.strip() for word in re.split(r"-?>|→", text)]
    from_start, to_end = words[0].startswith("^"), words[-1].endswith("$")
    words[0] = words[0].removeprefix("^").strip()
    words[-1] = words[-1].removesuffix("$").strip()
    words = [word for word in words if word]
    runs: list[list[Mask]] = [[]]
    named: set[int] = set()
    for word in words:
        if word == "*":
            runs.append([])
            continue
        found = np.zeros(len(data.stations), dtype=bool)
        if word == "?":
            found[:] = True
        else:
            rows = [_known(data, name.strip()) for name in word.split("|")]
            found[rows] = True
            named.update(rows)
        runs[-1].append(found)
    if not named:
        raise OptionError("The pattern names no station.", remedy="Write one such as: contact > * > s47 > nfa.")
    tied_start = from_start and bool(runs[0])
    tied_end = to_end and bool(runs[-1])
    return Pattern(tuple(tuple(run) for run in runs if run), tied_start, tied_end, frozenset(named), text.strip())


def _known(data: Dataset, name: str) -> int:
    wanted = re.sub(r"[\s_-]+", " ", name.lower()).strip()
    for row, place in enumerate(data.stations):
        if wanted in (re.sub(r"[\s_-]+", " ", said.lower()) for said in (place.id, place.label)):
            return row
    short = ABBREVIATIONS.get(wanted.replace(" ", ""))
    if short in data.index:
        return data.index[short]
    several = ", ".join(data.index)
    raise OptionError(f"The pattern names “{name[:40]}”, which this map has not.", remedy=f"Stations: {several}.")


def matches(several: Sequences, wanted: Pattern) -> tuple[Mask, Ints, Ints]:
    """(s,) which sequences hold the pattern, and the events with which its first such place begins and ends."""
    at = several.begin.copy()
    ok = several.end > several.begin
    first = np.full(len(several), -1)
    final = np.full(len(several), -1)
    for number, run in enumerate(wanted.runs):
        is_last = number == len(wanted.runs) - 1
        starts = _starts(several, run)
        if wanted.to_end and is_last:
            place = several.end - len(run)
            good = ok & (place >= at)
            good[good] = starts[place[good]]
            if wanted.from_start and number == 0:
                good &= place == several.begin
        elif wanted.from_start and number == 0:
            place, good = several.begin, ok.copy()
            good[good] = starts[place[good]]
        else:
            rows = np.flatnonzero(starts)
            after = np.searchsorted(rows, at)
            place = rows[np.minimum(after, len(rows) - 1)] if len(rows) else np.full(len(at), -1)
            good = ok & (after < len(rows)) & (place < several.end)
        ok = good
        first = np.where(ok & (number == 0), place, first)
        final = np.where(ok, place + len(run) - 1, final)
        at = np.where(ok, place + len(run), at)
    return ok, np.where(ok, first, -1), np.where(ok, final, -1)


def _starts(several: Sequences, run: tuple[Mask, ...]) -> Mask:
    """(e,) at which events a run of places begins, within one sequence."""
    n = len(several.station)
    found = np.zeros(n, dtype=bool)
    size = n - len(run) + 1
    if size <= 0:
        return found
    found[:size] = several.of[:size] == several.of[len(run) - 1 :]
    for step, allowed in enumerate(run):
        found[:size] &= allowed[several.station[step : step + size]]
    return found


def regrouped(several: Sequences, groups: Iterable[tuple[int, Iterable[int]]]) -> Sequences:
    """With stations (the second of each pair) told as one (the first)."""
    station = several.station.copy()
    for one, members in groups:
        station[np.isin(several.station, list(members))] = one
    return replace(several, station=station)
