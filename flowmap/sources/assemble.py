"""From the columns of one file to its event log: the part that all formats share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import Attribute, EventLog, SourceError
from flowmap.sources import attributes, dropped, families, ids, oddities
from flowmap.sources.columns import Roles, is_family
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.options import ReadOptions
from flowmap.sources.rows import Rows
from flowmap.sources.visits import join_visits
from flowmap.sources.when import start_or_end, times_of

MAX_STATIONS = 10_000  # more kinds of event: certainly the wrong column
Codes = npt.NDArray[np.int32]


def assemble(rows: Rows, roles: Roles, options: ReadOptions, fingerprint: Fingerprint, kind: str) -> EventLog:
    """The event log of one file. Raises OptionError (day-first?) and SourceError (no row is left)."""
    child, child_ids = ids.encode(rows.columns[roles.columns["child"]])
    station, names = _stations(rows, roles)
    times, how = times_of(rows, roles, options)
    event, end = start_or_end(rows, roles, times, options)
    birth = times.get("birth")
    keep = dropped.kept(rows, roles, child, station, event)
    if keep is not None:
        if not keep.any():
            raise dropped.nothing_left(rows)
        rows, event = rows.keep(keep), event.keep(keep)
        child, child_ids = dropped.present(child[keep], child_ids)
        station, names = dropped.present(station[keep], names)
        end, birth = None if end is None else end[keep], birth and birth.keep(keep)
    oddities.report_odd_times(rows, roles.columns["time"], event)
    family = _family(rows, roles, child, len(child_ids))
    facts, per_child = _attributes(rows, roles, child, len(child_ids))
    log = EventLog(
        child=child,
        child_ids=child_ids,
        station=station,
        stations=tuple(names.to_pylist()),
        time=event.time,
        date_only=event.date_only,
        case=_journey(rows, roles),
        end=end,
        attributes=facts,
        children=per_child,
        birth=None
        if birth is None
        else oddities.births(rows, roles.columns["time"], birth, child, len(child_ids), event.time),
        family=family,
        quality=rows.report,
        origin=[fingerprint.origin(kind, rows.report.rows_read)],
    )
    log, joined = join_visits(log, rows, roles, options)
    log.recognised.extend([*rows.said, *roles.said, *how, *joined])
    for sentence in log.recognised:
        rows.report.add("recognised", sentence)
    return log


def _stations(rows: Rows, roles: Roles) -> tuple[Codes, pa.Array]:
    station, names = ids.encode_text(rows.columns[roles.columns["event"]])
    if len(names) > MAX_STATIONS:
        raise SourceError(
            f"The event column {roles.columns['event']!r} has {len(names):,} different values.",
            file=rows.file,
            remedy="Name another one with --event.",
        )
    return station, names


def _journey(rows: Rows, roles: Roles) -> Codes | None:
    """The source's own journey number of each event; None where some events have none."""
    name = roles.get("journey")
    if name is None:
        return None
    column = ids.textual(rows.columns[name])
    codes, values = ids.encode(column)
    if codes.min(initial=0) < 0:
        rows.report.add(
            "journey-missing",
            f"The journey number {name!r} of {rows.file} is missing in some rows, so it is not used.",
            count=int((codes < 0).sum()),
            examples=rows.examples(codes < 0, roles.columns["child"]),
        )
        return None
    try:
        numbers = pc.cast(pc.cast(values, pa.float64()), pa.int32()).to_numpy()
    except pa.ArrowInvalid:
        return codes
    return numbers[codes]


def _family(rows: Rows, roles: Roles, child: Codes, children: int) -> Codes | None:
    """Each child's family; where the column so called numbers no families, its role is forgotten."""
    name = roles.get("family")
    if name is None:
        return None
    family = families.of_children(rows, name, child, children)
    if family is None:
        roles.forget("family")
    return family


def _attributes(
    rows: Rows, roles: Roles, child: Codes, children: int
) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """The other columns, by event and by child; those left out get a note each."""
    events: dict[str, Attribute] = {}
    per_child: dict[str, Attribute] = {}
    used = {name for role, name in roles.columns.items() if role != "lifecycle"}
    for name in [c for c in rows.columns if c not in used]:
        if is_family(name) and families.is_key(rows.columns[name], child, children):
            rows.left_out(name, "it says who is whose sibling")
            continue
        found = attributes.judge(name, rows.columns[name])
        if isinstance(found, attributes.LeftOut):
            rows.left_out(name, found.reason)
            continue
        constant = attributes.per_child(found, child, children)
        if constant is not None and attributes.tells_apart(constant):
            rows.left_out(name, "nearly every child has another value, so that it identifies them")
        elif constant is not None:
            per_child[name] = constant
        else:
            events[name] = found
    return events, per_child
