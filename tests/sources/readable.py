"""Event logs as plain lists, so that a test can say what it expects."""

from __future__ import annotations

from datetime import UTC, datetime

from flowmap.eventlog import NO_TIME, EventLog


def events(log: EventLog) -> list[tuple[object, str, str]]:
    """(child, station, time) of each event, readable."""
    ids = log.child_ids.to_pylist()
    return [
        (ids[c], log.stations[s], iso(t)) for c, s, t in zip(log.child, log.station, log.time.tolist(), strict=True)
    ]


def iso(ms: int) -> str:
    """A time without needless parts."""
    if ms == NO_TIME:
        return "-"
    text = datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return text.removesuffix("T00:00:00")


def problems(log: EventLog) -> dict[str, tuple[int, str]]:
    """rule -> (count, action), notes on what was recognised left out."""
    return {p.rule: (p.count, p.action) for p in log.quality.problems if p.rule != "recognised"}


def example_rows(log: EventLog, rule: str) -> list[int | None]:
    """The rows of a rule's examples."""
    return [e.row for p in log.quality.problems if p.rule == rule for e in p.examples]
