"""Output written whole or not at all: in a temporary folder beside it, from where it takes its place at the end.

A run that fails or is stopped leaves what was there before, and nothing else.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flowmap.quality import OptionError

BESIDE = ".flowmap-"


def check(path: Path, *, folder: bool = False, sources: Iterable[str | Path] = ()) -> None:
    """Refuse at the start what could not be written at the end, or would write over one of `sources`.

    Raises OptionError.
    """
    if folder and path.exists() and not path.is_dir():
        raise OptionError(f"{path} is a file.", remedy="Name a folder for these files.")
    if not folder and path.is_dir():
        raise OptionError(f"{path} is a folder.", remedy="Name a file.")
    if path.is_file():
        for source in map(Path, sources):
            if source.is_file() and source.samefile(path):
                raise OptionError(f"{path} is what is read: it would be lost.", remedy="Name another file.")
    if not _plain(path):
        return
    with _refusing(path):
        there = next(
            parent for parent in (path if folder else path.parent, *path.absolute().parents) if parent.exists()
        )
        with tempfile.TemporaryFile(dir=there):
            pass


@contextmanager
def file(path: Path) -> Iterator[Path]:
    """Where to write a file that is to be `path`; folders are made where they are missing.

    Do nothing but write in the block: an OSError there is taken for the output's. A pipe or a device is written to as
    it is. Raises OptionError.
    """
    if not _plain(path):
        with _refusing(path):
            yield path
        return
    target = Path(os.path.realpath(path))  # a link stays one
    with _refusing(path), _beside(target.parent) as place:
        part = place / target.name
        yield part
        with part.open("r+b") as written:
            os.fsync(written.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Where to write the files of a folder that is to be `path`; what else is in `path` stays. Raises OptionError."""
    with _refusing(path), _beside(path.absolute().parent) as place:
        part = place / path.absolute().name
        part.mkdir()
        yield part
        if not path.exists():
            part.replace(path)
            return
        for written in sorted(each for each in part.rglob("*") if each.is_file()):
            target = path / written.relative_to(part)
            target.parent.mkdir(parents=True, exist_ok=True)
            written.replace(target)


def _plain(path: Path) -> bool:
    return not path.exists() or path.is_file() or path.is_dir()


@contextmanager
def _beside(parent: Path) -> Iterator[Path]:
    """A temporary folder in `parent`, which is made if need be; after a failure neither is there."""
    made = [each for each in (parent, *parent.parents) if not each.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=BESIDE, dir=parent, ignore_cleanup_errors=True) as place:
            yield Path(place)
    except BaseException:
        for each in made:
            with suppress(OSError):
                each.rmdir()
        raise


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OptionError(
            f"{path} cannot be written: {os.strerror(error.errno) if error.errno else error}.",
            remedy="Choose a place that you may write to, with space left, and close the file where it is open.",
        ) from error
