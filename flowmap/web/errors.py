"""What goes wrong over HTTP, in one shape: `{"error": {"message", "parameter", "remedy"}}`.

A page asked for by a person gets the same words as a small HTML page.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

log = logging.getLogger("flowmap.web")

KNOWN_AT_MOST = 50
"""A refusal names at most this many of the names that would have been understood."""

REMEDIES = {
    400: "Check the address and what was sent with it.",
    404: "The addresses are listed in /api/openapi.json.",
    405: "Use one of the methods in the Allow header.",
    413: "Send less: the largest body accepted is 1 MiB, and 4 MiB for a piece of a file.",
    414: "Use a shorter address.",
    415: "Send the body with Content-Type: application/json.",
}


class Refusal(Exception):  # noqa: N818 (an answer, not a fault)
    """A request that is not answered: HTTP status, message, the parameter at fault, what to do instead."""

    def __init__(
        self,
        status: int,
        message: str,
        parameter: str | None = None,
        remedy: str = "",
        known: Sequence[str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.parameter = parameter
        self.remedy = remedy or REMEDIES.get(status, "")
        self.known = known

    def body(self) -> dict[str, Any]:
        """The JSON of this refusal; `known` (names that exist) is there only where it helps."""
        error: dict[str, Any] = {"message": self.message, "parameter": self.parameter, "remedy": self.remedy}
        if self.known is not None:
            error["known"] = list(self.known[:KNOWN_AT_MOST])
        return {"error": error}


def bad(parameter: str, value: str, why: str, remedy: str) -> Refusal:
    """A 400 that names the parameter, its value and the remedy."""
    shown = value if len(value) <= 80 else value[:77] + "..."
    return Refusal(400, f"{parameter}={shown!r}: {why}", parameter, remedy)


def wants_page() -> bool:
    """True where a person's browser asked for a page, not a script for data."""
    if request.path.startswith("/api") or request.path.startswith("/static"):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def answer(refusal: Refusal) -> Response:
    """The refusal as JSON, or as a page for a person."""
    if wants_page():
        response = Response(render_template("error.html", refusal=refusal), mimetype="text/html")
    else:
        response = jsonify(refusal.body())
    response.status_code = refusal.status
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    message = {
        404: f"There is nothing at {request.path[:200]}.",
        405: f"{request.method} is not possible here.",
        413: "The body is too large.",
    }.get(status, error.description or "The request could not be answered.")
    response = answer(Refusal(status, message))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _from_fault(error: Exception) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(no route)"
    log.error("fault while answering %s %s", request.method, rule, exc_info=error)
    return answer(Refusal(500, "The server met a fault of its own.", None, "Its cause is in the server's log."))


def register(app: Flask) -> None:
    """Make every error of `app` answer in the one shape."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_fault)
