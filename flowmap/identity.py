"""What may not enter a dataset: columns that name a child, or that say in free words what only a few could have said.

Sources leave out what they know to be an identifier; this is the second lock, on what every attribute holds.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.eventlog import Attribute

NAMES = re.compile(
    r"(^|[\s_-])(name|names|forename|forenames|surname|initials|address|postcode|post[\s_-]code|dob|birth|birthdate|born|"
    r"upn|uln|nhs|nino|phone|telephone|mobile|email|e-mail|comment|comments|note|notes|narrative|description|"
    r"text|free[\s_-]?text|uprn|person[\s_-]?id|child[\s_-]?id|case[\s_-]?id|family[\s_-]?id|"
    r"household[\s_-]?id)($|[\s_-])",
    re.IGNORECASE,
)
NOT_A_CHILD = re.compile(
    r"(team|service|office|school|station|event|category|plan|legal|placement|provider|type)", re.IGNORECASE
)  # a team's name is no child's
POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b")  # a full unit postcode, as Royal Mail forms it
A_DATE = re.compile(r"^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?$")
EMAIL = re.compile(r"\S@\S+\.\S")

LONGEST = 80  # characters: a code or a label is shorter, a sentence is not
MANY_VALUES = 60
FEW_EACH = 10


def reason_to_leave_out(key: str, attribute: Attribute, child_ids: pa.Array) -> str | None:
    """Why this attribute must stay out, as the end of the sentence "… was left out: ", or None where it may enter."""
    for name in (key, attribute.label):
        if NAMES.search(name) and not NOT_A_CHILD.search(name):
            return "its name says that it may identify a child"
    if attribute.kind == "number":
        return None
    values = [v for v in attribute.values if v]
    if not values:
        return None
    if any(len(v) > LONGEST for v in values):
        return f"it holds texts of more than {LONGEST} characters"
    for pattern, what in ((POSTCODE, "postcodes"), (EMAIL, "e-mail addresses"), (A_DATE, "dates")):
        if any(pattern.search(v) for v in values):
            return f"it holds {what}"
    if _are_identifiers(values, child_ids):
        return "it repeats the children's identifiers"
    return _nearly_unique(attribute)


def _are_identifiers(values: list[str], child_ids: pa.Array) -> bool:
    """Whether most values of a column with many are identifiers of children."""
    if len(values) <= MANY_VALUES:
        return False
    known = pc.is_in(pa.array(values), value_set=child_ids.cast(pa.string()))
    return 2 * (pc.sum(known).as_py() or 0) > len(values)


def _nearly_unique(attribute: Attribute) -> str | None:
    codes = attribute.codes
    if codes is None or len(attribute.values) <= MANY_VALUES:
        return None
    counts = np.sort(np.bincount(codes[codes >= 0], minlength=len(attribute.values)))[::-1]
    if counts[MANY_VALUES - 1] < FEW_EACH:
        return f"it has {len(attribute.values):,} different values, few of them shared, as names and notes have"
    return None
