"""Random names in place of identifiers, and the key that turns them back.

A pseudonym says nothing about the child: it is drawn from the system's random source, not derived from the identifier,
and is drawn anew at each build. Only the key file joins the two.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from flowmap.quality import SourceError

ALPHABET = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U to misread
LENGTH = 10  # characters of 5 bits: two children in a thousand million million share a draw


def draw(count: int) -> pa.Array:
    """`count` different random pseudonyms (pa.string), ten characters each."""
    numbers = _different(count)
    shifts = np.arange(LENGTH - 1, -1, -1, dtype=np.uint64) * np.uint64(5)
    digits = ((numbers[:, None] >> shifts) & np.uint64(31)).astype(np.uint8)
    letters = np.frombuffer(ALPHABET, dtype=np.uint8)[digits]
    offsets = np.arange(count + 1, dtype=np.int32) * LENGTH
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def _different(count: int) -> npt.NDArray[np.uint64]:
    mask = np.uint64((1 << 5 * LENGTH) - 1)
    numbers = np.frombuffer(os.urandom(8 * count), dtype=np.uint64) & mask
    while True:
        in_order = np.sort(numbers)
        if not np.any(in_order[1:] == in_order[:-1]):
            return numbers
        _, first = np.unique(numbers, return_index=True)
        again = np.setdiff1d(np.arange(count), first)
        numbers[again] = np.frombuffer(os.urandom(8 * len(again)), dtype=np.uint64) & mask


def write_key(path: Path, pseudonyms: pa.Array, identifiers: pa.Array) -> None:
    """Write `pseudonym,child` to a new file that only its owner can read (mode 0600). Raises FileExistsError."""
    table = pa.table({"pseudonym": pseudonyms, "child": identifiers})
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        pyarrow.csv.write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path, pseudonyms: pa.Array) -> pa.Array:
    """The identifier of each of `pseudonyms`, from a key file. Raises SourceError where it is not the key of them."""
    remedy = "Give the key that lies beside the dataset's folder, NAME.key.csv."
    every_text = pyarrow.csv.ConvertOptions(column_types={"pseudonym": pa.string(), "child": pa.string()})
    try:
        table = pyarrow.csv.read_csv(path, convert_options=every_text)
    except OSError as error:
        why = error.strerror or "it is not a file that can be opened"
        raise SourceError(f"The key cannot be read: {why}.", file=str(path), remedy=remedy) from error
    except pa.ArrowInvalid as error:
        raise SourceError("This is no key: it is not a CSV file.", file=str(path), remedy=remedy) from error
    if not {"pseudonym", "child"} <= set(table.column_names):
        raise SourceError("This is no key: it has no columns pseudonym and child.", file=str(path), remedy=remedy)
    place = pc.index_in(pseudonyms, value_set=table["pseudonym"].combine_chunks())
    if place.null_count:
        said = f"The key lacks {place.null_count:,} of {len(pseudonyms):,} pseudonyms: it is of another dataset"
        why = f"{said}, or of an earlier build of this one."
        raise SourceError(why, file=str(path), remedy=remedy)
    return table["child"].combine_chunks().take(place)
