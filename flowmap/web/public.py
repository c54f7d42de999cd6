"""Public mode: the figures of measures over all journeys, with small numbers hidden, and nothing else.

One export, or two that differ by a filter, do not give a hidden count away (tests/test_release.py). Whoever may ask for
any cohort and any period can put more together than that: all, the girls and the boys are three exports, and can be
enough. So public mode answers one question a measure: no page, no map with its dots, no journeys, no filter, no period.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, current_app, request

from flowmap.disclosure import Rule
from flowmap.web.errors import Refusal
from flowmap.web.operations import DISCLOSURE, Operation, Query, parameters_of

HARMLESS = ("about.openapi", "pages.robots", "pages.favicon")
REMEDY = "Ask for a measure as it is, such as /api/datasets/NAME/flow, or as CSV with format=csv."


def register(app: Flask, rule: Rule | None) -> None:
    """Guard `app` where there is a rule; without one it serves everything."""
    app.config["PUBLIC"] = rule
    if rule is not None:
        app.before_request(check_address)


def check_address() -> None:
    """Refuse what is not a measure. Raises: Refusal 403."""
    if request.endpoint is None or request.endpoint in HARMLESS:
        return
    if not getattr(current_app.view_functions[request.endpoint], "measure", None):
        message = "In public mode only measures are served: no pages, no maps with their dots, nothing about one child."
        raise Refusal(403, message, None, REMEDY)


def only(operation: Operation, query: Query) -> Query:
    """The query as it is answered in public mode. Raises: Refusal 403 where it asks for more than is answered."""
    rule: Rule | None = current_app.config["PUBLIC"]
    if rule is None or operation.measure is None:
        return query
    if query.cohort:
        raise Refusal(403, "In public mode a measure is of all journeys.", "cohort", REMEDY)
    for one in parameters_of(operation):
        if one.name != "format" and one not in DISCLOSURE and query.values[one.name] != one.default:
            raise Refusal(403, f"In public mode {one.name} cannot be chosen.", one.name, REMEDY)
    return replace(query, values={**query.values, "disclose": True, "threshold": rule.threshold})
