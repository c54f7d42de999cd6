"""Keeping datasets: giving one another title, and deleting one from disk."""

from __future__ import annotations

import gc
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

from flask import current_app

from flowmap import dataset_write
from flowmap.linkage import decisions
from flowmap.web import saving
from flowmap.web.api import import_bodies as bodies
from flowmap.web.api import import_schemas as schemas
from flowmap.web.api.parts import DATASET
from flowmap.web.errors import Refusal
from flowmap.web.imports.desk import Desk
from flowmap.web.operations import Operation, Parameter
from flowmap.web.routes import Call


def rename(call: Call) -> Any:
    """Give a dataset another title; its name in addresses and on disk stays."""
    if not isinstance(call.body, dict) or set(call.body) != {"title"}:
        raise Refusal(400, "title: the body does not hold a title alone.", "title", 'Send {"title": "…"}.')
    title = bodies.title(call.body["title"])
    folder = call.dataset.folder
    _check_free(folder)
    with saving.alone(folder):
        meta = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        meta["title"] = title
        saving.save(folder / "dataset.json", json.dumps(meta, ensure_ascii=False, indent=1) + "\n")
    return {"name": call.dataset.name, "title": title}


def delete(call: Call) -> Any:
    """Delete a dataset from disk, with its key and everything that builds left. It is not opened for that, since
    Windows deletes no file that is open."""
    name = call.path["dataset"]
    folder = call.shelf.folder(name)
    try:
        identity = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(410, f"The dataset {name!r} is no longer on disk.", "dataset") from None
    if call["id"] != identity:
        raise Refusal(
            409,
            "The dataset is not the one that was to be deleted: it was built again since.",
            "id",
            "Send the `id` that dataset.json has now.",
        )
    _check_free(folder)
    call.shelf.remove(name)
    gc.collect()
    try:
        erase(folder)
    except OSError as error:
        call.shelf.add(name, folder)
        raise Refusal(
            503, f"The dataset cannot be deleted: {error.strerror or error}.", None, "Is it open in another program?"
        ) from error
    return {}


def erase(folder: Path) -> None:
    """Delete a dataset, and beside it its key, the decisions on its links, and what builds left.

    Raises: OSError where it cannot be; it is then as it was.
    """
    dataset_write.clean(folder)
    doomed = folder.with_name(f".{folder.name}.deleted-{secrets.token_hex(4)}")
    folder.rename(doomed)
    dataset_write.key_path(folder).unlink(missing_ok=True)
    decisions.beside(folder).unlink(missing_ok=True)
    shutil.rmtree(doomed, ignore_errors=True)
    dataset_write.clean(folder)
    shutil.rmtree(folder.parent / dataset_write.PREVIOUS.format(name=folder.name), ignore_errors=True)


def _check_free(folder: Path) -> None:
    desk: Desk | None = current_app.extensions["flowmap"]["desk"]
    if desk is not None and desk.is_building(folder):
        raise Refusal(409, "The dataset is being built again.", None, "Wait until that is done, or cancel it.")


ID = Parameter(
    "id",
    "the `id` of dataset.json: says that this edition is meant, so that nothing is deleted by mistake",
    {"type": "string", "minLength": 1},
    str,
    "Send the `id` that dataset.json has.",
)
_PATH = "/datasets/<dataset>"
OPERATIONS = (
    Operation(
        "rename_dataset", _PATH, rename, "Give a dataset another title", schemas.RENAMED,
        method="PATCH", parts=(DATASET,), takes=schemas.TITLE, refuses=(409,),
    ),
    Operation(
        "delete_dataset", _PATH, delete, "Delete a dataset from disk, with its key", schemas.NOTHING,
        method="DELETE", opens=False, parts=(DATASET,), parameters=(ID,), refuses=(409,),
    ),
)  # fmt: skip
