"""The census's XML as it streams by: the texts of the elements wanted, gathered as codes, and nothing else kept.

No tree is built, so memory does not depend on how large or how odd the file is, only on how many records it has.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from lxml import etree

from flowmap.eventlog import SourceError
from flowmap.sources.cin.elements import CONTAINERS, EVERY, GROUPS, SEVERAL, Container
from flowmap.sources.head import Head
from flowmap.sources.options import Progress
from flowmap.sources.stream import unpacked

CHUNK = 1 << 20
MAX_PIECES = 64  # pieces of text kept of one element: what is longer is no code and no date
MAX_TEXT = 200
MAX_NAMES = 200  # unknown elements told apart; a file with more is told so by the last of them

WANTED = frozenset(EVERY.values())
READ, KNOWN, GROUP, INNER = range(4)


class Gathered:
    """Records of one container: a column of codes an element, the position of their child and their episode."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.child = array("i")
        self.episode = array("i")
        self.codes = {name: array("i") for name in container.read}
        self.texts: dict[str, dict[str, int]] = {name: {} for name in container.read}
        self._columns = [(name, self.codes[name], self.texts[name]) for name in container.read]

    def put(self, found: dict[str, str], child: int, episode: int) -> None:
        """One record; `child` and `episode` count from 1 and from 0."""
        self.child.append(child)
        self.episode.append(episode)
        for name, codes, texts in self._columns:
            value = found.get(name)
            codes.append(-1 if value is None else texts.setdefault(value, len(texts)))

    def __len__(self) -> int:
        return len(self.child)

    def column(self, name: str) -> tuple[npt.NDArray[np.int32], list[str]]:
        """(codes, -1 where there is none; the distinct texts)."""
        return np.array(self.codes[name], dtype=np.int32), list(self.texts[name])

    def strings(self, name: str) -> pa.Array:
        """The column as text, null where there is none."""
        codes, texts = self.column(name)
        return pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0))


class Walk:
    """Takes the parser's events; see `lxml.etree.XMLParser(target=...)`."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.header: dict[str, str] = {}
        self.root: str | None = None
        self.gathered = {name: Gathered(c) for name, c in CONTAINERS.items() if name}
        self.without_episode = array("i")  # positions of children that have no CINdetails
        self.children = 0
        self.unknown: dict[str, list[int]] = {}  # path -> [how often, position of the first child with it]
        self.twice: dict[str, list[int]] = {}
        self.stray = [0, 0]  # likewise, of text between elements
        self._names: dict[str, str] = {}
        self._what = {name: _places(c) for name, c in CONTAINERS.items()}
        self._open: list[tuple[str, dict[str, str]]] = [("", self.header)]
        self._here = self._what[""]
        self._skip = 0
        self._text: list[str] | None = None
        self._episodes = 0  # CINdetails begun
        self._first = 0  # of the child that is open

    def start(self, tag: str, _: Any) -> None:
        """An element begins."""
        if self._skip:
            self._skip += 1
            return
        name = self._names.get(tag) or self._name(tag)
        what = self._here.get(name)
        self._text = [] if what == READ else None
        if what is None:
            self._skip = 1
            self._count(self.unknown, self._path(name))
        elif what == KNOWN:
            self._skip = 1
        elif what == INNER:
            if name == "Child":
                self.children += 1
                self._first = self._episodes
            elif name == "CINdetails":
                self._episodes += 1
            self._open.append((name, {}))
            self._here = self._what[name]

    def data(self, text: str) -> None:
        """Text, of an element or between elements; it may come in pieces."""
        if self._text is not None:
            if len(self._text) < MAX_PIECES:
                self._text.append(text)
        elif not self._skip and not text.isspace():
            self.stray[0] += 1
            self.stray[1] = self.stray[1] or self.children

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._skip:
            self._skip -= 1
            return
        name = self._names[tag]
        if self._text is not None:
            self._take(name, "".join(self._text).strip())
            self._text = None
        elif name == self._open[-1][0]:
            _, found = self._open.pop()
            self._here = self._what[self._open[-1][0]]
            if name == "Child":
                if self._episodes == self._first:
                    self.without_episode.append(self.children)
                self.gathered[name].put(found, self.children, -1)
            else:
                self.gathered[name].put(found, self.children, self._episodes - 1)

    def doctype(self, *_: Any) -> None:
        """A census has none, and an attack may: refused."""
        raise SourceError(
            "The XML has a DOCTYPE (entities), which a census does not need and which may be an attack.",
            file=self._file,
            remedy="Export it again without, or take the DOCTYPE out if you know where it comes from.",
        )

    def close(self) -> Walk:
        """The end of the file."""
        return self

    def _take(self, name: str, text: str) -> None:
        found = self._open[-1][1]
        if not text:
            return
        if name in SEVERAL:
            text = "|".join(part for part in (found.get(name), text) if part)[:MAX_TEXT]
        elif name in found:
            if found[name] != text:
                self._count(self.twice, self._path(name))
            return
        found[name] = text[:MAX_TEXT]

    def _name(self, tag: str) -> str:
        """The name without its namespace, spelt as the schema does; remembered."""
        plain = tag.rpartition("}")[2].rpartition(":")[2]
        name = EVERY.get(plain.lower(), plain)
        if self.root is None:
            self.root = name
        if len(self._names) < MAX_NAMES or name in WANTED:
            self._names[tag] = name
        return name

    def _path(self, name: str) -> str:
        inside = CONTAINERS[self._open[-1][0]]
        return f"{inside.path}/{name}" if inside.name else name

    def _count(self, counts: dict[str, list[int]], path: str) -> None:
        if path not in counts and len(counts) >= MAX_NAMES:
            path = "(others)"
        counts.setdefault(path, [0, self.children])[0] += 1


def _places(container: Container) -> dict[str, int]:
    """What each element is within a container."""
    places = dict.fromkeys(GROUPS.get(container.name, ()), GROUP)
    places |= dict.fromkeys(container.known, KNOWN) | dict.fromkeys(container.inner, INNER)
    return places | dict.fromkeys(container.read, READ)


def walk(head: Head, progress: Progress) -> Walk:
    """The whole file. Raises SourceError for XML that is not well formed, is cut short or has a DOCTYPE."""
    target = Walk(head.name)
    parser = etree.XMLParser(
        target=cast("Any", target),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        with head.path.open("rb", buffering=0) as file:
            for chunk in _chunks(file, head, progress):
                parser.feed(chunk)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"The XML is not well formed or is cut short: {error.msg or 'it has no content'}.",
            file=head.name,
            row=error.lineno,
            remedy="Export it again; a text editor shows the line.",
        ) from None
    return target


def _chunks(file: io.FileIO, head: Head, progress: Progress) -> Iterator[bytes]:
    plain = iter(lambda: file.read(CHUNK), b"")
    for chunk in unpacked(file, head.name) if head.gzip else plain:
        progress(f"reading {head.name}", 0.9 * min(1.0, file.tell() / max(head.size, 1)))
        yield chunk
