"""Children in need census (XML, one file a year from April to March), 2021 to 2026; docs/formats/cin-census.md."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import Casework
from flowmap.quality import Example, QualityReport, SourceError
from flowmap.sources import dates
from flowmap.sources.cin.columns import Reading
from flowmap.sources.cin.parse import Walk, walk
from flowmap.sources.cin.tables import Tables
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions

NAME = "cin"
LABEL = "Children in need census"

MARKS = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
BEFORE_ROOT = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>|\s+)*", re.DOTALL)
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
COLLECTION = re.compile(r"<(?:[\w.-]+:)?Collection\s*>\s*CIN\s*<", re.IGNORECASE)
ELEMENT = re.compile(r"<(?:[\w.-]+:)?(CINdetails|CINreferralDate)[\s/>]", re.IGNORECASE)

UNKNOWN = [
    "The census has no contacts: how many came to the front door and were not referred cannot be seen.",
    "The census has no early help.",
    "The census has no strategy discussions: section 47 enquiries follow the referral or the assessment.",
    "The census has no end of a section 47 enquiry: the time to an outcome is known only where there was a conference.",
    "The census has no periods of care, legal statuses or court proceedings.",
    "The census has no teams or workers.",
    "The census does not say what an assessment found; that a case was closed after it does (RC8, RC9).",
]


def sniff(head: Head) -> str | None:
    """Why this is a census, in words; None where it is not. Looks at the first megabyte."""
    encoding = next((name for mark, name in MARKS.items() if head.start.startswith(mark)), "utf-8")
    text = head.start.decode(encoding, "replace")
    before = BEFORE_ROOT.match(text)
    root = ROOT.match(text, before.end() if before else 0)
    if root is None or root[1].lower() not in ("message", "children", "child"):
        return None
    outer = f"its outermost element is <{root[1]}>"
    if COLLECTION.search(text):
        return f"{outer} and its header says that the collection is CIN"
    if found := ELEMENT.search(text):
        return f"{outer} and it has <{found[1]}>"
    return None


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The case records of a census; a row is a Child, counted from 1.

    Raises SourceError for XML that is cut short or not well formed, for a DOCTYPE, and where there is no child.
    """
    fingerprint = Fingerprint(head)
    found = walk(head, progress)
    if not found.children:
        raise SourceError(
            "This is not a children in need census: it has no <Child>." if found.root else "The file has no elements.",
            file=head.name,
            remedy="Give the XML file that is sent to the Department for Education.",
        )
    reading = Reading(head.name, QualityReport(), options.dayfirst is not False)
    tables = Tables(found, reading).tables
    _oddities(found, reading)
    as_of, said = _as_of(found, reading, tables)
    children = "1 child" if found.children == 1 else f"{found.children:,} children"
    progress(f"reading {head.name}", 1.0)
    origin = fingerprint.origin(NAME, reading.report.rows_read)
    return Casework(
        file=head.name,
        format=NAME,
        tables=tables,
        report=reading.report,
        as_of=as_of,
        bytes=origin.bytes,
        sha256=origin.sha256,
        said=[f"{head.name}: a children in need census with {children}, {said}."],
        unknown=list(UNKNOWN),
    )


def _oddities(found: Walk, reading: Reading) -> None:
    """Elements that the census does not have, elements given twice, text where none belongs."""
    for path, (count, row) in found.unknown.items():
        reading.report.add(
            "element-ignored",
            f"The element {path} is not in the census's schema (or not in that place); it is ignored.",
            count=count,
            examples=[Example(reading.file, path, row or None)],
        )
    for path, (count, row) in found.twice.items():
        reading.report.add(
            "element-twice",
            f"The element {path} is given twice with different values; the first counts.",
            count=count,
            action="kept",
            remedy="Correct the record in the case system.",
            examples=[Example(reading.file, path, row or None)],
        )
    if found.stray[0]:
        reading.report.add(
            "text-between-elements",
            "Text stands between elements, where the schema has none; it is ignored.",
            count=found.stray[0],
            examples=[Example(reading.file, None, found.stray[1] or None)],
        )


def _as_of(found: Walk, reading: Reading, tables: dict[str, pa.Table]) -> tuple[int, str]:
    """The day that the file speaks up to (ms), and how that is known: the header, else its latest referral.

    The day decides which of two files is believed, so one that cannot be is not taken: a day still to come, or one
    before most of the referrals.
    """
    day, said = _header_day(found)
    wrong = "" if day is None else _unbelievable(day, tables)
    if day is not None and not wrong:
        return day, said
    taken = min(_year_end(_last(tables)), _this_year())
    if wrong and day is not None:
        message = f"The header says that the census is of {_text(day)}, {wrong}; {_text(taken)} is taken."
        reading.report.add(
            "reference-date-wrong",
            message,
            action="kept",
            remedy="Correct Year and ReferenceDate in the header.",
            examples=[Example(reading.file, "Header/CollectionDetails/ReferenceDate", None, _text(day))],
        )
        return taken, f"taken as up to {_text(taken)} (its reference date cannot be right)"
    reading.report.add(
        "no-reference-date",
        "The header does not say what day the census is of; the 31 March after its last referral is taken.",
        remedy="Complete ReferenceDate in the header.",
        examples=[Example(reading.file, "Header/CollectionDetails/ReferenceDate")],
    )
    return taken, f"taken as up to {_text(taken)} (it has no reference date)"


def _header_day(found: Walk) -> tuple[int | None, str]:
    """The day that the header names, by its date or its year, and which of the two."""
    if (day := _day(found.header.get("ReferenceDate"))) is not None:
        return day, f"up to {_text(day)} (its reference date)"
    year = (found.header.get("Year") or "").strip()
    if year.isascii() and year.isdigit() and len(year) == 4 and (day := _day(f"{year}-03-31")) is not None:
        return day, f"up to {_text(day)} (the year of its header)"
    return None, ""


def _unbelievable(day: int, tables: dict[str, pa.Table]) -> str:
    """Why a census cannot be of that day, in words; "" where it can. A draft may be of this year's 31 March."""
    if day > _this_year():
        return "which is years away"
    if "referral" in tables:
        late = pc.greater(tables["referral"]["date"].cast(pa.int64()), day)
        if 2 * (pc.sum(late).as_py() or 0) > len(late):
            return "and most of its referrals are later"
    return ""


def _this_year() -> int:
    """The coming 31 March (ms)."""
    return _year_end(int(time.time() * 1000))


def _year_end(when: int) -> int:
    """The 31 March on or after an instant (ms); the day itself where the years end."""
    year = int(_text(when)[:4])
    ends = (_day(f"{year}-03-31"), _day(f"{year + 1}-03-31"))
    return next((day for day in ends if day is not None and day >= when // dates.DAY * dates.DAY), when)


def _last(tables: dict[str, pa.Table]) -> int:
    """The latest date that a record is known by, referrals first."""
    columns: Sequence[tuple[str, str]] = (("referral", "date"), ("cp_plan", "start"), ("assessment", "start"))
    for kind, when in (*columns, ("cin_plan", "start"), ("s47", "start"), ("icpc", "date")):
        if kind in tables:
            return int(pc.max(tables[kind][when].cast(pa.int64())).as_py())
    return 0


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    read = dates.together(dates.apart(pa.array([text[:10]])), True)
    return int(read.time[0] // dates.DAY * dates.DAY) if read.kind[0] == dates.FINE else None


def _text(day: int) -> str:
    return str(np.datetime64(day, "ms").astype("datetime64[D]"))
