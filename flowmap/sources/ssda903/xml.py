"""The SSDA903 return as one XML file, read child by child.

`EXPSSDA903 > CHILD > (HEADER, EPISODE*)`; in HEADER stand CHILDID, SEX, DOB, ETHNIC, UASC, ... and the groups AREVIEW,
AMISSING, OC2, PERMANENCE and AD_PLACED. (DfE's schema of the expanded return; the same structure is read by the public
validator data-to-insight/csc-validator-be-903.) Each group is a row of the list that it is in the CSV set.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree

from flowmap.quality import QualityReport, SourceError
from flowmap.sources.head import Head
from flowmap.sources.options import Progress
from flowmap.sources.ssda903.cells import Cells, clean
from flowmap.sources.ssda903.lists import ALIASES, BY_NAME, CHILD
from flowmap.sources.xes import _Source

GROUPS = {
    "EPISODE": "Episodes",
    "AREVIEW": "Reviews",
    "AMISSING": "Missing",
    "OC2": "OC2",
    "OC3": "OC3",
    "PERMANENCE": "PrevPerm",
    "AD_PLACED": "PlacedAdoption",
    "AD1": "AD1",
    "SWEPISODE": "SWEpisodes",
}
# Lists without a group of their own: they are there where HEADER has this element.
IN_HEADER = {"DATE_INT": "AD1", "IN_TOUCH": "OC3"}
PLACES = {list_: element for element, list_ in GROUPS.items()} | {"Header": "HEADER"}
NAMES = {"CHILDID": CHILD, "PL": "PLACE"} | {other: name for name in ("SEX", "ETHNIC") for other in ALIASES[name]}
RETURN = re.compile(
    rb"<(?:\w+:)?EXPSSDA903[\s>/]|<(?:\w+:)?CHILD>\s*<(?:\w+:)?HEADER>\s*<(?:\w+:)?CHILDID>", re.IGNORECASE
)


def is_return(head: Head) -> bool:
    """Whether the file is XML with the return's outermost element, or its first child as the return has it."""
    start = head.start.replace(b"\0", b"")
    return start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and RETURN.search(start) is not None


def cells(head: Head, report: QualityReport, dayfirst: bool | None, progress: Progress) -> list[Cells]:
    """The lists that are in the file; a row's number is that of the child, counted from 1. Raises SourceError."""
    if b"<!DOCTYPE" in head.start or b"<!ENTITY" in head.start:
        raise _doctype(head.name)
    taken = _Taken()
    with head.path.open("rb", buffering=0) as file:
        try:
            _walk(_Source(file, head, progress), taken, head.name)
        except etree.XMLSyntaxError as error:
            raise SourceError(
                "The XML is not well-formed or is cut short.",
                file=head.name,
                row=error.lineno,
                remedy="Export it again.",
            ) from None
    if not taken.children:
        raise SourceError("The return has no CHILD.", file=head.name, remedy="Export it again.")
    if taken.others:
        report.add("element-left-out", f"Elements that are not read: {', '.join(sorted(taken.others)[:20])}.")
    return taken.cells(head.name, report, dayfirst)


def _walk(source: Any, taken: _Taken, file: str) -> None:
    parsed = etree.iterparse(
        source,
        events=("start", "end"),
        tag=("{*}CHILD", "{*}child", "{*}Child"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for what, element in parsed:
        if what == "start":
            if not taken.children and element.getroottree().docinfo.internalDTD is not None:
                raise _doctype(file)
        elif len(element):  # <CHILD>123</CHILD> would be the number, not the child
            taken.child(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


class _Taken:
    """What has been read so far: for each list its columns."""

    def __init__(self) -> None:
        self.children = 0
        self.others: set[str] = set()
        self._columns: dict[str, dict[str, list[str | None]]] = {}
        self._rows: dict[str, list[int]] = {}

    def child(self, element: Any) -> None:
        """A child, at its end."""
        self.children += 1
        header: dict[str, str | None] = {}
        groups: list[tuple[str, dict[str, str | None]]] = []
        self._gather(element, header, groups)
        self._add("Header", header, None)
        child = header.get(CHILD)
        for mark, list_ in IN_HEADER.items():
            if header.get(mark):
                self._add(list_, header, child)
        for list_, values in groups:
            self._add(list_, values, child)

    def _gather(self, element: Any, header: dict[str, Any], groups: list[tuple[str, dict[str, str | None]]]) -> None:
        for inner in element:
            name = etree.QName(inner).localname.upper()
            if not len(inner):
                header.setdefault(NAMES.get(name, name), inner.text)
            elif name in GROUPS:
                values = {etree.QName(v).localname.upper(): v.text for v in inner if not len(v)}
                groups.append((GROUPS[name], {NAMES.get(n, n): v for n, v in values.items()}))
            else:
                if name not in ("HEADER", *(f"{group}S" for group in GROUPS)):
                    self.others.add(name[:40])
                self._gather(inner, header, groups)

    def _add(self, list_: str, values: dict[str, str | None], child: str | None) -> None:
        wanted = BY_NAME[list_]
        names = (*wanted.texts, *wanted.days)
        columns = self._columns.setdefault(list_, {name: [] for name in (CHILD, *names)})
        columns[CHILD].append(values.get(CHILD) if child is None else child)
        for name in names:
            columns[name].append(values.get(name))
        self._rows.setdefault(list_, []).append(self.children)

    def cells(self, file: str, report: QualityReport, dayfirst: bool | None) -> list[Cells]:
        """All lists, cleaned."""
        made = []
        for list_, columns in self._columns.items():
            rows = np.array(self._rows[list_], dtype=np.int64)
            report.rows_read += len(rows)
            arrays = {name: pa.chunked_array([pa.array(values, pa.string())]) for name, values in columns.items()}
            place = PLACES[list_]
            made.append(clean(BY_NAME[list_], arrays, rows, report, file=file, place=place, dayfirst=dayfirst))
        return made


def _doctype(file: str) -> SourceError:
    return SourceError(
        "The XML has a DOCTYPE (entities), which a return does not need and which may be an attack.",
        file=file,
        remedy="Export it again without, or take the DOCTYPE out if you know where it comes from.",
    )
