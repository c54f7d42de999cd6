"""What each figure means, in short: one text for the answer on the page, the page of definitions, and downloads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

TEXTS = Path(__file__).with_name("definitions.yaml")


@dataclass(frozen=True)
class Definition:
    """A measure, the question it answers, what the figure is, of what, what is left out, and by whose rule.

    `docs`: the page of docs and the heading in it that say all of it.
    """

    measure: str
    question: str
    line: str
    of: str
    left_out: str
    source: str
    docs: str


@cache
def definitions() -> tuple[Definition, ...]:
    """Every definition, in the order in which the questions are listed."""
    return tuple(Definition(**entry) for entry in yaml.safe_load(TEXTS.read_text(encoding="utf-8")))
