"""The order made: known orders in one spelling, others as written where that names nobody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

# The first of these that fits a part of the cell is it. A part is what stands between commas, "and" and the like.
NEGATIVE = (
    ("No order", r"\bno (final |public law )?orders?\b|\bno order principle\b|^none$|^nil$|^no$"),
    ("Withdrawn", r"\bwithdr"),
    ("Dismissed", r"\bdismiss|\brefused\b|\bnot granted\b"),
    ("Discharged", r"\bdischarge"),
)
KNOWN = (
    ("Interim care order", r"\binterim care\b|\bico\b"),
    ("Interim supervision order", r"\binterim supervision\b|\biso\b"),
    ("Special guardianship order", r"\bspecial guardian(ship)?\b|\bsgo\b|\bspecial gaurdian(ship)?\b"),
    ("Placement order", r"\bplacement( order|s order|$)|\bplacement\b|\bpo\b"),
    ("Adoption order", r"\badoption\b|\bao\b"),
    ("Child arrangements order", r"\bchild(ren)?s? arrangements?\b|\bcao\b"),
    ("Residence order", r"\bresidence\b|\bro\b"),
    ("Specific issue order", r"\bspecific issues?\b|\bsio\b"),
    ("Prohibited steps order", r"\bprohibited steps?\b|\bpso\b"),
    ("Contact order", r"\bcontact\b"),
    ("Family assistance order", r"\bfamily assistance\b|\bfao\b"),
    ("Emergency protection order", r"\bemergency protection\b|\bepo\b"),
    ("Secure accommodation order", r"\bsecure accommodation\b"),
    ("Deprivation of liberty order", r"\bdeprivation of liberty\b|\bdols?\b"),
    ("Supervision order", r"\bsupervision\b|\bsupervison\b|\bso\b"),
    ("Care order", r"\bcare orders?\b|\bcare$|\bco\b|\bfull care\b|\bfco\b|^care\b"),
)
PARTS = re.compile(r"[;,/&+\n|]|\band\b|\bwith\b|\bplus\b", re.IGNORECASE)
OTHER = "Other order"
LONGEST = 40  # characters of an order that is kept as written
OFTEN = 3  # rows that must have it
LEGAL_WORDS = (
    "order orders care interim full supervision guardianship special placement adoption arrangements residence "
    "contact private law public final consent by agreed court declaration injunction undertaking undertakings "
    "wardship ward parental responsibility directions freeing education assessment child section s20 s31 s34 "
    "s8 transferred transfer consolidated adjourned pending ongoing joined recovery revoked revocation varied "
    "variation extended extension of to the a an no not other unknown inherent jurisdiction high secure "
    "accommodation proceedings application"
)
LEGAL = frozenset(LEGAL_WORDS.split())


def canonical(text: str) -> tuple[list[str], list[str]]:
    """(known orders in a cell, in order; its parts that are none): "CO & SGO" is two orders.

    "Care and Placement Orders" is two as well. A part that says that an order was refused, withdrawn or discharged is
    that and not the order.
    """
    known: list[str] = []
    unknown: list[str] = []
    for part in PARTS.split(text):
        said = " ".join(re.sub(r"[^a-z0-9]+", " ", part.lower().replace("'", "")).split())
        if not said:
            continue
        name = next((n for n, pattern in NEGATIVE if re.search(pattern, said)), None)
        found = [name] if name else _orders(said)
        if found:
            known += [n for n in found if n not in known]
        elif set(said.split()) - {"order", "orders", "made", "s"}:
            unknown.append(part.strip())
    return known, unknown


def _orders(said: str) -> list[str]:
    """The orders named in a part, each taken out before the next is looked for; "interim care" is no care order."""
    found = []
    for name, pattern in KNOWN:
        rest = re.sub(pattern, " ", said)
        if rest != said:
            found.append(name)
            said = " ".join(rest.split())
    return found


def normalise(cells: Sequence[str], names: Collection[str]) -> tuple[list[str], list[bool]]:
    """(orders of each cell, joined by "; ", "" for none; whether the cell had one that is not shown).

    An order that is not known is kept as written if it is short and either all of it is words of the law or several
    rows have it, and no word of it is one of `names` (in small letters); else it is "Other order".
    """
    counts = Counter(cells)
    parts = {cell: canonical(cell) for cell in counts}
    written: Counter[str] = Counter()
    for cell, (_, unknown) in parts.items():
        for part in unknown:
            written[part.lower()] += counts[cell]
    made: dict[str, tuple[str, bool]] = {}
    for cell, (known, unknown) in parts.items():
        kept = [part for part in unknown if _harmless(part, names, written[part.lower()])]
        hidden = len(kept) < len(unknown)
        shown = [*known, *(part[0].upper() + part[1:] for part in kept), *([OTHER] if hidden and not known else [])]
        made[cell] = ("; ".join(dict.fromkeys(shown)), hidden)
    return [made[cell][0] for cell in cells], [made[cell][1] for cell in cells]


def _harmless(part: str, names: Collection[str], rows: int) -> bool:
    words = re.findall(r"[a-z0-9]+", part.lower())
    if len(part) > LONGEST or any(word in names and word not in LEGAL for word in words):
        return False
    return set(words) <= LEGAL or (rows >= OFTEN and not any(word.isdigit() for word in words))
