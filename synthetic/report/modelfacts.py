"""What a model file holds, read from its text alone, so that the report is first about what is handed out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flowmap.quality import SourceError

COUNTS = ("children",)  # keys under which a model file counts children
LISTS = ("choices", "waits")  # its lists of contexts


@dataclass(frozen=True)
class ModelFacts:
    """Of a model file: its name and size, k (None: not said), how many contexts, and the smallest count of children."""

    name: str
    bytes: int
    k: int | None
    contexts: int
    smallest: int | None
    notes: tuple[str, ...] = ()
    epsilon: float | None = None  # of differential privacy, for one child; None: there is none
    delta: float | None = None

    @property
    def small(self) -> bool | None:
        """Whether something is stored about fewer than k children; None where that cannot be told."""
        return None if self.k is None or self.smallest is None else self.smallest < self.k


def read_model(name: str, content: bytes) -> ModelFacts:
    """Look into a model file (JSON). Raises SourceError where it is none."""
    try:
        data = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SourceError("The model cannot be read: it is not JSON.", file=name) from error
    if not isinstance(data, dict):
        raise SourceError("This is not a synthetic model.", file=name)
    k = data.get("k")
    privacy = data["privacy"] if isinstance(data.get("privacy"), dict) else {}
    counts = [n for n in _counts(data) if n > 0]
    return ModelFacts(
        name=name,
        bytes=len(content),
        k=k if isinstance(k, int) else None,
        contexts=sum(len(data[part]) for part in LISTS if isinstance(data.get(part), list)),
        smallest=min(counts, default=None),
        notes=tuple(str(n) for n in data["notes"]) if isinstance(data.get("notes"), list) else (),
        epsilon=_number(privacy.get("epsilon")),
        delta=_number(privacy.get("delta")),
    )


def _number(found: Any) -> float | None:
    return float(found) if isinstance(found, (int, float)) else None


def _counts(data: Any) -> Iterator[int]:
    """Every whole number that stands under a key which counts children."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in COUNTS and isinstance(value, int):
                yield value
            else:
                yield from _counts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _counts(value)
