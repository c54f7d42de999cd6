"""Runs a peer in the Python that has it: hands the log over, waits no longer than the limit, keeps what was made."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import exchange

from flowmap.eventlog import EventLog
from synthetic.privacy.lookups import drawn

SCRIPTS = Path(__file__).parent / "peer"
LAST_LINES = 3  # of an error message
FAILED = "failed"


@dataclass(frozen=True)
class Peer:
    """`script` in `peer/`; `module` must be importable; `few`: it is given no more children than it can manage."""

    key: str
    label: str
    script: str
    module: str
    few: bool = False


PEERS = (
    Peer("par", "SDV PAR as shipped", "par.py", "sdv.sequential", few=True),
    Peer("par-repaired", "PAR repaired", "par_repaired.py", "sdv.sequential", few=True),
    Peer("hma", "SDV HMA", "hma.py", "sdv.multi_table"),
    Peer("ctgan", "CTGAN, flat", "ctgan_flat.py", "sdv.single_table"),
    Peer("tabularargn", "TabularARGN", "tabularargn.py", "mostlyai.engine"),
)


@dataclass(frozen=True)
class Outcome:
    """What came of it: a log and what the peer said of itself (seconds, versions), or why there is none."""

    log: EventLog | None
    said: dict[str, object]
    why: str = ""


def python_for(peer: Peer, pythons: list[str]) -> str | None:
    """The first of these Pythons that can import what the peer needs."""
    for python in pythons:
        tried = subprocess.run(
            [python, "-W", "ignore", "-c", f"import torch, {peer.module}"],
            capture_output=True,
            check=False,
            cwd=SCRIPTS,
        )
        if tried.returncode == 0:
            return python
    return None


def run(peer: Peer, real: EventLog, folder: Path, pythons: list[str], limit: int, few: int, seed: int) -> Outcome:
    """Take what is kept in the folder, else run the peer there.

    `limit` is in seconds of processor time, for a busy machine must not decide who finishes; the peer gets one thread.
    `few` is how many children those are given that cannot manage all.
    """
    said = folder / "said.json"
    if not said.exists():
        python = python_for(peer, pythons)
        if python is None:
            return Outcome(None, {}, "not installed")
        given = drawn(real, few, seed) if peer.few else real
        exchange.hand_over(given, folder, len(real.child_ids), seed)
        why = _call(python, peer, folder, limit)
        if why == FAILED:  # not kept: it may have been mended by the next time
            return Outcome(None, {}, why)
        if why:
            said.write_text(json.dumps({"why": why}))
    told = json.loads(said.read_text())
    return Outcome(None if "why" in told else exchange.take_back(folder, real), told, told.get("why", ""))


def _call(python: str, peer: Peer, folder: Path, limit: int) -> str:
    """Why it did not finish, or nothing."""

    def least() -> None:
        os.nice(max(0, 10 - os.nice(0)))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))

    print(f"{peer.label}: running, at most {limit} s of processor time", file=sys.stderr, flush=True)
    done = subprocess.run(
        [python, "-W", "ignore", peer.script, str(folder.resolve())],
        capture_output=True,
        text=True,
        check=False,
        cwd=SCRIPTS,
        env=os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
        preexec_fn=least,
    )
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return f"did not finish in {limit} s"
    if done.returncode:
        lines = "\n".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        print(f"{peer.label} failed:\n{lines}", file=sys.stderr)
        return FAILED
    return ""
