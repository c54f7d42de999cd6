"""What was wrong with the rows, and the two errors that a person may meet.

Nothing is lost silently: a row that does not become part of an event is counted under a rule with
the action "dropped", so that rows read = rows kept + rows dropped at all times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Action = Literal["kept", "repaired", "dropped", "note"]
Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")  # the worst first
SEVERITY_OF: dict[Action, Severity] = {"dropped": "error", "repaired": "warning", "kept": "warning", "note": "note"}
# Rows that are dropped without any loss.
SEVERITY_OF_RULE: dict[str, Severity] = {
    "adopters": "note",
    "blank-row": "note",
    "duplicate-row": "warning",
    "same-record-again": "note",
    "short-break": "note",
}

# Notes that are no problem: how files were understood, and what their format cannot know.
UNDERSTOOD, CANNOT_KNOW = "recognised", "not-in-this-format"

MAX_EXAMPLES = 10
MAX_PLACES = 100_000  # of one problem, for the workbook that a team works through
MAX_VALUE_LENGTH = 80  # an example shows the value, not a page of text

# What a dataset may hold of an example's value: names of events as they are (the map has them too), codes that look
# like codes, and dates of events (the tables have them too). Of any other rule it holds the file and the row alone:
# a date of birth or death, an identifier and a text never get in, nor what would give a date of birth away.
CODE = re.compile(r"[A-Z]{1,4}|\d{1,2}|[A-Z]{1,3}\d{1,2}[A-Z]?|\d{1,2}[A-Z]{1,2}", re.ASCII)
DATES = re.compile(r"(from |until |to |no end|\d\d/\d\d/\d{4}| |, )+", re.ASCII)
IN_A_DATASET: dict[str, re.Pattern[str]] = {
    "unknown_station": re.compile(r".*", re.DOTALL),
    "unknown-code": CODE,
    **dict.fromkeys(
        (
            "end-before-start",
            "authorised-before-start",
            "future-date",
            "icpc-without-s47",
            "s47-without-strategy",
            "plan-without-icpc",
            "closed-without-reason",
            "nfa-with-later-work",
            "overlapping-care",
            "overlapping-cp-plans",
            "care-without-legal-status",
            "legal-status-outside-care",
            "placement-outside-care",
            "referral-while-open",
        ),
        DATES,
    ),
}


class FlowmapError(Exception):
    """An error with a message for the person who meets it; never a traceback."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


class SourceError(FlowmapError):
    """The data cannot be read: says which file, which row (1-based, the header is row 1) and which value."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.file = file
        self.row = row
        self.value = None if value is None else shorten(value)

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else None,
                f"value {self.value!r}" if self.value is not None else None,
            )
            if part
        )
        said = super().__str__()
        return f"{where}: {said}" if where else said


class OptionError(FlowmapError):
    """The command was used wrongly, or needs an option that it was not given."""


@dataclass(frozen=True)
class Example:
    """One place where a problem was met. `place` is a column, sheet or element; `row` counts from 1."""

    file: str | None = None
    place: str | None = None
    row: int | None = None
    value: str | None = None


@dataclass
class Problem:
    """One rule that rows broke (or one thing worth saying), how often, and what was done about it.

    `severity` is None where it follows from the rule or from what was done (SEVERITY_OF). `about` is the list of
    records that it was met in ("Referral"), where it was met in one. `every` lists all places (columns file, place,
    row, value; at most MAX_PLACES) where somebody asked for them; it goes into the workbook, never into a dataset.
    """

    rule: str
    message: str
    count: int = 1
    action: Action = "note"
    remedy: str | None = None
    examples: list[Example] = field(default_factory=list)
    severity: Severity | None = None
    about: str | None = None
    every: pa.Table | None = field(default=None, repr=False, compare=False)

    @property
    def weight(self) -> Severity:
        """How bad it is: as the rule says, else by what was done."""
        return self.severity or SEVERITY_OF_RULE.get(self.rule) or SEVERITY_OF[self.action]

    def to_json(self) -> dict[str, Any]:
        """As in the quality report; without `every`."""
        return {
            "rule": self.rule,
            "severity": self.weight,
            "about": self.about,
            "message": self.message,
            "count": self.count,
            "action": self.action,
            "remedy": self.remedy,
            "examples": [asdict(example) for example in self.examples],
        }


@dataclass
class FileRows:
    """What became of the rows of one file: rows read = kept + repaired + dropped.

    `repaired` rows were kept with a value mended; `kept` ones were kept as they are.
    """

    file: str
    format: str = ""
    read: int = 0
    repaired: int = 0
    dropped: int = 0

    @property
    def kept(self) -> int:
        """Rows kept as they are."""
        return self.read - self.repaired - self.dropped

    def drop(self, count: int) -> None:
        """Rows that were kept are dropped after all (another file has them)."""
        self.dropped += count
        self.repaired = min(self.repaired, self.read - self.dropped)

    def to_json(self) -> dict[str, Any]:
        """As in the quality report."""
        counts = {"read": self.read, "kept": self.kept, "repaired": self.repaired, "dropped": self.dropped}
        return {"file": self.file, "format": self.format, **counts}


@dataclass
class QualityReport:
    """All problems of a log. `rows_read` counts rows (or elements) of the sources, not events.

    `files` has an entry a file, once `close` was called for it (the core does so after reading each).
    """

    rows_read: int = 0
    rows_dropped: int = 0
    problems: list[Problem] = field(default_factory=list)
    files: list[FileRows] = field(default_factory=list)

    @property
    def rows_kept(self) -> int:
        """Rows that became an event or part of one."""
        return self.rows_read - self.rows_dropped

    def add(
        self,
        rule: str,
        message: str,
        *,
        count: int = 1,
        action: Action = "note",
        remedy: str | None = None,
        examples: Iterable[Example] = (),
        file: int | None = None,
        severity: Severity | None = None,
    ) -> Problem:
        """Report `count` rows under `rule`; the same rule, message and action add up.

        With the action "dropped", `rows_dropped` grows by `count`: give each row to one rule only. `file` (a place in
        `files`) says whose rows are dropped, where the file was closed already.
        """
        if action == "dropped":
            self.rows_dropped += count
            if file is not None:
                self.files[file].drop(count)
        for problem in self.problems:
            if (problem.rule, problem.message, problem.action) == (rule, message, action):
                problem.count += count
                break
        else:
            problem = Problem(rule, message, count, action, remedy, severity=severity)
            self.problems.append(problem)
        room = MAX_EXAMPLES - len(problem.examples)
        problem.examples.extend(list(examples)[:room])
        return problem

    def close(self, file: str, form: str = "", repaired: int | None = None) -> None:
        """Put down what became of a file's rows, which are all rows of this report that no other file has.

        `repaired` counts rows with a value mended; where the reader does not say, every mended value counts as a row.
        """
        read = self.rows_read - sum(f.read for f in self.files)
        dropped = self.rows_dropped - sum(f.dropped for f in self.files)
        if repaired is None:
            mended = sum(p.count for p in self.problems if p.action == "repaired")
            repaired = max(0, mended - sum(f.repaired for f in self.files))
        self.files.append(FileRows(file, form, read, min(repaired, read - dropped), dropped))

    def merge(self, other: QualityReport) -> None:
        """Add the rows and the problems of another file's report."""
        self.files.extend(replace(f) for f in other.files)
        self.rows_read += other.rows_read
        for p in other.problems:
            mine = self.add(
                p.rule,
                p.message,
                count=p.count,
                action=p.action,
                remedy=p.remedy,
                examples=p.examples,
                severity=p.severity,
            )
            mine.about = mine.about or p.about
            mine.every = p.every if mine.every is None else mine.every

    def to_json(self) -> dict[str, Any]:
        """The report as plain dicts and lists, ready for `quality.json`."""
        return {
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_dropped": self.rows_dropped,
            "files": [f.to_json() for f in self.files],
            "problems": [p.to_json() for p in self.problems],
        }

    def worst_first(self) -> list[Problem]:
        """The problems as people read them: errors, then warnings, then notes; within each the commonest first."""
        said = (UNDERSTOOD, CANNOT_KNOW)
        problems = [p for p in self.problems if p.rule not in said]
        return sorted(problems, key=lambda p: (SEVERITIES.index(p.weight), -p.count))

    def sentences(self, rule: str) -> list[str]:
        """What was said under a rule that is no problem (UNDERSTOOD, CANNOT_KNOW)."""
        return [p.message for p in self.problems if p.rule == rule]


def may_be_kept(rule: str, value: str | None) -> bool:
    """Whether a dataset may hold this value of an example of this rule."""
    allowed = IN_A_DATASET.get(rule)
    return value is not None and allowed is not None and allowed.fullmatch(value) is not None


def shorten(value: object) -> str:
    """A value as shown in a message: one line, at most 80 characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"
