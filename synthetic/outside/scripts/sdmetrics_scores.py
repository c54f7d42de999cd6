"""Run by a Python that has SDMetrics, over the tables in a folder: its quality report, and its privacy scores.

Written to answer.json: {"quality": {pair: {"Column Shapes": …, "Column Pair Trends": …}}, "privacy": {log: {name: …}}};
a score that cannot be had is null.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sdmetrics.reports.single_table import QualityReport
from sdmetrics.single_table import (
    DCRBaselineProtection,
    DCROverfittingProtection,
    DisclosureProtection,
    NewRowSynthesis,
)

Row = dict[str, Any]


def quality(real: pd.DataFrame, other: pd.DataFrame, metadata: Row) -> Row:
    """The two properties of the quality report, each 0 to 1."""
    report = QualityReport()
    report.generate(real, other, metadata, verbose=False)
    found = report.get_properties()
    return dict(zip(found["Property"], found["Score"], strict=True))


def privacy(tables: dict[str, pd.DataFrame], log: str, plan: Row, metadata: Row) -> Row:
    """Each score, 1 at best."""
    np.random.seed(0)  # noqa: NPY002 - SDMetrics draws rows through pandas, which uses this
    real, made = tables["real"], tables[log]
    rows = min(plan["rows"], len(made))
    asked = {
        "NewRowSynthesis": lambda: NewRowSynthesis.compute(real, made, metadata, synthetic_sample_size=rows),
        "DCRBaselineProtection": lambda: DCRBaselineProtection.compute(
            real, made, {"tables": {"t": metadata}}, "t", num_rows_subsample=rows
        ),
        "DisclosureProtection": lambda: DisclosureProtection.compute(
            real, made, known_column_names=plan["known"], sensitive_column_names=plan["secrets"]
        ),
    }
    if "holdout" in tables:
        asked["DCROverfittingProtection"] = lambda: DCROverfittingProtection.compute(
            real, made, tables["holdout"], {"tables": {"t": metadata}}, "t", num_rows_subsample=rows
        )
    return {name: ask() for name, ask in asked.items()}


def main(folder: Path) -> None:
    """Everything, for the pairs and logs that the plan names."""
    warnings.simplefilter("ignore")
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    tables = {
        log: pd.read_csv(folder / f"{log}.csv", dtype=plan["kinds"], keep_default_na=False) for log in plan["logs"]
    }
    kinds = {"int64": "numerical", "str": "categorical"}
    metadata = {"columns": {c: {"sdtype": kinds[kind]} for c, kind in plan["kinds"].items()}}
    found = {
        "quality": {f"{a} {b}": quality(tables[a], tables[b], metadata) for a, b in plan["pairs"]},
        "privacy": {log: privacy(tables, log, plan, metadata) for log in ("synthetic", "copy")},
    }
    text = json.dumps(found, default=float).replace("NaN", "null")
    (folder / "answer.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
