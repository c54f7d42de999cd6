"""Anonymeter's attacks as findings: singling out, linkability and inference, real children against children held out.

Giomi and others 2023, A Unified Framework for Quantifying Privacy Risk in Synthetic Data. A risk is the attacker's
success among real children above that among strangers, (a - c) / (1 - c), with Wilson intervals of both rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthetic.outside.python import Tools, ToolStopped
from synthetic.outside.tables import Tables
from synthetic.privacy.finding import NEEDS_HOLDOUT, Finding

LOGS = ["real", "synthetic", "holdout", "copy"]
PLAN = {
    "confidence": 0.99,  # as our own attacks have (2.58 standard errors), for there are many; Anonymeter's own is 0.95
    "queries": 500,
    "facts": 4,  # of which a query of several is made, as in Anonymeter's examples
    "attempts": 100_000,
    "attacks": 1_000,  # children attacked: Anonymeter asks for 500 to 1,000
    "neighbours": 10,
}

ATTACKS = (
    ("one fact", "singling_out_one", "Singling out by one fact",
     "How often something that only one synthetic child has (such as most visits to a station) is had by just one "
     "real child."),
    ("facts together", "singling_out", "Singling out by four facts",
     "How often four facts together that only one synthetic child has are had by just one real child."),
    ("linkability", "linkability", "Linking two sources",
     "How often the synthetic log joins what is known of the person with the history in the service: both are nearest "
     "to one synthetic child (of ten)."),
    ("inference", "inference", "Inferring a secret",
     "How often the nearest synthetic child tells the one fact of a real child that is not known, all others being "
     "known."),
)  # fmt: skip


def plan_of(found: Tables, seed: int) -> dict[str, Any]:
    """What the script is told of the columns: the two halves to link, and the facts that are secrets in turn."""
    named = list(zip(found.codes, found.columns, strict=True))
    sides = [[code for code, column in named if column.side == side] for side in ("person", "history")]
    several = [len(np.unique(found.rows[0][:, i])) > 1 for i in range(len(named))]
    secrets = [code for (code, column), known in zip(named, several, strict=True) if not column.number and known]
    return PLAN | {"sides": sides, "secrets": secrets, "facts": min(4, len(named)), "seed": seed}


def attack(tools: Tools, found: Tables | None, seed: int) -> list[Finding]:
    """One finding an attack. `found` holds the tables of LOGS; None: there is no hold-out."""
    version = tools.versions.get("anonymeter", "")
    why = "" if version else "The Python that was given has no Anonymeter."
    why = why or ("" if found is not None else NEEDS_HOLDOUT)
    rows: Sequence[Mapping[str, Any]] = []
    if found is not None and not why:
        try:
            rows = tools.ask("anonymeter_attacks.py", found, LOGS, plan_of(found, seed))
        except ToolStopped as stopped:
            why = str(stopped)
    names = {} if found is None else dict(zip(found.codes, (c.name for c in found.columns), strict=True))
    return [_finding(rows, attack, version, names, why) for attack in ATTACKS]


def _finding(
    rows: Sequence[Mapping[str, Any]], attack: tuple[str, ...], version: str, names: Mapping[str, str], why: str
) -> Finding:
    name, key, label, meaning = attack
    label = f"{label} (Anonymeter)"
    made, copies = ([r for r in rows if (r["log"], r["attack"]) == (log, name)] for log in ("synthetic", "copy"))
    if not made or not copies:
        return Finding(key, label, np.nan, "share", meaning, why=why or "There are no facts to attack with.")
    bites = {r["secret"]: r for r in copies}
    # Of many secrets, the one that is told best of those that the copy gives away; the others cannot be told at all.
    told = [r for r in made if _strength(r) > 1 or _strength(bites[r["secret"]]) > 1] or made
    worst = max(told, key=_strength)
    bite = bites[worst["secret"]]
    secret = names.get(worst["secret"], "")
    of_many = f" Of {len(told)} facts, the one most at risk is “{secret}”." if secret else ""
    return Finding(
        key, label, float(worst["rate"]), "share",
        f"{meaning}{of_many} Anonymeter {version}: risk {_risk(worst)}; in copies {_risk(bite)}.",
        beside=float(worst["strangers"]), limit=_limit(worst),
        control=float(bite["rate"]), control_needed=_limit(bite), risk=(worst["risk"], worst["low"], worst["high"]),
    )  # fmt: skip


def _risk(row: Mapping[str, Any]) -> str:
    return f"{row['risk']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def _limit(row: Mapping[str, Any]) -> float:
    """The rate from which on the interval of the risk no longer contains 0."""
    return float(row["strangers"] + row["error"] * (1 - row["strangers"]))


def _strength(row: Mapping[str, Any]) -> float:
    """The risk (below 0 too) in halves of its interval: above 1 the interval excludes 0."""
    return float((row["rate"] - row["strangers"]) / (1 - row["strangers"]) / row["error"])
