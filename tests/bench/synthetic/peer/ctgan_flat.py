"""CTGAN on a flat table: one row a journey, its stations and the days between them as columns.

python ctgan_flat.py FOLDER [EPOCHS]

Columns: which visit of the child it is (first, second, third, later), its first day, age, attributes, up to ten
stations (“none” after the last) and the days between them, whether the child comes back and after how many days.
Synthetic children are put together from rows: a first visit; where it says that the child comes back, a row of the
next visit, begun so many days after; and so on. Journeys longer than the columns are cut. All defaults (300 epochs).
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import torch
from sdv.metadata import Metadata
from sdv.single_table import CTGANSynthesizer
from tables import Given, run

COVERED, MOST = 0.95, 10  # as many columns as hold this share of journeys whole, at most
NONE = "none"
VISITS = 4


def wide(given: Given) -> pd.DataFrame:
    """One row a journey."""
    table = given.of_journey().merge(given.children[["child", *given.of_child]], on="child")
    children = given.children.set_index("child")
    later = given.days(table["start"]) - given.days(children["begins"])[table["child"].map(_rows(children))].to_numpy()
    if "age" in table:
        table["age"] = table["age"] + later
    table["begins"] = given.days(table["start"])
    table["visit"] = np.minimum(table["journey"], VISITS - 1).astype(str)
    following = (given.days(table["start"]).shift(-1) - given.days(table["end"])).where(
        table["child"] == table["child"].shift(-1)
    )
    table["returns"] = np.where(following.isna(), "no", "yes")
    table["again"] = following
    size = min(MOST, int(table["events"].quantile(COVERED, interpolation="higher")))
    keys = ["child", "journey"]
    days = given.days(given.events["time"])
    events = given.events[[*keys, "place", "station"]].assign(wait=days.groupby([given.events[k] for k in keys]).diff())
    events = events[events["place"] < size]
    stations = events.pivot(index=keys, columns="place", values="station").fillna(NONE).add_prefix("station_")
    waits = events.pivot(index=keys, columns="place", values="wait").drop(columns=0).add_prefix("wait_")
    whole = table.merge(stations.reset_index(), on=keys).merge(waits.reset_index(), on=keys)
    return whole.drop(columns=["child", "journey", "events", "start", "end"])


def _rows(children: pd.DataFrame) -> dict[Any, int]:
    return {child: row for row, child in enumerate(children.index)}


def fit(given: Given) -> tuple[CTGANSynthesizer, float]:
    """Fit to the flat table; with it, how many journeys a child has."""
    torch.manual_seed(given.seed)
    np.random.seed(given.seed)  # noqa: NPY002 - CTGAN draws from it
    table = wide(given)
    number = [c for c in table if c in {"age", "begins", "again"} or str(c).startswith("wait_")]
    columns = {c: {"sdtype": "numerical" if c in number else "categorical"} for c in table}
    metadata = Metadata.load_from_dict({"columns": columns}, single_table_name="log")
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    model = CTGANSynthesizer(metadata, epochs=epochs, enable_gpu=False)
    model.fit({"log": table})
    return model, len(table) / len(given.children)


def sample(fitted: tuple[CTGANSynthesizer, float], given: Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows, put together to children."""
    model, journeys = fitted
    rng = np.random.default_rng(given.seed)
    rows = model.sample(round(given.sample * journeys * 1.5))["log"].reset_index(drop=True)
    chosen = [_drawn(rng, rows, "0", given.sample).assign(child=np.arange(given.sample))]
    start = chosen[0]["begins"]
    parts = []
    while len(chosen[-1]):
        here, start = _events(chosen[-1], start, given)
        parts.append(here)
        back = (chosen[-1]["returns"] == "yes").to_numpy()
        after = start.to_numpy()[back] + chosen[-1]["again"].fillna(0).clip(lower=0).to_numpy()[back]
        inside = given.moments(after) <= np.datetime64(given.facts["window"][1], "ms")
        child = chosen[-1]["child"].to_numpy()[back][inside]
        following = _drawn(rng, rows, str(min(len(chosen), VISITS - 1)), len(child)).assign(child=child)
        chosen.append(following)
        start = pd.Series(after[inside])
    return chosen[0][["child", *given.of_child]], pd.concat(parts, ignore_index=True)


def _drawn(rng: np.random.Generator, rows: pd.DataFrame, visit: str, count: int) -> pd.DataFrame:
    """Rows of that visit in random order, again from the start where there are too few."""
    there = np.flatnonzero(rows["visit"] == visit)
    if not len(there):
        return rows.iloc[:0].copy()
    times = -(-count // len(there))
    order = np.concatenate([rng.permutation(there) for _ in range(times)]) if times else there[:0]
    return rows.iloc[order[:count]].reset_index(drop=True)


def _events(rows: pd.DataFrame, start: pd.Series[float], given: Given) -> tuple[pd.DataFrame, pd.Series[float]]:
    """The events of these journeys up to the first “none” or the end of the window, and on which day each ended."""
    size = sum(str(c).startswith("station_") for c in rows)
    now, going = start.reset_index(drop=True).astype(float), np.ones(len(rows), dtype=bool)
    parts = []
    for place in range(size):
        going &= (rows[f"station_{place}"] != NONE).to_numpy()
        if place:
            now = now + rows[f"wait_{place}"].fillna(0).clip(lower=0).where(going, 0.0)
        part = rows.loc[going, ["child", *given.of_event]]
        part.insert(1, "station", rows.loc[going, f"station_{place}"])
        part.insert(2, "days", now[going])
        parts.append(part)
    events = pd.concat(parts).sort_values(["child", "days"], kind="stable")
    events["time"] = given.moments(events["days"])
    events = events[events["time"] <= np.datetime64(given.facts["window"][1], "ms")]
    return events[["child", "station", "time", *given.of_event]], now


if __name__ == "__main__":
    run(fit, sample, ["sdv", "ctgan", "torch"])
