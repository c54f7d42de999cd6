"""The two wire tables: Arrow, JSON pages, CSV; ETags and codings."""

from __future__ import annotations

import gzip
from typing import Any

import pyarrow as pa
import pytest
from flask.testing import FlaskClient

ARROW = "application/vnd.apache.arrow.stream"
ROOT = "/api/datasets/small"


def unpacked(answer: Any) -> bytes:
    data: bytes = answer.get_data()
    match answer.headers.get("Content-Encoding"):
        case "gzip":
            return gzip.decompress(data)
        case "zstd":
            return pa.input_stream(pa.BufferReader(data), compression="zstd").read()  # type: ignore[no-any-return]
        case "br":
            return pa.input_stream(pa.BufferReader(data), compression="brotli").read()  # type: ignore[no-any-return]
    return data


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("name", ["journeys", "transitions"])
def test_the_stream_and_the_json_hold_the_same_columns_in_every_coding(
    client: FlaskClient, name: str, coding: str
) -> None:
    answer = client.get(f"{ROOT}/{name}", headers={"Accept": ARROW, "Accept-Encoding": coding})
    assert answer.headers["Content-Type"] == ARROW
    assert answer.headers.get("Content-Encoding", "identity") == coding
    table = pa.ipc.open_stream(unpacked(answer)).read_all()
    page = client.get(f"{ROOT}/{name}").get_json()
    assert table.to_pydict() == page["columns"]
    assert page["rows"] == table.num_rows == (4 if name == "journeys" else 9)


def test_the_columns_say_the_journeys_as_worked_by_hand(client: FlaskClient) -> None:
    columns = client.get(f"{ROOT}/journeys").get_json()["columns"]
    starts = [9 * 3600, 2 * 86_400 + 9 * 3600, 28 * 86_400 + 9 * 3600, 147 * 86_400 + 9 * 3600]
    assert columns["after"] == [b - a for a, b in zip([0, *starts], starts, strict=False)]
    assert columns["back"] == [0, 0, 0, 3]
    assert columns["moves"] == [3, 1, 4, 1]
    assert columns["open"] == [0, 0, 1, 1]
    waits = client.get(f"{ROOT}/transitions").get_json()["columns"]["wait"]
    hours = [6, 19, 55 * 24 + 2, 7, 2, 22, 17 * 24 + 1, 1, 48]
    assert waits == [hour * 3600 for hour in hours]


def test_pages_laid_end_to_end_are_the_whole(client: FlaskClient) -> None:
    whole = client.get(f"{ROOT}/transitions").get_json()["columns"]["wait"]
    found: list[int] = []
    offset: int | None = 0
    while offset is not None:
        page = client.get(f"{ROOT}/transitions?limit=4&offset={offset}").get_json()
        assert page["offset"] == offset
        found += page["columns"]["wait"]
        offset = page["next"]
    assert found == whole
    beyond = client.get(f"{ROOT}/transitions?offset=100").get_json()
    assert (beyond["columns"]["wait"], beyond["next"]) == ([], None)


def test_a_stream_is_whole_so_a_page_of_it_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/transitions?limit=4", headers={"Accept": ARROW})
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] == "limit"


def test_a_csv_page_is_given_even_to_a_client_that_reads_arrow(client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/transitions?format=csv&limit=2", headers={"Accept": ARROW})
    assert answer.get_data(as_text=True).splitlines()[0] == "route,wait"
    assert len(answer.get_data(as_text=True).splitlines()) == 3


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html", f"{ARROW};q=0.1, application/json"])
def test_json_is_what_anyone_else_gets(client: FlaskClient, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    assert client.get(f"{ROOT}/journeys", headers=headers).mimetype == "application/json"


def test_every_form_of_an_answer_has_an_etag_of_its_own(client: FlaskClient) -> None:
    forms = [
        {"Accept": accept, "Accept-Encoding": coding}
        for accept in ("application/json", ARROW)
        for coding in ("identity", "gzip", "br", "zstd")
    ]
    tags = [client.get(f"{ROOT}/journeys", headers=form).headers["ETag"] for form in forms]
    tags.append(client.get(f"{ROOT}/journeys?format=csv").headers["ETag"])
    tags.append(client.get(f"{ROOT}/journeys?limit=2").headers["ETag"])
    assert len(set(tags)) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("path", ["/journeys", "/flow?sex=F", "/map", "/map.yaml", "", "/occupancy?at=2015-02-01"])
def test_a_client_that_holds_the_answer_is_told_so(client: FlaskClient, path: str) -> None:
    first = client.get(ROOT + path, headers={"Accept-Encoding": "zstd"})
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Accept-Encoding" in first.headers["Vary"]
    again = client.get(ROOT + path, headers={"Accept-Encoding": "zstd", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    other = client.get(ROOT + path, headers={"Accept-Encoding": "zstd", "If-None-Match": '"something-else"'})
    assert other.status_code == 200


def test_one_cohort_written_in_two_ways_has_one_etag(client: FlaskClient) -> None:
    one = client.get(f"{ROOT}/flow?sex=f&visit=0,1+").headers["ETag"]
    other = client.get(f"{ROOT}/flow?visit=0%2B&sex=F").headers["ETag"]
    assert one == other


def test_one_childs_journeys_are_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/children/0")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
