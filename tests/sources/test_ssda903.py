"""The SSDA903 return: each list known by its header, episodes chained into periods of care, nothing lost silently.

The chains are worked by hand from DfE's rules: a period of care runs from S to a reason other than X1.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowmap.casework.kinds import KINDS, Casework
from flowmap.casework.stack import stack
from flowmap.eventlog import SourceError
from flowmap.sources import ReadOptions, ssda903
from flowmap.sources.head import look
from flowmap.sources.options import silent

COLUMNS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC"
Row = Sequence[str]


def load(path: Path) -> Casework:
    head = look(path)
    assert ssda903.sniff(head)
    return ssda903.records(head, ReadOptions(), silent)


@pytest.fixture
def episodes(write: Callable[..., Path]) -> Callable[..., Casework]:
    """episodes("1,01/02/2015,S,C2,N1,U1,PR1,,", ...): the case records of an Episodes.csv with these rows."""

    def get(*rows: str, name: str = "Episodes.csv") -> Casework:
        return load(write("\n".join([COLUMNS, *rows]) + "\n", name))

    return get


def shown(found: Casework, kind: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows of a table: child, start, end, then the columns; dates as ISO, nothing as None."""
    rows = found.tables[kind].select(["child", "start", "end", *columns]).to_pylist()
    return [tuple(v.date().isoformat() if hasattr(v, "date") else v for v in row.values()) for row in rows]


def rules(found: Casework) -> dict[str, tuple[int, str]]:
    return {p.rule: (p.count, p.action) for p in found.report.problems if p.rule != "column-left-out"}


def places(found: Casework, rule: str) -> list[tuple[int | None, str | None]]:
    return [(e.row, e.value) for p in found.report.problems if p.rule == rule for e in p.examples]


# Periods of care


def test_a_chain_of_episodes_is_one_period_of_care(episodes):
    found = episodes(
        "7,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1",
        "7,10/06/2014,L,C1,N1,U1,PR1,01/09/2014,X1",
        "7,01/09/2014,P,C1,N1,K2,PR4,20/12/2014,X1",
        "7,20/12/2014,B,C2,N1,U4,PR1,31/01/2015,E4A",
    )
    assert shown(found, "care", "reason", "need") == [("7", "2014-04-03", "2015-01-31", "E4A", "N1")]
    assert shown(found, "legal_status", "status") == [
        ("7", "2014-04-03", "2014-06-10", "V2"),
        ("7", "2014-06-10", "2014-12-20", "C1"),
        ("7", "2014-12-20", "2015-01-31", "C2"),
    ]
    assert shown(found, "placement", "type", "provider") == [
        ("7", "2014-04-03", "2014-09-01", "U1", "PR1"),
        ("7", "2014-09-01", "2014-12-20", "K2", "PR4"),
        ("7", "2014-12-20", "2015-01-31", "U4", "PR1"),
    ]
    assert rules(found) == {}
    assert found.tables["legal_status"]["row"].to_pylist() == [2, 3, 5]
    assert found.said == [
        "Episodes.csv: the list Episodes of the SSDA903 return, comma-separated, UTF-8, up to 31/03/2015."
    ]
    assert "contacts" in found.unknown[0]


def test_rows_may_stand_in_any_order_and_children_mixed(episodes):
    found = episodes(
        "b,01/09/2014,L,C2,N1,U1,PR1,,",
        "a,02/01/2015,S,V2,N5,U1,PR1,,",
        "b,10/06/2014,S,C1,N1,U1,PR1,01/09/2014,X1",
    )
    assert sorted(shown(found, "care")) == [("a", "2015-01-02", None), ("b", "2014-06-10", None)]


def test_an_episode_without_end_is_open(episodes):
    found = episodes("1,03/04/2014,S,C2,N1,U1,PR1,,")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", None, None)]
    assert shown(found, "legal_status", "status") == [("1", "2014-04-03", None, "C2")]


def test_a_child_who_comes_back_has_two_periods_of_care(episodes):
    found = episodes(
        "1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,E4A",
        "1,10/06/2014,S,V2,N1,U1,PR1,20/06/2014,E4B",
        "1,05/01/2015,S,C2,N1,U1,PR1,,",
    )
    assert shown(found, "care", "reason") == [
        ("1", "2014-04-03", "2014-06-10", "E4A"),
        ("1", "2014-06-10", "2014-06-20", "E4B"),
        ("1", "2015-01-05", None, None),
    ]
    # The same legal status in another period of care is another record.
    assert shown(found, "legal_status", "status")[1] == ("1", "2014-06-10", "2014-06-20", "V2")


def test_x1_may_be_followed_on_the_next_day(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1", "1,11/06/2014,L,C2,N1,U1,PR1,,")
    assert shown(found, "care") == [("1", "2014-04-03", None)]
    assert shown(found, "legal_status", "status")[0] == ("1", "2014-04-03", "2014-06-11", "V2")
    assert rules(found) == {}


def test_a_gap_after_x1_is_closed_and_reported(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1", "1,15/06/2014,L,C2,N1,U1,PR1,,")
    assert shown(found, "care") == [("1", "2014-04-03", None)]
    assert rules(found) == {"gap-in-care": (1, "repaired")}
    assert places(found, "gap-in-care") == [(2, "10/06/2014")]


def test_x1_and_then_s_days_later_are_two_periods(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1", "1,15/07/2014,S,C2,N1,U1,PR1,,")
    assert shown(found, "care", "reason") == [
        ("1", "2014-04-03", "2014-06-10", None),
        ("1", "2014-07-15", None, None),
    ]
    assert rules(found) == {"x1-then-start": (1, "repaired")}


def test_x1_and_s_on_the_same_day_is_one_period(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1", "1,10/06/2014,S,C2,N1,U1,PR1,,")
    assert shown(found, "care") == [("1", "2014-04-03", None)]
    assert rules(found) == {"start-in-care": (1, "kept")}


def test_x1_with_nothing_after_it_leaves_the_period_open(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", None, None)]
    assert shown(found, "legal_status", "status") == [("1", "2014-04-03", None, "V2")]
    assert rules(found) == {"x1-without-next": (1, "kept")}


def test_overlapping_episodes_are_cut_where_the_next_begins(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1", "1,01/06/2014,L,C2,N1,U1,PR1,30/06/2014,E4A")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", "2014-06-30", "E4A")]
    assert shown(found, "legal_status", "status")[0] == ("1", "2014-04-03", "2014-06-01", "V2")
    assert rules(found) == {"overlapping-episodes": (1, "repaired")}
    assert places(found, "overlapping-episodes") == [(2, "10/06/2014")]


def test_an_open_episode_before_another_ends_where_that_begins(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,,", "1,01/06/2014,L,C2,N1,U1,PR1,30/06/2014,E4A")
    assert shown(found, "care") == [("1", "2014-04-03", "2014-06-30")]
    assert rules(found) == {"open-then-next": (1, "repaired")}


def test_an_end_before_the_start_is_not_known(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,03/04/2013,E4A")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", None, None)]
    assert rules(found)["end-before-start"] == (1, "repaired")
    assert places(found, "end-before-start") == [(2, "03/04/2013")]


def test_a_reason_without_an_end_is_left_out(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,,E4A")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", None, None)]
    assert rules(found) == {"reason-without-end": (1, "repaired")}


def test_an_end_without_a_reason_ends_the_period(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,01/05/2014,")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", "2014-05-01", None)]
    assert rules(found) == {"end-without-reason": (1, "kept")}


def test_a_chain_that_begins_before_the_file_begins_at_its_first_episode(episodes):
    found = episodes("1,03/04/2013,L,C2,N1,U1,PR1,01/06/2014,X1", "1,01/06/2014,P,C2,N1,U4,PR1,,")
    assert shown(found, "care") == [("1", "2013-04-03", None)]
    assert rules(found) == {"begun-before": (1, "note")}


def test_a_later_period_that_does_not_begin_with_s_is_reported(episodes):
    found = episodes("1,03/04/2014,S,V2,N1,U1,PR1,01/05/2014,E4A", "1,03/06/2014,L,C2,N1,U1,PR1,,")
    assert len(shown(found, "care")) == 2
    assert rules(found) == {"begun-without-s": (1, "kept")}


# Legal statuses and placements


def test_a_move_between_carers_of_one_kind_is_another_placement(episodes):
    found = episodes("1,03/04/2014,S,C2,N1,U4,PR1,01/06/2014,X1", "1,01/06/2014,P,C2,N1,U4,PR1,,")
    assert shown(found, "placement", "type") == [
        ("1", "2014-04-03", "2014-06-01", "U4"),
        ("1", "2014-06-01", None, "U4"),
    ]
    assert shown(found, "legal_status", "status") == [("1", "2014-04-03", None, "C2")]


def test_the_same_carers_with_the_same_codes_are_one_placement(episodes):
    found = episodes("1,03/04/2014,S,C1,N1,U4,PR1,01/06/2014,X1", "1,01/06/2014,L,C2,N1,U4,PR1,,")
    assert shown(found, "placement", "type") == [("1", "2014-04-03", None, "U4")]


def test_blank_codes_make_no_record(episodes):
    found = episodes("1,03/04/2014,S,,,,,01/06/2014,X1", "1,01/06/2014,L,C2,N1,U4,PR1,,")
    assert shown(found, "care", "need") == [("1", "2014-04-03", None, None)]
    assert shown(found, "legal_status", "status") == [("1", "2014-06-01", None, "C2")]
    assert shown(found, "placement", "type") == [("1", "2014-06-01", None, "U4")]


# What is left out


def test_short_breaks_are_left_out_and_counted(episodes):
    found = episodes(
        "1,03/04/2014,S,V4,N2,R1,PR1,,",
        "2,03/04/2014,S,v3,N2,R1,PR1,,",
        "3,03/04/2014,S,V2,N2,R1,PR1,,",
    )
    assert shown(found, "care") == [("3", "2014-04-03", None)]
    assert rules(found) == {"short-break": (2, "dropped")}
    assert (found.report.rows_read, found.report.rows_kept, found.report.rows_dropped) == (3, 1, 2)


def test_the_same_episode_twice_counts_once(episodes):
    row = "1,03/04/2014,S,V2,N2,R1,PR1,,"
    found = episodes(row, row, "2,03/04/2014,S,V2,N2,R1,PR1,,")
    assert len(shown(found, "care")) == 2
    assert rules(found) == {"duplicate-row": (1, "dropped")}
    assert places(found, "duplicate-row") == [(3, "03/04/2014")]


def test_of_an_open_and_a_closed_version_of_an_episode_the_closed_one_counts(episodes):
    found = episodes("1,03/04/2014,S,V2,N2,R1,PR1,01/06/2014,E4A", "1,03/04/2014,S,V2,N2,R1,PR1,,")
    assert shown(found, "care", "reason") == [("1", "2014-04-03", "2014-06-01", "E4A")]
    assert rules(found) == {"episode-twice": (1, "dropped")}
    assert places(found, "episode-twice") == [(3, "03/04/2014")]


def test_an_episode_of_no_days_gives_way_and_its_start_stays_known(episodes):
    found = episodes("1,03/04/2014,S,L2,N1,U1,PR1,03/04/2014,X1", "1,03/04/2014,L,C1,N1,U1,PR1,,")
    assert shown(found, "legal_status", "status") == [("1", "2014-04-03", None, "C1")]
    assert rules(found) == {"episode-twice": (1, "dropped")}  # and not begun-before


def test_rows_without_child_or_date_are_dropped_under_one_rule_each(episodes):
    found = episodes(
        ",03/04/2014,S,V2,N2,R1,PR1,,",
        "1,,S,V2,N2,R1,PR1,,",
        "2,31/02/2014,S,V2,N2,R1,PR1,,",
        "3,Smith John,S,V2,N2,R1,PR1,,",
        ",,,,,,,,",
        "4,03/04/2014,S,V2,N2,R1,PR1,soon,X1",
    )
    assert shown(found, "care") == [("4", "2014-04-03", None)]
    assert rules(found) == {
        "blank-row": (1, "dropped"),
        "no-child": (1, "dropped"),
        "unreadable-date": (1, "repaired"),
        "no-date": (1, "dropped"),
    }
    assert found.report.rows_read == 6
    assert found.report.rows_dropped == 5
    assert ("Smith" in str(found.report.to_json())) is False
    assert places(found, "unreadable-date") == [(4, "31/02/2014"), (5, None), (7, None)]


def test_unknown_codes_are_kept_and_reported_but_not_words(episodes):
    found = episodes("1,03/04/2014,Q,V2,N2,X9,PR1,,", "2,03/04/2014,S,V2,N2,JOHN SMITH,PR1,,")
    assert [row[3] for row in shown(found, "placement", "type")] == ["X9", "JOHN SMITH"]
    assert places(found, "unknown-code") == [(2, "Q"), (2, "X9"), (3, None)]


# Children and adoption


def test_header_gives_children_and_nothing_that_names_them(write):
    found = load(
        write(
            "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
            "1,1,02/03/2010,WBRI,A123456789012,,\n"
            "2,2,05/06/2011,MWBC,A123456789013,0,\n"
            "3,F,,nobt,,,\n"
            "1,1,02/03/2010,WBRI,A123456789012,,\n"
        )
    )
    table = found.tables["person"]
    assert table["child"].to_pylist() == ["1", "2", "3"]
    assert table["sex"].to_pylist() == ["M", "F", "F"]
    assert [d and d.date().isoformat() for d in table["birth"].to_pylist()] == ["2010-03-02", "2011-06-05", None]
    assert table["ethnicity"].to_pylist() == ["WBRI", "MWBC", "NOBT"]
    assert table["uasc"].to_pylist() == [None] * 3
    assert rules(found) == {"duplicate-row": (1, "dropped")}
    assert "A1234" not in str(table.to_pydict()) + str(found.report.to_json())


def test_uasc_says_that_a_child_seeks_asylum(write):
    found = load(write("CHILD,SEX,DOB,DUC\n5,1,02/03/2000,02/03/2018\n"))
    assert found.tables["person"]["uasc"].to_pylist() == [True]


def test_placed_adoption_holds_the_decision_and_its_reversal(write):
    found = load(
        write("CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n5,02/03/2012,01/02/2015,03/04/2016,RD1\n")
    )
    (row,) = found.tables["adoption"].to_pylist()
    assert row["decision"].date().isoformat() == "2015-02-01"
    assert row["reversed"].date().isoformat() == "2016-04-03"
    assert row["placed"] is None  # DATE_PLACED is the date of the decision, whatever its name says
    assert row["order"] is None


def test_ad1_holds_the_decision(write):
    found = load(
        write(
            "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n"
            "5,02/03/2012,01/02/2015,03/04/2016,0,2,MF,L11\n"
        )
    )
    assert [d.date().isoformat() for d in found.tables["adoption"]["decision"].to_pylist()] == ["2015-02-01"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("CHILD,DOB,REVIEW,REVIEW_CODE", "Reviews"),
        ("CHILD,DOB,MISSING,MIS_START,MIS_END", "Missing"),
        ("CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK", "OC2"),
        ("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", "OC3"),
        ("CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM", "PrevPerm"),
        ("CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", "SWEpisodes"),
    ],
)
def test_lists_without_a_station_are_counted(write, header, name):
    found = load(write(f"{header}\n1,02/03/2010,,,\n2,02/03/2011,,,\n"))
    assert found.tables == {}
    assert found.report.rows_read == found.report.rows_kept == 2
    assert rules(found)["no-station"] == (2, "note")
    assert any(name in said for said in found.said)


# How a file is written


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", ";").encode("cp1252"),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: ("sep=|\n" + text.replace(",", "|")).encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace("PLACE_PROVIDER", " place provider ").replace("CHILD", "Child ID").encode(),
        lambda text: text.replace("\n", ",,\n").encode(),
        lambda text: ("\n" + text + "\n\n").encode(),
    ],
)
def test_any_sane_csv_is_read(write, dress):
    text = f"{COLUMNS}\nå1,03/04/2014,S,C2,N1,U1,PR1,10/06/2014,E4A\nb2, 04/05/2014 ,s,c2,n1,u1,pr1,,\n"
    found = load(write(dress(text)))
    assert shown(found, "care", "reason") == [
        ("å1", "2014-04-03", "2014-06-10", "E4A"),
        ("b2", "2014-05-04", None, None),
    ]
    assert shown(found, "placement", "provider")[1] == ("b2", "2014-05-04", None, "PR1")


def test_iso_dates_are_read_too(episodes):
    found = episodes("1,2014-04-03,S,C2,N1,U1,PR1,2014-06-10 00:00:00,E4A")
    assert shown(found, "care") == [("1", "2014-04-03", "2014-06-10")]


def test_an_old_file_without_the_newer_columns_is_read(write):
    found = load(write("CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC,PL_LA\n1,03/04/2012,S,C2,N1,U1,,,E10000016\n"))
    assert shown(found, "placement", "type", "provider") == [("1", "2012-04-03", None, "U1", None)]
    assert any("PL_LA" in p.message for p in found.report.problems if p.rule == "column-left-out")


def test_a_list_with_a_header_and_no_rows_is_empty_not_wrong(write):
    found = load(write("CHILD,SEX,DOB,DUC\r\n", "UASC.csv"))
    assert len(found.tables["person"]) == 0
    assert found.report.rows_read == 0


def test_a_bad_row_is_dropped_and_its_text_is_not_shown(write):
    found = load(write("CHILD,SEX,DOB,ETHNIC,UPN\n1,1,02/03/2010,WBRI,A1\n2,1,02/03/2010,WBRI,A2,Smith\n"))
    assert rules(found) == {"ragged-row": (1, "dropped")}
    assert places(found, "ragged-row") == [(3, None)]
    assert found.report.rows_read == 2


def test_an_error_does_not_show_what_the_rows_hold(write):
    text = f'{COLUMNS}\n1,"03/04/2014,S,C2,N1,Smith,PR1,,\n2,03/04/2014,S,C2,N1,U1,PR1,,\n'
    with pytest.raises(SourceError) as caught:
        load(write(text))
    assert "Smith" not in str(caught.value)


def test_a_header_that_breaks_off_is_an_error_in_words(write):
    with pytest.raises(SourceError, match="header"):
        load(write("CHILD,DOB,SDQ_SCORE,SDQ_REASON,IMM\x0bUNISATIONS"))


@pytest.mark.parametrize(
    "text",
    [
        "child_id,event,date\n1,Contact,2024-01-01\n",
        "CHILD,SEX,DOB,ETHNIC,EVENT,DATE\n1,F,02/03/2010,WBRI,Contact,01/01/2024\n",
        "<log><trace/></log>",
        "[1]",
        "x",
    ],
)
def test_other_files_are_not_taken_for_a_return(write, text):
    assert ssda903.sniff(look(write(text))) is None


# The day up to which a return speaks


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("03/04/2014", "", "2015-03-31"),
        ("03/04/2013", "31/03/2014", "2014-03-31"),
        ("03/04/2013", "01/04/2014", "2015-03-31"),
        ("03/04/2013", "01/04/2090", "2014-03-31"),
    ],
)
def test_a_return_speaks_up_to_the_31_march_after_its_latest_date(episodes, start, end, expected):
    found = episodes(f"1,{start},S,C2,N1,U1,PR1,{end},")
    assert str(np.datetime64(found.as_of, "ms"))[:10] == expected


@pytest.mark.parametrize(
    ("name", "year"),
    [("header_2015.csv", 2015), ("903_2014-15_header.csv", 2015), ("2019_20 Header.csv", 2020), ("Header.csv", 2012)],
)
def test_a_list_of_births_alone_takes_its_year_from_the_name(write, name, year):
    found = load(write("CHILD,SEX,DOB,ETHNIC,UPN\n1,1,02/06/2011,WBRI,\n", name))
    assert str(np.datetime64(found.as_of, "ms"))[:10] == f"{year}-03-31"


# Successive years


def test_successive_years_speak_of_the_same_period(episodes):
    first = episodes(
        "1,03/06/2013,S,V2,N1,U1,PR1,01/09/2013,X1",
        "1,01/09/2013,L,C1,N1,U1,PR1,01/02/2014,X1",
        "1,01/02/2014,P,C1,N1,U4,PR1,,",
        "2,01/10/2013,S,V2,N1,U1,PR1,,",
        name="e2014.csv",
    )
    second = episodes(
        "1,01/02/2014,P,C1,N1,U4,PR1,01/07/2014,X1",
        "1,01/07/2014,L,C2,N1,U4,PR1,01/12/2014,E4A",
        "2,01/10/2013,S,V2,N1,U1,PR1,05/05/2014,E4A",
        "3,01/01/2013,L,C2,N1,U1,PR1,,",
        name="e2015.csv",
    )
    assert ssda903.align([second, first]) == 2  # the period of care, and C1
    assert shown(second, "care", "reason") == [
        ("1", "2013-06-03", "2014-12-01", "E4A"),
        ("2", "2013-10-01", "2014-05-05", "E4A"),
        ("3", "2013-01-01", None, None),
    ]
    assert shown(second, "legal_status", "status")[:2] == [
        ("1", "2013-09-01", "2014-07-01", "C1"),
        ("1", "2014-07-01", "2014-12-01", "C2"),
    ]
    assert shown(second, "placement", "type")[0] == ("1", "2014-02-01", "2014-12-01", "U4")
    # What began before both files stays in the report, and only that.
    assert rules(second) == {"begun-before": (1, "note"), "start-from-another-year": (1, "note")}
    assert places(second, "begun-before") == [(5, "01/01/2013")]
    assert ssda903.align([second, first]) == 0
    assert rules(second)["begun-before"] == (1, "note")
    assert second.tables["care"].schema.equals(KINDS["care"].schema())


def test_a_start_is_handed_on_over_several_years(episodes):
    years = [
        episodes("1,03/06/2012,S,C2,N1,U1,PR1,,", name="a.csv"),
        episodes("1,03/06/2012,S,C2,N1,U1,PR1,01/05/2013,X1", "1,01/05/2013,P,C2,N1,U4,PR1,,", name="b.csv"),
        episodes("1,01/05/2013,P,C2,N1,U4,PR1,01/05/2014,X1", "1,01/05/2014,P,C2,N1,K2,PR1,,", name="c.csv"),
        episodes("1,01/05/2014,P,C2,N1,K2,PR1,01/05/2015,E4A", name="d.csv"),
    ]
    ssda903.align(years)
    assert shown(years[3], "care") == [("1", "2012-06-03", "2015-05-01")]
    assert shown(years[3], "legal_status") == [("1", "2012-06-03", "2015-05-01")]
    assert shown(years[3], "placement") == [("1", "2014-05-01", "2015-05-01")]
    assert rules(years[3]) == {"start-from-another-year": (1, "note")}


def test_stacked_years_hold_each_period_once_and_count_every_row(episodes):
    first = episodes("1,03/06/2013,S,V2,N1,U1,PR1,01/09/2013,X1", "1,01/09/2013,L,C1,N1,U1,PR1,,", name="a.csv")
    second = episodes("1,01/09/2013,L,C1,N1,U1,PR1,01/12/2014,E4A", name="b.csv")
    ssda903.align([first, second])
    made, report = stack([first, second])
    assert made["care"].select(["child", "reason"]).to_pylist() == [{"child": "1", "reason": "E4A"}]
    assert [s.date().isoformat() for s in made["care"]["start"].to_pylist()] == ["2013-06-03"]
    assert made["legal_status"]["status"].to_pylist() == ["V2", "C1"]
    assert report.rows_read == 3 == report.rows_kept + report.rows_dropped


def test_a_period_that_had_ended_is_not_taken_for_the_start_of_another(episodes):
    first = episodes("1,03/06/2012,S,C2,N1,U1,PR1,01/09/2012,E4A", name="a.csv")
    second = episodes("1,03/06/2014,L,C2,N1,U1,PR1,,", name="b.csv")
    assert ssda903.align([first, second]) == 0
    assert shown(second, "care") == [("1", "2014-06-03", None)]


# The return as XML

HEADERS = ("SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")


def child(number: str, header: str, *groups: str) -> str:
    return f"<CHILD><HEADER><CHILDID>{number}</CHILDID>{header}</HEADER>{''.join(groups)}</CHILD>"


def episode(row: str) -> str:
    names = ["CHILD", "DECOM", "RNE", "LS", "CIN", "PL", "PLACE_PROVIDER", "DEC", "REC"]
    cells = zip(names[1:], row.split(",")[1:], strict=True)
    return "<EPISODE>" + "".join(f"<{n}>{escape(v)}</{n}>" if v else f"<{n}/>" for n, v in cells) + "</EPISODE>"


def xml(*children: str, root: str = "EXPSSDA903") -> str:
    return f"<?xml version='1.0'?>\n<{root}>{''.join(children)}</{root}>"


def test_the_xml_return_has_all_lists(write):
    found = load(
        write(
            xml(
                child(
                    "7",
                    "<UPN>A12</UPN><SEX>2</SEX><DOB>02/03/2010</DOB><ETHNIC>WBRI</ETHNIC><UASC>1</UASC>"
                    "<DUC>02/03/2028</DUC><DATE_INT>05/05/2015</DATE_INT>"
                    "<AREVIEW><REVIEW>01/05/2014</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>"
                    "<AMISSING><MISSING>M</MISSING><MIS_START>01/05/2014</MIS_START></AMISSING>"
                    "<AD_PLACED><DATE_PLACED>01/02/2015</DATE_PLACED></AD_PLACED>",
                    episode("7,03/04/2014,S,V2,N1,U1,PR1,10/06/2014,X1"),
                    episode("7,10/06/2014,L,C1,N1,U1,PR1,01/09/2014,E4A"),
                ),
                child("8", "<SEX>1</SEX><DOB>2011-03-02</DOB><UASC/>", episode("8,03/04/2014,S,V4,N1,U1,PR1,,")),
            ),
            "return.xml",
        )
    )
    assert shown(found, "care", "reason") == [("7", "2014-04-03", "2014-09-01", "E4A")]
    assert found.tables["legal_status"]["row"].to_pylist() == [1, 1]  # the first child
    person = found.tables["person"]
    assert person["child"].to_pylist() == ["7", "8"]
    assert person["sex"].to_pylist() == ["F", "M"]
    assert person["uasc"].to_pylist() == [True, None]
    assert person["birth"].to_pylist()[1].date().isoformat() == "2011-03-02"
    decided = sorted(d.date().isoformat() for d in found.tables["adoption"]["decision"].to_pylist())
    assert decided == ["2015-02-01", "2015-05-05"]
    # 2 HEADER, 3 EPISODE, a review, a missing episode, a placement for adoption, an AD1
    assert found.report.rows_read == 9
    assert found.report.rows_dropped == 1
    assert found.report.rows_kept == 8


def test_xml_is_known_by_its_structure_whatever_the_root_is_called(write):
    path = write(xml(child("7", "<DOB>02/03/2010</DOB>"), root="Return"), "x.xml")
    assert ssda903.sniff(look(path))
    assert load(path).tables["person"]["child"].to_pylist() == ["7"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><EXPSSDA903><CHILD/></EXPSSDA903>", "DOCTYPE"),
        ("<EXPSSDA903><CHILD><HEADER><CHILDID>7</CHILDID>", "cut short"),
        ("<EXPSSDA903></EXPSSDA903>", "no CHILD"),
    ],
)
def test_a_bad_xml_is_refused_in_words(write, text, said):
    with pytest.raises(SourceError, match=said):
        load(write(text, "x.xml"))


# The samples, and anything at all


def sample_rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for row in csv.reader(file) if any(row)) - 1


SAMPLES = {
    "episodes": {"care", "legal_status", "placement"},
    "header": {"person"},
    "missing": set(),
    "placed_for_adoption": {"adoption"},
    "previous_permanence": set(),
    "reviews": set(),
    "sw_episodes": set(),
    "uasc": {"person"},
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_samples_are_read_without_loss(shared_data, name):
    path = shared_data / "ssda903" / f"d2i_fake_{name}.csv"
    found = load(path)
    assert set(found.tables) == SAMPLES[name]
    assert found.report.rows_read == sample_rows(path)
    assert found.report.rows_read == found.report.rows_kept + found.report.rows_dropped
    for kind, table in found.tables.items():
        assert table.schema.equals(KINDS[kind].schema())


def test_the_sample_episodes_become_periods_that_do_not_overlap(shared_data):
    path = shared_data / "ssda903" / "d2i_fake_episodes.csv"
    found = load(path)
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["LS"] not in ("V3", "V4")]
    assert found.report.rows_kept == len(rows)
    assert set(found.tables["care"]["child"].to_pylist()) == {row["CHILD"] for row in rows}
    assert_apart(found)


def test_the_samples_as_xml_are_the_samples(shared_data, write):
    """The CSV set transposed into XML by this test gives the same records."""
    folder = shared_data / "ssda903"
    with (folder / "d2i_fake_header.csv").open(newline="") as file:
        headers = {row["CHILD"]: row for row in csv.DictReader(file)}
    groups: dict[str, list[str]] = {number: [] for number in headers}
    with (folder / "d2i_fake_episodes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            names = {"PLACE": "PL"}
            cells = "".join(f"<{names.get(k, k)}>{v}</{names.get(k, k)}>" for k, v in row.items() if k != "CHILD")
            groups[row["CHILD"]].append(f"<EPISODE>{cells}</EPISODE>")
    children = [
        child(number, "".join(f"<{name}>{row[name]}</{name}>" for name in HEADERS), *groups[number])
        for number, row in headers.items()
    ]
    as_xml = load(write(xml(*children), "all.xml"))
    assert as_xml.report.rows_read == 5050 + 2675
    as_csv = load(folder / "d2i_fake_episodes.csv")
    for kind in ("care", "legal_status", "placement"):
        assert sorted(map(str, shown(as_xml, kind))) == sorted(map(str, shown(as_csv, kind)))


def assert_apart(found: Casework) -> None:
    """Of one child, no period of care begins before the one before it has ended."""
    by_child: dict[str, list[tuple[str, str]]] = {}
    for child_, start, end in shown(found, "care"):
        by_child.setdefault(str(child_), []).append((str(start), str(end or "9999")))
    for periods in by_child.values():
        periods.sort()
        assert all(a[1] <= b[0] for a, b in zip(periods, periods[1:], strict=False))
        assert all(start <= end for start, end in periods)


day = st.integers(1, 28).map(lambda d: f"{d:02d}/0{1 + d % 4}/2014")
rows = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", ""]),
        day | st.sampled_from(["", "x"]),
        st.sampled_from(["S", "L", "P", "B", ""]),
        st.sampled_from(["C1", "C2", "V4", ""]),
        st.just("N1"),
        st.sampled_from(["U1", "K2", ""]),
        st.just("PR1"),
        day | st.just(""),
        st.sampled_from(["X1", "E4A", ""]),
    ),
    min_size=1,
    max_size=12,
)


@given(rows)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_rows_each_is_kept_or_dropped_and_periods_do_not_overlap(tmp_path, made):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS.split(","), *made])
    path = tmp_path / "Episodes.csv"
    path.write_text(text.getvalue())
    found = load(path)
    assert found.report.rows_read == len(made)
    assert found.report.rows_kept + found.report.rows_dropped == len(made)
    usable = {r[0] for r in made if r[0] and r[1] not in ("", "x") and r[3] != "V4"}
    assert set(found.tables["care"]["child"].to_pylist()) == usable
    assert_apart(found)
    starts = {r[1] for r in made}
    for kind in ("care", "legal_status", "placement"):
        for row in found.tables[kind].to_pylist():
            assert row["start"].strftime("%d/%m/%Y") in starts
            assert 2 <= row["row"] <= len(made) + 1
        keys = [(row["child"], row["start"]) for row in found.tables[kind].to_pylist()]
        assert len(keys) == len(set(keys))
