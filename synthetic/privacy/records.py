"""What an attacker might know of a child, in a form that can be looked up or measured in another log."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic.fidelity.attributes import attribute_of, in_the_words_of, journey_values
from synthetic.fidelity.walks import DAY, Flags, Ints, Walks, mix

Hashes = npt.NDArray[np.uint64]
Points = npt.NDArray[np.float32]

FIRST_JOURNEYS = 3  # of a child, whose dates and lengths are told apart
LONG = 8  # events from which a path counts as long
MOST_VALUES = 60  # of a category that are told apart in distances


def attribute_keys(walks: Walks) -> list[str]:
    """Attributes of children and of journeys."""
    return list(dict.fromkeys((*walks.log.children, *walks.log.attributes)))


def columns(real: Walks, other: Walks) -> list[tuple[Ints, Ints]]:
    """Exact codes, a journey, of every attribute of the real log in both logs."""
    found = []
    for key in attribute_keys(real):
        attribute = attribute_of(real, key)
        if attribute is not None:
            found.append((journey_values(real, key), in_the_words_of(attribute, other, key)))
    return found


def attribute_hash(codes: list[Ints], size: int) -> Hashes:
    """(j,) one number for all attributes of a journey."""
    found = np.zeros(size, dtype=np.uint64)
    for place, column in enumerate(codes):
        found += mix((column + 40_000).astype(np.uint64) * np.uint64(1_000_003) + np.uint64(place))
    return found


def records(real: Walks, other: Walks, dates: str = "") -> tuple[Hashes, Hashes]:
    """(j,) of each log: a hash of path and attributes; with `dates` "week" that of the start, with "days" all days."""
    pairs = columns(real, other)
    found = []
    for side, walks in enumerate((real, other)):
        record = walks.path + mix(attribute_hash([pair[side] for pair in pairs], len(walks)))
        if dates == "week":
            record = record + mix((walks.start // (7 * DAY)).astype(np.uint64))
        elif dates == "days":
            place = np.arange(len(walks.time)) - np.repeat(walks.begin, walks.events)
            day = mix((walks.time // DAY).astype(np.uint64) * np.uint64(4099) + place.astype(np.uint64))
            record = record + np.add.reduceat(day, walks.begin)
        found.append(record)
    return found[0], found[1]


def held_by(record: Hashes, child: Ints) -> tuple[Hashes, Ints]:
    """Each distinct record, sorted, and how many children have it."""
    pair = np.unique(np.stack([record, child.astype(np.uint64)], axis=1), axis=0)
    values, count = np.unique(pair[:, 0], return_counts=True)
    return values, count


def support(record: Hashes, values: Hashes, count: Ints) -> Ints:
    """How many children have each record, of the `values` and `count` of `held_by`."""
    if not len(values):
        return np.zeros(len(record), dtype=np.int64)
    place = np.minimum(np.searchsorted(values, record), len(values) - 1)
    return np.where(values[place] == record, count[place], 0)


def points(real: Walks, *others: Walks) -> list[Points]:
    """One point a child of each log (children in order of number): near points are like children.

    Made of: visits to each station, start and length of the first three journeys, date of birth, and attributes (of
    the first journey). Numbers are measured in standard deviations of the real log; another category is sqrt(2) away.
    """
    all_walks = (real, *others)
    numbers = [_numbers(w, all(v.log.birth is not None for v in all_walks)) for w in all_walks]
    middle, spread = _moments(numbers[0])
    categories = _categories(all_walks)
    found = []
    for side in range(len(all_walks)):
        scaled = np.nan_to_num((numbers[side] - middle) / spread, nan=4.0)  # none there: farther than nearly all are
        found.append(np.column_stack([np.clip(scaled, -8, 8), *categories[side]]).astype(np.float32))
    return found


def _moments(numbers: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard deviation of each column's known values; 0 and 1 where it has none, 1 where they are alike."""
    known = ~np.isnan(numbers)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, numbers, 0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (numbers - middle) ** 2, 0).sum(axis=0) / count)
    return middle, np.where(spread > 0, spread, 1.0)


def _numbers(walks: Walks, births: bool) -> npt.NDArray[np.float64]:
    who, child = np.unique(walks.child, return_inverse=True)
    size = len(walks.names)
    visits = np.bincount(child[walks.journey] * size + walks.station, minlength=len(who) * size)
    dates = np.full((len(who), 2 * FIRST_JOURNEYS), np.nan)
    for k in range(FIRST_JOURNEYS):
        rows = np.flatnonzero(walks.visit == k)
        dates[child[rows], 2 * k] = walks.start[rows] / DAY
        dates[child[rows], 2 * k + 1] = np.log1p((walks.time[walks.last[rows]] - walks.start[rows]) / DAY)
    parts = [np.log1p(visits.reshape(-1, size)), dates]
    if births and walks.log.birth is not None:
        born = walks.log.birth[who].astype(np.float64)
        parts.append(np.where(born < -1e17, np.nan, born / DAY)[:, None])
    return np.column_stack(parts)


def _categories(all_walks: tuple[Walks, ...]) -> list[list[Points]]:
    """One column a value of each attribute (1 or 0), of each log."""
    found: list[list[Points]] = [[] for _ in all_walks]
    real = all_walks[0]
    for key in attribute_keys(real):
        attribute = attribute_of(real, key)
        if attribute is None:
            continue
        codes = [journey_values(real, key), *(in_the_words_of(attribute, w, key) for w in all_walks[1:])]
        codes = [c[first_journeys(w)] for c, w in zip(codes, all_walks, strict=True)]
        values = np.unique(codes[0])
        if len(values) > MOST_VALUES:
            continue
        for side, column in enumerate(codes):
            found[side].append((column[:, None] == values[None, :]).astype(np.float32))
    return found


def first_journeys(walks: Walks) -> Ints:
    """The first journey of each child, children in order of number."""
    rows = np.flatnonzero(walks.visit == 0)
    return rows[np.argsort(walks.child[rows], kind="stable")]


def longs(walks: Walks) -> Flags:
    """(j,) whether the path is long."""
    return walks.events >= LONG
