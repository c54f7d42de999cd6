"""Case records written as the SSDA903 return: for each year to 31 March a set of CSVs, or one XML.

What a council's system would make: every column of the return of 2024, dates as dd/mm/yyyy, episodes cut at every
change of legal status or placement. No name, postcode, URN or pupil number is made up: those columns are blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import empty
from flowmap.export.ssda903_episodes import FIRST, NEVER, episodes
from flowmap.export.ssda903_xml import write_xml

COLUMNS: dict[str, list[str]] = {
    "Header": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "Episodes": [
        *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE"),
        *("HOME_POST", "PL_POST", "URN"),
    ],
    "Reviews": ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
    "UASC": ["CHILD", "SEX", "DOB", "DUC"],
    "OC2": [
        *("CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK"),
        *("HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED"),
    ],
    "OC3": ["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
    "AD1": ["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
    "PlacedAdoption": ["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
    "PrevPerm": ["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
    "Missing": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
    "SWEpisodes": ["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
}
SEX_CODES = {"M": "1", "F": "2"}
ADULT = 18  # the birthday on which a child stops counting as an unaccompanied asylum seeker


def write(
    tables: Mapping[str, pa.Table],
    folder: str | Path,
    as_of: int,
    *,
    form: Literal["csv", "xml"] = "csv",
    fill: bool = True,
) -> list[Path]:
    """The returns of all years in which a child was looked after, up to `as_of` (ms); returns the files written.

    A year's set goes to `folder/903_2015/`, or to `folder/903_2015.xml`. With `fill`, what the records do not say is
    given a code (FIRST in `ssda903_episodes`), because every return has one; without, it is left blank.
    """
    folder = Path(folder)
    end = np.datetime64(as_of, "ms").astype("datetime64[D]")
    every = episodes(tables, end, fill=fill)
    if every.empty:
        return []
    people = _people(tables, every)
    adoptions = _adoptions(tables, people)
    written: list[Path] = []
    for year in range(_year(every["start"].min()), _year(end) + 1):
        first, last = np.datetime64(f"{year - 1}-04-01"), min(np.datetime64(f"{year}-03-31"), end)
        lists = _year_lists(every, people, adoptions, first, last)
        if lists["Episodes"].empty:
            continue
        written += _write_csv(lists, folder / f"903_{year}") if form == "csv" else [write_xml(lists, folder, year)]
    return written


def _year_lists(
    every: pd.DataFrame, people: pd.DataFrame, adoptions: pd.DataFrame, first: np.datetime64, last: np.datetime64
) -> dict[str, pd.DataFrame]:
    """The lists of a year: the episodes that were open on any of its days, and their children."""
    here = every[(every["start"] <= last) & (every["end"] >= first)].copy()
    open_ = here["end"] > last
    here["DECOM"] = _dates(here["start"])
    here["DEC"] = _dates(here["end"].where(~open_))
    here["REC"] = here["REC"].where(~open_, "")
    lists = {name: pd.DataFrame(columns=columns) for name, columns in COLUMNS.items()}
    lists["Episodes"] = here.reindex(columns=COLUMNS["Episodes"], fill_value="")
    header = people[people["CHILD"].isin(here["CHILD"])]
    lists["Header"] = header.reindex(columns=COLUMNS["Header"], fill_value="")
    lists["UASC"] = header[header["uasc"]][COLUMNS["UASC"]]
    placed = adoptions[adoptions["CHILD"].isin(here["CHILD"]) & (adoptions["decision"] <= last)]
    placed = placed[placed["reversed"].isna() | (placed["reversed"] >= first)].copy()
    placed["DATE_PLACED_CEASED"] = _dates(placed["reversed"].where(placed["reversed"] <= last))
    lists["PlacedAdoption"] = placed.reindex(columns=COLUMNS["PlacedAdoption"], fill_value="")
    return lists


def _people(tables: Mapping[str, pa.Table], every: pd.DataFrame) -> pd.DataFrame:
    """A row for each child with an episode, with what is known of the child."""
    known = tables.get("person", empty("person")).select(["child", "birth", "sex", "ethnicity", "uasc"]).to_pandas()
    children = pd.DataFrame({"CHILD": every["CHILD"].unique()})
    found = children.merge(known.drop_duplicates("child"), how="left", left_on="CHILD", right_on="child")
    found["SEX"] = found["sex"].map(SEX_CODES).fillna("")
    found["DOB"] = _dates(found["birth"])
    found["ETHNIC"] = found["ethnicity"].fillna("")
    found["MOTHER"] = "0"
    found["uasc"] = found["uasc"].eq(True)
    found["DUC"] = _dates(found["birth"] + pd.DateOffset(years=ADULT))
    return found


def _adoptions(tables: Mapping[str, pa.Table], people: pd.DataFrame) -> pd.DataFrame:
    found = tables.get("adoption", empty("adoption")).select(["child", "decision", "reversed"]).to_pandas()
    found = found.rename(columns={"child": "CHILD"}).merge(people[["CHILD", "DOB"]], how="left", on="CHILD")
    found["DATE_PLACED"] = _dates(found["decision"])
    return found.sort_values(["CHILD", "decision"], kind="stable")


def _write_csv(lists: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in lists.items():
        path = folder / f"{name}.csv"
        rows.to_csv(path, index=False, encoding="utf-8", lineterminator="\r\n")
        written.append(path)
    return written


def _dates(days: pd.Series) -> pd.Series:
    return days.dt.strftime("%d/%m/%Y").fillna("")


def _year(day: object) -> int:
    """The year to 31 March in which a day lies."""
    when = pd.Timestamp(day)  # type: ignore[arg-type]
    return when.year + ((when.month, when.day) > (3, 31))


__all__ = ["COLUMNS", "FIRST", "NEVER", "write"]
