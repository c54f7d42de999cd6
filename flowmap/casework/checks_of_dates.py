"""Checks of single records against the calendar, the child's birth and death, and themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework import codes
from flowmap.casework.findings import NINE_MONTHS, Days, Finding, Flags, Records
from flowmap.casework.kinds import KINDS

# Periods that are not called start and end: kind, begun, ended, what ended.
OTHER_PERIODS = (
    ("referral", "date", "closed", "Referral, closure"),
    ("referral", "date", "nfa_date", "Referral, no further action"),
    ("proceedings", "application", "final", "Care proceedings, final order"),
    ("adoption", "decision", "placed", "Adoption, placement"),
    ("adoption", "placed", "order", "Adoption, order"),
)

# Where a closure and the reason for it stand.
CLOSURES = (("referral", "closed"), ("care", "end"))

# A child in care or under a legal status has been born; the unborn can be referred, assessed and planned for.
BORN = ("care", "legal_status", "placement")

OLDEST = 26  # years: care leavers are helped until they are 25

# Columns with a published set of codes. X1 (the episode ceased, the child stays in care) is no end of a period.
SETS: dict[tuple[str, str], frozenset[str]] = {
    ("person", "sex"): frozenset(codes.SEX),
    ("person", "ethnicity"): frozenset(codes.ETHNICITY),
    ("contact", "source"): frozenset(codes.SOURCE),
    ("referral", "source"): frozenset(codes.SOURCE),
    ("referral", "need"): frozenset(codes.NEED),
    ("referral", "reason"): frozenset(codes.EXIT_OF_CLOSURE),
    ("cp_plan", "category"): frozenset(codes.ABUSE),
    ("cp_plan", "latest_category"): frozenset(codes.ABUSE),
    ("care", "reason"): frozenset(codes.EXIT_OF_CARE) | {"X1"},
    ("care", "need"): frozenset(codes.NEED),
    ("legal_status", "status"): frozenset(codes.LEGAL_STATUS),
}


def end_before_start(records: Records) -> Iterator[Finding]:
    """The end of a period is before its start."""
    periods = [
        (kind.name, "start", "end", "") for kind in KINDS.values() if {"start", "end"} <= {f.name for f in kind.fields}
    ]
    for kind, start, end, subject in (*periods, *OTHER_PERIODS):
        yield _backwards(records, kind, start, end, subject)


def assessment_authorised_before_start(records: Records) -> Iterator[Finding]:
    """An assessment was authorised before it began."""
    yield _backwards(records, "assessment", "start", "authorised", "")


def _backwards(records: Records, kind: str, start: str, end: str, subject: str) -> Finding:
    by = records.day(kind, start) - records.day(kind, end)
    rows = np.flatnonzero(by > 0)
    return Finding(kind, rows, records.dates(kind, rows, start, end), by[rows], subject)


def future(records: Records) -> Iterator[Finding]:
    """A date is after the day up to which the files speak."""
    for kind in _dated():
        for field in KINDS[kind].fields:
            if field.type == "time":
                late = records.day(kind, field.name) - records.as_of
                rows = np.flatnonzero(late > 0)
                subject = f"{KINDS[kind].label}, {field.name.replace('_', ' ')}"
                yield Finding(kind, rows, records.dates(kind, rows, field.name), late[rows], subject)


def future_person(records: Records) -> Iterator[Finding]:
    """A birth more than nine months after the day up to which the files speak, or a death after it."""
    for name, allowed in (("birth", NINE_MONTHS), ("died", 0)):
        late = records.day("person", name) - records.as_of
        rows = np.flatnonzero(late > allowed)
        yield Finding("person", rows, None, late[rows], f"Child, {name}")


def before_birth(records: Records) -> Iterator[Finding]:
    """Something happened more than nine months before birth."""
    for kind in _dated():
        if kind not in BORN:
            yield _before_birth(records, kind, NINE_MONTHS)


def care_before_birth(records: Records) -> Iterator[Finding]:
    """Care, a legal status or a placement began before birth."""
    for kind in BORN:
        yield _before_birth(records, kind, 0)


def _before_birth(records: Records, kind: str, by: int) -> Finding:
    early = records.of_child("birth")[records.child(kind)] - records.when(kind)
    return _at(records, kind, early > by, early)


def after_death(records: Records) -> Iterator[Finding]:
    """Something began after the child had died."""
    died = records.of_child("died")
    for kind in _dated():
        late = records.when(kind) - died[records.child(kind)]
        yield _at(records, kind, late > 0, late)


def death_before_birth(records: Records) -> Iterator[Finding]:
    """The date of death is before the date of birth."""
    rows = np.flatnonzero(records.day("person", "died") < records.day("person", "birth"))
    yield Finding("person", rows)


def too_old(records: Records) -> Iterator[Finding]:
    """Something began on or after the twenty-sixth birthday."""
    birth = records.of_child("birth")
    day = np.nan_to_num(birth).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    birthday = ((month + 12 * OLDEST).astype("datetime64[D]") + (day - month)).astype(float)
    birthday[np.isnan(birth)] = np.nan
    for kind in _dated():
        late = records.when(kind) - birthday[records.child(kind)]
        yield _at(records, kind, late >= 0, late)


def _dated() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.when]


def _at(records: Records, kind: str, wrong: Flags, badness: Days) -> Finding:
    """The records for which `wrong` is true, shown with the day that dates them."""
    rows = np.flatnonzero(wrong)
    return Finding(kind, rows, records.dates(kind, rows, KINDS[kind].when or ""), badness[rows])


def closed_without_reason(records: Records) -> Iterator[Finding]:
    """A closure has no reason, in files that give reasons; a referral on which nothing was to be done needs none."""
    for kind, end in CLOSURES:
        if not records.known(kind, "reason"):
            continue
        wrong = records.given(kind, end) & ~records.given(kind, "reason")
        if kind == "referral":
            wrong &= ~records.flag(kind, "nfa")
        rows = np.flatnonzero(wrong)
        yield Finding(kind, rows, records.dates(kind, rows, end))


def reason_without_closure(records: Records) -> Iterator[Finding]:
    """A reason for closure is given, and no date of it."""
    for kind, end in CLOSURES:
        rows = np.flatnonzero(records.given(kind, "reason") & ~records.given(kind, end))
        yield Finding(kind, rows, records.text(kind, "reason").take(pa.array(rows)))


def unknown_code(records: Records) -> Iterator[Finding]:
    """A code that the published set does not have. One place of each code comes first, the commonest code leading."""
    for (kind, name), known in SETS.items():
        column = records.text(kind, name)
        odd = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, pa.array(sorted(known)))))
        rows = np.flatnonzero(odd.fill_null(False).to_numpy(zero_copy_only=False))
        values = column.take(pa.array(rows)).dictionary_encode()
        which = values.indices.to_numpy(zero_copy_only=False)
        often = np.bincount(which, minlength=1)[which].astype(float)
        _, first = np.unique(which, return_index=True)
        often[first] += len(rows)
        yield Finding(kind, rows, values.cast(pa.string()), often, f"{KINDS[kind].label}, {name.replace('_', ' ')}")
