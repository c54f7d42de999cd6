"""Which columns become facets, and what must never enter a dataset."""

from __future__ import annotations

import pytest

from flowmap.eventlog import MISSING
from tests.sources.readable import iso, problems


def log_with(load, name: str, values: list[str], children: list[str] | None = None):
    children = children or [f"C{i}" for i in range(len(values))]
    rows = "".join(
        f'{c},Contact,2024-01-{i % 28 + 1:02},"{v}"\n' for i, (c, v) in enumerate(zip(children, values, strict=True))
    )
    return load(f"child,event,date,{name}\n" + rows)


def reason(log) -> str:
    said = [p.message for p in log.quality.problems if p.rule == "column-left-out"]
    assert len(said) == 1
    assert not log.attributes
    assert not log.children
    return said[0]


def test_a_column_that_never_changes_within_a_child_is_about_the_child(load):
    log = log_with(load, "sex", ["F", "M", "", "F"], ["C1", "C2", "C1", "C1"])
    assert not log.attributes
    sex = log.children["sex"]
    assert [sex.values[c] if c >= 0 else None for c in sex.codes] == ["F", "M"]


def test_a_column_that_changes_within_a_child_is_about_the_event(load):
    log = log_with(load, "team", ["North", "South", "", "East"], ["C1", "C2", "C1", "C1"])
    team = log.attributes["team"]
    assert [team.values[c] if c >= 0 else None for c in team.codes] == ["North", "South", None, "East"]
    assert team.values == ("East", "North", "South")


def test_ages_are_numbers_and_unborn_is_minus_one(load):
    age = log_with(load, "Age", ["3", "-1", "", "17"]).children["Age"]
    assert age.kind == "number"
    assert age.numbers.tolist() == [3, -1, MISSING, 17]


def test_many_whole_numbers_are_a_number_and_few_are_codes(load):
    many = log_with(load, "deprivation", [str(i % 20) for i in range(60)]).children["deprivation"]
    assert (many.kind, many.numbers.tolist()) == ("number", [i % 20 for i in range(60)])
    few = log_with(load, "stage code", [str(i % 3) for i in range(60)]).children["stage code"]
    assert (few.kind, few.values) == ("category", ("0", "1", "2"))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Child Name", ["Ann Other", "Bo Peep"]),
        ("forename", ["Ann", "Bo"]),
        ("SurName", ["Other", "Peep"]),
        ("Social Worker", ["A Smith", "B Jones"]),
        ("org:resource", ["Siebel", "Krzysztof"]),
        ("Post Code", ["AB1", "CD2"]),
        ("Address Line 1", ["1 High Street", "2 Low Road"]),
        ("UPN", ["1", "2"]),
        ("NHS Number", ["1", "2"]),
        ("e-mail", ["x", "y"]),
        ("mobile phone", ["1", "2"]),
        ("Case notes", ["ok", "fine"]),
        ("a", ["AB1 2CD", "M1 1AA"]),
        ("b", ["ann@example.org", "bo@example.org"]),
        ("c", ["07700 900123", "+44 7700 900456"]),
        ("d", ["943 476 5919", "9434765870"]),
        ("e", ["H801200001001", "H80120000100A"]),
        ("f", ["Other, Ann", "Peep, Bo"]),
        ("g", ["Ann said that she would rather not, because of what had happened at the weekend " * 2, "no"] * 2),
        ("g2", ["x" * 59 + " y", "z" * 61]),
        ("h", ["2011-05-06", "2012-07-08"]),
        ("i", ["06/05/2011", "08/07/2012"]),
        ("j", [f"word {i % 201}" for i in range(500)]),
        ("k", [str(1_000_000 + i) for i in range(201)]),
        ("l", [str(i) for i in range(600)]),
        ("worker_id", [f"{i}" for i in range(300)]),
        ("case_id", ["K1", "K2"]),
        ("Other Ref", [f"K{i}" for i in range(30)]),
        ("m", ["1.5", "2.25"] * 10 + [str(i / 7) for i in range(20)]),
        ("n", ["constant"] * 3),
        ("o", ["", ""]),
    ],
)
def test_what_could_tell_who_a_child_is_or_makes_no_facet_is_left_out_with_the_reason(load, name, values):
    log = log_with(load, name, values)
    said = reason(log)
    assert repr(name) in said
    for value in values[:2]:
        if len(value) > 4:
            assert value not in said


def test_codes_of_staff_are_kept_and_names_of_staff_are_not(load):
    assert log_with(load, "worker", ["w1", "w2", "w1"]).children["worker"].values == ("w1", "w2")
    assert "names of staff" in reason(log_with(load, "worker", ["w1", "Ann", "w1"]))


def test_two_hundred_kinds_are_a_facet_and_one_more_is_not(load):
    assert len(log_with(load, "x", [f"team {i % 200}" for i in range(400)]).children["x"].values) == 200
    assert "different values" in reason(log_with(load, "x", [f"team {i % 201}" for i in range(500)]))


def test_a_birth_date_gives_birth_and_nothing_else(load):
    log = load(
        "child,event,date,DOB\nC1,Contact,2024-01-31,2010-05-06\nC1,Contact,2024-02-01,2010-05-06\nC2,Contact,2024-02-01,\n"
    )
    assert [iso(t) for t in log.birth.tolist()] == ["2010-05-06", "-"]
    assert not log.attributes
    assert not log.children


def test_births_before_1950_are_births_and_1900_is_not(load):
    log = load("child,event,date,DOB\nC1,Contact,2024-01-31,1931-05-06\nC2,Contact,2024-02-01,1900-01-01\n")
    assert [iso(t) for t in log.birth.tolist()] == ["1931-05-06", "-"]
    assert problems(log) == {"unreadable-birth": (1, "kept")}


def test_events_long_before_birth_are_kept_and_said_and_those_of_the_unborn_are_not(load):
    log = load("child,event,date,DOB\nC1,Contact,2023-12-01,2024-05-06\nC2,Contact,2020-12-01,2024-05-06\n")
    (problem,) = [p for p in log.quality.problems if p.rule == "before-birth"]
    assert (problem.count, problem.action, problem.examples[0].row) == (1, "kept", 3)
    assert len(log) == 2


def test_two_dates_of_birth_of_one_child_are_said_and_the_first_is_used(load):
    log = load("child,event,date,DOB\nC1,Contact,2024-01-31,2010-05-06\nC1,Contact,2024-02-01,2011-05-06\n")
    assert [iso(t) for t in log.birth.tolist()] == ["2010-05-06"]
    (problem,) = [p for p in log.quality.problems if p.rule == "birth-differs"]
    assert "2011" not in repr(problem)
