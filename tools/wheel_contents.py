"""Puts the built front end and the page templates into the wheel.

A checkout keeps both at its top level, and an editable install uses them there; only a real wheel carries copies. Node
sources stay behind. A wheel without its front end would install and then show nothing, so it is not built.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONTENTS = {"static/dist": "flowmap/static/dist", "templates": "flowmap/templates"}
NEEDED = ("static/dist/main.js", "static/dist/worker.js", "static/dist/start.js", "static/dist/main.css")


class WheelContents(BuildHookInterface[Any]):
    """Called by hatchling before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless this is an editable install. FileNotFoundError where the front end is not built."""
        if version == "editable":
            return
        missing = [name for name in NEEDED if not (Path(self.root) / name).is_file()]
        if missing:
            raise FileNotFoundError(
                f"{', '.join(missing)} missing: build the front end first (python3 tools/task.py build)"
            )
        build_data["force_include"].update({str(Path(self.root) / name): place for name, place in CONTENTS.items()})
