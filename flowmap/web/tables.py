"""The two wire tables as Arrow streams: packed once for each coding, kept, and made ready before they are asked for."""

from __future__ import annotations

import logging
from typing import Literal

import pyarrow as pa
from flask import Flask

from flowmap.web import compression, edition, respond
from flowmap.web.errors import Refusal
from flowmap.web.kept import Kept
from flowmap.web.respond import Packed
from flowmap.web.served import Served
from flowmap.web.shelf import Shelf

log = logging.getLogger("flowmap.web")

Name = Literal["journeys", "transitions"]
NAMES: tuple[Name, ...] = ("journeys", "transitions")


def etag(served: Served, name: Name) -> str:
    """What the stream of a table is known by; one more for each coding."""
    return respond.tag(edition.code(), "arrow", served.id, name)


def stream(table: pa.Table) -> bytes:
    """A table as an Arrow IPC stream in one batch, without Arrow's own compression (browsers read none)."""
    sink = pa.BufferOutputStream()
    whole = table.combine_chunks()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return bytes(sink.getvalue())


def packed(served: Served, name: Name, coding: compression.Coding, answers: Kept[Packed]) -> Packed:
    """The stream of a table in a coding, from memory where it was asked for before."""

    def make() -> Packed:
        return compression.pack(stream(served.wire(name)), coding, thorough=True), coding

    return answers.get((etag(served, name), coding), make)


def warm(app: Flask, coding: compression.Coding = compression.PREFERENCE[0]) -> None:
    """Make ready what the first page of each dataset asks for, in the coding that current browsers prefer."""
    shelf: Shelf = app.extensions["flowmap"]["shelf"]
    answers: Kept[Packed] = app.extensions["flowmap"]["answers"]
    for name in shelf.names():
        try:
            served = shelf.get(name)
            for table in NAMES:
                packed(served, table, coding, answers)
            served.geometry()
            served.ready()
            served.dues()
        except Refusal as refusal:
            log.warning("%s", refusal.message)
        except Exception:
            log.exception("dataset %s could not be made ready; it is made when asked for", name)
