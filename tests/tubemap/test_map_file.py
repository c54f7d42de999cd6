"""The map file: what it means, and what is said when it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flowmap.tubemap import (
    Exit,
    Line,
    Loop,
    MapError,
    Station,
    Timescale,
    TubeMap,
    Zone,
    automatic,
    builtin,
    dump,
    geometry,
    load,
    parse,
)
from flowmap.tubemap.check import check

DOCS = Path(__file__).parents[2] / "docs" / "maps.md"

GOOD = """\
name: tiny
stations:
  a: {label: Alpha, at: [1, 1], entry: true, events: [first]}
  b: {label: Beta, at: [5, 1]}
exits:
  out: {label: Out, from: {b: down}}
lines:
  main: {label: Main, colour: navy, through: [a, [3, 1], b]}
"""


def problems(text: str) -> list[tuple[int | None, str]]:
    """(line, message and remedy) of all that is wrong."""
    with pytest.raises(MapError) as raised:
        parse(text, "tiny.yaml")
    return [(p.line, f"{p.message} {p.remedy}") for p in raised.value.problems]


def test_a_file_says_where_everything_is():
    found = parse(GOOD)
    assert found == TubeMap(
        "tiny",
        "tiny",
        (Station("a", "Alpha", (1, 1), entry=True, events=("first",)), Station("b", "Beta", (5, 1))),
        (Exit("out", "Out", stubs={"b": "down"}),),
        (Line("main", "Main", "navy", ("a", (3, 1), "b")),),
    )
    assert [p.id for p in found.places()] == ["a", "b", "out"]


def test_the_example_in_the_manual_is_a_map_that_draws():
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    found = parse(text)
    assert found.loop == Loop("Back again: re-referral", 7, ("closed",), "contact")
    assert found.exits[1].stubs == {"plan": None}
    assert (found.timescales[0].amount, found.timescales[0].unit) == (45, "working day")
    assert found.zone_of(found.stations[0]) == "front_door"
    assert len(geometry(found, {("contact", "referral"): 1}).routes) == 1


def test_the_message_in_the_manual_is_what_is_said():
    text = DOCS.read_text(encoding="utf-8")
    said = 'There is no station "assesment". Did you mean "assessment"?'
    assert said in text
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    wrong = example.replace("referral, assessment, plan", "referral, assesment, plan")
    assert any(said in message for _, message in problems(wrong))


@pytest.mark.parametrize("name", builtin())
def test_a_built_in_map_survives_being_written_and_read(name):
    assert parse(dump(load(name))) == load(name)


def test_labels_that_yaml_would_misread_stay_text():
    found = parse(
        "stations: {no: {label: No, at: [1, 1]}, x1: {label: 2014-04-01, at: [2, 1]}, '12': {label: 1e3, at: [3, 1]}}"
    )
    assert [(s.id, s.label) for s in found.stations] == [("no", "No"), ("x1", "2014-04-01"), ("12", "1e3")]
    assert parse(dump(found)) == found


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("at: [5, 1]", "at: [1, 1]"), 4, '"b" and "a" both stand at column 1, row 1. Move one'),
        (("at: [5, 1]", "at: [5.5, 1]"), 4, "5.5 is between two grid points. Use whole"),
        (("at: [5, 1]", "at: [5]"), 4, "not a pair of numbers"),
        (("at: [5, 1]", "at: [x, 1]"), 4, '"x" is not a grid position'),
        (("at: [5, 1]", "at: [99999, 1]"), 4, '"99999" is not a grid position'),
        ((", at: [5, 1]", ""), 4, 'Station "b" has no place. Add `at'),
        (("b: {label: Beta, at: [5, 1]}", "b: here"), 4, '"b" has no fields'),
        (("  b: {", "  a: {"), 4, '"a" is written twice; the first is on line 3'),
        (("label: Beta", "lable: Beta"), 4, '"lable" is not known here. Did you mean `label`?'),
        (("{b: down}", "{bb: down}"), 6, 'no station "bb". Did you mean "b"?'),
        (("{b: down}", "{b: downwards}"), 6, 'no direction "downwards". Did you mean "down"?'),
        (("out: {", "a: {"), 6, '"a" is both a station and an exit'),
        (("[3, 1], b]", "[3, 1], c]"), 8, 'no station "c"'),
        (("[3, 1], b]", "b, out]"), 8, 'Exit "out" is a stub'),
        (("[3, 1], b]", "[1, 1], b]"), 8, "stands still"),
        (("[a, [3, 1], b]", "[a]"), 8, "does not run from one station to another"),
        (("[a, [3, 1], b]", "[a, b, [7, 1]]"), 8, "does not run from one station to another"),
        ((", through: [a, [3, 1], b]", ""), 8, 'Line "main" goes nowhere'),
        (("colour: navy", "colour: nvay"), 8, 'no colour "nvay". Did you mean "navy"?'),
        (("entry: true", "entry: perhaps"), 3, "neither true nor false"),
        (("events: [first]", "events: first"), 3, "should be a list"),
        (("events: [first]", "events: [BETA, beta_x]"), None, None),
        (("events: [first]", "events: [x]}\n  c: {at: [9, 9], events: [X]"), 4, 'means both "a" and "c"'),
        (("name: tiny", "name: &x tiny"), 1, "Anchors (&) and aliases (*) are not used"),
        (("[a, [3, 1], b]", "[a, [3, 1], b"), 8, "not YAML"),
        (("a: {label: Alpha", "a b: {label: Alpha"), 3, '"a b" is not an id'),
        (("label: Alpha", 'label: "A\\x07"'), 3, "control character"),
        (("lines:", "zones: {z: {columns: [5, 1]}}\nlines:"), 7, 'Zone "z" ends before it begins'),
        (("lines:", "zones: {y: {columns: [1, 3]}, z: {columns: [3, 4]}}\nlines:"), 7, 'Zones "y" and "z" overlap'),
        (("lines:", "timescales: {t: {at: [a], limit: soon}}\nlines:"), 7, '"soon" is not a length of time'),
        (("lines:", "timescales: {t: {at: [q], limit: 3 days}}\nlines:"), 7, 'no station "q"'),
        (
            ("lines:", "loop: {label: L, row: 1, from: out, to: a}\nlines:"),
            7,
            "The loop's row is that of one of its own",
        ),
        (("lines:", "loop: {label: L, row: 9, from: a, to: a}\nlines:"), 7, 'no exit "a"'),
        (("lines:", "loop: {label: L}\nlines:"), 7, "The loop needs"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_remedy(change, line, says):
    wrong = GOOD.replace(*change)
    assert wrong != GOOD
    if says is None:  # a label beats an event of the same name: not a mistake
        assert parse(wrong).stations[0].events == ("BETA", "beta_x")
        return
    found = problems(wrong)
    assert any(at == line and says in message for at, message in found), found


def test_all_mistakes_are_named_at_once_in_order_of_line():
    wrong = GOOD.replace("[5, 1]", "[1, 1]").replace("navy", "mauve").replace("b: down", "b: sideways")
    assert [line for line, _ in problems(wrong)] == [4, 6, 8]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "A map is a mapping"),
        ("- a\n- b", "A map is a mapping"),
        ("just words", "A map is a mapping"),
        ("name: x", "There are no stations"),
        ("stations: 3", "is not a mapping"),
        ("a: 1\n---\nb: 2", "A second document"),
        ("[" * 50 + "]" * 50, "nested too deeply"),
        ("[" * 50000, "nested too deeply"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "Anchors"),
        ("stations: {a: {at: [1, 1]}, ? [x] : 1}", "a list or a mapping"),
        ("stations: !!python/object/apply:os.system ['true']", "is not a mapping"),
        ("\x00", "not"),
        ("a" * 2_000_000, "2,000,000 characters"),
        ("stations: {" + ", ".join(f"s{i}: {{at: [{i}, 1]}}" for i in range(401)) + "}", "There are 401 stations"),
    ],
)
def test_what_is_no_map_at_all_is_said_so_without_a_traceback(text, says):
    assert any(says in message for _, message in problems(text))


def test_a_file_that_is_not_there_is_named_with_the_maps_that_are():
    with pytest.raises(MapError, match=r"No such file.*childrens-social-care, prototype"):
        load("nowhere.yaml")


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: café".encode("latin-1"))
    with pytest.raises(MapError, match=r'"latin.yaml" cannot be used:\n  It is not UTF-8 text'):
        load(path)


def is_map(text: str) -> bool:
    """Is the text a map? Any error but MapError goes through."""
    try:
        parse(text)
    except MapError as error:
        if not error.problems:
            raise
        return False
    return True


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_map_or_a_map_error(text):
    is_map(text)  # nothing but MapError may come out


@settings(deadline=None)
@given(st.lists(st.sampled_from([*GOOD.splitlines(), "  x: [1", "loop:", "zones: {}", "? a", "- b"]), max_size=14))
def test_lines_of_a_map_in_any_order_are_a_map_or_a_map_error(lines):
    is_map("\n".join(lines))


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=30
)


@settings(deadline=None)
@given(texts, texts, st.lists(texts, max_size=3), st.integers(-500, 500), st.booleans())
def test_a_written_map_is_read_back_the_same(label, title, events, column, entry):
    tube = TubeMap(
        name="n",
        title=title,
        stations=(Station("a", label, (column, 1), entry=entry, events=tuple(events)),),
        exits=(Exit("e", "Exit, with: commas", stubs={"a": None}),),
        zones=(Zone("z", label, (column, column)),),
        timescales=(Timescale("t", title, ("a",), "3 weeks", label, since="a"),),
        loop=Loop(label, 5, ("e",), "a"),
        merged=("x",),
    )
    assume(check(tube) == [])  # a made-up event name may be what the exit is called
    assert parse(dump(tube)) == tube


@settings(deadline=None)
@given(st.lists(texts, unique=True, max_size=8))
def test_an_automatic_map_of_any_names_is_read_back_the_same(names):
    tube = automatic(names, {(a, b): 1 for a in names for b in names}, dict.fromkeys(names, 1))
    if names:
        assert parse(dump(tube)) == tube
