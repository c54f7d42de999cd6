"""The legal department's workbook: read back as it was; and with fakes, its errors are as many as were asked for."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pyarrow as pa

from flowmap.export.proceedings import BY_ID, BY_NAME, Errors, write
from flowmap.export.proceedings_people import fake_identities
from flowmap.sources import ReadOptions, proceedings, roster
from flowmap.sources.head import look
from flowmap.sources.options import silent
from tests.linkage import authority

AS_OF = authority.LAST * authority.DAY
KEPT = ("child", "application", "final", "order", "case")


def rows_of(path: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]  # type: ignore[union-attr]


def known(table: pa.Table) -> list[tuple[object, ...]]:
    """The records as a legal department knows them on the last day: an order made later is not there."""
    last = dt.datetime.fromtimestamp(AS_OF / 1000, tz=dt.UTC).replace(tzinfo=None)
    found = []
    for r in table.select(KEPT).to_pylist():
        if r["application"] <= last:
            made = r["final"] is not None and r["final"] <= last
            found.append(
                (r["child"], r["application"], r["final"] if made else None, r["order"] if made else None, r["case"])
            )
    return sorted(found, key=str)


def test_what_is_written_with_ids_comes_back_as_it_was(tmp_path: Path) -> None:
    tables = authority.tables(children=2_000, cases=80)
    (path,) = write(tables, tmp_path, AS_OF)
    assert rows_of(path)[0] == BY_ID
    assert isinstance(rows_of(path)[1][2], dt.datetime)
    assert proceedings.sniff(look(path))
    (part,) = proceedings.link([proceedings.records(look(path), ReadOptions(), silent)], ReadOptions(), silent)
    back = [tuple(r.values()) for r in part.tables["proceedings"].select(KEPT).to_pylist()]
    assert sorted(back, key=str) == known(tables["proceedings"])
    assert len(back) > 100


def test_nothing_to_write_is_a_header(tmp_path: Path) -> None:
    (path,) = write({}, tmp_path / "new", AS_OF)
    assert rows_of(path) == [BY_ID]


def test_errors_are_as_many_as_asked_for_and_the_truth_lies_beside(tmp_path: Path) -> None:
    tables = authority.tables(children=20_000, cases=830)
    names = fake_identities(tables["person"])
    clean, _, truth = write(tables, tmp_path / "clean", AS_OF, names, None)
    wrong, listed, _ = write(tables, tmp_path / "wrong", AS_OF, names, Errors(absent=0.05, seed=3))
    before, after = rows_of(clean), rows_of(wrong)
    assert before[0] == after[0] == BY_NAME
    size = len(before) - 1
    differ = {
        name: sum(a[at] != b[at] for a, b in zip(before[1:], after[1:], strict=True)) / size
        for at, name in enumerate(BY_NAME)
    }
    assert 0.07 < differ["Surname"] < 0.13
    assert 0.003 < differ["Date of birth"] < 0.03  # of 3%, those that have another date when swapped
    assert 0.02 < differ["Date of final order"] < 0.08  # of 5%, those that have one
    assert differ["Case number"] == differ["Date of application"] == differ["Order made"] == 0
    with truth.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    surname = dict(zip(names["child"], names["surname"], strict=True))
    assert [surname[line["child"]] for line in lines] == [row[1] for row in before[1:]]
    people = roster.records(look(listed), ReadOptions(), silent)
    assert people.report.rows_read < len(names)
    assert roster.sniff(look(listed))


def test_fakes_are_as_uneven_as_real_names_and_siblings_share_them() -> None:
    person = authority.tables(children=20_000, cases=10)["person"]
    names = fake_identities(person)
    assert fake_identities(person).equals(names)
    share = names["surname"].value_counts(normalize=True)
    assert share.index[0] == "Smith"
    assert 0.008 < share.iloc[0] < 0.05
    assert len(share) > 1_000
    family = person.column("family").to_pandas()
    siblings = family.duplicated(keep=False)
    same = names["surname"][siblings].groupby(family[siblings]).nunique()
    assert 0.6 < (same == 1).mean() < 0.95
