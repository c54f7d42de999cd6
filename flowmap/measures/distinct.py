"""The distinct ways of a dataset: journeys through the same stations share one, so that it is worked on once.

Ways are told apart by a 64-bit hash of their stations in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowmap.dataset import Dataset, Mask
from flowmap.measures.beside import Beside
from flowmap.measures.paths import Ints, Merge, Sequences, of_rows, regrouped


@dataclass(frozen=True)
class Ways:
    """Of each journey (j,) the number of its way, and each way (w,) as the sequence of one journey that took it."""

    of: npt.NDArray[np.int32]
    sequences: Sequences

    @property
    def example(self) -> Ints:
        """(w,) a journey that took each way."""
        return self.sequences.journey[self.sequences.begin]


@dataclass(frozen=True)
class Tally:
    """Journeys (r,) by their way once it is merged: `way` (r,), and of merged ways (n,) the `count`.

    `order` are merged ways that some journey took, most first, then by the journey that comes first. The stations of
    merged way n are those of row `example[n]` of `sequences`.
    """

    way: Ints
    count: Ints
    order: Ints
    sequences: Sequences
    example: Ints

    def took(self, path: Sequence[int]) -> Mask:
        """(r,) which journeys took the way through those stations, once it is merged."""
        stops = np.array(path, dtype=np.int64)
        alone = Sequences(np.array([0]), np.array([len(stops)]), stops, stops, stops, np.zeros_like(stops))
        wanted = np.flatnonzero(hashes(self.sequences)[self.example] == hashes(alone)[0])
        taken: Mask = np.isin(self.way, wanted)
        return taken


def hashes(several: Sequences) -> npt.NDArray[np.uint64]:
    """(s,) a 64-bit hash of each sequence: the sum of a mixed number for each place and station."""
    place = np.arange(len(several.station)) - several.begin[several.of]
    values = place.astype(np.uint64) * np.uint64(65_536) + several.station.astype(np.uint64)
    # SplitMix64's finaliser: every bit of the result depends on every bit given.
    values += np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    return total[several.end] - total[several.begin]


def numbered(several: Sequences) -> tuple[Ints, Ints]:
    """The number (s,) of each sequence, alike for those that are, and (n,) the first sequence of each number."""
    _, example, number = np.unique(hashes(several), return_index=True, return_inverse=True)
    return number, example


def _distinct(data: Dataset) -> Ways:
    number, example = numbered(of_rows(data, np.arange(len(data.journeys))))
    return Ways(number.astype(np.int32), of_rows(data, example))


distinct: Beside[Ways] = Beside(_distinct)
"""The ways of a dataset."""


def tally(data: Dataset, rows: Ints, merge: Merge = "none", groups: Iterable[tuple[int, Iterable[int]]] = ()) -> Tally:
    """How many of the journeys `rows` took each way, with stations told as one (`groups`) and then merged."""
    ways = distinct(data)
    several = regrouped(ways.sequences, groups).merged(merge)
    number, example = numbered(several)
    way = number[ways.of[rows]]
    count = np.bincount(way, minlength=len(example))
    first = np.zeros(len(example), dtype=np.int64)
    first[way[::-1]] = np.arange(len(rows))[::-1]  # of journeys with one way the first is written last
    some = np.flatnonzero(count)
    return Tally(way, count, some[np.lexsort((first[some], -count[some]))], several, example)
