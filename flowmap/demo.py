"""The demo's dataset: the reference authority, built once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import platformdirs

import flowmap
import synthetic
from flowmap import dataset
from flowmap.build import BuildOptions, Progress, build
from synthetic import reference

SEED = 2018


def cache() -> Path:
    """Where built demos are kept: the folder named by FLOWMAP_CACHE, else the user's cache folder."""
    named = os.environ.get("FLOWMAP_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("flowmap", appauthor=False))


def edition() -> str:
    """What the demo's dataset depends on, as a short hash: the code and the maps. A changed one is built anew."""
    package = Path(flowmap.__file__).parent
    files = sorted([*package.rglob("*.py"), *package.rglob("*.yaml"), *Path(synthetic.__file__).parent.rglob("*.py")])
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def demo(progress: Progress, folder: Path | None = None) -> Path:
    """The folder of the demo's dataset, built first where this version has not done so yet. Raises OptionError."""
    target = (folder or cache()) / f"{flowmap.__version__}-{SEED}-{edition()}" / "reference-authority"
    try:
        dataset.open(target)
    except dataset.DatasetError:
        pass
    else:
        return target

    def first_half(share: float) -> None:
        progress("making the reference authority", share / 2)

    def second_half(stage: str, share: float) -> None:
        progress(stage, 0.5 + share / 2)

    log = reference.make(seed=SEED, progress=first_half)
    options = BuildOptions(map="childrens-social-care", title=reference.TITLE, periods=tuple(reference.periods()))
    build(log, target, options, second_half)
    return target


def free_port(host: str, port: int, tries: int = 20) -> int:
    """`port`, or the next one on `host` that nobody listens on; `port` itself where none of `tries` is free."""
    for candidate in range(port, min(port + tries, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as found:
            if os.name != "nt":  # there it would let two programs listen on one port
                found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                found.bind((host.strip("[]"), candidate))
            except OSError:
                continue
            return candidate
    return port
