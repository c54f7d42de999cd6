"""The code sets are the DfE's, and their words those of the reference authority."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from flowmap.casework import codes
from flowmap.casework.places import EXITS
from synthetic.reference import calibration as reference


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("referralsourcetype", codes.SOURCE),
        ("primaryneedcodetype", codes.NEED),
        ("categoryofabusetype", codes.ABUSE),
        ("ethnicitytype", codes.ETHNICITY),
        ("sextype", codes.SEX),
        ("reasonforclosuretype", codes.EXIT_OF_CLOSURE),
    ],
)
def test_every_code_of_the_census_has_words(shared_data: Path, name: str, words: dict[str, str]):
    known = json.loads((shared_data / "cin_census" / "cin_codesets_2026.json").read_text())[name]
    assert set(known) <= set(words)


def test_every_code_of_the_looked_after_return_has_words(shared_data: Path):
    schema = yaml.safe_load((shared_data / "ssda903" / "liia_SSDA903_schema_2024.yml").read_text())
    columns = next(c for c in schema["column_map"].values() if "REC" in c and "LS" in c)
    assert {c["code"] for c in columns["LS"]["category"]} <= set(codes.LEGAL_STATUS)
    assert {c["code"] for c in columns["REC"]["category"]} - {"X1"} <= set(codes.EXIT_OF_CARE)


def test_the_words_are_those_of_the_reference_authority():
    assert set(codes.SOURCE.values()) == set(reference.SOURCES)
    assert set(codes.NEED.values()) == set(reference.NEEDS)
    assert set(codes.ABUSE.values()) == set(reference.PLAN_CATEGORIES)
    assert set(codes.SEX.values()) == set(reference.SEXES)
    assert set(codes.ETHNICITY.values()) - {None} == set(reference.ETHNICITIES)


@pytest.mark.parametrize("words", [codes.SOURCE, codes.NEED, codes.ABUSE, codes.SEX, codes.ETHNICITY])
def test_the_code_written_for_a_label_is_read_as_that_label(words: dict[str, str]):
    back = codes.codes_of(words)
    assert {label: words[code] for label, code in back.items()} == {label: label for label in back}
    assert set(back) == set(words.values()) - {None}


def test_unknown_codes_are_shown_as_they_are():
    assert codes.labels(pa.array(["6", "Xx", None, "6"]), codes.SOURCE).to_pylist() == ["police", "Xx", None, "police"]


def test_every_ending_is_an_exit_and_every_exit_can_be_written():
    assert set(codes.EXIT_OF_CLOSURE.values()) | set(codes.EXIT_OF_CARE.values()) == set(EXITS)
    written = {station: codes.EXIT_OF_CLOSURE[code] for station, code in codes.CLOSURE_OF_EXIT.items()}
    assert written == {station: station for station in EXITS} | {"returned_home": "closed"}
