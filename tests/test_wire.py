"""The wire tables, decoded as a browser would, are the tables on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings

from flowmap import wire
from flowmap.dataset import Dataset
from flowmap.eventlog import EventLog
from tests.logs import built, dataset_of, log, measured


def decoded(data: Dataset) -> tuple[list[dict[str, Any]], list[tuple[int, ...]]]:
    """Journeys, and moves (route, journey, move, depart, arrive), from the wire tables and the meta data alone."""
    table = wire.journeys(data).to_pydict()
    moves = wire.transitions(data).to_pydict()
    routes = data.meta["routes"]
    start = int(np.datetime64(data.meta["origin"].removesuffix("Z"), "s").astype(np.int64))
    journeys: list[dict[str, Any]] = []
    found: list[tuple[int, ...]] = []
    at, children = 0, 0
    for row, after in enumerate(table["after"]):
        start += after
        back = table["back"][row]
        if back:
            child, visit = journeys[row - back]["child"], journeys[row - back]["visit"] + 1
        else:
            child, visit = children, 0
            children += 1
        time, place = start, table["first"][row]
        for move in range(table["moves"][row]):
            route, wait = moves["route"][at], moves["wait"][at]
            assert routes[route]["from"] == place
            found.append((route, row, move, time, time + wait))
            time, place, at = time + wait, routes[route]["to"], at + 1
        journeys.append(
            {"child": child, "visit": visit, "start": start, "end": time, "open": bool(table["open"][row]),
             "first": table["first"][row], "last": place, "moves": table["moves"][row]}
        )  # fmt: skip
    assert at == len(moves["route"])
    return journeys, sorted(found, key=lambda m: (m[3], m[1], m[2]))


def on_disk(data: Dataset, name: str) -> pa.Table:
    with pa.memory_map(str(data.path / f"{name}.arrow")) as file:
        return pa.ipc.open_file(file).read_all()


@settings(max_examples=60, deadline=None)
@given(measured())
def test_wire_tables_decode_to_the_tables_on_disk(case: tuple[EventLog, bool, int]) -> None:
    events, exits, _ = case
    with dataset_of(events, exits) as data:
        journeys, moves = decoded(data)
        stored = on_disk(data, "journeys")
        for name in ("start", "end"):
            column = [int(v.timestamp()) for v in stored[name].to_pylist()]
            assert [j[name] for j in journeys] == column
        for name in ("child", "visit", "open", "first", "last", "moves"):
            assert [j[name] for j in journeys] == stored[name].to_pylist()
        table = on_disk(data, "transitions")
        times = [[int(v.timestamp()) for v in table[name].to_pylist()] for name in ("depart", "arrive")]
        columns = [table[name].to_pylist() for name in ("route", "journey", "move")]
        assert moves == list(zip(*columns, *times, strict=True))


def test_every_facet_that_cannot_be_worked_out_is_sent_as_a_code_or_a_number(tmp_path: Path) -> None:
    events = log(
        [("a", "contact", "2020-01-01"), ("b", "contact", "2020-01-02"), ("a", "nfa", "2020-01-03")],
        attributes={"source": ["Police", "School", None], "points": [3, None, 4]},
        children={"sex": ["F", None]},
    )
    data = built(events, tmp_path)
    table = wire.journeys(data)
    assert table.column_names == ["after", "back", "moves", "first", "open", "source", "points", "sex"]
    values = data.facets["source"].values
    assert [values[code] for code in table["source"].to_pylist()] == ["Police", "School"]
    assert table["points"].to_pylist() == [3, -32768]
    assert [data.facets["sex"].values[code] for code in table["sex"].to_pylist()] == ["F", "not recorded"]
    assert table.schema.field("source").type == pa.uint8()
    assert table.schema.field("points").type == pa.int16()
