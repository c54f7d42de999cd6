"""XES (IEEE 1849), the standard of process mining: read event by event, in memory only the columns.

Attributes of a trace and of an event become columns of their keys (`case:key` of the trace where both have
it); attributes nested in an attribute become `key:inner key`, one level deep. Entities are not expanded and
nothing is fetched.
"""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree

from flowmap.eventlog import EventLog, QualityReport, SourceError
from flowmap.sources import columns, identity
from flowmap.sources.assemble import assemble
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.rows import Rows
from flowmap.sources.stream import CHUNK, unpacked

NAME = "xes"
CASE = "case:concept:name"
TIMES = {"time:timestamp", "concept:instance"}  # nearly every value is another: kept as they come, not as codes
KEPT = {CASE, "concept:name", "lifecycle:transition", *TIMES}
VALUES = {"string", "date", "int", "float", "boolean", "id"}
MANY = 100_000  # kinds of text in one column, unless it says whose event or which: no facet, so they are not kept
SAMPLE = 2000
BATCH = 100_000


def sniff(head: Head) -> bool:
    """XML: whether it is XES, `read` says."""
    start = head.start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") or head.start.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))


def read(head: Head, options: ReadOptions, progress: Progress) -> EventLog:
    """The event log in the file; a row is an event, counted from 1. Raises SourceError and OptionError."""
    if b"<!DOCTYPE" in head.start or b"<!ENTITY" in head.start:
        raise _entities(head.name)
    taken = _Taken(KEPT | {name for name in (options.case, options.event, options.time, options.end) if name})
    with head.path.open("rb", buffering=0) as file:
        source = _Source(file, head, progress)
        try:
            _walk(source, taken, head.name)
        except etree.XMLSyntaxError as error:
            raise _not_well_formed(error, head.name) from None
    rows = taken.rows(head.name)
    roles = _roles(rows, options)
    rows.said.append(f"{head.name}: an XES log of {taken.traces:,} traces and {taken.events:,} events.")
    return assemble(rows, roles, options, Fingerprint(head), NAME)


def _walk(source: _Source, taken: _Taken, file: str) -> None:
    """Feed every trace and event to `taken`, forgetting each element as soon as it is read."""
    parsed = etree.iterparse(
        source,
        events=("start", "end"),
        tag=("{*}trace", "{*}event"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for what, element in parsed:
        is_trace = element.tag.endswith("trace")
        if what == "start":
            if is_trace:
                if not taken.traces and element.getroottree().docinfo.internalDTD is not None:
                    raise _entities(file)
                taken.traces += 1
            continue
        if is_trace:
            taken.trace(element)
        else:
            taken.event(element)
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            element.getparent().remove(before)
    root = parsed.root
    if root is not None and etree.QName(root).localname != "log":
        raise SourceError(
            f"This XML is not an XES log: its outermost element is <{etree.QName(root).localname}>.",
            file=file,
            remedy="Give an XES file (<log> with <trace>s of <event>s).",
        )
    if not taken.events:
        raise SourceError("The log has no events.", file=file, remedy="Export it again.")


class _Source(io.RawIOBase):
    """The file's bytes, unpacked, for the parser; tells progress."""

    def __init__(self, file: io.FileIO, head: Head, progress: Progress) -> None:
        super().__init__()
        self._file, self._head, self._progress = file, head, progress
        plain = iter(lambda: file.read(CHUNK), b"")
        self._chunks: Iterator[bytes] = unpacked(file, head.name) if head.gzip else plain
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; b"" at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._progress(f"reading {self._head.name}", 0.9 * min(1.0, self._file.tell() / max(self._head.size, 1)))
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class _Coded:
    """Codes of one attribute (-1 = not there), and the distinct texts: at most so `many`, else none is kept."""

    def __init__(self, many: float = math.inf) -> None:
        self.codes = array("i")
        self.texts: dict[str, int] = {}
        self.full = False
        self._many = many

    def put(self, at: int, value: str) -> None:
        """The value at place `at`; the places before it without one had none. A second value does not count."""
        gap = at - len(self.codes)
        if self.full or gap < 0:
            return
        if gap:
            self.codes.extend(array("i", [-1]) * gap)
        self.codes.append(self.texts.setdefault(value, len(self.texts)))
        if len(self.texts) > self._many:
            self.full, self.codes, self.texts = True, array("i"), {}

    def arrow(self, size: int, counts: Any = None) -> pa.ChunkedArray:
        """A dictionary column of `size` places; with `counts`, each as often as that says."""
        codes = np.full(size, -1, dtype=np.int32)
        codes[: len(self.codes)] = np.array(self.codes, dtype=np.int32)
        if counts is not None:
            codes = np.repeat(codes, counts)
        texts = pa.array(list(self.texts), pa.string())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)])


class _Texts:
    """Texts of one attribute that are nearly all different."""

    def __init__(self) -> None:
        self.full = False
        self._size = 0
        self._waiting: list[str | None] = []
        self._done: list[pa.Array] = []

    def put(self, at: int, value: str) -> None:
        """As _Coded.put."""
        gap = at - self._size
        if gap < 0:
            return
        self._waiting.extend([None] * gap)
        self._waiting.append(value)
        self._size = at + 1
        if len(self._waiting) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        self._done.append(pa.array(self._waiting, pa.string()))
        self._waiting = []

    def arrow(self, size: int, _: Any = None) -> pa.ChunkedArray:
        """A column of `size` texts."""
        self._waiting.extend([None] * (size - self._size))
        self._flush()
        return pa.chunked_array(self._done)


class _Taken:
    """What has been read so far: columns by event, columns by trace, and what was left out."""

    def __init__(self, kept: Set[str]) -> None:
        self._kept = kept  # whatever their names tell
        self.traces = 0
        self.events = 0
        self._in_trace = 0
        self._counts = array("i")  # events of each trace
        self._by_event: dict[str, _Coded | _Texts] = {}
        self._by_trace: dict[str, _Coded | _Texts] = {}
        self.nested: set[str] = set()
        self.private: dict[str, str] = {}

    def event(self, element: Any) -> None:
        """An event, at its end."""
        self._take(element, self._by_event, self.events, "")
        self.events += 1
        self._in_trace += 1

    def trace(self, element: Any) -> None:
        """A trace, at its end: its events are known."""
        self._take(element, self._by_trace, len(self._counts), "case:")
        self._counts.append(self._in_trace)
        self._in_trace = 0

    def _take(self, element: Any, columns_: dict[str, _Coded | _Texts], at: int, prefix: str) -> None:
        for inner in element:
            key = inner.get("key")
            if key is None:
                continue
            value = inner.get("value")
            if value is not None:
                self._put(columns_, prefix + key, at, value)
            for nested in inner:
                if nested.get("value") is not None and value is not None:
                    self._put(columns_, f"{prefix}{key}:{nested.get('key')}", at, nested.get("value"))
                else:
                    self.nested.add(prefix + key)

    def _put(self, columns_: dict[str, _Coded | _Texts], name: str, at: int, value: str) -> None:
        column = columns_.get(name)
        if column is None:
            if name in self.private:
                return
            kept = name in self._kept or name.removeprefix("case:") in self._kept or columns.is_birth(name)
            reason = None if kept else identity.by_name(name)
            if reason and reason not in identity.CODE_ONLY:
                self.private[name] = reason
                return
            column = columns_[name] = _Texts() if name in TIMES else _Coded() if kept else _Coded(MANY)
        column.put(at, value)

    def rows(self, file: str) -> Rows:
        """All of it as rows, one an event."""
        report = QualityReport(rows_read=self.events)
        rows = Rows(file, {}, report, first_row=1, place="event")
        counts = np.array(self._counts, dtype=np.int64)
        outside = self.events - int(counts.sum())  # events of no trace come after all others' traces
        if outside:
            counts = np.append(counts, outside)
        for key, column in self._by_trace.items():
            name = key if key == CASE or key[5:] in self._by_event else key[5:]
            if not column.full:
                rows.columns[name] = column.arrow(len(counts), counts)
        for name, column in self._by_event.items():
            if not column.full:
                rows.columns[name] = column.arrow(self.events)
        for name in [n for some in (self._by_trace, self._by_event) for n, c in some.items() if c.full]:
            rows.left_out(name, f"it has more than {MANY:,} different values")
        for name, reason in self.private.items():
            rows.left_out(name, reason)
        for name in sorted(self.nested):
            rows.left_out(name, "what is nested more than one level deep, and lists, are not read")
        empty = int((counts == 0).sum())
        if empty:
            report.add("empty-trace", "The trace has no events.", count=empty)
        return rows


def _roles(rows: Rows, options: ReadOptions) -> columns.Roles:
    """As the standard says, or as told; where --case names another attribute, the trace is the journey."""
    samples = {n: ["" if v is None else v for v in c.slice(0, SAMPLE).to_pylist()] for n, c in rows.columns.items()}
    if options.case and options.case not in samples:
        options = replace(options, case=options.case.removeprefix("case:"))
    roles = columns.recognise(samples, options, rows.file)
    roles.keep(columns.REQUIRED, "birth", "family", "lifecycle", "instance", *(["end"] if options.end else []))
    if options.case and CASE in rows.columns and roles.columns["child"] != CASE:
        roles.columns["journey"] = CASE
        roles.said.append(f"{rows.file}: each trace is a journey.")
    return roles


def _entities(file: str) -> SourceError:
    return SourceError(
        "The XML has a DOCTYPE (entities), which a log does not need and which may be an attack.",
        file=file,
        remedy="Export it again without, or take the DOCTYPE out if you know where it comes from.",
    )


def _not_well_formed(error: etree.XMLSyntaxError, file: str) -> SourceError:
    return SourceError(
        f"The XML is not well-formed or is cut short: {error.msg}.",
        file=file,
        row=error.lineno,
        remedy="Export it again.",
    )
