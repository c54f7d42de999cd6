"""The DfE daily feed: the standard's own example, purges, repeats, wrong types, and files that are no feed."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.casework.kinds import KINDS, Casework
from flowmap.eventlog import SourceError
from flowmap.sources import ReadOptions, dfe_api
from flowmap.sources.dfe_api import stream as dfe_stream
from flowmap.sources.head import look
from flowmap.sources.options import silent
from tests.caserecords import day

Write = Callable[..., Path]


def read(path: Path) -> Casework:
    found = dfe_api.records(look(path), ReadOptions(), silent)
    assert found.report.rows_kept + found.report.rows_dropped == found.report.rows_read
    for kind, table in found.tables.items():
        assert table.schema.equals(KINDS[kind].schema())
    return found


def of(write: Write, *records: Any, name: str = "feed.json") -> Casework:
    return read(write(json.dumps(list(records)), name))


def rows(found: Casework, kind: str, *names: str) -> list[tuple[Any, ...]]:
    table = found.tables[kind]
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def problems(found: Casework) -> dict[str, tuple[str, int]]:
    return {p.rule: (p.action, p.count) for p in found.report.problems}


def case(**more: Any) -> dict[str, Any]:
    return {"social_care_episode_id": "E1", "referral_date": "2024-01-02", **more}


def test_the_example_of_the_standard(shared_data: Path, write: Write) -> None:
    """By hand from openapi.json: one child with one of everything, all on 14 June 2022."""
    described = json.loads((shared_data / "dfe_api" / "openapi.json").read_text("utf-8"))
    example = described["components"]["schemas"]["CSC"]["items"]["example"]
    path = write(json.dumps([example]), "feed.json")
    assert dfe_api.sniff(look(path)) == "it is JSON whose records have a la_child_id"
    found = read(path)
    on = day("2022-06-14")
    assert rows(found, "person", "child", "birth", "sex", "ethnicity", "disability", "uasc") == [
        ("Child1234", on, "M", "WBRI", True, True)
    ]
    assert rows(found, "referral", "ref", "date", "source", "nfa", "closed", "reason") == [
        ("ABC123456", on, "1C", False, on, "RC7")
    ]
    assert rows(found, "assessment", "start", "authorised", "referral") == [(on, on, "ABC123456")]
    assert rows(found, "s47", "start", "end", "conference") == [(on, on, True)]
    assert rows(found, "icpc", "date", "referral") == [(on, "ABC123456")]
    assert rows(found, "cin_plan", "start", "end") == [(on, on)]
    assert rows(found, "cp_plan", "start", "end") == [(on, on)]
    assert rows(found, "care", "start", "end", "reason") == [(on, on, "E3")]
    assert rows(found, "placement", "start", "end", "type") == [(on, on, "K1")]
    assert rows(found, "adoption", "decision", "placed") == [(on, on)]
    # The record, its details, the case, five lists of one item and the adoption.
    assert (found.report.rows_read, found.report.rows_dropped) == (9, 0)
    text = repr([t.to_pylist() for t in found.tables.values()]) + repr(found)
    for private in ("John", "Doe", "AB12", "ABC0123456789"):
        assert private not in text


def test_one_record_lines_and_gzip_are_the_same(write: Write) -> None:
    record = {"la_child_id": "A", "social_care_episodes": [case()]}
    text = json.dumps(record)
    forms = [
        write(text, "one.json"),
        write(f"{text}\n", "lines.jsonl"),
        write(f"\ufeff [{text}]", "mark.json"),
        write(" " * 600_000 + f"[{text}]", "blank.json"),
        write(gzip.compress(f"[{text}]".encode()), "packed.json.gz"),
        write(f"[{text}]".encode("utf-16"), "wide.json"),
    ]
    for path in forms:
        assert dfe_api.sniff(look(path))
        assert rows(read(path), "referral", "child", "date") == [("A", day("2024-01-02"))], path.name


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "child_id,event\n1,2\n", "<a/>", '["la_child_id"'])
def test_other_files_are_not_taken(text: str, write: Write) -> None:
    head = look(write(text))
    assert dfe_api.sniff(head) is None or text.startswith('["la')


def test_what_is_purged_is_left_out_and_counted(write: Write) -> None:
    plan = {"child_in_need_plan_id": "P1", "start_date": "2024-02-01"}
    gone = {**plan, "child_in_need_plan_id": "P2", "purge": True}
    found = of(
        write,
        {"la_child_id": "A", "purge": True, "social_care_episodes": [case()]},
        {"la_child_id": "B", "social_care_episodes": [case(purge=True, child_in_need_plans=[plan])]},
        {"la_child_id": "C", "child_details": {"sex": "F", "purge": True}, "social_care_episodes": [case()]},
        {"la_child_id": "D", "social_care_episodes": [case(child_in_need_plans=[plan, gone])]},
    )
    assert rows(found, "referral", "child") == [("C",), ("D",)]
    assert rows(found, "cin_plan", "child", "ref") == [("D", "P1")]
    assert rows(found, "person", "child") == []
    assert {(p.message[:6], p.count) for p in found.report.problems if p.rule == "purged"} == {
        ("The re", 1),
        ("It is ", 3),
    }


def test_a_purge_takes_what_earlier_records_said_and_not_what_later_ones_say(write: Write) -> None:
    found = of(
        write,
        {"la_child_id": "A", "social_care_episodes": [case()]},
        {"la_child_id": "B", "social_care_episodes": [case(), case(social_care_episode_id="E2")]},
        {"la_child_id": "A", "purge": True},
        {"la_child_id": "B", "social_care_episodes": [case(purge=True)]},
        {"la_child_id": "A", "social_care_episodes": [case(social_care_episode_id="E9")]},
    )
    assert rows(found, "referral", "child", "ref") == [("B", "E2"), ("A", "E9")]


def test_a_later_file_purges_what_earlier_files_say(write: Write) -> None:
    plan = {"child_in_need_plan_id": "P1", "start_date": "2024-02-01"}
    first = [{"la_child_id": c, "child_details": {"sex": "F"}} for c in "ABCD"]
    for record in first:
        record["social_care_episodes"] = [case(child_in_need_plans=[plan])]
    second = [
        {"la_child_id": "A", "purge": True},
        {"la_child_id": "B", "social_care_episodes": [case(purge=True)]},
        {"la_child_id": "C", "social_care_episodes": [case(child_in_need_plans=[{**plan, "purge": True}])]},
        {"la_child_id": "D", "child_details": {"purge": True}},
    ]
    days = [of(write, *first, name="1.json"), of(write, *second, name="2.json"), of(write, *first[:1], name="3.json")]
    dfe_api.align(days)
    assert rows(days[0], "referral", "child") == [("C",), ("D",)]
    assert rows(days[0], "cin_plan", "child") == [("D",)]
    assert rows(days[0], "person", "child") == [("B",), ("C",)]
    assert rows(days[2], "referral", "child") == [("A",)]
    assert problems(days[0])["purged-later"] == ("note", 3 + 2 + 1 + 1)
    assert [d.aside for d in days] == [None] * 3


def test_what_comes_again_replaces_what_was_said_before(write: Write) -> None:
    found = of(
        write,
        {"la_child_id": "A", "child_details": {"sex": "U"}, "social_care_episodes": [case()]},
        {"la_child_id": "A", "child_details": {"sex": "F"}, "social_care_episodes": [case(closure_date="2024-06-01")]},
    )
    assert rows(found, "referral", "closed", "row") == [(day("2024-06-01"), 2)]
    assert rows(found, "person", "sex") == [("F",)]
    assert problems(found)["said-again"] == ("dropped", 2)


def test_placements_in_a_row_are_one_period_of_care(write: Write) -> None:
    def place(number: int, start: str, why: str, end: str | None = None, how: str | None = None) -> dict[str, Any]:
        key = {"child_looked_after_placement_id": str(number), "start_date": start, "start_reason": why}
        return {**key, "placement_type": "U1", "end_date": end, "end_reason": how}

    places = [
        place(1, "2024-01-01", "S", "2024-02-01", "X1"),
        place(2, "2024-02-01", "P", "2024-03-01", "E4A"),
        place(3, "2024-05-01", "S"),
    ]
    found = of(write, {"la_child_id": "A", "social_care_episodes": [case(child_looked_after_placements=places)]})
    assert rows(found, "care", "start", "end", "reason", "ref") == [
        (day("2024-01-01"), day("2024-03-01"), "E4A", "1"),
        (day("2024-05-01"), None, None, "3"),
    ]
    assert len(found.tables["placement"]) == 3


def test_wrong_types_and_bad_values_are_named_by_path_and_record(write: Write) -> None:
    found = of(
        write,
        {"la_child_id": "A", "social_care_episodes": [case()]},
        {
            "la_child_id": 17,
            "child_details": {"date_of_birth": "2015-99-99", "disabilities": "NONE", "uasc_flag": "yes"},
            "social_care_episodes": [
                case(referral_date="2024-02-30"),
                case(social_care_episode_id="E2", referral_no_further_action_flag="perhaps", closure_date="Smithers"),
                "no episode",
            ],
            "surname": "Smithers",
        },
        "no record",
        {"child_details": {}},
    )
    assert rows(found, "referral", "child", "ref", "nfa", "closed") == [
        ("A", "E1", None, None),
        ("17", "E2", None, None),
    ]
    assert rows(found, "person", "child", "uasc") == [("17", True)]
    places = {(p.rule, p.action): p.examples[0] for p in found.report.problems}
    unreadable = places["unreadable-date", "dropped"]
    assert (unreadable.place, unreadable.row, unreadable.value) == (
        "social_care_episodes[0].referral_date",
        2,
        "2024-02-30",
    )
    paths = {e.place for p in found.report.problems for e in p.examples}
    assert "social_care_episodes[1].closure_date" in paths
    assert "social_care_episodes[1].referral_no_further_action_flag" in paths
    assert "child_details.date_of_birth" in paths
    text = repr(found.report)
    assert "Smithers" not in text
    assert "2015-99" not in text
    assert "surname" in text
    assert problems(found)["no-record"] == ("dropped", 1)


@pytest.mark.parametrize("ending", ["", "[", '{"la', '{"la_child_id": "A", "child_details": {"surname": "Smithers'])
def test_a_file_cut_short_is_said_with_its_place(ending: str, write: Write) -> None:
    text = '[{"la_child_id": "A"},' + ending
    with pytest.raises(SourceError, match=r"The JSON is cut short, about byte \d+ of \d+") as error:
        read(write(text))
    assert error.value.row == 2
    assert "Smithers" not in str(error.value)


@pytest.mark.parametrize(
    "text", ['[{"la_child_id": "A"}}', '[{"la_child_id": "A",}]', '[{"la_child_id": "A"}] x', '{"la_child_id": A}']
)
def test_what_is_no_json_is_said(text: str, write: Write) -> None:
    with pytest.raises(SourceError, match=r"not valid JSON|cut short"):
        read(write(text))


def test_a_feed_without_records(write: Write) -> None:
    with pytest.raises(SourceError, match="no record"):
        read(write('["la_child_id", 1]'))


def test_bombs_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match="nested more than 32 deep"):
        read(write('[{"la_child_id": "A", "x": ' + "[" * 2_000_000))
    monkeypatch.setattr(dfe_stream, "MAX_RECORD", 1 << 20)
    for filler in ('"' + "x" * 3_000_000, "1" * 3_000_000, "[" + "1," * 1_500_000):
        with pytest.raises(SourceError, match="longer than 1 MB"):
            read(write('[{"la_child_id": "A", "x": ' + filler))
    assert time.monotonic() - started < 30  # a bomb would take minutes


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.text() | st.integers(-9, 9) | st.none() | st.text(alphabet='\\"[]{}', max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='\\"[]{}a'), inner, max_size=3),
        max_leaves=9,
    ),
    st.integers(1, 40),
)
def test_depth_is_followed_whatever_texts_hold(value: Any, size: int) -> None:
    """The depth after each byte, beside a plain reading of the same bytes one by one."""
    text = json.dumps([value], ensure_ascii=False).encode()
    guard = dfe_stream._Guarded.__new__(dfe_stream._Guarded)
    guard.name, guard.given, guard.array = "x", 0, True
    guard._depth, guard._open, guard._string, guard._held = 0, 0, False, b""
    for at in range(0, len(text), size):
        guard._look(text[at : at + size])
    depth, inside, escaped = 0, False, False
    for byte in text.decode():
        if escaped:
            escaped = False
        elif inside:
            escaped, inside = byte == "\\", byte != '"'
        elif byte == '"':
            inside = True
        else:
            depth += (byte in "[{") - (byte in "]}")
    assert (guard._depth, guard._string) == (depth, inside)
    assert depth == 0


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_damaged_feed_ends_in_records_or_a_clear_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = json.dumps([{"la_child_id": f"C{i}", "social_care_episodes": [case()]} for i in range(3)]).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = data.draw(
        st.sampled_from(
            [
                whole[:at],
                whole[:at] + whole[at + 1 :],
                whole[:at] + b'"' + whole[at:],
                whole[:at] + b"\xff" + whole[at + 1 :],
            ]
        )
    )
    path = tmp_path_factory.mktemp("damaged") / "feed.json"
    path.write_bytes(broken or b" [")
    try:
        found = read(path)
    except SourceError as error:
        told = error.file == "feed.json"
    else:
        told = found.report.rows_read > 0
    assert told
