"""Annex A's codes: the DfE's code, and how Ofsted's template writes it (its sheet Codes_used, August 2019).

A cell may hold the whole text (`q) 6: Police`), the text without its letter (`6: Police`), the code alone (`6`) or
the words alone (`Police`).
"""

from __future__ import annotations

import re

from flowmap.casework import codes

SEX = {
    "M": "a) Male",
    "F": "b) Female",
    "U": "c) Not stated/recorded",
}
ETHNICITY = {
    "WBRI": "a) WBRI",
    "WIRI": "b) WIRI",
    "WIRT": "c) WIRT",
    "WOTH": "d) WOTH",
    "WROM": "e) WROM",
    "MWBC": "f) MWBC",
    "MWBA": "g) MWBA",
    "MWAS": "h) MWAS",
    "MOTH": "i) MOTH",
    "AIND": "j) AIND",
    "APKN": "k) APKN",
    "ABAN": "l) ABAN",
    "AOTH": "m) AOTH",
    "BCRB": "n) BCRB",
    "BAFR": "o) BAFR",
    "BOTH": "p) BOTH",
    "CHNE": "q) CHNE",
    "OOTH": "r) OOTH",
    "REFU": "s) REFU",
    "NOBT": "s) NOBT",
}
SOURCE = {
    "1A": "a) 1A: Individual",
    "1B": "b) 1B: Individual",
    "1C": "c) 1C: Individual",
    "1D": "d) 1D: Individual",
    "2A": "e) 2A: Schools",
    "2B": "f) 2B: Education services",
    "3A": "g) 3A: Health services",
    "3B": "h) 3B: Health services",
    "3C": "i) 3C: Health services",
    "3D": "j) 3D: Health services",
    "3E": "k) 3E: Health services",
    "3F": "l) 3F: Health services",
    "4": "m) 4: Housing",
    "5A": "n) 5A: LA services",
    "5B": "o) 5B: LA services",
    "5C": "p) 5C: LA services",
    "6": "q) 6: Police",
    "7": "r) 7: Other legal agency",
    "8": "s) 8: Other",
    "9": "t) 9: Anonymous",
    "10": "u) 10: Unknown",
}
NEED = {
    "N1": "N1 - Abuse or neglect",
    "N2": "N2 - Child’s disability",
    "N3": "N3 - Parental disability or illness",
    "N4": "N4 - Family in acute stress",
    "N5": "N5 - Family dysfunction",
    "N6": "N6 - Socially unacceptable behaviour",
    "N7": "N7 - Low income",
    "N8": "N8 - Absent parenting",
    "N9": "N9 - Cases other than children in need",
    "N0": "N0 - Not stated",
}
CARE_NEED = {
    "N1": "N1 - Abuse or neglect",
    "N2": "N2 - Child’s disability",
    "N3": "N3 - Parental illness or disability",
    "N4": "N4 - Family in acute stress",
    "N5": "N5 - Family dysfunction",
    "N6": "N6 - Socially unacceptable behaviour",
    "N7": "N7 - Low income",
    "N8": "N8 - Absent parenting",
}
CLOSURE = {
    "RC1": "RC1 - Adopted",
    "RC2": "RC2 - Died",
    "RC3": "RC3 - Child arrangements order",
    "RC4": "RC4 - Special guardianship order",
    "RC5": "RC5 - Transferred to services of another local authority",
    "RC6": "RC6 - Transferred to adult social care services",
    "RC7": "RC7 - Services ceased for any other reason, including child no longer in need",
    "RC8": "RC8 - Case closed after assessment, no further action",
}
STATUS = {
    "looked after": "a) Looked after child",
    "protection plan": "b) Child Protection plan",
    "in need plan": "c) Child in need plan",
    "open assessment": "d) Open assessment",
    "closed": "e) Closed episode",
}
ABUSE = {
    "NEG": "a) Neglect",
    "PHY": "b) Physical abuse",
    "SAB": "c) Sexual abuse",
    "EMO": "d) Emotional abuse",
    "MUL": "e) Multiple/not recommended",
}
LEGAL = {
    "C1": "C1: ICO",
    "C2": "C2: FCO",
    "D1": "D1: Freeing order",
    "E1": "E1: Placement order",
    "V2": "V2: Single period under S20",
    "L1": "L1: Police protection LA accommodation",
    "L2": "L2: EPO",
    "L3": "L3: Child assessment order LA accommodation",
    "J1": "J1: Remanded to LA or youth detention",
    "J2": "J2: LA accommodation under PACE",
    "J3": "J3: Youth rehabilitation order",
    "V3": "V3: Short term breaks, episodes recorded",
    "V4": "V4: Short term breaks, agreements recorded",
}
CEASED = {
    "E11": "a) E11: Adopted - application unopposed",
    "E12": "b) E12: Adopted - consent dispensed",
    "E2": "c) E2: Died",
    "E3": "d) E3: Care taken by another LA",
    "E4A": "e) E4A: Returned home to live with parents or relatives - part of planning",
    "E4B": "f) E4B: Returned home to live with parents or relatives - not part of planning",
    "E13": "g) E13: Parents, relatives or other with no parental responsibility",
    "E41": "h) E41: Residence order granted",
    "E45": "i) E45: Special Guardianship Orders - former carer relative/friend",
    "E46": "j) E46: Special Guardianship Orders - former carer other",
    "E47": "k) E47: Special Guardianship Orders - relative/friend",
    "E48": "l) E48: Special Guardianship Orders - other",
    "E5": "m) E5: Moved into independent living - supported",
    "E6": "n) E6: Moved into independent living - no support",
    "E7": "o) E7: Transferred to residential care funded by adult social services",
    "E9": "p) E9: Sentenced to custody",
    "E14": "q) E14: Accommodation on remand ended",
    "E15": "r) E15: Age assessment determined child was 18 or over",
    "E16": "s) E16: Child moved abroad",
    "E8": "t) E8: Care ceased for any other reason",
    "X1": "u) X1:CodeError",
}
PLACEMENT = {
    "U1": "a) U1: Foster placement - relatives - long term",
    "U2": "b) U2: Foster placement - relative - FFA",
    "U3": "c) U3: Foster placement - relative - not FFA",
    "U4": "d) U4: Foster placement - long term",
    "U5": "e) U5: Foster placement - FFA",
    "U6": "f) U6: Foster placement - not FFA",
    "A3": "g) A3: Placed for adoption - consent - current foster",
    "A4": "h) A4: Placed for adoption - consent - not foster",
    "A5": "i) A5: Placed for adoption - order - foster",
    "A6": "j) A6: Placed for adoption - order - not foster",
    "P1": "k) P1: Placed with parents",
    "P2": "l) P2: Independent living",
    "P3": "m) P3: Residential employment",
    "H5": "n) H5: Residential accommodation",
    "K1": "o) K1: Secure Children’s Homes",
    "K2": "p) K2: Children’s Homes",
    "R1": "q) R1: Residential Care Home",
    "R2": "r) R2: NHS/Health Trust",
    "R3": "s) R3: Family Centre or Mother and Baby Unit",
    "R5": "t) R5: Young Offender Institution",
    "S1": "u) S1: Residential school",
    "Z1": "v) Z1: Other placements",
    "T0": "w) T0: Temporary placement",
    "T1": "x) T1: Temporary placement - hospital",
    "T2": "y) T2: Temporary placement - holiday",
    "T3": "z) T3: Temporary placement - carer holiday",
    "T4": "zz) T4: Temporary placement - seven days or less",
}
PROVIDER = {
    "PR0": "a) PR0: Parents/Parental responsibility",
    "PR1": "b) PR1: Own provision",
    "PR2": "c) PR2: Other LA provision",
    "PR3": "d) PR3: Other public provision",
    "PR4": "e) PR4: Private provision",
    "PR5": "f) PR5: Voluntary/third sector",
}
LEAVER = {
    "relevant child": "a) Relevant child",
    "former relevant child": "b) Former relevant child",
    "qualifying care leaver": "c) Qualifying care leaver",
}
YES_NO = {"yes": "a) Yes", "no": "b) No"}
YES_NO_UNKNOWN = {**YES_NO, "unknown": "c) Unknown"}

# What councils write besides; compared without case, spaces and punctuation.
OTHER_WORDS = {
    "SEX": {
        "1": "M",
        "2": "F",
        "0": "U",
        "9": "U",
        "not stated": "U",
        "not recorded": "U",
        "unknown": "U",
        "unborn": "U",
        "indeterminate": "U",
        "Neither": "U",  # Ofsted's d), which the case records have no code for
        "not known": "U",
        "u": "U",
        "m": "M",
        "f": "F",
        "not stated recorded or unborn": "U",
    },
    "ETHNICITY": {
        "White British": "WBRI",
        "White Irish": "WIRI",
        "Traveller of Irish heritage": "WIRT",
        "Any other White background": "WOTH",
        "Gypsy/Roma": "WROM",
        "White and Black Caribbean": "MWBC",
        "White and Black African": "MWBA",
        "White and Asian": "MWAS",
        "Any other Mixed background": "MOTH",
        "Indian": "AIND",
        "Pakistani": "APKN",
        "Bangladeshi": "ABAN",
        "Any other Asian background": "AOTH",
        "Caribbean": "BCRB",
        "African": "BAFR",
        "Any other Black background": "BOTH",
        "Chinese": "CHNE",
        "Any other ethnic group": "OOTH",
        "Refused": "REFU",
        "Information not yet obtained": "NOBT",
    },
    "ABUSE": {"Physical": "PHY", "Sexual": "SAB", "Emotional": "EMO", "Multiple": "MUL", "Not recommended": "MUL"},
    "YES_NO": {"y": "yes", "n": "no", "true": "yes", "false": "no", "1": "yes", "0": "no"},
}
OTHER_WORDS["YES_NO_UNKNOWN"] = {
    **OTHER_WORDS["YES_NO"],
    "not known": "unknown",
    "not recorded": "unknown",
    "not stated": "unknown",
    "u": "unknown",
}

SETS = {
    "SEX": SEX,
    "ETHNICITY": ETHNICITY,
    "SOURCE": SOURCE,
    "NEED": NEED,
    "CARE_NEED": CARE_NEED,
    "CLOSURE": CLOSURE,
    "STATUS": STATUS,
    "ABUSE": ABUSE,
    "LEGAL": LEGAL,
    "CEASED": CEASED,
    "PLACEMENT": PLACEMENT,
    "PROVIDER": PROVIDER,
    "LEAVER": LEAVER,
    "YES_NO": YES_NO,
    "YES_NO_UNKNOWN": YES_NO_UNKNOWN,
}

# Codes of other years than the template's, which the DfE has or had.
OTHER_YEARS = {
    "SOURCE": codes.SOURCE,
    "CLOSURE": codes.EXIT_OF_CLOSURE,
    "CEASED": codes.EXIT_OF_CARE,
    "ETHNICITY": codes.ETHNICITY,
    "CARE_NEED": codes.NEED,
}

LETTER = re.compile(r"^[a-z]{1,2}\)\s*", re.IGNORECASE)
CODED = re.compile(r"^([A-Z]{0,4}\d{0,2}[A-Z]?)\s*(?:[:\-–—]|$)\s*", re.IGNORECASE)
NOT_ALNUM = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """A text without case, spaces and punctuation, to compare by."""
    return NOT_ALNUM.sub("", text).lower()


def _known(name: str) -> dict[str, str]:
    """Every known way to write a code (plain) -> the code. Words that several codes share stand for none."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for code, text in SETS[name].items():
        words = CODED.sub("", LETTER.sub("", text)) if CODED.match(LETTER.sub("", text)) else LETTER.sub("", text)
        for way in {plain(text), plain(LETTER.sub("", text)), plain(words)} - {""}:
            if found.get(way, code) != code:
                shared.add(way)
            found[way] = code
    for way in shared:
        del found[way]
    found.update({plain(words): code for words, code in OTHER_WORDS.get(name, {}).items()})
    found.update({plain(code): code for code in (*OTHER_YEARS.get(name, ()), *SETS[name])})
    return found


KNOWN = {name: _known(name) for name in SETS}


def decode(name: str, text: str) -> tuple[str, bool]:
    """(code, whether the set `name` knows it) of what a cell holds; a code that no set knows stays as it is."""
    known = KNOWN[name]
    text = " ".join(text.split())
    bare = LETTER.sub("", text)
    for way in (text, bare):
        if (code := known.get(plain(way))) is not None:
            return code, True
    if (found := CODED.match(bare)) and found[1] and (code := known.get(plain(found[1]))) is not None:
        return code, True
    return bare, False
