"""Two sides beside each other: the figures of both with their differences, and both on one clock.

The left side is what an address asks for as everywhere: dataset, cohort, `from`, `to`. What is not said of the right is
as it is on the left. How each figure is compared: docs/compare.md.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flowmap.ask import MEASURES, Options, Question, side
from flowmap.eventlog import OptionError
from flowmap.measures import compare_series
from flowmap.web import answer_parameters as texts
from flowmap.web import compare_schemas as schemas
from flowmap.web import measure_parameters as asked
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Parameter, Rows, unknown
from flowmap.web.routes import Call
from flowmap.web.served import Chosen

MOST_DAYS = 20_000  # of the day at whose end stock is taken


def _read_cohort(text: str) -> str:
    if len(text) > 8000:
        raise ValueError("is too long")
    return text


def _read_number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,5}", text, re.ASCII) or abs(int(text)) > MOST_DAYS:
        raise ValueError(f"is not a whole number from -{MOST_DAYS} to {MOST_DAYS}")
    return int(text)


WITH = texts._text(
    "with",
    "the dataset on the right; that on the left where not given",
    "Write a dataset's name, one of /api/datasets.",
    200,
)
WITH_COHORT = Parameter(
    "with_cohort",
    "the cohort on the right, whole and percent-encoded (`sex%3DF%26visit%3D1%2B`), empty for all journeys; that on "
    "the left where not given",
    {"type": "string", "maxLength": 8000},
    _read_cohort,
    "Write a cohort, such as with_cohort=sex%3DF.",
    example="visit%3D1%2B",
)
WITH_FROM = asked._day("with_from", "the first day of the period on the right; as on the left where not given")
WITH_TO = asked._day("with_to", "the day after the last of the period on the right; as on the left where not given")
ALIGN = asked._day("align", "the left's day 0; the first day of its period where not given")
WITH_ALIGN = asked._day("with_align", "the right's day 0; the first day of its period where not given")
AT_DAY = Parameter(
    "at_day",
    "stock is that at the end of this day, counted from day 0 on each side; at the end of the period where not given",
    {"type": "integer", "minimum": -MOST_DAYS, "maximum": MOST_DAYS},
    _read_number,
    "Write a whole number, such as at_day=90.",
    example=90,
)
BIN = asked._choice("bin", "length of a bin: week (seven days, counted from day 0) or day", ("week", "day"))
SIDES = (asked.FROM, asked.TO, WITH, WITH_COHORT, WITH_FROM, WITH_TO, ALIGN, WITH_ALIGN)


def beside(call: Call) -> Chosen:
    """The dataset and cohort on the right.

    Raises: Refusal 400 or 404 that names the parameter at fault.
    """
    name, text = call["with"], call["with_cohort"]
    if name is not None and name not in call.shelf.names():
        raise unknown("dataset", name, call.shelf.names(), "with")
    served = call.dataset if name is None else call.shelf.get(name)
    try:
        return Chosen(served, served.select(call.selection.canonical if text is None else text))
    except Refusal as error:
        raise Refusal(400, f"On the right: {error.message}", "with_cohort", error.remedy) from error


def _questions(call: Call) -> tuple[Question, Question]:
    """The left and the right. Raises Refusal."""
    given, other = call.query.values, beside(call)
    roles, day = given.get("role", ()), given.get("at_day")
    left, right = Chosen(call.dataset, call.selection), other
    begin, end = given["with_from"], given["with_to"]
    begin, end = given["from"] if begin is None else begin, given["to"] if end is None else end
    options = Options(given["from"], given["to"], roles=roles, day_zero=given["align"], day=day)
    with_options = Options(begin, end, roles=roles, day_zero=given["with_align"], day=day)
    one, two = (
        Question(c.served.data, c.selection.cohort, options=o, kept=c.selection.mask, clocks=c.served.dues())
        for c, o in ((left, options), (right, with_options))
    )
    return one, two


def _compare(call: Call) -> Any:
    left, right = _questions(call)
    try:
        return MEASURES["compare"].answer(replace(left, beside=right))
    except OptionError as error:
        raise Refusal(400, error.message, None, error.remedy or "") from error


def _series(call: Call) -> Any:
    try:
        left, right = (side(question) for question in _questions(call))
        return compare_series.aligned(left, right, call["bin"]).to_json()
    except OptionError as error:
        raise Refusal(400, error.message, None, error.remedy or "") from error


def _rows(_: Call, found: Any) -> Rows:
    return MEASURES["compare"].columns, MEASURES["compare"].rows(found)


OPERATIONS = (
    Operation(
        "compare",
        "/datasets/<dataset>/compare",
        _compare,
        "Two cohorts, periods or datasets: every figure of both, the difference, and which are beyond chance",
        schemas.COMPARE,
        parts=(DATASET,),
        parameters=(*SIDES, AT_DAY, asked.ROLE),
        cohort=True,
        rows=_rows,
        measure="compare",
        beside=beside,
    ),
    Operation(
        "compare_series",
        "/datasets/<dataset>/compare/series",
        _series,
        "Two sides on one clock: stock, arrivals and exits by days from each side's day 0",
        schemas.SERIES,
        parts=(DATASET,),
        parameters=(*SIDES, BIN),
        cohort=True,
        rows=lambda _, found: (compare_series.COLUMNS, compare_series.rows(found)),
        beside=beside,
    ),
)
