"""The parameters of effect, pathways, care, benchmarks and workload, and how each is read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

from flowmap.measures.asked import SHOWN
from flowmap.measures.care import Start
from flowmap.measures.paths import LONGEST_PATTERN, MERGES
from flowmap.measures.pathways import Scope
from flowmap.measures.series import KINDS
from flowmap.web.operations import Parameter


def _text(name: str, about: str, remedy: str, most: int = 100, example: str | None = None) -> Parameter:
    def read(text: str) -> str:
        if not text.strip() or len(text) > most:
            raise ValueError("is empty or too long")
        return text.strip()

    schema = {"type": "string", "minLength": 1, "maxLength": most}
    return Parameter(name, about, schema, read, remedy, example=example)


def _choice(name: str, about: str, values: tuple[str, ...]) -> Parameter:
    def read(text: str) -> str:
        if text.replace("_", " ") not in values:
            raise ValueError(f"is not {' or '.join(values)}")
        return text.replace("_", " ")

    spelt = [value.replace(" ", "_") for value in values]
    schema: dict[str, Any] = {"type": "string", "enum": spelt, "default": spelt[0]}
    return Parameter(name, about, schema, read, f"Use {name}={' or '.join(spelt)}.", default=values[0])


def _number(name: str, about: str, schema: dict[str, Any], fits: Callable[[float], bool], remedy: str) -> Parameter:
    def read(text: str) -> float | int:
        value = float(text)
        if not math.isfinite(value) or not fits(value):
            raise ValueError("is not such a number")
        return int(value) if schema["type"] == "integer" else value

    return Parameter(name, about, schema, read, remedy)


FIGURE = _choice("figure", "the figure whose changes are asked for", KINDS)
NEXT = _text("next", "a station's id: where a stay, a share or another threshold leads", "Write a station's id.")
EVENT = _text(
    "event",
    "an event's id, its days as 2016-10-10..2016-11-18, or the day from which it holds; without one, changes are "
    "searched for",
    "Write an event's id, or its days.",
    example="2015-03-02..2015-03-20",
)
COMPARE = _text("compare", "a cohort to compare with, such as source=police", "Write a cohort.", 2000)
PATTERN = _text(
    "pattern",
    "stations joined by >, with * for any between: see docs/measures-pathways.md",
    "Write one such as contact > * > s47 > nfa.",
    LONGEST_PATTERN,
    "contact > * > nfa",
)
SCOPE = _choice("scope", "of what the pattern is: a journey, or a child's journeys one after another", get_args(Scope))
MERGE = _choice("merge", "how ways are merged", ("repeats", *(m for m in MERGES if m != "repeats")))
STAGES = _text("stages", "stations between which the Sankey is: ids joined by commas", "Write ids of stations.", 400)
SHOW = _choice("show", "what is shown beside the pattern", SHOWN)
ALIGN = _choice("align", "where curves of leaving care begin", get_args(Start))
CASE = _text("case_by", "the facet that names the case that children are in", "Write the key of a facet.")
BESIDE = _text("beside", "an authority or region, as DfE writes it", "Write one such as Kent.", example="Kent")
POPULATION = _number(
    "population",
    "children aged 0 to 17 of the area, for rates per 10,000",
    {"type": "integer", "minimum": 1, "maximum": 100_000_000},
    lambda value: 1 <= value <= 100_000_000 and value == int(value),
    "Write a whole number.",
)
MOVED = _number(
    "moved",
    "of those who left `station` for no further action, the part that another threshold would have sent to `next`",
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    lambda value: 0 < value <= 1,
    "Write a number above 0 and up to 1, such as 0.1.",
)
