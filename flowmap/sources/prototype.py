"""The CSV of the 2018 prototype: `child_id,path_N,date,node,node_N,node_NN`, row order is event order."""

from __future__ import annotations

from dataclasses import replace

from flowmap.eventlog import EventLog
from flowmap.sources import delimited, dialect
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions

NAME = "prototype"
HEADER = ["child_id", "path_N", "date", "node", "node_N", "node_NN"]


def sniff(head: Head) -> bool:
    """The header tells, with any delimiter."""
    first = head.start[:200].decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    return bool(first) and any(first[0].split(d)[: len(HEADER)] == HEADER for d in dialect.DELIMITERS)


def read(head: Head, options: ReadOptions, progress: Progress) -> EventLog:
    """The event log; `path_N` is the journey's number, `node_N` and `node_NN` only count and are left out."""
    log = delimited.read(head, options, progress)
    log.recognised.insert(0, f"{head.name}: the prototype's table; path_N is the journey's number.")
    counts = ("node_N", "node_NN")
    return replace(
        log,
        attributes={k: a for k, a in log.attributes.items() if k not in counts},
        children={k: a for k, a in log.children.items() if k not in counts},
        origin=[replace(f, format=NAME) for f in log.origin],
    )
