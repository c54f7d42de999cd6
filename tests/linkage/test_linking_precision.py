"""Precision and recall on a made-up authority whose truth is known, with the errors that legal files have."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flowmap.export.proceedings import Errors, write
from flowmap.export.proceedings_people import fake_identities
from flowmap.linkage.link import Linked, link
from flowmap.sources import ReadOptions, proceedings, roster
from flowmap.sources.head import look
from flowmap.sources.options import silent
from tests.linkage import authority


def linked_with_truth(folder: Path, seed: int, *, born: bool = True) -> tuple[Linked, dict[int, str]]:
    tables = authority.tables(children=20_000, cases=770, seed=seed)
    names = fake_identities(tables["person"], seed)
    errors = Errors(misspelt=0.10, swapped=0.03, wrong_date=0.05, absent=0.05, born=born, seed=seed)
    legal, children, truth = write(tables, folder, authority.LAST * authority.DAY, names, errors)
    one = proceedings.records(look(legal), ReadOptions(), silent).aside
    other = roster.records(look(children), ReadOptions(), silent).aside
    known = sorted(set(other.frame["child"]))
    with truth.open(encoding="utf-8") as file:
        really = {int(line["row"]): line["child"] for line in csv.DictReader(file)}
    return link([one], [other], [authority.social_care(tables, known)]), really


@pytest.mark.parametrize(("seed", "born", "least"), [(1, True, 0.95), (2, True, 0.95), (3, False, 0.85)])
def test_nearly_every_link_is_right_and_nearly_every_child_is_found(
    tmp_path: Path, seed: int, born: bool, least: float
) -> None:
    found, truth = linked_with_truth(tmp_path, seed, born=born)
    given = dict(zip(found.legal.frame["row"].tolist(), found.ids(), strict=True))
    assert 1_300 < len(given) == len(truth)
    links = {row: child for row, child in given.items() if child is not None}
    right = sum(truth[row] == child for row, child in links.items())
    there = sum(child != "" for child in truth.values())
    absent = [row for row, child in truth.items() if child == ""]
    assert 0.02 * len(truth) < len(absent) < 0.09 * len(truth)
    assert right / len(links) >= 0.995
    assert right / there >= least
    asked = set(found.legal.frame["row"].to_numpy()[found.links.candidates["row"].to_numpy(int)].tolist())
    assert not asked & set(links)
    open_to_somebody = sum(child != "" and (row in links or row in asked) for row, child in truth.items())
    assert open_to_somebody / there >= 0.97


def test_the_same_files_give_the_same_links(tmp_path: Path) -> None:
    first, _ = linked_with_truth(tmp_path / "a", 5)
    again, _ = linked_with_truth(tmp_path / "b", 5)
    assert first.ids() == again.ids()
    assert first.links.by.tolist() == again.links.by.tolist()
