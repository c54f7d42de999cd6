"""SDV's PAR: one sequence a child, as its manual says: sequence key, sequence index, context columns.

python par.py FOLDER [EPOCHS]

All defaults (128 epochs). What is a child's (attributes, age) is context; station, time and attributes of events are
the sequence. Found in SDV 2.0.0 and deepecho 0.8.1, and left as it is here (par_repaired.py mends what can be mended):
each sequence is sorted by the *gaps* of its index, not by the index; the loss of continuous columns is taken over the
padding of shorter sequences; the row that means “end” comes out as an event.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import torch
from sdv.metadata import Metadata
from sdv.sequential import PARSynthesizer
from tables import Given, run


def fit(given: Given) -> PARSynthesizer:
    """Fit to the events, each with what is known of its child."""
    torch.manual_seed(given.seed)
    np.random.seed(given.seed)  # noqa: NPY002 - SDV draws from it
    table = given.events[["child", "time", "station", *given.of_event]].merge(
        given.children[["child", *given.of_child]], on="child"
    )
    table["child"] = table["child"].astype(str)
    columns: dict[str, dict[str, Any]] = {name: {"sdtype": "categorical"} for name in table.columns}
    columns |= {"child": {"sdtype": "id"}, "time": {"sdtype": "datetime"}}
    if "age" in columns:
        columns["age"] = {"sdtype": "numerical"}
    metadata = Metadata.load_from_dict(
        {"columns": columns, "sequence_key": "child", "sequence_index": "time"}, single_table_name="log"
    )
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 128
    model = PARSynthesizer(metadata, context_columns=given.of_child, epochs=epochs, cuda=False)
    model.fit({"log": table})
    return model


def sample(model: PARSynthesizer, given: Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As many sequences as children are asked for."""
    made = model.sample_sequences(given.sample)["log"]
    return made[["child", *given.of_child]].drop_duplicates("child"), made.drop(columns=given.of_child)


if __name__ == "__main__":
    run(fit, sample, ["sdv", "deepecho", "torch"])
