"""What people name: files, folders (their files) and databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flowmap.eventlog import SourceError

MOST_FILES = 2000
LEFT_ALONE = ("~$", ".", "__")  # lock files of Excel, hidden files, what archives leave behind
SYSTEM = {"thumbs.db", "desktop.ini"}
ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".xml", ".xes", ".json", ".jsonl"}
ENDINGS |= {".ndjson", ".parquet", ".gz"}


@dataclass(frozen=True)
class Named:
    """A file, and whether it was found in a folder (then it may turn out to be something else)."""

    path: Path
    in_folder: bool = False

    @property
    def name(self) -> str:
        """As in messages; in a folder with the folder's name, because files of several years are often named alike."""
        return "/".join(self.path.absolute().parts[-2:]) if self.in_folder else self.path.name


def files(given: Sequence[str | Path]) -> list[Named]:
    """The files named, folders as the files in them (and in folders within), in order of their names.

    Raises SourceError for a folder without files that could be read, or with more than MOST_FILES.
    """
    found: list[Named] = []
    for each in map(Path, given):
        if not each.is_dir():
            found.append(Named(each))
            continue
        inside = sorted(path for path in each.rglob("*") if _counts(path, each))
        if not inside:
            raise SourceError(
                "The folder has no file that can be read.", file=each.name, remedy="Name a folder with data files."
            )
        found += [Named(path, in_folder=True) for path in inside]
    if len(found) > MOST_FILES:
        raise SourceError(
            f"There are {len(found):,} files; at most {MOST_FILES:,} are read together.",
            remedy="Name the files or folders that belong together.",
        )
    return found


def passed_over(given: Sequence[str | Path]) -> dict[str, int]:
    """How many files of folders are not looked at, by the ending of their names; "" where there is none.

    Only endings: letters and photographs beside the data may be named after children.
    """
    inside = (path for each in map(Path, given) if each.is_dir() for path in each.rglob("*") if _ours(path, each))
    return dict(sorted(Counter(path.suffix.lower() for path in inside if path.suffix.lower() not in ENDINGS).items()))


def _counts(path: Path, folder: Path) -> bool:
    return path.suffix.lower() in ENDINGS and _ours(path, folder)


def _ours(path: Path, folder: Path) -> bool:
    if any(piece.startswith(LEFT_ALONE) for piece in path.relative_to(folder).parts):
        return False
    return path.name.lower() not in SYSTEM and path.is_file()
