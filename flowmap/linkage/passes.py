"""The passes: from the surest way of knowing a child to the least sure; what is linked is not looked at again.

A pass gives pairs of a legal row and a child. One child: linked. Several: what else is known of both (forename, all
initials, sex, a date of the court) may leave one; else the row is a person's to decide, and no later pass guesses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowmap.linkage import names
from flowmap.linkage.people import NO_DAY, swapped
from flowmap.linkage.sides import Codes, Mask, Sides

WINDOW = 7  # days that a date of the court and social care's may lie apart

DECISION, ID, ID_ONLY = "decision", "id", "id_only"
NAME_BIRTH, NAME_DATE, SWAPPED, SPELLING, BIRTH_DATE = "name_birth", "name_date", "swapped", "spelling", "birth_date"
PASSES = {
    DECISION: "decided by a person",
    ID: "social care id",
    NAME_BIRTH: "surname, initial and date of birth",
    NAME_DATE: "surname, initial and a date of the court",
    SWAPPED: "the same, with day and month swapped",
    SPELLING: "surname spelt differently, initial, and date of birth or of the court",
    BIRTH_DATE: "date of birth and a date of the court",
    ID_ONLY: "social care id that no other file has",
}
# How sure a pass is, at best. An order, not a probability.
SURE = {DECISION: 1.0, ID: 1.0, NAME_BIRTH: 0.99, NAME_DATE: 0.95, SWAPPED: 0.93, SPELLING: 0.9, BIRTH_DATE: 0.85}
SURE[ID_ONLY] = 0.8
ASKED = 0.5  # of candidates that are only asked after
FEW = 5  # children of a name, of whom a person can say which is meant


@dataclass
class Links:
    """`child` of each legal row (a row of `children`, -1 = none), the pass that said so, its score (0 to 1).

    `candidates` are (row, child, pass, score, why) of rows that a person must decide.
    """

    child: Codes
    by: npt.NDArray[Any]
    score: npt.NDArray[np.float64]
    candidates: pd.DataFrame
    left: Mask = field(repr=False)

    @property
    def linked(self) -> Mask:
        """The rows that have a child."""
        return self.child >= 0


def match(
    legal: pd.DataFrame, people: pd.DataFrame, court: pd.DataFrame, window: int = WINDOW, decided: Codes | None = None
) -> Links:
    """Links of the rows of `legal` to children.

    `legal` has the columns of `People.frame` and, of the id that the row has, its code: `known` where social care has
    that id, `foreign` where it does not (-1 = it has none such).
    `people` has the columns of `People.frame`, with `child` as a code; one child may have several rows (former names).
    `court` has child (code), day, final (whether a final order may have made it; else an application may have), and
    order (whether only a court sets such a date). `decided` gives a child's code, -1 ("none of them") or -2 (not
    decided) of each row.
    """
    legal = legal.reset_index(drop=True)
    size = len(legal)
    nobody = pd.DataFrame({"row": [], "child": [], "pass": [], "score": [], "why": []})
    links = Links(np.full(size, -1), np.full(size, "", dtype=object), np.zeros(size), nobody, np.ones(size, bool))
    if decided is not None:
        _decide(links, decided)
    sides = Sides(legal, people.reset_index(drop=True), court, window)
    settle(links, sides, ID, sides.same_id())
    for name, find in _PASSES:
        if links.left.any():
            settle(links, sides, name, find(sides, np.flatnonzero(links.left)))
    once_a_case(links, legal)
    _weak(links, sides)
    _by_own_id(links, legal)
    return links


def _weak(links: Links, sides: Sides) -> None:
    """Rows left of which something fits: too little to link, enough to ask."""
    for why, find in (
        ("the name fits, but one date only", lambda rows: sides.by_court(rows, sides.name, weak=True)),
        ("born on that day with a date of the court, but another surname", lambda rows: _born_and_near(sides, rows)),
        ("the name fits, and nothing else is known to tell by", lambda rows: _name_alone(sides, rows)),
    ):
        rows = np.setdiff1d(np.flatnonzero(links.left), links.candidates["row"].to_numpy())
        if len(rows):
            asked = sides.scored(find(rows), ASKED).drop_duplicates(["row", "child"])
            links.candidates = _with(links.candidates, asked.assign(**{"pass": "", "why": why}))


def _by_own_id(links: Links, legal: pd.DataFrame) -> None:
    """Rows left with an id: one that no other file has is a child of its own; one that is another child's is asked."""
    foreign = legal["foreign"].to_numpy()
    own = links.left & (foreign >= 0)
    links.child[own], links.by[own], links.score[own] = foreign[own], ID_ONLY, SURE[ID_ONLY]
    known = legal["known"].to_numpy()
    rows = np.flatnonzero(links.left & ~own & (known >= 0))
    why = "the id is that of a child with another name and date of birth"
    asked = pd.DataFrame({"row": rows, "child": known[rows], "pass": ID, "score": ASKED, "why": why})
    links.candidates = _with(links.candidates, asked)
    links.left[own] = False
    links.left[rows] = False


def _decide(links: Links, decided: Codes) -> None:
    yes = decided >= 0
    links.child[yes], links.by[yes], links.score[yes] = decided[yes], DECISION, SURE[DECISION]
    links.left &= decided == -2


def _name_birth(sides: Sides, rows: Codes) -> pd.DataFrame:
    return sides.scored(sides.by_birth(rows, sides.name, turned=False), SURE[NAME_BIRTH])


def _name_date(sides: Sides, rows: Codes) -> pd.DataFrame:
    return sides.scored(sides.by_court(rows, sides.name, turned=False), SURE[NAME_DATE])


def _swapped(sides: Sides, rows: Codes) -> pd.DataFrame:
    births = sides.by_birth(rows, sides.name, turned=True)
    courts = sides.by_court(rows, sides.name, turned=True)
    pairs = pd.concat([births, courts]).drop_duplicates()
    return sides.scored(pairs[sides.sexes_agree(pairs)], SURE[SWAPPED])


def _spelling(sides: Sides, rows: Codes) -> pd.DataFrame:
    found = [sides.by_birth(rows, sides.first, turned=turned) for turned in (False, True)]
    found += [sides.by_court(rows, sides.letters, turned=turned) for turned in (False, True)]
    pairs = pd.concat(found).drop_duplicates()
    pairs = pairs[sides.sexes_agree(pairs)]
    alike = names.likeness(*sides.of(pairs, "surname"))
    return sides.scored(pairs[alike > 0], SURE[SPELLING], alike[alike > 0])


def _birth_date(sides: Sides, rows: Codes) -> pd.DataFrame:
    """Born on one day and a date of the court in common, where one side has no surname."""
    pairs = _born_and_near(sides, rows)
    mine, theirs = sides.of(pairs, "surname")
    return sides.scored(pairs[(mine == "") | (theirs == "")], SURE[BIRTH_DATE])


def _born_and_near(sides: Sides, rows: Codes) -> pd.DataFrame:
    """Pairs born on one day with a date of the court in common, and no initial or sex against it."""
    alike = (np.zeros(len(sides.legal), np.int64), np.zeros(len(sides.people), np.int64))
    pairs = sides.by_birth(rows, alike, turned=False)
    one, other = sides.first[0][pairs["row"]], sides.first[1][pairs["person"]]
    pairs = pairs[(one == other) | (one < 0) | (other < 0)]
    return pairs[sides.near_court(pairs) & sides.sexes_agree(pairs)]


def _name_alone(sides: Sides, rows: Codes) -> pd.DataFrame:
    """Pairs of one name and no date of birth on one side, where few children have the name."""
    pairs = sides.pairs(rows, (sides.name[0][rows], sides.name[1]))
    mine, theirs = sides.of(pairs, "birth")
    pairs = pairs[((mine == NO_DAY) | (theirs == NO_DAY)) & sides.initials_agree(pairs) & sides.sexes_agree(pairs)]
    return pairs[pairs.groupby("row")["person"].transform("count") <= FEW]


_PASSES: tuple[tuple[str, Callable[[Sides, Codes], pd.DataFrame]], ...] = (
    (NAME_BIRTH, _name_birth),
    (NAME_DATE, _name_date),
    (SWAPPED, _swapped),
    (SPELLING, _spelling),
    (BIRTH_DATE, _birth_date),
)


def settle(links: Links, sides: Sides, by: str, pairs: pd.DataFrame) -> None:
    """Link the rows that have one child among `pairs`; list those that have several."""
    pairs = pairs[links.left[pairs["row"]]]
    pairs = pairs.sort_values("score", ascending=False, kind="stable").drop_duplicates(["row", "child"])
    pairs = _narrowed(sides, pairs) if by != ID else pairs
    alone = ~pairs.duplicated("row", keep=False)
    sure, torn = pairs[alone], pairs[~alone]
    links.child[sure["row"]], links.by[sure["row"]], links.score[sure["row"]] = sure["child"], by, sure["score"]
    links.left[pairs["row"]] = False
    why = "several children fit"
    links.candidates = _with(links.candidates, torn.assign(**{"pass": by, "why": why}))


def _with(candidates: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    more = more[["row", "child", "pass", "score", "why"]]
    return more if not len(candidates) else pd.concat([candidates, more]) if len(more) else candidates


def _narrowed(sides: Sides, pairs: pd.DataFrame) -> pd.DataFrame:
    """Of rows with several children, only those that agree in what else is known, where any does."""
    if not pairs.duplicated("row").any():
        return pairs
    for agrees in (_same_forename, _same_initials, _same_sex, _same_court):
        torn = pairs.duplicated("row", keep=False).to_numpy()
        if not torn.any():
            break
        among = pairs[torn]
        good = agrees(sides, among)
        some = pd.Series(good).groupby(among["row"].to_numpy()).transform("any").to_numpy(bool)
        keep = np.ones(len(pairs), bool)
        keep[torn] = good | ~some
        pairs = pairs[keep]
    return pairs


def _same_forename(sides: Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "forename")
    return np.asarray((mine == theirs) & (mine != ""), bool)


def _same_initials(sides: Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "initials")
    long = np.array([len(a) > 1 for a in mine], bool)
    return np.asarray((mine == theirs) & long, bool)


def _same_sex(sides: Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "sex")
    return np.asarray((mine == theirs) & (mine != ""), bool)


def _same_court(sides: Sides, pairs: pd.DataFrame) -> Mask:
    return sides.near_court(pairs)


def once_a_case(links: Links, legal: pd.DataFrame) -> None:
    """A child is in a case once: of two different children of a case that were given one child, the surer keeps it.

    Where neither is surer, both are a person's to decide. It is how a twin who is not on the roster is told from the
    one who is.
    """
    rows = np.flatnonzero(links.linked & ~np.isin(links.by, [DECISION, ID]))
    if not len(rows):
        return
    order = {name: i for i, name in enumerate(PASSES)}
    frame = legal.loc[rows, ["initials", "forename", "birth", "application"]].assign(row=rows, child=links.child[rows])
    frame["rank"] = [order[by] for by in links.by[rows]]
    other = swapped(frame["birth"].to_numpy())  # the same child with day and month swapped in one row is one
    frame["birth"] = np.where(other == NO_DAY, frame["birth"], np.minimum(frame["birth"], other))
    frame["identity"] = frame.groupby(["initials", "forename", "birth"], sort=False).ngroup()
    case = ["child", "application"]
    best = frame.groupby(case)["rank"].transform("min")
    several = frame.groupby(case)["identity"].transform("nunique") > 1
    rivals = frame[frame["rank"] == best].groupby(case)["identity"].transform("nunique")
    alone = rivals.reindex(frame.index).fillna(2) == 1
    out = frame[several & ~alone]
    torn = pd.DataFrame(
        {
            "row": out["row"],
            "child": out["child"],
            "pass": links.by[out["row"]],
            "score": links.score[out["row"]],
            "why": "another child of the case fits as well or better",
        }
    )
    links.candidates = _with(links.candidates, torn)
    links.child[out["row"]], links.by[out["row"]], links.score[out["row"]] = -1, "", 0.0
