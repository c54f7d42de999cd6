"""Children's records of the daily feed, taken apart into one flat table a list: a batch at a time, by Arrow.

Names, UPNs, postcodes and workers are not in the types below, so they never leave the parser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.quality import MAX_EXAMPLES

TEXT, YES = pa.string(), pa.bool_()
EPISODE = "social_care_episode_id"
# List within an episode -> (its key, its other columns that are read).
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "child_and_family_assessments": ("child_and_family_assessment_id", ("start_date", "authorisation_date")),
    "child_in_need_plans": ("child_in_need_plan_id", ("start_date", "end_date")),
    "section_47_assessments": (
        "section_47_assessment_id",
        ("start_date", "end_date", "icpc_required_flag", "icpc_date"),
    ),
    "child_protection_plans": ("child_protection_plan_id", ("start_date", "end_date")),
    "child_looked_after_placements": (
        "child_looked_after_placement_id",
        ("start_date", "start_reason", "placement_type", "end_date", "end_reason"),
    ),
}
# Flags as other words than JSON's.
FLAGS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
ADOPTION = ("initial_decision_date", "matched_date", "placed_date")
DETAILS = ("date_of_birth", "expected_date_of_birth", "sex", "ethnicity")
EPISODE_TEXTS = ("referral_date", "referral_source", "closure_date", "closure_reason")


def _struct(texts: Sequence[str], flags: Sequence[str] = (), **more: pa.DataType) -> pa.StructType:
    named = [*((t, TEXT) for t in texts), *((f, YES) for f in (*flags, "purge")), *more.items()]
    return pa.struct([pa.field(name, kind) for name, kind in named])


def _item(key: str, columns: tuple[str, ...]) -> pa.StructType:
    return _struct([key, *(c for c in columns if not c.endswith("_flag"))], [c for c in columns if c.endswith("_flag")])


RECORD = _struct(
    ["la_child_id"],
    child_details=_struct(DETAILS, ["uasc_flag"], disabilities=pa.list_(TEXT)),
    social_care_episodes=pa.list_(
        _struct(
            [EPISODE, *EPISODE_TEXTS],
            ["referral_no_further_action_flag"],
            adoption=_struct(ADOPTION),
            **{name: pa.list_(_item(*item)) for name, item in LISTS.items()},
        )
    ),
)
# What the standard has and flowmap does not read; anything else in a record is named in the report.
UNREAD = {
    "record": {"mis_child_id", "health_and_wellbeing"},
    "social_care_episodes": {"care_worker_details", "care_leavers"},
}


@dataclass
class Amended:
    """Values of another type than the standard's: how many, and where the first stood (path, record)."""

    mended: int = 0
    lost: int = 0
    examples: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Flat:
    """The flat tables so far: list -> parts, each with its columns and `child`, `record`, `purge`, `path`, `at`."""

    parts: dict[str, list[pa.Table]] = field(default_factory=dict)
    amended: Amended = field(default_factory=Amended)
    extra: Counter[str] = field(default_factory=Counter)
    no_record: list[int] = field(default_factory=list)  # numbers of values that are no objects
    records: int = 0

    def add(self, batch: list[Any]) -> None:
        """Take in the next records of the file."""
        first = self.records + 1
        self.records += len(batch)
        numbers = np.arange(first, first + len(batch))
        objects = np.array([isinstance(value, dict) for value in batch], dtype=bool)
        if not objects.all():
            self.no_record += numbers[~objects].tolist()
            batch, numbers = [v for v in batch if isinstance(v, dict)], numbers[objects]
        self._count_extra(batch)
        try:
            found = pa.array(batch, RECORD)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeError, OverflowError):
            mended = [_mended(v, RECORD, "", int(n), self.amended) for v, n in zip(batch, numbers, strict=True)]
            found = pa.array(mended, RECORD)
        self._take_apart(found, pa.array(numbers))

    def table(self, name: str) -> pa.Table | None:
        """All of one list, in the order of the file; None where the file has none."""
        parts = self.parts.get(name)
        return pa.concat_tables(parts) if parts else None

    def _count_extra(self, batch: list[dict[str, Any]]) -> None:
        known = {f.name for f in RECORD} | UNREAD["record"]
        self.extra.update(set().union(*batch) - known)
        episode = RECORD.field("social_care_episodes").type.value_type
        inside = {f.name for f in episode} | UNREAD["social_care_episodes"]
        lists = (v.get("social_care_episodes") for v in batch)
        each = (e for found in lists if isinstance(found, list) for e in found if isinstance(e, dict))
        self.extra.update(f"social_care_episodes.{k}" for k in set().union(*each) - inside)

    def _put(self, name: str, columns: Mapping[str, Any]) -> None:
        self.parts.setdefault(name, []).append(pa.table(dict(columns)))

    def _take_apart(self, found: pa.StructArray, numbers: pa.Array) -> None:
        own = {"child": _field(found, "la_child_id"), "record": numbers, "purge": _purge(found)}
        self._put("records", own)
        standing = pc.invert(own["purge"])  # a purged record's parts go with it
        found, own = found.filter(standing), {name: column.filter(standing) for name, column in own.items()}
        details = _field(found, "child_details")
        there = pc.is_valid(details)
        columns = _columns(details, [*DETAILS, "uasc_flag"])
        columns["disabilities"] = pc.binary_join(_field(details, "disabilities"), ",")
        columns["purge"] = _purge(details)
        base = {"child": own["child"], "record": own["record"]}
        self._put("child_details", {k: v.filter(there) for k, v in {**base, **columns}.items()})
        self._episodes(_field(found, "social_care_episodes"), base)

    def _episodes(self, lists: pa.ListArray, parent: Mapping[str, Any]) -> None:
        episodes, base = _flattened(lists, parent)
        base["path"] = base.pop("at")
        purge = _purge(episodes)
        names = [EPISODE, *EPISODE_TEXTS, "referral_no_further_action_flag"]
        self._put("social_care_episodes", {**base, **_columns(episodes, names), "purge": purge})
        standing = pc.invert(purge)
        episodes, base = episodes.filter(standing), {name: column.filter(standing) for name, column in base.items()}
        base[EPISODE] = _field(episodes, EPISODE)
        for name, (key, columns) in LISTS.items():
            items, inner = _flattened(_field(episodes, name), base)
            self._put(name, {**inner, **_columns(items, [key, *columns]), "purge": _purge(items)})
        adoption = _field(episodes, "adoption")
        there = pc.is_valid(adoption)
        facts = {**base, **_columns(adoption, ADOPTION), "purge": _purge(adoption)}
        self._put("adoption", {k: v.filter(there) for k, v in facts.items()})


def _field(array: Any, name: str) -> Any:
    return pc.struct_field(array, name)


def _columns(array: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _field(array, name) for name in names}


def _purge(array: Any) -> Any:
    return _field(array, "purge").fill_null(False)


def _flattened(lists: Any, parent: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The items of all lists, and for each the parent's columns and its place in its own list (`at`)."""
    items = pc.list_flatten(lists)
    owner = pc.list_parent_indices(lists)
    number = owner.to_numpy(zero_copy_only=False)
    starts = np.searchsorted(number, number, side="left") if len(number) else number
    base = {name: column.take(owner) for name, column in parent.items()}
    base["at"] = pa.array(np.arange(len(number)) - starts, pa.int64())
    known = pc.is_valid(items)
    return items.filter(known), {name: column.filter(known) for name, column in base.items()}


def _mended(value: Any, kind: pa.DataType, path: str, record: int, amended: Amended) -> Any:
    """A value as the standard's type, or None; only for batches in which some value has another type."""
    if value is None:
        return None
    if pa.types.is_struct(kind) and isinstance(value, dict):
        paths = {f.name: f"{path}.{f.name}" if path else f.name for f in kind}
        return {f.name: _mended(value.get(f.name), f.type, paths[f.name], record, amended) for f in kind}
    if pa.types.is_list(kind) and isinstance(value, list | dict):
        items = value if isinstance(value, list) else [value]
        return [_mended(v, kind.value_type, f"{path}[{i}]", record, amended) for i, v in enumerate(items)]
    if pa.types.is_string(kind) and isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if pa.types.is_boolean(kind) and isinstance(value, bool):
        return value
    found: Any = None
    if pa.types.is_string(kind) and isinstance(value, int | float):
        found = str(int(value)) if float(value).is_integer() else str(value)
    elif pa.types.is_boolean(kind):
        found = FLAGS.get(str(value).strip().lower())
    amended.mended += found is not None
    amended.lost += found is None
    if len(amended.examples) < MAX_EXAMPLES:
        amended.examples.append((path, record))
    return found
