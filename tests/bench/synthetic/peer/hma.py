"""SDV's HMA: two tables, children and their events.

python hma.py FOLDER

SDV 2.0 refuses a third level (“depth greater than 2”), so journeys have no table of their own: an event holds its place
in the child's life, the days since the child's first event, its station and attributes. HMA knows no order within a
table, so a child's events are put in order of their place and their days in order of size: time never runs backwards.
All defaults.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sdv.metadata import Metadata
from sdv.multi_table import HMASynthesizer
from tables import Given, run


def described(given: Given) -> Metadata:
    """The two tables and their relation."""

    def columns(keys: list[str], numbers: list[str], words: list[str]) -> dict[str, dict[str, str]]:
        kinds = ((keys, "id"), (numbers, "numerical"), (words, "categorical"))
        return {name: {"sdtype": kind} for names, kind in kinds for name in names}

    numbers = ["begins", *(name for name in given.of_child if name == "age")]
    words = [name for name in given.of_child if name != "age"]
    events = columns(["event", "child"], ["place", "days"], ["station", *given.of_event])
    relation = {
        "parent_table_name": "children",
        "parent_primary_key": "child",
        "child_table_name": "events",
        "child_foreign_key": "child",
    }
    return Metadata.load_from_dict(
        {
            "tables": {
                "children": {"primary_key": "child", "columns": columns(["child"], numbers, words)},
                "events": {"primary_key": "event", "columns": events},
            },
            "relationships": [relation],
        }
    )


def fit(given: Given) -> HMASynthesizer:
    """Number the events and fit."""
    np.random.seed(given.seed)  # noqa: NPY002 - SDV draws from it
    children = given.children[["child", *given.of_child]].assign(begins=given.days(given.children["begins"]))
    events = given.events[["child", "station", *given.of_event]].copy()
    events["event"] = np.arange(len(events))
    events["place"] = events.groupby("child").cumcount()
    days = given.days(given.events["time"])
    events["days"] = days - days.groupby(events["child"]).transform("first")
    model = HMASynthesizer(described(given), verbose=False)
    model.fit({"children": children, "events": events})
    return model


def sample(model: HMASynthesizer, given: Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sample, and put each child's events in order; what happens after the window is cut off."""
    made: dict[str, Any] = model.sample_scale(given.sample / len(given.children))
    children, events = made["children"], made["events"].merge(made["children"][["child", "begins"]], on="child")
    days = events.sort_values(["child", "days"], kind="stable")["days"].to_numpy()
    events = events.sort_values(["child", "place"], kind="stable")
    events["time"] = given.moments(events["begins"] + np.maximum(days, 0.0))
    events = events[events["time"] <= np.datetime64(given.facts["window"][1], "ms")]
    return children[["child", *given.of_child]], events[["child", "station", "time", *given.of_event]]


if __name__ == "__main__":
    run(fit, sample, ["sdv", "copulas", "rdt"])
