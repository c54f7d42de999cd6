"""The datasets being served: each opened once, opened again when it was rebuilt, refused when it is gone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from flowmap.dataset_write import recover
from flowmap.web.errors import Refusal
from flowmap.web.operations import unknown
from flowmap.web.served import Served
from flowmap.web.stamp import Stamp, stamp

log = logging.getLogger("flowmap.web")

PATIENCE = (0.0, 0.05, 0.15, 0.3)
"""Seconds to wait for a dataset that is not there: a rebuild swaps two folders, and between them there is none."""


OPENINGS = 3
"""Times that a dataset is opened before what was found is believed."""


class Shelf:
    """Datasets by the name they have in addresses."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self.folders = {name: Path(path) for name, path in folders.items()}
        self._open: dict[str, tuple[Stamp, Served]] = {}
        self._locks = {name: threading.Lock() for name in folders}

    def names(self) -> list[str]:
        """Names in the order given."""
        return list(self.folders)

    def folder(self, name: str) -> Path:
        """Where the dataset of that name lies.

        Raises: Refusal 404.
        """
        if name not in self.folders:
            raise unknown("dataset", name, self.names(), "dataset")
        return self.folders[name]

    def add(self, name: str, folder: Path) -> None:
        """Serve one more dataset, or one again that was rebuilt."""
        self._locks.setdefault(name, threading.Lock())
        self.folders = {**self.folders, name: Path(folder)}

    def remove(self, name: str) -> None:
        """Serve a dataset no longer, and let go of its files."""
        self.folders = {known: folder for known, folder in self.folders.items() if known != name}
        self._open.pop(name, None)

    def tags(self) -> list[str]:
        """Tags of the datasets as they are now; one that cannot be opened has an empty one."""
        found = []
        for name in self.names():
            try:
                found.append(f"{name}:{self.get(name).tag()}")
            except Refusal:
                found.append(f"{name}:")
        return found

    def get(self, name: str) -> Served:
        """The dataset of that name as it is on disk now.

        Raises: Refusal 404 (no such name), 410 (its folder is gone), 503 (it cannot be read).
        """
        folder = self.folder(name)
        found = self._stamp(name, folder)
        with self._locks[name]:
            held = self._open.get(name)
            if held and held[0] == found:
                return held[1]
            opened = self._open[name] = self._read(name, folder)
        if held:
            log.info("dataset %s was rebuilt; opened again", name)
        return opened[1]

    def _stamp(self, name: str, folder: Path) -> Stamp:
        for pause in PATIENCE:
            time.sleep(pause)
            found = stamp(folder / "dataset.json")
            if found:
                return found
        recover(folder)
        found = stamp(folder / "dataset.json")
        if found:
            return found
        self._open.pop(name, None)
        raise Refusal(
            410,
            f"The dataset {name!r} is no longer on disk.",
            "dataset",
            "Build it again; the server will find it, no restart is needed.",
        )

    def _read(self, name: str, folder: Path) -> tuple[Stamp, Served]:
        """Open it; again where it was replaced meanwhile, since half of it may be of the edition before."""
        for _ in range(OPENINGS):
            before = self._stamp(name, folder)
            fault: Exception | None = None
            try:
                served = Served.open(name, folder)
            except Exception as error:  # whatever a half-copied or damaged folder makes a reader raise
                fault = error
            if stamp(folder / "dataset.json") == before:
                break
        if fault is not None:
            log.error("dataset %s cannot be read", name, exc_info=fault)
            remedy = "Build it again with this version of flowmap."
            raise Refusal(503, f"The dataset {name!r} cannot be read: {fault}", "dataset", remedy) from fault
        return before, served
