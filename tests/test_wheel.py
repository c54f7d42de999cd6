"""The wheel alone, outside the checkout, is a whole program: command line, server, templates and built front end."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
LOG = "child,event,time\nA1,contact,2020-01-06\nA1,referral,2020-01-07\nA1,closed,2020-02-03\nB2,contact,2020-01-08\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("flowmap-*.whl"))


@pytest.fixture(scope="module")
def scratch(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment: the wheel installed, the libraries lent by the one of the tests."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*install, str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    # A path in a .pth file is searched, but .pth files in that place are not read: an editable flowmap stays unseen.
    own = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(own) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def run(scratch: Path, *words: str | Path, cwd: Path) -> str:
    """What `flowmap` of the scratch environment says."""
    done = subprocess.run(
        [str(each) for each in (scratch / "flowmap", *words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=surroundings(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def surroundings() -> dict[str, str]:
    """The environment without anything that would lead Python back to the checkout."""
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}


def test_the_wheel_holds_what_runs_and_not_what_it_was_made_from(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {"main.js", "compare.js", "worker.js", "main.css", "compare.css", "THIRD-PARTY-LICENCES.txt"}
    assert {f"flowmap/static/dist/{name}" for name in needed} <= names
    assert "flowmap/maps/childrens-social-care.yaml" in names
    assert any(name.startswith("flowmap/templates/") for name in names)
    assert any(name.startswith("synthetic/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    strangers = [name for name in names if re.match(r"(tests|tools|static|docs)/|.*(\.map|/node_modules/.*)$", name)]
    assert strangers == []


def test_the_program_imported_is_the_wheels_and_not_the_checkouts(scratch: Path, tmp_path: Path) -> None:
    python = scratch / ("python.exe" if os.name == "nt" else "python")
    command = [str(python), "-c", "import flowmap, synthetic; print(flowmap.__file__, synthetic.__file__)"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=surroundings(), check=True).stdout
    assert all(Path(each).is_relative_to(scratch.parent) for each in said.split())


def test_the_command_says_what_it_can_do(scratch: Path, tmp_path: Path) -> None:
    said = run(scratch, "--help", cwd=tmp_path)
    assert all(command in said for command in ("build", "serve", "demo", "summary"))


def test_the_installed_server_gives_the_page_and_its_built_front_end(scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    run(scratch, "build", "log.csv", "-o", "built", "--map", "childrens-social-care", cwd=tmp_path)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    command = [str(scratch / "flowmap"), "serve", "built", f"--port={port}", "--no-browser"]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=surroundings(), stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        page = patiently(f"{url}/d/built", server, tmp_path / "server.log")
        assets = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg))"', page)
        assert {name.rsplit("/", 1)[1] for name in assets} >= {"main.js", "main.css"}
        main = next(each for each in assets if each.endswith("main.js"))
        assert "/dist/" in main
        for address in [*assets, main.replace("main.js", "worker.js")]:
            with urllib.request.urlopen(url + address) as answer:
                kind, body = answer.headers["Content-Type"], answer.read()
            assert len(body) > 100
            assert kind.split(";")[0] in ("text/javascript", "text/css", "image/svg+xml"), address
    finally:
        server.terminate()
        server.wait(20)


def patiently(url: str, server: subprocess.Popen[bytes], log: Path) -> str:
    """The body at `url`, as soon as the server answers."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
