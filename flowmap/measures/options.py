"""What measures are asked with: a period, stations by the part they play, groups by a facet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flowmap.cohort import range_text
from flowmap.dataset import DAY, Dataset, Mask, Seconds, iso
from flowmap.eventlog import MISSING, OptionError
from flowmap.facets import NOT_RECORDED

# The parts that stations play, which are the ids that the built-in map gives them.
KNOWN = (
    "contact", "referral", "assessment", "strategy", "s47", "icpc", "cin", "cp", "nfa", "closed", "step_down",
)  # fmt: skip
Roles = Mapping[str, str]  # part → station id


@dataclass(frozen=True)
class Period:
    """From the instant `begin` to before `end`, seconds UTC: whole days, `begin` and `end` are midnights."""

    begin: int
    end: int

    def holds(self, time: Seconds) -> Mask:
        """Which instants lie in it."""
        return (time >= self.begin) & (time < self.end)

    def to_json(self) -> dict[str, str]:
        """First day, and the day after the last."""
        return {"from": iso(self.begin)[:10], "to": iso(self.end)[:10]}

    def say(self) -> str:
        """For people: 1 April 2015 to 31 March 2016."""
        return f"{say_day(self.begin)} to {say_day(self.end - 1)}"


def say_day(at: int) -> str:
    """1 April 2015."""
    day = np.datetime64(int(at), "s").astype(object)
    return f"{day.day} {day:%B %Y}"


def period(data: Dataset, begin: int | None = None, end: int | None = None) -> Period:
    """From a midnight to a midnight; the whole of the data where not given. Raises OptionError."""
    first = data.origin if begin is None else begin
    last = (data.last // DAY + 1) * DAY if end is None else end
    if first >= last:
        remedy = f"The data run from {iso(data.first)[:10]} to {iso(data.last)[:10]}; `to` is the day after the last."
        raise OptionError(f"The period from {iso(first)[:10]} to {iso(last)[:10]} has no day in it.", remedy=remedy)
    return Period(first, last)


def station(data: Dataset, name: str, what: str = "station") -> int:
    """The index of a station. Raises OptionError naming those there are."""
    if name not in data.index:
        raise OptionError(f"There is no {what} “{name[:60]}”.", remedy=f"Use one of: {', '.join(data.index)}.")
    return data.index[name]


def part(data: Dataset, role: str, roles: Roles | None = None) -> int:
    """The station that plays a part: the one named in `roles`, else the built-in map's. Raises OptionError."""
    found = maybe(data, role, roles)
    if found is None:
        ways = f"Say which one plays it, as role {role}:ID. Stations here: {', '.join(data.index)}."
        raise OptionError(f"This map has no station “{role}”.", remedy=ways)
    return found


def maybe(data: Dataset, role: str, roles: Roles | None = None) -> int | None:
    """As `part`, None where the map has none and none was named."""
    if roles and role in roles:
        return station(data, roles[role])
    return data.index.get(role)


def stations_of(data: Dataset, names: str, roles: Roles | None = None) -> tuple[int, ...]:
    """The indices of stations given by id or part, joined by commas. Raises OptionError."""
    found = [(maybe(data, n, roles), n) for n in (name.strip() for name in names.split(",")) if n]
    if not found:
        raise OptionError("No station is named.", remedy=f"Use one of: {', '.join(data.index)}.")
    return tuple(dict.fromkeys(station(data, name) if row is None else row for row, name in found))


def labels(data: Dataset, rows: tuple[int, ...]) -> str:
    """Stations for people: “Child in need plan or Child protection plan”."""
    return " or ".join(data.stations[row].label for row in rows)


@dataclass(frozen=True)
class Groups:
    """Journeys by a facet: `code` (j,) into `values` (as a cohort spells them) and `labels`, -1 for none."""

    key: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    code: npt.NDArray[np.int64]

    def count(self, journeys: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """How many of those journeys (rows, repeated as often as they count) are in each group."""
        return np.bincount(self.code[journeys] + 1, minlength=len(self.values) + 1)[1:]

    def say(self, value: str) -> str:
        """A group in the middle of a sentence: “, source: Police”."""
        return f", {self.key.replace('_', ' ')}: {self.labels[self.values.index(value)]}"


def groups(data: Dataset, key: str) -> Groups:
    """Journeys by the values or bands of a facet. Raises OptionError for a facet that is not there."""
    if key not in data.facets:
        raise OptionError(f"“{key[:60]}” is not a facet.", remedy=f"Facets here: {', '.join(data.facets)}.")
    facet, column = data.facets[key], data.column(key)
    if facet.kind == "category":
        spelt = tuple("_".join(value.split()) for value in facet.values)
        return Groups(key, spelt, facet.values, column.astype(np.int64))
    code = facet.band_of(column).astype(np.int64)
    values = [range_text(low, high) for low, high, _ in facet.bands]
    names = [label for _, _, label in facet.bands]
    if facet.missing:
        code = np.where(column == MISSING, len(values), code)
        values.append(NOT_RECORDED.replace(" ", "_"))
        names.append(NOT_RECORDED)
    return Groups(key, tuple(values), tuple(names), code)


def group_json(by: Groups, row: int, figure: dict[str, Any]) -> dict[str, Any]:
    """A group's figure: its value, its label, and what is said of it."""
    return {"value": by.values[row], "label": by.labels[row], **figure}
