"""Legal files and social care's, joined: who the children are, what dates they have, and the links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import Casework
from flowmap.linkage import passes
from flowmap.linkage.decisions import Decisions
from flowmap.linkage.passes import WINDOW, Links
from flowmap.linkage.people import DAY, NO_DAY, People, sex_code, with_zeros

# Dates of social care that a final order, and that an application, may have brought about.
FINAL_DATES = (
    ("legal_status", "start"),
    ("care", "end"),
    ("adoption", "placement_order"),
    ("adoption", "order"),
    ("cp_plan", "end"),
)
BY_COURT = "^[CDEL]"  # care, freeing, placement and emergency orders; V2 is by agreement, J1 to J3 youth justice
APPLICATION_DATES = (("legal_status", "start"), ("care", "start"), ("pre_proceedings", "end"))


@dataclass
class Linked:
    """The links of all legal rows, in the order of the legal files, and what a report on them needs.

    `legal` and `social` hold identities: `legal` a row a legal row (also with `file` and `sheet`), `social` a row a
    child (birth in days, sex, ethnicity). `children` are the social care ids that the links' codes count.
    """

    links: Links
    legal: People
    social: People
    children: pd.Index

    def ids(self) -> list[str | None]:
        """The child of each legal row, None where it is not linked."""
        ids = [*self.children.tolist(), None]
        return [ids[code] for code in self.links.child]


def link(
    legal: Sequence[People],
    rosters: Sequence[People],
    casework: Sequence[Casework],
    decisions: Decisions | None = None,
    window: int = WINDOW,
) -> Linked:
    """The child of every row of the legal files, as far as it can be known. `casework` are social care's own files."""
    rows = pd.concat([part.frame.assign(file=part.file, sheet=part.sheets()) for part in legal], ignore_index=True)
    roster = pd.concat([_NO_PEOPLE, *(part.frame for part in rosters)], ignore_index=True)
    persons = _persons(casework)
    there = pd.Index(
        pd.unique(pd.concat([roster["child"], persons["child"], *(_children(c) for c in casework)], ignore_index=True))
    )
    rows["child"] = with_zeros(rows["child"], there)
    own = pd.Index(pd.unique(rows["child"]))
    children = there.union(own[own != ""], sort=False)
    code = children.get_indexer(pd.Index(rows["child"]))
    known = (code >= 0) & (code < len(there))  # `there` comes first
    rows["known"], rows["foreign"] = np.where(known, code, -1), np.where(known, -1, code)
    people = _completed(roster, persons, there)
    people["child"] = children.get_indexer(pd.Index(people["child"]))
    decided = None if decisions is None else decisions.of(rows, children)
    links = passes.match(rows, people, _court(casework, children), window, decided)
    social = people.drop_duplicates("child").sort_values("child", ignore_index=True)
    return Linked(links, People("", rows), People("", social), children)


_NO_PEOPLE = pd.DataFrame(
    {c: pd.Series(dtype=object) for c in ("child", "surname", "initials", "forename", "sex", "ethnicity")}
    | {"birth": pd.Series(dtype=np.int64)}
)


def _children(part: Casework) -> pd.Series:
    found = [pc.unique(table.column("child")).to_pandas() for table in part.tables.values()]
    return pd.concat(found, ignore_index=True) if found else pd.Series(dtype=object)


def _persons(casework: Sequence[Casework]) -> pd.DataFrame:
    """What social care's own files say of each child: date of birth, sex, ethnicity."""
    found = [_NO_PEOPLE[["child", "birth", "sex", "ethnicity"]]]
    for part in casework:
        if "person" in part.tables:
            table = part.tables["person"]
            found.append(
                pd.DataFrame(
                    {
                        "child": table.column("child").to_pandas(),
                        "birth": days(table.column("birth")),
                        "sex": table.column("sex").to_pandas().fillna("").map(sex_code),
                        "ethnicity": table.column("ethnicity").to_pandas().fillna(""),
                    }
                )
            )
    return pd.concat(found, ignore_index=True).drop_duplicates("child", keep="last")


def _completed(roster: pd.DataFrame, persons: pd.DataFrame, there: pd.Index) -> pd.DataFrame:
    """The roster, its blanks filled from the other files, and the children whom only those know."""
    if len(roster):
        more = persons.set_index("child").reindex(roster["child"])
        birth = roster["birth"].to_numpy(np.int64)
        roster = roster.assign(
            birth=np.where(birth == NO_DAY, more["birth"].fillna(NO_DAY).to_numpy(np.int64), birth),
            sex=np.where(roster["sex"] == "", more["sex"].fillna(""), roster["sex"]),
            ethnicity=np.where(roster["ethnicity"] == "", more["ethnicity"].fillna(""), roster["ethnicity"]),
        )
    absent = persons[~persons["child"].isin(roster["child"])].assign(surname="", initials="", forename="")
    people = pd.concat([roster, absent], ignore_index=True)
    unseen = there.difference(pd.Index(people["child"]), sort=False)
    rest = pd.DataFrame({"child": unseen}).assign(
        surname="", initials="", forename="", birth=NO_DAY, sex="", ethnicity=""
    )
    people = pd.concat([people, rest], ignore_index=True)
    return people.astype({"birth": np.int64})


def _court(casework: Sequence[Casework], children: pd.Index) -> pd.DataFrame:
    """(child, day, final, order) of all dates of social care that the court may have set; `order`: only it can have."""
    found = []
    for final, columns in ((True, FINAL_DATES), (False, APPLICATION_DATES)):
        for part in casework:
            for kind, column in columns:
                if kind in part.tables:
                    table = part.tables[kind]
                    child = children.get_indexer(table.column("child").to_pandas())
                    order: Any = kind == "adoption"
                    if kind == "legal_status":
                        order = pc.fill_null(
                            pc.match_substring_regex(table.column("status"), BY_COURT), False
                        ).to_numpy()
                    day = days(table.column(column))
                    found.append(pd.DataFrame({"child": child, "day": day, "final": final, "order": order}))
    if not found:
        return pd.DataFrame({"child": [], "day": [], "final": [], "order": []}).astype(
            {"child": np.int64, "day": np.int64, "final": bool, "order": bool}
        )
    court = pd.concat(found, ignore_index=True)
    return court[court["day"] != NO_DAY].drop_duplicates()


def days(column: Any) -> Any:
    """A column of times as days since 1970, NO_DAY where there is none."""
    ms = pc.floor_temporal(column, unit="day").cast(pa.int64())
    return pc.fill_null(pc.divide(ms, DAY), int(NO_DAY)).to_numpy()
