"""Which column is what: by its name, then by what is in it; and out loud.

A name decides where exactly one column has the best name for a role. Content decides only where there is
exactly one candidate. Anything else is asked for, with the candidates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from flowmap.eventlog import OptionError
from flowmap.sources import dates
from flowmap.sources.options import ReadOptions

# Names in tiers: a column of an earlier tier wins over one of a later; two of one tier are ambiguous.
# Compared without case, spaces and punctuation.
NAMES: dict[str, list[str]] = {
    "child": [
        "caseconceptname",
        "childid childno childnumber childref childreference childidentifier child",
        "personid personno personnumber personref clientid clientno clientref clientnumber patientid patientno "
        "youngpersonid ypid pupilid subjectid customerid studentid memberid laachildid socialcareid swiftid mosaicid "
        "eclipseid liquidlogicid lcsid ssdpersonid pid "
        "person client patient pupil youngperson subject customer student member",
        "caseid caseno casenumber caseref casereference casekey case traceid trace",
        "id identifier ref reference number",
    ],
    "event": [
        "conceptname",
        "activity activityname event eventname station stationname node",
        "eventtype activitytype step stepname stage stagename task taskname handling milestone process processname",
        "status state action type service place what description",
    ],
    "time": [
        "timetimestamp",
        "timestamp eventtime eventdate eventdatetime eventtimestamp datetime dateofevent dateandtime dateofactivity "
        "activitydate activitytime activitytimestamp",
        "date time when occurred occurredat at",
        "starttimestamp starttime startdate startdatetime start started startedat begin begindate begintime "
        "from datefrom fromdate",
        "created createdat creationdate recorded recordedat completetimestamp",
    ],
    "end": [
        "endtimestamp endtime enddate enddatetime end ended endedat completetimestamp completiontime completiondate "
        "completed completedat finish finished finishtime finishdate "
        "to todate dateto stop stoptime stopdate closed closedate",
    ],
    "clock": ["time timeofday clock clocktime eventtime starttime activitytime"],
    "birth": [
        "dateofbirth dob birthdate birth birthday personbirthdate childdob childdateofbirth dateofbirthdob persondob"
    ],
    "journey": [
        "pathn journey journeyid journeyno journeynumber visit visitid visitno visitnumber spell spellno spellnumber "
        "episodeno episodenumber referralno referralnumber pathno pathnumber",
    ],
    "family": [
        "familyid familyno familynumber familyref familyreference familyidentifier familykey famid famifamilyid",
        "siblinggroup siblinggroupid siblinggroupno siblinggroupnumber siblinggroupref siblinggroupidentifier "
        "siblingid siblings sibgroup sibgroupid familygroup familygroupid familygroupno familygroupnumber",
        "householdid householdno householdnumber householdref householdreference householdidentifier householdkey",
        "family household",
    ],
    "lifecycle": ["lifecycletransition lifecycle registrationtype transition eventlifecycle"],
    "instance": ["conceptinstance activityinstanceid activityinstance instanceid handlingid eventinstance"],
}
CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
REQUIRED = ("child", "event", "time")
SAID = {
    "child": "the child (or case)",
    "event": "the event",
    "time": "the time",
    "clock": "the time of day",
    "end": "the end of a visit",
    "birth": "the date of birth (gives the age; not kept)",
    "journey": "the journey's number",
    "family": "the family (siblings; not kept)",
    "lifecycle": "start and end of a visit (lifecycle)",
    "instance": "which start belongs to which end",
}
OPTION = {"child": "--case", "event": "--event", "time": "--time", "end": "--end"}
MAX_EVENT_NAMES = 200  # more kinds in a sample, and few that come again: not the event column


@dataclass
class Roles:
    """Column names by role; `said` are the sentences that tell how each was found."""

    columns: dict[str, str]
    said: list[str] = field(default_factory=list)

    def get(self, role: str) -> str | None:
        return self.columns.get(role)

    def keep(self, required: Sequence[str], *others: str) -> None:
        """Forget all roles but these: a format with names of its own has no use for guesses."""
        self.columns = {role: name for role, name in self.columns.items() if role in required or role in others}
        self.said = [s for s in self.said if any(f"{name!r}" in s for name in self.columns.values())]

    def forget(self, role: str) -> None:
        """Give a column back: it turned out not to be what its name says."""
        name = self.columns.pop(role, None)
        self.said = [s for s in self.said if not s.endswith(f"{name!r} is {SAID[role]}.")]

    def used(self) -> list[str]:
        """The columns in use, each once."""
        return list(dict.fromkeys(self.columns.values()))


def plain(name: str) -> str:
    """A name without case, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


IDENTIFIERS = frozenset(name for tier in NAMES["child"] for name in tier.split())


def is_birth(name: str) -> bool:
    """Whether a column of this name holds dates of birth."""
    return plain(name.removeprefix("case:")) in NAMES["birth"][0].split()


def is_family(name: str) -> bool:
    """Whether a column of this name may say who is whose sibling."""
    return any(plain(name.removeprefix("case:")) in tier.split() for tier in NAMES["family"])


def recognise(samples: Mapping[str, Sequence[str]], options: ReadOptions, file: str) -> Roles:
    """Roles of the columns, from their names and sample values (text, "" where blank).

    Raises OptionError naming the candidates and the option where a needed one is not clear,
    or where an option names a column that is not there.
    """
    roles = Roles({})
    _given(roles, samples, options, file)
    free = {name: values for name, values in samples.items() if name not in roles.columns.values()}
    for role in NAMES:
        if role in roles.columns or (role == "end" and options.time and not options.end):
            continue
        if role == "family" and "child" not in roles.columns:  # a family may be the case itself
            continue
        _take(roles, role, free, file)
    _by_content(roles, free, file)
    if "family" not in roles.columns:
        _take(roles, "family", free, file)
    if "end" in roles.columns and _is_end(roles.columns["time"]):
        roles.columns.pop("end")
    return roles


def _given(roles: Roles, samples: Mapping[str, Sequence[str]], options: ReadOptions, file: str) -> None:
    given = {"child": options.case, "event": options.event, "time": options.time, "end": options.end}
    for role, name in given.items():
        if name is None:
            continue
        exact = [c for c in samples if c == name] or [c for c in samples if plain(c) == plain(name)]
        if len(exact) != 1:
            raise OptionError(
                f"{file} has no column {name!r} ({OPTION[role]}). Its columns are {_listed(samples)}.",
                remedy=f"Name one of them with {OPTION[role]}.",
            )
        if exact[0] in roles.columns.values():
            raise OptionError(f"The column {name!r} is named twice.", remedy=f"Name another one with {OPTION[role]}.")
        roles.columns[role] = exact[0]
        roles.said.append(f"{file}: {exact[0]!r} is {SAID[role]}, as told.")


def _take(roles: Roles, role: str, free: dict[str, Sequence[str]], file: str) -> None:
    found = _by_name(role, free, file)
    if found:
        roles.columns[role] = found
        free.pop(found)
        if role not in ("lifecycle", "instance"):  # said where starts and ends are joined
            roles.said.append(f"{file}: {found!r} is {SAID[role]}.")


def _by_name(role: str, free: Mapping[str, Sequence[str]], file: str) -> str | None:
    for tier in NAMES[role]:
        named = [name for name in free if plain(name) in tier.split() and _fits(role, free[name])]
        if len(named) > 1:
            named = _without_twins(named, free)
        if len(named) == 1:
            return named[0]
        if named and role not in OPTION:
            return None
        if named:
            raise OptionError(
                f"In {file}, {_listed(named)} could each be {SAID[role]}.",
                remedy=f"Say which with {OPTION[role]}.",
            )
    return None


def _without_twins(named: list[str], free: Mapping[str, Sequence[str]]) -> list[str]:
    """The candidates, without those that only repeat the first."""
    return [n for i, n in enumerate(named) if i == 0 or list(free[n]) != list(free[named[0]])]


def _fits(role: str, values: Sequence[str]) -> bool:
    """Whether the values may have this role at all."""
    known = [v for v in values if v and v.strip()]
    if not known:
        return False
    if role in ("time", "end", "birth"):
        return looks_like_time(known, numbers=True, share=0.01)
    if role == "event":
        return not looks_like_time(known) and len(set(known)) <= max(MAX_EVENT_NAMES, len(known) / 2)
    if role == "clock":
        return sum(bool(re.fullmatch(CLOCK, v.strip())) for v in known) > len(known) / 2
    if role == "journey":
        return all(re.fullmatch(r"\d{1,9}(\.0)?", v.strip()) for v in known)
    if role == "lifecycle":
        return len(set(known)) <= 40
    return not looks_like_time(known)


def _by_content(roles: Roles, free: dict[str, Sequence[str]], file: str) -> None:
    """What the names left open, where only one column can be it; then complain about the rest."""
    tests = {
        "time": lambda known: looks_like_time(known),
        "event": lambda known: _like_event(known),
        "child": lambda known: not looks_like_time(known) and len(set(known)) > 1,
    }
    for role in ("time", "event", "child"):
        if role in roles.columns:
            continue
        fit = [name for name, values in free.items() if (known := [v for v in values if v]) and tests[role](known)]
        if role == "event" and len(fit) > 1 and "child" not in roles.columns and len(free) == 2:
            fit = _more_repeated(fit, free)
        if len(fit) != 1:
            raise _unclear(role, fit, list(free), file)
        roles.columns[role] = fit[0]
        free.pop(fit[0])
        roles.said.append(f"{file}: {fit[0]!r} is {SAID[role]}, from what it holds.")


def _more_repeated(fit: list[str], free: Mapping[str, Sequence[str]]) -> list[str]:
    """Of two columns, the one whose values are words that come again far more often than the other's."""
    kinds = sorted((len({v for v in free[name] if v}), name) for name in fit)
    return [kinds[0][1]] if kinds[0][0] * 5 <= kinds[1][0] else fit


def _like_event(known: Sequence[str]) -> bool:
    kinds = set(known)
    words = sum(bool(re.search(r"[A-Za-z]{2}", v)) for v in kinds)
    return 1 < len(kinds) <= MAX_EVENT_NAMES and words > len(kinds) / 2 and not looks_like_time(known)


def _unclear(role: str, fit: list[str], free: list[str], file: str) -> OptionError:
    what = SAID[role]
    if fit:
        return OptionError(f"In {file}, {_listed(fit)} could each be {what}.", remedy=f"Say which with {OPTION[role]}.")
    said = f"No column of {file} looks like {what}."
    if free:
        return OptionError(f"{said} Left are {_listed(free)}.", remedy=f"Name one with {OPTION[role]}.")
    return OptionError(
        said,
        remedy="An event log has columns for the child, the event and the time (--case, --event, --time).",
    )


def _is_end(name: str) -> bool:
    return plain(name) in NAMES["end"][0].split()


def _listed(names: object) -> str:
    names = [repr(n) for n in names]  # type: ignore[attr-defined]
    shown = names[:12] + (["…"] if len(names) > 12 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def looks_like_time(values: Sequence[str], *, numbers: bool = False, share: float = 0.5) -> bool:
    """Whether at least a share of the values reads as times.

    Where a column's name says that it is one, plain numbers may be (`numbers`), and few need be (`share`).
    """
    text = dates.apart(pa.array(list(dict.fromkeys(values))[:200], pa.string()))
    if not numbers:
        text.forms.pop("number", None)
        text.forms.pop("compact", None)
    read = [dates.together(text, first).kind != dates.UNREADABLE for first in (True, False)]
    return bool(max(r.mean() for r in read) >= share) if len(text.values) else False
