"""Case records written as the children in need census: an XML a year to 31 March, valid by the schema of its year.

What a census has no place for (contacts, early help, strategy discussions, care, teams) is left out; `lost` counts it.
What it wants and case records do not have (UPN, factors of an assessment, reviews) is left out where it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.codes import ABUSE, ETHNICITY, EXIT_OF_CLOSURE, NEED, SOURCE
from flowmap.export import cin_xml as xml
from flowmap.export.cin_place import Placed, in_year, place
from flowmap.measures.working_days import bank_holidays

SCHEMAS = range(2022, 2027)
TRUTHFUL = 2025  # the first schema that allows 0 as the number of earlier protection plans
SEX_SINCE = 2025  # GenderCurrent before
EARLY_HELP_SINCE = 2023  # source 5D and reason RC9
GENDERS = {"M": "1", "F": "2"}
AUTHORITY = "999"  # no council has this number
CONFERENCE_WITHIN = 15  # working days
PORTION = 5000  # children written at a time


def schema_of(year: int) -> int:
    """The schema that the census of a year is written by: its own; 2026 for later years, 2025 for earlier ones.

    Earlier years take 2025 because the schemas of 2022 to 2024 allow neither 0 earlier plans nor (2022) reason RC9.
    """
    return TRUTHFUL if year < SCHEMAS[0] else min(year, SCHEMAS[-1])


def write(tables: Mapping[str, pa.Table], folder: str | Path, as_of: int, *, schema: int | None = None) -> list[Path]:
    """The censuses of all years with a child in need up to `as_of` (ms): `cin_2015.xml` (to 31 March 2015), ….

    A file says what was known at its year's end: what comes later is left blank and is in the next. `schema` (2022 to
    2026) is used for all years instead of the one of each year. Returns the files written; see also `lost`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    placed, end = place(tables), pd.Timestamp(np.datetime64(as_of, "ms").astype("datetime64[D]"))
    written = []
    for year in _years(placed, end):
        last = min(pd.Timestamp(f"{year}-03-31"), end)
        children = _Year(placed, pd.Timestamp(f"{year - 1}-04-01"), last, schema or schema_of(year)).children()
        if len(children):
            path = folder / f"cin_{year}.xml"
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(_document(children, year, last))
            written.append(path)
    return written


def lost(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many records of each kind no census carries: kinds that it does not have, and records in no episode."""
    return place(tables).lost


def _years(placed: Placed, end: pd.Timestamp) -> range:
    starts = [placed.episodes["date"].min(), *(p[p.columns[1]].min() for p in placed.parts.values())]
    known = [s for s in starts if not pd.isna(s)]
    return range(_census_year(min(known)), _census_year(end) + 1) if known else range(0)


def _census_year(day: pd.Timestamp) -> int:
    return int(day.year + (day.month > 3))


def _document(children: pa.Array, year: int, last: pd.Timestamp) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<Message>\n  <Header>\n    <CollectionDetails>\n'
        f"      <Collection>CIN</Collection>\n      <Year>{year}</Year>\n"
        f"      <ReferenceDate>{last:%Y-%m-%d}</ReferenceDate>\n    </CollectionDetails>\n    <Source>\n"
        f"      <SourceLevel>L</SourceLevel>\n      <LEA>{AUTHORITY}</LEA>\n"
        "      <SoftwareCode>flowmap</SoftwareCode>\n      <SerialNo>001</SerialNo>\n"
        f"      <DateTime>{last:%Y-%m-%d}T00:00:00</DateTime>\n    </Source>\n  </Header>\n  <Children>\n"
    )
    for at in range(0, len(children), PORTION):
        yield "".join(children[at : at + PORTION].to_pylist())
    yield "  </Children>\n</Message>\n"


def _targets(start: pd.Series) -> pa.Array:
    """The day by which a conference is due: 15 working days after the enquiry began (Working Together)."""
    found = start.to_numpy().astype("datetime64[D]")
    known = ~np.isnat(found)
    if known.any():
        years = found[known].astype("datetime64[Y]").astype(int) + 1970
        off = np.array(bank_holidays(int(years.min()), int(years.max()) + 1), dtype="datetime64[D]")
        found[known] = np.busday_offset(found[known], CONFERENCE_WITHIN, roll="backward", holidays=off)
    return pa.array(found).cast(pa.string())


class _Year:
    """One census: the elements of every child in it, in the order of the schema."""

    def __init__(self, placed: Placed, first: pd.Timestamp, last: pd.Timestamp, schema: int) -> None:
        if schema not in SCHEMAS:
            raise ValueError(f"there are schemas from {SCHEMAS[0]} to {SCHEMAS[-1]}, not of {schema}")
        self.last, self.schema = last, schema
        here, parts = in_year(placed, first, last)
        number = np.cumsum(here) - 1
        self.episodes = placed.episodes[here]
        self.parts = {kind: placed.parts[kind][chosen] for kind, chosen in parts.items()}
        self.of = {kind: number[part["episode"].to_numpy()] for kind, part in self.parts.items()}
        self.persons = placed.persons
        later = schema >= EARLY_HELP_SINCE
        self.sources = {c: c for c in SOURCE if len(c) > 1 or c not in "135"} | ({} if later else {"5D": "5B"})
        self.sources |= {"1": "1A", "3": "3A", "5": "5A"}  # sources known only by their group
        self.reasons = {c: c for c in EXIT_OF_CLOSURE} | ({} if later else {"RC9": "RC8"})

    def children(self) -> pa.Array:
        """The <Child> of each child, in order of its identifier."""
        child = self.episodes["child"].to_numpy()
        new = np.ones(len(child), bool)
        new[1:] = child[1:] != child[:-1]
        people = self.persons.reindex(child[new])
        details = xml.joined(self._details(), np.cumsum(new) - 1, int(new.sum()))
        return xml.around("Child", [self._identifiers(people), self._characteristics(people), details], 2)

    def _identifiers(self, people: pd.DataFrame) -> pa.Array:
        unborn = people["birth"] > self.last
        birth = people["birth"]
        sex = ("Sex", ("M", "F"), "U") if self.schema >= SEX_SINCE else ("GenderCurrent", GENDERS, "0")
        return xml.around(
            "ChildIdentifiers",
            [
                xml.line("LAchildID", xml.escaped(people.index.to_series()), 4),
                xml.line("PersonBirthDate", xml.days(birth.where(~unborn), self.last), 4),
                xml.line("ExpectedPersonBirthDate", xml.days(birth.where(unborn), pd.Timestamp.max), 4),
                xml.line(sex[0], xml.codes(people["sex"], sex[1], sex[2]), 4),
                xml.line("PersonDeathDate", xml.days(people["died"], self.last), 4),
            ],
            3,
        )

    def _characteristics(self, people: pd.DataFrame) -> pa.Array:
        # Case records know that there is a disability and not which: DDA is "other".
        code = xml.codes(people["disability"].map({True: "DDA", False: "NONE"}), ("DDA", "NONE"), None)
        group = xml.around("Disabilities", [xml.line("Disability", code, 5)], 4)
        ethnicity = xml.line("Ethnicity", xml.codes(people["ethnicity"], frozenset(ETHNICITY), "NOBT"), 4)
        return xml.around("ChildCharacteristics", [ethnicity, pc.if_else(code.is_valid(), group, "")], 3)

    def _details(self) -> pa.Array:
        known = self.episodes
        closed = xml.days(known["closed"], self.last)
        reason = pc.if_else(closed.is_valid(), xml.codes(known["reason"], self.reasons, None), None)
        nfa = (known["nfa"] == True) & (known["stop"] <= self.last)  # noqa: E712 - null is not true
        inside = [
            xml.line("CINreferralDate", xml.days(known["date"], self.last), 4),
            xml.line("ReferralSource", xml.codes(known["source"], self.sources, "10"), 4),
            xml.line("PrimaryNeedCode", xml.codes(known["need"], frozenset(NEED), None), 4),
            xml.line("CINclosureDate", closed, 4),
            xml.line("ReasonForClosure", reason, 4),
            self._inside("icpc", xml.line("DateOfInitialCPC", xml.days(self.parts["icpc"]["date"], self.last), 4)),
            self._inside("assessment", self._assessments()),
            self._inside("cin_plan", self._cin_plans()),
            self._inside("s47", self._enquiries()),
            xml.line("ReferralNFA", xml.flags(nfa, "1", "0"), 4),
            self._inside("cp_plan", self._cp_plans()),
        ]
        return xml.around("CINdetails", inside, 3)

    def _inside(self, kind: str, texts: pa.Array) -> pa.Array:
        return xml.joined(texts, self.of[kind], len(self.episodes))

    def _assessments(self) -> pa.Array:
        known = self.parts["assessment"]
        return self._dates(
            "Assessments", known, AssessmentActualStartDate="start", AssessmentAuthorisationDate="authorised"
        )

    def _cin_plans(self) -> pa.Array:
        return self._dates("CINPlanDates", self.parts["cin_plan"], CINPlanStartDate="start", CINPlanEndDate="end")

    def _dates(self, name: str, known: pd.DataFrame, **columns: str) -> pa.Array:
        return xml.around(name, [xml.line(n, xml.days(known[c], self.last), 5) for n, c in columns.items()], 4)

    def _enquiries(self) -> pa.Array:
        known = self.parts["s47"]
        refused = (known["conference"] == False) & known["held"].isna()  # noqa: E712 - null is not false
        inside = [
            xml.line("S47ActualStartDate", xml.days(known["start"], self.last), 5),
            xml.line("InitialCPCtarget", _targets(known["start"].mask(refused)), 5),
            xml.line("DateOfInitialCPC", xml.days(known["held"], self.last), 5),
            xml.line("ICPCnotRequired", xml.flags(refused, "1", "0"), 5),
        ]
        return xml.around("Section47", inside, 4)

    def _cp_plans(self) -> pa.Array:
        known = self.parts["cp_plan"]
        first, latest = known["category"], known["latest_category"]
        # The schema wants both categories and the number; an unknown category is "multiple / not recommended".
        least = 0 if self.schema >= TRUTHFUL else 1
        previous = pd.to_numeric(known["previous"]).fillna(0).clip(lower=least).astype("int64")
        inside = [
            xml.line("CPPstartDate", xml.days(known["start"], self.last), 5),
            xml.line("CPPendDate", xml.days(known["end"], self.last), 5),
            xml.line("InitialCategoryOfAbuse", xml.codes(first.fillna(latest), frozenset(ABUSE), "MUL"), 5),
            xml.line("LatestCategoryOfAbuse", xml.codes(latest.fillna(first), frozenset(ABUSE), "MUL"), 5),
            xml.line("NumberOfPreviousCPP", pa.array(previous.to_numpy()), 5),
        ]
        return xml.around("ChildProtectionPlans", inside, 4)
