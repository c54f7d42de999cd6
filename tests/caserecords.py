"""Small tables of case records for tests: from columns, and generated; and what of them is equal after a round trip."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from flowmap.casework.kinds import KINDS, table

FIRST = dt.date(2015, 1, 1)
CODES = {
    ("person", "sex"): "F M U",
    ("person", "ethnicity"): "WBRI MOTH NOBT",
    ("person", "care_leaver"): "Relevant Eligible",
    ("contact", "source"): "1A 6 5B",
    ("contact", "outcome"): "referral nfa other",
    ("early_help", "reason"): "closed referral other",
    ("referral", "source"): "1A 6 5B",
    ("referral", "need"): "N1 N5 N9",
    ("referral", "reason"): "RC1 RC7 RC8",
    ("cp_plan", "category"): "NEG PHY SAB EMO MUL",
    ("cp_plan", "latest_category"): "NEG PHY SAB EMO MUL",
    ("care", "reason"): "E4A E11 E8",
    ("care", "need"): "N1 N2",
    ("legal_status", "status"): "C1 C2 E1 V2",
    ("placement", "type"): "U1 K2",
    ("placement", "provider"): "PR1 PR4",
    ("pre_proceedings", "outcome"): "Decision to step down,Decision to Issue Care Proceedings",
}


def day(text: str) -> dt.datetime:
    """A date (or date and time) as the tables take it."""
    return dt.datetime.fromisoformat(text)


def made(kind: str, **columns: Any) -> pa.Table:
    """A table of a kind, numbered as rows 1, 2, …; a column given as one value is that in every row."""
    size = max(len(c) for c in columns.values() if isinstance(c, list))
    full = {name: c if isinstance(c, list) else [c] * size for name, c in columns.items()}
    return table(kind, {**full, "row": list(range(1, size + 1))})


def records(given: pa.Table, without: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """The records of a table in an order of their own, without the fields that the format cannot carry."""
    names = [n for n in given.column_names if n not in {"row", "place", *without}]
    rows = zip(*(given.column(n).to_pylist() for n in names), strict=True) if names else []
    return sorted(rows, key=str)


@st.composite
def tables(draw: st.DrawFn, kinds: Collection[str]) -> dict[str, pa.Table]:
    """Case records of a few children: any field may be blank but the day; periods of care do not overlap."""
    children = [f"C{i}" for i in range(draw(st.integers(1, 4)))]
    return {kind: draw(_care(children) if kind == "care" else _records(kind, children)) for kind in kinds}


@st.composite
def _records(draw: st.DrawFn, kind: str, children: list[str]) -> pa.Table:
    if kind == "person":
        own = draw(st.lists(st.sampled_from(children), unique=True))
    else:
        own = draw(st.lists(st.sampled_from(children), max_size=6))
    columns: dict[str, Any] = {"child": own}
    for field in KINDS[kind].fields:
        value = _value(kind, field.name, field.type)
        columns[field.name] = [
            draw(value if field.name == KINDS[kind].when else st.none() | value) if value is not None else None
            for _ in own
        ]
    if "ref" in columns:
        columns["ref"] = [f"{kind}{i}" for i in range(len(own))]
    return table(kind, {**columns, "row": list(range(1, len(own) + 1))})


def _value(kind: str, field: str, form: str) -> st.SearchStrategy[Any] | None:
    """What a field may hold; None for one that stays blank (teams apart, the links between records are made later)."""
    if form == "time":
        return st.integers(0, 3000).map(lambda n: dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(days=n))
    if form == "flag":
        return st.booleans()
    if (kind, field) in CODES:
        words = CODES[kind, field]
        return st.sampled_from(words.split("," if "," in words else " "))
    if field in ("team", "family"):
        return st.sampled_from(["T1", "T2"])
    return None


@st.composite
def _care(draw: st.DrawFn, children: list[str]) -> pa.Table:
    found: dict[str, list[Any]] = {name: [] for name in ("child", "start", "end", "reason", "need", "ref", "row")}
    for child in children:
        days = sorted(draw(st.lists(st.integers(0, 3000), unique=True, max_size=5)))
        for at in range(0, len(days), 2):
            ended = at + 1 < len(days)
            found["child"].append(child)
            found["start"].append(dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(days=days[at]))
            end = dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(days=days[at + 1]) if ended else None
            found["end"].append(end)
            found["reason"].append(draw(st.sampled_from(CODES["care", "reason"].split())) if ended else None)
            found["need"].append(draw(st.sampled_from(["N1", "N2"])))
            found["ref"].append(f"P{len(found['ref'])}")
            found["row"].append(len(found["row"]) + 1)
    return table("care", found)


def assert_carried(
    given: Mapping[str, pa.Table], got: Mapping[str, pa.Table], lost: Mapping[str, Collection[str]]
) -> None:
    """Every record is there again with every field but those that the format loses (kind -> fields)."""
    for kind, table_ in given.items():
        if kind == "person":  # a child of whom nothing is known need not be there
            continue
        back = got.get(kind, KINDS[kind].schema().empty_table())
        assert records(back, lost.get(kind, ())) == records(table_, lost.get(kind, ())), kind
        assert back.schema.equals(KINDS[kind].schema())
