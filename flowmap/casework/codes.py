"""The Department for Education's code sets, and the words that stand on the page for each code.

Sources: Children in Need census 2026 (source of referral, need, category of abuse, reason for closure, sex, ethnicity),
SSDA903 2024 and Ofsted's Annex A, sheet Codes_used (legal status, reason care ceased, eligibility of care leavers).
A code that no set knows is shown as it is. Where several codes have one label, `REPRESENTATIVE` names the one written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

INDIVIDUALS, HEALTH, COUNCIL = "individuals", "health services", "council services"

SOURCE: Mapping[str, str] = {
    "1": INDIVIDUALS,
    **dict.fromkeys(("1A", "1B", "1C", "1D"), INDIVIDUALS),
    "2A": "schools",
    "2B": "education services",
    "3": HEALTH,
    **dict.fromkeys(("3A", "3B", "3C", "3D", "3E", "3F"), HEALTH),
    "4": "housing",
    "5": COUNCIL,
    **dict.fromkeys(("5A", "5B", "5C", "5D"), COUNCIL),
    "6": "police",
    "7": "other legal agency",
    "8": "other",
    "9": "anonymous",
    "10": "unknown",
}

NEED: Mapping[str, str] = {
    "N1": "abuse or neglect",
    "N2": "child's disability or illness",
    "N3": "parent's disability or illness",
    "N4": "family in acute stress",
    "N5": "family dysfunction",
    "N6": "socially unacceptable behaviour",
    "N7": "low income",
    "N8": "absent parenting",
    "N9": "cases other than children in need",
    "N0": "not stated",
}

ABUSE: Mapping[str, str] = {
    "NEG": "neglect",
    "PHY": "physical abuse",
    "SAB": "sexual abuse",
    "EMO": "emotional abuse",
    "MUL": "multiple",
}

SEX: Mapping[str, str] = {"F": "female", "M": "male", "U": "not known"}

# The five groups of the 2011 census (Chinese belongs to Asian); refused and not obtained are not recorded.
WHITE, MIXED, ASIAN, BLACK = "White", "Mixed", "Asian or Asian British", "Black or Black British"
ETHNICITY: Mapping[str, str | None] = {
    **dict.fromkeys(("WBRI", "WIRI", "WIRT", "WOTH", "WROM"), WHITE),
    **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), MIXED),
    **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), ASIAN),
    **dict.fromkeys(("BCRB", "BAFR", "BOTH"), BLACK),
    "OOTH": "Other",
    "REFU": None,
    "NOBT": None,
}

LEGAL_STATUS: Mapping[str, str] = {
    "C1": "interim care order",
    "C2": "care order",
    "D1": "freeing order",
    "E1": "placement order",
    "V2": "section 20",
    "V3": "short breaks",
    "V4": "short breaks",
    "L1": "police protection",
    "L2": "emergency protection order",
    "L3": "child assessment order",
    "J1": "remand",
    "J2": "police and criminal evidence",
    "J3": "youth rehabilitation order",
}

CARE_LEAVER: Mapping[str, str] = {}  # Annex A writes words: "relevant child", "former relevant child", …

# The code that is written for a label that several codes share.
REPRESENTATIVE: Mapping[str, str] = {
    INDIVIDUALS: "1A",
    HEALTH: "3A",
    COUNCIL: "5A",
    WHITE: "WBRI",
    MIXED: "MOTH",
    ASIAN: "AOTH",
    BLACK: "BOTH",
}

# Where a child's case goes when it is closed for this reason: places of the built-in map (CIN census, RC1 to RC9).
EXIT_OF_CLOSURE: Mapping[str, str] = {
    "RC1": "adopted",
    "RC2": "other",  # died
    "RC3": "other",  # child arrangements order
    "RC4": "special_guardianship",
    "RC5": "moved",
    "RC6": "left_care_18",  # transferred to adult services
    "RC7": "closed",
    "RC8": "nfa",
    "RC9": "step_down",
}

# Where a child goes when care ceased for this reason (SSDA903 REC; E43 and E44 until 2016). X1 is no end of care.
EXIT_OF_CARE: Mapping[str, str] = {
    **dict.fromkeys(("E11", "E12"), "adopted"),
    **dict.fromkeys(("E43", "E44", "E45", "E46", "E47", "E48"), "special_guardianship"),
    **dict.fromkeys(("E4", "E4A", "E4B", "E13"), "returned_home"),
    **dict.fromkeys(("E5", "E6", "E7", "E15", "E17"), "left_care_18"),
    "E3": "moved",
    "E2": "other",  # died
    "E8": "other",  # any other reason
    "E9": "other",  # sentenced to custody
    "E14": "other",  # remand ended
    "E16": "other",  # moved abroad
    "E41": "other",  # residence or child arrangements order
}

# The way back, for writing: the reason for closure and the reason care ceased that lead to each exit.
CLOSURE_OF_EXIT: Mapping[str, str] = {
    "adopted": "RC1",
    "other": "RC3",
    "special_guardianship": "RC4",
    "moved": "RC5",
    "left_care_18": "RC6",
    "closed": "RC7",
    "nfa": "RC8",
    "step_down": "RC9",
    "returned_home": "RC7",
}
CARE_END_OF_EXIT: Mapping[str, str] = {
    "adopted": "E11",
    "special_guardianship": "E45",
    "returned_home": "E4A",
    "left_care_18": "E5",
    "moved": "E3",
    "other": "E8",
    "closed": "E4A",
    "nfa": "E4A",
    "step_down": "E4A",
}

# Legal statuses that are stations of their own; under every other a child is at "looked_after". D1 is what a
# placement order was before 2005. Under V3 and V4 (short breaks) a child is not counted as looked after at all.
STATION_OF_STATUS: Mapping[str, str] = {
    "C1": "interim_care_order",
    "C2": "care_order",
    "D1": "placement_order",
    "E1": "placement_order",
}
STATUS_OF_STATION: Mapping[str, str] = {
    "looked_after": "V2",
    "interim_care_order": "C1",
    "care_order": "C2",
    "placement_order": "E1",
}


def labels(codes: pa.Array | pa.ChunkedArray, words: Mapping[str, Any]) -> pa.DictionaryArray:
    """The label of each code, unknown codes as they are, as a dictionary of labels; null stays null."""
    array = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    coded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
    shown = pa.array([words.get(code, code) for code in coded.dictionary.to_pylist()], pa.string())
    return pc.take(shown, coded.indices).dictionary_encode()


def codes_of(words: Mapping[str, Any]) -> dict[str, str]:
    """The code to write for each label (the representative where there are several)."""
    found: dict[str, str] = {}
    for code, label in words.items():
        if label is not None:
            found.setdefault(label, code)
    found.update({label: code for label, code in REPRESENTATIVE.items() if label in found})
    return found
