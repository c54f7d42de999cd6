"""Council files build as event logs do: recognised by content, read together, joined with plain logs, in folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from flowmap.casework.places import STATIONS
from flowmap.cli import main
from flowmap.eventlog import EventLog, OptionError, SourceError
from flowmap.export import casefiles
from flowmap.sources import FORMATS, ReadOptions, open_files, read, recognised
from flowmap.sources.head import look
from synthetic import reference

DAY = 86_400_000
CSV_903 = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n7,01/05/2014,S,C2,N1,U4,PR1,,\n"


@pytest.fixture(scope="module")
def authority() -> EventLog:
    return reference.make(referrals_a_year=60, years=2)


@pytest.fixture(scope="module")
def folder(authority: EventLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference authority as a folder of census, looked-after return and care proceedings."""
    place = tmp_path_factory.mktemp("council")
    for form in ("cin", "ssda903", "proceedings"):
        casefiles.write(authority, place / form, form)
    (place / "readme.txt").write_text("Nothing that could be read.")
    (place / "~$lock.xlsx").write_bytes(b"lock")
    return place


def events(log: EventLog, stations: set[str]) -> set[tuple[str, int, str]]:
    ids = [str(i) for i in log.child_ids.to_pylist()]
    rows = zip(log.child.tolist(), log.time.tolist(), log.station.tolist(), strict=True)
    return {(ids[c], t // DAY, log.stations[s]) for c, t, s in rows if log.stations[s] in stations}


def test_a_folder_of_three_formats_is_one_log_joined_by_the_childs_id(authority, folder):
    log = read(folder)
    carried = set(STATIONS) - {"contact", "early_help", "strategy", "pre_proceedings"}
    expected, found = events(authority, carried), events(log, carried)
    # Of two legal statuses of one day a return has the last.
    lost = expected - found
    assert len(lost) <= 3
    assert {station for *_, station in lost} <= {"looked_after", "interim_care_order"}
    assert log.case is not None
    assert {f.format for f in log.origin} == {"cin", "ssda903", "proceedings"}


def test_what_the_formats_cannot_know_is_said(folder):
    log = read(folder)
    unknown = [p for p in log.quality.problems if p.rule == "not-in-this-format"]
    assert any("no contacts" in p.message for p in unknown)
    assert {p.message for p in unknown} <= set(log.recognised)


def test_rows_of_every_file_add_up(folder):
    report = read(folder).quality
    assert report.files
    assert all(f.read == f.kept + f.repaired + f.dropped and f.kept >= 0 for f in report.files)
    assert sum(f.read for f in report.files) == report.rows_read
    assert sum(f.dropped for f in report.files) == report.rows_dropped


def test_a_file_of_a_folder_that_is_none_of_ours_is_left_out_and_noted(folder):
    notes = open_files(folder).notes.problems
    assert [p.rule for p in notes] == ["file-left-out"]
    assert "readme.txt" in notes[0].message


def test_files_of_other_kinds_in_a_folder_are_counted_by_their_endings(tmp_path):
    (tmp_path / "Episodes.csv").write_text(CSV_903)
    for name in ("Ann Smith.docx", "census.zip", "older/census.ZIP", "Thumbs.db", "~$lock.docx", "EXPORT"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"PK")
    (note,) = open_files(tmp_path).notes.problems
    assert (note.rule, note.count) == ("file-left-out", 4)
    assert note.message == "Files of other kinds in folders are left out: no ending (1), .docx (1), .zip (2)."


def test_files_of_a_folder_are_shown_with_their_folder_because_years_are_named_alike(folder):
    names = [f.file for f in read(folder).quality.files]
    assert "903_2015/Episodes.csv" in names
    assert len(set(names)) == len(names)


def test_the_order_of_files_makes_no_difference_where_none_disagrees(folder):
    files = sorted(
        path for path in folder.rglob("*") if path.suffix in (".xml", ".csv", ".xlsx") and path.name[0] != "~"
    )
    one, two = read(files), read(files[::-1])
    assert events(one, set(one.stations)) == events(two, set(two.stations))


def test_a_plain_log_of_the_same_children_is_joined_with_its_own_journeys(folder, tmp_path):
    child = next(iter(events(read(folder), {"referral"})))[0]
    plain = tmp_path / "plain.csv"
    plain.write_text(f"child_id,event,date,visit\n{child},tea,2014-05-01,0\nx9,tea,2014-05-02,0\n")
    log = read([folder, plain])
    ids = [str(i) for i in log.child_ids.to_pylist()]
    assert ids.count(child) == 1
    assert log.case is not None
    of_child = log.child == ids.index(child)
    tea = of_child & (log.station == log.stations.index("tea"))
    assert tea.sum() == 1
    assert not np.isin(log.case[tea], log.case[of_child & ~tea]).any()


def test_a_format_can_be_named_and_one_that_is_not_there_names_those_that_are(write):
    path = write(CSV_903, "x.csv")
    assert recognised(look(path)).format.NAME == "ssda903"
    assert recognised(look(path), "csv").label == "Event log (text)"
    with pytest.raises(OptionError, match="ssda903"):
        read(path, ReadOptions(format="nonsense"))


def test_why_a_file_is_recognised_is_said_in_words(write):
    found = recognised(look(write(CSV_903, "anything.csv")))
    assert found.council
    assert "header row" in found.why


def test_every_format_has_a_name_of_its_own():
    names = [form.NAME for form in FORMATS]
    assert len(set(names)) == len(names)
    assert all(hasattr(form, "read") != hasattr(form, "records") for form in FORMATS)


def test_an_empty_folder_and_a_folder_without_data_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no file"):
        read(tmp_path / "empty")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.json").write_text("nothing")
    with pytest.raises(SourceError, match=r"No file in the folder|only one column"):
        read(tmp_path / "notes")


@pytest.mark.parametrize("form", ["cin", "ssda903", "ssd", "dfe-api", "proceedings", "annex-a"])
def test_the_command_line_writes_a_format_and_builds_it(form, tmp_path):
    run = CliRunner()
    wrote = run.invoke(
        main, ["synth", "reference", "--as", form, "-o", str(tmp_path / "in"), "--referrals", "30", "--years", "1"]
    )
    assert wrote.exit_code == 0, wrote.output
    built = run.invoke(main, ["build", str(tmp_path / "in"), "-o", str(tmp_path / "out")])
    assert built.exit_code == 0, built.output
    assert "Built" in built.output


def test_check_writes_a_workbook_to_work_through(folder, tmp_path):
    path = tmp_path / "check.xlsx"
    done = CliRunner().invoke(main, ["check", str(folder), "--excel", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("address", ["mysql://me:geheim@server/db", "https://server/cin.xml", "s3://bucket/cin.xml"])
def test_an_address_that_is_no_database_of_ours_is_not_taken_for_a_file(address):
    with pytest.raises(OptionError, match="postgresql, mssql and oracle") as refused:
        open_files(address)
    assert "geheim" not in str(refused.value)
