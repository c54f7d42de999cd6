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
from flowmap.linkage.people import NO_DAY, births_may_agree, swapped

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

WINDOW = 7  # days that a date of the court and social care's may lie apart
LATER = 4  # windows that social care's date may be later than an application

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
FURTHEST = 1 << 20  # days since 1970 that are believed, either way


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
    sides = _Sides(legal, people.reset_index(drop=True), court, window)
    settle(links, sides, ID, sides.same_id())
    for name, find in _PASSES:
        settle(links, sides, name, find(sides, np.flatnonzero(links.left)))
    once_a_case(links, legal)
    _weak(links, sides)
    _by_own_id(links, legal)
    return links


def _weak(links: Links, sides: _Sides) -> None:
    """Rows left whose name fits, and one date about: too little to link, enough to ask."""
    rows = np.flatnonzero(links.left)
    pairs = sides.scored(_by_court(sides, rows, sides.name, turned=False, weak=True), ASKED)
    asked = pairs.drop_duplicates(["row", "child"]).assign(
        **{"pass": NAME_DATE, "why": "the name fits, but one date only"}
    )
    links.candidates = _with(links.candidates, asked)


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


@dataclass
class _Sides:
    """Both sides, with their names as codes that are equal where the names are."""

    legal: pd.DataFrame
    people: pd.DataFrame
    court: pd.DataFrame
    window: int

    def __post_init__(self) -> None:
        both = pd.concat([self.legal["surname"], self.people["surname"]], ignore_index=True)
        key = pd.factorize(both.str.replace(" ", ""))[0].astype(np.int64)
        first = pd.concat([self.legal["initials"], self.people["initials"]], ignore_index=True).str[:1]
        letter = pd.factorize(first)[0].astype(np.int64)
        name = key * (letter.max(initial=0) + 1) + letter
        named = ((both != "") & (first != "")).to_numpy()
        cut = len(self.legal)
        self.name = (np.where(named, name, -1)[:cut], np.where(named, name, -2)[cut:])
        self.first = (np.where(first != "", letter, -1)[:cut], np.where(first != "", letter, -2)[cut:])
        self.dated = tuple(
            self.court[self.court["final"] == final][["child", "day", "order"]] for final in (True, False)
        )

    def same_id(self) -> pd.DataFrame:
        """Rows whose id is a child's, unless the name and the date of birth both speak against it."""
        rows = np.flatnonzero(self.legal["known"].to_numpy() >= 0)
        pairs = pd.DataFrame({"row": rows, "child": self.legal["known"].to_numpy()[rows]})
        people = self.people.drop_duplicates("child").set_index("child")
        there = people.reindex(pairs["child"])
        legal = self.legal.loc[rows]
        born = births_may_agree(legal["birth"].to_numpy(), there["birth"].fillna(NO_DAY).to_numpy(np.int64))
        mine, theirs = legal["surname"].to_numpy(), there["surname"].fillna("").to_numpy()
        unnamed = (mine == "") | (theirs == "")
        called = unnamed | (names.likeness(mine, theirs) > 0)
        pairs = pairs[(born | called) & (~unnamed | born)]
        return pairs.assign(score=1.0)

    def pairs(self, rows: Codes, legal_key: Codes, people_key: Codes) -> pd.DataFrame:
        """(row, person) where the keys are the same; negative keys join nothing."""
        left = pd.DataFrame({"key": legal_key, "row": rows})
        right = pd.DataFrame({"key": people_key, "person": np.arange(len(people_key))})
        return left[left["key"] >= 0].merge(right[right["key"] >= 0], on="key")[["row", "person"]]

    def of(self, pairs: pd.DataFrame, column: str) -> tuple[Any, Any]:
        """A column of both sides of pairs."""
        return self.legal[column].to_numpy()[pairs["row"]], self.people[column].to_numpy()[pairs["person"]]

    def near_court(self, rows: Codes, turned: bool = False) -> pd.DataFrame:
        """(row, child, strong) where the final order or the application is near one of the child's dates of that kind.

        Strong are both near, one on the same day, or one that only a court can have set. An interim order comes weeks
        after its application, so that social care's date may be later than that by LATER windows. `turned`: the legal
        dates' day and month swapped.
        """
        found = []
        for column, dated, later in zip(("final", "application"), self.dated, (1, LATER), strict=True):
            day = self.legal[column].to_numpy()[rows]
            day = swapped(day) if turned else day
            known = day != NO_DAY
            span = np.arange(-self.window, later * self.window + 1)
            spread = {"row": np.repeat(rows[known], len(span)), "day": (day[known][:, None] + span).reshape(-1)}
            left = pd.DataFrame(spread).assign(points=np.tile(np.where(span == 0, 2, 1), int(known.sum())))
            near = left.merge(dated, on="day")
            near = near.assign(points=near["points"] + near["order"])[["row", "child", "points"]]
            found.append(near.sort_values("points", ascending=False).drop_duplicates(["row", "child"]))
        points = pd.concat(found, ignore_index=True).groupby(["row", "child"], as_index=False)["points"].sum()
        return points.assign(strong=points["points"] > 1).drop(columns="points")

    def scored(self, pairs: pd.DataFrame, sure: float, alike: Any = 1.0) -> pd.DataFrame:
        """(row, child, score): a pair is surer where more of the names is known of both."""
        mine, theirs = self.of(pairs, "forename")
        full = np.where((mine != "") & (mine == theirs), 0.01, 0.0)
        return pd.DataFrame(
            {
                "row": pairs["row"].to_numpy(),
                "child": self.people["child"].to_numpy()[pairs["person"]],
                "score": np.minimum(sure * alike + full, 1.0),
                "person": pairs["person"].to_numpy(),
            }
        )

    def initials_agree(self, pairs: pd.DataFrame) -> Mask:
        """Where no further initial and no forename of one side contradicts the other's."""
        mine, theirs = (pd.Series(side, dtype=object) for side in self.of(pairs, "initials"))
        second = (mine.str[1:2] == theirs.str[1:2]) | (mine.str.len() < 2) | (theirs.str.len() < 2)
        return second.to_numpy(bool)


def _name_birth(sides: _Sides, rows: Codes) -> pd.DataFrame:
    return sides.scored(_by_birth(sides, rows, sides.name, turned=False), SURE[NAME_BIRTH])


def _name_date(sides: _Sides, rows: Codes) -> pd.DataFrame:
    return sides.scored(_by_court(sides, rows, sides.name, turned=False), SURE[NAME_DATE])


def _swapped(sides: _Sides, rows: Codes) -> pd.DataFrame:
    births = _by_birth(sides, rows, sides.name, turned=True)
    courts = _by_court(sides, rows, sides.name, turned=True)
    return sides.scored(pd.concat([births, courts]).drop_duplicates(), SURE[SWAPPED])


def _spelling(sides: _Sides, rows: Codes) -> pd.DataFrame:
    found = [_by_birth(sides, rows, sides.first, turned=turned) for turned in (False, True)]
    found += [_by_court(sides, rows, sides.first, turned=turned) for turned in (False, True)]
    pairs = pd.concat(found).drop_duplicates()
    alike = names.likeness(*sides.of(pairs, "surname"))
    return sides.scored(pairs[alike > 0], SURE[SPELLING], alike[alike > 0])


def _birth_date(sides: _Sides, rows: Codes) -> pd.DataFrame:
    """Born on one day, a date of the court, and no initial against it: a changed surname, or no names at all."""
    birth = (sides.legal["birth"].to_numpy()[rows], sides.people["birth"].to_numpy())
    keys = [np.where(days == NO_DAY, -1, days + FURTHEST) for days in birth]
    pairs = sides.pairs(rows, keys[0], keys[1])
    one, other = sides.first[0][pairs["row"]], sides.first[1][pairs["person"]]
    pairs = pairs[(one == other) | (one < 0) | (other < 0)]
    pairs = pairs[sides.initials_agree(pairs)]
    return sides.scored(_only(sides, pairs, sides.near_court(rows)), SURE[BIRTH_DATE])


_PASSES: tuple[tuple[str, Callable[[_Sides, Codes], pd.DataFrame]], ...] = (
    (NAME_BIRTH, _name_birth),
    (NAME_DATE, _name_date),
    (SWAPPED, _swapped),
    (SPELLING, _spelling),
    (BIRTH_DATE, _birth_date),
)


def _by_birth(sides: _Sides, rows: Codes, key: tuple[Codes, Codes], *, turned: bool) -> pd.DataFrame:
    """Pairs of the same key (of the name) and date of birth; `turned`: day and month of the legal file's swapped."""
    mine, theirs = sides.legal["birth"].to_numpy()[rows], sides.people["birth"].to_numpy()
    mine = swapped(mine) if turned else mine
    keys = [
        np.where((days == NO_DAY) | (name < 0), -1, name * 2 * FURTHEST + days + FURTHEST)
        for name, days in ((key[0][rows], mine), (key[1], theirs))
    ]
    pairs = sides.pairs(rows, keys[0], keys[1])
    return pairs[sides.initials_agree(pairs)]


def _by_court(
    sides: _Sides, rows: Codes, key: tuple[Codes, Codes], *, turned: bool, weak: bool = False
) -> pd.DataFrame:
    """Pairs of the same key with dates of the court in common, and no date of birth against it.

    Without a date of birth on both sides the dates must be strong, and no sex against it; `weak`: those that are not.
    """
    near = sides.near_court(rows, turned)
    people = pd.DataFrame({"child": sides.people["child"], "person": np.arange(len(sides.people)), "key": key[1]})
    near = near.assign(key=key[0][near["row"]])
    pairs = near[near["key"] >= 0].merge(people, on=["child", "key"])[["row", "person", "strong"]]
    pairs = pairs[births_may_agree(*sides.of(pairs, "birth"))]
    pairs = pairs[sides.initials_agree(pairs)]
    mine, theirs = sides.of(pairs, "birth")
    born = (mine != NO_DAY) & (theirs != NO_DAY)
    mine, theirs = sides.of(pairs, "sex")
    may = (mine == theirs) | (mine == "") | (theirs == "")
    sure = born | (pairs["strong"].to_numpy(bool) & may)
    return pairs.loc[~sure & may if weak else sure, ["row", "person"]]


def _only(sides: _Sides, pairs: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """The pairs whose (row, child) is among `near`."""
    pairs = pairs.assign(child=sides.people["child"].to_numpy()[pairs["person"]])
    return pairs.merge(near, on=["row", "child"])[["row", "person"]]


def settle(links: Links, sides: _Sides, by: str, pairs: pd.DataFrame) -> None:
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


def _narrowed(sides: _Sides, pairs: pd.DataFrame) -> pd.DataFrame:
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


def _same_forename(sides: _Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "forename")
    return np.asarray((mine == theirs) & (mine != ""), bool)


def _same_initials(sides: _Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "initials")
    long = np.array([len(a) > 1 for a in mine], bool)
    return np.asarray((mine == theirs) & long, bool)


def _same_sex(sides: _Sides, pairs: pd.DataFrame) -> Mask:
    mine, theirs = sides.of(pairs, "sex")
    return np.asarray((mine == theirs) & (mine != ""), bool)


def _same_court(sides: _Sides, pairs: pd.DataFrame) -> Mask:
    near = sides.near_court(np.unique(pairs["row"].to_numpy()))
    there = pd.MultiIndex.from_frame(near[["row", "child"]])
    return np.asarray(pd.MultiIndex.from_frame(pairs[["row", "child"]]).isin(there), bool)


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
