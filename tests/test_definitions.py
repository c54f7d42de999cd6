"""Definitions shown beside answers say what the docs say, and there is one for every question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowmap.ask import MEASURES
from flowmap.measures.definitions import Definition, definitions

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
ASKED_OTHERWISE = {"facets", "findings", "moves", "occupancy", "stations", "variants", "weeks"}  # panels of their own
TITLE = re.compile(r'measure: "(\w+)",\n  title: "([^"]+)"')
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


def section(where: str) -> str:
    """The text below a heading of the docs, up to the next of its level."""
    page, _, anchor = where.partition("#")
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = re.split(r"^(#{1,3}) (.+)$", text, flags=re.MULTILINE)
    for level, title, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") == anchor:
            return text if level == "#" else f"{title} {body}"
    raise AssertionError(f"docs/{page} has no heading for #{anchor}")


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.measure)
def test_every_number_of_a_definition_is_in_the_part_of_the_docs_that_it_names(one: Definition) -> None:
    told = section(one.docs)
    missing = {n for n in NUMBER.findall(f"{one.line} {one.of} {one.left_out}") if n not in told}
    assert not missing, f"{one.measure}: docs/{one.docs} does not say {', '.join(missing)}"


def test_every_measure_that_answers_a_question_is_defined_once() -> None:
    defined = [one.measure for one in definitions()]
    assert sorted(set(defined)) == sorted(defined)
    assert set(MEASURES) - ASKED_OTHERWISE - {"compare"} <= set(defined)


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.measure)
def test_a_definition_says_what_of_what_what_is_left_out_and_by_whose_rule(one: Definition) -> None:
    assert all(text.endswith(".") for text in (one.line, one.of, one.left_out, one.source))
    assert one.question.endswith("?")


def test_a_question_has_one_wording_on_the_page_and_among_the_definitions() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js" / "questions").glob("*.js")]
    on_the_page = dict(found.groups() for text in pages if (found := TITLE.search(text)))
    worded = {one.measure: one.question for one in definitions()}
    assert on_the_page
    assert on_the_page == {measure: worded[measure] for measure in on_the_page}
