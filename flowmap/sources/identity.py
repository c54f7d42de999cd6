"""What must not enter a dataset: names, full dates of birth, addresses, numbers that identify, free text.

Erring on the side of leaving out: a column is a facet only if it is plainly a category or a small number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flowmap.sources.columns import IDENTIFIERS

MAX_KINDS = 200  # categories with more values are free text or identifiers
TYPICAL_TEXT = 60  # characters on average, at most
LONG_TEXT = 100  # characters of any one value, at most

# Words of a column's name (split at punctuation, spaces and capitals) that give identity away.
TELLING = {
    "name names forename forenames surname firstname lastname givenname familyname fullname middlename initials alias "
    "childname personname workername": "it holds names",
    "worker socialworker sw practitioner manager resource user username author allocated responsible iro "
    "owner originator employee": "it holds names of staff",
    "dob birth birthdate dateofbirth birthday": "it is a date of birth",
    "postcode postal zip zipcode address addr street house road town city line1 line2 uprn latitude longitude "
    "lat lon lng easting northing": "it holds addresses",
    "upn nhs nhsno nhsnumber nino uln ssn passport": "it holds a number that identifies a person",
    "email mail phone telephone tel mobile fax url website": "it holds ways to reach a person",
    "comment comments note notes narrative summary remarks memo freetext": "it is free text",
}
REASON = {word: reason for words, reason in TELLING.items() for word in words.split()}
CODE_ONLY = {"it holds names of staff"}  # kept where every value is a code, such as r1
HARMLESS = {
    "team",
    "office",
    "area",
    "locality",
    "district",
    "ward",
    "group",
    "country",
    "type",
    "category",
    "status",
    "role",
    "code",
}

PATTERNS = {
    r"^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$": "it holds postcodes",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "it holds e-mail addresses",
    r"^(\+44|0)[\d ]{9,13}$": "it holds telephone numbers",
    r"^\d{3} ?\d{3} ?\d{4}$": "it holds NHS numbers",
    r"^[A-Za-z]\d{11}[A-Za-z\d]$": "it holds UPNs",
    r"^[A-Za-z]{2}\d{6}[A-Da-d]$": "it holds national insurance numbers",
    r"^[A-Z][a-z'’-]+, [A-Z][a-z'’-]+( [A-Z][a-z'’-]*)?$": "it holds names",
    r"^(Mr|Mrs|Ms|Miss|Dr)\.? [A-Z]": "it holds names",
}


def by_name(name: str) -> str | None:
    """Why a column of this name is left out, or None."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = re.split(r"[^a-z0-9]+", spaced.lower())
    if "".join(words) in IDENTIFIERS:
        return "it is an identifier"
    pairs = ["".join(pair) for pair in zip(words, words[1:], strict=False)]
    telling = [word for word in ["".join(words), *pairs] if word in REASON]
    if not telling and not HARMLESS & set(words):
        telling = [word for word in words if word in REASON]
    if telling:
        return REASON[telling[0]]
    return None


def by_values(values: pa.Array) -> str | None:
    """Why a column with these distinct values (strings) is left out, or None."""
    known = pc.drop_null(values.cast(pa.string()))
    known = known.filter(pc.not_equal(pc.utf8_trim_whitespace(known), ""))
    if not len(known):
        return "it is empty"
    for pattern, reason in PATTERNS.items():
        if pc.mean(pc.match_substring_regex(known, pattern).cast(pa.int8())).as_py() > 0.5:
            return reason
    length = pc.utf8_length(known)
    if pc.mean(length).as_py() > TYPICAL_TEXT or pc.max(length).as_py() > LONG_TEXT:
        return "it is free text"
    return None


def only_codes(values: Sequence[str]) -> bool:
    """Whether every value is a code (it has a digit and no space) and thus no name."""
    return all(re.fullmatch(r"\S*\d\S*", v) for v in values if v)


def left_out(name: str, values: pa.Array) -> str | None:
    """Why a column of this name with these distinct values is left out, or None."""
    reason = by_name(name)
    if reason in CODE_ONLY and only_codes(values.to_pylist()):
        reason = None
    return reason or by_values(values)
