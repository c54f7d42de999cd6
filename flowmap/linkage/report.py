"""How well the linking went: by pass, for whom it did not, and where the two departments' dates differ.

Nothing here names a child: rows are the legal file's own row numbers. Counts of children below six are not shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.linkage import discrepancies
from flowmap.linkage.decisions import Decisions, iso_day
from flowmap.linkage.link import Linked
from flowmap.linkage.passes import PASSES
from flowmap.linkage.people import NO_DAY

FEWEST = 6  # counts of 1 to 5 are hidden, as in the department's own releases
HIDDEN = "1–5"
MASKED = "hidden"  # would give a hidden count away by subtraction
MOST_GROUPS = 40  # a column with more values is not a category
NOT_RECORDED = "not recorded"
AGES = ((0, "under 1"), (1, "1 to 4"), (5, "5 to 9"), (10, "10 to 15"), (16, "16 and over"))
YEAR = 365.25


@dataclass
class MatchReport:
    """What linking a build's legal files came to.

    `passes`: [{pass, label, rows, share, score}]. `groups`: {"age" | "sex" | "ethnicity": [{value, linked, unlinked,
    share}]}, of legal rows, counts below six hidden. `discrepancies`: [{file, sheet, row, what, legal, social, days}].
    `undecided`: {why: rows}. `decisions`: how many were used, are stale, or name an unknown child. `review` are the
    rows for a person (dicts of decisions.COLUMNS); it has social care ids and is no part of the JSON.
    """

    rows: int
    linked: int
    passes: list[dict[str, Any]]
    groups: dict[str, list[dict[str, Any]]]
    discrepancies: list[dict[str, Any]]
    undecided: dict[str, int]
    decisions: dict[str, int]
    review: list[dict[str, str]] = field(default_factory=list, repr=False)

    @property
    def rate(self) -> float:
        """Share of the rows that are linked."""
        return self.linked / self.rows if self.rows else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists for match.json, without a child's id."""
        found = asdict(self)
        del found["review"]
        return {**found, "rate": round(self.rate, 4)}


def report(linked: Linked, tables: Mapping[str, pa.Table], decisions: Decisions | None = None) -> MatchReport:
    """The report on links. `tables` are social care's own, for the dates to compare."""
    links, legal = linked.links, linked.legal.frame
    review = _review(linked)
    undecided: dict[str, int] = {}
    for line in review:
        undecided[line["why"]] = undecided.get(line["why"], 0) + 1
    said = decisions or Decisions()
    used = int((links.by == "decision").sum())
    return MatchReport(
        rows=len(legal),
        linked=int(links.linked.sum()),
        passes=_passes(links),
        groups=_groups(legal, links.linked),
        discrepancies=discrepancies.find(linked, tables),
        undecided=undecided,
        decisions={"used": used, "stale": len(said.stale), "unknown": len(said.unknown)},
        review=review,
    )


def save(match: MatchReport, folder: Path) -> Path:
    """Write `match.json` into a dataset's folder; it names no child."""
    path = folder / "match.json"
    path.write_text(json.dumps(match.to_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def write_lists(match: MatchReport, folder: Path) -> list[Path]:
    """Write the report as CSVs to work through: passes, groups, discrepancies (by row of the legal file)."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = [{"by": by, **line} for by, lines in match.groups.items() for line in lines]
    made = []
    for name, lines in (("passes", match.passes), ("groups", groups), ("discrepancies", match.discrepancies)):
        made.append(folder / f"match_{name}.csv")
        pd.DataFrame(lines).to_csv(made[-1], index=False, encoding="utf-8-sig")
    return made


def _passes(links: Any) -> list[dict[str, Any]]:
    found = []
    for name, label in PASSES.items():
        here = links.by == name
        rows = int(here.sum())
        score = round(float(links.score[here].mean()), 3) if rows else None
        share = round(rows / len(links.by), 4) if len(links.by) else 0.0
        found.append({"pass": name, "label": label, "rows": rows, "share": share, "score": score})
    return found


def _review(linked: Linked) -> list[dict[str, str]]:
    """A line a row that a person must decide, its candidates' ids in order of score."""
    links, legal = linked.links, linked.legal.frame
    asked = links.candidates[~links.linked[links.candidates["row"].to_numpy(np.int64)]]
    lines = []
    for row, candidates in asked.sort_values("score", ascending=False, kind="stable").groupby("row", sort=True):
        at = legal.iloc[int(row)]
        lines.append(
            {
                "file": str(at["file"]),
                "sheet": str(at["sheet"]),
                "row": str(at["row"]),
                "application": iso_day(int(at["application"])),
                "final": iso_day(int(at["final"])),
                "why": str(candidates["why"].iat[0]),
                "candidates": " ".join(linked.children[int(c)] for c in dict.fromkeys(candidates["child"])),
                "decision": "",
            }
        )
    return lines


def _groups(legal: pd.DataFrame, linked: Any) -> dict[str, list[dict[str, Any]]]:
    """Linked and unlinked rows side by side, by what the legal file itself says of the child."""
    groups = {"age": _counts(_age_band(legal), linked, [label for _, label in AGES])}
    for column in ("sex", "ethnicity"):
        values = legal[column].replace("", NOT_RECORDED)
        if (legal[column] != "").any() and values.nunique() <= MOST_GROUPS:
            groups[column] = _counts(values, linked, sorted(set(values) - {NOT_RECORDED}))
    return groups


def _age_band(legal: pd.DataFrame) -> pd.Series:
    """Age at the application, in bands; the unborn are under 1."""
    born, day = legal["birth"].to_numpy(np.int64), legal["application"].to_numpy(np.int64)
    day = np.where(day == NO_DAY, legal["final"].to_numpy(np.int64), day)
    known = (born != NO_DAY) & (day != NO_DAY)
    age = np.where(known, np.maximum((day - born) / YEAR, 0), -1)
    band = np.searchsorted([low for low, _ in AGES], age, side="right") - 1
    labels = np.array([*(label for _, label in AGES), NOT_RECORDED], dtype=object)
    return pd.Series(labels[np.where(known, band, len(AGES))])


def _counts(values: pd.Series, linked: Any, order: list[str]) -> list[dict[str, Any]]:
    values = values.reset_index(drop=True)
    names = [*order, NOT_RECORDED]
    yes = values[linked].value_counts().reindex(names, fill_value=0).tolist()
    no = values[~linked].value_counts().reindex(names, fill_value=0).tolist()
    shown = zip(names, yes, no, hidden(yes), hidden(no), strict=True)
    return [
        {
            "value": name,
            "linked": a,
            "unlinked": b,
            "share": round(y / (y + n), 3) if isinstance(a, int) and isinstance(b, int) and y + n else None,
        }
        for name, y, n, a, b in shown
        if y + n
    ]


def hidden(counts: list[int]) -> list[int | str]:
    """Counts with 1 to 5 hidden; where that is one only, the next smallest too, which the total would give away."""
    small = [0 < n < FEWEST for n in counts]
    shown: list[int | str] = [HIDDEN if s else n for n, s in zip(counts, small, strict=True)]
    others = [n for n, s in zip(counts, small, strict=True) if n and not s]
    if sum(small) == 1 and others:
        shown[counts.index(min(others))] = MASKED
    return shown
