"""The measures that answer questions: how long, how often again, how many come to nothing, where they go on to.

How each figure is defined: docs/measures.md. The measures themselves are asked by name, as on the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowmap.ask import MEASURES, Options, Question
from flowmap.eventlog import OptionError
from flowmap.web import measure_parameters as asked
from flowmap.web import measure_schemas as schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Parameter, Rows, Schema
from flowmap.web.parameters import AT
from flowmap.web.routes import Call

# The parameters whose name is not that of the option.
OPTION_OF = {"from": "begin", "to": "end", "by": "facet", "role": "roles"}
NOT_OPTIONS = ("format", "at", "station", "disclose", "threshold")
CLOCKED = ("durations", "findings", "timescales", "variation")
PERIOD = (asked.FROM, asked.TO)


def _options(given: dict[str, Any]) -> Options:
    """The options of a measure, from the parameters of its address."""
    found = {OPTION_OF.get(name, name): value for name, value in given.items() if name not in NOT_OPTIONS}
    if "direct" in found:
        found["direct"] = found["direct"] == "yes"
    return Options(**found)


def question(name: str, call: Call, given: dict[str, Any]) -> Question:
    """What a measure is asked, with these parameters of its own."""
    served, chosen = call.dataset, call.selection
    clocks = served.dues() if name in CLOCKED else None
    instants = () if given.get("at") is None else (given["at"],)
    options, station = _options(given), given.get("station")
    return Question(
        served.data, chosen.cohort, instants, station=station, options=options, kept=chosen.mask, clocks=clocks
    )  # fmt: skip


def _view(name: str) -> Callable[[Call], Any]:
    def view(call: Call) -> Any:
        try:
            return MEASURES[name].answer(question(name, call, call.query.values))
        except OptionError as error:
            raise Refusal(400, error.message, None, error.remedy or "") from error

    return view


def _rows(name: str) -> Callable[[Any, Any], Rows]:
    return lambda _, found: (MEASURES[name].columns, MEASURES[name].rows(found))


def _operation(name: str, summary: str, gives: Schema, *parameters: Parameter) -> Operation:
    return Operation(
        name,
        f"/datasets/<dataset>/{name}",
        _view(name),
        summary,
        gives,
        parts=(DATASET,),
        parameters=PERIOD + parameters,
        cohort=True,
        rows=_rows(name),
        measure=name,
    )


OPERATIONS = (
    _operation(
        "findings",
        "What is true of these journeys beyond chance and worth a sentence, with its figures and a map view",
        schemas.FINDINGS,
        asked.ROLE,
    ),
    _operation(
        "durations",
        "How long from a station to another, or at each station, with those still under way censored",
        schemas.DURATIONS,
        asked.START,
        asked.STOP,
        asked.ENDS,
        asked.DIRECT,
        asked.FIRST_DAY,
        asked.BY,
        asked.ROLE,
    ),
    _operation(
        "timescales",
        "How far the map's timescales are kept, and who is near or past one at an instant, oldest first",
        schemas.TIMESCALES,
        AT,
        asked.FIRST_DAY,
        asked.LISTED,
    ),
    _operation(
        "rereferral",
        "Referrals that had one before, at any horizon, and time from closure to the next",
        schemas.REREFERRAL,
        asked.MONTHS,
        asked.BY,
        asked.KNOWN_FROM,
        asked.ROLE,
    ),
    _operation(
        "nfa",
        "Decisions that are no further action, by how often the child was referred before",
        schemas.NFA,
        asked.AT_STATION,
        asked.LOOKBACK,
        asked.BY,
        asked.KNOWN_FROM,
        asked.ROLE,
    ),
    _operation(
        "conversion",
        "Of journeys that reach a station, how many reach another, and where the rest went",
        schemas.CONVERSION,
        asked.START,
        asked.STOP,
        asked.WINDOW,
        asked.ROLE,
    ),
    _operation(
        "enquiries",
        "Section 17 assessments against section 47 enquiries",
        schemas.ENQUIRIES,
        asked.ROLE,
    ),
    _operation(
        "variation",
        "A share by team, source or any facet, with the limits of a funnel plot",
        schemas.VARIATION,
        asked.WHAT,
        asked.BY,
        asked.AT_STATION,
        asked.MONTHS,
        asked.START,
        asked.STOP,
        asked.WINDOW,
        asked.ENDS,
        asked.ROLE,
    ),
)
