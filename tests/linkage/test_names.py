"""Names as they are compared, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from flowmap.linkage.names import initials_of, likeness, split_name, surname_parts
from flowmap.linkage.people import NO_DAY, births_may_agree, clean_id, swapped


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("SMITH", ("smith",)),
        ("O’Brien", ("obrien",)),
        ("O'BRIEN", ("obrien",)),
        ("O Brien", ("obrien",)),
        ("MacDonald", ("mcdonald",)),
        ("Mac Donald", ("mcdonald",)),
        ("McDonald", ("mcdonald",)),
        ("Macey", ("macey",)),
        ("Núñez", ("nunez",)),
        ("Wiśniewska", ("wisniewska",)),
        ("Smith-Jones", ("smith", "jones")),
        ("Smith  Jones", ("smith", "jones")),
        ("St. John", ("stjohn",)),
        ("Saint John", ("stjohn",)),
        ("Van Dijk", ("van", "dijk")),
        ("", ()),
    ],
)
def test_spellings_of_one_surname_are_one(written: str, parts: tuple[str, ...]) -> None:
    assert surname_parts(written) == parts


@pytest.mark.parametrize(
    ("written", "only", "initials"),
    [("J", True, "j"), ("JA", True, "ja"), ("J.A.", True, "ja"), ("J A", True, "ja"), ("James", True, "j"),
     ("Jo", False, "j"), ("JO", False, "j"), ("James Arthur", False, "ja"), ("Élodie", False, "e"), ("", True, "")],
)  # fmt: skip
def test_initials_are_had_from_initials_and_from_forenames(written: str, only: bool, initials: str) -> None:
    assert initials_of(written, initials_only=only) == initials


@pytest.mark.parametrize(
    ("written", "split"),
    [("SMITH, Jack", ("SMITH", "Jack")), ("Jack SMITH", ("SMITH", "Jack")), ("Jack Smith", ("Smith", "Jack")),
     ("Smith J", ("Smith", "J")), ("Smith", ("Smith", "")), ("Jack Paul Smith", ("Smith", "Jack Paul"))],
)  # fmt: skip
def test_a_name_in_one_cell_is_taken_apart(written: str, split: tuple[str, str]) -> None:
    assert split_name(written) == split


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("smith", "smyth", True), ("smith", "simth", True), ("smith", "smith jones", True), ("khan", "kahn", True),
     ("khan", "chaan", False), ("ali", "alli", True), ("ali", "li", True), ("patel", "khan", False),
     ("robinson", "robison", True), ("", "smith", False), ("van dijk", "dijk", True), ("hall", "hill", True)],
)  # fmt: skip
def test_one_slip_in_a_short_surname_and_two_in_a_longer_are_allowed(one: str, other: str, alike: bool) -> None:
    found = likeness(np.array([one], object), np.array([other], object))
    assert bool(found[0] > 0) == alike
    assert likeness(np.array([other], object), np.array([one], object))[0] == found[0]


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(int))


def test_day_and_month_are_swapped_where_that_is_another_date() -> None:
    days = np.array([day("2015-03-04"), day("2015-03-13"), day("2015-05-05"), NO_DAY])
    assert swapped(days).tolist() == [day("2015-04-03"), NO_DAY, NO_DAY, NO_DAY]


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [("2015-03-04", "2015-03-04", True), ("2015-03-04", "2015-04-03", True), ("2015-03-04", "2015-03-14", True),
     ("2015-03-04", "2016-03-04", True), ("2015-03-04", "2016-04-04", False), ("2015-03-04", "2012-11-30", False)],
)  # fmt: skip
def test_dates_of_birth_may_be_one_where_two_of_three_parts_are(one: str, other: str, may: bool) -> None:
    assert births_may_agree(np.array([day(one)]), np.array([day(other)])).tolist() == [may]
    assert births_may_agree(np.array([day(one)]), np.array([NO_DAY])).tolist() == [True]


def test_an_identifier_keeps_its_zeros_and_loses_excels_decimals() -> None:
    assert [clean_id(text) for text in ("007", " 12 34 ", "1001.0", "C1.0")] == ["007", "1234", "1001", "C1.0"]
