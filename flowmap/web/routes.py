"""From the table of operations to Flask routes: read the query, find the dataset, answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest

from flowmap.ask import release_of, with_cohort
from flowmap.disclosure import Rule
from flowmap.web import csvtext, edition, public, respond
from flowmap.web.compression import Coding
from flowmap.web.errors import Refusal
from flowmap.web.kept import Kept
from flowmap.web.operations import Operation, Query, read_query
from flowmap.web.respond import Packed
from flowmap.web.served import Chosen, Selection, Served
from flowmap.web.shelf import Shelf

CSV = "text/csv"


@dataclass(frozen=True)
class Call:
    """One request, read and checked: what a view needs to answer."""

    shelf: Shelf
    query: Query
    path: dict[str, Any]
    answers: Kept[Packed]
    served: Served | None = None
    body: Any = None

    @property
    def dataset(self) -> Served:
        """The dataset asked for."""
        if self.served is None:
            raise LookupError("this address names no dataset")
        return self.served

    @cached_property
    def selection(self) -> Selection:
        """The cohort asked for.

        Raises: Refusal 400.
        """
        return self.dataset.select(self.query.cohort)

    def __getitem__(self, name: str) -> Any:
        return self.query.values[name]


def _body(operation: Operation) -> Any:
    if operation.takes is None or operation.takes_media != "application/json":
        return None
    try:
        return request.get_json()
    except BadRequest:
        raise Refusal(400, "The body is not JSON.", "body", "Send one JSON value, in UTF-8.") from None
    except RecursionError:
        raise Refusal(400, "The body is nested too deep.", "body") from None


def _filename(call: Call, operation: Operation) -> str:
    what = "-".join([call.served.name if call.served else "flowmap", operation.id.replace("_", "-")])
    return (
        "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in what)
        + ".csv"
    )


def _sides(call: Call, operation: Operation) -> list[Chosen]:
    """What an answer is of: the dataset and cohort of the address, and those beside them."""
    found = [Chosen(call.dataset, call.selection)]
    return found if operation.beside is None else [*found, operation.beside(call)]


def _etag(call: Call, operation: Operation) -> str:
    dataset = call.served
    beside = operation.beside(call) if operation.beside else None
    return respond.tag(
        edition.code(),
        operation.id,
        dataset.tag() if dataset else "|".join(call.shelf.tags()),
        repr(sorted(call.path.items())),
        repr(sorted(call.query.values.items())),
        call.selection.canonical if operation.cohort else "",
        f"{beside.served.tag()}?{beside.selection.canonical}" if beside else "",
    )


def _released(call: Call, operation: Operation, value: Any, as_csv: bool) -> bytes:
    """The table of a measure as it may leave; its note is the first line of a CSV."""
    columns, rows = operation.rows(call, value) if operation.rows else ((), ())
    whose = [(one.served.data, one.selection.mask, one.selection.cohort) for one in _sides(call, operation)]
    table = release_of(str(operation.measure), columns, rows, whose, Rule(call["threshold"]))
    if not as_csv:
        return respond.to_json(table.to_json())
    return (csvtext.write((table.note,), ()) + csvtext.write(table.columns, table.rows)).encode()


def _csv(call: Call, operation: Operation, value: Any) -> bytes:
    """The table as a file."""
    columns, rows = operation.rows(call, value)  # type: ignore[misc]  # only where there are rows
    if operation.cohort:
        columns, rows = with_cohort(columns, rows, [one.selection.cohort for one in _sides(call, operation)])
    return csvtext.write(columns, rows).encode()


def _answer(call: Call, operation: Operation) -> Response:
    as_csv = call.query.values.get("format") == "csv"
    etag = None if operation.private or operation.method != "GET" else _etag(call, operation)

    def make(chosen: Coding) -> Packed:
        value = operation.view(call)
        if operation.measure and call["disclose"]:
            return respond.pack(_released(call, operation, value, as_csv), chosen)
        if as_csv and operation.rows:
            return respond.pack(_csv(call, operation, value), chosen)
        if operation.media != "application/json":
            return respond.pack(value, chosen)
        return respond.pack(respond.to_json(value), chosen)

    def kept(chosen: Coding) -> Packed:
        if etag is None:
            return make(chosen)
        return call.answers.get((etag, chosen), lambda: make(chosen))

    media = CSV if as_csv else operation.media
    return respond.respond(etag, media, kept, _filename(call, operation) if as_csv else "")


def handler(operation: Operation) -> Callable[..., Response]:
    """The Flask view of an operation."""

    def handle(**path: Any) -> Response:
        shelf: Shelf = current_app.extensions["flowmap"]["shelf"]
        answers: Kept[Packed] = current_app.extensions["flowmap"]["answers"]
        query = read_query(operation, request.query_string.decode("utf-8", "replace"))
        name = path.pop("dataset", None) if operation.opens else None
        served = shelf.get(name) if name is not None else None
        query = public.only(operation, query)
        call = Call(shelf, query, path, answers, served, _body(operation))
        if operation.stream and query.values["format"] == "json" and respond.prefers_arrow():
            return operation.stream(call)
        return _answer(call, operation)

    handle.measure = operation.measure  # type: ignore[attr-defined]  # what public mode asks for
    return handle


def register(app: Flask, blueprints: Iterable[tuple[str, tuple[Operation, ...]]]) -> None:
    """Add every operation to `app`, one blueprint a subject, all below /api."""
    for subject, operations in blueprints:
        blueprint = Blueprint(subject, __name__, url_prefix="/api")
        for operation in operations:
            if operation.takes is not None:
                app.config["BODY_TYPES"][f"{subject}.{operation.id}"] = operation.takes_media
            blueprint.add_url_rule(
                operation.path,
                endpoint=operation.id,
                view_func=handler(operation),
                methods=[operation.method],
                provide_automatic_options=False,
            )
        app.register_blueprint(blueprint)
