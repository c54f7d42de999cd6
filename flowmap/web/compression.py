"""Content-Encoding: which one a client prefers (RFC 9110, 12.5.3), and the bytes."""

from __future__ import annotations

import gzip
from typing import Literal

import pyarrow as pa

Coding = Literal["zstd", "br", "gzip", "identity"]

PREFERENCE: tuple[Coding, ...] = ("zstd", "br", "gzip", "identity")
"""Ours, where the client likes several equally: zstd is the fastest to unpack."""

SMALLEST = 600
"""Bytes below which packing costs more than it saves."""

QUICK = {"zstd": 3, "br": 4, "gzip": 5}
"""Levels for answers made on the spot."""

THOROUGH = {"zstd": 12, "br": 7, "gzip": 6}
"""Levels for the wire tables, packed once and kept. zstd stays at or below 19: browsers accept windows of at most
8 MiB (RFC 9659)."""

_CODECS = {"zstd": "zstd", "br": "brotli"}


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        weight = 1.0
        for option in options:
            if option.replace(" ", "").startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(option.replace(" ", "")[2:])))
                except ValueError:
                    weight = 0.0
        weights[name] = weight
    return weights


def choose(header: str | None) -> Coding:
    """The coding to use for an `Accept-Encoding` header: highest q, then our own preference.

    Without a header, or where nothing offered is ours, the answer is sent as it is.
    """
    if not header:
        return "identity"
    weights = _weights(header)
    rest = weights.get("*", 0.0)
    offered: list[tuple[float, int, Coding]] = []
    for rank, coding in enumerate(PREFERENCE):
        fallback = weights.get("x-gzip", rest) if coding == "gzip" else rest
        weight = weights.get(coding, 0.001 if coding == "identity" and "*" not in weights else fallback)
        if weight > 0:
            offered.append((-weight, rank, coding))
    return min(offered)[2] if offered else "identity"


def pack(data: bytes, coding: Coding, thorough: bool = False) -> bytes:
    """`data` in the given coding; the same input always gives the same bytes (strong ETags depend on it)."""
    if coding == "identity":
        return data
    level = (THOROUGH if thorough else QUICK)[coding]
    if coding == "gzip":
        return gzip.compress(data, compresslevel=level, mtime=0)
    packed: bytes = pa.Codec(_CODECS[coding], compression_level=level).compress(data, asbytes=True)
    return packed
