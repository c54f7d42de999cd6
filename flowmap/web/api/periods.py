"""Event bands: an inspection, a new policy, anything with a first and a last day."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import date
from typing import Any

from flowmap.web import saving, schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, Rows
from flowmap.web.routes import Call

COLUMNS = ("id", "label", "from", "to", "kind")
LENGTHS = {"id": 60, "label": 120, "kind": 40}
MOST = 200


def _wrong(element: str, why: str, remedy: str) -> Refusal:
    return Refusal(400, f"{element}: {why}", element, remedy)


def _text(period: dict[str, Any], key: str, where: str) -> str:
    value = period[key]
    if not isinstance(value, str):
        raise _wrong(f"{where}.{key}", "is not a text", "Send it as a JSON string.")
    least = 0 if key == "kind" else 1
    if not least <= len(value.strip()) or len(value) > LENGTHS[key] or any(ord(letter) < 32 for letter in value):
        remedy = f"Write {least} to {LENGTHS[key]} characters on one line."
        raise _wrong(f"{where}.{key}", f"{value[:80]!r} is empty, too long or has a line break", remedy)
    return value.strip()


def _day(period: dict[str, Any], key: str, where: str) -> str:
    value = period[key]
    written = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII)
    with contextlib.suppress(ValueError):
        if written:
            return date.fromisoformat(value).isoformat()
    raise _wrong(f"{where}.{key}", f"{str(value)[:80]!r} is not a day", "Write it as 2017-03-13.")


def _period(period: Any, where: str) -> dict[str, str]:
    if not isinstance(period, dict):
        raise _wrong(where, "is not an object", "Send id, label, from, to and kind for each period.")
    for key in COLUMNS:
        if key not in period:
            raise _wrong(f"{where}.{key}", "is missing", "Send id, label, from, to and kind for each period.")
    for key in period:
        if key not in COLUMNS:
            raise _wrong(
                f"{where}.{str(key)[:40]}", "is not part of a period", "Send id, label, from, to and kind only."
            )
    checked = {key: _text(period, key, where) for key in ("id", "label")}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", checked["id"], re.ASCII):
        raise _wrong(f"{where}.id", f"{checked['id']!r} is not an id", "Use letters, digits, - and _.")
    checked |= {key: _day(period, key, where) for key in ("from", "to")}
    if checked["to"] < checked["from"]:
        raise _wrong(f"{where}.to", f"{checked['to']} is before {checked['from']}", "Put the first day in `from`.")
    return checked | {"kind": _text(period, "kind", where)}


def check(body: Any) -> list[dict[str, str]]:
    """The periods of a body, in order of their first day.

    Raises: Refusal 400 that names the element, such as `periods[2].from`.
    """
    if not isinstance(body, list):
        raise _wrong("periods", "the body is not a list", "Send a JSON list of periods.")
    if len(body) > MOST:
        raise _wrong("periods", f"there are {len(body)}", f"Send at most {MOST}.")
    periods = [_period(period, f"periods[{index}]") for index, period in enumerate(body)]
    seen: set[str] = set()
    for index, period in enumerate(periods):
        if period["id"] in seen:
            raise _wrong(
                f"periods[{index}].id", f"{period['id']!r} is there twice", "Give each period an id of its own."
            )
        seen.add(period["id"])
    return sorted(periods, key=lambda period: (period["from"], period["to"], period["id"]))


def show(call: Call) -> list[dict[str, str]]:
    """The periods as stored."""
    return call.dataset.periods()


def change(call: Call) -> list[dict[str, str]]:
    """Store new periods in place of the old ones."""
    periods = check(call.body)
    with saving.alone(call.dataset.folder):
        saving.save(call.dataset.folder / "periods.json", json.dumps(periods, ensure_ascii=False, indent=2) + "\n")
    return periods


def rows(_: Call, periods: list[dict[str, str]]) -> Rows:
    """As a table."""
    return COLUMNS, periods


_PATH = "/datasets/<dataset>/periods"
OPERATIONS = (
    Operation("periods", _PATH, show, "Event bands of the timeline", schemas.PERIODS, parts=(DATASET,), rows=rows),
    Operation(
        "change_periods",
        _PATH,
        change,
        "Replace the event bands; stored with the dataset",
        schemas.PERIODS,
        method="PUT",
        parts=(DATASET,),
        takes=schemas.PERIODS,
    ),
)
