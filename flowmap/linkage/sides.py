"""Both sides of a linking: legal rows and people, and how pairs of them are found and judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowmap.linkage import names
from flowmap.linkage.people import NO_DAY, births_may_agree, swapped

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Key = tuple[Codes, Codes]  # of legal rows, and of people; the same where what they stand for is; negative joins nothing

LATER = 4  # windows that social care's date may be later than an application
FURTHEST = 1 << 20  # days since 1970 that are believed, either way
STRONG = 2  # points of dates in common
MISSED = 1  # points lost by a date that has nothing near it
AT_ONCE = 20_000  # legal rows whose days are spread out at one time


@dataclass
class Sides:
    """Both sides, and their names as keys: `name` (surname and first initial), `first` (first initial), `letters`
    (first initial and first letter of the surname). Rows and persons are places in `legal` and `people`.
    """

    legal: pd.DataFrame
    people: pd.DataFrame
    court: pd.DataFrame
    window: int

    def __post_init__(self) -> None:
        surname = pd.concat([self.legal["surname"], self.people["surname"]], ignore_index=True)
        first = pd.concat([self.legal["initials"], self.people["initials"]], ignore_index=True).str[:1]
        self.name = self._key(surname.str.replace(" ", ""), first)
        self.first = self._key(first, first)
        self.letters = self._key(surname.str[:1], first)
        people = pd.DataFrame({"child": self.people["child"], "person": np.arange(len(self.people))})
        dated = self.court.merge(people, on="child")
        self.final, self.applied = (
            dated.loc[dated["final"] == final, ["person", "day", "order"]] for final in (True, False)
        )

    def _key(self, one: pd.Series, other: pd.Series) -> Key:
        """A number for each pair of texts, of legal rows and people; -1 where either is blank."""
        a, b = (pd.factorize(texts)[0].astype(np.int64) for texts in (one, other))
        key = np.where((one != "") & (other != ""), a * (b.max(initial=0) + 1) + b, -1)
        return key[: len(self.legal)], key[len(self.legal) :]

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

    def pairs(self, rows: Codes, key: Key) -> pd.DataFrame:
        """(row, person) where the keys (of `rows`, and of all people) are the same."""
        left = pd.DataFrame({"key": key[0], "row": rows})
        right = pd.DataFrame({"key": key[1], "person": np.arange(len(key[1]))})
        return left[left["key"] >= 0].merge(right[right["key"] >= 0], on="key")[["row", "person"]]

    def of(self, pairs: pd.DataFrame, column: str) -> tuple[Any, Any]:
        """A column of both sides of pairs."""
        return self.legal[column].to_numpy()[pairs["row"]], self.people[column].to_numpy()[pairs["person"]]

    def by_birth(self, rows: Codes, key: Key, *, turned: bool) -> pd.DataFrame:
        """Pairs of one key and one date of birth; `turned`: day and month of the legal file's swapped."""
        mine = self.legal["birth"].to_numpy()[rows]
        mine = swapped(mine) if turned else mine
        dated = (_with_day(key[0][rows], mine), _with_day(key[1], self.people["birth"].to_numpy()))
        pairs = self.pairs(rows, dated)
        return pairs[self.initials_agree(pairs)]

    def by_court(self, rows: Codes, key: Key, *, turned: bool = False, weak: bool = False) -> pd.DataFrame:
        """Pairs of one key with dates of the court in common, and no date of birth or sex against it.

        Without a date of birth on both sides the dates must be strong; `weak`: those that are not.
        """
        parts = [self._near(rows[at : at + AT_ONCE], key, turned) for at in range(0, len(rows), AT_ONCE)]
        pairs = pd.concat([_NO_PAIRS, *parts], ignore_index=True)
        pairs = pairs[births_may_agree(*self.of(pairs, "birth"))]
        pairs = pairs[self.initials_agree(pairs)]
        mine, theirs = self.of(pairs, "birth")
        sure = ((mine != NO_DAY) & (theirs != NO_DAY)) | (pairs["points"].to_numpy() >= STRONG)
        return pairs.loc[(~sure if weak else sure) & self.sexes_agree(pairs), ["row", "person"]]

    def _near(self, rows: Codes, key: Key, turned: bool) -> pd.DataFrame:
        """(row, person, points) of one key where the final order or the application is near social care's date.

        A date that is near gives a point, one more on the same day and one more where only a court can have set it; a
        date of the legal file that is near none takes MISSED. An interim order comes weeks after its application, so
        that social care's date may be LATER windows later than that. `turned`: the legal dates' day and month swapped.
        """
        found = []
        for column, dated, later in (("final", self.final, 1), ("application", self.applied, LATER)):
            day = self.legal[column].to_numpy()[rows]
            day = swapped(day) if turned else day
            span = np.arange(-self.window, later * self.window + 1)
            known = (day != NO_DAY) & (key[0][rows] >= 0)
            left = pd.DataFrame(
                {
                    "row": np.repeat(rows[known], len(span)),
                    "key": _with_day(key[0][rows[known]][:, None], day[known][:, None] + span).reshape(-1),
                    "points": np.tile(np.where(span == 0, 2, 1), int(known.sum())),
                }
            )
            right = dated.assign(key=_with_day(key[1][dated["person"]], dated["day"].to_numpy()))
            near = left.merge(right[right["key"] >= 0], on="key")
            near["points"] += near["order"].astype(np.int64)
            near = near.groupby(["row", "person"])["points"].max().reset_index()
            found.append(near.assign(points=near["points"] + MISSED))
        points = pd.concat(found, ignore_index=True).groupby(["row", "person"])["points"].sum().reset_index()
        given = (self.legal[["final", "application"]] != NO_DAY).sum(axis=1).to_numpy()
        points["points"] -= MISSED * given[points["row"]]
        return points

    def sexes_agree(self, pairs: pd.DataFrame) -> Mask:
        """Where the sex, if known of both, is the same."""
        mine, theirs = self.of(pairs, "sex")
        return np.asarray((mine == theirs) | (mine == "") | (theirs == ""), bool)

    def near_court(self, pairs: pd.DataFrame) -> Mask:
        """Which pairs have a date of the court in common."""
        pairs = pairs[["row", "person"]].assign(at=np.arange(len(pairs)))
        near = np.zeros(len(pairs), bool)
        for column, dated, later in (("final", self.final, 1), ("application", self.applied, LATER)):
            both = pairs.merge(dated, on="person")
            mine = self.legal[column].to_numpy()[both["row"]]
            away = both["day"].to_numpy() - mine
            near[both["at"][(mine != NO_DAY) & (away >= -self.window) & (away <= later * self.window)]] = True
        return near

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


_NO_PAIRS = pd.DataFrame({"row": [], "person": [], "points": []}, dtype=np.int64)


def _with_day(key: Codes, day: Codes) -> Codes:
    """A key and a day as one; -1 where either is not known."""
    return np.where((key < 0) | (day == NO_DAY), -1, key * 2 * FURTHEST + day + FURTHEST)
