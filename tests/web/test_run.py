"""`serve` as people run it: a process of its own, reached over a socket."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowmap.eventlog import OptionError, SourceError
from flowmap.web import run

REPOSITORY = Path(__file__).resolve().parents[2]
# A shell has what it starts with & ignore Ctrl+C, and so all that is started from there: the server must hear it here.
SCRIPT = """
import signal
import sys
from pathlib import Path
from flowmap.web import serve
signal.signal(signal.SIGINT, signal.default_int_handler)
serve([Path(sys.argv[1])], port=int(sys.argv[2]))
"""


def start(folder: Path, port: int = 0, **env: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), str(port)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", **env},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
    if not found:
        process.kill()
        pytest.fail(line + process.stdout.read())
    assert "this computer only" in line
    return process, int(found.group(1))


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def port(built: Path) -> Iterator[int]:
    process, found = start(built)
    yield found
    stop(process)


Answer = tuple[int, dict[str, str], bytes]
LAYOUT = "/api/datasets/small/map/layout"
FIGURES = ("/api/datasets/small/moves", "/api/datasets/small/stations", "/api/datasets/small/cohort?sex=F")


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data


def test_it_answers_and_does_not_say_what_it_is(port: int) -> None:
    status, headers, data = ask(port, "/api/datasets/small/flow")
    assert status == 200
    assert b"bins" in data
    assert "server" not in headers
    assert "waitress" not in str(headers).lower()


def test_it_listens_on_loopback_alone(port: int) -> None:
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses:
        if not str(address).startswith("127."):
            with pytest.raises(OSError), socket.create_connection((str(address), port), timeout=2):  # noqa: PT011
                pass


def test_a_foreign_name_is_refused_over_the_wire_too(port: int) -> None:
    assert ask(port, "/", Host=f"evil.example:{port}")[0] == 403
    assert ask(port, "/", Host="127.0.0.1")[0] == 403
    assert ask(port, "/", Host=f"localhost:{port}")[0] == 302


def test_a_page_and_a_change_go_together(port: int) -> None:
    json = {"Content_Type": "application/json"}
    own, other = f"http://127.0.0.1:{port}", "http://127.0.0.1:1"
    assert ask(port, LAYOUT, "POST", b'{"positions": {}}', Origin=own, **json)[0] == 200
    assert ask(port, LAYOUT, "POST", b'{"positions": {}}', Origin=other, **json)[0] == 403


def test_many_who_ask_at_once_are_all_answered_alike(port: int) -> None:
    found: list[tuple[int, bytes]] = []

    def one(number: int) -> None:
        status, _, data = ask(port, FIGURES[number % 3])
        found.append((status, data))

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 60
    assert {status for status, _ in found} == {200}
    assert len({data for _, data in found}) == 3


def test_a_server_that_is_started_again_on_its_port_answers_with_the_same_etag(built: Path) -> None:
    process, port = start(built)
    before = ask(port, "/api/datasets/small/flow")
    stop(process)
    with pytest.raises(ConnectionError):
        ask(port, "/")
    process, again = start(built, port)
    try:
        assert again == port
        status, _, data = ask(port, "/api/datasets/small/flow", If_None_Match=before[1]["etag"])
        assert (status, data) == (304, b"")
    finally:
        stop(process)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_it_without_a_traceback(built: Path) -> None:
    process, _ = start(built)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in output


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without telling it")
def test_files_brought_in_are_deleted_when_the_server_is_told_to_end(built: Path, tmp_path: Path) -> None:
    process, port = start(built, FLOWMAP_HOME=str(tmp_path / "home"))
    kind = {"Content_Type": "application/json"}
    status, _, data = ask(port, "/api/imports", "POST", b"{}", **kind)
    assert status == 200
    path = f"/api/imports/{json.loads(data)['id']}/files?name=a.csv&size=4194304"
    status, _, data = ask(port, path, "PUT", bytes(4 << 20), Content_Type="application/octet-stream")
    assert status == 200, data
    stored = [file for file in (tmp_path / "home").rglob("*") if file.is_file() and file.stat().st_size]
    assert [file.stat().st_size for file in stored] == [4 << 20]
    stop(process)
    assert not [file for file in (tmp_path / "home").rglob("*") if file.is_file()]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.org", ""])  # noqa: S104
def test_another_address_is_refused_because_there_is_no_sign_in(built: Path, host: str) -> None:
    with pytest.raises(OptionError, match="no sign-in") as refused:
        run.serve([built], host=host)
    assert "--host" in str(refused.value)


def test_a_port_in_use_is_said_with_a_remedy(built: Path, port: int) -> None:
    with pytest.raises(OptionError, match="--port 0"):
        run.serve([built], port=port)


def test_what_is_not_a_dataset_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="flowmap build"):
        run.names_of([tmp_path])
    with pytest.raises(SourceError, match="Check the path"):
        run.names_of([tmp_path / "none"])
    with pytest.raises(OptionError):
        run.names_of([])


def test_names_are_fit_for_addresses_and_differ(tmp_path: Path) -> None:
    for name in ("Kent 2018", "kent-2018", "a/../x", "é"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "dataset.json").write_text("{}", encoding="utf-8")
    named = run.names_of([tmp_path / "Kent 2018", tmp_path / "kent-2018", tmp_path / "é"])
    assert list(named) == ["kent-2018", "kent-2018-2", "dataset"]
