"""Who is whose sibling: read from a column by its name, known in the log, and in no dataset."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flowmap.build import build
from flowmap.eventlog import EventLog
from flowmap.sources import read
from flowmap.web import create_app
from tests.sources.readable import problems

Load = Callable[..., EventLog]
Write = Callable[..., Path]

HEAD = "child,event,date,"


def siblings(log: EventLog) -> set[frozenset[object]]:
    """The children of each family; those of whom none is known are left out."""
    if log.family is None:
        return set()
    found: dict[int, set[object]] = {}
    for who, family in zip(log.child_ids.to_pylist(), log.family.tolist(), strict=True):
        if family >= 0:
            found.setdefault(family, set()).add(who)
    return {frozenset(together) for together in found.values()}


def rows(*lines: str) -> str:
    """`child value` of each line as a row of a CSV, a day after the other."""
    pairs = [line.partition(" ")[::2] for line in lines]
    return "".join(f"{who},Contact,2024-01-{day + 1:02},{value}\n" for day, (who, value) in enumerate(pairs))


@pytest.mark.parametrize(
    "name",
    [
        "family",
        "Family ID",
        "FamilyNumber",
        "family_ref",
        "household",
        "Household-ID",
        "sibling group",
        "fami_family_id",
    ],
)
def test_a_column_of_families_is_known_by_its_usual_names(load: Load, name: str) -> None:
    log = load(HEAD + name + "\n" + rows("A F1", "B F2", "C F1", "A F1", "D "))
    assert siblings(log) == {frozenset("AC"), frozenset("B")}
    assert log.family is not None
    assert log.family[log.child_ids.to_pylist().index("D")] == -1
    assert f"log.csv: '{name}' is the family (siblings; not kept)." in log.recognised
    assert not log.attributes
    assert not log.children


def test_the_first_family_known_of_a_child_counts_and_another_is_said_without_its_number(load: Load) -> None:
    log = load(HEAD + "family\n" + rows("A ", "A F17", "B F29", "A F29", "C F29"))
    assert siblings(log) == {frozenset("A"), frozenset("BC")}
    assert problems(log) == {"family-differs": (1, "kept")}
    (said,) = [p for p in log.quality.problems if p.rule == "family-differs"]
    assert said.examples[0].row == 5
    assert "F29" not in repr(log.quality)


def test_a_kind_of_family_that_many_children_share_is_a_fact_like_any_other(load: Load) -> None:
    kinds = [("two parents", "single parent")[i % 2] for i in range(26)]
    log = load(HEAD + "family\n" + rows(*(f"C{i} {kind}" for i, kind in enumerate(kinds))))
    assert log.family is None
    fact = log.children["family"]
    assert [fact.values[code] for code in fact.codes] == kinds  # type: ignore[union-attr]
    assert not any("'family'" in said for said in log.recognised)


def test_families_of_twelve_are_families_and_of_thirteen_are_a_kind(load: Load) -> None:
    def of(size: int) -> EventLog:
        return load(HEAD + "family\n" + rows(*(f"C{i} {'xy'[i // size]}" for i in range(2 * size))))

    assert sorted(map(len, siblings(of(12)))) == [12, 12]
    assert siblings(of(13)) == set()
    assert list(of(13).children) == ["family"]


def test_a_number_that_stands_for_no_family_makes_nobody_siblings(load: Load) -> None:
    body = "".join(f"C{i},Contact,2024-01-31,{0 if i < 41 else i // 2}\n" for i in range(100))
    log = load(HEAD + "family_no\n" + body)
    assert {len(together) for together in siblings(log)} == {1, 2}  # C41 alone of its pair, and 29 pairs
    assert problems(log) == {"family-too-large": (41, "kept")}
    body = "".join(f"C{i},Contact,2024-01-31,{0 if i < 40 else i // 2}\n" for i in range(100))
    assert max(len(together) for together in siblings(load(HEAD + "family_no\n" + body))) == 40


def test_the_better_name_wins_and_the_other_column_of_families_is_left_out(load: Load) -> None:
    log = load(HEAD + "household,family_id\n" + rows("A H1,F1", "B H1,F2", "C H2,F1"))
    assert siblings(log) == {frozenset("AC"), frozenset("B")}
    assert not log.children
    assert not log.attributes
    assert problems(log) == {"column-left-out": (1, "note")}


def test_two_columns_of_families_as_good_as_each_other_are_both_left_out(load: Load) -> None:
    log = load(HEAD + "family_id,family_no\n" + rows("A 1,2", "B 1,3", "C 2,2"))
    assert log.family is None
    assert not log.children
    assert not log.attributes


def test_a_column_of_families_under_the_name_that_process_mining_gives_it_makes_no_facet(load: Load) -> None:
    log = load("case:concept:name,concept:name,time:timestamp,case:family_id\n" + rows("A F1", "B F2", "C F1"))
    assert "case:family_id" not in log.children | log.attributes
    assert problems(log) == {"column-left-out": (1, "note")}


def test_a_column_of_families_that_is_there_twice_is_left_out_and_the_file_is_read(load: Load) -> None:
    log = load(HEAD + "family,family\n" + rows("A 1,2", "B 1,3", "C 2,2"))
    assert log.family is None
    assert len(log) == 3
    assert not log.children


def test_where_families_are_the_cases_they_are(load: Load) -> None:
    log = load("family_id,event,date\nF1,Contact,2024-01-31\nF2,Contact,2024-02-01\nF1,Referral,2024-02-01\n")
    assert log.child_ids.to_pylist() == ["F1", "F2"]
    assert log.family is None
    told = load(HEAD + "family_id\n" + rows("A F1", "B F2", "C F1"), case="family_id")
    assert told.child_ids.to_pylist() == ["F1", "F2"]


def test_families_are_read_from_every_kind_of_table(load: Load, write: Write, tmp_path: Path) -> None:
    table = {
        "child": ["A", "B", "C"],
        "event": ["Contact"] * 3,
        "date": ["2024-01-31"] * 3,
        "family": [12, None, 12],
    }
    pq.write_table(pa.table(table), tmp_path / "log.parquet")
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [tuple(table), *zip(*table.values(), strict=True)]:
        book.active.append(row)
    book.save(tmp_path / "log.xlsx")
    traces = "".join(
        f'<trace><string key="concept:name" value="{who}"/>{family}'
        '<event><string key="concept:name" value="Contact"/><date key="time:timestamp" value="2024-01-31T00:00:00Z"/>'
        "</event></trace>"
        for who, family in (("A", '<int key="family" value="12"/>'), ("B", ""), ("C", '<int key="family" value="12"/>'))
    )
    write(f"<log>{traces}</log>", "log.xes")
    for name in ("log.parquet", "log.xlsx", "log.xes"):
        log = read(tmp_path / name)
        assert siblings(log) == {frozenset("AC")}, name
        assert not log.children, name
        assert not log.attributes, name


class TestSeveralFiles:
    def test_the_same_number_in_two_files_is_not_the_same_family(self, write: Write) -> None:
        one = write(HEAD + "family\n" + rows("A 1", "B 1"), "one.csv")
        two = write(HEAD + "family\n" + rows("C 1", "D 1", "E 2"), "two.csv")
        assert siblings(read([one, two])) == {frozenset("AB"), frozenset("CD"), frozenset("E")}

    def test_families_that_share_a_child_are_one(self, write: Write) -> None:
        one = write(HEAD + "family\n" + rows("A 1", "B 1", "X 2"), "one.csv")
        two = write(HEAD + "family\n" + rows("B f", "C f", "Y g", "Z "), "two.csv")
        three = write(HEAD + "family\n" + rows("C u", "D u", "Y v", "X w"), "three.csv")
        assert siblings(read([one, two, three])) == {frozenset("ABCD"), frozenset("X"), frozenset("Y")}

    def test_a_file_that_knows_no_families_takes_none_away(self, write: Write) -> None:
        one = write(HEAD + "sex\n" + rows("A F", "B M", "C F"), "one.csv")
        two = write(HEAD + "family\n" + rows("C 1", "A 1"), "two.csv")
        assert siblings(read([one, two])) == {frozenset("AC")}


class TestDataset:
    """Neither a family's number nor its column is in what is built and served."""

    @pytest.fixture
    def folder(self, write: Write, tmp_path: Path) -> Path:
        path = write(HEAD + "sex,family_id\n" + rows("A F,QX7731", "B M,QX7731", "C F,QX9982", "A F,QX9982", "D M,"))
        build([path], tmp_path / "made" / "built")
        return tmp_path / "made" / "built"

    def test_no_file_holds_a_familys_number(self, folder: Path) -> None:
        files = [path for path in folder.parent.rglob("*") if path.is_file()]
        assert {"dataset.json", "quality.json", "children.arrow", "built.key.csv"} <= {path.name for path in files}
        assert [path.name for path in files if b"QX" in path.read_bytes()] == []

    def test_no_table_has_a_column_of_families(self, folder: Path) -> None:
        names = [facet["key"] for facet in json.loads((folder / "dataset.json").read_text())["facets"]]
        for table in ("journeys", "children", "transitions"):
            with pa.OSFile(str(folder / f"{table}.arrow")) as file:
                names += pa.ipc.open_file(file).schema.names
        assert "sex" in names
        assert [name for name in names if "family" in name] == []

    def test_the_quality_report_names_the_column_only_to_say_that_it_is_not_kept(self, folder: Path) -> None:
        told = json.loads((folder / "quality.json").read_text())
        said = {text for text in texts(told) if "family_id" in text}
        assert said == {"log.csv: 'family_id' is the family (siblings; not kept)."}
        assert "family-differs" in set(texts(told))

    @pytest.mark.parametrize(
        "address", ["", "/journeys", "/transitions", "/cohort", "/summary", "/quality", "/children/0", "/children/1"]
    )
    def test_the_interface_gives_no_familys_number(self, folder: Path, address: str) -> None:
        answer = create_app({"built": folder}).test_client().get(f"/api/datasets/built{address}")
        assert answer.status_code == 200
        assert b"QX" not in answer.data


def texts(node: object) -> Iterator[str]:
    """Every text in parsed JSON."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from texts(inner)
