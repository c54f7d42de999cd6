"""What a person decided on rows that the passes left open: a CSV beside the dataset, read by the next build.

The build writes it with a row for each row that is open and its candidates; who decides fills in `decision` (a child
id, or "none") and, if they like, `who` and `when`. Rows are known by file, sheet and row number; the two dates say
whether that row is still the same.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flowmap.eventlog import SourceError
from flowmap.linkage.people import NO_DAY, clean_id, with_zeros

COLUMNS = ("file", "sheet", "row", "application", "final", "why", "candidates", "decision", "who", "when")
NEEDED = ("file", "row", "decision")
NONE = "none"
UNDECIDED, NOBODY = -2, -1
Place = tuple[str, str, int]  # file, sheet, row
LONGEST = 10_000_000  # bytes; a file of decisions is short


@dataclass
class Decisions:
    """`rows`: (file, sheet, row) -> the decision as a dict of COLUMNS. `stale` and `unknown` are filled by `of`: rows
    whose dates have changed since, and whose child is in no file."""

    rows: dict[Place, dict[str, str]] = field(default_factory=dict)
    stale: list[Place] = field(default_factory=list)
    unknown: list[Place] = field(default_factory=list)

    def of(self, legal: pd.DataFrame, children: pd.Index) -> Any:
        """A child's code, NOBODY or UNDECIDED for each legal row (with file, sheet, row, application, final)."""
        decided = np.full(len(legal), UNDECIDED, dtype=np.int64)
        place = {key: i for i, key in enumerate(zip(legal["file"], legal["sheet"], legal["row"], strict=True))}
        written = pd.Series([clean_id(said["decision"]) for said in self.rows.values()], dtype=object)
        texts = dict(zip(self.rows, with_zeros(written, children), strict=True))
        days = {column: legal[column].tolist() for column in ("application", "final")}
        for key, said in self.rows.items():
            text = texts[key]
            i = place.get(key)
            if not text or i is None:
                if text:
                    self.stale.append(key)
                continue
            now = {column: iso_day(column_days[i]) for column, column_days in days.items()}
            if any(said.get(column) and said[column] not in _spellings(day) for column, day in now.items()):
                self.stale.append(key)
            elif text.casefold() == NONE:
                decided[i] = NOBODY
            elif text in children:
                decided[i] = children.get_indexer(pd.Index([text]))[0]
            else:
                self.unknown.append(key)
        return decided


def beside(dataset: Path) -> Path:
    """Where the decisions on a dataset's rows lie: beside it, not in it."""
    return dataset.with_name(f"{dataset.name}.links.csv")


def read(path: Path | None) -> Decisions | None:
    """The decisions in a file; None where there is none. Raises SourceError where it is not such a file."""
    if path is None or not path.exists():
        return None
    remedy = f"It needs the columns {', '.join(NEEDED)}; let a build write it anew."
    try:
        if path.stat().st_size > LONGEST:
            raise SourceError("The file of decisions is too long.", file=path.name, remedy=remedy)
        found = list(csv.DictReader(io.StringIO(_text(path.read_bytes()), newline="")))
    except (OSError, csv.Error):
        raise SourceError("The file of decisions cannot be read.", file=path.name, remedy=remedy) from None
    decisions = Decisions()
    for i, line in enumerate(found):
        if not all(line.get(name) is not None for name in NEEDED) or not str(line["row"]).strip().isdigit():
            raise SourceError("This is no row of a file of decisions.", file=path.name, row=i + 2, remedy=remedy)
        told = {k: str(v or "").strip().removeprefix("'") for k, v in line.items() if k in COLUMNS}
        decisions.rows[(told["file"], told.get("sheet", ""), int(told["row"]))] = told
    return decisions


def _text(content: bytes) -> str:
    """UTF-8, or what Excel saves a CSV in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def write(path: Path, open_rows: list[dict[str, str]], kept: Decisions | None = None) -> None:
    """Write the rows decided already and those to decide (dicts of COLUMNS), for their owner only (mode 0600)."""
    decided = [] if kept is None else [line for line in kept.rows.values() if line["decision"]]
    lines = {
        (line["file"], line.get("sheet", ""), str(line["row"])): line for line in [*decided, *open_rows]
    }  # open again: it has changed
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    os.chmod(path, 0o600)  # noqa: PTH101  (a file that was there keeps its mode otherwise)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(_harmless(line) for line in lines.values())


def _harmless(line: dict[str, str]) -> dict[str, str]:
    """Cells that a spreadsheet would take for formulas begin with an apostrophe."""
    return {k: f"'{v}" if str(v)[:1] in ("=", "+", "-", "@", "\t") else v for k, v in line.items()}


def _spellings(day: str) -> tuple[str, str]:
    """A date as we write it, and as Excel does when it saves the file again."""
    return day, "/".join(reversed(day.split("-")))


def iso_day(day: int) -> str:
    """A day since 1970 as 2024-01-31; "" for none."""
    return "" if day == NO_DAY else str(np.datetime64(day, "D"))
