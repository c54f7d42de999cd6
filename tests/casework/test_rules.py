"""Each rule on a few records whose faults were counted by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flowmap.casework import rules
from flowmap.casework.findings import PLACES
from flowmap.casework.kinds import KINDS, table
from flowmap.quality import IN_A_DATASET, MAX_EXAMPLES, Problem, may_be_kept

REPOSITORY = Path(__file__).resolve().parents[2]
AS_OF = "2024-03-31"
Table = Mapping[str, list[Any]]


def ms(day: str | None) -> int | None:
    """Midnight of a day, or an instant, in ms."""
    return None if day is None else int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def tables(file: str | None = None, **kinds: Table) -> dict[str, pa.Table]:
    """Tables from dates as text; row numbers count from 3, as in a sheet with a title and a header."""
    made = {}
    for kind, columns in kinds.items():
        times = {f.name for f in KINDS[kind].fields if f.type == "time"}
        size = len(columns["child"])
        given = {name: [ms(v) for v in values] if name in times else values for name, values in columns.items()}
        given["row"], given["place"] = list(range(3, 3 + size)), ["List 1"] * size
        made[kind] = table(kind, given)
        if file is not None:
            made[kind] = made[kind].append_column("file", pa.array([file] * size).dictionary_encode())
    return made


def check(**kinds: Table) -> dict[str, Problem]:
    """Problems by rule; a rule that speaks of several kinds has to be asked for by `listed`."""
    found = listed(**kinds)
    assert len({p.rule for p in found}) == len(found), [p.message for p in found]
    return {p.rule: p for p in found}


def listed(**kinds: Table) -> list[Problem]:
    return rules.check(tables("a.xlsx", **kinds), ms(AS_OF) or 0)


def rows(problem: Problem) -> list[int | None]:
    return [example.row for example in problem.examples]


def values(problem: Problem) -> list[str | None]:
    return [example.value for example in problem.examples]


def test_an_end_before_its_start_is_found_and_the_worst_comes_first() -> None:
    found = check(
        cp_plan={
            "child": ["a", "b", "c", "d"],
            "start": ["2023-05-02", "2023-05-02", "2023-05-02T10:30", "2023-05-02"],
            "end": ["2023-05-01", "2022-05-02", "2023-05-02", None],
        }
    )["end-before-start"]
    assert (found.count, found.weight, found.action) == (2, "error", "kept")
    assert found.message == "Child protection plan: the end is before the start."
    assert rows(found) == [4, 3]
    assert values(found) == ["02/05/2023 to 02/05/2022", "02/05/2023 to 01/05/2023"]
    assert (found.examples[0].file, found.examples[0].place) == ("a.xlsx", "List 1")


@pytest.mark.parametrize(
    ("kind", "columns", "rule"),
    [
        ("referral", {"date": ["2023-05-02"], "closed": ["2023-05-01"]}, "end-before-start"),
        ("referral", {"date": ["2023-05-02"], "nfa_date": ["2023-05-01"]}, "end-before-start"),
        ("proceedings", {"application": ["2023-05-02"], "final": ["2023-05-01"]}, "end-before-start"),
        ("adoption", {"decision": ["2023-05-02"], "placed": ["2023-05-01"]}, "end-before-start"),
        ("early_help", {"start": ["2023-05-02"], "end": ["2023-05-01"]}, "end-before-start"),
        ("pre_proceedings", {"start": ["2023-05-02"], "end": ["2023-05-01"]}, "end-before-start"),
        ("assessment", {"start": ["2023-05-02"], "authorised": ["2023-05-01"]}, "authorised-before-start"),
    ],
)
def test_every_period_has_its_end_after_its_start(kind: str, columns: Table, rule: str) -> None:
    found = check(**{kind: {"child": ["a"], **columns}})
    assert list(found) == [rule]
    assert found[rule].count == 1


def test_a_long_assessment_is_no_fault() -> None:
    assert listed(assessment={"child": ["a"], "start": ["2023-01-02"], "authorised": ["2023-09-01"]}) == []


def test_dates_after_the_day_of_the_extract_are_found_field_by_field() -> None:
    found = listed(
        referral={"child": ["a", "b"], "date": ["2024-03-31", "2024-04-01"], "closed": [None, "2034-04-01"]},
        cin_plan={"child": ["a"], "start": ["2024-03-01"], "end": ["2024-03-31T23:59"]},
    )
    assert {p.message: (p.count, values(p)) for p in found if p.rule == "future-date"} == {
        "Referral, date: the date is after the day up to which the files speak.": (1, ["01/04/2024"]),
        "Referral, closed: the date is after the day up to which the files speak.": (1, ["01/04/2034"]),
    }


def test_a_birth_may_be_expected_within_nine_months_and_is_never_shown() -> None:
    # 280 days from 31 March 2024 are 5 January 2025
    births = {"child": ["a", "b", "c", "d"], "birth": ["2024-12-01", "2025-01-05", "2025-01-06", None]}
    found = listed(person={**births, "died": [None, None, None, "2024-04-01"]})
    assert [(p.rule, p.message.partition(":")[0], rows(p), values(p)) for p in found] == [
        ("future-person", "Child, birth", [5], [None]),
        ("future-person", "Child, died", [6], [None]),
    ]


def test_the_unborn_are_known_for_nine_months_and_not_in_care_before_birth() -> None:
    person: Table = {"child": ["a", "b"], "birth": ["2023-10-08", None]}
    # 280 days before 8 October 2023 are 1 January 2023
    found = listed(
        person=person,
        contact={"child": ["a", "a", "b"], "date": ["2023-01-01", "2022-12-31", "1999-01-01"]},
        cp_plan={"child": ["a"], "start": ["2023-09-01"]},
        care={"child": ["a", "a"], "start": ["2023-10-07", "2023-10-08"], "end": ["2023-10-07", None]},
    )
    assert {(p.rule, p.about): rows(p) for p in found if p.rule.endswith("before-birth")} == {
        ("before-birth", "Contact"): [4],
        ("care-before-birth", "Period of care"): [3],
    }


def test_what_begins_after_death_and_a_death_before_birth() -> None:
    found = check(
        person={"child": ["a", "b"], "birth": ["2010-01-01", "2012-02-02"], "died": ["2023-06-01", "2012-02-01"]},
        referral={"child": ["a", "a"], "date": ["2023-06-01", "2023-06-02"]},
    )
    assert rows(found["after-death"]) == [4]
    assert rows(found["death-before-birth"]) == [4]
    assert values(found["death-before-birth"]) == [None]


def test_care_leavers_are_helped_until_they_are_25() -> None:
    # the 26th birthdays: 1 March 2024, and (born on 29 February 1996) 1 March 2022
    found = check(
        person={"child": ["a", "b"], "birth": ["1998-03-01", "1996-02-29"]},
        contact={
            "child": ["a", "a", "b", "b"],
            "date": ["2024-02-29", "2024-03-01", "2022-02-28", "2022-03-01"],
        },
    )["too-old"]
    assert sorted(r for r in rows(found) if r) == [4, 6]


def test_periods_of_care_that_overlap() -> None:
    found = listed(
        care={
            "child": ["a", "a", "b", "b", "c", "c", "c", "d"],
            "start": [
                "2022-01-01", "2022-06-01",  # ended on the day on which the next began: none
                "2022-01-01", "2022-06-01",  # never ended
                "2022-01-01", "2022-02-01", "2022-12-01",  # the second within the first, the third too
                "2022-06-01",  # another child
            ],
            "end": ["2022-06-01", None, None, "2022-07-01", "2022-12-31", "2022-03-01", None, None],
        }
    )  # fmt: skip
    assert {p.message: rows(p) for p in found} == {
        # by days: c's second 333, c's third 30
        "Period of care: it begins before the earlier one of the same child has ended.": [8, 9],
        "Period of care, the earlier one without an end: it begins before the earlier one of the same child has ended.":
            [6],
    }  # fmt: skip
    assert {(p.rule, p.weight) for p in found} == {("overlapping-care", "error")}
    assert values(found[1]) == ["01/06/2022 to 01/07/2022"]


def test_child_protection_plans_that_overlap_whatever_the_order_of_rows() -> None:
    found = check(
        cp_plan={
            "child": ["a", "a"],
            "start": ["2022-06-01", "2022-01-01"],
            "end": [None, "2022-06-02"],
        }
    )["overlapping-cp-plans"]
    assert rows(found) == [3]


MONTHS = [f"2023-{month:02}-15" for month in range(1, 13)]


def test_a_conference_follows_an_enquiry_within_a_year() -> None:
    found = check(
        s47={"child": ["x"] * 12 + ["a", "b"], "start": [*MONTHS, "2023-03-01", "2022-02-01"]},
        icpc={
            "child": ["a", "a", "b", "c", "d", "e"],
            # a: after it, and before it; b: 13 months after it; c: never an enquiry
            # d: in the first month that the files know of enquiries; e: in a month that they do not know
            "date": ["2023-03-01", "2023-02-28", "2023-03-10", "2023-06-01", "2023-01-20", "2024-02-01"],
        },
    )["icpc-without-s47"]
    assert sorted(r for r in rows(found) if r) == [4, 5, 6]
    assert found.weight == "warning"


def test_an_enquiry_follows_a_strategy_discussion_within_three_months_where_the_files_know_them() -> None:
    s47: Table = {"child": ["a", "b", "c"], "start": ["2023-05-10", "2023-05-10", "2023-05-10"]}
    strategy: Table = {"child": ["x"] * 12 + ["a", "b"], "date": [*MONTHS, "2023-05-10", "2023-02-06"]}
    # 92 days before 10 May are 7 February
    assert rows(check(s47=s47, strategy=strategy)["s47-without-strategy"]) == [4, 5]
    assert listed(s47=s47) == []


def test_a_plan_follows_a_conference() -> None:
    found = check(
        cp_plan={"child": ["a", "b"], "start": ["2023-05-10", "2023-05-10"]},
        icpc={"child": ["x"] * 12 + ["a"], "date": [*MONTHS, "2023-05-10"]},
        s47={"child": ["x", "a"], "start": ["2023-01-01", "2023-01-01"]},
    )["plan-without-icpc"]
    assert rows(found) == [4]


def test_closures_and_reasons_go_together() -> None:
    found = listed(
        referral={
            "child": list("abcde"),
            "date": ["2023-01-01"] * 5,
            "closed": ["2023-02-01", "2023-02-01", None, None, "2023-01-02"],
            "reason": ["RC7", None, "RC7", None, None],
            "nfa": [False, False, None, None, True],
        },
        care={"child": ["a", "b"], "start": ["2023-01-01"] * 2, "end": ["2023-02-01", None], "reason": ["E4A", "E4A"]},
    )
    assert {(p.rule, p.message.partition(":")[0]): rows(p) for p in found} == {
        ("closed-without-reason", "Referral"): [4],
        ("reason-without-closure", "Referral"): [5],
        ("reason-without-closure", "Period of care"): [4],
    }


def test_a_file_that_never_gives_reasons_is_not_blamed_for_each() -> None:
    assert listed(referral={"child": ["a"], "date": ["2023-01-01"], "closed": ["2023-02-01"]}) == []


def test_work_after_no_further_action() -> None:
    found = listed(
        referral={
            "child": ["a", "b", "c", "d", "d"],
            "date": ["2023-01-01", "2023-01-01", "2023-01-01", "2023-01-01", "2023-06-01"],
            "nfa": [True, True, False, True, False],
            "nfa_date": [None, "2023-01-10", None, None, None],
            "closed": ["2023-01-15", "2023-01-25", "2023-03-01", None, None],
            "reason": ["RC8", "RC8", "RC7", None, None],
            "ref": ["1", "2", "3", "4", "5"],
        },
        # c's plan is of another child's reference 4, d's second plan of the referral that was taken up
        cin_plan={
            "child": ["d", "d", "c"],
            "start": ["2023-02-01", "2023-06-02", "2023-01-20"],
            "referral": ["4", "5", "4"],
        },
    )
    later = {p.message.partition(":")[0]: rows(p) for p in found if p.rule == "nfa-with-later-work"}
    assert later == {"Referral": [4], "Child in need plan": [3]}


def test_a_referral_while_an_earlier_one_was_open() -> None:
    found = check(
        referral={
            "child": ["a", "a", "a", "b", "b", "c", "c"],
            "date": [
                "2023-01-01", "2023-02-01", "2023-03-01",  # the second within the first, the third on its closing day
                "2023-01-01", "2023-02-01",  # never closed: says nothing
                "2023-01-01", "2023-02-01",  # no further action
            ],
            "closed": ["2023-03-01", "2023-02-20", None, None, None, "2023-03-01", None],
            "reason": ["RC7", "RC7", None, None, None, "RC8", None],
            "nfa": [False, False, False, False, False, True, False],
            "nfa_date": [None, None, None, None, None, "2023-02-25", None],
        }
    )  # fmt: skip
    assert rows(found["referral-while-open"]) == [4]


def test_care_and_legal_status_and_placement_belong_together() -> None:
    care: Table = {
        "child": ["a", "b", "c"],
        "start": ["2023-01-01", "2023-01-01", "2023-01-01"],
        "end": ["2023-02-01", "2023-02-01", None],
    }
    status: Table = {
        "child": ["a", "b", "c", "d", "e"],
        # a: within; b: ended the day before and begun after; c: an hour later, open; d, e: never in care
        "start": ["2023-01-10", "2023-02-02", "2023-06-01", "2023-01-01", "2023-01-01"],
        "end": ["2023-01-20", None, None, None, None],
        "status": ["C1", "C1", "V2", "C2", "V4"],
    }
    found = check(care=care, legal_status=status, placement={"child": ["a", "d"], "start": ["2023-01-01"] * 2})
    assert rows(found["care-without-legal-status"]) == [4]
    assert rows(found["legal-status-outside-care"]) == [4, 6]
    assert rows(found["placement-outside-care"]) == [4]
    assert values(found["care-without-legal-status"]) == ["01/01/2023 to 01/02/2023"]
    assert listed(care=care) == []


def test_codes_outside_the_list_are_shown_each_once_the_commonest_first() -> None:
    found = listed(
        referral={
            "child": list("abcdef"),
            "date": ["2023-01-01"] * 6,
            "source": ["6", "99", "1A", "POL", "99", None],
            "need": ["N1", "N0", "N9", "N1", None, "N1"],
        },
        person={"child": ["a"], "sex": ["F"], "ethnicity": ["WBRI"]},
    )
    assert [p.message.partition(":")[0] for p in found] == ["Referral, source"]
    assert found[0].count == 3
    assert values(found[0]) == ["99", "POL", "99"]
    assert rows(found[0]) == [4, 6, 7]


def test_ids_that_look_alike_are_found_and_never_shown() -> None:
    found = check(
        referral={
            "child": ["123", "123", "00123", "ab 7", "AB7", "AB7", "9", "9.0", "1230"],
            "date": ["2023-01-01"] * 9,
        }
    )
    assert list(found) == ["id-lookalike"]
    assert found["id-lookalike"].count == 3
    assert sorted(zip(rows(found["id-lookalike"]), values(found["id-lookalike"]), strict=True)) == [
        (5, "digits with a leading zero"),
        (6, "letters, digits and signs"),
        (10, "letters, digits and signs"),
    ]


def test_a_file_whose_ids_are_of_another_shape() -> None:
    one = tables("list.csv", referral={"child": [str(i) for i in range(1, 21)], "date": ["2023-01-01"] * 20})
    two = tables("legal.csv", proceedings={"child": ["LG1", "LG2", "LG3"], "application": ["2023-01-01"] * 3})
    found = rules.check({**one, **two}, ms(AS_OF) or 0)
    assert [(p.rule, p.count, p.message) for p in found] == [
        ("id-shape", 3, "legal.csv, letters and digits where other files have digits.")
    ]
    assert rules.check(one, ms(AS_OF) or 0) == []


def test_examples_are_few_and_every_place_is_there_when_asked_for() -> None:
    many = tables(cin_plan={"child": ["a"] * 25, "start": ["2023-05-02"] * 25, "end": ["2023-05-01"] * 25})
    (few,) = rules.check(many, ms(AS_OF) or 0)
    (all_,) = rules.check(many, ms(AS_OF) or 0, every=True)
    assert (few.count, len(few.examples), few.every) == (25, MAX_EXAMPLES, None)
    assert all_.every is not None
    assert all_.every.schema == PLACES
    assert all_.every["row"].to_pylist() == list(range(3, 28))


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert rules.check({}, ms(AS_OF) or 0) == []
    assert rules.check({kind: table(kind, {}) for kind in KINDS}, ms(AS_OF) or 0) == []


def test_a_dataset_holds_codes_and_dates_of_events_and_nothing_of_a_person() -> None:
    assert may_be_kept("end-before-start", "02/05/2023 to 01/05/2023")
    assert may_be_kept("overlapping-care", "02/05/2023 to no end")
    assert may_be_kept("unknown-code", "99")
    assert not may_be_kept("unknown-code", "1234567")  # may be a child's number in the wrong column
    assert not may_be_kept("unknown-code", "her mother's friend")
    assert not may_be_kept("end-before-start", "Ann Example")
    for rule in (
        "before-birth",
        "after-death",
        "too-old",
        "future-person",
        "care-before-birth",
        "id-lookalike",
        "id-shape",
        "disagreement",
    ):
        assert not may_be_kept(rule, "02/05/2023")
    assert set(rules.RULES) >= set(IN_A_DATASET) - {"unknown_station"}


def test_the_documentation_has_the_rules_as_they_are() -> None:
    text = (REPOSITORY / "docs" / "quality.md").read_text(encoding="utf-8")
    written = text.partition("a test keeps the two alike -->\n")[2].partition("<!-- end of rules -->")[0]
    assert written == rules.markdown(), "write the output of python -m flowmap.casework.rules between the two comments"


def test_every_rule_says_what_is_wrong_why_it_matters_and_how_to_mend_it() -> None:
    for rule in rules.RULES.values():
        for text in (rule.title, rule.says, rule.why, rule.mend, rule.find.__doc__ or ""):
            assert len(text) > 5
            assert "|" not in text
        assert rule.mend.endswith(".")
        assert not {"blame", "fail"} & set(rule.why.lower().split())
