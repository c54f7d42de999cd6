"""Files as they come after a bad day: whole samples with a few things wrong, in ways that files do go wrong.

Every mutation is a function (random, bytes) -> bytes; `mutated` takes one to three that fit the kind of file. The same
seed gives the same file, so that a case that fails can be made again.
"""

from __future__ import annotations

import gzip
import html
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]

NASTY = [
    *("", " ", "\xa0", "0", "-1", "99999999999999999999", "1e308", "NaN", "NULL", "#N/A", "=1+1", "TRUE", "'", '"'),
    *("01/13/2021", "31/02/2020", "99/99/9999", "00/00/0000", "1900-01-01", "2300-01-01", "0001-01-01", "44197.5"),
    *("2021-06-31T25:61:61Z", ",;\t|", "\u202e\0", "💥", "Ω" * 300, "x" * 10_000, "a\nb", "<a>", "&amp;", "\ufeff"),
    *("../../etc/passwd", "${x}"),
]  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "utf-8-sig", "utf-32", "cp437"]


def kind_of(name: str) -> str:
    """Which mutations fit: of text, or of an archive (a workbook)."""
    return (
        "zip"
        if name.endswith((".xlsx", ".xlsb", ".ods"))
        else "gzip"
        if name.endswith(".gz")
        else "binary"
        if name.endswith(".parquet")
        else "text"
    )


def mutated(rng: random.Random, data: bytes, kind: str) -> bytes:
    """The file with one to three things wrong."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        data = rng.choice(OF_KIND[kind])(rng, data)
    return data


def flip(rng: random.Random, data: bytes) -> bytes:
    """A few bytes are others."""
    found = bytearray(data)
    for _ in range(rng.choice([1, 3, 30])):
        if found:
            found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def cut(rng: random.Random, data: bytes) -> bytes:
    """It ends too early."""
    return data[: rng.randrange(len(data) + 1)]


def hole(rng: random.Random, data: bytes) -> bytes:
    """A stretch is missing."""
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randrange(1, 200) :]


def twice(rng: random.Random, data: bytes) -> bytes:
    """Something stands there twice."""
    start = rng.randrange(len(data) + 1)
    stop = start + rng.randrange(1, 400)
    return data[:stop] + data[start:]


def zeros(rng: random.Random, data: bytes) -> bytes:
    """NUL bytes in the middle, as a crashed disk leaves them."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes(rng.choice([1, 4, 512])) + data[at:]


def _lines(change: Callable[[random.Random, list[bytes]], None]) -> Mutation:
    def apply(rng: random.Random, data: bytes) -> bytes:
        lines = data.split(b"\n")
        change(rng, lines)
        return b"\n".join(lines)

    return apply


def _drop(rng: random.Random, lines: list[bytes]) -> None:
    for _ in range(rng.choice([1, 1, 5])):
        if lines:
            lines.pop(rng.randrange(len(lines)))


def _repeat(rng: random.Random, lines: list[bytes]) -> None:
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))


def _shuffle(rng: random.Random, lines: list[bytes]) -> None:
    rng.shuffle(lines)


def _header_only(rng: random.Random, lines: list[bytes]) -> None:
    del lines[rng.choice([1, 2, 3]) :]


def cell(rng: random.Random, data: bytes, escape: Callable[[str], str] = str) -> bytes:
    """Values (between delimiters, tags or quotes) are replaced by nasty ones."""
    spans = [
        m.span(1) for m in re.finditer(rb'(?:^|[,;\t>"])([^,;\t<>"\r\n]{1,40})(?=$|[,;\t<"\r\n])', data[:400_000], re.M)
    ]
    for start, stop in sorted(rng.sample(spans, min(len(spans), rng.choice([1, 2, 20]))), reverse=True):
        data = data[:start] + escape(rng.choice(NASTY)).encode("utf-8", "surrogatepass") + data[stop:]
    return data


def written_cell(rng: random.Random, data: bytes) -> bytes:
    """The same in XML as a program writes it: well-formed."""
    return cell(rng, data, lambda text: html.escape(text.replace("\0", "")))


def rename(rng: random.Random, data: bytes) -> bytes:
    """A name in the first lines (a column, an element) is written otherwise, everywhere or once."""
    words = re.findall(rb"[A-Za-z][A-Za-z_ ]{2,40}", data[:4000])
    if not words:
        return data
    word = rng.choice(words)
    other = rng.choice(
        [
            word.upper(),
            word.lower(),
            word + b"s",
            word[:-1],
            word.replace(b"_", b" "),
            b" " + word + b" ",
            b"",
            word[::-1],
        ]
    )
    return data.replace(word, other, rng.choice([1, -1]))


def recode(rng: random.Random, data: bytes) -> bytes:
    """Saved in another encoding."""
    return data.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def delimiters(rng: random.Random, data: bytes) -> bytes:
    """Saved with other delimiters or line ends."""
    a, b = rng.choice(
        [
            (b",", b";"),
            (b",", b"\t"),
            (b"\r\n", b"\n"),
            (b"\n", b"\r\n"),
            (b"\n", b"\r"),
            (b'"', b"'"),
            (b",", b",,"),
            (b'"', b""),
        ]
    )
    return data.replace(a, b)


def entities(rng: random.Random, data: bytes) -> bytes:
    """What an attack on XML looks like; in other text only a strange first line."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    at = data.find(b"?>") + 2 if b"?>" in data[:200] else 0
    return data[:at] + bomb + data[at:].replace(b"</", b"&b;&c;</", 1)


def nest(rng: random.Random, data: bytes) -> bytes:
    """Very deep."""
    start, stop = rng.choice([(b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"(", b")")])
    n = rng.choice([100, 5000, 50_000])
    at = rng.randrange(len(data) + 1)
    return data[:at] + start * n + rng.choice([b"1", b""]) + stop * n + data[at:]


def zipped(rng: random.Random, data: bytes) -> bytes:
    """Packed, perhaps not to the end."""
    packed = gzip.compress(data, 1)
    return packed if rng.random() < 0.5 else packed[: rng.randrange(len(packed))]


def unzipped(rng: random.Random, data: bytes) -> bytes:
    """What is in a gzip file, mutated and packed again."""
    try:
        inner = gzip.decompress(data)
    except (OSError, EOFError, ValueError, zlib.error):
        return flip(rng, data)
    return gzip.compress(rng.choice(OF_KIND["text"])(rng, inner), 1)


def member(rng: random.Random, data: bytes) -> bytes:
    """One file in an archive is changed, left out, or there under another name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        return flip(rng, data)
    name = rng.choice([n for n in members if n.endswith(".xml")] or list(members))
    if rng.random() < 0.1:
        del members[name]
    else:
        members[name] = rng.choice([*[written_cell] * 12, hole, flip, cut, rename, twice, nest])(rng, members[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return out.getvalue()


BYTES: list[Mutation] = [flip, cut, hole, twice, zeros]
OF_KIND: dict[str, list[Mutation]] = {
    "text": [
        *BYTES, cell, cell, written_cell, written_cell, written_cell, rename, rename, recode, delimiters,
        entities, nest, zipped, _lines(_drop), _lines(_repeat), _lines(_shuffle), _lines(_header_only),
    ],
    "gzip": [*BYTES, unzipped, unzipped, unzipped],
    "zip": [*BYTES, *[member] * 12],
    "binary": BYTES,
}  # fmt: skip
