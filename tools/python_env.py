"""The virtual environment in `.venv`, filled from the locked requirements, and a second one where one is not enough."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from shell import ROOT, WINDOWS, Stop, must, run, say, succeeds, system_install
from stamp import Stamp, fingerprint

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LOCKS = ROOT / "requirements"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
# Settings of the person's own pip that would send packages elsewhere than into the virtual environment.
OWN_WAYS = {"PIP_USER": "0", "PIP_TARGET": "", "PIP_PREFIX": "", "PIP_REQUIRE_VIRTUALENV": "0"}


def program(name: str) -> Path:
    """A program that an installed package brought, such as `ruff`."""
    return PYTHON.parent / (f"{name}.exe" if WINDOWS else name)


def install(lock: str) -> Path:
    """Make the environment hold `requirements/<lock>.txt` and this project; returns its Python."""
    make()
    fill(lock)
    link()
    return PYTHON


def apart(lock: str) -> Path:
    """Make `.venv-<lock>` hold `requirements/<lock>.txt`, which cannot be in `.venv`; returns its Python.

    The pip of `.venv` fills it. It is made anew whenever the lock changes: nothing of an older one stays.
    """
    file, place = LOCKS / f"{lock}.txt", ROOT / f".venv-{lock}"
    python = place / PYTHON.relative_to(VENV)
    stamp = Stamp(place / ".stamps" / lock, fingerprint([file], sys.version))
    if stamp.fresh() and succeeds([python, "-c", "pass"]):
        return python
    say(f"Making a second environment in {place.name} ({file.name})")
    shutil.rmtree(place, ignore_errors=True)
    must([PYTHON, "-m", "venv", "--without-pip", place], f"A virtual environment could not be made in {place.name}.")
    must(
        # Without their dependencies: the lock names all that are wanted, and leaves some out on purpose.
        [PYTHON, *PIP, "--python", python, "install", "--no-deps", "--require-hashes", "-r", file],
        f"{place.name} could not be filled from {file.name}. Is there a network? Run this again to go on.",
        env=OWN_WAYS,
    )
    stamp.press()
    return python


def fill(lock: str) -> None:
    """Install one lock, each file checked against its hash, unless it is in already."""
    file = LOCKS / f"{lock}.txt"
    stamp = Stamp(VENV / ".stamps" / lock, fingerprint([file], sys.version))
    if stamp.fresh():
        return
    say(f"Installing Python packages ({file.name})")
    stamp.lift()
    must(
        [PYTHON, *PIP, "install", "--require-hashes", "-r", file],
        f"Python packages could not be installed from {file.name}. Is there a network? Run this again to go on.",
        env=OWN_WAYS,
    )
    stamp.press()


def link() -> None:
    """Make `flowmap` importable and give its command, straight from this folder (an editable install)."""
    stamp = Stamp(VENV / ".stamps" / "project", fingerprint([ROOT / "pyproject.toml"], sys.version))
    if stamp.fresh():
        return
    stamp.lift()
    must(
        [PYTHON, *PIP, "install", "--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT],
        "flowmap itself could not be installed into .venv; the lines above say why.",
        env=OWN_WAYS,
    )
    stamp.press()


def make() -> None:
    """Create `.venv` where it is missing, half made, or of a Python that is gone."""
    made = Stamp(VENV / ".stamps" / "made", sys.version)
    if made.fresh() and succeeds([PYTHON, "-c", "import pip"]):
        return
    if VENV.exists():
        say("Making .venv anew: it is of another Python, or was left half made")
        shutil.rmtree(VENV)
    say(f"Making a virtual environment in .venv (Python {sys.version.split()[0]})")
    if not any(way() for way in (_by_venv, _by_virtualenv, _by_own_pip, _by_system, _by_unpacking)):
        raise Stop(
            "A virtual environment could not be made: this Python has neither ensurepip nor virtualenv nor pip.\n"
            f"Install the package {_venv_package()} (as root: apt-get install {_venv_package()}) and run this again."
        )
    made.press()


def _by_venv() -> bool:
    if importlib.util.find_spec("ensurepip") is None:
        return False
    return _made(run([sys.executable, "-m", "venv", VENV], quiet=True) == 0)


def _by_virtualenv() -> bool:
    if importlib.util.find_spec("virtualenv") is None:
        return False
    return _made(run([sys.executable, "-m", "virtualenv", "--quiet", VENV], quiet=True) == 0)


def _by_own_pip() -> bool:
    """A Python with pip but without ensurepip: an empty environment, and pip puts itself into it."""
    if importlib.util.find_spec("pip") is None:
        return False
    return _made(_bare() and run([sys.executable, *PIP, "--python", PYTHON, "install", "pip"], quiet=True) == 0)


def _by_system() -> bool:
    return system_install(_venv_package()) and _made(
        # A new process: this one has already looked for ensurepip, and remembers.
        run([sys.executable, "-m", "venv", VENV], quiet=True) == 0
    )


def _by_unpacking() -> bool:
    """Without root: fetch the system's own pip package and unpack it in a temporary folder, to run it from there."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for folder in ("lists/partial", "archives/partial"):
            (place / folder).mkdir(parents=True)
        settings = (f"Dir::State::lists={place}/lists", f"Dir::Cache={place}", "APT::Sandbox::User=")
        own = ["-qq", *(word for setting in settings for word in ("-o", setting))]
        say("Fetching pip from the system's package archive (no administrator's rights needed)")
        if run(["apt-get", *own, "update"], quiet=True):
            return False
        if run(["apt-get", *own, "download", "python3-pip-whl"], cwd=place, quiet=True):
            return False
        for package in place.glob("*.deb"):
            run(["dpkg-deb", "-x", package, place / "files"], quiet=True)
        wheels = sorted((place / "files").rglob("pip-*.whl"))
        if not wheels or not _bare():
            return _made(False)
        # pip can be run from its wheel, and so installs itself.
        inside: list[str | Path] = [
            PYTHON,
            wheels[-1] / "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            wheels[-1],
        ]
        return _made(run(inside, quiet=True) == 0)


def _bare() -> bool:
    return run([sys.executable, "-m", "venv", "--without-pip", VENV], quiet=True) == 0


def _made(well: bool) -> bool:
    """Whether the attempt gave an environment with pip; if not, nothing of it stays for the next attempt."""
    if well and succeeds([PYTHON, "-c", "import pip"]):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    return False


def _venv_package() -> str:
    own = Path(sys.executable).resolve() == Path("/usr/bin/python3").resolve()
    return "python3-venv" if own else f"python3.{sys.version_info.minor}-venv"


def lock() -> None:
    """Write the locks anew from pyproject.toml: every platform, with hashes, naming no server."""
    make()
    with tempfile.TemporaryDirectory() as name:
        must([PYTHON, *PIP, "install", "--target", name, "uv"], "uv, which writes the locks, could not be installed.")
        uv = next(Path(name).rglob("uv.exe" if WINDOWS else "bin/uv"))
        run_lock = _compiled(uv, "run", [ROOT / "pyproject.toml", "--group", "build"])
        _compiled(uv, "dev", [ROOT / "pyproject.toml", "--group", "dev", "-c", run_lock])
        _compiled(uv, "sdv", [ROOT / "pyproject.toml", "--extra", "sdv", "--group", "tests"])
        _compiled(uv, "node", ["--group", f"{ROOT / 'pyproject.toml'}:node"])


def _compiled(uv: Path, name: str, what: list[str | Path]) -> Path:
    file = LOCKS / f"{name}.txt"
    plain = ["--no-emit-index-url", "--no-header", "--no-annotate"]
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", *plain]
    command = [uv, "--quiet", "pip", "compile", *options, *what, "-o", file]
    must(command, f"requirements/{name}.txt could not be written.")
    made = "# Written by `python3 tools/task.py lock` from pyproject.toml; change that, not this.\n"
    file.write_text(made + file.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    return file


def version(python: str | Path) -> tuple[int, int]:
    """(3, 11) of a Python program; (0, 0) if it cannot be started."""
    ask = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, check=False, timeout=60, env=dict(os.environ)).stdout
        major, minor = said.split()
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0, 0
    return int(major), int(minor)
