"""Checks of records against each other: what must come before, what cannot go on twice, and ids that are one child."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.findings import Finding, Ints, Records
from flowmap.casework.kinds import KINDS

A_YEAR, THREE_MONTHS, TWO_WEEKS = 365, 92, 14  # days
SHORT_BREAKS = ("V3", "V4")  # legal statuses under which a child is not counted as looked after
AFTER_A_REFERRAL = ("cin_plan", "cp_plan", "icpc")  # what can only follow where action was decided
MOST_OF_A_FILE = 0.9


def icpc_without_s47(records: Records) -> Iterator[Finding]:
    """No section 47 enquiry of the child began in the year before the conference."""
    yield _without(records, "icpc", "s47", A_YEAR)


def s47_without_strategy(records: Records) -> Iterator[Finding]:
    """No strategy discussion on the child was held in the three months before the enquiry."""
    yield _without(records, "s47", "strategy", THREE_MONTHS)


def plan_without_icpc(records: Records) -> Iterator[Finding]:
    """No initial conference on the child was held in the year before the plan."""
    yield _without(records, "cp_plan", "icpc", A_YEAR)


def _without(records: Records, kind: str, earlier: str, within: int) -> Finding:
    """Records of `kind` without one of `earlier` before them, where the files would know of it."""
    when = records.when(kind)
    lacking = ~records.has_before(earlier, records.child(kind), when, within)
    rows = np.flatnonzero(lacking & records.in_covered_months(earlier, when))
    return Finding(kind, rows, records.dates(kind, rows, KINDS[kind].when or ""))


def overlapping_care(records: Records) -> Iterator[Finding]:
    """A period of care begins before the one before it has ended."""
    yield from _overlapping(records, "care")


def overlapping_cp_plans(records: Records) -> Iterator[Finding]:
    """A child protection plan begins before the one before it has ended."""
    yield from _overlapping(records, "cp_plan")


def _overlapping(records: Records, kind: str) -> Iterator[Finding]:
    """Apart where the earlier one has no end: it may have one that the files do not hold."""
    rows, days, ended = records.overlaps(kind)
    label = KINDS[kind].label
    for which, subject in ((ended, label), (~ended, f"{label}, the earlier one without an end")):
        yield Finding(kind, rows[which], records.dates(kind, rows[which], "start", "end"), days[which], subject)


def referral_while_open(records: Records) -> Iterator[Finding]:
    """A referral arrives between another referral of the child and the day on which that one was closed.

    Referrals without a date of closure say nothing: many files leave it blank where nothing more was done.
    """
    closed = records.given("referral", "closed") & ~records.flag("referral", "nfa")
    rows, days, _ = records.overlaps("referral", "closed", closed)
    yield Finding("referral", rows, records.dates("referral", rows, "date"), days)


def nfa_with_later_work(records: Records) -> Iterator[Finding]:
    """No further action was decided on a referral that was closed weeks later, or that has a plan or a conference."""
    nfa = records.flag("referral", "nfa")
    decided = records.day("referral", "nfa_date")
    decided = np.where(np.isnan(decided), records.when("referral"), decided)
    late = records.day("referral", "closed") - decided
    rows = np.flatnonzero(nfa & (late > TWO_WEEKS))
    yield Finding("referral", rows, records.dates("referral", rows, "date", "closed"), late[rows])
    ended = _joined(records, "referral", "ref").filter(pa.array(nfa & records.given("referral", "ref")))
    for kind in AFTER_A_REFERRAL:
        of_nfa = pc.is_in(_joined(records, kind, "referral"), ended).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(of_nfa & records.given(kind, "referral"))
        yield Finding(kind, rows, records.dates(kind, rows, KINDS[kind].when or ""))


def _joined(records: Records, kind: str, name: str) -> pa.Array:
    """The child and a source's id as one text, as ids of two sources may be alike."""
    child = pa.array(records.child(kind)).cast(pa.string())
    return pc.binary_join_element_wise(child, records.text(kind, name).fill_null(""), "/")


def care_without_legal_status(records: Records) -> Iterator[Finding]:
    """A period of care during which no legal status is recorded, in files that record them."""
    if records.has("legal_status"):
        yield _apart(records, "care", "legal_status", np.arange(len(records.tables["care"])))


def legal_status_outside_care(records: Records) -> Iterator[Finding]:
    """A legal status while the child was not looked after."""
    if records.has("care"):
        status = records.text("legal_status", "status")
        other = pc.invert(pc.is_in(status, pa.array(SHORT_BREAKS))).to_numpy(zero_copy_only=False)
        yield _apart(records, "legal_status", "care", np.flatnonzero(other))


def placement_outside_care(records: Records) -> Iterator[Finding]:
    """A placement while the child was not looked after."""
    if records.has("care"):
        yield _apart(records, "placement", "care", np.arange(len(records.tables["placement"])))


def _apart(records: Records, kind: str, other: str, among: Ints) -> Finding:
    """Periods of `kind` (rows `among`) without a day in common with one of `other` of the same child."""
    child = records.child(kind)[among]
    start, end = records.when(kind)[among], records.day(kind, "end")[among]
    rows = among[~records.meets(other, child, start, end)]
    return Finding(kind, rows, records.dates(kind, rows, "start", "end"))


def id_lookalike(records: Records) -> Iterator[Finding]:
    """Ids that are one but for leading zeros, spaces, capitals or a spreadsheet's ".0": the rarer forms of each."""
    plain = pc.utf8_lower(pc.replace_substring_regex(records.ids, r"\s+", ""))
    plain = pc.utf8_ltrim(pc.replace_substring_regex(plain, r"\.0+$", ""), "0")
    group = plain.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    often = sum(np.bincount(records.child(kind), minlength=len(records.ids)) for kind in KINDS)
    order = np.lexsort((-np.asarray(often), group))
    rarer = np.zeros(len(group), dtype=bool)
    rarer[order[1:]] = group[order[1:]] == group[order[:-1]]
    yield from _first_of_each(records, rarer)


def _first_of_each(records: Records, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[Finding]:
    """One record of each child that is wanted, with the shape of its id (never the id)."""
    left = wanted.copy()
    shape = shapes(records.ids)
    for kind in KINDS:
        child = records.child(kind)
        who, rows = np.unique(child, return_index=True)
        rows = np.sort(rows[left[who]])
        left[child[rows]] = False
        yield Finding(kind, rows, shape.take(pa.array(child[rows])), subject="Child's id")


def id_shape(records: Records) -> Iterator[Finding]:
    """Files whose ids are nearly all of another shape than those of the file with the most ids."""
    shape = shapes(records.ids).dictionary_encode()
    by_file = _ids_by_file(records)
    usual: dict[str, int] = {}
    for file, ids in by_file.items():
        counts = np.bincount(shape.indices.to_numpy(zero_copy_only=False)[ids], minlength=len(shape.dictionary))
        if counts.max() >= MOST_OF_A_FILE * len(ids):
            usual[file] = int(counts.argmax())
    if len(set(usual.values())) < 2:
        return
    most = usual[max(usual, key=lambda file: len(by_file[file]))]
    for file, found in usual.items():
        if found != most:
            ours = np.zeros(len(records.ids), dtype=bool)
            ours[by_file[file]] = True
            says = f"{file}, {shape.dictionary[found]} where other files have {shape.dictionary[most]}"
            for finding in _first_of_each(records, ours):
                yield Finding(finding.kind, finding.rows, finding.values, subject=says)


def _ids_by_file(records: Records) -> dict[str, Ints]:
    """The children of each file, where the tables say which file a record is from."""
    found: dict[str, list[Ints]] = {}
    for kind, table in records.tables.items():
        if "file" in table.column_names:
            file = table["file"].combine_chunks()
            for i, name in enumerate(file.dictionary.to_pylist()):
                rows = file.indices.to_numpy(zero_copy_only=False) == i
                found.setdefault(name, []).append(records.child(kind)[rows])
    return {name: ids for name, parts in found.items() if len(ids := np.unique(np.concatenate(parts)))}


def shapes(ids: pa.Array) -> pa.Array:
    """What an id is made of, in words that tell nothing of it."""
    conditions = [
        pc.match_substring_regex(ids, r"^0\d*$"),
        pc.match_substring_regex(ids, r"^\d+$"),
        pc.match_substring_regex(ids, r"^[A-Za-z]+$"),
        pc.match_substring_regex(ids, r"^[A-Za-z0-9]+$"),
    ]
    words = ("digits with a leading zero", "digits", "letters", "letters and digits", "letters, digits and signs")
    return pc.case_when(pc.make_struct(*conditions), *(pa.scalar(word) for word in words))
