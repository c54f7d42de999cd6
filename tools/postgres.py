"""A PostgreSQL for the tests of database sources: found on this machine, or installed as the system's package."""

from __future__ import annotations

import shutil
from pathlib import Path

from shell import say, system_install

# Where Debian, Red Hat, macOS and Windows keep the server's programs, which they do not put on the PATH.
KEPT = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)


def found() -> Path | None:
    """The folder with initdb and pg_ctl, the newest of several; None where there is none."""
    program = shutil.which("initdb")
    if program and shutil.which("pg_ctl"):
        return Path(program).resolve().parent
    kept = [
        path
        for place in KEPT
        for path in Path(Path(place).anchor).glob(str(Path(place).relative_to(Path(place).anchor)))
    ]
    able = [path for path in kept if shutil.which("initdb", path=str(path)) and shutil.which("pg_ctl", path=str(path))]
    return max(able, key=lambda path: [int(n) if n.isdigit() else 0 for n in path.parent.name.split("-")], default=None)


def provide() -> None:
    """Install a server where there is none; else the tests that need one are skipped, saying so."""
    if found() is None:
        say("No PostgreSQL found: the tests of databases want one")
        if not system_install("postgresql") or found() is None:
            say("PostgreSQL could not be installed: the tests that need it are skipped")
