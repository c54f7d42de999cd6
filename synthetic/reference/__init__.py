"""The reference authority: a made-up council of Kent's size, for showing and testing without any real data.

It is a model like those that are fitted to a log (synthetic/model), but written: every rate is calibrated to published
figures (calibration.py, pathways.py; docs/reference-authority.md has the table). Its logs cover `years` years from
`start` and, in the quarter before, the cases that were open at the start. Planted effects: inspection.py,
NFA_BY_EARLIER_REFERRALS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from flowmap.eventlog import EventLog
from synthetic.model.model import Model
from synthetic.model.opening import QUARTER
from synthetic.model.sample import lives
from synthetic.reference import calibration as figures
from synthetic.reference import people
from synthetic.reference.inspection import Inspection
from synthetic.reference.model import meetings, write, years_later

FIRST_NUMBER = 1_000_000  # of a child, as a case system would give it; those that follow leave gaps
TITLE = "How children move through a made-up county"


def make(
    referrals_a_year: int = figures.REFERRALS_A_YEAR,
    years: int = 4,
    start: str = "2014-04-01",
    seed: int = 2018,
    inspection: bool = True,
    progress: Callable[[float], None] | None = None,
) -> EventLog:
    """The event log of a made-up authority, the same for the same arguments.

    Times are instants to the minute (UTC), in order; `progress` is told the share done (0 to 1).
    Raises ValueError where there would be nothing to make.
    """
    if referrals_a_year < 1 or years < 1:
        raise ValueError("referrals_a_year and years must be at least 1")
    say = progress or (lambda _share: None)
    families = referrals_a_year * figures.NEW_FAMILIES_PER_REFERRAL * meetings(years)
    children = max(1, round(families * people.families().mean))
    log = lives(model(years, start, inspection), children, seed=seed, progress=lambda _stage, share: say(share))
    say(1.0)
    numbers = FIRST_NUMBER + np.cumsum(np.random.default_rng(seed).integers(1, 10, len(log.child_ids)))
    of_children = {key: column for key, column in log.children.items() if key != people.AREA}
    return replace(log, child_ids=pa.array(numbers), children=of_children)


def model(years: int = 4, start: str = "2014-04-01", inspection: bool = True) -> Model:
    """The authority as a model, to look at (`explain`), to change, and to sample from."""
    return write(date.fromisoformat(start), years, inspection)


def periods(
    start: str = "2014-04-01", years: int = 4, inspection: bool = True, school_holidays: bool = False
) -> list[dict[str, str]]:
    """Event bands for the timeline: [{id, label, from, to, kind}], dates ISO 8601, both ends included.

    The first band is the quarter in which open cases were entered: arrivals before it ends are not referrals of
    those days. School summer holidays are 24 July to 31 August.
    """
    opening = date.fromisoformat(start)
    end = years_later(opening, years)
    day = timedelta(days=1)
    found = [("cases-carried-over", "Open cases entered", opening - QUARTER * day, opening - day, "data")]
    if inspection:
        dates = Inspection.of(opening)
        found += [
            ("inspection-announced", "Inspection announced", dates.announced, dates.first - day, "announcement"),
            ("inspection", "Inspection", dates.first, dates.last, "inspection"),
            ("inspection-recovery", "After the inspection", dates.last + day, dates.recovered, "recovery"),
        ]
    if school_holidays:
        for year in range(opening.year, end.year + 1):
            first, last = date(year, 7, 24), date(year, 8, 31)
            if opening <= first and last < end:
                found.append((f"summer-{year}", f"School holidays {year}", first, last, "holiday"))
    return [
        {"id": name, "label": label, "from": str(first), "to": str(min(last, end - day)), "kind": kind}
        for name, label, first, last, kind in found
        if first < end
    ]
