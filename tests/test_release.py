"""Tables that leave the room: one export, or two that differ by a filter, do not give a hidden count away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from flowmap.ask import MEASURES, Options, Question, released
from flowmap.build import build
from flowmap.cli import main
from flowmap.cohort import parse
from flowmap.dataset import Dataset
from flowmap.disclosure import Rule
from flowmap.eventlog import EventLog, OptionError
from flowmap.measures.flow import Bin
from flowmap.release import release
from flowmap.release_shapes import SHAPES
from tests.attacker import Attacker, stands_for

WAYS = (
    ("contact", "nfa"),
    ("contact", "referral", "nfa"),
    ("contact", "referral", "assessment", "nfa"),
    ("referral", "assessment", "cin", "closed"),
    ("referral", "strategy", "s47", "nfa"),
    ("referral", "strategy", "s47", "icpc", "cp"),
)
SOURCES = ("police", "school", "health", "family")
TEAMS = ("north", "south", "east")


def small_town(seed: int = 7, children: int = 90) -> EventLog:
    """Ninety children, many counts small: ways, sources and teams by chance, some children seen twice."""
    chance = np.random.default_rng(seed)
    rows: list[tuple[str, str, Any, str, str]] = []
    for number in range(children):
        day = int(chance.integers(0, 420))
        source = str(chance.choice(SOURCES, p=[0.5, 0.3, 0.15, 0.05]))
        team = str(chance.choice(TEAMS, p=[0.5, 0.4, 0.1]))
        for _ in range(1 + int(chance.random() < 0.3)):
            way = WAYS[int(chance.choice(len(WAYS), p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05]))]
            for station in way:
                rows.append((f"child {number}", station, np.datetime64("2015-01-01") + day, source, team))
                day += int(chance.integers(0, 25))
            day += 40
    child, station, time, source_of, team_of = zip(*rows, strict=True)
    sexes = {name: "FM"[int(chance.random() < 0.4)] for name in dict.fromkeys(child)}
    return EventLog.from_columns(
        list(child), list(station), np.array(time, dtype="datetime64[ms]").astype(np.int64),
        attributes={"source": list(source_of), "team": list(team_of)}, children={"sex": list(sexes.values())},
    )  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return build(small_town(), tmp_path_factory.mktemp("town") / "town")


TABLES: dict[str, Options] = {
    name: Options(facet="source") if name in ("nfa", "variation", "rereferral") else Options()
    for name in ("conversion", "durations", "enquiries", "facets", "flow", "moves", "nfa", "occupancy", "rereferral",
                 "stations", "timescales", "variation", "workload")
}  # fmt: skip
SERIES = ("flow", "workload")
ADDITIVE = ("enquiries", "facets", "flow", "moves", "nfa", "occupancy", "stations", "workload")
"""Whose figures of all are those of a cohort and those of the rest together."""


class Export:
    """Every table of one cohort: true counts, and what is printed of them, by (measure, row, column)."""

    def __init__(self, data: Dataset, cohort: str, by: Bin = "month", plain: bool = False) -> None:
        self.cohort = cohort
        self.true: dict[tuple[str, str, str], int] = {}
        self.printed: dict[tuple[str, str, str], int | str] = {}
        for name, options in TABLES.items():
            question = Question(data, parse(cohort, data.facets), by=by, options=Options() if plain else options)
            found = MEASURES[name].answer(question)
            table = released(name, question, found, Rule())
            counts = [column for column in table.columns if self.counts(name, column)]
            labels = [c for c in table.columns if c in (SHAPES[name].labels if name in SHAPES else ("at",))]
            for rows, kept in ((MEASURES[name].rows(found), self.true), (table.rows, self.printed)):
                for row in rows:
                    label = "|".join(str(row.get(c)) for c in labels)
                    kept |= {(name, label, c): row[c] for c in counts if row.get(c) is not None}
        self.true = {key: int(value) for key, value in self.true.items() if not key[1].count("|working_days")}

    @staticmethod
    def counts(name: str, column: str) -> bool:
        """Whether a column is one of counts."""
        return column != "at" if name == "occupancy" else column in SHAPES[name].counts

    def rows(self, name: str) -> dict[str, dict[str, int]]:
        """The true counts of a table by row and column."""
        found: dict[str, dict[str, int]] = {}
        for (measure, row, column), count in self.true.items():
            if measure == name:
                found.setdefault(row, {})[column] = count
        return found


def sums(export: Export) -> Iterator[tuple[list[Any], list[Any]]]:
    """What adds up in an export and across its tables, as any reader of docs/measures.md knows."""

    def cell(name: str, row: str, column: str) -> tuple[str, str, str]:
        return name, row, column

    everybody = ("journeys", "", "")
    for facet in {row.split("|")[0] for row in export.rows("facets")}:
        if not export.cohort.startswith(facet):
            yield (
                [everybody],
                [cell("facets", row, "count") for row in export.rows("facets") if row.split("|")[0] == facet],
            )
    for row in export.rows("stations"):
        yield [cell("stations", row, "reached")], [cell("stations", row, c) for c in ("left", "ended", "waiting")]
        station = row.split("|")[0]
        here = export.rows("moves")
        out = [cell("moves", m, "count") for m in here if m.split("|")[0] == station]
        came = [cell("moves", m, "count") for m in here if m.split("|")[2] == station]
        yield [cell("stations", row, "left")], out
        yield [cell("stations", row, "reached")], [cell("stations", row, "began"), *came]
        for at, places in export.rows("occupancy").items():
            if station in places:
                yield [cell("occupancy", at, station)], [cell("stations", row, "waiting")]
    yield [everybody], [cell("stations", row, "began") for row in export.rows("stations")]
    for at, places in export.rows("occupancy").items():
        yield [cell("occupancy", at, "count")], [cell("occupancy", at, c) for c in places if c != "count"]
    for name, columns in (("flow", ("stock", "arrivals", "exits")), ("workload", ("stock", "arrived", "left"))):
        last: dict[str, str] = {}
        for row in export.rows(name):
            group = row.split("|")[0] if name == "workload" else ""
            if group in last:
                before = last[group]
                for came in (before, row):  # with dates alone, who comes on the day of a row is of its stock
                    yield (
                        [cell(name, before, columns[0]), cell(name, came, columns[1])],
                        [cell(name, before, columns[2]), cell(name, row, columns[0])],
                    )
            last[group] = row
    for name, total in (("nfa", "overall"), ("variation", "None"), ("rereferral", "rate")):
        every = export.rows(name)
        whole = next(row for row in every if row.split("|")[0] == total)
        groups = [row for row in every if row.split("|")[0] == "group" or (name == "variation" and row != whole)]
        for column in ("count", "of"):
            yield [cell(name, whole, column)], [cell(name, row, column) for row in groups]
    for row in export.rows("conversion"):
        yield (
            [cell("conversion", row, "reached")],
            [cell("conversion", row, c) for c in ("went_on", "nfa", "ended", "under_way")],
        )
    for row, counts in export.rows("durations").items():
        if counts["spells"] == sum(counts[c] for c in ("completed", "open", "elsewhere")):
            yield (
                [cell("durations", row, "spells")],
                [cell("durations", row, c) for c in ("completed", "open", "elsewhere")],
            )


def learns(attacker: Attacker, export: Export, truth: dict[Any, int]) -> list[Any]:
    """Put an export before the attacker; the cells it hides because they are small."""
    zeros = {key[0] for key, shown in export.printed.items() if shown == "c" and not export.true[key]}
    small = []
    for key, count in export.true.items():
        mine, shown = (export.cohort, *key), export.printed.get(key)
        truth[mine] = count
        if shown is None:
            attacker.knows(mine)  # a row that is not there
        elif shown != "c":
            attacker.knows(mine, *stands_for(shown))
        elif count > 5:
            attacker.knows(mine, 6)
        else:
            attacker.knows(mine, 0 if key[0] in zeros or key[0] in SERIES else 1, 5)
        if 1 <= count <= 5:
            assert shown in (None, "c"), (key, shown)
            small.append(mine)
    for left, right in sums(export):
        named = [[(export.cohort, *key) for key in side] for side in (left, right)]
        for key in named[0] + named[1]:
            if key not in truth and key[1] == "journeys":
                truth[key] = sum(truth[part] for part in named[1])
        if sum(truth[k] for k in named[0]) == sum(truth[k] for k in named[1]):
            attacker.adds(*named)
    return small


def filters(data: Dataset) -> list[str]:
    """Every cohort that is one value or band of one facet."""
    found = MEASURES["facets"](Question(data, parse("", data.facets)))
    return [f"{row['facet']}={row['value']}" for row in found]


def beside(attacker: Attacker, whole: Export, part: Export, truth: dict[Any, int]) -> list[Any]:
    """What is known of an export of all beside one of a cohort: the rest; and the groups that are that cohort."""
    facet, value = part.cohort.split("=")
    rest = []
    for key in whole.true:
        if key[0] in ADDITIVE and not (key[0] == "facets" and key[1].startswith(f"{facet}|")) and key in part.true:
            mine, theirs, others = ((name, *key) for name in (whole.cohort, part.cohort, "the rest"))
            truth[others] = truth[mine] - truth[theirs]
            attacker.adds([mine], [theirs, others])
            rest.append(others)
    attacker.adds([(part.cohort, "journeys", "", "")], [("", *key) for key in whole.true if is_of(key, facet, value)])
    if facet == "source":
        for key in whole.true:
            if key[0] == "nfa" and key[1].split("|")[:2] == ["group", value]:
                over = next(k for k in part.true if k[0] == "nfa" and k[1].startswith("overall") and k[2] == key[2])
                attacker.adds([("", *key)], [(part.cohort, *over)])
    return [key for key in rest if 1 <= truth[key] <= 5]


def is_of(key: tuple[str, str, str], facet: str, value: str) -> bool:
    """Whether a cell is a facet's count of journeys of one value."""
    return key[0] == "facets" and key[1].split("|")[:2] == [facet, value]


def test_no_hidden_count_can_be_found_across_the_tables_of_any_export(town: Dataset) -> None:
    hidden = 0
    for cohort in ["", *filters(town)]:
        attacker, truth = Attacker(), dict[Any, int]()
        small = learns(attacker, Export(town, cohort), truth)
        hidden += len(small)
        assert attacker.pinned(small, truth) == [], cohort
    assert hidden > 1000  # there was something to find


def test_no_hidden_count_can_be_found_from_two_exports_that_differ_by_a_filter(town: Dataset) -> None:
    """Nor that of the children whom the filter leaves out, which is in neither."""
    whole = Export(town, "")
    for cohort in filters(town):
        attacker, truth = Attacker(), dict[Any, int]()
        part = Export(town, cohort)
        small = learns(attacker, whole, truth) + learns(attacker, part, truth)
        small += beside(attacker, whole, part, truth)
        assert attacker.pinned(small, truth) == [], cohort


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_no_hidden_count_can_be_found_from_all_that_public_mode_answers(town: Dataset, by: Bin) -> None:
    attacker, truth = Attacker(), dict[Any, int]()
    small = learns(attacker, Export(town, "", by, plain=True), truth)
    assert attacker.pinned(small, truth) == []


ROWS = [
    {"value": None, "label": "all", "count": 33, "of": 62, "share": 33 / 62, "low": 0.4, "high": 0.7, "beyond": ""},
    {"value": "a", "label": "A", "count": 31, "of": 50, "share": 0.62, "low": 0.5, "high": 0.7, "beyond": "95%"},
    {"value": "b", "label": "B", "count": 2, "of": 12, "share": 2 / 12, "low": 0.1, "high": 0.4, "beyond": ""},
]


def test_shares_and_intervals_are_of_the_counts_that_are_shown_and_what_cannot_be_protected_is_left_out() -> None:
    table = release(SHAPES["variation"], ROWS, Rule(), 40, "all journeys")
    assert table.columns == ("value", "label", "count", "of", "share", "low", "high")
    every, one, two = table.rows
    assert (every["count"], every["of"], round(every["share"], 4)) == (35, 60, 0.5833)
    assert (round(every["low"], 3), round(every["high"], 3)) == (0.457, 0.699)  # statsmodels: Wilson's of 35 in 60
    assert (one["count"], one["of"], one["share"]) == (30, 50, 0.6)
    assert [two[name] for name in ("count", "of", "share", "low", "high")] == ["c", 10, "c", "c", "c"]


def test_a_quantile_is_shown_where_more_than_the_threshold_lie_on_either_side() -> None:
    def move(count: int) -> dict[str, Any]:
        return {"from": "a", "to": str(count), "count": count, "same_day": 0, "median_hours": 26.6, "p90_hours": 81.2}

    rows = [move(count) for count in (5, 12, 13, 52, 53)]
    shown = release(SHAPES["moves"], rows, Rule(), 100, "all journeys").rows
    assert [(row["count"], row["median_hours"], row["p90_hours"]) for row in shown] == [
        (10, "c", "c"),  # 6 to 12: half of 6 is 3
        (15, 27, "c"),  # 13 to 17: half of 13 is more than 5, a tenth is not
        (50, 27, "c"),
        (55, 27, 81),  # 53 to 57: a tenth of 53 is more than 5
    ]


def test_of_a_cohort_of_few_children_no_count_is_shown() -> None:
    rows = [{"facet": "sex", "value": "F", "label": "girls", "count": 80}]
    (six,), (five,) = (release(SHAPES["facets"], rows, Rule(), n, "all journeys").rows for n in (6, 5))
    assert (six["count"], five["count"]) == (80, "c")


def test_the_first_line_of_a_csv_says_what_was_done(town: Dataset) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["measure", "facets", str(town.path), *words])

    note, columns, *_ = run("--disclose", "--cohort", "sex=F", "--threshold", "9").stdout.splitlines()
    assert note.startswith('"Disclosure control: counts of 1 to 9, and others that would reveal them, are hidden (c); ')
    assert note.endswith('Cohort: girls."')
    assert columns == "facet,value,label,count"
    told = json.loads(run("--disclose", "--json").stdout)
    assert [told["columns"], sorted(told)] == [columns.split(","), ["columns", "note", "rows"]]
    assert {row["count"] for row in told["rows"]} > {"c", 0}
    assert run("--threshold", "9").exit_code == 2
    assert "Use 5 (as the Department for Education does) to 100." in run("--disclose", "--threshold", "4").stderr


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_table_that_may_leave(town: Dataset, name: str) -> None:
    question = Question(town, parse("", town.facets), station="referral" if name == "weeks" else None)
    try:
        found = MEASURES[name].answer(question)
    except OptionError:
        pytest.skip("the town has not what it asks for")
    table = released(name, question, found, Rule())
    for row in table.rows:
        assert set(row) == set(table.columns)
        for column in table.columns:
            if name in SHAPES and column in SHAPES[name].counts:
                assert row[column] in (None, "c") or row[column] == 0 or row[column] >= 10


def test_groups_of_a_total_that_is_had_elsewhere_are_guarded() -> None:
    """27 in all is shown as 25, at most 27; two groups shown as 15, at least 13 each, would leave 1 for the third."""
    rows = [{"facet": "team", "value": v, "label": v, "count": n} for v, n in (("a", 13), ("b", 13), ("c", 1))]
    assert [row["count"] for row in release(SHAPES["facets"], rows, Rule(), 27, "all").rows] == ["c", "c", "c"]


def test_stocks_that_would_tell_who_came_are_hidden() -> None:
    """From at most 22 to at least 13, with at least 13 gone: 4 or 5 came."""
    rows = [
        {"start": "1", "stock": 22, "arrivals": 4, "exits": 13},
        {"start": "2", "stock": 13, "arrivals": 30, "exits": 40},
    ]
    first, second = release(SHAPES["flow"], rows, Rule(), 60, "all").rows
    assert (first["stock"], first["arrivals"], first["exits"]) == (20, "c", "c")
    assert (second["stock"], second["arrivals"], second["exits"]) == ("c", 30, 40)


def test_parts_of_a_row_are_guarded() -> None:
    """At most 27 reached, at least 13 left, at least 13 ended: 1 waits."""
    row = {"id": "a", "label": "A", "reached": 27, "began": 20, "left": 13, "ended": 13, "waiting": 1}
    (shown,) = release(SHAPES["stations"], [row], Rule(), 27, "all").rows
    assert [shown[name] for name in ("reached", "left", "ended", "waiting")] == [25, "c", "c", "c"]
