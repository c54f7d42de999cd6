"""Parquet: types as they are, nested columns left out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flowmap.eventlog import EventLog, SourceError
from tests.sources.readable import events, example_rows, problems


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


MOMENTS = [dt.datetime(2024, 1, 31, 9, 30), dt.datetime(2024, 2, 1), dt.datetime(2024, 2, 1, 12)]
SHOWN = ["2024-01-31T09:30:00", "2024-02-01", "2024-02-01T12:00:00"]
BASE = {"child": pa.array([7, 8, 7]), "event": pa.array(["A", "A", "B"])}


@pytest.mark.parametrize(
    "times",
    [
        *(pa.array(MOMENTS, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")),
        pa.array(MOMENTS, pa.timestamp("us", "UTC")),
        pa.array([t.replace(tzinfo=dt.UTC) for t in MOMENTS], pa.timestamp("ns", "Europe/London")),
        pa.array([t.isoformat() for t in MOMENTS]),
        pa.array([t.isoformat() for t in MOMENTS], pa.large_string()),
        pa.array([t.isoformat() for t in MOMENTS]).dictionary_encode(),
        pa.array([int(t.replace(tzinfo=dt.UTC).timestamp()) for t in MOMENTS]),
    ],
)
def test_times_of_any_type_are_read(load: Callable[..., EventLog], times):
    log = load(parquet(**BASE, time=times), "log.parquet")
    assert events(log) == [(7, "A", SHOWN[0]), (8, "A", SHOWN[1]), (7, "B", SHOWN[2])]
    assert not log.date_only.any()


def test_dates_are_dates(load):
    assert load(parquet(**BASE, time=pa.array([t.date() for t in MOMENTS])), "log.parquet").date_only.all()


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (pa.array(["a", "b", "a"]), ["a", "b", "a"]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([7, 8, 7], pa.uint16()), [7, 8, 7]),
        (pa.array([7.0, 8.0, 7.0]), [7, 8, 7]),
        (pa.array([b"\x01\xff", b"\x02", b"\x01\xff"]), ["01ff", "02", "01ff"]),
    ],
)
def test_identifiers_of_any_type_are_read(load, ids, expected):
    log = load(parquet(child=ids, event=BASE["event"], time=pa.array(MOMENTS)), "log.parquet")
    assert [c for c, _, _ in events(log)] == expected


def test_missing_values_are_dropped_with_rows_counted_from_one(load):
    columns = {
        "child": pa.array([7, None, 7, 7]),
        "event": pa.array(["A", "A", None, "B"]),
        "time": pa.array([*MOMENTS[:2], MOMENTS[2], None]),
    }
    log = load(parquet(**columns), "log.parquet")
    assert problems(log) == {
        "missing-child": (1, "dropped"),
        "missing-event": (1, "dropped"),
        "missing-time": (1, "dropped"),
    }
    assert example_rows(log, "missing-child") == [2]
    assert example_rows(log, "missing-time") == [4]


def test_nested_columns_are_left_out_and_facets_of_any_type_are_kept(load):
    more = {
        "codes": pa.array([[1], [2, 3], None]),
        "team": pa.array(["N", "S", "N"]).dictionary_encode(),
        "urgent": pa.array([True, False, None]),
        "age": pa.array([3.0, 4.0, 3.0]),
        "score": pa.array([1.5, 2.5, 3.5]),
        "forename": pa.array(["Ann", "Bo", "Ann"]),
    }
    log = load(parquet(**BASE, time=pa.array(MOMENTS), **more), "log.parquet")
    assert set(log.attributes) | set(log.children) == {"team", "urgent", "age"}
    said = " ".join(p.message for p in log.quality.problems if p.rule == "column-left-out")
    for name in ("'codes'", "'score'", "'forename'"):
        assert name in said


@pytest.mark.parametrize("content", [parquet(**BASE, time=pa.array(MOMENTS))[:-50], b"PAR1" + b"x" * 100 + b"PAR1"])
def test_a_damaged_file_is_refused(load, content):
    with pytest.raises(SourceError, match="damaged"):
        load(content, "log.parquet")


def test_a_file_without_rows_is_refused(load):
    empty = {"child": pa.array([], pa.int64()), "event": pa.array([], pa.string()), "time": pa.array([], pa.date32())}
    with pytest.raises(SourceError, match="no rows"):
        load(parquet(**empty), "log.parquet")
