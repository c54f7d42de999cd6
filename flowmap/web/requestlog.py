"""One line a request, at level INFO of the logger `flowmap.web.requests`.

The route is logged as it is declared (`/api/datasets/<dataset>/children/<int:child>`), never what was put into it,
and no query: neither says which child or which small group somebody looked at.
"""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("flowmap.web.requests")


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(no route)"
    took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
    log.info("%s %s %d %.0f ms", request.method, rule, response.status_code, took)
    return response


def register(app: Flask) -> None:
    """Log every request of `app`."""
    app.before_request(_begin)
    app.after_request(_end)
