"""An event log written as a council's files, in any of the council formats."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from flowmap import whole
from flowmap.quality import OptionError

if TYPE_CHECKING:
    from flowmap.eventlog import EventLog

# The module that writes each format: write(tables, folder, as_of=ms) -> paths.
WRITERS = {
    "annex-a": "annex_a",
    "cin": "cin",
    "ssda903": "ssda903",
    "ssd": "ssd",
    "dfe-api": "dfe_api",
    "proceedings": "proceedings",
}
ENQUIRIES = ("assessment", "s47", "icpc")
STATUSES = ("interim_care_order", "care_order", "placement_order")
COURT = ("pre_proceedings", "proceedings", "final_order")
FRONT_DOOR = ("contact", "early_help", "strategy")
# The stations (exits aside) whose events a format has no place for, by its page in docs/formats.
LACKING: dict[str, tuple[str, ...]] = {
    "annex-a": COURT,
    "cin": (*FRONT_DOOR, *COURT, "looked_after", *STATUSES),
    "ssda903": (*FRONT_DOOR, "referral", *ENQUIRIES, "cin", "cp", *COURT),
    "ssd": ("strategy", "proceedings", "final_order"),
    "dfe-api": (*FRONT_DOOR, *COURT, *STATUSES),
    "proceedings": (*FRONT_DOOR, "referral", *ENQUIRIES, "cin", "cp", "pre_proceedings", "looked_after", *STATUSES),
}
# What records say of journeys and children, where the format has a place for it: as the log has it, or by its stations.
AS_IT_IS = ("source", "need", "team", "plan_category", "plan_number", "sex", "ethnicity", "disability", "family_size")
BY_STATION = ("legal_status", "order_made")
DAY = 86_400_000  # ms


def write(log: EventLog, folder: Path, form: str) -> list[Path]:
    """The files of a format in `folder`, made where it is missing, up to the log's last day: all of them or none.

    Raises OptionError where the log has stations that no council's records know, or none that the format has.
    """
    from xlsxwriter.exceptions import XlsxWriterException

    from flowmap.casework.records import of_log

    if form not in WRITERS:
        raise OptionError(f"There is no format {form!r} to write.", remedy=f"Known are {', '.join(WRITERS)}.")
    as_of = int(log.time.max()) // DAY * DAY if len(log) else 0
    writer = import_module(f"flowmap.export.{WRITERS[form]}")
    tables = of_log(log)
    _check_place(log, form)
    try:
        with whole.folder(folder) as part:
            written: list[Path] = writer.write(tables, part, as_of=as_of)
    except XlsxWriterException as error:
        raise OptionError(f"{folder} cannot be written: {error}.", remedy="Choose a place with space left.") from error
    return [folder / path.relative_to(part) for path in written]


def lost(log: EventLog, form: str) -> list[str]:
    """Sentences on what of the log the format has no place for; none where there is nothing to say."""
    met = _met(log)
    said = []
    without = [f"{name} ({met[name]:,})" for name in LACKING[form] if name in met]
    if without:
        said.append(f"Not in these files, for the format {form} has no place for events at: {', '.join(without)}.")
    facts = [a.label for key, a in (log.children | log.attributes).items() if key not in AS_IT_IS + BY_STATION]
    if facts:
        said.append(f"Not in these files, for no records of a council have it: {', '.join(facts)}.")
    return said


def _check_place(log: EventLog, form: str) -> None:
    from flowmap.casework.places import STATIONS

    held = [name for name in STATIONS if name not in LACKING[form]]
    if not set(held) & set(_met(log)):
        raise OptionError(
            f"The log has no event that the format {form} has a place for: it holds {', '.join(held)}.",
            remedy="Choose another format, or a log of more children.",
        )


def _met(log: EventLog) -> Counter[str]:
    """Events by station."""
    import numpy as np

    counts = np.bincount(log.station, minlength=len(log.stations)).tolist()
    return Counter({name: n for name, n in zip(log.stations, counts, strict=True) if n})
