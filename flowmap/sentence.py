"""A cohort in English: "girls aged 5–15 referred by schools or police, second visit or later".

Facets that the field knows have a phrase of their own; any other is said as "with Impact high or medium".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowmap.facets import NOT_RECORDED, STILL_OPEN

if TYPE_CHECKING:
    from flowmap.cohort import Term

GIRLS = frozenset({"f", "female", "females", "girl", "girls"})
BOYS = frozenset({"m", "male", "males", "boy", "boys"})
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

# facet: words before the values, and before them where they are negated
PHRASES = {
    "sex": ("of sex", "of sex other than"),
    "gender": ("of gender", "of gender other than"),
    "source": ("referred by", "not referred by"),
    "need": ("with need", "with need other than"),
    "team": ("in team", "not in team"),
    "entry": ("entering at", "not entering at"),
    "year": ("starting in", "not starting in"),
}
OF_CHILDREN = ("sex", "gender", "age", "source", "need", "team")  # facets that only children's journeys have
BESIDE = ("age", "source")  # said straight after "children", without a comma
LAST = ("entry", "outcome", "year", "visit")  # said after everything else


def say(terms: Sequence[Term]) -> str:
    """The phrase for these terms; "all journeys" for none."""
    if not terms:
        return "all journeys"
    left = {term.facet.key: term for term in terms}
    start = _noun(left)
    beside = [_phrase(left.pop(key)) for key in BESIDE if key in left]
    middle = [key for key in left if key not in LAST]
    rest = [key for key in (*middle, *LAST) if key in left]
    if not beside and rest and rest[0] != "visit":
        beside = [_phrase(left[rest.pop(0)])]
    return ", ".join([" ".join([start, *beside]), *(_phrase(left[key]) for key in rest)])


def _noun(left: dict[str, Term]) -> str:
    """Girls, boys, children or journeys, unborn or not; takes out of `left` what it says."""
    noun = "children" if any(key in left for key in OF_CHILDREN) else "journeys"
    sex = left.get("sex") or left.get("gender")
    if sex is not None and not sex.negated and len(sex.codes) == 1:
        value = sex.facet.values[sex.codes[0]].lower()
        found = "girls" if value in GIRLS else "boys" if value in BOYS else None
        if found is not None:
            del left[sex.facet.key]
            noun = found
    age = left.get("age")
    if age is not None and not age.negated and not age.missing and age.ranges == ((-1, -1),):
        del left["age"]
        return f"unborn {noun}"
    return noun


def _phrase(term: Term) -> str:
    key = term.facet.key
    if key == "age":
        return _age(term)
    if key == "visit":
        return _visit(term)
    if key == "outcome":
        return _outcome(term)
    before, negated = PHRASES.get(key, (f"with {term.facet.label}", f"with {term.facet.label} other than"))
    values, missing = _values(term)
    if key == "team" and all(value.lower().startswith("team") for value in values):
        before, negated = "in", "not in"  # "in Team A", not "in team Team A"
    parts = [f"{negated if term.negated else before} {any_of(values)}"] if values else []
    if missing:
        parts.append(f"with {term.facet.label} {'recorded' if term.negated else NOT_RECORDED}")
    return (" and " if term.negated else " or ").join(parts)


def any_of(words: Sequence[str]) -> str:
    """ "a", "a or b", "a, b or c"; "nothing" for none."""
    if not words:
        return "nothing"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _values(term: Term) -> tuple[list[str], bool]:
    """The values as said, and whether "not recorded" is one."""
    if term.facet.kind == "number":
        later = "later" if term.facet.key == "year" else "more"
        return [_numbers(low, high, later) for low, high in term.ranges], term.missing
    values = [term.facet.values[code] for code in term.codes]
    said = [_plain(value) for value in values if value != NOT_RECORDED]
    if len(said) > 1:
        said = [f"“{value}”" if "," in value or " or " in value else value for value in said]
    return said, term.missing or NOT_RECORDED in values


def _plain(value: str) -> str:
    """A value within a sentence: "Police" is police; "NFA", "LA services" and "Team A" stay as they are."""
    words = value.split()
    ordinary = len(words) > 0 and words[0][1:].islower() and all(word.islower() for word in words[1:])
    return value[0].lower() + value[1:] if ordinary else value


def _numbers(low: int, high: int | None, later: str = "more") -> str:
    if high is None:
        return f"{low} or {later}"
    return str(low) if low == high else f"{low}–{high}"


def _age(term: Term) -> str:
    said, unborn = [], False
    for low, high in term.ranges:
        unborn = unborn or low < 0
        if high is not None and high < 0:
            continue
        first = max(low, 0)
        if high is None:
            said.append(f"{first} and over")
        elif high == 0:
            said.append("under 1")
        else:
            said.append(_numbers(first, high))
    parts = ["unborn"] if unborn else []
    if said:
        parts.append("aged " + any_of(said))
    if term.missing:
        parts.append("of unrecorded age")
    return ("not " if term.negated else "") + any_of(parts)


def _visit(term: Term) -> str:
    said = []
    for low, high in term.ranges:
        if high is None:
            said.append("any" if low <= 0 else f"{_ordinal(low)} visit or later")
        elif high - low <= 2:
            said.append(f"{any_of([_ordinal(n) for n in range(low, high + 1)])} visit")
        else:
            said.append(f"{_ordinal(low)} to {_ordinal(high)} visit")
    if term.missing:
        said.append("visit not recorded")
    return ("not " if term.negated else "") + any_of(["any visit" if s == "any" else s for s in said])


def _ordinal(visit: int) -> str:
    if 0 <= visit < len(ORDINALS):
        return ORDINALS[visit]
    number = visit + 1
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _outcome(term: Term) -> str:
    values = [term.facet.values[code] for code in term.codes]
    ends = [_plain(value) for value in values if value != STILL_OPEN]
    parts = [f"ending in {any_of(ends)}"] if ends else []
    if STILL_OPEN in values:
        parts.append(STILL_OPEN)
    return ("not " if term.negated else "") + any_of(parts)
