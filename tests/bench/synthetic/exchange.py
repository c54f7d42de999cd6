"""A log as the two plain tables that peers are given, and what they make of them as a log again.

Peers run in Pythons of their own, so tables cross as Parquet files in a folder: `children.parquet` (child, begins, age
in days at that moment where births are known, attributes) and `events.parquet` (child, journey, place, station, time,
attributes), in order; `facts.json` says which columns are what. What is not recorded is the word `NOT_RECORDED`, so
that no peer has to guess what an empty cell means. Every attribute is text: a number is one of few (family size).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flowmap.eventlog import NO_TIME, Attribute, EventLog
from synthetic.fidelity import together

NOT_RECORDED = "not recorded"
DAY = 86_400_000  # ms


def to_tables(log: EventLog) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Children and events; journeys are numbered within the child, places within the journey, both from 0."""
    walks = together(log)[0]
    ids = np.unique(walks.child)
    owner = walks.child[walks.journey]
    begins = walks.start[np.unique(walks.child, return_index=True)[1]]
    children = pd.DataFrame({"child": ids, "begins": begins.astype("datetime64[ms]")})
    if log.birth is not None:
        born = log.birth[ids]
        if (born == NO_TIME).any():
            raise ValueError("Peers are given logs in which every birth is known, or none.")
        children["age"] = begins // DAY - born // DAY
    for key, attribute in log.children.items():
        children[key] = words(attribute)[ids]
    events = pd.DataFrame(
        {
            "child": owner,
            "journey": walks.visit[walks.journey],
            "place": np.arange(len(owner)) - walks.begin[walks.journey],
            "station": np.array(walks.names, dtype=object)[walks.station],
            "time": walks.time.astype("datetime64[ms]"),
        }
    )
    for key, attribute in log.attributes.items():
        events[key] = words(attribute)[walks.row]
    return children, events


def words(attribute: Attribute) -> np.typing.NDArray[np.object_]:
    """One text a row."""
    if attribute.kind == "category":
        return np.array([*attribute.values, NOT_RECORDED], dtype=object)[attribute.column]
    text = attribute.column.astype(str).astype(object)
    text[attribute.column == attribute.missing] = NOT_RECORDED
    return text


def hand_over(log: EventLog, folder: Path, sample: int, seed: int) -> None:
    """Write what a peer is given: the log's tables, how many children to make, and which seed to take."""
    children, events = to_tables(log)
    folder.mkdir(parents=True, exist_ok=True)
    children.to_parquet(folder / "children.parquet")
    events.to_parquet(folder / "events.parquet")
    walks = together(log)[0]
    facts = {
        "sample": sample,
        "seed": seed,
        "exits": [name for name, leave in zip(walks.names, walks.exits, strict=True) if leave],
        "window": list(walks.window),
        "of_child": [*log.children],
        "of_event": [*log.attributes],
        "birth": log.birth is not None,
        "not_recorded": NOT_RECORDED,
    }
    (folder / "facts.json").write_text(json.dumps(facts))


def take_back(folder: Path, real: EventLog) -> EventLog:
    """The log that a peer made (`made_children.parquet`, `made_events.parquet`).

    Events keep the order that they are in where they are of one moment. Journeys are not taken over: they end at exits,
    as the real log's do, so that a peer need not make them. Events without station or time, or of a year that no
    calendar has, are left out.
    """
    children = pd.read_parquet(folder / "made_children.parquet")
    events = pd.read_parquet(folder / "made_events.parquet")
    whole = events["station"].notna() & events["time"].notna() & events["child"].isin(children["child"])
    events = events[whole]
    place = pd.Series(np.arange(len(children)), index=children["child"])
    child = place[events["child"]].to_numpy()
    time = events["time"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    birth: Any = None
    if real.birth is not None:
        first = np.full(len(children), np.iinfo(np.int64).max)
        np.minimum.at(first, child, time)
        age = np.round(children["age"].to_numpy(dtype=np.float64)).astype(np.int64)
        birth = np.where(first < np.iinfo(np.int64).max, (first // DAY - age) * DAY, NO_TIME)
    return EventLog.from_columns(
        child=child.astype(np.int32),
        child_ids=[f"made-{i}" for i in range(len(children))],
        station=events["station"].astype(str).to_numpy(dtype=object),
        time=time,
        attributes={k: read_as(a, events[k]) for k, a in real.attributes.items() if k in events},
        children={k: read_as(a, children[k]) for k, a in real.children.items() if k in children},
        birth=birth,
    )


def read_as(attribute: Attribute, column: pd.Series[Any]) -> Attribute:
    """A column of words as an attribute of the same kind as the real one."""
    known = column.where(column != NOT_RECORDED, None)
    if attribute.kind == "number":
        return Attribute.number(attribute.label, pd.to_numeric(known, errors="coerce").to_numpy())
    return Attribute.category(attribute.label, known.astype(object).where(known.notna(), None).to_numpy())
