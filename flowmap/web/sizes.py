"""The largest count that each place of a map will show, so that its circle is drawn wide enough for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flowmap.dataset import DAY, Dataset


def sizes(data: Dataset) -> dict[int, int]:
    """By index of the place: of a station the most journeys there at the end of a day, of an exit all that reach it."""
    days = int(data.last - data.origin) // DAY + 1
    places, table, moves = len(data.stations), data.journeys, data.transitions
    arrive = (moves.arrive - data.origin) // DAY
    came = _tally(table.first, (table.start - data.origin) // DAY, places, days)
    came += _tally(data.route_to[moves.route], arrive, places, days)
    went = _tally(data.route_from[moves.route], arrive, places, days)
    done = _tally(table.last, (data.until - data.origin) // DAY, places, days)
    done[:, 1:], done[:, 0] = done[:, :-1].copy(), 0  # who is done on a day is there until it ends
    standing = np.cumsum(came - went - done, axis=1).max(axis=1)
    reached = came.sum(axis=1)
    return {place: int(reached[place] if data.exits[place] else standing[place]) for place in range(places)}


def _tally(place: npt.NDArray[np.integer], day: npt.NDArray[np.int64], places: int, days: int) -> npt.NDArray[np.int64]:
    """(places, days) how many rows fall on each."""
    return np.bincount(place.astype(np.int64) * days + day, minlength=places * days).reshape(places, days)
