"""What a model file holds, so that the report is first about what is handed out: read from it, and counted again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from flowmap.quality import SourceError
from synthetic.fidelity.walks import Walks
from synthetic.report import recount
from synthetic.report.recount import Check

COUNTS = ("children",)  # keys under which a model file counts children
LISTS = ("choices", "waits")  # its lists of contexts
WRONG = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # what a damaged file gives


@dataclass(frozen=True)
class ModelFacts:
    """Of a model file: its name and size, k (None: not said), how many contexts, the smallest count of children (None:
    there is none), to what counts are rounded down, how many days it names; what was counted again in the real log."""

    name: str
    bytes: int
    k: int | None
    contexts: int
    smallest: int | None
    rounded_down_to: int = 1
    days: int = 0
    notes: tuple[str, ...] = ()
    epsilon: float | None = None  # of differential privacy, for one child; None: there is none
    delta: float | None = None
    checks: tuple[Check, ...] = ()

    def small(self, k: int) -> bool:
        """Whether something is stored about fewer than k children, whatever k the file names; noisy numbers are not
        about any child in particular."""
        return self.epsilon is None and self._about_few(k)

    def _about_few(self, k: int) -> bool:
        return any(check.few for check in self.checks) or (self.smallest is not None and self.at_most < k)

    @property
    def at_most(self) -> int:
        """What the smallest count may be before it was rounded down."""
        smallest = self.smallest or 0
        return smallest if smallest % self.rounded_down_to else smallest + self.rounded_down_to - 1

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return asdict(self)


def counted(facts: ModelFacts, content: bytes, real: Walks, k: int) -> ModelFacts:
    """With everything in the file counted again among the real children. Raises SourceError where it is damaged."""
    try:
        return replace(facts, checks=recount.recount(json.loads(content), real, k))
    except WRONG as error:
        raise _damaged(facts.name, error) from error


def readable(content: bytes) -> bytes:
    """The file, and behind it every text in it once more as it is read: an identifier may be written with escapes."""
    return b"\n".join([content, *(word.encode("utf-8", "replace") for word in recount.words(json.loads(content)))])


def _days(name: str, data: dict[str, Any]) -> int:
    try:
        return recount.days(data)
    except WRONG as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> SourceError:
    return SourceError(f"The model file is damaged ({type(error).__name__}: {error}).", file=name)


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
    rounded = data["counts"].get("rounded_down_to", 1) if isinstance(data.get("counts"), dict) else 1
    return ModelFacts(
        name=name,
        bytes=len(content),
        k=k if isinstance(k, int) else None,
        contexts=sum(len(data[part]) for part in LISTS if isinstance(data.get(part), list)),
        smallest=min(counts, default=None),
        rounded_down_to=rounded if isinstance(rounded, int) and rounded > 0 else 1,
        days=_days(name, data),
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
