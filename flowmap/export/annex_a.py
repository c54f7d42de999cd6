"""Case records written as Ofsted's Annex A: a workbook (or a set of CSVs) for each six months.

What a council's system would make: the official layout of August 2019 (title in row 1, headers in row 2), every
column, codes with their letters, Excel dates. Of workers it knows numbers only; columns that no case record fills
(visits, checks, postcodes) are blank.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.export import workbook
from flowmap.export.annex_a_rows import Window, frames, known_on, rows, windows
from flowmap.sources.annex_a.codes import SETS, YES_NO, YES_NO_UNKNOWN
from flowmap.sources.annex_a.lists import LISTS, Column, List

WIDTH = 16  # of a column, in letters
DATE_FORMAT = "dd/mm/yyyy"


def write(
    tables: Mapping[str, pa.Table], folder: str | Path, as_of: int, *, form: Literal["xlsx", "csv"] = "xlsx"
) -> list[Path]:
    """Write `annex_a_2024-03-31.xlsx` for each six months up to `as_of` (ms), the oldest first; returns the files.

    Each holds what was known on its day. With `form="csv"` it is `annex_a_2024-03-31_list_1.csv` and so on.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    every = frames(tables)
    last = pd.Timestamp(np.datetime64(as_of, "ms").astype("datetime64[D]"))
    written: list[Path] = []
    for window in windows(every, last):
        name = f"annex_a_{window.to:%Y-%m-%d}"
        lists = _lists(every, window)
        if form == "xlsx":
            written.append(_workbook(folder / f"{name}.xlsx", lists, window))
        else:
            written += [_csv(folder / f"{name}_list_{kind.number}.csv", kind, cells) for kind, cells in lists]
    return written


def _lists(every: dict[str, pd.DataFrame], window: Window) -> list[tuple[List, list[list[Any]]]]:
    """(list, its columns as lists of cells) for all eleven."""
    known = known_on(every, window.to)
    found = []
    for kind in LISTS:
        of = rows(kind.number, known, window)
        found.append((kind, [_cells(column, of) for column in kind.columns]))
    return found


def _cells(column: Column, of: pd.DataFrame) -> list[Any]:
    """A column as it is written: dates, numbers and texts; None where nothing is known."""
    name = next((to for to in (*column.to, column.header) if to in of), None)
    if column.type == "child":
        return list(of["child"])
    if name is None:
        return [None] * len(of)
    values = of[name]
    if pd.api.types.is_datetime64_any_dtype(values):
        return [None if pd.isna(day) else day.to_pydatetime() for day in values]
    if pd.api.types.is_float_dtype(values):
        return [None if pd.isna(number) else int(number) for number in values]
    texts = _texts(column)
    return [None if _missing(value) and None not in texts else texts.get(_key(value), value) for value in values]


def _texts(column: Column) -> dict[Any, str]:
    """How each value of a coded column is written."""
    if column.codes == "YES_NO_UNKNOWN":
        return {True: YES_NO_UNKNOWN["yes"], False: YES_NO_UNKNOWN["no"], None: YES_NO_UNKNOWN["unknown"]}
    if column.type == "no":
        return {True: YES_NO["no"], False: YES_NO["yes"]}
    if column.codes == "YES_NO" or column.header.endswith("(Y/N)"):
        return {True: YES_NO["yes"], False: YES_NO["no"]}
    return dict(SETS.get(column.codes, {}))


def _missing(value: Any) -> bool:
    return bool(value is None or value != value)


def _key(value: Any) -> Any:
    return None if _missing(value) else value


def _workbook(path: Path, lists: Sequence[tuple[List, list[list[Any]]]], window: Window) -> Path:
    """A workbook with a sheet a list. Cells are written one by one, as the library wants them."""
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with workbook.written(path, options) as book:
        book.set_properties({"title": "Annex A", "created": window.to.to_pydatetime()})
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": DATE_FORMAT})
        for kind, columns in lists:
            sheet = book.add_worksheet(f"List_{kind.number}")
            sheet.set_column(0, len(columns) - 1, WIDTH)
            sheet.freeze_panes(2, 1)
            sheet.write_string(0, 0, kind.title, bold)
            for place, column in enumerate(kind.columns):
                sheet.write_string(1, place, column.header, bold)
            _fill(sheet, columns, date)
    return path


def _fill(sheet: Any, columns: Sequence[list[Any]], date: Any) -> None:
    for row, cells in enumerate(zip(*columns, strict=True), 2):
        for place, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, str):
                sheet.write_string(row, place, cell)
            elif isinstance(cell, int | float):
                sheet.write_number(row, place, cell)
            else:
                sheet.write_datetime(row, place, cell, date)


def _csv(path: Path, kind: List, columns: Sequence[list[Any]]) -> Path:
    """A CSV as Excel writes one: a byte order mark, dates day-first, no title."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in kind.columns])
        writer.writerows(zip(*map(_as_text, columns), strict=True))
    return path


def _as_text(cells: list[Any]) -> list[Any]:
    return [f"{cell:%d/%m/%Y}" if hasattr(cell, "year") else cell for cell in cells]
