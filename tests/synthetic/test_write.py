"""The reference authority as files: read back by other programs' means, they hold the same events."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lxml import etree
from pyarrow import parquet

from flowmap.eventlog import EventLog
from flowmap.sources import read
from synthetic.reference import make
from synthetic.write import write

XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def small() -> EventLog:
    return make(400, 1)


def expected(log: EventLog) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "child": np.array(log.child_ids.to_pylist())[log.child],
            "event": np.array(log.stations)[log.station],
            "time": pd.to_datetime(log.time, unit="ms").as_unit("s"),
        }
    )


def test_a_csv_has_a_row_an_event_in_the_same_order(small: EventLog, tmp_path: Path) -> None:
    found = pd.read_csv(write(small, tmp_path, "csv"), parse_dates=["time", "birth_date"])
    plain = found[["child_id", "event", "time"]].set_axis(["child", "event", "time"], axis=1)
    pd.testing.assert_frame_equal(plain, expected(small), check_dtype=False)
    assert found["journey"].tolist() == small.case.tolist()
    assert found["birth_date"].tolist() == pd.to_datetime(small.birth[small.child], unit="ms").tolist()


def test_a_csv_leaves_empty_what_is_not_recorded(small: EventLog, tmp_path: Path) -> None:
    found = pd.read_csv(write(small, tmp_path, "csv"), dtype=str, keep_default_na=False)
    category = small.attributes["plan_category"]
    texts = [category.values[code] if code >= 0 else "" for code in category.codes]
    assert found["plan_category"].tolist() == texts
    assert set(found.loc[found["event"] != "cp", "plan_category"]) == {""}
    ethnicity = small.children["ethnicity"]
    told = [ethnicity.values[code] if code >= 0 else "" for code in ethnicity.codes[small.child]]
    assert found["ethnicity"].tolist() == told


def test_parquet_has_the_rows_of_the_csv_with_types(small: EventLog, tmp_path: Path) -> None:
    found = pd.read_parquet(write(small, tmp_path, "parquet"))
    table = pd.read_csv(write(small, tmp_path, "csv"), parse_dates=["time"], keep_default_na=False, na_values=[""])
    assert found["time"].dtype.kind == "M"
    found["birth_date"] = found["birth_date"].astype(str)
    pd.testing.assert_frame_equal(found, table, check_dtype=False)


def test_xes_has_a_trace_a_child_with_its_events_in_order(small: EventLog, tmp_path: Path) -> None:
    root = etree.parse(str(write(small, tmp_path, "xes"))).getroot()
    rows = [
        (int(trace[0].get("value")), event[0].get("value"), event[1].get("value"))
        for trace in root.iter(f"{XES}trace")
        for event in trace.iter(f"{XES}event")
    ]
    found = pd.DataFrame(rows, columns=["child", "event", "time"])
    found["time"] = pd.to_datetime(found["time"], utc=True).dt.tz_localize(None).dt.as_unit("s")
    pd.testing.assert_frame_equal(
        found,
        expected(small).sort_values("child", kind="stable", ignore_index=True),
        check_dtype=False,
    )
    assert len(list(root.iter(f"{XES}trace"))) == len(small.child_ids)


def test_xes_keeps_marks_that_xml_would_mistake(tmp_path: Path) -> None:
    log = EventLog.from_columns(["a<1"], ['say "x" & <y>'], np.array([0]), attributes={"note": ["1 < 2"]})
    root = etree.parse(str(write(log, tmp_path, "xes"))).getroot()
    values = [element.get("value") for element in root.iter(f"{XES}string")]
    assert values == ["a<1", 'say "x" & <y>', "1 < 2"]


def test_families_are_numbered_anew_in_the_order_of_the_children(tmp_path: Path) -> None:
    log = EventLog.from_columns(["a", "b", "c", "d"], ["contact"] * 4, np.arange(4), family=[812, -1, 5, 812])
    csv = pd.read_csv(write(log, tmp_path, "csv"), keep_default_na=False)
    assert csv["family"].tolist() == ["F1", "", "F2", "F1"]
    assert parquet.read_table(write(log, tmp_path, "parquet"))["family"].to_pylist() == ["F1", None, "F2", "F1"]
    root = etree.parse(str(write(log, tmp_path, "xes"))).getroot()
    told = [{e.get("key"): e.get("value") for e in trace}.get("family") for trace in root.iter(f"{XES}trace")]
    assert told == ["F1", None, "F2", "F1"]


@pytest.mark.parametrize("family", [None, [-1, -1]])
def test_a_log_that_knows_no_families_has_no_column_of_them(family: list[int] | None, tmp_path: Path) -> None:
    log = EventLog.from_columns(["a", "b"], ["contact"] * 2, np.arange(2), family=family)
    assert list(pd.read_csv(write(log, tmp_path, "csv"))) == ["child_id", "event", "time"]
    assert b"family" not in write(log, tmp_path, "xes").read_bytes()


@pytest.mark.parametrize("form", ["csv", "xes", "parquet"])
def test_a_fact_that_is_called_family_keeps_its_name_beside_families(form: str, tmp_path: Path) -> None:
    ids = [f"c{i}" for i in range(30)]
    kind = ["single parent", "two parents"] * 15
    log = EventLog.from_columns(
        ids, ["contact"] * 30, np.arange(30) * 86_400_000, family=np.arange(30) // 2, children={"family": kind}
    )
    again = read([write(log, tmp_path, form)])
    fact = again.children["family"]
    assert [fact.values[code] for code in fact.codes] == kind
    assert siblings(again) == siblings(log)


def siblings(log: EventLog) -> set[frozenset[str]]:
    found = defaultdict(set)
    for who, family in zip(log.child_ids.to_pylist(), log.family.tolist(), strict=True):
        found[family].add(str(who))
    return {frozenset(together) for together in found.values()}


def test_an_unknown_form_is_refused_by_name(small: EventLog, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="csv, xes, parquet, not pdf"):
        write(small, tmp_path, "pdf")


@pytest.mark.parametrize("form", ["csv", "xes", "parquet"])
def test_the_full_size_is_written_in_less_than_twenty_seconds(form: str, authority: EventLog, tmp_path: Path) -> None:
    began = time.perf_counter()
    path = write(authority, tmp_path, form)
    assert time.perf_counter() - began < 90  # about 3 s; a busy machine is no fault
    assert path.stat().st_size > 1_000_000


@pytest.mark.parametrize("form", ["csv", "xes", "parquet"])
def test_flowmap_reads_back_what_it_wrote_without_being_told_anything(
    form: str, small: EventLog, tmp_path: Path
) -> None:
    again = read([write(small, tmp_path, form)])
    assert len(again) == len(small)
    assert (again.quality.rows_read, again.quality.rows_dropped) == (len(small), 0)

    def events(log: EventLog) -> list[tuple[str, str, int]]:
        ids = [str(child) for child in log.child_ids.to_pylist()]
        return sorted(
            (ids[c], log.stations[s], int(t)) for c, s, t in zip(log.child, log.station, log.time, strict=True)
        )

    assert events(again) == events(small)
    assert "sex" in again.children or "sex" in again.attributes
    assert again.birth is not None
    assert siblings(again) == siblings(small)
    assert max(map(len, siblings(again))) > 1
    assert "family" not in again.children | again.attributes
