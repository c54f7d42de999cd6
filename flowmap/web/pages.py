"""The pages: the list of datasets, and one map a dataset."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from flowmap import tubemap
from flowmap.measures.definitions import definitions
from flowmap.web import assets, qualitypage, respond
from flowmap.web.errors import Refusal
from flowmap.web.imports.limits import size_in_words
from flowmap.web.served import Served
from flowmap.web.shelf import Shelf
from synthetic import report as reports

pages = Blueprint("pages", __name__)


def _shelf() -> Shelf:
    shelf: Shelf = current_app.extensions["flowmap"]["shelf"]
    return shelf


def _day(text: str) -> str:
    day = datetime.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _in_short(served: Served) -> dict[str, Any]:
    meta = served.meta
    return {
        "name": served.name,
        "title": served.title,
        "id": served.id,
        "folder": str(served.folder),
        "synthetic": served.has_synthetic(),
        "built": _day(meta["built"]),
        "sources": [source["name"] for source in meta.get("sources", [])],
        **{key: _day(meta[key]) for key in ("first", "last")},
        **meta["counts"],
    }


def _page(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/")
def home() -> AnyResponse:
    """The start page; where one dataset alone was asked for and is served, its map at once."""
    alone = current_app.config["SHOWN_AT_ONCE"]
    if alone is not None and _shelf().names() == [alone]:
        return redirect(url_for("pages.map_page", dataset=alone))
    return start()


@pages.get("/start")
def start() -> Response:
    """The datasets that there are, and the place where files are brought in."""
    shelf = _shelf()
    found, missing = [], []
    for name in shelf.names():
        try:
            found.append(_in_short(shelf.get(name)))
        except Refusal as refusal:
            missing.append({"name": name, "message": refusal.message, "remedy": refusal.remedy})
    desk = current_app.extensions["flowmap"]["desk"]
    limits = desk.limits if desk else None
    response = _page(
        render_template(
            "datasets.html", datasets=found, missing=missing, limits=limits, size=size_in_words, maps=_maps()
        )
    )
    # "Back" shows what a browser has kept, without asking: a list in which the map just built is missing.
    response.headers["Cache-Control"] = respond.NEVER_KEPT
    return response


def _maps() -> list[dict[str, str]]:
    return [{"name": name, "title": tubemap.load(name).title} for name in tubemap.builtin()]


@pages.get("/d/<dataset>")
def map_page(dataset: str) -> AnyResponse:
    """The map of one dataset. Its query is the page's own state: read by the page, not here."""
    served = _shelf().get(dataset)
    there = (assets.folder("templates") / "map.html").is_file()
    template = "map.html" if there else "no_map.html"
    return _page(
        render_template(template, name=dataset, title=served.title, dataset=served.meta, definitions=definitions())
    )


@pages.get("/d/<dataset>/definitions")
def definitions_page(dataset: str) -> Response:
    """What each figure means; `#rereferral` and the like lead to one."""
    served = _shelf().get(dataset)
    return _page(render_template("definitions.html", name=dataset, title=served.title, definitions=definitions()))


@pages.get("/d/<dataset>/compare")
def compare_page(dataset: str) -> Response:
    """Two maps side by side: this dataset on the left. Its query is the page's own state, as that of the map."""
    served = _shelf().get(dataset)
    return _page(render_template("compare.html", name=dataset, title=served.title))


@pages.get("/d/<dataset>/quality")
def quality_page(dataset: str) -> Response:
    """What was read of the dataset's files, and what was wrong with them."""
    served = _shelf().get(dataset)
    found = qualitypage.described(served.quality())
    return _page(render_template("quality.html", name=dataset, title=served.title, **found))


@pages.get("/d/<dataset>/synthetic")
def synthetic_page(dataset: str) -> Response:
    """The report on a synthetic log that was put beside the dataset."""
    served = _shelf().get(dataset)
    found = served.synthetic_body()
    beside = _beside(dataset)
    return _page(render_template("synthetic.html", name=dataset, title=served.title, body=found, beside=beside))


def _beside(dataset: str) -> str | None:
    """Where the dataset's map stands beside another's; None where no other is served.

    Which of several holds the synthetic log is not known here: there the page asks.
    """
    others = [name for name in _shelf().names() if name != dataset]
    if not others:
        return None
    chosen = f"_with={quote(others[0], safe='')}" if len(others) == 1 else "_panel=right"
    return f"{url_for('pages.compare_page', dataset=dataset)}?{chosen}"


@pages.get("/synthetic-report.css")
def synthetic_style() -> Response:
    """The style of that report: the same, from the same file, as that of the page that stands alone."""
    style = reports.STYLE.read_bytes()
    etag = respond.tag("synthetic-report.css", hashlib.sha256(style).hexdigest())
    return respond.respond(etag, "text/css", lambda chosen: respond.pack(style, chosen))


@pages.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for a search engine."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


@pages.get("/favicon.ico")
def favicon() -> AnyResponse:
    """The mark, for browsers that ask without being told."""
    root = assets.folder("static")
    return send_from_directory(root, assets.find(root, "favicon.svg"), max_age=86400)


def register(app: Flask) -> None:
    """Add the pages to `app`."""
    app.register_blueprint(pages)
