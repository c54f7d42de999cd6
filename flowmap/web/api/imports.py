"""Bringing files in: what is dropped is stored, recognised, read, and built into a dataset."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, request

from flowmap.web.api import import_bodies as bodies
from flowmap.web.api import import_schemas as schemas
from flowmap.web.errors import Refusal
from flowmap.web.imports.desk import Desk
from flowmap.web.imports.session import IDLE, Session
from flowmap.web.operations import Operation, Parameter, PathPart
from flowmap.web.routes import Call


def desk() -> Desk:
    """Where files are brought in. Raises: Refusal 403 where this server takes none."""
    found: Desk | None = current_app.extensions["flowmap"]["desk"]
    if found is None:
        raise Refusal(
            403, "This server takes no files.", None, "Start it with a home folder: flowmap serve --home DIR."
        )
    return found


def _session(call: Call) -> Session:
    return desk().get(call.path["session"])


def open_import(call: Call) -> Any:
    """A new import."""
    dataset = bodies.dataset(call.body)
    if dataset is not None:
        call.shelf.get(dataset)
    return desk().open(dataset).to_json()


def show(call: Call) -> Any:
    """An import as it is now."""
    return _session(call).to_json()


def close(call: Call) -> Any:
    """End it; what was given is deleted."""
    desk().close(call.path["session"])
    return {}


def _allow_piece(session: Session) -> None:
    """Take a body of one piece: one byte more, since a stream is refused when it is read to its limit."""
    request.max_content_length = session.limits.piece + 1


def add_file(call: Call) -> Any:
    """A file, whole or its first piece."""
    session = _session(call)
    if call["name"] is None or call["size"] is None:
        missing = "name" if call["name"] is None else "size"
        raise Refusal(400, f"{missing} is missing.", missing, "Send the file's name and its size in bytes.")
    _allow_piece(session)
    upload = session.add(call["name"], call["size"])
    session.receive(upload, 0, request.stream)
    return upload.to_json()


def add_piece(call: Call) -> Any:
    """The next piece of a file."""
    session = _session(call)
    _allow_piece(session)
    upload = session.file(call.path["file"])
    session.receive(upload, call["offset"], request.stream)
    return upload.to_json()


def choose(call: Call) -> Any:
    """Which column is what, and how dates are meant, in one file."""
    session = _session(call)
    upload = session.file(call.path["file"])
    session.choose(upload, bodies.options(call.body))
    return upload.to_json()


def remove_file(call: Call) -> Any:
    """Take one file away."""
    session = _session(call)
    session.remove(call.path["file"])
    return session.to_json()


def read(call: Call) -> Any:
    """Begin to read all files."""
    bodies.nothing(call.body)
    return desk().read(_session(call)).to_json()


def events(call: Call) -> Any:
    """Which event means which station on a map."""
    return desk().events(_session(call), bodies.chosen_map(call.body))


def build(call: Call) -> Any:
    """Begin to build."""
    session = _session(call)
    wanted = bodies.build(call.body)
    return desk().build(session, wanted.title, wanted.map, wanted.events).to_json()


def demo(call: Call) -> Any:
    """Begin to build the made-up council."""
    bodies.nothing(call.body)
    return desk().demo(_session(call)).to_json()


def job(call: Call) -> Any:
    """The job that is under way, or the last one."""
    found = _session(call).job
    return found.to_json() if found else IDLE


def cancel(call: Call) -> Any:
    """Stop the job that is under way."""
    session = _session(call)
    session.cancel()
    return session.job.to_json() if session.job else IDLE


def _read_whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise ValueError("is not a whole number")
    return int(text)


NAME = Parameter(
    "name",
    "the file's own name, only ever shown; with its folder's name before a slash where it came in one",
    {"type": "string", "minLength": 1, "maxLength": 1000},
    str,
    "Write the file's name.",
    example="children.csv",
)
SIZE = Parameter(
    "size",
    "the whole file's size in bytes; where the body is shorter, it is the first piece",
    {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
    _read_whole,
    "Write the file's size in bytes.",
)
OFFSET = Parameter(
    "offset",
    "bytes of the file before this piece: the `received` of the answer before",
    {"type": "integer", "minimum": 0, "maximum": 10**15 - 1, "default": 0},
    _read_whole,
    "Write the `received` of the answer before.",
    default=0,
)
SESSION = PathPart("session", "the import's id", {"type": "string", "pattern": "^[0-9a-f]{32}$"})
FILE = PathPart("file", "the file's id in the import", {"type": "string", "pattern": "^f[0-9a-f]{16}$"})
BYTES = {"type": "string", "format": "binary", "description": "at most 4 MiB of the file"}
OCTETS = "application/octet-stream"
_ONE = "/imports/<session>"
_FILES = _ONE + "/files"

OPERATIONS = (
    Operation(
        "open_import",
        "/imports",
        open_import,
        "Begin to bring files in, for a new dataset or in place of one",
        schemas.SESSION,
        method="POST",
        takes=schemas.OPENING,
        refuses=(404, 409, 410, 503),
    ),
    Operation(
        "import", _ONE, show, "The files of an import and what was found in them", schemas.SESSION,
        parts=(SESSION,), private=True,
    ),
    Operation(
        "close_import", _ONE, close, "End an import; its files are deleted", schemas.NOTHING,
        method="DELETE", parts=(SESSION,),
    ),
    Operation(
        "add_file",
        _FILES,
        add_file,
        "Bring in a file, whole or its first piece; once it is whole, it is recognised",
        schemas.FILE,
        method="PUT",
        parts=(SESSION,),
        parameters=(NAME, SIZE),
        takes=BYTES,
        takes_media=OCTETS,
        refuses=(409, 507),
    ),
    Operation(
        "add_piece",
        _FILES + "/<file>",
        add_piece,
        "Bring in the next piece of a file",
        schemas.FILE,
        method="PUT",
        parts=(SESSION, FILE),
        parameters=(OFFSET,),
        takes=BYTES,
        takes_media=OCTETS,
        refuses=(409, 507),
    ),
    Operation(
        "choose_columns",
        _FILES + "/<file>",
        choose,
        "Say of a plain table which column is what, and how its dates are meant",
        schemas.FILE,
        method="PATCH",
        parts=(SESSION, FILE),
        takes=schemas.OPTIONS,
        refuses=(409,),
    ),
    Operation(
        "remove_file", _FILES + "/<file>", remove_file, "Take a file away", schemas.SESSION,
        method="DELETE", parts=(SESSION, FILE), refuses=(409,),
    ),
    Operation(
        "read_files", _ONE + "/read", read, "Read all files; gives the job, and `found` of the import when it is done",
        schemas.JOB, method="POST", parts=(SESSION,), takes=schemas.NOTHING, refuses=(409,),
    ),
    Operation(
        "import_events",
        _ONE + "/events",
        events,
        "Which event of the files means which station of a map",
        schemas.EVENTS,
        method="POST",
        parts=(SESSION,),
        takes=schemas.MAP_BODY,
        refuses=(409,),
    ),
    Operation(
        "build_dataset", _ONE + "/build", build, "Build the dataset; gives the job", schemas.JOB,
        method="POST", parts=(SESSION,), takes=schemas.BUILD, refuses=(409,),
    ),
    Operation(
        "build_demo", _ONE + "/demo", demo, "Build the made-up reference authority; gives the job", schemas.JOB,
        method="POST", parts=(SESSION,), takes=schemas.NOTHING, refuses=(409,),
    ),
    Operation(
        "job", _ONE + "/job", job, "What is under way, how far it is, and how it ended", schemas.JOB,
        parts=(SESSION,), private=True,
    ),
    Operation(
        "cancel_job", _ONE + "/job", cancel, "Stop what is under way; nothing of it stays", schemas.JOB,
        method="DELETE", parts=(SESSION,),
    ),
)  # fmt: skip
