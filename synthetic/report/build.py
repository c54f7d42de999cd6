"""The report as data: safety first, then fidelity, each said in sentences before it is tabulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from flowmap.eventlog import EventLog
from synthetic.fidelity import Options, Yardstick, compare, together
from synthetic.fidelity.returns import entry_station
from synthetic.outside import NONE, Score, Tools, ask
from synthetic.privacy import NOT_GUARANTEED, Finding, K, Search, assess, search
from synthetic.report.figures import Figures, figures
from synthetic.report.modelfacts import ModelFacts, counted, read_model, readable
from synthetic.report.onmap import OnMap

SCHEMA = 2  # of the report as data (`synthetic.report.stored`)


@dataclass(frozen=True)
class Sizes:
    """How much there is of a log, and its first and last month (ISO): its first day would be one child's."""

    children: int
    journeys: int
    events: int
    first: str
    last: str


@dataclass(frozen=True)
class Report:
    """Everything that the report says.

    `floor_from` is "holdout" or "halves": what the yardsticks' floor was measured with. `scores` are shown and decide
    nothing. `map` is for who knows maps to add (`synthetic.report.onmap`).
    """

    real: Sizes
    synthetic: Sizes
    holdout: int | None  # children in it
    k: int
    exits: tuple[str, ...]
    model: ModelFacts | None
    identifiers: Search
    findings: list[Finding]
    yardsticks: list[Yardstick]
    figures: Figures
    scores: tuple[Score, ...] = ()
    not_guaranteed: tuple[str, ...] = NOT_GUARANTEED
    notes: tuple[str, ...] = field(default=())
    map: OnMap | None = None
    handed_out: Mapping[str, str] = field(default_factory=dict)  # SHA-256 of the files that it is about

    @property
    def floor_from(self) -> str:
        """What the floors were measured with."""
        return "halves" if self.holdout is None else "holdout"

    def to_json(self) -> dict[str, Any]:
        """As data, with the sentences."""
        from synthetic.report.sentences import fidelity, safety

        return {
            "schema": SCHEMA,
            "sentences": {"safety": [s.text for s in safety(self)], "fidelity": [s.text for s in fidelity(self)]},
            "real": vars(self.real),
            "synthetic": vars(self.synthetic),
            "holdout_children": self.holdout,
            "floor_from": self.floor_from,
            "k": self.k,
            "exits": list(self.exits),
            "model": self.model.to_json() if self.model else None,
            "identifiers": vars(self.identifiers),
            "safety": [f.to_json() for f in self.findings],
            "shown_not_deciding": [s.to_json() for s in self.scores],
            "fidelity": [y.to_json() for y in self.yardsticks],
            "figures": self.figures.to_json(),
            "map": self.map.to_json() if self.map else None,
            "not_guaranteed": list(self.not_guaranteed),
            "notes": list(self.notes),
            "handed_out": dict(self.handed_out),
        }


def build(
    real: EventLog,
    synthetic: EventLog,
    holdout: EventLog | None = None,
    options: Options | None = None,
    k: int | None = None,
    model: tuple[str, bytes] | None = None,
    files: Mapping[str, bytes] | None = None,
    tools: Tools | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Compare, attack and gather.

    `holdout`: children of the same system that the model never saw; the floor is then taken from them. `model` is the
    name and content of the model file, `files` those of other files that would be handed out (the synthetic log).
    `tools` are attacks and yardsticks of others, in another Python. `progress` is told what is being done and the share
    done. Raises OptionError and SourceError for people.
    """
    options = options or Options()
    facts = None if model is None else read_model(*model)
    if k is None:
        k = max(K, facts.k or K) if facts is not None else K
    told = progress or _nobody
    walks = together(real, synthetic, exits=options.exits)
    exits = tuple(name for name, leave in zip(walks[0].names, walks[0].exits, strict=True) if leave)
    options = replace(options, exits=exits)
    entry = walks[0].names.index(options.entry) if options.entry in walks[0].names else entry_station(walks[0])
    if facts is not None and model is not None:
        facts = counted(facts, model[1], walks[0], k)
    handed_out = dict(files or {}) | ({} if model is None else {model[0]: readable(model[1])})
    outside = (
        NONE if tools is None
        else ask(tools, real, synthetic, holdout, exits, options.seed, lambda share: told("asking other tools", share))
    )  # fmt: skip
    return Report(
        real=_sizes(walks[0]),
        synthetic=_sizes(walks[1]),
        holdout=None if holdout is None else len(set(holdout.child.tolist())),
        k=k,
        exits=exits,
        model=facts,
        identifiers=search(real, synthetic, handed_out),
        findings=[
            *assess(real, synthetic, holdout, k, exits, options.seed, lambda share: told("attacking", share)),
            *outside.findings,
        ],
        yardsticks=[
            *compare(real, synthetic, holdout, options, lambda share: told("comparing", share)),
            *outside.yardsticks,
        ],
        figures=figures(walks[0], walks[1], entry, k),
        scores=outside.scores,
        notes=(*_notes(real, synthetic, exits), *outside.notes),
        handed_out=_digests(files, model),
    )  # fmt: skip


def _digests(files: Mapping[str, bytes] | None, model: tuple[str, bytes] | None) -> dict[str, str]:
    """SHA-256 of each file handed out, as it lies on disk."""
    given = [*(files or {}).items(), *([model] if model else [])]
    return {name: sha256(content).hexdigest() for name, content in given}


def _nobody(_what: str, _share: float) -> None:
    """Where progress goes that nobody asked for."""


def _sizes(walks: Any) -> Sizes:
    import numpy as np

    first, last = (str(np.datetime64(t, "ms").astype("datetime64[M]")) for t in walks.window)
    return Sizes(walks.children, len(walks), len(walks.station), first, last)


def _notes(real: EventLog, synthetic: EventLog, exits: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    if not exits:
        found.append("No exits are known, so all events of a child are one journey and none is open. Name them.")
    if real.case is None or synthetic.case is None:
        found.append("Journeys end at an exit, as one of the logs has no case numbers.")
    if (real.birth is None) != (synthetic.birth is None):
        found.append("Only one of the logs knows dates of birth, so ages are not compared.")
    return tuple(found)
