"""Delimited text in the dialects that people's programs write."""

from __future__ import annotations

import gzip

import pytest

from flowmap.sources import read
from tests.sources.readable import events, example_rows, problems

PLAIN = "child,event,date\nC1,Contact,2024-01-31\nC2,Contact,2024-02-01\nC1,Referral,2024-02-01\n"
EXPECTED = [("C1", "Contact", "2024-01-31"), ("C2", "Contact", "2024-02-01"), ("C1", "Referral", "2024-02-01")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_dialect_gives_the_same_log(load, delimiter, newline, encoding):
    text = PLAIN.replace(",", delimiter).replace("\n", newline)
    log = load(text.encode(encoding))
    assert events(log) == EXPECTED
    assert (log.quality.rows_read, log.quality.rows_dropped) == (3, 0)
    assert log.date_only.all()


@pytest.mark.parametrize("members", [1, 2])
def test_gzip_is_unpacked_also_in_several_members(load, members):
    text = PLAIN.encode()
    parts = [text] if members == 1 else [text[:40], text[40:]]
    assert events(load(b"".join(gzip.compress(part) for part in parts), "log.csv.gz")) == EXPECTED


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")])
def test_letters_beyond_ascii_survive_and_the_encoding_is_said(load, encoding, said):
    log = load(PLAIN.replace("Contact", "Café – naïve").encode(encoding))
    assert log.stations[0] == "Café – naïve"
    assert any(said in sentence for sentence in log.recognised)


def test_a_file_that_stops_being_utf8_after_a_megabyte_is_read_as_windows_1252(load):
    rows = "".join(f"C{i},Contact,2024-01-31\n" for i in range(60_000))
    log = load(("child,event,date\n" + rows).encode() + "C1,Café,2024-01-31\n".encode("cp1252"))
    assert "Café" in log.stations
    assert len(log) == 60_001


def test_quotation_marks_delimiters_and_line_ends_within_values_are_kept_together(load):
    log = load(
        "child,event,date,team\n"
        '"C1","Child ""and"" family, new",2024-01-31,"North\nEast"\nC2,Contact,2024-02-01,South\n'
    )
    assert events(log) == [("C1", 'Child "and" family, new', "2024-01-31"), ("C2", "Contact", "2024-02-01")]
    assert log.children["team"].values == ("North\nEast", "South")


def test_quotation_marks_that_begin_after_the_first_megabyte_are_still_understood(load):
    rows = "".join(f"C{i},Contact,2024-01-31,North\n" for i in range(60_000))
    log = load("child,event,date,team\n" + rows + 'C1,"A, B",2024-02-01,"two\nlines"\nC2,Contact,2024-02-01,South\n')
    assert len(log) == 60_002
    assert "A, B" in log.stations


def test_excels_own_first_line_names_the_delimiter(load):
    log = load("sep=;\nchild;event;date\nC1;Contact;2024-01-31\nC1;;2024-01-31\n")
    assert events(log) == [("C1", "Contact", "2024-01-31")]
    assert example_rows(log, "missing-event") == [4]


def test_blank_lines_are_counted_and_do_not_shift_row_numbers(load):
    log = load("child,event,date\nC1,Contact,2024-01-31\n\nC2,,2024-01-31\n,,\n")
    assert problems(log) == {"blank-row": (2, "dropped"), "missing-event": (1, "dropped")}
    assert example_rows(log, "missing-event") == [4]
    assert example_rows(log, "blank-row") == [3, 5]
    assert log.quality.rows_read == 4


def test_spaces_around_values_and_names_do_not_matter(load):
    log = load(" child , event ,date\n C1 , Contact , 2024-01-31 \nC1,Contact,2024-02-01\n")
    assert events(log) == [("C1", "Contact", "2024-01-31"), ("C1", "Contact", "2024-02-01")]


def test_words_for_nothing_are_missing_values(load):
    log = load("child,event,date\nC1,Contact,2024-01-31\nNULL,Contact,2024-01-31\nC1,NaN,2024-01-31\nC1,Contact,#N/A\n")
    assert problems(log) == {
        "missing-child": (1, "dropped"),
        "missing-event": (1, "dropped"),
        "missing-time": (1, "dropped"),
    }


def test_order_of_the_file_is_kept(load):
    log = load("child,event,date\nC2,B,2024-01-31\nC1,A,2024-01-31\nC2,A,2024-01-31\n")
    assert [(c, s) for c, s, _ in events(log)] == [("C2", "B"), ("C1", "A"), ("C2", "A")]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["007", "7"], ["007", "7"]),
        (["0012", "0003"], ["0012", "0003"]),
        (["12", "3"], [12, 3]),
        (["C0000012", "C0000003"], ["C0000012", "C0000003"]),
        (["a-1", "B 2"], ["a-1", "B 2"]),
        (["-5", "5"], ["-5", "5"]),
        (["12345678901234567890123", "1"], ["12345678901234567890123", "1"]),
    ],
)
def test_identifiers_come_out_as_they_went_in(load, ids, expected):
    log = load("child,event,date\n" + "".join(f"{i},Contact,2024-01-31\n" for i in ids))
    assert [c for c, _, _ in events(log)] == expected


def test_progress_rises_to_one(write):
    seen: list[tuple[str, float]] = []
    read(write(PLAIN), progress=lambda stage, done: seen.append((stage, done)))
    shares = [done for _, done in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(0 <= done <= 1 for done in shares)


def test_the_file_is_named_without_its_folder_and_has_its_fingerprint(write):
    path = write(PLAIN)
    (origin,) = read(path).origin
    assert (origin.name, origin.format, origin.rows, origin.bytes) == ("log.csv", "csv", 3, len(PLAIN))
    # printf of PLAIN | sha256sum
    import hashlib

    assert origin.sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()
    assert str(path.parent) not in repr(read(path).quality) + repr(read(path).recognised)
