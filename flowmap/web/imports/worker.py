"""The process behind the page's imports: `python -m flowmap.web.imports.worker`. See `process` for what is said."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from typing import Any

from flowmap.quality import FlowmapError
from flowmap.tubemap import MapError
from flowmap.web.imports.problems import make, problem
from flowmap.web.imports.process import Failed

IDLE = 30 * 60
"""Seconds after which it ends when nothing is asked of it: an event log may take a gigabyte."""


def main() -> None:
    """Do what is asked, one command after another, until the server closes the line."""
    # Whatever a library prints must not come between the answers.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    commands: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(commands,), daemon=True).start()

    def say(what: dict[str, Any]) -> None:
        out.write(json.dumps(what, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    from flowmap.web.imports import building, looking, reading  # noqa: F401 (ready before they are needed)

    kept: dict[str, Any] = {}
    while True:
        try:
            command = commands.get(timeout=IDLE)
        except queue.Empty:
            return
        say(_answer(command, say, kept))


def _listen(commands: queue.Queue[dict[str, Any]]) -> None:
    """Take commands; where the server is gone, so is the reason for going on."""
    for line in sys.stdin.buffer:
        commands.put(json.loads(line))
    os._exit(0)


def _answer(command: dict[str, Any], say: Any, kept: dict[str, Any]) -> dict[str, Any]:
    last = [-1.0, ""]

    def progress(stage: str, share: float) -> None:
        if stage != last[1] or share - last[0] >= 0.005 or share >= 1:  # type: ignore[operator]
            last[:] = [share, stage]
            say({"stage": stage, "share": round(min(max(share, 0.0), 1.0), 4)})

    try:
        return {"result": _do(command, progress, kept)}
    except Failed as failed:
        return {"problems": failed.problems}
    except (FlowmapError, MapError, MemoryError) as error:
        return {"problems": [problem(error)]}
    except Exception as error:
        # Only where it happened, never what: the text of an exception may quote a value.
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(f"fault: {type(error).__name__} at {place.filename}:{place.lineno}", file=sys.stderr)  # noqa: T201
        said = make(
            f"A fault of the program ({type(error).__name__}): this file could not be understood.",
            "Its place is in the server's log; please report it. Saving the file again or as CSV may help.",
        )
        return {"problems": [said]}


def _do(command: dict[str, Any], progress: Any, kept: dict[str, Any]) -> Any:
    from flowmap.web.imports import building, looking, reading

    what = command["do"]
    if what == "look":
        return looking.look_at(command["path"], command["shown"], command["options"])
    if what == "read":
        return reading.read_all(command, progress, kept)
    if what == "demo":
        return building.demo(command["target"], progress)
    return building.build_from(command, progress, kept)


if __name__ == "__main__":
    main()
