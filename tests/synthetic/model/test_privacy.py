"""What the model file may not hold: identifiers, small numbers, planted outliers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowmap.eventlog import NO_TIME, EventLog
from synthetic.model import FitOptions, Model, fit, sample
from synthetic.reference.pathways import EXITS
from tests.synthetic.model.logs import DAY, START

K = 10


@pytest.fixture(scope="module")
def planted(small_authority: EventLog) -> EventLog:
    """The authority with three children more: one with 40 moves, one on a way of its own, one aged 19 with a rare word;
    and texts for identifiers."""
    log = small_authority
    n = len(log.child_ids)
    last = log.stations.index("placement_order")
    contact, plan = log.stations.index("contact"), log.stations.index("cp")
    extra: list[tuple[int, int, int]] = []
    extra += [(n, (contact, plan)[i % 2], START + 200 + i) for i in range(41)]
    extra += [(n + 1, s, START + 300 + 400 * i) for i, s in enumerate((plan, contact, last, plan))]
    extra += [(n + 2, contact, START + 345)]
    child, station, day = (np.array(column) for column in zip(*extra, strict=True))
    assert log.birth is not None
    ethnicity = [*np.array([*log.children["ethnicity"].values, None], dtype=object)[log.children["ethnicity"].codes]]
    return EventLog.from_columns(
        child=np.concatenate([log.child, child]),
        child_ids=[f"CH-{100000 + i * 7}" for i in range(n + 3)],
        station=np.concatenate([log.station, station]),
        stations=log.stations,
        time=np.concatenate([log.time, day * DAY + 3_601_000]),
        birth=np.concatenate([log.birth, [NO_TIME, NO_TIME, (START + 345 - 19 * 365) * DAY]]),
        children={"ethnicity": [*ethnicity, None, None, "Martian"]},
    )


@pytest.fixture(scope="module")
def stored(planted: EventLog) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(fit(planted, FitOptions(k=K, exits=frozenset(EXITS))).to_json()))
    return found


def test_no_identifier_is_in_the_file(planted: EventLog, stored: dict[str, Any], tmp_path: Path) -> None:
    model = Model.from_json(stored)
    model.save(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    assert not re.search(r"CH-\d", text)
    numbers = set(re.findall(r"\d{6,}", text))
    assert not numbers & {name.removeprefix("CH-") for name in planted.child_ids.to_pylist()}
    drawn = sample(model, 500, seed=1)
    assert not set(drawn.child_ids.to_pylist()) & set(planted.child_ids.to_pylist())


def test_the_only_dates_are_the_edges_of_the_window(stored: dict[str, Any]) -> None:
    dates = re.findall(r"\d{4}-\d\d-\d\d", json.dumps(stored))
    assert sorted(dates) == sorted([stored["window"]["first"], stored["window"]["last"]])


def test_no_count_below_k_is_in_the_file(stored: dict[str, Any]) -> None:
    counts = [node["children"] for node in (*stored["choices"], *stored["waits"])]
    assert min(counts) >= K
    assert all(count % 5 == 0 for count in counts)


def test_every_context_is_one_of_k_children(planted: EventLog, stored: dict[str, Any]) -> None:
    """Counted again from the log, for the contexts by station before and station: the pairs that k children made."""
    order = np.lexsort((np.arange(len(planted)), planted.time, planted.child))
    child, station = planted.child[order], planted.station[order]
    pairs: dict[tuple[str, str], set[int]] = {}
    for at in np.flatnonzero(child[1:] == child[:-1]).tolist():
        names = planted.stations[station[at]], planted.stations[station[at + 1]]
        pairs.setdefault(names, set()).add(int(child[at]))
    names = [s["name"] for s in stored["stations"]]
    for move in stored["moves"]:
        assert len(pairs[names[move["start"]], names[move["to"]]]) >= K


def test_planted_outliers_are_nowhere(stored: dict[str, Any]) -> None:
    assert "Martian" not in json.dumps(stored)
    names = [s["name"] for s in stored["stations"]]
    made = {(names[m["start"]], names[m["to"]]) for m in stored["moves"] if not m["new"]}
    assert ("contact", "cp") not in made
    assert ("cp", "contact") not in made
    assert stored["limits"]["events_of_a_child"] < 40
    assert stored["limits"]["age_days"] < 18.2 * 365.25
    assert max(high for _, high, _ in stored["age_at_first_event"]) < 18.2 * 365.25
    drawn = sample(Model.from_json(stored), 4000, seed=2)
    assert drawn.birth is not None
    known = drawn.birth[drawn.child] != NO_TIME
    assert ((drawn.time - drawn.birth[drawn.child])[known] / DAY).max() < 18.2 * 365.25


def test_rare_words_become_other_or_nothing() -> None:
    rng = np.random.default_rng(1)
    words = np.array(["common"] * 280 + [f"rare {n}" for n in range(12)] + ["lonely"] * 8)
    log = EventLog.from_columns(
        child=np.arange(300),
        station=["in"] * 300,
        time=(START + rng.integers(0, 400, 300)) * DAY,
        children={"w": words},
    )
    assert fit(log).variables[0].values == ["common", "other"]
    few = EventLog.from_columns(
        child=np.arange(289), station=["in"] * 289, time=(START + rng.integers(0, 400, 289)) * DAY,
        children={"w": ["common"] * 280 + ["lonely"] * 9},
    )  # fmt: skip
    assert fit(few).variables[0].values == ["common"]
