"""Each pass on rows made by hand: what it links, what it asks, and what it must not link."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flowmap.casework import Casework, table
from flowmap.linkage.link import Linked, link
from flowmap.linkage.people import NO_DAY, People, identities
from flowmap.linkage.report import HIDDEN, MASKED, hidden, report
from flowmap.quality import QualityReport

BORN, OTHER, APPLIED, FINAL = "2015-03-04", "2011-11-30", "2023-02-01", "2023-09-20"
ROSTER: list[dict[str, str]] = [
    {"child": "1", "surname": "Pemberley", "forename": "James Arthur", "birth": BORN, "sex": "M"},
    {"child": "2", "surname": "Quillfeather", "forename": "Ada", "birth": BORN, "sex": "F"},
    {"child": "3", "surname": "Quillfeather", "forename": "Alma", "birth": BORN, "sex": "F"},
    {"child": "4", "surname": "Thornwick-Hale", "forename": "Kit", "birth": OTHER, "sex": "M"},
]


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(int)) if text else int(NO_DAY)


def people(file: str, rows: list[dict[str, str]]) -> People:
    def column(name: str) -> list[str]:
        return [row.get(name, "") for row in rows]

    texts: dict[str, Any] = {n: column(n) for n in ("child", "surname", "forename", "initials", "sex", "ethnicity")}
    frame = identities(len(rows), birth=np.array([day(b) for b in column("birth")]), **texts)
    for name in ("application", "final"):
        frame[name] = [day(text) for text in column(name)]
    frame["order"], frame["case"], frame["row"] = column("order"), column("case"), range(2, len(rows) + 2)
    return People(file, frame)


def court(child: str, *, final: str = FINAL, applied: str = APPLIED, status: str = "C2") -> Casework:
    when = [dt.datetime.fromisoformat(text) for text in (applied, final)]
    made = table("legal_status", {"child": [child] * 2, "start": when, "status": ["C1", status], "row": [1, 2]})
    return Casework("903", "ssda903", {"legal_status": made}, QualityReport(), as_of=0)


def linked(
    *rows: dict[str, str], social: tuple[Casework, ...] = (), roster: list[dict[str, str]] | None = None
) -> Linked:
    full = [{"application": APPLIED, "final": FINAL, **row} for row in rows]
    return link([people("legal", full)], [people("roster", ROSTER if roster is None else roster)], list(social))


def outcome(found: Linked) -> list[tuple[str | None, str]]:
    return list(zip(found.ids(), found.links.by.tolist(), strict=True))


PEMBERLEY = {"surname": "PEMBERLEY", "initials": "J"}


@pytest.mark.parametrize(
    ("row", "by"),
    [
        ({"child": "1"}, "id"),
        ({"child": "1", "surname": "Married", "initials": "J", "birth": BORN}, "id"),
        ({**PEMBERLEY, "birth": BORN}, "name_birth"),
        ({**PEMBERLEY, "initials": "JA", "birth": BORN}, "name_birth"),
        ({**PEMBERLEY, "birth": BORN, "sex": "F"}, "name_birth"),
        ({**PEMBERLEY}, "name_date"),
        ({**PEMBERLEY, "birth": "2015-03-05"}, "name_date"),
        ({**PEMBERLEY, "final": "2023-09-27"}, "name_date"),
        ({**PEMBERLEY, "birth": "2015-04-03", "application": "2020-01-01", "final": ""}, "swapped"),
        ({**PEMBERLEY, "surname": "Pemberly", "birth": BORN}, "spelling"),
        ({**PEMBERLEY, "surname": "Pemberly"}, "spelling"),
        ({**PEMBERLEY, "surname": "Pemberley-Smith", "birth": BORN}, "spelling"),
        ({"birth": BORN}, "birth_date"),
    ],
)
def test_each_pass_finds_the_child_that_it_is_for(row: dict[str, str], by: str) -> None:
    assert outcome(linked(row, social=(court("1"),))) == [("1", by)]


@pytest.mark.parametrize(
    "row",
    [
        {**PEMBERLEY, "initials": "K", "birth": BORN},  # a brother or sister, perhaps a twin
        {**PEMBERLEY, "initials": "JB", "birth": BORN},
        {**PEMBERLEY, "birth": OTHER},
        {**PEMBERLEY, "final": "2020-09-20", "application": "2020-02-01"},
        {**PEMBERLEY, "sex": "F"},  # no date of birth, and a girl
        {"surname": "Smith", "initials": "J", "birth": BORN},
        {"surname": "Pemberley"},
    ],
)
def test_what_could_be_another_child_is_not_linked(row: dict[str, str]) -> None:
    assert outcome(linked(row, social=(court("1"),))) == [(None, "")]


def test_one_date_of_the_court_alone_is_asked_after_and_not_linked() -> None:
    agreed = court("1", applied="2022-01-01", final="2023-09-18", status="V2")
    found = linked(PEMBERLEY, social=(agreed,))
    assert outcome(found) == [(None, "")]
    assert report(found, {}).review[0]["candidates"] == "1"
    same_day = court("1", applied="2022-01-01")
    assert outcome(linked(PEMBERLEY, social=(same_day,))) == [("1", "name_date")]
    assert outcome(linked({**PEMBERLEY, "final": ""}, social=(court("1"),))) == [("1", "name_date")]


def test_twins_with_one_initial_are_asked_after_unless_more_is_known() -> None:
    row = {"surname": "Quillfeather", "initials": "A", "birth": BORN}
    found = linked(row)
    assert outcome(found) == [(None, "")]
    assert sorted(report(found, {}).review[0]["candidates"].split()) == ["2", "3"]
    assert outcome(linked({**row, "initials": "", "forename": "Alma"})) == [("3", "name_birth")]
    assert outcome(linked(row, social=(court("2"),))) == [("2", "name_birth")]


def test_a_twin_who_is_not_on_the_roster_does_not_take_the_others_place() -> None:
    only = [ROSTER[1]]
    rows = [{"surname": "Quillfeather", "forename": name, "birth": BORN, "case": "X1"} for name in ("Ada", "Alma")]
    found = linked(*rows, roster=only)
    assert outcome(found) == [(None, ""), (None, "")]
    assert len(report(found, {}).review) == 2


def test_an_id_that_no_other_file_has_is_a_child_of_its_own() -> None:
    assert outcome(linked({"child": "77"})) == [("77", "id_only")]
    assert outcome(linked({"child": "77", **PEMBERLEY, "birth": BORN})) == [("1", "name_birth")]


def test_leading_zeros_that_excel_took_away_are_put_back_where_one_child_has_them() -> None:
    roster = [{**ROSTER[0], "child": "007"}, {**ROSTER[1], "child": "08"}, {**ROSTER[2], "child": "008"}]
    found = linked({"child": "7"}, {"child": "8"}, {"child": "08"}, roster=roster)
    assert outcome(found) == [("007", "id"), ("8", "id_only"), ("08", "id")]


def test_an_id_of_a_child_with_another_name_and_birth_is_asked_after() -> None:
    found = linked({"child": "4", "surname": "Marchbanks", "initials": "Z", "birth": "2009-07-07"})
    assert outcome(found) == [(None, "")]
    assert report(found, {}).review[0]["candidates"] == "4"


def test_former_names_on_the_roster_are_one_child() -> None:
    former = [*ROSTER, {"child": "1", "surname": "Marchbanks", "forename": "James", "birth": BORN}]
    row = {"surname": "Marchbanks", "initials": "J", "birth": BORN}
    assert outcome(linked(row, {**PEMBERLEY, "birth": BORN}, roster=former)) == [("1", "name_birth")] * 2


def test_nothing_to_link_to_is_no_error() -> None:
    assert outcome(linked({**PEMBERLEY, "birth": BORN}, roster=[])) == [(None, "")]
    assert outcome(linked({"child": "5"}, roster=[])) == [("5", "id_only")]


def test_counts_below_six_are_hidden_and_cannot_be_had_by_subtraction() -> None:
    assert hidden([0, 3, 4, 50]) == [0, HIDDEN, HIDDEN, 50]
    assert hidden([0, 3, 40, 50]) == [0, HIDDEN, MASKED, 50]
    assert hidden([3]) == [HIDDEN]
    assert hidden([6, 7]) == [6, 7]


def test_the_report_sets_linked_beside_unlinked() -> None:
    rows = [{**PEMBERLEY, "birth": BORN, "sex": "M", "ethnicity": "WBRI"}] * 8
    rows += [{"surname": "Nobody", "initials": "Z", "birth": OTHER, "sex": "F", "ethnicity": "APKN"}] * 7
    found = report(linked(*rows), {})
    assert (found.rows, found.linked, round(found.rate, 3)) == (15, 8, 0.533)
    assert {p["pass"]: p["rows"] for p in found.passes if p["rows"]} == {"name_birth": 8}
    assert found.groups["age"] == [
        {"value": "5 to 9", "linked": 8, "unlinked": 0, "share": 1.0},
        {"value": "10 to 15", "linked": 0, "unlinked": 7, "share": 0.0},
    ]
    assert [g["value"] for g in found.groups["ethnicity"]] == ["APKN", "WBRI"]
    assert isinstance(found.to_json(), dict)
    assert "review" not in found.to_json()


def test_identities_that_a_frame_holds_are_not_printed() -> None:
    shown = repr(people("roster", ROSTER)) + repr(linked(PEMBERLEY))
    assert "pember" not in shown.lower()
    assert isinstance(people("roster", ROSTER).frame, pd.DataFrame)


def test_a_name_that_two_children_have_and_nothing_else_to_tell_by_is_asked() -> None:
    found = linked({"surname": "Quillfeather", "initials": "A"})
    assert outcome(found) == [(None, "")]
    asked = found.links.candidates
    assert sorted(found.children[asked["child"]]) == ["2", "3"]
    assert set(asked["why"]) == {"the name fits, and nothing else is known to tell by"}


def test_a_name_that_very_many_have_is_not_asked() -> None:
    many = [{"child": str(i), "surname": "Smith", "forename": "Jo", "birth": BORN} for i in range(6)]
    assert linked({"surname": "Smith", "initials": "J"}, roster=many).links.candidates.empty
    assert len(linked({"surname": "Smith", "initials": "J"}, roster=many[:5]).links.candidates) == 5


def test_a_name_with_another_date_of_birth_is_not_asked() -> None:
    assert linked({**PEMBERLEY, "birth": "2001-01-01"}).links.candidates.empty
