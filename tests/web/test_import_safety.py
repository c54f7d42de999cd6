"""What is brought in cannot do harm: limits, names, bad files, other sites, and nothing that stays on the disk."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flowmap.web import create_app
from flowmap.web.imports import desk as desks
from flowmap.web.imports import home as homes
from flowmap.web.imports.desk import Desk
from flowmap.web.imports.home import Home
from tests.web.importing import CLEAR, OCTETS, Importer, on_disk, small_limits


def zip_of(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


BAD = {
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "nothing.csv": b"",
    "letter.pdf": b"%PDF-1.7\n" + bytes(200),
    "archive.zip": zip_of(a=b"x"),
    "noheader.csv": b"1,contact,2015-01-01\n2,contact,2015-01-01\n",
    "one-column.csv": b"child\n1\n2\n",
    "headeronly.csv": b"child,event,date\n",
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><log>&b;</log>',
    "binary.csv": bytes(range(256)) * 20,
    "cut.json": b'{"children": [',
}


def test_each_of_eleven_bad_files_has_its_own_message_and_what_to_do(importer: Importer) -> None:
    files = {name: importer.put(data, name) for name, data in BAD.items()}
    without = {name: file for name, file in files.items() if not file["seen"]["problem"]}
    read = {}
    if without:  # what is wrong inside is found when it is read
        job = importer.read()
        assert job["state"] == "failed"
        read = {problem["file"]: problem for problem in job["problems"]}
    for name, file in files.items():
        problem = file["seen"]["problem"] or read.get(file["id"])
        assert problem, name
        assert problem["message"]
        assert problem["remedy"], name
        assert file["id"] not in problem["message"]
        assert "fault" not in problem["message"].lower(), problem


def test_a_good_file_beside_a_bad_one_is_not_blamed(importer: Importer) -> None:
    good = importer.put(CLEAR, "good.csv")
    importer.put(b'<?xml version="1.0"?><log><trace><event></log>', "bad.xes")
    job = importer.read()
    assert job["state"] == "failed"
    assert good["id"] not in [problem["file"] for problem in job["problems"]]
    assert all(problem["file"] for problem in job["problems"])


def put_file(client: FlaskClient, path: str, size: int, data: bytes, name: str = "a.csv") -> Any:
    return client.put(f"{path}/files?name={name}&size={size}", data=data, content_type=OCTETS)


def test_a_file_too_large_or_one_too_many_is_refused_with_the_limit(home: Path) -> None:
    client = small_limits(home, file=1000, all=1500, files=2)
    path = Importer(client).path
    too_large = put_file(client, path, 1001, b"x")
    assert too_large.status_code == 413
    assert "1000 bytes" in too_large.get_json()["error"]["message"]
    assert put_file(client, path, 900, b"x" * 900).status_code == 200
    together = put_file(client, path, 900, b"x")
    assert together.status_code == 413
    assert "1.5 kB" in together.get_json()["error"]["message"]
    assert put_file(client, path, 10, b"x" * 10).status_code == 200
    many = put_file(client, path, 1, b"x")
    assert many.status_code == 413
    assert "2 files" in many.get_json()["error"]["message"]
    longer = Importer(client)
    assert put_file(client, longer.path, 3, b"child,event").status_code == 413
    assert client.get(longer.path).get_json()["files"] == []


def test_a_file_that_the_disk_has_no_room_for_is_refused(home: Path) -> None:
    client = small_limits(home, reserve=1 << 60)
    answer = put_file(client, Importer(client).path, 10, b"x" * 10)
    assert answer.status_code == 507
    assert "room" in answer.get_json()["error"]["remedy"]


def test_a_file_comes_in_pieces_in_their_order(importer: Importer) -> None:
    client, path = importer.client, importer.path
    first = put_file(client, path, len(CLEAR), CLEAR[:20]).get_json()
    assert (first["complete"], first["received"], first["seen"]) == (False, 20, None)
    assert client.post(f"{path}/read", json={}).status_code == 409
    wrong = client.put(f"{path}/files/{first['id']}?offset=30", data=CLEAR[30:], content_type=OCTETS)
    assert wrong.status_code == 409
    last = client.put(f"{path}/files/{first['id']}?offset=20", data=CLEAR[20:], content_type=OCTETS).get_json()
    assert last["complete"]
    assert last["seen"]["preview"]["rows"] == [["Ann", "assessment", "2015-06-01"], ["Cat", "contact", "2015-06-02"]]
    too_much = put_file(client, path, 5 << 20, bytes(5 << 20))
    assert too_much.status_code == 413


NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "C:\\Windows\\x.csv", "a/../../b.csv", "con.csv",
    "<img src=x>.csv", "nul\x00.csv", "x" * 500 + ".csv", ".hidden", "é ü.csv", "%2e%2e%2fup.csv",
)  # fmt: skip


def test_a_name_is_only_ever_shown(importer: Importer, home: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    files = [importer.put(CLEAR, name) for name in NAMES]
    new = [path for path in set(tmp_path.rglob("*")) - before if path.is_file()]
    assert len(new) == len(NAMES)
    run = next(path for path in (home / homes.INCOMING).iterdir() if path.is_dir())
    for path in new:
        assert path.resolve().is_relative_to(run.resolve())
        assert any(file["id"] in path.name for file in files)
        assert all(letter.isalnum() or letter in "-." for letter in path.name)
    assert importer.read()["state"] == "done"
    said = importer.client.get(importer.path).get_json()["found"]["recognised"]
    assert not [line for line in said for file in files if file["id"] in line]


def test_a_file_without_a_name_is_refused(importer: Importer) -> None:
    for name in ("", "%20%20", "..", "/", "./..", "%00"):
        answer = importer.client.put(f"{importer.path}/files?name={name}&size=1", data=b"x", content_type=OCTETS)
        assert answer.status_code == 400, name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_what_is_brought_in_can_be_read_by_its_owner_alone(importer: Importer, home: Path) -> None:
    importer.put(CLEAR, "folder/log.csv")
    for path in [home, *(home / homes.INCOMING).rglob("*"), home / homes.INCOMING]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o077 == 0 or path.name == homes.LOCK, (path, oct(mode))


def test_files_are_deleted_with_the_import_and_with_the_server_and_stale_ones_at_the_next_start(
    taking: FlaskClient, importer: Importer, home: Path
) -> None:
    importer.put(CLEAR)
    assert on_disk(home)
    taking.delete(importer.path)
    assert on_disk(home) == set()
    Importer(taking).put(CLEAR)
    stale = home / homes.INCOMING / "left-by-a-server-that-was-killed"
    stale.mkdir()
    (stale / "records.csv").write_bytes(CLEAR)
    Home(home).clean()
    assert not stale.exists()
    assert on_disk(home)  # a running server's are left alone
    taking.application.extensions["flowmap"]["desk"].close_all()
    assert on_disk(home) == set()


def test_an_import_that_nobody_asks_after_is_forgotten(taking: FlaskClient, importer: Importer, home: Path) -> None:
    importer.put(CLEAR)
    desk: Desk = taking.application.extensions["flowmap"]["desk"]
    desk.get(importer.path.rsplit("/", 1)[1]).touched -= desks.FORGOTTEN + 1
    Importer(taking)
    assert taking.get(importer.path).status_code == 404
    assert on_disk(home) == set()


def test_when_too_many_are_open_the_one_left_longest_is_closed(home: Path) -> None:
    client = small_limits(home, sessions=2)
    imports = [Importer(client) for _ in range(3)]
    assert [client.get(each.path).status_code for each in imports] == [404, 200, 200]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}]
)
def test_another_site_can_neither_bring_in_nor_delete(importer: Importer, headers: dict[str, str]) -> None:
    client, path = importer.client, importer.path
    for answer in (
        client.post("/api/imports", json={}, headers=headers),
        client.put(f"{path}/files?name=a&size=1", data=b"x", content_type=OCTETS, headers=headers),
        client.delete(path, headers=headers),
        client.post(f"{path}/demo", json={}, headers=headers),
    ):
        assert answer.status_code == 403
    assert client.get(path).status_code == 200


def test_bytes_are_taken_where_a_file_is_and_json_elsewhere(importer: Importer) -> None:
    client, path = importer.client, importer.path
    for kind in ("text/plain", "multipart/form-data", "application/json", ""):
        assert client.put(f"{path}/files?name=a&size=1", data=b"x", content_type=kind).status_code == 415
    assert client.post("/api/imports", data=b"{}", content_type=OCTETS).status_code == 415
    assert client.post(f"{path}/read", data=b"{}", content_type="text/plain").status_code == 415


def test_where_there_is_no_home_nothing_is_taken() -> None:
    client = create_app({}).test_client()
    answer = client.post("/api/imports", json={})
    assert answer.status_code == 403
    assert "--home" in answer.get_json()["error"]["remedy"]
    assert "import-body" not in client.get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
