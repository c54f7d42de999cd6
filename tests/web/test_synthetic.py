"""The report on synthetic data over HTTP: as its file has it, as a table, and as a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flowmap.export.synthetic_report import IN_DATASET
from flowmap.web import create_app

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
URL = "/api/datasets/small/synthetic"


def table(client: FlaskClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"{URL}?format=csv").get_data(as_text=True))))


def test_the_report_is_given_as_its_file_has_it(client: FlaskClient, built: Path) -> None:
    assert client.get(URL).get_json() == json.loads((built / IN_DATASET).read_text(encoding="utf-8"))


def test_every_figure_of_the_page_is_a_row_of_one_table(client: FlaskClient) -> None:
    report = client.get(URL).get_json()
    rows = table(client)
    number = {part: sum(row["part"] == part for row in rows) for part in ("yardstick", "attack", "station", "move")}
    assert number == {
        "yardstick": len(report["fidelity"]),
        "attack": len(report["safety"]),
        "station": 3 * len(report["figures"]["stations"]),
        "move": len(report["map"]["moves"]),
    }
    points = sum(len(plot["x"]) for part in ("durations", "arrivals", "returns", "stock")
                 for plot in report["figures"][part])  # fmt: skip
    assert sum(row["part"] == "plot" for row in rows) == points > 0


def test_the_table_has_the_figures_worked_by_hand(client: FlaskClient) -> None:
    """Of 24 journeys 18 reach contact; 12 go on to referral, ten to the nearest five; 6 (five) end there at once."""
    rows = {(row["part"], row["name"], row["figure"]): (row["real"], row["synthetic"]) for row in table(client)}
    assert rows["station", "contact", "share of journeys that reach it"] == ("0.75", "0.75")
    assert rows["move", "contact > referral", "in a hundred journeys"] == ("41.7", "41.7")
    assert rows["move", "contact > nfa", "in a hundred journeys"] == ("20.8", "20.8")


def test_an_unknown_parameter_is_refused_by_name(client: FlaskClient) -> None:
    refused = client.get(f"{URL}?part=moves")
    assert refused.status_code == 400
    assert refused.get_json()["error"]["parameter"] == "part"


def test_where_no_report_was_made_it_is_said_how_to_make_one(own: FlaskClient, folder: Path) -> None:
    (folder / IN_DATASET).unlink()
    for address in (URL, "/d/small/synthetic"):
        refused = own.get(address)
        assert refused.status_code == 404
        assert "flowmap synth report" in refused.get_json()["error"]["remedy"]
    assert own.get("/api/datasets/small").get_json()["synthetic"] is False
    assert "/d/small/synthetic" not in own.get("/start", headers=PAGE).get_data(as_text=True)


def test_a_report_that_cannot_be_read_is_a_conflict_that_says_so(own: FlaskClient, folder: Path) -> None:
    for text, said in (
        ("{", "not JSON"),
        ("{}", "not a report"),
        ('{"schema": 99, "fidelity": []}', "another version"),
    ):
        (folder / IN_DATASET).write_text(text, encoding="utf-8")
        refused = own.get(URL)
        assert refused.status_code == 409
        assert said in refused.get_json()["error"]["message"]


def _changed(file: Path, change: Callable[[dict[str, Any]], None]) -> bytes:
    data = json.loads(file.read_bytes())
    change(data)
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["fidelity"][0].update(floor="much"),
        lambda data: data["figures"]["stock"][0].update(x="0 to 9"),
        lambda data: data["figures"]["stock"][0]["real"].pop(),
        lambda data: data["figures"]["stations"][0].update(reach=[0.5]),
        lambda data: data["safety"][0].update(risk=["a", "b", "c"]),
        lambda data: data["map"]["moves"][0].update(per_hundred=None),
        lambda data: data["handed_out"].update(seed=3),
        lambda data: data.update(k=None),
    ],
)
def test_a_report_with_a_part_that_is_not_as_it_was_written_is_refused_on_the_page_too(
    own: FlaskClient, folder: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    (folder / IN_DATASET).write_bytes(_changed(folder / IN_DATASET, change))
    for address in (URL, "/d/small/synthetic"):
        refused = own.get(address)
        assert refused.status_code == 409
        assert "damaged" in refused.get_json()["error"]["message"]


@pytest.mark.parametrize("content", [b'{"fidelity": "caf\xe9"}', b"[" * 100_000], ids=["no UTF-8", "too deep"])
def test_a_report_of_bytes_that_are_no_json_is_refused(own: FlaskClient, folder: Path, content: bytes) -> None:
    (folder / IN_DATASET).write_bytes(content)
    for address in (URL, "/d/small/synthetic"):
        refused = own.get(address)
        assert refused.status_code == 409
        assert "not JSON" in refused.get_json()["error"]["message"]


def test_a_report_made_anew_is_shown_at_once(own: FlaskClient, folder: Path) -> None:
    before = own.get("/d/small/synthetic", headers=PAGE)
    etag = own.get(URL).headers["ETag"]
    data = json.loads((folder / IN_DATASET).read_text(encoding="utf-8"))
    data["notes"] = ["Quite another note."]
    (folder / IN_DATASET).write_text(json.dumps(data), encoding="utf-8")
    assert "Quite another note." not in before.get_data(as_text=True)
    assert "Quite another note." in own.get("/d/small/synthetic", headers=PAGE).get_data(as_text=True)
    assert own.get(URL, headers={"If-None-Match": etag}).status_code == 200


def test_the_page_leads_back_to_the_map_and_is_found_from_the_list(client: FlaskClient) -> None:
    page = client.get("/d/small/synthetic", headers=PAGE)
    assert page.headers["Cache-Control"] == "no-cache"
    text = page.get_data(as_text=True)
    assert 'href="/d/small"' in text
    assert 'href="/d/small/synthetic"' in client.get("/start", headers=PAGE).get_data(as_text=True)
    assert client.get("/api/datasets/small").get_json()["synthetic"] is True


def test_the_page_has_nothing_that_the_policy_forbids(client: FlaskClient) -> None:
    text = client.get("/d/small/synthetic", headers=PAGE).get_data(as_text=True)
    assert "<style" not in text
    assert "style=" not in text
    assert "<script" not in text
    style = client.get("/synthetic-report.css")
    assert style.mimetype == "text/css"
    assert client.get("/synthetic-report.css", headers={"If-None-Match": style.headers["ETag"]}).status_code == 304


def test_what_a_report_says_is_shown_as_text(own: FlaskClient, folder: Path) -> None:
    data = (folder / IN_DATASET).read_text(encoding="utf-8")
    (folder / IN_DATASET).write_text(data.replace('"contact"', '"<b>contact</b>"'), encoding="utf-8")
    text = own.get("/d/small/synthetic", headers=PAGE).get_data(as_text=True)
    assert "<b>contact" not in text
    assert "&lt;b&gt;contact" in text


def test_the_report_leads_to_both_maps_side_by_side_where_another_dataset_is_served(built: Path) -> None:
    def page(*names: str) -> str:
        served = create_app(dict.fromkeys(names, built)).test_client()
        return served.get("/d/small/synthetic", headers=PAGE).get_data(as_text=True)

    assert "Compare on the map" not in page("small")
    assert 'href="/d/small/compare?_with=made%20up"' in page("small", "made up")
    assert 'href="/d/small/compare?_panel=right"' in page("small", "made up", "third")
