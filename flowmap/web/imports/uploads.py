"""Files on their way in: names that are shown and never used as paths, bytes appended piece by piece on disk."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flowmap.web.errors import Refusal
from flowmap.web.imports.limits import Limits, size_in_words

LONGEST_NAME = 200
CHUNK = 1 << 20


@dataclass
class Upload:
    """One file: its own `name` (for showing), where it lies, how much of it is there, and what was found in it.

    `given` is the name it came with, which another file may have too; `already` the name of a file with the very same
    name and content that was there before: then this one was not kept.
    """

    id: str
    name: str
    size: int
    path: Path
    given: str = ""
    received: int = 0
    already: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] | None = None

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.received == self.size

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        facts = {"id": self.id, "name": self.name, "size": self.size, "received": self.received}
        return {**facts, "complete": self.complete, "already": self.already, "options": self.options, "seen": self.seen}

    def command(self) -> dict[str, Any]:
        """For the process that reads it."""
        council = bool(self.seen and self.seen.get("council"))
        return {
            "id": self.id,
            "path": str(self.path),
            "shown": self.name,
            "options": self.options,
            "council": council,
        }


def shown_name(name: str) -> str:
    """The name as shown: one line of visible letters; where it came in a folder, with the folder's name.

    Raises: Refusal 400.
    """
    text = "".join(letter if letter.isprintable() else " " for letter in name).strip().replace("\\", "/")
    parts = [part.strip() for part in text.split("/") if part.strip(" .")]
    if not parts:
        raise Refusal(400, "The file has no name.", "name", "Give the file's name.")
    return "/".join(parts)[-LONGEST_NAME:]


def place(folder: Path, name: str) -> tuple[str, Path]:
    """A new id, and where the file goes: beneath `folder`, under the id and what is harmless of its name.

    The harmless part (letters, digits and hyphens, the year in a name among them) is for readers that take a hint.
    """
    identity = "f" + secrets.token_hex(8)
    *above, last = name.split("/")
    ending = re.search(r"(?:\.[A-Za-z0-9]{1,8}){1,2}$", last)
    suffix = ending.group().lower() if ending else ""
    inside = folder / _plain(above[-1] if above else "files")
    return identity, inside / f"{identity}-{_plain(last[: len(last) - len(suffix)])}{suffix}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60] or "file"


def check_room(uploads: list[Upload], size: int, limits: Limits, folder: Path) -> None:
    """Refuse a file that is too large, one too many, or more than the disk holds.

    Raises: Refusal 413, 507.
    """
    if size > limits.file:
        raise Refusal(
            413,
            f"The file has {size_in_words(size)}; one file may have {size_in_words(limits.file)}.",
            "size",
            "Bring in a shorter period, or build it with `flowmap build`, which has no limit.",
        )
    if len(uploads) >= limits.files:
        raise Refusal(
            413, f"There are {limits.files} files already, the most there may be.", "name", "Bring in fewer files."
        )
    if size + sum(upload.size for upload in uploads) > limits.all:
        raise Refusal(
            413,
            f"All files together may have {size_in_words(limits.all)}.",
            "size",
            "Bring in fewer files, or build with `flowmap build`, which has no limit.",
        )
    waiting = sum(upload.size - upload.received for upload in uploads)
    free = shutil.disk_usage(folder).free - limits.reserve - waiting
    if size > free:
        raise Refusal(
            507,
            f"The disk has no room for a file of {size_in_words(size)}: {size_in_words(max(free, 0))} can be used.",
            "size",
            "Make room on the disk.",
        )


def same_as(upload: Upload, others: list[Upload]) -> Upload | None:
    """The file that came with the same name and has the same bytes (by SHA-256), if any."""
    alike = [
        each
        for each in others
        if each is not upload and each.complete and (each.given, each.size) == (upload.given, upload.size)
    ]
    digest = _sha256(upload.path) if alike else b""
    return next((each for each in alike if _sha256(each.path) == digest), None)


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def append(upload: Upload, offset: int, stream: IO[bytes]) -> None:
    """Write a piece of the file that begins at `offset`.

    Raises: Refusal 409 (not the next piece), 413 (more than was announced), 507 (the disk is full).
    """
    if offset != upload.received:
        raise Refusal(409, f"The next piece begins at {upload.received}.", "offset", f"Send offset={upload.received}.")
    upload.path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(upload.path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.seek(offset)
            file.truncate()
            upload.received = _copied(stream, file, offset, upload.size)
    except OSError as error:
        raise Refusal(
            507, f"The file cannot be stored: {error.strerror or error}.", None, "Make room on the disk."
        ) from error


def _copied(stream: IO[bytes], file: IO[bytes], offset: int, size: int) -> int:
    """Copy the stream; gives how much of the file is there then."""
    while piece := stream.read(CHUNK):
        offset += len(piece)
        if offset > size:
            raise Refusal(413, "The file is longer than was announced.", "size", "Send its true size.")
        file.write(piece)
    return offset
