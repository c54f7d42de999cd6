"""Writing a dataset: whole or not at all.

Everything is written to a folder beside the target and flushed to disk; then the old dataset is renamed aside, the new
one takes its name, and the old one is deleted. A build that is killed leaves the old dataset as it was; in the one
moment between the two renames it stands under its other name, from which `recover` (run by every open and build)
brings it back.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from flowmap import pseudonyms
from flowmap.eventlog import OptionError

BUILDING = ".{name}.building-{pid}"
PREVIOUS = ".{name}.previous"
PENDING_KEY = ".{name}.key.{id}.csv"
ABANDONED = 86_400  # seconds after which a temporary folder is stale where processes cannot be asked after
BETWEEN = 5.0  # seconds that who opens a dataset waits for a build that stands between its two renames

_underway: set[Path] = set()  # temporary folders of builds in this process


def check_target(target: Path) -> None:
    """Refuse a target that is something other than a dataset or an empty folder. Raises OptionError."""
    remedy = "Name a folder that is not there yet, or a dataset to be replaced."
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OptionError(f"{target} is a file, not a folder.", remedy=remedy)
    if target.is_dir() and any(target.iterdir()) and not is_dataset(target):
        raise OptionError(f"{target} holds something other than a dataset; it is left as it is.", remedy=remedy)
    if not target.name:
        raise OptionError(f"{target} cannot be a dataset.", remedy=remedy)


def is_dataset(folder: Path) -> bool:
    """Whether a folder is a dataset: whether its `dataset.json` says so."""
    return "schema" in _description(folder)


def _description(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def recover(target: Path) -> None:
    """Finish or undo what a killed build left between its renames; a build that is still at it is waited for."""
    previous = target.parent / PREVIOUS.format(name=target.name)
    waited = time.monotonic() + BETWEEN
    while not target.exists() and _builders(target) and time.monotonic() < waited:
        if not is_dataset(previous):
            return  # a first build: nothing stood here before
        time.sleep(0.002)
    if not target.exists() and not _builders(target) and is_dataset(previous):
        with contextlib.suppress(OSError):
            previous.rename(target)
    dataset_id = _description(target).get("id")
    pending = target.parent / PENDING_KEY.format(name=target.name, id=dataset_id)
    if dataset_id and pending.is_file():
        with contextlib.suppress(OSError):
            pending.replace(key_path(target))


def key_path(target: Path) -> Path:
    """Where the key from pseudonyms to identifiers lies: beside the dataset, not in it."""
    return target.with_name(f"{target.name}.key.csv")


def clean(target: Path) -> None:
    """Delete what builds of this target left behind when they were killed."""
    recover(target)
    for folder in target.parent.glob(BUILDING.format(name=_literal(target.name), pid="*")):
        if not _still_building(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for key in target.parent.glob(PENDING_KEY.format(name=_literal(target.name), id="*")):
        # The key of a build that has this moment put its folder in place is not stale: it has the dataset's id.
        if not _builders(target) and str(_description(target).get("id")) not in key.name:
            key.unlink(missing_ok=True)
    if target.exists():
        shutil.rmtree(target.parent / PREVIOUS.format(name=target.name), ignore_errors=True)


def _builders(target: Path) -> list[Path]:
    return [f for f in target.parent.glob(BUILDING.format(name=_literal(target.name), pid="*")) if _still_building(f)]


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _still_building(folder: Path) -> bool:
    pid = int(folder.name.rpartition("-")[2]) if folder.name.rpartition("-")[2].isdigit() else 0
    if pid == os.getpid() or pid == 0:
        return folder in _underway
    if os.name == "nt":  # asking after a process by signal 0 would end it there
        return time.time() - folder.stat().st_mtime < ABANDONED
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def building(target: Path) -> Iterator[Path]:
    """A temporary folder beside the target; gone at the end, unless it was put in place.

    Raises OptionError where the target cannot be replaced or its parent not be written to.
    """
    check_target(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clean(target)
        folder = target.parent / BUILDING.format(name=target.name, pid=os.getpid())
        folder.mkdir()
        _underway.add(folder)
    except OSError as error:
        remedy = "Choose a folder that you may write to."
        raise OptionError(f"{target.parent} cannot be written to: {error.strerror}.", remedy=remedy) from error
    try:
        yield folder
    finally:
        _underway.discard(folder)
        shutil.rmtree(folder, ignore_errors=True)


def write_table(path: Path, columns: Mapping[str, pa.Array], metadata: Mapping[str, str] | None = None) -> None:
    """Write columns as an Arrow IPC file of one uncompressed batch, so that it can be mapped into memory as it lies."""
    schema = pa.schema(
        [pa.field(name, array.type, nullable=False) for name, array in columns.items()], metadata=metadata
    )
    batch = pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)
    with path.open("wb") as file:
        with pa.ipc.new_file(file, schema) as writer:
            writer.write_batch(batch)
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text and flush it to disk."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, value: Any) -> None:
    """Write JSON, indented, and flush it to disk."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def put_in_place(folder: Path, target: Path, names: pa.Array, identifiers: pa.Array) -> None:
    """Make the finished `folder` the dataset `target`, with its key (`names` to `identifiers`) beside it.

    The event bands of the dataset that was there are kept.
    """
    _keep_periods(folder, target)
    _flush_folder(folder)
    pending = target.parent / PENDING_KEY.format(name=target.name, id=_description(folder)["id"])
    pseudonyms.write_key(pending, names, identifiers)
    previous = target.parent / PREVIOUS.format(name=target.name)
    if target.exists():
        if any(target.iterdir()):
            target.rename(previous)
        else:
            target.rmdir()
    try:
        folder.rename(target)
    except OSError:
        if previous.exists():
            previous.rename(target)
        pending.unlink(missing_ok=True)
        raise
    try:
        pending.replace(key_path(target))
    except FileNotFoundError:
        if not key_path(target).exists():  # else who opened the new dataset meanwhile did it: see `recover`
            raise
    _flush_folder(target.parent)
    shutil.rmtree(previous, ignore_errors=True)


def _keep_periods(folder: Path, target: Path) -> None:
    before = target / "periods.json"
    if before.is_file():
        shutil.copyfile(before, folder / "periods.json")


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
