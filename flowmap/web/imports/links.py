"""What a person decided on links of care proceedings, for a build from files that are stored under other names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowmap import dataset_write
from flowmap.linkage import decisions
from flowmap.linkage.report import MatchReport
from flowmap.web.imports.problems import renamed

PREPARED = "links.csv"


def prepared(dataset: Path, folder: Path, files: Sequence[Mapping[str, Any]]) -> Path | None:
    """The decisions beside a dataset, with the files by their names on disk, in a file of its own in `folder`.

    None where there are none. Raises: SourceError where they cannot be read.
    """
    found = decisions.read(decisions.beside(dataset))
    if found is None:
        return None
    stored = {_last(each["shown"]): Path(each["path"]).name for each in files}
    lines = [{**line, "file": stored.get(_last(line["file"]), line["file"])} for line in found.rows.values()]
    path = folder / PREPARED
    decisions.write(path, [line for line in lines if line["decision"]])
    return path


def keep(dataset: Path, match: MatchReport | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Put the match report into a dataset, and the rows that a person must decide beside it; gives how many, and where.

    `names` are those on disk and those shown.
    """
    if match is None:
        return None
    dataset_write.write_json(dataset / "match.json", renamed(match.to_json(), names))
    if not match.review:
        return None
    path = decisions.beside(dataset)
    decisions.write(path, renamed(match.review, names), decisions.read(path))
    return {"rows": len(match.review), "path": str(path)}


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
