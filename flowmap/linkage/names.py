"""Names as they are compared: without accents, capitals, hyphens and the many spellings of O' and Mac."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

Texts = pd.Series

FOREIGN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
APOSTROPHES = re.compile(r"['’‘`´ʼ]")
NOT_LETTERS = re.compile(r"[^a-z]+")
ENDINGS = frozenset({"jr", "jnr", "snr", "deceased", "dec", "aka", "nee"})
SHORT = 4  # letters: up to here one slip of the pen is allowed, from here on two
A_PART = 3  # letters that a part of a double-barrelled name must have to count by itself


def plain(text: str) -> str:
    """Lower case without accents and apostrophes: "O’Brién" is "obrien"."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(FOREIGN))
    return APOSTROPHES.sub("", "".join(c for c in text if not unicodedata.combining(c)))


def surname_parts(text: str) -> tuple[str, ...]:
    """The parts of a surname, normalised: "Mac Donald-Smyth" is ("mcdonald", "smyth"), "St. John" is ("stjohn",)."""
    words = [word for word in NOT_LETTERS.split(plain(text)) if word and word not in ENDINGS]
    parts: list[str] = []
    joining = ""
    for word in words:
        if word in ("o", "mc", "mac", "st", "saint") and not joining:
            joining = {"mac": "mc", "saint": "st"}.get(word, word)
            continue
        whole = joining + word
        parts.append("mc" + whole[3:] if whole.startswith("mac") and len(whole) > 5 else whole)
        joining = ""
    return (*parts, joining) if joining else tuple(parts)


def initials_of(text: str, *, initials_only: bool) -> str:
    """Initials in lower case: "Jo Ann" is "ja"; in a column of initials also "JA" and "J.A."."""
    words = [word for word in re.split(r"[^\w]+", text) if word]
    if initials_only and len(words) == 1 and len(words[0]) <= 3 and words[0].isupper():
        words = list(words[0])
    return "".join(filter(str.isalpha, (plain(word)[:1] for word in words)))


def forename_of(text: str) -> str:
    """The first forename, normalised; "" where only an initial is given."""
    words = [word for word in NOT_LETTERS.split(plain(text)) if word]
    return words[0] if words and len(words[0]) > 1 else ""


def split_name(text: str) -> tuple[str, str]:
    """(surname, forenames) of a name in one cell: "SMITH, Jack", "Jack SMITH", "Smith J"."""
    before, comma, after = text.partition(",")
    if comma:
        return before.strip(), after.strip()
    words = text.split()
    if len(words) < 2:
        return text.strip(), ""
    last = words[-1].replace(".", "")
    if len(last) <= 2 and last.isupper() and len(words[0]) > 2:
        return " ".join(words[:-1]), words[-1]
    shouted = [word for word in words if word.isupper() and len(word) > 1]
    if shouted and len(shouted) < len(words):
        return " ".join(shouted), " ".join(word for word in words if word not in shouted)
    return words[-1], " ".join(words[:-1])


def by_value(column: Any, how: Any) -> list[Any]:
    """`how` of each text of a column, worked out once a distinct text."""
    codes, values = pd.factorize(pd.Series(column, dtype=object).fillna(""))
    made = np.empty(len(values), dtype=object)
    made[:] = [how(str(value)) for value in values]
    return made[codes].tolist() if len(values) else []


def likeness(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """How alike pairs of surnames are, 0 to 1; 0 where they are not taken for one name.

    Each is the parts of a surname joined by spaces. Taken for one are names with one slip (a letter more, less or
    other, or two that changed places: optimal string alignment) up to four letters, two slips above, and a
    double-barrelled name and one of its parts.
    """
    if not len(one):
        return np.zeros(0)
    joined = [[text.replace(" ", "") for text in side] for side in (one, other)]
    slips = process.cpdist(joined[0], joined[1], scorer=OSA.distance)
    length = np.array([max(len(a), len(b)) for a, b in zip(*joined, strict=True)])
    least = np.array([min(len(a), len(b)) for a, b in zip(*joined, strict=True)])
    allowed = np.where(least == 0, -1, np.where(least <= SHORT, 1, 2))
    alike = np.where(slips <= allowed, 1 - slips / np.maximum(length, 1), 0.0)
    part = np.array([_shares_part(a, b) for a, b in zip(one, other, strict=True)])
    return np.maximum(alike, np.where(part, 0.75, 0.0))


def _shares_part(one: str, other: str) -> bool:
    """Whether one of two surnames is double-barrelled and has a part that is the other, or a part of it."""
    if " " not in one and " " not in other:
        return False
    return any(len(part) >= A_PART for part in set(one.split()) & set(other.split()))
