"""Attacks that look a real record up in the synthetic log: unique records, whole records, rare journeys."""

from __future__ import annotations

import numpy as np

from flowmap.eventlog import EventLog
from synthetic.fidelity.compare import only
from synthetic.fidelity.paths import share_error
from synthetic.fidelity.walks import Flags, Ints, Walks, households, mix
from synthetic.privacy.finding import NEEDS_HOLDOUT, Finding
from synthetic.privacy.records import Hashes, held_by, longs, records, support

CHANCE = 0.005  # how seldom chance alone may give an alarm, over all rare journeys together
COPIES = 20  # of each real child in the control of journeys that are repeated
SURE = 2.58  # standard errors: a difference larger than this is chance once in a hundred times (two-sided normal)

UNIQUE = (
    ("unique", "Unique records found again", "", False,
     "Of the journeys whose path and attributes only one real child has: the share that some synthetic child has too."),
    ("unique_week", "Unique records with the week of their start", "week", False,
     "The same, where the attacker also knows the week in which the journey began."),
    ("unique_long", "Unique long paths", "", True,
     "The same, for journeys of eight events or more."),
    ("match", "Whole records found again", "days", False,
     "Of the journeys that only one real child has: the share found with path, attributes and the day of every event."),
)  # fmt: skip


def drawn(log: EventLog, children: int, seed: int) -> EventLog:
    """As many children of a log as asked for, drawn at random (all, where it has no more)."""
    there = np.unique(log.child)
    if len(there) <= children:
        return log
    chosen = np.zeros(len(log.child_ids), dtype=bool)
    chosen[np.random.default_rng(seed).choice(there, children, replace=False)] = True
    return only(log, chosen)


def unique_records(real: Walks, synthetic: Walks, strangers: Walks, control: Walks) -> list[Finding]:
    """How often unique real records are hit by synthetic ones, and by as many real children who are strangers to them.

    The two logs that are searched should have as many children. The control is a copy of the real log.
    """
    found = []
    for key, label, dates, long, meaning in UNIQUE:
        (made, alone), (away, _), (bite, _) = (_hits(real, w, dates, long) for w in (synthetic, strangers, control))
        if not len(made):
            found.append(Finding(key, label, np.nan, "share", meaning, why="no real record is unique"))
            continue
        apart = made.astype(np.float64) - away
        # Siblings have like records, so households are the rows that are independent.
        chance = max(SURE * share_error(apart, households(real)[alone]), 3 / len(made))
        value, beside = float(made.mean()), float(away.mean())
        found.append(
            Finding(
                key, label, value, "share", meaning, beside=beside, limit=beside + chance,
                control=float(bite.mean()), control_needed=0.99,
            )
        )  # fmt: skip
    return found


def margin(one: float, two: float, size: int) -> float:
    """What two shares of `size` rows may differ by chance; at least three rows (the rule of three, for shares of 0)."""
    pooled = (one + two) / 2
    return max(SURE * float(np.sqrt(2 * pooled * (1 - pooled) / size)), 3 / size)


def _hits(real: Walks, other: Walks, dates: str, long: bool) -> tuple[Flags, Flags]:
    """Which of the unique real records the other log has, and which records (j,) are unique."""
    mine, theirs = records(real, other, dates)
    alone: Flags = support(mine, *held_by(mine, real.child)) == 1
    if long:
        alone &= longs(real)
    return np.isin(mine[alone], theirs), alone


def rare_journeys(real: Walks, synthetic: Walks, holdout: Walks | None, control: Walks, k: int) -> list[Finding]:
    """Share of synthetic journeys that fewer than k real children have, beside the same of children not in the log.

    Without a hold-out, each household is held out in turn: a journey that 1 to k - 1 children *of others* have.
    """
    found = []
    for key, label, attributes in (
        ("rare_path", f"Paths of fewer than {k} children", False),
        ("rare_record", f"Paths with attributes of fewer than {k} children", True),
    ):
        logs = [w for w in (synthetic, control, holdout) if w is not None]
        shares = [_rare_share(real, w, attributes, k, False) for w in logs]
        beside = shares[2] if holdout is not None else _rare_share(real, real, attributes, k, True)
        value = shares[0]
        size = min(synthetic.children, len(synthetic))  # journeys of a child are no independent rows
        found.append(
            Finding(
                key, label, value, "share",
                f"The share of synthetic journeys that 1 to {k - 1} real children have; beside it, the share among "
                "real children compared with all others. It may not be higher: then such journeys appear as "
                "often as they would without those children.",
                beside=beside, limit=beside + margin(value, beside, size), control=shares[1],
                control_needed=beside + margin(value, beside, size),
            )
        )  # fmt: skip
    return found


def repeated_journeys(real: Walks, synthetic: Walks, holdout: Walks | None, control: Walks, k: int) -> Finding:
    """How many journeys of 1 to k - 1 real children appear in the synthetic log oftener than chance lets them.

    One by one, for among all others a single journey that is given away many times is lost. How often it is likely
    without those children, the hold-out tells: given how many households have it in both logs together, the synthetic
    ones are binomial (the conditional test of two Poisson rates, Przyborowski and Wilenski 1940). The control is the
    copy with every child many times.
    """
    value, bite = 0, 0
    for attributes in (False, True) if holdout is not None else ():
        counts = [_households_with(real, w, attributes, k) for w in (synthetic, holdout, control) if w is not None]
        made, away, copies = counts
        sizes = [len(np.unique(households(w))) for w in (synthetic, holdout) if w is not None]
        value += _too_often(made, away, sizes[0] / sum(sizes))
        bite += _too_often(COPIES * copies, away, sizes[0] / sum(sizes))
    return Finding(
        "rare_repeated", "Single rare journeys repeated", value if holdout is not None else np.nan, "count",
        f"How many paths, and paths with attributes, of 1 to {k - 1} real children appear so much oftener than among "
        f"children held out that it is no chance. The control holds each real child {COPIES} times.",
        beside=0.0, limit=0.0, control=bite if holdout is not None else None, control_needed=1.0,
        why="" if holdout is not None else NEEDS_HOLDOUT,
    )  # fmt: skip


def _households_with(real: Walks, other: Walks, attributes: bool, k: int) -> Ints:
    """How many households of a log have each of the real log's rare journeys."""
    mine, theirs = records(real, other) if attributes else (real.path, other.path)
    values, count = held_by(mine, real.child)
    return support(values[count < k], *held_by(theirs, households(other)))


def _too_often(made: Ints, away: Ints, share: float) -> int:
    """How many are in the tail of the binomial, which is cut so that all together seldom are (Bonferroni)."""
    from scipy.stats import binom  # takes a moment to load, and to show a report nothing is measured

    there = made > 0
    tail = binom.sf(made[there] - 1, (made + away)[there], share)
    return int((tail < CHANCE / max(there.sum(), 1)).sum())


def _rare_share(real: Walks, other: Walks, attributes: bool, k: int, held_out: bool) -> float:
    mine, theirs = records(real, other) if attributes else (real.path, other.path)
    values, count = held_by(mine, real.child)
    holders = support(theirs, values, count)
    if held_out:
        holders = holders - _of_one_household(mine, real)
    return float(((holders >= 1) & (holders < k)).mean())


def _of_one_household(record: Hashes, walks: Walks) -> Ints:
    """(j,) how many children of the child's household (first seen at one moment) have the journey's record."""
    both = record + mix(households(walks).astype(np.uint64))
    return support(both, *held_by(both, walks.child))
