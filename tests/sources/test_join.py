"""Several files in one build: the same identifier is the same child."""

from __future__ import annotations

import numpy as np

from flowmap.eventlog import MISSING
from flowmap.sources import read
from tests.sources.readable import events, iso


def test_children_and_stations_of_several_files_are_the_same_where_they_are_called_the_same(write):
    one = write("child,event,date\n1,Contact,2024-01-31\n2,Contact,2024-02-01\n", "one.csv")
    two = write("person;stage;when\n2;Referral;2024-03-01\n3;Contact;2024-03-01\n", "two.csv")
    log = read([one, two])
    assert events(log) == [
        (1, "Contact", "2024-01-31"),
        (2, "Contact", "2024-02-01"),
        (2, "Referral", "2024-03-01"),
        (3, "Contact", "2024-03-01"),
    ]
    assert [f.name for f in log.origin] == ["one.csv", "two.csv"]
    assert (log.quality.rows_read, log.quality.rows_kept) == (4, 4)


def test_numbers_and_texts_meet_as_texts(write):
    one = write("child,event,date\n1,Contact,2024-01-31\n", "one.csv")
    two = write("child,event,date\n1,Contact,2024-01-31\nX1,Contact,2024-01-31\n", "two.csv")
    assert [c for c, _, _ in events(read([one, two]))] == ["1", "1", "X1"]


def test_facts_of_one_file_are_missing_in_the_other_and_a_child_keeps_the_first_known(write):
    one = write("child,event,date,sex,team\n1,A,2024-01-31,,N\n1,B,2024-02-01,,S\n2,A,2024-01-31,F,N\n", "one.csv")
    two = write("child,event,date,sex,age,dob\n1,A,2024-03-01,M,3,2020-05-06\n2,A,2024-03-01,M,4,\n", "two.csv")
    log = read([one, two])
    sex, team, age = log.children["sex"], log.attributes["team"], log.children["age"]
    assert [sex.values[c] for c in sex.codes] == ["M", "F"]
    assert [team.values[c] if c >= 0 else None for c in team.codes] == ["N", "S", "N", None, None]
    assert age.numbers.tolist() == [3, 4]
    assert [iso(t) for t in log.birth.tolist()] == ["2020-05-06", "-"]


def test_a_column_that_is_a_code_in_one_file_and_a_number_in_another_becomes_a_category(write):
    one = write("child,event,date,x\n1,A,2024-01-31,b\n1,A,2024-02-01,a\n", "one.csv")
    rows = "".join(f"2,A,2024-01-{i + 1:02},{i}\n" for i in range(20)) + "2,A,2024-02-01,\n"
    log = read([one, write("child,event,date,x\n" + rows, "two.csv")])
    x = log.attributes["x"]
    assert [x.values[c] if c >= 0 else None for c in x.codes] == ["b", "a", *map(str, range(20)), None]


def test_journey_numbers_hold_only_where_all_files_have_them(write):
    one = write("child,event,date,visit\n1,A,2024-01-31,0\n", "one.csv")
    two = write("child,event,date\n1,A,2024-03-31\n", "two.csv")
    assert read([one, one]).case.tolist() == [0, 0]
    log = read([one, two])
    assert log.case is None
    assert any(p.rule == "journey-missing" for p in log.quality.problems)


def test_a_missing_number_stays_missing(write):
    one = write("child,event,date,age\n1,A,2024-01-31,\n2,A,2024-01-31,5\n", "one.csv")
    log = read([one, one])
    assert np.array_equal(log.children["age"].numbers, [MISSING, 5])
