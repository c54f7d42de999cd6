"""All imports of a server: opened, found again, built into the home folder, and forgotten."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import re
import secrets
import shutil
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any

from flowmap import dataset_write, tubemap
from flowmap.quality import OptionError
from flowmap.tubemap import MapError
from flowmap.web.errors import Refusal
from flowmap.web.imports import results, stations
from flowmap.web.imports.home import Home
from flowmap.web.imports.limits import Limits
from flowmap.web.imports.session import Job, Session
from flowmap.web.shelf import Shelf

log = logging.getLogger("flowmap.web")

FORGOTTEN = 4 * 3600
"""Seconds without a call after which an import is forgotten, and its files are deleted."""
ENOUGH = 0.5
"""Share of the events that a built-in map must know to be suggested."""
DEMO = "reference-authority"
COUNCIL_MAP = "childrens-social-care"
"""The map that has a station for everything that council files say."""


class Desk:
    """Where files are brought in. `home` is where datasets go; what is built is put on `shelf`."""

    def __init__(self, home: Home, shelf: Shelf, limits: Limits | None = None) -> None:
        self.home = home
        self.shelf = shelf
        self.limits = limits or Limits()
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._building: set[Path] = set()

    def open(self, dataset: str | None = None) -> Session:
        """A new import, for a new dataset or (by name) one to be replaced. Raises: Refusal 409, 503."""
        self.forget_idle()
        self._make_room()
        with self._lock:
            try:
                folder = self.home.incoming() / secrets.token_hex(8)
                folder.mkdir(mode=0o700)
            except OptionError as error:
                raise Refusal(503, error.message, None, error.remedy or "") from error
            except OSError as error:
                raise Refusal(
                    503, f"Files cannot be stored: {error.strerror}.", None, "Make room on the disk."
                ) from error
            session = Session(secrets.token_hex(16), folder, self.limits, dataset)
            self._sessions[session.id] = session
            return session

    def _make_room(self) -> None:
        """Close the imports that were left longest, where too many are open. Raises: Refusal 409 (all are busy)."""
        while len(self._sessions) >= self.limits.sessions:
            idle = [session for session in self._sessions.values() if not session.busy]
            if not idle:
                raise Refusal(409, "Too many imports are under way.", None, "Wait until one is done.")
            self.close(min(idle, key=lambda session: session.touched).id)

    def get(self, identity: str) -> Session:
        """The import of that id. Raises: Refusal 404."""
        session = self._sessions.get(identity)
        if session is None:
            raise Refusal(404, "This import is no longer here.", "session", "Load the page again and drop the files.")
        session.touched = time.monotonic()
        return session

    def close(self, identity: str) -> None:
        """End an import and delete its files. Raises: Refusal 404."""
        session = self.get(identity)
        with self._lock:
            self._sessions.pop(identity, None)
        session.close()

    def close_all(self) -> None:
        """End all imports: the server stops."""
        for identity in list(self._sessions):
            with contextlib.suppress(Refusal):
                self.close(identity)
        self.home.close()

    def forget_idle(self) -> None:
        """Close imports that nobody has asked after for hours."""
        before = time.monotonic() - FORGOTTEN
        for session in list(self._sessions.values()):
            if session.touched < before and not session.busy:
                with contextlib.suppress(Refusal):
                    self.close(session.id)

    def read(self, session: Session) -> Job:
        """Read all files of an import and keep what was found. Raises: Refusal 409."""
        command = {"do": "read", **self._given(session)}

        def done(found: dict[str, Any]) -> dict[str, Any]:
            session.found = {**found, "suggested": self._suggested(session, found["known"])}
            return {}

        return session.begin("read", command, done)

    def _given(self, session: Session) -> dict[str, Any]:
        """What is read, where there is room to write, and which dataset's decisions count."""
        replaces = str(self.shelf.folder(session.dataset)) if session.dataset is not None else None
        return {"files": session.commands(), "folder": str(session.folder), "replaces": replaces}

    def _suggested(self, session: Session, known: dict[str, float]) -> dict[str, str]:
        """The map to begin with: the dataset's own, else a built-in one that knows most events, else one drawn."""
        if session.dataset is not None:
            return {"kind": "keep"}
        council = any(upload.seen and upload.seen["council"] for upload in session.files.values())
        if council and known.get(COUNCIL_MAP, 0.0) >= ENOUGH:
            return {"kind": "builtin", "name": COUNCIL_MAP}
        best = max(known, key=lambda name: known[name], default=None)
        if best is not None and known[best] >= ENOUGH:
            return {"kind": "builtin", "name": best}
        return {"kind": "automatic"}

    def events(self, session: Session, wanted: dict[str, Any]) -> dict[str, Any]:
        """Which event means which station on a map. Raises: Refusal 400 (the map), 409 (not read yet)."""
        found = self._found(session)
        if wanted["kind"] == "automatic":
            own = [{**event, "station": None, "how": "own"} for event in found["events"]]
            return {"title": "", "places": [], "events": own}
        tube = self._load(wanted, session)
        return {"title": tube.title, "places": stations.places(tube), "events": stations.table(tube, found["events"])}

    def build(self, session: Session, title: str, wanted: dict[str, Any], events: dict[str, str | None]) -> Job:
        """Build the dataset. Raises: Refusal 400 (map, stations), 409."""
        self._found(session)
        if wanted["kind"] == "automatic":
            events = {}
        else:
            try:
                stations.with_events(self._load(wanted, session), events)
            except KeyError as error:
                raise Refusal(400, f"events: the map has no station {error.args[0]!r}.", "events") from error
        command = {
            "do": "build",
            **self._given(session),
            "title": title,
            "map": wanted,
            "events": events,
        }
        return self._build(session, "build", command, title)

    def demo(self, session: Session) -> Job:
        """Build the made-up council as a dataset like any other. Raises: Refusal 409."""
        return self._build(session, "demo", {"do": "demo"}, DEMO)

    def _build(self, session: Session, kind: str, command: dict[str, Any], title: str) -> Job:
        name, target = self._target(session, title)
        before = _edition(target)

        def finish(result: dict[str, Any]) -> dict[str, Any]:
            self.shelf.add(name, target)
            session.dataset = None
            session.forget_files()
            return {**result, "name": name}

        def done(result: dict[str, Any]) -> dict[str, Any]:
            self._free(target)
            return finish(result)

        def ended(state: str) -> dict[str, Any] | None:
            sweep(target)
            self._free(target)
            if state == "cancelled" and _edition(target) not in (None, before):
                from flowmap import dataset  # the cancel came when all was done

                return finish(results.summary(dataset.open(target)))
            return None

        try:
            return session.begin(kind, {**command, "target": str(target)}, done, ended)
        except BaseException:
            self._free(target)
            raise

    def _target(self, session: Session, title: str) -> tuple[str, Path]:
        """The name and folder to build to, held until `_free`. Raises: Refusal 404, 409."""
        with self._lock:
            if session.dataset is not None:
                name, target = session.dataset, self.shelf.folder(session.dataset)
            else:
                base = slug(title)
                name, number = base, 2
                while name in self.shelf.names() or self._taken(self.home.folder / name):
                    name, number = f"{base}-{number}", number + 1
                target = self.home.folder / name
            if target in self._building:
                raise Refusal(409, "This dataset is being built already.", None, "Wait until it is done.")
            self._building.add(target)
            return name, target

    def _taken(self, target: Path) -> bool:
        return target.exists() or target in self._building or dataset_write.key_path(target).exists()

    def is_building(self, folder: Path) -> bool:
        """Whether a dataset is being built there."""
        return folder in self._building

    def _free(self, target: Path) -> None:
        with self._lock:
            self._building.discard(target)

    def _found(self, session: Session) -> dict[str, Any]:
        if session.found is None:
            raise Refusal(409, "The files have not been read yet.", None, "Read them first.")
        return session.found

    def _load(self, wanted: dict[str, Any], session: Session) -> tubemap.TubeMap:
        target = self.shelf.folder(session.dataset) if session.dataset is not None else None
        if wanted["kind"] == "keep" and target is None:
            raise Refusal(
                400, "map.kind: a new dataset has no map to keep.", "map.kind", "Use builtin, file or automatic."
            )
        try:
            return stations.load(wanted, target)
        except MapError as error:
            said = "; ".join(str(problem) for problem in error.problems[:5])
            raise Refusal(400, f"map: {said}", "map", "Mend the map file, or choose another map.") from error


def slug(title: str) -> str:
    """A title as a name for a folder and an address: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return name if name and not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name) else f"dataset-{name}".strip("-")


def _edition(target: Path) -> object:
    """What tells one dataset at a place from the next; None where there is none."""
    try:
        return (target / "dataset.json").stat().st_mtime_ns, (target / "dataset.json").stat().st_ino
    except OSError:
        return None


def sweep(target: Path) -> None:
    """Delete what a build that was stopped left beside its target; its process is gone."""
    if os.name == "nt":  # there, whether a build is still at it is told by age alone
        for folder in target.parent.glob(f".{glob.escape(target.name)}.building-*"):
            shutil.rmtree(folder, ignore_errors=True)
    dataset_write.clean(target)
