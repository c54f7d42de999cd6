"""Where templates and the front end lie, and addresses of assets that change when their contents do.

A wheel carries both inside the package; a checkout has them beside it. Every address holds one hash of the whole
front end (`/static/3f2a…/js/main.js`), so that modules that import each other by relative path are of one edition
and can be kept by the browser for ever.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

from flask import Flask, Response, request, url_for
from werkzeug.security import safe_join

from flowmap.web import respond
from flowmap.web.compression import Coding
from flowmap.web.errors import Refusal
from flowmap.web.kept import Kept
from flowmap.web.respond import Packed

_PACKAGE = Path(__file__).resolve().parent.parent

PLACES = ("dist", "css", "js", "icons", ".")
"""Folders of the front end in which a bare name is looked for; the built files come first."""

MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
"""Said here, because on Windows the registry decides and often gets scripts wrong, which browsers then refuse."""

PACKED_ALREADY = (".png", ".woff2")

FOR_EVER = "public, max-age=31536000, immutable"


def folder(name: str) -> Path:
    """The folder `static` or `templates`: in the package (wheel) or beside it (checkout)."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class Edition:
    """The hash of the front end as it is now on disk; computed again when a file changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._hash = ""
        self._lock = threading.Lock()

    def _states(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in sorted(self._root.rglob("*")):
            if "node_modules" in path.parts or path.name.startswith("."):
                continue
            with contextlib.suppress(FileNotFoundError):  # a build replaces files while we look
                state = path.stat()
                if not path.is_dir():
                    found.append((path.relative_to(self._root).as_posix(), state.st_mtime_ns, state.st_size))
        return tuple(found)

    def __call__(self) -> str:
        """Sixteen hexadecimal digits."""
        seen = self._states()
        with self._lock:
            if seen != self._seen:
                digest = hashlib.sha256()
                for name, _, _ in seen:
                    with contextlib.suppress(FileNotFoundError):
                        digest.update(name.encode() + b"\0" + (self._root / name).read_bytes() + b"\0")
                self._seen, self._hash = seen, digest.hexdigest()[:16]
            return self._hash


def find(root: Path, name: str) -> str:
    """The path below `root` of an asset asked for by a bare name (`main.css`) or by its path."""
    for place in PLACES:
        if (root / place / name).is_file():
            return name if place == "." else f"{place}/{name}"
    return name


def _read(root: Path, path: str) -> bytes:
    found = safe_join(str(root), path)
    if found is None or any(part.startswith(".") for part in Path(path).parts) or not Path(found).is_file():
        raise Refusal(404, f"There is nothing at {request.path[:200]}.")
    return Path(found).read_bytes()


def register(app: Flask) -> None:
    """Serve the front end from `app`, packed as the client likes, and give templates `asset(name)`."""
    root = folder("static")
    current = Edition(root)
    answers: Kept[Packed] = app.extensions["flowmap"]["answers"]

    def asset(name: str) -> str:
        return url_for("static_file", edition=current(), path=find(root, name))

    def static_file(edition: str, path: str) -> Response:
        data = _read(root, path)
        kind = Path(path).suffix.lower()
        etag = respond.tag("asset", path, hashlib.sha256(data).hexdigest())

        def make(chosen: Coding) -> Packed:
            coding = "identity" if kind in PACKED_ALREADY else chosen
            return answers.get((etag, chosen), lambda: respond.pack(data, coding))

        response = respond.respond(etag, MEDIA.get(kind, "application/octet-stream"), make)
        response.headers["Cache-Control"] = FOR_EVER if edition == current() else respond.REVALIDATE
        return response

    app.add_url_rule("/static/<edition>/<path:path>", "static_file", static_file, methods=["GET"])
    app.jinja_env.globals["asset"] = asset
