"""The parameters of the measures that answer questions, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flowmap.measures import conversion, drift, nfa, rereferral
from flowmap.measures.options import KNOWN
from flowmap.measures.variation import OF
from flowmap.web.operations import Parameter
from flowmap.web.parameters import read_instant

_DATE = {"type": "string", "format": "date"}
_NAMES = {"type": "string", "minLength": 1, "maxLength": 400}
_STATIONS_REMEDY = "Write a station's id, or several joined by commas."


def _read_day(text: str) -> int:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("is not an ISO 8601 date")
    return read_instant(text)


def _read_name(text: str) -> str:
    if not text.strip() or len(text) > 400:
        raise ValueError("is no name")
    return text.strip()


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"is not {' or '.join(values)}")
        return text

    return read


def _whole(name: str, about: str, least: int, most: int, default: int) -> Parameter:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"is not a whole number from {least} to {most}")
        return int(text)

    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return Parameter(name, about, schema, read, f"Write a whole number from {least} to {most}.", default=default)


def _choice(name: str, about: str, values: tuple[str, ...]) -> Parameter:
    schema: dict[str, Any] = {"type": "string", "enum": list(values), "default": values[0]}
    remedy = f"Use {' or '.join(f'{name}={value}' for value in values)}."
    return Parameter(name, about, schema, _one_of(*values), remedy, default=values[0])


def _day(name: str, about: str) -> Parameter:
    return Parameter(name, about, _DATE, _read_day, f"Write a date, such as {name}=2015-04-01.", example="2015-04-01")


def _stations(name: str, about: str) -> Parameter:
    return Parameter(name, about, _NAMES, _read_name, _STATIONS_REMEDY)


FROM = _day("from", "the first day of the period (UTC); the first of the data where not given")
TO = _day("to", "the day after the last of the period (UTC); that after the last of the data where not given")
KNOWN_FROM = _day(
    "known_from", "the day from which the data hold every referral; the first of the data where not given"
)
START = _stations("start", "from which stations: ids joined by commas")
STOP = _stations("stop", "to which stations: ids joined by commas, any of which counts")
AT_STATION = _stations("station", "the station at which the decision is made; the assessment where not given")
BY = Parameter(
    "by",
    "a facet's key: the figure by its values",
    {"type": "string", "minLength": 1, "maxLength": 100},
    _read_name,
    "Write the key of a facet, such as by=source.",
)
ENDS = _choice("ends", "whether the time ends when `stop` is reached, or when it is left again", ("reached", "left"))
DIRECT = _choice("direct", "yes: only where `stop` is the very next station", ("no", "yes"))
FIRST_DAY = _whole("first_day", "what the day counts as on which the time begins", 0, 1, 0)
MONTHS = _whole("months", "the horizon of re-referral in months", 1, rereferral.HORIZONS[-1], rereferral.DFE)
LOOKBACK = _whole("lookback", "months in which earlier referrals count", 1, nfa.MOST_LOOKBACK, nfa.LOOKBACK)
WINDOW = _whole(
    "window", "days in which the last station must be reached", 1, conversion.LONGEST_WINDOW, conversion.WINDOW
)
LISTED = _whole("limit", "how many of those near or past a timescale are listed", 0, drift.MOST_LISTED, drift.LISTED)
WHAT = _choice("of", "the share that is compared", OF)


def _read_role(text: str) -> tuple[str, str]:
    role, colon, name = text.partition(":")
    if not colon or role not in KNOWN or not name.strip():
        raise ValueError("does not say which station plays which part")
    return role, name.strip()


ROLE = Parameter(
    "role",
    f"which station plays a part, as part:id; may be repeated. Parts: {', '.join(KNOWN)}; where not given, the "
    "stations of those ids",
    {"type": "string", "pattern": f"^({'|'.join(KNOWN)}):.*[^ ].*$"},
    _read_role,
    "Write part:id, such as role=nfa:no_further_action.",
    many=len(KNOWN),
    default=(),
)
