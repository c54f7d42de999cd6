"""TabularARGN of mostlyai-engine: children as a flat table, events as sequences with the child as context.

python tabularargn.py FOLDER [EPOCHS]

Times of events have the package's encoding for times within a sequence (differences). All defaults (at most 100 epochs,
stopped earlier by its validation set). It runs without a network: its tabular models are trained from nothing.
"""

from __future__ import annotations

import sys
import tempfile

import numpy as np
import pandas as pd
from mostlyai.engine import TabularARGN
from tables import Given, run


def fit(given: Given) -> tuple[TabularARGN, TabularARGN]:
    """A model of children, and one of their events given the child."""
    epochs = float(sys.argv[2]) if len(sys.argv) > 2 else 100.0
    children = given.children[["child", "begins", *given.of_child]]
    alone = TabularARGN(
        tgt_primary_key="child", max_epochs=epochs, random_state=given.seed, workspace_dir=tempfile.mkdtemp(), verbose=0
    )
    alone.fit(children)
    events = TabularARGN(
        tgt_context_key="child",
        ctx_primary_key="child",
        ctx_data=children,
        tgt_encoding_types={"time": "TABULAR_DATETIME_RELATIVE"},
        max_epochs=epochs,
        random_state=given.seed,
        workspace_dir=tempfile.mkdtemp(),
        verbose=0,
    )
    events.fit(given.events[["child", "time", "station", *given.of_event]])
    return alone, events


def sample(fitted: tuple[TabularARGN, TabularARGN], given: Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Children first, then their events."""
    alone, events = fitted
    children = alone.sample(n_samples=given.sample)
    children["child"] = [f"c{i}" for i in range(len(children))]
    made = events.sample(ctx_data=children)
    made = made[made["time"] <= np.datetime64(given.facts["window"][1], "ms")]
    return children[["child", *given.of_child]], made[["child", "station", "time", *given.of_event]]


if __name__ == "__main__":
    run(fit, sample, ["mostlyai-engine", "torch"])
