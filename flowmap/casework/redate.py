"""Records that one format dates less exactly than another get the day of the other, so that they are one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from flowmap.casework.cases import DAY, cases
from flowmap.casework.kinds import KINDS, TIME, Casework
from flowmap.casework.spans import NO_DAY, key, next_within

# Annex A gives the day of the strategy discussion for a section 47 enquiry. Statutory guidance has the conference
# within 15 working days of the discussion, so an enquiry begins within 21 days of it.
LESS_EXACT: dict[tuple[str, str], int] = {("annex-a", "s47"): 21}


def redated(caseworks: Sequence[Casework]) -> list[Casework]:
    """The files, with less exact days replaced by those of files of other formats; each change is a note."""
    made = list(caseworks)
    for (form, kind), within in LESS_EXACT.items():
        vague = [i for i, each in enumerate(made) if each.format == form and each.tables.get(kind)]
        exact = [each.tables[kind] for each in made if each.format != form and each.tables.get(kind)]
        if vague and exact:
            for i in vague:
                made[i] = _redated(made[i], kind, exact, within)
    return made


def _redated(each: Casework, kind: str, exact: Sequence[pa.Table], within: int) -> Casework:
    when = KINDS[kind].when or ""
    mine = each.tables[kind]
    size = len(mine)
    columns = ["child", when]
    part = cases({kind: pa.concat_tables([t.select(columns) for t in (mine, *exact)])})[kind]
    day = part.day(when)
    theirs = np.sort(key(part.child[size:], day[size:]))
    known = next_within(part.child[:size], day[:size], theirs, within)
    moved = (known != NO_DAY) & (known != day[:size])
    if not moved.any():
        return each
    days = pa.array(np.where(moved, known, day[:size]) * DAY).cast(TIME)
    place = mine.schema.get_field_index(when)
    table = mine.set_column(place, mine.schema.field(place), days)
    each.report.add(
        "dated-by-another-file",
        f"{KINDS[kind].label}: {each.file} knows a day before it, another file its own day; that counts.",
        count=int(moved.sum()),
    )
    return replace(each, tables={**each.tables, kind: table})
