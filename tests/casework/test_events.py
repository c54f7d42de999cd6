"""What becomes of a child's records: each rule of docs/casework.md on a child worked out by hand."""

from __future__ import annotations

import pytest

from flowmap.casework.events import to_log
from flowmap.casework.places import PLACES
from flowmap.eventlog import EventLog
from flowmap.tubemap.mapfile import load
from tests.casework.written import journeys, ms, of, tables


def test_a_referral_carries_everything_until_it_is_closed():
    assert of(
        """
        contact a 2024-01-02 outcome=referral
        referral a 2024-01-03 closed=2024-06-01 reason=RC7 need=N1
        assessment a 2024-01-03 authorised=2024-02-20 support=yes
        strategy a 2024-01-10
        s47 a 2024-01-10 end=2024-01-20
        icpc a 2024-01-20 plan=yes
        cp_plan a 2024-01-20 end=2024-05-01
        cin_plan a 2024-05-01 end=2024-06-01
        """
    ) == [
        [
            "2024-01-02 contact",
            "2024-01-03 referral",
            "2024-01-03 assessment",
            "2024-01-10 strategy",
            "2024-01-10 s47",
            "2024-01-20 icpc",
            "2024-01-20 cp",
            "2024-05-01 cin",
            "2024-06-01 closed",
        ]
    ]


def test_events_of_one_day_stand_in_the_order_of_the_process():
    day = "2024-01-02"
    lines = f"""
        referral a {day} need=N1
        cp_plan a {day}
        icpc a {day}
        cin_plan a {day}
        assessment a {day}
        s47 a {day}
        strategy a {day}
        contact a {day}
        pre_proceedings a {day}
        proceedings a {day} final={day}
        care a {day}
        legal_status a {day} status=C2
        """
    order = "contact referral strategy s47 assessment icpc cin cp pre_proceedings proceedings final_order care_order"
    assert of(lines) == [[f"{day} {station}" for station in order.split()]]


def test_a_referral_after_the_closure_is_a_second_journey_and_one_before_it_is_not():
    apart = "referral a 2024-01-02 closed=2024-02-01 reason=RC8 need=N1\nreferral a 2024-03-01 need=N1"
    assert of(apart) == [["2024-01-02 referral", "2024-02-01 nfa"], ["2024-03-01 referral"]]
    within = "referral a 2024-01-02 closed=2024-04-01 reason=RC8 need=N1\nreferral a 2024-03-01 need=N1"
    assert of(within) == [["2024-01-02 referral", "2024-03-01 referral"]]


@pytest.mark.parametrize("record", ["contact a 2024-02-01", "referral a 2024-02-01 need=N1", "early_help a 2024-02-01"])
def test_a_new_beginning_on_the_day_of_the_closure_is_a_new_journey(record):
    first, second = of(f"referral a 2024-01-02 closed=2024-02-01 reason=RC7 need=N1\n{record}", "2024-02-02")
    assert first == ["2024-01-02 referral", "2024-02-01 closed"]
    assert second == [f"2024-02-01 {record.split()[0]}"]


def test_a_plan_that_begins_on_the_day_of_the_closure_belongs_to_what_closes():
    lines = "referral a 2024-01-02 closed=2024-02-01 reason=RC7 need=N1\nicpc a 2024-02-01"
    assert of(lines) == [["2024-01-02 referral", "2024-02-01 icpc", "2024-02-01 closed"]]


@pytest.mark.parametrize(
    ("outcome", "referred", "found"),
    [
        ("", "2024-02-01", [["2024-01-01 contact", "2024-02-01 referral"]]),  # 31 days
        ("", "2024-02-02", [["2024-01-01 contact", "2024-01-01 no referral followed"], ["2024-02-02 referral"]]),  # 32
        ("outcome=referral", "2024-04-03", [["2024-01-01 contact", "2024-04-03 referral"]]),  # 93: the source says so
        ("outcome=nfa", "2024-01-02", [["2024-01-01 contact", "2024-01-01 nfa"], ["2024-01-02 referral"]]),
    ],
)
def test_a_contact_leads_to_the_first_referral_soon_after(outcome, referred, found):
    assert of(f"contact a 2024-01-01 {outcome}\nreferral a {referred} need=N1") == found


def test_a_contact_that_led_to_early_help_is_one_journey_with_it():
    lines = "contact a 2024-01-01 outcome=early_help\nearly_help a 2024-01-10 end=2024-05-01 reason=closed"
    assert of(lines) == [["2024-01-01 contact", "2024-01-10 early_help", "2024-05-01 closed"]]


def test_two_contacts_before_one_referral_are_one_journey():
    lines = "contact a 2024-01-01\ncontact a 2024-01-05\nreferral a 2024-01-06 need=N1"
    assert of(lines) == [["2024-01-01 contact", "2024-01-05 contact", "2024-01-06 referral"]]


def test_a_contact_of_the_last_month_is_open_because_a_referral_may_follow():
    assert of("contact a 2024-01-01", as_of="2024-02-01") == [["2024-01-01 contact"]]
    assert of("contact a 2024-01-01", as_of="2024-02-02") == [["2024-01-01 contact", "2024-01-01 no referral followed"]]


def test_contacts_without_an_outcome_are_counted_in_the_report():
    log = to_log(tables("contact a 2024-01-01\ncontact b 2024-01-01 outcome=nfa"), as_of=ms("2024-12-31"))
    (problem,) = [p for p in log.quality.problems if p.rule == "contact-without-outcome"]
    assert problem.count == 1
    assert [example.row for example in problem.examples] == [1]


def test_early_help_ends_closed_or_goes_on_with_the_referral_it_led_to():
    assert of("early_help a 2024-01-01 end=2024-02-01") == [["2024-01-01 early_help", "2024-02-01 closed"]]
    stepped_up = "early_help a 2024-01-01 end=2024-02-01 reason=referral\nreferral a 2024-02-10 need=N1"
    assert of(stepped_up) == [["2024-01-01 early_help", "2024-02-10 referral"]]
    never_ended = "early_help a 2024-01-01\nreferral a 2024-02-10 need=N1 closed=2024-03-01 reason=RC7"
    assert of(never_ended) == [["2024-01-01 early_help", "2024-02-10 referral", "2024-03-01 closed"]]
    same_day = "early_help a 2024-01-01 end=2024-02-01 reason=closed\nreferral a 2024-02-01 need=N1"
    assert of(same_day) == [["2024-01-01 early_help", "2024-02-01 closed"], ["2024-02-01 referral"]]


@pytest.mark.parametrize(
    ("reason", "station"),
    [
        ("RC1", "adopted"),
        ("RC2", "other"),
        ("RC3", "other"),
        ("RC4", "special_guardianship"),
        ("RC5", "moved"),
        ("RC6", "left_care_18"),
        ("RC7", "closed"),
        ("RC8", "nfa"),
        ("RC9", "step_down"),
        ("RC77", "closed"),
    ],
)
def test_the_reason_for_closure_is_the_exit(reason, station):
    lines = f"referral a 2024-01-02 closed=2024-02-01 reason={reason} need=N1"
    assert of(lines) == [["2024-01-02 referral", f"2024-02-01 {station}"]]


@pytest.mark.parametrize(
    ("reason", "station"),
    [
        *((code, "adopted") for code in ("E11", "E12")),
        *((code, "special_guardianship") for code in ("E45", "E46", "E47", "E48")),
        *((code, "returned_home") for code in ("E4A", "E4B", "E13")),
        *((code, "left_care_18") for code in ("E5", "E6", "E7", "E15", "E17")),
        ("E3", "moved"),
        *((code, "other") for code in ("E2", "E8", "E9", "E14", "E16", "E41")),
    ],
)
def test_the_reason_that_care_ceased_is_the_exit_also_on_the_day_of_the_closure(reason, station):
    care = f"care a 2024-01-02 end=2024-02-01 reason={reason}"
    assert of(care) == [["2024-01-02 looked_after", f"2024-02-01 {station}"]]
    closed = of(f"{care}\nreferral a 2024-01-02 closed=2024-02-01 reason=RC7 need=N1")
    assert closed[0][-1] == f"2024-02-01 {'closed' if station == 'other' else station}"


def test_a_referral_with_no_further_action_ends_on_the_day_of_the_decision():
    assert of("referral a 2024-01-02 nfa=yes nfa_date=2024-01-04") == [["2024-01-02 referral", "2024-01-04 nfa"]]
    assert of("referral a 2024-01-02 nfa=yes") == [["2024-01-02 referral", "2024-01-02 nfa"]]


def test_a_child_is_in_need_again_when_a_plan_or_care_ends_and_the_case_goes_on():
    lines = """
        referral a 2024-01-02 closed=2024-12-01 reason=RC7 need=N1
        cp_plan a 2024-02-01 end=2024-03-01
        care a 2024-04-01 end=2024-06-01 reason=E4A
        """
    assert of(lines) == [
        [
            "2024-01-02 referral",
            "2024-02-01 cp",
            "2024-03-01 cin",
            "2024-04-01 looked_after",
            "2024-06-01 cin",
            "2024-12-01 closed",
        ]
    ]


def test_a_child_in_care_is_not_in_need_again_when_its_protection_plan_ends():
    lines = "referral a 2024-01-02 need=N1\ncp_plan a 2024-02-01 end=2024-05-01\ncare a 2024-04-01"
    assert of(lines) == [["2024-01-02 referral", "2024-02-01 cp", "2024-04-01 looked_after"]]


def test_an_assessment_that_finds_no_need_ends_the_journey_where_no_episode_is_open():
    assert of("referral a 2024-01-02\nassessment a 2024-01-03 authorised=2024-02-01 support=no") == [
        ["2024-01-02 referral", "2024-01-03 assessment", "2024-02-01 nfa"]
    ]
    assert of("referral a 2024-01-02 need=N1\nassessment a 2024-01-03 authorised=2024-02-01 support=no") == [
        ["2024-01-02 referral", "2024-01-03 assessment"]
    ]


def test_a_referral_of_which_no_closure_is_known_is_over_when_a_later_one_comes():
    lines = "referral a 2024-01-02\nassessment a 2024-01-03 authorised=2024-02-01 support=yes\nreferral a 2024-06-01"
    assert of(lines) == [
        ["2024-01-02 referral", "2024-01-03 assessment", "2024-02-01 other"],
        ["2024-06-01 referral"],
    ]


def test_an_open_plan_ends_with_the_episode_that_was_closed():
    lines = """
        referral a 2024-01-02 closed=2024-03-01 reason=RC7 need=N1
        cin_plan a 2024-02-01
        referral a 2024-05-01 need=N1
        """
    assert of(lines) == [["2024-01-02 referral", "2024-02-01 cin", "2024-03-01 closed"], ["2024-05-01 referral"]]


def test_legal_statuses_are_stations_of_their_own_only_where_they_change():
    lines = """
        care a 2024-01-01
        legal_status a 2024-01-01 status=V2
        legal_status a 2024-02-01 status=L2
        legal_status a 2024-03-01 status=C1
        legal_status a 2024-04-01 status=C2
        legal_status a 2024-05-01 status=E1
        legal_status a 2024-06-01 status=V2
        legal_status a 2024-07-01 status=V3
        """
    assert of(lines) == [
        [
            "2024-01-01 looked_after",
            "2024-03-01 interim_care_order",
            "2024-04-01 care_order",
            "2024-05-01 placement_order",
            "2024-06-01 looked_after",
        ]
    ]


def test_care_that_begins_under_an_order_begins_at_that_station():
    lines = "care a 2024-01-10 end=2024-02-01 reason=E4A\nlegal_status a 2024-01-10 status=C1"
    assert of(lines) == [["2024-01-10 interim_care_order", "2024-02-01 returned_home"]]
    in_force = "care a 2024-01-10\nlegal_status a 2024-01-08 status=C1"
    assert "2024-01-10 interim_care_order" in of(in_force)[0]


def test_a_placement_order_in_two_lists_is_one_event():
    lines = "care a 2024-01-01\nlegal_status a 2024-03-04 status=E1\nadoption a 2024-02-01 placement_order=2024-03-01"
    assert of(lines) == [["2024-01-01 looked_after", "2024-03-04 placement_order"]]
    alone = "care a 2024-01-01\nadoption a 2024-02-01 placement_order=2024-03-01"
    assert of(alone) == [["2024-01-01 looked_after", "2024-03-01 placement_order"]]


def test_work_without_its_referral_begins_the_journey_and_holds_together():
    lines = (
        "strategy a 2024-01-02\ns47 a 2024-01-02 end=2024-01-12\nicpc a 2024-01-20\ncp_plan a 2024-01-20 end=2024-06-01"
    )
    days = [
        "2024-01-02 strategy",
        "2024-01-02 s47",
        "2024-01-20 icpc",
        "2024-01-20 cp",
        "2024-06-01 closed",
    ]
    assert of(lines) == [days]


def test_work_recorded_a_week_before_its_referral_belongs_to_it():
    assert of("strategy a 2024-01-01\nreferral a 2024-01-08 need=N1") == [
        ["2024-01-01 strategy", "2024-01-08 referral"]
    ]
    assert of("strategy a 2024-01-01\nreferral a 2024-01-09 need=N1") == [
        ["2024-01-01 strategy"],
        ["2024-01-09 referral"],
    ]
    assert of("strategy a 2024-01-01 referral=r1\nreferral a 2024-03-09 need=N1 ref=r1") == [
        ["2024-01-01 strategy", "2024-03-09 referral"]
    ]


def test_work_recorded_after_the_closure_of_its_referral_belongs_to_it_and_the_exit_comes_last():
    closed = "referral a 2024-01-01 closed=2024-02-01 reason=RC7 need=N1 ref=r1"
    assert of(f"{closed}\nicpc a 2024-02-20 referral=r1") == [
        ["2024-01-01 referral", "2024-02-20 icpc", "2024-02-20 closed"]
    ]
    assert of(f"{closed}\nicpc a 2024-02-20 referral=r2") == [
        ["2024-01-01 referral", "2024-02-01 closed"],
        ["2024-02-20 icpc"],
    ]


def test_an_assessment_without_need_ends_nothing_if_work_follows():
    lines = "assessment a 2024-01-01 authorised=2024-02-01 support=no\nstrategy a 2024-02-10"
    assert of(lines) == [["2024-01-01 assessment", "2024-02-10 strategy"]]


def test_an_end_before_its_start_ends_on_the_day_of_the_start():
    lines = "referral a 2024-03-02 closed=2024-01-01 reason=RC7 need=N1"
    assert of(lines) == [["2024-03-02 referral", "2024-03-02 closed"]]


def test_facets_have_the_words_of_the_page_and_unknown_codes_as_they_are():
    log = to_log(
        tables(
            """
            person a sex=F ethnicity=MWBC disability=yes family=x birth=2015-03-04
            person b sex=U ethnicity=REFU disability=no family=x
            contact a 2024-01-02 source=6
            referral a 2024-01-02 source=2A need=N1 team=North
            cp_plan a 2024-02-02 category=NEG previous=1
            contact b 2024-01-02 source=77
            """
        ),
        as_of=ms("2024-12-31"),
    )
    assert of_events(log, "source") == ["police", "schools", None, "77", None]
    assert of_events(log, "need")[1] == "abuse or neglect"
    assert of_events(log, "team")[1] == "North"
    assert of_events(log, "plan_category")[2] == "neglect"
    assert of_events(log, "plan_number")[2] == "second or later"
    ids = log.child_ids.to_pylist()
    assert ids == ["a", "b"]
    assert log.birth is not None
    assert log.birth[0] == ms("2015-03-04")
    shown = {name: [_shown(fact, i) for i in range(2)] for name, fact in log.children.items()}
    assert shown == {
        "sex": ["female", "not known"],
        "ethnicity": ["Mixed", None],
        "disability": ["yes", "no"],
        "family_size": [2, 2],
    }
    assert log.family is not None
    assert log.family[0] == log.family[1] >= 0


def test_a_child_without_a_family_in_the_records_has_none_in_the_log():
    log = to_log(
        tables(
            """
            person A family=z
            person a family=x
            person b
            person c family=y
            person d family=x
            contact a 2024-01-02
            contact b 2024-01-02
            contact c 2024-01-02
            contact d 2024-01-02
            contact e 2024-01-02
            """
        ),
        as_of=ms("2024-12-31"),
    )
    assert log.family is not None
    a, b, c, d, e = (log.family[log.child_ids.to_pylist().index(who)] for who in "abcde")
    assert a == d >= 0
    assert c >= 0
    assert c != a
    assert (b, e) == (-1, -1)


def test_the_stations_are_those_of_the_built_in_map():
    built_in = load("childrens-social-care")
    assert {place.id for place in built_in.places()} == set(PLACES)
    (other,) = [place for place in built_in.exits if place.id == "other"]
    assert "no referral followed" in other.events


def test_a_contact_that_led_elsewhere_ends_at_other():
    assert of("contact a 2024-01-01 outcome=other") == [["2024-01-01 contact", "2024-01-01 other"]]


def test_no_records_are_an_empty_log():
    log = to_log({})
    assert (len(log), len(log.child_ids)) == (0, 0)


def of_events(log: EventLog, name: str) -> list[object]:
    """The values of an attribute, event by event."""
    return [_shown(log.attributes[name], i) for i in range(len(log))]


def _shown(fact, row):
    value = int(fact.column[row])
    if value == fact.missing:
        return None
    return fact.values[value] if fact.kind == "category" else value


def test_children_without_any_event_are_not_in_the_log():
    log = to_log(tables("person a sex=F\nperson b sex=M\nreferral b 2024-01-02 need=N1"))
    assert journeys(log) == {"b": [["2024-01-02 referral"]]}
