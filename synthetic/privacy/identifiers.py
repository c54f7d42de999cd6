"""A search for every real identifier in what would be handed out: the synthetic log and the model file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flowmap.eventlog import EventLog

SHORTEST = 5  # characters: shorter identifiers stand in any file by chance ("12"), and are looked up among ids only
WORD = re.compile(rb"[0-9A-Za-z_\-]+")
DECIMALS = re.compile(rb"(?<=[0-9])\.[0-9]+")  # of a share in a model: their digits would be anybody's number


@dataclass(frozen=True)
class Search:
    """What was looked for and where it was found; it never holds an identifier.

    `shared` counts real identifiers that are a synthetic child's identifier, `in_files` those found in each file.
    `too_short` identifiers could not be looked for in files.
    """

    identifiers: int
    too_short: int
    shared: int
    in_files: dict[str, int]

    @property
    def clean(self) -> bool:
        """Nothing found anywhere."""
        return not self.shared and not any(self.in_files.values())

    def sentence(self) -> str:
        """What was searched and found, in words."""
        where = " and in ".join(["the synthetic log's identifiers", *self.in_files])
        if self.clean:
            said = f"None of the {self.identifiers:,} real identifiers was found in {where}."
        else:
            places = ([f"the synthetic log's identifiers ({self.shared:,})"] if self.shared else []) + [
                f"{name} ({count:,})" for name, count in self.in_files.items() if count
            ]
            said = f"Real identifiers were found in {' and '.join(places)}: do not hand this out."
        if self.too_short and self.in_files:
            said += (
                f" {self.too_short:,} are shorter than {SHORTEST} characters and could not be searched for in files."
            )
        return said


def search(real: EventLog, synthetic: EventLog, files: Mapping[str, bytes]) -> Search:
    """Look for every identifier of the real log among the synthetic identifiers, and as a whole word in files.

    `files` is what would be handed out, by the name to call it by. A number that happens to be written there counts as
    found: a person then has to look. A log holds no identifiers of families, only numbers of its own.
    """
    identifiers = {str(v).strip() for v in real.child_ids.to_pylist() if v is not None}
    made = {str(v).strip() for v in synthetic.child_ids.to_pylist() if v is not None}
    long = {i.encode() for i in identifiers if len(i) >= SHORTEST}
    return Search(
        identifiers=len(identifiers),
        too_short=len(identifiers) - len(long),
        shared=len(identifiers & made),
        in_files={name: _found(long, content) for name, content in files.items()},
    )


def _found(identifiers: set[bytes], content: bytes) -> int:
    simple = {i for i in identifiers if WORD.fullmatch(i)}
    words = set(WORD.findall(DECIMALS.sub(b"", content)))
    return len(simple & words) + sum(i in content for i in identifiers - simple)
