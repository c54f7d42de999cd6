"""Care proceedings as a legal department keeps them: a workbook with the three variables and who the child is."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import empty
from flowmap.export import workbook
from flowmap.export.proceedings_people import misspelt

WORKBOOK, ROSTER, TRUTH = "proceedings.xlsx", "roster.csv", "proceedings_truth.csv"
BY_ID = ("Case number", "Social care ID", "Date of application", "Date of final order", "Order made")
BY_NAME = (
    *("Case number", "Surname", "Initials", "Date of birth", "Sex"),
    *("Date of application", "Date of final order", "Order made"),
)
FIRST_ROW = 2  # row 1 is the header
DATE = "dd/mm/yyyy"


@dataclass(frozen=True)
class Errors:
    """What goes wrong in a legal file, as shares of its rows; `absent`: of its children who are not on the roster.

    A wrong order date is off by up to `off` days. `born`: whether the file has dates of birth at all.
    """

    misspelt: float = 0.10
    swapped: float = 0.03
    wrong_date: float = 0.05
    absent: float = 0.0
    off: int = 400
    born: bool = True
    seed: int = 1


def write(
    tables: Mapping[str, pa.Table],
    folder: Path,
    as_of: int,
    identities: pd.DataFrame | None = None,
    errors: Errors | None = None,
) -> list[Path]:
    """Write the proceedings known on the day `as_of` (ms) to a workbook in `folder`; the paths written.

    Without `identities` its rows have the social care id. With them (as of `fake_identities`: never real ones) they
    have surname, initials and date of birth instead, and a roster to match on and the true child of each row are
    written beside it. `errors` are then made in the rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = _rows(tables.get("proceedings", empty("proceedings")), as_of)
    if identities is None:
        _workbook(folder / WORKBOOK, BY_ID, _cells(rows, BY_ID))
        return [folder / WORKBOOK]
    rows = rows.merge(identities, on="child", how="left").sort_values(["application", "case"], kind="stable")
    rows = rows.reset_index(drop=True)
    errors = errors or Errors(0, 0, 0)
    draw = np.random.default_rng(errors.seed)
    rows = _with_errors(rows, errors, draw)
    children = rows["child"].unique()
    absent = set(children[draw.random(len(children)) < errors.absent])
    header = tuple(name for name in BY_NAME if errors.born or name != "Date of birth")
    _workbook(folder / WORKBOOK, header, _cells(rows, header))
    _roster(folder / ROSTER, identities[~identities["child"].isin(absent)])
    truth = [(i + FIRST_ROW, "" if child in absent else child) for i, child in enumerate(rows["child"])]
    _csv(folder / TRUTH, ("row", "child"), truth)
    return [folder / WORKBOOK, folder / ROSTER, folder / TRUTH]


def _rows(table: pa.Table, as_of: int) -> pd.DataFrame:
    """The records begun by `as_of`; an order made later is not known yet."""
    frame = table.select(["child", "application", "final", "order", "case"]).to_pandas()
    day = pd.Timestamp(as_of, unit="ms")
    frame = frame[frame["application"] <= day]
    later = frame["final"] > day
    frame = frame.assign(final=frame["final"].mask(later), order=frame["order"].mask(later).fillna(""))
    number = pd.factorize(frame["case"].fillna(frame["child"] + frame["application"].astype(str)))[0]
    year = frame["application"].dt.strftime("%y")
    made = "ZZ" + year + "C" + pd.Series(number, index=frame.index).astype(str).str.zfill(5)
    frame["case"] = frame["case"].fillna(made)
    return frame.sort_values(["application", "case", "child"], kind="stable").reset_index(drop=True)


def _with_errors(rows: pd.DataFrame, errors: Errors, draw: np.random.Generator) -> pd.DataFrame:
    size = len(rows)
    surname = rows["surname"].to_numpy(object).copy()
    for i in np.flatnonzero(draw.random(size) < errors.misspelt):
        surname[i] = misspelt(surname[i], draw)
    initials = np.where(draw.random(size) < 0.5, rows["initials"].str[:1], rows["initials"])
    wrong = draw.random(size) < errors.wrong_date
    off = pd.to_timedelta(draw.integers(1, errors.off + 1, size) * draw.choice([-1, 1], size), unit="D")
    final = rows["final"].where(~wrong, rows["final"] + off)
    swapped = draw.random(size) < errors.swapped
    birth = pd.to_datetime(rows["birth"], errors="coerce")
    if errors.born:
        birth = birth.where(~swapped, _turned(birth))
    else:
        final = final.where(~swapped, _turned(final))
    return rows.assign(surname=surname, initials=initials, final=final, birth=birth)


def _turned(dates: pd.Series) -> pd.Series:
    """Day and month changed round, where that is a date too."""
    other = dates.dt.strftime("%Y-%d-%m")
    return pd.to_datetime(other, format="%Y-%m-%d", errors="coerce").fillna(dates)


def _cells(rows: pd.DataFrame, header: tuple[str, ...]) -> list[list[Any]]:
    columns = {
        "Case number": "case",
        "Social care ID": "child",
        "Surname": "surname",
        "Initials": "initials",
        "Date of birth": "birth",
        "Sex": "sex",
        "Date of application": "application",
        "Date of final order": "final",
        "Order made": "order",
    }
    return [[None if pd.isna(cell) else cell for cell in rows[columns[name]]] for name in header]


def _workbook(path: Path, header: tuple[str, ...], columns: list[list[Any]]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with workbook.written(path, options) as book:
        sheet = book.add_worksheet("Care proceedings")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": DATE})
        sheet.write_row(0, 0, header, bold)
        sheet.freeze_panes(1, 0)
        for at, cells in enumerate(columns):
            sheet.set_column(at, at, 20)
            for row, cell in enumerate(cells):
                if isinstance(cell, dt.datetime):
                    sheet.write_datetime(row + 1, at, cell, day)
                elif cell is not None:
                    sheet.write_string(row + 1, at, str(cell))


def _roster(path: Path, identities: pd.DataFrame) -> None:
    born = pd.to_datetime(identities["birth"], errors="coerce").dt.strftime("%d/%m/%Y").fillna("")
    middle = identities["initials"].str[1:]
    forenames = (identities["forename"] + " " + middle).str.strip()
    lines = zip(identities["child"], identities["surname"], forenames, born, identities["sex"], strict=True)
    _csv(path, ("Child ID", "Surname", "Forename(s)", "Date of birth", "Sex"), list(lines))


def _csv(path: Path, header: tuple[str, ...], lines: list[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)
