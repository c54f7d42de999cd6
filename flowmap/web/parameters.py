"""The parameters that several figures share, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from flowmap.web.operations import Parameter

_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


def read_instant(text: str) -> int:
    """Seconds since 1970 UTC of an ISO 8601 date (its midnight) or instant; without a zone it is taken as UTC.

    Raises: ValueError.
    """
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        raise ValueError("is not an ISO 8601 date or instant")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        raise ValueError("is not a day or time that exists") from None
    if second > 60:
        raise ValueError("is not a day or time that exists")
    seconds = int(moment.timestamp()) + (1 if second == 60 else 0)
    zone = found.group(7)
    if zone and zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 23 or minutes > 59:
            raise ValueError("has a time zone that does not exist")
        seconds -= (hours * 3600 + minutes * 60) * (1 if zone[0] == "+" else -1)
    return seconds


def _read_bin(text: str) -> str:
    if text not in ("day", "week", "month"):
        raise ValueError("is not a bin")
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"is not a whole number from {least} to {most}")
        return int(text)

    return read


_AT = {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}
_AT_REMEDY = "Write a date or an instant, such as at=2015-06-01 or at=2015-06-01T09:00:00Z."

AT = Parameter(
    "at",
    "ISO 8601 date (its midnight) or instant, UTC where no zone is written; the end of the data where not given",
    _AT,
    read_instant,
    _AT_REMEDY,
    example="2015-06-01",
)
AT_MANY = Parameter(
    "at", AT.description + "; may be repeated", _AT, read_instant, _AT_REMEDY, many=500, example="2015-06-01"
)
BIN = Parameter(
    "bin",
    "length of a bin: day, week (from Monday) or month",
    {"type": "string", "enum": ["day", "week", "month"], "default": "week"},
    _read_bin,
    "Use bin=day, bin=week or bin=month.",
    default="week",
)
MOST_ROWS = 100_000
LIMIT = Parameter(
    "limit",
    "rows in one JSON or CSV page (an Arrow stream is always whole)",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 1000},
    _whole(1, MOST_ROWS),
    f"Write a whole number from 1 to {MOST_ROWS}.",
    default=1000,
)
OFFSET = Parameter(
    "offset",
    "rows to leave out before the page",
    {"type": "integer", "minimum": 0, "maximum": 999_999_999_999, "default": 0},
    _whole(0, 999_999_999_999),
    "Write a whole number, 0 or more: the `next` of the page before.",
    default=0,
)
