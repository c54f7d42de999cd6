"""Case records written as lines of text, and journeys read back as text."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import pyarrow as pa

from flowmap.casework.events import to_log
from flowmap.casework.kinds import KINDS, Casework, table
from flowmap.eventlog import EventLog
from flowmap.quality import QualityReport

EPOCH = date(1970, 1, 1)
DAY = 86_400_000


def ms(day: str) -> int:
    """A day as ms since 1970."""
    return (date.fromisoformat(day) - EPOCH).days * DAY


def tables(text: str) -> dict[str, pa.Table]:
    """Lines `kind child day field=value …` (a person has no day) as tables; rows are numbered from 1."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        kind, child, *rest = line.split()
        when = KINDS[kind].when
        given = dict(part.split("=") for part in (rest if when is None else rest[1:]))
        if when is not None:
            given[when] = rest[0]
        types = {f.name: f.type for f in KINDS[kind].fields}
        values = {name: _value(types[name], value) for name, value in given.items()}
        found[kind].append({"child": child, "row": row, **values})
    made = {}
    for kind, rows in found.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        made[kind] = table(kind, {name: [row.get(name) for row in rows] for name in names})
    return made


def _value(kind: str, text: str) -> object:
    if kind == "time":
        return datetime.fromisoformat(text)
    if kind == "flag":
        return text == "yes"
    return int(text) if kind == "number" else text


def casework(text: str, as_of: str, file: str = "a.csv") -> Casework:
    """The records as one file's: a row a line."""
    made = tables(text)
    report = QualityReport(rows_read=sum(len(t) for t in made.values()))
    return Casework(file, "annex-a", made, report, ms(as_of))


def journeys(log: EventLog) -> dict[str, list[list[str]]]:
    """Of each child its journeys, each a list of `2020-01-31 station`, in the log's order."""
    assert log.case is not None
    found: dict[str, dict[int, list[str]]] = defaultdict(dict)
    ids = log.child_ids.to_pylist()
    rows = zip(log.child.tolist(), log.case.tolist(), log.station.tolist(), log.time.tolist(), strict=True)
    for child, case, station, time in rows:
        day = date.fromordinal(EPOCH.toordinal() + time // DAY)
        found[ids[child]].setdefault(case, []).append(f"{day} {log.stations[station]}")
    return {child: [cases[k] for k in sorted(cases)] for child, cases in found.items()}


def of(text: str, as_of: str = "2024-12-31") -> list[list[str]]:
    """The journeys of child `a`, the only one in the lines."""
    return journeys(to_log(tables(text), as_of=ms(as_of)))["a"]
