"""Content-Encoding: the client's wish first, then ours."""

import gzip

import pyarrow as pa
import pytest

from flowmap.web import compression


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("deflate", "identity"),
        ("gzip;q=1, br;q=0.5, zstd;q=0.1", "gzip"),
        ("gzip; q=0.2 , br; q=0.9", "br"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "br"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("gzip;q=banana, br", "br"),
    ],
)
def test_the_coding_with_the_highest_weight_is_chosen(header: str | None, chosen: str) -> None:
    assert compression.choose(header) == chosen


@pytest.mark.parametrize("thorough", [False, True])
def test_what_is_packed_unpacks_to_the_same_bytes(thorough: bool) -> None:
    data = b"contact,referral,assessment\r\n" * 500
    assert gzip.decompress(compression.pack(data, "gzip", thorough)) == data
    for coding, codec in (("zstd", "zstd"), ("br", "brotli")):
        packed = compression.pack(data, coding, thorough)  # type: ignore[arg-type]
        assert len(packed) < len(data) / 20
        assert pa.Codec(codec).decompress(packed, len(data), asbytes=True) == data
    assert compression.pack(data, "identity") == data


def test_packing_twice_gives_the_same_bytes_as_a_strong_etag_promises() -> None:
    data = bytes(range(256)) * 40
    for coding in compression.PREFERENCE:
        assert compression.pack(data, coding) == compression.pack(data, coding)
