"""Annex A as councils hold it: both editions, every habit of sheets, headers, codes and dates, and what goes wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from flowmap.casework.kinds import KINDS, Casework
from flowmap.eventlog import SourceError
from flowmap.sources import ReadOptions, annex_a
from flowmap.sources.annex_a.codes import decode
from flowmap.sources.annex_a.lists import LISTS
from flowmap.sources.head import look
from flowmap.sources.options import silent

CONTACTS = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"]
REFERRALS = [
    *("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Date of referral"),
    *(
        "Referral Source",
        "Referral NFA?",
        "Number of Referrals in Last 12 Months",
        "Allocated Team",
        "Allocated Worker",
    ),
]
NEED = [
    *("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Does the Child have a Disability"),
    *("CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date", "Reason for Closure"),
    *("Case Status", "Allocated Team", "Allocated Worker"),
]
CARE = [
    *("Child Unique ID", "Date Started to be Looked After", "Child's Category of Need"),
    *("Start date of current legal status", "Child's Legal Status", "Date Ceased to be Looked After"),
    *("Reason Ceased to be Looked After", "Start Date of Most Recent Placement", "Placement Type"),
    *("Placement Provider", "Placement postcode"),
]


def day(year: int, month: int, number: int) -> dt.datetime:
    return dt.datetime(year, month, number)


MAY = dt.datetime(2023, 5, 4)


def contact(child: Any = 1, on: Any = MAY, source: Any = "q) 6: Police", **other: Any) -> list[Any]:
    given = {"sex": "b) Female", "ethnicity": "a) WBRI", "birth": day(2015, 1, 25), "age": 8, **other}
    return [child, given["sex"], given["ethnicity"], given["birth"], given["age"], on, source]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """book(sheets={name: rows}): a workbook with those sheets."""

    def put(name: str = "annex.xlsx", **sheets: Sequence[Sequence[Any]]) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        for title, rows in sheets.items():
            sheet = made.create_sheet(title.replace("__", " "))
            for row in rows:
                sheet.append(list(row))
        made.save(tmp_path / name)
        return tmp_path / name

    return put


def read(path: Path) -> Casework:
    found = annex_a.records(look(path), ReadOptions(), silent)
    report = found.report
    assert report.rows_read == report.rows_kept + report.rows_dropped
    for name, table in found.tables.items():
        assert table.schema.equals(KINDS[name].schema()), name
        assert len(table)
    return found


def rules(found: Casework) -> dict[str, int]:
    return {p.rule: p.count for p in found.report.problems}


def values(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


class TestSamples:
    def test_liia_sample_has_all_lists_with_headers_in_row_1(self, shared_data: Path) -> None:
        path = shared_data / "annex_a" / "liia_Annex_A.xlsx"
        assert annex_a.sniff(look(path)) == (
            "its sheets have the headers of Annex A, lists 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"
        )
        found = read(path)
        sizes = {name: len(table) for name, table in found.tables.items()}
        # Counted in the workbook: rows of the lists, conferences with a date, children that differ.
        assert sizes == {
            **{"person": 48, "contact": 5, "early_help": 5, "referral": 11, "assessment": 5, "strategy": 5, "s47": 5},
            **{"icpc": 3, "cp_plan": 7, "care": 5, "legal_status": 5, "placement": 5, "adoption": 5},
        }
        assert found.report.rows_read == 5 + 5 + 6 + 5 + 5 + 5 + 7 + 5 + 6 + 5 + 5
        assert rules(found)["adopters"] == found.report.rows_dropped == 5
        first = found.tables["care"].slice(4, 1).to_pylist()[0]
        assert (first["reason"], first["need"], first["end"]) == ("E47", "N1", day(2020, 9, 22))
        assert values(found.tables["placement"], "type", "provider")[0] == ("U6", "PR4")
        assert found.as_of == int(dt.datetime(2021, 3, 15, tzinfo=dt.UTC).timestamp() * 1000)
        assert len(found.sha256) == 64
        assert found.bytes == path.stat().st_size

    def test_ofsted_template_is_recognised_and_empty(self, shared_data: Path) -> None:
        found = read(shared_data / "annex_a" / "ofsted_template_2019.xlsx")
        assert found.tables == {}
        assert found.report.rows_read == 0
        assert found.said[0].count(" 0 rows)") == 11
        assert found.said[0].endswith("headers in row 2.")
        assert any("'Guidance'" in sentence for sentence in found.said)

    def test_cscdp_sample_with_formulas_and_a_conference_without_enquiry(self, shared_data: Path) -> None:
        found = read(shared_data / "annex_a" / "cscdp_annexa_example.xlsx")
        assert values(found.tables["contact"], "child", "date")[1] == ("2222", day(2019, 1, 12))  # =F2+3
        assert values(found.tables["icpc"], "child", "date") == [("2547", day(2020, 4, 6))]
        assert [c for (c,) in values(found.tables["s47"], "child")] == ["8888", "4444", "2458"]
        assert found.report.rows_dropped == 0


class TestHabits:
    @pytest.mark.parametrize("title", [[], [["List 1: Contacts"]], [["Annex A"], [], ["List 1", None, "as at 1 June"]]])
    def test_header_row(self, book: Callable[..., Path], title: list[Any]) -> None:
        found = read(book(Contacts=[*title, CONTACTS, contact()]))
        assert values(found.tables["contact"], "child", "date", "source", "row", "place") == [
            ("1", day(2023, 5, 4), "6", len(title) + 2, "Contacts")
        ]

    def test_a_list_is_known_by_its_headers_not_by_its_sheet(self, book: Callable[..., Path]) -> None:
        found = read(book(List_3=[CONTACTS, contact()], Notes=[["something", "else"], [1, 2]]))
        assert list(found.tables) == ["person", "contact"]
        assert any("'Notes'" in sentence for sentence in found.said)

    def test_headers_vary(self, book: Callable[..., Path]) -> None:
        odd = [
            *("\xa0child unique ID ", "Local column", "date of REFERRAL", "Referral  Source", "Referral NFA"),
            *("Age", "Date of\xa0Birth ", "Allocated Worker"),
        ]
        row = ["A1", "x", "04/05/2023", "Police", "b) No", -1, None, "Fay Ke"]
        found = read(book(List__3=[odd, row]))
        assert values(found.tables["referral"], "child", "date", "source", "nfa", "team") == [
            ("A1", day(2023, 5, 4), "6", False, None)
        ]
        assert values(found.tables["person"], "birth", "sex") == [(None, None)]
        assert [p.message for p in found.report.problems if p.rule == "column-left-out"] == [
            "The column 'Local column' of annex.xlsx is left out: Annex A has none of that name."
        ]
        missing = [p.message for p in found.report.problems if p.rule == "column-missing"]
        assert len(missing) == 3  # gender, ethnicity, team
        assert "Fay Ke" not in str(found)

    def test_the_templates_header_wins_over_another_word_for_it(self, book: Callable[..., Path]) -> None:
        found = read(book(List_1=[["Person ID", *CONTACTS], ["row 1", *contact(7)]]))
        assert values(found.tables["contact"], "child") == [("7",)]
        assert any("'Person ID'" in p.message for p in found.report.problems if p.rule == "column-left-out")

    def test_curly_apostrophes_and_a_slip_in_a_header(self, book: Callable[..., Path]) -> None:
        headers = [h.replace("Child's", "Child’s").replace("Reason Ceased", "Reason Ceassed") for h in CARE]
        row = ["7", "2022-01-31", "N1", "01/02/2022", "C1: ICO", None, "f) E4B", "31-Jan-2022", "U1", "PR0", "AB1 2CD"]
        found = read(book(Care=[headers, row]))
        assert values(found.tables["care"], "start", "need", "reason") == [(day(2022, 1, 31), "N1", "E4B")]
        assert values(found.tables["legal_status"], "start", "status") == [(day(2022, 2, 1), "C1")]
        assert any("'Reason Ceassed to be Looked After' is taken for" in sentence for sentence in found.said)
        assert "AB1 2CD" not in str(found)

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("04/05/2023", day(2023, 5, 4)),
            ("2023-05-04", day(2023, 5, 4)),
            ("2023-05-04 00:00:00", day(2023, 5, 4)),
            (dt.date(2023, 5, 4), day(2023, 5, 4)),
            (45050, day(2023, 5, 4)),
            ("04-May-23", day(2023, 5, 4)),
            ("12/25/2022", day(2022, 12, 25)),
            (dt.datetime(2023, 5, 4, 14, 30), dt.datetime(2023, 5, 4, 14, 30)),
        ],
    )
    def test_dates(self, book: Callable[..., Path], written: Any, meant: dt.datetime) -> None:
        found = read(book(List_1=[CONTACTS, contact(on=written)]))
        assert values(found.tables["contact"], "date") == [(meant,)]

    def test_a_date_that_can_only_be_month_first_is_reported(self, book: Callable[..., Path]) -> None:
        found = read(book(List_1=[CONTACTS, contact(on="12/25/2022"), contact(on="01/02/2023")]))
        assert rules(found)["month-first-date"] == 1
        assert values(found.tables["contact"], "date") == [(day(2022, 12, 25),), (day(2023, 2, 1),)]

    def test_bad_rows_are_dropped_with_their_rule_and_row(self, book: Callable[..., Path]) -> None:
        rows = [
            contact(),
            contact(child=None),
            contact(on=None),
            contact(on="31/02/2023"),
            contact(on="Fay Ke"),
            contact(on=day(1900, 1, 1)),
            contact(on="04/05/2203"),
            [None] * 7,
            contact(child="#N/A"),
            ["Total", None, None, None, None, 6],
        ]
        found = read(book(List_1=[["List 1: Contacts"], CONTACTS, *rows]))
        assert found.report.rows_read == 9  # the blank row is none
        assert found.report.rows_kept == 1
        dropped = {
            p.rule: (p.count, [e.row for e in p.examples]) for p in found.report.problems if p.action == "dropped"
        }
        assert dropped == {
            "missing-child": (2, [4, 11]),
            "missing-time": (1, [5]),
            "unreadable-time": (2, [6, 7]),
            "placeholder-date": (1, [8]),
            "implausible-date": (1, [9]),
            "total-row": (1, [12]),
        }
        shown = [e.value for p in found.report.problems for e in p.examples]
        assert "31/02/2023" in shown
        assert "Fay Ke" not in shown
        assert "2015-01-25" not in str(found.report)

    def test_an_unreadable_birth_stays_out_of_messages(self, book: Callable[..., Path]) -> None:
        found = read(book(List_1=[CONTACTS, contact(birth="25/13/2015")]))
        assert rules(found)["unreadable-time"] == 1
        assert "25/13" not in str(found.report)
        assert len(found.tables["contact"]) == 1

    def test_hidden_copies_are_not_read_and_merged_titles_do_no_harm(self, tmp_path: Path) -> None:
        made = openpyxl.Workbook()
        sheet = made.worksheets[0]
        sheet.title = "Contacts"
        sheet.append(["List 1: Contacts"])
        sheet.merge_cells("A1:G1")
        sheet.append(CONTACTS)
        sheet.append(contact())
        for title, rows in (
            ("old", [CONTACTS, contact(), contact(2)]),
            ("List 3", [REFERRALS, [5, *[None] * 4, day(2023, 1, 1)]]),
        ):
            hidden = made.create_sheet(title)
            hidden.sheet_state = "hidden"
            for row in rows:
                hidden.append(row)
        made.save(tmp_path / "hidden.xlsx")
        found = read(tmp_path / "hidden.xlsx")
        assert {name: len(table) for name, table in found.tables.items()} == {"person": 2, "contact": 1, "referral": 1}
        assert any("hidden sheets are not read" in sentence and "old" in sentence for sentence in found.said)

    def test_formulas_without_a_value_are_blank(self, book: Callable[..., Path]) -> None:
        found = read(book(List_1=[CONTACTS, contact(on="=DATE(2023,5,4)"), contact(2)]))
        assert rules(found)["missing-time"] == 1
        assert len(found.tables["contact"]) == 1

    def test_csv_set(self, tmp_path: Path) -> None:
        path = tmp_path / "whatever.csv"
        path.write_text(
            "\ufeffList 3: Referral;;;;\r\n"
            "Child Unique ID;Date of referral;Referral Source;Referral NFA?;Age\r\n"
            '007;04/05/2023;"q) 6: Police";Yes;4\r\n'
            ";;;;\r\n"
            "008;05/05/2023;5\r\n",
            "utf-8",
        )
        assert annex_a.sniff(look(path)) == "its headers are those of Annex A, list 3 (Referral)"
        found = read(path)
        assert values(found.tables["referral"], "child", "date", "source", "nfa", "row", "place") == [
            ("007", day(2023, 5, 4), "6", True, 3, "list 3"),
            ("008", day(2023, 5, 5), "5", None, 5, "list 3"),
        ]

    def test_csv_in_windows_1252(self, tmp_path: Path) -> None:
        path = tmp_path / "list8.csv"
        text = ",".join(CARE).replace("'", "’") + "\n9,01/02/2022,N2 - Child’s disability,01/02/2022,V2,,,,,,\n"
        path.write_bytes(text.encode("cp1252"))
        assert values(read(path).tables["care"], "child", "need") == [("9", "N2")]

    @pytest.mark.parametrize(
        "text",
        [
            "child_id,event,date\n1,referral,2023-01-01\n",
            "a\nb\n",
            '{"a": 1}',
            "Child Unique ID,Date of referral\n1,2\n",
        ],
    )
    def test_other_files_are_not_annex_a(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "log.csv"
        path.write_text(text)
        assert annex_a.sniff(look(path)) is None
        with pytest.raises(SourceError, match="None of Annex A's lists"):
            annex_a.records(look(path), ReadOptions(), silent)

    def test_a_stray_cell_in_the_last_corner_is_an_error_not_half_a_terabyte(self, tmp_path: Path) -> None:
        made = openpyxl.Workbook()
        sheet = made.worksheets[0]
        sheet.append(CONTACTS)
        sheet["XFD1048576"] = "x"
        made.save(tmp_path / "corner.xlsx")
        with pytest.raises(SourceError, match="stray cell"):
            annex_a.records(look(tmp_path / "corner.xlsx"), ReadOptions(), silent)

    def test_a_quotation_mark_that_is_never_closed(self, tmp_path: Path) -> None:
        path = tmp_path / "open.csv"
        path.write_text(",".join(CONTACTS) + '\n1,"' + "x,y,z,\n" * 2000)
        with pytest.raises(SourceError, match="quotation mark"):
            annex_a.records(look(path), ReadOptions(), silent)


class TestMeaning:
    def test_list_6_closes_the_referral_of_its_day_and_is_one_itself_otherwise(self, book: Callable[..., Path]) -> None:
        referral = [1, None, None, None, 5, day(2023, 5, 4), "1A", "a) No", 0, "Front door", "Fay Ke"]
        episode = [1, None, None, None, 5, "a) Yes", day(2023, 5, 4), "N1 - Abuse or neglect", day(2023, 6, 1)]
        closed = [day(2023, 6, 2), "RC7 - Services ceased", "e) Closed episode", "East", "Fay Ke"]
        old = [
            2,
            None,
            None,
            None,
            9,
            "b) No",
            day(2021, 1, 1),
            "N5",
            None,
            None,
            None,
            "c) Child in need plan",
            "West",
            "",
        ]
        found = read(book(List_3=[REFERRALS, referral], List_6=[NEED, [*episode, *closed], old]))
        fields = ("child", "date", "source", "nfa", "need", "closed", "reason", "team", "place")
        assert values(found.tables["referral"], *fields) == [
            ("1", day(2023, 5, 4), "1A", False, "N1", day(2023, 6, 2), "RC7", "Front door", "List_3"),
            ("2", day(2021, 1, 1), None, None, "N5", None, None, "West", "List_6"),
        ]
        assert values(found.tables["person"], "child", "disability") == [("1", True), ("2", False)]
        assert found.report.rows_kept == 3
        assert "Fay Ke" not in str(found)

    def test_list_6_start_on_another_day_than_the_referral_is_reported(self, book: Callable[..., Path]) -> None:
        referral = [1, None, None, None, 5, day(2023, 5, 4), "1A", "No", 0, "", ""]
        episode = [1, None, None, None, 5, None, day(2023, 5, 6), "N1", None, None, None, "e) Closed episode", "", ""]
        found = read(book(List_3=[REFERRALS, referral], List_6=[NEED, episode]))
        assert rules(found)["cin-start-without-referral"] == 1
        assert rules(found)["status-against-closure"] == 1
        assert len(found.tables["referral"]) == 2

    def test_list_5(self, book: Callable[..., Path]) -> None:
        headers = [
            *("Child Unique ID", "Strategy discussion initiating Section 47 Enquiry Start Date"),
            "Was an Initial Child Protection Conference deemed unnecessary",
            *("Date of Initial Child Protection Conference", "Allocated Team"),
            "Did the Initial Child Protection Conference Result in a Child Protection Plan?",
        ]
        rows = [
            [1, day(2023, 1, 2), "b) No", day(2023, 1, 20), "T", "a) Yes"],
            [2, day(2023, 1, 3), "Yes", None, "T", None],
            [3, day(2023, 1, 4), None, None, "T", None],
        ]
        found = read(book(Sec47=[headers, *rows]))
        assert values(found.tables["s47"], "child", "start", "conference") == [
            ("1", day(2023, 1, 2), True),
            ("2", day(2023, 1, 3), False),
            ("3", day(2023, 1, 4), None),
        ]
        assert values(found.tables["strategy"], "date") == values(found.tables["s47"], "start")
        assert values(found.tables["icpc"], "child", "date", "plan", "team") == [("1", day(2023, 1, 20), True, "T")]

    def test_short_breaks_are_dropped_and_care_ends_its_status_and_placement(self, book: Callable[..., Path]) -> None:
        rows = [
            [1, day(2022, 1, 1), "N1", day(2022, 2, 1), "C2", day(2023, 1, 1), "E4A", day(2022, 3, 1), "U1", "PR1", ""],
            [2, day(2022, 1, 1), "N2", day(2022, 1, 1), "V4: Short term breaks", None, None, None, None, None, None],
        ]
        found = read(book(Care=[CARE, *rows]))
        assert rules(found)["short-break"] == found.report.rows_dropped == 1
        for name in ("care", "legal_status", "placement"):
            assert values(found.tables[name], "child", "end") == [("1", day(2023, 1, 1))]

    def test_a_child_is_one_person_and_the_first_answer_counts(self, book: Callable[..., Path]) -> None:
        rows = [
            contact(sex="c) Not stated/recorded", birth=None),
            contact(birth=day(2015, 1, 26)),
            contact(sex="a) Male"),
        ]
        found = read(book(List_1=[CONTACTS, *rows]))
        assert values(found.tables["person"], "child", "birth", "sex") == [("1", day(2015, 1, 26), "F")]
        assert rules(found)["lists-differ"] == 1

    def test_care_leavers_family_and_adopters(self, book: Callable[..., Path]) -> None:
        leavers = ["Child Unique ID", "Date of Birth", "Eligibility Category", "LA in Touch"]
        adoption = [
            *("Child Unique ID", "Family identifier", "Date of Decision that Child Should be Placed for Adoption"),
            *("Date of Placement Order", "Date of Adoption Order "),
        ]
        adopters = ["Individual adopter identifier", "Family identifier", "Gender", "Ethnicity"]
        found = read(
            book(
                List_9=[leavers, [1, day(2004, 1, 1), "b) Former relevant child", "a) Yes"]],
                List_10=[
                    adoption,
                    [2, 77, day(2022, 5, 1), None, day(2023, 5, 1)],
                    [3, 77, None, day(2022, 6, 1), None],
                ],
                List_11=[adopters, [1, 77, "a) Male", "a) WBRI"]],
            )
        )
        assert values(found.tables["person"], "child", "care_leaver", "family") == [
            ("1", "former relevant child", None),
            ("2", None, "77"),
        ]
        assert values(found.tables["adoption"], "child", "decision", "order") == [
            ("2", day(2022, 5, 1), day(2023, 5, 1))
        ]
        assert rules(found)["adopters"] == 1
        assert rules(found)["missing-time"] == 1

    def test_as_of_is_the_last_date_that_a_slip_of_the_pen_cannot_move(self, book: Callable[..., Path]) -> None:
        rows = [contact(on=day(2019, 1, 1)), contact(on=day(2019, 3, 1)), contact(on=day(2024, 3, 1))]
        found = read(book(List_1=[CONTACTS, *rows]))
        assert found.as_of == int(dt.datetime(2019, 3, 1, tzinfo=dt.UTC).timestamp() * 1000)

    def test_texts_in_a_column_of_codes_are_left_out(self, book: Callable[..., Path]) -> None:
        rows = [contact(child=i, source=f"Person {i} of the street") for i in range(50)]
        found = read(book(List_1=[CONTACTS, *rows]))
        assert found.tables["contact"]["source"].null_count == 50
        assert rules(found)["not-a-code"] == 50


@pytest.mark.parametrize(
    ("codes", "text", "code"),
    [
        ("SOURCE", "a) 1A: Individual", "1A"),
        ("SOURCE", "1a", "1A"),
        ("SOURCE", "q) 6: Police", "6"),
        ("SOURCE", "Police", "6"),
        ("SOURCE", "5D: LA services", "5D"),
        ("SOURCE", "Individual", "Individual"),  # four codes have this word
        ("YES_NO", "a) Yes", "yes"),
        ("YES_NO", "N", "no"),
        ("SEX", "c) Not stated/recorded (or unborn)", "U"),
        ("ABUSE", "e) Multiple/not recommended", "MUL"),
        ("ABUSE", "Emotional abuse", "EMO"),
        ("NEED", "N3 - Parental illness or disability", "N3"),
        ("CEASED", "e) E4A: Returned home to live with parents", "E4A"),
        ("PROVIDER", "e) PR4 - Private provision", "PR4"),
        ("CLOSURE", "RC8 - case closed after assessment", "RC8"),
        ("LEGAL", "zz) something local", "something local"),
    ],
)
def test_codes(codes: str, text: str, code: str) -> None:
    assert decode(codes, text)[0] == code


def test_the_page_says_what_becomes_of_every_column_that_is_read() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "annex-a.md").read_text("utf-8")
    page = " ".join(page.replace("’", "'").split())
    for kind in LISTS:
        for column in kind.columns:
            if column.to or column.type == "seen":
                assert column.header.strip().replace("’", "'") in page, column.header


def test_rows_are_numbered_as_excel_numbers_them_after_blank_rows_and_a_title(book: Callable[..., Path]) -> None:
    blank: list[Any] = []
    rows = [*[blank] * 9, ["List 1: Contacts"], blank, CONTACTS, contact(1), contact(2, on="soon")]
    found = read(book(List_1=rows))
    assert "headers in row 12" in found.said[0]
    (problem,) = [each for each in found.report.problems if each.rule == "unreadable-time"]
    assert [each.row for each in problem.examples] == [14]
