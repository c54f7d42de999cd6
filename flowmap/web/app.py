"""The Flask application."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from flowmap.disclosure import Rule
from flowmap.web import api, assets, errors, pages, public, requestlog, routes, security
from flowmap.web.imports.desk import Desk
from flowmap.web.imports.home import Home
from flowmap.web.imports.limits import Limits
from flowmap.web.kept import by_packed_bytes
from flowmap.web.shelf import Shelf

ROOM_FOR_ANSWERS = 512 * 1024 * 1024
"""Bytes of ready answers held in memory, the packed wire tables among them."""


def create_app(
    datasets: Mapping[str, Path], home: Path | None = None, limits: Limits | None = None, rule: Rule | None = None
) -> Flask:
    """An application that serves built datasets, by the name each has in addresses.

    Nothing is opened until it is asked for. Every request must come under a loopback name (flowmap.web.security).
    Files can be brought in on the page where there is a `home`, the folder for the datasets built from them.
    With a `rule` it is in public mode (flowmap.web.public): measures alone, small numbers hidden.
    """
    app = Flask("flowmap", static_folder=None, template_folder=str(assets.folder("templates")))
    shelf = Shelf(datasets)
    desk = Desk(Home(home), shelf, limits) if home is not None else None
    app.extensions["flowmap"] = {"shelf": shelf, "answers": by_packed_bytes(ROOM_FOR_ANSWERS), "desk": desk}
    app.config["SHOWN_AT_ONCE"] = next(iter(datasets)) if len(datasets) == 1 else None
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    requestlog.register(app)
    security.register(app)
    public.register(app, rule)
    errors.register(app)
    assets.register(app)
    routes.register(app, api.subjects())
    pages.register(app)
    return app
