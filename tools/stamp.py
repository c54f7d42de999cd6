"""Stamps: a step whose inputs have not changed since it last went well need not be done again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A hash of the contents of files (folders: everything in them) and of `words`. What is absent counts as empty."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for path in paths:
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file).encode() + b"\0")
            digest.update(file.read_bytes() if file.is_file() else b"")
            digest.update(b"\0")
    return digest.hexdigest()


class Stamp:
    """A file that holds the fingerprint of the inputs of the last run that went well."""

    def __init__(self, file: Path, wanted: str) -> None:
        self.file = file
        self.wanted = wanted

    def fresh(self) -> bool:
        """Whether the step has been done with exactly these inputs."""
        return self.file.is_file() and self.file.read_text() == self.wanted

    def lift(self) -> None:
        """Before the step: forget the last run, so that one that dies half-way leaves no stamp."""
        self.file.unlink(missing_ok=True)

    def press(self) -> None:
        """After the step went well."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.wanted)
