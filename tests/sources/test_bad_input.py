"""Bad files: a message that says file, row, value and remedy, or a row counted; never a traceback, never a hang."""

from __future__ import annotations

import gzip
import io
import time
import zipfile

import pytest

from flowmap.eventlog import OptionError, SourceError
from flowmap.sources import ReadOptions, read
from flowmap.sources import stream as streams
from tests.sources.readable import events, example_rows, problems

HEAD = "child,event,date\n"
GOOD = "C1,Contact,2024-01-31\n"


def refused(load, content, name="log.csv", **options) -> SourceError:
    with pytest.raises(SourceError) as caught:
        load(content, name, **options)
    error = caught.value
    assert error.file == name
    assert error.remedy
    return error


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_said_to_be_empty(load, content):
    assert "empty" in refused(load, content).message


def test_one_column_is_no_event_log(load):
    assert "only one column ('child')" in refused(load, "child\nC1\nC2\n").message


@pytest.mark.parametrize("first", ["C1,Contact,2024-01-31", "1000001,Contact,31/01/2024", "12,3.5,Contact"])
def test_a_file_without_a_header_is_told_to_have_one(load, first):
    error = refused(load, first + "\n" + GOOD)
    assert "no header" in error.message
    assert error.row == 1
    assert error.value


def test_a_header_alone_is_no_log(load):
    assert "no rows" in refused(load, HEAD).message


def test_a_needed_column_that_is_there_twice_is_refused(load):
    error = refused(load, "child,event,date,child\nC1,Contact,2024-01-31,C2\n")
    assert error.value == "child"
    assert "2 times" in error.message


def test_other_columns_of_one_name_are_left_out_and_said(load):
    log = load("child,event,date,x,x\nC1,Contact,2024-01-31,a,b\nC2,Contact,2024-01-31,b,a\n")
    assert not log.attributes
    assert not log.children
    assert "more than once" in next(p for p in log.quality.problems if p.rule == "column-left-out").message


def test_ragged_rows_are_mended_where_that_is_safe_and_dropped_where_not(load):
    log = load(
        "child,event,date,team\n"
        "C1,Contact,2024-01-31,North\n"
        "C2,Contact,2024-01-31\n"  # row 3: the last column is missing, the needed ones are there
        "C3,Contact,2024-01-31,North,,\n"  # row 4: too many, but blank
        "C4,Contact, again,2024-01-31,North\n"  # row 5: which comma is too many?
        "C5,Contact\n"  # row 6: no date
        "C6,Contact,2024-01-31,South\n"
    )
    assert [c for c, _, _ in events(log)] == ["C1", "C2", "C3", "C6"]
    assert [(p.count, p.action) for p in log.quality.problems if p.rule == "ragged-row"] == [
        (2, "dropped"),
        (2, "repaired"),
    ]
    assert example_rows(log, "ragged-row") == [5, 6, 3, 4]
    assert (log.quality.rows_read, log.quality.rows_kept, log.quality.rows_dropped) == (6, 4, 2)


def test_rows_after_a_ragged_one_keep_their_numbers(load):
    log = load(HEAD + "C1,Contact,2024-01-31,x\n" + GOOD + "C2,Contact,soon\n" + "\n" + "C3,,2024-01-31\n")
    assert example_rows(log, "ragged-row") == [2]
    assert example_rows(log, "unreadable-time") == [4]
    assert example_rows(log, "blank-row") == [5]
    assert example_rows(log, "missing-event") == [6]
    assert log.quality.rows_read == log.quality.rows_kept + log.quality.rows_dropped == 5


def test_mostly_ragged_rows_are_an_error_about_the_delimiter(load):
    assert "as many columns" in refused(load, HEAD + "C1,Contact,2024-01-31,x,y\n" * 50).message


def test_rows_without_child_event_or_time_are_dropped_each_under_its_rule(load):
    log = load(
        HEAD + GOOD + ",Contact,2024-01-31\nC1,,2024-01-31\nC1,Contact,\nC1,Contact,yesterday\n  ,Contact,2024-01-31\n"
    )
    assert problems(log) == {
        "missing-child": (2, "dropped"),
        "missing-event": (1, "dropped"),
        "missing-time": (1, "dropped"),
        "unreadable-time": (1, "dropped"),
    }
    assert example_rows(log, "missing-child") == [3, 7]
    (wrong,) = [p.examples[0] for p in log.quality.problems if p.rule == "unreadable-time"]
    assert (wrong.file, wrong.place, wrong.row, wrong.value) == ("log.csv", "date", 6, "yesterday")
    assert len(log) == log.quality.rows_kept == 1


def test_dates_of_1900_and_2300_are_not_believed(load):
    log = load(
        HEAD + GOOD + "C1,Contact,1900-01-01\nC1,Contact,1899-12-30\nC2,Contact,2300-01-01\nC2,Contact,1875-05-05\n"
    )
    assert problems(log) == {"placeholder-date": (2, "dropped"), "implausible-date": (2, "dropped")}
    assert "Excel" in next(p.message for p in log.quality.problems if p.rule == "placeholder-date")
    assert log.child_ids.to_pylist() == ["C1"]  # no child without an event


def test_a_date_to_come_is_kept_and_said(load):
    log = load(HEAD + GOOD + "C1,Contact,2098-01-01\n")
    assert problems(log) == {"future": (1, "kept")}
    assert len(log) == 2


def test_a_file_of_which_no_row_is_left_says_the_commonest_reason(load):
    error = refused(load, HEAD + "C1,Contact,soon\nC1,Contact,later\n,Contact,2024-01-31\n", time="date")
    assert "cannot be read" in error.message
    assert (error.row, error.value) == (2, "soon")


def test_nul_bytes_are_taken_out_and_said_with_their_row(load):
    log = load(HEAD.encode() + GOOD.encode() + b"C2,Con\0tact,2024-01-31\n" + GOOD.encode() * 5)
    assert problems(log) == {"nul-bytes": (1, "repaired")}
    assert example_rows(log, "nul-bytes") == [3]
    assert log.stations == ("Contact",)


def test_a_gzip_cut_short_is_refused(load):
    whole = gzip.compress((HEAD + "".join(f"C{i * 7919 % 9973},Contact,2024-01-31\n" for i in range(9999))).encode())
    assert "cut short" in refused(load, whole[: len(whole) // 2], "log.csv.gz").message


def test_a_damaged_gzip_is_refused(load):
    whole = bytearray(
        gzip.compress((HEAD + "".join(f"C{i * 7919 % 9973},Contact,2024-01-31\n" for i in range(99))).encode())
    )
    whole[30:60] = b"x" * 30
    assert "damaged" in refused(load, bytes(whole), "log.csv.gz").message


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(load, monkeypatch):
    monkeypatch.setattr(streams, "FREE_BYTES", 1 << 20)
    bomb = gzip.compress(HEAD.encode() + b"C1,Contact,2024-01-31\n" * 2_000_000)
    assert "250 times" in refused(load, bomb, "log.csv.gz").message


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("before", [b"", HEAD.encode() + GOOD.encode() * 100_000])
def test_an_endless_line_is_refused(load, before, zipped):
    content = before + b"x" * 5_000_000
    content = gzip.compress(content) if zipped else content
    assert "longer than a megabyte" in refused(load, content).message


def test_a_two_gigabyte_line_is_refused_at_once(tmp_path):
    path = tmp_path / "log.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode() + GOOD.encode() + b"C1,")
        file.truncate(2 << 30)  # a hole full of NUL bytes: no disk is used
    started = time.monotonic()
    with pytest.raises(SourceError):
        read(path)
    assert time.monotonic() - started < 30  # a bomb would take minutes


def test_a_quotation_mark_that_is_not_closed_is_refused_with_its_row(load):
    text = HEAD + GOOD * 3 + 'C1,"Contact,2024-01-31\n' + GOOD * 3 + 'C1,Contact",2024-01-31\n' + GOOD
    assert refused(load, text).row == 5


def test_a_quotation_mark_never_closed_in_a_big_file_does_not_lose_rows_silently(load):
    text = HEAD + 'C1,"Contact,2024-01-31\n' + GOOD * 300_000
    assert "quotation mark" in refused(load, text).message


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(SourceError, match="folder"):
        read(tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 99, "PNG"),
        (b"\xff\xd8\xff\xe0" + b"\0\1\2" * 99, "JPEG"),
        (b"%PDF-1.7\n" + b"\0\1\2" * 99, "PDF"),
        (bytes(range(256)) * 40, "binary"),
        (b"\1\2\3\4\5\6\7\x0e" * 100, "binary"),
    ],
)
def test_a_picture_or_another_binary_file_called_csv_is_refused(load, content, said):
    assert said in refused(load, content).message


def test_a_zip_archive_is_refused(load):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("log.csv", HEAD + GOOD)
    assert "zip" in refused(load, buffer.getvalue(), "log.zip").message


def test_json_is_not_recognised(load):
    assert "not recognised" in refused(load, '{"child": 1}', "log.json").message


def test_of_two_files_the_bad_one_is_named(write):
    good, bad = write(HEAD + GOOD, "good.csv"), write("child\nC1\n", "bad.csv")
    with pytest.raises(SourceError) as caught:
        read([good, bad])
    assert caught.value.file == "bad.csv"


def test_wrong_options_are_wrong_usage(write):
    path = write(HEAD + GOOD)
    for options in ({"format": "tea"}, {"timezone": "Mars/Base"}, {"times": "middle"}, {"case": "nobody"}):
        with pytest.raises(OptionError) as caught:
            read(path, ReadOptions(**options))
        assert caught.value.remedy
    with pytest.raises(OptionError):
        read([])


def test_an_event_column_with_a_new_value_in_every_row_is_refused(load):
    rows = "".join(f"C1,E{i},2024-01-31\n" for i in range(10_001))
    assert "--event" in refused(load, HEAD + rows, event="event").remedy
