"""From a value to an answer: JSON, CSV or Arrow; ETag, 304, compression, cache headers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flask import Response, request

from flowmap.web import compression

ARROW = "application/vnd.apache.arrow.stream"
REVALIDATE = "no-cache"
NEVER_KEPT = "no-store"


def plain(value: Any) -> Any:
    """`value` in the types of JSON: dataclasses become objects, NumPy values numbers, NaN and infinities null."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_json(value: Any) -> bytes:
    """`value` as compact UTF-8 JSON."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def tag(*parts: str) -> str:
    """An opaque tag that is equal only where all parts are."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def prefers_arrow() -> bool:
    """True where the client of this request would rather have an Arrow stream than JSON."""
    return request.accept_mimetypes.best_match(["application/json", ARROW]) == ARROW


def coding() -> compression.Coding:
    """The content coding that the client of this request prefers."""
    return compression.choose(request.headers.get("Accept-Encoding"))


def unchanged(etag: str) -> bool:
    """True where the client says that it holds this edition."""
    return request.if_none_match.contains_weak(etag)


Packed = tuple[bytes, compression.Coding]


def pack(data: bytes, chosen: compression.Coding) -> Packed:
    """An answer made on the spot, packed where that is worth it."""
    if len(data) < compression.SMALLEST:
        return data, "identity"
    return compression.pack(data, chosen), chosen


def respond(etag: str | None, media: str, make: Callable[[compression.Coding], Packed], filename: str = "") -> Response:
    """The answer in the client's coding; 304 without calling `make` where the client holds it already.

    `make` is given the coding and its answer's own ETag is one a coding; `etag` None: nobody may keep the answer.
    """
    chosen = coding()
    strong = f"{etag}-{chosen}" if etag else None
    if strong and unchanged(strong):
        response = Response(status=304)
    else:
        data, used = make(chosen)
        response = Response(data, mimetype=media)
        if used != "identity":
            response.headers["Content-Encoding"] = used
        if filename:
            response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    if strong:
        response.set_etag(strong)
    response.headers["Cache-Control"] = REVALIDATE if etag else NEVER_KEPT
    response.headers["Vary"] = "Accept, Accept-Encoding"
    return response
