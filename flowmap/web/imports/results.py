"""What the page says of a dataset that was just built."""

from __future__ import annotations

import json
from typing import Any

from flowmap.dataset import Dataset
from flowmap.web.imports.problems import briefly


def summary(data: Dataset) -> dict[str, Any]:
    """What the page says of a dataset that was just built."""
    report = json.loads((data.path / "quality.json").read_text(encoding="utf-8"))
    return {
        "title": data.meta["title"],
        "counts": data.meta["counts"],
        "map": {key: data.meta["map"][key] for key in ("name", "title", "why")},
        "rows": {key: report[key] for key in ("rows_read", "rows_kept", "rows_dropped")},
        "files": report.get("files", []),
        "undecided": None,
        "problems": briefly(report["problems"]),
    }
