"""Case records become an event log: what happened, when, in which journey. The rules stand in docs/casework.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.casework import codes, facts
from flowmap.casework.cases import DAY, Cases, cases
from flowmap.casework.episodes import CLOSES, SAME_REFERRAL, Episodes, episodes
from flowmap.casework.places import NAMES, NO_REFERRAL, PLACE
from flowmap.casework.spans import NO_DAY, OPEN, covered, journeys, key, latest
from flowmap.eventlog import NO_TIME, EventLog, SourceFile
from flowmap.quality import MAX_EXAMPLES, Example, QualityReport

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PLACEMENT_ORDER_SAME = 31  # days within which a placement order and the legal status E1 are one event

# Events that a record is by itself: kind, the field that dates it, the station.
PLAIN = (
    ("contact", "date", "contact"),
    ("early_help", "start", "early_help"),
    ("referral", "date", "referral"),
    ("strategy", "date", "strategy"),
    ("s47", "start", "s47"),
    ("assessment", "start", "assessment"),
    ("icpc", "date", "icpc"),
    ("cin_plan", "start", "cin"),
    ("cp_plan", "start", "cp"),
    ("pre_proceedings", "start", "pre_proceedings"),
    ("proceedings", "application", "proceedings"),
    ("proceedings", "final", "final_order"),
)


@dataclass(frozen=True)
class Happenings:
    """m events: the record each comes from (`kind` with its number in KIND_NUMBER, `row`; -1 for none), where, when."""

    kind: Ints
    row: Ints
    span: Ints
    place: Ints
    day: Ints


def to_log(
    tables: Mapping[str, pa.Table],
    report: QualityReport | None = None,
    *,
    origin: Iterable[SourceFile] = (),
    said: Iterable[str] = (),
    as_of: int | None = None,
) -> EventLog:
    """The event log of stacked tables (or of one file's): events by child and journey, in order of the process.

    `as_of` (ms) is the day up to which the files speak; without it the last day in the tables. All times are days.
    """
    report = QualityReport() if report is None else report
    of = cases(tables)
    found = episodes(of, _last_day(tables) if as_of is None else as_of // DAY)
    journey = journeys(found.spans)
    happened = _happenings(of, found)
    happened = _with_exits(happened, found, journey)
    child = found.spans.child[happened.span]
    which = journey[happened.span]
    order = np.lexsort((happened.place, happened.day, which))
    same = np.zeros(len(order), dtype=bool)  # one place, day and journey: one event
    columns = (which[order], happened.day[order], happened.place[order])
    same[1:] = np.all([c[1:] == c[:-1] for c in columns], axis=0)
    order = order[~same]
    happened = Happenings(*(getattr(happened, name)[order] for name in Happenings.__dataclass_fields__))
    child, which = child[order], which[order]
    present, number = np.unique(child, return_inverse=True)
    _report(of, happened, found, report)
    return EventLog(
        child=number.astype(np.int32),
        child_ids=of.child_ids.take(pa.array(present)),
        station=happened.place.astype(np.int32),
        stations=NAMES,
        time=happened.day * DAY,
        date_only=np.ones(len(child), dtype=bool),
        case=_visits(child, which),
        attributes=facts.of_events(of, happened.kind, happened.row, _in_force(of)),
        children=facts.of_children(of, present),
        birth=_births(of, present),
        family=facts.families(of, present),
        quality=report,
        origin=list(origin),
        recognised=list(said),
    )


def _happenings(of: Cases, found: Episodes) -> Happenings:
    parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []

    def add(kind: str, rows: Ints, day: Ints, place: Ints | int) -> None:
        whole = np.zeros(len(rows), dtype=np.int64)
        parts.append((whole + facts.KIND_NUMBER[kind], rows, found.first[kind] + rows, whole + place, day))

    for kind, when, station in PLAIN:
        part = of[kind]
        day = part.end(when, part.day("application")) if station == "final_order" else part.day(when)
        rows = np.flatnonzero(day != NO_DAY)
        add(kind, rows, day[rows], PLACE[station])
    for kind, rows, day, place in _in_care(of, found):
        add(kind, rows, day, place)
    rows, day = _placement_orders(of)
    add("adoption", rows, day, PLACE["placement_order"])
    return Happenings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _in_care(of: Cases, found: Episodes) -> list[tuple[str, Ints, Ints, Ints]]:
    """Care begins at the station of the legal status in force; later changes of status that change the station."""
    care, status = of["care"], of["legal_status"]
    start, end = care.day("start"), found.end["care"]
    since = status.day("start")
    stations = {code: PLACE[name] for code, name in codes.STATION_OF_STATUS.items()}
    place = status.mapped("status", stations, PLACE["looked_after"], PLACE["looked_after"])
    counts = status.known("status") & ~status.is_one_of("status", "V3", "V4")
    in_force = _in_force(of)
    begins = np.append(place, PLACE["looked_after"])[in_force]
    periods = (care.child, start, end)
    own = place != PLACE["looked_after"]
    own[in_force[in_force >= 0]] = False  # said by the beginning of care itself
    inside = covered(status.child, since, periods, beyond=True)
    outside = np.flatnonzero(counts & own & ~covered(status.child, since, periods))
    later = counts & inside
    order = np.lexsort((start, care.child))
    at = latest(status.child, since, key(care.child, start)[order])
    later &= since > np.where(at >= 0, start[order][at], OPEN) if len(order) else False
    rows = np.flatnonzero(later)
    child = np.concatenate([care.child, status.child[rows]])
    day = np.concatenate([start, since[rows]])
    where = np.concatenate([begins, place[rows]])
    is_care = np.arange(len(child)) < len(start)
    order = np.lexsort((~is_care, day, child))
    changes = np.ones(len(order), dtype=bool)
    changes[1:] = where[order][1:] != where[order][:-1]
    changed = np.zeros(len(order), dtype=bool)
    changed[order] = changes
    rows = rows[changed[len(start) :]]
    return [
        ("care", np.arange(len(start)), start, begins),
        ("legal_status", rows, since[rows], place[rows]),
        ("legal_status", outside, since[outside], place[outside]),
    ]


def _in_force(of: Cases) -> Ints:
    """The row of the legal status under which each period of care begins, -1 where none is known."""
    care, status = of["care"], of["legal_status"]
    start, since = care.day("start"), status.day("start")
    rows = np.flatnonzero(status.known("status") & ~status.is_one_of("status", "V3", "V4"))
    if not len(rows):
        return np.full(len(start), -1)
    rows = rows[np.lexsort((since[rows], status.child[rows]))]
    until = status.day("end")[rows]
    at = latest(care.child, start, key(status.child[rows], since[rows]))
    holds = (at >= 0) & ((since[rows][at] == start) | (until[at] == NO_DAY) | (until[at] > start))
    return np.where(holds, rows[at], -1)


def _placement_orders(of: Cases) -> tuple[Ints, Ints]:
    """Placement orders of the adoption list that no legal status E1 (or D1) of about that day says already."""
    part, status = of["adoption"], of["legal_status"]
    day = part.day("placement_order")
    same = np.flatnonzero(status.is_one_of("status", "E1", "D1"))
    since = status.day("start")[same]
    said = covered(part.child, day, (status.child[same], since - PLACEMENT_ORDER_SAME, since + PLACEMENT_ORDER_SAME))
    rows = np.flatnonzero((day != NO_DAY) & ~said)
    return rows, day[rows]


def _with_exits(happened: Happenings, found: Episodes, journey: Ints) -> Happenings:
    """The events with one exit, at most, at the end of each journey, and the returns to `cin`."""
    count = int(journey.max(initial=-1)) + 1
    last_event = np.full(count, NO_DAY)
    np.maximum.at(last_event, journey[happened.span], happened.day)
    last_day = np.full(count, NO_DAY)
    np.maximum.at(last_day, journey, found.spans.end)
    ending = found.endings
    which = journey[ending.span]
    late = last_event[which] - ending.day  # days by which something is recorded after this ending
    ends = (late <= 0) | ((late <= SAME_REFERRAL) & (ending.weight >= CLOSES))
    good = np.flatnonzero((last_day[which] < OPEN) & ends)
    good = good[np.lexsort((ending.weight[good], ending.day[good], which[good]))]
    final = np.ones(len(good), dtype=bool)
    final[:-1] = which[good][1:] != which[good][:-1]
    good = good[final]
    exit_day = np.maximum(ending.day[good], last_event[which[good]])
    over = last_day.copy()
    over[which[good]] = exit_day
    back = _back_in_need(happened, found, journey, over)
    whole = np.full(len(good), -1, dtype=np.int64)
    parts = [
        (happened.kind, happened.row, happened.span, happened.place, happened.day),
        (whole, whole, ending.span[good], ending.exit[good], exit_day),
        (np.full(len(back[0]), -1), np.full(len(back[0]), -1), back[0], np.full(len(back[0]), PLACE["cin"]), back[1]),
    ]
    return Happenings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _back_in_need(happened: Happenings, found: Episodes, journey: Ints, over: Ints) -> tuple[Ints, Ints]:
    """(span, day) where a protection plan or care ends and the case goes on: a child in need again."""
    spans, day = [], []
    for kind in ("cp_plan", "care"):
        end = found.end[kind]
        rows = np.flatnonzero(end < OPEN)
        spans.append(found.first[kind] + rows)
        day.append(end[rows])
    span, ended = np.concatenate(spans), np.concatenate(day)
    child = found.spans.child
    held = np.concatenate(
        [np.arange(found.first[kind], found.first[kind] + len(found.end[kind])) for kind in ("cp_plan", "care")]
    )
    busy = np.sort(key(child[happened.span], happened.day))
    at = np.searchsorted(busy, key(child[span], ended))
    event_that_day = np.zeros(len(span), dtype=bool)
    if len(busy):
        event_that_day = busy[np.minimum(at, len(busy) - 1)] == key(child[span], ended)
    elsewhere = covered(child[span], ended, (child[held], found.spans.start[held], found.spans.end[held]), beyond=True)
    back = (ended < over[journey[span]]) & ~event_that_day & ~elsewhere
    return span[back], ended[back]


def _visits(child: Ints, journey: Ints) -> npt.NDArray[np.int32]:
    """0, 1, 2, … for each child's journeys (rows by child and journey); spans without events do not count."""
    journey = np.unique(journey, return_inverse=True)[1]
    first = np.full(int(child.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, child, journey)
    return (journey - first[child]).astype(np.int32)


def _births(of: Cases, present: Ints) -> npt.NDArray[np.int64] | None:
    person = of["person"]
    birth = np.full(len(of.child_ids), NO_TIME)
    day = person.day("birth")
    known = day != NO_DAY
    birth[person.child[known]] = day[known] * DAY
    return birth[present] if known.any() else None


def _last_day(tables: Mapping[str, pa.Table]) -> int:
    """The last day of any record that began (planned ends lie in the future)."""
    of = cases(tables)
    whens = {"contact": "date", "referral": "date", "assessment": "start", "cin_plan": "start", "care": "start"}
    return int(max(of[kind].day(when).max(initial=NO_DAY) for kind, when in whens.items()))


def _report(of: Cases, happened: Happenings, found: Episodes, report: QualityReport) -> None:
    unfollowed = happened.span[happened.place == NAMES.index(NO_REFERRAL)] - found.first["contact"]
    if len(unfollowed):
        report.add(
            "contact-without-outcome",
            "No outcome is recorded of the contact, and no referral or early help within 31 days:"
            f" it ends on its own day at “{NO_REFERRAL}”, which the built-in map shows at Other.",
            count=len(unfollowed),
            examples=_examples(of["contact"].table, unfollowed),
        )
    if len(found.unclosed):
        report.add(
            "referral-without-closure",
            "No file has the closure of the referral, and a later one of the child shows that it is over:"
            " it ends at “Other” on the last day that is recorded.",
            count=len(found.unclosed),
            remedy="Add the files that have it: the census, or list 6 of the Annex A of that half year.",
            examples=_examples(of["referral"].table, found.unclosed),
        )


def _examples(table: pa.Table, rows: Ints) -> list[Example]:
    columns = [name for name in ("file", "place", "row") if name in table.column_names]
    return [Example(**found) for found in table.select(columns).take(pa.array(rows[:MAX_EXAMPLES])).to_pylist()]
