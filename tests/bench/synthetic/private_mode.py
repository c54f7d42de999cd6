"""What is public of the reference authority, and private models of it."""

from __future__ import annotations

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, Public, fit, sample
from synthetic.reference.pathways import EXITS, PATHS, PLACES

WINDOW = ("2014-01-01", "2018-03-31")  # of four years of the reference authority, with its look-back
ENTRIES = ("contact", "early_help", "referral")
KNOWN_FROM = {"need": "referral", "team": "referral", "plan_category": "cp", "plan_number": "cp"}
LEAVING = ("nfa", "step_down", "closed", "returned_home", "moved", "other")  # exits from which children come back


def named(log: EventLog, much: bool) -> Public:
    """The window and the map's stations; with `much` also the lists of values and from where on they are known, and the
    moves of the pathways' table."""
    if not much:
        return Public(WINDOW, PLACES)
    lists = {**log.children, **log.attributes}
    values = {key: attribute.values for key, attribute in lists.items() if attribute.kind == "category"}
    inner = {(key.split("/")[0], edge.to) for key, edges in PATHS.items() for edge in edges}
    back = {(start, to) for start in LEAVING for to in ENTRIES}
    return Public(WINDOW, PLACES, values, frozenset(inner | back), KNOWN_FROM)


def private(log: EventLog, children: int, seed: int, epsilon: float, public: Public) -> EventLog:
    """A sample of a private model; its noise is not that of a seed."""
    options = FitOptions(exits=frozenset(EXITS), epsilon=epsilon, public=public)
    return sample(fit(log, options), children, seed=seed)
