"""A process that looks at, reads and builds from files, so that the server stays quick and a cancel really stops it.

It takes commands as lines of JSON and answers each with lines of JSON: any number of {"stage", "share"}, then
{"result"} or {"problems"}. It ends by itself when the server does.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flowmap
from flowmap.web.imports.problems import Problem, make

log = logging.getLogger("flowmap.web")

Told = Callable[[str, float], None]
PACKAGE = Path(flowmap.__file__).resolve().parent.parent


class Failed(Exception):  # noqa: N818 (an answer, not a fault)
    """The command could not be done: why, as problems for the page."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0]["message"] if problems else "")
        self.problems = problems


class Stopped(Exception):  # noqa: N818
    """The process was stopped on purpose."""


class Worker:
    """One such process, started when first needed and again after it was stopped."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = threading.Lock()
        self._guard = threading.Lock()
        self._stopped = False

    def ask(self, command: dict[str, Any], told: Told, limit: float | None = None) -> Any:
        """Do a command; `told` hears of its progress. After `limit` seconds the process is ended.

        Raises: Failed (with problems), Stopped.
        """
        with self._busy:
            process = self._start()
            alarm = threading.Timer(limit, process.kill) if limit else None
            if alarm:
                alarm.daemon = True
                alarm.start()
            try:
                return self._converse(process, command, told, limit)
            finally:
                if alarm:
                    alarm.cancel()

    def warm(self) -> None:
        """Start the process, so that it is ready when it is needed."""
        self._start()

    def stop(self) -> None:
        """End the process, whatever it is doing, and wait until it is gone."""
        with self._guard:
            process, self._process = self._process, None
            if process is not None:
                self._stopped = True
                process.kill()
                process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._guard:
            self._stopped = False
            if self._process is None or self._process.poll() is not None:
                path = os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")]))
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "flowmap.web.imports.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
                )
            return self._process

    def _converse(
        self, process: subprocess.Popen[bytes], command: dict[str, Any], told: Told, limit: float | None
    ) -> Any:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the process was started with pipes")
        try:
            process.stdin.write(json.dumps(command).encode() + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                said = json.loads(line)
                if "stage" in said:
                    told(said["stage"], said["share"])
                elif "problems" in said:
                    raise Failed(said["problems"])
                else:
                    return said["result"]
        except (OSError, ValueError) as error:
            log.warning("the reading process ended: %s", type(error).__name__)
        process.kill()
        code = process.wait()  # until then it still counts as building
        if self._stopped:
            raise Stopped()
        with self._guard:
            self._process = None
        log.error("the reading process ended with %s", code)
        raise Failed([_ended(limit)])


def _ended(limit: float | None) -> Problem:
    if limit:
        return make(
            f"Looking at this file was given up: it took over {limit:.0f} seconds, or more memory than there is.",
            "Is it the right file? Save it again, or as CSV.",
        )
    return make(
        "The process that read the files ended before it was done, perhaps for want of memory.",
        "Close other programs, or bring in fewer files.",
    )
