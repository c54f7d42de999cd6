"""What is known of events and children, in the words of `codes.py`: the facets of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from flowmap.casework import codes
from flowmap.casework.cases import Cases
from flowmap.casework.kinds import KINDS
from flowmap.casework.spans import NO_DAY, key
from flowmap.eventlog import MISSING, Attribute

Ints = npt.NDArray[np.int64]

KIND_NUMBER = {name: number for number, name in enumerate(KINDS)}
ASIS: Mapping[str, Any] = {}

# Facets of journeys: name, label, and the fields of records that they come from.
OF_EVENTS: tuple[tuple[str, str, Mapping[str, Any], tuple[tuple[str, str], ...]], ...] = (
    ("source", "Source of referral", codes.SOURCE, (("contact", "source"), ("referral", "source"))),
    ("need", "Primary need", codes.NEED, (("referral", "need"), ("care", "need"))),
    (
        "team",
        "Team",
        ASIS,
        tuple((name, "team") for name, kind in KINDS.items() if any(f.name == "team" for f in kind.fields)),
    ),
    ("plan_category", "Category of the protection plan", codes.ABUSE, (("cp_plan", "category"),)),
    ("legal_status", "Legal status", codes.LEGAL_STATUS, (("care", "status"), ("legal_status", "status"))),
    ("order_made", "Order made", ASIS, (("proceedings", "order"),)),
)
PLAN_NUMBERS = ("first", "second or later")
YES_NO = ("no", "yes")


def of_events(of: Cases, kind: Ints, row: Ints, in_force: Ints) -> dict[str, Attribute]:
    """Attributes of events, from the records they come from (`kind` is a KIND_NUMBER, -1 for none).

    `in_force` is the row of the legal status under which each period of care begins, -1 where none is known.
    """
    found = {}
    for name, label, words, fields in OF_EVENTS:
        values: list[str] = []
        column = np.full(len(kind), -1, dtype=np.int32)
        for where, field in fields:
            mine = np.flatnonzero(kind == KIND_NUMBER[where])
            rows, part = row[mine], of[where]
            if (where, field) == ("care", "status"):
                rows, part = in_force[rows], of["legal_status"]
            if not len(mine) or not part.known(field).any():
                continue
            coded = codes.labels(part.table[field], words)
            place = {value: i for i, value in enumerate(values)}
            texts = coded.dictionary.to_pylist()
            values.extend(t for t in texts if t is not None and t not in place)
            place = {value: i for i, value in enumerate(values)}
            table = np.array([*(place.get(t, -1) for t in texts), -1], dtype=np.int32)
            known = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            column[mine] = table[np.append(known, -1)[rows]]
        if values:
            found[name] = _category(label, values, column)
    plan = _plan_number(of, kind, row)
    if plan is not None:
        found["plan_number"] = plan
    return found


def of_children(of: Cases, present: Ints) -> dict[str, Attribute]:
    """Attributes of the children at these rows of `child_ids`."""
    person = of["person"]
    place = np.full(len(of.child_ids), -1, dtype=np.int64)
    place[person.child] = np.arange(len(person))
    row = place[present]
    found = {}
    for name, label, words in (
        ("sex", "Sex", codes.SEX),
        ("ethnicity", "Ethnicity", codes.ETHNICITY),
        ("care_leaver", "Eligibility of a care leaver", codes.CARE_LEAVER),
    ):
        if person.known(name).any():
            coded = codes.labels(person.table[name], words)
            numbers = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
            found[name] = _category(label, coded.dictionary.to_pylist(), np.append(numbers, np.int32(-1))[row])
    for name, label in (("disability", "Disability recorded"), ("uasc", "Unaccompanied asylum-seeking child")):
        if person.known(name).any():
            flags = np.where(person.flag(name), 1, np.where(person.flag(name, False), 0, -1)).astype(np.int32)
            found[name] = Attribute(label, "category", codes=np.append(flags, np.int32(-1))[row], values=YES_NO)
    family = _families(of)
    if family is not None:
        size = np.append(np.bincount(family[family >= 0]), MISSING)
        found["family_size"] = Attribute(
            "Children in the family", "number", numbers=size[family[present]].astype(np.int32)
        )
    return found


def families(of: Cases, present: Ints) -> npt.NDArray[np.int32] | None:
    """The family of each child at these rows of `child_ids`, -1 where none is known; None where no family is."""
    family = _families(of)
    return None if family is None else family[present]


def _families(of: Cases) -> npt.NDArray[np.int32] | None:
    """The same for every child of `child_ids`."""
    person = of["person"]
    column = person.table["family"].combine_chunks()
    if column.null_count == len(column):
        return None
    found = np.full(len(of.child_ids), -1, dtype=np.int32)
    found[person.child] = pc.fill_null(column.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    return found


def _plan_number(of: Cases, kind: Ints, row: Ints) -> Attribute | None:
    """First plan or a later one: by the number of earlier plans, or by an earlier plan in the files."""
    plan = of["cp_plan"]
    if not len(plan):
        return None
    previous = pc.fill_null(plan.table["previous"].combine_chunks(), -1).to_numpy(zero_copy_only=False)
    start = plan.day("start")
    order = np.argsort(key(plan.child, np.maximum(start, NO_DAY)), kind="stable")
    earlier = np.zeros(len(plan), dtype=bool)
    earlier[order[1:]] = plan.child[order][1:] == plan.child[order][:-1]
    number = np.where((previous > 0) | earlier, 1, np.where(previous == 0, 0, -1)).astype(np.int32)
    column = np.full(len(kind), -1, dtype=np.int32)
    mine = np.flatnonzero(kind == KIND_NUMBER["cp_plan"])
    column[mine] = number[row[mine]]
    return Attribute("Protection plan", "category", codes=column, values=PLAN_NUMBERS)


def _category(label: str, values: list[Any], column: npt.NDArray[np.int32]) -> Attribute:
    """A category with its values in alphabetical order; a null among the values is not recorded."""
    kept = sorted({v for v in values if v is not None})
    place = {value: i for i, value in enumerate(kept)}
    table = np.array([*(place.get(v, -1) for v in values), -1], dtype=np.int32)
    return Attribute(label, "category", codes=table[column], values=tuple(kept))
