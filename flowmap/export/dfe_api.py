"""Case records as the DfE daily feed: a JSON record a child, valid against the Department's schema.

The API takes 100 records at a time. Up to that many are written as it takes them, an array in `children.json`; more as
a record a line in `children.jsonl`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import empty
from flowmap.eventlog import SourceError
from flowmap.export.ssd_care import episodes, latest

MOST = 100  # records in an array, by the schema
CHILD_ID = 20  # characters
OWN_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")
EPISODE = "social_care_episode_id"
KINDS = ("person", "referral", "assessment", "s47", "icpc", "cin_plan", "cp_plan", "care", "placement", "adoption")
# Kind -> (list, its key, column of the table -> name in the feed).
LISTS = {
    "assessment": (
        "child_and_family_assessments",
        "child_and_family_assessment_id",
        {"start": "start_date", "authorised": "authorisation_date"},
    ),
    "cin_plan": ("child_in_need_plans", "child_in_need_plan_id", {"start": "start_date", "end": "end_date"}),
    "s47": (
        "section_47_assessments",
        "section_47_assessment_id",
        {"start": "start_date", "conference": "icpc_required_flag", "icpc": "icpc_date", "end": "end_date"},
    ),
    "cp_plan": ("child_protection_plans", "child_protection_plan_id", {"start": "start_date", "end": "end_date"}),
    "care": (
        "child_looked_after_placements",
        "child_looked_after_placement_id",
        {
            "start": "start_date",
            "begun": "start_reason",
            "type": "placement_type",
            "end": "end_date",
            "reason": "end_reason",
        },
    ),
}
LONGEST = {"referral_source": 2, "closure_reason": 3, "placement_type": 3, "end_reason": 3, "sex": 1, "ethnicity": 4}


def write(tables: Mapping[str, pa.Table], folder: Path, as_of: int) -> list[Path]:  # noqa: ARG001 - they end there
    """Write the feed into `folder` (made if need be) and give the file. SourceError for ids that it cannot hold."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = {k: tables[k].drop_columns(["place"]).to_pandas() if k in tables else _empty(k) for k in KINDS}
    made = list(_records(frames))
    if len(made) <= MOST:
        path = folder / "children.json"
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False), "utf-8")
        return [path]
    path = folder / "children.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in made)
    return [path]


def _empty(kind: str) -> pd.DataFrame:
    return empty(kind).drop_columns(["place"]).to_pandas()


def _records(frames: dict[str, pd.DataFrame]) -> Iterator[dict[str, Any]]:
    frames = _conferences_in_enquiries(frames)
    frames["care"] = _placements(frames["care"], frames["placement"])
    referral = frames["referral"]
    referral["ref"] = _ids(referral["ref"], "R")
    for kind in (*LISTS, "adoption"):
        frames[kind]["referral"] = _referral(frames[kind], referral)
    inside = {kind: _items(frames[kind], kind) for kind in LISTS}
    adoptions = _adoptions(frames["adoption"])
    opened = _opened(referral)
    children = dict.fromkeys(pd.concat([f["child"] for f in frames.values()]))
    shown = _child_ids(list(children))
    found: dict[str, dict[str, dict[str, Any]]] = {child: {} for child in children}
    for (child, ref), facts in opened.items():
        found[child][ref] = {EPISODE: ref, **facts}
    for kind, items in inside.items():
        for child, ref, item in items:
            own = found[child].setdefault(ref, {EPISODE: ref})
            own.setdefault(LISTS[kind][0], []).append(item)
    for child, ref, item in adoptions:
        place = ref
        while "adoption" in found[child].get(place, ()):  # a case has one: another needs another case
            place += "a"
        found[child].setdefault(place, {EPISODE: place})["adoption"] = item
    details = _details(frames["person"])
    for child, cases in found.items():
        made: dict[str, Any] = {"la_child_id": shown[child]}
        if child in details:
            made["child_details"] = details[child]
        if cases:
            made["social_care_episodes"] = list(cases.values())
        yield made


def _conferences_in_enquiries(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The feed dates a conference in the enquiry that led to it: the child's latest before it, else one undated."""
    s47, icpc = frames["s47"].reset_index(drop=True), frames["icpc"].sort_values("date", kind="stable")
    left = icpc[["child", "date", "referral"]].reset_index(drop=True)
    right = s47[["child", "start"]].assign(place=s47.index)
    both = latest(left, "date", right, "start")
    first = both["place"].notna() & ~both["place"].duplicated()
    place = both["place"][first].astype(int)
    s47["icpc"] = pd.Series(both["date"][first].to_numpy(), index=place, dtype="datetime64[ms]")
    alone = both[~first]
    more = pd.DataFrame({"child": alone["child"], "icpc": alone["date"], "referral": alone["referral"]})
    s47 = pd.concat([s47, more], ignore_index=True) if len(more) else s47
    return {**frames, "s47": s47}


def _placements(care: pd.DataFrame, placements: pd.DataFrame) -> pd.DataFrame:
    """Periods of care as the feed's episodes: one a placement, the first without one if need be."""
    named = placements.reset_index(drop=True)
    named["ref"] = [f"{n}" for n in range(len(named))]
    found = episodes(care, placements.iloc[:0], named)
    types = dict(zip(named["ref"], named["type"], strict=True))
    begun = dict(zip(named["ref"], named["start"], strict=True))
    # A placement that goes on over a change is not another one; the type stands where it began.
    own = found["placement"].map(begun).eq(found["start"])
    return found.assign(type=found["placement"].map(types).where(own, None), ref=None)


def _referral(frame: pd.DataFrame, referral: pd.DataFrame) -> Any:
    """The case that a record belongs to: as it says, else the child's latest referral not after it, else its own."""
    when = next(c for c in ("start", "decision") if c in frame)
    at = frame[when] if "icpc" not in frame else frame[when].fillna(frame["icpc"])
    left = pd.DataFrame({"child": frame["child"], "when": at})
    found = latest(left, "when", referral[["child", "date", "ref"]], "date")["ref"]
    known = set(zip(referral["child"], referral["ref"], strict=True))
    said = frame["referral"] if "referral" in frame else pd.Series([None] * len(frame))
    return [
        own if (child, own) in known else (late if isinstance(late, str) else "X")
        for child, own, late in zip(frame["child"], said, found, strict=True)
    ]


def _ids(given: pd.Series, prefix: str) -> list[str]:
    """Ids as given where the feed can hold them and they are not used twice; else new ones."""
    again = given.duplicated()
    return [
        ref if isinstance(ref, str) and OWN_ID.fullmatch(ref) and not twice else f"{prefix}{n}"
        for n, (ref, twice) in enumerate(zip(given, again, strict=True), 1)
    ]


def _child_ids(children: list[str]) -> dict[str, str]:
    """Identifiers as the schema wants them: letters and digits, at most 20."""
    shown = {child: re.sub(r"[^A-Za-z0-9]", "", str(child)) for child in children}
    if len(set(shown.values())) < len(shown) or any(not 0 < len(v) <= CHILD_ID for v in shown.values()):
        raise SourceError(
            "The identifiers of the children do not fit into the daily feed.",
            remedy=f"It takes letters and digits, at most {CHILD_ID}, with which no two children are the same.",
        )
    return shown


def _items(frame: pd.DataFrame, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(child, case, item of the list) of every record."""
    _, key, names = LISTS[kind]
    ids = _ids(frame["ref"], kind.upper().replace("_", ""))
    columns = {name: _values(frame[column], name) for column, name in names.items()}
    return [
        (child, case, {key: ref, **{n: v for n, v in zip(columns, row, strict=True) if v is not None}})
        for child, case, ref, *row in zip(frame["child"], frame["referral"], ids, *columns.values(), strict=True)
    ]


def _opened(referral: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """(child, case) -> what the feed says of the case itself."""
    names = {
        "date": "referral_date",
        "source": "referral_source",
        "nfa": "referral_no_further_action_flag",
        "closed": "closure_date",
        "reason": "closure_reason",
    }
    return {(child, ref): facts for (child, ref), facts in _facts(referral, ["child", "ref"], names)}


def _adoptions(frame: pd.DataFrame) -> list[tuple[str, str, dict[str, Any]]]:
    names = {"decision": "initial_decision_date", "placed": "placed_date"}
    return [(child, case, facts) for (child, case), facts in _facts(frame, ["child", "referral"], names)]


def _details(person: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Child -> child_details, without those of whom nothing is known."""
    person = person.assign(disability=person["disability"].map({True: ["DDA"], False: ["NONE"]}))
    names = {
        "birth": "date_of_birth",
        "sex": "sex",
        "ethnicity": "ethnicity",
        "disability": "disabilities",
        "uasc": "uasc_flag",
    }
    return {child: facts for (child,), facts in _facts(person, ["child"], names) if facts}


def _facts(frame: pd.DataFrame, keys: list[str], names: dict[str, str]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    columns = {name: _values(frame[column], name) for column, name in names.items()}
    return [
        (key, {n: v for n, v in zip(columns, row, strict=True) if v is not None})
        for key, row in zip(
            zip(*(frame[k] for k in keys), strict=True), zip(*columns.values(), strict=True), strict=True
        )
    ]


def _values(column: pd.Series, name: str) -> list[Any]:
    """A column as JSON has it, None where blank (or too long for the schema)."""
    if pd.api.types.is_datetime64_any_dtype(column):
        texts = column.dt.strftime("%Y-%m-%d")
        return [t if isinstance(t, str) else None for t in texts]
    longest = LONGEST.get(name)
    found: list[Any] = [bool(v) if isinstance(v, np.bool_) else v for v in column]
    found = [None if v is None or (isinstance(v, float) and np.isnan(v)) else v for v in found]
    return [None if longest and isinstance(v, str) and len(v) > longest else v for v in found]
