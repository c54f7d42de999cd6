"""An error of a reader, in the words of the page: what is wrong with which file, and what to choose or mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from flowmap.quality import OptionError, SourceError
from flowmap.tubemap import MapError

Problem = dict[str, Any]

# What the command line would be told by an option is a choice on the page.
QUESTIONS = {
    "--case": ("case", "Choose the column that tells children apart."),
    "--event": ("event", "Choose the column that names what happened."),
    "--time": ("time", "Choose the column that says when."),
    "--end": ("end", "Choose the column that says when it ended, or none."),
    "--dayfirst": ("dayfirst", "Choose how the dates are written."),
    "--monthfirst": ("dayfirst", "Choose how the dates are written."),
    "--timezone": ("timezone", "Write the time zone, such as Europe/London."),
    "--times": ("times", "Choose when a station is reached."),
    "--map": ("map", "Choose another map, or say which station each event means."),
}


def problem(error: BaseException) -> Problem:
    """The error as data. `questions` names the choices that answer it; `file` is the reader's name of the file."""
    if isinstance(error, MemoryError):
        return make("There is not enough memory.", "Close other programs, or bring in fewer files.")
    if isinstance(error, MapError):
        said = " ".join(str(each) for each in error.problems[:5])
        return make(f"The map cannot be used: {said}", "Mend the map file, or choose another map.", ["map"])
    message, remedy = getattr(error, "message", str(error)), getattr(error, "remedy", None) or ""
    asked = _asked(f"{message} {remedy}")
    questions = list(dict.fromkeys(QUESTIONS[option][0] for option in asked))
    if isinstance(error, OptionError):
        remedy = _in_words(asked) or remedy
    found = make(_without_options(message), remedy, questions)
    if isinstance(error, SourceError):
        found |= {"file": error.file, "row": error.row, "value": error.value}
    return found


def briefly(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Problems of a quality report without their examples, which may quote values; what was understood is left out."""
    brief = []
    for each in found:
        if each["rule"] != "recognised":
            remedy = each.get("remedy") or ""
            kept = {key: each.get(key) for key in ("rule", "message", "count", "action")}
            brief.append({**kept, "remedy": _in_words(_asked(remedy)) or remedy})
    return brief


def _asked(text: str) -> list[str]:
    """The options of the command line that a text names."""
    return [option for option in QUESTIONS if re.search(rf"{option}\b", text)]


def _in_words(options: list[str]) -> str:
    return " ".join(dict.fromkeys(QUESTIONS[option][1] for option in options))


def make(message: str, remedy: str = "", questions: list[str] | None = None) -> Problem:
    """A problem that names no place."""
    return {
        "message": message,
        "remedy": remedy,
        "questions": questions or [],
        "file": None,
        "row": None,
        "value": None,
    }


def _without_options(message: str) -> str:
    """Without the names of options in brackets, which mean nothing on the page."""
    return re.sub(r" \((?:--[a-z]+(?:, | and )?)+\)", "", message)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """`value` (text, lists, dicts, dataclasses of text) with each file's name on disk replaced by its own name."""
    if isinstance(value, str):
        for stored, shown in names.items():
            if stored in value:
                value = value.replace(stored, shown)
        return value
    if isinstance(value, list | tuple):
        return type(value)(renamed(each, names) for each in value)
    if isinstance(value, dict):
        return {renamed(key, names): renamed(each, names) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        known = {field.name: renamed(getattr(value, field.name), names) for field in fields(value) if field.init}
        return replace(value, **known)
    return value
