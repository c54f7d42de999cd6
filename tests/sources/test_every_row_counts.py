"""Any table whatever: rows read = rows kept + rows dropped, and the kept ones are those that plain Python keeps."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.sources import ids, read
from tests.sources.readable import events

CHILDREN = st.sampled_from(["C1", "C2", " C2 ", "", "NULL", "ü", 'a"b', "x,y", "0012"])
EVENTS = st.sampled_from(["Contact", "Referral", "", " Contact", "Child, and family"])
TIMES = st.sampled_from(
    ["2024-01-31", "2024-02-01", "", "soon", "1900-01-01", "2300-05-05", "1950-01-01", "2024-02-30"]
)


def kept_by_hand(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    found = []
    for child, event, time in rows:
        try:
            day = date.fromisoformat(time)
        except ValueError:
            continue
        if child.strip() not in ("", "NULL") and event.strip() and 1950 <= day.year <= 2099:
            found.append((child.strip(), event.strip(), time))
    return found


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(CHILDREN, EVENTS, TIMES), max_size=30),
    newline=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from(",;\t"),
)
def test_rows_kept_are_those_that_plain_python_keeps(rows, newline, delimiter):
    rows = [("C1", "Contact", "2024-01-31"), *rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(["child", "event", "date"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        log = read(path)
    assert [(str(c), s, t) for c, s, t in events(log)] == kept_by_hand(rows)
    assert log.quality.rows_read == len(rows)
    assert log.quality.rows_kept == len(log)
    assert log.quality.rows_dropped == sum(p.count for p in log.quality.problems if p.action == "dropped")


IDS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.integers(0, 999).map(lambda i: f"C{i:05}"),
    st.integers(0, 99).map(lambda i: f"{i:03}"),
    st.integers(10**17, 10**19).map(str),
    st.text(max_size=4),
)


@given(st.one_of(*(st.lists(kind, min_size=1, max_size=30) for kind in [*IDS.original_strategies, IDS])))
def test_identifiers_as_codes_are_the_identifiers(texts):
    codes, table = ids.encode(pa.chunked_array([texts[:7], texts[7:]], pa.string()))
    names = [str(v) for v in table.to_pylist()]
    stripped = [stripped_by_arrow(text) for text in texts]
    assert [names[c] if c >= 0 else "" for c in codes] == stripped
    assert len(set(names)) == len(names)


def stripped_by_arrow(text: str) -> str:
    """Stripped of what Arrow holds to be white space."""
    return pyarrow.compute.utf8_trim_whitespace(pa.array([text]))[0].as_py()


def test_the_prototypes_year_is_read_whole(shared_data):
    path = shared_data / "prototype_2018" / "cases-synthetic.csv"
    log = read(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert events(log) == [(int(r["child_id"]), r["node"], r["date"]) for r in rows]
    assert log.case.tolist() == [int(r["path_N"]) for r in rows]
    assert log.date_only.all()
    assert not log.attributes
    assert not log.children
    assert log.origin[0].format == "prototype"
