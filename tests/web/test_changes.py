"""Storing the map and the event bands, and datasets that change on disk while they are served."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flowmap import tubemap
from flowmap.web import create_app

ROOT = "/api/datasets/small"
INSPECTION = {"id": "ofsted", "label": "Inspection", "from": "2015-03-02", "to": "2015-03-27", "kind": "inspection"}


def test_periods_are_stored_in_order_and_given_back(own: FlaskClient, folder: Path) -> None:
    earlier = {**INSPECTION, "id": "policy", "label": "New policy", "from": "2015-02-01", "to": "2015-02-01"}
    before = own.get(ROOT + "/periods")
    assert before.get_json() == []
    answer = own.put(ROOT + "/periods", json=[INSPECTION, earlier])
    assert answer.status_code == 200
    assert answer.get_json() == [earlier, INSPECTION]
    after = own.get(ROOT + "/periods", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert (
        after.get_json() == json.loads((folder / "periods.json").read_text(encoding="utf-8")) == [earlier, INSPECTION]
    )


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ({}, "periods"),
        ([INSPECTION] * 201, "periods"),
        ([1], "periods[0]"),
        ([{**INSPECTION, "from": "2015-02-30"}], "periods[0].from"),
        ([{**INSPECTION, "from": 20150230}], "periods[0].from"),
        ([{**INSPECTION, "to": "2015-03-01"}], "periods[0].to"),
        ([{**INSPECTION, "label": " "}], "periods[0].label"),
        ([{**INSPECTION, "label": "a\nb"}], "periods[0].label"),
        ([{**INSPECTION, "label": "x" * 121}], "periods[0].label"),
        ([{**INSPECTION, "id": "../x"}], "periods[0].id"),
        ([INSPECTION, INSPECTION], "periods[1].id"),
        ([{**INSPECTION, "colour": "red"}], "periods[0].colour"),
        ([{key: value for key, value in INSPECTION.items() if key != "kind"}], "periods[0].kind"),
    ],
)
def test_a_wrong_period_is_named_and_nothing_is_stored(own: FlaskClient, folder: Path, body: Any, element: str) -> None:
    answer = own.put(ROOT + "/periods", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] == element
    assert answer.get_json()["error"]["remedy"]
    assert json.loads((folder / "periods.json").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN,"])
def test_a_body_that_is_not_json_is_refused(own: FlaskClient, data: bytes) -> None:
    answer = own.put(ROOT + "/periods", data=data, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] in ("body", "periods")


def test_a_trial_layout_moves_a_station_and_stores_nothing(own: FlaskClient, folder: Path) -> None:
    stored = (folder / "map.yaml").read_bytes()
    before = own.get(ROOT + "/map").get_json()
    answer = own.post(ROOT + "/map/layout", json={"positions": {"early_help": [3, 3]}})
    assert answer.status_code == 200
    station = next(one for one in answer.get_json()["stations"] if one["id"] == "early_help")
    assert (station["x"], station["y"]) == (120, 120)
    assert (folder / "map.yaml").read_bytes() == stored
    assert own.get(ROOT + "/map").get_json() == before
    assert own.post(ROOT + "/map/layout", json={"positions": {}}).get_json() == before


def test_a_layout_that_is_saved_is_the_map_from_then_on(own: FlaskClient, folder: Path) -> None:
    before = own.get(ROOT + "/map")
    saved = own.put(ROOT + "/map", json={"positions": {"early_help": [3, 3]}})
    assert saved.status_code == 200
    after = own.get(ROOT + "/map", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json() == saved.get_json()
    text = own.get(ROOT + "/map.yaml").get_data(as_text=True)
    assert text == (folder / "map.yaml").read_text(encoding="utf-8")
    places = {place.id: place.at for place in tubemap.parse(text).places()}
    assert places["early_help"] == (3, 3)
    assert [place["id"] for place in saved.get_json()["stations"]] == list(places)
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ([], "positions"),
        ({}, "positions"),
        ({"positions": {}, "title": "x"}, "positions"),
        ({"positions": {"none": [1, 1]}}, "positions.none"),
        ({"positions": {"nfa": [1, 1]}}, "positions.nfa"),
        ({"positions": {"referral": [1]}}, "positions.referral"),
        ({"positions": {"referral": ["1", "2"]}}, "positions.referral"),
        ({"positions": {"referral": [1, 1e9]}}, "positions.referral"),
        ({"positions": {"referral": None}}, "positions.referral"),
        ({"positions": {"referral": [2, 7]}}, "positions.referral"),  # where contact stands
    ],
)
def test_a_wrong_layout_is_named_and_nothing_is_stored(own: FlaskClient, folder: Path, body: Any, element: str) -> None:
    stored = (folder / "map.yaml").read_bytes()
    for send, path in ((own.post, "/map/layout"), (own.put, "/map")):
        answer = send(ROOT + path, json=body)
        assert answer.status_code == 400
        assert answer.get_json()["error"]["parameter"] == element
    assert (folder / "map.yaml").read_bytes() == stored


def test_a_folder_that_cannot_be_written_is_said_so(
    own: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    answer = own.put(ROOT + "/periods", json=[INSPECTION])
    assert answer.status_code == 503
    assert os.strerror(errno.ENOSPC) in answer.get_json()["error"]["message"]
    assert json.loads((folder / "periods.json").read_text(encoding="utf-8")) == []
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_many_who_store_at_once_leave_one_whole_file(folder: Path) -> None:
    app = create_app({"small": folder})
    statuses: list[int] = []

    def store(number: int) -> None:
        periods = [{**INSPECTION, "id": f"p{number}-{k}"} for k in range(40)]
        statuses.append(app.test_client().put(ROOT + "/periods", json=periods).status_code)

    threads = [threading.Thread(target=store, args=(number,), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
    stored = json.loads((folder / "periods.json").read_text(encoding="utf-8"))
    assert len(stored) == 40
    assert len({period["id"].split("-")[0] for period in stored}) == 1


def test_a_dataset_that_is_rebuilt_is_opened_again(folder: Path, rebuild: Callable[[Path], Path]) -> None:
    client = create_app({"small": folder}).test_client()
    before = client.get(ROOT)
    rebuild(folder)
    after = client.get(ROOT, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["id"] != before.get_json()["id"]
    assert after.get_json()["etag"] != before.get_json()["etag"]


def test_a_dataset_that_is_gone_is_said_to_be_gone_and_found_again_when_back(folder: Path) -> None:
    client = create_app({"small": folder}).test_client()
    assert client.get(ROOT + "/flow").status_code == 200
    shutil.move(folder, folder.with_name("elsewhere"))
    answer = client.get(ROOT + "/flow")
    assert answer.status_code == 410
    assert "no longer on disk" in answer.get_json()["error"]["message"]
    assert client.get("/api/datasets").get_json() == []
    shutil.move(folder.with_name("elsewhere"), folder)
    assert client.get(ROOT + "/flow").status_code == 200


def test_who_asks_while_it_is_rebuilt_is_answered_from_one_edition_or_the_next(
    folder: Path, rebuild: Callable[[Path], Path]
) -> None:
    app = create_app({"small": folder})
    found: list[tuple[int, str]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answer = app.test_client().get(ROOT + "/moves")
            found.append((answer.status_code, answer.get_data(as_text=True)))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(8):
            rebuild(folder)
    finally:
        done.set()
        for thread in threads:
            thread.join(30)
    assert len(found) > 8
    assert {status for status, _ in found} == {200}
    assert len({text for _, text in found}) == 1


@pytest.mark.parametrize("damage", ["{", '{"schema": 99}', "[]"])
def test_a_damaged_dataset_is_refused_with_what_to_do(folder: Path, damage: str) -> None:
    (folder / "dataset.json").write_text(damage, encoding="utf-8")
    answer = create_app({"small": folder}).test_client().get(ROOT)
    assert answer.status_code == 503
    assert "Build it again" in answer.get_json()["error"]["remedy"]


def test_a_map_changed_by_hand_into_another_is_refused(own: FlaskClient, folder: Path) -> None:
    text = (folder / "map.yaml").read_text(encoding="utf-8")
    (folder / "map.yaml").write_text(
        text.replace("  early_help: {label: Early help,", "  earlyhelp: {label: Early help,"), encoding="utf-8"
    )
    assert own.get(ROOT + "/map").status_code == 409
    (folder / "map.yaml").write_text("stations: [", encoding="utf-8")
    answer = own.get(ROOT + "/map")
    assert answer.status_code == 409
    assert "map.yaml" in answer.get_json()["error"]["message"]
