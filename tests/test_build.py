"""Choosing the map, and what a build says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap import tubemap
from flowmap.build import BuildOptions, build
from flowmap.eventlog import EventLog, SourceError, SourceFile
from flowmap.tubemap import MapError
from tests import plain
from tests.logs import built, dataset_of, log, measured


def days(n: int) -> np.ndarray:
    return np.arange(n) * 86_400_000


def test_the_prototypes_format_gets_the_prototypes_map(tmp_path: Path) -> None:
    events = EventLog.from_columns(["a"], ["contact"], days(1), origin=[SourceFile("f.csv", "prototype")])
    meta = build(events, tmp_path / "set").meta
    assert (meta["map"]["name"], meta["map"]["source"]) == ("prototype", "builtin")


def test_a_built_in_map_that_knows_nine_in_ten_events_is_chosen_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    stations = ["Contact"] * 5 + ["Referral"] * 4 + ["Tea break"]
    events = EventLog.from_columns(["a"] * 10, stations, days(10))
    data = build(events, tmp_path / "set", say=said.append)
    assert data.meta["map"]["name"] == "childrens-social-care"
    assert "90%" in said[-1]
    other = next(s for s in data.stations if s.label == "Other" and s.kind == "station")
    assert other.events == 1
    (problem,) = json.loads((data.path / "quality.json").read_text())["problems"]
    assert (problem["rule"], problem["action"], problem["count"]) == ("unknown_station", "kept", 1)
    assert "Tea break (1)" in problem["message"]
    assert problem["examples"][0]["value"] == "Tea break"
    assert "--map" in problem["remedy"]


def test_the_map_with_its_added_station_is_a_map_that_can_be_used_again(tmp_path: Path) -> None:
    events = log([("a", "contact", 0), ("a", "picnic", 86_400_000)])
    data = built(events, tmp_path)
    again = tubemap.load(str(data.path / "map.yaml"))
    assert [p.id for p in again.places()] == [s.id for s in data.stations]
    build(events, tmp_path / "again", BuildOptions(map=str(data.path / "map.yaml")))
    assert json.loads((tmp_path / "again" / "quality.json").read_text())["problems"] == []


def test_any_other_log_gets_a_map_of_its_own(tmp_path: Path) -> None:
    events = EventLog.from_columns([1, 1, 2, 2, 2], ["sow", "reap", "sow", "water", "reap"], days(5))
    meta = build(events, tmp_path / "set").meta
    assert (meta["map"]["source"], meta["map"]["exits"]) == ("automatic", False)
    assert {s["label"].lower(): s["events"] for s in meta["stations"]} == {"sow": 2, "water": 1, "reap": 2}
    label = [s["label"].lower() for s in meta["stations"]]
    assert {(label[r["from"]], label[r["to"]]) for r in meta["routes"]} == {
        ("sow", "reap"), ("sow", "water"), ("water", "reap"),
    }  # fmt: skip


def test_a_map_of_its_own_merges_the_rarest_and_says_so(tmp_path: Path) -> None:
    names = [f"step {n:02d}" for n in range(45) for _ in range(45 - n)]
    events = EventLog.from_columns(np.arange(len(names)) % 9, names, days(len(names)))
    data = build(events, tmp_path / "set")
    assert len(data.stations) <= 31
    assert sum(s.events for s in data.stations) == len(names)
    rules = [p["rule"] for p in json.loads((data.path / "quality.json").read_text())["problems"]]
    assert rules == ["merged_stations"]


def test_a_map_that_cannot_be_used_stops_the_build_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="no-such-map"):
        build(log([("a", "contact", 0)]), tmp_path / "set", BuildOptions(map="no-such-map"))
    assert list(tmp_path.iterdir()) == []


def test_a_log_without_events_is_an_error(tmp_path: Path) -> None:
    empty = EventLog.from_columns(
        np.array([], dtype=np.int32), np.array([], dtype=np.int32), days(0), child_ids=["a"], stations=["x"]
    )
    with pytest.raises(SourceError, match="no events"):
        build(empty, tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_progress_goes_from_nothing_to_done(tmp_path: Path) -> None:
    shares: list[float] = []
    build(log([("a", "contact", 0)]), tmp_path / "set", progress=lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1


@settings(max_examples=40, deadline=None)
@given(measured(cases=True))
def test_every_event_read_is_in_the_dataset(case: tuple[EventLog, bool, int]) -> None:
    events, exits, _ = case
    with dataset_of(events, exits) as data:
        counts, quality = data.meta["counts"], data.meta["quality"]
        assert quality["rows_read"] == quality["rows_kept"] + quality["rows_dropped"] == len(events)
        assert counts["events"] == len(events) == counts["transitions"] + counts["journeys"]
        assert sum(s.events for s in data.stations) == len(events)
        expected = plain.journeys(events)
        assert counts["children"] == len({j.child for j in expected})
        moves = sorted(
            (data.stations[r["from"]].id, data.stations[r["to"]].id, r["count"]) for r in data.meta["routes"]
        )
        tally: dict[tuple[str, str], int] = {}
        for a, b, _, _ in plain.moves(expected):
            tally[a, b] = tally.get((a, b), 0) + 1
        assert moves == sorted((a, b, n) for (a, b), n in tally.items())


def arranged(data_folder: Path, **positions: tuple[int, int]) -> None:
    """Drag stations of a built dataset's map, as the page does."""
    file = data_folder / "map.yaml"
    file.write_text(tubemap.dump(tubemap.moved(tubemap.parse(file.read_text()), positions)), encoding="utf-8")


def seats(data_folder: Path) -> dict[str, tuple[int, int] | None]:
    return {p.id: p.at for p in tubemap.parse((data_folder / "map.yaml").read_text()).places()}


def test_stations_stay_where_they_were_dragged_when_the_dataset_is_built_anew(tmp_path: Path) -> None:
    events = EventLog.from_columns([1, 1, 2, 2, 2], ["sow", "reap", "sow", "water", "reap"], days(5))
    data = build(events, tmp_path / "set")
    drawn = seats(data.path)
    column, row = drawn["sow"] or (0, 0)
    arranged(data.path, sow=(column, row + 3))
    for _ in range(2):  # the second rebuild must know it as dragged too
        data = build(events, tmp_path / "set")
        assert seats(data.path) == {**drawn, "sow": (column, row + 3)}


def test_a_map_that_is_asked_for_is_taken_as_it_is(tmp_path: Path) -> None:
    events = log([("a", "contact", 0), ("a", "nfa", 86_400_000)])
    data = built(events, tmp_path)
    drawn = seats(data.path)
    arranged(data.path, contact=(0, 6))
    assert seats(built(events, tmp_path).path) == drawn


def test_a_layout_that_no_longer_fits_is_given_up_and_said(tmp_path: Path) -> None:
    sown = EventLog.from_columns([1, 1, 2, 2], ["sow", "reap", "sow", "reap"], days(4))
    more = EventLog.from_columns([1, 1, 1, 2, 2, 2], ["sow", "water", "reap"] * 2, days(6))
    drawn = seats(build(more, tmp_path / "other").path)
    data = build(sown, tmp_path / "set")
    assert seats(data.path)["reap"] == drawn["water"]  # so that the two cannot both be kept
    arranged(data.path, sow=(2, 9))
    data = build(more, tmp_path / "set")
    assert seats(data.path) == drawn
    (problem,) = json.loads((data.path / "quality.json").read_text())["problems"]
    assert problem["rule"] == "layout-not-kept"
