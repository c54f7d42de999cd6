"""CSV exports of the Standard Safeguarding Dataset, as councils' systems write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from flowmap.casework.kinds import KINDS, Casework
from flowmap.eventlog import OptionError, SourceError
from flowmap.sources import ReadOptions, ssd
from flowmap.sources.head import look
from flowmap.sources.options import silent
from flowmap.sources.ssd import map as ssd_map
from tests.caserecords import day

Write = Callable[..., Path]


def read(path: Path, **options: Any) -> Casework:
    head = look(path)
    assert ssd.sniff(head)
    found = ssd.records(head, ReadOptions(**options), silent)
    kept = found.report.rows_kept
    assert kept + found.report.rows_dropped == found.report.rows_read
    for kind, table in found.tables.items():
        assert table.schema.equals(KINDS[kind].schema())
    return found


def column(found: Casework, kind: str, name: str) -> list[Any]:
    values: list[Any] = found.tables[kind].column(name).to_pylist()
    return values


def rules(found: Casework) -> dict[str, tuple[str, int]]:
    return {p.rule: (p.action, p.count) for p in found.report.problems}


def test_the_map_speaks_of_the_standard(shared_data: Path) -> None:
    """Every table and column of the map is the standard's, in its order; every key that names a child is used."""
    known = ssd_map.built_in()
    for name, spec in known.tables.items():
        node = yaml.safe_load((shared_data / "ssd" / f"{name}.yml").read_text("utf-8"))["nodes"][0]
        fields = [field["name"] for field in node["fields"]]
        assert list(spec.standard) == fields
        assert set(spec.needed()) <= set(fields), name
        assert spec.child.endswith("_person_id")
    named = {path.stem for path in (shared_data / "ssd").glob("ssd_*.yml")}
    assert named <= {*known.tables, *known.unread}


def test_every_table_of_the_standard_is_recognised_by_its_columns(shared_data: Path, write: Write) -> None:
    for path in (shared_data / "ssd").glob("ssd_*.yml"):
        node = yaml.safe_load(path.read_text("utf-8"))["nodes"][0]
        columns = [field["name"] for field in node["fields"]]
        head = look(write(",".join(columns) + "\n" + "," * (len(columns) - 1) + "\n", "export.csv"))
        assert path.stem in (ssd.sniff(head) or "")


@pytest.mark.parametrize(
    "text",
    [
        "child_id,event,date\n1,a,2024-01-01\n",
        "<a/>",
        "[{}]",
        "pers_person_id\n1\n",
        "CHILD,DECOM,RNE\n1,01/01/2024,S\n",
    ],
)
def test_other_files_are_not_taken(text: str, write: Write) -> None:
    assert ssd.sniff(look(write(text))) is None


def test_contacts(write: Write) -> None:
    """Outcome JSON in its three spellings: whole, with the older OUTCOME_, and cut short."""
    found = read(
        write(
            "cont_contact_id,cont_person_id,cont_contact_date,cont_contact_source_code,cont_contact_outcome_json\n"
            '1,A,31/01/2024,1A,"{""NEW_REFERRAL_FLAG"": ""Y"", ""NFA_FLAG"": ""N""}"\n'
            '2,B,01/02/2024 09:30,6,"{""OUTCOME_NEW_REFERRAL_FLAG"":""N"",""OUTCOME_NFA_FLAG"":""Y""}"\n'
            '3,C,02/02/2024,5B,"{""ADVICE_FLAG"": ""Yes"", ""COMMENTS"": ""not new"\n'
            '4,D,03/02/2024,SSD_PH,"{""NEW_REFERRAL_FLAG"": """", ""NFA_FLAG"": """"}"\n'
            "5,E,04/02/2024,PLACEHOLDER_DATA,\n"
        )
    )
    assert column(found, "contact", "outcome") == ["referral", "nfa", "nfa", None, None]
    assert column(found, "contact", "source") == ["1A", "6", "5B", None, None]
    assert column(found, "contact", "date")[:2] == [day("2024-01-31"), day("2024-02-01 09:30")]
    assert column(found, "contact", "row") == [2, 3, 4, 5, 6]
    assert column(found, "contact", "place") == ["ssd_contacts"] * 5
    assert found.as_of == 1707004800000  # 2024-02-04


def test_flags_and_outcomes(write: Write) -> None:
    found = read(
        write(
            "cina_assessment_id,cina_person_id,cina_referral_id,cina_assessment_start_date,cina_assessment_outcome_nfa,"
            "cina_assessment_outcome_json\n"
            "1,A,r,2024-01-01,Y,\n2,A,r,2024-01-02,N,\n3,A,r,2024-01-03,,\n"
            '4,A,r,2024-01-04,,"{""NFA_FLAG"":""N"",""PROV_OF_SERVICES_FLAG"":""Y""}"\n'
        )
    )
    assert column(found, "assessment", "support") == [False, True, None, True]
    found = read(
        write(
            "s47e_s47_enquiry_id,s47e_person_id,s47e_s47_start_date,s47e_s47_nfa,s47e_s47_outcome_json\n"
            "1,A,2024-01-01,Y,\n2,A,2024-01-02,N,\n"
            '3,A,2024-01-03,N,"{""CP_CONFERENCE_FLAG"":""Y""}"\n4,A,2024-01-04,N,"{""MONITOR_FLAG"":""Y""}"\n'
        )
    )
    # Not to end in NFA is not to lead to a conference: the second is not known.
    assert column(found, "s47", "conference") == [False, None, True, False]


def test_categories_as_words_and_codes(write: Write) -> None:
    found = read(
        write(
            "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_initial_category,"
            "cppl_cp_plan_latest_category\n"
            "1,A,2024-01-01,Neglect,NEG\n2,B,2024-01-01,Sexual abuse,SAB\n3,C,2024-01-01,Physical abuse,PHY\n"
            '4,D,2024-01-01,Emotional abuse,"Multiple: Neglect, Physical abuse"\n5,E,2024-01-01,Other,\n'
        )
    )
    assert column(found, "cp_plan", "category") == ["NEG", "SAB", "PHY", "EMO", "Other"]
    assert column(found, "cp_plan", "latest_category") == ["NEG", "SAB", "PHY", "MUL", None]


def test_a_chain_of_episodes_is_one_period_of_care(write: Write) -> None:
    """By hand: A was in care twice and is again; B's chain has no id of a period and is cut by S and by an end."""
    found = read(
        write(
            "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,clae_cla_episode_start_reason,"
            "clae_cla_primary_need_code,clae_cla_episode_ceased_date,clae_cla_episode_ceased_reason,clae_cla_id,"
            "clae_entered_care_date\n"
            "2,A,2023-02-01,P,N1,2023-03-01,E4A,p1,2023-01-01\n"
            "1,A,2023-01-01,S,N1,2023-02-01,X1,p1,2023-01-01\n"
            "3,A,2023-06-01,S,N2,,,p2,2023-06-01\n"
            "4,B,2022-05-01,L,N1,2022-06-01,X1,,2021-01-01\n"
            "5,B,2022-06-01,P,N1,2022-07-01,E11,,\n"
            "6,B,2022-08-01,S,N1,2022-09-01,X1,,\n"
            "7,B,2022-09-01,L,N1,,X1,,\n"
        )
    )
    rows = list(zip(*(column(found, "care", name) for name in ("child", "start", "end", "reason", "row")), strict=True))
    assert rows == [
        ("A", day("2023-01-01"), day("2023-03-01"), "E4A", 3),
        ("A", day("2023-06-01"), None, None, 4),
        ("B", day("2021-01-01"), day("2022-07-01"), "E11", 5),
        ("B", day("2022-08-01"), None, None, 7),
    ]
    assert (found.report.rows_read, found.report.rows_dropped) == (7, 0)


def test_several_rows_of_a_child_are_one_person(write: Write) -> None:
    found = read(write("disa_person_id,disa_table_id,disa_disability_code\nA,1,NONE\nB,2,MOB\nB,3,LD\nC,4,\n"))
    assert column(found, "person", "child") == ["A", "B", "C"]
    assert column(found, "person", "disability") == [False, True, None]


def test_short_breaks_are_left_out_and_counted(write: Write) -> None:
    found = read(
        write(
            "lega_legal_status_id,lega_person_id,lega_legal_status,lega_legal_status_start_date\n"
            "1,A,C2 - Full care order,2024-01-01\n2,B,V4,2024-01-01\n3,C,V3,2024-01-02\n"
        )
    )
    assert column(found, "legal_status", "status") == ["C2"]
    assert rules(found)["short-break"] == ("dropped", 2)


def test_a_period_of_care_with_nothing_but_short_breaks_is_left_out(write: Write) -> None:
    """By hand: A has short breaks only; B's end as care begins under C2; C has no legal status; D has both at once."""
    care = "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,clae_cla_episode_ceased_date,clae_cla_id\n"
    status = ",".join(ssd_map.built_in().tables["ssd_legal_status"].standard) + "\n"
    heads = [
        look(write(care + "".join(f"{c},{c},2024-02-01,,{c}\n" for c in "ABCD"), "care.csv")),
        look(
            write(
                status + "1,A,V4,2023-05-01,\n2,B,V4,2023-05-01,2024-02-01\n3,B,C2,2024-02-01,\n"
                "4,D,V4,2024-03-01,2024-04-01\n5,D,V2,2024-04-01,\n",
                "status.csv",
            )
        ),
    ]
    found = ssd.records_of_set(heads, ReadOptions(), silent)
    assert column(found[0], "care", "child") == ["B", "C", "D"]
    assert rules(found[0])["short-break"] == ("note", 1)
    assert rules(found[1])["short-break"] == ("dropped", 3)
    assert found[1].aside is None


def test_adoption_and_other_permanence(write: Write) -> None:
    found = read(
        write(
            "perm_table_id,perm_person_id,perm_adm_decision_date,perm_placement_order_date,perm_permanence_order_date,"
            "perm_permanence_order_type\n"
            "1,A,2023-01-01,2023-03-01,2024-01-01,Adoption\n2,B,,,2024-02-01,Special Guardianship\n"
            "3,C,2023-05-01,,2024-03-01,Special Guardianship\n"
        )
    )
    assert column(found, "adoption", "child") == ["A", "C"]
    assert column(found, "adoption", "order") == [day("2024-01-01"), None]
    assert rules(found)["no-adoption"] == ("dropped", 1)


def test_every_bad_row_is_counted_under_one_rule(write: Write) -> None:
    found = read(
        write(
            "cinp_cin_plan_id,cinp_person_id,cinp_cin_plan_start_date,cinp_cin_plan_end_date\n"
            "1,,2024-01-01,\n2,A,,\n3,A,2024-02-30,\n4,A,1900-01-01,\n5,A,2024-01-05,Smithers\n6,A,2024-01-06\n"
            "7,A,2200-01-01,\n8,A,2024-01-08,2024-02-01\n"
        )
    )
    assert found.report.rows_read == 8
    assert column(found, "cin_plan", "row") == [6, 9]
    dropped = {p.rule: p.count for p in found.report.problems if p.action == "dropped"}
    assert dropped == dict.fromkeys(
        ["ragged-row", "missing-child", "missing-date", "unreadable-date", "placeholder-date", "implausible-date"], 1
    )
    assert found.report.rows_dropped == 6
    unreadable = [p for p in found.report.problems if p.rule == "unreadable-date"]
    assert {(p.action, p.examples[0].row, p.examples[0].value) for p in unreadable} == {
        ("dropped", 4, "2024-02-30"),
        ("repaired", 6, None),
    }


def test_nothing_that_says_who_a_child_is_reaches_records_or_messages(write: Write) -> None:
    found = read(
        write(
            "pers_person_id,pers_sex,pers_ethnicity,pers_dob,pers_common_child_id,pers_upn_unknown,pers_nationality,"
            "pers_surname\n"
            "A,F,WBRI,2015-13-45,9434765919,UN1,GB,Smithers\nB,Male,a) MOTH: mixed,15/06/2012,9434765920,,,Jonesby\n"
        )
    )
    text = repr(found) + repr([t.to_pylist() for t in found.tables.values()])
    for private in ("Smithers", "Jonesby", "9434765919", "2015-13-45", "'UN1'", "'GB'"):
        assert private not in text
    assert column(found, "person", "sex") == ["F", "M"]
    assert column(found, "person", "ethnicity") == ["WBRI", "MOTH"]
    assert column(found, "person", "birth") == [None, day("2012-06-15")]
    assert "pers_surname" in next(p.message for p in found.report.problems if p.rule == "column-left-out")


def test_how_headers_and_files_vary(write: Write) -> None:
    header = '\ufeff[CONT_CONTACT_ID];"dbo.ssd_contacts.cont_person_id";Cont_Contact_Date '
    text = f"{header}\r\n1;A;2024-01-02 00:00:00.000\r\n"
    for encoded in (text.encode(), text.encode("utf-16")):
        assert column(read(write(encoded)), "contact", "date") == [day("2024-01-02")]


def test_days_come_first_unless_the_file_shows_otherwise(write: Write) -> None:
    def dates(*texts: str) -> list[Any]:
        rows = "".join(f"{i},A,{text}\n" for i, text in enumerate(texts))
        return column(read(write(f"cont_contact_id,cont_person_id,cont_contact_date\n{rows}")), "contact", "date")

    assert dates("02/03/2024") == [day("2024-03-02")]
    assert dates("02/03/2024", "01/25/2024") == [day("2024-02-03"), day("2024-01-25")]


def test_an_empty_table_and_one_without_a_station(write: Write) -> None:
    header = "prep_table_id,prep_person_id,prep_pre_pro_letter_date"
    for text in (header, f"{header}\n", f"{header}\r\n\r\n", f"{header}\n".encode("utf-16")):
        assert read(write(text)).tables["pre_proceedings"].num_rows == 0
    for text in (f"{header}\r1,A,2024-01-02", f"\n{header}\n1,A,2024-01-02"):
        assert read(write(text)).tables["pre_proceedings"].num_rows == 1
    found = read(write("miss_table_id,miss_person_id,miss_missing_episode_start_date\n1,A,2024-01-01\n"))
    assert found.tables == {}
    assert rules(found) == {"table-not-read": ("note", 1)}


def test_a_table_without_its_child_column_drops_its_rows_and_says_so(write: Write) -> None:
    found = read(write("clap_cla_placement_id,clap_cla_id,clap_cla_placement_start_date\n1,p1,2024-01-01\n"))
    assert rules(found)["missing-child-column"] == ("dropped", 1)


def test_tables_of_one_extract_speak_up_to_the_same_day(write: Write) -> None:
    heads = [
        look(write("cont_contact_id,cont_person_id,cont_contact_date\n1,A,2024-01-02\n2,A,2999-01-01\n", "a.csv")),
        look(write("disa_person_id,disa_table_id,disa_disability_code\nA,1,NONE\n", "b.csv")),
    ]
    found = ssd.records_of_set(heads, ReadOptions(), silent)
    assert [f.as_of for f in found] == [1704153600000] * 2  # 2024-01-02


def test_an_open_quotation_mark_is_said(write: Write) -> None:
    text = 'cont_contact_id,cont_person_id,cont_contact_date\n1,"A,2024-01-02\n' + "2,B,2024-01-02\n" * 3
    with pytest.raises(SourceError):
        read(write(text))


def test_a_council_may_bring_its_own_map(tmp_path: Path) -> None:
    mine = ssd_map.built_in()
    text = (Path(ssd_map.__file__).parent / "map.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("source: {code: cont_contact_source_code}", "source: {code: cont_contact_source_desc}"))
    changed = ssd_map.load(own).tables["ssd_contacts"].fields["source"]
    assert changed[0].columns == ("cont_contact_source_desc",)
    assert mine.tables["ssd_contacts"].fields["source"][0].columns == ("cont_contact_source_code",)
    for broken in ("tables: {t: {kind: contact, child: a, fields: {colour: {code: b}}}}", "tables: [", "a: 1", ""):
        own.write_text(broken)
        with pytest.raises(OptionError, match=r"own\.yaml"):
            ssd_map.load(own)
