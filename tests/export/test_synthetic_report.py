"""Both logs on the map that fits the real one: which map, and nothing on it that the report may not show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap import tubemap
from flowmap.eventlog import EventLog
from flowmap.export.synthetic_report import pictures, with_map
from flowmap.tubemap import MapError
from synthetic.fidelity import Options
from synthetic.reference import make
from synthetic.report import Report, build

QUICK = Options(classifier=False)


def walks(*ways: tuple[int, tuple[str, ...]]) -> EventLog:
    """So many children of each way through the stations named, a day from each to the next."""
    rows = [
        (f"{number}-{one}", station, f"2020-01-{1 + day:02}")
        for number, (children, way) in enumerate(ways)
        for one in range(children)
        for day, station in enumerate(way)
    ]
    return EventLog.from_columns(*map(list, zip(*rows, strict=True)))


def mapped(real: EventLog, made: EventLog, wanted: str | None = None) -> Report:
    return with_map(build(real, made, None, QUICK), real, made, wanted)


@pytest.fixture(scope="module")
def authority() -> EventLog:
    return make(200, 3, seed=1)


def test_the_built_in_map_is_chosen_where_it_knows_the_log(authority: EventLog):
    report = mapped(authority, authority)
    assert report.map.title == "Children's social care"
    real, made = pictures(report)
    assert "Child and" in real  # a name on the map, where the log says "assessment"
    assert real.replace("map-real", "").replace("The real log", "") == made.replace("map-synthetic", "").replace(
        "The synthetic log", ""
    )


def test_a_map_asked_for_that_is_none_is_refused(authority: EventLog):
    with pytest.raises(MapError):
        mapped(authority, authority, "nowhere.yaml")


def test_a_map_drawn_for_the_log_shows_no_station_and_no_line_of_few():
    """Nine children go by way of a station of their own, and nine more make a move that nobody else makes."""
    real = walks((40, ("desk", "visit", "done")), (9, ("desk", "secret", "done")), (9, ("visit", "desk")))
    report = mapped(real, walks((60, ("desk", "visit", "done"))))
    layout = tubemap.parse(report.map.file, "map")
    assert {place.label for place in layout.places()} == {"desk", "visit", "done"}
    assert "secret" not in "".join(pictures(report))
    assert {(row.start, row.end) for row in report.map.moves} == {("desk", "visit"), ("visit", "done")}


def test_a_report_without_a_map_or_with_a_broken_one_has_no_pictures(authority: EventLog):
    report = build(authority, authority, None, QUICK)
    assert pictures(report) is None
    report = mapped(authority, authority)
    assert pictures(replace(report, map=replace(report.map, file="stations: ["))) is None
