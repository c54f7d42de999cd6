"""Running other programs, saying what is done, and stopping with a message a person can act on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


class Stop(Exception):  # noqa: N818 - it is not always an error: it says what the person must do first
    """Work cannot go on; the message says why and what to do."""


def say(text: str) -> None:
    """One line about what happens next, in order with what the programs started here print."""
    print(f"== {text}", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    quiet: bool = False,
    limit: float | None = None,
) -> int:
    """Run `command` and return its exit code. `quiet` keeps its output back unless it fails.

    After `limit` seconds it is ended, which counts as a failure: what hangs must not stop what comes after it.
    """
    words = [str(word) for word in command]
    surroundings = {**os.environ, **(env or {})}
    if not quiet:
        try:
            return subprocess.run(words, cwd=cwd, env=surroundings, check=False, timeout=limit).returncode
        except subprocess.TimeoutExpired:
            say(f"{Path(words[0]).name} was ended: it had not finished after {limit:.0f} s")
            return 1
    done = subprocess.run(
        words, cwd=cwd, env=surroundings, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        sys.stdout.flush()
    return done.returncode


def must(
    command: Sequence[str | Path],
    failure: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    quiet: bool = False,
) -> None:
    """Run `command`; if it fails, stop with `failure`."""
    if run(command, env=env, cwd=cwd, quiet=quiet):
        raise Stop(failure)


def succeeds(command: Sequence[str | Path], *, timeout: float = 60) -> bool:
    """Whether `command` can be started and ends well; its output is thrown away."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def system_install(*packages: str) -> bool:
    """Install packages of a Debian-like system, as root or by a sudo that asks no password; False if it cannot."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        rights: list[str] = []
    elif shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        rights = ["sudo", "-n"]
    else:
        return False
    say(f"Installing {' '.join(packages)} with apt-get")
    speak_little = ["env", "DEBIAN_FRONTEND=noninteractive"]
    run([*rights, apt, "-qq", "update"], quiet=True)
    return (
        run([*rights, *speak_little, apt, "-qq", "-y", "--no-install-recommends", "install", *packages], quiet=True)
        == 0
    )
