"""The home folder: where datasets made on the page are kept, and where their files wait until they are built.

HOME/NAME              a dataset, with its key NAME.key.csv beside it
HOME/.importing/RUN/   what one running server was given; readable by its owner alone, gone when it ends
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path
from typing import IO

import platformdirs

from flowmap import dataset_write
from flowmap.quality import OptionError

INCOMING = ".importing"
LOCK = "in-use"
VARIABLE = "FLOWMAP_HOME"


def default() -> Path:
    """The folder named by FLOWMAP_HOME, else the user's data folder."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir("flowmap", appauthor=False))


class Home:
    """A home folder. Nothing is written to disk until `incoming` is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).absolute()
        self._run: Path | None = None
        self._lock: IO[bytes] | None = None

    def datasets(self) -> dict[str, Path]:
        """The datasets in it by name, those that a killed build left between two names among them."""
        if not self.folder.is_dir():
            return {}
        for previous in self.folder.glob(".*.previous"):
            dataset_write.recover(self.folder / previous.name[1:].removesuffix(".previous"))
        found = [path for path in sorted(self.folder.iterdir()) if not path.name.startswith(".")]
        return {path.name: path for path in found if path.is_dir() and dataset_write.is_dataset(path)}

    def incoming(self) -> Path:
        """The folder for what this server is given, made on first use.

        Raises: OptionError where it cannot be written.
        """
        if self._run is None:
            try:
                self._run = self._make()
            except OSError as error:
                raise OptionError(
                    f"{self.folder} cannot be written to: {error.strerror or error}.",
                    remedy="Name another folder with --home, or make room on the disk.",
                ) from error
        return self._run

    def _make(self) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = self.folder / INCOMING
        root.mkdir(mode=0o700, exist_ok=True)
        root.chmod(0o700)
        self.clean()
        run = root / secrets.token_hex(8)
        run.mkdir(mode=0o700)
        self._lock = (run / LOCK).open("wb")
        _hold(self._lock)
        return run

    def clean(self) -> None:
        """Delete what servers that are no longer running were given."""
        for run in (self.folder / INCOMING).glob("*"):
            if run != self._run and run.is_dir() and not _in_use(run / LOCK):
                shutil.rmtree(run, ignore_errors=True)

    def close(self) -> None:
        """Delete what this server was given."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._run is not None:
            shutil.rmtree(self._run, ignore_errors=True)
            self._run = None


def _hold(lock: IO[bytes]) -> None:
    """Hold a lock file for as long as this process lives; on Windows, being open is enough."""
    if os.name != "nt":
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _in_use(path: Path) -> bool:
    """Whether a living process holds the lock file."""
    if os.name == "nt":  # an open file cannot be deleted there
        with contextlib.suppress(FileNotFoundError):
            try:
                path.unlink()
            except OSError:
                return True
        return False
    import fcntl

    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
