"""The journeys behind a figure, line by line, under pseudonyms: an audit list. docs/audit.md.

A figure is a count of a row of a measure's table, so a list takes the parameters that the measure takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flowmap.ask import Question
from flowmap.audit import COLUMNS, FOLLOWED, Followed, follow
from flowmap.eventlog import OptionError
from flowmap.web import schemas
from flowmap.web.api import answers, cohorts, figures, measures, stations
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.measure_parameters import _stations as stations_parameter
from flowmap.web.operations import Operation, Parameter, Rows, read_switch
from flowmap.web.parameters import LIMIT, OFFSET
from flowmap.web.routes import Call

MOST_CHARACTERS = 2000


def _read_text(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"has more than {MOST_CHARACTERS:,} characters")
    return text


ROW = Parameter(
    "row",
    "a row of the measure's table: its labels joined by “|”, which is doubled within a label; an empty label for none",
    {"type": "string", "maxLength": MOST_CHARACTERS},
    _read_text,
    "Write the labels of a row, such as row=overall|assessment|Child and family assessment.",
    default="",
)
COUNT = Parameter(
    "count",
    "the column of that row whose count is followed",
    {"type": "string", "maxLength": 100, "default": "count"},
    _read_text,
    "Write the name of a column with a count, such as count=of.",
    default="count",
)
WITH_ROWS = Parameter(
    "rows",
    "1: also `rows`, the row of each journey in the tables, once and in order: what a map needs to show them",
    {"type": "string", "enum": ["0", "1"], "default": "0"},
    read_switch,
    "Use rows=1 or rows=0.",
    default=False,
)
PAGE = replace(LIMIT, description="lines in one page of JSON; a CSV has all of them")
OWN = (ROW, COUNT, PAGE, OFFSET, WITH_ROWS)
OWN_NAMES = {one.name for one in OWN}  # `limit` is that of the page, where a measure has one too
STATION = stations_parameter("station", "the station whose weeks they are")


def _figure(call: Call, given: dict[str, Any]) -> Question:
    """What the figures over the whole map are asked."""
    served, chosen, at = call.dataset, call.selection, given.get("at") or ()
    instants = at if isinstance(at, tuple) else (at,)
    by, station = given.get("bin", "week"), given.get("station")
    return Question(
        served.data, chosen.cohort, instants, by, station, kept=chosen.mask, clocks=served.dues()
    )  # fmt: skip


def _asker(name: str) -> Callable[[Call, dict[str, Any]], Question]:
    if name in (one.measure for one in measures.OPERATIONS):
        return lambda call, given: measures.question(name, call, given)
    return answers.question if name in (one.measure for one in answers.OPERATIONS) else _figure


def _find(name: str) -> Callable[[Call], Followed]:
    ask = _asker(name)

    def find(call: Call) -> Followed:
        given = {key: value for key, value in call.query.values.items() if key not in OWN_NAMES}
        try:
            return follow(name, ask(call, given), call["row"], call["count"])
        except OptionError as error:
            raise Refusal(400, error.message, None, error.remedy or "") from error

    return find


def _view(name: str) -> Callable[[Call], Any]:
    find = _find(name)

    def view(call: Call) -> Any:
        found, data = find(call), call.dataset.data
        whole = call["format"] == "csv"
        page = found.to_json(data, 0 if whole else call["offset"], len(found) if whole else call["limit"])
        more = {"rows": found.behind.journeys(len(data.journeys))} if call["rows"] else {}
        return {**page, "cohort": call.selection.canonical, **more}

    return view


def _rows(_: Call, found: dict[str, Any]) -> Rows:
    """Every line."""
    return COLUMNS, found["lines"]


PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    **{
        one.measure: one.parameters
        for several in (measures, answers, figures, stations, cohorts)
        for one in several.OPERATIONS
        if one.measure
    },
    "variants": (),
    "weeks": (STATION,),
}


OPERATIONS = tuple(
    Operation(
        f"{name}_journeys",
        f"/datasets/<dataset>/{name}/journeys",
        _view(name),
        f"What a figure of {name} counts: a line each, by pseudonym; not in public mode",
        schemas.BEHIND,
        parts=(DATASET,),
        parameters=tuple(one for one in PARAMETERS[name] if one.name not in OWN_NAMES) + OWN,
        cohort=True,
        rows=_rows,
        private=True,
    )
    for name in FOLLOWED
)
