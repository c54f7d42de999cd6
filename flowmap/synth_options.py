"""What the commands about synthetic data have in common: forms of files, periods, exits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flowmap import whole
from flowmap.export import casefiles
from flowmap.quality import OptionError

if TYPE_CHECKING:
    from flowmap.eventlog import EventLog
    from synthetic.model.options import Period

PLAIN = ("csv", "xes", "parquet")  # one file; synthetic.write.FORMS
COUNCIL = tuple(casefiles.WRITERS)  # a folder of files
DAY = 86_400_000  # ms
EXAMPLE = "2016-10-10:2016-11-18"


def write(log: EventLog, output: Path, form: str) -> tuple[list[Path], list[str]]:
    """The log as the file `output`, or in a council's format as files in the folder `output`: whole or not at all.

    Returns the files, and sentences on what the format has no place for. Raises OptionError.
    """
    if form in COUNCIL:
        return casefiles.write(log, output, form), casefiles.lost(log, form)
    from synthetic.write import write_file

    with whole.file(output) as part:
        write_file(log, part, form)
    return [output], []


def rare_as_other(log: EventLog) -> tuple[EventLog, list[str]]:
    """The log for a council's records, which know the exit "other" and not a model's name for its rare stations.

    Returns it with a sentence on that. Raises OptionError where journeys go on from a rare station: it is no exit then.
    """
    import numpy as np

    from synthetic.fidelity.walks import RARE

    if RARE not in log.stations:
        return log, []
    rare = log.station == log.stations.index(RARE)
    if not rare.any():
        return log, []
    case = np.zeros(len(log), dtype=np.int64) if log.case is None else log.case
    order = np.lexsort((log.time, case, log.child))
    goes_on = (log.child[order][1:] == log.child[order][:-1]) & (case[order][1:] == case[order][:-1])
    if (rare[order][:-1] & goes_on).any():
        raise OptionError(
            f"The model has stations that fewer than k children reached as one, {RARE}, from which journeys go on:"
            " a council's records have no place for it.",
            remedy="Write .csv, .xes or .parquet, or fit a model to a log where rare events share a name of the map.",
        )
    names = [name for name in log.stations if name != RARE]
    names += [] if "other" in names else ["other"]
    place = {name: at for at, name in enumerate(names)} | {RARE: names.index("other")}
    codes = np.array([place[name] for name in log.stations], dtype=np.int32)[log.station]
    said = f"Journeys that end at a station that few reached, {RARE}, end at other in these files ({rare.sum():,})."
    return replace(log, station=codes, stations=tuple(names)), [said]


def period(text: str) -> Period:
    """FROM:TO or FROM:TO:LABEL, two ISO dates, both days included. Raises OptionError."""
    from synthetic.model.options import Period

    first, _, rest = text.partition(":")
    last, _, label = rest.partition(":")
    try:
        days = [date.fromisoformat(part.strip()) for part in (first, last)]
    except ValueError:
        raise OptionError(
            f"{text!r} is not a period.", remedy=f"Write two dates, year first, and a name if you like: {EXAMPLE}."
        ) from None
    if days[1] < days[0]:
        raise OptionError(f"The period {text} ends before it begins.", remedy="Write the earlier date first.")
    return Period(label.strip(), days[0].isoformat(), days[1].isoformat())


def instants(given: Period) -> tuple[int, int]:
    """First and last millisecond (UTC) of a period."""
    import numpy as np

    first, last = (int(np.datetime64(day, "ms").astype(np.int64)) for day in (given.first, given.last))
    return first, last + DAY - 1


def check_inside(given: tuple[Period, ...], log: EventLog) -> None:
    """Refuse periods that are not within the days of the log. Raises OptionError."""
    import numpy as np

    if not len(log):
        return
    days = [str(np.datetime64(int(t), "ms").astype("datetime64[D]")) for t in (log.time.min(), log.time.max())]
    for each in given:
        if each.first < days[0] or each.last > days[1]:
            raise OptionError(
                f"The period {each.first}:{each.last} is not within the log, which goes from {days[0]} to {days[1]}.",
                remedy="Write dates between these.",
            )


def exits_of(log: EventLog, map_: str | None = None, named: tuple[str, ...] = ()) -> frozenset[str] | None:
    """The names of events at which journeys end: those named, else by the map asked for or a built-in one that fits.

    None: not known. Raises OptionError where a name is no event's of the log.
    """
    if named:
        unknown = sorted(set(named) - set(log.stations))
        if unknown:
            known = ", ".join(log.stations[:30]) + (" …" if len(log.stations) > 30 else "")
            raise OptionError(f"The log has no exit called {', '.join(unknown)}.", remedy=f"Its events are: {known}.")
        return frozenset(named)
    from flowmap import mapchoice

    choice = mapchoice.choose(log, map_)
    if choice.source == "automatic" or not choice.exits.any():
        return None
    ends = choice.exits[choice.place]
    return frozenset(name for name, end in zip(log.stations, ends.tolist(), strict=True) if end)
