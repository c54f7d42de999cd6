"""Tools in another Python: which it has, and how they are asked. Files and processes are here and nowhere else.

Anonymeter wants a NumPy, and SDMetrics a pandas, that are older than ours, so they live in an environment of their own.
They are handed tables of codes in a private folder that is removed, and answer with a file in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flowmap.quality import OptionError
from synthetic.outside.tables import Tables

PACKAGES = ("anonymeter", "sdmetrics")
SCRIPTS = Path(__file__).with_name("scripts")
TO_LOOK = 60.0  # seconds that the other Python may take to say what it has
TO_WORK = 900.0  # seconds that one tool may take
LONGEST = 200  # characters of what a tool says when it stops
REMEDY = (
    "Make one in two commands, with Python 3.11 to 3.13: python3 -m venv tools; tools/bin/pip install "
    "anonymeter==1.1.0 sdmetrics==0.32.0 (Windows: tools\\Scripts\\pip). Then: --tools tools/bin/python"
)
LOOK = (
    "import json, importlib.metadata as m\n"
    "def version(name):\n"
    "    try:\n"
    "        return m.version(name)\n"
    "    except m.PackageNotFoundError:\n"
    "        return None\n"
    f"print(json.dumps({{n: version(n) for n in {PACKAGES!r}}}))"
)


class ToolStopped(Exception):  # noqa: N818 - what happened, said as a sentence on the page
    """A tool gave no answer; the message says why, and names nobody."""


@dataclass(frozen=True)
class Tools:
    """Another Python, and the version of each tool that it has."""

    python: str
    versions: Mapping[str, str]

    def ask(self, script: str, found: Tables, logs: list[str], plan: Mapping[str, Any]) -> Any:
        """Run a script of ours in the other Python over one table a log; what it answers, from JSON.

        `logs` names the tables of `found`, and `plan` is what else the script is told. Raises ToolStopped.
        """
        with tempfile.TemporaryDirectory(prefix="flowmap-") as name:  # for its owner alone (mode 0700)
            folder = Path(name)
            _write(folder, found, logs, plan)
            self._run([str(SCRIPTS / script), name])
            try:
                return json.loads((folder / "answer.json").read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise ToolStopped("It gave no answer.") from error

    def _run(self, arguments: list[str]) -> None:
        try:
            _python(self.python, arguments, TO_WORK)
        except subprocess.TimeoutExpired as error:
            raise ToolStopped(f"It was stopped after {TO_WORK / 60:.0f} minutes.") from error
        except subprocess.CalledProcessError as error:
            said = (error.stderr or "").strip().splitlines() or ["no reason given"]
            raise ToolStopped(f"It broke off: {said[-1][:LONGEST]}.") from error
        except OSError as error:
            raise ToolStopped(f"It could not be started: {error.strerror}.") from error


def find(python: str) -> Tools:
    """Which tools a Python has. Raises OptionError where it is no Python or has none of them."""
    try:
        said = json.loads(_python(python, ["-c", LOOK], TO_LOOK))
    except OSError as error:
        raise OptionError(f"{python} cannot be started: {error.strerror}.", remedy=REMEDY) from error
    except (subprocess.SubprocessError, ValueError) as error:
        raise OptionError(f"{python} is not a Python that works.", remedy=REMEDY) from error
    versions = {name: version for name, version in said.items() if version}
    if not versions:
        raise OptionError(f"The Python {python} has neither of {' and '.join(PACKAGES)}.", remedy=REMEDY)
    return Tools(python, versions)


def _python(python: str, arguments: list[str], seconds: float) -> str:
    """What a Python says that knows nothing of this one (isolated: no variable, no folder of ours is looked at)."""
    quiet = os.environ | {"TQDM_DISABLE": "1"}
    done = subprocess.run(
        [python, "-I", "-X", "utf8", *arguments],
        check=True, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds, env=quiet,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout


def _write(folder: Path, found: Tables, logs: list[str], plan: Mapping[str, Any]) -> None:
    """Each table as CSV, its categories as “v3”, and the plan with the kind of each column."""
    for log, rows in zip(logs, found.rows, strict=True):
        columns = {
            code: rows[:, i] if column.number else np.char.add("v", rows[:, i].astype(str))
            for i, (code, column) in enumerate(zip(found.codes, found.columns, strict=True))
        }
        pd.DataFrame(columns).to_csv(folder / f"{log}.csv", index=False)
    kinds = {c: "int64" if column.number else "str" for c, column in zip(found.codes, found.columns, strict=True)}
    (folder / "plan.json").write_text(json.dumps({"kinds": kinds, "logs": logs, **plan}), encoding="utf-8")
