"""Run by a Python that has Anonymeter, over the tables in a folder: the three risks of the Article 29 working party.

Every attack is made on the synthetic log and on the copy, both against the real children and the hold-out's. Written to
answer.json: a list of {"log", "attack", "secret", "rate", "strangers", "error", "risk", "low", "high"}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
from anonymeter.stats.confidence import residual_success

Row = dict[str, Any]
Tables = dict[str, pd.DataFrame]


def said(evaluator: Any, log: str, attack: str, confidence: float, secret: str = "") -> Row:
    """The rates, and the risk with its interval as Anonymeter gives them; `error` is half the interval, uncut."""
    found = evaluator.results(confidence_level=confidence)
    risk = found.risk()
    return {
        "log": log,
        "attack": attack,
        "secret": secret,
        "rate": found.attack_rate.value,
        "strangers": found.control_rate.value,
        "error": residual_success(found.attack_rate, found.control_rate).error,
        "risk": risk.value,
        "low": risk.ci[0],
        "high": risk.ci[1],
    }


def singling_out(tables: Tables, log: str, plan: Row) -> Iterator[Row]:
    """One fact that only one synthetic child has, then several together: does one real child have it?"""
    for attack, mode in (("one fact", "univariate"), ("facts together", "multivariate")):
        evaluator = SinglingOutEvaluator(
            tables["real"], tables[log], n_attacks=plan["queries"], n_cols=plan["facts"], control=tables["holdout"],
            max_attempts=plan["attempts"], seed=plan["seed"],
        )  # fmt: skip
        yield said(evaluator.evaluate(mode=mode), log, attack, plan["confidence"])


def linkability(tables: Tables, log: str, plan: Row) -> Iterator[Row]:
    """Two halves of what is known of a child: does the synthetic log join them?"""
    attacks = min(plan["attacks"], len(tables["real"]), len(tables["holdout"]))
    evaluator = LinkabilityEvaluator(
        tables["real"], tables[log], aux_cols=tuple(plan["sides"]), n_attacks=attacks,
        n_neighbors=min(plan["neighbours"], len(tables[log])), control=tables["holdout"],
    )  # fmt: skip
    yield said(evaluator.evaluate(n_jobs=-1), log, "linkability", plan["confidence"])


def inference(tables: Tables, log: str, plan: Row) -> Iterator[Row]:
    """All but one fact of a child known: does the synthetic log tell that one? Many secrets, so wider intervals."""
    for secret in plan["secrets"]:
        known = [c for c in plan["kinds"] if c != secret]
        evaluator = InferenceEvaluator(
            tables["real"], tables[log], aux_cols=known, secret=secret, regression=False,
            n_attacks=plan["attacks"], control=tables["holdout"],
        )  # fmt: skip
        confidence = 1 - (1 - plan["confidence"]) / len(plan["secrets"])
        yield said(evaluator.evaluate(n_jobs=-1), log, "inference", confidence, secret)


def main(folder: Path) -> None:
    """All attacks on both logs."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    tables = {
        log: pd.read_csv(folder / f"{log}.csv", dtype=plan["kinds"], keep_default_na=False) for log in plan["logs"]
    }
    found: list[Row] = []
    for log in ("synthetic", "copy"):
        for attack in (singling_out, *([linkability] if all(plan["sides"]) else []), inference):
            np.random.seed(plan["seed"])  # noqa: NPY002 - Anonymeter draws through pandas, which uses this
            found += attack(tables, log, plan)
    (folder / "answer.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
