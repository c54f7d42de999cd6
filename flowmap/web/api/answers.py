"""What changed with an event, which ways children go, care and the court, benchmarks and workload, over HTTP.

The measures themselves are asked by name, as on the command line (flowmap/measures/asked.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowmap.ask import MEASURES, Options, Question
from flowmap.cohort import CohortError
from flowmap.eventlog import OptionError
from flowmap.measures.asked import Asked
from flowmap.web import answer_parameters as asked
from flowmap.web import answer_schemas as schemas
from flowmap.web import measure_parameters as shared
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Parameter, Rows, Schema
from flowmap.web.parameters import BIN
from flowmap.web.routes import Call

# The parameters whose name is not that of the option: short ones are left to facets.
OPTION_OF = {"next": "to", "case_by": "case", "beside": "area", "moved": "share"}
STATION = shared._stations("station", "the station that is asked about")
PERIOD = (shared.FROM, shared.TO)
SHARED = ("from", "to", "by", "compare")  # of every measure; among a measure's own options `to` is a station


def question(call: Call, given: dict[str, Any]) -> Question:
    """What a measure is asked, with these parameters of its own."""
    chosen = call.selection
    own = {key: value for key, value in given.items() if value is not None and key not in SHARED}
    named = {OPTION_OF.get(key, key): value for key, value in own.items()}
    more = Asked(**{key: named[key] for key in Asked.__dataclass_fields__ if key in named})
    options = Options(
        begin=given.get("from"), end=given.get("to"), facet=given.get("by"), more=more, compare=given.get("compare")
    )
    by, station = given.get("bin", "week"), given.get("station")
    return Question(call.dataset.data, chosen.cohort, (), by, station, options, chosen.mask)


def _view(name: str) -> Callable[[Call], Any]:
    def view(call: Call) -> Any:
        try:
            return MEASURES[name].answer(question(call, call.query.values))
        except (OptionError, CohortError) as error:
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
        "effect",
        "What changed with an event: before, during, after, and an interrupted time series; or a search for changes",
        schemas.EFFECT,
        asked.FIGURE,
        STATION,
        asked.NEXT,
        asked.EVENT,
        asked.COMPARE,
        BIN,
    ),
    _operation(
        "pathways",
        "The commonest ways, repeat without escalation, a Sankey or groups of similar lives; and a pattern",
        schemas.PATHWAYS,
        asked.SHOW,
        asked.PATTERN,
        asked.SCOPE,
        asked.MERGE,
        asked.STAGES,
    ),
    _operation(
        "care",
        "Leaving care, and what came of applications to the court",
        schemas.CARE,
        asked.ALIGN,
        shared.BY,
        asked.CASE,
        asked.POPULATION,
    ),
    _operation(
        "benchmarks",
        "One's own figures beside those the Department for Education publishes",
        schemas.BENCHMARKS,
        asked.BESIDE,
        asked.POPULATION,
    ),
    _operation(
        "workload",
        "Work by team or any facet, and what another threshold would have changed",
        schemas.WORKLOAD,
        STATION,
        shared.BY,
        BIN,
        asked.MOVED,
        asked.NEXT,
    ),
)
