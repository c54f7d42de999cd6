"""A dataset on disk: whole or not at all, and no trace of who is in it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from flowmap import dataset, dataset_write, pseudonyms
from flowmap.build import build
from flowmap.dataset import DatasetError
from flowmap.eventlog import EventLog, Example, OptionError, QualityReport
from tests.conftest import REPOSITORY
from tests.logs import built, log

ROWS = [("anna", "contact", "2020-01-01"), ("anna", "nfa", "2020-01-02"), ("ben", "contact", "2020-01-03")]


def key_of(folder: Path) -> dict[str, str]:
    lines = (folder.parent / f"{folder.name}.key.csv").read_text().splitlines()
    assert lines[0] == '"pseudonym","child"'
    return dict(line.replace('"', "").split(",") for line in lines[1:])


def test_tables_are_arrow_files_with_the_columns_of_the_contract(tmp_path: Path) -> None:
    data = built(log(ROWS, attributes={"source": ["Police", None, "School"]}, children={"sex": ["F", "M"]}), tmp_path)

    def columns(name: str) -> dict[str, str]:
        with pa.memory_map(str(data.path / name)) as file:
            return {field.name: str(field.type) for field in pa.ipc.open_file(file).schema}

    instant, text = "timestamp[s, tz=UTC]", "dictionary<values=string, indices=int8, ordered=0>"
    assert columns("transitions.arrow") == {
        "route": "uint16", "journey": "uint32", "move": "uint16", "depart": instant, "arrive": instant,
    }  # fmt: skip
    assert columns("journeys.arrow") == {
        "child": "uint32", "visit": "uint16", "start": instant, "end": instant, "open": "bool", "first": "uint16",
        "last": "uint16", "moves": "uint16", "entry": text, "outcome": text, "year": "int16", "source": text,
    }  # fmt: skip
    assert columns("children.arrow") == {"pseudonym": "string", "sex": text}


def test_the_description_has_everything_the_contract_names(tmp_path: Path) -> None:
    meta = built(log(ROWS, date_only=True), tmp_path, title="Some council").meta
    assert meta["counts"] == {"events": 3, "children": 2, "journeys": 2, "transitions": 1, "open": 1, "repeat_cases": 0}
    assert (meta["first"], meta["last"], meta["origin"]) == (
        "2020-01-01T00:00:00Z",
        "2020-01-03T00:00:00Z",
        "2020-01-01T00:00:00Z",
    )
    assert (meta["schema"], meta["name"], meta["title"], meta["dates"]) == (1, "set", "Some council", "date")
    assert [(s["id"], s["kind"], s["events"]) for s in meta["stations"]] == [
        ("contact", "station", 2), ("referral", "station", 0), ("assessment", "station", 0), ("nfa", "exit", 1),
        ("closed", "exit", 0),
    ]  # fmt: skip
    assert meta["routes"] == [{"from": 0, "to": 3, "count": 1, "same_day": 0, "median_seconds": 86400.0}]
    assert meta["map"] | {"why": ""} == {
        "sha256": hashlib.sha256((tmp_path / "set" / "map.yaml").read_bytes()).hexdigest(),
        "name": "small",
        "title": "A small map",
        "source": "file",
        "why": "",
        "exits": True,
    }
    assert [f["key"] for f in meta["facets"]] == ["visit", "entry", "outcome", "year"]
    assert meta["quality"] == {"rows_read": 3, "rows_kept": 3, "rows_dropped": 0, "problems": 0}


def test_transitions_stand_in_order_of_departure_then_journey_then_move(tmp_path: Path) -> None:
    rows = [(c, s, "2020-01-01") for c in "ab" for s in ("contact", "referral", "nfa")]
    table = built(log([*rows, ("0", "contact", "2019-01-01"), ("0", "nfa", "2021-01-01")]), tmp_path).transitions
    assert table.journey.tolist() == [0, 1, 1, 2, 2]
    assert table.move.tolist() == [0, 0, 1, 0, 1]


def test_no_identifier_and_nothing_personal_is_anywhere_in_a_dataset(tmp_path: Path) -> None:
    ids = [f"CHILD-{n:04d}-XQ" for n in range(300)]
    names = [f"Zebedee Quillfeather{n}" for n in range(300)]
    quality = QualityReport(rows_read=300)
    quality.add(
        "bad_date", "A date could not be read.", action="kept", examples=[Example("f.csv", "dob", 7, "Quillfeather")]
    )
    events = EventLog.from_columns(
        ids,
        ["contact"] * 300,
        np.arange(300) * 86_400_000,
        birth=np.full(300, np.datetime64("2009-08-17", "ms")),
        attributes={
            "worker": names,
            "home": ["ZZ9 9ZZ"] * 300,
            "made": ["17/08/2009"] * 300,
            "Surname": ["Quill"] * 300,
        },
        children={
            "copy of the id": ids,
            "remark": ["Lives with Zebedee; " * 5] * 300,
            "nhs number": ["9434765919"] * 300,
        },
        quality=quality,
    )
    folder = built(events, tmp_path).path
    everything = b"".join(file.read_bytes() for file in sorted(folder.iterdir()))
    for secret in [*ids, "Zebedee", "Quill", "ZZ9 9ZZ", "17/08/2009", "2009-08-17", "9434765919"]:
        assert secret.encode() not in everything, secret
    birth = int(np.datetime64("2009-08-17", "D").astype(np.int64))
    assert np.int64(birth * 86_400_000).tobytes() not in everything
    assert np.int64(birth * 86_400).tobytes() not in everything
    assert "age" in dataset.open(folder).facets
    left_out = [
        p["message"] for p in json.loads((folder / "quality.json").read_text())["problems"] if p["rule"] == "left_out"
    ]
    assert len(left_out) == 7
    assert sorted(key_of(folder).values()) == sorted(ids)


def test_the_key_turns_pseudonyms_back_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    data = built(log(ROWS), tmp_path)
    key = key_of(data.path)
    assert [key[name] for name in data.pseudonyms.to_pylist()] == ["anna", "ben"]
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "set.key.csv").stat().st_mode) == 0o600
    assert "key" not in " ".join(file.name for file in data.path.iterdir())


def test_pseudonyms_are_new_at_each_build(tmp_path: Path) -> None:
    first = set(built(log(ROWS), tmp_path).pseudonyms.to_pylist())
    again = set(built(log(ROWS), tmp_path).pseudonyms.to_pylist())
    assert not first & again
    assert set(key_of(tmp_path / "set")) == again


def test_a_draw_that_falls_twice_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(
        [np.array([5, 6, 5, 5], dtype=np.uint64), np.array([6, 7], dtype=np.uint64), np.array([8], dtype=np.uint64)]
    )
    monkeypatch.setattr("flowmap.pseudonyms.os.urandom", lambda size: next(draws).tobytes()[:size])
    assert pseudonyms.draw(4).to_pylist() == ["0000000005", "0000000006", "0000000008", "0000000007"]


def test_event_bands_survive_a_rebuild(tmp_path: Path) -> None:
    bands: tuple[dict[str, str], ...] = (
        {"id": "x", "label": "Inspection", "from": "2020-01-01", "to": "2020-01-02", "kind": ""},
    )
    folder = built(log(ROWS), tmp_path, periods=bands).path
    assert json.loads((folder / "periods.json").read_text()) == list(bands)
    (folder / "periods.json").write_text('[{"id": "mine"}]')
    built(log(ROWS), tmp_path, periods=bands)
    assert json.loads((folder / "periods.json").read_text()) == [{"id": "mine"}]


@pytest.mark.parametrize("what", ["a file", "a folder of something else"])
def test_a_target_that_is_not_a_dataset_is_refused_and_left_alone(tmp_path: Path, what: str) -> None:
    target = tmp_path / "target"
    if what == "a file":
        target.write_text("precious")
    else:
        target.mkdir()
        (target / "thesis.txt").write_text("precious")
    with pytest.raises(OptionError, match="target"):
        build(log(ROWS), target)
    kept = target if target.is_file() else target / "thesis.txt"
    assert kept.read_text() == "precious"
    assert [f.name for f in tmp_path.iterdir()] == ["target"]


def test_an_empty_folder_becomes_the_dataset(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    assert built(log(ROWS), tmp_path).meta["counts"]["events"] == 3


def test_a_folder_that_is_no_dataset_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    for content in (None, "{", "[]", '{"schema": 99}', '{"schema": 1}'):
        if content is not None:
            (tmp_path / "dataset.json").write_text(content)
        with pytest.raises(DatasetError) as caught:
            dataset.open(tmp_path)
        assert "flowmap build" in (caught.value.remedy or "")
    data = built(log(ROWS), tmp_path)
    (data.path / "transitions.arrow").write_bytes(b"rubbish")
    with pytest.raises(DatasetError, match=r"transitions\.arrow"):
        _ = dataset.open(data.path).transitions


STAGES = [
    "mapchoice.choose", "finding.find", "transitions.find", "of_journeys", "pseudonyms.draw",
    "dataset_write.write_table",
    "dataset_write.write_json", "dataset_write.write_text", "dataset_write.put_in_place", "pseudonyms.write_key",
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_a_build_that_fails_at_any_stage_leaves_the_old_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    before = built(log(ROWS), tmp_path)
    files = {file.name: file.read_bytes() for file in before.path.iterdir()}
    key = key_of(before.path)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(stage)

    monkeypatch.setattr(f"flowmap.build.{stage}", fail)
    with pytest.raises(RuntimeError, match=stage):
        built(log([("new", "contact", "2021-01-01")]), tmp_path)
    assert {file.name: file.read_bytes() for file in before.path.iterdir()} == files
    assert key_of(before.path) == key
    monkeypatch.undo()
    assert built(log([("new", "contact", "2021-01-01")]), tmp_path).meta["counts"]["events"] == 1
    assert sorted(f.name for f in tmp_path.iterdir()) == ["set", "set.key.csv", "small.yaml"]


def test_a_rename_that_fails_brings_the_old_dataset_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built(log(ROWS), tmp_path).meta["id"]
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if "building" in self.name:
            raise OSError("disk gone")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="disk gone"):
        built(log(ROWS), tmp_path)
    assert dataset.open(tmp_path / "set").meta["id"] == before


def test_a_build_killed_between_its_renames_is_undone_by_the_next_open(tmp_path: Path) -> None:
    data = built(log(ROWS), tmp_path)
    data.path.rename(tmp_path / ".set.previous")
    assert dataset.open(tmp_path / "set").meta["id"] == data.meta["id"]


def test_a_build_killed_before_its_key_was_in_place_is_finished_by_the_next_open(tmp_path: Path) -> None:
    data = built(log(ROWS), tmp_path)
    (tmp_path / "set.key.csv").rename(tmp_path / f".set.key.{data.meta['id']}.csv")
    dataset.open(tmp_path / "set")
    assert sorted(key_of(tmp_path / "set")) == sorted(data.pseudonyms.to_pylist())


KILLED = """
import sys
from pathlib import Path
from tests.logs import built
from flowmap.eventlog import EventLog
import numpy as np
n = 300_000
rng = np.random.default_rng(1)
station = np.where(rng.random(n) < 0.7, "contact", "nfa")
log = EventLog.from_columns(rng.integers(0, n // 4, n), station, rng.integers(0, 10**11, n))
print("ready", flush=True)
while True:
    built(log, Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("wait", [0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.4, 0.55])
def test_a_build_killed_at_any_moment_leaves_a_whole_dataset(tmp_path: Path, wait: float) -> None:
    built(log(ROWS), tmp_path)
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    data = dataset.open(tmp_path / "set")
    counts = data.meta["counts"]
    assert len(data.journeys) == counts["journeys"]
    assert len(data.transitions) == counts["transitions"]
    assert sorted(key_of(tmp_path / "set")) == sorted(data.pseudonyms.to_pylist())
    del data
    built(log(ROWS), tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["set", "set.key.csv", "small.yaml"]


def test_another_build_of_the_same_target_that_is_running_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / f".set.building-{os.getppid()}"
    theirs.mkdir()
    built(log(ROWS), tmp_path)
    assert theirs.exists()


def test_names_with_brackets_are_cleaned_up_after_too(tmp_path: Path) -> None:
    stale = tmp_path / ".a[1].building-999999999"
    stale.mkdir()
    dataset_write.clean(tmp_path / "a[1]")
    assert not stale.exists()
