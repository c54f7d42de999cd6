"""What a user may say about the files; whatever is left out is recognised, or asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flowmap.eventlog import OptionError

Progress = Callable[[str, float], None]
"""Called with the stage (a few words) and how much of it is done, 0 to 1."""


@dataclass(frozen=True)
class ReadOptions:
    """Options of a build that concern reading. Column names are as the file writes them.

    `dayfirst`: None = the whole column decides. `timezone`: the zone of times without an offset.
    `times`: where a visit has a start and an end, the event is its "start" (default) or its "end".
    `links`: the file in which a person decides on doubtful links of care proceedings to children.
    """

    format: str | None = None
    case: str | None = None
    event: str | None = None
    time: str | None = None
    end: str | None = None
    dayfirst: bool | None = None
    timezone: str | None = None
    times: Literal["start", "end"] = "start"
    links: Path | None = None

    def zone(self) -> ZoneInfo | None:
        """The time zone, or OptionError where there is none of that name."""
        if self.timezone is None:
            return None
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise OptionError(
                f"There is no time zone called {self.timezone!r}.", remedy="Give a name such as Europe/London or UTC."
            ) from None


def silent(stage: str, done: float) -> None:
    """A Progress that says nothing."""
