"""`flowmap serve`: the application behind waitress, on this computer alone."""

from __future__ import annotations

import logging
import re
import signal
import threading
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from waitress.server import create_server

from flowmap.disclosure import Rule
from flowmap.eventlog import OptionError, SourceError
from flowmap.web import security, tables
from flowmap.web.app import create_app
from flowmap.web.imports import home as homes
from flowmap.web.imports.desk import Desk
from flowmap.web.imports.home import Home

log = logging.getLogger("flowmap.web")

THREADS = 8
MOST_CONNECTIONS = 1000  # a browser keeps six to a server, so that waitress's own 100 are those of 16 people


def names_of(paths: Iterable[Path]) -> dict[str, Path]:
    """A name for each dataset's folder, fit for an address: the folder's own in small letters, numbered where alike.

    Raises: OptionError where no folder is given, SourceError where a folder holds no dataset.
    """
    named: dict[str, Path] = {}
    for path in paths:
        folder = Path(path).resolve()
        if not (folder / "dataset.json").is_file():
            remedy = (
                "Give a folder that `flowmap build` made."
                if folder.is_dir()
                else "Check the path, or build it with `flowmap build`."
            )
            raise SourceError("There is no dataset here.", file=str(path), remedy=remedy)
        base = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-") or "dataset"
        name, number = base, 2
        while name in named:
            name, number = f"{base}-{number}", number + 1
        named[name] = folder
    if not named:
        raise OptionError("No dataset to serve.", remedy="Name at least one folder that `flowmap build` made.")
    return named


def check_address(host: str) -> str:
    """The loopback address to listen on.

    Raises: OptionError for any other address, since whoever reached it would see the data: there is no sign-in yet.
    """
    if not security.is_loopback(host):
        raise OptionError(
            f"Listening on {host} would show the data to all who can reach this computer: there is no sign-in yet.",
            remedy="Leave --host out (127.0.0.1), and reach it from elsewhere through a tunnel such as "
            "`ssh -L 8000:127.0.0.1:8000 THIS-COMPUTER`.",
        )
    # One socket, so that port 0 is one port: «localhost» may be two addresses.
    return "127.0.0.1" if host == "localhost" else host.strip("[]")


def _listen(app: Flask, host: str, port: int) -> Any:
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,  # select() knows no more than 1024 files
            ident=None,
            max_request_body_size=8 * security.LARGEST_BODY,
            inbuf_overflow=8 * security.LARGEST_BODY,  # a piece of a file waits in memory, never in the system's /tmp
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, OverflowError, ValueError) as error:
        remedy = "Choose another with --port, or --port 0 for any that is free."
        raise OptionError(f"Port {port} of {host} cannot be used: {error}.", remedy=remedy) from error


def _end_well() -> None:
    """Let a request to end (SIGTERM, a closed terminal) end the server as Ctrl+C does: files brought in are deleted."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)


def serve(
    paths: Iterable[Path],
    host: str = "127.0.0.1",
    port: int = 8765,
    open_browser: bool = False,
    home: Path | None = None,
    rule: Rule | None = None,
) -> None:
    """Serve datasets until interrupted; says where, and that only this computer can reach it.

    Without any path, those in `home` are served, and the page to begin with is the start page. Datasets built from
    files that are brought in on the page go to `home` (None: the user's own data folder). With a
    `rule` in public mode: measures alone, small numbers hidden.
    Raises: OptionError (address, port), SourceError (no dataset in a folder).
    """
    host = check_address(host)
    paths = list(paths)
    home = home or homes.default()
    Home(home).clean()
    app = create_app(names_of(paths) if paths else Home(home).datasets(), home, rule=rule)
    if not paths:
        app.config["SHOWN_AT_ONCE"] = None
    desk: Desk = app.extensions["flowmap"]["desk"]
    server = _listen(app, host, port)
    app.config["PORT"] = server.effective_port
    url = f"http://{f'[{host}]' if ':' in host else host}:{server.effective_port}/"
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a browser's first burst is no reason to warn
    _end_well()
    try:
        click.echo(f"Serving on {url} — this computer only. Ctrl+C ends it.")
        if rule is not None:
            click.echo(
                f"Public mode: figures alone, counts of 1 to {rule.threshold} hidden. /api/openapi.json says which."
            )
        threading.Thread(target=tables.warm, args=(app,), name="warm", daemon=True).start()
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        desk.close_all()
