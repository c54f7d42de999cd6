"""The map of the SSD's tables to case records, as data: `map.yaml`, or a council's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from flowmap.casework.kinds import KINDS
from flowmap.eventlog import OptionError

TRANSFORMS = ("date", "code", "key", "yes", "no", "flags", "words")
MIN_COLUMNS = 2  # of a table, for a file to be recognised as it


@dataclass(frozen=True)
class Way:
    """One way to find a field: a transform of columns (the first known counts), perhaps with its words.

    `where`: only rows in which this column has this pattern. `otherwise`: what a text is that no pattern fits.
    """

    transform: str
    columns: tuple[str, ...]
    says: Mapping[str, Any] = field(default_factory=dict)
    otherwise: Any = None
    where: tuple[str, str] | None = None

    def used(self) -> tuple[str, ...]:
        """The columns read."""
        return (*self.columns, self.where[0]) if self.where else self.columns


@dataclass(frozen=True)
class LeaveOut:
    """Rows to drop: those whose `column` (a code) is one of `values`; or, without a column, those without a date."""

    rule: str
    message: str
    column: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Columns that say which episodes make up one period of care; `period` and `entered` may be missing."""

    begun: str
    goes_on: str
    period: str | None = None
    entered: str | None = None


@dataclass(frozen=True)
class TableMap:
    """A table of the dataset: the kind of record it makes, and how each field is found."""

    name: str
    kind: str
    child: str
    fields: Mapping[str, tuple[Way, ...]]
    standard: tuple[str, ...]
    one_per_child: bool = False
    chain: Chain | None = None
    leave_out: LeaveOut | None = None
    undated: LeaveOut | None = None

    def needed(self) -> list[str]:
        """The only columns that are ever read, the child's first."""
        found = [self.child, *(c for ways in self.fields.values() for way in ways for c in way.used())]
        if self.chain:
            found += [c for c in (self.chain.period, self.chain.entered, self.chain.begun) if c]
        if self.leave_out and self.leave_out.column:
            found.append(self.leave_out.column)
        return list(dict.fromkeys(found))

    def dates(self) -> list[str]:
        """Of the needed columns those that hold dates."""
        found = [c for ways in self.fields.values() for way in ways if way.transform == "date" for c in way.columns]
        return list(dict.fromkeys([*found, *([self.chain.entered] if self.chain and self.chain.entered else [])]))


@dataclass(frozen=True)
class SsdMap:
    """All tables that are read, those that are known but not read (name -> what they hold), and what means blank."""

    tables: Mapping[str, TableMap]
    unread: Mapping[str, str]
    prefixes: Mapping[str, str]
    blanks: tuple[str, ...]

    def recognise(self, header: Sequence[str]) -> str | None:
        """The table that has these columns (as `plain` gives them), or None: most begin with its four letters."""
        for prefix, table in self.prefixes.items():
            own = sum(column.startswith(prefix) for column in header)
            if own >= MIN_COLUMNS and own * 2 > len(header):
                return table
        return None


def plain(column: str) -> str:
    """A column's name as the standard writes it: lower case, without brackets, quotation marks and the table's name."""
    return re.sub(r'["\[\]`\ufeff]', "", column).strip().lower().rsplit(".", 1)[-1]


@cache
def built_in() -> SsdMap:
    """The map of the standard."""
    text = (resources.files("flowmap.sources.ssd") / "map.yaml").read_text("utf-8")
    return parse(text, "ssd/map.yaml")


def load(path: Path) -> SsdMap:
    """A council's own map. Raises OptionError where it is none."""
    try:
        return parse(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise OptionError(f"The map {path.name} cannot be read.", remedy="It is a text file, YAML in UTF-8.") from None


def parse(text: str, file: str) -> SsdMap:
    """A map from its text. Raises OptionError, naming the file and the table."""
    try:
        found = yaml.safe_load(text)
        tables = {name: _table(name, each) for name, each in found["tables"].items()}
        unread = found.get("unread") or {}
        prefixes = {t.child.split("_")[0] + "_": name for name, t in tables.items()}
        prefixes |= {each["prefix"]: name for name, each in unread.items()}
        return SsdMap(tables, {n: e["holds"] for n, e in unread.items()}, prefixes, tuple(found.get("blanks") or ()))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        raise OptionError(
            f"The map {file} of the SSD is not understood ({said}).", remedy="See docs/formats/ssd.md."
        ) from None


def _table(name: str, given: Mapping[str, Any]) -> TableMap:
    kind = KINDS[given["kind"]]
    names = {f.name for f in kind.fields}
    fields = {field: tuple(_ways(ways)) for field, ways in given["fields"].items()}
    if unknown := set(fields) - names:
        raise ValueError(f"{name}: {kind.name} has no field {', '.join(sorted(unknown))}")
    if kind.when and kind.when not in fields:
        raise ValueError(f"{name}: the field {kind.when!r} is missing")
    chain, left, undated = given.get("chain"), given.get("leave_out"), given.get("undated")
    return TableMap(
        name,
        kind.name,
        given["child"],
        fields,
        tuple(given.get("columns") or ()),
        bool(given.get("one_per_child")),
        Chain(**chain) if chain else None,
        LeaveOut(left["rule"], left["message"], left["column"], tuple(left["values"])) if left else None,
        LeaveOut(undated["rule"], undated["message"]) if undated else None,
    )


def _ways(given: Any) -> list[Way]:
    found = []
    for each in given if isinstance(given, list) else [given]:
        transforms = [t for t in TRANSFORMS if t in each]
        if len(transforms) != 1:
            raise ValueError(f"one of {', '.join(TRANSFORMS)} is needed in {each}")
        columns = each[transforms[0]]
        where = each.get("where")
        found.append(
            Way(
                transforms[0],
                tuple(columns) if isinstance(columns, list) else (columns,),
                each.get("says") or {},
                each.get("otherwise"),
                next(iter(where.items())) if where else None,
            )
        )
    return found
