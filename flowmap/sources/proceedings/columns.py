"""Which column of a legal department's spreadsheet, or of a list of children, is which: by header and by content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.linkage.people import NO_DAY
from flowmap.quality import shorten
from flowmap.sources import dates

Roles = dict[str, str]  # role -> header

# Somebody other than the child, or something other than what the column would be taken for.
NOT_THE_CHILD = re.compile(
    r"\b(mothers?|fathers?|parents?|solicitors?|lawyers?|barristers?|guardians? name|judges?|workers?|carers?|sw|team|"
    r"respondents?|applicants?|managers?|court name|paralegals?|fee|cost|hours?)\b"
)
# In the order in which they are asked; the first header that fits a role has it.
HEADERS: tuple[tuple[str, str], ...] = (
    ("birth", r"(date of birth|birth date|dob|d o b|born|childs? dob|child date of birth)"),
    ("sex", r"(child )?(sex|gender)( at birth| of child)?"),
    ("ethnicity", r"(child )?(ethnicity|ethnic (origin|group|background|code))"),
    (
        "child",
        r"(.*\b(mosaic|lcs|ics|ssid|swift|care ?first|liquid ?logic|eclipse|azeus|social care|framework ?i|csc)"
        r"\b.*\b(id|no|number|ref|reference|identifier|pid)|(mosaic|lcs|ics|swift|social care|ssid|carefirst)|"
        r"(child|childs|person|client|service user|young person)( unique| social care| record| person)* "
        r"(id|no|number|identifier|ref|reference)( number)?|(childid|personid|unique child id|la child id|pid))",
    ),
    (
        "case",
        r"((court|legal|case|matter|file|proceedings|ccms|familyman|claim)( case| court| matter| file)* "
        r"(no|nos|number|ref|reference|id)( no| number)?|case|matter)",
    ),
    (
        "application",
        r"((date )?(of |the )?(s31 |section 31 |care |court |initial )*(application|proceedings|issue)( was| were)*"
        r"( made| issued| started| commenced| lodged| submitted| received| date| start| of application)*( date)?|"
        r"(date )?(application |proceedings |case )?(was )?issued( date| in court| at court| on)?|"
        r"date of (care |s31 |court )*(application|issue|proceedings)|date of issue of (proceedings|application)|"
        r"(proceedings|case) (start|started|issue|issued|commenced)( date)?)",
    ),
    (
        "final",
        r"((date )?(of )?(the )?(final|last) (order|hearing|orders)( date| made| on)*( date)?|"
        r"final hearing|order date|date of (the )?(order|orders)( made)?|date (final )?orders? (was |were )?made|"
        r"(proceedings|case) (end|ended|concluded|completed|finished|conclusion|completion)( date)?|"
        r"(date )?(concluded|completed|of conclusion|proceedings concluded|case concluded)|conclusion date|"
        r"(final )?orders? made (date|on)|date of disposal|disposal date|end date of proceedings)",
    ),
    (
        "order",
        r"((final |legal )?(orders?|orders|order s)( made| granted| type| types| made at final hearing)*|"
        r"(type|types) of (final )?orders?( made)?|(final |legal |case |court )?(outcome|outcomes|disposal)"
        r"( of proceedings| of case| order)?|final orders? (type|made|granted)|"
        r"what orders?( was| were)? made|orders? s made)",
    ),
    ("initials", r"((child|childs|first|forename|childs first) )?initials?( of child| of forenames?)?"),
    (
        "forename",
        r"((child|childs|child s) )?(forenames?|first names?|given names?|christian names?|forename s|first name s)"
        r"( of child)?",
    ),
    ("surname", r"((child|childs|child s) )?(surname|last name|family name|second name)( of child)?"),
    (
        "name",
        r"((child|childs|child s|full) )?(name|full name)( of (the )?(child|young person|subject))?|"
        r"(child|subject child)",
    ),
)
PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in HEADERS)
DATES = ("application", "final")
SAMPLE = 500
MOSTLY = 0.6


def key(header: str) -> str:
    """A header as it is compared: small letters and single spaces."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    text = re.sub(r"['’‘.]", "", spaced.lower()) if not re.search(r"\b\w\.\w\.", spaced) else spaced.lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def by_header(header: Sequence[str]) -> Roles:
    """The roles that the headers alone give; where two fit one role, the first."""
    roles: Roles = {}
    for name in header:
        text = key(name)
        if not text or NOT_THE_CHILD.search(text):
            continue
        role = next((r for r, pattern in PATTERNS if r not in roles and pattern.fullmatch(text)), None)
        if role is not None:
            roles[role] = name
    return roles


def settled(columns: Mapping[str, Sequence[str]]) -> Roles:
    """The roles by header, put right by content: a "Final order" or "Order made" that holds dates is the date."""
    roles = by_header(list(columns))
    dated = {role: mostly_dates(columns[roles[role]]) for role in ("final", "order") if role in roles}
    if dated.get("final") is False and dated.get("order") in (True, None):
        roles["final"], roles["order"] = roles.get("order", ""), roles["final"]
    elif dated.get("final") is None and dated.get("order"):
        roles["final"] = roles.pop("order")
    if dated.get("final") and dated.get("order"):
        del roles["order"]
    if "order" not in roles or "final" not in roles:
        _second_look(roles, columns)
    return {role: name for role, name in roles.items() if name}


def _second_look(roles: Roles, columns: Mapping[str, Sequence[str]]) -> None:
    """Look again among the headers that fit "final" or "order" but came second."""
    taken = set(roles.values())
    for name in columns:
        if name in taken or NOT_THE_CHILD.search(key(name)):
            continue
        fits = [r for r, pattern in PATTERNS if r in ("final", "order") and pattern.fullmatch(key(name))]
        if fits:
            role = "final" if mostly_dates(columns[name]) else "order"
            roles.setdefault(role, name)


def is_proceedings(columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether this is care proceedings: a date of application with the date of the final order, or the order made."""
    roles = settled(columns)
    if "application" not in roles or not ({"final", "order"} & set(roles)):
        return False
    return bool(mostly_dates(columns[roles["application"]]))


def is_roster(columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether this is a list of children and nothing else: id, name, date of birth, and no other date."""
    roles = by_header(list(columns))
    if not {"child", "birth"} <= set(roles) or not ({"surname", "name"} & set(roles)) or set(DATES) & set(roles):
        return False
    others = [cells for name, cells in columns.items() if name not in roles.values()]
    return not any(mostly_dates(cells, numbers=False) for cells in others)


def mostly_dates(cells: Sequence[str], *, numbers: bool = True) -> bool | None:
    """Whether most of what a column holds is dates (with `numbers`, also Excel's day numbers); None if it is blank."""
    known = [cell for cell in cells[: 10 * SAMPLE] if cell][:SAMPLE]
    if not known:
        return None
    text = dates.apart(pa.array(known, pa.string()))
    read = sum(len(rows) for form, (rows, _) in text.forms.items() if form not in ("number", "compact"))
    if numbers and "number" in text.forms:
        found = text.forms["number"][1]["number"]
        read += int(((found > 25_000) & (found < 60_000)).sum())
    if "compact" in text.forms:
        parts = text.forms["compact"][1]
        valid = (parts["y"] >= 1950) & (parts["y"] < 2100) & (parts["m"] <= 12) & (parts["d"] <= 31)
        read += int(valid.sum())
    return read / len(known) >= MOSTLY


def read_days(
    cells: Sequence[str], dayfirst: bool | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(days since 1970, NO_DAY where unreadable; what is written but unreadable; what was read the other way round).

    Dates are day-first unless `dayfirst` says otherwise: these are English councils' files. One that can only be
    month-first is read so.
    """
    values = pa.array(list(cells), pa.string()).dictionary_encode()
    distinct = values.dictionary
    first = dayfirst is not False
    one = dates.together(dates.apart(distinct), first)
    other = dates.together(dates.apart(distinct), not first)
    turned = (one.kind != dates.FINE) & (other.kind == dates.FINE)
    fine = (one.kind == dates.FINE) | turned
    time = np.where(turned, other.time, one.time)
    day = np.where(fine, time // dates.DAY, NO_DAY)
    codes = values.indices.to_numpy(zero_copy_only=False)
    blank = np.array([not text for text in distinct.to_pylist()], bool)
    return day[codes], (~fine & ~blank)[codes], turned[codes]


def shown(header: str) -> str:
    """A header for a message."""
    return repr(shorten(header))
