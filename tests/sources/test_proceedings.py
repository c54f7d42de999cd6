"""Care proceedings: how legal departments write them, whose rows they are, and that no name gets out."""

from __future__ import annotations

import datetime as dt
import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowmap.build import BuildOptions, build
from flowmap.casework import Casework, table
from flowmap.eventlog import SourceError
from flowmap.linkage import decisions, report
from flowmap.quality import QualityReport
from flowmap.sources import ReadOptions, proceedings, roster
from flowmap.sources.head import look
from flowmap.sources.options import silent
from flowmap.sources.proceedings.linking import match_report
from flowmap.sources.proceedings.orders import canonical, normalise

HEADER = "Case number,Surname,Initials,DOB,Date of application,Date of final order,Order made"
ROSTER = """Child ID,Surname,Forename(s),Date of birth,Gender
100,PEMBERLEY,James,04/03/2015,M
101,O'Thornwick,Kate Anne,25/03/2016,F
102,Quillfeather,Kate,25/04/2016,F
"""
Write = Callable[..., Path]


def read(path: Path, **options: object) -> Casework:
    return proceedings.records(look(path), ReadOptions(**options), silent)  # type: ignore[arg-type]


def linked(*parts: Casework, **options: object) -> list[Casework]:
    return proceedings.link(list(parts), ReadOptions(), silent, **options)  # type: ignore[arg-type]


def found(part: Casework) -> list[tuple[object, ...]]:
    rows = part.tables["proceedings"].to_pylist()
    return [
        (r["child"], f"{r['application']:%Y-%m-%d}", r["final"] and f"{r['final']:%Y-%m-%d}", r["order"]) for r in rows
    ]


def rules(part: Casework) -> dict[str, int]:
    return {p.rule: p.count for p in part.report.problems if p.action != "note"}


@pytest.mark.parametrize(
    "header",
    [
        "Child ID,Date of application,Date of final order,Order made",
        "Social care ID,Application date,Final order date,Orders made",
        "Mosaic number,Issued,Final hearing,Order(s)",
        "LCS ID,Date issued,Date order made,Outcome",
        "ICS number,Proceedings issued,Final Order,Type of order",
        "Client ID,Date of s31 application,Order date,Order\xa0made ",
        "child_unique_id,ApplicationDate,FinalOrderDate,OrderMade",
    ],
)
def test_the_headers_of_many_departments_are_known(write: Write, header: str) -> None:
    path = write(f"{header}\nC7,31/01/2023,20/09/2023,Care Order\nC8,01/02/2023,,\n")
    assert proceedings.sniff(look(path))
    assert found(linked(read(path))[0]) == [
        ("C7", "2023-01-31", "2023-09-20", "Care order"),
        ("C8", "2023-02-01", None, None),
    ]


def test_a_workbook_with_a_sheet_a_year_and_titles_above_is_read_whole(write: Write) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "2022"
    for sheet, child, day in (
        (first, "C1", dt.date(2022, 3, 4)),
        (book.create_sheet("2023"), "C2", dt.date(2023, 4, 5)),
    ):
        sheet.append(["Care proceedings of the county"])
        sheet.append([])
        sheet.append(["Child ID", "Date of application", "Final hearing", "Final order"])
        sheet.append([child, day, day + dt.timedelta(200), "SGO"])
    book.create_sheet("Notes").append(["Ask the paralegal"])
    buffer = io.BytesIO()
    book.save(buffer)
    path = write(buffer.getvalue(), "legal.xlsx")
    assert proceedings.sniff(look(path))
    part = read(path)
    assert found(part) == [
        ("C1", "2022-03-04", "2022-09-20", "Special guardianship order"),
        ("C2", "2023-04-05", "2023-10-22", "Special guardianship order"),
    ]
    assert part.tables["proceedings"].column("row").to_pylist() == [4, 4]
    assert part.aside.sheets() == ["2022", "2023"]  # a row number alone is two rows
    assert part.tables["proceedings"].column("place").to_pylist() == ["2022", "2023"]


def test_orders_in_several_rows_and_siblings_are_one_record_a_child_and_application(write: Write) -> None:
    path = write(
        "Child ID,Case number,Date of application,Date of final order,Order made\n"
        "C1,X1,01/02/2023,20/09/2023,Care Order\n"
        "C1,X1,01/02/2023,27/09/2023,Placement Order\n"
        "C2,X1,01/02/2023,20/09/2023,Care Order & SGO\n"
        "C1,X9,01/02/2025,20/09/2025,Supervision order\n"
    )
    (part,) = linked(read(path))
    assert found(part) == [
        ("C1", "2023-02-01", "2023-09-27", "Care order; Placement order"),
        ("C2", "2023-02-01", "2023-09-20", "Care order; Special guardianship order"),
        ("C1", "2025-02-01", "2025-09-20", "Supervision order"),
    ]
    assert (part.report.rows_read, part.report.rows_dropped) == (4, 0)


def test_each_row_that_is_lost_is_lost_under_one_rule(write: Write) -> None:
    rows = [
        "X1,Pemberley,J,04/03/2015,01/02/2023,20/09/2023,Care Order",
        "X1,Pemberley,J,04/03/2015,,20/09/2023,Care Order",
        "X1,Pemberley,J,04/03/2015,soon,20/09/2023,Care Order",
        "X1,,J,,01/02/2023,20/09/2023,Care Order",
        ",,,,,,",
        "X2,Nobody,Z,09/09/2009,01/02/2023,when?,Care Order",
    ]
    legal = write("\n".join([HEADER, *rows]) + "\n", "legal.csv")
    part, _ = linked(read(legal), roster.records(look(write(ROSTER, "list.csv")), ReadOptions(), silent))
    dropped = {p.rule: (p.count, [e.row for e in p.examples]) for p in part.report.problems if p.action == "dropped"}
    assert dropped == {
        "missing-time": (1, [3]),
        "unreadable-time": (1, [4]),
        "missing-child": (1, [5]),
        "blank-row": (1, [6]),
        "not-linked": (1, [7]),
    }
    assert rules(part)["unreadable-final"] == 1
    assert (part.report.rows_read, part.report.rows_kept) == (6, 1)
    assert found(part) == [("100", "2023-02-01", "2023-09-20", "Care order")]


def test_a_file_without_any_proceedings_is_refused_in_words(write: Write) -> None:
    with pytest.raises(SourceError, match="No row of the file is care proceedings"):
        read(write(f"{HEADER}\n,,,,soon,,\n"))
    with pytest.raises(SourceError, match="quotation mark"):
        read(write(f'{HEADER}\nX,"Pemberley,J,,01/02/2023,,\nY,Other,K,,01/02/2023,,\n'))


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Care Order; SGO", ["Care order", "Special guardianship order"]),
        ("Care and Placement Orders", ["Care order", "Placement order"]),
        (
            "care, special guardianship, specific issue",
            ["Care order", "Special guardianship order", "Specific issue order"],
        ),
        ("Supervision Order (12 months)", ["Supervision order"]),
        ("Interim Care Order", ["Interim care order"]),
        ("No order made", ["No order"]),
        ("Application withdrawn", ["Withdrawn"]),
        ("Discharge of care order", ["Discharged"]),
        ("Child Arrangements Order / Supervision order", ["Child arrangements order", "Supervision order"]),
        ("RESIDENCE ORDER", ["Residence order"]),
        ("Placed with aunt", []),
    ],
)
def test_known_orders_have_one_spelling(written: str, known: list[str]) -> None:
    assert canonical(written)[0] == known


def test_an_order_that_may_name_somebody_is_not_taken_over() -> None:
    cells = [
        "Lives with Jane Pemberley",
        "Wardship",
        "Tigers",
        "Tigers",
        "Tigers",
        "Pemberley",
        "Pemberley",
        "Pemberley",
    ]
    orders, hidden = normalise(cells, {"pemberley"})
    assert orders == ["Other order", "Wardship", "Tigers", "Tigers", "Tigers", *["Other order"] * 3]
    assert hidden == [True, False, False, False, False, True, True, True]


def test_a_list_of_children_is_known_by_its_columns_and_makes_no_records(write: Write) -> None:
    path = write(ROSTER, "list.csv")
    assert roster.sniff(look(path))
    assert not proceedings.sniff(look(path))
    part = roster.records(look(path), ReadOptions(), silent)
    assert part.tables == {}
    assert (part.report.rows_read, part.report.rows_dropped) == (3, 0)
    events = write("Child ID,Surname,Date of birth,Event,Date\n1,A,04/03/2015,Contact,01/02/2023\n", "log.csv")
    assert not roster.sniff(look(events))
    assert not proceedings.sniff(look(events))


def test_no_sample_of_another_format_is_taken_for_one_of_these(shared_data: Path) -> None:
    taken = []
    for path in shared_data.rglob("*"):
        if path.suffix in (".csv", ".xlsx") and path.stat().st_size < 2_000_000:
            head = look(path)
            taken += [path.name] if proceedings.sniff(head) or roster.sniff(head) else []
    assert taken == []


def test_what_a_person_decided_is_used_until_the_row_changes(write: Write, tmp_path: Path) -> None:
    twins = "1,Quillfeather,Ada,04/03/2015\n2,Quillfeather,Alma,04/03/2015\n"
    names = write(f"Child ID,Surname,Forename,DOB\n{twins}", "list.csv")
    row = "X1,Quillfeather,A,04/03/2015,01/02/2023,20/09/2023,Care order"
    legal = write(f"{HEADER}\n{row}\n", "legal.csv")

    def parts() -> list[Casework]:
        return [read(legal), roster.records(look(names), ReadOptions(), silent)]

    first = linked(*parts())
    match = match_report(first)
    assert match is not None
    assert found(first[0]) == []
    (line,) = match.review
    assert (line["file"], line["row"], line["candidates"], line["decision"]) == ("legal.csv", "2", "1 2", "")
    beside = decisions.beside(tmp_path / "council")
    decisions.write(beside, match.review)
    assert beside.stat().st_mode & 0o077 == 0
    text = beside.read_text(encoding="utf-8-sig")
    assert "Quillfeather" not in text
    assert "2015" not in text
    beside.write_text(text.replace(",1 2,,", ",1 2,2,").replace("2023-02-01", "01/02/2023"))  # as Excel saves it
    again = linked(*parts(), decisions=beside)
    assert found(again[0]) == [("2", "2023-02-01", "2023-09-20", "Care order")]
    beside.write_text(text.replace(",1 2,,", ",1 2,none,"))
    nobody = linked(*parts(), decisions=beside)
    assert (found(nobody[0]), match_report(nobody).review) == ([], [])  # type: ignore[union-attr]
    legal.write_text(f"{HEADER}\n{row.replace('01/02/2023', '01/03/2023')}\n")
    changed = linked(*parts(), decisions=beside)
    assert "decision-stale" in {p.rule for p in changed[0].report.problems}
    kept = decisions.read(beside)
    decisions.write(beside, match_report(changed).review, kept)  # type: ignore[union-attr]
    (asked,) = decisions.read(beside).rows.values()  # type: ignore[union-attr]
    assert (asked["application"], asked["decision"]) == ("2023-03-01", "")
    beside.write_text("something,else\n1,2\n")
    with pytest.raises(SourceError, match="decisions"):
        linked(*parts(), decisions=beside)


def test_identities_are_neither_shown_nor_pickled_and_go_when_the_files_are_joined(write: Write) -> None:
    legal = read(write(f"{HEADER}\nX1,Pemberley,J,04/03/2015,01/02/2023,20/09/2023,Care Order\n", "legal.csv"))
    names = roster.records(look(write(ROSTER, "list.csv")), ReadOptions(), silent)
    for part in (legal, names):
        assert "emberley" not in repr(part).lower()
        with pytest.raises(TypeError):
            pickle.dumps(part)
    after = linked(legal, names)
    match = match_report(after)
    assert match is not None
    shown = repr(after) + json.dumps(match.to_json()) + json.dumps([part.report.to_json() for part in after])
    assert "emberley" not in shown.lower()
    assert b"emberley" not in pickle.dumps(after).lower()
    assert "2015" not in shown


def test_no_surname_and_no_date_of_birth_is_in_a_dataset(write: Write, tmp_path: Path) -> None:
    rows = [
        "X1,Pemberley,J,04/03/2015,01/02/2023,20/09/2023,Care Order to Pemberley",
        "X2,Othornwick,K,25/03/2016,01/02/2022,20/09/2022,Lives with Pemberley",
        "X2,Quillfaether,K,25/04/2016,01/02/2022,20/09/2022,Supervision order",
        "X3,Marchbanks,Q,25/04/2011,01/02/2022,20/09/2022,Supervision order",
    ]
    legal = write("\n".join([HEADER, *rows]) + "\n", "legal.csv")
    names = write(ROSTER, "list.csv")
    said: list[str] = []
    built = build([legal, names], tmp_path / "council", BuildOptions(title="County"), say=said.append)
    assert len(built.pseudonyms) == 3
    everything = b"".join(p.read_bytes() for p in (tmp_path / "council").rglob("*") if p.is_file())
    everything += "\n".join(said).encode()
    for name in (b"emberley", b"thornwick", b"quillf", b"marchbanks", b"kate"):
        assert name not in everything.lower()
    for born in ("2015-03-04", "04/03/2015", "2016-03-25", "25/03/2016", "2016-04-25", "2011-04-25"):
        assert born.encode() not in everything


def test_social_cares_own_dates_are_compared(write: Write) -> None:
    day = [dt.datetime(2023, 2, 10), dt.datetime(2023, 9, 27), dt.datetime(2022, 1, 1), dt.datetime(2024, 1, 1)]
    status = table(
        "legal_status",
        {"child": ["1", "1", "2", "2"], "start": day, "status": ["C1", "C2", "C1", "V2"], "row": [1, 2, 3, 4]},
    )
    social = Casework("903.csv", "ssda903", {"legal_status": status}, QualityReport(), as_of=0)
    rows = "1,01/02/2023,20/09/2023,Care order\n2,05/01/2022,20/09/2022,Placement order\n"
    rows += "2,05/01/2023,20/09/2023,No order\n"
    legal = write(f"Child ID,Date of application,Final order date,Order made\n{rows}", "legal.csv")
    match = match_report(linked(read(legal), social))
    assert match is not None
    assert [(d["row"], d["what"], d["legal"], d["social"], d["days"]) for d in match.discrepancies] == [
        (2, "care order and legal status C2 on different days", "2023-09-20", "2023-09-27", 7),
        (3, "placement order without legal status E1 in social care", "2022-09-20", "", None),
        (3, "application after legal status C1", "2022-01-05", "2022-01-01", -4),
    ]


def test_the_report_is_saved_without_a_child_and_as_lists(write: Write, tmp_path: Path) -> None:
    legal = read(write(f"{HEADER}\nX1,Pemberley,J,04/03/2015,01/02/2023,20/09/2023,Care Order\n", "legal.csv"))
    names = roster.records(look(write(ROSTER, "list.csv")), ReadOptions(), silent)
    match = match_report(linked(legal, names))
    assert match is not None
    saved = json.loads(report.save(match, tmp_path).read_text(encoding="utf-8"))
    assert (saved["rows"], saved["linked"], saved["rate"]) == (1, 1, 1.0)
    lists = report.write_lists(match, tmp_path / "lists")
    assert [path.name for path in lists] == ["match_passes.csv", "match_groups.csv", "match_discrepancies.csv"]
    text = "".join(path.read_text(encoding="utf-8-sig") for path in lists)
    assert "name_birth" in text
    assert "emberley" not in text.lower()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), bytes_=st.binary(min_size=1, max_size=12), cut=st.integers(0, 60))
def test_a_damaged_file_is_read_or_refused_in_words(write: Write, at: int, bytes_: bytes, cut: int) -> None:
    rows = "".join(f"X{i},Pemberley,J,0{i}/03/2015,01/02/202{i},20/09/202{i},Care order\n" for i in range(1, 6))
    whole = f"{HEADER}\n{rows}".encode()
    path = write(whole[:at] + bytes_ + whole[at + cut :], "legal.csv")
    try:
        part = read(path)
    except SourceError:
        return
    (made,) = linked(part)
    assert made.report.rows_read == made.report.rows_kept + made.report.rows_dropped
    assert made.tables["proceedings"].num_rows <= made.report.rows_kept


def test_a_row_that_is_repaired_and_then_not_linked_counts_as_dropped(write: Write) -> None:
    """In two rows a name is taken out of the order made; one of them has no child."""
    header = "Child ID,Surname,Date of application,Date of final order,Order made\n"
    rows = (
        "1,,01/02/2023,20/09/2023,Care order; Quillfeather to be seen\n",
        ",Quillfeather,01/02/2023,20/09/2023,Care order; Quillfeather to be seen\n",
        "2,,01/02/2023,20/09/2023,Care order\n",
    )
    (part,) = linked(read(write(header + "".join(rows), "legal.csv"), dayfirst=True))
    (file,) = part.report.files
    assert (file.read, file.kept, file.repaired, file.dropped) == (3, 1, 1, 1)
