"""Identities to match on. They never leave memory: no text of them is printed, pickled or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowmap.linkage import names

Days = npt.NDArray[np.int64]

NO_DAY = np.int64(-(2**40))  # no date
DAY = 86_400_000  # ms


@dataclass(repr=False, eq=False)
class People:
    """Rows of a file that name children.

    `frame` has a row a row of the file: child (the social care id as text, "" = none), surname (its normalised parts,
    joined by spaces), initials, forename (normalised, "" = not known), birth (days since 1970, NO_DAY = not known),
    sex ("F", "M" or ""), ethnicity (as written), row (of the file). A legal file has also application and final
    (days), order, case (text) and mended (a value was repaired).
    """

    file: str
    frame: pd.DataFrame

    def __repr__(self) -> str:
        return f"<{len(self.frame)} identities, not shown>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Identities are not written anywhere.")

    def sheets(self) -> list[str]:
        """The sheet of a workbook that each row stands in; "" in other files."""
        places = self.frame["place"].tolist() if "place" in self.frame else [None] * len(self)
        return [place or "" for place in places]

    def __len__(self) -> int:
        return len(self.frame)


def identities(
    size: int,
    *,
    child: Any = None,
    surname: Any = None,
    forename: Any = None,
    initials: Any = None,
    name: Any = None,
    birth: Days | None = None,
    sex: Any = None,
    ethnicity: Any = None,
) -> pd.DataFrame:
    """The columns that `People.frame` has for every file, from columns of text as written (None: not in the file)."""
    blank = [""] * size
    if name is not None:
        split = names.by_value(name, names.split_name)
        surname = [s for s, _ in split] if surname is None else surname
        forename = [f for _, f in split] if forename is None and initials is None else forename
    letters = blank
    if forename is not None:
        letters = names.by_value(forename, lambda t: names.initials_of(t, initials_only=name is not None))
    if initials is not None:
        own = names.by_value(initials, lambda t: names.initials_of(t, initials_only=True))
        letters = [a or b for a, b in zip(own, letters, strict=True)]
    return pd.DataFrame(
        {
            "child": blank if child is None else names.by_value(child, clean_id),
            "surname": blank
            if surname is None
            else names.by_value(surname, lambda t: " ".join(names.surname_parts(t))),
            "initials": letters,
            "forename": blank if forename is None else names.by_value(forename, names.forename_of),
            "birth": np.full(size, NO_DAY) if birth is None else birth,
            "sex": blank if sex is None else names.by_value(sex, sex_code),
            "ethnicity": blank if ethnicity is None else names.by_value(ethnicity, str.strip),
        }
    )


def clean_id(text: str) -> str:
    """An identifier as it is compared: without spaces and Excel's ".0"."""
    text = "".join(text.split())
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def with_zeros(ids: pd.Series, there: pd.Index) -> pd.Series:
    """Ids with the leading zeros that Excel took away, where one child alone has that id with them."""
    bare = pd.Series(there, index=there.astype(str).str.lstrip("0"), dtype=object)
    bare = bare[~bare.index.duplicated(keep=False) & (bare.index != "")]
    found = ids.map(bare)
    return ids.where(ids.isin(there) | found.isna(), found)


def sex_code(text: str) -> str:
    """F or M, of letters, words and the census codes 2 and 1; "" for anything else."""
    key = text.strip().casefold()
    if key in ("f", "female", "girl", "2"):
        return "F"
    return "M" if key in ("m", "male", "boy", "1") else ""


def swapped(days: Days) -> Days:
    """Each day with its day and month changed round; NO_DAY where that is no date, or the same one."""
    known = days != NO_DAY
    date = np.where(known, days, 0).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = date.astype("datetime64[Y]")
    day_no = (date - month).astype(np.int64)  # 0 to 30
    month_no = (month - year).astype(np.int64)  # 0 to 11
    fine = known & (day_no <= 11) & (day_no != month_no)
    other = (year.astype("datetime64[M]") + np.minimum(day_no, 11)).astype("datetime64[D]") + month_no
    return np.where(fine, other.astype(np.int64), NO_DAY)


def births_may_agree(one: Days, other: Days) -> npt.NDArray[np.bool_]:
    """Where two dates of birth may be one: either unknown, swapped, or two of day, month and year the same."""
    unknown = (one == NO_DAY) | (other == NO_DAY)
    a, b = (np.where(days == NO_DAY, 0, days).astype("datetime64[D]") for days in (one, other))
    months = [d.astype("datetime64[M]") for d in (a, b)]
    years = [d.astype("datetime64[Y]") for d in (a, b)]
    same_day = (a - months[0]) == (b - months[1])
    same_month = (months[0] - years[0]) == (months[1] - years[1])
    same_year = years[0] == years[1]
    agreeing = same_day.astype(int) + same_month + same_year
    return unknown | (agreeing >= 2) | (swapped(one) == other)
