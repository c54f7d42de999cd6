"""What is true of these journeys and worth a sentence, each with its figures, where they come from and a map view.

First the four things that Kent saw, where they are so here; then what changed, what is slow, and who differs. Nothing
is announced that is within chance (see `finding.py`) or rests on fewer than a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flowmap.cohort import Cohort
from flowmap.dataset import Dataset, Mask
from flowmap.eventlog import OptionError
from flowmap.measures import claims, standouts
from flowmap.measures.effect import span
from flowmap.measures.finding import Asking, Finding
from flowmap.measures.options import Period, Roles, station
from flowmap.measures.options import period as whole
from flowmap.measures.timescales import Due

Question = Callable[[Asking, Sequence[Finding]], list[Finding]]

# In the order in which they are told; `changes` must come after `events`.
QUESTIONS: tuple[tuple[str, Question], ...] = (
    ("Does section 17 or section 47 take most of the work?", lambda a, _: claims.sections(a)),
    ("Do more come back within 36 months than within 12?", lambda a, _: claims.again(a)),
    ("Does no further action go with earlier referrals?", lambda a, _: claims.returning(a)),
    ("Do most strategy discussions lead to an enquiry, and most of those to no further action?",
     lambda a, _: claims.strategy(a)),
    ("Was anything different during an inspection?", lambda a, _: standouts.events(a)),
    ("Did anything change without being told?", standouts.changes),
    ("Where is it slow?", lambda a, _: standouts.slow(a)),
    ("Does a team or a source differ?", lambda a, _: standouts.differs(a)),
)  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """Findings in the order in which they are told; `asked` how many each question gave, None where it could not be."""

    period: Period
    found: list[Finding]
    asked: list[tuple[str, int | None]]
    notes: list[str]

    def to_json(self, data: Dataset, within: Cohort) -> dict[str, Any]:
        """As in the API; `within` is the cohort that was asked about."""
        return {
            "journeys": within.sentence(),
            "period": self.period.to_json(),
            "findings": [finding.to_json(data, within) for finding in self.found],
            "questions": [{"question": question, "found": found} for question, found in self.asked],
            "notes": self.notes,
        }


def findings(
    data: Dataset,
    mask: Mask,
    begin: int | None = None,
    end: int | None = None,
    *,
    roles: Roles | None = None,
    dues: Sequence[Due] = (),
) -> Findings:
    """What stands out among the journeys of `mask` from the midnight `begin` to `end`.

    None: the whole of the data, without the time in which open cases were entered. `dues` are the map's timescales.
    Raises OptionError for a period without a day, and a part played by a station that there is not.
    """
    for name in (roles or {}).values():
        station(data, name)
    known = span(data)[0]
    within = whole(data, known if begin is None else begin, end)
    asking = Asking(data, mask, within, known, roles or {}, dues)
    found, asked, notes = list[Finding](), list[tuple[str, int | None]](), list[str]()
    for question, answer in QUESTIONS:
        try:
            several = answer(asking, found)
        except OptionError as error:
            asked.append((question, None))
            notes.append(f"{question} {error.message}")
            continue
        asked.append((question, len(several)))
        found += several
    return Findings(within, found, asked, notes)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer as a table: a figure of a finding a row."""
    table = []
    for one in found["findings"]:
        shown = {name: one["map"][name] for name in ("at", "colour")} | {"show": one["map"]["cohort"]}
        about = {name: one[name] for name in ("key", "sentence", "measure", "query")}
        about |= {"journeys": found["journeys"], **shown}
        table += [{**about, **figure} for figure in one["figures"]]
    return table


COLUMNS = (
    "key", "label", "unit", "value", "low", "high", "count", "of", "sentence", "measure", "query", "show", "at",
    "colour", "journeys",
)  # fmt: skip
