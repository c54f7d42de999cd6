"""The SSDA903 return on children looked after: each CSV of a set by itself, or the whole return as XML.

Periods of care are chains of episodes (`ssda903_chains`); a period that began before the file gets its true start from
another year's file (`align`), so that the returns of successive years speak of the same periods.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from flowmap.casework.kinds import Casework
from flowmap.eventlog import NO_TIME, QualityReport
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.ssda903 import chains as ssda903_chains
from flowmap.sources.ssda903 import csv as ssda903_csv
from flowmap.sources.ssda903 import people as ssda903_people
from flowmap.sources.ssda903 import xml as ssda903_xml
from flowmap.sources.ssda903.cells import Cells, Times, unknown_codes
from flowmap.sources.ssda903.years import align

__all__ = ["LABEL", "NAME", "align", "records", "sniff"]

NAME = "ssda903"
LABEL = "SSDA903 return (children looked after)"
UNKNOWN = (
    "The SSDA903 return holds children while they are looked after, and nothing before or after: contacts, referrals, "
    "assessments, enquiries and plans are not in it, nor are court applications.",
)
YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_/ ]?(\d\d))?(?!\d)")


def sniff(head: Head) -> str | None:
    """Why the file is (a part of) an SSDA903 return, or None."""
    if ssda903_xml.is_return(head):
        return "an XML file of CHILD elements with HEADER and EPISODE, as the SSDA903 return has them"
    if head.start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[", b"PK")):
        return None
    found = ssda903_csv.list_of(head)
    if found is None:
        return None
    columns = ", ".join(part.split("|")[0] for part in ("CHILD", *found.known_by))
    return f"its header row is that of the list {found.name} of the SSDA903 return ({columns})"


def records(head: Head, options: ReadOptions, progress: Progress) -> Casework:
    """The case records of the file. Raises SourceError, never with a value that identifies a child."""
    print_ = Fingerprint(head)
    report = QualityReport()
    if ssda903_xml.is_return(head):
        lists = ssda903_xml.cells(head, report, options.dayfirst, progress)
        how = "the SSDA903 return as XML"
    else:
        one, written = ssda903_csv.cells(head, report, options.dayfirst, progress)
        lists, how = [one], f"the list {one.of.name} of the SSDA903 return, {written}"
    made: dict[str, list[pa.Table]] = {}
    for cells in lists:
        unknown_codes(cells)
        for kind, found in _tables(cells).items():
            made.setdefault(kind, []).append(found)
    progress(f"reading {head.name}", 1.0)
    origin = print_.origin(NAME, report.rows_read)
    until = as_of(head, lists)
    year = f", up to {datetime.fromtimestamp(until / 1000, UTC):%d/%m/%Y}" if until else ""
    return Casework(
        file=head.name,
        format=NAME,
        tables={kind: pa.concat_tables(found, unify_schemas=False) for kind, found in made.items()},
        report=report,
        as_of=until,
        bytes=head.size,
        sha256=origin.sha256,
        said=[f"{head.name}: {how}{year}."],
        unknown=list(UNKNOWN),
    )


def _tables(cells: Cells) -> dict[str, pa.Table]:
    name = cells.of.name
    if name == "Episodes":
        return ssda903_chains.tables(cells)
    if name in ("Header", "UASC"):
        return {"person": ssda903_people.person(cells)}
    if name in ("PlacedAdoption", "AD1"):
        return {"adoption": ssda903_people.adoption(cells)}
    if len(cells):
        said = f"The list {name} is counted, but nothing on the map comes from it."
        cells.report.add("no-station", said, count=len(cells))
    return {}


def as_of(head: Head, lists: list[Cells]) -> int:
    """The day up to which the return speaks, ms: the 31 March on or after its latest date that is not in the future.

    Where the list has only dates of birth or none, the year in the name of the file or of its folder decides; where
    there is none, the latest birth. Never later than today.
    """
    events = [day for cells in lists for name, day in cells.days.items() if name != "DOB"]
    latest = _latest(events)
    if latest is None and (year := _named_year(head)) is not None:
        latest = int(np.datetime64(f"{year}-03-31", "ms").astype(np.int64))
    if latest is None:
        latest = _latest([day for cells in lists for day in cells.days.values()])
    return 0 if latest is None else min(_year_end(latest), _today())


def _latest(columns: list[Times]) -> int | None:
    days = np.concatenate([np.zeros(0, np.int64), *columns])
    days = days[(days != NO_TIME) & (days <= _today())]
    return int(days.max()) if len(days) else None


def _year_end(ms: int) -> int:
    day = datetime.fromtimestamp(ms / 1000, UTC)
    year = day.year + ((day.month, day.day) > (3, 31))
    return int(datetime(year, 3, 31, tzinfo=UTC).timestamp() * 1000)


def _named_year(head: Head) -> int | None:
    """The year to 31 March in a name such as `header_2015`, `2014-15` or `903_2014_15`."""
    for name in (head.path.stem, head.path.parent.name):
        if found := YEAR.findall(name):
            year, short = found[-1]
            return int(year[:2] + short) if short and int(short) == (int(year) + 1) % 100 else int(year)
    return None


def _today() -> int:
    return int(time.time()) // 86_400 * 86_400_000
