"""A PostgreSQL server of the test run's own, in a folder of its own, that ends with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import postgres

OWNER = "flowmap_owner"
PASSWORD = "correct-horse-battery"  # noqa: S105 - of a server that lives for some seconds
LIMIT = 60


@dataclass(frozen=True)
class Server:
    """A running server; `url` is the owner's, password and all."""

    port: int

    def url(self, user: str = OWNER, password: str | None = PASSWORD, database: str = "postgres") -> str:
        secret = f":{password}" if password else ""
        return f"postgresql+pg8000://{user}{secret}@127.0.0.1:{self.port}/{database}"


@contextmanager
def started() -> Iterator[Server | str]:
    """A server, or in words why there is none."""
    programs = postgres.found()
    if programs is None:
        yield "there is no PostgreSQL server on this machine (tools/postgres.py looks for one)"
        return
    folder = Path(tempfile.mkdtemp(prefix="flowmap-postgres-"))
    rights, reason = _rights(folder)
    if reason:
        shutil.rmtree(folder)
        yield reason
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    try:
        _run(
            [*rights, programs / "initdb", "-D", data, "-U", OWNER, "-A", "scram-sha-256", "--pwfile", secret, "-N"],
            folder,
        )
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -F"
        _run([*rights, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start"], folder)
        yield Server(port)
    finally:
        if (data / "postmaster.pid").exists():
            _run([*rights, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


def _rights(folder: Path) -> tuple[list[str], str]:
    """The words that run a program as somebody other than root, whom PostgreSQL refuses; or why there are none."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return [], ""
    import pwd

    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if not shutil.which("setpriv"):
            return [], "as root, setpriv is needed to start PostgreSQL"
        os.chown(folder, user.pw_uid, user.pw_gid)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], ""
    return [], "as root, PostgreSQL does not start, and there is no other user"


def _run(words: list[str | Path], folder: Path) -> None:
    subprocess.run(
        [str(w) for w in words],
        cwd=folder,
        check=True,
        timeout=LIMIT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
