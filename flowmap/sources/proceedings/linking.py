"""Between reading and stacking: the rows of the legal files get their children, and identities are let go."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from flowmap.casework.kinds import Casework, empty
from flowmap.eventlog import Example
from flowmap.linkage import decisions as deciding
from flowmap.linkage.decisions import Decisions
from flowmap.linkage.link import link
from flowmap.linkage.passes import ID_ONLY
from flowmap.linkage.people import People
from flowmap.linkage.report import MatchReport, report
from flowmap.quality import MAX_EXAMPLES, QualityReport
from flowmap.sources.options import Progress
from flowmap.sources.proceedings import Legal, as_records


def linked(casework: Sequence[Casework], decisions: Path | None, progress: Progress) -> list[Casework]:
    """All files, legal ones with their linked rows as records; no identities. Raises SourceError for bad decisions."""
    progress("linking care proceedings", 0.0)
    legal = [part for part in casework if isinstance(part.aside, Legal)]
    rosters = [part.aside for part in casework if isinstance(part.aside, People) and not isinstance(part.aside, Legal)]
    others = [part for part in casework if not isinstance(part.aside, People)]
    said = deciding.read(decisions)
    found = link([part.aside for part in legal], rosters, others, said)
    progress("linking care proceedings", 0.8)
    match = report(found, {"legal_status": _all(others, "legal_status")}, said)
    ids = pd.Series(found.ids(), dtype=object)
    made: list[Casework] = []
    first = legal[0]
    for part in casework:
        if not isinstance(part.aside, Legal):
            made.append(replace(part, aside=None) if isinstance(part.aside, People) else part)
            continue
        mine = ids.iloc[: len(part.aside)].reset_index(drop=True)
        ids = ids.iloc[len(part.aside) :]
        made.append(_given(part, mine, match, first=part is first))
    _tell(next(part for part in made if isinstance(part.aside, MatchReport)).report, match, said)
    progress("linking care proceedings", 1.0)
    return made


def match_report(casework: Sequence[Casework]) -> MatchReport | None:
    """The report on the links that `link` made; None where there was no legal file."""
    return next((part.aside for part in casework if isinstance(part.aside, MatchReport)), None)


def _given(part: Casework, ids: pd.Series, match: MatchReport, *, first: bool) -> Casework:
    """A legal file whose rows have the children that were found for them; `match` goes with the first file."""
    frame = part.aside.frame
    known = ids.notna().to_numpy()
    records = as_records(frame[known].assign(child=ids[known].to_numpy()))
    quality = deepcopy(part.report)
    open_rows = {(line["file"], line["sheet"], int(line["row"])) for line in match.review}
    places = zip([part.file] * len(frame), part.aside.sheets(), frame["row"], strict=True)
    asked = np.array([place in open_rows for place in places], bool) & ~known
    _drop(quality, part.file, frame[~known & ~asked], "No child of the social-care files is found for the row.")
    _drop(quality, part.file, frame[asked], "Several children may be meant, or one with other details: decide it.")
    quality.close(part.file, part.format, repaired=int(frame["mended"].to_numpy(bool)[known].sum()))
    shared = int(known.sum()) - len(records)
    if shared:
        text = "Several rows of one child and application are one record with all their orders."
        quality.add("rows-joined", text, count=shared, action="kept")
    line = f"{part.file}: {int(known.sum()):,} of {len(frame):,} rows are linked to a child."
    return replace(
        part, tables={"proceedings": records}, report=quality, said=[*part.said, line], aside=match if first else None
    )


def _drop(quality: QualityReport, file: str, rows: pd.DataFrame, said: str) -> None:
    if len(rows):
        remedy = "See the list of rows to decide and the match report; a social care id in the legal file settles it."
        examples = [
            Example(file, place, int(row)) for row, place in rows[["row", "place"]].head(MAX_EXAMPLES).to_numpy()
        ]
        quality.add("not-linked", said, count=len(rows), action="dropped", remedy=remedy, examples=examples)


def _tell(quality: QualityReport, match: MatchReport, said: Decisions | None) -> None:
    """Notes on decisions that were not used, on ids that only the legal file has, and on dates that differ."""
    alone = next(p["rows"] for p in match.passes if p["pass"] == ID_ONLY)
    if alone and alone < match.linked:
        text = "The child's id is in no other file, so that the child has court events only."
        quality.add("id-only-here", text, count=alone, action="kept", remedy="Is the id right, and are files missing?")
    if match.discrepancies:
        text = "The legal department's date and social care's differ; the match report lists them."
        rows = [Example(d["file"], d["what"], d["row"]) for d in match.discrepancies[:MAX_EXAMPLES]]
        quality.add(
            "dates-differ", text, count=len(match.discrepancies), remedy="Correct one of the two.", examples=rows
        )
    for rule, keys, text in (
        ("decision-stale", said.stale if said else [], "A decision is not used: its row has changed since."),
        ("decision-unknown-child", said.unknown if said else [], "A decision names a child whom no file has."),
    ):
        if keys:
            rows = [Example(file, sheet or None, row) for file, sheet, row in keys[:MAX_EXAMPLES]]
            quality.add(rule, text, count=len(keys), remedy="Decide it again.", examples=rows)


def _all(casework: Sequence[Casework], kind: str) -> pa.Table:
    tables = [part.tables[kind] for part in casework if kind in part.tables]
    return pa.concat_tables([empty(kind), *tables]).unify_dictionaries() if tables else empty(kind)
