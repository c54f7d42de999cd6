"""The lists of an SSDA903 return: how each is known by its header, which of its columns are read, and their codes.

Source: DfE, children looked after return (SSDA903), guide and technical specification 2014-15 to 2024-25; the code
lists are those of the 2024 return. A code that is not here is kept as it stands and reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flowmap.sources.columns import plain

CHILD = "CHILD"


@dataclass(frozen=True)
class List:
    """A list (one CSV of the set). `known_by`: columns that only this list has, all needed.

    `texts` and `days` are the columns that are read; no other column is ever taken from the file. `when` is the date
    without which a row says nothing. `station` is false where no place on the map comes from the list.
    """

    name: str
    known_by: tuple[str, ...]
    texts: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    when: str | None = None
    station: bool = True
    ignored: tuple[str, ...] = ()


LISTS: tuple[List, ...] = (
    List(
        "Episodes",
        ("DECOM", "RNE|REC|DEC", "LS|PLACE|CIN"),
        texts=("RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC"),
        days=("DECOM", "DEC"),
        when="DECOM",
        ignored=("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
    ),
    List(
        "Header",
        ("DOB", "SEX|GENDER", "ETHNIC", "UPN|MOTHER|MC_DOB|UASC"),
        texts=("SEX", "ETHNIC", "UASC"),
        days=("DOB",),
        ignored=("UPN", "MOTHER", "MC_DOB"),
    ),
    List("UASC", ("DOB", "DUC"), texts=("SEX",), days=("DOB",), ignored=("DUC",)),
    List(
        "PlacedAdoption",
        ("DATE_PLACED", "DATE_PLACED_CEASED"),
        days=("DATE_PLACED", "DATE_PLACED_CEASED"),
        when="DATE_PLACED",
        ignored=("DOB", "REASON_PLACED_CEASED"),
    ),
    List(
        "AD1",
        ("DATE_INT", "DATE_MATCH"),
        days=("DATE_INT",),
        when="DATE_INT",
        ignored=("DOB", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
    ),
    List("Reviews", ("REVIEW", "REVIEW_CODE"), days=("REVIEW",), station=False),
    List("Missing", ("MISSING", "MIS_START"), days=("MIS_START",), station=False),
    List("OC2", ("SDQ_SCORE", "SDQ_REASON|CONVICTED|HEALTH_CHECK"), station=False),
    List("OC3", ("IN_TOUCH", "ACTIV", "ACCOM"), station=False),
    List("PrevPerm", ("PREV_PERM", "LA_PERM|DATE_PERM"), station=False),
    List("SWEpisodes", ("SW_ID", "SW_DECOM"), days=("SW_DECOM",), station=False),
)
BY_NAME = {each.name: each for each in LISTS}

# Other names of a column, over the years and in the XML form (CHILDID, PL).
ALIASES = {
    "CHILD": ("CHILDID", "CHILD_ID", "CHILD ID"),
    "SEX": ("GENDER",),
    "PLACE": ("PL", "PLACEMENT"),
    "PLACE_PROVIDER": ("PL_PROVIDER",),
    "ETHNIC": ("ETHNICITY",),
}
SEXES = {
    "1": "M",
    "2": "F",
    "1.0": "M",
    "2.0": "F",
    "0": "U",
    "9": "U",
    "MALE": "M",
    "FEMALE": "F",
    "UNKNOWN": "U",
    "M": "M",
    "F": "F",
}
CHECKED = ("RNE", "PLACE", "PLACE_PROVIDER")  # codes that are looked at here
SHORT_BREAKS = ("V3", "V4")  # legal statuses of a series of short breaks: not a period of care


def _set(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


CODES: dict[str, frozenset[str]] = {
    "RNE": _set("S L P T B U"),
    "LS": _set("C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3"),
    "CIN": _set("N1 N2 N3 N4 N5 N6 N7 N8"),
    "PLACE": _set("A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1"),
    "PLACE_PROVIDER": _set("PR0 PR1 PR2 PR3 PR4 PR5"),
    "REC": _set("X1 E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E8 E9 E14 E15 E16 E17"),
    "ETHNIC": _set(
        "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT"
    ),
    "SEX": _set("M F U"),
}


def columns(header: Iterable[str]) -> dict[str, str]:
    """The return's name -> the name as written, for the columns whose case, spaces and underscores may differ."""
    written = {plain(name): name for name in reversed(list(header)) if name}
    wanted = {name for each in LISTS for name in (*each.texts, *each.days, *each.ignored, *_parts(each))} | {CHILD}
    found = {}
    for name in wanted:
        for spelling in (name, *ALIASES.get(name, ())):
            if plain(spelling) in written:
                found[name] = written[plain(spelling)]
                break
    return found


def recognise(header: Iterable[str]) -> List | None:
    """The list that has this header, by the columns that only it has."""
    found = columns(header)
    if CHILD not in found:
        return None
    for each in LISTS:
        if all(any(name in found for name in part.split("|")) for part in each.known_by):
            return each
    return None


def _parts(each: List) -> list[str]:
    return [name for part in each.known_by for name in part.split("|")]
