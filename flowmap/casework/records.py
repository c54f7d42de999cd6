"""An event log as case records: the inverse of `events.to_log`, so that any log can be written in any format.

Records have days, not times of day, and ends that events only imply: an assessment is authorised, and a plan or care
ends, when the journey goes on to what ends it. docs/casework.md says what is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.casework import codes
from flowmap.casework.cases import DAY
from flowmap.casework.kinds import KINDS, TIME, table
from flowmap.casework.places import EXITS, NAMES, PLACE
from flowmap.casework.spans import NO_DAY
from flowmap.eventlog import MISSING, NO_TIME, Attribute, EventLog, OptionError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNTOLD_PLACE = len(PLACE)  # of the event NO_REFERRAL: an end of which records say nothing
FIRST_EXIT = PLACE[EXITS[0]]
SHOWN = 8  # strange stations named in a message
IN_CARE = ("looked_after", "interim_care_order", "care_order", "placement_order")
COURT = ("pre_proceedings", "proceedings", "final_order")  # leave a child where it is: in care, or with its plan
ENQUIRY = ("assessment", "strategy", "s47", "icpc")  # go on beside a child in need plan

# The order that a court made, by what followed it.
ORDER = {
    "care_order": "Care order",
    "placement_order": "Care order and placement order",
    "special_guardianship": "Special guardianship order",
    "cin": "Supervision order",
    "returned_home": "Child arrangements order",
}


@dataclass(frozen=True)
class _Events:
    """n events, journey by journey in order of time; `after` is the row of the next of the journey, -1 at its end."""

    log: EventLog
    row: Ints  # of the log
    child: Ints
    journey: Ints
    place: Ints
    day: Ints

    @property
    def after(self) -> Ints:
        found = np.arange(1, len(self.row) + 1)
        found[np.append(self.journey[1:] != self.journey[:-1], True)[: len(found)]] = -1
        return found

    def at(self, station: str) -> Ints:
        return np.flatnonzero(self.place == PLACE[station])

    def next_of(self, rows: Ints, wanted: Flags) -> Ints:
        """The next event of the same journey after each of `rows` that is `wanted`; -1 where there is none."""
        n = len(self.place)
        following = np.full(n + 1, n, dtype=np.int64)
        following[:n] = np.where(wanted, np.arange(n), n)
        following = np.minimum.accumulate(following[::-1])[::-1]
        found = following[rows + 1]
        same = (found < n) & (self.journey[np.minimum(found, n - 1)] == self.journey[rows])
        return np.where(same, found, -1)

    def day_of(self, rows: Ints) -> Ints:
        return np.append(self.day, NO_DAY)[rows]

    def place_of(self, rows: Ints) -> Ints:
        return np.append(self.place, -1)[rows]


def of_log(log: EventLog, as_of: int | None = None) -> dict[str, pa.Table]:
    """One table a kind, from the events up to `as_of` (ms; all of them where it is None). Children without an event
    have no record. Raises OptionError where the log has events at other stations than the built-in map's."""
    events = _sorted(log, as_of)
    made = {
        "person": _persons(log, events),
        "contact": _contacts(events),
        "early_help": _early_help(events),
        "referral": _referrals(events),
        "cin_plan": _plans(events, "cin"),
        "cp_plan": _plans(events, "cp"),
        "pre_proceedings": _pre_proceedings(events),
        "proceedings": _proceedings(events),
        "adoption": _adoption(events),
        **_enquiries(events),
        **_care(events),
    }
    return {name: made[name] for name in KINDS if name in made and len(made[name])}


def _sorted(log: EventLog, as_of: int | None) -> _Events:
    place = _places(log)
    rows = np.arange(len(log)) if as_of is None else np.flatnonzero(log.time // DAY <= as_of // DAY)
    case = np.zeros(len(log), dtype=np.int64) if log.case is None else log.case.astype(np.int64)
    rows = rows[np.lexsort((log.time[rows], case[rows], log.child[rows]))]
    child, place = log.child[rows].astype(np.int64), place[rows]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (child[1:] != child[:-1]) | (case[rows][1:] != case[rows][:-1])
    if log.case is None:
        new[1:] |= place[:-1] >= FIRST_EXIT
    told = place != UNTOLD_PLACE
    journey = (np.cumsum(new) - 1)[told]
    rows = rows[told]
    return _Events(log, rows, child[told], journey, place[told], log.time[rows] // DAY)


def _places(log: EventLog) -> Ints:
    """(events,) the row of PLACES of each event, UNTOLD_PLACE for NO_REFERRAL."""
    met = np.bincount(log.station, minlength=len(log.stations))
    strange = [name for at, name in enumerate(log.stations) if met[at] and name not in NAMES]
    if strange:
        more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
        raise OptionError(
            f"A council's records have no place for these stations of the log: {', '.join(strange[:SHOWN])}{more}.",
            remedy=f"Give events the names of the built-in map ({', '.join(NAMES)}), or write .csv, .xes or .parquet.",
        )
    names = np.array([PLACE.get(name, UNTOLD_PLACE) for name in log.stations], dtype=np.int64)
    return names[log.station] if len(log) else np.zeros(0, dtype=np.int64)


def _made(events: _Events, kind: str, rows: Ints, columns: Mapping[str, Any]) -> pa.Table:
    """A table of a kind: `child` and the team from the events at `rows`; of records of one day, the last stays."""
    child = events.log.child_ids.cast(pa.string()).take(pa.array(events.child[rows]))
    found = {"child": child, **columns, "row": np.arange(1, len(rows) + 1)}
    if any(f.name == "team" for f in KINDS[kind].fields):
        found["team"] = _codes(events, "team", rows, {})
    whole = table(kind, found)
    if len(rows) < 2:
        return whole
    when = columns[KINDS[kind].when or ""].cast(pa.int64()).to_numpy() // DAY
    order = np.lexsort((np.arange(len(rows)), when, events.child[rows]))
    owner, when = events.child[rows][order], when[order]
    last = np.append((owner[1:] != owner[:-1]) | (when[1:] != when[:-1]), True)
    return whole if last.all() else whole.take(pa.array(np.sort(order[last])))


def _times(day: Ints) -> pa.Array:
    known = day != NO_DAY
    return pa.array(np.where(known, day, 0) * DAY, mask=~known).cast(TIME)


def _flags(value: Flags, known: Flags) -> pa.Array:
    return pa.array(value, mask=~known)


def _words(words: Mapping[str, str], place: Ints) -> pa.Array:
    """A text for each place; null where there is none."""
    texts = np.array([words.get(name) for name in PLACE] + [None], dtype=object)
    return pa.array(texts[place], pa.string())


def _codes(events: _Events, name: str, rows: Ints, words: Mapping[str, Any]) -> pa.Array:
    """The code of an attribute of events at `rows`; null where the log has it not."""
    return _coded(events.log.attributes.get(name), events.row[rows], words)


def _coded(fact: Attribute | None, rows: Ints, words: Mapping[str, Any]) -> pa.Array:
    if fact is None or fact.kind != "category" or fact.codes is None:
        return pa.nulls(len(rows), pa.string())
    back = codes.codes_of(words)
    texts = pa.array([back.get(value, value) for value in fact.values], pa.string())
    found = fact.codes[rows]
    return texts.take(pa.array(found, mask=found < 0))


def _contacts(events: _Events) -> pa.Table:
    rows = events.at("contact")
    then = events.place_of(events.after[rows])
    outcome = {"referral": "referral", "early_help": "early_help", "nfa": "nfa", "other": "other"}
    columns = {
        "date": _times(events.day[rows]),
        "source": _codes(events, "source", rows, codes.SOURCE),
        "outcome": _words(outcome, then),
    }
    return _made(events, "contact", rows, columns)


def _early_help(events: _Events) -> pa.Table:
    rows = events.at("early_help")
    after = events.after[rows]
    reason = {**dict.fromkeys(PLACE, "other"), "referral": "referral", "closed": "closed"}
    columns = {
        "start": _times(events.day[rows]),
        "end": _times(events.day_of(after)),
        "reason": _words(reason, events.place_of(after)),
    }
    return _made(events, "early_help", rows, columns)


def _referrals(events: _Events) -> pa.Table:
    rows = events.at("referral")
    exits = events.next_of(rows, events.place >= FIRST_EXIT)
    nfa = events.place_of(events.after[rows]) == PLACE["nfa"]
    columns = {
        "date": _times(events.day[rows]),
        "source": _codes(events, "source", rows, codes.SOURCE),
        "need": _codes(events, "need", rows, codes.NEED),
        "nfa": pa.array(nfa),
        "nfa_date": _times(np.where(nfa, events.day_of(exits), NO_DAY)),
        "closed": _times(events.day_of(exits)),
        "reason": _words(codes.CLOSURE_OF_EXIT, events.place_of(exits)),
        "ref": _refs(events, rows),
    }
    return _made(events, "referral", rows, columns)


def _refs(events: _Events, rows: Ints) -> pa.Array:
    """The number of the journey as the referral's own id."""
    return pa.array(events.journey[rows]).cast(pa.string())


def _referral_of(events: _Events, rows: Ints) -> pa.Array:
    """The referral's id for events of a journey that has one."""
    has = np.zeros(int(events.journey.max(initial=-1)) + 1, dtype=bool)
    has[events.journey[events.at("referral")]] = True
    return pa.array(events.journey[rows], mask=~has[events.journey[rows]]).cast(pa.string())


def _enquiries(events: _Events) -> dict[str, pa.Table]:
    found = {}
    for kind, when in (("assessment", "start"), ("strategy", "date"), ("s47", "start"), ("icpc", "date")):
        rows = events.at(kind)
        after = events.after[rows]
        then, known = events.place_of(after), after >= 0
        columns = {when: _times(events.day[rows]), "referral": _referral_of(events, rows)}
        if kind == "assessment":
            refused = np.isin(then, [PLACE["nfa"], PLACE["step_down"]])
            columns |= {"authorised": _times(events.day_of(after)), "support": _flags(~refused, known)}
        elif kind == "s47":
            columns |= {"end": _times(events.day_of(after)), "conference": _flags(then == PLACE["icpc"], known)}
        elif kind == "icpc":
            columns |= {"plan": _flags(then == PLACE["cp"], known)}
        found[kind] = _made(events, kind, rows, columns)
    return found


def _plans(events: _Events, station: str) -> pa.Table:
    """Plans last through court, a child in need plan also through enquiries, until the next plan, care or exit."""
    rows = events.at(station)
    beside = (*COURT, *ENQUIRY) if station == "cin" else COURT
    end = events.next_of(rows, ~np.isin(events.place, [PLACE[name] for name in beside]))
    columns = {
        "start": _times(events.day[rows]),
        "end": _times(events.day_of(end)),
        "referral": _referral_of(events, rows),
    }
    if station == "cin":
        return _made(events, "cin_plan", rows, columns)
    category = _codes(events, "plan_category", rows, codes.ABUSE)
    number = _codes(events, "plan_number", rows, {"0": "first", "1": "second or later"})
    known = pa.array(np.isin(number.to_numpy(zero_copy_only=False), ["0", "1"]))
    previous = pa.compute.if_else(known, number, None).cast(pa.int32())
    columns |= {"category": category, "latest_category": category, "previous": previous}
    return _made(events, "cp_plan", rows, columns)


def _care(events: _Events) -> dict[str, pa.Table]:
    """Periods of care with their legal statuses, and a placement for each period."""
    statuses = np.isin(events.place, [PLACE[name] for name in IN_CARE])
    decides = np.flatnonzero(statuses | ~np.isin(events.place, [PLACE[name] for name in COURT]))
    own = statuses[decides]
    follows = np.zeros(len(decides), dtype=bool)
    follows[1:] = own[:-1] & (events.journey[decides][1:] == events.journey[decides][:-1])
    rows = decides[own & ~follows]
    ends = np.zeros(len(events.place), dtype=bool)
    ends[decides[~own]] = True
    end = events.next_of(rows, ends)
    reason = {**dict.fromkeys(PLACE, "E4A"), **codes.CARE_END_OF_EXIT}
    lasts = {"start": _times(events.day[rows]), "end": _times(events.day_of(end))}
    need = _codes(events, "need", rows, codes.NEED)
    care = {**lasts, "reason": _words(reason, events.place_of(end)), "need": need}
    size = len(rows)
    placement = {**lasts, "type": pa.array(["U6"] * size, pa.string()), "provider": pa.array(["PR1"] * size)}
    changes = np.flatnonzero(statuses)
    until = events.next_of(changes, ends | statuses)
    status = {
        "start": _times(events.day[changes]),
        "end": _times(events.day_of(until)),
        "status": _words(codes.STATUS_OF_STATION, events.place[changes]),
    }
    return {
        "care": _made(events, "care", rows, {**care, "referral": _referral_of(events, rows)}),
        "legal_status": _made(events, "legal_status", changes, status),
        "placement": _made(events, "placement", rows, placement),
    }


def _pre_proceedings(events: _Events) -> pa.Table:
    rows = events.at("pre_proceedings")
    after = events.after[rows]
    outcome = {**dict.fromkeys(PLACE, "other"), "proceedings": "proceedings", "cin": "child in need plan"}
    columns = {
        "start": _times(events.day[rows]),
        "end": _times(events.day_of(after)),
        "outcome": _words(outcome, events.place_of(after)),
    }
    return _made(events, "pre_proceedings", rows, columns)


def _proceedings(events: _Events) -> pa.Table:
    rows = events.at("proceedings")
    final = events.next_of(rows, events.place == PLACE["final_order"])
    then = events.place_of(np.append(events.after, -1)[final])
    order = {**dict.fromkeys(PLACE, "No order"), **ORDER}
    columns = {
        "application": _times(events.day[rows]),
        "final": _times(events.day_of(final)),
        "order": _words(order, np.where(final >= 0, then, -1)),
        "case": pa.array(events.journey[rows]).cast(pa.string()),
    }
    return _made(events, "proceedings", rows, columns)


def _adoption(events: _Events) -> pa.Table:
    """Decided, and ordered, on the day of the placement order; placed half-way from there to the adoption."""
    rows = events.at("placement_order")
    over = events.next_of(rows, np.isin(events.place, [PLACE["adopted"], PLACE["care_order"]]))
    adopted = events.place_of(over) == PLACE["adopted"]
    day, end = events.day[rows], events.day_of(over)
    columns = {
        "decision": _times(day),
        "placement_order": _times(day),
        "placed": _times(np.where(adopted, (day + end) // 2, NO_DAY)),
        "order": _times(np.where(adopted, end, NO_DAY)),
        "reversed": _times(np.where(adopted, NO_DAY, end)),
    }
    return _made(events, "adoption", rows, columns)


def _persons(log: EventLog, events: _Events) -> pa.Table:
    present = np.unique(events.child)
    birth = np.full(len(present), NO_TIME) if log.birth is None else log.birth[present]
    disability = _coded(log.children.get("disability"), present, {}).to_numpy(zero_copy_only=False)
    columns = {
        "child": log.child_ids.cast(pa.string()).take(pa.array(present)),
        "birth": _times(np.where(birth == NO_TIME, NO_DAY, birth // DAY)),
        "sex": _coded(log.children.get("sex"), present, codes.SEX),
        "ethnicity": _coded(log.children.get("ethnicity"), present, codes.ETHNICITY),
        "disability": _flags(disability == "yes", np.isin(disability, ["yes", "no"])),
        "family": _families(log, present),
        "row": np.arange(1, len(present) + 1),
    }
    return table("person", columns)


def _families(log: EventLog, present: Ints) -> pa.Array:
    """The family of each child: as the log knows it, else one that is dealt by its size."""
    told = np.full(len(present), -1, dtype=np.int64) if log.family is None else log.family[present].astype(np.int64)
    family = told.copy()
    size = log.children.get("family_size")
    if size is not None and size.numbers is not None:
        rest = np.flatnonzero(told < 0)
        dealt = _dealt(size.numbers[present[rest]].astype(np.int64))
        family[rest] = np.where(dealt < 0, -1, dealt + told.max(initial=-1) + 1)
    return pa.array(family, mask=family < 0).cast(pa.string())


def _dealt(size: Ints) -> Ints:
    """A family (a number, -1 = none) for children of families of one size, as many as it has, in the log's order.

    Where the last are too few for a family, they have none.
    """
    order = np.argsort(size, kind="stable")
    of = size[order]
    place = np.arange(len(order)) - np.searchsorted(of, of, side="left")
    many = np.maximum(of, 1)
    whole = np.bincount(np.maximum(of, 0))[np.maximum(of, 0)] // many * many
    good = (of != MISSING) & (of > 0) & (place < whole)
    family = np.empty(len(order), dtype=np.int64)
    family[order] = np.where(good, of * (len(size) + 1) + place // many, -1)
    return family
