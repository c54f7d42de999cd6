"""The kinds of case record and their columns: the one shape that every council format is read into and written from.

Codes are the Department for Education's own (census code sets) wherever it has any, kept as they stand in the file
without the letter prefix of Annex A; a code that no set knows is kept as it is. Dates are instants in ms; where a
source gives no time of day they are midnight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from flowmap.quality import QualityReport

TIME = pa.timestamp("ms")
TYPES: dict[str, pa.DataType] = {
    "time": TIME,
    "code": pa.string(),
    "flag": pa.bool_(),
    "number": pa.int32(),
    "key": pa.string(),
}


@dataclass(frozen=True)
class Field:
    """A column of a kind of record. A "key" joins records (a source's own record id); it never leaves memory."""

    name: str
    type: Literal["time", "code", "flag", "number", "key"]
    meaning: str


@dataclass(frozen=True)
class Kind:
    """A kind of record: what it is called, which column dates it, and its columns.

    `when` with the child identifies a record: two files that have a record of one child, kind and day speak of the
    same one. A person has no `when`: there is one record of each child.
    """

    name: str
    label: str
    when: str | None
    fields: tuple[Field, ...]

    def schema(self) -> pa.Schema:
        """Columns of a table of this kind: `child`, the fields, and where each record stood in its file.

        `row` counts as the file does (a sheet's row, a CSV's row, the n-th child of an XML); `place` names the sheet
        or element. Only `child` and `row` (and `when`) are never null.
        """
        columns = [pa.field("child", pa.string(), nullable=False)]
        columns += [pa.field(f.name, TYPES[f.type], nullable=f.name != self.when) for f in self.fields]
        columns += [
            pa.field("row", pa.int64(), nullable=False),
            pa.field("place", pa.dictionary(pa.int32(), pa.string())),
        ]
        return pa.schema(columns)


def _kind(name: str, label: str, when: str | None, **fields: tuple[str, str]) -> Kind:
    return Kind(name, label, when, tuple(Field(n, t, m) for n, (t, m) in fields.items()))  # type: ignore[arg-type]


TEAM = ("code", "the team that holds the case")
REF = ("key", "the source's own id of this record")
REFERRAL = ("key", "`ref` of the referral (episode) that this record belongs to")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "person",
            "Child",
            None,
            birth=("time", "date of birth; for the unborn, the expected date"),
            sex=("code", "F, M, U"),
            ethnicity=("code", "DfE ethnicity, such as WBRI"),
            disability=("flag", "a disability is recorded"),
            family=("key", "the same for siblings"),
            died=("time", "date of death"),
            uasc=("flag", "unaccompanied asylum-seeking child"),
            care_leaver=("code", "eligibility of a care leaver"),
        ),
        _kind(
            "contact",
            "Contact",
            "date",
            date=("time", "received"),
            source=("code", "DfE referral source, such as 6 or 1A"),
            outcome=("code", "referral, early_help, nfa, other"),
            team=TEAM,
            ref=REF,
        ),
        _kind(
            "early_help",
            "Early help",
            "start",
            start=("time", "begun"),
            end=("time", "ended"),
            reason=("code", "why it ended: closed, referral, other"),
            team=TEAM,
            ref=REF,
        ),
        _kind(
            "referral",
            "Referral",
            "date",
            date=("time", "received"),
            source=("code", "DfE referral source"),
            need=("code", "DfE primary need, N0 to N9"),
            nfa=("flag", "no further action was decided on the referral"),
            nfa_date=("time", "when that was decided, where known"),
            closed=("time", "the episode of need that it began was closed"),
            reason=("code", "DfE reason for closure, RC1 to RC9"),
            team=TEAM,
            ref=REF,
        ),
        _kind(
            "assessment",
            "Child and family assessment",
            "start",
            start=("time", "begun"),
            authorised=("time", "completed and authorised"),
            support=("flag", "found to need the authority's support"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind("strategy", "Strategy discussion", "date", date=("time", "held"), team=TEAM, ref=REF, referral=REFERRAL),
        _kind(
            "s47",
            "Section 47 enquiry",
            "start",
            start=("time", "begun"),
            end=("time", "completed"),
            conference=("flag", "an initial conference was found necessary"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind(
            "icpc",
            "Initial child protection conference",
            "date",
            date=("time", "held"),
            plan=("flag", "it resulted in a child protection plan"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind(
            "cin_plan",
            "Child in need plan",
            "start",
            start=("time", "begun"),
            end=("time", "ended"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind(
            "cp_plan",
            "Child protection plan",
            "start",
            start=("time", "begun"),
            end=("time", "ended"),
            category=("code", "initial category of abuse: NEG, PHY, SAB, EMO, MUL"),
            latest_category=("code", "latest category of abuse"),
            previous=("number", "earlier child protection plans of the child"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind(
            "care",
            "Period of care",
            "start",
            start=("time", "became looked after"),
            end=("time", "ceased to be looked after"),
            reason=("code", "DfE reason the episode ceased (REC), such as E4A"),
            need=("code", "DfE category of need, N1 to N8"),
            team=TEAM,
            ref=REF,
            referral=REFERRAL,
        ),
        _kind(
            "legal_status",
            "Legal status",
            "start",
            start=("time", "from"),
            end=("time", "until"),
            status=("code", "DfE legal status, such as C1, C2, E1, V2"),
            ref=REF,
        ),
        _kind(
            "placement",
            "Placement",
            "start",
            start=("time", "from"),
            end=("time", "until"),
            type=("code", "DfE placement type, such as U1"),
            provider=("code", "DfE placement provider, such as PR1"),
            ref=REF,
        ),
        _kind(
            "pre_proceedings",
            "Pre-proceedings",
            "start",
            start=("time", "letter before proceedings, or the meeting that decided it"),
            end=("time", "ended"),
            outcome=("code", "how it ended"),
            ref=REF,
        ),
        _kind(
            "proceedings",
            "Care proceedings",
            "application",
            application=("time", "date of application"),
            final=("time", "date of the final order"),
            order=("code", "order made, as written"),
            case=("key", "the court's or the legal department's number of the case"),
            ref=REF,
        ),
        _kind(
            "adoption",
            "Adoption",
            "decision",
            decision=("time", "decided that the child should be placed for adoption"),
            placement_order=("time", "placement order made"),
            placed=("time", "placed for adoption"),
            order=("time", "adoption order made"),
            reversed=("time", "decided that the child should no longer be placed"),
            ref=REF,
        ),
    )
}


@dataclass
class Casework:
    """The case records of one file or database.

    `tables` holds a table a kind that the file has. `report` counts the file's own rows (rows read = rows kept + rows
    dropped; a row that made at least one record is kept). `as_of` is the day up to which the extract speaks (ms): of
    two extracts the later decides. `said` are sentences on how the file was understood; `unknown` are sentences on
    what the format cannot know, for the page. `aside` is what a reader needs later and no dataset may hold
    (identities to match on): in memory only, and gone when the files of a build have been joined.
    """

    file: str
    format: str
    tables: dict[str, pa.Table]
    report: QualityReport
    as_of: int
    bytes: int = 0
    sha256: str = ""
    said: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    aside: Any = None


def table(kind: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table of a kind from some of its columns (arrays or lists, cast to the kind's types); the others are null."""
    schema = KINDS[kind].schema()
    unknown = set(columns) - set(schema.names)
    if unknown:
        raise ValueError(f"{kind} has no column {', '.join(sorted(unknown))}")
    size = len(next(iter(columns.values()))) if columns else 0
    made = []
    for each in schema:
        given = columns.get(each.name)
        made.append(pa.nulls(size, each.type) if given is None else _cast(given, each.type))
    return pa.table(dict(zip(schema.names, made, strict=True)), schema=schema)


def empty(kind: str) -> pa.Table:
    """A table of a kind without rows."""
    return KINDS[kind].schema().empty_table()


def _cast(values: Any, kind: pa.DataType) -> Any:
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
    if array.type == kind:
        return array
    if pa.types.is_dictionary(kind):
        text = array.cast(pa.string()) if not pa.types.is_dictionary(array.type) else array
        return text.dictionary_encode() if not pa.types.is_dictionary(text.type) else text.cast(kind)
    return array.cast(kind)
