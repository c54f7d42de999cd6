"""`flowmap summary`: the prototype's facts by a second computation, and any log's."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from flowmap.build import build
from flowmap.cohort import parse
from flowmap.dataset import Dataset, iso
from flowmap.eventlog import EventLog, SourceFile
from flowmap.summary import summary
from tests import plain
from tests.logs import EXITS, built, dataset_of, log, measured


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "prototype_2018" / "cases-synthetic.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def journeys(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """The prototype's journeys in a few lines of plain Python: rows by child and path, in the file's order of days."""
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["date"]):
        found[row["child_id"], row["path_N"]].append(row)
    return list(found.values())


@pytest.fixture(scope="module")
def data(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    column = {name: [row[name] for row in rows] for name in rows[0]}
    events = EventLog.from_columns(
        column["child_id"],
        column["node"],
        np.array(column["date"], dtype="datetime64[ms]"),
        case=[int(n) for n in column["path_N"]],
        date_only=True,
        origin=[SourceFile("cases-synthetic.csv", "prototype", len(rows))],
    )
    return build(events, tmp_path_factory.mktemp("prototype") / "year")


def test_the_prototypes_year_has_its_published_facts(data: Dataset) -> None:
    found = summary(data)
    assert (found["events"], found["cases"], found["journeys"], found["open"]) == (65_366, 16_088, 21_246, 1_566)
    assert sum(t["count"] for t in found["transitions"]) == 44_120
    assert sum(t["same_day"] for t in found["transitions"]) == 25_219
    commonest = found["transitions"][0]
    assert (commonest["from"], commonest["to"], commonest["count"]) == ("contact", "referral", 11_323)


def test_every_edge_of_the_prototypes_year_is_that_of_a_second_computation(
    data: Dataset, journeys: list[list[dict[str, str]]]
) -> None:
    edges: dict[tuple[str, str], list[int]] = defaultdict(list)
    for path in journeys:
        for a, b in zip(path, path[1:], strict=False):
            days = (date.fromisoformat(b["date"]) - date.fromisoformat(a["date"])).days
            edges[a["node"], b["node"]].append(days)
    found = summary(data)["transitions"]
    assert {(t["from"], t["to"]): (t["count"], t["same_day"], t["median_hours"]) for t in found} == {
        edge: (len(days), days.count(0), 24 * statistics.median(days)) for edge, days in edges.items()
    }
    assert [t["count"] for t in found] == sorted((len(days) for days in edges.values()), reverse=True)


def test_the_other_facts_of_the_prototypes_year_are_those_of_a_second_computation(
    data: Dataset, rows: list[dict[str, str]], journeys: list[list[dict[str, str]]]
) -> None:
    found = summary(data)
    assert found["events_by_station"] == Counter(row["node"] for row in rows)
    assert found["stations"] == len({row["node"] for row in rows})
    assert (found["first"][:10], found["last"][:10]) == (min(r["date"] for r in rows), max(r["date"] for r in rows))
    paths = Counter(tuple(row["node"] for row in path) for path in journeys)
    assert [(v["count"], v["path"]) for v in found["variants"]] == [
        (n, list(p)) for p, n in sorted(paths.items(), key=lambda item: (-item[1], item[0]))[:20]
    ]
    twice = {child for (child, _), n in Counter((r["child_id"], r["node"]) for r in rows).items() if n > 1}
    assert found["repeat_cases"] == len(twice) == data.meta["counts"]["repeat_cases"]


@pytest.mark.parametrize("day", ["2014-12-31", "2015-01-01", "2015-06-01", "2015-12-31", "2016-01-01"])
def test_who_is_active_in_the_prototypes_year_is_that_of_a_second_computation(
    data: Dataset, journeys: list[list[dict[str, str]]], day: str
) -> None:
    where: Counter[str] = Counter()
    for path in journeys:
        ended = path[-1]["node"].startswith("exit_") and path[-1]["date"] < day
        if path[0]["date"] <= day <= "2015-12-31" and not ended:
            where[[row["node"] for row in path if row["date"] <= day][-1]] += 1
    at = int(np.datetime64(day, "s").astype(np.int64))
    (active,) = summary(data, instants=[at])["active"]
    assert active == {"at": f"{day}T00:00:00Z", "count": sum(where.values()), "at_station": dict(where)}


def test_a_cohort_has_the_facts_of_its_journeys_alone(data: Dataset, journeys: list[list[dict[str, str]]]) -> None:
    found = summary(data, parse("visit=1+", data.facets).mask(data))
    again = [path for path in journeys if path[0]["path_N"] != "0"]
    assert found["journeys"] == len(again)
    assert found["cases"] == len({path[0]["child_id"] for path in again})
    assert found["events"] == sum(len(path) for path in again)


@settings(max_examples=60, deadline=None)
@given(measured(cases=True))
def test_the_facts_of_any_log_are_those_of_the_plain_rules(case: tuple[EventLog, bool, int]) -> None:
    events, exits, seed = case
    declared = EXITS if exits else ()
    with dataset_of(events, exits) as built_data:
        found: dict[str, Any] = summary(built_data, instants=[int(events.time[seed % len(events)]) // 1000])
    expected = plain.journeys(events, declared)
    reached = Counter((j.child, station) for j in expected for station in j.path)
    assert found["cases"] == len({j.child for j in expected})
    assert found["journeys"] == len(expected)
    assert found["events"] == len(events)
    assert found["events_by_station"] == Counter(station for j in expected for station in j.path)
    assert found["stations"] == len({station for j in expected for station in j.path})
    assert found["repeat_cases"] == len({child for (child, _), n in reached.items() if n > 1})
    assert found["open"] == sum(plain.is_open(j, declared) for j in expected)
    assert (found["first"], found["last"]) == (iso(min(j.start for j in expected)), iso(max(j.end for j in expected)))
    paths = Counter(tuple(j.path) for j in expected)
    assert found["variants"] == [
        {"path": list(p), "count": n} for p, n in sorted(paths.items(), key=lambda item: (-item[1], item[0]))[:20]
    ]
    (active,) = found["active"]
    last = max(j.end for j in expected)
    at = int(events.time[seed % len(events)]) // 1000
    assert active["at_station"] == dict(plain.active(expected, declared, last, at))


def test_a_cohort_that_keeps_nothing_has_facts_of_nothing(tmp_path: Path) -> None:
    empty = built(log([("a", "contact", 0), ("a", "nfa", 1000)]), tmp_path)
    found = summary(empty, np.zeros(1, dtype=bool), [0])
    assert (found["cases"], found["events"], found["variants"], found["transitions"]) == (0, 0, [], [])
    assert found["active"][0]["count"] == 0
    assert json.dumps(found)
