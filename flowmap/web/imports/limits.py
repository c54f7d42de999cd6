"""How much may be brought in. The page states these numbers, the server enforces them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Bytes and numbers. What a packed file may unpack to is the readers' business (zip and XML bombs)."""

    file: int = 2 * GIB
    all: int = 8 * GIB
    files: int = 200
    piece: int = 4 * MIB
    """One request carries at most this much of a file, so that none is ever held whole."""
    reserve: int = 512 * MIB
    """Left free on the disk."""
    sessions: int = 20

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return asdict(self)


def size_in_words(size: float) -> str:
    """Bytes as people say them: 1.5 MB, 2 GB (of 1024 each, as file managers count)."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f}".removesuffix(".0") + f" {unit}"
        size /= 1024
    raise AssertionError("unreachable")
