"""Which outcome the orders made in a case are told as: the precedence table, which its users can see and edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flowmap.eventlog import OptionError

BUILT_IN = Path(__file__).with_name("orders.yaml")
LARGEST = 100_000  # bytes of a table


@dataclass(frozen=True)
class Precedence:
    """`outcomes` (name, orders that must have been made), tried in order; see orders.yaml for the rest."""

    outcomes: tuple[tuple[str, frozenset[str]], ...]
    other: str
    none: str
    names: dict[str, str]
    nothing: frozenset[str]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every outcome there can be, in order."""
        return (*(name for name, _ in self.outcomes), self.other, self.none)

    def kind(self, order: str) -> str | None:
        """The order as the table names it; None for one that is no final order: "Care order (s31)" is care."""
        whole = " ".join(order.lower().replace("_", " ").split())
        said = " ".join(re.sub(r"\([^)]*\)|\borders?\b", " ", whole).split())
        if not said or said == "no" or whole in self.nothing or said in self.nothing:
            return None
        return self.names.get(said, said)

    def outcome(self, orders: Iterable[str]) -> str:
        """What a set of orders is told as: {care, special guardianship, specific issue} is care and guardianship."""
        made = {kind for kind in map(self.kind, orders) if kind is not None}
        for name, needed in self.outcomes:
            if needed <= made:
                return name
        return self.other if made else self.none

    def rows(self) -> list[dict[str, Any]]:
        """The table for people."""
        found = [{"outcome": name, "orders": ", ".join(sorted(needed))} for name, needed in self.outcomes]
        return [*found, {"outcome": self.other, "orders": "any other"}, {"outcome": self.none, "orders": "none"}]


def precedence(file: str | Path | None = None) -> Precedence:
    """The table of a file, or the one that is built in. Raises OptionError for one that cannot be read."""
    path = Path(file) if file is not None else BUILT_IN
    remedy = "Copy flowmap/measures/orders.yaml and edit it."
    try:
        if path.stat().st_size > LARGEST:
            raise OptionError(f"{path.name} is too large for a table of orders.", remedy=remedy)
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Precedence(
            tuple((str(row["outcome"]), frozenset(map(str, row["orders"]))) for row in found["outcomes"]),
            str(found.get("other", "Other")),
            str(found.get("none", "No order")),
            {str(k): str(v) for k, v in (found.get("names") or {}).items()},
            frozenset(map(str, found.get("nothing") or ())),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(f"{path.name} is not a table of orders: {error}.", remedy=remedy) from error
