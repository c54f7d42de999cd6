"""PAR with what can be repaired from outside, so that nobody wins against a bug.

python par_repaired.py FOLDER [EPOCHS]

- No sequence index, so that the order of events is kept; the days between events are a category instead (about sixty
  intervals with alike many events, each drawn from evenly), so that no continuous column trains on padding.
- The loss is taken over the events that are there, all at once: the same sum of cross-entropies, without the loop whose
  cost grows with the square of the number of children. The end row counts for its token alone.
- The end row is taken off; a child without events is drawn again.
- 1,500 epochs, for an epoch is one step.

Not repaired, for it is the method: 32 hidden units, context by a Gaussian copula, no dates but the first.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import sdv.sequential.par as engine
import torch
from deepecho import PARModel
from sdv.metadata import Metadata
from tables import Given, run
from torch.nn.functional import cross_entropy

EPOCHS, INTERVALS = 1500, 60
FIRST = "first"


class Repaired(PARModel):  # type: ignore[misc]
    """The engine with its loss over events only, and sequences without their end row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._right: dict[Any, Any] = {}

    def _compute_loss(self, real: Any, predicted: Any, length: Any) -> Any:
        """Mean negative log-likelihood; `length` counts the start and the end row, `real` has no start row."""
        place = torch.arange(real.shape[0])[:, None]
        inside, body = place < length[None] - 1, place < length[None] - 2
        total = 0.0
        for key, column in self._data_map.items():
            first = min(column["indices"].values())
            values = slice(first, first + len(column["indices"]))
            rows = inside if key == "<TOKEN>" else body
            if key not in self._right:  # the same in every epoch
                self._right[key] = real[:, :, values].argmax(dim=2)[rows]
            total = total + cross_entropy(predicted[:, :, values][rows], self._right[key], reduction="sum")
        return total / inside.sum()

    def _sample_sequence(self, context: Any, least: int, most: int) -> Any:
        end = self._data_map["<TOKEN>"]["indices"]["<END>"]
        while True:
            rows, likelihood = super()._sample_sequence(context, least, most + 1)
            if rows[-1, 0, end] > 0:
                rows = rows[:-1]
            if len(rows):
                return rows, likelihood


def intervals(days: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    """Edges of intervals with alike many events."""
    return np.unique(np.quantile(days, np.linspace(0, 1, INTERVALS + 1)))


def fit(given: Given) -> tuple[Any, np.typing.NDArray[np.float64]]:
    """Fit to categories only; the first day is context."""
    torch.manual_seed(given.seed)
    np.random.seed(given.seed)  # noqa: NPY002 - SDV draws from it
    table = given.events[["child", "station", *given.of_event]].copy()
    days = given.days(given.events["time"])
    gap = days.groupby(given.events["child"]).diff()
    edges = intervals(gap.dropna().to_numpy())
    code = np.clip(np.searchsorted(edges, gap.fillna(0), side="right") - 1, 0, len(edges) - 2)
    table["wait"] = np.where(gap.isna(), FIRST, code.astype(str))
    children = given.children[["child", *given.of_child]].assign(begins=given.days(given.children["begins"]))
    table = table.merge(children, on="child")
    table["child"] = table["child"].astype(str)
    columns: dict[str, dict[str, Any]] = {name: {"sdtype": "categorical"} for name in table.columns}
    columns |= {"child": {"sdtype": "id"}, "begins": {"sdtype": "numerical"}}
    if "age" in columns:
        columns["age"] = {"sdtype": "numerical"}
    metadata = Metadata.load_from_dict({"columns": columns, "sequence_key": "child"}, single_table_name="log")
    engine.PARModel = Repaired
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else EPOCHS
    model = engine.PARSynthesizer(metadata, context_columns=[*given.of_child, "begins"], epochs=epochs, cuda=False)
    model.fit({"log": table})
    return model, edges


def sample(fitted: tuple[Any, Any], given: Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As many sequences as children are asked for; what happens after the window is cut off."""
    model, edges = fitted
    rng = np.random.default_rng(given.seed)
    made = model.sample_sequences(given.sample)["log"].reset_index(drop=True)
    code = pd.to_numeric(made["wait"], errors="coerce").fillna(-1).astype(int).to_numpy()
    low, high = edges[np.maximum(code, 0)], edges[np.maximum(code, 0) + 1]
    wait = pd.Series(np.where(code < 0, 0.0, low + (high - low) * rng.random(len(code))))
    wait[made["child"] != made["child"].shift()] = 0.0
    days = made["begins"] + wait.groupby(made["child"]).cumsum()
    made["time"] = given.moments(days)
    end = np.datetime64(given.facts["window"][1], "ms")
    children = made[["child", *given.of_child]].drop_duplicates("child")
    return children, made.loc[made["time"] <= end, ["child", "station", "time", *given.of_event]]


if __name__ == "__main__":
    run(fit, sample, ["sdv", "deepecho", "torch"])
