"""What is written as the children in need census is valid by the schema of its year and comes back as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flowmap.casework.kinds import KINDS, empty, table
from flowmap.casework.stack import stack
from flowmap.export import cin as written
from flowmap.sources import cin
from flowmap.sources.head import look
from flowmap.sources.options import ReadOptions, silent
from tests.caserecords import day, made, records

AS_OF = "2024-03-31"
SCHEMAS = range(2022, 2027)
# What docs/formats/cin-census.md says is lost of the kinds that are carried; keys are the reader's own.
LOST = {
    "person": ("family", "uasc", "care_leaver"),
    "referral": ("nfa_date", "team", "ref"),
    "assessment": ("support", "team", "ref", "referral"),
    "s47": ("end", "team", "ref", "referral"),
    "icpc": ("plan", "team", "ref", "referral"),
    "cin_plan": ("team", "ref", "referral"),
    "cp_plan": ("team", "ref", "referral"),
}


def ms(text: str) -> int:
    return int(dt.datetime.fromisoformat(text + "T00:00+00:00").timestamp() * 1000)


def read_back(files: list[Path]) -> dict[str, pa.Table]:
    each = [cin.records(look(f), ReadOptions(), silent) for f in files]
    assert all(t.schema.equals(KINDS[kind].schema()) for c in each for kind, t in c.tables.items())
    found, report = stack(each)
    assert report.rows_read == report.rows_kept + report.rows_dropped
    # A referral whose "no further action" is decided in the next year disagrees with itself: the later counts.
    assert {p.rule for p in report.problems} <= {"same-record-again", "record-updated", "disagreement"}
    return {kind: t.drop_columns(["file"]) for kind, t in found.items()}


def texts(file: Path, name: str) -> list[str]:
    return [str(e.text) for e in etree.parse(file).iter(name)]


def valid(file: Path, year: int, shared_data: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data / "cin_census" / f"CIN_schema_{year}.xsd"))
    schema.assertValid(etree.parse(file))


def rich() -> dict[str, pa.Table]:
    """Every element, every code that a schema may not know, blanks wherever a record may have them."""
    everyone = ["A<&>1", "B 2", "C3", "D4", "E5"]
    return {
        "person": made(
            "person",
            child=everyone,
            birth=[day("2010-01-02"), day("2023-12-24"), None, day("2005-05-05"), day("2009-09-09")],
            sex=["F", "M", None, "U", "X"],
            ethnicity=["WBRI", "NOBT", None, "Welsh", "MOTH"],
            disability=[True, False, None, True, False],
            died=[None, None, None, day("2022-06-07"), None],
        ),
        "referral": made(
            "referral",
            child=[*everyone, "F6"],
            date=[
                day("2021-04-01"),
                day("2023-01-10"),
                day("2021-11-30"),
                day("2022-03-31"),
                day("2022-04-01"),
                day(AS_OF),
            ],
            source=["5D", None, "3", "10", "?", "2A"],
            need=["N1", None, "N0", "N99", "N9", "N8"],
            nfa=[False, None, True, False, False, True],
            nfa_date=[None, None, day("2021-12-01"), None, None, None],
            closed=[day("2023-05-05"), None, None, day("2022-06-07"), day("2023-02-02"), None],
            reason=["RC9", None, None, "RC2", "RC99", None],
            ref=["r1", "r2", "r3", "r4", "r5", None],
        ),
        "assessment": made(
            "assessment",
            child=["A<&>1", "B 2"],
            start=[day("2021-04-02"), day("2023-01-11")],
            authorised=[day("2021-05-20"), None],
            referral=["r1", None],
        ),
        "s47": made(
            "s47",
            child=["A<&>1", "A<&>1", "B 2"],
            start=[day("2022-03-20"), day("2022-05-01"), day("2023-01-12")],
            conference=[True, False, None],
            referral=["r1", "r1", "r2"],
        ),
        "icpc": made(
            "icpc",
            child=["A<&>1", "E5"],
            date=[day("2022-04-05"), day("2022-05-01")],
            referral=["r1", "r5"],
        ),
        "cin_plan": made("cin_plan", child=["A<&>1"], start=[day("2022-01-01")], end=[None], referral=["r1"]),
        "cp_plan": made(
            "cp_plan",
            child=["A<&>1", "E5", "B 2"],
            start=[day("2022-04-06"), day("2022-05-02"), day("2023-02-01")],
            end=[day("2023-04-01"), None, None],
            category=["NEG", None, None],
            latest_category=["EMO", "SAB", None],
            previous=[0, 2, None],
            referral=["r1", "r5", "r2"],
        ),
    }


@pytest.mark.parametrize("schema", SCHEMAS)
def test_valid_by_every_schema(tmp_path: Path, shared_data: Path, schema: int) -> None:
    files = written.write(rich(), tmp_path, ms("2024-03-31"), schema=schema)
    assert [f.name for f in files] == ["cin_2022.xml", "cin_2023.xml", "cin_2024.xml"]
    for file in files:
        valid(file, schema, shared_data)


def test_valid_by_the_schema_of_its_year(tmp_path: Path, shared_data: Path) -> None:
    files = written.write(rich(), tmp_path, ms("2026-09-30"))
    assert [f.name for f in files] == [f"cin_{year}.xml" for year in range(2022, 2028)]
    for file in files:
        valid(file, written.schema_of(int(file.stem[4:])), shared_data)
    assert [written.schema_of(y) for y in (2015, 2021, 2022, 2024, 2026, 2030)] == [2025, 2025, 2022, 2024, 2026, 2026]


def test_the_elements_and_codes_of_a_schema(tmp_path: Path) -> None:
    forms = {s: written.write(rich(), tmp_path / str(s), ms("2024-03-31"), schema=s) for s in (2022, 2023, 2025)}
    last = {s: files[-1] for s, files in forms.items()}
    first = {s: files[0] for s, files in forms.items()}
    assert texts(last[2023], "GenderCurrent") == ["2", "1", "0"]  # A, B and F: the others were closed before
    assert texts(last[2023], "Sex") == []
    assert texts(last[2025], "Sex") == ["F", "M", "U"]
    assert texts(last[2022], "ReasonForClosure") == ["RC8"]  # RC9 came in 2023
    assert texts(last[2023], "ReasonForClosure") == ["RC9"]
    assert texts(first[2022], "ReferralSource") == ["5B", "3A", "10"]
    assert texts(first[2023], "ReferralSource") == ["5D", "3A", "10"]
    assert texts(last[2023], "NumberOfPreviousCPP") == ["1", "1"]  # these schemas want one at least
    assert texts(last[2025], "NumberOfPreviousCPP") == ["0", "0"]
    assert texts(first[2022], "LAchildID") == ["A<&>1", "C3", "D4"]


def test_a_census_says_what_was_known_at_its_years_end(tmp_path: Path) -> None:
    one, two, three = written.write(rich(), tmp_path, ms("2024-03-31"))
    found = [cin.records(look(f), ReadOptions(), silent) for f in (one, two, three)]
    closed = [
        dict(zip(*(f.tables["referral"][c].to_pylist() for c in ("child", "closed")), strict=True)) for f in found
    ]
    # A is open at the end of two years; C was without further action and is in its year only; D died.
    assert closed[0] == {"A<&>1": None, "C3": day("2021-12-01"), "D4": None}
    assert closed[1] == {"A<&>1": None, "B 2": None, "D4": day("2022-06-07"), "E5": day("2023-02-02")}
    assert closed[2] == {"A<&>1": day("2023-05-05"), "B 2": None, "F6": None}
    # The enquiry of March has its conference in April: it comes twice.
    starts = [[str(d)[:10] for d in f.tables["s47"]["start"].to_pylist()] for f in found[:2]]
    assert starts == [["2022-03-20"], ["2022-03-20", "2022-05-01", "2023-01-12"]]
    assert [f.tables["s47"]["conference"].to_pylist() for f in found[:2]] == [[None], [True, False, None]]
    assert "icpc" not in found[0].tables
    assert found[1].tables["icpc"]["date"].to_pylist() == [day("2022-04-05"), day("2022-05-01")]
    # B is born in the third year; nothing of a child's birth is known before.
    assert texts(two, "ExpectedPersonBirthDate") == ["2023-12-24"]
    assert texts(three, "PersonBirthDate") == ["2010-01-02", "2023-12-24"]
    assert [texts(f, "PersonDeathDate") for f in (one, two)] == [[], ["2022-06-07"]]
    assert [f.as_of for f in found] == [ms("2022-03-31"), ms("2023-03-31"), ms("2024-03-31")]


def test_a_year_that_has_not_ended_ends_where_the_records_do(tmp_path: Path) -> None:
    *_, last = written.write(rich(), tmp_path, ms("2023-05-04"))
    assert last.name == "cin_2024.xml"
    assert texts(last, "ReferenceDate") == ["2023-05-04"]
    assert texts(last, "CINclosureDate") == []  # closed on the 5th


def test_conferences_go_with_their_enquiries(tmp_path: Path) -> None:
    tables = {
        "referral": made("referral", child=["A"], date=[day("2023-05-01")], ref=["r"]),
        "s47": made("s47", child=["A", "A"], start=[day("2023-06-01"), day("2023-07-01")], conference=[None, False]),
        "icpc": made(
            "icpc",
            child=["A"] * 4,
            # before any enquiry; after the first; after the second; and another, for which there is no room
            date=[day("2023-05-20"), day("2023-06-10"), day("2023-07-10"), day("2023-07-20")],
        ),
    }
    (file,) = written.write(tables, tmp_path, ms(AS_OF))
    places = [(e.getparent().tag, e.text) for e in etree.parse(file).iter("DateOfInitialCPC")]
    assert places == [("CINdetails", "2023-05-20"), ("Section47", "2023-06-10"), ("Section47", "2023-07-10")]
    assert texts(file, "ICPCnotRequired") == ["0", "0"]
    # 15 working days from Thursday 1 June and Saturday 1 July 2023 (taken as the Friday), neither with a bank holiday
    assert texts(file, "InitialCPCtarget") == ["2023-06-22", "2023-07-21"]
    assert written.lost(tables) == {"icpc": 1}


def test_records_go_into_the_episode_of_their_key_or_date(tmp_path: Path) -> None:
    tables = {
        "referral": made(
            "referral",
            child=["A", "A", "A", "B"],
            date=[day("2023-04-10"), day("2023-06-01"), day("2023-06-20"), day("2023-05-01")],
            nfa=[False, False, True, False],
            closed=[day("2023-05-10"), None, None, day("2023-06-01")],
            ref=["a1", "a2", "a3", "b1"],
        ),
        "assessment": made(
            "assessment",
            child=["A", "A", "A", "B", "B", "C"],
            start=[day(f"2023-{d}") for d in ("04-12", "05-20", "07-01", "04-30", "05-02", "05-02")],
            # by key though the case was closed; in no episode; in the one that is open; too early; by date; no referral
            referral=[None, "a1", None, None, "gone", "b1"],
        ),
        "contact": made("contact", child=["A"], date=[day("2023-04-01")]),
        "person": made("person", child=["C"]),
    }
    (file,) = written.write(tables, tmp_path, ms(AS_OF))
    inside = {
        d.findtext("CINreferralDate"): [a.text for a in d.iter("AssessmentActualStartDate")]
        for d in etree.parse(file).iter("CINdetails")
    }
    assert inside == {
        "2023-04-10": ["2023-04-12", "2023-05-20"],
        "2023-06-01": ["2023-07-01"],
        "2023-06-20": [],
        "2023-05-01": ["2023-05-02"],
    }
    assert written.lost(tables) == {"assessment": 2, "contact": 1, "person": 1}


def test_nothing_to_write(tmp_path: Path) -> None:
    assert written.write({}, tmp_path, ms(AS_OF)) == []
    assert written.write({"contact": made("contact", child=["A"], date=[day("2023-04-01")])}, tmp_path, ms(AS_OF)) == []
    with pytest.raises(ValueError, match="2021"):
        written.write(rich(), tmp_path, ms(AS_OF), schema=2021)


def test_text_that_xml_cannot_hold(tmp_path: Path) -> None:
    children = ["]]>", "é\u2028", "\x00\x0bA", '"', "'", "&amp;"]
    tables = {"referral": made("referral", child=children, date=day("2023-05-01"))}
    (file,) = written.write(tables, tmp_path, ms(AS_OF))
    assert sorted(texts(file, "LAchildID")) == sorted(["]]>", "é\u2028", "A", '"', "'", "&amp;"])


DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2019, 1, 1)


@st.composite
def caseload(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Children with episodes one after another, each with records inside it; every field that the census has."""
    columns: dict[str, dict[str, list[Any]]] = {kind: {} for kind in LOST}

    def add(kind: str, **values: Any) -> None:
        known = columns[kind]
        for name, value in {**values, "row": len(known.get("row", ())) + 1}.items():
            known.setdefault(name, []).append(value)

    flag, category = st.booleans(), st.sampled_from(["NEG", "PHY", "SAB", "EMO", "MUL"])
    for number in range(draw(st.integers(1, 3))):
        child, at = f"C{number}", FIRST + draw(st.integers(0, 400)) * DAY
        add(
            "person",
            child=child,
            birth=draw(st.none() | st.integers(-6000, 2000).map(lambda n: FIRST + n * DAY)),
            sex=draw(st.sampled_from("FMU")),
            ethnicity=draw(st.sampled_from(["WBRI", "NOBT", "AIND"])),
            disability=draw(st.none() | flag),
            died=None,
        )
        for episode in range(draw(st.integers(1, 3))):
            start, at = at, at + draw(st.integers(2, 500)) * DAY
            end = draw(st.sampled_from([at, None])) if episode == 2 else at
            nfa = draw(st.booleans()) and end is not None
            reason = draw(st.sampled_from(["RC1", "RC7", "RC8", "RC9"])) if end else None
            source, need = draw(st.sampled_from(["1A", "5D", "6", "10"])), draw(st.sampled_from(["N1", "N0", None]))
            ref = f"{child}-{episode}"
            add(
                "referral",
                child=child,
                date=start,
                source=source,
                need=need,
                nfa=nfa,
                closed=end,
                reason=reason,
                ref=ref,
            )
            if nfa:
                continue

            def days(most: int, low: dt.datetime = start, high: dt.datetime = at) -> list[dt.datetime]:
                """Different days of the episode but its last, which may be the first of the next."""
                count = (high - low).days - 1
                picked = draw(st.lists(st.integers(0, count), max_size=most, unique=True)) if count >= 0 else []
                return [low + n * DAY for n in sorted(picked)]

            within = {"child": child, "referral": draw(st.sampled_from([ref, None]))}
            for begun in days(2):
                add("assessment", **within, start=begun, authorised=draw(st.sampled_from([None, begun, at])))
            for begun in days(2):
                add("cin_plan", **within, start=begun, end=draw(st.sampled_from([None, begun, at])))
            for begun in days(1):
                kinds = {"category": draw(category), "latest_category": draw(category)}
                finish = draw(st.sampled_from([None, begun, at]))
                add("cp_plan", **within, start=begun, end=finish, **kinds, previous=draw(st.integers(0, 5)))
            begun = days(1)
            held = days(1, low=begun[0] if begun else start)
            for when in held:
                add("icpc", **within, date=when)
            for when in begun:  # what the census says of an enquiry: a conference, none needed, or not known
                add("s47", **within, start=when, conference=True if held else draw(st.sampled_from([False, None])))
    return {kind: table(kind, found) if found else empty(kind) for kind, found in columns.items()}


@settings(max_examples=12, deadline=None)
@given(tables=caseload())
def test_round_trip(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Everything that the census can carry is there again, whichever years it is spread over."""
    files = written.write(tables, tmp_path_factory.mktemp("cin"), ms(AS_OF), schema=2026)
    got = read_back(files)
    assert written.lost(tables) == {}
    for kind, lost in LOST.items():
        back = got.get(kind, empty(kind))
        assert records(back, lost) == records(tables[kind], lost), kind
        if "referral" in back.column_names:  # each record is in the episode that it came from
            assert set(back["referral"].to_pylist()) <= set(got["referral"]["ref"].to_pylist())


@settings(max_examples=5, deadline=None)
@given(tables=caseload(), schema=st.sampled_from(SCHEMAS), as_of=st.integers(300, 1916))
def test_generated_files_are_valid(
    tables: dict[str, pa.Table], schema: int, as_of: int, tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> None:
    until = int((FIRST + as_of * DAY - dt.datetime(1970, 1, 1)) / dt.timedelta(milliseconds=1))
    for file in written.write(tables, tmp_path_factory.mktemp("cin"), until, schema=schema):
        valid(file, schema, shared_data)
        found = cin.records(look(file), ReadOptions(), silent)
        latest = max(found.tables[kind][KINDS[kind].when].to_pylist()[-1] for kind in found.tables if kind != "person")
        assert latest <= FIRST + as_of * DAY
