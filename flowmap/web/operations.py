"""What the API can be asked, as data: one `Operation` a URL and method.

The same table registers the routes, reads and checks their parameters, and writes the OpenAPI document, so that what
is published cannot differ from what is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from flask import Response

from flowmap.disclosure import MOST_THRESHOLD, THRESHOLD
from flowmap.web.errors import Refusal, bad

Schema = Mapping[str, Any]
Rows = tuple[Sequence[str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query: how it reads (`read` raises ValueError with the reason) and how it is described."""

    name: str
    description: str
    schema: Schema
    read: Callable[[str], Any]
    remedy: str
    default: Any = None
    many: int = 1
    """How often it may be given; more than one makes its value a tuple."""
    example: Any = None


@dataclass(frozen=True)
class PathPart:
    """A part of a path: `dataset`, a station's id, a child's index."""

    name: str
    description: str
    schema: Schema


@dataclass(frozen=True)
class Operation:
    """One URL and method. `view` takes a `Call` and returns what becomes the answer."""

    id: str
    path: str
    view: Callable[[Any], Any]
    summary: str
    gives: Schema
    method: str = "GET"
    parts: tuple[PathPart, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    cohort: bool = False
    """Every parameter not otherwise named is part of a cohort."""
    rows: Callable[[Any, Any], Rows] | None = None
    """How the answer of a `Call` reads as a table; where there is one, `format=csv` is understood."""
    takes: Schema | None = None
    takes_media: str = "application/json"
    """What the body is; one that is not JSON is left for the view to read as a stream."""
    media: str = "application/json"
    measure: str | None = None
    """Whose table `rows` is; where there is one, `disclose=1` is understood."""
    stream: Callable[[Any], Response] | None = None
    """How it is answered to a client that accepts an Arrow stream."""
    private: bool = False
    """About one child: never kept by a browser or a proxy."""
    opens: bool = True
    """Whether the dataset in the path is opened for the view; else the view finds its name in `path`."""
    beside: Callable[[Any], Any] | None = None
    """Of a `Call`, the dataset and cohort on the other side where an answer is of two (`served.Chosen`)."""
    refuses: tuple[int, ...] = ()
    """Statuses beyond those that follow from the fields above."""


@dataclass(frozen=True)
class Query:
    """The parameters of a request, read: `values` by name, and the cohort as it was written."""

    values: dict[str, Any] = field(default_factory=dict)
    cohort: str = ""


def _read_format(text: str) -> str:
    if text not in ("json", "csv"):
        raise ValueError("is not a format this figure has")
    return text


FORMAT = Parameter(
    "format",
    "json (the default) or csv: the same figures as a file that a spreadsheet opens",
    {"type": "string", "enum": ["json", "csv"], "default": "json"},
    _read_format,
    "Use format=json or format=csv.",
    default="json",
)


def read_switch(text: str) -> bool:
    """1 or 0. Raises: ValueError."""
    if text not in ("0", "1"):
        raise ValueError("is not 0 or 1")
    return text == "1"


def _read_threshold(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII) or not THRESHOLD <= int(text) <= MOST_THRESHOLD:
        raise ValueError("is not a threshold that can be used")
    return int(text)


DISCLOSE = Parameter(
    "disclose",
    "1: the table as it may leave the room, small numbers hidden and the rest rounded (docs/disclosure.md)",
    {"type": "string", "enum": ["0", "1"], "default": "0"},
    read_switch,
    "Use disclose=1 or disclose=0.",
    default=False,
)
THRESHOLD_OF = Parameter(
    "threshold",
    "with disclose=1: counts up to it are hidden",
    {"type": "integer", "minimum": THRESHOLD, "maximum": MOST_THRESHOLD, "default": THRESHOLD},
    _read_threshold,
    f"Write a whole number from {THRESHOLD} to {MOST_THRESHOLD}.",
    default=THRESHOLD,
)
DISCLOSURE = (DISCLOSE, THRESHOLD_OF)


def parameters_of(operation: Operation) -> tuple[Parameter, ...]:
    """Its own parameters, `format` where it has rows, and those of disclosure where it has a measure's table."""
    shared = (FORMAT,) if operation.rows else ()
    return operation.parameters + shared + (DISCLOSURE if operation.measure else ())


def read_query(operation: Operation, raw: str) -> Query:
    """Read a raw query string (without "?").

    A `+` is a plus, as cohorts (`visit=1+`) and time zones (`+01:00`) write it, never a space.

    Raises: Refusal 400 for an unknown, repeated or malformed parameter.
    """
    known = {parameter.name: parameter for parameter in parameters_of(operation)}
    given: dict[str, list[str]] = {}
    cohort: list[str] = []
    for piece in raw.split("&"):
        if not piece:
            continue
        name, _, value = piece.partition("=")
        name = unquote(name)
        if name in known:
            given.setdefault(name, []).append(unquote(value))
        elif operation.cohort:
            cohort.append(piece)
        else:
            names = ", ".join(known) or "none"
            raise bad(name, unquote(value), "is not a parameter of this address", f"Parameters here: {names}.")
    values = {name: _value(parameter, given.get(name, [])) for name, parameter in known.items()}
    return Query(values, "&".join(cohort))


def _value(parameter: Parameter, texts: list[str]) -> Any:
    if not texts:
        return parameter.default
    if len(texts) > parameter.many:
        why = (
            "is given twice"
            if parameter.many == 1
            else f"is given {len(texts)} times; at most {parameter.many} are answered"
        )
        raise bad(parameter.name, texts[-1], why, parameter.remedy)
    values = []
    for text in texts:
        try:
            values.append(parameter.read(text))
        except ValueError as error:
            raise bad(parameter.name, text, str(error), parameter.remedy) from None
    return tuple(values) if parameter.many > 1 else values[0]


def unknown(kind: str, value: str, known: Sequence[str], parameter: str) -> Refusal:
    """A 404 for a dataset, station or child that is not there, with those that are."""
    shown = value if len(value) <= 80 else value[:77] + "..."
    return Refusal(404, f"There is no {kind} {shown!r}.", parameter, f"Use one of the {kind}s that there are.", known)
